# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The index in a real browser: no barrier that axe finds, nothing fetched, and it leads on."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from reporting.page.index import page as index
from tests.unit.reporting.runs import OTHER, YEAR, shelved
from tests.unit.reporting.sample import ODD, settings

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LONG = shelved(
    settings=settings(process={"id": "long", "name": [*ODD.values()][1]}), process="long"
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    out = tmp_path_factory.mktemp("shelf")
    for language in ("nl", "en"):
        path = out / f"index.{language}.html"
        path.write_text(index([*YEAR, OTHER, LONG], language, "1"), encoding="utf-8")
    report = out / "rijgeschiktheid-75plus" / "rijgeschiktheid-75plus-2026-03-01"
    report.mkdir(parents=True)
    (report / "report.nl.html").write_text("<!doctype html><title>the report</title>")
    return out


@pytest.fixture
def opened(open_page, shelf):
    """Opens an index; gives it, and the addresses that it asked for."""
    return lambda language, scheme="light", width=1280: open_page(
        shelf / f"index.{language}.html", scheme, width
    )


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_axe_finds_nothing_and_nothing_is_fetched(opened, language, scheme, width):
    page, asked = opened(language, scheme, width)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    violations = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []
    assert len(asked) == 1


def test_it_leads_to_the_report_and_to_the_other_language(opened):
    page, _ = opened("en")
    page.get_by_role("link", name="Nederlands").click()
    assert page.locator("h1").text_content() == "Waar wachten burgers?"

    page.get_by_role("link", name="Rapport van Rijgeschiktheid 75+").click()
    assert page.title() == "the report"


def test_a_chart_is_read_out(opened):
    page, _ = opened("nl")

    said = page.get_by_role("img").nth(0).text_content()
    assert said.startswith("De helft is klaar: eerst 11 weken, nu 10 weken. 9 van de 10 zijn klaar")
