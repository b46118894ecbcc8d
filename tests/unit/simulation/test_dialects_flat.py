# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Each dialect, read by a program that is not ours, gives back the very events of the log."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import zipfile
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import polars as pl
import pyarrow.parquet
import pytest
from lxml import etree
from openpyxl.utils.datetime import from_excel

from contracts.texts import Text
from ingest.text.delimited import read_delimited
from ingest.times.instants import parsed
from ingest.times.notations import SERIAL
from ingest.xes.reader import read_xes
from simulation.description import Attribute, Process
from simulation.recording.dialects import DIALECTS
from simulation.recording.dialects.flat import _serial, _serial_text, write_csv_nl, write_excel
from simulation.recording.log import CASES, EVENTS, EXTENSIONS, SUSPENSIONS, Part

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
PROCESS = Process.model_construct(
    case_type=Text(nl="Vergunning & bezwaar", en="Permit"),
    attributes={"kanaal": Attribute(), "regio": Attribute()},
)
HEADER = [
    "zaaknummer", "stap", "tijdstip", "begonnen", "medewerker", "afdeling", "organisatie",
    "vastgelegd", "kanaal", "regio", "toelichting",
]  # fmt: skip
TIMES = ("tijdstip", "begonnen", "vastgelegd")
AWKWARD = 'Eerst "gebeld" <2x>,\ntoen gemaild; & geïnd: € 5'


def utc(text):
    return text and dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def event(at, step, *, began=None, resource=None, team=None, note=None):
    """An event at a time in UTC, recorded a minute later, by an organisation where by a team."""
    return {
        "activity": step,
        "at": utc(at),
        "started_at": utc(began),
        "recorded_at": utc(at) + dt.timedelta(minutes=1),
        "actor": "agency",
        "team": team,
        "organisation": team and "Uitvoerder A & B",
        "resource": resource,
        "note": note,
    }


CASE_ROWS = [("Z-1", "digitaal", "Noord"), ("Z-2", None, "Zuid & Oost"), ("Z-3", "papier", None)]
EVENT_ROWS = [
    [
        event("2025-03-14T08:30:00", "Ontvangen"),
        event(
            "2025-03-14T08:30:00",
            "Getoetst",
            began="2025-03-14T08:30:00",
            resource="J. Müller",
            team="Toetsing",
            note=AWKWARD,
        ),
        event("2025-03-17T12:00:01", 'Besluit "A;B"', began="2025-03-14T08:00:00", team="Besluit"),
    ],
    [
        # the night in which summer time begins, and the hour that winter time has twice
        event("2025-03-30T00:59:59", "Ontvangen"),
        event("2025-03-30T01:00:00", "=1+1", team="Toetsing", resource="https://example.org"),
        event("2025-10-26T00:30:00", "Getoetst", began="2025-10-26T00:10:00", note="{=1+1}"),
        event("2025-10-26T01:30:00", "Getoetst", began="2025-10-26T01:40:00", team="Café"),
    ],
    [event("2025-12-31T23:00:00", "Ontvangen")],
]


def part(*numbers):
    """The cases of these numbers as a part, with one more that has no events."""
    cases = [
        {"case": n, "case_id": id_, "version": 1, "kanaal": kanaal, "regio": regio}
        for n in numbers
        for id_, kanaal, regio in [CASE_ROWS[n]]
    ]
    events = [
        {"case": n, "number": number, "step": "S", **row}
        for n in numbers
        for number, row in enumerate(EVENT_ROWS[n])
    ]
    schema = {**CASES, "kanaal": pl.String, "regio": pl.String}
    return Part(
        pl.DataFrame([*cases, {"case": 9, "case_id": f"leeg-{numbers}"}], schema),
        pl.DataFrame(events, EVENTS),
        SUSPENSIONS.to_frame(),
        EXTENSIONS.to_frame(),
    )


def parts():
    yield part(0, 1)
    yield part(2)


