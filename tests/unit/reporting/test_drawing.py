# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import re

import polars as pl
import pytest

from contracts.journey import Journey
from contracts.tables import TABLES
from reporting.drawing import map_view, route_map
from reporting.drawing.charts import band_tone, ticks
from reporting.drawing.route_map import tone
from reporting.drawing.svg import shortened, tag, text_width, told_apart, wrap
from reporting.page.map_section import map_section
from reporting.words.names import Names
from reporting.words.speech import Speech, capitalised
from tests.unit.reporting import sample

BOTTLENECKS = [(b.from_, b.to) for b in sample.findings().bottlenecks]


def _chosen(journey=None, bottlenecks=BOTTLENECKS):
    journey = journey or sample.settings().journey
    return map_view.choose(sample.tables(), journey, bottlenecks)


def test_the_map_shows_few_steps_among_them_start_end_and_the_first_bottlenecks():
    shown = _chosen()

    assert len(shown.steps) == 8
    assert {sample.A, sample.L, *BOTTLENECKS[0], *BOTTLENECKS[1]} <= shown.steps.keys()
    assert (shown.starts, shown.ends) == ((sample.A,), (sample.L,))


def test_without_bottlenecks_it_shows_the_most_frequent_steps():
    frequent = sorted(sample.STEPS, key=lambda step: -sample.STEPS[step][0])[:8]

    assert set(_chosen(bottlenecks=[]).steps) == set(frequent)


def test_without_a_config_cases_start_where_most_start():
    assert _chosen(Journey(end=("unknown",))).starts == (sample.A,)


def test_where_no_end_may_be_shown_cases_end_nowhere():
    assert _chosen(Journey(end=("taken by few",))).ends == ()


def test_no_step_is_left_alone():
    shown = _chosen()
    linked = {(move.from_, move.to) for move in shown.moves} | set(shown.detours)

    assert {step for pair in linked for step in pair} == shown.steps.keys()


def test_a_step_that_only_comes_back_to_itself_is_no_step_that_is_linked():
    step = "Gebeld"
    waits = [(step, step, 900, 900, 0, 1.0, 2.0, 900.0, 0.1)]
    loops = pl.DataFrame(waits, schema=TABLES["waits"].names(), orient="row")
    tables = sample.tables()
    told = {
        **tables,
        "waits": pl.concat([tables["waits"], loops], how="vertical_relaxed"),
        "steps": tables["steps"].extend(
            pl.DataFrame([(step, 900, 1800)], schema=TABLES["steps"], orient="row")
        ),
    }

    shown = map_view.choose(told, sample.settings().journey, [(step, step), *BOTTLENECKS])
    routes = pl.DataFrame(
        [([sample.A, step, sample.L], 900, 0.2)], schema=TABLES["variants"], orient="row"
    )
    by_way = map_view.choose(
        {**told, "variants": pl.concat([routes, told["variants"]])},
        sample.settings().journey,
        [(step, step), *BOTTLENECKS],
    )

    assert shown.has_loose_ends
    assert {(sample.A, step), (step, sample.L)} <= set(by_way.detours)
    assert not by_way.has_loose_ends


def test_a_last_step_leads_to_no_first_one():
    """A few cases were closed before they were opened, as the log has it."""
    tables = sample.tables()
    variants = [(["open", "closed"], 900, 0.9), (["closed", "open"], 90, 0.1)]
    waits = [("open", "closed", 900, 900, 0, 1.0, 2.0, 900.0, 1.0)]
    told = {
        "steps": pl.DataFrame(
            [("open", 990, 990), ("closed", 990, 990)], schema=TABLES["steps"], orient="row"
        ),
        "waits": pl.DataFrame(waits, schema=TABLES["waits"], orient="row"),
        "variants": pl.DataFrame(variants, schema=TABLES["variants"], orient="row"),
    }

    shown = map_view.choose({**tables, **told}, Journey(end=("closed",)), [("open", "closed")])

    assert [(move.from_, move.to) for move in shown.moves] == [("open", "closed")]
    assert shown.detours == ()


def test_few_moves_all_between_shown_steps():
    shown = _chosen()

    assert len(shown.moves) <= len(shown.steps) + map_view.AT_A_GLANCE.extra_moves
    assert all({move.from_, move.to} <= shown.steps.keys() for move in shown.moves)


