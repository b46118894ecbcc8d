# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A date in one column and a time of day in another are read as one moment, or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from pydantic import ValidationError

from contracts.candidates import scan
from contracts.columns import Columns
from contracts.errors import ConfigError, SourceError
from contracts.settings import Settings
from ingest.guessing.exports import open_export
from ingest.guessing.glance import Glance, glance
from ingest.guessing.moments import put_together
from ingest.source_files import find_files
from ingest.staging import stage
from tests.workbooks import ods, xlsx

NINE = dt.datetime(2026, 3, 12, 8, 5, 7, tzinfo=dt.UTC)  # is one hour later in the Netherlands
DAY, AMSTERDAM = dt.datetime(2026, 3, 12), ZoneInfo("Europe/Amsterdam")  # noqa: DTZ001
MIDNIGHT = dt.datetime(2026, 3, 11, 23, tzinfo=dt.UTC)
COLUMNS = {"case_id": "zaak", "activity": "stap", "timestamp": ["Datum", "Tijd"]}


def staged(path: Path, **columns: Any) -> pl.DataFrame:
    settings = Settings.model_validate(
        {
            "process": {"id": "test"},
            "sources": [{"path": str(path), "columns": COLUMNS | columns}],
            "journey": {"end": ["klaar"]},
            "privacy": {"pseudonymise": []},
        }
    )
    config, out = path.parent / "test.yaml", path.parent / "out"
    out.mkdir()
    [file] = find_files(settings.sources[0], config, 0)
    done = stage(file, settings.sources[0], settings, config, 0, out)
    return scan(done.paths).collect()


def written(folder: Path, *moments: tuple[str, str], header: str = "Datum;Tijd") -> Path:
    rows = [f"Z{n};in;{date};{time}" for n, (date, time) in enumerate(moments)]
    (folder / "a.csv").write_text("\n".join([f"zaak;stap;{header}", *rows, ""]))
    return folder / "a.csv"


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("2026-03-12", "09:05:07"),
        ("12-03-2026", "9:05:07"),
        ("12/3/2026", "09:05:07"),
        ("12 maart 2026", "09:05:07"),
        ("20260312", "090507"),
        ("20260312", "90507"),
        ("2026-03-12 00:00:00", "09:05:07"),
        ("2026-03-12T00:00", "1899-12-31 09:05:07"),
        ("2026-03-12 00:00:00", "1904-01-01 09:05:07"),
        ("12-03-2026", "9:05:07 AM"),
    ],
)
def test_one_moment_however_it_is_written(date: str, time: str, tmp_path: Path) -> None:
    first = "13-01-2026" if date.startswith("12-") else date  # says that the day comes first

    found = staged(written(tmp_path, (date, time), (first, time)))

    assert found.sort("row").select("at", "is_day", "at_problem").row(0) == (NINE, False, None)


@pytest.mark.parametrize(
    ("date", "time", "at", "problem"),
    [
        ("20260312", "", MIDNIGHT, None),
        ("20260312", "n.v.t.", MIDNIGHT, None),
        ("20260312", "000000", MIDNIGHT, None),
        ("", "090507", None, "missing"),
        ("00000000", "090507", None, "missing"),
        ("99991231", "235959", None, "missing"),
        ("20260312", "0905", None, "unreadable"),  # nobody knows whether zeros are lost
        ("20260312", "250000", None, "unreadable"),
        ("20260312", "09:65", None, "unreadable"),
        ("20260312", "morgen", None, "unreadable"),
        ("2026-03-12 10:00", "09:05:07", None, "unreadable"),
        ("morgen", "09:05:07", None, "unreadable"),
    ],
)
def test_what_is_not_known_is_not_guessed(
    date: str, time: str, at: dt.datetime | None, problem: str | None, tmp_path: Path
) -> None:
    found = staged(written(tmp_path, ("20260312", "090507"), (date, time))).sort("row")

    assert found.select("at", "at_problem").rows() == [(NINE, None), (at, problem)]
    assert bool(found["is_day"][1]) is (at is not None)


@pytest.mark.parametrize(
    ("time", "clock"),
    [("0", "23:00:00"), ("500", "23:05:00"), ("7", "23:00:07"), ("5907", "23:59:07")],
)
def test_all_first_zeros_may_be_lost(time: str, clock: str, tmp_path: Path) -> None:
    found = staged(written(tmp_path, ("20260312", "90507"), ("20260312", time))).sort("row")

    assert found["at"].dt.strftime("%H:%M:%S").to_list() == ["08:05:07", clock]


