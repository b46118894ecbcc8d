# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The steps of a run: each reads paths, makes one call to a room, and writes paths.

Heavy rooms are imported where they are used, so that ``hoeksteen --help`` answers at once.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from contracts.errors import GateStopped
from contracts.events import attribute_column
from contracts.rules import ENDS_OCCUR, HAS_ROWS, TIMES_ARE_READ
from contracts.settings import Settings, ago
from contracts.settling import whole
from contracts.verdict import Verdict
from flows import shelf, workplace
from flows.job import Job
from flows.stages.earlier import Earlier
from flows.stages.kept import check_gone
from flows.stages.lens import lens_of, meant
from flows.stages.sums import CASES, merged, sum_up, write
from flows.stages.telling import publish, write_quarantine
from ingest.storage.batches import Batch, formats_of, parts_of, paths_of

if TYPE_CHECKING:
    from ingest.events import Log
    from mining.cases.journeys import Lens
    from mining.summaries import Bucket
    from validation.engine.table import Each

_EVENTS = "events.parquet"
_LEAST_ROWS = 500_000  # of a piece for the gate: fewer are not worth sending to a worker
_TESTED_EVERY = 8  # buckets: an eighth of the cases is enough to test chances on


@dataclass(frozen=True)
class Gathered:
    """The batches of the log of a run, and the cases that are ``gone``, as they may not be kept."""

    batches: tuple[Batch, ...]
    gone: tuple[str, ...] = ()


@contextmanager
def alone(job: Job, wait_seconds: float) -> Iterator[None]:
    """Keeps other runs out of the store and the folder of the process meanwhile.

    Raises:
        StoreBusy: another run is there, and still is after ``wait_seconds``.
    """
    from ingest.storage.places import Folder

    with Folder(job.process_folder).hold(wait_seconds), job.store.hold(wait_seconds):
        yield


def gather(job: Job, read: Sequence[Sequence[Batch]]) -> Gathered:
    """Gathers the log of the run: what was read, and what only the store has.

    Cases that should have been destroyed, or that ended too long ago to be kept, are left out.

    Raises:
        ConfigError: a case that was forgotten under another key would come back.
        SourceError: the store is damaged.
    """
    from ingest.storage.damage import check_whole
    from ingest.storage.removal import ended_before, only_with, without, without_destroyed

    read_now = itertools.chain.from_iterable(read)
    held = job.then.batches if job.then else job.kept
    found = (*read_now, *held)
    job.store.bring(paths_of(found))
    check_whole(job.store, paths_of(found))
    batches = only_with(_attributes(job.settings), found, job.scratch)
    if job.then:
        return Gathered(tuple(batches))
    there, destroyed = without_destroyed(batches, job.today, job.scratch)
    ended: list[str] = []
    if job.kept_from is not None:
        midnight = dt.datetime.combine(job.kept_from, dt.time(), job.settings.zone)
        ended = ended_before(there, job.settings.journey.end, midnight.astimezone(dt.UTC))
        there = without(there, ended, job.scratch)
    check_gone(job, there)
    return Gathered(tuple(there), (*destroyed, *ended))


def _attributes(settings: Settings) -> dict[str, set[str]]:
    """By the path of a source, the columns of its attributes that are kept."""
    columns: dict[str, set[str]] = {source.path: set() for source in settings.sources}
    for source in settings.sources:
        columns[source.path].update(map(attribute_column, source.case_attributes))
    return columns


