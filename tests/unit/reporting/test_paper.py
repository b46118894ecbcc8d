# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The report on paper: says what the page says, can be read by everyone, is always the same."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pikepdf
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.dialogue import Answer
from contracts.tables import TABLES
from reporting.page.pages import write_pages
from reporting.page.paper import write_papers
from tests.papers import bare, text, text_of
from tests.unit.reporting import sample

OURS = {"SourceSansPro-Regular", "SourceSansPro-Semibold"}
BLOCKS = {
    "h1", "h2", "h3", "p", "li", "td", "th", "dd", "dt", "legend", "caption", "summary", "div",
    "tspan", "text", "label",
}  # fmt: skip
NOT_WORDS = {"title", "style", "desc", "nav"}
ON_SCREEN_ONLY = (
    "Naar het rapport",
    "Reisrapport 4.120 zaken 2 januari 2025 \N{EN DASH} 27 februari 2026 English Op papier (pdf)",
    (
        "Deze pagina kan je antwoord niet bewaren."
        " Druk de pagina af, of bewaar die als pdf, voordat je hem sluit."
        " Of antwoord in findings.xlsx, naast deze pagina: het volgende rapport laat je antwoord"
        " dan zien aan iedereen die dat leest."
    ),
    "Wat gebeurde er intussen?",
    "Dezelfde cijfers als tabel",
    "Toon de kaart met 12 stappen",
    "Per maand, op drie manieren geteld",
    "Toon alle wachttijden (27)",
    "Toon de regels die kloppen (1)",
    (
        "Alles wat is nagekeken, en om welke stappen en kolommen het gaat; voor de data-engineer"
        " (in het Engels)"
    ),
)
"""What leads somewhere else on a page, or opens something."""


class Words(HTMLParser):
    """What a page says, a block at a time, without its table of contents."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = [""]
        self.unread: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag in NOT_WORDS:
            self.unread.append(tag)
        if tag in BLOCKS or dict(attrs).get("class") == "number":
            self.said.append("")

    def handle_endtag(self, tag):
        if self.unread and tag == self.unread[-1]:
            self.unread.pop()
        if tag in BLOCKS or (tag == "span" and self.said[-1].isdigit()):
            self.said.append("")

    def handle_data(self, data):
        if not self.unread:
            self.said[-1] += data


def _write(out, findings=None, tables=None, settings=None, facts=None):
    shown = sample.shown(findings=findings, tables=tables, settings=settings, facts=facts)
    write_papers(shown, out)
    return [out / f"report.{language}.pdf" for language in shown.settings.report.languages]


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    return dict(zip(("nl", "en"), _write(tmp_path_factory.mktemp("papers")), strict=True))


@pytest.fixture(params=["nl", "en"])
def language(request):
    return request.param


@pytest.fixture
def paper(papers, language) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(papers[language]) as pdf:
        yield pdf


def _elements(node: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    """The structure elements under one, in reading order."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from _elements(kid)


def _tags(pdf: pikepdf.Pdf) -> list[str]:
    return [str(element.S) for element in _elements(pdf.Root.StructTreeRoot)]


def test_it_claims_what_the_standards_ask(paper, language):
    with paper.open_metadata() as told:
        claims = {key: told[key] for key in ("pdfuaid:part", "pdfaid:part", "pdfaid:conformance")}
        title = told["dc:title"]

    assert claims == {"pdfuaid:part": "1", "pdfaid:part": "2", "pdfaid:conformance": "A"}
    assert bool(paper.Root.MarkInfo.Marked) is True
    assert bool(paper.Root.ViewerPreferences.DisplayDocTitle) is True
    assert str(paper.Root.Lang).startswith(language)
    assert sample.settings().process.title(language) in title
    assert not paper.is_encrypted


def _unmarked(page: pikepdf.Page) -> list[str]:
    """What a page draws that is neither in its structure nor an artifact."""
    found, depth = [], 0
    for _, operator in pikepdf.parse_content_stream(page):
        depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(str(operator), 0)
        if depth == 0 and str(operator) in ("Tj", "TJ", "Do", "f", "f*", "S", "B"):
            found.append(str(operator))
    return found


def test_all_that_is_drawn_has_a_place_in_its_structure(paper):
    annotations = [each for page in paper.pages for each in page.get("/Annots", [])]

    assert [_unmarked(page) for page in paper.pages] == [[]] * len(paper.pages)
    assert all(page.Tabs == "/S" for page in paper.pages)
    assert all("/StructParent" in each for each in annotations)


