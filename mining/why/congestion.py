# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Too few hands for a queue: it was longer for a while, or the wait grows with it.

Where fewer people than usual finished the step, the weeks without them are the cause, and those
weeks are told (``docs/methods/capacity.md``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from contracts.findings import GROWS_FROM, Kind
from mining.waiting.step_queues import Queue
from mining.why import windows
from mining.why.cause import Cause
from mining.why.hands import Hands, fewer_hands
from mining.why.windows import Course

_CLEAR_GROWTH = 3.0  # standard errors of a rank correlation where there is none
_CERTAIN_RISE = 1.6  # times the ordinary wait that are clear even in a queue that wanders
_LEAST_WEEKS = 13


def of_congestion(queue: Queue, course: Course, hands: Hands) -> Iterator[Cause]:
    """What a queue of the agency shows of a lack of hands.

    Args:
        queue: the queue before one step.
        course: how its wait went over the weeks.
        hands: who finished the step in each week, and how often.
    """
    grows = _grows_with_queue(course)
    seen = {"wait_grows_with_queue": grows} if grows else {}
    window = _window(course, hands, grows)
    if window is not None:
        span, evidence = window
        yield of_window(queue, course, span, "capacity", seen | evidence)
    elif grows >= GROWS_FROM:
        yield Cause(
            queue.to,
            tuple(queue.sources),
            "capacity",
            course.week,
            course.came,
            course.over_lowest,
            most_days=float(course.days.sum()),
            reference_days=course.lowest_days,
            evidence=seen,
        )


def _window(
    course: Course, hands: Hands, grows: float
) -> tuple[tuple[int, int], dict[str, float]] | None:
    """The weeks in which the queue was longer than by chance, and what shows it."""
    if not course.spans:
        return None
    span = course.spans[0]
    fewer = fewer_hands(hands, course, span)
    if fewer is not None:
        weeks, share = fewer
        return weeks, {"hands": share}
    rise = _CERTAIN_RISE if grows >= GROWS_FROM else windows.CLEAR_RISE
    return (span, {}) if windows.is_clear(course, span, rise) else None


def of_window(
    queue: Queue, course: Course, span: tuple[int, int], kind: Kind, seen: Mapping[str, float]
) -> Cause:
    """The waiting beyond ordinary weeks of cases that came in a clear window or just after it.

    Args:
        queue: the queue before one step.
        course: how its wait went over the weeks.
        span: first and last week of the window, as indices.
        kind: of the cause.
        seen: evidence for it.
    """
    weeks = slice(span[0], span[1] + 1)
    days = float(course.days[weeks].sum())
    ordinary_days = days - float(course.excess[weeks].sum())
    spans = windows.told_spans(course)
    busy = windows.busy_weeks(course.level, spans)
    evidence = {**seen, "times_the_ordinary_wait": days / ordinary_days}
    return Cause(
        queue.to,
        tuple(queue.sources),
        kind,
        course.week[busy],
        course.came[busy],
        course.excess[busy],
        window=(int(course.week[span[0]]), int(course.week[span[1]])),
        most_days=float(course.over_lowest[busy].sum()),
        reference_days=course.ordinary_days,
        evidence=evidence | ({"periods": len(spans)} if len(spans) > 1 else {}),
    )


def _grows_with_queue(course: Course) -> float:
    """Spearman's rank correlation of how many wait when a week begins with how long its cases do.

    Nought where it is not clearly above none.
    """
    usual = course.days - course.excess
    told = np.isfinite(course.level) & (course.came > 0) & (usual > 0)
    if told.sum() < _LEAST_WEEKS:
        return 0.0
    level = course.days[told] / usual[told]  # not smoothed: weeks must not depend on each other
    pair = pl.DataFrame({"present": course.present[told], "level": level}).select(
        pl.corr("present", "level", method="spearman")
    )
    value = pair.item()
    is_clear = value is not None and value >= _CLEAR_GROWTH / np.sqrt(told.sum())
    return float(value) if is_clear else 0.0
