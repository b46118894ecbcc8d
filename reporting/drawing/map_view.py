# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Chooses what a map shows: few steps and moves to read at a glance, or nearly all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import polars as pl

from contracts.journey import Journey

SURE = 3  # so many bottlenecks always have their steps on the map, however rare these are
RARE = 20  # a way of fewer than one in so many cases is no main way


@dataclass(frozen=True)
class Size:
    """How much a map shows: steps, and moves besides the main ways; with rare ones or without."""

    steps: int
    extra_moves: int
    with_rare: bool = False


AT_A_GLANCE = Size(steps=8, extra_moves=3)
WHOLE = Size(steps=40, extra_moves=40, with_rare=True)


@dataclass(frozen=True)
class Move:
    """A move between two steps.

    Attributes:
        cases: how many waited here, gone on or not.
        back: whether most cases take the two steps in the other order.
        rare: whether few of the cases of either step come here.
        at_least: whether the number of cases is rounded down.
    """

    from_: str
    to: str
    cases: int
    p90_days: float | None
    back: bool
    rare: bool
    at_least: bool = False


@dataclass(frozen=True)
class MapView:
    """What the map shows.

    Attributes:
        steps: with their cases, most cases first; null: nearly all, and not shown.
        moves: directly from one of the steps to another.
        detours: from one to another over steps that are not shown.
        starts: where cases start.
        ends: where cases end.
        at_least: the steps whose number of cases is rounded down.
    """

    steps: dict[str, int | None]
    moves: tuple[Move, ...]
    detours: tuple[tuple[str, str], ...]
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    at_least: frozenset[str] = frozenset()

    @property
    def has_rounded(self) -> bool:
        """Whether any number on it is rounded down."""
        return any(move.at_least for move in self.moves) or not self.at_least.isdisjoint(self.steps)

    @property
    def has_loose_ends(self) -> bool:
        """Whether there is a step to which no line leads, or from which none leads."""
        lines = [(m.from_, m.to) for m in self.moves if m.from_ != m.to] + [*self.detours]
        left, reached = {from_ for from_, _ in lines}, {to for _, to in lines}
        return not self.steps.keys() <= (left | {*self.ends}) & (reached | {*self.starts})


def choose(
    tables: Mapping[str, pl.DataFrame],
    journey: Journey,
    bottlenecks: Sequence[tuple[str, str | None]],
    registration: str | None = None,
    size: Size = AT_A_GLANCE,
) -> MapView:
    """Chooses start, end, the steps of the first bottlenecks, the most frequent others, and moves.

    Args:
        tables: the tables of the run, after disclosure control.
        journey: where cases start and end, as far as the config says.
        bottlenecks: the waits whose moves are always drawn if their steps are.
        registration: what cases start with before their first step, if the log tells it.
        size: how much of all that the map can hold.
    """
    since = tables["waits"].filter(pl.col("from").is_in([registration]))
    all_since = pl.when(pl.col("cases").is_not_null().all()).then(pl.col("cases").sum())
    registered = dict(since.group_by("from").agg(all_since).iter_rows())
    told = registered | dict(tables["steps"].select("activity", "cases").iter_rows())
    most = max(filter(None, told.values()), default=1)
    # only a step that nearly all cases took has no number to show
    counts = {step: most if cases is None else cases for step, cases in told.items()}
    traces = [
        (trace, cases)
        for trace, cases in tables["variants"].select("trace", "cases").iter_rows()
        if trace
    ]
    starts, ends = _edges_of(traces, journey, counts)
    starts = [*registered] or starts
    ranked = [step for pair in bottlenecks[:SURE] for step in pair if step in counts]
    often = [step for step, cases in counts.items() if size.with_rare or cases * RARE >= most]
    chosen = list(dict.fromkeys([*starts[:1], *ends[:1], *ranked, *often]))[: size.steps]
    steps = {step: cases for step, cases in told.items() if step in chosen}
    found = _moves(tables["waits"], {step: counts[step] for step in steps}, traces)
    moves = [replace(move, rare=False) for move in found] if size.with_rare else found
    shown = _backbone(moves, set(bottlenecks), len(steps) + size.extra_moves)
    return MapView(
        steps=steps,
        moves=shown,
        detours=_detours(traces, steps, [*_pairs(shown), *_outside(starts, ends)]),
        starts=tuple(step for step in starts if step in steps),
        ends=tuple(step for step in ends if step in steps),
    )


