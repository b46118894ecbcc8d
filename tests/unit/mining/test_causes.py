# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""One planted cause each, in a log of two years: found there, of that kind, and nothing else.

A case is registered (r), may be checked (c), and is decided (d).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
import pytest

from contracts.journey import Actor, Journey, Step
from mining.cases.journeys import Lens
from mining.summaries import bucket_of, summarise
from mining.waiting import stays
from mining.wholes import overview
from mining.why import causes
from mining.why.cause import Cause
from mining.why.observed import observed
from tests.builders import NOBODY, log_of

BEGIN = dt.datetime(2024, 1, 4, tzinfo=dt.UTC)  # a week of stays begins on a Thursday
WEEK = 2818
WEEKS = 104
DAYS = 7 * WEEKS
AS_OF = BEGIN + dt.timedelta(days=DAYS)
SEGMENTS = ("case:kind", "case:supplier")

Floats = np.ndarray


@dataclass
class Made:
    """A log being made: of each case when it came and what it is, then event after event."""

    seed: int
    a_week: int = 20
    events: list[pl.DataFrame] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self.came = np.sort(self.rng.uniform(0, DAYS, self.a_week * WEEKS))
        self.n = len(self.came)
        self.kind = self.rng.choice(["p", "q", "r"], self.n, p=[0.2, 0.3, 0.5])
        self.supplier = self.rng.choice(["s", "t", "u"], self.n)
        self.happens("r", self.came)

    def gamma(self, mean: float) -> Floats:
        """Waits, most of them around the mean."""
        return self.rng.gamma(3.0, mean / 3.0, self.n)

    def happens(self, activity: str, at: Floats, **told: Any) -> Floats:
        """At some day of each case; where that is not a number, it does not."""
        frame = pl.DataFrame(
            {
                "case_id": [f"c{number:05}" for number in range(self.n)],
                "activity": activity,
                "at": pl.Series(np.nan_to_num(at) * 86_400e6).cast(pl.Duration("us")),
                "org": told.pop("org", "o"),
                "resource": self.rng.choice([f"h{hand}" for hand in range(5)], self.n),
                **told,
                "case:kind": self.kind,
                "case:supplier": self.supplier,
            }
        )
        happened = frame.with_columns(at=pl.lit(BEGIN) + pl.col("at")).filter(~np.isnan(at))
        self.events.append(happened)
        return at

    def log(self) -> pl.LazyFrame:
        return log_of(pl.concat(self.events, how="diagonal"))


def causes_of(log: pl.LazyFrame, steps: Mapping[str, Step]) -> list[Cause]:
    journey = Journey(end=("d",), steps=dict(steps))
    look = Lens(AS_OF, "UTC", journey, segments=SEGMENTS)
    merged = summarise(bucket_of(log, NOBODY, look), (*stays.SUMMARIES, overview.LOG))
    return causes.causes(observed(merged, journey, look.end_week))


def served(came: Floats, hands: Sequence[int], last: Floats | None = None) -> Floats:
    """When each is served by so many hands per day, one case per hand, first come first served.

    Those who are ``last`` only when nobody else waits.
    """
    order = np.argsort(came, kind="stable")
    is_last = np.zeros(len(came), bool) if last is None else last
    queues: tuple[list[int], list[int]] = ([], [])
    at = np.full(len(came), np.nan)
    coming = 0
    for day in range(DAYS):
        while coming < len(order) and came[order[coming]] < day:
            case = int(order[coming])
            queues[int(is_last[case])].append(case)
            coming += 1
        for hand in range(hands[day]):
            queue = queues[0] or queues[1]
            if not queue:
                break
            at[queue.pop(0)] = day + 0.3 + 0.05 * hand
    return at


# ---- what was planted ----------------------------------------------------------------------------

Steps = Mapping[str, Step]


def plain(seed: int) -> tuple[pl.LazyFrame, Steps]:
    made = Made(seed)
    checked = made.happens("c", made.came + made.gamma(10))
    made.happens("d", checked + made.gamma(15))
    return made.log(), {}


