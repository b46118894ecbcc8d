# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is said of a place: what, of whom, since when, how much, and how sure; or of no place."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from contracts.figures import Quantiles
from contracts.findings import Evidence
from contracts.tables import TABLES
from reporting.drawing.map_view import MapView
from reporting.drawing.route_map import draw
from reporting.page import hands
from reporting.page.limits import limits
from reporting.page.turns_section import explained, other_explained
from reporting.page.wait_section import wait_sections
from reporting.words.bottlenecks import Wait, waits
from reporting.words.counts import Basis
from reporting.words.names import Names
from reporting.words.speech import Speech
from reporting.words.story import answer, further, key_figures, order
from tests.unit.reporting import sample

NAMES = Names(sample.settings(), Speech("en", ZoneInfo("Europe/Amsterdam")))
BASE = sample.findings()
BETWEEN = NAMES.place(sample.H, sample.I)


def told(*changes: dict[str, object]) -> list[Wait]:
    """The first place of the sample, told of as often as there are changes to it."""
    found = [
        BASE.bottlenecks[0].model_copy(update={"rank": rank, **changed})
        for rank, changed in enumerate(changes, start=1)
    ]
    return waits(BASE.model_copy(update={"bottlenecks": tuple(found)}), NAMES)


@pytest.mark.parametrize(
    ("open_cases", "value", "words"),
    [
        (57, "57", "cases wait here now"),
        (None, "not shown", "how many cases wait here now"),
    ],
)
def test_a_hidden_number_of_waiting_cases_makes_a_sentence(open_cases, value, words):
    (wait,) = told({"open_cases": open_cases})
    (figure,) = (each for each in wait.figures if each.measure == "waiting")

    assert (figure.value, figure.words) == (value, words)


@pytest.mark.parametrize(
    ("open_cases", "at_least", "value", "words"),
    [
        (412, False, "412", "cases (10%) were not done yet when the data ended"),
        (410, True, "at least 410", "cases were not done yet when the data ended"),
        (None, False, "not shown", "how many cases were not done yet"),
    ],
)
def test_a_number_of_open_cases_makes_a_sentence(open_cases, at_least, value, words):
    log = BASE.log.model_copy(update={"open_cases": open_cases, "open_cases_at_least": at_least})
    found = BASE.model_copy(update={"log": log})
    figure = key_figures(found, sample.tables()["survival"], NAMES.speech)[-1]

    assert (figure.value, figure.words) == (value, words)


@pytest.mark.parametrize(
    ("number", "whom", "since"),
    [
        (
            1,
            (
                "The signs show in cases with specialisme: neurologie, oogheelkunde;"
                " the figures are of all cases."
            ),
            "The log does not show since when.",
        ),
        (
            2,
            "This is about all cases that come here.",
            (
                "The signs show from 5 June 2025 to 19 November 2025;"
                " the figures are of the whole log."
            ),
        ),
    ],
)
def test_it_says_of_whom_and_since_when(number, whom, since):
    wait = waits(BASE, NAMES)[number - 1]

    assert (wait.whom, wait.since) == (whom, since)


def test_a_number_on_a_step_at_the_edge_of_the_map_is_whole():
    view = MapView(steps={sample.H: 120}, moves=(), detours=(), starts=(), ends=())
    drawn = draw(view, told({"from_": sample.H, "to": None}), NAMES)
    width, height = (
        float(each) for each in re.search(r'viewBox="0 0 (\S+) (\S+)"', drawn).groups()
    )
    right, down = (float(each) for each in re.search(r"translate\((\S+) (\S+)\)", drawn).groups())
    x, y, radius = (
        float(re.search(f'<circle [^>]*\\b{name}="([^"]+)"', drawn)[1])
        for name in ("cx", "cy", "r")
    )
    focused = radius + 6

    assert focused <= x + right <= width - focused
    assert focused <= y + down <= height - focused


def test_where_no_groups_are_compared_it_says_so():
    settings = sample.settings()
    alone = settings.model_copy(
        update={"analysis": settings.analysis.model_copy(update={"segments": ()})}
    )
    wait = waits(BASE, Names(alone, NAMES.speech))[1]

    assert wait.whom == (
        "This is about all cases that come here; the configuration names no groups to compare."
    )


