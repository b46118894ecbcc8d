# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The tables beside ``findings.json``: their columns, and what each row is."""

from __future__ import annotations

import polars as pl

TABLES: dict[str, pl.Schema] = {
    # every activity, most cases first; `cases` in tens (to `minimum_group`) if exact counts would
    # give away a wait that is left out
    "steps": pl.Schema({"activity": pl.String, "cases": pl.Int64, "events": pl.Int64}),
    # every wait before a case was closed, most waiting first; n: waits that ended; cases: all that
    # waited here, of which open_cases still do; `to` null: none was seen to go on after as long
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
    # how many ended waits took between `over_days` and `up_to_days` (null: no bound), and how many
    # waits that go on have taken that long so far
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
    # how many cases waited at the place of a bottleneck at the end of each week; `day` is its last
    # day (in the last week, that of the log); rounded down to tens (to `minimum_group`) when shown
    "queues": pl.Schema({"from": pl.String, "to": pl.String, "day": pl.Date, "waiting": pl.Int64}),
    # the ledger, with the number of cases that had such time; owners as in `findings.json`
    "ledger": pl.Schema({"owner": pl.String, "person_days": pl.Float64, "cases": pl.Int64}),
    # routes of cases, most frequent first; `trace` null: all routes that are too rare to show
    "variants": pl.Schema(
        {"trace": pl.List(pl.String), "cases": pl.Int64(), "share": pl.Float64()}
    ),
    # activities that were done again: cases with a repeat, repeats, repeats directly after itself
    "rework": pl.Schema(
        {
            "activity": pl.String,
            "cases": pl.Int64,
            "repeats": pl.Int64,
            "self_loops": pl.Int64,
        }
    ),
    # share of cases not done after `days` (Kaplan-Meier), and how many were watched that long,
    # rounded down to tens (to `minimum_group`) when shown
    "survival": pl.Schema({"days": pl.Float64, "not_done": pl.Float64, "at_risk": pl.Int64}),
    # how long cases take on each known clock: "citizen" and "legal" for all cases (Kaplan-Meier),
    # "work" for closed cases; null: not reached by the case watched longest
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
    # what people who took cases up did while these waited, if the log tells who and when: n waits
    # of `wait_days` in all, the sum of the other four; most waiting first
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
    # the least and the most work in the n times that the agency did a step; for `timed` of those,
    # the log tells when work started
    "work_band": pl.Schema(
        {
            "activity": pl.String,
            "n": pl.Int64,
            "timed": pl.Int64,
            "least_days": pl.Float64,
            "most_days": pl.Float64,
        }
    ),
    # month by month, basis: cases that "began" in it (open ones count; all were watched for
    # `watched_days`), that "ended" in it, or that were "open" at its end (how long so far);
    # n is rounded down to tens (to `minimum_group`) when shown
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
    # the share of cases that end by each outcome within `days`, open cases counted
    # (Aalen-Johansen); cases: those that did so far
    "outcomes": pl.Schema(
        {"outcome": pl.String, "cases": pl.Int64, "days": pl.Float64, "share": pl.Float64}
    ),
    # how cases stand against each deadline of the config: "within", "late", "open_within",
    # "open_late", or why that is unknown; rounded down to tens (to `minimum_group`) when shown
    "deadlines": pl.Schema({"id": pl.String, "status": pl.String, "cases": pl.Int64}),
    # between which steps cases were when a term that they missed ended (`to` null: they still are),
    # most cases first; rounded down to tens (to `minimum_group`) when shown
    "breaches": pl.Schema({"id": pl.String, "from": pl.String, "to": pl.String, "cases": pl.Int64}),
    # for how many cases the last day that the agency keeps is the "same" as by the rule, "later" or
    # "earlier"; rounded down to tens (to `minimum_group`) when shown
    "registered_ends": pl.Schema({"id": pl.String, "registered_is": pl.String, "cases": pl.Int64}),
    # terms that many cases met near their last day: how many in its last 7 days (`before`) and in
    # the 7 days after; `jump`: how many times as many a day just before the limit as just after it,
    # and how often chance does as much; counts are rounded down to tens (to `minimum_group`), and
    # smaller ones left out, when shown
    "bunching": pl.Schema(
        {
            "id": pl.String,
            "before": pl.Int64,
            "after": pl.Int64,
            "jump": pl.Float64,
            "p_value": pl.Float64,
        }
    ),
    # how good the chances to be too late were at an earlier moment, for the cases that could then
    # still be in time, of which `late` were not; brier: mean square of chance minus outcome, and
    # `brier_of_share` that of giving each case the share that was late; coverage: the share done
    # within the middle 80 %; all but `cases` are null if too few there were or became late
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
    # how cases deviate from the model of the config, most cases first; what: "skipped" (in the
    # model, not in the case) or "extra" (the other way round); times: in all cases together; both
    # are rounded down to tens (to `minimum_group`) when shown
    "conformance": pl.Schema(
        {"what": pl.String, "activity": pl.String, "cases": pl.Int64, "times": pl.Int64}
    ),
    # one row if the config has a model, else none; mean_fitness: of the cases looked at, 1 is no
    # deviation; is_cut_short: not all were looked at, for lack of time if is_out_of_time
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
    # what changed since the last report (`changes` in `findings.json`): a row per `ChangeId` and
    # one for "definitions", in the order in which their effects add up ("removed" only if there are
    # any); an effect is null if it is part of that of a later row. Then a row for each pair of
    # names that was "relabelled", with `from` and `to`. No rows: nothing was compared
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