@pytest.mark.parametrize(("other", "time"), [("9:05", "500"), ("090507", "500"), ("", "500")])
def test_but_not_where_others_do_not_say_so(other: str, time: str, tmp_path: Path) -> None:
    found = staged(written(tmp_path, ("20260312", other), ("20260312", time))).sort("row")

    assert found["at_problem"].to_list() == [None, "unreadable"]


def test_other_moments_may_stand_in_two_columns_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("zaak;stap;van;om;klaar\nZ1;in;20260312;090507;2026-03-12 10:00\n")

    found = staged(path, timestamp="klaar", start_timestamp=["van", "om"])

    assert found["started_at"].to_list() == [NINE]


@pytest.mark.parametrize("kind", ["dates", "moments", "texts"])
@pytest.mark.parametrize("microsecond", [0, 123456])
def test_columns_of_a_type(kind: str, microsecond: int, tmp_path: Path) -> None:
    day, clock = dt.date(2026, 3, 12), dt.time(9, 5, 7, microsecond)
    dates = {"dates": day, "moments": dt.datetime(2026, 3, 12), "texts": "2026-03-12"}  # noqa: DTZ001
    frame = pl.DataFrame({"zaak": ["Z1"], "stap": ["in"], "Datum": [dates[kind]], "Tijd": [clock]})
    frame.write_parquet(tmp_path / "a.parquet")

    found = staged(tmp_path / "a.parquet")

    assert found["at"].to_list() == [NINE.replace(microsecond=microsecond)]


def test_numbers_have_no_first_zeros(tmp_path: Path) -> None:
    times = {"Datum": ["20260312"] * 2, "Tijd": [90507, 500]}
    pl.DataFrame({"zaak": ["Z1"] * 2, "stap": ["in"] * 2} | times).write_parquet(
        tmp_path / "a.parquet"
    )

    found = staged(tmp_path / "a.parquet").sort("row")

    assert found["at"].dt.strftime("%H:%M:%S").to_list() == ["08:05:07", "23:05:00"]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_workbook_has_times_of_day(kind: str, tmp_path: Path) -> None:
    row = ("Z1", "in", dt.datetime(2026, 3, 12), dt.time(9, 5, 7))  # noqa: DTZ001
    rows, path = [("zaak", "stap", "Datum", "Tijd"), row], tmp_path / f"a.{kind}"
    made = ods(path, rows) if kind == "ods" else xlsx(path, {"a": rows})

    assert staged(made)["at"].to_list() == [NINE]


