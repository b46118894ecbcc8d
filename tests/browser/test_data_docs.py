# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The Data Docs in a real browser: no barrier that axe finds, nothing fetched, no complaint."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.unit.validation.logs import NOW, SETTINGS, case, row, written
from validation.gate import judge

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

GOOD = [each for number in range(12) for each in case(f"p{number:02}")]
ODD = "<b>Besluit</b> & zo; ééndaagseaanvraagvandeburger" + "x" * 60
BAD = [
    *GOOD,
    *GOOD[:3],
    *(row(f"q{number:02}", "work", None) for number in range(10)),
    *(row("r", None, 24 * 31 + number) for number in range(12)),
]
PAGES = ("index", "results", "expectations")


@pytest.fixture(scope="module")
def docs(tmp_path_factory):
    """The folders of the pages of a good log, and of one that was stopped."""
    made = {}
    for name, rows in {"good": GOOD, "bad": BAD}.items():
        out = tmp_path_factory.mktemp(name)
        settings = SETTINGS
        if name == "bad":
            journey = SETTINGS.journey.model_copy(update={"end": ("end", ODD)})
            settings = SETTINGS.model_copy(update={"journey": journey})
        judge([written(rows, out)], settings, NOW, out)
        made[name] = out / "validation" / "docs"
    return made


@pytest.fixture
def opened(browser, docs):
    """Opens a page; gives it, the addresses that it asked for, and what the console said."""
    contexts = []

    def open_(name, page_name="index", scheme="light", width=1280):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page, asked, said = context.new_page(), [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto((docs[name] / f"{page_name}.html").as_uri())
        return page, asked, said

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page_name", PAGES)
@pytest.mark.parametrize("name", ["good", "bad"])
def test_axe_finds_nothing_and_nothing_is_fetched(opened, name, page_name, scheme, width):
    page, asked, said = opened(name, page_name, scheme, width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (asked, said) == ([page.url], [])
    violations = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []


def test_each_page_leads_to_the_others(opened):
    page, asked, said = opened("bad")
    for title in ("Results", "Expectations", "Verdict"):
        page.locator("nav").get_by_role("link", name=title).click()
        assert page.locator('nav [aria-current="page"]').text_content() == title

    assert page.locator("h1").text_content() == "The log was stopped at the gate"
    assert (len(asked), said) == (4, [])


def test_the_files_for_programs_can_be_opened(opened):
    page, _, _ = opened("bad")
    page.get_by_role("link", name="expectations/event_log.json").click()

    assert '"expect_table_columns_to_match_set"' in page.locator("body").text_content()


def test_a_screen_reader_hears_a_table_on_a_narrow_screen(opened):
    page, _, _ = opened("bad", width=320)
    table = page.get_by_role("table", name="The rules, those that were not met first")

    assert table.get_by_role("columnheader").count() == 7
    assert table.get_by_role("row").nth(1).get_by_role("rowheader").text_content() == "C03"
