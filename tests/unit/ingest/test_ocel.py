# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""One log is the same rows in JSON, XML and SQLite, and what flattening bends is noticed."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest

from contracts.errors import SourceError
from ingest.ocel.from_json import read_json
from ingest.ocel.from_xml import read_xml
from ingest.ocel.reader import object_types, read_ocel
from ingest.raw import ROW, Raw

Log = dict[str, list[Any]]

# of each event: type, hour, objects, attributes; of each object: type, attributes with a day
LOG: Log = {
    "events": [
        ("Aanvraag", 9, ["Z1", "B1"], {"kanaal": "balie"}),
        ("Aanvraag", 9, ["Z2"], {}),
        ("Besluit", 11, ["Z2", "Z1", "B2"], {"kanaal": 'd "&<é'}),
        ("Betaling", 12, ["Z1", "P1"], {}),
        ("Betaling", 13, ["Z1", "P2"], {}),
        ("Rondje", 14, ["B1"], {}),
        ("Einde", 15, ["Z1", "Z1", "weg"], {}),
    ],
    "objects": [
        ("Z1", "Zaak", [("regio", "Noord", 3), ("regio", "Oost", 2), ("regio", "Zuid", 4)]),
        ("Z2", "Zaak", [("bedrag", "7.50", 1)]),
        ("B1", "Brief", []),
        ("B2", "Brief", []),
        ("P1", "Geld", []),
        ("P2", "Geld", []),
    ],
}
# row, case, activity, first letter that the event is about, channel, region as it was first
ROWS = [
    (1, "Z1", "Aanvraag", "B1", "balie", "Oost"),
    (2, "Z2", "Aanvraag", None, None, None),
    (3, "Z2", "Besluit", "B2", 'd "&<é', None),
    (4, "Z1", "Besluit", "B2", 'd "&<é', "Oost"),
    (5, "Z1", "Betaling", None, None, "Oost"),
    (6, "Z1", "Betaling", None, None, "Oost"),
    (7, "Z1", "Einde", None, None, "Oost"),
]
COLUMNS = ("case:concept:name", "concept:name", "ocel:type:Brief", "kanaal", "case:regio")


def hour(number: int) -> str:
    return f"2026-03-12T{number:02}:00:00"


def day(number: int) -> str:
    return f"2026-03-{number:02}T00:00:00"


def as_json(log: Log) -> bytes:
    events = [
        {
            "id": f"e{place}",
            "type": type_,
            "time": hour(at),
            "attributes": [{"name": name, "value": value} for name, value in said.items()],
            "relationships": [{"objectId": id_, "qualifier": "van"} for id_ in objects],
        }
        for place, (type_, at, objects, said) in enumerate(log["events"])
    ]
    objects = [
        {
            "id": id_,
            "type": type_,
            "attributes": [
                {"name": name, "value": value, "time": day(since)} for name, value, since in said
            ],
        }
        for id_, type_, said in log["objects"]
    ]
    types: Any = {"eventTypes": [], "objectTypes": [{"name": "Zaak", "attributes": [{}]}]}
    return json.dumps(types | {"events": events, "objects": objects}, indent=1).encode()


def as_xml(log: Log) -> bytes:
    lines = ['<?xml version="1.0" encoding="UTF-8"?><log><object-types/><events>']
    for place, (type_, at, objects, said) in enumerate(log["events"]):
        lines.append(f'<event id="e{place}" type={quoteattr(type_)} time="{hour(at)}"><attributes>')
        lines += [
            f"<attribute name={quoteattr(name)}>{value.replace('&', '&amp;').replace('<', '&lt;')}"
            "</attribute>"
            for name, value in said.items()
        ]
        lines.append("</attributes><objects>")
        lines += [f'<relationship object-id="{id_}" qualifier="van"/>' for id_ in objects]
        lines.append("</objects></event>")
    lines.append("</events><objects>")
    for id_, type_, said in log["objects"]:
        lines.append(f'<object id="{id_}" type="{type_}"><attributes>')
        lines += [
            f'<attribute name="{name}" time="{day(since)}">{value}</attribute>'
            for name, value, since in said
        ]
        lines.append("</attributes></object>")
    return "\n".join([*lines, "</objects></log>"]).encode()


