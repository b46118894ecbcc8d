# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A synthetic log in memory, before it is written in some dialect: whole cases, part by part."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from contracts.events import INSTANT

EVENTS = pl.Schema(
    {
        "case": pl.Int64(),
        "number": pl.Int64(),  # the place in the case, from 0: tells ties apart
        "step": pl.String(),  # the id in the description
        "activity": pl.String(),
        "at": INSTANT,  # whole seconds, as every time here
        "started_at": INSTANT,  # null where the agency's own system cannot know it
        "recorded_at": INSTANT,  # when it was put on record
        "actor": pl.String(),
        "team": pl.String(),
        "organisation": pl.String(),
        "resource": pl.String(),
        "note": pl.String(),  # free text; null, but for what is planted there as a defect
    }
)
"""An event a row, by case and then by ``number``."""

CASES = pl.Schema(
    {
        "case": pl.Int64(),
        "case_id": pl.String(),
        "began_at": INSTANT,  # the first step, also where it fell before the export
        "decided_at": INSTANT,  # the legal clock stops; null: not yet
        "ended_at": INSTANT,  # the last end step; null: still open
        "version": pl.Int64(),  # of the case type: 1 or 2
        # the case's attributes follow, one column each, String, null where not known
    }
)
"""One row per case, by ``case``."""

SUSPENSIONS = pl.Schema(
    {
        "case": pl.Int64(),
        "start_at": INSTANT,
        "end_at": INSTANT,  # null: suspended still
        "pattern": pl.String(),  # how a case system tells it: "flag", "dates" or "status"
        "expected_days": pl.Int64(),
        "reason": pl.String(),
    }
)
"""The times in which the legal clock stood still, by case and start."""

EXTENSIONS = pl.Schema(
    {"case": pl.Int64(), "at": INSTANT, "days": pl.Int64(), "is_hidden": pl.Boolean()}
)
"""The decision period made longer; hidden: only the date moved, nothing says so."""


class Part(NamedTuple):
    """Some whole cases of a log, as it is seen on its closing day."""

    cases: pl.DataFrame
    events: pl.DataFrame
    suspensions: pl.DataFrame
    extensions: pl.DataFrame
