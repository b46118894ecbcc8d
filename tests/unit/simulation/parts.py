# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A log of nine cases in two parts, with everything that a dialect can stumble over."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from simulation.description import Process
from simulation.recording.log import CASES, EVENTS, EXTENSIONS, SUSPENSIONS, Part

Row = dict[str, Any]

PROCESS = Process.model_validate(
    {
        "key": "test",
        "case_type": {"nl": "Vergunning", "en": "Permit"},
        "ends": ["D"],
        "window": {"opens": "2025-01-01", "closes": "2025-12-31", "burn_in_days": 92},
        "arrivals": {},
        "legal": {"term": "P4M", "extension": "P6W", "decision": "D"},
        "version": {"since": "2025-06-01", "names": {"B": "Stukken opgevraagd"}},
        "teams": {
            "Intake": {"organisation": "Dienst A"},
            "Één loket": {"organisation": "Dienst B"},
        },
        "attributes": {
            "regio": {"shares": {"Noord": 0.5, "Zuid": 0.5}},
            "kanaal": {"shares": {"papier": 1}},
        },
        "steps": [
            {"id": "A", "name": "Aanvraag ontvangen", "actor": "citizen"},
            {"id": "B", "name": "Stukken gevraagd", "team": "Intake"},
            {"id": "C", "name": "Stukken ontvangen", "actor": "citizen"},
            {"id": "D", "name": "Besluit verstuurd", "team": "Één loket"},
        ],
        "plants": [],
        "decoys": [],
    }
)

_NAMES = {
    1: {step.id: step.name for step in PROCESS.steps},
    2: {step.id: step.name for step in PROCESS.steps} | {"B": "Stukken opgevraagd"},
}


def moment(text: str) -> dt.datetime:
    """A time in UTC from ``03-14 09:00`` in 2025, or with another year before it."""
    return dt.datetime.fromisoformat(text if text.count("-") > 1 else f"2025-{text}").replace(
        tzinfo=dt.UTC
    )


def _case(case: int, version: int, began: str, ended: str | None = None, **attributes: str) -> Row:
    end = ended and moment(ended)
    return {
        "case": case,
        "case_id": f"ZAAK-2025-{case:07}",
        "began_at": moment(began),
        "decided_at": end,
        "ended_at": end,
        "version": version,
        "regio": None,
        "kanaal": None,
        **attributes,
    }


def _events(case: Row, *steps: str) -> list[Row]:
    """Steps such as ``B 03-14 09:00``; every second one of a team has a start."""
    rows = []
    for number, text in enumerate(steps):
        step, at = text.split(" ", 1)
        team = PROCESS.step(step).team
        rows.append(
            {
                "case": case["case"],
                "number": number,
                "step": step,
                "activity": _NAMES[case["version"]][step],
                "at": moment(at),
                "started_at": moment(at) - dt.timedelta(hours=1) if team and number % 2 else None,
                "recorded_at": moment(at),
                "actor": PROCESS.step(step).actor,
                "team": team,
                "organisation": team and PROCESS.teams[team].organisation,
                "resource": team and f"m-{case['case'] % 7:03}",
                "note": None,
            }
        )
    return rows


def _suspended(case: int, pattern: str, start: str, end: str | None, expected: int = 14) -> Row:
    return {
        "case": case,
        "start_at": moment(start),
        "end_at": end and moment(end),
        "pattern": pattern,
        "expected_days": expected,
        "reason": "aanvullende stukken",
    }


def _extended(case: int, at: str, days: int, *, is_hidden: bool) -> Row:
    return {"case": case, "at": moment(at), "days": days, "is_hidden": is_hidden}


def _part(
    cases: list[Row], events: list[list[Row]], suspensions: list[Row], extensions: list[Row]
) -> Part:
    schema = {**CASES, "regio": pl.String, "kanaal": pl.String}
    return Part(
        pl.DataFrame(cases, schema, orient="row"),
        pl.DataFrame([row for rows in events for row in rows], EVENTS, orient="row"),
        pl.DataFrame(suspensions, SUSPENSIONS, orient="row"),
        pl.DataFrame(extensions, EXTENSIONS, orient="row"),
    )


def _first() -> Part:
    flag = _case(1, 1, "03-03 09:00", "04-10 15:00", regio="Noord", kanaal="papier")
    dates = _case(2, 2, "06-02 09:00", "08-29 10:00", regio="Zuid")
    status = _case(3, 1, "02-03 10:00", "03-20 11:00", regio="Zuid")
    status_open = _case(4, 2, "11-03 10:00", regio="Noord")
    flag_open = _case(5, 1, "05-05 10:00", kanaal="papier")
    noted = _events(flag, "A 03-03 09:00", "B 03-10 09:00", "C 04-01 12:30", "D 04-10 15:00")
    noted[2]["note"] = 'Burger belde, zei "\'t komt\u2028morgen"\nen hing op.'
    return _part(
        [flag, dates, status, status_open, flag_open],
        [
            noted,
            # three in the same second, which only their numbers tell apart
            _events(
                dates,
                *("A 06-02 09:00", "B 06-10 09:00", "C 06-30 14:00", "B 06-30 14:00"),
                *("A 06-30 14:00", "D 08-29 10:00"),
            ),
            # the suspension begins in the second of a step and of its repeat
            _events(
                status,
                *("A 02-03 10:00", "B 02-10 09:00", "B 02-10 09:00", "C 02-24 09:30"),
                "D 03-20 11:00",
            ),
            _events(status_open, "A 11-03 10:00", "B 11-10 09:00"),
            _events(flag_open, "A 05-05 10:00", "B 05-12 10:00"),
        ],
        [
            _suspended(1, "flag", "03-10 09:00", "04-01 12:30"),
            # 20 days and 5 hours
            _suspended(2, "dates", "06-10 09:00", "06-30 14:00"),
            _suspended(3, "status", "02-10 09:00", "02-24 09:30"),
            _suspended(4, "status", "11-10 09:00", None),
            _suspended(5, "flag", "05-12 10:00", None),
        ],
        [_extended(2, "08-01 12:00", 42, is_hidden=False)],
    )


def _second() -> Part:
    dates_open = _case(16, 1, "04-01 08:00", regio="Zuid")
    twice = _case(17, 2, "07-01 08:00", "10-01 08:00", regio="Zuid")
    # after midnight in Amsterdam; four months later there is no 31st
    late = _case(18, 1, "2024-10-30 23:30", "01-31 23:30")
    unseen = _case(19, 2, "12-30 08:00", regio="Noord", kanaal="papier")
    return _part(
        [dates_open, twice, late, unseen],
        [
            _events(dates_open, "A 04-01 08:00", "B 04-14 09:00"),
            _events(
                twice,
                *("A 07-01 08:00", "B 07-07 09:00", "C 07-10 08:00", "B 08-04 09:00"),
                *("C 08-25 09:00", "B 09-01 09:00", "C 09-08 09:00", "D 10-01 08:00"),
            ),
            _events(late, "D 01-31 23:30"),
        ],
        [
            _suspended(16, "dates", "04-14 09:00", None, expected=28),
            # sooner than expected
            _suspended(17, "dates", "07-07 09:00", "07-10 08:00"),
            _suspended(17, "status", "08-04 09:00", "08-25 09:00"),
            _suspended(17, "flag", "09-01 09:00", "09-08 09:00"),
        ],
        [_extended(16, "06-02 09:00", 42, is_hidden=True)],
    )


PARTS = [_first(), _second()]
