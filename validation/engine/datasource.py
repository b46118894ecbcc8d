# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Parquet files as a fluent data source of Great Expectations."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any, ClassVar, Literal, TypeVar

import polars as pl
from great_expectations.core.batch import LegacyBatchDefinition
from great_expectations.core.id_dict import BatchSpec, IDDict
from great_expectations.datasource.fluent.batch_request import BatchRequest
from great_expectations.datasource.fluent.interfaces import Batch, DataAsset, Datasource

from validation.engine import aggregates as _aggregates  # noqa: F401 - they register metrics
from validation.engine import column_rules as _column_rules  # noqa: F401
from validation.engine import expectations as _expectations  # noqa: F401
from validation.engine import record_rules as _record_rules  # noqa: F401
from validation.engine.engine import PolarsExecutionEngine
from validation.engine.table import Table, table_of

PART_ROWS = 8_000_000
"""How many rows are judged at once if a rule looks at all rows of a case."""


class _PlanAsset(DataAsset):  # type: ignore[type-arg]
    """A table as plans; its one batch is the whole table."""

    def test_connection(self) -> None:
        """Nothing to connect to."""

    def build_batch_request(
        self,
        options: Any = None,
        batch_slice: Any = None,  # noqa: ARG002
        partitioner: Any = None,  # noqa: ARG002
    ) -> BatchRequest[Any]:
        """The request for the only batch."""
        return BatchRequest(
            datasource_name=self.datasource.name, data_asset_name=self.name, options=options or {}
        )

    def _validate_batch_request(self, batch_request: BatchRequest[Any]) -> None:
        """Accepts every request: there is only one batch."""

    def get_batch_identifiers_list(self, batch_request: BatchRequest[Any]) -> list[dict[str, Any]]:
        """One batch, identified by the options of its request."""
        return [IDDict(batch_request.options)]

    def table(self, batch_request: BatchRequest[Any]) -> Table:
        """The table as plans."""
        raise NotImplementedError

    def get_batch(self, batch_request: BatchRequest[Any]) -> Batch:
        """The batch: the table as plans, of which nothing is read yet."""
        table = self.table(batch_request)
        spec = BatchSpec({"data_asset_name": self.name, "table": table})
        data, markers = self.datasource.get_execution_engine().get_batch_data_and_markers(spec)
        definition = LegacyBatchDefinition(
            datasource_name=self.datasource.name,
            data_connector_name="fluent",
            data_asset_name=self.name,
            batch_identifiers=IDDict(),
        )
        return Batch(
            datasource=self.datasource,
            data_asset=self,
            batch_request=batch_request,
            data=data,
            batch_markers=markers,
            batch_spec=spec,
            batch_definition=definition,
        )


class FrameAsset(_PlanAsset):
    """A plan or a frame that comes with each request: ``{"dataframe": ...}``."""

    type: Literal["polars_frame"] = "polars_frame"

    def get_batch_parameters_keys(self, partitioner: Any = None) -> tuple[str, ...]:  # noqa: ARG002
        """The option that must be given."""
        return ("dataframe",)

    def table(self, batch_request: BatchRequest[Any]) -> Table:
        """The plan that was given."""
        frame = (batch_request.options or {}).get("dataframe")
        if not isinstance(frame, pl.DataFrame | pl.LazyFrame):
            raise TypeError("Give a polars frame: {'dataframe': ...}.")
        return Table(frame.lazy())


class ParquetAsset(_PlanAsset):
    """Parquet files that together are one table."""

    type: Literal["parquet_plan"] = "parquet_plan"
    paths: list[str]
    part_rows: int
    scratch: str

    def get_batch_parameters_keys(self, partitioner: Any = None) -> tuple[str, ...]:  # noqa: ARG002
        """None: a batch is the whole table."""
        return ()

    def table(self, batch_request: BatchRequest[Any]) -> Table:  # noqa: ARG002
        """The files in parts of about ``part_rows`` rows; for that, only the rows are counted."""
        each = self.datasource.get_execution_engine().each
        return table_of(self.paths, self.part_rows, self.scratch, each)


Asset = TypeVar("Asset", bound=_PlanAsset)


class PolarsDatasource(Datasource):  # type: ignore[type-arg]
    """Tables that polars computes on."""

    asset_types: ClassVar[Sequence[builtins.type[DataAsset]]] = [ParquetAsset, FrameAsset]  # type: ignore[type-arg]
    type: Literal["polars"] = "polars"
    assets: list[ParquetAsset | FrameAsset] = []  # noqa: RUF012

    @property
    def execution_engine_type(self) -> builtins.type[PolarsExecutionEngine]:
        """The engine of this room."""
        return PolarsExecutionEngine

    def test_connection(self, test_assets: bool = True) -> None:  # noqa: FBT001, FBT002
        """Nothing to connect to."""

    def add_asset(self, asset: Asset) -> Asset:
        """Adds a table to the source."""
        # private: there is no public way to add an asset of a type of one's own (1.24.1)
        return self._add_asset(asset)  # type: ignore[no-any-return]