def test_every_drawing_is_told_in_words(paper, language):
    figures = [e for e in _elements(paper.Root.StructTreeRoot) if e.S == "/Figure"]
    route, queue, curve = {
        "nl": ("Kaart van", "De meeste zaken wachtten hier", "Hoeveel zaken"),
        "en": ("Map of", "Most cases waited here", "How many"),
    }[language]

    told = [str(figure.Alt) for figure in figures]
    begins = [route, *[queue] * 4, curve, route]
    assert len(told) == len(begins)
    assert all(words.startswith(begin) for words, begin in zip(told, begins, strict=True))


def test_tables_have_headers_and_headings_skip_no_level(paper):
    tags = _tags(paper)
    levels = [int(tag[2]) for tag in tags if re.fullmatch(r"/H[1-6]", tag)]

    assert tags.count("/Table") == tags.count("/THead") == tags.count("/Caption") >= 15
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_places_and_routes_are_numbered_lists(paper):
    lists = [each for each in _elements(paper.Root.StructTreeRoot) if each.S == "/L"]
    numbered = [each for each in lists if each.A[0].ListNumbering == "/Decimal"]

    items = [[str(kid.S) for kid in each.K] for each in numbered]
    assert items == [["/LI"] * 3, ["/LI"] * 6]


def test_its_fonts_are_in_it_and_are_ours(paper):
    fonts = [
        font.DescendantFonts[0].FontDescriptor
        for font in paper.objects
        if isinstance(font, pikepdf.Dictionary) and font.get("/Subtype") == "/Type0"
    ]

    assert {str(font.FontName).split("+")[1] for font in fonts} == OURS
    assert all("/FontFile2" in font for font in fonts)


def test_it_has_bookmarks_and_links_that_lead_somewhere(paper, language):
    first, page = {"nl": ("Hier eerst kijken", "De route"), "en": ("Where to", "The route")}[
        language
    ]
    with paper.open_outline() as outline:
        titles = [item.title for item in outline.root]
    links = [a for page in paper.pages for a in page.get("/Annots", []) if a.Subtype == "/Link"]

    assert titles[0].startswith(first)
    assert titles[1].startswith(page)
    assert len(titles) == 13
    assert len(links) >= 20
    assert all("/Dest" in link or link.A.S == "/GoTo" for link in links)
    assert all("/Contents" in link for link in links)


def test_the_numbers_on_the_map_lead_to_their_places(paper):
    links = {str(link.Dest) for link in paper.pages[1].Annots if link.Subtype == "/Link"}

    assert {f"wait-{n}" for n in range(1, 6)} <= links


def test_it_says_all_that_the_page_says(papers, tmp_path):
    write_pages(sample.shown(), tmp_path)
    page = (tmp_path / "report.nl.html").read_text("utf-8")
    said = dict.fromkeys(bare(words) for words in Words(page).said)
    with pikepdf.open(papers["nl"]) as pdf:
        paper = text(pdf).replace("·", "")

    assert len(said) > 400
    missing = {words for words in said if words.replace("·", "") not in paper}
    assert missing == set(map(bare, ON_SCREEN_ONLY))


def test_a_page_a_wait_and_the_question_on_it(paper):
    pages = [text_of(page) for page in paper.pages]

    assert [n for n, words in enumerate(pages) if "Draagtditnuvolgensjou" in words] == [
        2,
        3,
        4,
        5,
        6,
    ]


def test_what_was_answered_stands_at_its_place_and_else_apart(tmp_path):
    first = sample.findings().bottlenecks[0]
    said = {"day": dt.date(2026, 2, 2), "answer": "no", "why": "de rij #groeit", "who": "Jan"}
    answers = (
        Answer.model_validate({"from": first.from_, "to": first.to, **said}),
        Answer.model_validate({"from": sample.A, "to": sample.B, **said}),
    )
    facts = replace(sample.facts(), answers=answers, then={said["day"]: (first,)})
    with pikepdf.open(_write(tmp_path, facts=facts)[0]) as pdf:
        pages = [text_of(page) for page in pdf.pages]

    told = [n for n, words in enumerate(pages) if "Nee,want…derij#groeit" in words]
    assert told[0] == 2
    assert len(told) == 2
    assert "Watersindsdienisveranderd" in pages[2]
    assert "Eerderbeantwoord" in pages[told[1]]


def test_small_groups_are_nowhere_on_paper(paper):
    assert bare(sample.M) not in text(paper)
    assert "Casereopenedbyhand" not in text(paper)


def test_the_same_input_gives_the_same_bytes_on_paper(papers, tmp_path):
    again = _write(tmp_path)

    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in papers.values()]


