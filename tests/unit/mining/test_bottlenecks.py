# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is ranked, in which order, with which ranges; and what is not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
import pytest
from scipy.stats import gamma

from contracts.findings import Bottleneck, ExplainedWait
from contracts.journey import Journey, Step
from contracts.settings import Analysis
from mining import findings
from mining.cases.journeys import Lens
from mining.summaries import bucket_of, summarise
from mining.waiting import waits
from mining.wholes import throughput
from mining.why import bottlenecks
from mining.why.observed import observed
from tests.builders import MONDAY, NOBODY, event_log
from tests.unit.mining.test_causes import (
    AS_OF,
    BEGIN,
    DAYS,
    SEGMENTS,
    Made,
    board,
    done_again,
    fewer_hands,
    slow_supplier,
)

Found = tuple[list[Bottleneck], list[ExplainedWait]]


def find(
    log: pl.LazyFrame,
    steps: Mapping[str, Step],
    end: str = "d",
    as_of: dt.datetime = AS_OF,
    analysis: Analysis | None = None,
) -> Found:
    journey = Journey(end=(end,), steps=dict(steps))
    names = [name for name in SEGMENTS if name in log.collect_schema()]
    look = Lens(as_of, "UTC", journey, segments=tuple(names))
    merged = summarise(bucket_of(log, NOBODY, look), findings.SUMMARIES)
    return bottlenecks.conclude(
        waits.conclude(merged["waits"], merged["wait_cases"], journey),
        merged["ledger"],
        merged["parallel_waits"],
        observed(merged, journey, look.end_week),
        throughput.conclude(merged["throughput"]).p50_days,
        analysis or Analysis(),
    )


def find_in(traces: Sequence[str], steps: Mapping[str, Step] | None = None) -> Found:
    as_of = MONDAY + dt.timedelta(days=500)
    return find(event_log(*traces), steps or {}, end="z", as_of=as_of)


def places(found: Found) -> list[tuple[str, str | None]]:
    return [(each.from_, each.to) for each in found[0]]


# ---- much, or long -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("traces", "ranked"),
    [
        # 6 of 206 days, and over in less than an eighth of the whole
        (["a 6d b 200d z"] * 60, [("b", "z")]),
        # 6 of 46 days is much
        (["a 6d b 40d z"] * 60, [("b", "z"), ("a", "b")]),
        # 4 days of 84 is little, and not long
        (["a 4d b 80d z"] * 60, [("b", "z")]),
        # half a day of 1200 for one in twenty: long for them, but next to nothing in all
        (["a 80d z"] * 960 + ["a 11d b 80d z"] * 40, [("a", "z"), ("b", "z")]),
        # so it is when it takes as long as a whole case, and makes a hundredth of all waiting
        (["a 80d z"] * 960 + ["a 40d b 80d z"] * 40, [("a", "z"), ("b", "z"), ("a", "b")]),
        (["a 0s b 200d z"] * 60, [("b", "z")]),
        (["a z"] * 60, []),
        (["a"] * 60, [("a", None)]),  # nobody was seen to go on
    ],
)
def test_what_is_neither_much_nor_long_is_not_ranked(
    traces: list[str], ranked: list[tuple[str, str | None]]
) -> None:
    assert places(find_in(traces)) == ranked


@pytest.mark.parametrize(("cases", "ranked"), [(29, 1), (30, 2)])
def test_nothing_under_thirty_cases(cases: int, ranked: int) -> None:
    traces = ["a 10d z"] * 300 + ["a 200d b 0s z"] * cases

    assert len(find_in(traces)[0]) == ranked


# ---- whose turn ----------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ["citizen", "agency", "third_party"])
def test_a_citizen_is_never_ranked_without_a_cause(actor: str) -> None:
    steps = {"b": Step.model_validate({"actor": actor})}
    found = find_in(["a 100d b 10d z"] * 200, steps)

    assert (("a", "b") in places(found)) is (actor != "citizen")
    assert [each.class_ for each in found[1]] == (
        ["waiting_on_citizen"] if actor == "citizen" else []
    )


def test_a_citizen_who_is_slow_by_kind_is_not_ranked() -> None:
    log, _ = slow_supplier(0)
    found = find(log, {"c": Step(actor="citizen")})

    assert places(found) == [("c", "d")]
    assert [(each.to, each.class_) for each in found[1]] == [("c", "waiting_on_citizen")]


def test_a_kind_of_which_more_is_asked_is() -> None:
    """Of kind p six in ten are asked for something, and send it after ten days."""
    made = Made(0)
    asked = np.where(made.rng.random(made.n) < np.where(made.kind == "p", 0.6, 0.1), 0.0, np.nan)
    checked = made.happens("c", made.came + made.gamma(10))
    ask = made.happens("ask", checked + asked + made.gamma(3))
    sent = made.happens("sent", ask + made.gamma(20))
    made.happens("d", np.where(np.isnan(sent), checked, sent) + made.gamma(15))
    ranked, explained = find(made.log(), {"sent": Step(actor="citizen")})
    [seen] = [each for each in ranked if each.kind is not None]

    assert (seen.from_, seen.to, seen.kind) == ("ask", "sent", "rework")
    assert seen.segment is not None
    assert (seen.segment.attribute, seen.segment.values) == ("kind", ("p",))
    # the wait itself stays the citizen's
    assert ("ask", "sent", "waiting_on_citizen") in [
        (each.from_, each.to, each.class_) for each in explained
    ]


