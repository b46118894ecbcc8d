# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where cases that still wait will go, by the step before and by what they have had.

A case that never had a step cannot wait to have it again, and a case that had it does not wait to
have it for the first time. So the chance to go on to a step is that of the cases that waited as
long and had had it too, or had not had it either (Aalen and Johansen 1978, ``mining.survival``).
How many waiting cases have had a step is counted for each step by itself, so that the counts stay
few. The chances of all steps are scaled to one, but no step gets more than the number of cases that
can go there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from mining.survival import Floats, leaving

_ROUNDING = 1e-9
_SCHEMA = pl.Schema(
    {
        "from": pl.String,
        "bin": pl.Int16,
        "to": pl.String,
        "is_again": pl.Boolean,
        "chance": pl.Float64,
    }
)


def chances(weeks: pl.DataFrame, had: pl.DataFrame) -> pl.DataFrame:
    """``from, bin, to, is_again, chance`` of waiting cases; chances sum to one by ``from, bin``.

    Cases that wait after a step that no case was seen to leave have no rows.

    Args:
        weeks: the merged summary ``mining.waiting.stays.WEEKS``.
        had: the merged summary ``mining.waiting.stays.HAD`` of the same stays.
    """
    by_source = had.partition_by("from", as_dict=True)
    rows = [
        (source, *row)
        for (source,), stays in weeks.partition_by("from", as_dict=True).items()
        if stays["is_open"].any() and not stays["is_open"].all()
        for row in _rows(_stayed(stays, by_source.get((source,), had.clear())))
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


@dataclass(frozen=True)
class _Stayed:
    """The cases that stayed after one step, by ``K`` durations and ``J`` steps that followed.

    Attributes:
        bins: ``(K,)`` the durations, in rising order.
        steps: ``(J,)`` the steps that some case was seen to go on to.
        went: ``(K, J, 2)`` how many went on to each, for the first time and again.
        ended: ``(K, J, 2)`` how many went on at all: those that had not had it, those that had.
        still: ``(K, J, 2)`` how many still wait: those that have not had it, those that have.
    """

    bins: list[int]
    steps: list[str]
    went: Floats
    ended: Floats
    still: Floats


def _stayed(weeks: pl.DataFrame, had: pl.DataFrame) -> _Stayed:
    bins = weeks["bin"].unique().sort()
    ended, still = (weeks.filter(pl.col("is_open") == is_open) for is_open in (False, True))
    steps = ended["to"].unique().sort()

    def table(frame: pl.DataFrame, step: str) -> Floats:
        """``(K, J)`` how many there are of each duration and step."""
        known = frame.filter(pl.col(step).is_in(steps.implode()))
        at = (bins.search_sorted(known["bin"]), steps.search_sorted(known[step]))
        counts = np.zeros((len(bins), len(steps)))
        np.add.at(counts, tuple(each.to_numpy() for each in at), known["n"].to_numpy())
        return counts

    def split(stays: pl.DataFrame, *, is_open: bool) -> Floats:
        """``(K, J, 2)`` how many have not had each step, and how many have."""
        together = np.zeros(len(bins))
        np.add.at(together, bins.search_sorted(stays["bin"]).to_numpy(), stays["n"].to_numpy())
        with_it = table(had.filter(pl.col("is_open") == is_open), "had")
        return np.stack([together[:, None] - with_it, with_it], axis=2)

    went = [table(ended.filter(pl.col("is_again") == again), "to") for again in (False, True)]
    return _Stayed(
        bins.to_list(),
        steps.to_list(),
        np.stack(went, axis=2),
        split(ended, is_open=False),
        split(still, is_open=True),
    )


def _rows(stayed: _Stayed) -> Iterator[tuple[int, str, bool, float]]:
    """``bin, to, is_again, chance``."""
    wanted = stayed.still * _by_history(stayed)
    by_step = _by_step(stayed)
    for k, bin_ in enumerate(stayed.bins):
        waiting = stayed.still[k, 0].sum()
        if not waiting:
            continue
        shared = _shared(waiting, wanted[k], stayed.still[k])
        left = waiting - shared.sum()
        if left > _ROUNDING * waiting:  # what they have had rules out all ways that others went
            room = stayed.still[k] - shared
            shared += _shared(left, room * by_step[k][:, None], room)
        for j, is_again in zip(*np.nonzero(shared), strict=True):
            chance = float(shared[j, is_again] / waiting)
            yield bin_, stayed.steps[j], bool(is_again), chance


def _by_history(stayed: _Stayed) -> Floats:
    """``(K, J, 2)`` chance to go on to each step, for cases that have not had it and that have."""
    chance = np.zeros_like(stayed.still)
    for at in np.ndindex(stayed.still.shape[1:]):
        here = (slice(None), *at)
        chance[here] = _chance(stayed.went[here], stayed.ended[here], stayed.still[here])
    return chance


def _by_step(stayed: _Stayed) -> Floats:
    """``(K, J)`` chance to go on to each step, whatever a case has had."""
    went, ended, still = (each.sum(axis=2) for each in (stayed.went, stayed.ended, stayed.still))
    columns = zip(went.T, ended.T, still.T, strict=True)
    return np.stack([_chance(*each) for each in columns], axis=1)


def _chance(went: Floats, ended: Floats, still: Floats) -> Floats:
    """``(K,)`` chance of those ``still`` there to go as ``went`` did, among all who ``ended``."""
    if not went.any() or not still.any():
        return np.zeros(len(still))
    exits = np.stack([went, ended - went], axis=1)
    chance: Floats = leaving(exits, still).goes_surely()[:, 0]
    return chance


def _shared(total: float, wanted: Floats, room: Floats) -> Floats:
    """``total``, shared out as ``wanted``, but none gets more than there is ``room`` for.

    Sums to less than ``total`` if everything wanted is full.
    """
    is_full = np.zeros(wanted.shape, dtype=np.bool_)
    while True:
        others = np.where(is_full, 0.0, wanted)
        rest = max(total - room[is_full].sum(), 0.0)
        share = others * (rest / others.sum()) if others.any() else others
        is_over = share > room
        if not is_over.any():
            shared: Floats = np.where(is_full, room, share)
            return shared
        is_full |= is_over