def test_the_whole_map_has_every_step_and_every_bottleneck():
    journey, tables = sample.settings().journey, sample.tables()
    shown = map_view.choose(tables, journey, BOTTLENECKS, size=map_view.WHOLE)
    drawn = {(move.from_, move.to) for move in shown.moves}

    assert shown.steps.keys() == set(sample.STEPS)
    assert {pair for pair in BOTTLENECKS if pair[1]} <= drawn


def test_of_many_steps_the_whole_map_has_the_most_frequent():
    steps = [(f"step {number}", 5000 - number, 5000) for number in range(400)]
    tables = sample.tables() | {
        "steps": pl.DataFrame(steps, schema=TABLES["steps"], orient="row"),
        "variants": TABLES["variants"].to_frame(),
        "waits": TABLES["waits"].to_frame(),
    }
    shown = map_view.choose(tables, Journey(end=("z",)), [], size=map_view.WHOLE)

    assert list(shown.steps) == [f"step {number}" for number in range(40)]


def test_a_move_against_the_route_is_known_as_such():
    moves = {(move.from_, move.to): move.back for move in _chosen().moves}

    assert moves[sample.I, sample.G]
    assert not moves[sample.D, sample.E]


def test_a_registration_is_where_cases_start():
    frames = sample.tables()
    since = {"from": "aanvraag", "to": sample.A, "n": 4000, "cases": 4000, "p90_days": 3.0}
    waits = pl.concat([frames["waits"], pl.DataFrame([since])], how="diagonal_relaxed")
    told = {**frames, "waits": waits}
    journey = sample.settings().journey
    shown = map_view.choose(told, journey, [("aanvraag", sample.A)], "aanvraag")

    assert (shown.starts, shown.steps["aanvraag"]) == (("aanvraag",), 4000)
    assert ("aanvraag", sample.A) in {(move.from_, move.to) for move in shown.moves}
    assert map_view.choose(told, journey, []).starts == (sample.A,)


def test_of_a_registration_whose_cases_are_hidden_no_number_is_told():
    frames = sample.tables()
    since = {"from": "aanvraag", "to": sample.A, "n": 12, "cases": None, "p90_days": 3.0}
    waits = pl.concat([frames["waits"], pl.DataFrame([since])], how="diagonal_relaxed")
    told = {**frames, "waits": waits}
    shown = map_view.choose(told, sample.settings().journey, [], "aanvraag")

    assert shown.steps["aanvraag"] is None


def test_a_step_whose_cases_are_rounded_down_is_of_at_least_so_many():
    frames = sample.tables()
    rounded = pl.col("activity") == sample.B
    steps = frames["steps"].with_columns(
        cases=pl.when(rounded).then(4110).otherwise("cases"),
        events=pl.when(~rounded).then("events"),
    )
    names = Names(sample.settings(), Speech("en", sample.settings().zone))

    drawn = map_section(sample.shown(tables={**frames, "steps": steps}), [], names)

    assert "≥\N{NO-BREAK SPACE}4,110 cases" in drawn.drawing
    assert ">4,120 cases<" in drawn.drawing
    assert drawn.legend.at_least


def test_a_step_may_be_called_as_the_begin_and_the_end_of_the_map_are():
    names = Names(sample.settings(), Speech("en", sample.settings().zone))

    def drawn(first, last):
        move = map_view.Move(first, last, 90, 3.0, back=False, rare=False)
        view = map_view.MapView({first: 100, last: 90}, (move,), (), (first,), (last,))
        return route_map.draw(view, [], names)

    shown = drawn("start", "end")

    assert shown == drawn("stort", "und").replace("stort", "start").replace("und", "end")
    assert shown.count('class="pill"') == 2


def test_who_hears_the_map_hears_where_each_wait_is():
    names = Names(sample.settings(), Speech("nl", sample.settings().zone))
    there = map_view.Move("Aanvraag", "Besluit", 90, 3.0, back=False, rare=False)
    back = map_view.Move("Besluit", "Aanvraag", 12, None, back=True, rare=False)
    view = map_view.MapView({"Aanvraag": 100, "Besluit": 90}, (there, back), (), (), ())

    drawn = route_map.draw(view, [], names)

    said = [
        re.findall(r">([^<]+)<", group) for group in re.findall("<g><title>Tussen.*?</g>", drawn)
    ]
    assert said == [
        [capitalised(names.place("Aanvraag", "Besluit")), "90 zaken", "9/10: 3 dagen"],
        [capitalised(names.place("Besluit", "Aanvraag")), "12 zaken"],
    ]


