# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""One expectation on one table, by the pandas engine of Great Expectations and by ours."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.exceptions import GreatExpectationsError
from great_expectations.expectations.expectation import Expectation

from validation.engine.datasource import FrameAsset, ParquetAsset, PolarsDatasource
from validation.engine.session import quiet_context


class Answer(NamedTuple):
    """The answer of an engine; if it ``raised``, nothing else is known."""

    raised: str
    success: bool | None
    result: Any


@cache
def _tables() -> tuple[BatchDefinition[Any], BatchDefinition[Any]]:
    context = quiet_context()
    pandas = context.data_sources.add_pandas("pandas").add_dataframe_asset("table")
    polars = PolarsDatasource(name="polars")
    context.add_datasource(datasource=polars)
    ours = polars.add_asset(FrameAsset(name="table")).add_batch_definition("whole")
    return pandas.add_batch_definition_whole_dataframe("whole"), ours


def by_pandas(
    frame: pd.DataFrame, expectation: Expectation, shape: Mapping[str, Any] | None = None
) -> Answer:
    """The answer of the pandas engine."""
    return _asked(_tables()[0], frame, expectation, shape)


def by_polars(
    frame: pl.DataFrame | pl.LazyFrame,
    expectation: Expectation,
    shape: Mapping[str, Any] | None = None,
) -> Answer:
    """The answer of the polars engine."""
    return _asked(_tables()[1], frame, expectation, shape)


def in_parts(frame: pl.DataFrame, expectation: Expectation, part_rows: int) -> Answer:
    """The answer of the polars engine on a file that it reads in parts."""
    with tempfile.TemporaryDirectory() as folder:
        path, scratch = Path(folder) / "table.parquet", Path(folder) / "parts"
        frame.write_parquet(path)
        asset = ParquetAsset(
            name="file", paths=[str(path)], part_rows=part_rows, scratch=str(scratch)
        )
        source = PolarsDatasource(name="parts")
        context = quiet_context()
        context.add_datasource(datasource=source)
        batch = source.add_asset(asset).add_batch_definition("whole").get_batch()
        return _answer(batch.validate(expectation, result_format="BASIC"))


def _asked(table: BatchDefinition[Any], frame: Any, expectation: Expectation, shape: Any) -> Answer:
    try:
        batch = table.get_batch({"dataframe": frame})
        found = batch.validate(
            expectation, result_format=dict(shape or {"result_format": "COMPLETE"})
        )
    except (GreatExpectationsError, ValueError, TypeError, KeyError) as error:
        return Answer(str(error), None, None)  # some are not caught, as those of dependencies
    return _answer(found)


def _answer(found: Any) -> Answer:
    info = found.exception_info or {}
    all_info = [info, *(each for each in info.values() if isinstance(each, dict))]
    raised = [str(each["exception_message"]) for each in all_info if each.get("raised_exception")]
    if raised:
        return Answer(raised[0], None, None)
    return Answer("", found.success, plain(found.result))


def plain(value: Any) -> Any:
    """A result as JSON, without what only pandas gives: row numbers and queries."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return None if math.isnan(value) else float(f"{value:.9g}")
    if isinstance(value, dict):
        return {
            key: plain(each)
            for key, each in value.items()
            if not key.startswith(("unexpected_index", "partial_unexpected_index"))
        }
    if isinstance(value, set | frozenset):
        return sorted(map(plain, value), key=str)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return None if value is pd.NaT else value
