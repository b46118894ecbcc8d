# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Random tables and expectations: the engine of polars says what that of pandas says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import great_expectations.expectations as gxe
import polars as pl
import pytest
from great_expectations.expectations.expectation import Expectation
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines import Answer, by_pandas, by_polars, in_parts

pytestmark = pytest.mark.filterwarnings("ignore")  # of pandas, on columns without a value
WHOLE = st.none() | st.integers(-3, 3)
BROKEN = st.none() | st.sampled_from([-1.5, -0.25, 0.0, 0.1, 1.0, 2.5, 1e6])
TEXTS = st.none() | st.sampled_from(["", "a", "ab", "b1", "B", "é", "a b", "12", "x\n"])


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """Whole numbers, others and texts; some missing, but never all of a column."""
    rows = draw(st.lists(st.tuples(WHOLE, WHOLE, BROKEN, TEXTS), min_size=1, max_size=12))
    rows.append((0, 1, 0.5, "a"))
    columns = {"i": pl.Int64, "j": pl.Int64, "f": pl.Float64, "t": pl.String}
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        slot=pl.int_range(pl.len(), dtype=pl.Int32)
    )


NUMBERS = st.integers(-3, 3)
BOUNDS = st.fixed_dictionaries(
    {"min_value": NUMBERS, "max_value": st.integers(3, 5), "strict_min": st.booleans()}
)
NUMERIC = st.sampled_from(["i", "f"])
ANY = st.sampled_from(["i", "f", "t"])
MOSTLY = st.sampled_from([1.0, 0.5])
PATTERNS = st.sampled_from(["a", "^a", "b$", "[0-9]+", r"\d", "^$", "a|b$", "(?=a)a", r"\s", "x$"])
SETS = st.lists(st.integers(-3, 3) | st.sampled_from([0.5, "a", "ab"]), min_size=1, max_size=4)
IGNORED = st.sampled_from(["both_values_are_missing", "either_value_is_missing", "neither"])
IGNORED_ALL = st.sampled_from(["all_values_are_missing", "any_value_is_missing", "never"])
LISTS = st.lists(st.sampled_from(["i", "j", "f"]), min_size=2, max_size=3, unique=True)


def built(kind: Callable[..., Expectation], **kwargs: Any) -> st.SearchStrategy[Expectation]:
    """Expectations of a kind; ``bounds`` are four arguments in one."""
    bounds = kwargs.pop("bounds", st.just({}))
    return st.builds(
        lambda edges, rest: kind(**edges, **rest), bounds, st.fixed_dictionaries(kwargs)
    )


RULES = {
    "between": built(
        gxe.ExpectColumnValuesToBeBetween, column=NUMERIC, bounds=BOUNDS, mostly=MOSTLY
    ),
    "in_set": built(gxe.ExpectColumnValuesToBeInSet, column=ANY, value_set=SETS, mostly=MOSTLY),
    "not_in_set": built(gxe.ExpectColumnValuesToNotBeInSet, column=ANY, value_set=SETS),
    "null": built(gxe.ExpectColumnValuesToBeNull, column=ANY, mostly=MOSTLY),
    "unique": built(gxe.ExpectColumnValuesToBeUnique, column=ANY),
    "increasing": built(
        gxe.ExpectColumnValuesToBeIncreasing, column=NUMERIC, strictly=st.booleans()
    ),
    "decreasing": built(gxe.ExpectColumnValuesToBeDecreasing, column=NUMERIC),
    "regex": built(gxe.ExpectColumnValuesToMatchRegex, column=st.just("t"), regex=PATTERNS),
    "not_regex": built(gxe.ExpectColumnValuesToNotMatchRegex, column=st.just("t"), regex=PATTERNS),
    "regex_list": built(
        gxe.ExpectColumnValuesToMatchRegexList,
        column=st.just("t"),
        regex_list=st.lists(PATTERNS, min_size=1, max_size=3),
        match_on=st.sampled_from(["any", "all"]),
    ),
    "not_regex_list": built(
        gxe.ExpectColumnValuesToNotMatchRegexList,
        column=st.just("t"),
        regex_list=st.lists(PATTERNS, min_size=1, max_size=3),
    ),
    "lengths": built(
        gxe.ExpectColumnValueLengthsToBeBetween,
        column=st.just("t"),
        min_value=st.integers(0, 2),
        max_value=st.integers(2, 3),
    ),
    "length": built(
        gxe.ExpectColumnValueLengthsToEqual, column=st.just("t"), value=st.integers(0, 2)
    ),
    "z_score": built(
        gxe.ExpectColumnValueZScoresToBeLessThan,
        column=NUMERIC,
        threshold=st.sampled_from([0.5, 1, 2]),
        double_sided=st.booleans(),
    ),
    "pair_greater": built(
        gxe.ExpectColumnPairValuesAToBeGreaterThanB,
        column_A=st.just("i"),
        column_B=st.sampled_from(["j", "f"]),
        or_equal=st.booleans(),
        ignore_row_if=st.just("either_value_is_missing"),
    ),
    "pair_equal": built(
        gxe.ExpectColumnPairValuesToBeEqual,
        column_A=st.just("i"),
        column_B=st.just("j"),
        ignore_row_if=IGNORED,
    ),
    "pair_in_set": built(
        gxe.ExpectColumnPairValuesToBeInSet,
        column_A=st.just("i"),
        column_B=st.just("j"),
        value_pairs_set=st.lists(st.tuples(NUMBERS, NUMBERS | st.none()), max_size=4),
        ignore_row_if=IGNORED,
    ),
    "compound": built(
        gxe.ExpectCompoundColumnsToBeUnique, column_list=LISTS, ignore_row_if=IGNORED_ALL
    ),
    "sum_of_columns": built(
        gxe.ExpectMulticolumnSumToEqual,
        column_list=LISTS,
        sum_total=NUMBERS,
        ignore_row_if=st.just("any_value_is_missing"),
    ),
    "within_record": built(
        gxe.ExpectSelectColumnValuesToBeUniqueWithinRecord,
        column_list=LISTS,
        ignore_row_if=IGNORED_ALL,
    ),
}

