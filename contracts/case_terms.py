# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is known of one case and one deadline: single cases, so only the owner may see it."""

from __future__ import annotations

import polars as pl

CASE_TERMS = pl.Schema(
    {
        "case_id": pl.String(),  # pseudonym, unless the config says otherwise
        "id": pl.String(),  # of the deadline
        # "within", "late", "open_within", "open_late", "not_started", or why it cannot be said
        "status": pl.String(),
        "version": pl.String(),  # of the rule; null: none, or a date of the case itself
        "start": pl.Date(),  # the term runs from the day after it
        "plain_end": pl.Date(),  # the last day by the count alone
        "extended_days": pl.Int32(),
        "suspended_days": pl.Int32(),  # by which the last day moved
        "moved_days": pl.Int32(),  # as the last day by the count is not a working day
        "end": pl.Date(),  # the last day: the three above together
        "stop": pl.Date(),  # when the term was met; null: it is open
        "legal_days": pl.Int32(),  # how long the term ran, until `stop` or now
        "days_left": pl.Int32(),  # from `stop` or now until `end`; below 0: too late
        "suspended_for": pl.List(pl.String()),  # the steps awaited while it stood still
        "is_suspended": pl.Boolean(),  # it is open and stands still now
        "registered": pl.Date(),  # the last day as the agency keeps it
        # "same", "later" or "earlier" than `end`, "moved" (later, moved by hand without an
        # extension on record), "unknown"; null: the config names no such date
        "registered_is": pl.String(),
        "certainty": pl.String(),  # "high", "fair" or "low"; null: nothing can be said
        "waits_after": pl.String(),  # the last step of an open case that led on
        "waits_since": pl.Date(),
    }
)
"""A row for each case and deadline; what cannot be told is null."""
