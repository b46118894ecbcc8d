# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Findings made by hand against a truth made by hand."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from contracts.figures import Quantiles
from contracts.findings import (
    QUESTION,
    Bottleneck,
    ExplainedWait,
    Findings,
    Ledger,
    Log,
    Segment,
    Throughput,
    Validation,
    Window,
)
from simulation.score import is_median_near, score

AGENCY = "agency"


def place(text):
    """A place from ``A>B``."""
    return dict(zip(("from", "to"), text.split(">"), strict=True))


def plant(name, *places, kind="capacity", segment=None, windows=(), days=10.0):
    return {
        "id": name,
        "kind": kind,
        "places": [place(text) for text in places],
        "segment": segment and {"attribute": segment[0], "values": tuple(segment[1:])},
        "windows": [{"from": start, "to": end} for start, end in windows],
        "effect_mean_days": days,
    }


def decoy(name, *places, expected="waiting_on_citizen", window=None):
    return {
        "id": name,
        "places": [place(text) for text in places],
        "expected_class": expected,
        "window": window and {"from": window[0], "to": window[1]},
    }


def moment(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def stall(rank, at, **told):
    """A bottleneck: of the agency, ``days`` a case, in some ``segment`` and ``window``."""
    start, end = told.get("window", (None, None))
    return Bottleneck(
        rank=rank,
        **{"from": at.split(">")[0], "to": at.split(">")[1] or None},
        kind=told.get("kind", "capacity"),
        actor=told.get("actor", AGENCY),
        clocks=("citizen", "legal"),
        segment=Segment(attribute=told["segment"][0], values=told["segment"][1:])
        if "segment" in told
        else None,
        window=Window(start=moment(start), end=moment(end)) if start else None,
        cases=100,
        open_cases=1,
        person_days_lost=1.0,
        share_of_waiting=0.1,
        wait_days=Quantiles(p50=1.0, p90=2.0),
        reference_days=None,
        mean_days_per_case=told.get("days", 10.0),
        interval=told.get("interval"),
        certainty="high",
        question=QUESTION,
    )


def explained(at, told):
    start, end = at.split(">")
    return ExplainedWait(**{"from": start, "to": end, "class": told}, person_days=1.0, cases=10)


def scored(plants=(), stalls=(), decoys=(), waits=(), medians=(100.0, 100.0, 90.0)):
    """The score of bottlenecks and explained waits; ``medians``: true, said, of closed cases."""
    nothing = Quantiles(p50=None, p90=None)
    findings = Findings(
        process="x",
        run_id="r",
        as_of=moment("2026-01-01"),
        log=Log(
            **dict.fromkeys(Log.model_fields, None)
            | {"activities": 3, "suppressed": False}
            | dict.fromkeys(("events_at_least", "open_cases_at_least"), False),
        ),
        throughput_days=Throughput(p50=medians[1], p90=None, closed_only_p50=medians[2]),
        ledger=Ledger(),
        bottlenecks=tuple(stalls),
        explained_waits=tuple(waits),
        validation=Validation(
            success=True, expectations=0, failed=(), headline_without_quarantine=nothing
        ),
    )
    truth = {
        "process": "test",
        "planted": list(plants),
        "decoys": list(decoys),
        "throughput_days": {"p50": medians[0], "p90": None},
    }
    return score(truth, findings)


def ranks(told):
    return {each.plant: each.rank for each in told.found}


# ---- which bottleneck tells of which plant


def test_each_plant_has_a_bottleneck_of_its_own():
    told = scored(
        [plant("P", "A>B"), plant("Q", "B>C", kind="rework", days=3.0)],
        [stall(1, "B>C", kind="rework", days=3.5, interval=(2.0, 4.0)), stall(2, "A>B", days=8.0)],
    )

    assert told.found == (
        ("P", "capacity", 2, "capacity", True, 10.0, 8.0, None),
        ("Q", "rework", 1, "rework", True, 3.0, 3.5, True),
    )
    assert all(each.is_in_top and each.is_kind_true and each.is_effect_near for each in told.found)


def test_where_nothing_is_found():
    told = scored([plant("P", "A>B")], [stall(1, "B>A"), stall(2, "A>C"), stall(3, "A>")])

    assert told.found == (("P", "capacity", None, None, None, 10.0, None, None),)
    assert not told.found[0].is_in_top
    assert not told.found[0].is_kind_true
    assert not told.found[0].is_effect_near


def test_without_findings_and_without_plants():
    assert ranks(scored([plant("P", "A>B")])) == {"P": None}
    assert scored(stalls=[stall(1, "A>B")]).found == ()
    assert scored().segments == 0


@pytest.mark.parametrize(("rank", "is_in_top"), [(1, True), (5, True), (6, False)])
def test_only_five_are_at_the_top(rank, is_in_top):
    (found,) = scored([plant("P", "A>B")], [stall(rank, "A>B")]).found

    assert found.is_in_top is is_in_top


def test_of_two_plants_at_one_place_one_bottleneck_tells_of_the_one_of_its_kind():
    plants = [plant("P", "A>B"), plant("Q", "A>B", kind="prioritisation")]

    assert ranks(scored(plants, [stall(1, "A>B")])) == {"P": 1, "Q": None}
    assert ranks(scored(plants, [stall(1, "A>B", kind="prioritisation")])) == {"P": None, "Q": 1}


def test_of_two_plants_at_one_place_each_has_the_bottleneck_of_its_kind():
    told = scored(
        [plant("P", "A>B"), plant("Q", "A>B", kind="prioritisation")],
        [stall(1, "A>B", kind="prioritisation"), stall(2, "A>B")],
    )

    assert ranks(told) == {"P": 2, "Q": 1}


def test_of_two_plants_of_a_kind_the_segment_tells_which():
    told = scored(
        [plant("P", "A>B", segment=("x", "1")), plant("Q", "A>B")],
        [stall(1, "A>B"), stall(2, "A>B", segment=("x", "1"))],
    )

    assert ranks(told) == {"P": 2, "Q": 1}


def test_the_right_kind_goes_before_the_right_segment_and_the_higher_rank():
    told = scored(
        [plant("P", "A>B", segment=("x", "1"))],
        [stall(1, "A>B", kind="rework", segment=("x", "1")), stall(2, "A>B")],
    )

    assert ranks(told) == {"P": 2}


def test_of_two_alike_the_higher_rank_tells():
    assert ranks(scored([plant("P", "A>B")], [stall(2, "A>B"), stall(1, "A>B")])) == {"P": 1}


def test_a_bottleneck_of_another_kind_is_at_the_place_yet():
    (found,) = scored([plant("P", "A>B")], [stall(1, "A>B", kind="rework")]).found

    assert (found.rank, found.kind_said, found.is_kind_true) == (1, "rework", False)


# ---- what it is said to cost


def test_other_places_of_a_plant_add_to_what_it_costs():
    (found,) = scored(
        [plant("P", "A>B", "C>B", "D>B")],
        [stall(1, "A>B", days=4.0, interval=(3.0, 5.0)), stall(2, "D>B", days=5.0)],
    ).found

    assert (found.rank, found.effect_said_days) == (1, 9.0)
    assert found.is_covered is None  # the ranges of two do not add up


def test_a_second_bottleneck_at_one_place_does_not_add():
    (found,) = scored(
        [plant("P", "A>B")], [stall(1, "A>B", days=4.0), stall(2, "A>B", days=5.0)]
    ).found

    assert found.effect_said_days == 4


def test_what_tells_of_one_plant_does_not_add_to_another():
    told = scored(
        [plant("P", "A>B", "C>B"), plant("Q", "C>B", "C>D", kind="prioritisation")],
        [
            stall(1, "A>B", days=4.0),
            stall(2, "C>B", days=1.0, kind="prioritisation"),
            stall(3, "C>D", days=0.5, kind="prioritisation"),
        ],
    )

    assert [each.effect_said_days for each in told.found] == [4.0, 1.5]


def test_every_plant_has_its_first_before_any_has_its_second():
    told = scored(
        [plant("P", "A>B", "C>B"), plant("Q", "C>B", kind="prioritisation")],
        [stall(1, "A>B", days=4.0), stall(2, "C>B", days=1.0)],
    )

    assert ranks(told) == {"P": 1, "Q": 2}
    assert [each.effect_said_days for each in told.found] == [4.0, 1.0]


@pytest.mark.parametrize(
    ("true", "said", "is_near"),
    [
        (10, 12.5, True),
        (10, 7.5, True),
        (10, 12.6, False),
        (10, 7.4, False),
        (0.3, 1.3, True),
        (0.3, 1.4, False),
        (2, 3, True),
        (2, 0.9, False),
        (-10, -12, True),
        (0, 0, True),
    ],
)
def test_a_cost_is_near_within_a_quarter_or_a_day(true, said, is_near):
    (found,) = scored([plant("P", "A>B", days=true)], [stall(1, "A>B", days=said)]).found

    assert found.is_effect_near is is_near


@pytest.mark.parametrize(
    ("interval", "is_covered"),
    [(None, None), ((8.0, 12.0), True), ((10.0, 12.0), True), ((1.0, 9.9), False)],
)
def test_a_range_covers_the_cost_or_not(interval, is_covered):
    (found,) = scored([plant("P", "A>B")], [stall(1, "A>B", interval=interval)]).found

    assert found.is_covered is is_covered


# ---- in what group and when


@pytest.mark.parametrize(
    ("true", "said", "is_true"),
    [
        (("x", "1", "2"), ("x", "1", "2"), True),
        (("x", "1", "2"), ("x", "2", "1"), True),
        (("x", "1", "2"), ("x", "1"), False),
        (("x", "1", "2"), ("x", "1", "2", "3"), False),
        (("x", "1"), ("y", "1"), False),
        (("x", "1"), None, False),
        (None, ("x", "1"), False),
        (None, None, True),
    ],
)
def test_a_segment_is_told_exactly_or_not(true, said, is_true):
    told = {"segment": said} if said else {}
    (found,) = scored([plant("P", "A>B", segment=true)], [stall(1, "A>B", **told)]).found

    assert found.is_where_true is is_true


SPRING = ("2025-03-01", "2025-05-31")


@pytest.mark.parametrize(
    ("windows", "said", "is_true"),
    [
        ([SPRING], SPRING, True),
        ([SPRING], ("2025-04-01", "2025-07-01"), True),  # 31 days at both ends
        ([SPRING], ("2025-01-29", "2025-04-30"), True),
        ([SPRING], ("2025-04-02", "2025-05-31"), False),
        ([SPRING], ("2025-03-01", "2025-07-02"), False),
        ([SPRING], ("2024-03-01", "2024-05-31"), False),
        ([("2024-03-01", "2024-05-31"), SPRING], SPRING, True),  # one of the years will do
        ([SPRING], None, False),
        ([], SPRING, False),
        ([], None, True),
    ],
)
def test_a_window_is_told_within_a_month_or_not(windows, said, is_true):
    told = {"window": said} if said else {}
    (found,) = scored([plant("P", "A>B", windows=windows)], [stall(1, "A>B", **told)]).found

    assert found.is_where_true is is_true


def test_a_segment_and_a_window_must_both_be_told():
    both = plant("P", "A>B", segment=("x", "1"), windows=[SPRING])

    for told, is_true in (
        ({"segment": ("x", "1"), "window": SPRING}, True),
        ({"segment": ("x", "1")}, False),
        ({"window": SPRING}, False),
    ):
        (found,) = scored([both], [stall(1, "A>B", **told)]).found
        assert found.is_where_true is is_true


def test_bottlenecks_of_a_segment_or_a_window_are_counted():
    told = scored(
        stalls=[
            stall(1, "A>B"),
            stall(2, "A>B", segment=("x", "1")),
            stall(3, "B>C", window=SPRING),
            stall(4, "C>D", segment=("x", "1"), window=SPRING),
        ]
    )

    assert told.segments == 3


# ---- decoys


def test_a_decoy_that_is_explained_and_not_blamed():
    told = scored(
        decoys=[decoy("D", "A>B", "C>B")],
        waits=[explained("C>B", "waiting_on_citizen"), explained("A>C", "outside")],
    )

    assert told.called == (("D", False, "waiting_on_citizen", ("waiting_on_citizen",)),)
    assert told.called[0].is_explained


@pytest.mark.parametrize(
    ("at", "actor", "is_blamed"),
    [
        ("A>B", AGENCY, True),
        ("A>B", "citizen", False),
        ("A>B", "third_party", False),
        ("A>B", None, False),
        ("B>A", AGENCY, False),
    ],
)
def test_a_decoy_is_blamed_on_the_agency_by_a_bottleneck_of_it_there(at, actor, is_blamed):
    (called,) = scored(decoys=[decoy("D", "A>B")], stalls=[stall(1, at, actor=actor)]).called

    assert called.is_blamed is is_blamed
    assert not called.is_explained


def test_a_decoy_can_be_blamed_and_explained():
    (called,) = scored(
        decoys=[decoy("D", "A>B")],
        stalls=[stall(9, "A>B")],
        waits=[explained("A>B", "waiting_on_citizen"), explained("A>B", "outside")],
    ).called

    assert called == ("D", True, "waiting_on_citizen", ("outside", "waiting_on_citizen"))
    assert called.is_explained


def test_another_class_does_not_explain_a_decoy():
    (called,) = scored(decoys=[decoy("D", "A>B")], waits=[explained("A>B", "outside")]).called

    assert not called.is_explained


@pytest.mark.parametrize("actor", [AGENCY, "citizen"])
def test_a_decoy_that_is_hardly_anything_need_only_be_left_alone(actor):
    (called,) = scored(
        decoys=[decoy("D", "A>B", expected=None)], stalls=[stall(1, "A>B", actor=actor)]
    ).called

    assert called.is_blamed is (actor == AGENCY)
    assert called.is_explained is (actor != AGENCY)


def test_what_tells_of_a_plant_does_not_blame_the_decoy_at_its_place():
    plants, decoys = [plant("P", "A>B")], [decoy("D", "A>B")]

    assert not scored(plants, [stall(1, "A>B")], decoys).called[0].is_blamed
    assert scored(plants, [stall(1, "A>B"), stall(2, "A>B")], decoys).called[0].is_blamed


SUMMER = ("2024-05-01", "2024-09-30")


@pytest.mark.parametrize(
    ("window", "is_blamed"),
    [
        (SUMMER, True),
        (("2024-05-20", "2024-10-31"), True),
        (("2024-05-01", "2024-11-01"), False),
        (("2025-05-01", "2025-09-30"), False),
        (None, False),
    ],
)
def test_a_pause_is_blamed_by_a_bottleneck_of_its_window(window, is_blamed):
    told = {"window": window} if window else {}
    (called,) = scored(
        decoys=[decoy("D", "A>B", expected="policy_pause", window=SUMMER)],
        stalls=[stall(1, "A>B", **told)],
    ).called

    assert called.is_blamed is is_blamed


@pytest.mark.parametrize("others", [[], [stall(2, "A>B", kind="handover", segment=("x", "1"))]])
def test_a_pause_that_is_blamed_does_not_tell_of_the_plant_at_its_place(others):
    """As IMG-B3 and IMG-D2: a segment and a pause before the same step."""
    told = scored(
        [plant("P", "A>B", "C>B", kind="handover", segment=("x", "1"))],
        [stall(1, "C>B", window=SUMMER), *others],
        [decoy("D", "A>B", "C>B", expected="policy_pause", window=SUMMER)],
    )

    assert told.called[0].is_blamed
    assert ranks(told) == {"P": 2 if others else None}


# ---- medians, and the whole as JSON


@pytest.mark.parametrize(
    ("true", "said", "is_near"),
    [
        (100, 110, True),
        (100, 90, True),
        (100, 111, False),
        (100, 89, False),
        (None, None, True),
        (None, 100, False),
        (100, None, False),
        (0, 0, True),
    ],
)
def test_a_median_is_near_within_a_tenth(true, said, is_near):
    assert is_median_near(true, said) is is_near


def test_the_medians_are_true_said_and_of_closed_cases():
    assert scored(medians=(100.0, 104.0, 80.0)).medians == (100.0, 104.0, 80.0)
    assert scored(medians=(None, None, None)).medians == (None, None, None)


def test_a_score_goes_into_json():
    told = scored(
        [plant("P", "A>B", segment=("x", "1"))],
        [stall(1, "A>B", segment=("x", "1"), interval=(9.0, 11.0))],
        [decoy("D", "B>C")],
        medians=(None, 1.0, None),
    )

    assert json.loads(json.dumps(told.document())) == {
        "process": "test",
        "found": [
            {
                "plant": "P",
                "kind": "capacity",
                "rank": 1,
                "kind_said": "capacity",
                "is_where_true": True,
                "effect_days": 10.0,
                "effect_said_days": 10.0,
                "is_covered": True,
            }
        ],
        "called": [
            {
                "decoy": "D",
                "is_blamed": False,
                "expected": "waiting_on_citizen",
                "explained": [],
            }
        ],
        "segments": 1,
        "medians": [None, 1.0, None],
    }


def test_a_truth_that_was_read_from_its_file_scores_the_same():
    truth = plant("P", "A>B", segment=("x", "1", "2"), windows=[SPRING])
    said = [stall(1, "A>B", segment=("x", "2", "1"), window=SPRING)]

    assert scored([json.loads(json.dumps(truth))], said) == scored([truth], said)
