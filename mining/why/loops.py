# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ways that lead back: work that is done again, and detours over another organisation.

A step leads back if nearly all cases that leave it come to a step they have had before, or to
another step that leads back. This cannot be said of a step that ends cases: only a case that was
opened again is seen to leave it. The cost of a loop is all waiting from where it turns off until
the step was done again. A detour is a step of another organisation that some cases go over and come
back from (A, B, A: ping-pong); its cost is the waiting there and back. Whether some groups of cases
go round more often than others is decided as for waits (``mining.why.contrasts``), on shares of
cases.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import sqrt
from typing import Any, NamedTuple

import polars as pl

from contracts.findings import LEAST_IN_GROUP
from mining.waiting.stays import CROSSES, DOER
from mining.waiting.step_queues import Queue
from mining.why.contrasts import by_chance

Key = tuple[str, bool]
"""A step, and whether it is done again."""

NEARLY_ALL = 0.8
SOME = 0.6  # of cases: a step that more go over is no detour
LEAST_ROUNDS = 30  # a way that is taken fewer times is no loop, detour or request
_LEAST_LEFT = 10  # where fewer left a step and most still wait, it is not said where it leads
_OFTEN = (0.02, 0.98)  # shares beyond these only say what a group is called after


class Loop(NamedTuple):
    """A way that leads back.

    ``queues``: where its waiting is, the queue that leads back last; ``is_detour``: over another
    organisation.
    """

    queues: tuple[Key, ...]
    is_detour: bool


class Rate(NamedTuple):
    """A group of cases of which a larger share goes round than of the others.

    ``of_all``: the part of all going round that is beyond the share of the rest; ``error``: its
    relative standard error.
    """

    attribute: str
    values: tuple[str, ...]
    share: float
    rest: float
    of_all: float
    error: float
    p: float

    @property
    def ratio(self) -> float:
        """How many times as often the group goes round."""
        return self.share / self.rest if self.rest > 0 else float("inf")


def loops(
    queues: Mapping[Key, Queue], cases: int, is_agency: Mapping[str, bool], ends: Collection[str]
) -> list[Loop]:
    """The loops and detours of a log.

    Args:
        queues: by step and whether it is done again.
        cases: how many cases the log holds.
        is_agency: whether each step is one that the agency must take.
        ends: the steps that end a case.
    """
    moves = _moves(queues.values())
    was_seen = {key for next_ in moves.values() for key in next_}
    for end in ends:
        moves.pop(end, None)
    back = _leads_back(moves)
    found = [
        Loop((*_into(key, back, queues), key), _is_there_and_back(queue, is_agency))
        for key, queue in queues.items()
        if queue.is_again and key in was_seen and key[0] not in back and queue.n >= LEAST_ROUNDS
    ]
    return [*found, *_detours(queues, moves, cases, is_agency)]


def _moves(queues: Iterable[Queue]) -> dict[str, Counter[Key]]:
    """How often the cases that left a step came to which step next."""
    moves: dict[str, Counter[Key]] = defaultdict(Counter)
    for queue in queues:
        ended = queue.weeks.filter(~pl.col("is_open")).group_by("from", maintain_order=True)
        for source, n in ended.agg(pl.col("n").sum()).iter_rows():
            moves[source][queue.to, queue.is_again] += n
    return moves


def _leads_back(moves: Mapping[str, Counter[Key]]) -> dict[str, Key]:
    """The steps that lead back, each with the step it mostly leads to."""
    back: dict[str, Key] = {}
    while True:
        more = {
            step: next_.most_common(1)[0][0]
            for step, next_ in moves.items()
            if step not in back
            and next_.total() >= _LEAST_LEFT
            and _share_back(step, next_, back) >= NEARLY_ALL
        }
        if not more:
            return back
        back |= more


def _share_back(step: str, next_: Counter[Key], back: Mapping[str, Key]) -> float:
    returns = sum(n for (to, again), n in next_.items() if to != step and (again or to in back))
    return returns / next_.total()


def _into(key: Key, back: Mapping[str, Key], queues: Mapping[Key, Queue]) -> list[Key]:
    """The queues of the steps that lead back to ``key``; the one where it turns off comes first."""
    into: list[str] = []
    edge = sorted(step for step, to in back.items() if to == key)
    while edge:
        into = [*edge, *into]
        edge = sorted(s for s, to in back.items() if to[0] in edge and s not in into)
    return [(step, again) for step in into for again in (False, True) if (step, again) in queues]


def _is_there_and_back(queue: Queue, is_agency: Mapping[str, bool]) -> bool:
    """Whether nearly all who come back come from another organisation that is an agency too."""
    ours = all(is_agency[each] for each in (queue.to, *queue.sources))
    return ours and queue.share_crossing() >= NEARLY_ALL


