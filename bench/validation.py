# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""One suite on one table: by our engine, by hand in polars, and by Great Expectations' on pandas.

The table is random and in a Parquet file.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.contest import TURNS, compare, contest

STEPS = [f"step {n}" for n in range(12)]
PATTERN = r"^Z\d+$"
CHUNK = 5_000_000
MISSING = 0.01
BOUND = "2027-01-01T00:00:00"


def write(rows: int, path: Path) -> None:
    """Writes cases of ten events with ids, steps, times and amounts, some of each missing."""
    parts = [path.with_suffix(f".{n}") for n in range(-(-rows // CHUNK))]
    for number, part in enumerate(parts):
        size = min(CHUNK, rows - number * CHUNK)
        random = np.random.default_rng(number)
        row = pl.int_range(number * CHUNK, number * CHUNK + size, eager=True)
        minutes = pl.Series(random.integers(0, 1_000_000, size)) * 60_000_000
        missing = random.random((2, size)) < MISSING
        pl.DataFrame(
            {
                "row": row,
                "slot": ((row // 10) * 40503 % 65536).cast(pl.Int32),
                "case_id": pl.select(pl.format("Z{}", row // 10)).to_series(),
                "activity": pl.Series(STEPS)[random.integers(0, len(STEPS), size)],
                "at": (minutes + 1_700_000_000_000_000).cast(pl.Datetime("us")),
                "amount": random.normal(100, 20, size),
            }
        ).with_columns(
            activity=pl.when(~pl.Series(missing[0])).then("activity"),
            amount=pl.when(~pl.Series(missing[1])).then("amount"),
        ).write_parquet(part)
    pl.scan_parquet(parts, glob=False).sink_parquet(path)
    for part in parts:
        part.unlink()


def expectations() -> list[Any]:
    """The suite of all contestants."""
    import great_expectations.expectations as gxe

    return [
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectColumnValuesToNotBeNull(column="case_id"),
        gxe.ExpectColumnValuesToNotBeNull(column="activity"),
        gxe.ExpectColumnValuesToBeInSet(column="activity", value_set=STEPS[:-1]),
        gxe.ExpectColumnValuesToMatchRegex(column="case_id", regex=PATTERN),
        gxe.ExpectColumnValueLengthsToBeBetween(column="activity", min_value=1, max_value=6),
        gxe.ExpectColumnValuesToBeBetween(column="amount", min_value=0, max_value=180),
        gxe.ExpectColumnValuesToBeBetween(column="at", max_value=BOUND),
        gxe.ExpectColumnMeanToBeBetween(column="amount", min_value=90, max_value=110),
        gxe.ExpectColumnMaxToBeBetween(column="amount", max_value=300),
        gxe.ExpectColumnUniqueValueCountToBeBetween(column="activity", max_value=20),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["case_id", "row"]),
    ]


def by_hand(path: Path) -> list[int | float]:
    """What somebody who knows polars would write for the same suite."""
    log = pl.scan_parquet(path)
    activity, amount = pl.col("activity"), pl.col("amount")
    counts = log.select(
        rows=pl.len(),
        no_case=pl.col("case_id").is_null().sum(),
        no_activity=activity.is_null().sum(),
        unknown=(~activity.is_in(STEPS[:-1])).sum(),
        not_an_id=(~pl.col("case_id").str.contains(PATTERN)).sum(),
        length=(~activity.str.len_chars().is_between(1, 6)).sum(),
        amount=(~amount.is_between(0, 180)).sum(),
        later=(pl.col("at") > pl.lit(BOUND).str.to_datetime()).sum(),
        mean=amount.mean(),
        max=amount.max(),
        distinct=activity.drop_nulls().n_unique(),
    ).collect(engine="streaming")
    repeated = (
        log.group_by("case_id", "row")
        .len()
        .filter(pl.col("len") > 1)
        .select(pl.col("len").sum())
        .collect(engine="streaming")
    )
    return [*counts.row(0), repeated.item()]


def by_engine(path: Path, shape: dict[str, Any]) -> list[bool]:
    """The suite on our engine, for a table in parts of eight million rows."""
    from validation.engine.datasource import PART_ROWS, ParquetAsset, PolarsDatasource
    from validation.engine.session import quiet_context

    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        asset = ParquetAsset(name="log", paths=[str(path)], part_rows=PART_ROWS, scratch=scratch)
        source = PolarsDatasource(name="polars")
        quiet_context().add_datasource(datasource=source)
        table = source.add_asset(asset).add_batch_definition("whole")
        return _verdicts(table.get_batch(), shape)


def by_pandas(path: Path, shape: dict[str, Any]) -> list[bool]:
    """The suite on the pandas engine, including reading."""
    import pandas as pd

    from validation.engine.session import quiet_context

    source = quiet_context().data_sources.add_pandas("pandas").add_dataframe_asset("log")
    table = source.add_batch_definition_whole_dataframe("whole")
    return _verdicts(table.get_batch({"dataframe": pd.read_parquet(path)}), shape)


def _verdicts(batch: Any, shape: dict[str, Any]) -> list[bool]:
    import great_expectations as gx

    suite = gx.ExpectationSuite("suite", expectations=expectations())
    found = batch.validate(suite, result_format=shape)
    return [bool(each.success) for each in found.results]


COUNTS = {"result_format": "BOOLEAN_ONLY"}
BASIC = {"result_format": "BASIC"}
CONTESTANTS: dict[str, Callable[[Path], list[Any]]] = {
    "by hand in polars": by_hand,
    "our engine, BOOLEAN_ONLY": lambda path: by_engine(path, COUNTS),
    "our engine, BASIC": lambda path: by_engine(path, BASIC),
    "pandas engine, BASIC": lambda path: by_pandas(path, BASIC),
}


def main(rows: int, turns: int = TURNS, names: tuple[str, ...] = tuple(CONTESTANTS)) -> None:
    """Runs the contestants in turn and prints medians, peaks and ratios."""
    print(f"a suite of {len(expectations())} expectations on {rows:,} rows")
    compare("bench.validation", names, write, rows, turns)


if __name__ == "__main__":
    contest(CONTESTANTS[sys.argv[1]], Path(sys.argv[2]))
