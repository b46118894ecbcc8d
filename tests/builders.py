# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Small event logs in one line, for all tests that need one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from contracts.events import EVENTS, ORDER
from contracts.rules import Severity, rule_table
from contracts.verdict import RuleResult
from mining.law import legal_clock
from mining.summaries import Bucket
from mining.waiting.waits import places

FEW_FORMATS = "report.formats=[html, parquet]"
"""The overrides that keep a run short if no test reads its paper or workbook."""
MONDAY = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
NOBODY = pl.LazyFrame(schema={"case_id": pl.String})
"""No case had a row set aside."""


def event_log(*traces: str, start: dt.datetime = MONDAY) -> pl.LazyFrame:
    """A log in the shape of ``EVENTS``, a case per trace: ``event_log("a 1d b 2h c", "a b")``.

    A word is an activity, completed now; a number with s, m, h or d lets that much time pass;
    ``b[3h]`` is an activity that was worked on for three hours before it was completed; ``~b`` is
    work that starts now and is not completed; ``!b`` is a mark.
    """
    rows = [
        row
        for number, trace in enumerate(traces, start=1)
        for row in _rows(f"c{number}", trace.split(), start)
    ]
    numbered = [{"source": "log", "row": n, **row} for n, row in enumerate(rows, start=1)]
    return pl.DataFrame(numbered, schema=EVENTS).lazy().sort(ORDER, maintain_order=True)


def rule_result(
    name: str, rows: int = 0, cases: int = 0, severity: Severity | None = None
) -> RuleResult:
    """The result of a rule of the table that this many rows or cases break."""
    rule = rule_table()[name]
    return RuleResult(
        id=name,
        what=rule.sentence(),
        of=rule.of,
        severity=severity or rule.severity,
        owner=rule.owner,
        success=rows == cases == 0,
        rows=rows,
        cases=cases,
    )


def _rows(case_id: str, words: Sequence[str], now: dt.datetime) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for word in words:
        if word[0].isdigit():
            now += _duration(word)
            continue
        activity, _, work = word.lstrip("~!").rstrip("]").partition("[")
        started_at = now if work or word.startswith("~") else None
        now += _duration(work) if work else dt.timedelta(0)
        rows.append(
            {
                "bucket": 0,
                "case_id": case_id,
                "activity": activity,
                "started_at": started_at,
                "at": now,
                "is_day": False,
                "is_done": not word.startswith("~"),
                "is_mark": word.startswith("!"),
            }
        )
    return rows


def _duration(text: str) -> dt.timedelta:
    unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[text[-1]]
    return dt.timedelta(**{unit: float(text[:-1])})


def log_of(events: pl.DataFrame) -> pl.LazyFrame:
    """A log in the shape of ``EVENTS`` from ``case_id, activity, at`` and other columns."""
    told = events.with_columns(
        bucket=pl.lit(0),
        source=pl.lit("log"),
        row=pl.int_range(1, pl.len() + 1),
        is_day=pl.lit(value=False),
        is_done=pl.lit(value=True),
        is_mark=pl.lit(value=False),
    )
    unknown = [pl.lit(None).alias(name) for name in EVENTS.names() if name not in told.columns]
    cases = [name for name in told.columns if name not in EVENTS.names()]
    whole = told.with_columns(unknown).select(*EVENTS.names(), *cases)
    return whole.cast(dict(EVENTS)).lazy().sort(ORDER, maintain_order=True)


def held(bucket: Bucket) -> pl.DataFrame:
    """What the deadlines in a bucket's lens say of its cases."""
    return legal_clock.held(bucket, places(bucket))
