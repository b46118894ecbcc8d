# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import polars as pl
import pytest

from contracts.errors import ConfigError, SourceError
from contracts.events import CANDIDATES
from contracts.settings import Settings
from ingest.sources import find_files
from ingest.staging import stage

COLUMNS = {"case_id": "zaak", "activity": "stap", "timestamp": "tijdstip"}
HEADER = "zaak;stap;tijdstip;begonnen;wie;regio\n"
ROLES = COLUMNS | {"start_timestamp": "begonnen", "resource": "wie"}


@pytest.fixture
def staged(tmp_path):
    """A function that stages a file of some name and content."""
    out = tmp_path / "out"
    out.mkdir()

    def run(name, content, **source):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        settings = Settings.model_validate(
            {
                "process": {"id": "test"},
                "sources": [{"path": name, **source}],
                "journey": {"end": ["klaar"]},
                "privacy": {"pseudonymise": []},
            }
        )
        config = tmp_path / "test.yaml"
        [file] = find_files(settings.sources[0], config, 0)
        done = stage(file, settings.sources[0], settings, config, 0, out)
        assert [path.name for path in out.iterdir()] == [done.path.name]
        return done, pl.read_parquet(done.path)

    return run


def test_a_row_for_a_row(staged):
    rows = [
        " Z1 ; aanvraag ;12-03-2026;11-03-2026 09:00;jansen; Noord ",
        "Z1;besluit;12-03-2026 13:05;;;Noord",
        ";;;;;Zuid",
        "Z2;besluit;morgen;;;",
    ]
    content = HEADER + "\n".join(rows) + "\n"

    done, frame = staged("export.csv", content, columns=ROLES, case_attributes=["regio"])

    assert done.rows == 4
    assert dict(frame.schema) == {**CANDIDATES, "case:regio": pl.String}
    columns = ("row", "case_id", "activity", "is_day", "resource", "at_problem", "case:regio")
    assert frame.select(columns).rows() == [
        (1, "Z1", "aanvraag", True, "jansen", None, "Noord"),
        (2, "Z1", "besluit", False, None, None, "Noord"),
        (3, None, None, None, None, "missing", "Zuid"),
        (4, "Z2", "besluit", None, None, "unreadable", None),
    ]
    assert frame["started_at"].drop_nulls().dt.strftime("%d %H:%M").to_list() == ["11 08:00"]
    assert set(frame["lifecycle"]) == {"complete"}
    assert set(frame["source"]) == {"export.csv"}


@pytest.mark.parametrize(
    ("text", "is_day"),
    [
        ("2026-03-12", True),
        ("2026-03-12T00:00:00", True),
        ("2026-03-11T23:00:00Z", True),
        ("2026-03-12T00:00:00Z", False),
        ("2026-03-12T00:00:01", False),
    ],
)
def test_a_local_midnight_is_a_day(staged, text, is_day):
    _, frame = staged("export.csv", f"zaak;stap;tijdstip\n1;a;{text}\n", columns=COLUMNS)

    assert frame["is_day"].item() is is_day


@pytest.mark.parametrize(
    ("name", "content", "error", "says"),
    [
        ("a.csv", "zaak;stap;tijdstip\n1;a;12-03-2026\n2;b;c;d\n", SourceError, "line 3"),
        ("a.parquet", "PAR1", SourceError, "a.parquet is not a whole Parquet file"),
        ("a.xes", "<log><trace><event/>", SourceError, "a.xes is not a whole XML document"),
        ("a.csv", "zaak;stap;tijd\n1;a;b\n", ConfigError, "Did you mean 'tijd'?"),
        ("a.csv", "zaak;stap;tijdstip\n1;a;13-12-2026\n1;a;12-13-2026\n", SourceError, "ambiguous"),
    ],
)
def test_refuses_and_leaves_nothing(staged, tmp_path, name, content, error, says):
    with pytest.raises(error) as caught:
        staged(name, content, columns=COLUMNS)

    assert says in str(caught.value)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9, 0.99])
def test_refuses_parquet_cut_short_or_damaged(staged, tmp_path, cut):
    frame = pl.DataFrame(
        {name: [f"{name}-{n}" for n in range(999)] for name in ("zaak", "stap")}
    ).with_columns(tijdstip=pl.lit("2026-03-12"))
    frame.write_parquet(tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    at = int(len(whole) * cut)

    with pytest.raises(SourceError):
        staged("cut.parquet", whole[:at], columns=COLUMNS)
    with pytest.raises(SourceError):
        staged("damaged.parquet", whole[:at] + bytes(20) + whole[at + 20 :], columns=COLUMNS)


def test_one_log_three_ways(staged, tmp_path):
    zone_less = pl.DataFrame(
        {"zaak": ["1"], "stap": ["a"], "tijdstip": ["2026-03-12T10:00:00"]}
    ).with_columns(pl.col("tijdstip").str.to_datetime())
    zone_less.write_parquet(tmp_path / "made.parquet")
    xes = (
        '<log><trace><string key="concept:name" value="1"/><event>'
        '<string key="concept:name" value="a"/>'
        '<date key="time:timestamp" value="2026-03-12T10:00:00+01:00"/></event></trace></log>'
    )

    contents = {
        "log.csv": ("zaak,stap,tijdstip\n1,a,2026-03-12T09:00:00Z\n", COLUMNS),
        "log.parquet": ((tmp_path / "made.parquet").read_bytes(), COLUMNS),
        "log.xes": (xes, {}),
    }
    frames = []
    for name, (content, columns) in contents.items():
        done, frame = staged(name, content, columns=columns)
        frames.append(frame.drop("source", "digest"))
        done.path.unlink()

    assert frames[0].equals(frames[1])
    assert frames[0].equals(frames[2])


_EVENT = (
    '<event><string key="concept:name" value="a"/><date key="time:timestamp" value="2026-03-12"/>'
    "{}</event>"
)
_PAID, _MORE = '<int key="paid" value="1"/>', '<int key="paid" value="2"/>'
_XES = '<log><trace><string key="concept:name" value="1"/>{}</trace></log>'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("log.csv", "zaak;stap;tijdstip;paid\n" + "1;a;12-03-2026;1\n" * 2 + "1;a;12-03-2026;2\n"),
        ("log.xes", _XES.format("".join(map(_EVENT.format, (_PAID, _PAID, _MORE))))),
    ],
)
def test_a_digest_tells_apart_rows_that_differ_where_nobody_reads(staged, name, content):
    columns = COLUMNS if name.endswith("csv") else {}

    digests = staged(name, content, columns=columns)[1]["digest"].to_list()

    assert digests[0] == digests[1] != digests[2]
