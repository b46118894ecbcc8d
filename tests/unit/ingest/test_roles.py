# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from contracts.columns import Columns
from contracts.errors import ConfigError, SourceError
from contracts.sources import Source
from ingest.privacy.header_names import with_names_that_may_be_told
from ingest.raw import Raw, place
from ingest.roles import roles_of, wanted_columns

XES = ("case:concept:name", "case:regio", "concept:name", "time:timestamp", "org:resource", "id")
CSV = ("zaak", "stap", "tijdstip", "regio")
ALL = {"case_id": "zaak", "activity": "stap", "timestamp": "tijdstip"}


def settle(columns, roles=None, attributes=()):
    source = Source(path="x.csv", columns=Columns(**(roles or {})), case_attributes=attributes)
    return roles_of(source, raw_of(columns, wanted_columns(source)), "x.csv", Path("p.yaml"), 2)


def raw_of(columns, known=()):
    places = {name: place(number) for number, name in enumerate(columns)}
    texts = {place: name for name, place in places.items()}
    raw = Raw(pl.LazyFrame(), tuple(columns), places, texts, lambda: SourceError("never"))
    return with_names_that_may_be_told(raw, known)


def test_the_standard_names_are_the_default():
    assert settle(XES).columns == {
        "case_id": "case:concept:name",
        "activity": "concept:name",
        "timestamp": "time:timestamp",
        "resource": "org:resource",
    }


@pytest.mark.parametrize(
    ("role", "name", "column"),
    [
        ("case_id", "concept:name", "case:concept:name"),
        ("case_id", "id", "id"),
        ("activity", "id", "id"),
        ("team", "regio", "case:regio"),
    ],
)
def test_a_name_may_be_of_the_event_or_of_its_case(role, name, column):
    assert settle(XES, {role: name}).columns[role] == column


@pytest.mark.parametrize(("columns", "column"), [(XES, "case:regio"), (CSV, "regio")])
def test_case_attributes(columns, column):
    settled = settle(columns, ALL if columns is CSV else None, ("regio",))

    assert settled.case_attributes == {"regio": column}


@pytest.mark.parametrize(
    ("roles", "attributes", "says"),
    [
        ({"case_id": "zaaknr"}, (), "'sources.2.columns.case_id': x.csv has no column"),
        ({"case_id": "zaaknr"}, (), "'zaaknr'. Did you mean 'zaak'?"),
        ({"case_id": "zzz"}, (), "It has: regio, stap, tijdstip, zaak."),
        ({"case_id": "zaak", "activity": "stap"}, (), "'sources.2.columns.timestamp' is missing"),
        (ALL, ("regios",), "'sources.2.case_attributes.0'"),
        (ALL, ("regio", "zaak"), "'sources.2.case_attributes.1': 'zaak' is the column of case ids"),
        (ALL | {"resource": "regio"}, ("regio",), "'sources.2.case_attributes.0': 'regio' is the"),
    ],
)  # fmt: skip
def test_refuses_and_names_the_key(roles, attributes, says):
    with pytest.raises(ConfigError) as caught:
        settle(CSV, roles, attributes)

    assert says in str(caught.value)
    assert str(caught.value).startswith("p.yaml: ")


def test_every_column_that_settling_may_pick_is_asked_for():
    source = Source(
        path="x", columns=Columns(case_id="nr", team="unit"), case_attributes=("regio",)
    )

    assert {"nr", "case:nr", "unit", "case:unit", "regio", "case:regio"} < set(
        wanted_columns(source)
    )


@pytest.mark.parametrize(
    ("columns", "attributes", "key"),
    [
        ((*CSV, "stap"), (), "columns.activity"),
        ((*CSV, "regio"), ("regio",), "case_attributes.0"),
        ((*CSV, "org:group", "org:group"), (), "columns.team"),
    ],
)
def test_refuses_a_column_that_is_there_twice(columns, attributes, key):
    with pytest.raises(ConfigError, match=f"'sources.2.{key}': x.csv has more than one column"):
        settle(columns, ALL, attributes)


def test_a_column_that_is_there_twice_and_is_not_read_does_no_harm():
    assert settle((*CSV, "regio", "", ""), ALL).columns == ALL


def test_moved():
    settled = settle(CSV, ALL, ("regio",)).moved({name: name.upper() for name in CSV})

    assert settled.columns == {role: name.upper() for role, name in ALL.items()}
    assert settled.case_attributes == {"regio": "REGIO"}


@pytest.mark.parametrize("name", ["concept:name", "case:concept:name", "org:resource"])
def test_refuses_a_standard_column_of_ids_as_case_attribute(name):
    with pytest.raises(ConfigError, match="is the column of case ids or resources"):
        settle(XES, attributes=(name,))


@pytest.mark.parametrize(
    "value",
    [
        *("999990342", "999.990.342", "BSN 999990342", "12345", "20250101090000"),
        *("01-01-2025 09:00", "2025-01-01T09:00:00Z", "1-2-25", "1 januari 2025", "1-JAN-25"),
        *("9:00", "jan@voorbeeld.nl", "06-12345678", "dhr. Jansen"),
    ],
)
def test_a_column_is_not_called_after_a_value(value):
    raw = raw_of(["Jan Jansen", value, "c"])

    assert (raw.columns, raw.texts["c1"], raw.places["column 2"]) == (
        ("Jan Jansen", "column 2", "c"), "column 2", "c1"
    )  # fmt: skip
    with pytest.raises(ConfigError, match=r"x.csv has no column 'stap'; .* header: false") as error:
        settle(["Jan Jansen", value, "c"], {"case_id": "c", "activity": "stap"})
    assert value not in str(error.value)
    assert "Jansen" not in str(error.value)
    assert settle([value, "stap", "tijdstip"], ALL | {"case_id": value}).columns["case_id"] == value


@pytest.mark.parametrize(
    "name",
    [
        *("2024", "Kosten 2024", "Datum 01", "2024-2025", "2024-01", "1.2.3", "Kwartaal 1 2025"),
        *("BSN", "case:concept:name", "Gem. duur (dagen)", "Unnamed: 0", "_1", "Kolom1", ""),
        *("1e termijn", "Art. 4:13", "Termijn Awb 4.13", "t/m 2025"),
    ],
)
def test_what_is_no_value_names_a_column(name):
    assert raw_of(["a", name]).columns == ("a", name)


def test_the_column_that_tells_which_rows_are_read_must_be_there():
    source = Source(path="x.csv", columns=Columns(**ALL), only={"veldnam": ["status"]})
    columns = (*CSV, "veldnaam")

    with pytest.raises(ConfigError, match=r"only\.veldnam': x\.csv has no column.*'veldnaam'"):
        roles_of(source, raw_of(columns), "x.csv", Path("p.yaml"), 0)
    known = source.model_copy(update={"only": {"veldnaam": ("status",)}})
    assert roles_of(known, raw_of(columns), "x.csv", Path("p.yaml"), 0).moved(
        raw_of(columns).places
    ).only == {"c4": ("status",)}
