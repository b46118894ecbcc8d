# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The folder that reports are written in, as a shelf.

Its index and its metrics are made anew after each run.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from contracts.findings import Findings
from contracts.house_style import HouseStyle
from contracts.settings import Settings
from flows import metrics
from flows.files import read_json, write_aside
from flows.identity import VERSION
from flows.job import Job
from reporting.page.index import Shelved, languages, page

INDEX = "index.html"
_NOT_OF_FIGURES = ("process", "sources", "report", "schedule", "store")
_WAIT_SECONDS = 30


def put(job: Job) -> None:
    """Puts a run that is whole in its folder on the shelf: ``latest``, index and metrics."""
    point_at(job)
    tell_of_all(job.process_folder.parent)


def point_at(job: Job) -> None:
    """Points ``latest`` at a run that is whole in its folder.

    A run that looks at an earlier moment does not replace one that looks at a later moment.
    """
    from filelock import FileLock

    latest, link = job.process_folder / "latest", job.process_folder / ".latest"
    with FileLock(job.process_folder / ".pointing"):  # runs may end at once
        if job.as_of and _looked_at(latest) > job.as_of:
            return
        link.unlink(missing_ok=True)
        link.symlink_to(job.run_id, target_is_directory=True)
        link.replace(latest)


def _looked_at(run: Path) -> dt.datetime:
    """The moment at which a run looks, by default when it was made; long ago if there is no run."""
    path = run / "run.json"
    if not path.exists():
        return dt.datetime.min.replace(tzinfo=dt.UTC)
    told = read_json(path)
    return dt.datetime.fromisoformat(told["as_of_given"] or told["known_at"])


def tell_of_all(out: Path) -> None:
    """Writes the index and the metrics of all runs in ``out``.

    They only tell what is there: if they cannot be written, that is said, and the next run writes
    them. Runs that end at the same time do this one after the other, so that none is left out.
    """
    from filelock import FileLock

    try:
        with FileLock(out / ".index", timeout=_WAIT_SECONDS):
            _write_index(out)
            write_aside(out / metrics.FILE, metrics.text(out))
    except OSError as error:
        why = error.strerror or "another run is updating it"
        click.echo(f"{out / INDEX} is not up to date ({why}); the next run mends that.", err=True)


def _write_index(out: Path) -> None:
    """Writes ``index.<language>.html`` and ``index.html`` of all runs in ``out``."""
    runs = list(_runs(out))
    for number, language in enumerate(languages(runs)):
        text = page(runs, language, VERSION)
        for name in ([INDEX] if number == 0 else []) + [f"index.{language}.html"]:
            write_aside(out / name, text)


def _runs(out: Path) -> Iterator[Shelved]:
    """The runs in ``out`` that are whole and have a page; other folders are not ours to show."""
    for path in sorted(out.glob("[!.]*/[!.]*/run.json")):
        if path.parent.is_symlink():  # latest
            continue
        try:
            run = _read(path.parent)
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            continue
        if run.languages and _is_at_its_place(run, path.parent):
            yield run


def _is_at_its_place(run: Shelved, folder: Path) -> bool:
    found = run.findings
    return (found.process, found.run_id) == (folder.parent.name, folder.name)


def _read(folder: Path) -> Shelved:
    """A run, from its protected findings and what an index needs of its config."""
    told = read_json(folder / "run.json")
    settings = _needed(told["config"])
    return Shelved(
        Findings.model_validate_json((folder / "findings.json").read_bytes()),
        settings,
        tuple(
            language
            for language in settings.report.languages
            if (folder / f"report.{language}.html").is_file()
        ),
        dt.datetime.fromtimestamp((folder / "run.json").stat().st_mtime, dt.UTC),
        _measure(told),
    )


def _needed(config: dict[str, Any]) -> Settings:
    """The settings that an index needs, and no others: another version may have had other keys."""
    journey, report = config["journey"], config["report"]
    return Settings.model_validate(
        {
            "process": config["process"],
            "sources": [{"path": "log", "timezone": config["sources"][0]["timezone"]}],
            "journey": {"end": journey["end"], "steps": journey["steps"]},
            "privacy": {"minimum_group": config["privacy"]["minimum_group"]},
            "report": {"languages": report["languages"], "style": _style(report.get("style"))},
        }
    )


def _style(tokens: object) -> HouseStyle | None:
    """The house style of a run; null if it has none that can still be read."""
    try:
        return HouseStyle.model_validate(tokens)
    except ValueError:
        return None


def _measure(told: dict[str, Any]) -> str:
    """A digest of what decides how figures are counted: the version, and most of the config."""
    config = {key: value for key, value in told["config"].items() if key not in _NOT_OF_FIGURES}
    parts = [told["versions"]["hoeksteen"], config]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
