# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where those go who still wait, on logs small enough to count by hand."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest

from mining.waiting.next_steps import chances
from tests.builders import event_log
from tests.unit.mining.test_stays import summed

_ONCE = ["a 1d b 1d c 1d z"]
_ROUND = ["a 1d b 1d c 1d b 1d c 1d z"]


def goes(traces: Sequence[str], source: str) -> dict[tuple[str, bool], float]:
    """The chance to go on to each step, of those who have waited after one for a day."""
    merged = summed(event_log(*traces))
    found = chances(merged["stay_weeks"], merged["stay_had"]).filter(pl.col("from") == source)
    return {
        (to, again): pytest.approx(chance)
        for to, again, chance in found.select("to", "is_again", "chance").rows()
    }


@pytest.mark.parametrize(
    ("traces", "expected"),
    [
        # who never had c cannot wait to have it again, and who had it waits to have it again
        ([*_ONCE * 3, *_ROUND, "18d a 1d b"], {("c", False): 1}),
        ([*_ONCE * 3, *_ROUND, "16d a 1d b 1d c 1d b"], {("c", True): 1}),
        # all who came back to b went to z: so does who has come back, though most go to c
        ([*_ONCE * 9, "a 1d b 1d c 1d b 1d z", "16d a 1d b 1d c 1d b"], {("z", False): 1}),
        # of all, 9 in 21 go to z; all who had c go to c
        (
            [*_ONCE * 9, *["a 1d b 1d z"] * 9, *_ROUND, "16d a 1d b 1d c 1d b"],
            {("c", True): 1 / (1 + 9 / 21), ("z", False): 9 / 21 / (1 + 9 / 21)},
        ),
        # of two who wait, one has had c: no more than one waits to have it again
        (
            [*["a 1d c 1d b 1d c z"] * 9, "a 1d b 1d z", "18d a 1d b", "17d a 1d c 1d b"],
            {("c", True): 0.5, ("z", False): 0.5},
        ),
        # nobody who had c was seen to leave b: as all do, and that is again
        ([*_ONCE * 3, "16d a 1d b 1d c 1d b"], {("c", True): 1}),
    ],
)
def test_where_those_go_who_wait(
    traces: list[str], expected: dict[tuple[str, bool], float]
) -> None:
    assert goes(traces, "b") == expected


@pytest.mark.parametrize("traces", [["a"], ["a 1d z"], ["a", "b 1d z"]])
def test_no_chance_is_known(traces: list[str]) -> None:
    merged = summed(event_log(*traces))

    assert chances(merged["stay_weeks"], merged["stay_had"]).is_empty()


def test_what_was_had_is_counted_by_the_end_of_the_stay() -> None:
    merged = summed(event_log("a 1d b 1d c 1d b", "b 20d z"))
    had = merged["stay_had"].select("from", "is_open", "had", "n")

    assert sorted(had.rows()) == [
        ("a", False, "a", 1),
        ("b", False, "a", 1),
        ("b", False, "b", 1),
        ("b", False, "b", 1),
        ("b", True, "a", 1),
        ("b", True, "b", 1),
        ("b", True, "c", 1),
        ("c", False, "a", 1),
        ("c", False, "b", 1),
        ("c", False, "c", 1),
    ]
