# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Why cases wait for a step: the causes that the log gives evidence for.

A cause sits at a step: at one of the ways into it, where most of its waiting is, but counts over
all of them. Its excess is what the waiting is beyond what it would be without it:

- a slow group (``mining.contrasts``): beyond the others of the same weeks; where the order of work
  is what makes it slow, beyond everybody of the same weeks, since order costs nothing on average;
- a slow period, or a queue that grows (``mining.windows``): beyond ordinary weeks;
- work done again, and detours (``mining.loops``): all of it;
- batches (``mining.batches``): what was waited for the day.

A wait that nothing is seen to cause has none: unknown stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contracts.findings import Kind
from contracts.settings import Journey
from mining import contrasts, loops, stays, windows
from mining.batches import Batches, batches
from mining.contrasts import Contrast
from mining.loops import Key, Loop, Rate
from mining.stays import Queue
from mining.summaries import Summaries
from mining.survival import Floats
from mining.turns import step_of
from mining.windows import Course

_GROWS = 0.4  # rank correlation from which the wait is said to grow with the queue
_CLEAR_GROWTH = 3.0  # standard errors of a rank correlation that is none
_CERTAIN_RISE = 1.6  # a queue wanders: times the ordinary wait that say something in any case ...
_FEWER_HANDS = 0.95  # ... or with fewer people, whatever the wait
_CLEAR = 4.0  # standard errors
_SAME = 0.25  # two groups are one when numbers and excess differ no more
_LEAST = 30
_LEAST_WEEKS = 13
_LEAST_RUN = 4  # weeks with fewer people in a row
_HUNDREDTH = 0.01
_NO_STAYS = pl.DataFrame(
    schema={"week": pl.Int32, "bin": pl.Int16, "n": pl.Float64, "days": pl.Float64}
)


@dataclass(frozen=True)
class Cause:
    """Why cases wait for a step.

    Attributes:
        to: the step; ``sources``: where those come from who wait for it, most waiting first.
        kind: see ``contracts.findings``.
        attribute, values: the group that it is about; null, empty: all.
        window: first and last week (inclusive) that it is about; null: all of the time.
        weeks, came, excess: by week, how many stays it is about, and their days beyond what they
            would be.
        doubt: relative standard error of the excess, beside that of the weeks.
        least_days, most_days: between which the excess lies where it depends on how one looks at
            it; else null.
        reference_days: the mean wait without the cause; null: not known.
        evidence: what was seen, by name.
    """

    to: str
    sources: tuple[str, ...]
    kind: Kind
    weeks: NDArray[np.int64]
    came: Floats
    excess: Floats
    attribute: str | None = None
    values: tuple[str, ...] = ()
    window: tuple[int, int] | None = None
    doubt: float = 0.0
    least_days: float | None = None
    most_days: float | None = None
    reference_days: float | None = None
    evidence: Mapping[str, float] = field(default_factory=dict)

    @property
    def excess_days(self) -> float:
        """All of it."""
        return float(self.excess.sum())


@dataclass(frozen=True)
class Log:
    """What causes are looked for in.

    Attributes:
        queues: by step and whether it is done again.
        size: how many cases the log holds.
        hands: ``to, week, resource``; finished: ``to, is_again, day, n``.
        end_week: when the log ends, in weeks.
    """

    queues: dict[Key, Queue]
    size: int
    hands: pl.DataFrame
    finished: pl.DataFrame
    journey: Journey
    end_week: float

    @cached_property
    def weeks(self) -> tuple[int, int]:
        """The first and the last week in which a wait began."""
        bounds = [(q.weeks["week"].min(), q.weeks["week"].max()) for q in self.queues.values()]
        firsts, lasts = zip(*bounds, strict=True) if bounds else ((0,), (0,))
        return int(min(firsts)), int(max(lasts))

    def waited(self, source: str, to: str | None) -> pl.DataFrame:
        """``week, bin, n, days`` of the stays at one place."""
        parts = [
            queue.weeks.filter(pl.col("from") == source).select("week", "bin", "n", "days")
            for (step, _), queue in self.queues.items()
            if step == to
        ]
        return pl.concat(parts) if parts else _NO_STAYS

    def share_of_longest(self, source: str, to: str | None) -> float:
        """How much of the waiting at a place the hundredth of the stays hold that last longest."""
        bins = self.waited(source, to).group_by("bin").agg(pl.col("n", "days").sum()).sort("bin")
        n, days = bins["n"].to_numpy(), bins["days"].to_numpy()
        if not n.sum() or not days.sum():
            return 0.0
        shorter = np.cumsum(n) <= (1 - _HUNDREDTH) * n.sum()
        return float(days[~shorter].sum() / days.sum())

    @cached_property
    def is_agency(self) -> dict[str, bool]:
        """Whether each step is the agency's to take."""
        steps = {key[0] for key in self.queues}
        sources = {source for queue in self.queues.values() for source in queue.sources}
        return {name: step_of(self.journey, name).actor == "agency" for name in steps | sources}


