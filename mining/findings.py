# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""From the summaries of a log to everything that is found in it, before disclosure control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from contracts.figures import Quantiles
from contracts.findings import (
    Bottleneck,
    ExplainedWait,
    FailedRule,
    Findings,
    Ledger,
    Log,
    Throughput,
    Validation,
)
from contracts.journey import Journey
from contracts.rules import ORDER_IS_KNOWN
from contracts.settings import Settings
from contracts.verdict import Verdict
from mining.attending import waiting_causes, work_band
from mining.cases.journeys import Lens
from mining.law import bunching, clocks, deadlines, rescue
from mining.model import conformance, follows
from mining.model.normative import Model
from mining.summaries import Summaries
from mining.waiting import queues, stays, waits, working_waits
from mining.wholes import bases, headlines, ledger, outcomes, overview, throughput
from mining.why import bottlenecks
from mining.why.observed import observed

_MOST_SECONDS = 300.0  # for the comparison with a model, even on a slow machine

SUMMARIES = (
    overview.LOG,
    overview.STEPS,
    overview.VARIANTS,
    overview.REWORK,
    follows.SUMMARY,
    waits.DURATIONS,
    waits.CASES,
    waits.PARALLEL,
    working_waits.SUMMARY,
    ledger.SUMMARY,
    throughput.SUMMARY,
    outcomes.SUMMARY,
    *bases.SUMMARIES,
    *clocks.SUMMARIES,
    *stays.SUMMARIES,
)
"""Everything that is summarised of a bucket."""


@dataclass(frozen=True)
class Found:
    """What a run found, before disclosure control.

    Attributes:
        findings: the content of ``findings.json``.
        tables: by name, in the shapes of ``contracts.tables.TABLES``.
        bpmn: the process as the log shows it, a BPMN 2.0 document.
    """

    findings: Findings
    tables: dict[str, pl.DataFrame]
    bpmn: str


def conclude(
    merged: Summaries,
    settings: Settings,
    lens: Lens,
    verdict: Verdict,
    run_id: str,
    meant: Model | None = None,
) -> Found:
    """Turns merged summaries into findings, tables and a process model.

    Args:
        merged: the summaries ``SUMMARIES``, those of ``mining.law.case_terms.SUMMARIES`` and of
            ``mining.attending.work.SUMMARIES``, by name.
        settings: the config of the process.
        lens: how the log was looked at when it was summarised.
        verdict: what the gate found, and how much it set aside.
        run_id: the id of the run, for the findings.
        meant: how a case should go, where the config tells it; null leaves its tables empty.

    Raises:
        ConfigError: ``meant`` names an activity that the log never has.
    """
    from mining.model.discovery import discover  # takes seconds, and only this needs it

    waited = waits.conclude(merged["waits"], merged["wait_cases"], settings.journey)
    whole = throughput.conclude(merged["throughput"])
    ranked, explained = _stalls(merged, waited, whole.p50_days, settings, lens)
    met, deadline_tables = deadlines.conclude(merged, settings.journey, settings.deadlines)
    turns = ledger.conclude(merged["ledger"], settings.journey)
    findings = Findings(
        process=settings.process.id,
        run_id=run_id,
        as_of=lens.as_of,
        log=_log(merged, verdict),
        throughput_days=Throughput(
            p50=whole.p50_days, p90=whole.p90_days, closed_only_p50=whole.closed_only_p50_days
        ),
        ledger=Ledger(**dict(turns.select("owner", "person_days").iter_rows())),
        bottlenecks=working_waits.conclude(ranked, merged, settings.journey),
        explained_waits=tuple(explained),
        deadlines=tuple(met),
        validation=_validation(verdict, merged, ranked, settings.journey),
    )
    tables = {
        "waits": waited.select(pl.col(waits.SHOWN)),
        "ledger": turns,
        "queues": _queues(merged, waited, ranked, lens),
        "survival": whole.survival,
        **deadline_tables,
        **_other_tables(merged, settings.journey, lens),
        **conformance.conclude(merged["variants"], meant, _MOST_SECONDS),
    }
    bpmn = discover(merged["steps"], merged["follows"], settings.privacy.minimum_group)
    return Found(findings, tables, bpmn)


def _stalls(
    merged: Summaries,
    waited: pl.DataFrame,
    whole_days: float | None,
    settings: Settings,
    lens: Lens,
) -> tuple[list[Bottleneck], list[ExplainedWait]]:
    """The bottlenecks and the explained waits; causes are looked for where the log is complete."""
    complete = stays.since(merged, lens.complete_from)
    return bottlenecks.conclude(
        waited,
        merged["ledger"],
        merged["parallel_waits"],
        observed(complete, settings.journey, lens.end_week),
        whole_days,
        settings.analysis,
    )


def _queues(
    merged: Summaries, waited: pl.DataFrame, ranked: Sequence[Bottleneck], lens: Lens
) -> pl.DataFrame:
    return queues.conclude(
        [(each.from_, each.to) for each in ranked],
        waited,
        merged["stay_weeks"],
        merged["stay_left"],
        lens.as_of_date,
        lens.complete_from,
    )


def _other_tables(merged: Summaries, journey: Journey, lens: Lens) -> dict[str, pl.DataFrame]:
    """The tables that are made from the summaries alone."""
    return {
        "steps": overview.conclude_steps(merged["steps"]),
        "wait_bands": waits.conclude_bands(merged["waits"]),
        "variants": overview.conclude_variants(merged["variants"]),
        "rework": overview.conclude_rework(merged["rework"]),
        "clocks": clocks.conclude(merged, journey),
        "bases": bases.conclude(merged, lens.as_of_date, lens.complete_from),
        "waiting_causes": waiting_causes.conclude(merged["waiting_causes"]),
        "work_band": work_band.conclude(merged["work_band"]),
        "outcomes": outcomes.conclude(merged["outcomes"]),
        "bunching": bunching.conclude(merged["bunching"]),
        "rescue": rescue.conclude(merged),
    }


def _log(merged: Summaries, verdict: Verdict) -> Log:
    log = merged["log"].row(0, named=True)
    undetermined = sum(rule.cases for rule in verdict.rules if rule.id == ORDER_IS_KNOWN)
    return Log(
        **log,
        activities=merged["steps"].height,
        variants=overview.variants_in(merged["variants"]),
        order_undetermined_cases=undetermined,
        quarantined_rows=verdict.quarantined_rows,
        quarantined_cases=verdict.quarantined_cases,
    )


def _validation(
    verdict: Verdict, merged: Summaries, ranked: Sequence[Bottleneck], journey: Journey
) -> Validation:
    failed = tuple(
        FailedRule(id=rule.id, severity=rule.severity, rows=rule.rows, cases=rule.cases)
        for rule in verdict.failed
    )
    p50, p90 = throughput.quantiles(throughput.trusted(merged["throughput"]))
    return Validation(
        success=verdict.success,
        expectations=len(verdict.rules),
        failed=failed,
        headline_without_quarantine=Quantiles(p50=p50, p90=p90),
        headlines=headlines.conclude(merged, verdict, ranked, journey),
    )
