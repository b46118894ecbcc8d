# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How long cases wait between two activities, those that still wait counted.

A case that still waits after an activity has not shown what comes next. Its wait is shared out over
the next activities of the cases that waited as long as it did and then went on
(``mining.survival``). What no case was seen to outlast is kept apart, under ``to`` = null.

A case does not wait for what goes on in parallel: that is counted apart.

An open wait that began before the log is complete (``is_survivor``) is there and counts, but says
nothing of how long others wait: those that came with it and went on may not be in the log.

What a pause or the law explains of a wait is not lost time. Of waits that ended it is known; of an
open wait the law's days before the activity it is shared out to are taken.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contracts.settings import Journey
from contracts.tables import TABLES
from mining.axis import day_of
from mining.durations import DAY_MS, bin_of
from mining.summaries import Bucket, Summary
from mining.survival import Floats, leaving
from mining.turns import norm_days_of, owner_after, owner_before

SHOWN = TABLES["waits"].names()
BANDS_DAYS = (0, 1, 3, 7, 14, 28, 91, 182, 364)
"""Lower bounds of the bands that waits are shown in: over so many days, up to the next bound."""

WAITS = pl.Schema(
    [
        *TABLES["waits"].items(),
        ("owner", pl.String()),  # mining.turns.Owner
        ("pause_days", pl.Float64()),  # parts of person_days that are explained
        ("statutory_days", pl.Float64()),
        ("lost_days", pl.Float64()),  # the rest
        ("reference_days", pl.Float64()),  # the law's days, else P25 of the same wait
        ("excess_days", pl.Float64()),  # of lost_days, beyond the reference
    ]
)
"""What ``conclude`` gives: a row each ``from``, ``to``; days are person-days but for quantiles."""

_NOBODY = 1e-6  # of a case: what rounding leaves of none
_PARTS = ("n", "ms", "pause_ms", "statutory_ms")


IS_INSIDE = pl.col("from").is_not_null() & ~pl.col("is_outside")
IS_ON_PATH = IS_INSIDE & ~pl.col("is_parallel")
"""Of a move: the case waited for it, inside it and not beside what it went on with."""


def places(bucket: Bucket) -> pl.LazyFrame:
    """``case_id, from, to, since, left``: from when a case waited for a move, until it was made.

    These are local dates; those that a case waits for follow each other without a gap. Its work is
    part of a move.
    """
    zone = bucket.lens.zone
    done_ms = pl.col("enabled_ms") + pl.col("wait_ms") + pl.col("work_ms")
    return (
        bucket.moves.filter(IS_ON_PATH)
        .with_columns(done_ms=done_ms)
        .select(
            "case_id",
            "from",
            "to",
            since=day_of("enabled_ms", zone),
            left=day_of("done_ms", zone),
        )
    )


def _durations(bucket: Bucket) -> pl.LazyFrame:
    bounds = pl.Series([days * DAY_MS for days in BANDS_DAYS])
    band = pl.lit(bounds).search_sorted(pl.col("wait_ms"), side="left").clip(lower_bound=1)
    return (
        bucket.with_touched(bucket.counted.filter(IS_ON_PATH))
        .with_columns(bin_of("wait_ms"), band=band.cast(pl.UInt8), ms="wait_ms")
        .group_by(DURATIONS.keys)
        .agg(pl.len().cast(pl.Int64).alias("n"), pl.col(_PARTS[1:]).sum())
    )


def _cases(bucket: Bucket) -> pl.LazyFrame:
    """Cases that made a move; of them, those that now wait again where it began."""
    on_path = bucket.counted.filter(IS_ON_PATH)
    moved = on_path.filter("is_new", ~pl.col("is_open"))
    waiting = on_path.filter("is_open").select("case_id", "from")
    back = moved.join(waiting, on=["case_id", "from"], how="semi")
    both = [
        moved.select("from", "to", is_back=False),
        back.select("from", "to", is_back=True),
    ]
    is_back = pl.col("is_back")
    return (
        pl.concat(both)
        .group_by("from", "to")
        .agg(cases=(~is_back).sum().cast(pl.Int64), back=is_back.sum().cast(pl.Int64))
    )


def _parallel(bucket: Bucket) -> pl.LazyFrame:
    return (
        bucket.counted.filter(IS_INSIDE, "is_parallel", pl.col("wait_ms") > 0)
        .group_by("from", "to")
        .agg(cases=pl.col("case_id").n_unique().cast(pl.Int64), ms=pl.col("wait_ms").sum())
    )


DURATIONS = Summary("waits", ("from", "to", "bin", "band", "is_touched", "is_survivor"), _durations)
CASES = Summary("wait_cases", ("from", "to"), _cases)
PARALLEL = Summary("parallel_waits", ("from", "to"), _parallel)
"""What cases did not wait for: in how many, and how long it took to be begun."""


def conclude_bands(durations: pl.DataFrame) -> pl.DataFrame:
    """The shape of ``TABLES["wait_bands"]`` from the merged summary ``DURATIONS``."""
    ended = durations.filter(pl.col("to").is_not_null())
    still = pl.concat([_NO_BANDS, *(each.open_bands() for each in _groups(durations))])
    summary = (
        ended.group_by("from", "to", "band")
        .agg(pl.col("n").sum())
        .join(still, on=["from", "to", "band"], how="full", coalesce=True)
        .with_columns(pl.col("n").fill_null(0), open_n=pl.col("open_n").fill_null(0).round())
        .filter(pl.max_horizontal("n", "open_n") > 0)
    )
    over = pl.Series(BANDS_DAYS, dtype=pl.Float64)
    up_to = pl.Series([*BANDS_DAYS[1:], None], dtype=pl.Float64)
    band = pl.col("band").cast(pl.UInt32) - 1
    bounded = summary.with_columns(
        over_days=pl.lit(over).gather(band), up_to_days=pl.lit(up_to).gather(band)
    )
    columns = TABLES["wait_bands"]
    return bounded.select(columns.names()).cast(columns).sort("from", "to", "over_days")


