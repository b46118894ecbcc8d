# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether some groups of cases wait longer at a step than others, and by how much.

Groups are compared within strata: cases that came from the same step in the same four weeks, so
that a busy month or another route is not taken for a slow group. The values of every attribute are
ordered by their mean wait; the cut between slow and ordinary is where the difference is clearest.
Whether there is a difference at all is decided by Benjamini and Hochberg (1995) over all attributes
of all steps, after Scheffé's (1953) correction for the choice of the cut. The difference is shrunk
towards none by how noisy it is: by the inverse square of its standard errors (James and Stein 1961,
positive part).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import gammaincc

from contracts.findings import LEAST_IN_GROUP
from mining.survival import Floats
from mining.waiting.stays import CROSSES

STRATUM_WEEKS = 4
_FALSE_SHARE = 0.05
_CLEAR = 2.58  # standard errors: one in a hundred by chance
_SLOWER = 1.3  # times the wait of the others, below which a group is not called slow


@dataclass(frozen=True)
class Contrast:
    """A group of cases that waits longer than the rest.

    Attributes:
        attribute: what tells the group apart; ``values``: those of the group.
        n: stays of the group; ``share``: of all stays with a known value.
        slow_days, rest_days: mean wait of the group, and of the rest in the same strata.
        p: chance of a difference as clear where there is none; ``kept``: what shrinking leaves.
        cuts: how many there were to choose from.
        variance: of the excess per stay, from how single stays differ.
        weeks: ``(B,)`` weeks in which the group came; ``days``: how long it waited, all together;
            ``came``: how many; ``excess``: how much longer than the rest; ``over_all``: than
            everybody.
    """

    attribute: str
    values: tuple[str, ...]
    n: float
    share: float
    slow_days: float
    rest_days: float
    p: float
    kept: float
    cuts: int
    variance: float
    weeks: NDArray[np.int64]
    came: Floats
    days: Floats
    excess: Floats
    over_all: Floats

    @property
    def ratio(self) -> float:
        """How many times as long as the rest the group waits."""
        return self.slow_days / self.rest_days if self.rest_days > 0 else np.inf


def contrasts(groups: pl.DataFrame) -> list[Contrast]:
    """The clearest cut of every attribute; see the module.

    Args:
        groups: ``from, week, attribute, value, n, days, squared`` of one queue.
    """
    told = groups.filter(pl.col("attribute") != CROSSES)
    cut = (_clearest(part) for part in told.partition_by("attribute", maintain_order=True))
    return sorted((each for each in cut if each), key=lambda each: (each.p, each.attribute))


class Tested(Protocol):
    """A difference between two groups."""

    @property
    def p(self) -> float:
        """Chance of a difference as clear where there is none."""

    @property
    def ratio(self) -> float:
        """How many times as large as in the other group."""


def significant(found: Sequence[Tested]) -> Callable[[Tested], bool]:
    """A test for all differences of a log: is one there, and large enough to matter?"""
    ranked = sorted(each.p for each in found)
    passed = [p for rank, p in enumerate(ranked, 1) if p <= _FALSE_SHARE * rank / len(ranked)]
    return lambda each: bool(passed) and each.p <= passed[-1] and each.ratio >= _SLOWER