FIGURES = {
    "max": built(gxe.ExpectColumnMaxToBeBetween, column=NUMERIC, bounds=BOUNDS),
    "min": built(gxe.ExpectColumnMinToBeBetween, column=NUMERIC, bounds=BOUNDS),
    "mean": built(gxe.ExpectColumnMeanToBeBetween, column=NUMERIC, bounds=BOUNDS),
    "median": built(gxe.ExpectColumnMedianToBeBetween, column=NUMERIC, bounds=BOUNDS),
    "stdev": built(gxe.ExpectColumnStdevToBeBetween, column=NUMERIC, bounds=BOUNDS),
    "sum": built(gxe.ExpectColumnSumToBeBetween, column=NUMERIC, bounds=BOUNDS),
    "distinct": built(gxe.ExpectColumnUniqueValueCountToBeBetween, column=ANY, bounds=BOUNDS),
    "proportion": built(
        gxe.ExpectColumnProportionOfUniqueValuesToBeBetween,
        column=ANY,
        min_value=st.just(0.5),
    ),
    "there": built(
        gxe.ExpectColumnProportionOfNonNullValuesToBeBetween, column=ANY, min_value=st.just(0.5)
    ),
    "common": built(gxe.ExpectColumnMostCommonValueToBeInSet, column=NUMERIC, value_set=SETS),
    "distinct_in": built(gxe.ExpectColumnDistinctValuesToBeInSet, column=ANY, value_set=SETS),
    "distinct_has": built(gxe.ExpectColumnDistinctValuesToContainSet, column=ANY, value_set=SETS),
    "distinct_are": built(gxe.ExpectColumnDistinctValuesToEqualSet, column=ANY, value_set=SETS),
    "quantiles": built(
        gxe.ExpectColumnQuantileValuesToBeBetween,
        column=NUMERIC,
        quantile_ranges=st.just(
            {
                "quantiles": [0.1, 0.25, 0.5, 0.9],
                "value_ranges": [[-3, 0], [-3, 0], [-1, 1], [0, 3]],
            }
        ),
        allow_relative_error=st.sampled_from([False, "linear", "lower", "higher", "midpoint"]),
    ),
    "rows": built(gxe.ExpectTableRowCountToBeBetween, bounds=BOUNDS),
    "columns": built(gxe.ExpectTableColumnCountToEqual, value=st.integers(4, 6)),
}


@pytest.mark.parametrize("name", [*RULES, *FIGURES])
@given(data=st.data())
def test_both_engines_say_the_same(name: str, data: st.DataObject) -> None:
    table = data.draw(tables())
    expectation = data.draw((RULES | FIGURES)[name])
    # pandas has no missing whole numbers: it makes broken ones of them
    frame = table.to_pandas()

    assert alike(by_polars(pl.from_pandas(frame), expectation), by_pandas(frame, expectation))


@pytest.mark.parametrize("name", [name for name in (*RULES, *FIGURES) if "creasing" not in name])
@settings(max_examples=12)
@given(data=st.data())
def test_a_table_may_be_read_in_parts(name: str, data: st.DataObject) -> None:
    table = data.draw(tables()).with_columns(slot=pl.col("slot") * 4000)
    expectation = data.draw((RULES | FIGURES)[name])

    whole, parts = in_parts(table, expectation, 1000), in_parts(table, expectation, 2)

    assert alike(parts, whole)


def alike(ours: Answer, theirs: Answer) -> bool:
    """Whether two engines say the same; examples may be in another order."""
    if ours.raised or theirs.raised:
        return bool(ours.raised) == bool(theirs.raised)
    return ours.success == theirs.success and _unordered(ours.result) == _unordered(theirs.result)


def _unordered(result: Any) -> Any:
    """A result without the counts of examples: pandas counts each missing one apart."""
    return {
        key: sorted(map(str, value)) if key.endswith("_list") else value
        for key, value in result.items()
        if key != "partial_unexpected_counts"
    }