def conclude(durations: pl.DataFrame, cases: pl.DataFrame, journey: Journey) -> pl.DataFrame:
    """Every wait of the log, in the shape of ``WAITS``, most waiting first.

    Args:
        durations: merged summary ``DURATIONS``.
        cases: merged summary ``CASES``.
        journey: whose turn it is before each activity, and what the law sets.
    """
    found = _estimated(durations, journey)
    # who waits again where it went on from before is one case, not two
    new = pl.col("open_n") * (1 - pl.col("back").fill_null(0) / pl.col("present"))
    person_days = pl.col("person_days")
    return (
        found.join(cases, on=["from", "to"], how="left", nulls_equal=True, maintain_order="left")
        .filter((pl.col("n") > 0) | (pl.col("open_n") > _NOBODY))
        .with_columns(
            cases=pl.col("cases").fill_null(0) + new.round().cast(pl.Int64),
            open_cases=pl.col("open_n").round().cast(pl.Int64),
        )
        .with_columns(
            share_of_waiting=pl.when(person_days.sum() > 0)
            .then(pl.col("lost_days") / person_days.sum())
            .otherwise(0.0)
        )
        .select(WAITS.names())
        .cast(WAITS)
        .sort("person_days", "from", "to", descending=[True, False, False], nulls_last=True)
    )


def share_at(durations: pl.DataFrame, from_: str, to: str | None, journey: Journey) -> float | None:
    """The share of all waiting that is lost at one place; null where nobody waited at all."""
    found = _estimated(durations, journey)
    here = found.filter(pl.col("from") == from_, pl.col("to").eq_missing(to))
    total = float(found["person_days"].sum())
    return float(here["lost_days"].sum()) / total if total > 0 else None


def _estimated(durations: pl.DataFrame, journey: Journey) -> pl.DataFrame:
    """Every wait in the shape of ``_NOTHING``, and what is lost there."""
    found = pl.concat([_NOTHING, *(each.waits(journey) for each in _groups(durations))])
    explained = pl.col("pause_days") + pl.col("statutory_days")
    return found.with_columns(lost_days=pl.col("person_days") - explained)


_NOTHING = pl.DataFrame(
    schema={
        "from": pl.String,
        "to": pl.String,
        "owner": pl.String,
        "n": pl.Int64,
        "open_n": pl.Float64,
        "present": pl.Int64,
        **dict.fromkeys(("p50_days", "p90_days", "reference_days", "person_days"), pl.Float64),
        **dict.fromkeys(("pause_days", "statutory_days", "excess_days"), pl.Float64),
    }
)


_NO_BANDS = pl.DataFrame(
    schema={"from": pl.String, "to": pl.String, "band": pl.UInt8, "open_n": pl.Float64}
)


def _groups(durations: pl.DataFrame) -> Iterator[_Group]:
    return map(_Group, durations.partition_by("from", maintain_order=True))


class _Group:
    """The waits after one activity: arrays over ``K`` bins and ``J`` next activities.

    Matrices have a last column more: of waits that ended it holds none; of those that still go on
    it takes what nobody was seen to outlast.
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
        parts = {p: np.zeros((len(self.bins), len(column))) for p in (*_PARTS, "followed_n")}
        for part, matrix in parts.items():
            unit = DAY_MS if part.endswith("ms") else 1
            np.add.at(matrix, cell, known[part].to_numpy() / unit)
        return parts

    def open_bands(self) -> pl.DataFrame:
        """The waits that go on, shared out, by how long they are so far."""
        if not self.next:
            return _NO_BANDS
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
        """An estimate a next activity, and one for what nobody was seen to outlast."""
        goes = self.estimate.goes_later()
        goes = np.column_stack([goes, 1.0 - goes.sum(axis=1)])
        open_n = self.still_n[:, None] * goes
        open_mean = _ratio(self.still_days, self.still_n)[:, None]
        norm = np.array([norm_days_of(journey, name) for name in [*self.next, None]])
        reference = self._reference(norm)
        beyond = np.where(norm > 0, 0.0, np.nan_to_num(reference))
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
                "statutory_days": (self.statutory_days + open_n * np.minimum(open_mean, norm)).sum(
                    axis=0
                ),
                "excess_days": (excess + open_excess).sum(axis=0),
            },
            schema=_NOTHING.schema,
            nan_to_null=True,
        )

    def _owners(self, journey: Journey) -> list[str]:
        known = [owner_before(journey, name) for name in self.next]
        return [*known, owner_after(journey, self.next)]

    def _reference(self, norm: Floats) -> Floats:
        return np.where(norm > 0, norm, self._quantile(0.25, self.lost_days))

    def _quantile(self, q: float, days: Floats) -> Floats:
        """Per next activity, the mean of ``days`` in the bin that ``q`` is reached in, else NaN."""
        found = np.full(len(self.next) + 1, np.nan)
        for exit_ in range(len(self.next)):
            k = self.estimate.reaches(q, exit_)
            if k is not None:
                found[exit_] = days[k, exit_] / self.n[k, exit_]
        return found


def _ratio(of: NDArray[np.float64], to: NDArray[np.float64]) -> Floats:
    ratio: Floats = np.divide(of, to, out=np.zeros_like(of), where=to > 0)
    return ratio
