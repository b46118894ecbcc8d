# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ranks the waits that someone can shorten, and sets apart those that are meant to be.

Loss is all waiting at a place in person-days, open cases up to ``as_of`` included, less what a
pause or the law explains. Causes are looked for in the whole queue before a step
(``mining.why.causes``). A cause is told at the place where most of its waiting is, and its excess
counts all ways into the step. The excess of a place without a cause is its loss beyond a reference
(``mining.waiting.waits``). Waiting on the citizen, waiting after the outcome and parallel work are
explained, never ranked. But it is told where citizens wait before the legal clock starts, and
where one group is asked for something more often than others.

A place is ranked only with at least 30 cases and a hundredth of all waiting. It must also have much
waiting (a twentieth of all) or a long wait: nine in ten cases are not over within an eighth of what
a whole case takes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from contracts.events import CASE_PREFIX
from contracts.figures import Quantiles
from contracts.findings import (
    LEAST_CASES,
    QUESTION,
    Bottleneck,
    Evidence,
    ExplainedWait,
    Kind,
    Segment,
    Window,
)
from contracts.journey import Actor, Journey
from contracts.settings import Analysis
from mining.cases.turns import norm_days_of, step_of
from mining.survival import Floats
from mining.waiting import explained
from mining.waiting.explained import Place, Row, place_of
from mining.waiting.stays import WEEK_DAYS
from mining.why.cause import Cause
from mining.why.causes import causes
from mining.why.observed import Observed
from mining.why.resampling import Blocks, doubted, rank_ranges, spread

_SOME = 0.01  # share of all waiting
_MUCH = 0.05
_TERM_DAYS, _EXACT_DAYS = 5, 0.5  # a fixed term: at least so long, and varying no more than this
_LEAST_EXCESS = 0.005  # share of all waiting: a cause with less excess is not told
_LONG = 1 / 8  # of the median duration of whole cases
_RANKED: dict[str, Actor | None] = {
    "agency_wait": "agency",
    "third_party": "third_party",
    "unknown": None,
}
_RANK_BY = {"person_days_lost": "lost_days", "excess_person_days": "excess_days", "cases": "cases"}


@dataclass(frozen=True)
class _Stall:
    """A place where cases wait, and its cause, if one is seen."""

    row: Row
    kind: Kind | None
    cause: Cause | None

    @property
    def excess_days(self) -> float:
        """Days of waiting beyond the reference."""
        return float(self.row["excess_days"]) if self.cause is None else self.cause.excess_days


def conclude(
    waits: pl.DataFrame,
    ledger: pl.DataFrame,
    parallel: pl.DataFrame,
    log: Observed,
    whole_days: float | None,
    analysis: Analysis,
) -> tuple[list[Bottleneck], list[ExplainedWait]]:
    """The ranked bottlenecks and the explained waits.

    Args:
        waits: in the shape of ``mining.waiting.waits.WAITS``.
        ledger: the merged summary of ``mining.wholes.ledger``.
        parallel: the merged summary ``mining.waiting.waits.PARALLEL``.
        log: where causes are looked for.
        whole_days: the median duration of whole cases, where it is known.
        analysis: what to rank by, and how many places to show.
    """
    explained_cases = ledger.filter(~pl.col("is_open")).select(
        "from", "to", paused="pause", within_norm="statutory"
    )
    rows = waits.join(explained_cases, on=["from", "to"], how="left").rows(named=True)
    stalls = list(_stalls(rows, log, whole_days))
    found = _ranked(stalls, log, analysis)
    ranked_early = {(each.from_, each.to) for each in found if each.kind == "before_the_clock"}
    return found, explained.conclude(rows, parallel, log.journey, ranked_early)


