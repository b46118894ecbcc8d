# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A house style reaches the pages, and every page in it can be read."""

from __future__ import annotations

import base64
import hashlib
import html
import re

from hypothesis import given, reject
from hypothesis import strategies as st

from contracts.house_style import HouseStyle, Scheme, contrast
from reporting.page.house_style import VARIABLES, css
from reporting.page.index import page as index
from reporting.page.pages import page
from tests.unit.reporting import sample
from tests.unit.reporting.runs import shelved
from tests.unit.reporting.test_contrast import DARK, GRAPHICS, LIGHT, TEXT

SCHEME = {
    "paper": "#fffdf8", "soft": "#f1efe6", "ink": "#1d1b16", "muted": "#55524a",
    "accent": "#0b5d3b", "frame": "#7a766b", "line": "#d8d4c7",
    "short": "#3f6a5c", "middle": "#a04500", "long": "#5a1038",
}  # fmt: skip
STYLE = HouseStyle.model_validate(
    {"organisation": "Gemeente <i>Zo</i>", "font": ["Fira Sans", "serif"], "light": SCHEME}
)
COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


def in_style(style: HouseStyle | None) -> str:
    settings = sample.settings(report={"style": style})
    return page(sample.shown(settings=settings), "nl")


def declared(text: str, scheme: str) -> dict[str, str]:
    found = re.search(rf"prefers-color-scheme: {scheme}\) {{ :root {{ (.*?) }}", text)
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", found[1])) if found else {}


def test_each_variable_of_ours_is_one_of_a_token():
    named = [variable for variables in VARIABLES.values() for variable in variables]

    assert sorted(named) == sorted(LIGHT) == sorted(DARK)
    assert VARIABLES.keys() == Scheme.model_fields.keys()


@given(st.dictionaries(st.sampled_from(sorted(SCHEME)), COLOURS, max_size=2))
def test_what_is_taken_can_be_read_wherever_it_stands(changed):
    try:
        scheme = Scheme(**{**SCHEME, **changed})
    except ValueError:
        reject()
    variables = declared(css(HouseStyle(dark=scheme)), "dark")

    for pairs, least in ((TEXT, 4.5), (GRAPHICS, 3)):
        for one, other in pairs:
            assert contrast(variables[one], variables[other]) >= least


def test_a_page_has_the_style_and_its_policy_allows_it():
    text = in_style(STYLE)

    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    assert declared(style, "light")["link"] == "#0b5d3b"
    assert declared(style, "dark") == {}
    assert 'body { font-family: "Fira Sans", serif, sans-serif; }' in style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in html.unescape(text)


def test_the_organisation_is_named_above_and_below_and_in_the_title():
    text = in_style(STYLE)

    assert "<i>Zo" not in text
    assert text.count("Gemeente &lt;i&gt;Zo&lt;/i&gt;") == 3


def test_the_index_has_the_style_that_all_reports_have():
    def one(process: str, style: HouseStyle | None):
        return shelved(process=process, settings=sample.settings(report={"style": style}))

    alike, unlike = [one("a", STYLE), one("b", STYLE)], [one("a", STYLE), one("b", None)]

    assert "Gemeente &lt;i&gt;Zo" in index(alike, "nl", "1")
    assert "Gemeente" not in index(unlike, "nl", "1")
    assert "#0b5d3b" in index(alike, "nl", "1")
    assert "#0b5d3b" not in index(unlike, "nl", "1")
