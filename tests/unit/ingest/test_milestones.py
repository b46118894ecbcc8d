# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a table with a row per case and a column per milestone becomes."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.candidates import scan
from contracts.errors import ConfigError, SourceError
from contracts.events import CANDIDATES, ORDER
from contracts.settings import Settings
from contracts.sources import Source
from ingest.source_files import find_files
from ingest.staging import stage
from tests.workbooks import xlsx

HEADER = "zaak;wie;in;uit;soort"
MILESTONES = {"Ontvangen": "in", "Klaar": "uit"}
TOLD = ("source", "row", "activity", "at", "at_problem")


@pytest.fixture
def staged(tmp_path):
    """A function that stages a wide file; ``content`` writes it where it is no text."""
    out = tmp_path / "out"
    out.mkdir()

    def run(content, name="log.csv", milestones=MILESTONES, columns=None, **source):
        path = tmp_path / name
        content(path) if callable(content) else path.write_text(content)
        source |= {"path": name, "milestones": milestones, "columns": {"case_id": "zaak"}}
        source["columns"] |= columns or {}
        source.setdefault("format", {"xlsx": "excel"}.get(path.suffix[1:], path.suffix[1:]))
        settings = Settings.model_validate(
            {
                "process": {"id": "test"},
                "sources": [source],
                "journey": {"end": ["Klaar"]},
                "privacy": {"pseudonymise": []},
            }
        )
        [file] = find_files(settings.sources[0], tmp_path / "test.yaml", 0)
        done = stage(file, settings.sources[0], settings, tmp_path / "test.yaml", 0, out)
        frame = scan(done.paths).collect()
        assert done.rows == frame.height
        return frame.with_columns(pl.col("at").dt.strftime("%d %H:%M"))

    return run


def test_a_milestone_that_was_reached_is_an_event(staged):
    rows = ["1;jan;12-03-2026 10:00;13-03-2026;a", "2;;14-03-2026 10:00;;b", "3;;31-12-9999;-;b"]

    frame = staged(
        "\n".join([HEADER, *rows, ""]), columns={"resource": "wie"}, case_attributes=["soort"]
    )

    assert list(frame.columns) == [*CANDIDATES, "case:soort"]
    assert frame.select(TOLD).rows() == [
        ("log.csv", 1, "Ontvangen", "12 09:00", None),
        ("log.csv@2", 1, "Klaar", "12 23:00", None),
        ("log.csv", 2, "Ontvangen", "14 09:00", None),
        ("log.csv", 3, "Ontvangen", None, "missing"),
    ]
    assert frame["resource"].to_list() == ["jan", "jan", None, None]
    assert frame["case:soort"].to_list() == ["a", "a", "b", "b"]
    assert frame["is_day"].to_list() == [False, True, False, None]
    assert frame["digest"].n_unique() == 4


def test_each_milestone_has_a_notation_of_its_own(staged):
    frame = staged(
        f"{HEADER}\n1;;03/13/2026 02:00:00 PM;20260314;a\n2;;03/12/2026 02:00:00 AM;morgen;a\n"
    )

    assert frame.select("at", "at_problem").rows() == [
        ("13 13:00", None),
        ("13 23:00", None),
        ("12 01:00", None),
        (None, "unreadable"),
    ]


def test_ties_keep_the_order_of_the_config(staged):
    names = [f"m{number}" for number in range(12)]
    content = ";".join(["zaak", *names]) + "\n" + ";".join(["1", *["12-03-2026"] * 12]) + "\n"
    milestones = {f"{'zyxwvutsrqpo'[number]}": name for number, name in enumerate(names)}

    frame = staged(content, milestones=milestones)

    assert frame.sort(ORDER)["activity"].to_list() == list(milestones)
    assert frame["source"].to_list()[:2] == ["log.csv", "log.csv@02"]


