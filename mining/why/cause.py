# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A cause: why cases wait for a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from contracts.findings import Kind
from mining.survival import Floats


@dataclass(frozen=True)
class Cause:
    """Why cases wait for a step.

    Attributes:
        to: the step; ``sources``: the steps before it, most waiting first.
        kind: see ``contracts.findings``.
        attribute, values: the group that waits; null, empty: all cases.
        window: first and last week (inclusive) of the cause; null: the whole log.
        weeks, came, excess: by week, how many stays it affects, and their days beyond what they
            would be without it.
        doubt: relative standard error of the excess, beside that of the weeks.
        least_days, most_days: the range of the excess where it depends on how one looks at it;
            else null.
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
        """The excess over all weeks."""
        return float(self.excess.sum())
