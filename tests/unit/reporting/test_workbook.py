# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The workbook as others read it: every figure is there as it was found, and no text is more."""

from __future__ import annotations

import datetime as dt
import gc
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import fastexcel
import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.disclosure.rules import protect
from reporting.workbooks.book import WRITERS, book, write_books
from reporting.workbooks.workbook import (
    MOST_CHARACTERS,
    Column,
    Days,
    Share,
    Sheet,
    Workbook,
    plain,
)
from tests.unit.reporting import sample

FORMATS = ["xlsx", "ods"]
FULL = Path("/dev/full")
HOSTILE = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "-2",
    "\t=1+1",
    "\r=1+1",
    "{=A1}",
    "https://example.org/?a=1&b=2",
    "mailto:x@example.org",
    "file://server/share",
    "_x0041_",
    "0123",
    "1-2",
    "TRUE",
    "<b>&amp;</b>]]>",
    "two  spaces, and at the end ",
    "a \x00\x08\x0b\x1f\x7f b",
    "\ud800 \ufffe \uffff",
    "\N{PILE OF POO}",
    "مراجعة",
)


def written(out: Path, **changes: object) -> dict[str, Path]:
    asked = sample.settings(report={"formats": FORMATS, "languages": ["nl", "en"]}, **changes)
    write_books(sample.shown(settings=asked), out)
    return {path.suffix[1:]: path for path in out.iterdir()}


def one_written(told: Workbook, folder: Path, format_: str) -> Path:
    path = folder / f"book.{format_}"
    WRITERS[format_](told, path)
    return path


@pytest.fixture(scope="module")
def paths(tmp_path_factory) -> dict[str, Path]:
    return written(tmp_path_factory.mktemp("books"))


@pytest.fixture(scope="module")
def shown():
    return protect(sample.findings(), sample.tables(), 10, sample.settings().journey.end)


def cells(path: Path, sheet: str) -> pl.DataFrame:
    """A sheet as calamine reads it, every cell a text."""
    read = fastexcel.read_excel(path).load_sheet(sheet, header_row=None, dtypes="string")
    return read.to_polars()


def table(path: Path, sheet: str) -> list[dict[str, str | None]]:
    names, *rows = cells(path, sheet).rows()
    return [dict(zip(names, row, strict=True)) for row in rows]


def figure(text: str | None) -> object:
    """A cell as a number; a count that is hidden and a time that is not known as nothing."""
    if text in (None, "niet getoond", "nog niet te zeggen"):
        return None
    return pytest.approx(float(text), abs=1e-9)  # calamine gives so many digits


def one_book(*texts: str) -> Workbook:
    sheet = Sheet("texts", (Column("text", 40), Column("n")), tuple((each, 1) for each in texts))
    return Workbook("t", "nl", "us", dt.datetime(2026, 1, 1, tzinfo=dt.UTC), (sheet,))


