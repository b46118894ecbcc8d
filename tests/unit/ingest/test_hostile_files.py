# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a file may hold that hurts who reads it: each ends in a sentence, or in rows that are right.

No file outside is read, no address asked, nobody waits for a pipe, and memory and disk are bounded.
"""

from __future__ import annotations

import gzip
import io
import os
import random
import shutil
import socket
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from contracts.candidates import scan
from contracts.errors import HoeksteenError, SourceError
from contracts.settings import Settings
from ingest.guessing.exports import open_export
from ingest.source_files import find_files
from ingest.staging import stage
from ingest.unpacking import blocks, unpack

COLUMNS = {"case_id": "zaak", "activity": "stap", "timestamp": "tijd"}
HEAD = "zaak;stap;tijd;noot\n"
ROWS = "".join(f"Z{n};in;{1 + n % 28:02}-03-2026 10:00;café\n" for n in range(50))
MB = 1 << 20


def staged(folder: Path, name: str, content: bytes | None = None, **source: Any) -> pl.DataFrame:
    """The candidates of a file that is called ``name``."""
    if content is not None:
        (folder / name).write_bytes(content)
    keys = {"columns": COLUMNS} if name.endswith(("csv", "csv.gz", "parquet")) else {}
    settings = Settings.model_validate(
        {
            "process": {"id": "test"},
            "sources": [{"path": name, **keys, **source}],
            "journey": {"end": ["klaar"]},
            "privacy": {"pseudonymise": []},
        }
    )
    config, out = folder / "test.yaml", folder / "out"
    out.mkdir(exist_ok=True)
    [file] = find_files(settings.sources[0], config, 0)
    done = stage(file, settings.sources[0], settings, config, 0, out)
    return scan(done.paths).collect()


def refusal(folder: Path, name: str, content: bytes | None = None, **source: Any) -> str:
    """What is said of a file that cannot be read, of which nothing is left."""
    with pytest.raises(HoeksteenError) as caught:
        staged(folder, name, content, **source)
    out = folder / "out"
    assert not out.exists() or not list(out.iterdir())
    assert "geheim" not in str(caught.value)
    return str(caught.value)


TRACE = (
    '<trace><string key="concept:name" value="{}"/><event>'
    '<string key="concept:name" value="in"/></event></trace>'
)
ENTITIES = '<!ENTITY a "geheim">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">'
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
LAUGHS = f"<!DOCTYPE log [{ENTITIES}]>"
QUADRATIC = f'<!DOCTYPE log [<!ENTITY a "{"x" * 100_000}">]>'
OBJECTS = '<log><events><event id="e" type="{}"/></events></log>'


@pytest.mark.parametrize(
    "document", [TRACE.join(("<log>", "</log>")), OBJECTS], ids=["xes", "ocel"]
)
@pytest.mark.parametrize(
    ("declared", "used"),
    [
        pytest.param(LAUGHS, "&j;", id="a billion laughs"),
        pytest.param(QUADRATIC, "&a;" * 10_000, id="quadratic blow-up"),
        pytest.param('<?xml version="1.0"?><!-- <trace> -->' + LAUGHS, "&j;", id="after a comment"),
    ],
)
def test_no_entity_is_expanded(tmp_path: Path, document: str, declared: str, used: str) -> None:
    format_ = "ocel" if document == OBJECTS else "xes"
    tracemalloc.start()
    said = refusal(tmp_path, "log.xml", (declared + document.format(used)).encode(), format=format_)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "DOCTYPE" in said
    assert peak < 50 * MB


@pytest.mark.parametrize("format_", ["xes", "ocel"])
@pytest.mark.parametrize("kind", ["entity", "document type", "parameter entity"])
def test_no_file_is_opened_and_no_address_asked(tmp_path: Path, format_: str, kind: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # who opens it waits for ever
    document = TRACE.join(("<log>", "</log>")) if format_ == "xes" else OBJECTS
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)  # noqa: FBT003
        for target in (f"file://{pipe}", f"http://127.0.0.1:{server.getsockname()[1]}/x.dtd"):
            declared = {
                "entity": f'<!DOCTYPE log [<!ENTITY x SYSTEM "{target}">]>',
                "document type": f'<!DOCTYPE log SYSTEM "{target}">',
                "parameter entity": f'<!DOCTYPE log [<!ENTITY % x SYSTEM "{target}"> %x;]>',
            }[kind]
            content = (declared + document.format("&x;")).encode()
            assert "DOCTYPE" in refusal(tmp_path, "log.xml", content, format=format_)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_type_declared_amid_a_log_is_no_xml(tmp_path: Path) -> None:
    content = "<log>" + TRACE.format(1) + LAUGHS + TRACE.format("&j;") * 100 + "</log>"

    assert "not a whole XML" in refusal(tmp_path, "log.xes", content.encode())


@pytest.mark.parametrize(
    ("name", "begin", "says"),
    [
        ("log.csv.gz", b"", "more than 200 times its size"),
        ("log.csv.gz", (HEAD + ROWS).encode(), "more than 200 times its size"),
        ("log.jsonocel.gz", b'{"events": [', "more than 200 times its size"),
        # what is between tags counts too
        ("log.xes.gz", b"<log><trace>", "more than 128 MB"),
        ("log.xmlocel.gz", b"<log><events>", "more than 64 MB"),
    ],
)
def test_what_unpacks_to_far_too_much_is_left(
    tmp_path: Path, name: str, begin: bytes, says: str
) -> None:
    swollen = gzip.compress(begin, 1) + gzip.compress(b" \n" * (150 * MB), 1)

    assert says in refusal(tmp_path, name, swollen)


def test_a_log_may_pack_well(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    rows = "".join(f"Z{n};behandelen;2026-03-12T10:{n % 60:02}:00\n" for n in range(20_000))
    path.write_bytes(gzip.compress(rows.encode()))

    assert b"".join(blocks(path, "log", harmless=0)) == rows.encode()


def test_half_of_the_disk_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log.gz").write_bytes(gzip.compress(random.Random(1).randbytes(MB)))
    disk = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk._replace(free=2 * MB - 2))

    with pytest.raises(SourceError, match="more than half of the free space"):
        unpack(tmp_path / "log.gz", "log.gz", tmp_path / "log")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param("a.csv", lambda: b"x" * (65 * MB), "a line of more than 64 MB", id="no line"),
        pytest.param(
            "a.csv",
            lambda: b"zaak;stap\nZ;" + b"x" * (65 * MB),
            "a line of more",
            id="no second line",
        ),
        pytest.param("a.csv", lambda: b"k;" * MB, "a header of more than 1 MB", id="no header"),
        pytest.param(
            "a.csv", lambda: b"k;" * 5001 + b"\n1\n", "more than 5,000 columns", id="columns"
        ),
        pytest.param(
            "a.csv", lambda: HEAD.encode() + b"Z\x00;in\n", "holds zero bytes", id="zero byte"
        ),
        pytest.param(
            "a.csv",
            (HEAD + '"geheim;in\n' + ROWS * 100).encode,
            "cannot be split into columns at line 2",
            id="open quote",
        ),
        pytest.param(
            "a.csv",
            (HEAD + ROWS * 100 + "Z;in;;;geheim\n").encode,
            "cannot be split into columns at line 5002",
            id="more columns later",
        ),
        pytest.param(
            "a.xes",
            lambda: b"<log><trace>" + b"<event/>" * (17 * MB),
            "a trace of more than 128 MB",
            id="a trace without end",
        ),
        pytest.param(
            "a.xes",
            lambda: (
                b"<log><trace><event>"
                + b"".join(b'<int key="%d" value="123456782"/>' % n for n in range(5001))
                + b"</event></trace></log>"
            ),
            "more than 5,000 columns",
            id="keys",
        ),
        pytest.param(
            "a.jsonocel",
            lambda: b'{"events": [{"id": "' + b"x" * (65 * MB),
            "more than 64 MB",
            id="an event without end",
        ),
        pytest.param(
            "a.xmlocel",
            lambda: b'<log><events><event id="' + b"x" * (69 * MB),
            "more than 64 MB",
            id="an attribute without end",
        ),
        pytest.param("a.json", lambda: b"[" * MB, "not JSON", id="deep pages"),
    ],
)
def test_what_has_no_end_is_told(
    tmp_path: Path, name: str, content: Callable[[], bytes], says: str
) -> None:
    source = {"format": "zgw"} if name == "a.json" else {}

    assert says in refusal(tmp_path, name, content(), **source)


def table(**columns: Any) -> pl.DataFrame:
    log = pl.DataFrame({"zaak": ["Z1", "Z2"] * 50, "stap": "in", "tijd": "2026-03-12"})
    return log.with_columns(**columns)


def as_parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def damaged_parquet(seed: int) -> bytes:
    content, chance = bytearray(as_parquet(table())), random.Random(seed)
    for _ in range(20):
        content[chance.randrange(4, len(content) - 8)] ^= 1 << chance.randrange(8)
    return bytes(content)


def over_and_over() -> bytes:
    once = pl.DataFrame({"zaak": ["Z1"], "stap": ["in"], "tijd": ["2026-03-12"]})
    buffer = io.BytesIO()
    pl.concat([once] * 1000).select(pl.all().repeat_by(11_000).explode()).write_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(lambda: b"PARE" + b"x" * 99, "is encrypted", id="encrypted"),
        pytest.param(
            over_and_over, "more than an event log of its size can hold", id="one row over and over"
        ),
        pytest.param(lambda: as_parquet(table().clear()), "has no rows", id="no rows"),
        pytest.param(lambda: as_parquet(pl.DataFrame()), "has no rows", id="no columns"),
        pytest.param(
            lambda: as_parquet(table(stap=pl.struct("stap"))), "lists or records", id="nested"
        ),
        pytest.param(
            lambda: as_parquet(table(stap=pl.lit(b"\xff"))), "bytes that are not text", id="bytes"
        ),
        *(
            pytest.param(
                lambda seed=seed: damaged_parquet(seed), "not a whole Parquet", id=str(seed)
            )
            for seed in range(5)
        ),
    ],
)
def test_tables_that_cannot_be_read(
    tmp_path: Path, content: Callable[[], bytes], says: str
) -> None:
    assert says in refusal(tmp_path, "a.parquet", content())


def test_bytes_may_be_text(tmp_path: Path) -> None:
    content = as_parquet(table(stap=pl.col("stap").cast(pl.Binary)))

    assert staged(tmp_path, "a.parquet", content)["activity"].unique().to_list() == ["in"]


def test_columns_of_odd_types_hurt_nobody(tmp_path: Path) -> None:
    far = pl.lit(2**31 - 1, pl.Int32).cast(pl.Date)
    frame = table(
        bytes=pl.lit(b"\xff"),
        list=pl.struct(a=pl.lit(b"\xff"), b=far, c=pl.concat_list(pl.lit(b"\xff"))),
        far=far,
        none=pl.lit(None),
        of_none=pl.lit(None).cast(pl.List(pl.Struct({"a": pl.Binary}))),
        number=pl.lit("bsn 999990342"),
    )

    found = staged(tmp_path, "a.parquet", as_parquet(frame), case_attributes=["far"])

    assert found.height == frame.height
    assert found["case:far"].null_count() == frame.height
    assert found["noticed"].null_count() == 0  # what is looked at is looked at still


@pytest.mark.parametrize(
    ("tijd", "read"),
    [
        pytest.param(
            pl.Series([2**31 - 1, -(2**31)] * 50, dtype=pl.Int32).cast(pl.Date), 0, id="days"
        ),
        pytest.param(pl.Series([2**62, -(2**62)] * 50).cast(pl.Datetime("us")), 0, id="instants"),
        pytest.param(
            pl.Series(["0001-01-01", "9999-12-31", "2262-04-12", "1677-01-01"] * 25), 25, id="texts"
        ),
    ],
)
def test_times_beyond_all_calendars_are_told(tmp_path: Path, tijd: pl.Series, read: int) -> None:
    found = staged(tmp_path, "a.parquet", as_parquet(table(tijd=tijd)))

    assert found["at"].count() == read
    assert found["at_problem"].count() == found.height - read


def text_of(name: str, folder: Path, content: bytes) -> list[tuple[Any, ...]]:
    found = staged(folder, name, content, case_attributes=["noot"])
    return found.select("case_id", "activity", "case:noot").rows()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param((HEAD + ROWS).encode("utf-16-le"), id="utf-16 little, no mark"),
        pytest.param((HEAD + ROWS).encode("utf-16-be"), id="utf-16 big, no mark"),
        pytest.param((HEAD + ROWS).replace("\n", "\r").encode(), id="carriage returns"),
        pytest.param((HEAD + ROWS).replace("\n", "\r").encode("cp1252"), id="and windows-1252"),
        pytest.param((HEAD + ROWS).replace("\n", "\r").encode("utf-16"), id="and utf-16"),
        pytest.param((HEAD + "\ufeff" + ROWS).encode(), id="a mark amid"),
        pytest.param(
            (HEAD + ROWS[: len(ROWS) // 2]).encode() + ROWS[len(ROWS) // 2 :].encode("cp1252"),
            id="two encodings, as many of each",
        ),
        pytest.param(
            gzip.compress((HEAD + ROWS[:320]).encode()) + gzip.compress(ROWS[320:].encode()),
            id="two gzip files in one",
        ),
    ],
)
def test_text_is_read_as_it_was_meant(tmp_path: Path, content: bytes) -> None:
    assert text_of("a.csv", tmp_path, content) == [(f"Z{n}", "in", "café") for n in range(50)]


def test_one_bad_byte_spoils_one_character(tmp_path: Path) -> None:
    bad = b"Z50;in;01-03-2026 10:00;caf\xe9 \x81\n"
    rows = text_of("a.csv", tmp_path, (HEAD + ROWS).encode() + bad)

    assert rows[:50] == [(f"Z{n}", "in", "café") for n in range(50)]
    assert rows[50] == ("Z50", "in", "café \ufffd")


def test_a_cell_may_be_large(tmp_path: Path) -> None:
    large = "x" * (10 * MB)
    rows = text_of("a.csv", tmp_path, f'{HEAD}Z;in;01-03-2026 10:00;"{large}\n"\n{ROWS}'.encode())

    assert rows[0] == ("Z", "in", large)
    assert len(rows) == 51


def test_a_second_header_is_a_row_without_a_time(tmp_path: Path) -> None:
    found = staged(tmp_path, "a.csv", ("\ufeff" + HEAD + ROWS + "\ufeff" + HEAD + ROWS).encode())

    assert found["at_problem"].drop_nulls().to_list() == ["unreadable"]
    assert found.height == 101


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak so")
def test_three_thousand_columns_take_little_memory(tmp_path: Path) -> None:
    names = ";".join(f"k{n}" for n in range(3000))
    values = ";".join(str(n % 7) for n in range(3000))
    lines = "".join(f"Z{n};in;01-03-2026 10:00;{values}\n" for n in range(400))
    (tmp_path / "wide.csv").write_text(f"zaak;stap;tijd;{names}\n{lines}")
    code = (
        "import re, sys; from pathlib import Path; "
        "from tests.unit.ingest.test_hostile_files import staged; "
        "print(staged(Path(sys.argv[1]), 'wide.csv').height, "
        r"int(re.search('VmHWM:\s+(\d+)', Path('/proc/self/status').read_text())[1]) // 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True, text=True
    )

    rows, peak_mib = map(int, done.stdout.split())
    assert rows == 400
    assert peak_mib < 1000  # to look for rows that say nothing took ten times as much once


def made(folder: Path, kind: str) -> None:
    path = folder / "log.csv"
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "loop":
            path.symlink_to(path)
        case "device":
            path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("folder", "the folder log.csv holds no export"),
        ("pipe", "log.csv is a pipe or a device, not a file"),
        ("loop", "log.csv is a link to a file that is not there"),
        ("device", "log.csv is a pipe or a device, not a file"),
    ],
)
def test_what_is_no_file_is_not_read(tmp_path: Path, kind: str, said: str) -> None:
    made(tmp_path, kind)

    assert said in refusal(tmp_path, "log.csv")
    if kind != "folder":
        with pytest.raises(SourceError) as refused:
            open_export(str(tmp_path / "log.csv"), tmp_path / "test.yaml")
        assert said in str(refused.value)


def test_nobody_waits_for_a_pipe_amid_pages(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    os.mkfifo(tmp_path / "pages" / "zaken.json")

    assert "holds no pages" in refusal(tmp_path, "pages", format="zgw")


@pytest.mark.parametrize(
    "page",
    [
        "3",
        "[[]]",
        '{"results": {}}',
        '{"results": [{"url": 3, "_expand": null}], "count": 5}',
        '{"results": [{"url": {}, "_expand": [1]}], "count": 5, "next": {}}',
        '[{"hoofdObject": 1, "resource": "zaak", "actie": "update", "wijzigingen": [1]}]',
        (
            '[{"hoofdObject": 1, "resource": "zaak", "actie": "update", '
            '"wijzigingen": {"oud": "x", "nieuw": {"verlenging": "x", "opschorting": 3}}}]'
        ),
    ],
)
def test_pages_that_are_otherwise_are_told(tmp_path: Path, page: str) -> None:
    assert "page.json" in refusal(tmp_path, "page.json", page.encode(), format="zgw")
