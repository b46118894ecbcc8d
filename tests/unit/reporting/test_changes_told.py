# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How what changed since the last report is put in rows."""

from __future__ import annotations

import pytest

from contracts.changes import Change, ChangeId, Effect
from contracts.figures import Quantiles
from reporting.words.changes import changes
from reporting.words.names import Names
from reporting.words.speech import Speech
from tests.unit.reporting import sample

LATE = "steps from before the last report that came in after it"
EDITED = "steps that have another time now"
NEXT = "with the next row"
SO_MUCH = "+9\N{NO-BREAK SPACE}days"
HIDDEN = ["not shown", "not shown"]


@pytest.mark.parametrize(
    ("counted", "rows"),
    [
        (
            {"late": None, "edited": None, "went_on": 0},
            [(f"{LATE}; {EDITED}", HIDDEN, SO_MUCH)],
        ),
        (
            {"late": None, "edited": 400, "went_on": 0},
            [(LATE, HIDDEN, NEXT), (EDITED, ["400", "400"], SO_MUCH)],
        ),
    ],
)
def test_changes_that_may_not_be_counted_are_one_row(
    counted: dict[ChangeId, int | None], rows: list[tuple[str, list[str], str]]
) -> None:
    found = sample.changes()
    days = Quantiles(p50=80.0, p90=None)
    effect = Effect(what=tuple(counted), days=days, effect_days=days.less(found.since.days))
    counts = [Change(what=what, cases=n, events=n) for what, n in counted.items()]
    few = found.model_copy(update={"counts": tuple(counts), "effects": (effect,)})
    names = Names(sample.settings(), Speech("en", sample.settings().zone))

    told = changes(sample.findings().model_copy(update={"changes": few}), sample.facts(), names, 10)

    assert told is not None
    _, *between, _ = told.rows
    assert [(row["words"], row["counts"], row["figures"][0]) for row in between] == rows


def test_steps_that_are_rounded_down_are_at_least_so_many() -> None:
    base, names = sample.findings(), Names(sample.settings(), Speech("en", sample.settings().zone))
    log = base.log.model_copy(update={"events": 33_910, "events_at_least": True})

    told = changes(base.model_copy(update={"log": log}), sample.facts(), names, 10)

    assert told is not None
    last, this = told.rows[0], told.rows[-1]
    assert this["counts"][1] == "≥\N{NO-BREAK SPACE}33,910"
    assert not last["counts"][1].startswith("≥")
