# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is told of the defects is what somebody who looks for them in the log finds."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from simulation.recording.defect_records import DEFECTS, fingerprint, records, rows_hash, tally
from simulation.recording.defects import Whole, damage
from simulation.recording.log import CASES, EVENTS, EXTENSIONS, SUSPENSIONS, Part
from simulation.walking.draws import Draws

ZONE = ZoneInfo("Europe/Amsterdam")
OPENS = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
CLOSES = dt.datetime(2026, 6, 30, 21, 59, 59, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MANY = 6000
STEPS = ("apply", "register", "check", "ask", "answer", "assess", "decide", "pay", "survey")
ENDS = frozenset({"decide", "pay", "withdraw"})
NUMBERS = np.cumsum(np.random.default_rng(3).integers(1, 4, MANY)).tolist()
WHOLE = Whole(NUMBERS, ENDS, CLOSES)
DRAWS = Draws(11)

Row = dict[str, Any]
Place = tuple[str, int | None]


@cache
def log() -> Part:
    """Cases of up to nine steps, some with two that end them, some with one more after that."""
    random = np.random.default_rng(5)
    cases: list[Row] = []
    events: list[Row] = []
    for case in NUMBERS:
        rows = list(_steps_of(case, random))
        ended = [row["at"] for row in rows if row["step"] in ENDS]
        case_row = {"case": case, "case_id": f"ZAAK-2025-{case:07}", "began_at": rows[0]["at"]}
        ends = {"decided_at": None, "ended_at": ended[-1] if ended else None, "version": 1}
        cases.append({**case_row, **ends, "region": "Noord" if case % 2 else "Zuid"})
        events += rows
    case_schema = pl.Schema({**CASES, "region": pl.String})
    return Part(
        pl.DataFrame(cases, case_schema),
        pl.DataFrame(events, EVENTS),
        SUSPENSIONS.to_frame(),
        EXTENSIONS.to_frame(),
    )


def _steps_of(case: int, random: np.random.Generator) -> Iterator[Row]:
    at = OPENS + int(random.integers(0, 500 * 86_400)) * dt.timedelta(seconds=1)
    short = (*STEPS[: random.integers(0, 5)], "withdraw")
    steps = STEPS[: random.integers(7, 10)] if random.random() < 0.8 else short
    for number, step in enumerate(steps):
        worked = int(random.integers(60, 7200)) * dt.timedelta(seconds=1)
        if random.random() < 0.05:
            worked *= 100
        if number and step != "register":  # which comes in the same second
            at += dt.timedelta(seconds=int(random.exponential(12 * 86_400))) + worked
        if at > CLOSES:
            return
        yield {
            "case": case,
            "number": number,
            "step": step,
            "activity": step.title(),
            "at": at,
            "started_at": at - worked if number % 3 else None,
            "recorded_at": min(at + dt.timedelta(minutes=int(random.integers(0, 60))), CLOSES),
            "actor": "agency",
            "team": "A",
        }


@cache
def damaged() -> tuple[Part, pl.DataFrame]:
    return damage(log(), DRAWS, WHOLE)


def in_parts(*bounds: int) -> list[tuple[Part, pl.DataFrame]]:
    """The log cut before some cases, each part damaged by itself."""
    edges = [0, *bounds, 10 * MANY]
    return [
        damage(
            Part(*(frame.filter(pl.col("case").is_between(low, high, "left")) for frame in log())),
            DRAWS,
            WHOLE,
        )
        for low, high in pairwise(edges)
    ]


@cache
def seen() -> list[tuple[Row, list[Row]]]:
    """Every case of the damaged log with its rows."""
    part, _ = damaged()
    rows = {
        case: list(rows)
        for case, rows in groupby(part.events.iter_rows(named=True), itemgetter("case"))
    }
    return [(case, rows.get(case["case"], [])) for case in part.cases.iter_rows(named=True)]


def told(defect: str) -> set[Place]:
    _, touched = damaged()
    return set(touched.filter(defect=defect).select("case_id", "number").iter_rows())


# What a validator would find, by name: rows by themselves, then cases.


def is_late(row: Row, _: Row | None) -> bool:
    return row["recorded_at"] - row["at"] > 5 * DAY


def is_repeated(row: Row, before: Row | None) -> bool:
    return before is not None and {**row, "number": 0} == {**before, "number": 0}


def is_swapped(row: Row, _: Row | None) -> bool:
    return row["started_at"] is not None and row["started_at"] > row["at"]


def is_noted(row: Row, _: Row | None) -> bool:
    return "999990342" in (row["note"] or "")


def is_batch(_: Row, rows: list[Row]) -> bool:
    return max(Counter(row["at"] for row in rows).values()) >= 3


def is_unended(case: Row, rows: list[Row]) -> bool:
    """Nothing ended it when it ended; a file in UTC is two hours early at most."""
    ended_at = case["ended_at"]
    return ended_at is not None and not any(
        row["step"] in ENDS and row["at"] >= ended_at - 2 * HOUR for row in rows
    )


def is_reopened(_: Row, rows: list[Row]) -> bool:
    return max(Counter(row["step"] for row in rows if row["step"] in ENDS).values(), default=0) > 1


ROW_RULES = {"late": is_late, "repeated": is_repeated, "swapped": is_swapped, "noted": is_noted}
CASE_RULES = {"batch": is_batch, "unended": is_unended, "reopened": is_reopened}


def found(defect: str) -> set[Place]:
    if defect in CASE_RULES:
        return {(case["case_id"], None) for case, rows in seen() if CASE_RULES[defect](case, rows)}
    return {
        (case["case_id"], row["number"])
        for case, rows in seen()
        for before, row in zip([None, *rows], rows, strict=False)
        if ROW_RULES[defect](row, before)
    }


@pytest.mark.parametrize("defect", [*ROW_RULES, *CASE_RULES])
def test_what_is_told_is_what_is_found(defect: str) -> None:
    _, touched = damaged()
    record = records([tally(touched)])[list(DEFECTS).index(defect)]

    assert found(defect) == told(defect)
    assert record["count"] == len(found(defect))
    assert record["rows_hash"] == rows_hash([fingerprint(found(defect))])


@pytest.mark.parametrize("defect", [*ROW_RULES, *CASE_RULES])
def test_there_is_nothing_to_find_before(defect: str) -> None:
    rows = {c: list(r) for c, r in groupby(log().events.iter_rows(named=True), itemgetter("case"))}
    for case in log().cases.iter_rows(named=True):
        of_case = rows[case["case"]]
        if defect in CASE_RULES:
            assert not CASE_RULES[defect](case, of_case)
        else:
            pairs = zip([None, *of_case], of_case, strict=False)
            assert not any(ROW_RULES[defect](row, before) for before, row in pairs)


def is_near(count: int, rate: float, of: int) -> bool:
    """Within three and a half standard deviations of a binomial."""
    return abs(count - rate * of) < 3.5 * math.sqrt(of * rate * (1 - rate))


def events_by_case() -> Iterator[list[Row]]:
    noted = set(WHOLE.noted())
    for case, rows in groupby(log().events.iter_rows(named=True), itemgetter("case")):
        if case not in noted:
            yield list(rows)


def could_be_late() -> int:
    return sum(row["at"] + 30 * DAY <= CLOSES for rows in events_by_case() for row in rows)


def could_be_repeated() -> int:
    return sum(
        row["step"] not in ENDS and [other["at"] for other in rows].count(row["at"]) == 1
        for rows in events_by_case()
        for row in rows
    )


def could_be_swapped() -> int:
    return sum(
        row["started_at"] is not None
        and before["at"] < row["started_at"] < row["at"]
        and row["recorded_at"] - row["started_at"] < 4 * DAY
        and row["at"] != ended_at(rows)
        for rows in events_by_case()
        for before, row in pairwise(rows)
    )


def ended_at(rows: list[Row]) -> dt.datetime | None:
    return max((row["at"] for row in rows if row["step"] in ENDS), default=None)


def has_clear_end(rows: list[Row]) -> bool:
    ends = [row["at"] for row in rows if row["step"] in ENDS]
    return len(rows) > 1 and len([at for at in ends if at > max(ends) - 2 * DAY]) == 1


def five_oclock(at: dt.datetime) -> dt.datetime:
    local = at.astimezone(ZONE)
    batch = local.replace(hour=17, minute=0, second=0)
    return batch if batch >= local else batch + DAY


def could_be_batch() -> int:
    return sum(
        any(
            ENDS.isdisjoint(row["step"] for row in rows[i : i + 3])
            and five_oclock(rows[i + 2]["at"]) <= (rows[i + 3]["at"] if rows[i + 3 :] else CLOSES)
            for i in range(len(rows) - 2)
        )
        for rows in events_by_case()
    )


def could_be_unended() -> int:
    return sum(map(has_clear_end, events_by_case()))


def could_be_reopened() -> int:
    return sum(
        has_clear_end(rows)
        and rows[-1]["step"] in ENDS
        and rows[-1]["recorded_at"] + 14 * DAY <= CLOSES
        for rows in events_by_case()
    )


@pytest.mark.parametrize(
    ("defect", "could"),
    [
        ("late", could_be_late),
        ("repeated", could_be_repeated),
        ("swapped", could_be_swapped),
        ("batch", could_be_batch),
        ("unended", could_be_unended),
        ("reopened", could_be_reopened),
    ],
)
def test_a_defect_is_as_frequent_as_its_rate(defect: str, could: Callable[[], int]) -> None:
    assert is_near(len(told(defect)), DEFECTS[defect].rate, could())


@pytest.mark.parametrize("cuts", [(4000,), (1, 2, 3, 500, 9000), tuple(range(100, 12_000, 700))])
def test_a_log_can_be_cut_anywhere(cuts: tuple[int, ...]) -> None:
    (whole, touched), parts = damaged(), in_parts(*cuts)

    for name in Part._fields:
        cut = pl.concat([getattr(part, name) for part, _ in parts])
        assert cut.equals(getattr(whole, name))
    assert (
        pl.concat([told for _, told in parts])
        .sort(touched.columns)
        .equals(touched.sort(touched.columns))
    )
    assert records(tally(told) for _, told in reversed(parts)) == records([tally(touched)])


def test_another_seed_damages_other_rows() -> None:
    (_, touched), (_, again) = damaged(), damage(log(), Draws(11), WHOLE)
    _, other = damage(log(), Draws(12), WHOLE)

    assert again.equals(touched)
    assert records([tally(other)])[0]["rows_hash"] != records([tally(touched)])[0]["rows_hash"]


def test_the_log_keeps_its_shape() -> None:
    part, _ = damaged()
    numbers = part.events.group_by("case", maintain_order=True).agg("number")["number"].to_list()

    assert part.events.schema == EVENTS
    assert part.cases.schema == log().cases.schema
    assert part.events["case"].is_sorted()
    assert part.events["case"].n_unique() == MANY
    assert all(of_case == list(range(len(of_case))) for of_case in numbers)
    assert part.events.filter(pl.col("at").diff().over("case") < dt.timedelta()).is_empty()
    assert part.events.select(pl.max_horizontal("at", "recorded_at").max()).item() <= CLOSES


def test_the_register_tells_of_the_last_end() -> None:
    in_utc = {case_id for case_id, _ in told("utc")}
    odd = {place[0] for place in told("unended") | told("swapped")} | in_utc
    for case, rows in seen():
        if case["case_id"] not in odd:
            assert case["ended_at"] == max(
                (r["at"] for r in rows if r["step"] in ENDS), default=None
            )


def test_all_else_is_as_it_was() -> None:
    in_utc = {case_id for case_id, _ in told("utc")}
    before = {
        c: list(r) for c, r in groupby(log().events.iter_rows(named=True), itemgetter("case"))
    }
    marks = {place: name for name in DEFECTS if name != "utc" for place in told(name)}
    for case, rows in seen():
        if case["case_id"] not in in_utc:
            assert (
                mended(case["case_id"], rows, before[case["case"]], marks) == before[case["case"]]
            )


def mended(case_id: str, rows: list[Row], before: list[Row], marks: dict[Place, str]) -> list[Row]:
    """The rows with every defect that was told undone, and nothing else."""
    defects = [marks.get((case_id, row["number"])) for row in rows]
    kept = [(dict(r), d) for r, d in zip(rows, defects, strict=True) if d != "repeated"]
    of_case = marks.get((case_id, None))
    if of_case == "reopened":
        kept = kept[:-2]
    if of_case == "unended":
        end = max(number for number, row in enumerate(before) if row["step"] in ENDS)
        kept.insert(end, (before[end].copy(), None))
    seconds = Counter(row["at"] for row, _ in kept)
    for number, (row, defect) in enumerate(kept):
        row["number"] = number
        if defect == "late":
            row["recorded_at"] = before[number]["recorded_at"]
        elif defect == "swapped":
            row["at"], row["started_at"] = row["started_at"], row["at"]
        elif defect == "noted":
            row["note"] = None
        elif of_case == "batch" and seconds[row["at"]] == 3:
            assert wall(row["at"]).hour == 17
            row["at"], row["recorded_at"] = before[number]["at"], before[number]["recorded_at"]
    return [row for row, _ in kept]


def test_a_row_or_case_has_one_defect_and_the_noted_no_other() -> None:
    _, touched = damaged()
    of_rows = touched.filter(pl.col("number").is_not_null())
    of_cases = touched.filter(pl.col("number").is_null(), pl.col("defect") != "utc")
    again = {(i, case["case_id"]) for case, rows in seen() for i in (len(rows) - 1, len(rows) - 2)}
    reopened = of_cases.filter(defect="reopened")["case_id"].implode()
    late = of_rows.filter(pl.col("case_id").is_in(reopened)).select("number", "case_id")
    noted = touched.filter(pl.col("case").is_in(WHOLE.noted()), pl.col("defect") != "utc")

    assert not of_rows.select("case", "number").is_duplicated().any()
    assert not of_cases["case"].is_duplicated().any()
    assert again.isdisjoint(late.iter_rows())
    assert noted["defect"].to_list() == ["noted"] * 5


@pytest.mark.parametrize("cases", [0, 1, 3, 5, 6, 1000])
def test_five_rows_hold_a_number_or_every_case_of_fewer(cases: int) -> None:
    few = pl.col("case").is_in(NUMBERS[:cases])
    part = Part(*(frame.filter(few) for frame in log()))
    after, touched = damage(part, DRAWS, Whole(NUMBERS[:cases], ENDS, CLOSES))

    assert after.events["note"].count() == min(cases, 5)
    assert touched.filter(defect="noted").height == min(cases, 5)


def test_no_other_citizen_service_number_is_anywhere() -> None:
    part, touched = damaged()
    texts = [frame.write_csv() for frame in (*part, touched)]
    nine = {number for text in texts for number in re.findall(r"(?<!\d)\d{9}(?!\d)", text)}

    assert nine == {"999990342"}


def test_one_file_tells_utc_as_if_it_were_local() -> None:
    _, touched = damaged()
    ids = log().cases["case_id"].to_list()
    places = sorted(ids.index(case_id) for case_id, _ in told("utc"))
    others = touched.filter(pl.col("defect") != "utc")["case"].to_list()
    clean = pl.col("case").is_in([NUMBERS[place] for place in places]) & ~pl.col("case").is_in(
        others
    )
    times = [
        (before[name], after[name])
        for before, after in zip(
            log().events.filter(clean).iter_rows(named=True),
            damaged()[0].events.filter(clean).iter_rows(named=True),
            strict=True,
        )
        for name in ("at", "started_at", "recorded_at")
        if before[name]
    ]

    assert places == list(range(places[0], places[0] + round(0.05 * MANY)))
    assert len(times) > MANY * 0.05
    assert all(wall(after) == read_as_local(before) for before, after in times)
    assert Counter(wall(before) - wall(after) for before, after in times).keys() >= {
        dt.timedelta(hours=1),
        dt.timedelta(hours=2),
    }


def read_as_local(at: dt.datetime) -> dt.datetime:
    """What UTC shows; in the hour that no local clock shows, the end of that."""
    shown = at.replace(tzinfo=None)
    is_skipped = wall(shown.replace(tzinfo=ZONE).astimezone(dt.UTC)) != shown
    return shown.replace(hour=3, minute=0, second=0) if is_skipped else shown


def wall(at: dt.datetime) -> dt.datetime:
    """What the clock on the wall shows."""
    return at.astimezone(ZONE).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2025-03-30T00:59:59", "2025-03-30T00:59:59"),
        ("2025-03-30T01:59:59", "2025-03-30T01:59:59"),
        ("2025-03-30T02:30:00", "2025-03-30T03:00:00"),  # which no clock shows
        ("2025-03-30T03:00:00", "2025-03-30T03:00:00"),
        ("2025-10-26T00:30:00", "2025-10-26T00:30:00"),
        ("2025-10-26T02:30:00", "2025-10-26T02:30:00"),
        ("2025-10-26T03:00:00", "2025-10-26T03:00:00"),
    ],
)
def test_utc_is_told_also_where_the_clock_changes(at: str, shown: str) -> None:
    _, touched = damaged()
    in_utc = touched.filter(defect="utc")["case"].first()
    moment = dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC)
    events = log().events.filter(case=in_utc).head(1).with_columns(at=moment)
    after, _ = damage(log()._replace(events=events.cast(dict(EVENTS))), DRAWS, WHOLE)

    assert wall(after.events["at"][0]) == dt.datetime.fromisoformat(shown)
