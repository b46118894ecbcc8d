# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The synthetic log is what its description says."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from simulation.generator import generate, process, process_names, write_csv


@pytest.mark.parametrize("name", process_names())
def test_the_same_seed_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    for file, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_csv(generate(name, 50, seed), tmp_path / file)
    first, again, other = ((tmp_path / file).read_bytes() for file in "abc")

    assert first == again
    assert first != other


@pytest.mark.parametrize("name", process_names())
def test_waits_have_the_median_that_was_described(name: str) -> None:
    log = generate(name, 20_000, 1)
    second = process(name).steps[1]
    early = pl.col("tijdstip").first() < log["tijdstip"].max() - dt.timedelta(days=200)
    cases = log.group_by("zaaknummer", maintain_order=True).agg("stap", "tijdstip", early=early)
    times = cases.filter("early")["tijdstip"].list
    waits = (times.get(1) - times.get(0)).dt.total_seconds() / 86_400

    assert cases["stap"].list.first().unique().to_list() == [process(name).steps[0].name]
    assert waits.median() == pytest.approx(second.wait_days[0], rel=0.05)
    assert waits.quantile(0.9) == pytest.approx(second.wait_days[1], rel=0.05)


def test_nothing_happens_after_the_closing_date() -> None:
    log = generate("cbr", 500, 3)

    assert log["zaaknummer"].n_unique() == 500
    assert str(log["tijdstip"].max()) <= "2026-06-30 17:00:00"