def _detours(
    queues: Mapping[Key, Queue],
    moves: Mapping[str, Counter[Key]],
    cases: int,
    is_agency: Mapping[str, bool],
) -> list[Loop]:
    found = []
    for key, queue in queues.items():
        step, again = key
        if again or not is_agency[step] or not LEAST_ROUNDS <= queue.n < SOME * cases:
            continue
        (back, n), *_ = moves[step].most_common(1) or [((step, True), 0)]
        is_round = (
            not back[1]
            and is_agency[back[0]]
            and n >= NEARLY_ALL * moves[step].total() > 0
            and n >= NEARLY_ALL * queues[back].n
            and queue.share_crossing() >= NEARLY_ALL
            and queues[back].share_crossing(step) >= NEARLY_ALL
        )
        if is_round:
            found.append(Loop((key, back), is_detour=True))
    return found


def rates(loop: Loop, queues: Mapping[Key, Queue], ends: Collection[str]) -> list[Rate]:
    """Per attribute, the group of which the largest share turns off into a loop.

    Shares are of the cases that left the step where the loop turns off: a case that has not come
    that far says nothing yet. A case that came back to that step leaves it more than once, and
    counts once. There are no rates if that step is one of the ``ends``: a case that stays there
    never left it.
    """
    ways_in = [queues[key] for key in loop.queues[:-1] if not key[1]] or [queues[loop.queues[0]]]
    turns_off = _turns_off(ways_in, {step for step, _ in loop.queues[:-1]})
    if turns_off is None or turns_off in ends:
        return []
    left = [_ended(queue.groups, turns_off) for queue in queues.values()]
    if (turns_off, True) in queues:
        back = _ended(queues[turns_off, True].groups, None)
        left.append(back.with_columns(-pl.col("n")))
    came = _summed([_ended(queue.groups, turns_off) for queue in ways_in]).rename({"n": "came"})
    told = (
        _summed(left)
        .rename({"n": "cases"})
        .filter(pl.col("cases") >= LEAST_IN_GROUP)
        .join(came, on=["attribute", "value"], how="left")
        .with_columns(pl.col("came").fill_null(0.0))
    )
    cut = (_highest(part) for part in told.sort("attribute", "value").partition_by("attribute"))
    return [rate for rate in cut if rate is not None]


def _turns_off(ways_in: Sequence[Queue], inside: Collection[str]) -> str | None:
    """The step from which most cases came into a loop; null where none was seen to."""
    came = pl.concat(queue.weeks for queue in ways_in).filter(
        ~pl.col("is_open"), ~pl.col("from").is_in(inside)
    )
    by_step = came.group_by("from").agg(pl.col("n").sum())
    steps = by_step.sort("n", "from", descending=[True, False])["from"].to_list()
    return steps[0] if steps else None


def _summed(counts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    by_value = pl.concat(counts).group_by("attribute", "value", maintain_order=True)
    return by_value.agg(pl.col("n").sum())


def _ended(groups: pl.DataFrame, source: str | None) -> pl.DataFrame:
    """``attribute, value, n`` of the ended stays of a queue, of one step if ``source`` is given."""
    is_case = ~pl.col("attribute").is_in([*DOER, CROSSES])
    is_from = pl.lit(value=True) if source is None else pl.col("from") == source
    return (
        groups.filter(is_from, ~pl.col("is_open"), is_case)
        .group_by("attribute", "value", maintain_order=True)
        .agg(pl.col("n").sum())
    )


def _highest(part: pl.DataFrame) -> Rate | None:
    """The clearest cut between values with a high share and the others."""
    rows = part.select("value", "came", "cases").rows()
    rows.sort(key=lambda row: -row[1] / row[2])
    cuts = range(1, len(rows))
    rates = [_rate(part["attribute"][0], rows[:k], rows[k:], len(cuts)) for k in cuts]
    best = min(rates, key=lambda rate: rate.p, default=None)
    if best is None or not best.rest or not _OFTEN[0] <= best.share <= _OFTEN[1]:
        return None
    return best


def _rate(attribute: str, group: Sequence[Any], others: Sequence[Any], cuts: int) -> Rate:
    """Two shares; their pooled share decides whether they differ by chance."""
    (n, of), (n_, of_) = ((sum(r[1] for r in g), sum(r[2] for r in g)) for g in (group, others))
    share, rest, both = min(n / of, 1.0), min(n_ / of_, 1.0), min((n + n_) / (of + of_), 1.0)
    pooled = sqrt(both * (1 - both) * (1 / of + 1 / of_))
    p = by_chance(max(share - rest, 0.0) / pooled, cuts) if pooled else 1.0
    more = max(share - rest, 0.0) / share if share else 0.0
    error = sqrt(share * (1 - share) / of + rest * (1 - rest) / of_) / max(share - rest, 1e-9)
    values = tuple(sorted(row[0] for row in group))
    return Rate(attribute, values, share, rest, more * n / max(n + n_, 1e-9), error, p)