def expected(times=lambda at: at.astimezone(AMSTERDAM).replace(tzinfo=None), nothing=None):
    """The rows that a flat dialect must hold."""
    rows = []
    for (case_id, *known), events in zip(CASE_ROWS, EVENT_ROWS, strict=True):
        for e in events:
            who = [e["resource"], e["team"], e["organisation"]]
            at, began, recorded = (
                e[name] and times(e[name]) for name in ("at", "started_at", "recorded_at")
            )
            row = [case_id, e["activity"], at, began, *who, recorded, *known, e["note"]]
            rows.append([nothing if value is None else value for value in row])
    return rows


def written(name, tmp_path):
    folder = tmp_path / name
    folder.mkdir(parents=True)
    DIALECTS[name](parts(), PROCESS, folder)
    return folder


def local(form):
    return lambda text: dt.datetime.strptime(text, form)  # noqa: DTZ007 - as the wall tells it


def from_serial(text):
    days = Decimal(text.replace(",", "."))
    microseconds = int((days * 86_400_000_000).to_integral_value())
    at = dt.datetime.fromisoformat("1899-12-30") + dt.timedelta(microseconds=microseconds)
    second = (at + dt.timedelta(milliseconds=500)).replace(microsecond=0)
    assert abs(at - second) < dt.timedelta(microseconds=5)
    return second


@pytest.mark.parametrize(
    ("name", "encoding", "separator", "read"),
    [
        ("csv", "utf-8", ",", local("%Y-%m-%d %H:%M:%S")),
        ("csv-nl", "cp1252", ";", local("%d-%m-%Y %H:%M:%S")),
        ("csv-excel", "utf-8-sig", ";", from_serial),
    ],
)
def test_text_holds_the_events(tmp_path, name, encoding, separator, read):
    folder = written(name, tmp_path)

    with (folder / "export.csv").open(encoding=encoding, newline="") as file:
        header, *rows = csv.reader(file, delimiter=separator, strict=True)
    for row, column in itertools.product(rows, map(HEADER.index, TIMES)):
        row[column] = row[column] and read(row[column])
    assert header == HEADER
    assert rows == expected(nothing="")
    assert [file.name for file in folder.iterdir()] == ["export.csv"]


@pytest.mark.parametrize("name", ["csv", "csv-nl", "csv-excel"])
def test_our_own_ingest_reads_the_text(tmp_path, name):
    raw = read_delimited(written(name, tmp_path) / "export.csv", "export.csv", tmp_path)

    told = raw.frame.select(raw.places[column] for column in HEADER if column not in TIMES)
    kept = [place for place, column in enumerate(HEADER) if column not in TIMES]
    assert list(raw.columns) == HEADER
    assert told.collect().fill_null("").rows() == [
        tuple(row[place] for place in kept) for row in expected(nothing="")
    ]


def test_a_byte_order_mark_stands_only_where_excel_puts_it(tmp_path):
    starts = {
        name: (written(name, tmp_path) / "export.csv").read_bytes().count(b"\xef\xbb\xbf")
        for name in ("csv", "csv-nl", "csv-excel")
    }

    assert starts == {"csv": 0, "csv-nl": 0, "csv-excel": 1}


def test_what_windows_cannot_write_is_not_written_otherwise(tmp_path):
    umbrella = part(2)._replace(events=part(2).events.with_columns(note=pl.lit("☂")))

    with pytest.raises(UnicodeEncodeError):
        write_csv_nl([umbrella], PROCESS, tmp_path)


def test_a_serial_number_gives_back_every_second_of_a_day():
    days = [dt.datetime.fromisoformat(f"{year}-02-28") for year in (1955, 2025, 2079)]
    seconds = [day + dt.timedelta(seconds=second) for day in days for second in range(86_400)]
    frame = pl.DataFrame({"at": seconds}).select(
        text=_serial_text(pl.col("at")), number=_serial(pl.col("at"))
    )

    read = frame.select(parsed(pl.col("text"), SERIAL, "UTC").struct["at"]).to_series()
    assert [from_serial(text) for text in frame["text"]] == seconds
    assert read.dt.replace_time_zone(None).to_list() == seconds  # by our own ingest
    assert [from_excel(number) for number in frame["number"]] == seconds