def test_odd_names_are_words_on_paper_too(tmp_path):
    nl, _ = _write(tmp_path, *sample.odd_run(), sample.settings(journey={"end": [sample.L]}))

    with pikepdf.open(nl) as pdf:
        words = text(pdf)
    assert bare(sample.ODD[sample.B]) in words
    assert sample.ODD[sample.D] in words


def _renamed(name: str):
    """A run with a step of this name among its waits and its routes."""
    found = sample.findings()
    first, *others = found.bottlenecks
    tables = {
        table: frame.with_columns(pl.col(pl.String).replace(sample.D, name))
        for table, frame in sample.tables().items()
    }
    first = first.model_copy(update={"from_": name})
    return found.model_copy(update={"bottlenecks": (first, *others)}), tables


COMMANDS = (
    r"""#import "x": * $a^b$ *b* _c_ `d` @ref <label> // c /* d */ \u{41} #panic() %(x)s %%"""
)


def test_no_name_is_a_command(tmp_path):
    dutch = sample.settings(report={"languages": ["nl"]})
    (nl,) = _write(tmp_path, *_renamed(COMMANDS), dutch)

    with pikepdf.open(nl) as pdf:
        assert bare(COMMANDS) in text(pdf)


@given(st.text(min_size=1, max_size=30))
@settings(max_examples=5)
def test_no_name_keeps_it_from_being_written(tmp_path_factory, name):
    found, tables = _renamed(name)
    few = {table: frame.head(4) for table, frame in tables.items()}
    first = found.model_copy(update={"bottlenecks": found.bottlenecks[:1], "changes": None})
    dutch = sample.settings(report={"languages": ["nl"]})

    (nl,) = _write(tmp_path_factory.mktemp("named"), first, few, dutch)

    assert nl.read_bytes().startswith(b"%PDF-1.7")


@pytest.mark.parametrize("cases", [0, 4, 30])
def test_a_log_with_next_to_nothing_still_makes_a_paper(tmp_path, cases):
    base = sample.findings()
    log = base.log.model_copy(update={"cases": cases, "open_cases": cases, "first": None})
    empty = {name: pl.DataFrame(schema=schema) for name, schema in TABLES.items()}
    nothing = {"log": log, "bottlenecks": (), "explained_waits": (), "changes": None}

    nl, _ = _write(tmp_path, base.model_copy(update=nothing), empty)

    with pikepdf.open(nl) as pdf:
        told = "wachtengenoegzaken" if cases < 30 else "Vangeenzaakistezien"
        assert told in text(pdf)


def test_a_table_of_many_rows_has_its_header_on_every_page(tmp_path):
    waits = sample.tables()["waits"]
    names = [f"Stap {n} met een lange naam die niet op een regel past" for n in range(201)]
    first = waits.row(0, named=True)
    many = pl.DataFrame(
        [{**first, "from": a, "to": b} for a, b in pairwise(names)],
        schema=waits.schema,
    )
    dutch = sample.settings(report={"languages": ["nl"]})

    (nl,) = _write(tmp_path, tables={**sample.tables(), "waits": many}, settings=dutch)

    with pikepdf.open(nl) as pdf:
        pages = [text_of(page, artifacts=True) for page in pdf.pages]
    with_rows = [words for words in pages if "Stap1" in words]
    assert bare(names[-1]) in "".join(pages)
    assert len(with_rows) > 5
    assert all("vannaarzaken" in words for words in with_rows)


def test_no_row_is_cut_by_a_page_and_a_heading_stands_above_its_table(tmp_path):
    waits = sample.tables()["waits"]
    long = "een naam die zo lang is dat hij op vele regels komt te staan "
    names = [f"Begin {n}: {long * (2 + n % 3)}{n} klaar" for n in range(61)]
    first = waits.row(0, named=True)
    many = [{**first, "from": a, "to": b} for a, b in pairwise(names)]
    tables = {**sample.tables(), "waits": pl.DataFrame(many, schema=waits.schema)}
    dutch = sample.settings(report={"languages": ["nl"]})

    (nl,) = _write(tmp_path, tables=tables, settings=dutch)

    with pikepdf.open(nl) as pdf:
        pages = [text_of(page) for page in pdf.pages]
    with_rows = [words for words in pages if re.search(r"Begin\d", words)]
    assert len(with_rows) > 5
    for words in with_rows:
        begun, done = (re.findall(each, words) for each in (r"Begin(\d+):", r"(\d+)klaar"))
        assert sorted(begun) == sorted(done)
    assert any(re.search(r"Allewachttijden.*Allewachttijdentussen", words) for words in pages)
