# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What was answered stands in the next report, with what moved since, and is never judged."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest

from contracts.dialogue import Answer
from contracts.figures import Quantiles
from reporting.page.pages import write_pages
from tests.unit.reporting import sample
from tests.unit.reporting.test_pages import Page

FEBRUARY, AS_OF = dt.date(2026, 2, 2), dt.date(2026, 3, 2)
FIRST = sample.findings().bottlenecks[0]
OF_FIRST = {"from": FIRST.from_, "to": FIRST.to}
OF_NONE = {"from": sample.A, "to": sample.B}
THEN = FIRST.model_copy(
    update={"wait_days": Quantiles(p50=30.0, p90=100.0), "open_cases": 412, "rank": 3}
)


def answer(**keys: object) -> Answer:
    return Answer.model_validate({**OF_FIRST, "day": FEBRUARY, "answer": "no", **keys})


def page(out, *answers: Answer, then=(THEN,), language="nl", **changes: object) -> str:
    facts = replace(sample.facts(), answers=answers, then={FEBRUARY: then})
    settings = sample.settings(report={"languages": [language], **changes})
    write_pages(sample.shown(settings=settings, facts=facts), out)
    return (out / f"report.{language}.html").read_text("utf-8")


def moved(html: str) -> list[tuple[str, ...]]:
    """The rows of what moved since."""
    table = re.search(
        r"<caption>Wat er sindsdien is veranderd</caption>.*?</table>", html, re.DOTALL
    )
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", table[0], re.DOTALL) if table else []
    return [tuple(re.findall(r">([^<>]+)</t[hd]>", row)) for row in rows]


def test_what_was_said_stands_at_its_stall_with_the_figures_then_and_now(tmp_path):
    html = page(tmp_path, answer(why="de rij groeit", step="bellen", who="Jan", when="mei"))

    section = html[html.index('id="wait-1"') : html.index('id="wait-2"')]
    assert "Wat jullie zeiden bij het rapport van 2 februari 2026" in section
    assert '<strong lang="nl">Nee, want …</strong> de rij groeit' in section
    assert all(text in section for text in ("stap: bellen", "Wie: Jan", "Wanneer: mei"))
    assert moved(section) == [
        ("de helft gaat verder binnen", "4 weken", "7 weken"),
        ("1 op de 10 wacht ten minste", "3 maanden", "nog niet te zeggen"),
        ("zaken die nog wachten", "412", "275"),
    ]
    assert "Iedereen die dit rapport leest, kan dit antwoord lezen." in section


def test_in_english_the_dutch_answer_has_english_beside_it(tmp_path):
    html = page(tmp_path, answer(), language="en")

    assert '<strong lang="nl">Nee, want …</strong> <span lang="en">(No, because …)</span>' in html


def test_without_the_report_of_that_day_only_what_was_said_is_told(tmp_path):
    html = page(tmp_path, answer(), then=())

    assert {then for _, then, _ in moved(html)} == {"niet bekend"}


def test_a_small_count_of_then_is_hidden_now(tmp_path):
    few = THEN.model_copy(update={"open_cases": 7})

    html = page(tmp_path, answer(), then=(few,))

    assert moved(html)[-1] == ("zaken die nog wachten", "niet getoond", "275")


@pytest.mark.parametrize("day", [AS_OF, dt.date(2026, 4, 1)])
def test_nothing_moves_within_a_day_nor_back(day, tmp_path):
    html = page(tmp_path, answer(day=day))

    assert moved(html) == []
    assert "Dit rapport is niet van een latere dag" in html


def test_what_is_no_stall_any_more_is_told_apart(tmp_path):
    html = page(tmp_path, answer(**OF_NONE, why="opgelost"))

    assert "Wat jullie zeiden" not in html[html.index('id="wait-1"') : html.index('id="wait-2"')]
    section = html[html.index('id="earlier"') : html.index('id="turns"')]
    assert "opgelost" in section
    assert moved(section)[0] == ("de helft gaat verder binnen", "niet bekend", "22 uur")


def test_what_was_said_of_a_place_further_down_is_told_too(tmp_path):
    sixth = FIRST.model_copy(update={"from_": sample.A, "to": sample.B, "rank": 6})
    base = sample.findings()
    found = base.model_copy(update={"bottlenecks": (*base.bottlenecks[:5], sixth)})
    facts = replace(sample.facts(), answers=(answer(**OF_NONE, why="wordt beter"),))
    settings = sample.settings(report={"languages": ["nl"]})
    write_pages(sample.shown(findings=found, settings=settings, facts=facts), tmp_path)
    html = (tmp_path / "report.nl.html").read_text("utf-8")

    assert html.count("wordt beter") == 1
    assert "wordt beter" in html[html.index('id="earlier"') : html.index('id="turns"')]


def test_a_place_that_may_not_be_shown_has_no_figures(tmp_path):
    html = page(tmp_path, answer(**{"from": sample.L, "to": sample.M}))

    assert moved(html) == []
    assert "Over dit wachten is nu niets te tonen." in html


@pytest.mark.parametrize("place", [OF_FIRST, OF_NONE], ids=["a stall", "no stall"])
def test_an_answer_is_a_text_and_no_more(place, tmp_path):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7 * 7 }}</blockquote>"

    html = page(tmp_path, answer(**place, why=evil, step=evil, who=evil, when=evil))

    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;alert(1)") == 4
    assert html.count("{{ 7 * 7 }}") == 4


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_stays_whole(language, tmp_path):
    told = (answer(why="so"), answer(**OF_NONE, why="so", step="so"))

    read = Page(page(tmp_path, *told, language=language))

    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert read.open == []
    assert len(ids) == len(set(ids))
    assert len(read.all("caption")) == len(read.all("table"))
    assert len(read.all("blockquote")) == len(told)


def test_without_answers_the_page_says_nothing_of_them(tmp_path):
    html = page(tmp_path)

    assert "Wat jullie zeiden" not in html
    assert 'id="earlier"' not in html


@pytest.mark.parametrize(
    ("formats", "file"), [(["html"], None), (["ods"], "ods"), (["ods", "xlsx"], "xlsx")]
)
def test_the_page_names_the_workbook_in_which_can_be_answered(formats, file, tmp_path):
    named = re.findall(r"antwoord in findings\.(\w+),", page(tmp_path, formats=formats))

    assert set(named) == ({file} if file else set())
