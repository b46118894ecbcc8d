# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules of ``disclosure`` for the tables of a run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from reporting.disclosure_wholes import protect_wholes
from reporting.small_groups import is_small

Pair = tuple[str, str | None]
Row = dict[str, Any]
_PAIR = ("from", "to")
_ENOUGH = 3
"""Fewer bands than this do not tell how long cases wait."""


def protect_tables(
    tables: Mapping[str, pl.DataFrame], cases: int | None, k: int, ends: Collection[str]
) -> dict[str, pl.DataFrame]:
    """The tables of a log of ``cases`` without anything about fewer than ``k`` of them."""
    waits = _waits(tables["waits"], k)
    telling = pairs(tables["waits"].filter(_tells_open(k)))
    return {
        **tables,
        "steps": _steps(tables["steps"], cases, k, ends),
        "waits": waits,
        "wait_bands": _bands(tables["wait_bands"], waits, telling, k),
        "queues": _queues(tables["queues"], waits, k),
        "variants": _variants(tables["variants"], k),
        "rework": _rework(tables["rework"], k),
        "survival": _survival(tables["survival"], cases, k),
        **({"ledger": _ledger(tables["ledger"], k)} if "ledger" in tables else {}),
        **(_conformance(tables, k) if "conformance" in tables else {}),
        **protect_wholes(tables, k),
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
    counts = rows["cases"].drop_nulls().sort()
    rare = int((counts < k).sum())
    # alone it would be what the shown ones leave of the total
    while rare < len(counts) and 0 < counts.head(rare).sum() < k:
        rare += 1
    return rows.filter((pl.col("cases").rank("ordinal") > rare) | pl.col("cases").is_null())


def _steps(steps: pl.DataFrame, cases: int | None, k: int, ends: Collection[str]) -> pl.DataFrame:
    """The steps of ``k`` cases or more, without the counts that tell how few cases have no such.

    Of the events of the steps that are left out, no total can be made.
    """
    safe = _without_rare(steps, k)["activity"].implode()
    enough = steps.filter(pl.col("cases").is_null() | (pl.col("cases") >= k))
    telling = _tells_rest(pl.col("cases"), cases, k) | pl.col("activity").is_in(
        _last_step_that_tells(enough, cases, k, ends)
    )
    return enough.with_columns(
        *_unless(telling, "cases"), *_unless(telling | ~pl.col("activity").is_in(safe), "events")
    )


def _tells_rest(part: pl.Expr, whole: int | None, k: int) -> pl.Expr:
    return pl.lit(value=False) if whole is None else _is_small(whole - part, k)


def _last_step_that_tells(
    steps: pl.DataFrame, cases: int | None, k: int, ends: Collection[str]
) -> list[str]:
    """The rarest step that ends a case, where all of them would add up to nearly all cases."""
    last = steps.filter(pl.col("activity").is_in(list(ends))).sort("cases", "activity")
    if cases is None or last["cases"].has_nulls() or not 0 < cases - last["cases"].sum() < k:
        return []
    return last["activity"].head(1).to_list()


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


def _bands(bands: pl.DataFrame, waits: pl.DataFrame, telling: set[Pair], k: int) -> pl.DataFrame:
    """Bands of the waits that are shown; those still waiting only where their number is shown."""
    shown = {(from_, to): open_ for from_, to, open_ in _open_of(waits).iter_rows()}
    rows: list[Row] = []
    for wait in bands.sort("from", "to", "over_days").partition_by(*_PAIR, maintain_order=True):
        pair = wait.select(_PAIR).row(0)
        if pair not in shown:
            continue
        told = wait if shown[pair] else wait.with_columns(open_n=None)
        if told["n"].has_nulls():  # done before
            rows += told.to_dicts()
            continue
        merged = _joined(told.to_dicts(), k)
        rows += _without_total(merged) if pair in telling else merged
    return pl.DataFrame(rows, schema=bands.schema, orient="row")


def _open_of(waits: pl.DataFrame) -> pl.DataFrame:
    return waits.select(*_PAIR, pl.col("open_cases").is_not_null())


def _queues(queues: pl.DataFrame, waits: pl.DataFrame, k: int) -> pl.DataFrame:
    """In round counts: who waits in a week less who did in the one before tells who came."""
    shown = waits.select(_PAIR)
    return queues.join(
        shown, on=_PAIR, how="semi", nulls_equal=True, maintain_order="left"
    ).with_columns(pl.col("waiting") // k * k)


def _without_total(bands: list[Row]) -> list[Row]:
    """The bands of a wait whose moves must not be added up: the smallest is hidden."""
    filled = [n for n, band in enumerate(bands) if band["n"]]
    hidden = min(filled, key=lambda n: bands[n]["n"], default=None)
    return [{**band, "n": None} if n == hidden else band for n, band in enumerate(bands)]


def _joined(bands: list[Row], k: int) -> list[Row]:
    """Bands of one wait that may be shown; how many still wait only where that leaves enough."""
    merged = _merged(bands, k)
    if len(merged) >= _ENOUGH:
        return merged
    ended = _merged([{**band, "open_n": None} for band in bands], k)
    return ended if len(ended) > len(merged) else merged


def _merged(bands: list[Row], k: int) -> list[Row]:
    """Bands of one wait, joined from the longest down until each holds none or at least ``k``."""
    merged: list[Row] = []
    waiting: Row | None = None
    for band in reversed(bands):
        joined = _join(band, waiting) if waiting else band
        waiting = joined if _is_few(joined, k) else None
        if waiting is None:
            merged.append(joined)
    if waiting:
        # the shortest are too few: they join the first longer band that holds cases
        while merged and _is_few(waiting, k):
            waiting = _join(waiting, merged.pop())
        merged.append(waiting)
    return merged[::-1] if sum(band["n"] for band in merged) >= k else []


def _is_few(band: Row, k: int) -> bool:
    return is_small(band["n"], k) or is_small(band["open_n"], k)


def _join(shorter: Row, longer: Row) -> Row:
    known = None if shorter["open_n"] is None else shorter["open_n"] + longer["open_n"]
    counts = {"n": shorter["n"] + longer["n"], "open_n": known}
    return {**shorter, "up_to_days": longer["up_to_days"], **counts}


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


def small_owners(ledger: pl.DataFrame, k: int) -> list[str]:
    """The owners of a ledger of whom too few cases had time, or of whom it was hidden before."""
    few = pl.col("cases").is_null() | _is_small(pl.col("cases"), k)
    return ledger.filter(few)["owner"].to_list()


def _ledger(ledger: pl.DataFrame, k: int) -> pl.DataFrame:
    return ledger.with_columns(*_unless(_is_small(pl.col("cases"), k), "person_days", "cases"))


def _conformance(tables: Mapping[str, pl.DataFrame], k: int) -> dict[str, pl.DataFrame]:
    """Both tables of conformance, in round counts.

    An exact count less one of another table (the cases without a step, those on one route) would
    tell how few did a step in the wrong place; that all cases did, or none, tells of no group.
    """
    deviations, summary = tables["conformance"], tables["conformance_summary"]
    seen, all_cases = pl.col("cases_looked_at"), pl.col("cases")
    told = summary.filter(seen >= k, ~_is_small(all_cases - seen, k))
    if told.is_empty():
        return {"conformance": deviations.clear(), "conformance_summary": summary.clear()}
    whole: int = told["cases_looked_at"][0]
    cases, fitting = pl.col("cases"), pl.col("fitting_cases")
    counts = _rounded(cases, whole, k)
    times = pl.max_horizontal(pl.col("times") // k * k, counts)
    hides = cases.is_null() | _is_small(whole - cases, k)
    few_fit = fitting.is_null() | _is_small(fitting, k) | _is_small(whole - fitting, k)
    return {
        "conformance": deviations.filter(cases.is_null() | (cases >= k)).with_columns(
            cases=pl.when(~hides).then(counts), times=pl.when(~hides).then(times)
        ),
        "conformance_summary": told.with_columns(
            fitting_cases=pl.when(~few_fit).then(_rounded(fitting, whole, k)),
            # where few deviate, the mean would tell how much
            mean_fitness=pl.when(~few_fit).then("mean_fitness"),
        ),
    }


def _rounded(count: pl.Expr, whole: int, k: int) -> pl.Expr:
    """``count`` down to a multiple of ``k``, unless it is the whole."""
    return pl.when(count == whole).then(count).otherwise(count // k * k)


def _survival(survival: pl.DataFrame, cases: int | None, k: int) -> pl.DataFrame:
    points = survival.sort("days").to_dicts()
    kept = [] if cases is None else list(_thinned(points, cases, k))
    while kept and 0 < round(_left_after(kept[-1]["days"], points)) < k:
        kept.pop()
    return pl.DataFrame(kept, schema=survival.schema, orient="row")


def _thinned(points: Sequence[Row], cases: int, k: int) -> Iterator[Row]:
    """Points between which ``k`` cases left, and ``k`` stay after each but the very last.

    How many left is counted from what is shown, so never too high: others may have left, or been
    watched no longer, since the point before.
    """
    before = 1.0
    for point in points:
        watched, still = point["at_risk"] // k * k, point["not_done"]
        stay = watched * still / before if before else 0.0
        is_kept = watched - stay >= k and (stay >= k or still == 0)
        if is_kept and not _tells_one(cases * still, watched, k):
            before = still
            yield {**point, "at_risk": watched}


def _tells_one(stay: float, watched: int, k: int) -> bool:
    """Whether ``watched`` leaves it no choice how many left just here, had all been watched."""
    most = watched + k - 1 - stay
    return -0.5 < most < 1.5  # noqa: PLR2004 - none or one


def _left_after(days: float, points: Sequence[Row]) -> float:
    """How many cases left after ``days``."""
    before, left = 1.0, 0.0
    for point in points:
        if point["days"] > days and before:
            left += point["at_risk"] * (1 - point["not_done"] / before)
        before = point["not_done"]
    return left
