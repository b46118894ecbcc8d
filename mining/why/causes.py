# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Why cases wait for a step: the causes that the log gives evidence for.

A cause belongs to a step. It is told at the way into the step where most of its waiting is, and
counts all of them. Its excess is the waiting beyond what there would be without it:

- a slow group (``mining.why.contrasts``): beyond the others of the same weeks; where the order of
  work makes it slow, beyond all cases of the same weeks, since order costs nothing on average;
- a slow period, or a queue that grows (``mining.why.congestion``): beyond ordinary weeks;
- work done again, and detours (``mining.why.loops``): all of it;
- batches (``mining.why.batches``): the waiting for the day of the batch.

A wait without a visible cause gets none: unknown stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain

import numpy as np
import polars as pl

from contracts.findings import LEAST_IN_GROUP, Kind
from mining.cases.turns import step_of
from mining.waiting import stays
from mining.waiting.step_queues import Queue
from mining.why import contrasts, loops, windows
from mining.why.batches import Batches, batches
from mining.why.cause import Cause
from mining.why.congestion import of_congestion, of_window
from mining.why.contrasts import Contrast
from mining.why.levels import by_week
from mining.why.loops import Key, Loop, Rate
from mining.why.observed import Observed
from mining.why.wandering import by_wandering, wanders
from mining.why.windows import Course

_BY_CHANCE = 0.05  # how often one of two like busy queues is as much slower all along
_SAME = 0.25  # two groups are the same if their numbers and excess differ by no larger share


def causes(log: Observed) -> list[Cause]:
    """Every cause that the log gives evidence for."""
    ways = loops.loops(log.queues, log.size, log.is_agency, log.journey.end)
    in_loops = {key for loop in ways for key in loop.queues}
    once = {k: q for k, q in log.queues.items() if not k[1] and k not in in_loops}
    rounds = [*ways, *_requests(log, in_loops)]
    slow = {key: contrasts.contrasts(queue.groups) for key, queue in once.items()}
    often = [loops.rates(loop, log.queues, log.journey.end) for loop in rounds]
    is_real = contrasts.significant([*chain(*slow.values()), *chain(*often)])
    found = [
        *(
            cause
            for loop, rates in zip(rounds, often, strict=True)
            for cause in _of_loop(loop, list(filter(is_real, rates)), log, loop in ways)
        ),
        *(
            cause
            for key, queue in once.items()
            for cause in _of_queue(queue, list(filter(is_real, slow[key])), log)
        ),
    ]
    return sorted(found, key=lambda cause: (-cause.excess_days, cause.to, cause.kind))


def _requests(log: Observed, in_loops: set[Key]) -> Iterator[Loop]:
    """Where some cases are asked for more: a step of the agency, then one of the citizen."""
    for key, queue in log.queues.items():
        step, again = key
        main = queue.sources[0]
        asked = log.queues.get((main, False))
        if (
            not again
            and key not in in_loops
            and step_of(log.journey, step).actor == "citizen"
            and log.is_agency.get(main, False)
            and asked is not None
            and loops.LEAST_ROUNDS <= asked.n < loops.SOME * log.size
            and float(queue.weeks.filter(pl.col("from") == main)["n"].sum())
            >= loops.NEARLY_ALL * asked.n
        ):
            yield Loop(((main, False), key), is_detour=False)


def _of_loop(loop: Loop, rates: list[Rate], log: Observed, is_loop: bool) -> Iterator[Cause]:  # noqa: FBT001
    """What going round costs; where it is only a request, what one group is asked more often."""
    again = step_of(log.journey, loop.queues[-1][0])
    is_ours = again.actor != "citizen" and again.clock != "outside"
    if not rates and not (is_ours and is_loop):
        return
    queues = [log.queues[key] for key in loop.queues]
    weeks = pl.concat([queue.weeks for queue in queues]).group_by("week", maintain_order=True)
    weekly = weeks.agg(pl.col("n", "days").sum())
    longest = max(queues, key=lambda queue: queue.days)
    rounds = queues[-1].n
    cause = Cause(
        longest.to,
        tuple(longest.sources),
        "handover" if loop.is_detour else "rework",
        weekly["week"].to_numpy().astype(np.int64),
        weekly["n"].to_numpy(),
        weekly["days"].to_numpy(),
        least_days=queues[-1].days,
        reference_days=0.0,
        evidence={"rounds": rounds, "days_a_round": float(weekly["days"].sum()) / max(rounds, 1)},
    )
    if rates:
        rate = min(rates, key=lambda rate: rate.p)
        cause = replace(
            cause,
            attribute=rate.attribute,
            values=rate.values,
            excess=cause.excess * rate.of_all,
            doubt=rate.error,
            least_days=None,
            evidence={**cause.evidence, "share_of_group": rate.share, "share_of_rest": rate.rest},
        )
    yield cause


