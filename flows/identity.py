# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a run is called: a digest of all that its result follows from, and of nothing else.

That is its inputs, its config, what was answered to earlier reports, its as-of and our version. So
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
    """The name of a run of twelve hexadecimal digits.

    ``absent`` says what is left out of its log, and which of its files only the store still has.
    """
    # not the run before it: a run is what its log and its config make it, and is the same when it
    # is made after another one; what it is compared with is told in it, with the day of that
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
    digest = hashlib.sha256(json.dumps(parts).encode())
    return digest.hexdigest()[:12]


def _drawn(settings: Settings, config: Path) -> str | None:
    """A digest of the drawing of how cases should go, where the config names one that is there."""
    if settings.journey.bpmn is None:
        return None
    path = resolve_path(settings.journey.bpmn, config)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def digest(file: Located, now: dt.datetime) -> str:
    """The digest of what an export holds; of an address, of what it has ``now``."""
    if isinstance(file, Address):  # nobody knows what it will give before it is asked
        moment = file.version or now.isoformat()
        return hashlib.sha256(f"{file.url} {moment}".encode()).hexdigest()
    return _file_digest(file, stamps(file))


def stamps(file: SourceFile) -> tuple[tuple[str, int, int], ...]:
    """What the files of an export look like from outside: their names, times and sizes."""
    states = ((path.as_posix(), path.stat()) for path in _files(file))
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)


def _files(file: SourceFile) -> list[Path]:
    return pages_of(file.path, file.name) if file.format == "zgw" else [file.path]


@functools.cache
def _file_digest(file: SourceFile, _stamps: tuple[tuple[str, int, int], ...]) -> str:
    """The SHA-256 of a file, or of those of its files, computed once while they do not change."""
    try:
        digests = [sha256_of(path) for path in _files(file)]
    except OSError as error:
        message = f"{file.name} cannot be read: {error.strerror}."
        raise SourceError(message, "Make it readable for the user that runs this.") from None
    return (
        digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
    )


def cases_left_out(settings: Settings, now: dt.datetime, held: Version | None) -> list[str]:
    """Which cases are left out: the forgotten ones, and those that may not be kept by now."""
    forgotten = sorted(case for _, case in held.forgotten) if held else []
    retention = settings.store.retention
    moments = [ago(retention, now)] if retention else []
    if any(source.meant_format == "zgw" for source in settings.sources):
        moments.append(now)  # its cases say when they should be destroyed
    return [
        *(moment.astimezone(settings.zone).date().isoformat() for moment in moments),
        *forgotten,
    ]