def test_nothing_is_written_that_was_not_asked(tmp_path):
    shown = sample.shown(settings=sample.settings(report={"formats": ["html"]}))

    write_books(shown, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_the_same_run_has_the_same_bytes(paths, tmp_path):
    again = written(tmp_path)

    assert {k: p.read_bytes() for k, p in again.items()} == {
        k: p.read_bytes() for k, p in paths.items()
    }


@pytest.mark.parametrize("format_", FORMATS)
def test_every_figure_of_a_bottleneck_is_as_it_was_found(format_, paths, shown):
    found, _ = shown

    rows = table(paths[format_], "Plekken")

    assert [int(row["nummer"]) for row in rows] == [each.rank for each in found.bottlenecks]
    for row, each in zip(rows, found.bottlenecks, strict=True):
        low, high = each.interval or (None, None)
        for title, value in {
            "zaken": each.cases,
            "daarvan wachten nu": each.open_cases,
            "de helft gaat verder binnen (dagen)": each.wait_days.p50,
            "1 op de 10 wacht ten minste (dagen)": each.wait_days.p90,
            "dagen gewacht, alle zaken samen": each.person_days_lost,
            "deel van al het wachten": each.share_of_waiting,
            "extra dagen per zaak": each.mean_days_per_case,
            "extra dagen, ten minste": low,
            "extra dagen, ten hoogste": high,
        }.items():
            assert figure(row[title]) == value, title


@pytest.mark.parametrize("format_", FORMATS)
def test_every_wait_is_there_with_its_figures(format_, paths, shown):
    waits = shown[1]["waits"].sort("person_days", descending=True, maintain_order=True)

    rows = table(paths[format_], "Alle wachttijden")

    assert len(rows) == len(waits)
    for row, wait in zip(rows, waits.iter_rows(named=True), strict=True):
        assert [row["van"], row["naar"]] == [wait["from"], wait["to"] or "nog niet te zeggen"]
        assert [figure(each) for each in list(row.values())[2:]] == [
            wait[name]
            for name in (
                *("cases", "open_cases", "n", "p50_days", "p90_days"),
                *("person_days", "share_of_waiting"),
            )
        ]


@pytest.mark.parametrize("format_", FORMATS)
def test_days_with_a_known_reason_and_days_without_have_no_one_name(format_, paths):
    of_a_place, of_a_wait = (
        {title for title in table(paths[format_], sheet)[0] if title.startswith(words)}
        for sheet, words in (("Plekken", "dagen gewacht"), ("Alle wachttijden", "alle dagen"))
    )

    assert of_a_place == {"dagen gewacht, alle zaken samen"}
    assert of_a_wait == {"alle dagen gewacht, ook die de wet of een besluit verklaart"}


@pytest.mark.parametrize("format_", FORMATS)
def test_the_summary_and_the_terms_say_what_was_found(format_, paths, shown):
    found, _ = shown

    told = {row["wat"]: row["cijfer"] for row in table(paths[format_], "Samenvatting")}
    by_id = {row["naam in de configuratie"]: row for row in table(paths[format_], "Termijnen")}

    assert figure(told["zaken"]) == found.log.cases
    assert figure(told["zaken die nog niet klaar zijn"]) == found.log.open_cases
    assert figure(told["de helft van de zaken is klaar binnen (dagen)"]) == 73.0
    assert told["9 van de 10 zaken zijn klaar binnen (dagen)"] == "nog niet te zeggen"
    assert told["geteld tot"].startswith("2026-03-02")
    assert by_id.keys() == {each.id for each in found.deadlines}
    for each in found.deadlines:
        row = by_id[each.id]
        assert figure(row["op tijd"]) == each.within
        assert figure(row["te laat"]) == each.late
        assert figure(row["open, nog op tijd"]) == each.open_within
        assert figure(row["open, al te laat"]) == each.open_late
        assert row["versie van de regel"] == each.rule_version


@pytest.mark.parametrize("format_", FORMATS)
def test_every_rule_is_told_with_what_it_did(format_, paths):
    rows = {row["regel"]: row for row in table(paths[format_], "Klopt het beeld")}

    assert rows.keys() == {rule.id for rule in sample.facts().rules}
    assert rows["C03"]["klopt dat in het log"] == "ja"
    assert rows["DQ03"]["rijen"] == rows["DQ03"]["zaken"] == "niet getoond"  # three
    assert rows["DQ18"]["wat er is gedaan"] == "opzijgezet"


@pytest.mark.parametrize("format_", FORMATS)
def test_a_hidden_count_is_in_no_sheet(format_, paths):
    small = {str(each) for each in range(1, 10)}
    counts = {"zaken", "daarvan wachten nu", "wachttijden die voorbij zijn", "rijen"}
    sheets = fastexcel.read_excel(paths[format_]).sheet_names
    rows = [row for sheet in sheets for row in table(paths[format_], sheet)]

    assert counts <= {title for row in rows for title in row}
    assert not small & {row.get(each) for row in rows for each in counts}


def test_figures_are_real_numbers_shares_and_dates(paths):
    sheets = openpyxl.load_workbook(paths["xlsx"])
    places = {
        cell.value: row for cell, row in zip(*sheets["Plekken"].iter_rows(max_row=2), strict=True)
    }
    dates = [row[1] for row in sheets["Samenvatting"].iter_rows(min_row=2) if row[1].is_date]

    assert places["zaken"].number_format == "#,##0"
    waits = {row[0].value: row[2] for row in sheets["Alle wachttijden"].iter_rows(min_row=2)}
    first = waits[sample.A]  # of 4119 of 4120 cases
    assert (first.value, first.number_format) == (4100, '"≥ "#,##0')
    assert places["de helft gaat verder binnen (dagen)"].number_format == "#,##0.00"
    assert places["deel van al het wachten"].number_format == "0.0%"
    assert [cell.value.date().isoformat() for cell in dates] == [
        "2025-01-02",
        "2026-02-27",
        "2026-03-02",
    ]


def test_every_sheet_of_excel_has_a_filter_and_keeps_its_header_in_sight(paths):
    for sheet in openpyxl.load_workbook(paths["xlsx"]):
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet.freeze_panes == ("C2" if sheet.title == "Plekken" else "A2")
        assert all(cell.font.bold for cell in sheet[1])


def test_the_question_has_a_choice_in_excel(paths):
    sheets = openpyxl.load_workbook(paths["xlsx"])
    (offered,) = sheets["Plekken"].data_validations.dataValidation
    titles = [cell.value for cell in sheets["Plekken"][1]]
    question = titles.index("Draagt dit nu volgens jou bij aan excellente dienstverlening?")
    letter = sheets["Plekken"].cell(1, question + 1).column_letter

    assert str(offered.sqref) == f"{letter}2:{letter}{sheets['Plekken'].max_row}"
    assert offered.formula1 == "'Antwoorden'!$A$2:$A$4"
    assert [row[0].value for row in sheets["Antwoorden"].iter_rows(min_row=2)] == [
        "Ja, want …",
        "Nee, want …",
        "Dat weet ik nog niet, eerst zoeken we uit …",
    ]
    assert not offered.showErrorMessage  # words of one's own are an answer as well


def part(path: Path, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(path) as parts:
        return ElementTree.fromstring(parts.read(name))


def test_the_question_has_a_choice_in_open_document(paths):
    content = part(paths["ods"], "content.xml")
    (offered,) = content.iter("{urn:oasis:names:tc:opendocument:xmlns:table:1.0}content-validation")
    space = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    name = offered.get(f"{space}name")
    told = [each for each in content.iter() if each.get(f"{space}content-validation-name") == name]

    assert offered.get(f"{space}condition").endswith("in-list([$'Antwoorden'.$A$2:.$A$4])")
    assert len(told) == 5  # bottlenecks that may be shown


def test_every_sheet_of_open_document_has_a_filter_and_keeps_its_header_in_sight(paths):
    sheets = fastexcel.read_excel(paths["ods"]).sheet_names
    with zipfile.ZipFile(paths["ods"]) as parts:
        settings_, content = (parts.read(f"{n}.xml").decode() for n in ("settings", "content"))
    frozen = re.findall(r'"VerticalSplitPosition" config:type="int">(\d)<', settings_)
    filtered = re.findall(r"target-range-address=\"'([^']+)'\.A1:", content)

    assert frozen == ["1"] * len(sheets)
    assert re.findall(r'"HorizontalSplitPosition" config:type="int">(\d)<', settings_) == ["2"]
    assert filtered == sheets


def test_open_document_says_what_it_is_before_all_else(paths):
    with zipfile.ZipFile(paths["ods"]) as parts:
        first = parts.infolist()[0]
        for name in parts.namelist()[1:]:
            ElementTree.fromstring(parts.read(name))
        listed = re.findall(r'full-path="([^"/]+)"', parts.read("META-INF/manifest.xml").decode())

    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert {*listed, "mimetype", "META-INF/manifest.xml"} == set(parts.namelist())


def test_the_documents_say_their_title_and_their_language(paths):
    title = "Waar wachten burgers bij Rijgeschiktheid 75+?"
    meta = part(paths["ods"], "meta.xml")[0]
    told = {each.tag.rpartition("}")[2]: each.text for each in meta}
    excel = openpyxl.load_workbook(paths["xlsx"])

    assert (told["title"], told["language"]) == (title, "nl")
    assert excel.properties.title == title
    assert excel.custom_doc_props["Language"].value == "nl"
    assert b'fo:language="nl"' in zipfile.ZipFile(paths["ods"]).read("styles.xml")


@pytest.mark.parametrize("format_", FORMATS)
def test_no_text_is_ever_more_than_a_text(format_, tmp_path):
    path = one_written(one_book(*HOSTILE), tmp_path, format_)

    read = [row[0] for row in cells(path, "texts").rows()[1:]]

    assert read == [plain(each) for each in HOSTILE]
    with zipfile.ZipFile(path) as parts:
        whole = b"".join(parts.read(name) for name in parts.namelist())
    assert not re.search(rb"<f>|table:formula|<hyperlink|xlink:href|externalLink", whole)


def test_excel_holds_only_texts_and_numbers(tmp_path):
    path = one_written(one_book(*HOSTILE), tmp_path, "xlsx")

    kinds = [[cell.data_type for cell in row] for row in openpyxl.load_workbook(path)["texts"]]

    assert kinds == [["s", "s"], *[["s", "n"]] * len(HOSTILE)]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(min_size=1), min_size=1, max_size=8))
