# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import gzip

import pytest

from contracts.errors import SourceError
from ingest.raw import DIGEST, refused
from ingest.text.delimited import read_delimited


def rows_of(tmp_path, content, *, header=True):
    path = tmp_path / "export.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    raw = read_delimited(path, "export.csv", scratch, header=header)
    with refused(raw.refusal):
        return raw.columns, raw.frame.drop(DIGEST).collect().rows()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("a;b\n1,5;é\n", id="semicolon"),
        pytest.param("a\tb\n1,5\té\n", id="tab"),
        pytest.param("a|b\n1,5|é\n", id="pipe"),
        pytest.param('a,b\n"1,5",é\n', id="comma"),
        pytest.param("a;b\r\n1,5;é\r\n", id="windows lines"),
        pytest.param("a;b\n1,5;é", id="no last newline"),
        pytest.param('"a";"b"\n"1,5";"é"\n', id="quoted"),
        pytest.param('="a";="b"\n="1,5";="é"\n', id="guarded"),
        pytest.param('"=""a""","=""b"""\n"=""1,5""","=""é"""\n', id="guarded and quoted"),
        pytest.param('a;b\n="1,5";é\n', id="one guarded value"),
        pytest.param("\ufeffa;b\n1,5;é\n", id="bom"),
        pytest.param("a;b\n1,5;é\n".encode("cp1252"), id="windows-1252"),
        pytest.param("a;b\n1,5;é\n".encode("utf-16"), id="utf-16"),
        pytest.param(gzip.compress("a;b\n1,5;é\n".encode("cp1252")), id="gzip"),
    ],
)
def test_reads_every_dialect(tmp_path, content):
    assert rows_of(tmp_path, content) == (("a", "b"), [(1, "1,5", "é")])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param('a;b\n"x\ny;z";"say ""hi"""\n', [(1, "x\ny;z", 'say "hi"')], id="quoting"),
        pytest.param("a;b\n007;1e5\n", [(1, "007", "1e5")], id="no guessing of types"),
        pytest.param("a;b\n1;2\n\n3;4\n\n", [(1, "1", "2"), (3, "3", "4")], id="blank lines"),
        pytest.param("a;b\n1\n", [(1, "1", None)], id="short line"),
        pytest.param("a;b\n1,5,6;2,5\n1,5;2\n", [(1, "1,5,6", "2,5"), (2, "1,5", "2")], id="sniff"),
        pytest.param("a, b;c\n1;2\n", [(1, "1", "2")], id="other separator in the header"),
        pytest.param("sep=|\na;b|c\n1;2|3\n", [(1, "1;2", "3")], id="sep"),
        pytest.param("\ufeffSEP=;\r\na;b\r\n1;2\r\n", [(1, "1", "2")], id="sep and bom"),
        pytest.param("sep=,\na;b\n1;2\n", [(1, "1", "2")], id="sep is wrong"),
        pytest.param("\n;\na;b\n1;2\n", [(1, "1", "2")], id="blank lines above the header"),
        pytest.param("Rapport;\nPeriode;\n;\na;b\n1;2\n", [(1, "1", "2")], id="title"),
        pytest.param("Rapport 2-3-2026\n\na;b\n1;2\n", [(1, "1", "2")], id="title of one value"),
        pytest.param("Rapport, 2026\n\na;b\n1;2,5\n", [(1, "1", "2,5")], id="title, comma"),
        pytest.param("a;\n1;1-2-2026\n", [(1, "1", "1-2-2026")], id="no title above values"),
        pytest.param("a;b\n1;2\nTotaal;\n", [(1, "1", "2")], id="total"),
        pytest.param("a;b;c\n1;2;3\nAantal regels:;1\n", [(1, "1", "2", "3")], id="count"),
        pytest.param("a;b\n1;2\n\n(1 rows affected)\n", [(1, "1", "2")], id="of a database"),
        pytest.param(
            "a;b\n1;2\nAantal dagen;\n", [(1, "1", "2"), (2, "Aantal dagen", None)], id="step"
        ),
        pytest.param("a;b\n1;2\n\nTotaal\nBron: x;\n;\n", [(1, "1", "2")], id="below a total"),
        pytest.param("a;b\n1;2\n;Grand total 1", [(1, "1", "2")], id="total in another column"),
        pytest.param("a;b\nTotaal;2\n", [(1, "Totaal", "2")], id="a whole row"),
        pytest.param("a;b\nTotaal;\n1;2\n", [(1, "Totaal", None), (2, "1", "2")], id="no end"),
        pytest.param('"a\nz";b\n1;2\n', [(1, "1", "2")], id="header over lines"),
        pytest.param("a;b\n\n1\n1;2\n", [(2, "1", None), (3, "1", "2")], id="first lines short"),
        pytest.param("€;b\n1;\u201d\n".encode("cp1252"), [(1, "1", "\u201d")], id="cp1252 signs"),
    ],
)
def test_reads_values_as_they_stand(tmp_path, content, expected):
    assert rows_of(tmp_path, content)[1] == expected


