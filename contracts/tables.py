# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The tables beside ``findings.json``: their columns, and what a row is."""

from __future__ import annotations

import polars as pl

TABLES: dict[str, pl.Schema] = {
    # every activity, most cases first; `cases` in tens (to `minimum_group`) where exact ones would
    # tell of a wait that is left out
    "steps": pl.Schema({"activity": pl.String, "cases": pl.Int64, "events": pl.Int64}),
    # every wait before a case was closed, most waiting first; n: waits that ended; cases: that
    # waited here, open_cases of them still do; `to` null: nobody was seen to go on after as long
    "waits": pl.Schema(
        {
            "from": pl.String,
            "to": pl.String,
            "n": pl.Int64,
            "cases": pl.Int64,
            "open_cases": pl.Int64,
            "p50_days": pl.Float64,
            "p90_days": pl.Float64,
            "person_days": pl.Float64,
            "share_of_waiting": pl.Float64,
        }
    ),
    # how many waits that ended took between `over_days` and `up_to_days` (null: no bound), and how
    # many that have not ended took so long so far
    "wait_bands": pl.Schema(
        {
            "from": pl.String,
            "to": pl.String,
            "over_days": pl.Float64,
            "up_to_days": pl.Float64,
            "n": pl.Int64,
            "open_n": pl.Int64,
        }
    ),
    # how many cases waited where a bottleneck is, at the end of each week, of which `day` is the
    # last (of the last week: that of the log); rounded down to tens (to `minimum_group`) when it is
    # shown
    "queues": pl.Schema({"from": pl.String, "to": pl.String, "day": pl.Date, "waiting": pl.Int64}),
    # the ledger with how many cases had such time; owners as in `findings.json`
    "ledger": pl.Schema({"owner": pl.String, "person_days": pl.Float64, "cases": pl.Int64}),
    # routes that cases took, most frequent first; `trace` null: all routes too rare to show
    "variants": pl.Schema(
        {"trace": pl.List(pl.String), "cases": pl.Int64(), "share": pl.Float64()}
    ),
    # activities that were done again: cases with a repeat, repeats, of which directly after itself
    "rework": pl.Schema(
        {
            "activity": pl.String,
            "cases": pl.Int64,
            "repeats": pl.Int64,
            "self_loops": pl.Int64,
        }
    ),
    # share of cases not done after `days` (Kaplan-Meier), and how many were watched that long,
    # which is rounded down to tens (to `minimum_group`) when it is shown
    "survival": pl.Schema({"days": pl.Float64, "not_done": pl.Float64, "at_risk": pl.Int64}),
    # how long cases take on each clock that is known: "citizen" and "legal" of all cases
    # (Kaplan-Meier), "work" of closed cases; null: not reached by the longest watched
    "clocks": pl.Schema(
        {
            "clock": pl.String,
            "cases": pl.Int64,
            "open_cases": pl.Int64,
            "p50_days": pl.Float64,
            "p90_days": pl.Float64,
            "watched_days": pl.Float64,
        }
    ),
    # what those who took cases up were doing while these waited, where the log tells who and when:
    # n waits of `wait_days` in all, which the other four add up to; most waiting first
    "waiting_causes": pl.Schema(
        {
            "from": pl.String,
            "to": pl.String,
            "n": pl.Int64,
            "wait_days": pl.Float64,
            "contention_days": pl.Float64,
            "prioritisation_days": pl.Float64,
            "batching_days": pl.Float64,
            "other_days": pl.Float64,
        }
    ),
    # how much work there was at least and at most in the n times that the agency did a step, of
    # `timed` of which the log tells when work started
    "work_band": pl.Schema(
        {
            "activity": pl.String,
            "n": pl.Int64,
            "timed": pl.Int64,
            "least_days": pl.Float64,
            "most_days": pl.Float64,
        }
    ),
    # month by month, basis: cases that "began" (open ones counted; all of them were watched for
    # `watched_days`), that "ended", and that were "open" when it ended, with how long so far;
    # n is rounded down to tens (to `minimum_group`) when it is shown
    "bases": pl.Schema(
        {
            "month": pl.Date,
            "basis": pl.String,
            "n": pl.Int64,
            "p50_days": pl.Float64,
            "p90_days": pl.Float64,
            "watched_days": pl.Int64,
        }
    ),
    # the share of cases that have ended by each outcome within so many days, open cases counted
    # (Aalen-Johansen); cases: that did so far
    "outcomes": pl.Schema(
        {"outcome": pl.String, "cases": pl.Int64, "days": pl.Float64, "share": pl.Float64}
    ),
    # how many cases met each deadline of the config: "within", "late", "open_within", "open_late",
    # or the reason why that cannot be said; rounded down to tens (to `minimum_group`) when shown
    "deadlines": pl.Schema({"id": pl.String, "status": pl.String, "cases": pl.Int64}),
    # between which steps cases were when a term ended that they did not meet (`to` null: they are
    # there still), most cases first; rounded down to tens (to `minimum_group`) when it is shown
    "breaches": pl.Schema({"id": pl.String, "from": pl.String, "to": pl.String, "cases": pl.Int64}),
    # of how many cases the last day that the agency keeps is the "same" as, "later" or "earlier"
    # than what the rule says; rounded down to tens (to `minimum_group`) when it is shown
    "registered_ends": pl.Schema({"id": pl.String, "registered_is": pl.String, "cases": pl.Int64}),
    # of terms that many cases met near their last day: how many in its last 7 days (`before`) and
    # in the 7 days after; how many times as many a day there are just before the limit as just
    # after it (`jump`), and how often chance does as much; rounded down to tens (to
    # `minimum_group`), and left out where they are fewer, when it is shown
    "bunching": pl.Schema(
        {
            "id": pl.String,
            "before": pl.Int64,
            "after": pl.Int64,
            "jump": pl.Float64,
            "p_value": pl.Float64,
        }
    ),
    # how good the chances to be too late were at an earlier moment, of so many cases that could
    # then still be in time: `late` became so; brier: mean square of chance less outcome, of which
    # `brier_of_share` is that of giving all the share that was late; coverage: the share that was
    # done when the middle 80 % said so; all null but the cases where fewer were, or became late
    "rescue": pl.Schema(
        {
            "id": pl.String,
            "cases": pl.Int64,
            "late": pl.Int64,
            "brier": pl.Float64,
            "brier_of_share": pl.Float64,
            "coverage": pl.Float64,
        }
    ),
    # in what cases deviate from the model of the config, most cases first; what: "skipped" (the
    # model has it, the case lacks it) or "extra" (the other way round); times: all cases together;
    # both are rounded down to tens (to `minimum_group`) when they are shown
    "conformance": pl.Schema(
        {"what": pl.String, "activity": pl.String, "cases": pl.Int64, "times": pl.Int64}
    ),
    # one row if the config has a model, else none; mean_fitness is of the cases looked at, 1: no
    # deviation; is_cut_short: not all were looked at, for want of time if is_out_of_time
    "conformance_summary": pl.Schema(
        {
            "cases": pl.Int64,
            "cases_looked_at": pl.Int64,
            "fitting_cases": pl.Int64,
            "mean_fitness": pl.Float64,
            "is_cut_short": pl.Boolean,
            "is_out_of_time": pl.Boolean,
        }
    ),
    # what changed since the last report (`changes` in `findings.json`), a row a `ChangeId` and one
    # for "definitions", in the order in which their effects come on top of each other ("removed":
    # only where there are such); effects are null where they are told with a later row. Then a row
    # a pair of names of what is "relabelled", with `from` and `to`. No rows: nothing was compared
    "changes": pl.Schema(
        {
            "what": pl.String,
            "from": pl.String,
            "to": pl.String,
            "cases": pl.Int64,
            "events": pl.Int64,
            "p50_effect_days": pl.Float64,
            "p90_effect_days": pl.Float64,
        }
    ),
}
"""The tables of a run, each written to ``tables/<name>.parquet``."""
