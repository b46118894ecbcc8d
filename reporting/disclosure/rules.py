# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What may be shown: no group of 1 to ``k - 1`` cases, and nothing that reveals one.

``k`` is ``privacy.minimum_group``. The rules, here for the findings, in ``places`` and ``causes``
for where and why cases wait, and in ``tables`` for the tables:

1. A count of 1 … k-1 becomes null, and its object says ``suppressed``. Zero stays: it says nothing
   about anyone. A count of rows hides with the count of the cases they belong to.
2. A part hides too if it leaves 1 … k-1 of the whole (95 open of 100). One hidden part hides a
   second if they add up to a known whole. If that second part is of cases that wait for no known
   step, the cases of that wait, which are as many, are told as in rule 3.
3. A wait, step, route, rework or bottleneck of fewer than k cases is left out. If all steps or
   routes that were left out are together still fewer than k, the rarest of the others goes with
   them. A route goes too if what is told elsewhere of a step, of doing it again, of going on to
   the next one or of having ended would tell how few on rare routes did that, or did the one and
   not the other (``routes``). Shares of waiting are of the waits that are shown. If others were
   left out, that is said, and the days of the ledger are rounded to at least twice their days.
   If a wait and a step beside it would tell how few took the one and not the other, the cases of
   the wait are told in multiples of k, at least k below those of the step, and said to be rounded.
   The same holds if all but a few of the log's cases waited, and for the smallest wait beside a
   step of which all its waits together leave few (``balance``).
4. What half of the cases did needs k cases, what 9 of 10 did needs 5·k.
5. Bands of waiting time join their neighbours until each holds none or at least k, both of the
   ended waits and of those that go on. The latter are told only if their number is told, and if
   that leaves three bands and costs at most one. If their total would tell how few cases still
   wait, the total and the smallest band are hidden. How many waited week by week is in multiples
   of k, rounded down.
6. The curve keeps a point only if k cases left since the point before, k are still there, and
   none or k left after the last point. How many were watched is rounded down to a multiple of k,
   since the exact number would tell how many left at just that moment.
7. A step that all but 1 … k-1 of the cases took hides its counts; so do the last steps of cases,
   if they leave so few open. A step that so few did again hides its events; a step that so few
   did only once hides how many did it again. If the events of one step are hidden, or what is
   told leaves few of the log's events, the events of the log and the rows of the sources are told
   in multiples of k, rounded down: the rest would be of that step. If all waits left out beside a
   step are together of few cases, steps with a few cases less are told in multiples of k, at least
   k less (``steps``). If such a step ends cases, how many cases are open is told in multiples of
   k, counting as done all cases that the step may have: the cases that are not open are done.
8. An owner of the ledger with fewer than k cases has no days.
9. Deviations from the model are counted in multiples of k, rounded down, unless all cases
   deviate. How well cases fit is told if none or at least k fit, and none or at least k do not.
   If 1 … k-1 cases were not looked at, nothing of this is shown.
10. A bottleneck about fewer than k cases or so few extra rounds, or compared with so few, is left
   out. Evidence is in whole cases and whole percents, and means have three digits: an exact mean
   fits only one number of cases. The share of the hundredth that waits longest needs 100·k cases;
   the share of the rest that goes round needs k cases that do so.
11. Clocks, months, outcomes and work (``wholes``) of fewer than k are left out. The others are
   counted in multiples of k, rounded down, with shares in whole percents, or in steps of k cases
   or more. Durations at which an outcome is of 1 … k-1 cases are left out for all.
12. A figure without the cases that lost rows, and the least and the most that it could be, are
   told if none or at least k cases of the log lost rows and at least k are in doubt; numbers of
   cases only if no part of them is 1 … k-1 (``faults``).
13. What changed since the last report is counted in multiples of k, rounded down, and hidden if
   that report would reveal it. What a change did is told for at least k cases together
   (``changes``).
14. What a pause or the law explains of a wait (``places``), and how many met a term (``terms``), is
   told in multiples of k if it would leave few of a number beside it: of all cases, or of those
   that took a step.