@pytest.mark.parametrize(("closing", "is_told"), [(None, True), ("afsluitdatum", False)])
def test_nobody_works_on_a_moment_of_closing(closing, is_told):
    columns = {"closing_timestamp": closing}
    source = {"path": "exports/*.csv", "columns": columns, "case_attributes": ["specialisme"]}
    settings = sample.settings(sources=[source])
    place = BASE.bottlenecks[0].model_copy(update={"to": "afsluitdatum"})
    empty = pl.DataFrame(schema=TABLES["work_band"])

    said = limits(place, BASE, empty, Names(settings, NAMES.speech))

    assert any("does not say when work on" in each for each in said) is is_told


def test_a_name_of_a_column_is_written_as_words():
    segment = BASE.bottlenecks[0].segment.model_copy(update={"attribute": "dagen_tot_verval"})
    (wait,) = told({"segment": segment})

    assert wait.about == "dagen tot verval: neurologie, oogheelkunde"


def test_a_place_that_was_told_of_before_says_so():
    first, again = told({}, {"segment": None})

    assert (first.again, again.again) == ("", "The same place as number 1.")


def test_what_is_extra_is_told_in_brief_where_a_cause_is_seen():
    seen, unseen = told({}, {"evidence": ()})

    assert (seen.extra, unseen.extra) == ("11.7 days extra per case", "")


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((1.6, 45.7), "within 1.6 working days, and 1 in 10 waits 45.7 working days or longer."),
        ((0.04, 9.7), "Counted in opening hours only, 1 in 10 cases waits 9.7 working"),
        ((308.4, 377.7), "within 308 working days, and 1 in 10 waits 378 working"),
        ((1.0, None), "half of the cases go on within 1 working day."),
        ((0.04, 0.04), ""),
        ((None, None), ""),
    ],
)
def test_working_days_have_their_unit_and_none_is_no_time(days, words):
    (wait,) = told({"wait_working_days": Quantiles(p50=days[0], p90=days[1])})
    counted = [remark for remark in wait.remarks if "opening hours" in remark]

    assert len(counted) == bool(words)
    assert words in "".join(counted)


@pytest.mark.parametrize(
    ("share", "heading"),
    [
        (0.5, f"A few cases stand still for very long {BETWEEN}"),
        (0.49, f"1 in 10 cases stands still for 10 minutes or longer {BETWEEN}"),
    ],
)
def test_where_few_cases_weigh_most_the_heading_is_about_those(share, heading):
    evidence = (Evidence(what="share_of_longest_hundredth", value=share),)
    days = Quantiles(p50=0.001, p90=10 / 1440)
    (wait,) = told({"kind": None, "segment": None, "evidence": evidence, "wait_days": days})

    assert wait.heading == heading


def test_of_cases_that_stand_still_it_says_that_so_many_were_not_seen_to_go_on():
    """Some who stood still as long were: those that are expected to are counted elsewhere."""
    (wait,) = told({"to": None, "segment": None, "kind": None, "cases": 50})

    assert wait.summary == (
        "50 cases stand still here: that many of the cases that stood still this long did not go "
        "on in the log."
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            [(sample.A, sample.B, 40, 40.0, 0.04), (sample.J, sample.K, 90, 90.0, 0.09)],
            f"nothing explains is in 1 place (4%): {NAMES.place(sample.A, sample.B)}.",
        ),
        (
            [(sample.A, sample.B, 29, 9.0, 0.1), (sample.B, sample.C, 40, 40.0, 0.4)],
            f"over 2 places. The largest of these (40%) is {NAMES.place(sample.B, sample.C)}.",
        ),
        (
            [(sample.A, sample.B, 29, 9.0, 0.1), (sample.B, sample.C, 12, 40.0, 0.9)],
            f"Most of the waiting that may be shown is {NAMES.place(sample.B, sample.C)} (90%).",
        ),
        (
            [(sample.J, sample.K, 90, 90.0, 0.09)],
            "The reason is known for all waiting that may be shown",
        ),
        ([], "No case was seen to wait between two steps."),
        ([(sample.A, sample.B, 60, 0.0, 0.0)], "No case was seen to wait between two steps."),
        (
            [(sample.A, sample.B, 60, 0.0, 0.0), (sample.J, sample.K, 90, 90.0, 0.0)],
            "The reason is known for all waiting that may be shown.",
        ),
    ],
)
def test_without_a_place_it_says_where_the_waiting_is(rows, words):
    names = ("from", "to", "cases", "person_days", "share_of_waiting")
    schema = {name: TABLES["waits"][name] for name in names}
    table = pl.DataFrame(rows, schema=schema, orient="row")

    assert words in answer(BASE.model_copy(update={"bottlenecks": ()}), table, NAMES)


