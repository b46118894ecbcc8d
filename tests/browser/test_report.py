# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The report in a real browser: no barrier that axe finds, nothing fetched, no sideways scroll."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe

from contracts.house_style import contrast
from reporting.page.pages import write_pages
from tests.unit.reporting import sample

HOUSE_STYLE = Path(__file__).parents[2] / "configs" / "styles" / "voorbeeld.yaml"
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STATES = [
    ("nl", "light", 1280),
    ("nl", "dark", 1280),
    ("en", "light", 1280),
    ("en", "dark", 1280),
    ("nl", "light", 320),
    ("en", "light", 320),
]


@pytest.fixture
def opened(open_page, report):
    """Opens a page of a report; gives it, and the addresses that it asked for."""
    return lambda language, scheme, width, folder=report: open_page(
        folder / f"report.{language}.html", scheme, width
    )


@pytest.mark.parametrize(("language", "scheme", "width"), STATES)
def test_axe_finds_nothing_and_nothing_is_fetched(opened, language, scheme, width):
    page, asked = opened(language, scheme, width)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page)

    assert [each["id"] for each in found.response["violations"]] == []
    assert len(asked) == 1


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_narrow_screen_scrolls_one_way(opened, language):
    page, _ = opened(language, "light", 320)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


BROKEN_WORDS = """() => [...document.querySelectorAll("th, td")].flatMap(cell => {
  const words = [], nodes = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) for (const found of nodes.currentNode.data.matchAll(/[\\w.,]+/g)) {
    const word = new Range();
    word.setStart(nodes.currentNode, found.index);
    word.setEnd(nodes.currentNode, found.index + found[0].length);
    if (new Set([...word.getClientRects()].map(each => each.top)).size > 1) words.push(found[0]);
  }
  return words;
})"""


def test_on_a_narrow_screen_no_word_in_a_table_is_broken_and_no_caption_is_cut(opened):
    page, _ = opened("nl", "light", 320)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    widths = "all => all.map(each => each.getBoundingClientRect().width)"

    assert page.evaluate(BROKEN_WORDS) == []
    assert max(page.locator("caption").evaluate_all(widths)) <= 320


def test_with_wider_letters_no_number_is_on_the_words_beside_it(opened):
    page, _ = opened("nl", "light", 1280)
    letters = "each.style.letterSpacing = '.12em'; each.style.wordSpacing = '.16em'"
    page.locator("svg text").evaluate_all(f"all => all.forEach(each => {{ {letters} }})")
    gaps = page.locator(".map g:has(> title):has(> .badge)").evaluate_all(
        """all => all.map(each => each.querySelector(".note").getBoundingClientRect().left
          - Math.max(...[...each.querySelectorAll("circle")].map(
            circle => circle.getBoundingClientRect().right)))"""
    )

    assert gaps
    assert min(gaps) >= 0


def test_what_is_heard_of_a_place_has_its_number_and_no_two_controls_are_called_alike(opened):
    page, _ = opened("nl", "light", 1280)
    heading = re.compile("^1 Te weinig capaciteit bij een andere partij: tussen")
    controls = page.get_by_role("region", name=heading).locator("summary").all()

    assert page.get_by_role("heading", name=heading).count() == 1
    assert len({each.get_attribute("aria-label") for each in controls}) == len(controls) > 1


@pytest.mark.parametrize("width", [320, 360, 575])
def test_a_share_in_words_beside_large_numbers_makes_no_screen_scroll_sideways(
    opened, report, width
):
    out = report / "rare"
    out.mkdir(exist_ok=True)
    tables = sample.tables()
    bands = tables["wait_bands"]
    first = bands.with_row_index().group_by("from", "to").agg(pl.col("index").min())["index"]
    n = pl.when(pl.int_range(pl.len()).is_in(first.implode())).then(10).otherwise(50_000)
    many = bands.with_columns(n=n.cast(pl.Int64), still=pl.lit(24_000, pl.Int64))
    write_pages(sample.shown(tables={**tables, "wait_bands": many}), out)
    page, _ = opened("nl", "light", width, out)

    assert page.get_by_text("minder dan 0,1").count() > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_answer_fits_the_first_screen(opened, language):
    page, _ = opened(language, "light", 1280)

    box = page.locator("p.note").bounding_box()

    assert box["y"] + box["height"] <= 900


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_caution_stands_on_the_first_screen_and_leads_to_what_is_in_doubt(
    opened, report, language
):
    out = report / "in-doubt"
    out.mkdir(exist_ok=True)
    base = sample.findings()
    half = sample.headline("p50_days", 73.0, 72.4, 40.0, None)
    validation = base.validation.model_copy(update={"headlines": (half, *sample.HEADLINES[1:])})
    found = base.model_copy(update={"validation": validation})
    write_pages(sample.shown(findings=found), out)
    page, _ = opened(language, "light", 1280, out)
    box = page.locator(".top li").last.bounding_box()
    page.locator(".caution a").click()

    assert box["y"] + box["height"] <= 900
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    assert page.locator(":target").bounding_box()["y"] < 900
    assert page.locator("#headlines").is_visible()


