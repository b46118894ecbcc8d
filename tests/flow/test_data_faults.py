# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A synthetic log with faults from export to report: what these do is counted from the export."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from contracts.findings import Findings, Headline
from flows.journey import make
from flows.planning import plan
from simulation.generator import LOG, Order, generate
from tests.builders import FEW_FORMATS

CONFIG = Path(__file__).parents[2] / "configs" / "img.yaml"
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pl.DataFrame]:
    """A run, and the export that it was made from, in the order of its rows."""
    folder = tmp_path_factory.mktemp("faults") / "log"
    generate(Order("img", 800, 1, "statistical", defects=True), "csv", folder)
    [export] = (folder / LOG).glob("*.csv")
    overrides = (f"sources.0.path={export}", FEW_FORMATS)
    job = plan(CONFIG, out=folder.parent, now=NOW, overrides=overrides)
    return make(job), pl.read_csv(export, infer_schema=False)


@pytest.fixture(scope="module")
def headlines(made: tuple[Path, pl.DataFrame]) -> dict[str, Headline]:
    text = (made[0] / "findings.json").read_text("utf-8")
    return {each.id: each for each in Findings.model_validate_json(text).validation.headlines}


def test_cases_that_lost_rows_are_counted_as_in_the_export(
    made: tuple[Path, pl.DataFrame], headlines: dict[str, Headline]
) -> None:
    run, export = made
    ids = export["zaaknummer"]
    aside = pl.read_parquet(run / "quarantine.parquet")["row"].cast(pl.Int64) - 1
    left = ids.gather([n for n in range(len(ids)) if n not in set(aside)])
    lost_rows, in_log = set(ids.gather(aside)), set(left)
    told = headlines["cases"]

    assert lost_rows
    assert (told.value, told.without) == (len(in_log), len(in_log - lost_rows))
    assert told.highest == len(in_log | lost_rows)


def test_every_figure_lies_between_its_least_and_its_most(
    headlines: dict[str, Headline],
) -> None:
    bounded = [headlines[name] for name in ("p50_days", "p90_days", "cases")]

    assert all(each.lowest <= each.value for each in bounded)
    assert all(each.highest is None or each.value <= each.highest for each in bounded)
    half = headlines["p50_days"]
    assert half.lowest < half.without < half.highest


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_report_has_them(made: tuple[Path, pl.DataFrame], language: str) -> None:
    page = (made[0] / f"report.{language}.html").read_text("utf-8")

    assert page.count('id="headlines"') == 1
    assert page.count('class="caution"') == 1  # 9 of 10 may take longer than the log shows
