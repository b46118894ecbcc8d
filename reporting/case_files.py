# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Files about single cases, for whoever may see the cases themselves; never for a report.

They are in a folder of their own, which only its owner can open.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import polars as pl

from contracts.settings import Settings
from reporting.words.explanations import explained
from reporting.words.names import Names
from reporting.words.speech import Speech

FOLDER = "cases"
_OWNER_OPENS, _OWNER_READS = 0o700, 0o600
_AS_TEXT = pl.col(pl.String).str.replace(r"^([=+@\t\r-])", "'$1")
"""Puts a quote before a text that a spreadsheet would take for a formula."""


def write_cases(
    terms: pl.LazyFrame, in_danger: pl.DataFrame, settings: Settings, out: Path
) -> None:
    """Writes ``cases/terms.parquet`` and ``cases/rescue.csv`` into ``out``.

    Args:
        terms: in the shape of ``contracts.case_terms.CASE_TERMS``; beside the file is an
            explanation in each language of the report.
        in_danger: ``case_id, id, end, days_left, chance, low_days, high_days, after, waits_since``
            of open cases, in the order of the list.
        settings: the names of deadlines and steps.
        out: the folder of the run.
    """
    folder = out / FOLDER
    folder.mkdir()
    folder.chmod(_OWNER_OPENS)
    for_all, to_rescue = folder / "terms.parquet", folder / "rescue.csv"
    names = [
        Names(settings, Speech(language, settings.zone)) for language in settings.report.languages
    ]
    told = {f"explanation_{each.speech.language}": explained(each) for each in names}
    terms.sort("case_id", "id").with_columns(**told).sink_parquet(for_all)
    _listed(in_danger).write_csv(to_rescue)
    for path in (for_all, to_rescue):
        path.chmod(_OWNER_READS)


def forget_in_all(process_folder: Path, cases: Collection[str]) -> int:
    """Takes cases out of the files of all runs of a process; returns from how many runs."""
    return sum(forget(run, cases) for run in process_folder.iterdir() if run.is_dir())


def forget(run: Path, cases: Collection[str]) -> bool:
    """Takes cases out of the files of a run; returns whether any were in them.

    Args:
        run: the folder of a run, which need not have such files.
        cases: their ids, as the store has them.
    """
    terms, to_rescue = run / FOLDER / "terms.parquet", run / FOLDER / "rescue.csv"
    if not terms.exists():
        return False
    of_all = pl.read_parquet(terms, glob=False)
    others = of_all.filter(~pl.col("case_id").is_in(list(cases)))
    if others.height == of_all.height:  # then the other file, with fewer cases, has none either
        return False
    in_danger = pl.read_csv(to_rescue, infer_schema=False, glob=False)
    shown = pl.DataFrame({"case": list(cases)}, {"case": pl.String}).select(_AS_TEXT)
    _put(others.write_parquet, terms)
    _put(in_danger.join(shown, on="case", how="anti", maintain_order="left").write_csv, to_rescue)
    return True


def _put(write: Callable[[Path], None], path: Path) -> None:
    """Replaces a file, so that only its owner can read it."""
    aside = path.with_name(f".{path.name}")
    aside.touch(_OWNER_READS)
    write(aside)
    aside.replace(path)


def _listed(in_danger: pl.DataFrame) -> pl.DataFrame:
    """As for a spreadsheet: a text that would start a formula gets a quote before it."""
    return in_danger.select(
        case="case_id",
        deadline="id",
        last_day="end",
        days_left="days_left",
        chance_to_be_late=pl.col("chance").round(2),
        done_after_days_from="low_days",
        done_after_days_to="high_days",
        waits_after="after",
        waits_since="waits_since",
    ).with_columns(_AS_TEXT)
