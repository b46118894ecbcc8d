# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from contracts.candidates import scan
from contracts.errors import ConfigError, SourceError
from contracts.events import CANDIDATES
from contracts.settings import Settings
from ingest.raw import DIGEST, refused
from ingest.source_files import find_files
from ingest.staging import stage

COLUMNS = {"case_id": "zaak", "activity": "stap", "timestamp": "tijdstip"}
HEADER = "zaak;stap;tijdstip;begonnen;wie;regio\n"
_EVENT = (
    '<event><string key="concept:name" value="a"/><date key="time:timestamp" value="2026-03-12"/>'
    "{}</event>"
)
_PAID, _MORE = '<int key="paid" value="1"/>', '<int key="paid" value="2"/>'
_XES = '<log><trace><string key="concept:name" value="1"/>{}</trace></log>'
_ROWS = 'zaak;stap;tijdstip\n"1\n2";a;12-03-2026\n'
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
        [path] = done.paths
        assert list(out.iterdir()) == [path.parent]
        return done, scan([path]).collect()

    return run


@pytest.mark.parametrize(("is_so", "day"), [(True, "2026-03-05"), (False, "2026-05-03")])
def test_what_comes_first_in_a_date_may_be_told(staged, is_so, day):
    content = "zaak;stap;tijdstip\n1;a;03/05/2026\n"

    _, frame = staged("log.csv", content, columns=COLUMNS, month_first=is_so)

    assert str(frame["at"][0].astimezone(ZoneInfo("Europe/Amsterdam")).date()) == day


def test_but_not_against_what_a_date_tells(staged):
    content = "zaak;stap;tijdstip\n1;a;03/05/2026\n1;b;25/05/2026\n"

    with pytest.raises(SourceError, match="some can only be day-month"):
        staged("log.csv", content, columns=COLUMNS, month_first=True)


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


def test_a_step_that_is_begun_and_not_done_starts_then(staged):
    rows = ["Z1;toets;;11-03-2026 09:00", "Z2;toets;31-12-9999;12-03-2026", "Z3;toets;;"]
    content = "zaak;stap;tijdstip;begonnen\n" + "\n".join(rows) + "\n"

    _, frame = staged("export.csv", content, columns=COLUMNS | {"start_timestamp": "begonnen"})

    columns = (pl.col("at").dt.to_string("%d %H:%M"), "is_day", "lifecycle", "at_problem")
    assert frame.select(columns).rows() == [
        ("11 08:00", False, "start", None),
        ("11 23:00", True, "start", None),
        (None, None, "complete", "missing"),
    ]


def test_a_start_that_is_a_row_has_one_time(staged):
    rows = ["1;a;12-03-2026;11-03-2026;start", "1;b;;11-03-2026;start", "1;b;;11-03-2026;complete"]
    content = "zaak;stap;tijdstip;begonnen;soort\n" + "\n".join(rows) + "\n"
    roles = COLUMNS | {"start_timestamp": "begonnen", "lifecycle": "soort"}

    _, frame = staged("export.csv", content, columns=roles)

    days = (pl.col(name).dt.to_string("%d") for name in ("at", "started_at"))
    assert frame.select(*days).rows() == [("11", None), ("10", None), (None, "10")]


@pytest.mark.parametrize(
    ("word", "told"),
    [
        *(
            ("START", "start"),
            ("Begonnen", "start"),
            ("gestart", "start"),
            ("complete", "complete"),
        ),
        *(("Voltooid", "complete"), ("einde", "complete"), ("gereed ", "complete")),
        *(("", "complete"), ("Schedule", "schedule"), ("geannuleerd", "geannuleerd")),
    ],
)
def test_a_column_may_say_what_starts_a_step_and_what_completes_it(staged, word, told):
    content = f"zaak;stap;tijdstip;soort\n1;a;12-03-2026;{word}\n"

    _, frame = staged("log.csv", content, columns=COLUMNS | {"lifecycle": "soort"})

    assert frame["lifecycle"].to_list() == [told]


@pytest.mark.parametrize("out", ["uit met spatie", "out#1", "o?x", "out%20x", "out[1]", "o*", "é"])
@pytest.mark.parametrize("name", ["log.csv", "log.xes", "log.parquet"])
def test_a_folder_may_be_called_anything(tmp_path, name, out):
    folder = tmp_path / out
    folder.mkdir()
    text = "zaak;stap;tijdstip\n1;a;12-03-2026\n"
    (folder / "log.csv").write_text(text)
    (folder / "log.xes").write_text(_XES.format(_EVENT.format("")))
    pl.read_csv(text.encode(), separator=";").write_parquet(folder / "log.parquet")
    settings = Settings.model_validate(
        {
            "process": {"id": "test"},
            "sources": [{"path": name, "columns": {} if name == "log.xes" else COLUMNS}],
            "journey": {"end": ["klaar"]},
            "privacy": {"pseudonymise": []},
        }
    )
    config = folder / "test.yaml"
    [file] = find_files(settings.sources[0], config, 0)

    done = stage(file, settings.sources[0], settings, config, 0, folder)

    assert done.rows == 1
    assert pl.read_parquet(done.paths[0], glob=False)["activity"].to_list() == ["a"]


