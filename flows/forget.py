# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``hoeksteen forget``: takes cases out of the store, its history and the files of runs."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from contracts.config import load
from contracts.errors import UsageError
from contracts.settings import Settings, ago
from flows.job import landings
from flows.planning import places
from ingest.normalise import cleaned_ids
from ingest.places import Folder, Place
from ingest.pseudonyms import pseudonymiser_of
from ingest.removal import held, scrub, touched, without
from ingest.store import commit, newest
from reporting import case_files


@dataclass(frozen=True)
class Forgotten:
    """How many ``rows`` were in the store, and in how many ``runs`` a case was in a file.

    ``unknown``: of how many of the numbers given the store had no case.
    """

    rows: int
    runs: int
    unknown: int = 0

    @property
    def told(self) -> str:
        """What was done, and what may be mistyped, in words."""
        gone = (
            f"{self.rows:,} rows were in the store, and files of {self.runs:,} runs told of them. "
            "They are gone, and no run takes them in again."
        )
        if not self.unknown:
            return gone
        unknown = (
            f"Numbers given of which the store has no case: {self.unknown:,}. No run takes in such "
            "a case from now on. Check how they are written."
        )
        return f"{gone} {unknown}" if self.rows or self.runs else unknown


def forget(
    config: Path, cases: Sequence[str], out: Path, store: str | None, overrides: Sequence[str] = ()
) -> Forgotten:
    """Removes cases for good: no run takes them in again, also if a source still has them.

    What a run that was broken off had brought of an API is removed as a whole.

    Args:
        config: of the process.
        cases: their ids, as the source has them.
        out: the folder that reports are written in.
        store: the path or the URL of the store, where it is not the one of the process.
        overrides: of the config, as runs have them.

    Raises:
        UsageError: there is no store, or a number is none.
        StoreBusy: a run is in it.
        ConfigError: the config is wrong, or the key is not usable.
    """
    settings = load(config, overrides)
    folder, place = places(settings, out, store)
    key, ids = _as_stored(settings, config, cases)
    brought = landings(folder)
    if newest(place) is None and not Folder(folder).is_held() and not brought.exists():
        raise _no_store(place)
    with (
        Folder(folder).hold(),
        place.hold(),
        tempfile.TemporaryDirectory(dir=place.path) as scratch,
    ):
        if brought.exists():
            shutil.rmtree(brought)
        version = newest(place)
        if version is None:
            raise _no_store(place)
        place.bring(part.path for part in touched(version.batches, ids))
        unknown = len(ids) - held(version.batches, ids)
        rest = without(version.batches, ids, Path(scratch))
        now = dt.datetime.now(dt.UTC)
        since, gone = ago(settings.store.history, now), [(key, case) for case in ids]
        scrub(place, commit(place, rest, max(now, version.known_at), since, gone).batches, ids)
        runs = sum(case_files.forget(run, ids) for run in folder.iterdir() if run.is_dir())
    rows = sum(batch.staged.rows for batch in version.batches)
    return Forgotten(rows - sum(batch.staged.rows for batch in rest), runs, unknown)


def _no_store(place: Place) -> UsageError:
    return UsageError(f"There is no store in {place}.", "Give the --out or --store of the runs.")


def _as_stored(
    settings: Settings, config: Path, cases: Sequence[str]
) -> tuple[str | None, list[str]]:
    """The name of the key of case ids, and the ids as the store has them.

    Raises:
        UsageError: one is none.
    """
    given = cleaned_ids(pl.Series(cases, dtype=pl.String), "case_id").unique().sort()
    if given.is_empty() or given.has_nulls():
        raise UsageError(
            "A number of a case is empty, or says that there is none.",
            "Give the numbers as the source has them.",
        )
    named = pseudonymiser_of(settings.privacy, config)
    if named is None:
        return None, given.to_list()
    is_replaced = "case_id" in settings.privacy.pseudonymise
    return named.key_id, (named.of("case", given) if is_replaced else given).to_list()