def check(job: Job, batches: Sequence[Batch], pieces: int, each: Each) -> Verdict:
    """Lets the gate judge the candidates, in pieces that ``each`` does; ``pieces`` keep it busy.

    Raises:
        GateStopped: the log cannot be mined; the run folder holds the verdict and the quarantine.
    """
    from validation.engine.datasource import PART_ROWS
    from validation.gate import judge

    meant(job)  # a BPMN file that cannot be read is told before anything is mined
    verdict = judge(
        paths_of(batches),
        job.settings,
        job.now,
        job.draft,
        as_of=job.as_of,
        missing=sum(batch.staged.missing for batch in batches),
        read_as=formats_of(batches, job.settings.sources),
        part_rows=max(_LEAST_ROWS, PART_ROWS // pieces),
        each=each,
        scratch=job.scratch,
    )
    if not verdict.success:
        write_quarantine(job)
        publish(job, batches)
        shelf.tell_of_all(job.process_folder.parent)
        raise stopped(verdict, job.settings, f"See {job.folder}.")
    return verdict


def stopped(verdict: Verdict, settings: Settings, hint: str) -> GateStopped:
    """The gate's refusal in words."""
    critical = [rule for rule in verdict.failed if rule.severity == "critical"]
    told = verdict.sentences(settings.privacy.minimum_group)
    said = " ".join(f"{rule.id}: {told[rule.id]}" for rule in critical)
    ids = {rule.id for rule in critical}
    if TIMES_ARE_READ in ids:
        hint = f"docs/sources.md has the notations of times that are read. {hint}"
    retention = settings.store.retention
    if retention and ENDS_OCCUR in ids:
        hint = f"`store.retention: {retention}` keeps no case that ended longer ago. {hint}"
    if HAS_ROWS in ids and any(source.only for source in settings.sources):
        hint = f"No row has a value that `sources.only` asks for. {hint}"
    return GateStopped(f"The gate stopped the run. {said}", hint)


def keep(job: Job, gathered: Gathered) -> Log:
    """Brings the store up to date, unless the run looks back; gives the log to mine."""
    from ingest.closing import closing_of
    from ingest.events import log_of
    from ingest.storage.removal import scrub
    from ingest.storage.store import commit
    from reporting import case_files

    quarantine, closing = job.draft / "quarantine.parquet", closing_of(job.settings)
    log = log_of(gathered.batches, quarantine, job.as_of, closing, job.settings.timezone)
    if job.then:
        return log
    if gathered.gone:  # first: if this run is killed, the next one finds them gone
        case_files.forget_in_all(job.process_folder, gathered.gone)
    version = commit(job.store, gathered.batches, job.known_at, _history_from(job))
    if gathered.gone:
        scrub(job.store, version.batches, gathered.gone)
    return replace(log, parts=parts_of(version.batches))


def has_expired(job: Job) -> bool:
    """Whether the store holds what was replaced longer ago than it may be kept."""
    from ingest.storage import store

    return bool(job.held) and not job.then and bool(store.expired(job.store, _history_from(job)))


def sweep(job: Job) -> None:
    """Removes what has expired from the store; the caller must hold the store."""
    from ingest.storage import store

    store.sweep(job.store, _history_from(job))


def _history_from(job: Job) -> dt.datetime:
    return ago(job.settings.store.history, job.now)


def survey(job: Job, log: Log, bucket: int) -> Path:
    """Sorts the events of one bucket, and sums up in what order its activities come.

    Gives the folder of the sums.
    """
    from ingest.events import events_of
    from mining.model.concurrency import COLUMNS, SUMMARIES

    piece = _piece(job, workplace.SURVEYS, bucket)
    with whole(piece) as folder:
        events_of(log, bucket).sink_parquet(folder / _EVENTS)
        events = pl.scan_parquet(folder / _EVENTS, glob=False).select(COLUMNS)
        sum_up(_bucketful(job, events, lens_of(job, log)), SUMMARIES, folder)
    return piece


def _piece(job: Job, kind: str, number: int) -> Path:
    return job.scratch / kind / str(number)


def _events(job: Job, bucket: int) -> pl.LazyFrame:
    return pl.scan_parquet(_piece(job, workplace.SURVEYS, bucket) / _EVENTS, glob=False)


def relate(job: Job, parts: Sequence[Path]) -> Path:
    """Concludes from the surveys of all buckets which activities do not wait for which."""
    from mining.model.concurrency import SUMMARIES, conclude

    path = job.scratch / "relations.json"
    path.write_text(conclude(merged(parts, SUMMARIES)).to_json(), encoding="utf-8")
    return path


def mine(job: Job, log: Log, relations: Path, bucket: int) -> Path:
    """Sums up one bucket, and divides its work by person; gives the folder of both."""
    from mining.attending.work import dealt
    from mining.cases.relations import Relations
    from mining.findings import SUMMARIES
    from mining.law import rescue
    from mining.law.case_terms import summed

    known = Relations.from_json(relations.read_text("utf-8"))
    lens = replace(lens_of(job, log), relations=known)
    bucketful, earlier = _bucketful(job, _events(job, bucket), lens), None
    if lens.deadlines and bucket % _TESTED_EVERY == 0:
        earlier = _bucketful(job, _events(job, bucket), rescue.earlier(lens))
    piece = _piece(job, workplace.SUMMARIES, bucket)
    with whole(piece) as folder:
        sum_up(bucketful, SUMMARIES, folder)
        cases, sums = summed(bucketful, earlier)
        write(sums, folder)
        cases.write_parquet(folder / CASES)
        for number, items in enumerate(dealt(bucketful, log.buckets)):
            items.write_parquet(folder / f"work-{number}.parquet")
    return piece


def attend(job: Job, parts: Sequence[Path], number: int) -> Path:
    """Sums up the work of one part of the people in all buckets; gives the folder of the sums."""
    from mining.attending.work import SUMMARIES

    work = [pl.read_parquet(part / f"work-{number}.parquet") for part in parts]
    piece = _piece(job, workplace.WORK, number)
    with whole(piece) as folder:
        sum_up(pl.concat(work), SUMMARIES, folder)
    return piece


def compare(job: Job, log: Log, earlier: Earlier, bucket: int) -> Path:
    """Sums up what changed in one bucket since the last run; gives the folder of the sums."""
    from ingest.events import events_of
    from mining.changes import SUMMARIES
    from mining.changes import compare as laid_beside

    then = events_of(earlier.log, bucket)
    compared = laid_beside(then, _events(job, bucket), earlier.since.as_of, lens_of(job, log))
    piece = _piece(job, workplace.CHANGES, bucket)
    with whole(piece) as folder:
        sum_up(compared, SUMMARIES, folder)
    return piece


def _bucketful(job: Job, events: pl.LazyFrame, lens: Lens) -> Bucket:
    from mining.summaries import bucket_of

    quarantine = pl.scan_parquet(job.draft / "quarantine.parquet", glob=False)
    return bucket_of(events, quarantine.select("case_id").drop_nulls().unique(), lens)
