# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The last step of a case that was closed, by what the source says, but shows no end.

Without it, such a case would count as open and seem to wait to this day.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from contracts.events import CASE_PREFIX, MARK, ORDER
from contracts.settings import Settings
from ingest.lifecycle import COMPLETE

_ONE_DAY = pl.duration(days=1)
_OF_THE_CASE = ("slot", "registered_at", "source", "row")
_CLOSED, _BEFORE, _IS_ENDED = "#closed", "#before", "#is_ended"


@dataclass(frozen=True)
class Closing:
    """The name of the step at which cases were closed, and the activities that end a case."""

    step: str
    ends: tuple[str, ...]


def closing_of(settings: Settings) -> Closing | None:
    """What ends the cases that were closed; null if no source tells when they were."""
    return Closing(settings.closing, settings.journey.end) if settings.closing else None


def closings(told: pl.LazyFrame, closing: Closing) -> pl.LazyFrame:
    """A step for each case that was closed without completing an end, in the columns of ``told``.

    It comes after all rows up to 24 hours after ``closed_at``, as only the date of many closings is
    known. A case that was closed before all its rows gets no step.

    Args:
        told: whole cases, with the columns of ``CANDIDATES`` and ``is_done``.
        closing: the name of the step, and the activities that end a case.
    """
    columns = told.collect_schema()
    is_step = pl.col("lifecycle") != MARK
    is_end = pl.col("activity").is_in(closing.ends) & pl.col("is_done") & is_step
    closed_at = pl.col("closed_at").max()
    kept = [name for name in columns if name in _OF_THE_CASE or name.startswith(CASE_PREFIX)]
    cases = (
        told.sort(ORDER)
        .group_by("case_id")
        .agg(
            pl.col(kept).filter(pl.col("at") < closed_at + _ONE_DAY).last(),
            closed_at.alias(_CLOSED),
            pl.col("at").filter(pl.col("at") < closed_at + _ONE_DAY).max().alias(_BEFORE),
            is_end.any().alias(_IS_ENDED),
        )
        .filter(pl.col(_CLOSED).is_not_null(), pl.col(_BEFORE).is_not_null(), ~pl.col(_IS_ENDED))
    )
    step = {
        "activity": pl.lit(closing.step),
        "at": pl.max_horizontal(_CLOSED, _BEFORE),
        "row": pl.col("row") + 1,  # the last at its moment
        "is_day": pl.lit(value=False),
        "is_done": pl.lit(value=True),
        "lifecycle": pl.lit(COMPLETE),
    }
    return cases.select(
        step[name].alias(name)
        if name in step
        else pl.col(name)
        if name in (*kept, "case_id")
        else pl.lit(None, type_).alias(name)
        for name, type_ in columns.items()
    )