def _of_queue(queue: Queue, slow: list[Contrast], log: Observed) -> Iterator[Cause]:
    step = step_of(log.journey, queue.to)
    is_early = queue.weeks["before_clock"].sum() > queue.n / 2
    if step.actor == "citizen" or (step.clock == "outside" and not is_early):
        return
    course = windows.course(queue.weeks.filter(~pl.col("is_paused")), log.end_week)
    if course is None:
        return
    slow = [each for each in slow if _lasts(each, course)]
    batch = batches(log.days_of((queue.to, queue.is_again)))
    if batch is not None:
        yield _of_batches(queue, batch)
    elif is_early:
        yield from _slow_groups(queue, slow, course, "before_the_clock")
    elif step.actor == "third_party":
        yield from _slow_groups(queue, slow, course, "third_party_capacity")
    else:
        yield from _of_agency(queue, slow, course, log)


def _lasts(group: Contrast, course: Course) -> bool:
    """Whether a group is slow all along or since a change, not just as its own queue wanders."""
    excess, came, days = by_week(group.weeks, group.excess, group.came, group.days)
    does_wander = partial(wanders, excess, came, group.variance)
    if not does_wander(came > 0) or by_wandering(days, excess, group.cuts) <= _BY_CHANCE:
        return True
    span = windows.since(group.weeks, group.excess, group.days, len(course.week))
    if span is None:
        return False
    week = group.weeks.min() + np.arange(len(came))
    return not does_wander((week < span[0]) | (week > span[1]))


def _slow_groups(queue: Queue, slow: list[Contrast], course: Course, kind: Kind) -> Iterator[Cause]:
    """The group that waits longer for others than the agency; without one, the slow period."""
    groups = [each for each in slow if each.attribute not in stays.DOER]
    if groups:
        yield _of_group(queue, groups[0], kind, course)
    elif course.spans and windows.is_clear(course, course.spans[0]):
        yield of_window(queue, course, course.spans[0], kind, {})


def _of_group(queue: Queue, group: Contrast, kind: Kind, course: Course) -> Cause:
    """A slow group; only in its slow weeks, if it was not slow before."""
    excess = group.over_all if kind == "prioritisation" else group.excess
    span = windows.since(group.weeks, group.excess, group.days, len(course.week))
    whole = np.ones(len(group.weeks), dtype=np.bool_)
    inside = whole if span is None else (group.weeks >= span[0]) & (group.weeks <= span[1])
    if group.came[inside].sum() < LEAST_IN_GROUP:
        span, inside = None, whole
    return Cause(
        queue.to,
        tuple(queue.sources),
        kind,
        group.weeks[inside],
        group.came[inside],
        excess[inside] * group.kept,
        attribute=group.attribute,
        values=group.values,
        window=span,
        most_days=float(group.excess[inside].sum()) if kind == "prioritisation" else None,
        reference_days=group.rest_days,
        evidence={
            "mean_days_of_group": group.slow_days,
            "mean_days_of_rest": group.rest_days,
            "share_of_cases_in_group": group.share,
        },
    )


def _of_agency(
    queue: Queue, slow: list[Contrast], course: Course, log: Observed
) -> Iterator[Cause]:
    groups = [each for each in slow if each.attribute not in stays.DOER]
    by = {each.attribute: each for each in slow if each.attribute in stays.DOER}
    if "org" in by:
        other = by["org"]
        yield _of_organisation(queue, other, groups, course)
        groups = [each for each in groups if not _is_same(each, other)]
    if groups:
        own_team = "team" in by and _is_same(groups[0], by["team"])
        yield _of_group(queue, groups[0], "capacity" if own_team else "prioritisation", course)
        if own_team:
            return
    yield from of_congestion(queue, course, log.hands_at(queue.to))


def _of_organisation(
    queue: Queue, other: Contrast, groups: list[Contrast], course: Course
) -> Cause:
    """A handover to another organisation, told of the group of cases that it handles.

    All figures are then about that group. Without such a group the organisation is not named.
    """
    same = next((each for each in groups if _is_same(each, other)), None)
    cause = _of_group(queue, same or other, "handover", course)
    return cause if same else replace(cause, attribute=None, values=())


def _is_same(one: Contrast, other: Contrast) -> bool:
    pairs = ((one.n, other.n), (one.excess.sum(), other.excess.sum()))
    return all(abs(a - b) <= _SAME * max(abs(a), abs(b)) for a, b in pairs)


def _of_batches(queue: Queue, batch: Batches) -> Cause:
    """The wait for batches, which is no more than what was waited."""
    evenly = float(batch.excess.sum())
    return Cause(
        queue.to,
        tuple(queue.sources),
        "batching",
        batch.weeks,
        batch.came,
        batch.excess * min(queue.days / evenly, 1.0),
        doubt=batch.doubt,
        most_days=min(batch.most_days, queue.days),
        evidence={"days_between_batches": batch.gap_days, "share_on_batch_days": batch.share},
    )