def test_what_the_law_waits_for_is_explained() -> None:
    steps = {"z": Step(statutory_wait=dt.timedelta(days=14))}
    [found], explained = find_in(["a 20d z"] * 60, steps)

    assert (found.person_days_lost, found.reference_days) == (60 * 6, 14)
    assert [(each.class_, each.person_days, each.cases) for each in explained] == [
        ("statutory_wait", 60 * 14, 60)
    ]


@pytest.mark.parametrize(
    ("traces", "is_term"),
    [
        (["a 42d z"] * 60, True),
        (["a 42d z", "a 1019h z"] * 30, True),
        (["a 42d z", "a 43d z"] * 30, False),
        (["a 2d z"] * 60, False),  # too short to be one
    ],
)
@pytest.mark.parametrize("actor", ["agency", "third_party"])
def test_what_is_always_as_long_is_a_term(traces: list[str], actor: str, is_term: bool) -> None:  # noqa: FBT001
    [found], _ = find_in(traces, {"z": Step.model_validate({"actor": actor})})

    usual = "third_party_capacity" if actor == "third_party" else None
    assert found.kind == ("statutory_wait" if is_term else usual)
    assert found.actor == (None if is_term else actor)


def test_before_the_clock_a_wait_is_told_without_a_cause() -> None:
    steps = {"a": Step(clock="outside"), "b": Step(clock="outside")}
    found, _ = find_in(["a 50d b 50d z", "a 70d b 70d z"] * 30, steps)
    by_place = {(each.from_, each.to): each for each in found}

    assert (by_place["a", "b"].kind, by_place["a", "b"].clocks) == (
        "before_the_clock",
        ("citizen",),
    )
    assert (by_place["b", "z"].kind, by_place["b", "z"].clocks) == (None, ("citizen", "legal"))


def handed_over(share: float) -> pl.LazyFrame:
    """A share of the cases is taken up by another organisation, none of them later."""
    made = Made(0)
    org = np.where(made.rng.random(made.n) < share, "other", "o")
    checked = made.happens("c", made.came + made.gamma(10), org=org)
    made.happens("d", checked + made.gamma(1), org=org)
    return made.log()


@pytest.mark.parametrize(
    ("share", "steps", "kind"),
    [
        (1.0, {}, "handover"),
        (0.9, {}, "handover"),
        (0.5, {}, None),
        (1.0, {"r": Step(actor="citizen")}, None),
        (1.0, {"c": Step(actor="third_party")}, "third_party_capacity"),
    ],
)
def test_without_a_cause_a_border_is_told(
    share: float, steps: Mapping[str, Step], kind: str | None
) -> None:
    first = find(handed_over(share), steps)[0][0]

    assert (first.from_, first.to, first.kind) == ("r", "c", kind)
    assert first.segment is None
    assert {each.what for each in first.evidence} == {"share_of_longest_hundredth"}


# ---- order and ranges ----------------------------------------------------------------------------


@pytest.mark.parametrize("rank_by", ["person_days_lost", "excess_person_days", "cases"])
def test_causes_come_first(rank_by: str) -> None:
    """Most waiting is before the decision, where nothing is seen to cause it."""
    log, steps = slow_supplier(0)
    analysis = Analysis.model_validate({"rank_by": rank_by})
    [first, second], _ = find(log, steps, analysis=analysis)

    assert (first.to, first.kind) == ("c", "third_party_capacity")
    assert (second.to, second.kind) == ("d", None)
    assert second.person_days_lost > first.person_days_lost
    assert (first.rank_range, second.rank_range) == ((1, 1), (2, 2))


def test_only_so_many_are_shown() -> None:
    log, steps = slow_supplier(0)

    assert len(find(log, steps, analysis=Analysis(top=1))[0]) == 1


PLANTED = [slow_supplier, done_again, fewer_hands, board]


@pytest.mark.parametrize("rank_by", ["person_days_lost", "excess_person_days"])
@pytest.mark.parametrize("make", PLANTED)
def test_ranges_hold_what_they_are_ranges_of(make, rank_by: str) -> None:
    log, steps = make(1)
    analysis = Analysis.model_validate({"rank_by": rank_by})
    found, _ = find(log, steps, analysis=analysis)

    assert [each.rank for each in found] == list(range(1, len(found) + 1))
    seen = [each.kind is not None for each in found]
    assert seen == sorted(seen, reverse=True)
    for each in found:
        assert each.rank_range is not None
        assert each.interval is not None
        assert each.mean_days_per_case is not None
        low, high = each.rank_range
        assert 1 <= low <= each.rank <= high <= len(found)
        low, high = each.interval
        assert low <= each.mean_days_per_case <= high
        if each.kind != "batching":  # as long between all meetings: nothing varies
            assert low < high


