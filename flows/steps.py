# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The steps of a run: each reads paths, makes one call to a room, and writes paths.

Heavy rooms are imported where they are used, so that ``hoeksteen --help`` answers at once.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import platform
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from contracts.errors import GateStopped, UsageError
from contracts.events import attribute_column
from contracts.left_out import added_up
from contracts.norms import equivalent_days
from contracts.settings import Settings, ago
from contracts.verdict import Verdict
from flows import dialogue
from flows.defaults import defaulted, not_done_yet
from flows.earlier import Earlier, changed_keys, inputs_of, new_definitions
from flows.job import VERSION, Job
from flows.progress import recorded
from flows.public import write_public
from flows.reading import read as read  # noqa: PLC0414 - a step as the others
from ingest.batches import Batch, formats_of, parts_of, paths_of

if TYPE_CHECKING:
    from contracts.findings import Changes
    from ingest.events import Log
    from mining.journeys import Lens
    from mining.normative import Model
    from mining.summaries import Bucket, Summaries, Summary
    from reporting.facts import Facts, WhyNot

Part = TypeVar("Part")

_CASES = "case_terms.parquet"
_TESTED_EVERY = 8  # buckets: an eighth of the cases is enough to test chances on
_LATER = "Give a later --as-of, or leave it out to look at the log as it ends."
_LIBRARIES = ("polars", "great-expectations", "pm4py", "prefect", "deltalake")


@dataclass(frozen=True)
class Gathered:
    """What the log of a run consists of, and the cases that are ``gone``: they may not be kept."""

    batches: tuple[Batch, ...]
    gone: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sums:
    """The folders of sums: of buckets, of the work of people, and of what changed in buckets."""

    parts: Sequence[Path]
    attended: Sequence[Path]
    compared: Sequence[Path]


@contextmanager
def alone(job: Job, wait_seconds: float) -> Iterator[None]:
    """Keeps other runs out of the store and the folder of the process meanwhile.

    Raises:
        StoreBusy: another run is there, and still is after so many seconds.
    """
    from ingest.places import Folder

    with Folder(job.process_folder).hold(wait_seconds), job.store.hold(wait_seconds):
        yield


@contextmanager
def workplace(job: Job) -> Iterator[None]:
    """Gives a clean folder to make the run in; leaves nothing half-made."""
    for left in job.process_folder.glob(".making-*"):
        shutil.rmtree(left)
    job.draft.mkdir(parents=True)
    job.scratch.mkdir()
    try:
        yield
    finally:
        shutil.rmtree(job.making, ignore_errors=True)


def gather(job: Job, read: Sequence[Sequence[Batch]]) -> Gathered:
    """All that the log of the run consists of: what was read, and what only the store has.

    Cases that should have been destroyed, or that ended too long ago to be kept, are left out.
    """
    from ingest.removal import ended_before, without, without_destroyed

    read_now = itertools.chain.from_iterable(read)
    batches = job.then.batches if job.then else (*read_now, *job.kept)
    job.store.bring(paths_of(batches))
    if job.then:
        return Gathered(batches)
    there, destroyed = without_destroyed(batches, job.today, job.scratch)
    retention = job.settings.store.retention
    if not retention:
        return Gathered(tuple(there), tuple(destroyed))
    ended = ended_before(there, job.settings.journey.end, ago(retention, job.now))
    return Gathered(tuple(without(there, ended, job.scratch)), (*destroyed, *ended))


def check(job: Job, batches: Sequence[Batch]) -> Verdict:
    """Lets the gate judge the candidates.

    Raises:
        GateStopped: the log cannot be mined; the run folder holds the verdict and the quarantine.
    """
    from validation.gate import judge

    _meant(job)  # a drawing that cannot be read need not wait until all is mined
    verdict = judge(
        paths_of(batches),
        job.settings,
        job.now,
        job.draft,
        as_of=job.as_of,
        missing=sum(batch.staged.missing for batch in batches),
        read_as=formats_of(batches, job.settings.sources),
    )
    if not verdict.success:
        _write_quarantine(job)
        publish(job, batches)
        raise stopped(verdict, job.settings, f"See {job.folder}.")
    return verdict


