# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Sums of parts of a log as files: a folder per part, with a Parquet file per summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

if TYPE_CHECKING:
    from mining.summaries import Summaries, Summary

Part = TypeVar("Part")
CASES = "case_terms.parquet"
"""The file of what deadlines say of the cases of a bucket, beside its sums."""


@dataclass(frozen=True)
class Sums:
    """The folders of sums: of buckets, of the work of people, and of what changed in buckets."""

    parts: Sequence[Path]
    attended: Sequence[Path]
    compared: Sequence[Path]


def sum_up(part: Part, summaries: Sequence[Summary[Part]], folder: Path) -> None:
    """Computes these summaries of one part of the log, and writes them into a folder."""
    from mining.summaries import summarise

    write(summarise(part, summaries), folder)


def write(sums: Summaries, folder: Path) -> None:
    """Writes sums into a folder."""
    for name, frame in sums.items():
        frame.write_parquet(folder / f"{name}.parquet")


def merged(parts: Sequence[Path], summaries: Sequence[Summary[Any]]) -> Summaries:
    """The summaries of the whole log, added up from the folders of its parts."""
    from mining.summaries import merge

    names = [summary.name for summary in summaries]
    frames = {
        n: [pl.scan_parquet(part / f"{n}.parquet", glob=False) for part in parts] for n in names
    }
    return merge(frames, summaries)