15. A log of fewer than k cases tells no moment: it is counted up to the begin of a day.

Doing it twice changes nothing, so whoever publishes may do it again to be safe.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

import polars as pl

from contracts.deadlines import Deadline
from contracts.figures import Quantiles
from contracts.findings import (
    Findings,
    Ledger,
    Log,
    Throughput,
    Validation,
)
from contracts.verdict import told_counts
from reporting.disclosure.changes import changes_table, protect_changes
from reporting.disclosure.faults import protect_headlines, protect_without
from reporting.disclosure.places import protect_bottlenecks, protect_explained
from reporting.disclosure.routes import on_frequent_routes
from reporting.disclosure.small_groups import (
    few,
    hide,
    hide_part,
    hide_quantiles,
    hide_rows,
    is_small,
    with_values,
)
from reporting.disclosure.steps import at_most, protect_steps, steps_apart
from reporting.disclosure.tables import protect_tables
from reporting.disclosure.terms import as_in, protect_deadlines
from reporting.disclosure.waits import pairs, passed_on, protect_waits, rounded, small_owners


def protect(
    findings: Findings,
    tables: Mapping[str, pl.DataFrame],
    minimum_group: int,
    ends: Collection[str] = (),
    deadlines: Collection[Deadline] = (),
) -> tuple[Findings, dict[str, pl.DataFrame]]:
    """Findings and tables without anything about fewer than ``minimum_group`` cases.

    Args:
        findings: what a run found.
        tables: a frame for each of ``contracts.tables.TABLES`` except ``changes``, which is made
            from the findings.
        minimum_group: the smallest group that is shown.
        ends: the activities that end a case: their cases add up to the cases that are done.
        deadlines: the deadlines of the config: a term has as many cases as the step it starts with.
    """
    k = minimum_group
    cases = hide(findings.log.cases, k)
    apart = steps_apart(tables["steps"], tables["waits"], k)
    again = tables["rework"].filter(few(pl.col("cases"), k))["activity"].to_list()
    steps = protect_steps(apart, cases, k, ends, again)
    last = at_most(tables["steps"], steps, cases, k).filter(pl.col("activity").is_in(list(ends)))
    on_routes = on_frequent_routes(tables["variants"], k)
    waits = protect_waits(tables["waits"], apart, findings.log, k, on_routes)
    twice = passed_on(waits.table, ends)
    shown = protect_tables(tables, steps, waits, findings.log, ends, k)
    changes = findings.changes and protect_changes(findings.changes, cases, k)
    rare = pairs(tables["waits"]) - pairs(waits.table)
    log = _log(_open_as_told(findings.log, last, twice, k), steps, shown, k)
    met = protect_deadlines(findings.deadlines, deadlines, log, steps, k)
    protected = findings.model_copy(
        update={
            "as_of": findings.as_of if cases is not None else _begin_of_next_day(findings.as_of),
            "log": log,
            "throughput_days": _throughput(findings.throughput_days, findings.log, k),
            "ledger": _ledger(findings, tables["ledger"], waits.unit_days, k),
            "bottlenecks": protect_bottlenecks(findings, waits, rare, k),
            "explained_waits": protect_explained(findings, waits, rare, steps, k),
            "waits_left_out": findings.waits_left_out or bool(rare),
            "deadlines": met,
            "changes": changes,
        }
    )
    validation = _validation(findings, protected, waits.unit_days, k)
    told = protected.model_copy(update={"validation": validation})
    alike = {"deadlines": as_in(met, shown["deadlines"]), "changes": changes_table(changes)}
    return told, shown | alike


def _begin_of_next_day(moment: dt.datetime) -> dt.datetime:
    """The first begin of a day, in UTC, at or after ``moment``."""
    day = moment.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day if day == moment else day + dt.timedelta(days=1)


