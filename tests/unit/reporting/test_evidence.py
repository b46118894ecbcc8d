# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the log shows of a cause, in sentences."""

from __future__ import annotations

import datetime as dt
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from contracts.findings import Kind, Segment, Window
from reporting.words import evidence, kinds
from reporting.words.speech import Speech
from tests.unit.reporting import sample
from tests.unit.reporting.sample import seen

EN = Speech("en", ZoneInfo("Europe/Amsterdam"))
AS_OF = dt.datetime(2025, 12, 31, tzinfo=dt.UTC)


def found(**changes):
    bare = {"kind": None, "segment": None, "window": None, "evidence": (), **changes}
    return sample.findings().bottlenecks[0].model_copy(update=bare)


@pytest.mark.parametrize(
    ("figures", "sentences"),
    [
        ({}, []),
        ({"share_of_longest_hundredth": 0.249}, []),
        ({"share_of_longest_hundredth": None}, []),
        (
            {"share_of_longest_hundredth": 0.25},
            [
                (
                    "A few long waits weigh heavily: the longest 1 in 100 are together 25% of the"
                    " waiting here."
                )
            ],
        ),
        (
            {"rounds": 1, "days_a_round": 1.0},
            [
                "This extra round was made 1 time.",
                "One round took 1 day of waiting on average.",
            ],
        ),
        (
            {"share_of_group": 0.37, "share_of_rest": None},
            ["Of this group 37% make such an extra round, of the other cases few."],
        ),
        (
            {"wait_grows_with_queue": 0.4},
            ["When more cases wait, a case waits longer (correlation 0.4; 1 is the highest)."],
        ),
        (
            {"wait_grows_with_queue": 0.39},
            [
                (
                    "When more cases wait, a case waits somewhat longer "
                    "(correlation 0.4; 1 is the highest)."
                )
            ],
        ),
        (
            {"times_the_ordinary_wait": 2.383},
            ["In this period the wait was 2.4 times as long as in ordinary weeks."],
        ),
        (
            {"times_the_ordinary_wait": 2.0, "periods": 4.0},
            [
                "In this period the wait was 2 times as long as in ordinary weeks.",
                (
                    "The log has 4 periods with longer waits; this is about the one with the most"
                    " extra waiting. The extra waiting is that of all of them."
                ),
            ],
        ),
        (
            {"hands": 0.44, "times_the_ordinary_wait": 2.7, "periods": 2.0},
            [
                "In this period fewer people did this step: 44% of the usual number.",
                "In this period the wait was 2.7 times as long as in ordinary weeks.",
                (
                    "The log has 2 periods with longer waits; this is about the one with the most"
                    " extra waiting. The extra waiting is that of all of them."
                ),
            ],
        ),
        (
            {"days_between_batches": 7.0, "share_on_batch_days": 0.92},
            [
                (
                    "The step is finished in rounds, mostly 7 days apart; 92% of all cases are"
                    " finished on such a day."
                )
            ],
        ),
        (
            {
                "mean_days_of_group": 154.1,
                "mean_days_of_rest": 89.8,
                "share_of_cases_in_group": 0.6,
            },
            [
                (
                    "Cases that a certain organisation took up waited 154 days on average, other"
                    " cases of the same weeks 89.8 days."
                ),
                "This difference is almost certainly not chance.",
            ],
        ),
    ],
)
def test_a_sign_is_a_sentence(figures, sentences):
    assert evidence.signs(found(evidence=seen(**figures)), EN) == sentences


def test_a_group_is_a_share_of_those_who_wait_for_the_step() -> None:
    """From wherever they come: that is whom the group was looked for among."""
    figures = seen(mean_days_of_group=4, mean_days_of_rest=2, share_of_cases_in_group=0.22)
    told = evidence.signs(
        found(evidence=figures, segment=Segment(attribute="region", values=("North",))), EN
    )

    assert "This group is 22% of those who wait for this step." in told


@pytest.mark.parametrize(
    ("values", "most", "words"),
    [
        (("a",), 3, "region: a"),
        (("a", "b", "c"), 3, "region: a, b, c"),
        (("a", "b", "c", "d", "e"), 3, "region: a, b, c and 2 more"),
        (("a", "b", "c", "d", "e"), None, "region: a, b, c, d, e"),
    ],
)
def test_a_group_is_told_in_a_line(values, most, words):
    group = found(segment=Segment(attribute="region", values=values))

    assert evidence.group(group, EN, most) == words


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("2025-11-20", "from 5 June 2025 to 19 November 2025"),
        ("2025-12-31", "since 5 June 2025"),
        ("2026-01-08", "since 5 June 2025"),
    ],
)
def test_a_period_that_lasts_has_no_end(end, words):
    window = Window(**{"from": "2025-06-05T00:00:00Z", "to": f"{end}T00:00:00Z"})

    assert evidence.period(found(window=window), AS_OF, EN) == words


