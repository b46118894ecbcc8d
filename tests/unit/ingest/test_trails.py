# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import polars as pl
import pytest

from ingest.guessing.trails import trail_of

ROWS = [
    ("status", "", "new"),
    ("owner", "", "jan"),
    ("status", "new", "done"),
    ("priority", "3", "2"),
]


@pytest.mark.parametrize(
    "names",
    [
        ("fieldname", "oldvalue", "newvalue"),
        ("Field", "OldValue", "NewValue"),
        ("field", "fromString", "toString"),
        ("Changed Field", "Old Value", "New Value"),
        ("Field / Event", "Old Value", "New Value"),
        ("Changes - Field name", "Changes - Previous value", "Changes - New value"),
        ("FNAME", "VALUE_OLD", "VALUE_NEW"),
        ("Veld", "Oude waarde", "Nieuwe waarde"),
    ],
)
def test_names_tell_an_audit_trail(names):
    frame = pl.DataFrame(ROWS, schema=list(names), orient="row")

    trail = trail_of(frame)

    assert trail is not None
    assert (trail.field, trail.old, trail.new) == names
    assert dict(trail.fields) == {"status": 2, "owner": 1, "priority": 1}
    assert trail.steps == "status"
    assert trail.steps_in(frame).rows() == [("new",), ("done",)]


def test_ids_beside_the_values_are_passed_over():
    """Jira tells of each change the ids too."""
    names = ("field", "from", "fromString", "to", "toString")
    rows = [(field, "1", old, "2", new) for field, old, new in ROWS]

    trail = trail_of(pl.DataFrame(rows, schema=list(names), orient="row"))

    assert trail is not None
    assert (trail.field, trail.old, trail.new) == ("field", "fromString", "toString")


@pytest.mark.parametrize(
    "names",
    [
        ("fieldname", "oldvalue", "value"),
        ("step", "oldvalue", "newvalue"),
        ("veld", "geldig van", "geldig naar"),
        ("fieldname", "old value", "newvalue", "new value"),
    ],
)
def test_other_names_do_not(names):
    rows = [row[:3] + ("x",) * (len(names) - 3) for row in ROWS]

    assert trail_of(pl.DataFrame(rows, schema=list(names), orient="row")) is None


@pytest.mark.parametrize(
    ("fields", "steps"),
    [
        (["owner", "incident_state", "state", "state"], "state"),
        (["owner", "CaseStatus"], "CaseStatus"),
        (["owner", "Fase aanvraag", None], "Fase aanvraag"),
        (["owner", "statement"], None),
    ],
)
def test_the_field_of_most_rows_that_is_called_as_a_status_tells_of_steps(fields, steps):
    frame = pl.DataFrame({"field": fields, "old": "a", "new": "b"})

    trail = trail_of(frame)

    assert trail is not None
    assert trail.steps == steps


@pytest.mark.parametrize(("field", "is_trail"), [("housing", False), ("status", True)])
def test_a_log_that_names_its_steps_is_none_but_for_what_its_fields_say(field, is_trail):
    names = {"activity": "Check", "property": field, "from": "2026-01-02", "to": "2026-01-03"}

    assert (trail_of(pl.DataFrame(names)) is not None) is is_trail