def sheet_rows(path):
    sheet = openpyxl.load_workbook(path)["export"]
    assert sheet.freeze_panes == "A2"
    header, *rows = sheet.iter_rows()
    assert [cell.value for cell in header] == HEADER
    return rows


def test_workbooks_hold_the_events(tmp_path):
    rows = sheet_rows(written("excel", tmp_path) / "export-1.xlsx")

    assert [[cell.value for cell in row] for row in rows] == expected()
    times = [cell for row in rows for cell in row if isinstance(cell.value, dt.datetime)]
    assert {cell.number_format for cell in times} == {"dd-mm-yyyy hh:mm:ss"}
    others = [cell for row in rows for cell in row if cell.value and cell not in times]
    assert {cell.data_type for cell in others} <= {"s", "inlineStr"}
    assert not any(cell.hyperlink for row in rows for cell in row)


@pytest.mark.parametrize(
    ("most", "cases"),
    [
        (4, [{"Z-1"}, {"Z-2"}, {"Z-3"}]),
        (5, [{"Z-1"}, {"Z-2", "Z-3"}]),
        (7, [{"Z-1", "Z-2"}, {"Z-3"}]),
        (8, [{"Z-1", "Z-2", "Z-3"}]),
    ],
)
def test_workbooks_are_cut_between_cases(tmp_path, most, cases):
    write_excel(parts(), PROCESS, tmp_path, most)

    names = [f"export-{number}.xlsx" for number, _ in enumerate(cases, start=1)]
    books = [
        [[cell.value for cell in row] for row in sheet_rows(tmp_path / name)] for name in names
    ]
    assert sorted(file.name for file in tmp_path.iterdir()) == names
    assert [{row[0] for row in book} for book in books] == cases
    assert list(itertools.chain(*books)) == expected()


def test_a_case_that_no_workbook_holds_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Z-2 has more than 3 events"):
        write_excel(parts(), PROCESS, tmp_path, 3)


def test_a_text_that_no_cell_holds_is_refused(tmp_path):
    long = part(2)._replace(events=part(2).events.with_columns(note=pl.lit("x" * 32_768)))

    with pytest.raises(ValueError, match="toelichting: a cell cannot hold x"):
        write_excel([long], PROCESS, tmp_path)


def test_a_workbook_does_not_tell_when_it_was_written(tmp_path):
    with zipfile.ZipFile(written("excel", tmp_path) / "export-1.xlsx") as book:
        core = etree.fromstring(book.read("docProps/core.xml"))
        stamps = {entry.date_time for entry in book.infolist()}

    assert stamps == {(1980, 1, 31, 0, 0, 0)}
    terms = core.findall("{http://purl.org/dc/terms/}*")
    assert [term.text for term in terms] == ["2000-01-01T00:00:00Z"] * 2


def test_parquet_holds_the_events(tmp_path):
    path = written("parquet", tmp_path) / "export.parquet"

    table = pyarrow.parquet.read_table(path)
    assert table.column_names == HEADER
    assert {str(table.schema.field(name).type) for name in TIMES} == {"timestamp[us, tz=UTC]"}
    assert [list(row.values()) for row in table.to_pylist()] == expected(times=lambda at: at)
    assert pyarrow.parquet.ParquetFile(path).num_row_groups == 2


def expected_traces():
    """Per case the attributes of the trace, and those of its starts and completions in order."""
    traces = []
    for (case_id, kanaal, regio), events in zip(CASE_ROWS, EVENT_ROWS, strict=True):
        rows = []
        for number, e in enumerate(events):
            who = {
                "concept:instance": str(number) if e["started_at"] else None,
                "org:resource": e["resource"],
                "org:group": e["team"],
                "organisatie": e["organisation"],
            }
            complete = {**who, "toelichting": e["note"]}
            rows.append((e["at"], number, "complete", e["activity"], complete))
            if e["started_at"]:
                rows.append((e["started_at"], number, "start", e["activity"], who))
        rows.sort(key=lambda row: (row[0], row[1], row[2] == "complete"))
        known = {"concept:name": case_id, "kanaal": kanaal, "regio": regio}
        traces.append((told(known), [told(transition(*row)) for row in rows]))
    return traces


