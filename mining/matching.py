# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which events of two logs belong together.

An event is the same if its case, activity, times and whether it was done are the same. An event
that is left over in a case is *edited* if one of the same activity is left on the other side, else
*relabelled* if one of the same time is, else *gone* or *late*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from contracts.events import CASE_PREFIX, ORDER

SAME = ("case_id", "activity", "told_at", "started_at", "is_done")
"""What makes an event the same; if only a date is known, ``told_at`` is the begin of that day."""

ABOUT_THE_CASE = ("registered_at", "is_day")
"""What may be told otherwise of the same event, besides its attributes and place among ties."""

_SAME_NAME = ("case_id", "activity")
_SAME_TIME = ("case_id", "told_at")


@dataclass(frozen=True)
class Matched:
    """The events of cases that are in both logs: ``left`` those of then, ``right`` those of now.

    Attributes:
        left, right: their columns, and ``what`` became of them: "same", "edited", "relabelled"; and
            of an event on one side only "gone_events" or "late".
        otherwise: of the same events, those that are now told otherwise, as they were told then.
        renamed: ``case_id, from, to`` of relabelled events.
    """

    left: pl.DataFrame
    right: pl.DataFrame
    otherwise: pl.DataFrame
    renamed: pl.DataFrame


def matched(left: pl.DataFrame, right: pl.DataFrame) -> Matched:
    """Matches the events of two logs.

    Args:
        left: the events of then, with the columns ``SAME``, ``ABOUT_THE_CASE``, ``ORDER`` and
            ``case:*``.
        right: the events of now.
    """
    same = _Round.of(left, right, SAME)
    edited = _Round.of(same.only_left, same.only_right, _SAME_NAME)
    relabelled = _Round.of(edited.only_left, edited.only_right, _SAME_TIME)
    names = {"case_id": relabelled.left["case_id"], "from": relabelled.left["activity"]}
    rounds = {"same": same, "edited": edited, "relabelled": relabelled}
    return Matched(
        pl.concat(
            [
                *(called(found.left, what) for what, found in rounds.items()),
                called(relabelled.only_left, "gone_events"),
            ]
        ),
        pl.concat(
            [
                *(called(found.right, what) for what, found in rounds.items()),
                called(relabelled.only_right, "late"),
            ]
        ),
        called(same.left.filter(_is_told_otherwise(same)), "told_otherwise"),
        pl.DataFrame({**names, "to": relabelled.right["activity"]}),
    )


@dataclass(frozen=True)
class _Round:
    """Events of two sides, matched: among equal events, the k-th of one side with the k-th.

    ``left`` and ``right`` hold the matched ones, row for row; the others are only on one side.
    """

    left: pl.DataFrame
    right: pl.DataFrame
    only_left: pl.DataFrame
    only_right: pl.DataFrame

    @classmethod
    def of(cls, left: pl.DataFrame, right: pl.DataFrame, keys: Sequence[str]) -> _Round:
        """Matches on ``keys``; each side is sorted by ``keys``, and then as its log."""
        key, sides = [*keys, "turn"], [_numbered(side, keys) for side in (left, right)]
        found = [
            side.join(other.select(key), on=key, how=how, nulls_equal=True, maintain_order="left")
            for how in ("semi", "anti")
            for side, other in (sides, sides[::-1])
        ]
        return cls(*(each.drop("turn") for each in found))


def _numbered(events: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """``events`` with ``turn``: the rank of each, in the order of the log, among equal events."""
    place = pl.int_range(pl.len())
    is_first = pl.struct(keys).rle_id().diff().fill_null(1) == 1
    first = pl.when(is_first).then(place).forward_fill()
    order = [name for name in ORDER if name not in keys]
    return events.sort(*keys, *order).with_columns(turn=place - first)


def alike(left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    """The cases with no change between both logs, as most are; found without matching."""
    count = pl.len().alias("n")
    both = [side.group_by("case_id").agg(count) for side in (left, right)]
    as_many = both[0].join(both[1], on=["case_id", "n"])
    one, other = (side.filter(has_case_in(as_many)) for side in (left, right))
    differ = one.filter(_differ(one, other, SAME))
    return as_many.filter(~has_case_in(differ))["case_id"]


def _is_told_otherwise(same: _Round) -> pl.Series:
    """Whether matched events have another registration, attribute or place among ties."""
    return _differ(same.left, same.right, ()) | (_place(same.left) != _place(same.right))


def _differ(left: pl.DataFrame, right: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """Whether events differ, row for row, in these columns or in those about their case."""
    attributes = (name for name in left.columns if name.startswith(CASE_PREFIX))
    shared = [name for name in attributes if name in right.columns]
    compared = (*names, *ABOUT_THE_CASE, *shared)
    differ = [left[name].ne_missing(right[name]) for name in compared]
    return pl.select(pl.any_horizontal(differ)).to_series()


def _place(events: pl.DataFrame) -> pl.Series:
    """The place of each event in the order of its log."""
    return events.select(pl.arg_sort_by(ORDER).arg_sort()).to_series()


def has_case_in(other: pl.DataFrame) -> pl.Expr:
    """Whether the case of an event is also in another log."""
    return pl.col("case_id").is_in(other["case_id"].unique().implode())


def called(events: pl.DataFrame, what: str) -> pl.DataFrame:
    """``events`` with the column ``what``: what became of them."""
    return events.with_columns(what=pl.lit(what))
