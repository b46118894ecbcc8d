# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Small files of a run: read, told apart, and never seen half-written."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file."""
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def sha256_of(path: Path) -> str:
    """The SHA-256 of the content of a file, in hex; the file need not fit in memory."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def write_aside(path: Path, text: str) -> None:
    """Writes a file under another name, with an ending nobody looks for, and renames it."""
    aside = path.with_name(f".{path.name}.making")
    aside.write_text(text, encoding="utf-8", newline="\n")
    aside.replace(path)
