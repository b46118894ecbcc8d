# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which report it was that somebody answered."""

from __future__ import annotations

import datetime as dt
import json
from zoneinfo import ZoneInfo

from contracts.dialogue import Answer, Answers
from flows.stages.dialogue import then
from tests.unit.reporting import sample

DAY = dt.date(2026, 3, 31)


def test_of_one_day_it_is_the_last_report_whatever_offset_its_moment_has(tmp_path):
    stalls = sample.findings().bottlenecks[:2]
    made = {"a": "2026-03-31T23:30:00+02:00", "b": "2026-03-31T22:00:00+00:00"}
    for (name, known_at), stall in zip(made.items(), stalls, strict=True):
        run = tmp_path / name
        run.mkdir()
        found = {"as_of": f"{DAY}T12:00:00Z", "bottlenecks": [stall.model_dump(by_alias=True)]}
        (run / "findings.json").write_text(json.dumps(found, default=str))
        (run / "run.json").write_text(json.dumps({"known_at": known_at}))
    given = Answers(file=(Answer.model_validate({"from": "a", "day": DAY, "answer": "yes"}),))

    told = then(tmp_path, given, ZoneInfo("Europe/Amsterdam"))

    assert told == {DAY: stalls[1:]}
