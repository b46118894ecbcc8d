# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""One run of a suite over parquet files, in a context that leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

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

from contracts.errors import HoeksteenError
from validation.engine.datasource import ParquetAsset, PolarsDatasource
from validation.engine.engine import PolarsExecutionEngine
from validation.engine.table import Each

_COUNTS_ALONE = {"partial_unexpected_count": 0, "result_format": "BASIC"}
"""Asks for no examples: no value of a cell may reach a verdict, a page or a log."""


class SuiteRun(NamedTuple):
    """What Great Expectations found, the engine that still holds the batch, and what was run."""

    result: ExpectationSuiteValidationResult
    engine: PolarsExecutionEngine
    checkpoint: gx.Checkpoint


class _UntilOneFails:
    """Does pieces of work until one fails, and no more after that.

    Great Expectations goes on after an error, and asks again for each of the metrics.
    """

    def __init__(self, each: Each) -> None:
        self._each = each
        self.failure: Exception | None = None

    def __call__(self, do: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        if self.failure:
            raise self.failure
        try:
            return list(self._each(do, items))
        except Exception as error:
            self.failure = error
            raise


def run_suite(
    suite: gx.ExpectationSuite, asset: ParquetAsset, now: datetime, each: Each = map
) -> SuiteRun:
    """Validates a table with a checkpoint that has no actions.

    An action knows only what Great Expectations found; our verdict, and what may be shown of it,
    need the quarantine too.

    Args:
        suite: what is expected of the table.
        asset: the table.
        now: when it is validated; Great Expectations looks at no clock of its own.
        each: calls a function for every plan.

    Raises:
        HoeksteenError: ``each`` raised it, as it could not have a piece of work done.
        RuntimeError: an expectation could not be computed. Its cause is what ``each`` raised;
            no other cause is given.
    """
    context = quiet_context()
    source = PolarsDatasource(name="candidates")
    context.add_datasource(datasource=source)
    engine = source.get_execution_engine()
    engine.each = worked = _UntilOneFails(each)
    log = source.add_asset(asset).add_batch_definition("whole")
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(name="gate", data=log, suite=context.suites.add(suite))
    )
    # it adds itself to the context when it is run; if added before, it would be read back from it
    checkpoint = gx.Checkpoint(
        name="gate", validation_definitions=[definition], result_format=_COUNTS_ALONE
    )
    run = RunIdentifier(run_name="gate", run_time=now)
    [result] = checkpoint.run(run_id=run).run_results.values()
    if isinstance(worked.failure, HoeksteenError):
        raise worked.failure
    _all_computed(result, worked.failure)
    return SuiteRun(result, engine, checkpoint)


def quiet_context() -> EphemeralDataContext:
    """A context that writes nothing, shows nothing and sends nothing."""
    nothing_on_disk = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
        analytics_enabled=False,
    )
    return gx.get_context(mode="ephemeral", project_config=nothing_on_disk)


def _all_computed(result: ExpectationSuiteValidationResult, failure: Exception | None) -> None:
    """Raises if an expectation failed with an error: Great Expectations would only go on."""
    failed = [each.expectation_config for each in result.results if not each.result]
    if failed:
        names = ", ".join(str(config and (config.meta or {}).get("rule")) for config in failed)
        raise RuntimeError(f"Great Expectations could not compute {names}.") from failure
