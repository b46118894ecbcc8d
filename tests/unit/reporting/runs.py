# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Runs of the sample on a shelf, one or more per day."""

from __future__ import annotations

import datetime as dt
from functools import cache

from contracts.findings import Findings
from contracts.settings import Settings
from contracts.texts import Language
from reporting.disclosure.rules import protect
from reporting.page.index import Shelved
from tests.unit.reporting import sample

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@cache
def _protected(k: int = 10) -> Findings:
    return protect(sample.findings(), sample.tables(), k)[0]


def findings(  # noqa: PLR0913 - a name each figure
    day: str = "2026-03-01",
    *,
    run_id: str | None = None,
    process: str = "rijgeschiktheid-75plus",
    cases: int | None = 4120,
    open_cases: int | None = 706,
    half: float | None = 73.0,
    most: float | None = 240.0,
) -> Findings:
    base = _protected()
    return base.model_copy(
        update={
            "process": process,
            "run_id": run_id or f"{process}-{day}",
            "as_of": dt.datetime.fromisoformat(f"{day}T12:00:00Z"),
            "log": base.log.model_copy(update={"cases": cases, "open_cases": open_cases}),
            "throughput_days": base.throughput_days.model_copy(update={"p50": half, "p90": most}),
        }
    )


def shelved(
    day: str = "2026-03-01",
    *,
    settings: Settings | None = None,
    languages: tuple[Language, ...] = ("nl", "en"),
    made_at: dt.datetime = NOON,
    measure: str = "",
    **of_findings: object,
) -> Shelved:
    found = findings(day, **of_findings)  # type: ignore[arg-type]
    return Shelved(found, settings or sample.settings(), languages, made_at, measure)


YEAR = [
    shelved("2025-03-01", cases=1200, open_cases=300, half=80.0, most=None, measure="old"),
    shelved("2025-09-01", cases=2350, open_cases=640, half=84.0, most=260.0, measure="old"),
    shelved("2026-02-27", cases=4117, open_cases=700, half=73.5),
    shelved("2026-03-01"),
]
"""Too few cases of the third are not in the fourth."""
OTHER = shelved(
    settings=sample.settings(process={"id": "odd", "name": 'Visa <b>&</b> "visa"'}),
    process="odd",
    languages=("en",),
    open_cases=None,
    half=None,
    most=None,
)
