# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Every rule can hold and can fail: one log each, and what the verdict says of it."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import polars as pl
import pytest

from contracts.rules import rule_table
from contracts.verdict import RuleResult
from tests.builders import MONDAY
from tests.unit.validation.logs import NOW, SETTINGS, Row, case, judged_by, row, table, written
from validation.gate import judge
from validation.lookup import alike

GOOD = [*case("p"), *case("q", 5), *case("r", 9)]
LATE = 24 * 31
MIDNIGHT = 14  # Tuesday 00:00 in Amsterdam


def day(case_id: str, activity: str, hours: float = MIDNIGHT) -> Row:
    return row(case_id, activity, hours, is_day=True)


FAILING: dict[str, tuple[list[Row], str, int, int]] = {
    "R01": ([], "critical", 0, 0),
    "C02": ([*GOOD, row(None, "work")], "critical", 1, 0),
    "C03": ([*GOOD, row("p", None)], "critical", 1, 1),
    "C04": ([*GOOD, row("p", "work", None)], "critical", 1, 1),
    "DQ03": ([*GOOD, row("p", "work", LATE), row("q", "end", LATE)], "warning", 2, 2),
    "DQ18": ([*GOOD, *case("p"), row("q", "begin", 5)], "warning", 4, 2),
    "DQ23": (
        [*GOOD, row("p", "work", 4, started_at=MONDAY + dt.timedelta(hours=5))],
        "warning",
        1,
        1,
    ),
    "E01": ([row("p", "begin"), row("p", "work", 1)], "critical", 0, 0),
    "E02": ([row("p", "begin"), row("p", "end", 1)], "info", 0, 0),
    "DQ21": ([*GOOD, row("s", "work"), row("s", "begin", 1)], "info", 1, 1),
    "O01": ([*GOOD, row("s", "begin", 2), row("s", "work"), row("s", "end")], "info", 3, 1),
}


def rule(found: str, rows: list[Row], folder: Path) -> RuleResult:
    return judged_by(found, written(rows, folder), SETTINGS, folder)


def test_a_good_log_meets_every_rule(tmp_path: Path) -> None:
    verdict = judge([written(GOOD, tmp_path)], SETTINGS, NOW, tmp_path)
    assert verdict.success
    assert verdict.failed == ()
    assert {each.id for each in verdict.rules} >= {*FAILING, "C01"}
    assert (verdict.rows, verdict.quarantined_rows, verdict.quarantined_cases) == (9, 0, 0)


@pytest.mark.parametrize("found", FAILING)
def test_a_rule_fails(found: str, tmp_path: Path) -> None:
    rows, severity, broken, cases = FAILING[found]
    result = rule(found, rows, tmp_path)
    assert (result.success, result.severity) == (False, severity)
    assert (result.rows, result.cases) == (broken, cases)