def test_the_same_table_in_other_formats(staged):
    rows = [("1", "2026-03-12T10:00:00", "2026-03-13T00:00:00"), ("2", "2026-03-14T10:00:00", None)]
    frame = pl.DataFrame(rows, schema=["zaak", "in", "uit"], orient="row").with_columns(
        pl.col("in", "uit").str.to_datetime()
    )
    typed = frame.rows()

    found = [
        staged(frame.write_csv(separator=";", datetime_format="%d-%m-%Y %H:%M")),
        staged(frame.write_parquet, "log.parquet"),
        staged(lambda path: xlsx(path, {"a": [("zaak", "in", "uit"), *typed]}), "log.xlsx"),
    ]

    keys = ("row", "activity", "at", "is_day")
    assert found[0].height == 3
    assert found[0].select(keys).equals(found[1].select(keys))
    assert found[0].select(keys).equals(found[2].select(keys))


def test_a_row_that_stands_there_twice_is_told_at_each_milestone(staged):
    frame = staged(f"{HEADER}\n" + "1;;12-03-2026;13-03-2026;a\n" * 2)

    assert frame.filter(pl.col("digest").is_duplicated()).height == 4
    assert frame["digest"].n_unique() == 2


def test_a_later_row_of_a_case_tells_only_its_new_milestones_anew(staged):
    frame = staged(f"{HEADER}\n1;jan;12-03-2026;;a\n1;piet;12-03-2026;13-03-2026;b\n")

    first, again, new = frame["digest"].to_list()
    assert first == again != new


def test_what_is_noticed_of_a_row_holds_for_its_milestones(staged):
    frame = staged(
        f"{HEADER}\n1;;12-03-2026;13-03-2026;a@b.nl\n2;;12-03-2026;13-03-2026;a\n",
        case_attributes=["soort"],
    )

    assert frame["noticed"].is_not_null().to_list() == [True, True, False, False]


@pytest.mark.parametrize(
    ("source", "error", "says"),
    [
        ({"milestones": {"Klaar": "ut"}}, ConfigError, "milestones.Klaar': log.csv has no column"),
        ({"columns": {"activity": "wie"}}, ValidationError, "leave columns.activity out"),
        ({"columns": {"start_timestamp": "in"}}, ValidationError, "leave columns.start_timestamp"),
        ({"format": "xes"}, ValidationError, "say format: csv or excel or parquet or sql"),
        ({"columns": {"case_id": "nr"}}, ConfigError, "has no column 'nr'"),
    ],
)
def test_refuses(staged, source, error, says):
    with pytest.raises(error) as refused:
        staged(f"{HEADER}\n1;;12-03-2026;13-03-2026;a\n", **source)

    assert says in str(refused.value)


def test_an_ambiguous_column_is_named(staged):
    with pytest.raises(SourceError, match="column 'uit' are ambiguous"):
        staged(f"{HEADER}\n1;;12-03-2026;13-12-2026;a\n1;;12-03-2026;12-13-2026;a\n")


@given(
    st.lists(st.tuples(*[st.sampled_from(["", "12-03-2026", "onzin"])] * 3), max_size=5, min_size=1)
)
def test_no_milestone_is_lost_and_each_has_a_name(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("wide")
    lines = [f"{number};{';'.join(row)}" for number, row in enumerate(rows)]
    (folder / "a.csv").write_text("\n".join(["zaak;a;b;c", *lines, ""]))
    source = Source(
        path="a.csv",
        format="csv",
        columns={"case_id": "zaak"},
        milestones={"A": "a", "B": "b", "C": "c"},
    )
    settings = Settings.model_validate(
        {
            "process": {"id": "t"},
            "sources": [source],
            "journey": {"end": ["C"]},
            "privacy": {"pseudonymise": []},
        }
    )
    [file] = find_files(source, folder / "t.yaml", 0)

    frame = scan(stage(file, source, settings, folder / "t.yaml", 0, folder).paths).collect()

    reached = [sum(text != "" for text in row) or 1 for row in rows]
    assert frame.group_by("row").len().sort("row")["len"].to_list() == reached
    assert frame["at_problem"].is_null().sum() == sum(row.count("12-03-2026") for row in rows)
    assert not frame.select("source", "row").is_duplicated().any()
    assert frame["at"].drop_nulls().unique().to_list() in (
        [],
        [dt.datetime(2026, 3, 11, 23, tzinfo=dt.UTC)],
    )
