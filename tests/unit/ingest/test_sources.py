# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from pwd import getpwnam
from tempfile import TemporaryDirectory

import pytest

from contracts.errors import SourceError
from contracts.settings import Settings
from contracts.sources import Source
from ingest.guessing.exports import open_export
from ingest.source_files import find_files
from ingest.sources import find, find_all, name_for_readers
from tests.servers import NOBODY


@pytest.fixture
def config(tmp_path):
    folder = tmp_path / "project"
    (folder / "exports").mkdir(parents=True)
    for name in ("b.csv", "a.CSV", "c.csv.gz", "log.xes.gz", "notes.md"):
        (folder / "exports" / name).touch()
    (folder / "books").mkdir()
    (folder / "empty").mkdir()
    for name in ("a.xlsx", "~$a.xlsx", "b.ods", ".~lock.b.ods#", "._a.xlsx", ".c.xlsx"):
        (folder / "books" / name).touch()
    (folder / ".kept" / ".earlier").mkdir(parents=True)
    for name in ("a.csv", ".earlier/a.csv"):
        (folder / ".kept" / name).touch()
    (tmp_path / "outside.parquet").touch()
    (tmp_path / "march.ZIP").touch()
    (tmp_path / "march.csv.zst").touch()
    (tmp_path / "march.tar.gz").touch()
    return folder / "process.yaml"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"path": "exports/b.csv"}, [("exports/b.csv", "csv")]),
        ({"path": "exports/*.csv"}, [("exports/b.csv", "csv")]),
        ({"path": "exports/*.gz"}, [("exports/c.csv.gz", "csv"), ("exports/log.xes.gz", "xes")]),
        ({"path": "../outside.parquet"}, [("outside.parquet", "parquet")]),
        ({"path": "exports/notes.md", "format": "csv"}, [("exports/notes.md", "csv")]),
        ({"path": "books"}, [("books/a.xlsx", "excel"), ("books/b.ods", "excel")]),
        (
            {"path": "books", "format": "excel"},
            [("books/a.xlsx", "excel"), ("books/b.ods", "excel")],
        ),
        ({"path": "books/*"}, [("books/a.xlsx", "excel"), ("books/b.ods", "excel")]),
        ({"path": "books/*.xlsx"}, [("books/a.xlsx", "excel")]),
        ({"path": "**/*.csv"}, [("exports/b.csv", "csv")]),
        ({"path": ".kept/**/*.csv"}, [(".kept/a.csv", "csv")]),
        ({"path": ".kept"}, [(".kept/a.csv", "csv")]),
        ({"path": "books/~$a.xlsx"}, [("books/~$a.xlsx", "excel")]),
        ({"path": "books/._*.xlsx"}, [("books/._a.xlsx", "excel")]),
        (
            {"path": "exports"},
            [
                ("exports/a.CSV", "csv"),
                ("exports/b.csv", "csv"),
                ("exports/c.csv.gz", "csv"),
                ("exports/log.xes.gz", "xes"),
            ],
        ),
    ],
)
def test_finds(config, source, expected):
    files = find_files(Source(**source), config, 0)

    assert [(file.name, file.format) for file in files] == expected
    assert all(file.path.is_file() for file in files)


@pytest.mark.parametrize("path", ["books", "books/*", "**/*.ods"])
def test_what_is_hidden_is_no_export_that_init_looks_at(config, monkeypatch, path):
    (config.parent / "books" / "a.xlsx").unlink()
    (config.parent / "books" / "b.ods").write_bytes(b"PK\x03\x04")
    (config.parent / ".kept" / "c.ods").write_text("no workbook")
    monkeypatch.chdir(config.parent)

    export = open_export(path, config)

    assert (export.format, [file.name for file in export.files]) == ("excel", ["books/b.ods"])


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ({"path": "exports/bb.csv"}, "there is no exports/bb.csv. Did you mean exports/b.csv?"),
        ({"path": "export/b.csv"}, "Nor is there a folder export"),
        ({"path": "exports/*.parquet"}, "there is no exports/*.parquet"),
        ({"path": "empty"}, "the folder empty holds no export. It has no files that end in"),
        ({"path": "."}, "the folder . holds no export. It has no files"),
        ({"path": "empty", "format": "csv"}, "holds no export. Folders inside it are not searched"),
        ({"path": "exports/notes.md"}, "the format of exports/notes.md is not clear"),
        ({"path": "../march.ZIP"}, "march.ZIP is not clear from its name. Unpack it"),
        ({"path": "../march.csv.zst"}, "march.csv.zst is not clear from its name. Unpack it"),
        ({"path": "../march.tar.gz"}, "march.tar.gz is not clear from its name. Unpack it"),
        ({"path": "exports/\0*.csv"}, "there is no exports/"),
        (
            {"path": "exports/" + "b" * 300},
            "sources.3.path cannot be looked up: File name too long",
        ),
    ],
)
def test_refuses(config, source, says):
    with pytest.raises(SourceError) as caught:
        find_files(Source(**source), config, 3)

    assert says in str(caught.value)
    assert "sources.3" in str(caught.value)


