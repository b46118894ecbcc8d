# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What changed between two small logs, and the durations of the logs between them."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from contracts.changes import Changes, Since
from contracts.figures import Quantiles
from contracts.journey import Journey
from mining.cases.journeys import Lens
from mining.changes import SUMMARIES, compare, conclude
from mining.summaries import merge, summarise
from tests.builders import MONDAY, event_log

DAY = dt.timedelta(days=1)
THEN_AT = MONDAY + 30 * DAY


def changes(
    then: list[str], now: list[str], days: int = 30, said: float | None = None, more: int = 0
) -> Changes:
    """What changed; the last report said ``said``, of ``more`` cases than are kept."""
    lens = Lens(MONDAY + days * DAY, "Europe/Amsterdam", Journey(end=("z",)))
    before, after = event_log(*then), event_log(*now)
    found = summarise(compare(before, after, THEN_AT, lens), SUMMARIES)
    merged = merge({name: [frame.lazy()] for name, frame in found.items()}, SUMMARIES)
    known = before.filter(pl.col("at") <= THEN_AT).collect()
    since = Since(
        run_id="r",
        as_of=THEN_AT,
        version="1",
        cases=known["case_id"].n_unique() + more,
        events=known.height + 2 * more,
        days=Quantiles(p50=said, p90=None),
    )
    return conclude(merged, since)


def counts(then: list[str], now: list[str], days: int = 30) -> dict[str, tuple[int, int]]:
    told = changes(then, now, days).counts
    return {each.what: (each.cases, each.events) for each in told if each.cases}


def test_a_date_that_moves_along_with_what_stands_above_it_was_not_edited() -> None:
    lens = Lens(THEN_AT, "Europe/Amsterdam", Journey(end=("z",)))
    is_date = pl.col("activity") == "b"
    then, now = (
        event_log(trace).with_columns(is_day=is_date) for trace in ("a 1h b", "a 1h c 1h b")
    )

    found = compare(then, now, THEN_AT, lens)

    assert found.changed.filter(pl.col("what") != "definitions").rows() == [("late", "c1")]


@pytest.mark.parametrize(
    ("then", "now", "what"),
    [
        ("a 2d b", "a 2d b", {}),
        ("a 2d b", "a 1d c 1d b", {"late": (1, 1)}),
        ("a 2d b", "a 3d b", {"edited": (1, 1)}),
        ("a 2d b", "a 2d c", {"relabelled": (1, 1)}),
        ("a 2d b", "a", {"gone_events": (1, 1)}),
        ("a 2d b", "a 2d b 40d c", {"went_on": (1, 1)}),
        # the same three times, and then twice: one is gone
        ("a 2d b b b", "a 2d b b", {"gone_events": (1, 1)}),
        # a name is a better sign than a time: b moved, and c came in late where it was
        ("a 2d b", "a 2d c 1d b", {"edited": (1, 1), "late": (1, 1)}),
        # another name at another time is another event
        ("a 2d b", "a 3d c", {"gone_events": (1, 1), "late": (1, 1)}),
        # what happened after the last report can be no correction of what was before
        ("a 2d b", "a 40d b", {"gone_events": (1, 1), "went_on": (1, 1)}),
        # work that was going on and is done now: the case went on
        ("a 2d ~b", "a 2d b[40d]", {"went_on": (1, 1)}),
        # it was known to be done, and now also when it began
        ("a 2d b", "a 1d b[1d]", {"edited": (1, 1)}),
        # what had not happened yet was not in the report, though it was in the log
        ("a 40d b", "a 40d b", {"went_on": (1, 1)}),
        ("a 2d b !m", "a 2d b 1d !n", {}),
    ],
)
def test_every_event_that_came_or_went_is_of_one_kind(then, now, what) -> None:
    assert counts([then], [now], days=60) == what