class _Cube:
    """Counts, sums and squares by week ``S``, stratum and value ``V`` of one attribute.

    ``known``: stays with any value, also a value too rare to compare.
    """

    def __init__(self, part: pl.DataFrame) -> None:
        self.attribute: str = part["attribute"][0]
        self.known = float(part["n"].sum())
        by_value = part.group_by("value", maintain_order=True)
        totals = by_value.agg(pl.col("n").sum()).filter(pl.col("n") >= LEAST_IN_GROUP)
        self.values: list[str] = totals["value"].sort().to_list()
        rows = part.filter(pl.col("value").is_in(self.values)).with_columns(
            stratum=pl.struct("from", pl.col("week") // STRATUM_WEEKS).rank("dense").cast(pl.Int64)
            - 1,
            cell=pl.struct("from", "week").rank("dense").cast(pl.Int64) - 1,
            code=pl.col("value").replace_strict(
                self.values, range(len(self.values)), return_dtype=pl.Int64
            ),
        )
        cells = rows.select("cell", "stratum", "week").unique().sort("cell")
        self.stratum = cells["stratum"].to_numpy()
        self.week = cells["week"].to_numpy().astype(np.int64)
        shape = (len(cells), len(self.values))
        at = tuple(rows[name].cast(pl.Int64).to_numpy() for name in ("cell", "code"))
        self.n, self.days, self.squared = (np.zeros(shape) for _ in range(3))
        for name, matrix in (("n", self.n), ("days", self.days), ("squared", self.squared)):
            np.add.at(matrix, at, rows[name].to_numpy())

    def by_stratum(self, matrix: Floats) -> Floats:
        """``(strata, V)`` sums."""
        strata = int(self.stratum.max(initial=-1)) + 1
        total = np.zeros((strata, matrix.shape[1]))
        np.add.at(total, self.stratum, matrix)
        return total


def _clearest(part: pl.DataFrame) -> Contrast | None:
    cube = _Cube(part)
    if len(cube.values) < 2:  # noqa: PLR2004
        return None
    sums = tuple(cube.by_stratum(each) for each in (cube.n, cube.days, cube.squared))
    alone = [_clearness(sums, [v]) for v in range(len(cube.values))]
    slowest_first = sorted(range(len(alone)), key=lambda v: -alone[v][1])
    cuts = [slowest_first[:k] for k in range(1, len(slowest_first))]
    z, best = max((_clearness(sums, cut)[0], tuple(cut)) for cut in cuts)
    if not np.isfinite(z) or z <= 0:
        return None
    slow = _each_slow(sums, best)
    if _clearness(sums, slow)[0] == 0:  # all waits are equal, and ``z`` came from rounding
        return None
    return _contrast(cube, sums, slow, z, len(cuts))


def by_chance(z: float, cuts: int) -> float:
    """The chance of a cut as clear, chosen among all cuts of ``cuts`` + 1 values (Scheffé 1953)."""
    return float(gammaincc(cuts / 2, z**2 / 2))


def _each_slow(sums: Sequence[Floats], slow: tuple[int, ...]) -> tuple[int, ...]:
    """The slow values that are slow by themselves; always the slowest."""
    others = [v for v in range(sums[0].shape[1]) if v not in slow]
    group = _clearness(sums, slow)[1]

    def is_slow(value: int) -> bool:
        alone = [each[:, [value, *others]] for each in sums]
        z, days = _clearness(alone, [0])
        return z >= _CLEAR and days >= group / 2

    return tuple(v for n, v in enumerate(slow) if n == 0 or is_slow(v))


def _clearness(sums: Sequence[Floats], slow: Sequence[int]) -> tuple[float, float]:
    """How much longer a group waits than the rest: in standard errors, and in days per stay."""
    group, rest = _two(sums, slow)
    both = (group[0] > 0) & (rest[0] > 0)
    if not both.any():
        return -np.inf, -np.inf
    group, rest = (tuple(each[both] for each in side) for side in (group, rest))
    (n, days, _), (n_, days_, _) = group, rest
    excess = (days - n * days_ / n_).sum()
    # a rest that happens to lack the longest waits would seem to vary little
    variance, variance_ = _within(group), max(_within(rest), _within(group, rest))
    error = sqrt(max((n * variance + n**2 / n_ * variance_).sum(), 1e-12))
    return float(excess / error), float(excess / n.sum())


def _within(*sides: tuple[Floats, ...]) -> float:
    """The variance of a stay within strata, on one side or on both together."""
    squares = sum(float((squared - days**2 / n).sum()) for n, days, squared in sides)
    freedom = sum(float(n.sum()) - len(n) for n, _, _ in sides)
    return max(squares / max(freedom, 1.0), 0.0)


def _two(
    sums: Sequence[Floats], slow: Sequence[int]
) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
    is_slow = np.zeros(sums[0].shape[1], dtype=bool)
    is_slow[list(slow)] = True
    return (
        tuple(each[:, is_slow].sum(axis=1) for each in sums),
        tuple(each[:, ~is_slow].sum(axis=1) for each in sums),
    )


def _contrast(
    cube: _Cube, sums: Sequence[Floats], slow: Sequence[int], z: float, cuts: int
) -> Contrast:
    """The slow values as a group, by a cut ``z`` standard errors clear, chosen among ``cuts``."""
    (n, days, _), (n_, days_, _) = _two(sums, slow)
    rest = np.divide(days_, n_, out=np.full_like(days_, np.nan), where=n_ > 0)
    everyone = np.divide(days + days_, n + n_, out=np.zeros_like(n), where=n + n_ > 0)
    own_z, over_a_stay = _clearness(sums, slow)
    mine, mine_days = (each[:, list(slow)].sum(axis=1) for each in (cube.n, cube.days))
    over_rest = mine_days - mine * rest[cube.stratum]
    counted = np.isfinite(over_rest) & (mine > 0)
    # in a stratum without others, the group is taken to wait as much longer as elsewhere
    longer = over_rest[counted].sum() / max(mine[counted].sum(), 1e-12)
    excess = np.where(np.isfinite(over_rest), over_rest, mine * longer)
    return Contrast(
        attribute=cube.attribute,
        values=tuple(sorted(cube.values[v] for v in slow)),
        n=float(mine.sum()),
        share=float(mine.sum()) / cube.known,
        slow_days=float(mine_days[counted].sum() / mine[counted].sum()),
        rest_days=float((mine_days - over_rest)[counted].sum() / mine[counted].sum()),
        p=by_chance(z, cuts),
        kept=max(0.0, 1.0 - 1.0 / z**2),
        cuts=cuts,
        variance=float(mine[counted].sum()) * (over_a_stay / own_z) ** 2,
        weeks=cube.week,
        came=mine,
        days=mine_days,
        excess=excess,
        over_all=mine_days - mine * everyone[cube.stratum],
    )
