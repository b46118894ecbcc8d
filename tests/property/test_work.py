# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The work of people and the waits for it, minute by minute."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.attending import waiting_causes, work, work_band
from mining.attending.overtaking import weight_above
from mining.summaries import merge, summarise

HALF_HOUR = 30
_item = st.tuples(
    st.sampled_from([None, 1, 2]), st.sampled_from("ab"), *[st.integers(0, 40)] * 3, st.booleans()
)
Item = tuple[int | None, str, int, int, int, bool]


def items_of(drawn: list[Item]) -> pl.DataFrame:
    """Of who, what, and minutes: could be taken up, was taken up after, took."""
    rows = [
        {
            "resource": who,
            "from": "r",
            "to": to,
            "enabled_ms": (enabled) * 60_000,
            "started_ms": (enabled + wait) * 60_000,
            "done_ms": (enabled + wait + took * timed) * 60_000,
            "is_timed": timed,
            "is_wait": True,
            "is_ours": True,
        }
        for who, to, enabled, wait, took, timed in drawn
    ]
    return pl.DataFrame(rows, schema=work.ITEMS)


def summed(parts: list[pl.DataFrame]) -> dict[str, pl.DataFrame]:
    found = [summarise(part, work.SUMMARIES) for part in parts]
    frames = {s.name: [each[s.name].lazy() for each in found] for s in work.SUMMARIES}
    return merge(frames, work.SUMMARIES)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(-1, 9)), max_size=20),
)
def test_the_weight_above_by_brute_force(
    those: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    queries = [(min(upto, len(those)), than) for upto, than in asked]
    expected = [sum(w for v, w in those[:upto] if v > than) for upto, than in queries]
    columns = [np.array([each[i] for each in those], np.int64) for i in (0, 1)]
    wanted = [np.array([each[i] for each in queries], np.int64) for i in (0, 1)]

    assert weight_above(*columns, *wanted).tolist() == expected


def runs_of(mine: list[Item]) -> list[list[int]]:
    """Indexes of what was taken up together, of one person and step in the order of the start."""
    runs: list[list[int]] = []
    began = ended = 0
    for index, (_, _, enabled, wait, took, _) in enumerate(mine):
        start = enabled + wait
        if runs and enabled <= began and start - ended <= HALF_HOUR:
            runs[-1].append(index)
            ended = max(ended, start + took)
        else:
            runs.append([index])
            began, ended = start, max(ended, start + took)
    return runs


def formed(mine: list[Item]) -> dict[int, int]:
    """Until when each waited for its batch, by identity of the item."""
    until = {id(item): item[2] for item in mine}
    for step in "ab":
        those = [item for item in mine if item[1] == step]
        runs = runs_of(those)
        starts = [-1, *(those[run[0]][2] + those[run[0]][3] for run in runs)]
        for before, run in zip(starts, runs, strict=False):
            gathered = [those[i] for i in run if those[i][2] >= before]
            if len(run) > 1:
                for item in gathered:
                    until[id(item)] = max(each[2] for each in gathered)
    return until


@given(st.lists(_item, max_size=12))
def test_every_minute_of_a_wait_is_one_thing(drawn: list[Item]) -> None:
    expected = dict.fromkeys(waiting_causes.CAUSES, 0)
    for who in (1, 2):
        mine = sorted(
            (item for item in drawn if item[0] == who and item[5]),
            key=lambda item: (item[2] + item[3], item[2] + item[3] + item[4], item[2], item[1]),
        )
        until = formed(mine)
        at_work: dict[int, Item] = {}
        for item in mine:
            for minute in range(item[2] + item[3], item[2] + item[3] + item[4]):
                at_work.setdefault(minute, item)  # who works on several: the one begun first
        for item in mine:
            for minute in range(item[2], item[2] + item[3]):
                other = at_work.get(minute)
                if other is not None:
                    what = "contention" if other[2] <= item[2] else "prioritisation"
                else:
                    what = "batching" if minute < until[id(item)] else "other"
                expected[what] += 1

    found = waiting_causes.conclude(summed([items_of(drawn)])["waiting_causes"])
    minutes = {cause: found[f"{cause}_days"].sum() * 1440 for cause in waiting_causes.CAUSES}
    assert minutes == pytest.approx(expected)
    assert found["wait_days"].sum() * 1440 == pytest.approx(sum(expected.values()))


@given(st.lists(_item, max_size=12))
def test_the_most_of_work_starts_when_the_work_before_it_ended(drawn: list[Item]) -> None:
    least, most = {"a": 0, "b": 0}, {"a": 0, "b": 0}
    at_once: dict[tuple[int, str, int], list[int]] = {}
    ends = [(who, enabled + wait + took * timed) for who, _, enabled, wait, took, timed in drawn]
    for (who, to, enabled, _, took, timed), (_, end) in zip(drawn, ends, strict=True):
        free = max((each for they, each in ends if who and they == who and each < end), default=0)
        least[to] += took * timed
        if timed or not who:
            most[to] += took if timed else end - enabled
        else:
            at_once.setdefault((who, to, end), []).append(end - max(enabled, free))
    for (_, to, _), longest in at_once.items():
        most[to] += max(longest)  # of what somebody finished at once the others took no time

    found = work_band.conclude(summed([items_of(drawn)])["work_band"])
    minutes = {to: [each / 1440 for each in (least[to], most[to])] for to in found["activity"]}
    told = found.select("activity", "least_days", "most_days").rows()
    assert {to: list(days) for to, *days in told} == {
        to: pytest.approx(days) for to, days in minutes.items()
    }
    assert (found["least_days"] <= found["most_days"]).all()


@given(st.lists(_item, max_size=12))
def test_what_steps_are_called_changes_no_work(drawn: list[Item]) -> None:
    other = [(who, "ba"["ab".index(to)], *rest) for who, to, *rest in drawn]

    one, swapped = (summed([items_of(each)])["work_band"].rows() for each in (drawn, other))

    assert {to: of for to, *of in one} == {"ba"["ab".index(to)]: of for to, *of in swapped}


@given(st.lists(_item, max_size=12))
def test_people_apart_are_people_together(drawn: list[Item]) -> None:
    apart = [items_of([each for each in drawn if each[0] == who]) for who in (None, 1, 2)]
    once, spread = summed([items_of(drawn)]), summed(apart)

    assert all(once[name].equals(spread[name]) for name in once)


def test_nothing_is_known_of_nobody() -> None:
    assert all(frame.is_empty() for frame in summed([items_of([])]).values())
