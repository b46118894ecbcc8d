# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Hypothesis strategies for event logs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl
from hypothesis import strategies as st

from contracts.events import EVENTS, ORDER
from contracts.journey import Journey, Pause, Step
from mining.cases.journeys import Lens
from mining.cases.relations import Relations

ACTIVITIES = "abcz"
START = dt.datetime(2026, 3, 27, 22, tzinfo=dt.UTC)  # two days before a clock change
AS_OF = START + dt.timedelta(days=60)
ZONE = "Europe/Amsterdam"

_minutes = st.integers(min_value=0, max_value=40 * 24 * 60)
_registered = st.none() | st.integers(min_value=-10 * 24 * 60, max_value=5 * 24 * 60)
_org = st.sampled_from([None, "x", "y"])
_event = st.tuples(st.sampled_from(ACTIVITIES), _minutes, st.integers(0, 3000), st.booleans(), _org)
_Event = tuple[str, int, int, bool, str | None]


@st.composite
def event_logs(draw: st.DrawFn, *, ties: bool = True) -> pl.DataFrame:
    """Up to eight cases: instants and dates, with and without starts of work and registrations."""
    traces = draw(st.lists(st.lists(_event, min_size=1, max_size=7), min_size=1, max_size=8))
    before = draw(st.lists(_registered, min_size=len(traces), max_size=len(traces)))
    rows = [
        row | {"registered_at": START + dt.timedelta(minutes=minute) if minute else None}
        for n, (trace, minute) in enumerate(zip(traces, before, strict=True))
        for row in _rows(f"c{n}", trace)
    ]
    log = pl.DataFrame(
        [{"source": "log", "row": n, **row} for n, row in enumerate(rows)], schema=EVENTS
    )
    if not ties:
        log = log.unique(["case_id", "at"], keep="first")
    return log.sort(ORDER)


def _rows(case_id: str, trace: list[_Event]) -> list[dict[str, object]]:
    rows = []
    for activity, minute, worked, is_day, org in trace:
        at = START + dt.timedelta(minutes=minute)
        if is_day:
            midnight = at.astimezone(_zone()).replace(hour=0, minute=0)
            at = midnight.astimezone(dt.UTC)
        started_at = at - dt.timedelta(minutes=worked) if worked % 2 else None
        if worked % 7 == 0:  # work in progress
            started_at = at
        rows.append(
            {
                "bucket": 0,
                "case_id": case_id,
                "activity": activity,
                "started_at": started_at,
                "at": at,
                "is_day": is_day,
                "is_done": worked % 7 != 0,
                "is_mark": False,
                "org": org,
            }
        )
    return rows


def _zone() -> dt.tzinfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo(ZONE)


LENS = Lens(
    AS_OF,
    ZONE,
    Journey(
        end=("z",),
        steps={
            "a": Step(actor="citizen", statutory_wait=dt.timedelta(days=14)),
            "b": Step(actor="third_party"),
            "z": Step(clock="outside"),
        },
        pauses=(
            Pause(activity="c", **{"from": dt.date(2026, 4, 1), "to": dt.date(2026, 4, 12)}),
            Pause(activity="c", **{"from": dt.date(2026, 4, 10), "to": dt.date(2026, 4, 20)}),
        ),
    ),
    registration="registered",
)

_pairs = st.frozensets(st.tuples(st.sampled_from(ACTIVITIES), st.sampled_from(ACTIVITIES)))


@st.composite
def lenses(draw: st.DrawFn) -> Lens:
    """``LENS``, with any activities that do not enable each other."""
    one_way = draw(_pairs)
    relations = Relations(
        concurrent=one_way | {(b, a) for a, b in one_way},
        aside=draw(_pairs),
        side=draw(st.frozensets(st.sampled_from(ACTIVITIES))),
    )
    return replace(LENS, relations=relations)