OF_NO_BOTTLENECK = {"policy_pause", "waiting_on_citizen"}


@pytest.mark.parametrize("kind", [each for each in get_args(Kind) if each not in OF_NO_BOTTLENECK])
def test_every_kind_has_words_once_it_is_seen(kind):
    told = found(kind=kind, evidence=seen(hands=0.8))

    (meaning,) = kinds.meanings([told], (), EN)

    assert kinds.label(told, EN) == kinds.LABEL[kind]
    assert meaning["anchor"] == f"kind-{kind}"
    assert kinds.first_question(told, EN).endswith("?")


@pytest.mark.parametrize("kind", [*sorted(OF_NO_BOTTLENECK), None])
def test_what_has_no_words_is_told_as_not_seen(kind):
    told = found(kind=kind, evidence=seen(hands=0.8))

    (meaning,) = kinds.meanings([told], (), EN)

    assert kinds.label(told, EN) == meaning["label"] == "The log does not show why"
    assert kinds.first_question(told, EN) is None


@pytest.mark.parametrize(
    ("segments", "words", "not_said"),
    [
        ((), "so it is not known whether one group waits longer than others", "no group by"),
        ((), "The configuration names no groups", "without a value"),
        (
            ("regio", "case:soort_zaak"),
            "no group of 30 waits or more (by regio or soort zaak), no period",
            "names no",
        ),
        (("regio",), "Cases without a value there were not compared.", "names no"),
    ],
)
def test_of_a_wait_without_a_cause_it_says_what_was_looked_for(segments, words, not_said):
    (meaning,) = kinds.meanings([found(kind=None)], segments, EN)

    assert words in meaning["words"]
    assert not_said not in meaning["words"]


@pytest.mark.parametrize(
    ("kind", "label", "meaning"),
    [
        (None, "The log does not show why", "unknown"),
        (
            "third_party_capacity",
            "Waiting on another party; the log does not show why it takes this long",
            "unknown",
        ),
        ("statutory_wait", "Always as long: probably a fixed term", "statutory_wait"),
        (
            "before_the_clock",
            "Waiting before the clock starts; the log does not show why it takes this long",
            "before_the_clock",
        ),
    ],
)
def test_a_kind_that_is_not_seen_is_not_said_to_be_the_cause(kind, label, meaning):
    told = found(kind=kind, evidence=seen(share_of_longest_hundredth=0.1))

    assert (kinds.label(told, EN), kinds.meaning_of(told)) == (label, meaning)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"evidence": seen(rounds=40)}, "all waiting in the extra rounds"),
        (
            {"evidence": seen(rounds=40), "segment": Segment(attribute="a", values=("b",))},
            "more often than the other cases",
        ),
        (
            {"evidence": seen(mean_days_of_group=4)},
            "longer these cases wait than other cases of the same weeks",
        ),
        (
            {"evidence": seen(mean_days_of_group=4), "kind": "prioritisation"},
            "longer these cases wait than the average of all cases",
        ),
        ({"evidence": seen(times_the_ordinary_wait=2)}, "ordinary weeks, on average 25 days"),
        ({"evidence": seen(wait_grows_with_queue=0.5)}, "shortest waits, on average 25 days"),
        (
            {
                "evidence": seen(days_between_batches=7),
                "kind": "batching",
                "reference_days": None,
            },
            "for the day of the next round",
        ),
        ({}, "longer cases wait than 25 days: a quarter"),
    ],
)
def test_it_says_what_is_counted(changes, words):
    assert words in evidence.compared_with(found(**changes), EN, is_norm=False)


def test_a_norm_of_the_law_is_what_is_counted_from():
    assert "that the law allows" in evidence.compared_with(found(), EN, is_norm=True)


def test_where_a_quarter_goes_on_at_once_no_time_is_told():
    told = evidence.compared_with(found(reference_days=0.0, evidence=()), EN, is_norm=False)

    assert told.endswith("because a quarter of the cases go on at once.")


def test_without_a_reference_nothing_is_compared():
    assert evidence.compared_with(found(reference_days=None), EN, is_norm=False) == ""
