# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Puts defects of real exports in a log on purpose, at known rates, and records every one.

What is damaged follows from the draws of each case alone, so a log can be cut into parts anywhere.
No defect hides another or looks like one:

* a row is at most one of late, repeated and swapped: one draw per event decides;
* a case is at most one of batch, unended and reopened: one draw per case decides, and only rows
  without a defect of their own are used for it;
* the cases with a number in a note have none of these;
* the file in UTC comes on top of all of them: it moves whole cases.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from simulation.recording import case_defects, row_defects
from simulation.recording.defect_records import DEFECTS, TOUCHED
from simulation.recording.log import EVENTS, Part
from simulation.walking.draws import Draws


@dataclass(frozen=True)
class Whole:
    """What a part does not tell about its log.

    Attributes:
        numbers: the ``case`` of every case in the log, in rising order, perhaps with gaps.
        ends: the ids of the steps that end a case.
        closes_at: the moment at which the log is seen, in UTC; nothing in it is from later.
    """

    numbers: Sequence[int]
    ends: frozenset[str]
    closes_at: dt.datetime

    def noted(self) -> list[int]:
        """The cases that get a number in a note, spread over the log."""
        many, most = len(self.numbers), int(DEFECTS["noted"].rate)
        places = {(2 * place + 1) * many // (2 * most) for place in range(most)} if many else set()
        return [self.numbers[place] for place in sorted(places)]

    def in_utc(self, draws: Draws) -> list[int]:
        """The cases in the file that was exported in UTC."""
        size = round(len(self.numbers) * DEFECTS["utc"].rate)
        room = len(self.numbers) - size + 1
        start = int(draws.uniform("defect:utc", 0, 1)[0] * room)
        return list(self.numbers[start : start + size])


def damage(part: Part, draws: Draws, whole: Whole) -> tuple[Part, pl.DataFrame]:
    """Puts the defects in a part of a log.

    Args:
        part: a part without defects, with events in order of time within a case.
        draws: the draws of the log.
        whole: the log that it is a part of.

    Returns:
        The part, with its events renumbered, and what was damaged, in the shape of ``TOUCHED``. Of
        the cases, only the end of the reopened ones changes; UTC affects only the events, as the
        register of cases is another file.
    """
    if part.events.is_empty():
        return part, TOUCHED.to_frame()
    events = case_defects.marked(_with_draws(part, draws, whole))
    events = row_defects.late_or_swapped(events, whole.closes_at)
    runs = case_defects.runs_in(events, whole.closes_at)
    gone = case_defects.gone_from(events)
    again = case_defects.again_in(events, whole.closes_at)
    kept = case_defects.registered_at_once(events, runs).join(
        gone, on=["case", "number"], how="anti"
    )
    events = row_defects.noted(_numbered(pl.concat([*row_defects.repeated(kept), again])))
    in_utc = pl.col("case").is_in(whole.in_utc(draws))
    touched = [
        events.filter(pl.col("row_defect").is_not_null()).select(_told("row_defect", "number")),
        *(frame.select(_told("case_defect")).unique("case") for frame in (runs, gone, again)),
        events.filter(in_utc).select(_told(pl.lit("utc"))).unique("case"),
    ]
    damaged = part._replace(
        cases=case_defects.ended_again(part.cases, again),
        events=case_defects.in_utc(events, in_utc).select(EVENTS.names()),
    )
    return damaged, pl.concat(touched).sort("defect", "case", "number")


def _with_draws(part: Part, draws: Draws, whole: Whole) -> pl.DataFrame:
    """The events with facts of their cases, and with the draws of each row and its case."""
    case, number = (part.events[name].to_numpy() for name in ("case", "number"))
    first = int(case.min())
    many = int(case.max()) - first + 1
    of_rows = [draws.uniform(f"defect:row:{row}", first, many) for row in range(number.max() + 1)]
    events = part.events.with_columns(
        row_draw=pl.Series(np.stack(of_rows)[number, case - first]),
        case_draw=pl.Series(draws.uniform("defect:case", first, many)[case - first]),
        is_end=pl.col("step").is_in(list(whole.ends)),
        is_noted=pl.col("case").is_in(whole.noted()),
    )
    known = part.cases.select("case", "case_id", "began_at", "ended_at")
    return events.join(known, on="case", how="left", maintain_order="left")


def _numbered(events: pl.DataFrame) -> pl.DataFrame:
    """The events in order, numbered from 0 in each case; equal numbers keep their order."""
    number = pl.int_range(pl.len()).over("case")
    return events.sort("case", "number", maintain_order=True).with_columns(number=number)


def _told(defect: str | pl.Expr, number: str | None = None) -> list[pl.Expr]:
    """The record of damage: to a row, or to a case if no number is given."""
    of = pl.col(defect) if isinstance(defect, str) else defect
    place = pl.col(number) if number else pl.lit(None, pl.Int64)
    return [of.alias("defect"), pl.col("case", "case_id"), place.alias("number")]
