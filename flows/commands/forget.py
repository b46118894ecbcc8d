# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``hoeksteen forget``: takes cases out of the store, its history and the files of runs."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from contracts.config import load
from contracts.errors import UsageError
from contracts.settings import Privacy, Settings, ago
from flows.files import read_json
from flows.job import landings
from flows.planning import places
from ingest.normalise import cleaned_ids
from ingest.privacy.pseudonyms import pseudonymiser_of
from ingest.storage.damage import check_whole, damage_told
from ingest.storage.places import Folder, StorePlace
from ingest.storage.removal import held, scrub, touched, without
from ingest.storage.store import commit, newest, versions
from reporting import case_files


@dataclass(frozen=True)
class Forgotten:
    """How many ``rows`` the store had of the cases, and in how many ``runs`` a file had one.

    ``unknown`` counts the given numbers of which the store had no case. ``other_keys`` names the
    keys under which not all forgotten cases were forgotten.
    """

    rows: int
    runs: int
    unknown: int = 0
    other_keys: Sequence[str] = ()

    @property
    def told(self) -> str:
        """What was done, and what may be mistyped, in words."""
        rows = "row" if self.rows == 1 else "rows"
        runs = "run" if self.runs == 1 else "runs"
        gone = (
            f"Removed {self.rows:,} {rows} from the store, and these cases from the files of "
            f"{self.runs:,} {runs}. No run takes them in again."
        )
        unknown = (
            f"The store has no case for {self.unknown:,} of the numbers. Check how they are "
            "written; no run takes in such a case from now on."
        )
        under_others = (
            f"What was read with another key ({', '.join(self.other_keys)}) may still hold them: "
            f"forget them with that key too."
        )
        said = {
            gone: self.rows or self.runs or not self.unknown,
            unknown: self.unknown,
            under_others: self.other_keys,
        }
        return " ".join(sentence for sentence, is_so in said.items() if is_so)


def forget(
    config: Path, cases: Sequence[str], out: Path, store: str | None, overrides: Sequence[str] = ()
) -> Forgotten:
    """Removes cases for good: no run takes them in again, even if a source still has them.

    If a run was broken off while it read an API, all that it had fetched is removed.

    Args:
        config: the config of the process.
        cases: the ids of the cases, as the source has them.
        out: the folder that reports are written in.
        store: the path or URL of the store, if it is not the default one of the process.
        overrides: the overrides of the config, as runs have them.

    Raises:
        UsageError: there is no store, or a given number is not one.
        StoreBusy: a run is using the store.
        SourceError: the store is damaged.
        ConfigError: the config is wrong, or the key cannot be used.
    """
    settings = load(config, overrides)
    folder, place = places(settings, out, store)
    given = _cleaned(cases)
    ids, barred = _as_stored(given, settings, config, folder)
    brought = landings(folder)
    if newest(place) is None and not Folder(folder).is_held() and not brought.exists():
        raise _no_store(place)
    with (
        Folder(folder).hold(),
        place.hold(),
        damage_told(place),
        tempfile.TemporaryDirectory(dir=place.path) as scratch,
    ):
        if brought.exists():
            shutil.rmtree(brought)
        version = newest(place)
        if version is None:
            raise _no_store(place)
        paths = [part.path for part in touched(version.batches, ids)]
        place.bring(paths)
        check_whole(place, paths)
        unknown = max(0, len(given) - held(version.batches, ids))
        rest = without(version.batches, ids, Path(scratch))
        now = dt.datetime.now(dt.UTC)
        since = ago(settings.store.history, now)
        scrub(place, commit(place, rest, max(now, version.known_at), since, barred).batches, ids)
        runs = case_files.forget_in_all(folder, ids)
    rows = sum(batch.staged.rows for batch in version.batches)
    left = _left(place, barred | version.forgotten)
    return Forgotten(rows - sum(batch.staged.rows for batch in rest), runs, unknown, left)


def _no_store(place: StorePlace) -> UsageError:
    return UsageError(f"There is no store in {place}.", "Give the --out or --store of the runs.")


def _left(place: StorePlace, forgotten: Collection[tuple[str | None, str]]) -> list[str]:
    """The names of keys in a store under which fewer cases were forgotten than under another."""
    there, counts = place.files(), Counter(key for key, _ in forgotten)
    keys = {
        batch.origin.key
        for version in versions(place)
        for batch in version.batches
        if not there.isdisjoint(batch.staged.paths)
    }
    return sorted(key for key in keys if key and counts[key] < max(counts.values()))


def from_stdin() -> tuple[str, ...]:
    """The numbers on stdin, one per line; none if stdin is closed."""
    said = sys.stdin.buffer.read() if sys.stdin else b""
    lines = said.decode("utf-8-sig", "surrogateescape").splitlines()
    return tuple(filter(str.strip, lines))


def _cleaned(cases: Sequence[str]) -> pl.Series:
    """The numbers, cleaned as those of a source are.

    Raises:
        UsageError: one is empty, means that there is none, or is not text.
    """
    try:
        said = pl.Series(cases, dtype=pl.String)
    except UnicodeEncodeError:
        raise UsageError("A case number is not text in UTF-8.", "Save the list as UTF-8.") from None
    given = cleaned_ids(said, "case_id").unique().sort()
    if given.is_empty() or given.has_nulls():
        raise UsageError(
            "A case number is empty, or is a word for no value.",
            "Give the numbers as they are in the source.",
        )
    return given


def _as_stored(
    given: pl.Series, settings: Settings, config: Path, folder: Path
) -> tuple[set[str], set[tuple[str | None, str]]]:
    """The ids as the store and the files of runs may have them, and those that are barred.

    Pseudonyms are made with the key for every epoch in which there was a run. For each epoch, only
    the form that the config stores now is barred: no number that it hides is written down.
    """
    ids: set[str] = set()
    barred: set[tuple[str | None, str]] = set()
    for privacy in (settings.privacy, *_earlier(settings.privacy, folder)):
        ids.update(_named(given, privacy, config)[1])
        now = privacy.model_copy(update={"pseudonymise": settings.privacy.pseudonymise})
        key, names = _named(given, now, config)
        barred.update((key, name) for name in names)
    return ids, barred


def _named(given: pl.Series, privacy: Privacy, config: Path) -> tuple[str | None, list[str]]:
    """The name of the key, and the ids as they are stored with it."""
    pseudonymiser = pseudonymiser_of(privacy, config)
    if pseudonymiser is None:
        return None, given.to_list()
    is_replaced = "case_id" in privacy.pseudonymise
    names = pseudonymiser.of("case", given) if is_replaced else given
    return pseudonymiser.key_id, names.to_list()


def _earlier(now: Privacy, folder: Path) -> list[Privacy]:
    """What the configs of earlier runs said of pseudonyms, each with today's key."""
    said = (read_json(run)["config"]["privacy"] for run in folder.glob("*/run.json"))
    differing = {(tuple(each["pseudonymise"]), each["epoch"]) for each in said}
    return [
        now.model_copy(update={"pseudonymise": replaced, "epoch": epoch})
        for replaced, epoch in sorted(differing, key=str)
    ]
