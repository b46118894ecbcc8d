# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The name of a run: a digest of all that its result follows from, and of nothing else.

That is its inputs, its config, the answers to earlier reports, its as-of and our version. So
running it twice changes nothing.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from contracts.dialogue import Answers
from contracts.errors import SourceError
from contracts.norms import equivalent_days, penalties
from contracts.settings import Settings, ago
from contracts.sources import resolve_path
from flows.files import sha256_of
from ingest.source_files import SourceFile
from ingest.sources import Address, Located
from ingest.storage.batches import Origin, Version
from ingest.zgw.pages import pages_of

VERSION = version("hoeksteen")


def identity(
    settings: Settings,
    config: Path,
    origins: Sequence[Origin],
    as_of: dt.datetime | None,
    absent: Sequence[str],
    given: Answers,
) -> str:
    """The name of a run: twelve hexadecimal digits.

    ``absent`` says what is left out of its log, and which of its files only the store still has.
    """
    # without the run before it: the log and the config make a run, and it is the same run whichever
    # came before it; the report itself tells which run it is compared with, and of what day
    parts = {
        "inputs": [(each.name, each.sha256, each.read_as) for each in origins],
        "settings": settings.model_dump(mode="json"),
        "norms": [str(deadline.versions) for deadline in settings.deadlines],
        "penalties": [str(each) for each in penalties()],
        "equivalent_days": [str(each.day) for each in equivalent_days()],
        "absent": absent,
        "answers": [each.model_dump(mode="json") for each in given.newest],
        "as_of": as_of.astimezone(dt.UTC).isoformat() if as_of else None,
        "drawn": _drawn(settings, config),
        "version": VERSION,
    }
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


def _drawn(settings: Settings, config: Path) -> str | None:
    """The digest of the BPMN file that the config names; null if it names none that exists."""
    if settings.journey.bpmn is None:
        return None
    path = resolve_path(settings.journey.bpmn, config)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def digest(file: Located, now: dt.datetime) -> str:
    """The digest of the content of a file; for an address, of its version or else of ``now``."""
    if isinstance(file, Address):  # what it will give is not known before it is asked
        moment = file.version or now.isoformat()
        return hashlib.sha256(f"{file.url} {moment}".encode()).hexdigest()
    return _file_digest(file, stamps(file))


def stamps(file: SourceFile) -> tuple[tuple[str, int, int], ...]:
    """How the files of an export look from outside: their names, times and sizes."""
    states = ((path.as_posix(), path.stat()) for path in _files(file))
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)


def _files(file: SourceFile) -> list[Path]:
    return pages_of(file.path, file.name) if file.format == "zgw" else [file.path]


@functools.cache
def _file_digest(file: SourceFile, _stamps: tuple[tuple[str, int, int], ...]) -> str:
    """The SHA-256 of a file, or of those of its pages; computed once until the files change."""
    try:
        digests = [sha256_of(path) for path in _files(file)]
    except OSError as error:
        message = f"{file.name} cannot be read: {error.strerror}."
        raise SourceError(message, "Make it readable for the user that runs this.") from None
    return (
        digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
    )


def cases_left_out(settings: Settings, now: dt.datetime, held: Version | None) -> list[str]:
    """What decides which cases are left out: days before which none is kept, and forgotten ids."""
    forgotten = sorted(case for _, case in held.forgotten) if held else []
    retention = settings.store.retention
    moments = [ago(retention, now)] if retention else []
    if any(source.meant_format == "zgw" for source in settings.sources):
        moments.append(now)  # its cases say when they must be destroyed
    return [
        *(moment.astimezone(settings.zone).date().isoformat() for moment in moments),
        *forgotten,
    ]