def _meant(job: Job) -> Model | None:
    """How a case should go, where the config tells."""
    from mining.normative import read_model

    return read_model(job.settings.journey, job.config)


def stopped(verdict: Verdict, settings: Settings, hint: str) -> GateStopped:
    """The gate's refusal in words."""
    critical = [rule for rule in verdict.failed if rule.severity == "critical"]
    told = verdict.sentences(settings.privacy.minimum_group)
    said = " ".join(f"{rule.id}: {told[rule.id]}" for rule in critical)
    return GateStopped(f"The gate stopped the run. {said}", hint)


def keep(job: Job, gathered: Gathered) -> Log:
    """Brings the store up to date, unless the run looks back; gives the log to mine."""
    from ingest.events import log_of
    from ingest.removal import scrub
    from ingest.store import commit

    log = log_of(gathered.batches, job.draft / "quarantine.parquet", job.as_of)
    if job.then:
        return log
    version = commit(job.store, gathered.batches, job.known_at, _kept_from(job))
    if gathered.gone:
        scrub(job.store, version.batches, gathered.gone)
    return replace(log, parts=parts_of(version.batches))


def has_expired(job: Job) -> bool:
    """Whether the store holds what was replaced longer ago than it may be kept."""
    from ingest import store

    return bool(job.held) and not job.then and bool(store.expired(job.store, _kept_from(job)))


def sweep(job: Job) -> None:
    """Removes that from the store, which is held by who calls."""
    from ingest import store

    store.sweep(job.store, _kept_from(job))


def _kept_from(job: Job) -> dt.datetime:
    return ago(job.settings.store.history, job.now)


def survey(job: Job, log: Log, bucket: int) -> Path:
    """Puts the events of one bucket in order, and sums up in what order its activities come.

    Gives the folder of the sums.
    """
    from ingest.events import events_of
    from mining.concurrency import COLUMNS, SUMMARIES

    _events(job, bucket).parent.mkdir(exist_ok=True)
    events_of(log, bucket).sink_parquet(_events(job, bucket))
    events = pl.scan_parquet(_events(job, bucket), glob=False).select(COLUMNS)
    folder = job.scratch / "surveys" / str(bucket)
    return _sum_up(_bucketful(job, events, _lens(job, log)), SUMMARIES, folder)


def _events(job: Job, bucket: int) -> Path:
    return job.scratch / "events" / f"{bucket}.parquet"


def relate(job: Job, parts: Sequence[Path]) -> Path:
    """Concludes from the surveys of all buckets which activities do not wait for which."""
    from mining.concurrency import SUMMARIES, conclude

    path = job.scratch / "relations.json"
    path.write_text(conclude(_merged(parts, SUMMARIES)).to_json(), encoding="utf-8")
    return path


def mine(job: Job, log: Log, relations: Path, bucket: int) -> Path:
    """Sums up one bucket, and deals out who worked on what; gives the folder of both."""
    from mining import rescue
    from mining.case_terms import summed
    from mining.findings import SUMMARIES
    from mining.relations import Relations
    from mining.work import dealt

    known = Relations.from_json(relations.read_text("utf-8"))
    lens = replace(_lens(job, log), relations=known)
    events = pl.scan_parquet(_events(job, bucket), glob=False)
    bucketful = _bucketful(job, events, lens)
    folder = _sum_up(bucketful, SUMMARIES, job.scratch / "summaries" / str(bucket))
    earlier = None
    if lens.deadlines and bucket % _TESTED_EVERY == 0:
        earlier = _bucketful(job, events, rescue.earlier(lens))
    cases, sums = summed(bucketful, earlier)
    _write(sums, folder)
    cases.write_parquet(folder / _CASES)
    for number, items in enumerate(dealt(bucketful, log.buckets)):
        items.write_parquet(folder / f"work-{number}.parquet")
    return folder


