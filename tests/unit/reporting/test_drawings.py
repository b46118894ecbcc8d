# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Drawings that need no style sheet: the same colours, told in words, in letters that it has."""

from __future__ import annotations

import re

import pytest
from markupsafe import Markup

from reporting.drawing import charts
from reporting.drawing.drawings import Spot, drawing, palette
from reporting.drawing.svg import tag
from reporting.words.speech import Speech
from tests.unit.reporting import sample

SIZE = {"viewBox": "0 0 100 10"}


def _curve(language):
    speech = Speech(language, sample.settings().zone)
    return drawing(charts.curve(sample.tables()["survival"], speech), "Font")


def _style(svg):
    """The rules of a drawing, by selector."""
    rules = re.search("<style>(.*?)</style>", svg)[1]
    return {
        selector: body
        for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", rules)
        for selector in selectors.split(",")
    }


def test_it_has_the_palette_of_the_page_in_the_light():
    assert palette()["t1"] == "#b34700"
    assert palette()["paper"] == "#ffffff"


@pytest.mark.parametrize(
    ("selector", "body"),
    [
        ("*", 'font-family:"Font"'),
        (".bar rect", "fill:#0b4a85"),
        (".bar.t2 rect", "fill:#4d0f2b"),
        (".map .move.t1 path", "fill:none;stroke:#b34700;stroke-linecap:butt"),
        (".badge circle", "fill:#4d0f2b;stroke:#ffffff;stroke-width:2"),
    ],
)
def test_its_rules_have_no_variables(selector, body):
    assert _style(drawing(charts.bar(0.5, "t2"), "Font").svg)[selector] == body


def test_no_rule_of_a_drawing_needs_the_page():
    assert "var(" not in _curve("nl").svg
    assert "--" not in _curve("nl").svg


def test_it_is_as_large_as_its_view():
    drawn = drawing(charts.bar(0.5, "t2"), "Font")

    assert (drawn.width, drawn.height) == (100, 10)


@pytest.mark.parametrize(
    ("svg", "alt"),
    [
        (
            tag("svg", tag("title", "A & b"), tag("desc", "More."), class_="map", **SIZE),
            "A & b. More",
        ),
        (tag("svg", class_="x", role="img", aria_label="A line", **SIZE), "A line"),
        (charts.bar(0.5, "t2"), None),
    ],
)
def test_it_is_told_in_words_unless_the_words_stand_beside_it(svg, alt):
    assert drawing(svg, "Font").alt == alt


def test_what_leads_somewhere_is_where_it_is_drawn():
    badge = tag("a", tag("circle", cx=10, cy=4.5, r=2), href="#wait-1", class_="badge")
    inside = tag("g", badge, transform="translate(8 3)")

    (spot,) = drawing(tag("svg", inside, class_="map", **SIZE), "Font").spots

    assert spot == Spot("wait-1", x=18, y=7.5, radius=2)


def test_letters_are_drawn_without_marks_that_stand_apart():
    text = tag("text", "e\u0301 x\u0332 \u2068\u05e9\u05c1\u2069")

    assert ">\u00e9 x \u05e9<" in drawing(tag("svg", text, class_="x", **SIZE), "Font").svg


def test_what_is_no_drawing_is_not_taken_for_one():
    with pytest.raises(ValueError, match="begins with svg"):
        drawing(Markup("<p>no</p>"), "Font")
