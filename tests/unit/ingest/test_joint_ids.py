# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Cases that only several columns together tell apart are read, kept and guessed as such."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from contracts.candidates import scan
from contracts.columns import Columns
from contracts.errors import ConfigError
from contracts.settings import Settings
from ingest.guessing.columns import guess_roles
from ingest.guessing.glance import Glance
from ingest.guessing.joint_ids import put_ids_together
from ingest.guessing.milestones import guess_milestones
from ingest.source_files import find_files
from ingest.staging import stage
from tests.workbooks import xlsx

PARTS = ["Jaar", "Volgnummer"]


def staged(path: Path, parts: Sequence[str] = PARTS, **source: Any) -> pl.DataFrame:
    columns = {"case_id": list(parts), "activity": "stap", "timestamp": "tijd"}
    settings = Settings.model_validate(
        {
            "process": {"id": "test"},
            "sources": [{"path": str(path), "columns": columns, **source}],
            "journey": {"end": ["klaar"]},
            "privacy": {"pseudonymise": []},
        }
    )
    config, out = path.parent / "test.yaml", path.parent / "out"
    out.mkdir()
    [file] = find_files(settings.sources[0], config, 0)
    done = stage(file, settings.sources[0], settings, config, 0, out)
    return scan(done.paths).sort("row").collect()


@pytest.mark.parametrize(
    ("year", "number", "case"),
    [
        ("2024", "1", "2024-1"),
        (" 2024 ", "0017", "2024-0017"),
        ("2024", "", None),
        ("", "1", None),
        ("2024", "n.v.t.", None),
        ("NULL", "1", None),
        ("2024", '="0017"', "2024-0017"),  # as is written so that Excel keeps the zeros
        ("2024", '=""', None),
        ("2024", "1\x7f", "2024-1"),
    ],
)
def test_a_case_is_called_after_all_its_parts(
    year: str, number: str, case: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"Jaar;Volgnummer;stap;tijd\n{year};{number};in;2026-03-12 09:00\n")

    assert staged(path)["case_id"].to_list() == [case]


def test_numbers_that_a_gap_made_fractions_are_whole(tmp_path: Path) -> None:
    moment = dt.datetime(2026, 3, 12, 9, tzinfo=dt.UTC)
    frame = pl.DataFrame({"Jaar": [2024.0], "Volgnummer": [3], "stap": ["in"], "tijd": [moment]})
    frame.write_parquet(tmp_path / "a.parquet")

    assert staged(tmp_path / "a.parquet")["case_id"].to_list() == ["2024-3"]


def test_three_columns_of_a_workbook(tmp_path: Path) -> None:
    header = ["BUKRS", "BELNR", "GJAHR", "stap", "tijd"]
    rows = [header, ["1000", 17, 2024, "in", "2026-03-12 09:00"]]
    xlsx(tmp_path / "a.xlsx", {"log": rows})

    found = staged(tmp_path / "a.xlsx", ["BUKRS", "BELNR", "GJAHR"])

    assert found["case_id"].to_list() == ["1000-17-2024"]


def test_a_table_with_a_row_per_case(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Jaar;Volgnummer;in;uit\n2024;1;2024-01-02;2024-01-05\n2025;1;2025-01-02;\n")
    columns = {"case_id": PARTS}

    found = staged(path, columns=columns, milestones={"in": "in", "klaar": "uit"})

    told = found.drop_nulls("at").sort("at")
    assert told.select("case_id", "activity").rows() == [
        ("2024-1", "in"),
        ("2024-1", "klaar"),
        ("2025-1", "in"),
    ]


def test_a_part_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Jaar;Volgnr;stap;tijd\n2024;1;in;2026-03-12 09:00\n")

    with pytest.raises(ConfigError, match=r"columns.case_id': a.csv has no column 'Volgnummer'"):
        staged(path)


def test_a_part_is_no_attribute_of_cases(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Jaar;Volgnummer;stap;tijd\n2024;1;in;2026-03-12 09:00\n")

    with pytest.raises(ConfigError, match="'Volgnummer' is the column of case ids"):
        staged(path, case_attributes=["Volgnummer"])


@pytest.mark.parametrize("parts", [[], ["Jaar"], ["Jaar", "Jaar"], [1, 2]])
def test_what_is_no_list_of_columns_is_refused(parts: list[Any]) -> None:
    with pytest.raises(ValidationError):
        Columns.model_validate({"case_id": parts})


def log_of(year_of: str) -> Glance:
    """Two years of forty cases each, of three steps that are sixty days apart."""
    rows = []
    for year in (2024, 2025):
        for number in range(40):
            for step, days in (("in", 0), ("toets", 60), ("uit", 120)):
                at = dt.date(year, 1, 1) + dt.timedelta(days=9 * number + days)
                rows.append((str(year if year_of == "case" else at.year), number, step, str(at)))
    names = ["Jaar", "Volgnummer", "Stap", "Datum"]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.all().cast(pl.String))
    return Glance("csv", frame, {})


def test_a_number_that_begins_anew_each_year_is_guessed_with_it() -> None:
    seen = put_ids_together(log_of("case"))

    assert seen.columns == ["Jaar + Volgnummer", "Stap", "Datum"]
    assert seen.in_two == {"Jaar + Volgnummer": ("Jaar", "Volgnummer")}
    found = guess_roles(seen).found["case_id"]
    assert found.value == "Jaar + Volgnummer"
    assert found.evidence == "by their names; together each value in 3.0 rows on average"


def as_it_was(seen: Glance) -> bool:
    return put_ids_together(seen) == seen


def test_not_with_the_year_of_the_event() -> None:
    assert as_it_was(log_of("event"))


MOMENT = pl.col("Datum").str.to_date()
BEGIN = MOMENT.min().over("Jaar", "Volgnummer")


@pytest.mark.parametrize(
    "date",
    [
        BEGIN,  # of the case: in its year in all rows
        pl.when(pl.int_range(pl.len()) == 0).then(MOMENT),  # known of hardly any row
    ],
)
def test_also_where_a_time_of_the_case_is_in_its_year(date: pl.Expr) -> None:
    frame = log_of("case").frame.with_columns(date.cast(pl.String).alias("Aanvraagdatum"))

    assert put_ids_together(Glance("csv", frame, {})).joint_id == "Jaar + Volgnummer"


def test_a_row_per_case_is_seen_by_both_together() -> None:
    frame = log_of("case").frame.pivot(on="Stap", index=["Jaar", "Volgnummer"], values="Datum")

    found = guess_milestones(put_ids_together(Glance("csv", frame, {})))

    assert found is not None
    case = found.found["case_id"]
    assert (case.value, case.evidence) == (
        "Jaar + Volgnummer",
        "by their names; a different value in each row",
    )
    assert list(found.milestones) == ["In", "Toets", "Uit"]


@pytest.mark.parametrize(
    "changed",
    [
        {"Jaar": "Wijk"},  # whatever it holds
        {"Volgnummer": "Bedrag"},
        {"Stap": "Zaaknummer"},  # which of two numbers it is, is not known
    ],
)
def test_not_where_names_do_not_say_so(changed: dict[str, str]) -> None:
    seen = log_of("case")

    assert as_it_was(Glance("csv", seen.frame.rename(changed), {}))


def test_not_where_the_number_goes_on_from_year_to_year() -> None:
    frame = log_of("case").frame
    goes_on = pl.col("Volgnummer").cast(pl.Int64) + 40 * (pl.col("Jaar") == "2025")

    assert as_it_was(Glance("csv", frame.with_columns(goes_on.cast(pl.String)), {}))