def attend(job: Job, parts: Sequence[Path], number: int) -> Path:
    """Sums up the work that some of the people did in all buckets; gives the folder of the sums."""
    from mining.work import SUMMARIES

    work = [pl.read_parquet(part / f"work-{number}.parquet") for part in parts]
    return _sum_up(pl.concat(work), SUMMARIES, job.scratch / "work" / str(number))


def compare(job: Job, log: Log, earlier: Earlier, bucket: int) -> Path:
    """Sums up what changed in one bucket since the last run; gives the folder of the sums."""
    from ingest.events import events_of
    from mining.changes import SUMMARIES
    from mining.changes import compare as laid_beside

    now = pl.scan_parquet(_events(job, bucket), glob=False)
    then = events_of(earlier.log, bucket)
    compared = laid_beside(then, now, earlier.since.as_of, _lens(job, log))
    return _sum_up(compared, SUMMARIES, job.scratch / "changes" / str(bucket))


def _bucketful(job: Job, events: pl.LazyFrame, lens: Lens) -> Bucket:
    from mining.summaries import bucket_of

    quarantine = pl.scan_parquet(job.draft / "quarantine.parquet", glob=False)
    return bucket_of(events, quarantine.select("case_id").drop_nulls().unique(), lens)


def _sum_up(part: Part, summaries: Sequence[Summary[Part]], folder: Path) -> Path:
    """Writes these summaries of one part of the log into a new folder, and gives that."""
    from mining.summaries import summarise

    folder.mkdir(parents=True)
    return _write(summarise(part, summaries), folder)


def _write(sums: Summaries, folder: Path) -> Path:
    for name, frame in sums.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return folder


def _merged(parts: Sequence[Path], summaries: Sequence[Summary[Any]]) -> Summaries:
    """The summaries of the log, from the folders of its parts."""
    from mining.summaries import merge

    names = [summary.name for summary in summaries]
    frames = {
        n: [pl.scan_parquet(part / f"{n}.parquet", glob=False) for part in parts] for n in names
    }
    return merge(frames, summaries)


def _lens(job: Job, log: Log) -> Lens:
    """The log as it stood at ``--as-of``, else at its own last event."""
    from mining.journeys import Lens

    as_of = job.as_of or log.last_at or job.now
    segments = tuple(attribute_column(name) for name in job.settings.analysis.segments)
    return Lens(
        as_of,
        job.settings.timezone,
        job.settings.journey,
        segments=segments,
        registration=job.settings.registration,
        deadlines=job.settings.deadlines,
        equivalent_days=tuple(each.day for each in equivalent_days()),
        calendar=job.settings.calendar,
    )


def report(
    job: Job,
    batches: Sequence[Batch],
    log: Log,
    sums: Sums,
    verdict: Verdict,
    earlier: Earlier | WhyNot | None,
) -> None:
    """Concludes from all summaries, hides small groups, and writes the files of the run."""
    from mining import case_terms, work
    from mining.findings import SUMMARIES, conclude
    from reporting.bpmn import draw
    from reporting.disclosure import protect
    from reporting.outputs import write_outputs

    of_buckets = (*SUMMARIES, *case_terms.SUMMARIES)
    merged = _merged(sums.parts, of_buckets) | _merged(sums.attended, work.SUMMARIES)
    lens = _lens(job, log)
    if not merged["log"]["cases"][0]:
        raise UsageError(f"Nothing had happened yet on {lens.as_of:%Y-%m-%d %H:%M} UTC.", _LATER)
    found = conclude(merged, job.settings, lens, verdict, job.run_id, _meant(job))
    changes = _changes(job, earlier, sums.compared, lens) if isinstance(earlier, Earlier) else None
    told = found.findings.model_copy(update={"changes": changes})
    least, ends = job.settings.privacy.minimum_group, job.settings.journey.end
    findings, tables = protect(told, found.tables, least, ends=ends)
    (job.draft / "journey.bpmn").write_text(draw(found.bpmn), encoding="utf-8")
    facts = _facts(job, batches, log, verdict)
    if not isinstance(earlier, Earlier):
        facts = replace(facts, not_compared=earlier)
    write_outputs(findings, tables, job.settings, facts, job.draft)
    if job.settings.report.public:
        write_public(findings, tables, job.settings, facts, job.process_folder, job.draft)
    if lens.deadlines:
        _write_cases(job, sums.parts, merged, lens)
    _write_quarantine(job)