def _stalls(rows: Sequence[Row], log: Observed, whole_days: float | None) -> Iterator[_Stall]:
    """The causes, each at its place; then the places without one where somebody must act.

    Places that do not matter are left out and looked at no further.
    """
    by_place = {place_of(row): row for row in rows}
    seen: set[Place] = set()
    least = _LEAST_EXCESS * sum(row["person_days"] for row in rows)
    for cause in causes(log):
        if cause.excess_days < least:
            continue
        row = by_place.get((cause.sources[0], cause.to))
        seen |= {(source, cause.to) for source in cause.sources}
        if row is not None and _matters(row, whole_days):
            yield _Stall(row, cause.kind, cause)
    for row in rows:
        if place_of(row) in seen or not _matters(row, whole_days):
            continue
        if _is_before_clock(row, log):
            yield _Stall(row, "before_the_clock", None)
        elif row["owner"] in _RANKED:
            yield _Stall(row, _kind_of(row, log), None)


def _kind_of(row: Row, log: Observed) -> Kind | None:
    """The kind that a wait without a visible cause has by its nature.

    A wait that is always as long is not a queue but a term that somebody set; the config may know
    which.
    """
    p25, p90 = row["reference_days"], row["p90_days"]
    if p25 is not None and p90 is not None and p25 >= _TERM_DAYS and p90 - p25 <= _EXACT_DAYS:
        return "statutory_wait"
    if row["owner"] == "third_party":
        return "third_party_capacity"
    return "handover" if log.is_handed_over(row["from"], row["to"]) else None


def _is_before_clock(row: Row, log: Observed) -> bool:
    """Whether citizens wait here for others than themselves before the legal clock starts."""
    queue = log.queues.get((row["to"], False)) if row["to"] else None
    if queue is None or step_of(log.journey, row["to"]).actor == "citizen":
        return False
    here = queue.weeks.filter(pl.col("from") == row["from"])
    return bool(here["before_clock"].sum() > here["n"].sum() / 2)


def _matters(row: Row, whole_days: float | None) -> bool:
    is_much = row["share_of_waiting"] >= _MUCH
    is_long = row["p90_days"] is None or row["p90_days"] >= _LONG * (whole_days or 0.0)
    is_some = row["cases"] >= LEAST_CASES and row["share_of_waiting"] >= _SOME
    return is_some and (is_much or is_long)


def _ranked(stalls: Sequence[_Stall], log: Observed, analysis: Analysis) -> list[Bottleneck]:
    """Places with a visible cause come first: a long wait alone is no reason to blame anyone."""
    by = _RANK_BY[analysis.rank_by]
    blocks = Blocks(*log.weeks)
    found: list[Bottleneck] = []
    for is_seen in (True, False):
        group = [each for each in stalls if (each.cause is not None) is is_seen]
        group.sort(key=lambda each: (-_value(each, by), -each.excess_days, str(place_of(each.row))))
        ranges = rank_ranges([_replicates(each, by, log, blocks) for each in group])
        above = len(found)
        found += [
            _bottleneck(each, above + rank, (above + low, above + high), log, blocks)
            for rank, (each, (low, high)) in enumerate(zip(group, ranges, strict=True), start=1)
        ]
    return found[: analysis.top]


def _value(stall: _Stall, by: str) -> float:
    return stall.excess_days if by == "excess_days" else float(stall.row[by])


def _replicates(stall: _Stall, by: str, log: Observed, blocks: Blocks) -> Floats:
    """Draws of the figure that is ranked by, ``(REPLICATES,)``."""
    if by == "excess_days" and stall.cause is not None:
        cause = stall.cause
        return doubted(blocks.replicates(cause.weeks, cause.excess, cause.came), cause.doubt)
    row, value = stall.row, _value(stall, by)
    beyond = _reference_days(row, log.journey) if by == "excess_days" else 0.0
    over = (pl.col("days") - pl.col("n") * beyond).clip(0.0)
    weeks = log.waited(row["from"], row["to"]).with_columns(over=over)
    drawn = blocks.replicates(*(weeks[name].to_numpy() for name in ("week", "over", "n")))
    counted = float(weeks["over"].sum())
    return drawn * (value / counted) if counted > 0 else drawn + value