def test_waits_of_too_few_cases_are_not_told_as_none():
    hidden = BASE.model_copy(update={"bottlenecks": (), "waits_left_out": True})

    assert answer(hidden, pl.DataFrame(schema=TABLES["waits"]), NAMES) == (
        "No wait in this process has enough cases to be shown."
    )


def _answer(*rows: tuple[str, str | None, int | None, float], ranked: tuple[float, ...]) -> str:
    """What is said first where ``rows`` may be shown, and so much waits at the ranked places."""
    names = ("from", "to", "cases", "share_of_waiting")
    table = pl.DataFrame(rows, schema={n: TABLES["waits"][n] for n in names}, orient="row")
    places = ((sample.B, sample.C), (sample.H, sample.I))
    found = tuple(
        BASE.bottlenecks[0].model_copy(
            update={"from_": from_, "to": to, "rank": rank, "share_of_waiting": share}
        )
        for rank, ((from_, to), share) in enumerate(zip(places, ranked, strict=False), start=1)
    )
    return answer(BASE.model_copy(update={"bottlenecks": found}), table, NAMES)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            (sample.B, None, 19, 0.34),
            (
                f" Another place has more (34%): {NAMES.place(sample.B, None)}, where cases stand"
                " still that have not gone on. That place is not in the list: it has fewer than 30"
                " cases."
            ),
        ),
        (
            (sample.A, sample.B, 30, 0.34),
            f" Another place has more (34%): {NAMES.place(sample.A, sample.B)}.",
        ),
        ((sample.A, sample.B, 19, 0.32), ""),
        ((sample.J, sample.K, 19, 0.4), ""),  # the reason is known
    ],
)
def test_a_place_outside_the_list_where_more_waiting_is_is_named(row, words):
    said = _answer((sample.B, sample.C, 101, 0.33), row, ranked=(0.33, 0.32))

    assert said == (
        "Of all the time that cases stand still, 65% is in 2 places. The largest of these (33%) is"
        f" {NAMES.place(sample.B, sample.C)}.{words}"
    )
    assert _answer(row, ranked=(0.33,)).endswith(words)


def test_a_number_of_cases_that_is_rounded_down_is_at_least_so_many():
    [exact, rounded] = told({}, {"cases": 1340, "cases_at_least": True})

    assert rounded.summary.startswith("At least 1,340 cases waited here")
    assert "least" not in exact.summary
    assert Basis.of(rounded.source) == Basis(1340, None, at_least=True, of_place=True)


def test_where_waits_are_left_out_shares_are_said_to_be_of_those_that_are_shown():
    left_out = BASE.model_copy(update={"waits_left_out": True})
    (two, one), none = [
        [
            answer(
                found.model_copy(update={"bottlenecks": BASE.bottlenecks[:n]}),
                sample.tables()["waits"],
                NAMES,
            )
            for n in (2, 1)
        ]
        for found in (left_out, BASE)
    ]

    assert two.startswith("Of the waiting that may be shown, ")
    assert one.startswith("Of the waiting that may be shown, ")
    assert all(
        each.endswith("Places with fewer than 10 cases are not counted.") for each in (one, two)
    )
    assert not any("may be shown" in each or "fewer than 10" in each for each in none)
    assert "of the waiting that is shown" in waits(left_out, NAMES)[0].share
    assert "of all waiting" in waits(BASE, NAMES)[0].share


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ("ABCDE", "2 more of these places are further down."),
        ("ABCAD", "One more of these places is further down."),
        ("ABCAB", ""),
        ("ABC", ""),
    ],
)
def test_the_list_and_the_answer_count_the_same_places(places, words):
    found = [{"from_": each, "share_of_waiting": 0.1} for each in places]
    findings = BASE.model_copy(
        update={"bottlenecks": tuple(BASE.bottlenecks[0].model_copy(update=f) for f in found)}
    )

    assert f"in {len(set(places))} places" in answer(findings, sample.tables()["waits"], NAMES)
    assert further(findings, NAMES.speech) == words


SEEN = BASE.bottlenecks[0].evidence
FIRST_COME = "First come the places where the log shows a cause, those with the most "


