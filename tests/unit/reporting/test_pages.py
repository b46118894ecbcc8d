# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages as a reader gets them: whole, alike in both languages, safe, always the same."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import polars as pl
import pytest

from contracts.findings import Segment
from contracts.tables import TABLES
from reporting.facts import SourceFact
from reporting.page.pages import write_pages
from tests.builders import rule_result
from tests.unit.reporting import sample

VOID = {"meta", "input", "link", "br", "hr", "img"}
QUESTION = "Draagt dit nu volgens jou bij aan excellente dienstverlening?"


class Page(HTMLParser):
    """A page as its elements and its text; an element that is not closed is an error."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def _write(out, findings=None, tables=None, settings=None, facts=None):
    shown = sample.shown(findings=findings, tables=tables, settings=settings, facts=facts)
    write_pages(shown, out)
    languages = shown.settings.report.languages
    return [(out / f"report.{each}.html").read_text(encoding="utf-8") for each in languages]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    return dict(zip(("nl", "en"), _write(tmp_path_factory.mktemp("pages")), strict=True))


@pytest.fixture(params=["nl", "en"])
def language(request):
    return request.param


@pytest.fixture
def html(pages, language):
    return pages[language]


@pytest.fixture
def page(html):
    return Page(html)


def test_the_page_is_in_its_language_and_links_to_the_other(page, language):
    other = {"nl": "en", "en": "nl"}[language]

    assert page.all("html") == [{"lang": language}]
    assert {"lang": other, "hreflang": other, "href": f"report.{other}.html"} in page.all("a")


def test_there_is_one_title_and_no_level_is_skipped(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]

    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_every_element_is_closed_and_every_id_is_unique(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]

    assert page.open == []
    assert len(ids) == len(set(ids))


def test_every_link_in_the_page_leads_somewhere(page):
    ids = {attributes.get("id") for _, attributes in page.elements}
    inside = [link["href"][1:] for link in page.all("a") if link["href"].startswith("#")]

    assert set(inside) <= ids


def test_every_table_has_a_caption_and_scopes(page):
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(cell.get("scope") in ("col", "row", "colgroup") for cell in page.all("th"))


def test_nothing_runs_and_nothing_is_fetched(page, html):
    loads = {"script", "link", "img", "iframe", "object", "embed"}

    assert loads & {tag for tag, _ in page.elements} == set()
    assert not re.search(r"https?://|@import|url\(", html)
    assert not [a for _, a in page.elements if "style" in a or any(k.startswith("on") for k in a)]
    assert "default-src 'none'" in page.all("meta")[1]["content"]


def test_every_bottleneck_ends_with_the_question_in_dutch(html, language):
    asked = re.findall(rf'<legend><span lang="nl">{re.escape(QUESTION)}</span>(.*?)</legend>', html)

    assert len(asked) == 5
    assert all(("does this contribute" in beside) == (language == "en") for beside in asked)


def test_both_maps_say_what_their_signs_mean(html):
    legends = re.findall(r'<ul class="legend">(.*?)</ul>', html, re.DOTALL)

    assert html.count('class="map"') == len(legends) == 2
    assert all('class="swatch unknown"' in legend and "9/10:" in legend for legend in legends)


def test_both_maps_have_a_number_for_every_bottleneck(page):
    numbers = [link["href"] for link in page.all("a") if link.get("class") == "badge"]

    assert sorted(numbers) == sorted([f"#wait-{n}" for n in range(1, 6)] * 2)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nl", "Waar wachten burgers bij Rijgeschiktheid 75+?"),
        ("nl", "4.120 zaken"),
        ("nl", "meer dan 1 op de 10 zaken duurt langer dan 8 maanden"),
        ("nl", "zoveel van de zaken die zo lang stilstonden"),
        ("nl", "Wachten dat zo bedoeld is"),
        ("nl", "Te weinig capaciteit bij een andere partij specialisme: neurologie, oogheelkunde"),
        ("nl", "Te weinig capaciteit bij een andere partij: tussen"),
        (
            "nl",
            "bij zaken met specialisme: neurologie, oogheelkunde; de cijfers gaan over alle zaken.",
        ),
        ("nl", "11,7 dagen extra per zaak"),
        ("nl", "was 0,14; met dezelfde kans voor alle zaken was dat 0,20 geweest."),
        ("nl", "extra wachten per zaak, gemiddeld over alle zaken van het log (8,2 tot 14,9)"),
        ("nl", "Deze groep wachtte gemiddeld 99,2 dagen. Andere zaken uit dezelfde weken"),
        (
            "nl",
            "staat, is niet zeker: waarschijnlijk op nummer 1 tot en met 2.",
        ),
        ("nl", "Te weinig capaciteit van 5 juni 2025 tot en met 19 november 2025"),
        ("nl", "In deze tijd deden minder mensen deze stap: 84 % van het gewone aantal."),
        ("nl", "de langste 1 op de 100 zijn samen 28 % van het wachten hier"),
        ("nl", "Deze extra ronde kwam 514 keer voor."),
        ("nl", "Het log laat niet zien waarom."),
        ("nl", "Wachten op een andere partij; het log laat niet zien waarom dat zo lang duurt."),
        ("nl", "Wat is er afgesproken met de partij"),
        ("nl", "De hele methode: docs/methods/third_party_capacity.md."),
        ("nl", "de zaak ging intussen verder en wachtte hier niet op"),
        ("nl", "Tot nu toe ging 46 % van de zaken helemaal zoals bedoeld."),
        ("nl", "Wat degene die de zaak oppakte deed, terwijl de zaak wachtte"),
        ("nl", "werkte aan zaken die later kwamen"),
        ("nl", "die van de wet: zonder wat volgens de configuratie niet meetelt"),
        ("nl", "Reglement rijbewijzen 103(6); nog niet bevestigd door een jurist"),
        ("nl", "bij minstens 210 zaken is de termijn niet begonnen, of die geldt niet."),
        ("nl", "langer dan 66 dagen"),  # of those who began in December 2025, half is not done
        ("nl", "was 81 % in die dagen klaar: hoe dichter bij 80 %, hoe beter."),
        (
            "nl",
            "per klok; zaken die nog open zijn tellen mee, behalve bij het werk; aantallen zaken",
        ),
        ("nl", "vlak voor een daling is het deel lager dan de lijn"),
        ("nl", "nog niet klaar, hooguit"),
        ("en", "The share of the cases that has ended so"),
        (
            "en",
            "Of this group 37% make such an extra round, of the other cases 12%.",
        ),
        ("en", "What does “Work that is done again” mean?"),
        ("en", "The whole method: docs/methods/ranking.md."),
        ("en", "Where do citizens wait in Fitness to drive 75+?"),
        ("en", "3,860 cases waited here; 1 in 10 for 7 weeks or longer."),
        ("en", "Specialist report received"),
        ("nl", "Elke rij zegt welke stap er is gezet."),
    ],
)
def test_it_says(pages, language, sentence):
    assert sentence in Page(pages[language]).text.replace("\u00a0", " ")


def test_a_single_rank_has_no_range(html):
    assert len(re.findall("Hoe hoog deze plek|The position of this place", html)) == 1


def test_every_wait_leads_to_what_its_kind_means(page):
    links = [a["href"] for a in page.all("a") if a["href"].startswith("#kind-")]

    assert links == [
        "#kind-third_party_capacity",
        "#kind-capacity",
        "#kind-rework",
        "#kind-unknown",
        "#kind-unknown",
    ]


def test_two_causes_in_one_place_are_one_place_with_two_numbers(tmp_path):
    base = sample.findings()
    first, second, *others = base.bottlenecks
    same = {key: getattr(first, key) for key in ("from_", "to", "cases", "share_of_waiting")}
    found = base.model_copy(
        update={"bottlenecks": (first, second.model_copy(update=same), *others[:1])}
    )

    page = Page(_write(tmp_path, findings=found)[0])
    numbers = [link["href"] for link in page.all("a") if link.get("class") == "badge"]

    assert "op 2 plekken" in page.text
    assert sorted(numbers) == sorted(["#wait-1", "#wait-2", "#wait-3"] * 2)


@pytest.mark.parametrize(
    ("cut", "out_of_time", "fitting", "sentences"),
    [
        (False, False, 1905, ["ging 46 % van de zaken helemaal zoals bedoeld"]),
        (True, False, 1905, ["Hier is gekeken naar 4.000 van de 4.120 zaken"]),
        (True, True, 1905, ["De tijd was op."]),
        (False, False, 4, ["Hoeveel zaken gingen zoals bedoeld, staat hier niet"]),
    ],
)
def test_it_says_how_far_cases_went_as_meant(tmp_path, cut, out_of_time, fitting, sentences):
    seen = 4000 if cut else 4120
    row = (4120, seen, fitting, 0.874, cut, out_of_time)
    summary = pl.DataFrame([row], schema=TABLES["conformance_summary"], orient="row")

    html = _write(tmp_path, tables={**sample.tables(), "conformance_summary": summary})[0]

    assert all(each in html.replace("\u00a0", " ") for each in sentences)


def test_without_a_model_there_is_no_section_about_one(tmp_path):
    empty = {name: pl.DataFrame(schema=TABLES[name]) for name in TABLES if "conformance" in name}

    assert 'id="meant"' not in _write(tmp_path, tables={**sample.tables(), **empty})[0]


def test_small_groups_are_nowhere(page):
    assert sample.M not in page.text
    assert "Case reopened by hand" not in page.text


def test_the_same_input_gives_the_same_bytes(tmp_path, pages):
    assert _write(tmp_path) == list(pages.values())


def test_text_from_the_log_is_never_markup(tmp_path):
    evil = "<script>alert('&')</script>"
    tables = {
        name: frame.with_columns(pl.col(pl.String).replace(sample.D, evil))
        for name, frame in sample.tables().items()
    }
    label = {"steps": {evil: {"label": evil}}, "end": [sample.L]}
    base = sample.findings()
    segment = Segment(attribute=evil, values=(evil,))
    first = base.bottlenecks[0].model_copy(update={"segment": segment})
    found = base.model_copy(update={"bottlenecks": (first,)})

    for html in _write(tmp_path, found, tables, sample.settings(journey=label)):
        assert "<script" not in html
        assert "&lt;script&gt;" in html


_TOO_FEW = "Nergens in dit proces wachten genoeg zaken"
_NONE_WAITS = "Van geen zaak is te zien dat die tussen twee stappen wachtte."


@pytest.mark.parametrize(("cases", "told"), [(0, _TOO_FEW), (4, _TOO_FEW), (30, _NONE_WAITS)])
def test_a_log_with_next_to_nothing_still_makes_a_page(tmp_path, cases, told):
    base = sample.findings()
    log = base.log.model_copy(update={"cases": cases, "open_cases": cases})
    empty = {name: pl.DataFrame(schema=schema) for name, schema in TABLES.items()}
    nothing = {"log": log, "bottlenecks": (), "explained_waits": ()}

    nl, en = _write(tmp_path, findings=base.model_copy(update=nothing), tables=empty)

    assert told in nl
    assert Page(en).open == []
    assert "There are too few cases to draw the route." in en
    assert 'class="legend"' not in en


@pytest.mark.parametrize("has_waits", [True, False])
def test_the_map_points_to_a_table_of_waits_only_where_there_is_one(tmp_path, has_waits):
    tables = sample.tables()
    if not has_waits:
        empty = {name: pl.DataFrame(schema=TABLES[name]) for name in TABLES if name != "steps"}
        tables = {"steps": tables["steps"], **empty}
    found = sample.findings().model_copy(update={"bottlenecks": (), "explained_waits": ()})

    nl, en = _write(tmp_path, findings=found, tables=tables)

    assert ("All waits between steps are in the table of all waits." in en) == has_waits
    assert ("staan in de tabel met alle wachttijden." in nl) == has_waits
    assert "De stappen die de meeste zaken zetten" in nl


def test_where_no_place_is_told_the_question_is_of_the_whole_route(tmp_path):
    found = sample.findings().model_copy(update={"bottlenecks": ()})

    nl, en = (Page(html).text for html in _write(tmp_path, findings=found))

    assert f"hier over de hele route: “{QUESTION}”" in nl
    assert "“In your view, does this contribute to excellent service now?”" in en
    for words in ("elke plek", "nummers van de plekken"):
        assert words not in nl


# ---- what the data's faults do -------------------------------------------------------------------


def _with_headlines(*headlines, **log):
    base = sample.findings()
    validation = base.validation.model_copy(update={"headlines": headlines})
    return base.model_copy(
        update={"validation": validation, "log": base.log.model_copy(update=log)}
    )


def _cells(html, table):
    """The rows of the table with this caption, as texts."""
    body = html.split(f'id="{table}"')[1].split("<tbody>")[1].split("</tbody>")[0]
    rows = re.findall("<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [Page(cell).text.replace("\u00a0", " ") for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in rows
    ]


FOUR_WAYS = {
    "nl": (
        "de helft van de zaken is klaar binnen|73 dagen|72,4 dagen|70,9 dagen|75,2 dagen",
        (
            "9 van de 10 zaken zijn klaar binnen|nog niet te zeggen|nog niet te zeggen|263 dagen"
            "|langer dan het log laat zien"
        ),
        "zaken|4.120|4.103|4.120|4.120",
        "zaken die nog niet klaar zijn|706|689|689|706",
        "dagen dat alle zaken samen onderweg waren" + "|niet getoond" * 4,
        (
            "deel van het getoonde wachten dat tussen 'Specialist aangewezen' en 'Specialistisch"
            " rapport ontvangen' is|32 %|31 %|niet te zeggen|niet te zeggen"
        ),
    ),
    "en": (
        "half of the cases are done within|73 days|72.4 days|70.9 days|75.2 days",
        (
            "9 of 10 cases are done within|not known yet|not known yet|263 days"
            "|longer than the log shows"
        ),
        "cases|4,120|4,103|4,120|4,120",
        "cases that are not done yet|706|689|689|706",
        "days that all cases together were under way" + "|not shown" * 4,
        (
            "share of the shown waiting that is between 'Specialist assigned' and 'Specialist"
            " report received'|32%|31%|cannot be said|cannot be said"
        ),
    ),
}
"""Each figure as it is told, without the cases that lost rows, at least and at most."""


def test_every_figure_is_told_in_four_ways(html, language):
    told = tuple("|".join(row) for row in _cells(html, "headlines"))

    assert tuple(re.sub("[\u2018\u2019]", "'", row) for row in told) == FOUR_WAYS[language]
    assert "docs/methods/data-faults.md" in html


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            {"looks_back": True, "known": dt.datetime(2026, 5, 3, tzinfo=dt.UTC)},
            "Dit is het log zoals het op 3 mei 2026 bekend was.",
        ),
        ({"looks_back": True}, "dit is wat er nu over bekend is."),
        (
            {"left_out": {"closed": 1200}},
            "1.200 zaken zijn afgesloten zonder enige status",
        ),
        ({"left_out": {"closed": 3}}, "Minder dan 10 zaken zijn afgesloten zonder enige status"),
        (
            {"sources": (SourceFact("oud.csv", 900, "abc", is_there=False),)},
            "oud.csv (er niet meer; gelezen voor een eerdere run)",
        ),
    ],
)
def test_it_says_what_was_known_when(tmp_path, facts, sentence):
    nl, _ = _write(tmp_path, facts=replace(sample.facts(), **facts))
    plain, _ = _write(tmp_path, facts=sample.facts())

    assert sentence in Page(nl).text.replace("\u00a0", " ")
    assert sentence not in Page(plain).text.replace("\u00a0", " ")


def test_it_says_that_a_client_may_not_see_every_case(tmp_path):
    settings = sample.settings()
    api = settings.sources[0].model_copy(update={"format": "zgw"})

    nl, _ = _write(tmp_path, settings=settings.model_copy(update={"sources": (api,)}))

    sentence = "Een ZGW-API geeft een client alleen de zaken die deze mag zien."
    assert sentence in Page(nl).text
    assert sentence not in Page(_write(tmp_path)[0]).text


@pytest.mark.parametrize(("rows", "cases"), [(12, 8), (5, 0), (5, 5)])
def test_hidden_numbers_of_rows_that_were_set_aside_make_a_sentence(tmp_path, rows, cases):
    found = _with_headlines(
        quarantined_rows=rows, quarantined_cases=cases, order_undetermined_cases=4
    )
    nl, en = _write(tmp_path, found)

    assert "Er zijn rijen opzijgezet omdat" in nl
    assert "Bij een deel van de zaken is de volgorde van de stappen niet zeker" in nl
    assert "Rows were set aside because" in en
    assert "it would tell of fewer than 10 cases or rows" in en
    for html, hidden in ((nl, "niet getoond rijen"), (en, "not shown rows")):
        assert hidden not in html


def test_where_nothing_was_set_aside_there_is_a_line_and_no_table(tmp_path):
    for html in _write(tmp_path, _with_headlines(quarantined_rows=0, quarantined_cases=0)):
        assert re.search("Er is niets opzijgezet|Nothing was set aside", html)
        assert 'id="headlines"' not in html


def test_what_few_cases_do_is_not_told(tmp_path):
    counted = sample.headline("cases", 4120, 4112, 4120, 4120)
    found = _with_headlines(counted, *sample.HEADLINES[:2], quarantined_cases=8)

    for html in _write(tmp_path, found):
        assert re.search("minder dan 10 zaken|fewer than 10 cases", html)
        assert 'id="headlines"' not in html


@pytest.mark.parametrize(
    ("lowest", "highest", "cautions"),
    [
        (58.5, 87.5, False),
        (58.3, 73.0, True),
        (73.0, 87.7, True),
        (73.0, None, True),
    ],
)
def test_the_first_screen_cautions_where_a_figure_could_well_be_another(
    tmp_path, lowest, highest, cautions
):
    half = sample.headline("p50_days", 73.0, 72.4, lowest, highest)

    for html in _write(tmp_path, _with_headlines(half, *sample.HEADLINES[1:])):
        assert ('class="caution"' in html) is cautions


def test_rules_that_are_broken_come_first_with_who_can_mend_them(tmp_path):
    rules = (
        rule_result("C03"),
        rule_result("DQ05", 40, 12),
        rule_result("DQ14", 30, 20),
        rule_result("DQ18", 38, 4),
        rule_result("DQ27"),
    )
    nl, en = _write(tmp_path, facts=replace(sample.facts(), rules=rules))
    warning, told = ("hoort te kloppen", "opzijgezet"), ("goed om te weten", "alleen gemeld")

    assert [row[1:] for row in _cells(nl, "rules")] == [
        [*warning, "30", "20", "de functionaris gegevensbescherming"],
        [*warning, "niet getoond", "niet getoond", "wie de export maakt"],
        [*told, "40", "12", "de eigenaar van het proces"],
    ]
    assert [row[5] for row in _cells(en, "rules")] == [
        "the data protection officer",
        "whoever makes the export",
        "the owner of the process",
    ]
    held = en.split("Show the rules that hold (2)")[1].split("</details>")[0]
    assert re.findall(r"C03|DQ\d\d", held) == ["C03", "DQ27"]


def test_a_rule_calls_steps_what_the_report_calls_them(tmp_path):
    names = (sample.A, "Gebeld", "Health declaration submitted")  # in English two of one name
    begins = rule_result("DQ21", 40, 12).model_copy(update={"names": names})

    nl, en = _write(tmp_path, facts=replace(sample.facts(), rules=(begins,)))

    third = "'Health declaration submitted'"
    assert f"een eerste stap: '{sample.A}', 'Gebeld' of {third}." in _cells(nl, "rules")[0][0]
    assert "a first step: 'Health declaration submitted' or 'Gebeld'." in _cells(en, "rules")[0][0]


def test_a_rule_tells_which_steps_break_it_by_the_names_of_the_report(tmp_path):
    about = (sample.A, "Health declaration submitted", *(f"stap {n}" for n in range(6)))
    comes = rule_result("DQ20", 40, 12).model_copy(update={"about": about})

    nl, en = _write(tmp_path, facts=replace(sample.facts(), rules=(comes,)))

    dutch, english = (_unquoted(_cells(page, "rules")[0][0]) for page in (nl, en))
    third, others = "Health declaration submitted", "stap 0, stap 1, stap 2, stap 3"
    assert f"Niet zo bij: {sample.A}, {third}, {others} en nog 2." in dutch
    assert f"Not so for: {third}, {others}, stap 4 and 1 more." in english


def _unquoted(text):
    return re.sub("[\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}]", "", text)


def test_where_every_rule_holds_there_is_no_table_of_rules(tmp_path):
    facts = replace(sample.facts(), rules=(rule_result("C03"),))

    assert 'id="rules"' not in _write(tmp_path, facts=facts)[0]


@pytest.mark.parametrize(("formats", "links"), [(["html", "pdf"], 1), (["html"], 0)])
def test_it_leads_to_the_same_on_paper_where_that_is_there(tmp_path, formats, links):
    settings = sample.settings(report={"languages": ["en"], "formats": formats})
    (html,) = _write(tmp_path, settings=settings)

    assert [a["href"] for a in Page(html).all("a")].count("report.en.pdf") == links


def test_one_language_has_no_link_to_another(tmp_path):
    (html,) = _write(tmp_path, settings=sample.settings(report={"languages": ["en"]}))

    assert "hreflang" not in html


def test_a_wait_whose_only_band_is_hidden_has_no_chart(tmp_path):
    tables = sample.tables()
    first = (pl.col("from") == sample.G) & (pl.col("to") == sample.L)
    one = tables["wait_bands"].filter(first).head(1)

    html = _write(tmp_path, tables={**tables, "wait_bands": one})[0]

    assert "Hoe lang wachtten zaken hier" not in html


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nl", "Minder dan 10 rijen zeggen alleen dat een stap in de toestand “schedule” was"),
        ("nl", "1.200 rijen zeggen alleen dat een stap in de toestand “withdraw” was"),
        ("nl", "few.csvminder dan 10"),
        (
            "nl",
            "termijn: ervoor, of na de uitkomstniet getoond",
        ),
        ("nl", "Van de 273.000 dagen die worden getoond, was de dienst 25 % van de tijd aan zet."),
        ("nl", "de burger was aan zet64012.900"),
        ("en", "Fewer than 10 rows only say that a step was in the state “schedule”"),
        ("en", "few.csvfewer than 10"),
    ],
)
def test_it_does_not_count_few(tmp_path, language, sentence):
    base = sample.facts()
    few = replace(base.sources[0], name="few.csv", rows=4)
    no_steps = (("schedule", 1), ("withdraw", 1200))
    made = _write(tmp_path, facts=replace(base, sources=(few,), no_steps=no_steps))
    html = made[("nl", "en").index(language)]

    assert sentence in Page(html).text.replace("\u00a0", " ")


def test_of_so_few_cases_it_is_not_said_that_some_have_no_certain_order(tmp_path):
    base = sample.findings()
    log = base.log.model_copy(update={"cases": 8, "order_undetermined_cases": 0})

    text = Page(_write(tmp_path, base.model_copy(update={"log": log}))[1]).text

    assert "How many cases have steps in no certain order is not shown." in text
    assert "Some cases have steps in no certain order" not in text


@pytest.mark.parametrize(
    ("took", "rows"), [(4119, "at least 33,950"), (4000, "33,955")], ids=["hidden", "told"]
)
def test_rows_of_a_source_do_not_tell_the_events_of_a_hidden_step(tmp_path, took, rows):
    """Of 4,120 cases all but one took it."""
    only = pl.DataFrame([(sample.D, took, took)], schema=TABLES["steps"], orient="row")
    base, found = sample.facts(), sample.findings()
    source = replace(base.sources[0], name="log.csv", rows=33_955)

    text = Page(
        _write(
            tmp_path,
            found.model_copy(update={"log": found.log.model_copy(update={"activities": 1})}),
            tables={**sample.tables(), "steps": only},
            facts=replace(base, sources=(source,)),
        )[1]
    ).text

    assert f"log.csv{rows}" in text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("few", "told"),
    [
        ({"sources": [SourceFact("a.csv", 4, "abc")]}, "at least 33,950"),
        ({"no_steps": (("schedule", 9),)}, "at least 33,950"),
        ({"no_steps": (("schedule", 10),)}, "33,955"),
    ],
)
def test_rows_of_a_source_do_not_tell_how_few_others_there_are(tmp_path, few, told):
    source = SourceFact("log.csv", 33_955, "abc")
    facts = replace(sample.facts(), no_steps=(), sources=())
    facts = replace(facts, **{**few, "sources": (source, *few.get("sources", ()))})

    text = Page(_write(tmp_path, sample.findings(), facts=facts)[1]).text

    assert f"log.csv{told}" in text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("hidden", "sentence"),
    [
        ("agency_work", "De dagen hieronder zijn er samen"),
        ("citizen", "dagen die worden getoond"),
        (None, "dagen dat alle zaken samen onderweg waren"),
    ],
)
def test_whose_turn_it_was_says_what_it_counts(tmp_path, hidden, sentence):
    frames = sample.tables()
    few = pl.when(pl.col("owner") == (hidden or "")).then(4).otherwise(40)
    ledger = frames["ledger"].with_columns(cases=few.cast(pl.Int64))

    html = _write(tmp_path, tables={**frames, "ledger": ledger})[0]

    assert sentence in html


def test_a_step_of_nearly_all_cases_is_on_the_map_without_a_number(tmp_path):
    base, frames = sample.findings(), sample.tables()
    nearly = pl.when(pl.col("activity") == sample.D).then(4119).otherwise("cases")

    nl = _write(tmp_path, base, {**frames, "steps": frames["steps"].with_columns(cases=nearly)})[0]

    assert "aantal zaken niet getoond" in Page(nl).text
    assert "4.119" not in Page(nl).text.split("Alle wachttijden")[0]


def test_a_number_that_is_rounded_down_is_marked_and_the_mark_is_told(tmp_path):
    for_all, public = (
        _write(tmp_path, facts=replace(sample.facts(), is_public=is_public))[0]
        for is_public in (False, True)
    )

    # 4119 cases waited after a step of 4120
    assert "≥\N{NO-BREAK SPACE}4.100 zaken" in for_all
    assert ">≥\N{NO-BREAK SPACE}4.100</td>" in for_all
    assert for_all.count("≥: ten minste zoveel") == 4
    assert "≥" not in public
    assert "naar beneden afgerond" in for_all
    assert "aantallen zaken zijn naar beneden afgerond" not in public


def test_where_no_queue_is_drawn_no_numbers_are_said_to_be_rounded(tmp_path):
    frames = sample.tables()
    few = frames["queues"].with_columns(waiting=pl.lit(10, pl.Int64))

    nl = _write(tmp_path, tables={**frames, "queues": few})[0]

    assert "Hier wachtten nooit" in nl
    assert "De aantallen zijn naar beneden afgerond." not in nl


def test_a_wait_that_takes_no_time_has_no_number_of_seconds(tmp_path):
    at_once = sample.tables()["waits"].with_columns(p50_days=0.0, p90_days=0.0)

    nl, en = _write(tmp_path, tables={**sample.tables(), "waits": at_once})

    assert ("9/10: meteen" in nl, "9/10: at once" in en) == (True, True)
    assert "0 seconden" not in nl


def test_of_a_great_many_steps_and_waits_the_page_stays_small(tmp_path):
    steps = [f"Stap {n} van de behandeling van de aanvraag" for n in range(400)]
    pairs = [(a, steps[(n + m) % 400]) for n, a in enumerate(steps) for m in range(1, 6)]
    waits = [(*pair, 500, 600, 30, 3.0, 30.0, 9000.0 - n, 1e-4) for n, pair in enumerate(pairs)]
    counts = [(step, 100_000 - n, 150_000) for n, step in enumerate(steps)]
    many = {
        "steps": pl.DataFrame(counts, schema=TABLES["steps"], orient="row"),
        "waits": pl.DataFrame(waits, schema=TABLES["waits"], orient="row"),
    }

    html = _write(tmp_path, tables=sample.tables() | many)[0]

    assert len(html.encode()) < 600 * 1024
    assert "Dit zijn de 200 plekken waar het meest gewacht is, van 2.000." in html
    assert "Toon de plekken waar het meest is gewacht (200 van 2.000)" in html
    assert re.search("Toon de kaart met (3[5-9]|40) stappen", html)


def test_odd_names_are_shown_whole_and_break_nothing(tmp_path):
    for html in _write(tmp_path, *sample.odd_run(), sample.settings(journey={"end": [sample.L]})):
        page = Page(html)

        assert page.open == []
        assert all(name in page.text for name in sample.ODD.values())
        assert "\u2068" + sample.ODD[sample.H] + "\u2069" in page.text


def test_a_long_name_is_cut_on_the_map_and_told_in_full(tmp_path):
    html = _write(tmp_path, *sample.odd_run())[0]
    title = f"<title>{sample.ODD[sample.D]}</title>"

    assert title in html
    assert html.split(title)[1].split("</g>")[0].count("X\N{HORIZONTAL ELLIPSIS}</tspan>") == 1


def test_a_report_after_which_nothing_changed_says_so(tmp_path):
    nothing = sample.changes(dict.fromkeys(sample.CHANGES, (0, 0, 71.0, None)))
    since = nothing.since.model_copy(update={"version": sample.facts().version})
    same = nothing.model_copy(
        update={"since": since, "config": (), "relabelled": (), "definitions": ()}
    )
    found = sample.findings().model_copy(update={"changes": same})

    dutch, english = _write(tmp_path, findings=found)

    assert "Nothing in the log changed since then." in english
    assert "Sindsdien is er in het log niets veranderd." in dutch
    assert 'id="effects"' not in english


def test_what_cases_too_few_to_tell_of_did_is_told_in_one_row(tmp_path):
    _, english = _write(tmp_path)
    rows = dict(
        re.findall(r'<tr><th scope="row">(steps [^<]*|cases [^<]*)</th>(.*?)</tr>', english)
    )

    few = rows["steps that are no longer in the log; cases that are no longer in the log"]
    figures = re.findall(r">([^<]+)</td>", few)
    assert "1.9" in figures[0]
    assert figures[2:] == ["not shown"] * 2


@pytest.mark.parametrize("days", [0, None, 3])
def test_the_period_is_in_the_title_where_it_may_be_told(days, tmp_path):
    base = sample.findings()
    first = None if days is None else dt.datetime(2026, 3, 4, 9, tzinfo=dt.UTC)
    last = first and first + dt.timedelta(days=days)
    log = base.log.model_copy(update={"first": first, "last": last})

    _, html = _write(tmp_path, base.model_copy(update={"log": log}))

    period = {0: " · 4 March 2026", None: "", 3: " · 4 March 2026 \N{EN DASH} 7 March 2026"}[days]
    assert f"75+?{period}</title>" in html