def as_sqlite(log: Log, path: Path) -> bytes:
    with closing(sqlite3.connect(path)) as made:
        made.executescript(
            "CREATE TABLE event (ocel_id TEXT, ocel_type TEXT);"
            "CREATE TABLE object (ocel_id TEXT, ocel_type TEXT);"
            "CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT,"
            " ocel_qualifier TEXT);"
            "CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT);"
            "CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);"
        )
        for of, things in (("event", 0), ("object", 1)):
            for type_ in sorted({each[things] for each in log[f"{of}s"]}):
                made.execute(f"INSERT INTO {of}_map_type VALUES (?, ?)", (type_, type_))
                made.execute(
                    f'CREATE TABLE "{of}_{type_}" (ocel_id TEXT, ocel_time TEXT,'
                    " ocel_changed_field TEXT, kanaal TEXT, regio TEXT, bedrag TEXT)"
                )
        for place, (type_, at, objects, said) in enumerate(log["events"]):
            made.execute("INSERT INTO event VALUES (?, ?)", (f"e{place}", type_))
            made.execute(
                f'INSERT INTO "event_{type_}" (ocel_id, ocel_time, kanaal) VALUES (?, ?, ?)',
                (f"e{place}", hour(at), said.get("kanaal")),
            )
            made.executemany(
                "INSERT INTO event_object VALUES (?, ?, 'van')",
                [(f"e{place}", id_) for id_ in objects],
            )
        for id_, type_, said in log["objects"]:
            made.execute("INSERT INTO object VALUES (?, ?)", (id_, type_))
            for name, value, since in said:
                made.execute(
                    f'INSERT INTO "object_{type_}" (ocel_id, ocel_time, {name}) VALUES (?, ?, ?)',
                    (id_, day(since), value),
                )
        made.commit()
    return path.read_bytes()


ENCODINGS: dict[str, Callable[[Log, Path], bytes]] = {
    "json": lambda log, _: as_json(log),
    "json in gzip": lambda log, _: gzip.compress(as_json(log)),
    "json in utf-16": lambda log, _: as_json(log).decode().encode("utf-16"),
    "json with a mark": lambda log, _: b"\xef\xbb\xbf\n" + as_json(log),
    "xml": lambda log, _: as_xml(log),
    "xml in gzip": lambda log, _: gzip.compress(as_xml(log)),
    "xml in utf-16": lambda log, _: (
        as_xml(log).decode().replace("UTF-8", "UTF-16").encode("utf-16")
    ),
    "sqlite": as_sqlite,
}


def opened(
    folder: Path,
    content: bytes,
    *wanted: str,
    object_type: str | None = "Zaak",
    at_once: int = 2,
) -> Raw:
    path, scratch = folder / "log", folder / "scratch"
    path.write_bytes(content)
    scratch.mkdir()
    return read_ocel(path, "log", wanted or COLUMNS, scratch, object_type, at_once)


def rows_of(raw: Raw, *columns: str) -> list[tuple[Any, ...]]:
    return raw.frame.select(ROW, *(raw.places[column] for column in columns)).collect().rows()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_event_is_given_to_every_case_that_it_is_about(tmp_path: Path, encoding: str) -> None:
    raw = opened(tmp_path, ENCODINGS[encoding](LOG, tmp_path / "made"))

    assert rows_of(raw, *COLUMNS) == ROWS
    assert set(raw.columns) == {
        *("case:concept:name", "concept:name", "time:timestamp", "kanaal", "case:regio"),
        *("case:bedrag", "ocel:type:Brief", "ocel:type:Geld"),
    }
    assert (raw.missing, raw.left_out) == (1, {"unrelated": 1})


