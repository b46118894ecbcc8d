# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Marks the rows that break a rule, picked by the functions that count them for the suite."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import polars as pl
from great_expectations.expectations.expectation import Expectation

from contracts.events import KEY
from contracts.rules import SAID_ONCE, rule_table
from contracts.verdict import QUARANTINE
from validation.engine.engine import Kwargs, PolarsExecutionEngine
from validation.engine.registry import ACROSS, ROW_RULES, ROWS_RULES
from validation.engine.table import files_at, spread_over
from validation.suites import rule_of


class Count(NamedTuple):
    """A number of rows, and of their cases; a row without a case id counts for no case."""

    rows: int = 0
    cases: int = 0


@dataclass(frozen=True)
class Marked:
    """How much is marked; a row may break several rules. ``unnamed_rows`` have no case id.

    ``repeated_rows`` only repeat another row exactly: without them, the log loses nothing.
    """

    total: Count
    unnamed_rows: int
    repeated_rows: int
    by_rule: dict[str, Count]


def mark(  # noqa: PLR0913 - what to mark, where, and how
    engine: PolarsExecutionEngine,
    batch: Kwargs,
    rules: Sequence[Expectation],
    path: Path,
    many: int,
    scratch: Path,
    *,
    whole_cases: bool,
) -> Marked:
    """Writes every row that breaks a rule, with the ids of all it breaks.

    Args:
        engine: the engine that holds the batch.
        batch: the ``batch_id`` of the batch.
        rules: an expectation per rule; those on the log as a whole mark nothing.
        path: the parquet file to write, in the shape of ``QUARANTINE``.
        many: the number of places, each of some slots of cases, within which rows are sorted by
            ``KEY``.
        scratch: a new folder for what is thrown away, which the caller removes.
        whole_cases: whether a rule about cases marks all their rows, or only those that show it.
    """
    pickable = [rule for rule in rules if map_metric(rule) in ROW_RULES | ROWS_RULES]
    # a part at a time, like the suite; a rule that looks at all rows marks rows of any part
    broken = _broken(engine, batch, pickable, whole_cases=whole_cases)
    scratch.mkdir()
    spread_over(many, broken, scratch, engine.each)
    pieces = [_piece(scratch, each) for each in range(many)]
    written = [piece for piece in pieces if piece is not None]
    marked = pl.LazyFrame(schema=QUARANTINE)
    if written:
        marked = pl.scan_parquet(written, glob=False)
    marked.sink_parquet(path)
    reasons = pl.col("reasons").list
    only_repeated = (reasons.len() == 1) & (reasons.first() == SAID_ONCE)
    return Marked(
        _total(written),
        _rows(written, pl.col("case_id").is_null()),
        _rows(written, only_repeated),
        _by_rule(written),
    )


def map_metric(expectation: Expectation) -> str:
    """The metric that tells which rows break an expectation; empty if there is none."""
    return getattr(expectation, "map_metric", None) or ""


def _broken(
    engine: PolarsExecutionEngine,
    batch: Kwargs,
    rules: Iterable[Expectation],
    *,
    whole_cases: bool,
) -> Iterator[pl.LazyFrame]:
    """Plans of the broken rows with ``reasons``: of the whole table, of slices and of parts."""
    pieces: list[list[pl.LazyFrame]] = []
    for rule in rules:
        kwargs = engine.typed({**rule.dict(), **batch})
        metric = map_metric(rule)
        all_of_it = whole_cases and rule_table()[rule_of(rule)].of == "case"
        if metric in ACROSS:
            yield _told(ROWS_RULES[metric](engine.get_domain_records(kwargs), kwargs), rule)
            continue
        if metric in ROW_RULES and not all_of_it:
            broken = [
                rows.filter(ROW_RULES[metric](kwargs)) for rows in engine.domain_slices(kwargs)
            ]
        else:
            broken = [_of_part(part, metric, kwargs) for part in engine.domain_parts(kwargs)]
        if all_of_it:
            broken = list(map(_with_whole_cases, broken, engine.domain_parts(batch)))
        pieces.append([_told(rows, rule) for rows in broken])
    # a table of few cases may have fewer parts than slices
    for together in itertools.zip_longest(*pieces):
        yield pl.concat([rows for rows in together if rows is not None])


def _of_part(part: pl.LazyFrame, metric: str, kwargs: Kwargs) -> pl.LazyFrame:
    if metric in ROW_RULES:
        return part.filter(ROW_RULES[metric](kwargs))
    return ROWS_RULES[metric](part, kwargs)


def _with_whole_cases(broken: pl.LazyFrame, part: pl.LazyFrame) -> pl.LazyFrame:
    return part.join(broken.select("case_id").unique(), on="case_id", how="semi")


def _told(rows: pl.LazyFrame, rule: Expectation) -> pl.LazyFrame:
    return rows.select(*KEY, "slot", "case_id", reasons=pl.lit(rule_of(rule)))


def _piece(scratch: Path, place: int) -> Path | None:
    """The marked rows of one place, each once with all its reasons; null if there are none."""
    found = files_at(place, scratch)
    if not found:
        return None
    path = scratch / f"{place:05}.parquet"
    (
        pl.scan_parquet(found, glob=False, hive_partitioning=False)
        .group_by(*KEY)
        .agg(pl.col("case_id").first(), pl.col("reasons").unique().sort())
        .sort(*KEY)
        .select(QUARANTINE.names())
        .sink_parquet(path)
    )
    return path


def _total(pieces: Sequence[Path]) -> Count:
    counts = [
        pl.scan_parquet(piece, glob=False).select(*_counted()).collect().row(0) for piece in pieces
    ]
    return Count(*map(sum, zip(*counts, strict=True))) if counts else Count()


def _rows(pieces: Sequence[Path], are_so: pl.Expr) -> int:
    counts = [
        pl.scan_parquet(piece, glob=False).select(are_so.sum()).collect().item() for piece in pieces
    ]
    return sum(counts)


def _by_rule(pieces: Sequence[Path]) -> dict[str, Count]:
    counts = [
        pl.scan_parquet(piece, glob=False)
        .explode("reasons")
        .group_by("reasons")
        .agg(*_counted())
        .collect()
        for piece in pieces
    ]
    if not counts:
        return {}
    summed = pl.concat(counts).group_by("reasons").agg(pl.col("rows", "cases").sum())
    return {rule: Count(rows, cases) for rule, rows, cases in summed.iter_rows()}


def _counted() -> tuple[pl.Expr, pl.Expr]:
    return pl.len().alias("rows"), pl.col("case_id").drop_nulls().n_unique().alias("cases")
