# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The parts of a wait that a decision explains: policy pauses, and the days that the law sets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import polars as pl

from contracts.journey import Journey, Pause
from mining.cases.axis import midnight_on_axis

_DAY = dt.timedelta(days=1)


def paused_ms(pauses: Sequence[Pause], zone: str) -> pl.Expr:
    """The part of ``[enabled_ms, enabled_ms + wait_ms)`` that lies in a pause of the activity."""
    overlaps = [
        pl.when(pl.col("to") == pause.activity).then(_overlap(pause, zone)).otherwise(0)
        for pause in merged(pauses)
    ]
    return pl.sum_horizontal(pl.lit(0, dtype=pl.Int64), *overlaps)


def _overlap(pause: Pause, zone: str) -> pl.Expr:
    start = midnight_on_axis(pause.start, zone)
    last = min(pause.end, dt.date.max - _DAY)  # 9999-12-31: no end, and no day comes after it
    stop = midnight_on_axis(last + _DAY, zone)
    until = pl.min_horizontal(pl.col("enabled_ms") + pl.col("wait_ms"), stop)
    return (until - pl.max_horizontal("enabled_ms", start)).clip(lower_bound=0)


def statutory_ms(journey: Journey) -> pl.Expr:
    """The days that the law sets, at most the part of the wait that no pause explains."""
    limits = {
        activity: step.statutory_wait // dt.timedelta(milliseconds=1)
        for activity, step in journey.steps.items()
        if step.statutory_wait is not None
    }
    limit = pl.lit(0, dtype=pl.Int64)
    for activity, ms in limits.items():
        limit = pl.when(pl.col("to") == activity).then(ms).otherwise(limit)
    return pl.min_horizontal(pl.col("wait_ms") - pl.col("pause_ms"), limit)


def merged(pauses: Iterable[Pause]) -> list[Pause]:
    """The pauses, with pauses of one activity that touch or overlap made into one."""
    whole: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: (pause.activity, pause.start)):
        last = whole[-1] if whole else None
        if last is not None and last.activity == pause.activity and pause.start - last.end <= _DAY:
            whole[-1] = last.model_copy(update={"end": max(last.end, pause.end)})
        else:
            whole.append(pause)
    return whole
