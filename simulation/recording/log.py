# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A synthetic log in memory, before it is written in a dialect: whole cases, part by part."""

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
        "started_at": INSTANT,  # null if the agency's own system cannot know it
        "recorded_at": INSTANT,  # when it was put on record
        "actor": pl.String(),
        "team": pl.String(),
        "organisation": pl.String(),
        "resource": pl.String(),
        "note": pl.String(),  # free text; null, except in a planted defect
    }
)
"""A row per event, by case and then by ``number``."""

CASES = pl.Schema(
    {
        "case": pl.Int64(),
        "case_id": pl.String(),
        "began_at": INSTANT,  # the first step, even if before the export
        "decided_at": INSTANT,  # the legal clock stops; null: not yet
        "ended_at": INSTANT,  # the last end step; null: still open
        "version": pl.Int64(),  # of the case type: 1 or 2
        # followed by a String column per attribute of the case, null if unknown
    }
)
"""A row per case, by ``case``."""

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
"""The periods in which the legal clock stood still, by case and start."""

EXTENSIONS = pl.Schema(
    {"case": pl.Int64(), "at": INSTANT, "days": pl.Int64(), "is_hidden": pl.Boolean()}
)
"""The extensions of decision periods; hidden: only the date moved, and nothing says so."""


class Part(NamedTuple):
    """Some whole cases of a log, as seen on its closing day."""

    cases: pl.DataFrame
    events: pl.DataFrame
    suspensions: pl.DataFrame
    extensions: pl.DataFrame
