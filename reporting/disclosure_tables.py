# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules of ``disclosure`` for the tables of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

Pair = tuple[str, str | None]
Row = dict[str, Any]


def protect_tables(tables: Mapping[str, pl.DataFrame], k: int) -> dict[str, pl.DataFrame]:
    """The tables without anything about fewer than ``k`` cases."""
    waits = _waits(tables["waits"], k)
    telling = pairs(tables["waits"].filter(_tells_open(k)))
    return {
        **tables,
        "steps": _steps(tables["steps"], k),
        "waits": waits,
        "wait_bands": _bands(tables["wait_bands"], pairs(waits), telling, k),
        "variants": _variants(tables["variants"], k),
        "rework": _rework(tables["rework"], k),
        "survival": _survival(tables["survival"], k),
    }


def pairs(waits: pl.DataFrame) -> set[Pair]:
    """The waits of a table, each by the steps that it lies between."""
    return set(waits.select("from", "to").iter_rows())


def _unless(condition: pl.Expr, *columns: str) -> list[pl.Expr]:
    """The columns, null where ``condition`` holds."""
    return [pl.when(~condition).then(pl.col(column)).alias(column) for column in columns]


def _is_small(value: pl.Expr, k: int) -> pl.Expr:
    return value.is_between(1, k - 1).fill_null(value=False)


def _without_rare(rows: pl.DataFrame, k: int) -> pl.DataFrame:
    """The rows of ``k`` cases or more, unless what is left out could be worked out from them."""
    counts = rows["cases"].sort()
    rare = int((counts < k).sum())
    # alone it would be what the shown ones leave of the total
    while rare < len(counts) and 0 < counts.head(rare).sum() < k:
        rare += 1
    return rows.filter(pl.col("cases").rank("ordinal") > rare)


def _steps(steps: pl.DataFrame, k: int) -> pl.DataFrame:
    """The steps of ``k`` cases or more; of the events of those left out, no total can be made."""
    safe = _without_rare(steps, k)["activity"].implode()
    return steps.filter(pl.col("cases") >= k).with_columns(
        *_unless(~pl.col("activity").is_in(safe), "events")
    )


def _tells_open(k: int) -> pl.Expr:
    """Where the cases that came less the moves that ended would tell how few still wait."""
    return _is_small(pl.col("cases") - pl.col("n"), k)


def _waits(waits: pl.DataFrame, k: int) -> pl.DataFrame:
    cases, open_cases = pl.col("cases"), pl.col("open_cases")
    hides_open = _is_small(open_cases, k) | _is_small(cases - open_cases, k)
    return _without_rare(waits, k).with_columns(
        *_unless(hides_open, "open_cases"),
        *_unless(_is_small(pl.col("n"), k) | _tells_open(k), "n"),
        *_unless(cases < 5 * k, "p90_days"),
    )


def _bands(bands: pl.DataFrame, shown: set[Pair], telling: set[Pair], k: int) -> pl.DataFrame:
    waits = bands.sort("from", "to", "over_days").partition_by("from", "to", maintain_order=True)
    rows: list[Row] = []
    for wait in waits:
        pair = wait.select("from", "to").row(0)
        if pair in shown and not wait["n"].has_nulls():
            merged = _merged(wait.to_dicts(), k)
            rows += _without_total(merged) if pair in telling else merged
        elif pair in shown:  # done before
            rows += wait.to_dicts()
    return pl.DataFrame(rows, schema=bands.schema, orient="row")


def _without_total(bands: list[Row]) -> list[Row]:
    """The bands of a wait whose moves must not be added up: the smallest is hidden."""
    filled = [n for n, band in enumerate(bands) if band["n"]]
    hidden = min(filled, key=lambda n: bands[n]["n"], default=None)
    return [{**band, "n": None} if n == hidden else band for n, band in enumerate(bands)]


def _merged(bands: list[Row], k: int) -> list[Row]:
    """Bands of one wait, joined from the longest down until each holds none or at least ``k``."""
    merged: list[Row] = []
    waiting: Row | None = None
    for band in reversed(bands):
        joined = _join(band, waiting) if waiting else band
        waiting = joined if 0 < joined["n"] < k else None
        if waiting is None:
            merged.append(joined)
    if waiting:
        # the shortest are too few: they join the first longer band that holds cases
        while merged and waiting["n"] < k:
            waiting = _join(waiting, merged.pop())
        merged.append(waiting)
    return merged[::-1] if sum(band["n"] for band in merged) >= k else []


def _join(shorter: Row, longer: Row) -> Row:
    return {**shorter, "up_to_days": longer["up_to_days"], "n": shorter["n"] + longer["n"]}


def _variants(variants: pl.DataFrame, k: int) -> pl.DataFrame:
    """The frequent routes; the rest in one row, with the rarest of those when it is too few."""
    rare = pl.col("trace").is_null() | (pl.col("cases") < k)
    frequent = variants.filter(~rare).sort("cases", descending=True, maintain_order=True)
    pool = variants.filter(rare)
    while 0 < pool["cases"].sum() < k and len(frequent):
        pool = pl.concat([pool, frequent.tail(1)])
        frequent = frequent.head(-1)
    if pool["cases"].sum() < k:
        return frequent
    total = pl.DataFrame(
        {"trace": [None], "cases": [pool["cases"].sum()], "share": [pool["share"].sum()]},
        schema=variants.schema,
    )
    return pl.concat([frequent, total])


def _rework(rework: pl.DataFrame, k: int) -> pl.DataFrame:
    loops = pl.col("self_loops")
    hides_loops = _is_small(loops, k) | _is_small(pl.col("repeats") - loops, k)
    return rework.filter(pl.col("cases") >= k).with_columns(
        *_unless(hides_loops, "self_loops"), *_unless(_is_small(pl.col("repeats"), k), "repeats")
    )


def _survival(survival: pl.DataFrame, k: int) -> pl.DataFrame:
    return pl.DataFrame(
        list(_thinned(survival.sort("days").iter_rows(named=True), k)), schema=survival.schema
    )


def _thinned(points: Iterator[Row], k: int) -> Iterator[Row]:
    """Points between which ``k`` cases left: a step of the curve is never one person's."""
    before: int | None = None
    for point in points:
        if point["at_risk"] >= k and (before is None or before - point["at_risk"] >= k):
            before = point["at_risk"]
            yield point
