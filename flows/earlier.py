# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The last run of a process, as far as a new one is compared with it."""

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
    """What the last report said, of which ``log`` and by which ``config``."""

    since: Since
    config: dict[str, Any]
    log: Log


def recall(job: Job, batches: Sequence[Batch], log: Log) -> Earlier | WhyNot | None:
    """The last run, in as many buckets as ``log``, which consists of ``batches``.

    Gives why a run is not compared with it, or nothing where there was none.
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
    """What a run tells of the files that its log consists of."""
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
    """What the store held at a run; null where it is not kept, or cannot be read any more.

    Two commits may be known since the same moment, so the files must be those of the run too.
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
    """What a log consists of, in no order: a store may have that in another one than a run."""
    return {tuple(sorted(each.items())) for each in inputs}


def _named_by(batches: Sequence[Batch], config: dict[str, Any]) -> tuple[object, ...]:
    """What decides how a case is called; by other names none is known again."""
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
        events_at_least=log.get("events_at_least", False),  # an older version told none so
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
    """The keys of a config that are not what they were, without their values.

    The register of definitions is told by itself.
    """
    keys = dict.fromkeys(_changed(before, settings, ""))
    return tuple(key for key in keys if key != "definitions")


def new_definitions(
    before: dict[str, Any], settings: Settings, since: dt.date, until: dt.date
) -> tuple[Definition, ...]:
    """The definitions of a config that an earlier one did not have, or of a day since then."""
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