def slow_supplier(seed: int) -> tuple[pl.LazyFrame, Steps]:
    made = Made(seed)
    times = np.where(made.supplier == "t", 2.0, 1.0)
    checked = made.happens("c", made.came + made.gamma(10) * times)
    made.happens("d", checked + made.gamma(15))
    return made.log(), {"c": Step(actor="third_party")}


def slow_suppliers_for_a_while(seed: int) -> tuple[pl.LazyFrame, Steps]:
    made = Made(seed)
    times = np.where((made.came >= 7 * 50) & (made.came < 7 * 75), 2.0, 1.0)
    checked = made.happens("c", made.came + made.gamma(10) * times)
    made.happens("d", checked + made.gamma(15))
    return made.log(), {"c": Step(actor="third_party")}


def works(day: int) -> bool:
    return day % 7 not in (2, 3)  # not on Saturday and Sunday


def one_kind_last(seed: int) -> tuple[pl.LazyFrame, Steps]:
    """All in one queue of one team; p is taken when nothing else is there."""
    made = Made(seed)
    hands = [4 * works(day) + (day % 7 == 4) for day in range(DAYS)]
    checked = made.happens("c", served(made.came, hands, made.kind == "p"), team="x")
    made.happens("d", checked + made.gamma(15))
    return made.log(), {}


def one_kind_is_put_off(seed: int) -> tuple[pl.LazyFrame, Steps]:
    made = Made(seed)
    times = np.where(made.kind == "p", 3.0, 0.8)
    checked = made.happens("c", made.came + made.gamma(10) * times, team="x")
    made.happens("d", checked + made.gamma(15))
    return made.log(), {}


def a_slow_team(seed: int) -> tuple[pl.LazyFrame, Steps]:
    """Has all of kind q to itself."""
    made = Made(seed)
    is_theirs = made.kind == "q"
    waits = made.gamma(10) * np.where(is_theirs, 2.5, 1.0)
    checked = made.happens("c", made.came + waits, team=np.where(is_theirs, "y", "x"))
    made.happens("d", checked + made.gamma(15))
    return made.log(), {}