def test_the_range_of_batches_ends_at_all_that_was_waited_for_one() -> None:
    made = Made(1)
    meets = np.ceil(made.came / 14) * 14
    meets = np.where((meets > 140) & (meets < 280), 280, meets)  # a recess
    made.events.clear()
    waited = made.rng.uniform(0, 2, made.n)
    made.happens("c", meets - waited)
    made.happens("d", meets)
    [found], _ = find(made.log(), {})

    assert found.kind == "batching"
    assert found.interval is not None
    assert found.interval[1] == pytest.approx(waited.mean(), rel=0.01)


@pytest.mark.parametrize("meets_on", [(1, 2), (1, 3), (0, 1, 2)])
@pytest.mark.parametrize("seed", range(2))
def test_rounds_need_not_be_equally_far_apart(meets_on: tuple[int, ...], seed: int) -> None:
    made = Made(seed)
    meets = np.array([day + 0.5 for day in range(DAYS + 14) if day % 7 in meets_on])
    made.happens("d", meets[np.searchsorted(meets, made.came)])
    [found], _ = find(made.log(), {}, as_of=AS_OF + dt.timedelta(days=14))
    waited = found.person_days_lost / found.cases

    assert found.kind == "batching"
    assert found.mean_days_per_case == pytest.approx(waited, rel=0.05)
    assert found.interval is not None
    assert found.interval[1] == pytest.approx(waited)


def test_those_that_are_alike_mostly_share_their_ranks() -> None:
    """Half of the cases go over one step, half over another: nine times in ten nobody can tell."""
    shared = 0
    for seed in range(10):
        made = Made(seed)
        is_e = np.arange(made.n) % 2 == 0
        at = made.came + made.gamma(10)
        made.happens("e", np.where(is_e, at, np.nan))
        made.happens("f", np.where(is_e, np.nan, at))
        made.happens("d", at + made.gamma(40))
        # before the decision there are two places as well, after e and after f
        ranges = {each.to: each.rank_range for each in find(made.log(), {})[0] if each.to != "d"}
        shared += ranges == {"e": (3, 4), "f": (3, 4)}

    assert shared >= 7


@pytest.mark.parametrize(
    ("make", "days", "share"),
    [(slow_supplier, 10, 1 / 3), (done_again, 16, 0.25), (board, 7, 1)],
)
def test_the_mean_per_case_is_what_was_planted(make, days: float, share: float) -> None:
    log, steps = make(2)
    [first, *_] = find(log, steps)[0]

    assert first.mean_days_per_case == pytest.approx(days * share, rel=0.1)
    assert first.interval is not None
    assert first.interval[0] * 0.95 <= days * share <= first.interval[1] * 1.05


def test_a_window_is_in_days_of_the_calendar() -> None:
    [first, *_] = find(*fewer_hands(0))[0]

    assert first.window is not None
    begin, end = (BEGIN + dt.timedelta(weeks=week) for week in (50, 60))
    assert abs(first.window.start - begin) <= dt.timedelta(weeks=3)
    assert abs(first.window.end - end) <= dt.timedelta(weeks=3)


def test_a_place_without_a_cause_has_its_wait_beyond_the_quickest_quarter() -> None:
    [found], _ = find_in(["a 10d z"] * 50 + ["a 30d z"] * 50)

    assert (found.kind, found.reference_days) == (None, 10)
    assert found.mean_days_per_case == pytest.approx(10)


def test_the_range_without_a_cause_covers_the_excess_nine_times_in_ten() -> None:
    """The excess varies more than the waits: what all must wait is in the one, not in the other."""
    a_wait = gamma(3.0, scale=10 / 3)
    truth = a_wait.expect(lambda days: days - a_wait.ppf(0.25), lb=a_wait.ppf(0.25))
    hits = 0
    for seed in range(100):
        made = Made(seed, a_week=4)
        made.happens("d", made.came + made.gamma(10))
        [found], _ = find(made.log(), {}, as_of=AS_OF + dt.timedelta(days=60))
        assert found.interval is not None
        hits += found.interval[0] <= truth <= found.interval[1]

    assert 86 <= hits <= 97


def test_where_nobody_went_on_there_is_no_range() -> None:
    [found], _ = find_in(["a"] * 60)

    assert (found.to, found.interval, found.kind) == (None, None, None)


@pytest.mark.parametrize(
    ("traces", "share"),
    [
        (["a 10d z"] * 99 + ["a 400d z"], 400 / 1390),
        (["a 10d z"] * 100, 0.01),
        # those who stand still longer than anyone who went on are a place of their own
        (["a 10d z"] * 200 + ["a 11d z"] * 100 + ["a"] * 60, 33 / 3100),
    ],
)
def test_how_much_the_longest_hundredth_holds(traces: list[str], share: float) -> None:
    found = next(each for each in find_in(traces)[0] if each.to == "z")
    evidence = {each.what: each.value for each in found.evidence}

    assert evidence["share_of_longest_hundredth"] == pytest.approx(share)


def test_nothing_at_all() -> None:
    assert find_in(["z"] * 50) == ([], [])
