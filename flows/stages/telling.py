# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The last steps of a run: its findings become files, and those are put in their place."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from contracts.errors import UsageError
from contracts.left_out import added_up
from contracts.verdict import Verdict
from flows.files import read_json
from flows.identity import VERSION
from flows.job import UNTOLD, Job
from flows.progress import recorded
from flows.stages import dialogue
from flows.stages.defaults import defaulted
from flows.stages.earlier import Earlier, changed_keys, inputs_of, new_definitions
from flows.stages.lens import lens_of, meant
from flows.stages.public import write_public
from flows.stages.sums import CASES, Sums, merged
from ingest.storage.batches import Batch

if TYPE_CHECKING:
    from contracts.changes import Changes
    from ingest.events import Log
    from mining.cases.journeys import Lens
    from mining.summaries import Summaries
    from reporting.facts import Facts, WhyNot

_LATER = "Give a later --as-of, or leave it out to look at the log as it ends."
_LIBRARIES = ("polars", "great-expectations", "pm4py", "prefect", "deltalake")


def report(
    job: Job,
    batches: Sequence[Batch],
    log: Log,
    sums: Sums,
    verdict: Verdict,
    earlier: Earlier | WhyNot | None,
) -> None:
    """Concludes from all summaries, hides small groups, and writes the files of the run."""
    from mining.attending import work
    from mining.findings import SUMMARIES, conclude
    from mining.law import case_terms
    from reporting.drawing.bpmn import draw
    from reporting.outputs import write_outputs
    from reporting.shown import Shown

    of_buckets = (*SUMMARIES, *case_terms.SUMMARIES)
    whole = merged(sums.parts, of_buckets) | merged(sums.attended, work.SUMMARIES)
    lens = lens_of(job, log)
    if not whole["log"]["cases"][0]:
        raise UsageError(f"Nothing had happened yet on {lens.as_of:%Y-%m-%d %H:%M} UTC.", _LATER)
    found = conclude(whole, job.settings, lens, verdict, job.run_id, meant(job))
    changes = _changes(job, earlier, sums.compared, lens) if isinstance(earlier, Earlier) else None
    told = found.findings.model_copy(update={"changes": changes})
    (job.draft / "journey.bpmn").write_text(draw(found.bpmn), encoding="utf-8")
    facts = _facts(job, batches, log, verdict)
    if not isinstance(earlier, Earlier):
        facts = replace(facts, not_compared=earlier)
    shown = Shown(told, found.tables, job.settings, facts)
    write_outputs(shown, job.draft)
    if job.settings.report.public:
        write_public(shown, job.process_folder, job.draft)
    if lens.deadlines:
        _write_cases(job, sums.parts, whole, lens)
    write_quarantine(job)


def _changes(job: Job, earlier: Earlier, compared: Sequence[Path], lens: Lens) -> Changes:
    """What changed since the last run: in the log, and in the config."""
    from mining.changes import SUMMARIES, conclude

    since = earlier.since.as_of.astimezone(job.settings.zone).date()
    return conclude(merged(compared, SUMMARIES), earlier.since).model_copy(
        update={
            "definitions": new_definitions(earlier.config, job.settings, since, lens.as_of_date),
            "config": changed_keys(earlier.config, job.settings),
        }
    )


def _write_cases(job: Job, parts: Sequence[Path], whole: Summaries, lens: Lens) -> None:
    """Writes what deadlines say of single cases, for the owner of the run alone."""
    from mining.law.deadlines import settled
    from mining.law.rescue import STAYS, listed
    from reporting.case_files import write_cases

    held = pl.concat([pl.scan_parquet(part / CASES, glob=False) for part in parts])
    terms = settled(held, whole, job.settings.journey, lens.deadlines)
    in_danger = listed(terms, whole[STAYS.name], lens.as_of_date)
    write_cases(terms, in_danger, job.settings, job.draft)


def _facts(job: Job, batches: Sequence[Batch], log: Log, verdict: Verdict) -> Facts:
    from ingest.sources import name_for_readers
    from reporting.facts import Facts, SourceFact

    absent = {batch.origin.name for batch in job.kept}
    sources = [
        SourceFact(
            name_for_readers(batch.origin.name),
            batch.staged.rows,
            batch.origin.sha256[:12],
            is_there=batch.origin.name not in absent,
        )
        for batch in batches
    ]
    chosen = defaulted(job.settings)
    return Facts(
        version=VERSION,
        sources=tuple(sources),
        rules=verdict.rules,
        defaulted=chosen if job.as_of else (*chosen, "as_of"),
        no_steps=tuple(log.no_steps.items()),
        left_out=added_up(batch.staged.left_out for batch in batches),
        known=job.then.known_at if job.then else None,
        looks_back=job.looks_back,
        kept_from=job.kept_from,
        answers=job.answers.newest,
        then=dialogue.then(job.process_folder, job.answers, job.settings.zone),
    )


def write_quarantine(job: Job) -> None:
    """Writes the quarantine without case ids: rows can be found by their file and number."""
    path = job.draft / "quarantine.parquet"
    pl.read_parquet(path, glob=False).drop("case_id").write_parquet(path)


def publish(job: Job, batches: Sequence[Batch]) -> None:
    """Renames the run into place, marked as not yet told."""
    (job.draft / "run.json").write_text(json.dumps(_run(job, batches), indent=1), encoding="utf-8")
    (job.draft / UNTOLD).touch()
    if job.folder.exists():  # an earlier try that the gate stopped, or that came out otherwise
        job.folder.replace(job.replaced)
    job.draft.replace(job.folder)


def _run(job: Job, batches: Sequence[Batch]) -> dict[str, object]:
    """What ``run.json`` says: how the run came about, for whoever wants to check or repeat it."""
    given = job.as_of.isoformat() if job.as_of else None
    findings = job.draft / "findings.json"  # not there if the gate stopped the run
    return {
        "run_id": job.run_id,
        "as_of": read_json(findings)["as_of"] if findings.exists() else given,
        "as_of_given": given,
        "known_at": job.known_at.isoformat(),
        "inputs": inputs_of(batches),
        **dialogue.told(job.draft, job.answers),
        "engine": job.settings.engine,
        "config": job.settings.model_dump(mode="json", by_alias=True),
        "versions": {
            "hoeksteen": VERSION,
            "python": platform.python_version(),
            **{name: version(name) for name in _LIBRARIES},
        },
        "stages": recorded(job.stage_log),
    }
