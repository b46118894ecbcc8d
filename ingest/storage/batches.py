# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What one source file became: a batch of candidates, in parts that hold whole cases of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path, PurePath
from typing import Any

import polars as pl

from contracts.formats import Format, format_of_name
from contracts.left_out import Why
from contracts.settings import Privacy
from contracts.sources import Source

Reading = Mapping[str, Any]
"""By its keys, what a config says of how to read a file, without the keys that it leaves out.

It has no versions in it, so that files that are gone outlive a new version.
"""

ATTRIBUTES, PSEUDONYMISED = "case_attributes", "privacy.pseudonymise"

ROWS_A_PART = 500_000
MOST_PARTS = 256


@dataclass(frozen=True)
class Part:
    """A Parquet file of the candidates of the cases in one of ``of`` buckets."""

    path: Path
    bucket: int
    of: int
    rows: int

    def touches(self, bucket: int, of: int) -> bool:
        """Whether cases of ``bucket``, one of ``of``, may be in it."""
        return (
            self.bucket * of < (bucket + 1) * self.of and bucket * self.of < (self.bucket + 1) * of
        )


@dataclass(frozen=True)
class Staged:
    """A source file as candidates.

    ``missing``: how many records the source says it has that are not there.
    ``left_out``: how many cases, events or rows are not in the log, by reason.
    """

    parts: tuple[Part, ...]
    rows: int
    missing: int = 0
    left_out: Mapping[Why, int] = field(default_factory=dict)

    @property
    def paths(self) -> list[Path]:
        """The files that hold the candidates."""
        return [part.path for part in self.parts]


@dataclass(frozen=True)
class Origin:
    """Which file a batch was, and how it was read.

    ``name`` is the name of the file, ``given`` the path of its source in the config, ``sha256`` the
    digest of its content, and ``read_as`` that of how it was read; ``key`` names the key of its
    pseudonyms, null if it has none. ``reading`` is what the config said of how to read it.
    """

    name: str
    given: str
    sha256: str
    read_as: str
    key: str | None
    reading: Reading = field(default_factory=dict, compare=False)

    @property
    def id(self) -> str:
        """An id that is the same for the same file read in the same way."""
        said = f"{self.name}\n{self.given}\n{self.sha256}\n{self.read_as}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Batch:
    """What a file became, and where that came from.

    ``upto`` is the highest watermark that was seen, if the source has one.
    """

    origin: Origin
    staged: Staged
    upto: str | None = None


@dataclass(frozen=True)
class Version:
    """A commit: the ``batches`` of the log as it was known from ``known_at`` on.

    ``forgotten`` are cases that may never come back: the name of the key of their pseudonyms (null
    if they have none) and their ids.
    """

    number: int
    known_at: dt.datetime
    batches: tuple[Batch, ...]
    forgotten: frozenset[tuple[str | None, str]] = frozenset()

    def forgotten_under(self, key: str | None) -> set[str]:
        """The ids of the forgotten cases under one key."""
        return {case for name, case in self.forgotten if name == key}


def parts_for(rows: int) -> int:
    """The smallest power of two that keeps a part small."""
    wanted = max(1, -(-rows // ROWS_A_PART))
    return min(MOST_PARTS, 1 << (wanted - 1).bit_length())


def part_in(path: Path, bucket: int, of: int) -> Part:
    """The part that a Parquet file has, its rows counted."""
    rows = int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
    return Part(path, bucket, of, rows)


def parts_of(batches: Iterable[Batch]) -> tuple[Part, ...]:
    """The parts of some batches."""
    return tuple(part for batch in batches for part in batch.staged.parts)


def formats_of(batches: Iterable[Batch], sources: Iterable[Source]) -> set[Format]:
    """The formats of the files that these batches of ``sources`` were."""
    meant = {source.path: source.meant_format for source in sources}
    told = (
        meant.get(batch.origin.given) or format_of_name(PurePath(batch.origin.name))
        for batch in batches
    )
    return {format_ for format_ in told if format_}


def paths_of(batches: Iterable[Batch]) -> list[Path]:
    """The files of all candidates of some batches."""
    return [part.path for part in parts_of(batches)]


def read_as(source: Source, privacy: Privacy, key: str | None) -> str:
    """A digest of all that decides what a file of ``source`` becomes, except its content."""
    said = {
        "source": source.model_dump(mode="json", exclude={"path"}),
        "pseudonymise": sorted(privacy.pseudonymise),
        "key": key,
        # digests of rows differ between versions of polars
        "versions": [version("hoeksteen"), version("polars")],
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def reading_of(source: Source, privacy: Privacy) -> Reading:
    """What a config says of how a file of ``source`` is read."""
    said = source.model_dump(mode="json", exclude={"path"}, exclude_defaults=True)
    columns = {f"columns.{role}": name for role, name in said.pop("columns", {}).items()}
    return said | columns | {PSEUDONYMISED: sorted(privacy.pseudonymise)}


def changed(before: Reading, after: Reading) -> set[str]:
    """The keys on which two readings differ; the later one may have fewer attributes."""
    keys = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    was, is_now = (set(each.get(ATTRIBUTES, ())) for each in (before, after))
    return keys - {ATTRIBUTES} if is_now <= was else keys
