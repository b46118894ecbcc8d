# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How long something lasts if part of it is not over yet.

Aalen and Johansen (1978): with ``n`` at risk just before ``x`` and ``d_j`` leaving by exit ``j``
there, ``CIF_j(x) = Σ S(x⁻) d_j / n``, where ``S`` is the Kaplan-Meier curve of leaving at all. With
one exit it is Kaplan and Meier (1958). It equals Efron's (1967) way to see it: whoever is still
there is shared out over those seen to leave later. That is how open cases are shared out over the
steps that may come next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64] | NDArray[np.float64]
"""Numbers of cases; they need not be whole where cases are shared out."""


@dataclass(frozen=True)
class Leaving:
    """Estimates for ``K`` durations in rising order, and ``J`` exits.

    Attributes:
        still: ``(K,)`` share still there just after each duration (Kaplan-Meier).
        left: ``(K, J)`` share gone by each exit up to each duration (cumulative incidence).
        at_risk: ``(K,)`` how many were watched just before each duration.
    """

    still: Floats
    left: Floats
    at_risk: Floats

    @property
    def shares(self) -> Floats:
        """``(J,)`` share that goes by each exit, among those known to go."""
        known = self.left[-1].sum() if len(self.left) else 0.0
        return self.left[-1] / known if known else np.zeros(self.left.shape[1])

    def goes_later(self) -> Floats:
        """``(K, J)`` chance to go by each exit for those still there after each duration."""
        safe = np.where(self.still > 0, self.still, 1.0)
        chance: Floats = (self.left[-1] - self.left) / safe[:, None]
        return chance

    def goes_surely(self) -> Floats:
        """As ``goes_later``; those who stayed longer than anyone who left go as all do."""
        chance = self.goes_later()
        surely: Floats = chance + np.maximum(1.0 - chance.sum(axis=1), 0.0)[:, None] * self.shares
        return surely

    def reaches(self, quantile: float, exit_: int) -> int | None:
        """Index of the first duration by which ``quantile`` of an exit has gone.

        Whoever was never seen to leave counts towards every exit in proportion to its share, so the
        answer is null if too many are still there.
        """
        needed = quantile * self.shares[exit_] - 1e-12
        reached = np.flatnonzero(self.left[:, exit_] >= needed)
        return int(reached[0]) if needed > 0 and len(reached) else None


def leaving(exits: Counts, still_there: Counts) -> Leaving:
    """Estimates ``Leaving`` from counts.

    Args:
        exits: ``(K, J)`` how many left by each exit at each of ``K`` durations in rising order.
        still_there: ``(K,)`` how many were last seen there at each duration; if both happen at one
            duration, leaving comes first.
    """
    gone = exits.sum(axis=1)
    present = gone + still_there
    at_risk = (present[::-1].cumsum()[::-1]).astype(float)
    safe = np.where(at_risk > 0, at_risk, 1.0)
    still = np.cumprod(1.0 - gone / safe)
    before = np.concatenate([[1.0], still[:-1]])
    left = np.cumsum(exits * (before / safe)[:, None], axis=0)
    return Leaving(still=still, left=left, at_risk=at_risk)
