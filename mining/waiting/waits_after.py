# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Estimates how long cases wait after one activity, cases that still wait included.

A case that still waits after an activity has not shown what comes next. Its wait is shared out over
the next activities of the cases that waited as long and then went on (``mining.survival``). What no
case was seen to outlast is kept apart, under ``to`` = null.

An open wait that began before the log is complete (``is_survivor``) counts as waiting, but says
nothing about how long others wait: those that came with it and went on may not be in the log.

What a pause or the law explains is known of ended waits; an open wait takes the law's days before
the activity that it is shared out to.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from contracts.journey import Journey
from mining.cases.turns import norm_days_of, owner_after, owner_before
from mining.durations import DAY_MS
from mining.survival import Floats, leaving

PARTS = ("n", "ms", "pause_ms", "statutory_ms")
"""What is counted of waits: how many, how long, and how much of that is explained."""

ESTIMATED = pl.Schema(
    {
        "from": pl.String,
        "to": pl.String,
        "owner": pl.String,
        "n": pl.Int64,
        "open_n": pl.Float64,
        "present": pl.Int64,
        **dict.fromkeys(("p50_days", "p90_days", "reference_days", "person_days"), pl.Float64),
        **dict.fromkeys(("pause_days", "statutory_days", "excess_days"), pl.Float64),
        "longest_days": pl.Float64,
    }
)
"""A row per wait: ``n`` ended, ``open_n`` still wait, of the ``present`` that wait after ``from``.

``longest_days``: the loss in the hundredth of them that lasted longest.
"""

_HUNDREDTH = 0.01

OPEN_BANDS = pl.Schema({"from": pl.String, "to": pl.String, "band": pl.UInt8, "open_n": pl.Float64})


def waits_after(durations: pl.DataFrame) -> Iterator[WaitsAfter]:
    """The waits after each activity, from the merged summary ``mining.waiting.waits.DURATIONS``."""
    return map(WaitsAfter, durations.partition_by("from", maintain_order=True))


class WaitsAfter:
    """The waits after one activity: arrays over ``K`` bins and ``J`` next activities.

    Matrices have one more column, the last: it is empty for ended waits; of open waits it takes
    what no case was seen to outlast.
    """

    def __init__(self, group: pl.DataFrame) -> None:
        self.activity: str = group["from"][0]
        self.bins = group["bin"].unique().sort()
        self.group = group
        self.next = group["to"].drop_nulls().unique().sort().to_list()
        parts = self._matrices(group)
        self.still_n, self.still_days = parts["n"][:, -1].copy(), parts["ms"][:, -1].copy()
        followed_n = parts.pop("followed_n")
        for part in parts.values():
            part[:, -1] = 0
        self.n, self.days = parts["n"], parts["ms"]
        self.pause_days, self.statutory_days = parts["pause_ms"], parts["statutory_ms"]
        self.lost_days = self.days - self.pause_days - self.statutory_days
        self.estimate = leaving(
            followed_n[:, :-1].astype(np.int64), followed_n[:, -1].astype(np.int64)
        )

    def _matrices(self, group: pl.DataFrame) -> dict[str, Floats]:
        column = {name: j for j, name in enumerate([*self.next, None])}
        bin_at = self.bins.search_sorted(group["bin"]).to_numpy()
        cell = bin_at, np.array([column[name] for name in group["to"]])
        known = group.with_columns(followed_n=pl.when("is_survivor").then(0).otherwise("n"))
        parts = {p: np.zeros((len(self.bins), len(column))) for p in (*PARTS, "followed_n")}
        for part, matrix in parts.items():
            unit = DAY_MS if part.endswith("ms") else 1
            np.add.at(matrix, cell, known[part].to_numpy() / unit)
        return parts

    def open_bands(self) -> pl.DataFrame:
        """The open waits, shared out, by how long they have lasted so far."""
        if not self.next:
            return OPEN_BANDS.to_frame()
        chances = pl.DataFrame(self.estimate.goes_later(), schema=self.next)
        return (
            chances.with_columns(bin=self.bins)
            .unpivot(index="bin", variable_name="to", value_name="chance")
            .join(self.group.filter(pl.col("to").is_null()), on="bin", maintain_order="left_right")
            .group_by("to", "band", maintain_order=True)
            .agg(open_n=(pl.col("n") * pl.col("chance")).sum())
            .select(pl.lit(self.activity).alias("from"), "to", "band", "open_n")
        )

    def waits(self, journey: Journey) -> pl.DataFrame:
        """An estimate per next activity, and one for what no case was seen to outlast."""
        goes = self.estimate.goes_later()
        goes = np.column_stack([goes, 1.0 - goes.sum(axis=1)])
        open_n = self.still_n[:, None] * goes
        open_mean = _ratio(self.still_days, self.still_n)[:, None]
        norm = np.array([norm_days_of(journey, name) for name in [*self.next, None]])
        reference = np.where(norm > 0, norm, self._quantile(0.25, self.lost_days))
        beyond = np.where(norm > 0, 0.0, np.nan_to_num(reference))
        open_statutory = open_n * np.minimum(open_mean, norm)
        open_lost = np.maximum(open_mean - norm, 0.0)
        excess = np.maximum(self.lost_days - self.n * beyond, 0.0)
        open_excess = open_n * np.maximum(open_lost - beyond, 0.0)
        return pl.DataFrame(
            {
                "from": [self.activity] * len(norm),
                "to": [*self.next, None],
                "owner": self._owners(journey),
                "n": self.n.sum(axis=0).astype(np.int64),
                "open_n": open_n.sum(axis=0),
                "present": np.full(len(norm), max(int(self.still_n.sum()), 1)),
                "p50_days": self._quantile(0.5, self.days),
                "p90_days": self._quantile(0.9, self.days),
                "reference_days": reference,
                "person_days": (self.days + open_n * open_mean).sum(axis=0),
                "pause_days": self.pause_days.sum(axis=0),
                "statutory_days": (self.statutory_days + open_statutory).sum(axis=0),
                "excess_days": (excess + open_excess).sum(axis=0),
                "longest_days": _of_longest(self.n + open_n, self.lost_days + open_n * open_lost),
            },
            schema=ESTIMATED,
            nan_to_null=True,
        )

    def _owners(self, journey: Journey) -> list[str]:
        known = [owner_before(journey, name) for name in self.next]
        return [*known, owner_after(journey, self.next)]

    def _quantile(self, q: float, days: Floats) -> Floats:
        """Per next activity, the mean of ``days`` in the bin where ``q`` is reached, else NaN."""
        found = np.full(len(self.next) + 1, np.nan)
        for exit_ in range(len(self.next)):
            k = self.estimate.reaches(q, exit_)
            if k is not None:
                found[exit_] = days[k, exit_] / self.n[k, exit_]
        return found


def _of_longest(n: Floats, days: Floats) -> Floats:
    """Per column, the ``days`` of the hundredth of its ``n`` in the highest bins."""
    longest_first = n[::-1]
    longer = longest_first.cumsum(axis=0) - longest_first
    taken = np.clip(_HUNDREDTH * n.sum(axis=0) - longer, 0.0, longest_first)
    of_longest: Floats = (taken * _ratio(days, n)[::-1]).sum(axis=0)
    return of_longest


def _ratio(of: Floats, to: Floats) -> Floats:
    ratio: Floats = np.divide(of, to, out=np.zeros_like(of), where=to > 0)
    return ratio
