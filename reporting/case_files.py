# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Files about single cases: for whoever may see the cases themselves, never for a report.

They stand in a folder of their own that only its owner can open.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from contracts.settings import Settings
from reporting.explanations import explained
from reporting.names import Names
from reporting.speech import Speech

FOLDER = "cases"
_OWNER_OPENS, _OWNER_READS = 0o700, 0o600
_STARTS_A_FORMULA = r"^([=+@\t\r-])"


def write_cases(
    terms: pl.LazyFrame, in_danger: pl.DataFrame, settings: Settings, out: Path
) -> list[Path]:
    """Writes ``cases/terms.parquet`` and ``cases/rescue.csv`` into ``out``.

    Args:
        terms: the shape of ``contracts.case_terms.CASE_TERMS``; the file has an explanation in
            each language of the report beside it.
        in_danger: ``case_id, id, end, days_left, chance, low_days, high_days, after, waits_since``
            of open cases, in the order of the list.
        settings: what deadlines and steps are called.
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
    return [for_all, to_rescue]


def _listed(in_danger: pl.DataFrame) -> pl.DataFrame:
    """As a spreadsheet shows it: a text that would start a formula has a quote before it."""
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
    ).with_columns(pl.col(pl.String).str.replace(_STARTS_A_FORMULA, "'$1"))
