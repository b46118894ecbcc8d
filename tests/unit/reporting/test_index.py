# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The page over all processes says what the reports say, and no more."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from reporting.page.index import languages, page
from tests.unit.reporting import sample
from tests.unit.reporting.runs import NOON, OTHER, YEAR, shelved


def text(html: str) -> str:
    """What a reader sees."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html.rpartition("<body>")[2]))


def test_it_leads_to_the_newest_report_and_to_the_earlier_ones():
    links = re.findall(r'href="([^"#]*/[^"#]*)"', page(YEAR, "nl", "1"))

    assert links == [
        f"rijgeschiktheid-75plus/rijgeschiktheid-75plus-{day}/report.nl.html"
        for day in ("2026-03-01", "2026-02-27", "2025-09-01", "2025-03-01")
    ]


def test_it_says_how_the_process_is():
    said = text(page(YEAR, "en", "1"))

    assert "with data up to 1 March 2026" in said
    assert "half of the cases are done within 10 weeks" in said
    assert "9 of 10 cases are done within 8 months" in said
    assert "cases not done yet at least 700" in said
    assert re.search("Between .Specialist assigned. and .Specialist report received.", said)


def test_what_few_cases_did_is_not_in_the_row():
    said = text(page(YEAR, "en", "1"))
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", page(YEAR, "en", "1"))

    assert [day for day, _ in rows] == ["1 March 2025", "1 September 2025", "1 March 2026"]
    assert [re.findall(r">([^<]+)</td>", figures)[2] for _, figures in rows] == [
        "at least 300",
        "at least 640",
        "at least 700",
    ]
    assert "They differ from another report by fewer than 10 cases" in said
    assert "With the report of 1 March 2026 the configuration" in said
    assert not re.search(r"4,1[12]\d|70[1-9]", said.replace("4,120", ""))


def test_a_number_that_is_told_as_less_than_it_is_does_not_fall_from_one_report_to_the_next():
    *older, newest = YEAR
    log = newest.findings.log.model_copy(update={"open_cases_at_least": True})
    last = replace(newest, findings=newest.findings.model_copy(update={"log": log}))

    said = page([*older, last], "en", "1")

    assert "cases not done yet at least 700" in text(said)
    assert "Not done yet: at least 300, then not shown." in said


def test_a_chart_says_what_it_shows():
    titles = re.findall(r"<title>(.*?)</title>", page(YEAR, "en", "1"))[1:]

    assert titles == [
        "Half is done: 11 weeks, then 10 weeks. 9 of 10 are done: not known yet, then 8 months.",
        "Not done yet: at least 300, then at least 700.",
    ]


@pytest.mark.parametrize(("minutes", "said"), [(1, "4 weeks"), (-1, "10 weeks")])
def test_of_one_day_the_run_that_was_made_last_counts(minutes: int, said: str):
    again = shelved(run_id="again", half=28.0, made_at=NOON + timedelta(minutes=minutes))

    told = page([again, shelved()], "en", "1")

    assert f'done within</dt><dd class="value">{said}</dd>' in told
    assert "Earlier reports" not in told


def test_what_is_hidden_stays_so_and_a_name_is_text():
    told = page([OTHER, *YEAR], "nl", "1")

    assert "<b>&" not in told
    assert 'hreflang="en">Rapport van Visa &lt;b&gt;&amp;&lt;/b&gt; ' in told
    hidden = text(told[told.index('id="process-odd"') :])
    assert re.findall("nog niet te zeggen|niet getoond", hidden) == [
        "nog niet te zeggen",
        "nog niet te zeggen",
        "niet getoond",
    ]


@pytest.mark.parametrize(
    ("of_runs", "spoken"),
    [
        ([("nl", "en")], ("nl", "en")),
        ([("en", "nl")], ("en", "nl")),
        ([("en",)], ("en",)),
        ([("en",), ("nl",)], ("nl", "en")),
        ([("en", "nl"), ("nl",), ("en",)], ("en", "nl")),
    ],
)
def test_it_is_in_the_languages_of_the_reports(of_runs, spoken):
    runs = [shelved(process=f"p{n}", languages=each) for n, each in enumerate(of_runs)]

    assert languages(runs) == spoken


def test_the_same_runs_in_any_order_give_the_same_page():
    runs = [OTHER, *YEAR]

    assert page(runs, "nl", "1") == page(runs[::-1], "nl", "1")


def test_processes_of_one_name_are_told_apart_by_their_ids():
    runs = [OTHER, *(shelved(process=each) for each in ("north", "south"))]
    headings = re.findall("<h2 [^>]*>([^<]*)<", page(runs, "en", "1"))
    name = sample.settings().process.title("en")

    assert headings == [
        f"{name} (north)",
        f"{name} (south)",
        "Visa &lt;b&gt;&amp;&lt;/b&gt; &#34;visa&#34;",
    ]