def _changes(job: Job, earlier: Earlier, compared: Sequence[Path], lens: Lens) -> Changes:
    """What changed since the last run: in the log, and in what the config says of it."""
    from mining.changes import SUMMARIES, conclude

    since = earlier.since.as_of.astimezone(job.settings.zone).date()
    return conclude(_merged(compared, SUMMARIES), earlier.since).model_copy(
        update={
            "definitions": new_definitions(earlier.config, job.settings, since, lens.as_of_date),
            "config": changed_keys(earlier.config, job.settings),
        }
    )


def _write_cases(job: Job, parts: Sequence[Path], merged: Summaries, lens: Lens) -> None:
    """What deadlines say of single cases, for the owner of the run alone."""
    from mining.deadlines import settled
    from mining.rescue import STAYS, listed
    from reporting.case_files import write_cases

    held = pl.concat([pl.scan_parquet(part / _CASES, glob=False) for part in parts])
    terms = settled(held, merged, job.settings.journey, lens.deadlines)
    in_danger = listed(terms, merged[STAYS.name], lens.as_of_date)
    write_cases(terms, in_danger, job.settings, job.draft)


def _facts(job: Job, batches: Sequence[Batch], log: Log, verdict: Verdict) -> Facts:
    from reporting.facts import Facts, SourceFact

    absent = {batch.origin.name for batch in job.kept}
    sources = [
        SourceFact(
            batch.origin.name,
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
        not_done=not_done_yet(job.settings),
        no_steps=tuple(log.set_aside.items()),
        left_out=added_up(batch.staged.left_out for batch in batches),
        known=job.then.known_at if job.then else None,
        looks_back=job.looks_back,
        answers=job.answers.newest,
        then=dialogue.then(job.process_folder, job.answers, job.settings.zone),
    )


def _write_quarantine(job: Job) -> None:
    """The quarantine without case ids: who needs a row finds it by its file and number."""
    path = job.draft / "quarantine.parquet"
    pl.read_parquet(path, glob=False).drop("case_id").write_parquet(path)


def publish(job: Job, batches: Sequence[Batch]) -> None:
    """Renames the run into place."""
    (job.draft / "run.json").write_text(json.dumps(_run(job, batches), indent=1), encoding="utf-8")
    if job.folder.exists():  # an earlier try, that the gate stopped or that came out otherwise
        job.folder.replace(job.making / "earlier")
    job.draft.replace(job.folder)


def _run(job: Job, batches: Sequence[Batch]) -> dict[str, object]:
    """How the run came about, for whoever wants to check or repeat it."""
    return {
        "run_id": job.run_id,
        "as_of": job.as_of.isoformat() if job.as_of else None,
        "known_at": job.known_at.isoformat(),
        "inputs": inputs_of(batches),
        **dialogue.told(job.draft, job.answers),
        "config": job.settings.model_dump(mode="json", by_alias=True),
        "versions": {
            "hoeksteen": VERSION,
            "python": platform.python_version(),
            **{name: version(name) for name in _LIBRARIES},
        },
        "stages": recorded(job.stage_log),
    }