def test_cases_come_and_go() -> None:
    few, more = ["a 2d b"], ["a 2d b", "a 1d b z", "a", "40d a"]

    assert counts(few, more) == {"new_cases": (2, 4)}
    assert counts(few, more, days=60) == {"new_cases": (3, 5)}
    assert counts(more, few) == {"gone_cases": (2, 4)}


def test_names_that_changed_are_told_in_pairs() -> None:
    then, now = ["a 1d b 1d c"] * 3 + ["a 1d b 1d b"], ["a 1d x 1d c"] * 2 + ["a 1d b 1d y"]

    pairs = changes(then, [*now, "a 1d x 1d x"]).relabelled

    assert [(pair.from_, pair.to, pair.cases, pair.events) for pair in pairs] == [
        ("b", "x", 3, 4),
        ("c", "y", 1, 1),
    ]


def test_the_same_steps_may_be_told_otherwise() -> None:
    lens = Lens(THEN_AT, "Europe/Amsterdam", Journey(end=("z",)))
    region = {"case:regio": pl.lit("Noord")}
    log = event_log("a 2d b", "a 2d b", "a b").with_columns(**region)
    is_second = pl.col("case_id") == "c2"
    moved = log.with_columns(
        pl.when(is_second).then(pl.lit("Zuid")).otherwise("case:regio").alias("case:regio"),
        # the ties of the third case stand in another order
        pl.when(pl.col("case_id") == "c3").then(20 - pl.col("row")).otherwise("row").alias("row"),
    ).with_columns(**{"case:new": pl.lit("an attribute that was not read then")})

    found = compare(log, moved.sort("case_id", "at", "source", "row"), THEN_AT, lens)

    told = found.changed.filter(pl.col("what") != "definitions")
    assert told["what"].unique().to_list() == ["told_otherwise"]
    assert sorted(told["case_id"]) == ["c2", "c2", "c3", "c3"]


def effects(found: Changes) -> dict[str, tuple[float | None, float | None]]:
    return {
        "+".join(each.what): (each.days.p50, each.effect_days.p50)
        for each in found.effects
        if each.effect_days.p50 != 0
    }


def test_effects_lead_from_one_report_to_the_other() -> None:
    """Ten cases of 10 days; of each change one is so many that the half is another one."""
    then = ["a 10d z"] * 10 + ["a"] * 2
    corrected = ["a 14d z"] * 6 + ["a 10d z"] * 4 + ["a 1d x"] * 2
    now = [*corrected[:10], *["a 1d x 39d z"] * 2, *["20d a 20d z"] * 30]

    found = changes(then, now, days=60, said=9.0)

    assert effects(found) == {
        "definitions": (10.0, 1.0),
        "edited": (14.0, 4.0),
        "new_cases": (20.0, 6.0),
    }
    steps = [each.effect_days.p50 for each in found.effects]
    assert sum(steps) == found.effects[-1].days.p50 - 9.0


def test_time_that_goes_by_is_an_effect_of_its_own() -> None:
    then = ["a 10d z"] * 10 + ["a 20d z"] * 10 + ["25d a"] * 9

    assert effects(changes(then, then, said=10.0)) == {}
    # the nine that had begun just then take longer than ten days, as it turns out
    assert effects(changes(then, then, days=60, said=10.0)) == {"went_on": (20.0, 10.0)}


def test_cases_that_may_not_be_kept_are_told_with_the_definitions() -> None:
    found = changes(["a 10d z"] * 10, ["a 10d z"] * 10, said=12.0, more=5)

    assert [(each.cases, each.events) for each in found.counts if each.cases] == [(5, 10)]
    assert effects(found) == {"removed+definitions": (10.0, -2.0)}


def test_figures_that_are_not_reached_have_no_effect() -> None:
    found = changes(["a"] * 10, ["a 10d z"] * 10)

    assert [(each.days.p50, each.effect_days.p50) for each in found.effects[:3]] == [
        (None, None),
        (None, None),
        (10.0, None),
    ]