def fewer_hands(seed: int, a_week: int = 16) -> tuple[pl.LazyFrame, Steps]:
    """First come first served, by five, and by two for some weeks."""
    made = Made(seed, a_week)
    hands = [works(day) * (2 if 50 <= day // 7 < 60 else 5) for day in range(DAYS)]
    at = served(made.came, hands)
    by = [f"h{(time % 1 - 0.3) / 0.05:.0f}" for time in at]
    checked = made.happens("c", at, team="x", resource=by)
    made.happens("d", checked + made.gamma(15))
    return made.log(), {}


def as_many_hands_and_slower(seed: int) -> tuple[pl.LazyFrame, Steps]:
    """All of the wait is twice as long for a while, and nobody was away."""
    made = Made(seed)
    times = np.where((made.came >= 7 * 50) & (made.came < 7 * 75), 2.0, 1.0)
    checked = made.happens("c", made.came + made.gamma(10) * times)
    made.happens("d", checked + made.gamma(15))
    return made.log(), {}


def slower_for_good(seed: int) -> tuple[pl.LazyFrame, Steps]:
    """All of the wait is five times as long from a week on; many people, none of them away."""
    made = Made(seed)
    times = np.where(made.came >= 7 * 50, 5.0, 1.0)
    by = made.rng.choice([f"h{hand}" for hand in range(20)], made.n)
    checked = made.happens("c", made.came + made.gamma(10) * times, resource=by)
    made.happens("d", checked + made.gamma(15))
    return made.log(), {}


def another_organisation(seed: int) -> tuple[pl.LazyFrame, Steps]:
    """Takes up those of kind q, later."""
    made = Made(seed)
    is_theirs = made.kind == "q"
    waits = made.gamma(10) * np.where(is_theirs, 2.5, 1.0)
    org = np.where(is_theirs, "other", "o")
    checked = made.happens("c", made.came + waits, org=org)
    made.happens("d", checked + made.gamma(15))
    return made.log(), {}


def another_organisation_for_some(seed: int) -> tuple[pl.LazyFrame, Steps]:
    """Takes up whomever, later."""
    made = Made(seed)
    is_theirs = made.rng.random(made.n) < 0.3
    waits = made.gamma(10) * np.where(is_theirs, 2.5, 1.0)
    checked = made.happens("c", made.came + waits, org=np.where(is_theirs, "other", "o"))
    made.happens("d", checked + made.gamma(15))
    return made.log(), {}


def another_organisation_for_most(seed: int) -> tuple[pl.LazyFrame, Steps]:
    """Takes up nearly all of those of kind q, later."""
    made = Made(seed)
    is_theirs = (made.kind == "q") & (made.rng.random(made.n) < 0.85)
    waits = made.gamma(10) * np.where(is_theirs, 2.5, 1.0)
    checked = made.happens("c", made.came + waits, org=np.where(is_theirs, "other", "o"))
    made.happens("d", checked + made.gamma(15))
    return made.log(), {}


def ping_pong(seed: int) -> tuple[pl.LazyFrame, Steps]:
    """A quarter goes from the check to another organisation, and is checked again."""
    made = Made(seed)
    goes = np.where(made.rng.random(made.n) < 0.25, 0.0, np.nan)
    checked = made.happens("c", made.came + made.gamma(10))
    there = made.happens("x", checked + made.gamma(12) + goes, org="other")
    back = made.happens("c", there + made.gamma(4))
    made.happens("d", np.where(np.isnan(back), checked, back) + made.gamma(15))
    return made.log(), {}


def done_again(seed: int, often: Mapping[str, float] | None = None) -> tuple[pl.LazyFrame, Steps]:
    """Some files are found wanting (w), and checked again."""
    made = Made(seed)
    chance = np.array([(often or {}).get(kind, 0.25) for kind in made.kind])
    goes = np.where(made.rng.random(made.n) < chance, 0.0, np.nan)
    checked = made.happens("c", made.came + made.gamma(10))
    wanting = made.happens("w", checked + made.gamma(4) + goes)
    again = made.happens("c", wanting + made.gamma(12))
    made.happens("d", np.where(np.isnan(again), checked, again) + made.gamma(15))
    return made.log(), {}


def one_kind_again(seed: int) -> tuple[pl.LazyFrame, Steps]:
    return done_again(seed, {"p": 0.6, "q": 0.1, "r": 0.1})


def before_the_clock(seed: int) -> tuple[pl.LazyFrame, Steps]:
    made = Made(seed)
    times = np.where(made.supplier == "t", 2.0, 1.0)
    checked = made.happens("c", made.came + made.gamma(10) * times)
    made.happens("d", checked + made.gamma(15))
    outside = Step(clock="outside")
    return made.log(), {"r": outside, "c": outside}


def board(seed: int) -> tuple[pl.LazyFrame, Steps]:
    """Decides once a fortnight."""
    made = Made(seed)
    checked = made.happens("c", made.came + made.gamma(10))
    ready = checked + made.gamma(3)
    made.happens("d", np.ceil(ready / 14) * 14 + 0.5)
    return made.log(), {}


@dataclass(frozen=True)
class Expected:
    """``days`` are person-days, where the making of the log tells them."""

    kind: str
    to: str
    attribute: str | None = None
    values: tuple[str, ...] = ()
    window: tuple[int, int] | None = None
    days: float | None = None


A_WEEK = 20
ALL = A_WEEK * WEEKS
PLANTED: Mapping[Callable[[int], tuple[pl.LazyFrame, Steps]], Expected] = {
    slow_supplier: Expected(
        "third_party_capacity", "c", "case:supplier", ("t",), days=ALL / 3 * 10
    ),
    slow_suppliers_for_a_while: Expected(
        "third_party_capacity", "c", window=(50, 74), days=A_WEEK * 25 * 10
    ),
    one_kind_is_put_off: Expected("prioritisation", "c", "case:kind", ("p",)),
    a_slow_team: Expected("capacity", "c", "case:kind", ("q",), days=0.3 * ALL * 15),
    as_many_hands_and_slower: Expected("capacity", "c", window=(50, 74), days=A_WEEK * 25 * 10),
    another_organisation: Expected("handover", "c", "case:kind", ("q",), days=0.3 * ALL * 15),
    another_organisation_for_some: Expected("handover", "c", days=0.3 * ALL * 15),
    ping_pong: Expected("handover", "x", days=0.25 * ALL * 16),
    done_again: Expected("rework", "c", days=0.25 * ALL * 16),
    one_kind_again: Expected("rework", "c", "case:kind", ("p",), days=0.2 * ALL * 0.5 * 16),
    before_the_clock: Expected("before_the_clock", "c", "case:supplier", ("t",), days=ALL / 3 * 10),
    board: Expected("batching", "d", days=ALL * 7),
}


def told(cause: Cause) -> tuple[object, ...]:
    return cause.kind, cause.to, cause.attribute, cause.values


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("make", "planted"), PLANTED.items(), ids=[m.__name__ for m in PLANTED])
def test_the_cause_that_was_planted(
    make: Callable[[int], tuple[pl.LazyFrame, Steps]], planted: Expected, seed: int
) -> None:
    found = causes_of(*make(seed))

    expected = (planted.kind, planted.to, planted.attribute, planted.values)
    assert [told(cause) for cause in found] == [expected]
    [cause] = found
    assert is_about(cause.window, planted.window)
    if planted.days is not None:
        assert cause.excess_days == pytest.approx(planted.days, rel=0.15)
    assert cause.weeks.min() >= WEEK
    assert cause.weeks.max() < WEEK + WEEKS


def is_about(window: tuple[int, int] | None, planted: tuple[int, int] | None) -> bool:
    if window is None or planted is None:
        return window is planted
    return all(abs(a - WEEK - b) <= 3 for a, b in zip(window, planted, strict=True))


@pytest.mark.parametrize("seed", range(3))
def test_the_figures_are_of_the_group_that_is_named(seed: int) -> None:
    """And not of what the organisation took up, which was not all of it."""
    log, steps = another_organisation_for_most(seed)
    [cause] = causes_of(log, steps)
    first, then = (
        log.filter(pl.col("activity") == step).select("case_id", step="at", kind="case:kind")
        for step in "rc"
    )
    days = (pl.col("step_right") - pl.col("step")).dt.total_seconds().mean() / 86_400
    by_kind = first.join(then, on="case_id").group_by(pl.col("kind") == "q")
    mean = dict(by_kind.agg(days).select("kind", "step_right").collect().rows())

    assert told(cause) == ("handover", "c", "case:kind", ("q",))
    assert cause.evidence["mean_days_of_group"] == pytest.approx(mean[True], rel=0.03)
    assert cause.evidence["mean_days_of_rest"] == pytest.approx(mean[False], rel=0.03)
    assert cause.evidence["share_of_cases_in_group"] == pytest.approx(0.3, abs=0.02)


def just_before_the_board(seed: int) -> tuple[pl.LazyFrame, Steps]:
    """Everybody comes in the two days before it."""
    made = Made(seed)
    meets = np.ceil((made.came + made.gamma(10)) / 14) * 14
    made.happens("c", meets - made.rng.uniform(0, 2, made.n))
    made.happens("d", meets)
    return made.log(), {}


def test_nobody_waited_longer_for_a_board_than_they_did() -> None:
    [cause] = [each for each in causes_of(*just_before_the_board(1)) if each.to == "d"]

    assert cause.kind == "batching"
    assert cause.excess_days == pytest.approx(ALL, rel=0.05)
    assert cause.most_days == pytest.approx(ALL, rel=0.05)


@pytest.mark.parametrize("seed", range(3))
def test_what_follows_a_board_is_not_done_in_rounds_itself(seed: int) -> None:
    made = Made(seed)
    decided = made.happens("c", np.ceil(made.came / 14) * 14 + 0.5)
    made.happens("d", decided + 1 + made.gamma(0.5))

    assert [(each.to, each.kind) for each in causes_of(made.log(), {})] == [("c", "batching")]


@pytest.mark.parametrize("seed", range(5))
def test_a_plain_log_has_no_cause(seed: int) -> None:
    assert causes_of(*plain(seed)) == []


@pytest.mark.parametrize("seed", range(3))
def test_who_is_taken_last_in_a_busy_queue(seed: int) -> None:
    """The queue is a cause too: nobody would wait long if it were empty."""
    found = causes_of(*one_kind_last(seed))

    assert ("prioritisation", "c", "case:kind", ("p",)) in [told(cause) for cause in found]
    assert {(cause.kind, cause.to) for cause in found} <= {
        ("prioritisation", "c"),
        ("capacity", "c"),
    }
    # order costs nothing on average: what p waits longer, others do not
    [put_off] = [cause for cause in found if cause.kind == "prioritisation"]
    assert put_off.most_days is not None
    assert put_off.excess_days < put_off.most_days


@pytest.mark.parametrize("seed", range(3))
def test_fewer_hands_for_a_while(seed: int) -> None:
    [cause] = causes_of(*fewer_hands(seed))

    assert told(cause) == ("capacity", "c", None, ())
    assert is_about(cause.window, (50, 59))
    assert cause.evidence["hands"] == pytest.approx(2 / 5, abs=0.15)


@pytest.mark.parametrize("seed", range(3))
def test_fewer_hands_and_a_queue_that_stays_long(seed: int) -> None:
    found = causes_of(*fewer_hands(seed, a_week=20))

    assert is_about(found[0].window, (50, 59))


@pytest.mark.parametrize("seed", range(5))
def test_while_less_is_finished_nobody_need_be_away(seed: int) -> None:
    found = causes_of(*slower_for_good(seed))

    assert [cause.to for cause in found] == ["c"]
    assert "hands" not in found[0].evidence


def test_a_wait_that_has_nothing_to_do_with_the_queue() -> None:
    """Of 20 logs of waits that each case draws for itself."""
    found = 0
    for seed in range(20):
        made = Made(seed)
        checked = made.happens("c", made.came + made.rng.exponential(10, made.n))
        made.happens("d", checked + made.rng.exponential(15, made.n))
        found += bool(causes_of(made.log(), {}))

    assert found <= 2


def busy(
    seed: int, slower: Callable[[Floats], Floats] = np.ones_like, a_week: int = 20
) -> pl.LazyFrame:
    """First come first served by one, who is busy nine tenths of the time, and as random as it is.

    In the weeks that cases come in the work is so many times as slow.
    """
    made = Made(seed, a_week)
    work = made.rng.exponential(0.9 * 7 / made.a_week, made.n) * slower(made.came / 7)
    done = np.zeros(made.n)
    for case, came in enumerate(made.came):
        done[case] = max(came, done[case - 1] if case else 0.0) + work[case]
    made.happens("d", made.happens("c", done) + made.gamma(15))
    return made.log()


@pytest.mark.parametrize("actor", ["agency", "third_party"])
def test_a_busy_queue_that_wanders_by_itself_has_no_window(actor: Actor) -> None:
    """Of 20 queues; about as many as not have months in which waits were twice as long."""
    found = [causes_of(busy(seed), {"c": Step(actor=actor)}) for seed in range(20)]

    assert sum(cause.window is not None for each in found for cause in each) <= 1


@pytest.mark.parametrize("actor", ["agency", "third_party"])
@pytest.mark.parametrize("seed", range(3))
def test_a_busy_queue_that_grew_while_work_was_slow_has_one(seed: int, actor: Actor) -> None:
    slow = busy(seed, lambda week: np.where((week >= 50) & (week < 65), 2.0, 1.0))

    [cause] = [each for each in causes_of(slow, {"c": Step(actor=actor)}) if each.to == "c"]

    assert cause.window is not None
    assert abs(cause.window[0] - WEEK - 50) <= 5


def test_a_small_queue_that_grew_while_work_was_slow_mostly_has_one() -> None:
    """Of 20 queues of five a week."""
    found = [
        causes_of(
            busy(seed, lambda week: np.where((week >= 50) & (week < 65), 2.0, 1.0), a_week=5),
            {"c": Step(actor="third_party")},
        )
        for seed in range(20)
    ]

    told = [each for each in found if any(cause.window for cause in each)]
    assert len(told) >= 12


@pytest.mark.parametrize("apart_days", [0.0, 0.5])
def test_a_wait_that_is_always_the_same_does_not_wander(apart_days: float) -> None:
    """Whatever stays in one bin differ, a longer term for a while is seen."""
    made = Made(0)
    is_slow = (made.came >= 7 * 60) & (made.came < 7 * 75)
    waits = np.where(is_slow, 6.0, 3.0) + made.rng.uniform(0, apart_days, made.n)
    made.happens("d", made.happens("c", made.came + waits) + made.gamma(15))

    [cause] = causes_of(made.log(), {"c": Step(actor="third_party")})

    assert cause.window == (WEEK + 59, WEEK + 74)


def desks_of_their_own(seed: int) -> pl.LazyFrame:
    """As ``busy``, but cases of each supplier have a desk of their own; all desks are alike."""
    made = Made(seed)
    work = made.rng.exponential(0.9 * 7 * 3 / made.a_week, made.n)
    free = {"s": 0.0, "t": 0.0, "u": 0.0}
    done = np.zeros(made.n)
    for case, (came, supplier) in enumerate(zip(made.came, made.supplier, strict=True)):
        free[supplier] = done[case] = max(came, free[supplier]) + work[case]
    made.happens("d", made.happens("c", done, team=made.supplier) + made.gamma(15))
    return made.log()


@pytest.mark.parametrize("actor", ["agency", "third_party"])
def test_of_busy_desks_that_are_alike_none_is_slow(actor: Actor) -> None:
    """Of 20 logs; in nearly all, one waits half as long again as the others over two years."""
    found = [causes_of(desks_of_their_own(seed), {"c": Step(actor=actor)}) for seed in range(20)]

    assert sum(cause.attribute is not None for each in found for cause in each) <= 2


@pytest.mark.parametrize("seed", range(3))
def test_a_group_that_is_slow_for_a_while(seed: int) -> None:
    made = Made(seed)
    is_slow = (made.supplier == "t") & (made.came >= 7 * 60)
    checked = made.happens("c", made.came + made.gamma(10) * np.where(is_slow, 3.0, 1.0))
    made.happens("d", checked + made.gamma(15))

    [cause] = causes_of(made.log(), {"c": Step(actor="third_party")})

    assert told(cause) == ("third_party_capacity", "c", "case:supplier", ("t",))
    assert cause.window is not None
    assert abs(cause.window[0] - WEEK - 60) <= 3


@pytest.mark.parametrize(
    "steps", [{"c": Step(actor="citizen")}, {"d": Step(), "c": Step(clock="outside")}]
)
def test_what_is_not_ours_to_shorten_has_no_cause(steps: Steps) -> None:
    """The citizen's own time, and what the law has no clock for once it runs."""
    assert causes_of(slow_supplier(0)[0], steps) == []


def test_no_stays_no_causes() -> None:
    made = Made(0)

    assert causes_of(made.log(), {}) == []


def test_the_largest_comes_first() -> None:
    made = Made(0)
    times = np.where(made.supplier == "t", 2.0, 1.0)
    checked = made.happens("c", made.came + made.gamma(10) * times)
    made.happens("d", np.ceil((checked + made.gamma(3)) / 28) * 28 + 0.5)
    found = causes_of(made.log(), {"c": Step(actor="third_party")})

    assert [cause.kind for cause in found] == ["batching", "third_party_capacity"]
    assert found[0].excess_days > found[1].excess_days


def test_buckets_and_the_order_of_cases_change_nothing() -> None:
    log, steps = one_kind_again(0)
    reversed_ = log.with_columns(
        case_id=pl.lit("c")
        + (99_999 - pl.col("case_id").str.slice(1).cast(pl.Int64)).cast(pl.String)
    ).sort("case_id", "at")

    assert [told(cause) for cause in causes_of(reversed_, steps)] == [
        told(cause) for cause in causes_of(log, steps)
    ]
