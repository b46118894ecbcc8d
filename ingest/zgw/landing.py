# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where the answers of a ZGW API land: a file per answer, which also records that it was asked."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

_GOOD_FOR_SECONDS = 24 * 60 * 60
_ONLY_OWNER, _ONLY_OWNERS_FOLDER = 0o600, 0o700


class Landing:
    """The answers of the last day, in ``pages``; only their owner can read them.

    A file is written aside and renamed, so it is whole or not there.

    Args:
        folder: a folder in which an earlier try may have left answers.
        question: what is asked; answers to another question are thrown away.
        now: the time, in seconds since 1970.
    """

    def __init__(self, folder: Path, question: Mapping[str, Any], now: float) -> None:
        self._folder, self.pages = folder, folder / "pages"
        folder.chmod(_ONLY_OWNERS_FOLDER)
        begun = folder / "asked.json"
        asked = orjson.loads(begun.read_bytes()) if begun.is_file() else {}
        is_same = asked.get("question") == dict(question)
        if not is_same or not 0 <= now - asked["at"] < _GOOD_FOR_SECONDS:
            begun.unlink(missing_ok=True)
            shutil.rmtree(self.pages, ignore_errors=True)
            self._write(begun, {"question": dict(question), "at": now})
        self.pages.mkdir(mode=_ONLY_OWNERS_FOLDER, exist_ok=True)

    def kept(self, name: str) -> Any:
        """The answer called ``name``; null if it is not there."""
        path = self.pages / name
        return orjson.loads(path.read_bytes()) if path.is_file() else None

    def keep(self, name: str, answer: Any) -> None:
        """Puts an answer in place."""
        self._write(self.pages / name, answer)

    def _write(self, path: Path, answer: Any) -> None:
        aside = self._folder / ".aside"
        aside.unlink(missing_ok=True)
        file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_OWNER)
        with os.fdopen(file, "wb") as out:
            out.write(orjson.dumps(answer))
            out.flush()
            os.fsync(out.fileno())
        aside.replace(path)


def name_of(*parts: object) -> str:
    """A short name that is different for different ``parts``."""
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()[:12]
