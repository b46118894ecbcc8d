# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import gzip
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from contracts.errors import SourceError
from ingest.raw import ROW
from ingest.xes.reader import read_xes

WANTED = ("case:k", "case:concept:name", "k", "concept:name")
KEYS = st.sampled_from(["k", "concept:name", "other"])
VALUES = st.text(st.sampled_from("ab <>&\"'é€\n\t/=;😀"), max_size=5)
SPACE = st.sampled_from(["", " ", "\n", "\r\n\t"])
NOISE = st.sampled_from(
    ["", "\n", "<!-- </trace><event> \"' -->", "<?pi </trace>?>", "<![CDATA[<event>]]>", 'a "text"']
)


@st.composite
def quoted(draw, value):
    quote = draw(st.sampled_from('"""\''))
    escaped = escape(value, {quote: draw(st.sampled_from(["&#34;", "&#x22;"]))})
    if quote == "'":
        escaped = escape(value, {"'": "&apos;"})
    return f"{quote}{escaped}{quote}"


@st.composite
def attribute(draw, depth=2):
    key = f"key={draw(SPACE)}{draw(quoted(draw(KEYS)))}"
    value = f"value{draw(SPACE)}={draw(quoted(draw(VALUES)))}"
    parts = draw(st.sampled_from([[key, value], [value, key], [key]]))
    inside = draw(st.lists(attribute(depth - 1), max_size=2)) if depth else []
    name = draw(st.sampled_from(["string", "date", "list", "event2"]))
    tag = f"<{name} {' '.join(parts)}{draw(SPACE)}"
    if inside or draw(st.booleans()):
        return f"{tag}>{draw(NOISE)}{''.join(inside)}</{name}{draw(SPACE)}>"
    return f"{tag}/>"


@st.composite
def element(draw, name, child):
    children = draw(st.lists(child, max_size=4))
    if not children and draw(st.booleans()):
        return f"<{name}{draw(SPACE)}/>"
    inside = "".join(draw(NOISE) + item for item in children)
    return f"<{name}{draw(SPACE)}>{inside}{draw(NOISE)}</{name}{draw(SPACE)}>"


EVENT = element("event", attribute())
TRACE = element("trace", st.one_of(attribute(), EVENT, EVENT))


@st.composite
def logs(draw):
    header = "".join(draw(st.lists(attribute(), max_size=2)))
    traces = draw(st.lists(TRACE, max_size=5))
    body = "".join(draw(NOISE) + trace for trace in traces)
    footer = "".join(draw(st.lists(attribute(), max_size=1)))
    return f'<?xml version="1.0"?><log v="1">{header}{body}{footer}</log>\n'.encode()


def read(document, block=37):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.xes"
        path.write_bytes(document)
        raw = read_xes(path, "log.xes", WANTED, Path(folder), block)
        return raw.frame.select(ROW, *(raw.places[name] for name in WANTED)).collect().rows()


def by_lxml(document):
    """The same table, from a parser that knows nothing of speed."""
    rows = []
    for trace in etree.fromstring(document).iterfind("trace"):
        of_trace = attributes_of(trace)
        for event in trace.iterfind("event"):
            of_event = attributes_of(event)
            values = {f"case:{key}": value for key, value in of_trace.items()} | of_event
            rows.append((len(rows) + 1, *(values.get(name) for name in WANTED)))
    return rows


def attributes_of(parent):
    children = parent.iterchildren(tag=etree.Element)
    return {child.get("key"): child.get("value") for child in children if child.tag != "event"}


@given(logs(), st.integers(1, 200))
def test_a_log_reads_as_lxml_reads_it(document, block):
    expected = by_lxml(document)
    if expected:
        assert read(document, block) == expected
    else:
        with pytest.raises(SourceError, match="holds no"):
            read(document, block)


@given(logs(), st.data())
def test_no_log_that_is_cut_short_is_read(document, data):
    whole = document.rstrip()
    at = data.draw(st.integers(0, len(whole) - 1))

    with pytest.raises(SourceError):
        read(whole[:at])


@given(logs(), st.data())
def test_no_gzip_that_is_cut_short_is_read(document, data):
    whole = gzip.compress(document)
    at = data.draw(st.integers(0, len(whole) - 1))

    with pytest.raises(SourceError):
        read(whole[:at])


@given(logs(), st.data())
def test_damage_is_a_source_error_or_nothing(document, data):
    at = data.draw(st.integers(0, len(document) - 1))
    damaged = document[:at] + data.draw(st.binary(max_size=3)) + document[at + 1 :]

    try:
        rows = read(damaged)
    except SourceError:
        return
    assert [row for row, *_ in rows] == list(range(1, len(rows) + 1))