def transition(at, _, name, activity, rest):
    time = at.astimezone(AMSTERDAM).isoformat(timespec="milliseconds")
    said = {"concept:name": activity, "time:timestamp": time, "lifecycle:transition": name}
    return {**said, **rest}


def told(attributes):
    return {key: value for key, value in attributes.items() if value is not None}


def attributes_of(element):
    return {child.get("key"): child.get("value") for child in element if child.get("key")}


def test_xes_holds_the_events(tmp_path):
    log = etree.parse(written("xes", tmp_path) / "export.xes").getroot()

    traces = [
        (attributes_of(trace), [attributes_of(event) for event in trace.findall("event")])
        for trace in log.findall("trace")
    ]
    assert traces == expected_traces()
    assert attributes_of(log) == {"concept:name": "Vergunning & bezwaar"}
    assert [each.get("prefix") for each in log.findall("extension")] == [
        "concept", "time", "lifecycle", "org",
    ]  # fmt: skip
    assert {date.get("key") for date in log.iter("date")} == {"time:timestamp"}


def test_xes_tells_the_offset_of_summer_and_winter(tmp_path):
    log = etree.parse(written("xes", tmp_path) / "export.xes")

    times = log.xpath("//trace[2]/event/date/@value")
    assert times == [
        "2025-03-30T01:59:59.000+01:00",
        "2025-03-30T03:00:00.000+02:00",
        "2025-10-26T02:10:00.000+02:00",
        "2025-10-26T02:30:00.000+02:00",
        "2025-10-26T02:30:00.000+01:00",
        "2025-10-26T02:40:00.000+01:00",
    ]


def expected_rows(*keys):
    return [
        tuple({**event, "case:concept:name": trace["concept:name"]}.get(key) for key in keys)
        for trace, events in expected_traces()
        for event in events
    ]


XES_KEYS = (
    "case:concept:name", "concept:name", "lifecycle:transition", "concept:instance",
    "org:resource", "org:group", "organisatie", "toelichting",
)  # fmt: skip


@pytest.mark.filterwarnings("ignore:Install the optional requirement")
def test_pm4py_reads_the_xes(tmp_path):
    import pm4py

    log = pm4py.read_xes(str(written("xes", tmp_path) / "export.xes"))

    rows = log[list(XES_KEYS)].astype(object).where(log[list(XES_KEYS)].notna(), None)
    assert list(rows.itertuples(index=False, name=None)) == expected_rows(*XES_KEYS)
    assert [at.to_pydatetime() for at in log["time:timestamp"]] == [
        dt.datetime.fromisoformat(at) for (at,) in expected_rows("time:timestamp")
    ]


def test_our_own_ingest_reads_the_xes(tmp_path):
    keys = (*XES_KEYS, "time:timestamp")
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    raw = read_xes(written("xes", tmp_path) / "export.xes", "export.xes", keys, scratch)
    rows = raw.frame.select(raw.places[key] for key in keys).collect().rows()
    assert rows == expected_rows(*keys)


@pytest.mark.parametrize("name", ["csv", "csv-nl", "csv-excel"])
def test_a_text_without_events_has_its_header(tmp_path, name):
    DIALECTS[name]([], PROCESS, tmp_path)

    text = (tmp_path / "export.csv").read_text("utf-8-sig")
    assert text.replace(";", ",") == ",".join(HEADER) + "\n"


def test_a_workbook_and_a_table_without_events_have_their_header(tmp_path):
    for name in ("excel", "parquet"):
        DIALECTS[name]([], PROCESS, tmp_path)

    assert sheet_rows(tmp_path / "export-1.xlsx") == []
    assert pyarrow.parquet.read_table(tmp_path / "export.parquet").column_names == HEADER


@pytest.mark.parametrize("name", ["csv", "csv-nl", "csv-excel", "excel", "parquet", "xes"])
def test_the_same_log_gives_the_same_bytes(tmp_path, name):
    first, again = (
        {file.name: file.read_bytes() for file in written(name, tmp_path / turn).iterdir()}
        for turn in ("first", "again")
    )

    assert first == again
