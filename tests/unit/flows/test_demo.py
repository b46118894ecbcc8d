# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the demo prints, and the page that `make truth` writes, from scores made by hand."""

from __future__ import annotations

import pytest

from bench.truth import Trial, page
from flows.commands.demo import table
from simulation.score import Called, Match, Score

FOUND = Match(
    plant="P-1",
    kind="capacity",
    rank=2,
    kind_said="capacity",
    is_where_true=True,
    effect_days=10.0,
    effect_said_days=12.0,
    is_covered=True,
)
MISSED = Match("P-2", "rework", None, None, None, 0.3, None, None)
WRONG = Called("P-D1", is_blamed=True, expected="statutory_wait", explained=())
RIGHT = Called("P-D2", is_blamed=False, expected=None, explained=())


def score_of(found=(FOUND, MISSED), called=(WRONG, RIGHT), segments=0, medians=(100, 95, 60)):
    return Score("p", found, called, segments, medians)


def test_the_table_has_a_line_a_plant_and_names_the_decoys_that_were_blamed():
    assert table(score_of()).splitlines() == [
        "planted  kind      found at  called    days per case  estimated",
        "P-1      capacity  2         capacity  10.0           12.0",
        "P-2      rework    -         -         0.3            -",
        "decoys called a stall: P-D1 (of 2)",
    ]
    assert table(score_of(called=(RIGHT,))).endswith("decoys called a stall: none (of 1)")


@pytest.fixture
def told():
    """Three logs with plants, of which one misses P-1, and two without, of which one says where."""
    scores = [
        *(score_of() for _ in range(2)),
        score_of(found=(FOUND._replace(rank=6, kind_said=None), MISSED), medians=(100, None, 95)),
    ]
    null = [score_of(found=(), segments=each) for each in (0, 1)]
    planted = [(Trial("p", 10, seed, planted=True), each) for seed, each in enumerate(scores)]
    bare = [(Trial("p", 10, seed, planted=False), each) for seed, each in enumerate(null)]
    return page([*planted, *bare], seeds=3, cases=10)


@pytest.mark.parametrize(
    "line",
    [
        "| plants in the top 5 | 1 of 2 | at least 11 |",
        "| kind told | 1 of 2 | at least 10 |",
        "| effect near | 1 of 2 | at least 10 |",
        "| range of the effect covers it | 100 % | at least 85 % |",
        "| decoys called a stall in any log | 1 of 2 | none |",
        "| decoys explained | 1 of 2 | all |",
        "| null logs with a segment or window | 50 % | at most 5 % |",
        "| median of whole cases near | 67 % | all |",
        "| the same from closed cases alone | 33 % | fails |",
        "| P-1 | capacity | 67 % | 2 | 67 % | 100 % | 10 | 12 | 100 % |",
        "| P-2 | rework | 0 % | - | 0 % | 0 % | 0.3 | - | 0 % |",
        "| P-D1 | 100 % | statutory_wait | 0 % |",
        "| P-D2 | 0 % | hardly anything | 100 % |",
        "| p | 100 | 95 | 60 | 67 % | 33 % |",
    ],
)
def test_the_page_counts_over_logs(told, line):
    assert line in told.splitlines()
