# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The gate says of any log what reading it row by row in plain Python says."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from contracts.verdict import Verdict
from tests.builders import MONDAY
from tests.unit.validation.logs import NOW, SETTINGS, Row, row, written
from validation.gate import judge

HOURS = [None, 0, 1, 2, 13.5, 14, 15, 24 * 30, 24 * 31]  # the last but one is NOW
ROW_RULES = ("C02", "C03", "C04", "DQ03", "DQ18", "DQ23")
_NOT_SAID = {"source", "row", "slot", "is_day", "at_problem", "noticed"}


@st.composite
def candidates(draw: st.DrawFn) -> list[Row]:
    """Rows of few cases, activities and times, so that they collide; in any order."""
    some_row = st.builds(
        _row,
        case_id=st.sampled_from([None, "p", "q", "r"]),
        activity=st.sampled_from([None, "begin", "work", "end", "odd"]),
        hours=st.sampled_from(HOURS),
        started=st.sampled_from([None, None, 0, 2]),
        source=st.sampled_from(["a.csv", "b.csv"]),
        lifecycle=st.sampled_from(["complete", "start"]),
        resource=st.sampled_from([None, "someone"]),
    )
    rows = draw(st.lists(some_row, max_size=12))
    counters = {"a.csv": count(1), "b.csv": count(1)}
    numbered = [{**each, "row": next(counters[str(each["source"])])} for each in rows]
    return draw(st.permutations(numbered))


def _row(
    case_id: str | None,
    activity: str | None,
    hours: float | None,
    started: float | None,
    **more: object,
) -> Row:
    started_at = None if started is None else MONDAY + dt.timedelta(hours=started)
    return row(case_id, activity, hours, started_at=started_at, is_day=hours == 14, **more)


def judged(rows: Sequence[Row], part_rows: int) -> tuple[Verdict, list[dict[str, Any]]]:
    with TemporaryDirectory() as folder:
        out = Path(folder)
        log = written(rows, out)
        verdict = judge([log], SETTINGS, NOW, out, part_rows=part_rows, pages=False)
        quarantine = pl.read_parquet(out / "quarantine.parquet").sort("source", "row")
        return verdict, quarantine.to_dicts()


parts = st.sampled_from([2, 100])


@given(candidates(), parts)
def test_the_gate_says_what_reading_row_by_row_says(rows: list[Row], part_rows: int) -> None:
    verdict, quarantine = judged(rows, part_rows)
    assert quarantine == [
        {"source": each["source"], "row": each["row"], "case_id": each["case_id"], "reasons": why}
        for each, why in reasons(rows)
        if why
    ]
    expected = {"C01": (True, 0, 0), **by_rows(rows), **by_log(rows)}
    rows_of = {rule.id: rule.rows for rule in verdict.rules if rule.id in ROW_RULES}
    assert rows_of == {rule: expected[rule][1] for rule in ROW_RULES}
    found = {rule.id: (rule.success, rule.cases) for rule in verdict.rules}
    assert {rule: found[rule] for rule in expected} == {
        rule: (holds, cases) for rule, (holds, _, cases) in expected.items()
    }
    assert verdict.success == passes(rows)
    held = (verdict.quarantined_rows, verdict.quarantined_cases)
    assert held == (len(quarantine), cases(quarantine))


def reasons(rows: Iterable[Row]) -> list[tuple[Row, list[str]]]:
    """Every row in order of its source, with the row rules it breaks."""
    seen, told = set(), []
    for each in sorted(rows, key=lambda each: (each["source"], each["row"])):
        at, started = each["at"], each["started_at"]
        said = tuple(sorted((key, value) for key, value in each.items() if key not in _NOT_SAID))
        broken = {
            "C02": each["case_id"] is None,
            "C03": each["activity"] is None,
            "C04": at is None,
            "DQ03": at is not None and at > NOW,
            "DQ18": is_event(each) and said in seen,
            "DQ23": None not in (at, started) and not in_order(started, at, each["is_day"]),
        }
        seen.add(said)
        told.append((each, [rule for rule, fails in broken.items() if fails]))
    return told


def is_event(each: Row) -> bool:
    return None not in (each["case_id"], each["activity"], each["at"])


def by_rows(rows: Sequence[Row]) -> dict[str, tuple[bool, int, int]]:
    told = reasons(rows)
    held = {rule: [each for each, why in told if rule in why] for rule in ROW_RULES}
    return {rule: (not broken, len(broken), cases(broken)) for rule, broken in held.items()}


def by_log(rows: Sequence[Row]) -> dict[str, tuple[bool, int, int]]:
    happened = [each for each in rows if is_event(each) and each["at"] <= NOW]
    names = {each["activity"] for each in happened}
    completed = {each["activity"] for each in happened if each["lifecycle"] == "complete"}
    told = [each for each, why in reasons(rows) if "DQ18" not in why and each in happened]
    cut_off = sum(not begins_well(case) for case in by_case(happened))
    unknown = sum(order_unknown(case) for case in by_case(told))
    return {
        "R01": (bool(rows), 0, 0),
        "E01": ("end" in completed, 0, 0),
        "E02": ({"begin", "work", "end"} <= names, 0, 0),
        "DQ21": (not cut_off, 0, cut_off),
        "O01": (not unknown, 0, unknown),
    }


def passes(rows: Sequence[Row]) -> bool:
    told, log = by_rows(rows), by_log(rows)
    tolerated = all(20 * told[rule][1] <= len(rows) for rule in ("C02", "C03", "C04"))
    aside = sum(bool(why) for _, why in reasons(rows))
    return bool(rows) and log["E01"][0] and tolerated and 2 * aside <= len(rows)


def cases(rows: Iterable[Row]) -> int:
    return len({each["case_id"] for each in rows} - {None})


def by_case(rows: Iterable[Row]) -> list[list[Any]]:
    found = defaultdict(list)
    for each in rows:
        found[each["case_id"]].append(each)
    return list(found.values())


def in_order(first: Any, then: Any, is_day: object) -> bool:
    return first <= then or (bool(is_day) and day_of(first) <= day_of(then))


def is_date(each: Any) -> bool:
    return bool(each["is_day"]) and each["at"].astimezone(SETTINGS.zone).time() == dt.time()


def day_of(at: Any) -> dt.date:
    return at.astimezone(SETTINGS.zone).date()


def begins_well(case: list[Any]) -> bool:
    first = min(each["at"] for each in case)
    on_first_day = [each for each in case if day_of(each["at"]) == day_of(first)]
    is_dated = any(each["is_day"] for each in on_first_day)
    firsts = on_first_day if is_dated else [each for each in case if each["at"] == first]
    return any(each["activity"] == "begin" for each in firsts)


def order_unknown(case: list[Any]) -> bool:
    by_source = defaultdict(list)
    for each in case:
        by_source[each["source"]].append(each)
    back = {
        source
        for source, told in by_source.items()
        if any(
            not in_order(a["at"], b["at"], is_date(b)) for n, b in enumerate(told) for a in told[:n]
        )
    }
    pairs = [(a, b) for n, a in enumerate(case) for b in case[:n] if tie(a, b)]
    return any(a["source"] != b["source"] or a["source"] in back for a, b in pairs)


def tie(a: Any, b: Any) -> bool:
    days = [day_of(each["at"]) for each in (a, b)]
    return a["at"] == b["at"] or (days[0] == days[1] and (a["is_day"] or b["is_day"]))