def _reference_days(row: Row, journey: Journey) -> float:
    """Beyond what a wait without a cause is lost; what the law sets is no part of it anyhow."""
    return 0.0 if norm_days_of(journey, row["to"]) else row["reference_days"] or 0.0


def _bottleneck(
    stall: _Stall, rank: int, rank_range: tuple[int, int], log: Observed, blocks: Blocks
) -> Bottleneck:
    row, cause = stall.row, stall.cause
    is_early = stall.kind == "before_the_clock"
    step = step_of(log.journey, row["to"])
    reference = row["reference_days"] if cause is None else cause.reference_days
    return Bottleneck(
        rank=rank,
        rank_range=(min(rank_range[0], rank), max(rank_range[1], rank)),
        **{"from": row["from"]},
        to=row["to"],
        kind=stall.kind,
        actor=_actor(stall, log.journey),
        clocks=("citizen", "legal") if step.clock == "running" and not is_early else ("citizen",),
        segment=_segment(cause),
        window=_window(cause),
        cases=row["cases"],
        open_cases=row["open_cases"],
        person_days_lost=row["lost_days"],
        share_of_waiting=row["share_of_waiting"],
        wait_days=Quantiles(p50=row["p50_days"], p90=row["p90_days"]),
        reference_days=reference,
        mean_days_per_case=stall.excess_days / log.size,
        interval=_interval(stall, log, blocks),
        certainty=certainty(row["n"], row["open_cases"]),
        evidence=_evidence(stall),
        question=QUESTION,
    )


def _actor(stall: _Stall, journey: Journey) -> Actor | None:
    """Who must act; null where nobody knows, or where only a term has to pass."""
    if stall.kind == "statutory_wait":
        return None
    to = stall.row["to"]
    return _RANKED.get(stall.row["owner"]) if to is None else step_of(journey, to).actor


def _interval(stall: _Stall, log: Observed, blocks: Blocks) -> tuple[float, float] | None:
    """The 90 % range of the excess per case; wider where the reference is open to debate.

    Null where no case was seen to go on: there is nothing to compare the wait with.
    """
    if stall.row["to"] is None:
        return None
    cause = stall.cause
    low, high = spread(_replicates(stall, "excess_days", log, blocks), stall.excess_days)
    if cause is not None and cause.least_days is not None:
        low = min(low, cause.least_days)
    if cause is not None and cause.most_days is not None:
        # nobody can have waited longer for a batch than they waited in all
        drawn = stall.excess_days if cause.kind == "batching" else high
        high = max(drawn, cause.most_days)
    return low / log.size, high / log.size


def _segment(cause: Cause | None) -> Segment | None:
    if cause is None or cause.attribute is None:
        return None
    name = cause.attribute.removeprefix(CASE_PREFIX)
    return Segment(attribute=name, values=cause.values)


def _window(cause: Cause | None) -> Window | None:
    if cause is None or cause.window is None:
        return None
    first, last = cause.window
    return Window(start=_begin_of(first), end=_begin_of(last + 1))


def _begin_of(week: int) -> dt.datetime:
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=WEEK_DAYS * week)


def _evidence(stall: _Stall) -> tuple[Evidence, ...]:
    """What shows the cause; before a known step also the share of the loss in the longest waits."""
    seen = {} if stall.cause is None else dict(stall.cause.evidence)
    row = stall.row
    if row["to"] is not None:
        seen["share_of_longest_hundredth"] = row["longest_days"] / max(row["lost_days"], 1e-9)
    return tuple(Evidence(what=what, value=value) for what, value in seen.items())


def certainty(seen: int, open_cases: int) -> Literal["high", "fair", "low"]:
    """How far a figure can be trusted: by the numbers of ended and of open waits.

    High from 300 ended waits with at most one open for every four; fair from 100 with at most as
    many open as ended; else low.
    """
    if seen >= 300 and open_cases * 4 <= seen:  # noqa: PLR2004
        return "high"
    return "fair" if seen >= 100 and open_cases <= seen else "low"  # noqa: PLR2004