@pytest.mark.parametrize("encoding", ["json", "xml", "sqlite"])
def test_what_flattening_bends_is_noticed(tmp_path: Path, encoding: str) -> None:
    raw = opened(tmp_path, ENCODINGS[encoding](LOG, tmp_path / "made"))

    noticed = raw.frame.select(ROW, *(sign.is_broken for sign in raw.signs)).collect()
    converging, diverging = noticed.columns[1:]
    assert [sign.rule for sign in raw.signs] == ["DQ29", "DQ30"]
    assert noticed.filter(converging)[ROW].to_list() == [3, 4]  # the decision on both cases
    assert noticed.filter(diverging)[ROW].to_list() == [5, 6]  # two payments in one case


def test_an_event_with_two_ids_says_the_same_twice(tmp_path: Path) -> None:
    log = {**LOG, "events": [LOG["events"][0], *LOG["events"]]}
    digests = opened(tmp_path, as_json(log)).frame.select("#digest").collect().to_series()

    assert digests[0] == digests[1]
    assert digests[1:].n_unique() == len(ROWS)


def test_a_column_may_be_asked_for_or_hold_the_number_of_a_citizen(tmp_path: Path) -> None:
    events = [("Aanvraag", 9, ["Z1"], {"noot": "bsn 999990342", "kanaal": "balie"})]
    raw = opened(tmp_path, as_json({**LOG, "events": events}), "case:concept:name")

    assert raw.texts[raw.places["noot"]] == "noot"
    assert raw.places["kanaal"] not in raw.frame.collect_schema()


def test_the_type_need_not_be_said_where_there_is_but_one(tmp_path: Path) -> None:
    events = [event for event in LOG["events"] if event[2] == ["Z2"]]
    raw = opened(tmp_path, as_json({**LOG, "events": events}), object_type=None)

    assert rows_of(raw, "case:concept:name") == [(1, "Z2")]