@pytest.mark.parametrize("code_page", ["cp850", "cp437", "cp1252", "utf-8"])
@pytest.mark.parametrize(
    "words", [["ontvangén", "één"], ["ideeën", "geïnd"], ["geïnd", "coördinatie"], ["Curaçao", "à"]]
)
def test_text_of_dos_is_told_by_the_letters_amid_its_words(tmp_path, words, code_page):
    content = "\n".join(["a;b", *(f"1;{word}" for word in words), ""]).encode(code_page)

    assert [row[2] for row in rows_of(tmp_path, content)[1]] == words


@pytest.mark.parametrize(
    "text",
    [
        *("a \u201ab\u2018 c", "\u201eja\u201d", "foto\u2019s", "10\u2030"),
        "ge\u2039nd, \u00e9\u00e9n, \u2018ge\u00ebist\u2019",  # of both, so not sure
    ],
)
def test_signs_of_windows_are_no_letters_of_dos(tmp_path, text):
    assert rows_of(tmp_path, f"a;b\n1;{text}\n".encode("cp1252"))[1] == [(1, "1", text)]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("1;2\n3;4\n", [(1, "1", "2"), (2, "3", "4")]),
        ("sep=,\n1,2\n", [(1, "1", "2")]),
        ("\n1;2\n\n3\n", [(2, "1", "2"), (4, "3", None)]),
    ],
)
def test_without_a_header_the_first_line_is_a_row(tmp_path, content, rows):
    assert rows_of(tmp_path, content, header=False) == (("column 1", "column 2"), rows)


def test_of_a_long_file_the_totals_are_found(tmp_path):
    rows = [(n, str(n), "é" * 20) for n in range(1, 3001)]
    lines = [f"{one};{two}" for _, one, two in rows]

    assert rows_of(tmp_path, "\n".join(["a;b", *lines, "Totaal;", ""]))[1] == rows


def test_a_long_line_is_found_without_a_header(tmp_path):
    with pytest.raises(SourceError, match="into columns at line 2"):
        rows_of(tmp_path, "1;2\n1;2;3\n1;2\n", header=False)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param("", "is empty", id="empty"),
        pytest.param(" \n\n", "is empty", id="blank"),
        pytest.param("a;b\n", "has no rows. .* or remove it", id="header only"),
        pytest.param("a;b\n\n;\n", "has no rows", id="empty rows only"),
        pytest.param(";\n;\n", "has no header", id="empty lines only"),
        pytest.param("sep=;\n", "none of ; , tab", id="sep only"),
        pytest.param("a\n1\n2\n", "none of ; , tab", id="one column"),
        pytest.param("a;b\n1;2\n3;geheim;5\n", "into columns at line 3", id="long line"),
        pytest.param("a;b\n1;geheim;\n1;2;\n\n", "one value more than its header", id="trailing"),
        pytest.param("a;b\n1;geheim;3\n1;2\n", "into columns at line 2", id="long first line"),
        pytest.param(
            "sep=;\na;b\n1;geheim;3\n1;2\n", "into columns at line 3", id="long, after sep"
        ),
        pytest.param('a;"b\n1;geheim\n', "into columns at line 2", id="open quote in the header"),
        pytest.param('a;b\n1;2\n3;"geheim\n', "into columns at line 3", id="open quote"),
        pytest.param('a;b\n1;2\n3;"geheim"x\n', "into columns at line 3", id="quote too many"),
        pytest.param('a;b\n1;2\n3;ge"heim\n', "into columns at line 3", id="stray quote"),
        pytest.param('a;b\n="1";2\n="3";"geheim\n', "into columns at line 3", id="guarded above"),
        pytest.param(b"a;b\n1;\x00\n", "zero bytes", id="binary"),
        pytest.param(b"PK\x03\x04\x14\x00", "is a zip file, not text. Unpack it", id="zip"),
        pytest.param(gzip.compress(b"PK\x03\x04\x14\x00"), "is a zip file", id="zip in gzip"),
        pytest.param(gzip.compress(gzip.compress(b"a;b\n1;2\n")), "in gzip twice", id="gzip twice"),
        pytest.param("a;b\n1;2\n".encode("utf-16")[:-1], "not whole UTF-16", id="half character"),
        pytest.param(gzip.compress(b"a;b\n1;2\n")[:-4], "damaged gzip", id="gzip cut short"),
    ],
)
def test_refuses(tmp_path, content, says):
    with pytest.raises(SourceError, match=says) as caught:
        rows_of(tmp_path, content)

    assert "geheim" not in str(caught.value)
    assert "export.csv" in str(caught.value)


@pytest.mark.parametrize(
    "header", ["*;^a$;c", "#row;#digest;c", "a;a;a", "a;a_duplicated_0;a", ";;c"]
)
def test_a_column_may_be_called_anything(tmp_path, header):
    columns, rows = rows_of(tmp_path, f" {header} \n1;2;3\n1;2;3\n4;5;6\n")

    assert columns == tuple(header.split(";"))
    assert rows == [(1, "1", "2", "3"), (2, "1", "2", "3"), (3, "4", "5", "6")]