def log_of(merged: Summaries, journey: Journey, end_week: float) -> Log:
    """The log from the merged ``mining.stays.SUMMARIES`` and ``mining.overview.LOG``."""
    return Log(
        {(queue.to, queue.is_again): queue for queue in stays.queues(merged)},
        merged["log"]["cases"][0],
        merged[stays.HANDS.name],
        merged[stays.FINISHED.name],
        journey,
        end_week,
    )


def causes(log: Log) -> list[Cause]:
    """Every cause that the log gives evidence for."""
    ways = loops.loops(log.queues, log.size, log.is_agency)
    in_loops = {key for loop in ways for key in loop.queues}
    once = {k: q for k, q in log.queues.items() if not k[1] and k not in in_loops}
    rounds = [*ways, *_requests(log, in_loops)]
    slow = {key: contrasts.contrasts(queue.groups) for key, queue in once.items()}
    often = [loops.rates(loop, log.queues) for loop in rounds]
    tested: list[Contrast | Rate] = [
        *(c for found in slow.values() for c in found),
        *(r for found in often for r in found),
    ]
    real = {id(tested[i]) for i in contrasts.significant(tested)}
    found = [
        *(
            cause
            for loop, rates in zip(rounds, often, strict=True)
            for cause in _of_loop(loop, [r for r in rates if id(r) in real], log, loop in ways)
        ),
        *(
            cause
            for key, queue in once.items()
            for cause in _of_queue(queue, [c for c in slow[key] if id(c) in real], log)
        ),
    ]
    return sorted(found, key=lambda cause: (-cause.excess_days, cause.to, cause.kind))


def _requests(log: Log, in_loops: set[Key]) -> Iterator[Loop]:
    """Where some cases are asked for something more: a step of the agency, then one of theirs."""
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
            and _LEAST <= asked.n < loops.SOME * log.size
            and float(queue.weeks.filter(pl.col("from") == main)["n"].sum())
            >= loops.NEARLY_ALL * asked.n
        ):
            yield Loop(((main, False), key), is_detour=False)


def _of_loop(loop: Loop, rates: list[Rate], log: Log, is_loop: bool) -> Iterator[Cause]:  # noqa: FBT001
    """What going round costs; of what was only asked, what one group is asked more often."""
    again = step_of(log.journey, loop.queues[-1][0])
    is_ours = again.actor != "citizen" and again.clock != "outside"
    if not rates and not (is_ours and is_loop):
        return
    queues = [log.queues[key] for key in loop.queues]
    weekly = (
        pl.concat([queue.weeks for queue in queues]).group_by("week").agg(pl.col("n", "days").sum())
    )
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


def _of_queue(queue: Queue, slow: list[Contrast], log: Log) -> Iterator[Cause]:
    step = step_of(log.journey, queue.to)
    is_early = queue.weeks["before_clock"].sum() > queue.n / 2
    if step.actor == "citizen" or (step.clock == "outside" and not is_early):
        return
    course = windows.course(queue.weeks.filter(~pl.col("is_paused")), log.end_week)
    if course is None:
        return
    batch = batches(_finished(queue, log))
    if batch is not None:
        yield _of_batches(queue, batch)
    elif is_early:
        yield from _slow_groups(queue, slow, course, "before_the_clock")
    elif step.actor == "third_party":
        yield from _slow_groups(queue, slow, course, "third_party_capacity")
    else:
        yield from _of_agency(queue, slow, course, log)


def _slow_groups(queue: Queue, slow: list[Contrast], course: Course, kind: Kind) -> Iterator[Cause]:
    """The group that waits longer for others than the agency, else the period."""
    groups = [each for each in slow if each.attribute not in stays.DOER]
    if groups:
        yield _of_group(queue, groups[0], kind, course)
    elif course.spans and windows.is_clear(course, course.spans[0]):
        yield _of_window(queue, course, course.spans[0], kind, {})


def _of_group(queue: Queue, group: Contrast, kind: Kind, course: Course) -> Cause:
    """A slow group; in the weeks that it is slow in, where it was not before."""
    excess = group.over_all if kind == "prioritisation" else group.excess
    span = windows.since(group.weeks, group.excess, group.days, len(course.week))
    whole = np.ones(len(group.weeks), dtype=np.bool_)
    inside = whole if span is None else (group.weeks >= span[0]) & (group.weeks <= span[1])
    if group.came[inside].sum() < _LEAST:
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


def _of_agency(queue: Queue, slow: list[Contrast], course: Course, log: Log) -> Iterator[Cause]:
    groups = [each for each in slow if each.attribute not in stays.DOER]
    by = {each.attribute: each for each in slow if each.attribute in stays.DOER}
    grows = _grows_with_queue(course)
    if "org" in by:
        other = by["org"]
        yield _named_after(_of_group(queue, other, "handover", course), other, groups)
        groups = [each for each in groups if not _is_same(each, other)]
    if groups:
        own_team = "team" in by and _is_same(groups[0], by["team"])
        yield _of_group(queue, groups[0], "capacity" if own_team else "prioritisation", course)
        if own_team:
            return
    yield from _of_congestion(queue, course, log, grows)


