# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The engine answers as Great Expectations' own pandas engine does."""

from __future__ import annotations

import re
from pathlib import Path

import great_expectations as gx
import polars as pl
import pytest
from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.registry import get_expectation_impl
from great_expectations.expectations.row_conditions import Column

from tests.engines import by_polars
from tests.unit.validation.logs import NOW, SETTINGS, case, row, written
from validation.asked import Log
from validation.engine.comparable import matches
from validation.engine.datasource import FrameAsset, ParquetAsset, PolarsDatasource
from validation.engine.session import quiet_context, run_suite
from validation.quarantine import Count, mark
from validation.suites import event_log_suite

gxe = gx.expectations
LOG = Log(SETTINGS, NOW, NOW)


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
    suite = event_log_suite(LOG, LOG.columns)
    core = {"C01", "R01", "C02", "C03", "C04", "DQ03"}
    suite.expectations = [each for each in suite.expectations if each.meta["rule"] in core]
    ours = run_suite(suite, log(path), NOW).result
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
    ours = run_suite(gx.ExpectationSuite("ours", [rule]), log(path), NOW).result
    theirs = by_pandas(gx.ExpectationSuite("theirs", [rule.copy(update={"id": None})]), path)
    assert outcomes(ours) == outcomes(theirs)


def test_what_cannot_be_computed_is_no_verdict(tmp_path: Path) -> None:
    rule = gxe.ExpectColumnValuesToNotBeNull(column="absent", meta={"rule": "X01"})
    path = written(case("p"), tmp_path)
    with pytest.raises(RuntimeError, match="X01"):
        run_suite(gx.ExpectationSuite("suite", [rule]), log(path), NOW)


def test_great_expectations_counts_what_is_set_aside(tmp_path: Path) -> None:
    path = written([*BROKEN, *BROKEN], tmp_path)
    suite = event_log_suite(LOG, LOG.columns)
    result, engine, _ = run_suite(suite, log(path), NOW)
    batch, to = {"batch_id": str(result.batch_id)}, tmp_path / "q.parquet"
    scratch = tmp_path / "scratch"
    aside = mark(engine, batch, suite.expectations, to, 1, scratch, whole_cases=False)
    counted = {
        each.expectation_config.meta["rule"]: each.result["unexpected_count"]
        for each in result.results
        if "unexpected_count" in each.result
    }
    assert sum(count > 0 for count in counted.values()) >= 8
    assert counted == {rule: aside.by_rule.get(rule, Count()).rows for rule in counted}


TABLE = pl.DataFrame({"id": ["p", "q", "r", "s"], "a": [1, 5, 7, None], "b": [1, 6, 7, 8]})
BETWEEN = gxe.ExpectColumnValuesToBeBetween(column="a", max_value=4)
INDEXED = {"result_format": "COMPLETE", "unexpected_index_column_names": ["id"]}


def test_a_verdict_alone() -> None:
    found = by_polars(TABLE, BETWEEN, {"result_format": "BOOLEAN_ONLY"})

    assert (found.success, found.result) == (False, {})


def test_counts_without_examples() -> None:
    shape = {"result_format": "BASIC", "partial_unexpected_count": 0}
    result = by_polars(TABLE, BETWEEN, shape).result

    assert (result["unexpected_count"], result["missing_count"]) == (2, 1)
    assert result["partial_unexpected_list"] == []


@pytest.mark.parametrize(("most", "shown"), [(1, [5]), (5, [5, 7])])
def test_some_examples(most: int, shown: list[int]) -> None:
    shape = {"result_format": "SUMMARY", "partial_unexpected_count": most}
    result = by_polars(TABLE, BETWEEN, shape).result

    assert result["partial_unexpected_list"] == shown


@pytest.mark.parametrize(
    ("expectation", "where"),
    [
        (BETWEEN, [{"a": 5, "id": "q"}, {"a": 7, "id": "r"}]),
        (
            gxe.ExpectColumnPairValuesToBeEqual(
                column_A="a", column_B="b", ignore_row_if="either_value_is_missing"
            ),
            [{"a": 5, "b": 6, "id": "q"}],
        ),
        (
            gxe.ExpectSelectColumnValuesToBeUniqueWithinRecord(column_list=["a", "b"]),
            [{"a": 1, "b": 1, "id": "p"}, {"a": 7, "b": 7, "id": "r"}],
        ),
        (gxe.ExpectColumnValuesToBeDecreasing(column="b"), [
            {"b": 6, "id": "q"}, {"b": 7, "id": "r"}, {"b": 8, "id": "s"},
        ]),
    ],
)  # fmt: skip
def test_the_rows_that_break_a_rule(
    expectation: Expectation, where: list[dict[str, object]]
) -> None:
    found = raw(expectation, INDEXED).result

    assert found["unexpected_index_list"] == where
    assert (
        raw(expectation, {"result_format": "COMPLETE"}).result.get("unexpected_index_list") is None
    )


def test_whole_rows_that_break_a_rule() -> None:
    shape = {"result_format": "COMPLETE", "include_unexpected_rows": True}

    assert raw(BETWEEN, shape).result["unexpected_rows"] == [
        {"id": "q", "a": 5, "b": 6},
        {"id": "r", "a": 7, "b": 7},
    ]


def raw(expectation: Expectation, shape: dict[str, object]) -> ExpectationValidationResult:
    source = PolarsDatasource(name="p")
    quiet_context().add_datasource(datasource=source)
    table = source.add_asset(FrameAsset(name="t")).add_batch_definition("whole")
    return table.get_batch({"dataframe": TABLE.lazy()}).validate(expectation, result_format=shape)


def test_what_is_no_frame_is_refused() -> None:
    source = PolarsDatasource(name="p")
    quiet_context().add_datasource(datasource=source)
    table = source.add_asset(FrameAsset(name="t")).add_batch_definition("whole")

    with pytest.raises(TypeError, match="Give a polars frame"):
        table.get_batch({"dataframe": [1]})


@pytest.mark.parametrize(
    ("type_", "holds"),
    [("Int64", True), ("int64", True), ("int", True), ("String", False), ("float", False)],
)
def test_a_type_has_the_names_that_users_give_it(type_: str, *, holds: bool) -> None:
    rule = get_expectation_impl("expect_column_values_to_be_of_type")(column="a", type_=type_)

    assert by_polars(TABLE, rule).success is holds


@pytest.mark.filterwarnings("ignore:Possible (nested set|set intersection)")
@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("b$", "b\n"),
        ("b$", "bc"),
        (r"(?<=a)b", "ab"),
        (r"a|b$", "b\n"),
        (r"\$", "$"),
        ("é", "é"),
        ("[a&&b]", "&"),
        ("[x[a]", "["),
        ("[[a]]", "a"),
        (r"\<b\>", "b"),
        ("a*+a", "aa"),
    ],
)
def test_a_pattern_is_one_of_python(pattern: str, text: str) -> None:
    frame = pl.DataFrame({"t": [text]})

    found = frame.select(matches(pl.col("t"), pattern)).item()

    assert found == bool(re.search(pattern, text))