@pytest.mark.parametrize(
    ("by", "places", "words"),
    [
        ("person_days_lost", [(SEEN, 0.3), (SEEN, 0.1), ((), 0.2)], f"{FIRST_COME}waiting on top;"),
        ("person_days_lost", [(SEEN, 0.3), (SEEN, 0.2), ((), 0.1)], ""),
        ("person_days_lost", [(SEEN, 0.3), (SEEN, 0.091), ((), 0.094)], ""),  # both read 9%
        ("excess_person_days", [(SEEN, 0.1), ((), 0.2)], f"{FIRST_COME}extra waiting on top;"),
        ("excess_person_days", [((), 0.1), ((), 0.2)], "The places with the most extra waiting"),
        ("cases", [(SEEN, 0.1), ((), 0.2)], f"{FIRST_COME}cases on top; then the others."),
        ("cases", [(SEEN, 0.1), (SEEN, 0.2)], "The places with the most cases come first."),
        ("cases", [(SEEN, 0.2), (SEEN, 0.1)], ""),
    ],
)
def test_why_more_waiting_stands_lower_is_said_only_where_it_does(by, places, words):
    found = tuple(
        BASE.bottlenecks[0].model_copy(update={"evidence": evidence, "share_of_waiting": share})
        for evidence, share in places
    )
    names = Names(sample.settings(analysis={"rank_by": by}), NAMES.speech)
    said = order(BASE.model_copy(update={"bottlenecks": found}), names)

    assert said.startswith(words)
    assert bool(said) == bool(words)


def test_of_many_waits_that_are_meant_to_be_the_others_are_added_up():
    (wait, *_) = BASE.explained_waits
    many = [wait.model_copy(update={"person_days": days}) for days in range(1, 14)]
    findings = BASE.model_copy(update={"explained_waits": tuple(many)})

    assert [row["days"] for row in explained(findings, NAMES)][:2] == ["13", "12"]
    said = other_explained(findings, NAMES.speech)
    assert said == "And 3 more such places: 6 days in all."
    assert other_explained(BASE, NAMES.speech) == ""


@pytest.mark.parametrize(("known_days", "rows"), [(5.0, 4), (4.9, 0)])
def test_where_the_log_knows_hardly_any_work_nothing_is_said_of_it(known_days, rows):
    wait = waits(BASE, NAMES)[0]
    parts = {"contention_days": known_days, "other_days": 100.0 - known_days}
    table = pl.DataFrame(
        [{"from": wait.source.from_, "to": wait.source.to, "wait_days": 100.0, **parts}],
        schema=TABLES["waiting_causes"],
    ).fill_null(0)

    assert len(hands.meanwhile(table, wait, NAMES.speech)) == rows


@pytest.mark.parametrize(("share", "is_told"), [(0.05, True), (0.04, False)])
def test_it_says_where_else_much_is_waited_for_the_same_step(share: float, is_told: bool) -> None:  # noqa: FBT001
    shown = sample.shown()
    first = shown.findings.bottlenecks[0]
    other = {"from": "elders", "to": first.to, "cases": 90, "share_of_waiting": share}
    row = pl.DataFrame([other], schema_overrides=TABLES["waits"])
    table = pl.concat([shown.tables["waits"], row], how="diagonal")

    section, *_ = wait_sections(sample.shown(tables={**shown.tables, "waits": table}), NAMES)

    words = f"for the same step {NAMES.place('elders', first.to)} (5% of all waiting)."
    assert any(words in remark for remark in section.wait.remarks) == is_told


@pytest.mark.parametrize(
    ("last", "told", "note"),
    [
        (40, ["1 to 3 days", "3 to 7 days", "7 to 14 days"], False),
        (None, ["1 to 3 days", "3 to 7 days", "7 to 14 days"], True),
    ],
)
def test_bands_in_which_none_went_on_are_not_told_and_shares_are_of_what_is(last, told, note):
    shown = sample.shown()
    first = shown.findings.bottlenecks[0]
    counts = [(0.0, 1.0, 0, None), (1.0, 3.0, 430, None), (3.0, 7.0, 435, None)]
    rows = [(first.from_, first.to, *band) for band in [*counts, (7.0, 14.0, last, None)]]
    bands = pl.DataFrame(rows, schema=TABLES["wait_bands"], orient="row")

    section, *_ = wait_sections(sample.shown(tables={**shown.tables, "wait_bands": bands}), NAMES)

    assert [row["words"] for row in section.bands] == told
    assert ("The shares cover only the times that are shown." in section.bands_note) == note