def _named_after(cause: Cause, other: Contrast, groups: list[Contrast]) -> Cause:
    """What another organisation does is told by the group of cases that it does it for."""
    same = next((each for each in groups if _is_same(each, other)), None)
    if same is None:
        return replace(cause, attribute=None, values=())
    return replace(
        cause,
        attribute=same.attribute,
        values=same.values,
        weeks=same.weeks,
        came=same.came,
        excess=same.excess,
    )


def _is_same(one: Contrast, other: Contrast) -> bool:
    pairs = ((one.n, other.n), (one.excess.sum(), other.excess.sum()))
    return all(abs(a - b) <= _SAME * max(abs(a), abs(b)) for a, b in pairs)


def _finished(queue: Queue, log: Log) -> pl.DataFrame:
    return log.finished.filter(
        pl.col("to") == queue.to, pl.col("is_again") == queue.is_again
    ).select("day", "n")


def _of_batches(queue: Queue, batch: Batches) -> Cause:
    return Cause(
        queue.to,
        tuple(queue.sources),
        "batching",
        batch.weeks,
        batch.came,
        batch.excess,
        evidence={"days_between_batches": batch.gap_days, "share_on_batch_days": batch.share},
    )


def _of_congestion(queue: Queue, course: Course, log: Log, grows: float) -> Iterator[Cause]:
    """A queue of the agency's own that was longer for a while, or that the wait goes along with."""
    hands = _hands(queue, log)
    seen = {"wait_grows_with_queue": grows}
    if course.spans:
        first, last = course.spans[0]
        fewer = _fewer_hands(hands, course, (first, last))
        if fewer is not None:
            span, share = fewer
            yield _of_window(queue, course, span, "capacity", {**seen, "hands": share})
            return
        rise = _CERTAIN_RISE if grows >= _GROWS else windows.CLEAR_RISE
        if windows.is_clear(course, (first, last), rise):
            yield _of_window(queue, course, (first, last), "capacity", seen)
            return
    if grows >= _GROWS:
        waited = float(course.days.sum())
        yield Cause(
            queue.to,
            tuple(queue.sources),
            "capacity",
            course.week,
            course.came,
            course.over_lowest,
            most_days=waited,
            reference_days=course.lowest_days,
            evidence=seen,
        )


def _of_window(
    queue: Queue, course: Course, span: tuple[int, int], kind: Kind, seen: Mapping[str, float]
) -> Cause:
    inside = windows.inside(course)
    return Cause(
        queue.to,
        tuple(queue.sources),
        kind,
        course.week[inside],
        course.came[inside],
        course.excess[inside],
        window=(int(course.week[span[0]]), int(course.week[span[1]])),
        most_days=float(course.over_lowest[inside].sum()),
        reference_days=course.ordinary_days,
        evidence={**seen, "times_the_ordinary_wait": float(np.nanmean(course.level[inside]))},
    )


def _grows_with_queue(course: Course) -> float:
    """Spearman's rank correlation of how many wait when a week begins and how long its cases do."""
    usual = course.days - course.excess
    told = np.isfinite(course.level) & (course.came > 0) & (usual > 0)
    if told.sum() < _LEAST_WEEKS:
        return 0.0
    level = course.days[told] / usual[told]  # not smoothed: weeks must not tell of each other
    pair = pl.DataFrame({"present": course.present[told], "level": level}).select(
        pl.corr("present", "level", method="spearman")
    )
    value = pair.item()
    is_clear = value is not None and value >= _CLEAR_GROWTH / np.sqrt(told.sum())
    return float(value) if is_clear else 0.0


def _hands(queue: Queue, log: Log) -> Mapping[int, int]:
    """How many people finished the step in each week."""
    counted = log.hands.filter(pl.col("to") == queue.to).group_by("week").len()
    return dict(counted.iter_rows())


def _fewer_hands(
    hands: Mapping[int, int], course: Course, span: tuple[int, int]
) -> tuple[tuple[int, int], float] | None:
    """The weeks around a window with fewer people, and how many of the usual; null: as many.

    A week or two after people came back cases still wait long; the weeks without them are the
    cause, and are told.
    """
    count = np.array([hands.get(int(week), 0) for week in course.week], dtype=float)
    smooth = windows.summed_around(count, 3) / windows.summed_around(np.ones(len(count)), 3)
    outside = np.ones(len(count), dtype=np.bool_)
    for a, b in course.spans:
        outside[max(a - 4, 0) : b + 5] = False
    outside[:2] = outside[-2:] = False
    if outside.sum() < _LEAST_WEEKS or not count[outside].mean():
        return None
    usual = float(count[outside].mean())
    low = smooth <= _FEWER_HANDS * usual
    low[: max(span[0] - 4, 0)] = low[span[1] + 1 :] = False
    runs = windows.runs(low, _LEAST_RUN)
    if not runs:
        return None
    first, last = max(runs, key=lambda run: (run[1] - run[0], -run[0]))
    if course.came[first : last + 1].sum() < _LEAST:
        return None
    few = count[first : last + 1]
    error = np.sqrt(count[outside].var() / outside.sum() + few.var() / len(few))
    if usual - few.mean() < _CLEAR * error:
        return None
    return (first, last), float(few.mean() / usual)