@pytest.mark.parametrize("path", ["*.csv", "in", "in/*"])
def test_a_name_that_is_no_text_is_told_before_it_is_read(tmp_path, path):
    folder = tmp_path / "in" if path.startswith("in") else tmp_path
    folder.mkdir(exist_ok=True)
    odd = folder / os.fsdecode(b"zaken-\xff.csv")
    odd.write_text("zaak;stap;tijd\n")
    config = tmp_path / "p.yaml"

    for find_them in (
        lambda: find_files(Source(path=path), config, 0),
        lambda: open_export(str(tmp_path / path), config),
        lambda: open_export(str(odd), config),
    ):
        with pytest.raises(SourceError) as caught:
            find_them()

        assert "zaken-\ufffd.csv: this name is not text" in str(caught.value)
        assert "Rename the file" in caught.value.hint


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("today/b*", "today/b.csv"),
        ("today", "today/a.CSV"),
        ("latest.csv", "latest.csv"),
        ("../project/latest.csv", "latest.csv"),
    ],
)
def test_a_file_is_called_what_the_link_to_it_is_called(config, path, name):
    folder = config.parent
    (folder / "today").symlink_to("exports")
    (folder / "latest.csv").symlink_to("exports/b.csv")

    first, *_ = find_files(Source(path=path), config, 0)

    assert first.name == name


def test_a_pattern_may_begin_at_the_root(config):
    top, *rest = config.resolve().parts[1:]
    pattern = "/" + "/".join([top[:-1] + "*", *rest[:-1], "exports", "b*"])

    assert [file.name for file in find_files(Source(path=pattern), config, 0)] == ["exports/b.csv"]


@pytest.mark.parametrize(
    "source", [{"path": "*/*.csv"}, {"path": "**/*.csv"}, {"path": ".", "format": "zgw"}]
)
def test_a_closed_folder_is_not_passed_over(source):
    with TemporaryDirectory() as made:
        folder = Path(made)
        for name in ("open", "closed"):
            (folder / name).mkdir()
            (folder / name / "a.csv").touch()
        folder.chmod(0o755)
        (folder / "closed").chmod(0)
        with as_nobody(), pytest.raises(SourceError) as caught:
            find_files(Source(**source), folder / "process.yaml", 0)

    assert "sources.0.path cannot be looked up: Permission denied" in str(caught.value)
    assert f"Make {folder.resolve() / 'closed'} readable for the user" in caught.value.hint


@contextmanager
def as_nobody():
    """As somebody whom a closed folder is closed to, which none is to root."""
    user = os.geteuid()
    os.seteuid(user or getpwnam(NOBODY).pw_uid)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.mark.parametrize("path", ["exports/*.csv", "exports", "exports/lost.csv"])
def test_a_link_to_nothing_is_not_passed_over(config, path):
    link = config.parent / "exports" / "lost.csv"
    link.symlink_to("moved.csv")

    with pytest.raises(SourceError, match=r"lost\.csv is a link to a file that is not there"):
        find(Source(path=path), config, 0)


def test_refuses_urls_of_unknown_kinds(config):
    with pytest.raises(SourceError, match="URL of a kind that this version does not read: gopher"):
        find(Source(path="gopher://old/b.csv"), config, 0)


def test_no_two_files_have_one_name(config):
    sources = [{"path": "exports/*.gz"}, {"path": "exports/b.csv"}, {"path": "exports/c.csv.gz"}]
    settings = Settings.model_validate(
        {"process": {"id": "test"}, "sources": sources, "journey": {"end": ["klaar"]}}
    )

    names = [(position, file.name) for position, file in find_all(settings, config)]

    assert names == [
        (0, "exports/c.csv.gz"),
        (0, "exports/log.xes.gz"),
        (1, "exports/b.csv"),
        (2, "exports/c.csv.gz#2"),
    ]


@pytest.mark.parametrize("name", ["out[1]", "o?x", "a*"])
def test_only_the_config_can_hold_a_pattern(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "b.csv").touch()

    [file] = find_files(Source(path="*.csv"), folder / "process.yaml", 0)

    assert (file.name, file.path) == ("b.csv", folder / "b.csv")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "postgresql://reader@10.0.0.7:5433/zaken public.stappen from 2026-08-30T10:00:00+00:00",
            "zaken, public.stappen",
        ),
        ("postgres://reader@db.example/zaken stappen#2", "zaken, stappen#2"),
        ("postgresql://db.example/zaken", "zaken"),
        ("postgresql:///zaken", "zaken"),
        ("postgresql://db.example", "postgresql"),
        ("exports/from 2026 on.csv", "exports/from 2026 on.csv"),
        ("s3://bucket/exports/a.csv", "s3://bucket/exports/a.csv"),
        ("https://openzaak.example/zaken/api/v1", "https://openzaak.example/zaken/api/v1"),
    ],
)
def test_of_a_database_a_reader_is_told_which_and_the_table(name, told):
    assert name_for_readers(name) == told