def test_a_workbook_may_count_its_days_from_1904(tmp_path: Path) -> None:
    days = [DAY + dt.timedelta(days=n) for n in range(12)]
    clocks = [dt.time(9, 5 * n) for n in range(12)]
    moments = list(map(dt.datetime.combine, days, clocks))
    # of a cell without a format nothing but the workbook tells which day it is
    serials = [(each - dt.datetime(1904, 1, 1)) / dt.timedelta(1) for each in moments]  # noqa: DTZ001
    told = zip(days, clocks, serials, moments, strict=True)
    rows = [(f"Z{n}", "in", *each) for n, each in enumerate(told)]
    header = ("zaak", "stap", "Datum", "Tijd", "klaar", "af")
    made = xlsx(tmp_path / "a.xlsx", {"a": [header, *rows]}, of_1904=True)

    seen = put_together(glance(open_export(str(made), tmp_path / "p.yaml")))
    found = staged(made, start_timestamp="klaar", recorded_timestamp="af").sort("row")

    expected = [each.replace(tzinfo=AMSTERDAM) for each in moments]
    assert found["at"].to_list() == expected
    assert found["started_at"].to_list() == found["recorded_at"].to_list() == expected
    assert seen.times["klaar"].at.to_list() == seen.times["Datum + Tijd"].at.to_list() == expected


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Datum;Tijdstip", "columns.timestamp': a.csv has no column 'Tijd'"),
        ("Datums;Tijd", "columns.timestamp': a.csv has no column 'Datum'"),
        ("Tijd;Tijd", "has no column 'Datum'"),
    ],
)
def test_both_columns_must_be_there(header: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        staged(written(tmp_path, ("20260312", "090507"), header=header))

    assert says in refused.value.message


def test_a_column_of_lists_is_refused(tmp_path: Path) -> None:
    frame = pl.DataFrame({"zaak": ["Z1"], "stap": ["in"], "Datum": ["2026-03-12"], "Tijd": [[1]]})
    frame.write_parquet(tmp_path / "a.parquet")

    with pytest.raises(SourceError, match="'Tijd' holds lists"):
        staged(tmp_path / "a.parquet")


@pytest.mark.parametrize("columns", [["a"], ["a", "b", "c"], []])
def test_two_columns_are_two(columns: list[str]) -> None:
    with pytest.raises(ValidationError, match="one for the date and one for the time of day"):
        Columns.model_validate({"timestamp": columns})


DAYS = [f"{n + 1:02}-03-2026" for n in range(12)]
CLOCKS = [f"{n + 8:02}:{5 * n:02}" for n in range(12)]
DOTTED = [each.replace(":", ".") for each in CLOCKS]
COMPACT = [f"202603{n + 1:02}" for n in range(12)]
TOGETHER = [f"{n + 8:02}{5 * n:02}07" for n in range(12)]
WITHOUT_ZERO = [each.lstrip("0") for each in TOGETHER]


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        ({"zaak": DAYS, "Datum": DAYS, "Tijd": CLOCKS}, ["zaak", "Datum + Tijd"]),
        ({"Tijd": CLOCKS, "Datum": DAYS, "x": CLOCKS[:1] * 12}, ["Datum + Tijd", "x"]),
        ({"ERDAT": COMPACT, "ERZET": TOGETHER}, ["ERDAT + ERZET"]),
        ({"ERDAT": COMPACT, "ERZET": ["0", "500", *WITHOUT_ZERO[2:]]}, ["ERDAT + ERZET"]),
        ({"ERDAT": COMPACT, "ERZET": ["0", "500", *TOGETHER[2:]]}, ["ERDAT + ERZET"]),
        ({"ERDAT": COMPACT, "aantal": [str(5 * n) for n in range(12)]}, ["ERDAT", "aantal"]),
        (
            {"van": DAYS, "om": CLOCKS, "tot": DAYS, "uur": CLOCKS},
            ["van + om", "tot + uur"],
        ),
        ({"Datum": DAYS, "x": ["a"] * 12, "Tijd": CLOCKS}, ["Datum + Tijd", "x"]),
        ({"Datum": DAYS, "Tijd": DOTTED}, ["Datum + Tijd"]),
        *(
            ({"Datum": DAYS, "om": written}, ["Datum + om"])
            for written in (
                [f"{each} uur" for each in CLOCKS],
                [f"{each} uur" for each in DOTTED],
                [each.replace(":", "u") for each in CLOCKS],
            )
        ),
        # what is no date, no time of day, or stands apart
        ({"zaak": ["Z"] * 12, "Tijd": CLOCKS}, ["zaak", "Tijd"]),
        ({"Datum": DAYS, "nummer": [str(123460 + n) for n in range(12)]}, ["Datum", "nummer"]),
        ({"Datum": [f"{d} 10:00" for d in DAYS], "Tijd": CLOCKS}, ["Datum", "Tijd"]),
        ({"Datum": DAYS, "x": ["a"] * 12, "om": CLOCKS}, ["Datum", "x", "om"]),
        ({"Datum": DAYS, "x": DAYS, "y": ["a"] * 12, "Tijd": CLOCKS}, ["Datum", "x", "y", "Tijd"]),
        ({"Datum": DAYS, "Bestede tijd": CLOCKS}, ["Datum", "Bestede tijd"]),
        ({"Datum": DAYS, "Uren": CLOCKS}, ["Datum", "Uren"]),
        ({"Datum": DAYS, "Bedrag": DOTTED}, ["Datum", "Bedrag"]),
        ({"Datum": DAYS, "Tijd": CLOCKS[:2] * 6}, ["Datum", "Tijd"]),
    ],
)
def test_a_date_and_the_time_beside_it_are_seen_as_one(
    columns: dict[str, Sequence[str]], names: list[str]
) -> None:
    found = put_together(Glance("csv", pl.DataFrame(columns), {}))

    assert found.columns == names
    both = {name: tuple(name.split(" + ")) for name in names if " + " in name}
    assert found.in_two == both
    assert both.keys() <= found.times.keys()
    for name in both:
        assert not (found.times[name].at.dt.time() == dt.time(0)).any()


def test_what_was_read_of_the_other_columns_is_not_read_again() -> None:
    before = Glance("csv", pl.DataFrame({"van": DAYS, "tot": DAYS, "uur": CLOCKS}), {})

    found = put_together(before)

    assert found.columns == ["van", "tot + uur"]
    assert found.times["van"] is before.times["van"]