def _open_as_told(log: Log, ends: pl.DataFrame, twice: int, k: int) -> Log:
    """The log, with fewer open cases if the exact number would reveal how few took a last step.

    At least as many are open as are left if each of the ``ends`` had all cases that it may have
    (``at_most``); so the number follows from nothing but what is told. ``twice``: how many cases
    went from one of these steps to another; they are done once.
    """
    if log.cases is None or log.open_cases is None or log.open_cases_at_least:
        return log
    vague = ends.filter(pl.col("exact").is_null())
    otherwise = log.cases - log.open_cases - int(ends["exact"].sum())
    if vague.is_empty() or not (is_small(otherwise, k) or (vague["cases"] >= k).any()):
        return log
    least = log.cases - int(ends["most"].sum()) + twice
    if least < k:
        return with_values(log, open_cases=None)
    return with_values(log, open_cases=least // k * k, open_cases_at_least=True)


def _log(log: Log, steps: pl.DataFrame, shown: Mapping[str, pl.DataFrame], k: int) -> Log:
    """The counts of the log; ``steps`` and the tables in ``shown`` are what is shown of it."""
    events, at_least = hide_rows(log.events, log.cases, k), log.events_at_least
    # with two steps or more, nobody can say which events are whose
    tells_of_one = (log.activities or 0) - steps["events"].count() == 1
    tells_of_few = is_small(events and events - _told_events(steps, shown["rework"]), k)
    if events is not None and (tells_of_one or tells_of_few) and not at_least:
        events, at_least = events // k * k, True
    still_open = hide_part(log.open_cases, log.cases, k)
    known = {
        "cases": hide(log.cases, k),
        "open_cases": still_open,
        "order_undetermined_cases": hide_part(log.order_undetermined_cases, log.cases, k),
        "events": events,
        "variants": hide_rows(log.variants, log.cases, k),
    }
    if is_small(log.cases, k):
        # the first and last moment of so few cases would be moments of one of them
        known = dict.fromkeys((*known, "first", "last"))
    return with_values(
        log,
        events_at_least=at_least,
        open_cases_at_least=log.open_cases_at_least and known["open_cases"] is not None,
        **known,
        quarantined_cases=hide(log.quarantined_cases, k),
        quarantined_rows=hide_rows(log.quarantined_rows, log.quarantined_cases, k),
    )


def _told_events(steps: pl.DataFrame, rework: pl.DataFrame) -> int:
    """How many events are known; a step that hides its own counts one per case, and its repeats."""
    known = pl.col("cases").fill_null(0) + pl.col("repeats").fill_null(0)
    total: int = (
        steps.join(rework.select("activity", "repeats"), on="activity", how="left")
        .select(pl.col("events").fill_null(known).sum())
        .item()
    )
    return total


def _ledger(findings: Findings, ledger: pl.DataFrame, unit_days: float | None, k: int) -> Ledger:
    cases = findings.log.cases
    if cases is None or is_small(cases, k):
        return Ledger()
    days = {owner: rounded(each, unit_days) for owner, each in findings.ledger}
    return Ledger.model_validate({**days, **dict.fromkeys(small_owners(ledger, k))})


def _throughput(throughput: Throughput, log: Log, k: int) -> Throughput:
    days = hide_quantiles(Quantiles(p50=throughput.p50, p90=throughput.p90), log.cases, k)
    closed = k if log.cases is None or log.open_cases is None else log.cases - log.open_cases
    closed_only = throughput.closed_only_p50 if closed >= k else None
    return with_values(throughput, p50=days.p50, p90=days.p90, closed_only_p50=closed_only)


def _validation(told: Findings, shown: Findings, unit_days: float | None, k: int) -> Validation:
    log = shown.log
    counts = told_counts(told.validation.failed, log.quarantined_rows, log.quarantined_cases, k)
    failed = tuple(
        with_values(rule, rows=counts[rule.id][0], cases=counts[rule.id][1])
        for rule in told.validation.failed
    )
    return told.validation.model_copy(
        update={
            "failed": failed,
            "headline_without_quarantine": hide_quantiles(
                protect_without(told, k), told.log.cases, k
            ),
            "headlines": protect_headlines(told, shown, unit_days, k),
        }
    )
