# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Great Expectations' own test definitions: where its pandas engine passes, so must ours."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import polars as pl
import pytest
from great_expectations.exceptions import ExpectationNotFoundError
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.registry import get_expectation_impl

from tests.engines import by_pandas, by_polars

# pandas and Great Expectations warn of what the definitions, of 2024, still do
pytestmark = [pytest.mark.real, pytest.mark.filterwarnings("ignore")]
TOLD = Path(__file__).parents[2] / "docs" / "gx-engine.md"
COLUMN_KEYS = ("column", "column_A", "column_B")
TYPED = "a column has values of several types"
TYPES = {"Int64Dtype": "Int64"}  # what is no name of a type for pandas


class Case(NamedTuple):
    """One of the definitions: data, what is expected of it, and the verdict by its makers."""

    name: str
    expectation: str
    data: Mapping[str, Any]
    types: Mapping[str, str]
    kwargs: Mapping[str, Any]
    shape: Mapping[str, Any]
    out: Mapping[str, Any]
    fails: bool
    why_not: str | None

    @property
    def columns(self) -> set[str]:
        """The columns that it asks of; none: it asks of the table."""
        names = [self.kwargs.get(key) for key in COLUMN_KEYS]
        return {name for name in (*names, *(self.kwargs.get("column_list") or ())) if name}


def cases(folder: Path) -> Iterator[Case]:
    for path in sorted(folder.glob("*/*.json")):
        document = json.loads(path.read_text("utf-8"))
        for n, dataset in enumerate(document["datasets"]):
            for test in dataset["tests"]:
                yield Case(
                    f"{path.stem}/{n}/{test['title']}",
                    document["expectation_type"],
                    dataset["data"],
                    (dataset.get("schemas") or {}).get("pandas", {}),
                    test["in"] if isinstance(test["in"], dict) else {},
                    test.get("result_format") or {"result_format": "COMPLETE"},
                    test["out"],
                    bool(test.get("error")),
                    _not_for_pandas(test),
                )


def _not_for_pandas(test: Mapping[str, Any]) -> str | None:
    if isinstance(test["in"], dict) and test["in"].get("condition_parser") == "pandas":
        return "its row condition is in the language of pandas"
    only, not_for = test.get("only_for") or ["pandas"], test.get("suppress_test_for") or []
    if not any(each.startswith("pandas") for each in only):
        return "only for another engine"
    if any(each.startswith("pandas") for each in not_for):
        return "not for the pandas engine"
    return None


def test_the_verdicts_are_those_of_its_makers(real_logs: Path) -> None:
    verdicts = Counter[str]()
    others = []
    for case in cases(real_logs.parent / "gx_cases"):
        why_not, other = compared(case)
        verdicts[why_not or "the same verdict"] += 1
        if other:
            others.append((case.name, other))

    print(*verdicts.most_common(), sep="\n")  # noqa: T201 - it is what -s is for
    assert others == []
    assert told() == dict(verdicts)


def compared(case: Case) -> tuple[str | None, str | None]:
    """Why a definition does not apply, and how the verdicts differ where it does."""
    expectation = case.why_not or made(case)
    if isinstance(expectation, str):
        return expectation, None
    frame = pandas_frame(case)
    theirs = by_pandas(frame, expectation, case.shape)
    passes = bool(theirs.raised) if case.fails else theirs.success == case.out.get("success")
    plan = polars_frame(frame, case.columns)
    if not passes or plan is None:
        return TYPED if passes else "the pandas engine of this version does not pass it", None
    ours = by_polars(plan, expectation, case.shape)
    if "column.partition" in ours.raised:
        return "the engine chooses no bins by itself", None
    if bool(ours.raised) == bool(theirs.raised) and ours.success == theirs.success:
        return None, None
    return None, f"{ours} where pandas says {theirs}"


def made(case: Case) -> Expectation | str:
    """The expectation, or why there is none."""
    try:
        kind = get_expectation_impl(case.expectation)
    except ExpectationNotFoundError:
        return "this version has no such expectation"
    kwargs = {
        k: v for k, v in case.kwargs.items() if k not in ("catch_exceptions", "result_format")
    }
    try:
        return kind(**kwargs)
    except (ValueError, TypeError):
        return "this version refuses its arguments"


def pandas_frame(case: Case) -> pd.DataFrame:
    frame = pd.DataFrame(dict(case.data))
    for column, name in case.types.items():
        if column in frame:
            is_time = "date" in name or name == "timestamp"
            values = frame[column]
            frame[column] = (
                pd.to_datetime(values) if is_time else values.astype(TYPES.get(name, name))
            )
    return frame


def polars_frame(frame: pd.DataFrame, columns: set[str]) -> pl.DataFrame | None:
    """The same table; without columns that nobody asks of where polars cannot hold them."""
    found = {}
    for column in frame:
        try:
            found[column] = pl.from_pandas(frame[[column]])[str(column)]
        except (TypeError, ValueError, pl.exceptions.PolarsError):
            if column in columns or not columns:
                return None
    return pl.DataFrame(found)


def told() -> dict[str, int]:
    """The counts that the documentation tells."""
    rows = re.findall(r"^\| (.+?) \| (\d+) \|$", TOLD.read_text("utf-8"), flags=re.MULTILINE)
    return {what: int(count) for what, count in rows}
