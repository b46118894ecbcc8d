# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""One run of a suite over parquet files, in a context that leaves nothing behind."""

from __future__ import annotations

from datetime import datetime

import great_expectations as gx
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.data_context.ephemeral_data_context import (
    EphemeralDataContext,
)
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)

from validation.engine.datasource import ParquetAsset, PolarsDatasource
from validation.engine.engine import PolarsExecutionEngine

_COUNTS_ALONE = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""No value of a cell may reach a verdict, a page or a log: of what is wrong no example is asked."""


def run_suite(
    suite: gx.ExpectationSuite, asset: ParquetAsset, now: datetime
) -> tuple[ExpectationSuiteValidationResult, PolarsExecutionEngine]:
    """Validates a table.

    Args:
        suite: what is expected of it.
        asset: the table.
        now: when it is validated; Great Expectations looks at no clock of its own.

    Returns:
        What Great Expectations found, and the engine that still holds the batch it names.

    Raises:
        RuntimeError: an expectation could not be computed, which is a defect of ours. The cause is
            left out, since it may hold values of cells.
    """
    context = quiet_context()
    source = PolarsDatasource(name="candidates")
    context.add_datasource(datasource=source)
    log = source.add_asset(asset).add_batch_definition("whole")
    stored = context.suites.add(suite)
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(name="gate", data=log, suite=stored)
    )
    run = RunIdentifier(run_name="gate", run_time=now)
    result = definition.run(run_id=run, result_format=_COUNTS_ALONE)
    _all_computed(result)
    return result, source.get_execution_engine()


def quiet_context() -> EphemeralDataContext:
    """A context that writes nothing, shows nothing and tells nobody."""
    nothing_on_disk = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
        analytics_enabled=False,
    )
    return gx.get_context(mode="ephemeral", project_config=nothing_on_disk)


def _all_computed(result: ExpectationSuiteValidationResult) -> None:
    """Great Expectations catches an expectation's error and goes on: a gate must not."""
    failed = [each.expectation_config for each in result.results if not each.result]
    if failed:
        names = ", ".join(str(config and (config.meta or {}).get("rule")) for config in failed)
        raise RuntimeError(f"Great Expectations could not compute {names}.")