def test_a_wait_leads_to_what_its_kind_means(opened):
    page, asked = opened("nl", "light", 1280)
    page.locator('a[href="#kind-rework"]').click()

    assert page.evaluate("document.querySelector(':target').textContent") == "Herstelwerk"
    assert page.locator(":target").bounding_box()["y"] < 900
    assert len(asked) == 1


def test_the_style_is_allowed_by_its_own_policy(opened):
    page, _ = opened("nl", "light", 1280)

    assert page.evaluate("getComputedStyle(document.body).maxWidth") == "960px"


def test_an_answer_is_printed_whole_however_long_it_is(opened):
    page, _ = opened("nl", "light", 1280)
    fields = page.locator("form").first.get_by_role("textbox")
    for field in fields.all():
        field.fill("Dit is wat we gaan doen. " * 40)
    page.emulate_media(media="print")
    hidden = fields.evaluate_all("all => all.map(each => each.scrollHeight - each.clientHeight)")

    assert hidden == [0, 0, 0, 0]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_page_that_is_printed_keeps_each_figure_whole(opened, language):
    page, _ = opened(language, "light", 720)
    page.emulate_media(media="print")
    values = page.locator(".figures .value").evaluate_all(
        "all => all.map(each => each.offsetHeight / parseFloat(getComputedStyle(each).fontSize))"
    )
    page.locator(".figures summary").first.evaluate("each => each.parentElement.open = true")

    assert values
    assert max(values) < 3  # two lines at most
    assert page.locator(".figures .card dl").first.is_visible()
    assert not page.locator(".figures .card dl").last.is_visible()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_printed_map_has_what_its_lines_mean_on_the_same_page(opened, language):
    page, _ = opened(language, "light", 718)  # A4 within margins of 1 cm, in pixels
    page.emulate_media(media="print")

    assert page.locator(".map-section").bounding_box()["height"] <= 1046


def test_forced_colours_are_those_of_the_reader(opened):
    page, _ = opened("nl", "light", 1280)
    page.emulate_media(forced_colors="active")
    colours = "all => all.map(each => getComputedStyle(each).backgroundColor)"
    [figure], [block] = (
        set(page.locator(where).evaluate_all(colours)) for where in (".figures > div", "p.note")
    )

    assert figure == block


def test_dark_is_dark(opened):
    page, _ = opened("nl", "dark", 1280)

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 24, 31)"


@pytest.mark.parametrize("width", [320, 1280])
def test_odd_names_break_no_page(opened, report, width):
    out = report / "odd"
    out.mkdir(exist_ok=True)
    findings, tables = sample.odd_run()
    write_pages(sample.shown(findings=findings, tables=tables), out)
    page, _ = opened("nl", "light", width, out)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_house_style_is_no_barrier(opened, report, scheme):
    out = report / "styled"
    out.mkdir(exist_ok=True)
    tokens = yaml.safe_load(HOUSE_STYLE.read_text("utf-8"))
    settings = sample.settings(report={"style": tokens})
    write_pages(sample.shown(settings=settings), out)
    page, asked = opened("nl", scheme, 1280, out)

    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(255, 253, 248)", "dark": "rgb(20, 22, 18)"}[scheme]
    assert page.get_by_text("Gemeente Voorbeeld").count() == 2
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    assert len(asked) == 1


GROUNDS = """() => [...document.querySelectorAll("svg text")].map(text => {
  text.scrollIntoView({block: "center"});
  const box = (text.querySelector("tspan") || text).getBoundingClientRect();
  const under = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const shape = under.find(each => each.matches("rect, circle, polygon")
    && !["none", "rgba(0, 0, 0, 0)"].includes(getComputedStyle(each).fill));
  return [text.textContent, getComputedStyle(text).fill,
    shape ? getComputedStyle(shape).fill : getComputedStyle(document.body).backgroundColor];
})"""


def _channels(colour: str) -> str:
    """An ``rgb()`` of the browser as ``#rrggbb``."""
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_in_a_drawing_can_be_read_on_what_is_under_it(opened, scheme):
    page, _ = opened("nl", scheme, 1280)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    words = page.evaluate(GROUNDS)

    assert len(words) > 60
    pale = [
        (text, fill, ground)
        for text, fill, ground in words
        if contrast(_channels(fill), _channels(ground)) < 4.5
    ]
    assert pale == []
