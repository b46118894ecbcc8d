# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Sets aside the rows that break a rule, picked by the functions that count them for the suite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import polars as pl
from great_expectations.expectations.expectation import Expectation

from contracts.events import KEY
from contracts.verdict import QUARANTINE
from validation.engine.engine import PolarsExecutionEngine
from validation.engine.registry import ROW_RULES, ROWS_RULES
from validation.suites import rule_of


class Count(NamedTuple):
    """How many rows, and of how many cases; a row without a case id counts for no case."""

    rows: int = 0
    cases: int = 0


@dataclass(frozen=True)
class SetAside:
    """How much is in the quarantine; a row may be there for several rules."""

    total: Count
    by_rule: dict[str, Count]


def set_aside(
    engine: PolarsExecutionEngine, batch_id: str, suite: Iterable[Expectation], path: Path
) -> SetAside:
    """Writes the quarantine: every row that breaks a row rule, with the ids of all it breaks.

    Args:
        engine: holds the batch.
        batch_id: which batch.
        suite: the expectations; those that are not about rows set nothing aside.
        path: the parquet file to write, in the shape of ``QUARANTINE``.
    """
    rules = {rule_of(rule): rule for rule in suite if _map_metric(rule) in ROW_RULES | ROWS_RULES}
    broken = [_broken(engine, batch_id, rule) for rule in rules.values()]
    with TemporaryDirectory(dir=path.parent) as folder:
        pieces = []
        # a part at a time, as the suite is computed: the cases of the parts are not the same
        for number, parts in enumerate(zip(*broken, strict=True)):
            pieces.append(Path(folder) / f"{number:05}.parquet")
            _with_reasons(parts).sink_parquet(pieces[-1])
        whole = pl.scan_parquet(pieces, glob=False) if pieces else pl.LazyFrame(schema=QUARANTINE)
        whole.sink_parquet(path)
        return SetAside(_total(pieces), _by_rule(pieces))


def _map_metric(expectation: Expectation) -> str:
    return getattr(expectation, "map_metric", None) or ""


def _broken(engine: PolarsExecutionEngine, batch_id: str, rule: Expectation) -> list[pl.LazyFrame]:
    """Of each part of the batch the rows that break ``rule``."""
    kwargs = {**rule.dict(), "batch_id": batch_id}
    kwargs = engine.typed(kwargs)
    metric, reason = _map_metric(rule), pl.lit(rule_of(rule))
    parts = engine.domain_parts(kwargs)
    if metric in ROW_RULES:
        broken = [part.filter(ROW_RULES[metric](kwargs)) for part in parts]
    else:
        broken = [ROWS_RULES[metric](part, kwargs) for part in parts]
    return [rows.select(*KEY, "case_id", reasons=reason) for rows in broken]


def _with_reasons(broken: Sequence[pl.LazyFrame]) -> pl.LazyFrame:
    return (
        pl.concat(broken)
        .group_by(*KEY)
        .agg(pl.col("case_id").first(), pl.col("reasons").sort())
        .sort(*KEY)
        .select(QUARANTINE.names())
    )


def _total(pieces: Sequence[Path]) -> Count:
    counts = [
        pl.scan_parquet(piece, glob=False).select(*_counted()).collect().row(0) for piece in pieces
    ]
    return Count(*map(sum, zip(*counts, strict=True)))


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
