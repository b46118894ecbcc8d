# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The engine answers as Great Expectations' own pandas engine does."""

from __future__ import annotations

from pathlib import Path

import great_expectations as gx
import polars as pl
import pytest
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.expectations.row_conditions import Column

from tests.unit.validation.logs import NOW, SETTINGS, case, row, written
from validation.engine.datasource import ParquetAsset
from validation.engine.session import run_suite
from validation.quarantine import Count, set_aside
from validation.suites import event_log_suite

gxe = gx.expectations


def outcomes(result: ExpectationSuiteValidationResult) -> dict[str, tuple[bool, object]]:
    def found(each: object) -> object:
        return each.result.get("unexpected_count", each.result.get("observed_value"))

    return {
        each.expectation_config.description: (each.success, found(each)) for each in result.results
    }


def log(path: Path) -> ParquetAsset:
    return ParquetAsset(name="log", paths=[str(path)], part_rows=100, scratch=str(path.parent))


def by_pandas(suite: gx.ExpectationSuite, path: Path) -> ExpectationSuiteValidationResult:
    asset = gx.get_context(mode="ephemeral").data_sources.add_pandas("p").add_dataframe_asset("a")
    frame = pl.read_parquet(path).to_pandas()
    batch = asset.add_batch_definition_whole_dataframe("b").get_batch({"dataframe": frame})
    return batch.validate(suite, result_format="BASIC")


BROKEN = [
    *case("p"),
    row(None, "work"),
    row("p", None),
    row("p", "work", None),
    row("p", "end", 24 * 31),
    row("p", "work", 1, started_at=NOW),
    row("p", "work", None, started_at=NOW),
]


# pandas warns of how Great Expectations' own engine reads times
@pytest.mark.filterwarnings("ignore:Series.values returning an ndarray")
@pytest.mark.parametrize("rows", [BROKEN, BROKEN[:3], BROKEN[:4] * 9])
def test_the_core_rules_of_the_suite(rows: list[dict[str, object]], tmp_path: Path) -> None:
    path = written(rows, tmp_path)
    suite = event_log_suite(SETTINGS, NOW)
    core = {"C01", "R01", "C02", "C03", "C04", "DQ03", "DQ23"}
    suite.expectations = [each for each in suite.expectations if each.meta["rule"] in core]
    ours, _ = run_suite(suite, log(path), NOW)
    assert outcomes(ours) == outcomes(by_pandas(event_log_suite_of(suite), path))


def event_log_suite_of(suite: gx.ExpectationSuite) -> gx.ExpectationSuite:
    """The same expectations, unknown to any context."""
    return gx.ExpectationSuite(
        "again", [each.copy(update={"id": None}) for each in suite.expectations]
    )


@pytest.mark.parametrize(
    "condition",
    [
        Column("activity") == "work",
        Column("activity") != "work",
        Column("activity").is_in(["work", "end"]),
        Column("activity").is_not_in(["work", "end"]),
        (Column("activity") == "work") & Column("case_id").is_not_null(),
        (Column("activity") == "end") | Column("activity").is_null(),
        Column("row") < 3,
        Column("row") >= 3,
    ],
    ids=str,
)
def test_row_conditions(condition: object, tmp_path: Path) -> None:
    path = written([*case("p"), row(None, "work")], tmp_path)
    rule = gxe.ExpectColumnValuesToNotBeNull(
        column="case_id", row_condition=condition, description="d"
    )
    ours, _ = run_suite(gx.ExpectationSuite("ours", [rule]), log(path), NOW)
    theirs = by_pandas(gx.ExpectationSuite("theirs", [rule.copy(update={"id": None})]), path)
    assert outcomes(ours) == outcomes(theirs)


def test_what_cannot_be_computed_is_no_verdict(tmp_path: Path) -> None:
    rule = gxe.ExpectColumnValuesToNotBeNull(column="absent", meta={"rule": "X01"})
    path = written(case("p"), tmp_path)
    with pytest.raises(RuntimeError, match="X01"):
        run_suite(gx.ExpectationSuite("suite", [rule]), log(path), NOW)


def test_great_expectations_counts_what_is_set_aside(tmp_path: Path) -> None:
    path = written([*BROKEN, *BROKEN], tmp_path)
    suite = event_log_suite(SETTINGS, NOW)
    result, engine = run_suite(suite, log(path), NOW)
    aside = set_aside(engine, str(result.batch_id), suite.expectations, tmp_path / "q.parquet")
    counted = {
        each.expectation_config.meta["rule"]: each.result["unexpected_count"]
        for each in result.results
        if "unexpected_count" in each.result
    }
    assert min(counted.values()) > 0
    assert counted == {rule: aside.by_rule.get(rule, Count()).rows for rule in counted}
