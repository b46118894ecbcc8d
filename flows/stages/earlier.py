# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The last run of a process, with which a new one is compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from contracts.changes import Since
from contracts.events import CANDIDATES
from contracts.figures import Quantiles
from contracts.settings import Definition, Settings
from flows.files import read_json
from flows.job import Job
from ingest.storage.batches import Batch, Version, paths_of
from ingest.storage.places import StorePlace
from reporting.facts import WhyNot

if TYPE_CHECKING:
    from ingest.events import Log


@dataclass(frozen=True)
class Earlier:
    """What the last report said, and the ``log`` and the ``config`` that it was made from."""

    since: Since
    config: dict[str, Any]
    log: Log


def recall(job: Job, batches: Sequence[Batch], log: Log) -> Earlier | WhyNot | None:
    """The last run, in as many buckets as ``log``, which consists of ``batches``.

    Gives the reason if the new run cannot be compared with it; null if there was no run.
    """
    folder = (job.process_folder / "latest").resolve()
    if not (folder / "findings.json").exists():
        return None
    if job.looks_back:
        return "looks_back"
    found, run = (read_json(folder / name) for name in ("findings.json", "run.json"))
    if found["log"]["cases"] is None:
        return "few"
    version = _version(job.store, run)
    if version is None or not (folder / "quarantine.parquet").exists():
        return "not_kept"
    if _named_by(version.batches, run["config"]) != _named_by(batches, _dumped(job.settings)):
        return "other_names"
    return Earlier(_since(found, run), run["config"], _log(folder, run, version, log))


def inputs_of(batches: Sequence[Batch]) -> list[dict[str, Any]]:
    """What a run records of the files that its log consists of."""
    return [
        {
            "name": batch.origin.name,
            "sha256": batch.origin.sha256,
            "rows": batch.staged.rows,
            "key": batch.origin.key,
        }
        for batch in batches
    ]


def _version(store: StorePlace, run: dict[str, Any]) -> Version | None:
    """What the store held at a run; null if that is not kept, or cannot be read any more.

    Two commits may be known since the same moment, so the files must be those of the run as well.
    """
    from contracts.candidates import scan
    from ingest.storage.store import is_kept, versions

    known_at = dt.datetime.fromisoformat(run["known_at"])
    for version in versions(store):
        if version.known_at <= known_at and _files(inputs_of(version.batches)) == _files(
            run["inputs"]
        ):
            paths = paths_of(version.batches)
            if not paths or not is_kept(store, version):
                return None
            store.bring(paths)
            is_ours = set(CANDIDATES) <= set(scan(paths).collect_schema())
            return version if is_ours else None
    return None


def _files(inputs: Sequence[dict[str, Any]]) -> set[tuple[tuple[str, Any], ...]]:
    """The files of a log, in no order: a store and a run may order them differently."""
    return {tuple(sorted(each.items())) for each in inputs}


def _named_by(batches: Sequence[Batch], config: dict[str, Any]) -> tuple[object, ...]:
    """What decides the ids of cases; if it differs, no case can be recognised."""
    is_replaced = "case_id" in config["privacy"]["pseudonymise"]
    return is_replaced, is_replaced and {batch.origin.key for batch in batches}


def _since(found: dict[str, Any], run: dict[str, Any]) -> Since:
    log, days = found["log"], found["throughput_days"]
    return Since(
        run_id=found["run_id"],
        as_of=found["as_of"],
        version=run["versions"]["hoeksteen"],
        cases=log["cases"],
        events=log["events"],
        events_at_least=log.get("events_at_least", False),  # an older version did not record it
        days=Quantiles(p50=days["p50"], p90=days["p90"]),
    )


def _log(folder: Path, run: dict[str, Any], version: Version, now: Log) -> Log:
    from ingest.events import log_of

    given = run["as_of_given"]
    as_of = given and dt.datetime.fromisoformat(given)
    quarantine = folder / "quarantine.parquet"
    log = log_of(version.batches, quarantine, as_of, now.closing, now.zone)
    return replace(log, buckets=now.buckets)


def changed_keys(before: dict[str, Any], settings: Settings) -> tuple[str, ...]:
    """The keys of a config whose values have changed, without the values.

    ``definitions`` is left out: ``new_definitions`` tells of those.
    """
    keys = dict.fromkeys(_changed(before, settings, ""))
    return tuple(key for key in keys if key != "definitions")


def new_definitions(
    before: dict[str, Any], settings: Settings, since: dt.date, until: dt.date
) -> tuple[Definition, ...]:
    """The definitions of a config that are new in it, or that begin after ``since``."""
    had = before.get("definitions", [])
    return tuple(
        each
        for each in settings.definitions
        if _dumped(each) not in had or since < each.start <= until
    )


def _changed(before: dict[str, Any], model: BaseModel, prefix: str) -> Iterator[str]:
    now = _dumped(model)
    for name, field in type(model).model_fields.items():
        key = field.alias or name
        was, is_, value = before.get(key), now.get(key), getattr(model, name)
        if was == is_:
            continue
        if isinstance(value, BaseModel) and isinstance(was, dict):
            yield from _changed(was, value, f"{prefix}{key}.")
        elif _are_models(value) and isinstance(was, list) and len(was) == len(value):
            for one, item in zip(was, value, strict=True):
                yield from _changed(one, item, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def _are_models(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, BaseModel) for item in value)


def _dumped(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True)