def _edges_of(
    traces: Sequence[tuple[list[str], int]], journey: Journey, counts: Mapping[str, int]
) -> tuple[list[str], list[str]]:
    """Where cases start, by the config or else by most cases; and where they end, by the config.

    A case need not have ended with the last step of its trace: it may be open.
    """
    first = Counter[str]()
    for trace, cases in traces:
        first[trace[0]] += cases
    starts = [step for step in journey.start if step in counts]
    ends = [step for step in journey.end if step in counts]
    return starts[:2] or [step for step, _ in first.most_common(1)], ends[:2]


def _is_back(from_: str, to: str, traces: Sequence[tuple[list[str], int]]) -> bool:
    """Whether most of the cases that take both steps take them in the other order at first."""
    ahead = sum(
        cases if trace.index(from_) < trace.index(to) else -cases
        for trace, cases in traces
        if from_ in trace and to in trace
    )
    return ahead < 0 and from_ != to


def _moves(
    waits: pl.DataFrame, steps: Mapping[str, int], traces: Sequence[tuple[list[str], int]]
) -> list[Move]:
    # without a case that was seen to go on there is no move to draw; a hidden number is not nought,
    # and if the number of cases is hidden they are few
    seen = waits.filter(pl.col("n").is_null() | (pl.col("n") > 0), pl.col("cases").is_not_null())
    columns = seen.sort("cases", descending=True, maintain_order=True)
    rows = columns.select("from", "to", "cases", "p90_days").iter_rows()
    return [
        Move(
            from_,
            to,
            cases,
            p90,
            back=_is_back(from_, to, traces),
            rare=cases * RARE < min(steps[from_], steps[to]),
        )
        for from_, to, cases, p90 in rows
        if from_ in steps and to in steps
    ]


def _backbone(
    moves: Sequence[Move], bottlenecks: set[tuple[str, str | None]], most: int
) -> tuple[Move, ...]:
    """The bottlenecks, the main ways into and out of each step, then the most frequent others."""
    out: dict[str, Move] = {}
    into: dict[str, Move] = {}
    for move in moves:
        if move.from_ != move.to and not move.rare:
            out.setdefault(move.from_, move)
            into.setdefault(move.to, move)
    kept = [move for move in moves if (move.from_, move.to) in bottlenecks]
    kept += [move for move in moves if move in (out.get(move.from_), into.get(move.to))]
    others = [move for move in moves if move not in kept and not move.rare]
    kept += others[: max(0, most - len(set(kept)))]
    return tuple(move for move in moves if move in kept)


def _pairs(moves: Sequence[Move]) -> list[tuple[str, str]]:
    return [(move.from_, move.to) for move in moves if move.from_ != move.to]


def _outside(starts: Sequence[str], ends: Sequence[str]) -> list[tuple[str, str]]:
    """The ways into the first and out of the last steps, which are drawn too."""
    return [*(("", step) for step in starts), *((step, "") for step in ends)]


def _detours(
    traces: Sequence[tuple[list[str], int]],
    steps: Mapping[str, int],
    drawn: Sequence[tuple[str, str]],
) -> tuple[tuple[str, str], ...]:
    """The main way on from a step that leads nowhere, and to a step that nothing leads to."""
    passed: Counter[tuple[str, str]] = Counter()
    for trace, cases in traces:
        passed.update(dict.fromkeys(pairwise(step for step in trace if step in steps), cases))
    left, reached = {from_ for from_, _ in drawn}, {to for _, to in drawn}
    found = []
    for (from_, to), _ in passed.most_common():
        if from_ != to and (from_ not in left or to not in reached):
            found.append((from_, to))
            left.add(from_)
            reached.add(to)
    return tuple(found)