def test_an_empty_log_has_an_empty_map():
    empty = {name: pl.DataFrame(schema=schema) for name, schema in TABLES.items()}

    assert map_view.choose(empty, sample.settings().journey, []).steps == {}


@pytest.mark.parametrize("last", [0.01, 0.4, 3, 20, 90, 342, 1000, 5000])
def test_ticks_are_few_and_inside(last):
    found = ticks(last)

    assert len(found) <= 6
    assert all(0 < tick <= last for tick in found)


@pytest.mark.parametrize(
    ("days", "colour"),
    [(None, "unknown"), (0.9, "t0"), (1, "t1"), (6.4, "t1"), (6.7, "t2"), (7, "t2")],
)
def test_a_line_has_the_colour_of_the_wait_that_is_said_beside_it(days, colour):
    assert tone(days) == colour


@pytest.mark.parametrize(
    ("up_to", "colour"), [(1, "t0"), (3, "t1"), (7, "t1"), (14, "t2"), (None, "t2")]
)
def test_band_tones(up_to, colour):
    assert band_tone(up_to) == colour


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("Kort", ["Kort"]),
        ("Ontvangstbevestiging versturen", ["Ontvangstbevestiging", "versturen"]),
        ("Keuringsverslag-formulier verstuurd", ["Keuringsverslag-", "formulier verstuurd"]),
        ("Bepalen of advies nodig is", ["Bepalen of", "advies nodig is"]),
        ("a - b", ["a - b"]),
    ],
)
def test_labels_wrap(text, lines):
    assert wrap(text, 150, 13) == lines


def test_a_name_without_spaces_is_cut():
    assert all(text_width(line, 13) < 260 for line in wrap("T02_CheckConfirmation" * 5, 150, 13))


def test_svg_is_escaped():
    assert tag("text", "<&>", class_='"') == '<text class="&#34;">&lt;&amp;&gt;</text>'


@pytest.mark.parametrize(("n", "is_drawn"), [(0, False), (None, True), (12, True)])
def test_a_wait_that_nobody_left_is_no_line(n, is_drawn):
    frames = sample.tables()
    first = (pl.col("from") == sample.H) & (pl.col("to") == sample.I)
    waits = frames["waits"].with_columns(n=pl.when(first).then(n).otherwise("n"))
    shown = map_view.choose({**frames, "waits": waits}, sample.settings().journey, BOTTLENECKS)

    assert ((sample.H, sample.I) in {(move.from_, move.to) for move in shown.moves}) is is_drawn


def test_a_move_whose_cases_are_hidden_is_no_line():
    frames = sample.tables()
    first = (pl.col("from") == sample.H) & (pl.col("to") == sample.I)
    waits = frames["waits"].with_columns(cases=pl.when(~first).then("cases"))
    shown = map_view.choose({**frames, "waits": waits}, sample.settings().journey, BOTTLENECKS)

    assert shown.moves
    assert (sample.H, sample.I) not in {(move.from_, move.to) for move in shown.moves}


def test_a_step_whose_cases_are_hidden_counts_as_one_of_nearly_all():
    frames = sample.tables()
    rare = pl.when(pl.col("activity") != sample.K).then("cases")
    shown = map_view.choose(
        {**frames, "steps": frames["steps"].reverse().with_columns(cases=rare)},
        Journey(end=(sample.L,)),
        [],
    )

    assert shown.steps[sample.K] is None


@pytest.mark.parametrize(
    ("lines", "shown"),
    [(["a"], ["a"]), (["a", "b"], ["a", "b"]), (["a", "b", "c"], ["a", "b…"])],
)
def test_too_many_lines_are_cut(lines, shown):
    assert shortened(lines, 2) == shown


def test_names_that_differ_at_their_end_are_told_apart():
    names = {"a": ["one", "two", "x"], "b": ["one", "two", "y"], "c": ["three", "two", "x"]}

    assert told_apart(names, 2) == {"a": ["one…", "x"], "b": ["one…", "y"], "c": ["three", "two…"]}


def test_names_that_differ_before_their_end_are_told_apart():
    names = {"a": ["one", "two", "x", "end"], "b": ["one", "two", "y", "end"]}

    assert told_apart(names, 2) == {"a": ["one…", "x…"], "b": ["one…", "y…"]}


def test_names_that_are_the_same_stay_as_they_are():
    names = {"a": ["one", "two", "end"], "b": ["one", "two", "end"], "c": ["x"], "d": ["x"]}

    assert told_apart(names, 2) == {key: shortened(lines, 2) for key, lines in names.items()}