@pytest.mark.parametrize(("good", "passes"), [(19, True), (18, False)])
@pytest.mark.parametrize("broken", [row(None, "work"), row("p", None), row("p", "work", None)])
def test_one_row_in_twenty_is_tolerated(
    good: int, *, passes: bool, broken: Row, tmp_path: Path
) -> None:
    rows = [*case("p"), *(row("p", "work", 3 + n) for n in range(good - 3)), broken]
    verdict = judge([written(rows, tmp_path)], SETTINGS, NOW, tmp_path)
    assert verdict.success is passes
    assert [each.severity for each in verdict.failed] == ["warning" if passes else "critical"]
    assert verdict.quarantined_rows == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda log: log.drop("lifecycle"), "Missing columns: lifecycle."),
        (lambda log: log.drop("case:region"), "Missing columns: case:region."),
        (lambda log: log.with_columns(bsn=pl.lit("1")), "Unexpected columns: bsn."),
    ],
)
def test_a_table_of_other_columns_stops(change, said: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.parquet"
    change(table(GOOD)).write_parquet(path)
    verdict = judge([path], SETTINGS, NOW, tmp_path)
    assert not verdict.success
    assert verdict.failed[0].id == "C01"
    assert verdict.failed[0].found.endswith(said)


@pytest.mark.parametrize(
    ("rows", "known"),
    [
        pytest.param([row("p", "b", 1), row("p", "a")], True, id="times alone give the order"),
        pytest.param([row("p", "a"), row("p", "b")], True, id="a tie in order of time"),
        pytest.param(
            [row("p", "c", 1), row("p", "a"), row("p", "b")], False, id="a tie, not in order"
        ),
        pytest.param([row("p", "a", 16), day("p", "b")], True, id="a date after an hour of it"),
        pytest.param([day("p", "a"), row("p", "b", 16)], True, id="a date before an hour of it"),
        pytest.param(
            [row("p", "a", 16), day("p", "b"), row("p", "c", 15)], False, id="hours not in order"
        ),
        pytest.param([day("p", "b"), row("p", "a", 13.5)], True, id="the day before, here"),
        pytest.param(
            [row("p", "a", 1), row("p", "b"), row("p", "b")], True, id="said twice, no tie"
        ),
        pytest.param(
            [row("p", "a"), row("p", "b", 1), row("p", "a")], True, id="said twice, later"
        ),
        pytest.param(
            [row("p", "a"), row("p", "c"), row("p", "b", 1), row("p", "a")],
            True,
            id="a tie in order of time, said twice later",
        ),
        pytest.param(
            [row("p", "c", 1, source="z.csv"), row("p", "a"), row("p", "b")],
            True,
            id="sources stand in order of name",
        ),
        pytest.param([row("p", "c", 1), row("p", "a"), row("q", "a")], True, id="another case"),
        pytest.param(
            [
                row("p", "c", 9, source="f.csv"),
                row("p", "a", source="j.csv"),
                row("p", "b", source="j.csv"),
            ],
            True,
            id="names of files are not in order of time",
        ),
        pytest.param(
            [row("p", "a"), row("p", "b", source="z.csv")], False, id="a tie between two sources"
        ),
        pytest.param(
            [row("p", "a", 16), day("p", "b") | {"source": "a.csv"}],
            False,
            id="a date in another source",
        ),
        pytest.param(
            [
                row("p", "a"),
                row("p", "b"),
                row("p", "c", 2, source="z.csv"),
                row("p", "d", 1, source="z.csv"),
            ],
            True,
            id="the tie is not in the source that is out of order",
        ),
        pytest.param(
            [row("p", "b", 1), row("p", "a"), row("p", "c", 0.5, source="z.csv")],
            True,
            id="out of order, but no tie",
        ),
        pytest.param(
            [row("p", "a"), row("p", "a", source="z.csv")], True, id="said twice, by two sources"
        ),
    ],
)
def test_the_order_of_a_case(rows: list[Row], *, known: bool, tmp_path: Path) -> None:
    assert rule("O01", rows, tmp_path).success is known


@pytest.mark.parametrize(
    ("rows", "proper"),
    [
        ([row("p", "work"), row("p", "begin")], True),
        ([row("p", "work", 1), row("p", "begin")], True),
        ([row("p", "work"), row("p", "begin", 1)], False),
        ([row("p", "work", None), row("p", "begin", 1)], True),
        ([row("p", "work", LATE)], True),
    ],
)
def test_how_a_case_begins(rows: list[Row], *, proper: bool, tmp_path: Path) -> None:
    assert rule("DQ21", rows, tmp_path).success is proper


def test_without_a_configured_start_nothing_is_asked_of_it(tmp_path: Path) -> None:
    settings = SETTINGS.model_copy(
        update={"journey": SETTINGS.journey.model_copy(update={"start": ()})}
    )
    verdict = judge([written(GOOD, tmp_path)], settings, NOW, tmp_path)
    assert "DQ21" not in {each.id for each in verdict.rules}


def test_a_missing_end_is_told_with_what_it_may_be_called(tmp_path: Path) -> None:
    names = ("begin", "END ", "something else")
    rows = [row(f"p{n}", name) for n in range(10) for name in names]
    what = rule("E01", rows, tmp_path).found
    assert "'end' does not occur (the log has 'END ')." in what
    assert "something else" not in what


@pytest.mark.parametrize(("cases", "told"), [(9, []), (10, ["end 0"])])
def test_a_name_of_few_cases_is_not_told(cases: int, told: list[str], tmp_path: Path) -> None:
    rows = [row(f"p{n}", "end 0", hours) for n in range(cases) for hours in range(2)]
    assert re.findall(r"end \d", rule("E01", rows, tmp_path).found) == told


def test_at_most_five_names_are_told(tmp_path: Path) -> None:
    names = [f"{word} {n}" for word in ("begin", "work", "end") for n in range(9)]
    rows = [row(f"p{n}", name) for n in range(10) for name in names]
    assert len(re.findall(r"(?:begin|work|end) \d", rule("E02", rows, tmp_path).found)) == 5


@pytest.mark.parametrize(("lifecycle", "occurs"), [("complete", True), ("start", False)])
def test_work_in_progress_ends_no_case(lifecycle: str, *, occurs: bool, tmp_path: Path) -> None:
    rows = [row(f"p{n}", "end", lifecycle=lifecycle) for n in range(10)]
    found = rule("E01", rows, tmp_path)
    assert found.success is occurs
    assert ("'end' occurs, but not as work that was completed" in found.found) is not occurs


def test_a_name_in_two_spellings_occurs_in_both() -> None:
    rows = [{"case_id": str(n), "activity": name} for n in range(10) for name in ("End", "end")]
    assert " does not occur" not in alike(["End", "end"], [pl.LazyFrame(rows)], 10)


def test_a_rule_says_which_steps_it_names(tmp_path: Path) -> None:
    rows = [row("p", "begin"), row("p", "end", 5)]

    assert {name: rule(name, rows, tmp_path).names for name in ("E01", "DQ08")} == {
        "E01": ("end",),
        "DQ08": (),
    }


AS_OF = MONDAY + dt.timedelta(hours=4)


@pytest.mark.parametrize(
    ("found", "later"),
    [
        ("E01", [row("s", "begin"), row("s", "work", 1), row("s", "end", 5)]),
        ("E02", [row("s", "begin"), row("s", "end", 1), row("s", "work", 5)]),
    ],
)
def test_what_occurs_after_the_as_of_does_not_count(
    found: str, later: list[Row], tmp_path: Path
) -> None:
    path = written(later, tmp_path)
    met = [
        judged_by(found, path, SETTINGS, tmp_path, as_of=as_of).success for as_of in (NOW, AS_OF)
    ]
    assert met == [True, False]


@pytest.mark.parametrize(
    ("found", "later", "success"),
    [
        ("DQ21", [*case("p"), row("s", "work", 5)], True),
        ("O01", [*case("p"), row("s", "c", 9), row("s", "a", 5), row("s", "b", 5)], True),
        ("DQ03", [*case("p"), row("p", "work", 5)], True),
        ("DQ03", [*case("p"), row("p", "work", LATE)], False),
    ],
)
def test_what_is_wrong_after_the_as_of_is_not_judged_but_the_future_is(
    found: str, later: list[Row], *, success: bool, tmp_path: Path
) -> None:
    path = written(later, tmp_path)
    assert judged_by(found, path, SETTINGS, tmp_path, as_of=AS_OF).success is success


def test_an_as_of_in_the_future_is_now(tmp_path: Path) -> None:
    path = written([row("p", "begin"), row("p", "work"), row("p", "end", LATE)], tmp_path)
    later = NOW + dt.timedelta(days=99)
    verdict = judge([path], SETTINGS, NOW, tmp_path, as_of=later)
    assert "E01" in {each.id for each in verdict.failed}


def test_what_a_rule_asks_is_a_sentence() -> None:
    said = [rule.sentence(["a", "b"]) for rule in rule_table().values()]
    words = [text for each in said for text in (each.nl, each.en)]
    assert len(words) == 2 * len(rule_table())
    assert [text for text in words if not re.fullmatch(r"[A-Z][^{}]* [^{}]*\.", text)] == []


@pytest.mark.parametrize("asked", ["region", "case:region"])
def test_an_attribute_may_be_asked_for_by_either_name(asked: str, tmp_path: Path) -> None:
    source = SETTINGS.sources[0].model_copy(update={"case_attributes": (asked,)})
    settings = SETTINGS.model_copy(update={"sources": (source,)})
    assert judge([written(GOOD, tmp_path)], settings, NOW, tmp_path).success


def test_now_is_not_the_future(tmp_path: Path) -> None:
    assert rule("DQ03", [row("p", "end", 24 * 30)], tmp_path).success


def test_a_future_end_ends_nothing(tmp_path: Path) -> None:
    rows = [row("p", "begin"), row("p", "work", 1), row("p", "end", LATE)]
    assert not rule("E01", rows, tmp_path).success
