# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How what changed since the last report is put in rows."""

from __future__ import annotations

from contracts.findings import Change, Effect, Quantiles
from reporting.changes import changes
from reporting.names import Names
from reporting.speech import Speech
from tests.unit.reporting import sample

LATE = "steps of before the last report that came in after it"
EDITED = "steps that have another time now"
COUNTED = {"late": None, "edited": None, "went_on": 400, "new_cases": 0}


def test_changes_that_may_not_be_counted_are_one_row() -> None:
    found = sample.changes()
    days = Quantiles(p50=80.0, p90=None)
    effect = Effect(what=tuple(COUNTED), days=days, effect_days=days.less(found.since.days))
    counts = [Change(what=what, cases=n, events=n) for what, n in COUNTED.items()]
    few = found.model_copy(update={"counts": tuple(counts), "effects": (effect,)})
    names = Names(sample.settings(), Speech("en", sample.settings().zone))

    told = changes(sample.findings().model_copy(update={"changes": few}), sample.facts(), names, 10)

    assert told is not None
    _, *rows, _ = told["rows"]
    assert [(row["words"], row["counts"], row["figures"][0]) for row in rows] == [
        (
            "time that went by: steps of after the last report, in cases of before",
            ["400", "400"],
            "with the next row",
        ),
        (f"{LATE}; {EDITED}", ["not shown", "not shown"], "+9\N{NO-BREAK SPACE}days"),
    ]