def test_any_text_is_read_as_it_was_written(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("any")
    for format_ in FORMATS:
        path = one_written(one_book(*(f"({each})" for each in texts)), folder, format_)

        assert [row[0] for row in cells(path, "texts").rows()[1:]] == [
            plain(f"({each})") for each in texts
        ]


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("text", ["x" * 40_000, "\N{PILE OF POO}" * 20_000])
def test_a_text_ends_where_a_cell_does(format_, text, tmp_path):
    path = one_written(one_book(text), tmp_path, format_)

    read = cells(path, "texts").rows()[1][0]

    assert len(read.encode("utf-16-le")) <= 2 * MOST_CHARACTERS
    assert read.endswith("…")
    assert text.startswith(read[:-1])


@pytest.mark.parametrize("format_", FORMATS)
def test_odd_names_of_steps_stand_where_they_belong(format_, tmp_path):
    findings, tables = sample.odd_run()
    asked = sample.settings(report={"formats": [format_], "languages": ["nl"]})

    write_books(sample.shown(findings=findings, tables=tables, settings=asked), tmp_path)

    rows = table(tmp_path / f"findings.{format_}", "Alle wachttijden")
    waited_in = {row["van"] for row in rows}
    assert waited_in >= {plain(each) for each in sample.ODD.values()}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_program_can_have_sheets_of_these_names(language):
    told = book(sample.shown(), language)
    names = [sheet.name for sheet in told.sheets]

    assert len({name.lower() for name in names}) == len(names)
    assert [name for name in names if re.search(r"[\[\]:*?/\\']", name) or len(name) > 31] == []
    for sheet in told.sheets:
        titles = [column.title for column in sheet.columns]
        assert len(set(titles)) == len(titles)
        assert all(len(row) == len(titles) for row in sheet.rows)


def test_what_was_never_seen_in_excel_is_written_as_a_text(tmp_path):
    day = dt.date(1899, 12, 31)
    sheet = Sheet("days", (Column("day"), Column("d"), Column("s")), ((day, Days(2), Share(0.5)),))
    told = Workbook("t", "nl", "us", dt.datetime(2026, 1, 1, tzinfo=dt.UTC), (sheet,))

    for format_ in FORMATS:
        path = one_written(told, tmp_path, format_)
        assert cells(path, "days").rows()[1] == ("1899-12-31", "2", "0.5")


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("format_", FORMATS)
def test_on_a_full_disk_no_file_is_left_open(format_):
    with pytest.raises(OSError, match="No space left"):
        WRITERS[format_](one_book("a" * 9), FULL)

    gc.collect()  # what is left open would be told as an error, which fails a test


@pytest.mark.parametrize("is_public", [False, True])
def test_a_workbook_for_the_public_says_so_and_asks_for_no_answers_to_be_saved(is_public):
    facts = replace(sample.facts(), is_public=is_public)

    summary, *_ = book(sample.shown(facts=facts), "nl").sheets

    told = {row[0]: row[2] for row in summary.rows}
    assert ("antwoorden" in told) is not is_public
    assert told.get("voor het publiek") == (
        "Openbare versie, in ronde aantallen" if is_public else None
    )


def test_a_sheet_that_would_be_empty_is_left_out_but_for_the_one_to_answer_on():
    settings = sample.settings(deadlines=[])
    base = sample.findings()
    unharmed = base.validation.model_copy(update={"headlines": ()})
    found = base.model_copy(update={"bottlenecks": (), "deadlines": (), "validation": unharmed})
    told = book(sample.shown(findings=found, settings=settings), "en")

    names = {sheet.name: len(sheet.rows) for sheet in told.sheets}
    assert names.pop("Places") == 0
    assert not {"Terms", "First figures"} & names.keys()
    assert all(names.values())
