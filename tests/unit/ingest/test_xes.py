# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import gzip

import polars as pl
import pytest

from contracts.errors import SourceError
from ingest.raw import DIGEST, ROW
from ingest.xes.reader import read_xes

TRACE = """<trace><string key="concept:name" value="c1"/>
<event><string key="concept:name" value="a"/></event></trace>"""


def document(body=TRACE, head=""):
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<log xes.version="1.0">{body}</log>'


def rows_of(tmp_path, content, *wanted, block=64):
    path = tmp_path / "log.xes"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    columns = wanted or ("case:concept:name", "concept:name")
    raw = read_xes(path, "log.xes", columns, scratch, block)
    return raw.frame.select(ROW, *(raw.places[column] for column in columns)).collect().rows()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(TRACE, [(1, "c1", "a")], id="plain"),
        pytest.param(TRACE * 3, [(1, "c1", "a"), (2, "c1", "a"), (3, "c1", "a")], id="blocks"),
        pytest.param("<trace/><trace></trace>" + TRACE, [(1, "c1", "a")], id="empty traces"),
        pytest.param("<trace><event/></trace>", [(1, None, None)], id="empty event"),
        pytest.param(TRACE.replace("'", '"').replace('"', "'"), [(1, "c1", "a")], id="single"),
        pytest.param(
            '<trace><event><string value="a" key="concept:name"/></event></trace>',
            [(1, None, "a")],
            id="value first",
        ),
        pytest.param(
            '<trace><event><string key="concept:name" value="a &gt; b > c"/></event></trace>',
            [(1, None, "a > b > c")],
            id="greater than",
        ),
        pytest.param(
            '<trace><event><string key="concept:name" value="&amp;lt; &quot;&apos;"/></event>'
            "</trace>",
            [(1, None, "&lt; \"'")],
            id="references",
        ),
        pytest.param(
            '<trace><event><string key="concept:name" value="&#233;&#x20AC;"/></event></trace>',
            [(1, None, "é€")],
            id="numeric references",
        ),
        pytest.param(
            '<trace><event><string key="concept:name" value="a\r\nb\tc"/></event></trace>',
            [(1, None, "a b c")],
            id="white space",
        ),
        pytest.param(
            '<trace><event><string key="concept:name" value="a"/>'
            '<string key="concept:name" value="b"/></event></trace>',
            [(1, None, "b")],
            id="last of a key",
        ),
        pytest.param(
            '<trace><event><string key="x" value="1"><string key="concept:name" value="no"/>'
            '</string></event><string key="y" value="2"><string key="concept:name" value="no"/>'
            "</string></trace>",
            [(1, None, None)],
            id="attributes of attributes",
        ),
        pytest.param(
            '<global scope="event"><string key="concept:name" value="no"/></global>'
            + TRACE
            + '<string key="meta"><string key="concept:name" value="no"/></string>',
            [(1, "c1", "a")],
            id="of the log",
        ),
        pytest.param(
            "<!-- </trace> <trace> -->" + TRACE.replace("<event>", "<!-- </trace> --><event>"),
            [(1, "c1", "a")],
            id="comments",
        ),
        pytest.param(
            TRACE.replace("<event>", "<event><![CDATA[</trace><event>]]><?pi </trace>?>"),
            [(1, "c1", "a")],
            id="cdata and instructions",
        ),
        pytest.param(
            '<trace><event><string key="concept:name" value="a"/>"x" said</event></trace>',
            [(1, None, "a")],
            id="text",
        ),
    ],
)
def test_reads_what_xml_means(tmp_path, body, expected):
    assert rows_of(tmp_path, document(body)) == expected


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: b"\xef\xbb\xbf" + text.encode(), id="bom"),
        pytest.param(lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16"), id="utf-16"),
        pytest.param(lambda text: text.replace("UTF-8", "ISO-8859-1").encode("latin-1"), id="iso"),
        pytest.param(lambda text: gzip.compress(text.encode()), id="gzip"),
    ],
)
def test_reads_any_encoding(tmp_path, encode):
    content = encode(document(TRACE.replace("c1", "é")))

    assert rows_of(tmp_path, content) == [(1, "é", "a")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "not a whole XML document", id="empty"),
        pytest.param(b"case;activity\n", "not a whole XML document", id="no xml"),
        pytest.param(b"<html><body/></html>", "not XES", id="other xml"),
        pytest.param(document(""), "no traces", id="no traces"),
        pytest.param(document("<trace/>"), "no events", id="no events"),
        pytest.param(document()[:-6], "not a whole XML document", id="cut short"),
        pytest.param(document() + "<log></log>", "not a whole XML document", id="two logs"),
        pytest.param(document("<trace></event></trace>"), "not a whole XML document", id="crossed"),
        pytest.param(document(TRACE.replace("a", "&x;")), "not a whole XML", id="unknown entity"),
        pytest.param(gzip.compress(document().encode())[:-9], "damaged gzip", id="gzip cut short"),
        pytest.param(gzip.compress(b"x" * 99)[:20] + b"x" * 9, "damaged gzip", id="gzip damaged"),
        pytest.param(
            document(head='<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
            "DOCTYPE",
            id="doctype",
        ),
        pytest.param(
            document().replace("UTF-8", "klingon"), "an encoding that is unknown", id="encoding"
        ),
        pytest.param(
            document().replace("UTF-8", "ascii2").encode("utf-16")[:-1],
            "not in the encoding",
            id="half a character",
        ),
    ],
)
def test_refuses_what_is_not_xes(tmp_path, content, says):
    with pytest.raises(SourceError, match=says):
        rows_of(tmp_path, content)


def test_names_the_columns_that_are_there(tmp_path):
    path = tmp_path / "log.xes"
    path.write_text(document())

    raw = read_xes(path, "log.xes", ["org:group"], tmp_path)

    assert raw.columns == ("case:concept:name", "concept:name")
    assert raw.frame.drop(DIGEST).collect().rows() == [(1, None)]


def test_numbers_rows_across_blocks(tmp_path):
    frame = rows_of(tmp_path, document(TRACE * 50), "concept:name")

    assert [row for row, _ in frame] == list(range(1, 51))
    assert pl.DataFrame(frame, orient="row")["column_1"].unique().to_list() == ["a"]


@pytest.mark.parametrize("key", ["*", "^a$", "#row", "#digest"])
def test_a_key_may_be_called_anything(tmp_path, key):
    body = f'<trace><event><string key="{key}" value="x"/></event><event/></trace>'

    assert rows_of(tmp_path, document(body), key) == [(1, "x"), (2, None)]
