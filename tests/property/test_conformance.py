# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Alignments against the slow and simple way: every run of the model, by longest common part."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.journey import Journey
from mining.model.conformance import conclude
from mining.model.normative import Model, read_model
from tests.unit.mining.test_conformance import FLOWS, SHAPES, document

NAMES = st.sampled_from("abcdez")
TRACES = st.lists(NAMES, min_size=1, max_size=7)
ROUTES = st.tuples(TRACES, st.booleans(), st.integers(1, 5))
LOGS = st.lists(ROUTES, min_size=1, max_size=6, unique_by=lambda route: str(route[:2]))
EVERYTHING = ([*"abcdez"], False, 1)
"""A case that did all activities once, so that every path is of activities of the log."""

DRAWN = [[*f"a{middle}{choice}z"] for middle in ("bc", "cb") for choice in ("", "d", "e")]
"""Every run of the drawing ``SHAPES, FLOWS``."""


def common(one: list[str], other: list[str]) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for name in one:
        before = row
        row = [0]
        for place, same in enumerate(other):
            row.append(before[place] + 1 if name == same else max(before[place + 1], row[place]))
    return row[-1]


def fewest(trace: list[str], runs: list[list[str]]) -> tuple[int, int]:
    """The fewest deviations from any run, and how many of those are extra."""
    both = ((len(run) - (n := common(trace, run)), len(trace) - n) for run in runs)
    return min((skipped + extra, extra) for skipped, extra in both)


def begins(runs: list[list[str]]) -> list[list[str]]:
    return [run[:steps] for run in runs for steps in range(len(run) + 1)]


def check(model: Model, runs: list[list[str]], log: list[tuple[list[str], bool, int]]) -> None:
    """Times, fitting cases and fitness of a log are those of the slow and simple way."""
    rows = [(trace, len(trace), is_open, cases) for trace, is_open, cases in log]
    variants = pl.DataFrame(rows, schema=["trace", "inside", "is_open", "cases"], orient="row")
    tables = conclude(variants, model, 60)
    shortest = min(map(len, runs))
    times = {"skipped": 0, "extra": 0}
    fitting, fitness = 0, 0.0
    for trace, is_open, cases in log:
        all_, extra = fewest(trace, begins(runs) if is_open else runs)
        times["skipped"] += (all_ - extra) * cases
        times["extra"] += extra * cases
        fitting += cases * (all_ == 0)
        fitness += cases * (1 - all_ / (len(trace) + (0 if is_open else shortest)))

    found = dict(tables["conformance"].group_by("what").agg(pl.sum("times")).iter_rows())
    assert found == {what: n for what, n in times.items() if n}
    [told] = tables["conformance_summary"].iter_rows(named=True)
    assert told["fitting_cases"] == fitting
    assert told["mean_fitness"] == pytest.approx(fitness / sum(route[2] for route in log))


@given(st.lists(NAMES, min_size=1, max_size=6), LOGS)
def test_a_path(steps: list[str], log: list[tuple[list[str], bool, int]]) -> None:
    model = read_model(Journey(end=("z",), path=tuple(steps)), Path("config.yaml"))
    assert model is not None

    check(model, [steps], [*log, EVERYTHING])


@given(log=LOGS)
def test_a_drawing(
    tmp_path_factory: pytest.TempPathFactory, log: list[tuple[list[str], bool, int]]
) -> None:
    folder = tmp_path_factory.mktemp("drawing")
    (folder / "model.bpmn").write_text(document(SHAPES, FLOWS), encoding="utf-8")
    model = read_model(Journey(end=("z",), bpmn="model.bpmn"), folder / "config.yaml")
    assert model is not None

    check(model, DRAWN, [*log, EVERYTHING])
