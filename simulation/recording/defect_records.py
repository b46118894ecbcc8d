# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The kinds of defects that are put in a log, and how the damage is counted and recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl


class Defect(NamedTuple):
    """A kind of defect: the rule it breaks, and how often it is put in.

    ``rate``: a share of what ``of`` says. Cases are identified by their id; rows by that and their
    place in the case, in the damaged log.
    """

    dq: str
    what: str
    rate: float
    of: str


DEFECTS = {
    "late": Defect(
        "DQ13",
        "Rows recorded more than five days after they happened.",
        0.03,
        "rows that happened at least 30 days before the log closes",
    ),
    "repeated": Defect(
        "DQ18",
        "Rows that repeat the row before them exactly.",
        0.005,
        "rows that are no end status and share their second with no other of the case",
    ),
    "swapped": Defect(
        "DQ23",
        "Rows whose start and completion are exchanged.",
        0.005,
        "rows that know a start, after the row before them and up to four days before they were "
        "recorded, and that do not end the case",
    ),
    "batch": Defect(
        "DQ05",
        "Cases with three statuses in a row registered in the same second, at 17:00.",
        0.02,
        "cases that have three rows in a row, no end status among them, and 17:00 before the next",
    ),
    "unended": Defect(
        "DQ07",
        "Cases that have an end date, but not the end status of that day.",
        0.01,
        "cases that ended, with no other end status in the two days before, and with another row",
    ),
    "reopened": Defect(
        "DQ08",
        "Cases that have the same end status twice, a week after another status in between.",
        0.02,
        "cases as of DQ07 whose last row was the end, two weeks before the log closes",
    ),
    "noted": Defect("DQ14", "Rows with a citizen service number in the note.", 5, "rows in all"),
    "utc": Defect(
        "DQ19", "Cases in one file whose times are in UTC, not in local time.", 0.05, "cases"
    ),
}
"""The defects by the name that they have here."""

TOUCHED = pl.Schema(
    {"defect": pl.String, "case": pl.Int64, "case_id": pl.String, "number": pl.Int64}
)
"""What was damaged; ``number`` is null if the defect is of the case."""


def decided(draw: str, can: Mapping[str, pl.Expr]) -> pl.Expr:
    """The defect that a draw decides for, each at its own rate; null if it is impossible there.

    Args:
        draw: the column of draws; each defect takes the next stretch of them, as wide as its rate.
        can: the defects to decide between, and where each is possible.
    """
    decided, low = pl.lit(None, pl.String), 0.0
    for name, is_possible in can.items():
        high = low + DEFECTS[name].rate
        falls = pl.col(draw).is_between(low, high, closed="left") & ~pl.col("is_noted")
        decided = pl.when(falls & is_possible).then(pl.lit(name)).otherwise(decided)
        low = high
    return decided


@dataclass(frozen=True)
class Tally:
    """How often a defect occurs, and the sum of the fingerprints of its places."""

    count: int
    fingerprint: int


def tally(touched: pl.DataFrame) -> dict[str, Tally]:
    """Counts what was damaged in a part, by defect."""
    return {
        str(name): Tally(rows.height, fingerprint(rows.select("case_id", "number").iter_rows()))
        for (name,), rows in touched.group_by("defect")
    }


def records(tallies: Iterable[Mapping[str, Tally]]) -> list[dict[str, Any]]:
    """What ``truth.json`` says of the defects, from the tallies of all parts in any order."""
    parts = list(tallies)
    return [
        {
            **defect._asdict(),
            "count": sum(part[name].count for part in parts if name in part),
            "rows_hash": rows_hash(part[name].fingerprint for part in parts if name in part),
        }
        for name, defect in DEFECTS.items()
    ]


_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


def fingerprint(places: Iterable[tuple[str, int | None]]) -> int:
    """A number for a set of places, whatever their order; the numbers of parts add up.

    Args:
        places: case ids, each with the place of a row in that case, or None for the case itself.
    """
    texts = (case_id if row is None else f"{case_id}:{row}" for case_id, row in places)
    digests = (hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return sum(int.from_bytes(digest, "big") for digest in digests) % 2**64


def rows_hash(fingerprints: Iterable[int]) -> str:
    """The fingerprints of all parts as 16 letters: digits could look like a citizen's number."""
    return f"{sum(fingerprints) % 2**64:016x}".translate(_LETTERS)
