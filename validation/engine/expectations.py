# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Great Expectations' own expectations that work only on its own engines, made to work on ours.

They replace the originals in its registry, and behave like them on any other engine.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from great_expectations.expectations.core import expect_column_values_to_be_in_type_list as in_list
from great_expectations.expectations.core import expect_column_values_to_be_of_type as of_type

from validation.engine.engine import PolarsExecutionEngine


class ExpectColumnValuesToBeOfType(of_type.ExpectColumnValuesToBeOfType):
    """The column has a type, given by one of its ``names_of``."""

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> Any:
        if isinstance(execution_engine, PolarsExecutionEngine):
            return _typed(metrics, self.column, [self.type_])
        return super()._validate(metrics, runtime_configuration, execution_engine)


class ExpectColumnValuesToBeInTypeList(in_list.ExpectColumnValuesToBeInTypeList):
    """The column has one of some types."""

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> Any:
        if isinstance(execution_engine, PolarsExecutionEngine):
            return _typed(metrics, self.column, self.type_list)
        return super()._validate(metrics, runtime_configuration, execution_engine)


def _typed(metrics: dict[str, Any], column: str, wanted: Any) -> dict[str, Any]:
    types = {each["name"]: each["type"] for each in metrics["table.column_types"]}
    success = wanted is None or not names_of(types[column]).isdisjoint(wanted)
    return {"success": success, "result": {"observed_value": str(types[column])}}


def names_of(dtype: pl.DataType) -> set[str]:
    """The names of a column type in polars, Python and numpy.

    Text is ``String``, ``str`` or ``object``; whole numbers are ``Int64``, ``int64`` or ``int``; a
    time with a zone is ``Timestamp``.
    """
    polars_name = str(dtype.base_type())
    numpy_name = {"String": "object", "Boolean": "bool_", "Datetime": "datetime64"}
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        return {str(dtype), polars_name, "Timestamp", "timestamp"}
    return {
        str(dtype),
        polars_name,
        dtype.to_python().__name__,
        numpy_name.get(polars_name, polars_name.lower()),
    }
