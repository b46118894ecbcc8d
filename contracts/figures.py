# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The parts of figures in findings: counts that may be hidden, and quantiles."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

Count = int | None


class Model(BaseModel):
    """A frozen model, of which every key is part of the contract."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Suppressible(Model):
    """An object whose counts may be hidden."""

    suppressed: bool = False


class Quantiles(Model):
    """Half of the waits are over by ``p50`` days; null: not reached, or too few waits."""

    p50: float | None
    p90: float | None

    def less(self, other: Quantiles) -> Quantiles:
        """By how much they exceed others; null where either is null."""
        return Quantiles(p50=_less(self.p50, other.p50), p90=_less(self.p90, other.p90))


def _less(days: float | None, other: float | None) -> float | None:
    return None if days is None or other is None else days - other