def test_types_are_counted_by_objects_with_a_journey(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(as_json(LOG))

    assert list(object_types(path, "log", tmp_path).items()) == [
        ("Zaak", 2),
        ("Brief", 1),
        ("Geld", 0),
    ]


@pytest.mark.parametrize(
    ("object_type", "says"),
    [
        (None, "objects of 3 types: Brief, Geld, Zaak"),
        ("Zaken", "to an object of type 'Zaken'. It has: Brief, Geld, Zaak"),
    ],
)
def test_a_type_must_be_chosen(tmp_path: Path, object_type: str | None, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        opened(tmp_path, as_json(LOG), object_type=object_type)


XES = b"<log><trace><event><string key='concept:name' value='a'/></event></trace></log>"
FIRST = b'{"events": [{"id": "e", "type": "geheim", '
DOCTYPE = b'<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "not OCEL 2.0", id="empty"),
        pytest.param(b"zaak;stap\n", "not OCEL 2.0", id="text"),
        pytest.param(b"{}", "not OCEL 2.0", id="no events"),
        pytest.param(b'{"ocel:events": {}, "ocel:objects": {}}', "not OCEL 2.0", id="ocel 1"),
        pytest.param(b'{"events": {}}', "not OCEL 2.0", id="no array"),
        pytest.param(b'{"events": ["geheim"]}', "not OCEL 2.0", id="no object"),
        pytest.param(b'{"events": [], "objects": []}', "holds no events", id="no event"),
        pytest.param(as_json(LOG)[:-9], "not a whole JSON", id="json cut short"),
        pytest.param(as_json(LOG)[:700], "not a whole JSON", id="json cut amid"),
        pytest.param(as_json(LOG) + b"}", "not a whole JSON", id="json goes on"),
        pytest.param(FIRST + b'"time": }]}', "not a whole JSON", id="json damaged"),
        pytest.param(b'{"events" [', "not a whole JSON", id="json without a colon"),
        pytest.param(b'{"x": "\xff"}', "not a whole JSON", id="json in no encoding"),
        pytest.param(b'{"x": ' + b"[" * 100_000, "not OCEL 2.0", id="json too deep"),
        pytest.param(as_xml(LOG)[:-9], "not a whole XML", id="xml cut short"),
        pytest.param(as_xml(LOG).replace(b"UTF-8", b"klingon"), "not a whole XML", id="encoding"),
        pytest.param(XES, "not OCEL 2.0", id="xes"),
        pytest.param(b"<html/>", "not OCEL 2.0", id="other xml"),
        pytest.param(b"<log>" * 1000, "not OCEL 2.0", id="xml too deep"),
        pytest.param(as_xml(LOG).replace(b"<log>", DOCTYPE + b"<log>"), "DOCTYPE", id="doctype"),
        pytest.param(gzip.compress(as_xml(LOG))[:-9], "damaged gzip", id="gzip cut short"),
        pytest.param(b"SQLite format 3\0" + b"x" * 999, "not a whole SQLite", id="no sqlite"),
    ],
)
def test_refuses_what_is_not_whole(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        opened(tmp_path, content)

    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("block", [1, 7, 1 << 20])
def test_entries_may_be_cut_anywhere(tmp_path: Path, block: int) -> None:
    path = tmp_path / "log"
    found = []
    for read, content in ((read_json, as_json(LOG)), (read_xml, as_xml(LOG))):
        path.write_bytes(content)
        found.append(list(read(path, "log", block)))

    from_json, from_xml = found
    assert from_json == from_xml
    assert len(from_json) == len(LOG["events"]) + len(LOG["objects"])


def test_numbers_and_truths_stay_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "log"
    values = ["1.50", "1e400", "9" * 5000, "true", "null", "NaN", "[1]"]
    said = ", ".join(f'{{"name": "n{place}", "value": {v}}}' for place, v in enumerate(values))
    path.write_text(f'{{"events": [{{"attributes": [{said}]}}]}}')

    [event] = read_json(path, "log")

    told = [*values[:4], None, "NaN", None]
    assert [value for _, value in event.attributes] == told


def sqlite_with(folder: Path, script: str) -> bytes:
    as_sqlite(LOG, folder / "made")
    with closing(sqlite3.connect(folder / "made")) as made:
        made.executescript(script)
    return (folder / "made").read_bytes()


def test_a_database_is_not_changed_and_nothing_is_put_beside_it(tmp_path: Path) -> None:
    content = as_sqlite(LOG, tmp_path / "made")
    opened(tmp_path, content)

    assert (tmp_path / "log").read_bytes() == content
    assert {path.name for path in tmp_path.iterdir()} == {"made", "log", "scratch"}


def test_a_database_that_is_still_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log-wal").write_bytes(b"x")

    with pytest.raises(SourceError, match="still in use"):
        opened(tmp_path, as_sqlite(LOG, tmp_path / "made"))


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i FROM n"


@pytest.mark.parametrize(
    ("script", "says"),
    [
        pytest.param("DROP TABLE event_object", "not OCEL 2.0", id="no table"),
        pytest.param(
            f"DROP TABLE event; CREATE VIEW event (ocel_id, ocel_type) AS {ENDLESS}",
            "not OCEL 2.0",
            id="an endless view",
        ),
        pytest.param(
            "ALTER TABLE event RENAME COLUMN ocel_type TO kind", "not OCEL 2.0", id="no column"
        ),
    ],
)
def test_refuses_a_database_of_something_else(tmp_path: Path, script: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        opened(tmp_path, sqlite_with(tmp_path, script))


def test_an_id_that_is_there_twice_multiplies_nothing(tmp_path: Path) -> None:
    again = "INSERT INTO event SELECT * FROM event; INSERT INTO object SELECT * FROM object;"
    raw = opened(tmp_path, sqlite_with(tmp_path, again))

    assert rows_of(raw, *COLUMNS) == ROWS


def test_a_table_may_be_called_anything(tmp_path: Path) -> None:
    script = (
        """ALTER TABLE event_Einde RENAME TO "event_a"" b;--";"""
        """UPDATE event_map_type SET ocel_type_map = 'a" b;--' WHERE ocel_type = 'Einde';"""
    )
    raw = opened(tmp_path, sqlite_with(tmp_path, script))

    times = raw.frame.select(raw.places["time:timestamp"]).collect().to_series()
    assert times.to_list()[-1] == hour(15)