@pytest.mark.parametrize("sign", ["\x01", "\t", "\x1f", "\x7f", "\ufffe", "\uffff"])
def test_control_characters_become_spaces(staged, sign):
    roles = COLUMNS | {"resource": "wie", "team": "team", "org": "org"}
    values = [
        f"{sign}a{sign}{sign}b{sign}" if name != "tijdstip" else "12-03-2026"
        for name in (*COLUMNS.values(), "wie", "team", "org", "regio")
    ]
    content = f"zaak;stap;tijdstip;wie;team;org;regio\n{';'.join(values)}\n"

    _, frame = staged("export.csv", content, columns=roles, case_attributes=["regio"])

    columns = ("case_id", "activity", "resource", "team", "org", "case:regio")
    assert frame.select(columns).row(0) == ("a  b",) * 6


@pytest.mark.parametrize("name", ["*", "^a$", "#row", "#digest", "c0", "#time"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_column_may_be_called_anything(staged, tmp_path, name, suffix):
    frame = pl.DataFrame([["1", "2"], ["a", "a"], ["12-03-2026"] * 2], schema=[name, "stap", "t"])
    frame.write_csv(tmp_path / "made.csv")
    frame.write_parquet(tmp_path / "made.parquet")
    columns = {"case_id": name, "activity": "stap", "timestamp": "t"}

    _, found = staged(f"log{suffix}", (tmp_path / f"made{suffix}").read_bytes(), columns=columns)

    assert found.select("row", "case_id", "activity").rows() == [(1, "1", "a"), (2, "2", "a")]


@pytest.mark.parametrize("attributes", [["regio"], ["case:regio"], ["regio", "case:regio"]])
def test_a_case_attribute_may_have_its_prefix(staged, attributes):
    content = "zaak;stap;tijdstip;case:regio\n1;a;12-03-2026;N\n"

    _, frame = staged("export.csv", content, columns=COLUMNS, case_attributes=attributes)

    assert frame.columns == [*CANDIDATES, "case:regio"]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_digest_does_not_depend_on_the_order_of_columns(staged, tmp_path, suffix):
    frame = pl.DataFrame([["1"], ["a"], ["12-03-2026"], ["x"]], schema=[*COLUMNS.values(), "meer"])
    digests = []
    for columns in (frame.columns, frame.columns[::-1]):
        frame.select(columns).write_csv(tmp_path / "made.csv")
        frame.select(columns).write_parquet(tmp_path / "made.parquet")
        done, found = staged(
            f"log{suffix}", (tmp_path / f"made{suffix}").read_bytes(), columns=COLUMNS
        )
        digests.append(found["digest"].item())
        done.paths[0].unlink()
        done.paths[0].parent.rmdir()

    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("column", "values", "says"),
    [
        ("stap", [["a", "b"]], "column 'stap' holds lists or records"),
        ("regio", [{"x": 1}], "column 'regio' holds lists or records"),
        ("tijdstip", [dt.time(9)], "column 'tijdstip' holds times without a date"),
        ("tijdstip", [dt.timedelta(9)], "column 'tijdstip' holds times without a date"),
    ],
)
def test_refuses_a_type_that_cannot_play_its_role(staged, tmp_path, column, values, says):
    record = {"zaak": ["1"], "stap": ["a"], "tijdstip": ["12-03-2026"], "regio": ["N"]}
    pl.DataFrame(record | {column: values}).write_parquet(tmp_path / "made.parquet")
    content = (tmp_path / "made.parquet").read_bytes()

    with pytest.raises(SourceError, match=says):
        staged("log.parquet", content, columns=COLUMNS, case_attributes=["regio"])


def test_what_is_not_the_files_fault_is_not_blamed_on_it():
    def refusal():
        return SourceError("the file is bad")

    good = pl.LazyFrame({DIGEST: [1]}, schema={DIGEST: pl.UInt64})
    bad = good.with_columns(pl.lit("x").cast(pl.UInt64).alias(DIGEST))

    with pytest.raises(pl.exceptions.ComputeError), refused(refusal, good):
        raise pl.exceptions.ComputeError
    with pytest.raises(SourceError), refused(refusal, bad):
        raise pl.exceptions.ComputeError


@pytest.mark.parametrize(
    ("begun", "done", "is_day"),
    [
        ("11-03-2026", "12-03-2026 10:00", True),
        ("11-03-2026 09:00", "12-03-2026", True),
        ("11-03-2026 09:00", "12-03-2026 10:00", False),
        ("", "12-03-2026 10:00", False),
    ],
)
def test_a_day_in_either_time_is_a_day(staged, begun, done, is_day):
    _, frame = staged("export.csv", f"{HEADER}1;a;{done};{begun};;\n", columns=ROLES)

    assert frame["is_day"].item() is is_day


def test_a_date_of_registration_leaves_the_times_of_events_as_they_are(staged):
    content = (
        "zaak;stap;tijdstip;aanvraag\n1;a;12-03-2026 10:00;11-03-2026\n1;b;12-03-2026 11:00;\n"
    )
    columns = COLUMNS | {"registration_timestamp": "aanvraag"}
    _, frame = staged("export.csv", content, columns=columns)

    midnight = dt.datetime(2026, 3, 10, 23, tzinfo=dt.UTC)
    assert frame.select("registered_at", "is_day").rows() == [(midnight, False), (None, False)]


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
        (
            "a.csv",
            f"{_ROWS}tijdstip;stap;zaak\n1;2;3\n",
            SourceError,
            "again at line 4, in another",
        ),
        (
            "a.csv",
            f"{_ROWS}\ufeffzaak ;tijdstip;stap\n",
            SourceError,
            "again at line 4, in another",
        ),
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


@pytest.mark.parametrize(
    "row", ["zaak;stap;tijdstip", "\ufeffzaak;stap;tijdstip", "zaak;stap;stap"]
)
def test_names_of_columns_in_the_same_order_are_a_row(staged, row):
    _, frame = staged("a.csv", f"{_ROWS}{row}\n2;b;12-03-2026\n", columns=COLUMNS)

    assert frame["at"].is_null().to_list() == [False, True, False]


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
        done.paths[0].unlink()
        done.paths[0].parent.rmdir()

    assert frames[0].equals(frames[1])
    assert frames[0].equals(frames[2])


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


NO_CASES = ("onbekend", "NULL", "-", "n.v.t.", "#N/B", "NaN", " ", "\\N", "(null)", "N/A", "None")


def test_what_stands_for_no_case_is_none(staged):
    rows = [f"{each};a;2026-03-05" for each in (*NO_CASES, "Nullijn 4", "N-1")]
    content = "\n".join(["zaak;stap;tijdstip", *rows, ""])

    _, frame = staged("log.csv", content, columns=COLUMNS)

    assert frame["case_id"].is_null().to_list() == [True] * len(NO_CASES) + [False] * 2
    assert set(frame["slot"][: len(NO_CASES)]) == {0}


def test_an_id_that_is_guarded_from_excel_is_itself(staged):
    content = 'zaak;stap;tijdstip\n"=""0001""";a;2026-03-05\n0001;b;2026-03-05\n'

    _, frame = staged("log.csv", content, columns=COLUMNS)

    assert frame["case_id"].to_list() == ["0001", "0001"]
    assert frame["slot"].n_unique() == 1


def test_ids_that_are_fractions_are_whole(staged, tmp_path):
    path = tmp_path / "log.parquet"
    ids = [1003.0, float("nan"), None, 2.5, 20240000000010100.0]
    times = [dt.date(2026, 3, 5)] * len(ids)
    pl.DataFrame({"zaak": ids, "stap": ["a"] * len(ids), "tijdstip": times}).write_parquet(path)

    _, frame = staged(path.name, path.read_bytes(), columns=COLUMNS)

    assert frame["case_id"].to_list() == ["1003", None, None, "2.5", "20240000000010100"]


@pytest.mark.parametrize("word", ["NULL", "null", "\\N", "(null)", "<NULL>", "None", "NaN", "nan"])
def test_a_word_for_no_value_is_none(staged, word):
    content = f"zaak;stap;tijdstip;kanaal;team\n1;{word};{word};{word};NULL B\n1;a;2026-03-05;x;y\n"
    columns = {**COLUMNS, "team": "team"}

    _, frame = staged("log.csv", content, columns=columns, case_attributes=["kanaal"])

    first = frame.row(0, named=True)
    assert (first["activity"], first["case:kanaal"], first["team"]) == (None, None, "NULL B")
    assert (first["at"], first["at_problem"]) == (None, "missing")


def test_a_milestone_of_such_a_word_is_not_reached(staged):
    content = "zaak;begin;eind\n1;2026-03-05;NULL\n2;2026-03-05;2026-03-06\n"

    _, frame = staged(
        "log.csv", content, columns={"case_id": "zaak"}, milestones={"a": "begin", "b": "eind"}
    )

    assert frame.select("case_id", "activity").rows() == [("1", "a"), ("2", "a"), ("2", "b")]


def test_a_leap_second_before_midnight_is_no_day(staged):
    content = "zaak;stap;tijdstip\n1;a;2024-03-05 23:59:60\n1;b;2024-03-06 00:00:00\n"

    _, frame = staged("log.csv", content, columns=COLUMNS)

    assert frame["at"].n_unique() == 1
    assert frame["is_day"].to_list() == [False, True]


def test_the_rows_that_are_read_of_whole_numbers_that_are_fractions(staged, tmp_path):
    """As of a column of numbers with gaps, which Python writes as ``1.0``."""
    rows = pl.DataFrame({"zaak": ["a", "b", "c"], "stap": "x", "tijdstip": "2026-03-12"})
    rows.with_columns(soort=pl.Series([1.0, 2.0, None])).write_parquet(tmp_path / "log.parquet")

    done, candidates = staged(
        "log.parquet",
        (tmp_path / "log.parquet").read_bytes(),
        columns=COLUMNS,
        only={"soort": ["1"]},
    )

    assert candidates["case_id"].to_list() == ["a"]
    assert done.left_out == {"unasked": 2}
