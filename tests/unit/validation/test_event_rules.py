# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Rules about the times, cases and names of an event log: which rows break each, by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from contracts.settings import Settings
from contracts.verdict import RuleResult, Verdict
from tests.builders import MONDAY
from tests.unit.validation.logs import NOW, SETTINGS, Row, case, judged_by, row, table
from validation.gate import judge

RICH = Settings.model_validate(
    {
        **SETTINGS.model_dump(by_alias=True),
        "sources": [
            {
                "path": "zgw",
                "format": "zgw",
                "columns": {
                    "registration_timestamp": "registered",
                    "closing_timestamp": "einddatum",
                    "recorded_timestamp": "vastgelegd",
                },
                "case_attributes": ["due"],
            }
        ],
        "journey": {
            "start": ["begin"],
            "end": ["end", "stop"],
            "suspensions": [{"from": "wait", "to": "go"}],
        },
        "deadlines": [
            {"id": "term", "rule": "awb-4-13", "registered": "due", "moved_by": ["moved"]}
        ],
    }
)
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
LONG_AGO = -24 * 200


def notice(*rules: str) -> list[dict[str, str]]:
    return [{"rule": rule, "column": "somewhere"} for rule in rules]


def rich(rows: list[Row], folder: Path) -> Path:
    frame = table(rows).drop("case:region")
    due = [each.get("due") for each in rows]
    path = folder / "log.parquet"
    frame.with_columns(pl.Series("case:due", due, pl.String)).write_parquet(path)
    return path


def judged(rows: list[Row], folder: Path, settings: Settings = RICH, **more: int) -> Verdict:
    return judge([rich(rows, folder)], settings, NOW, folder, **more)


def rule(name: str, rows: list[Row], folder: Path, **more: int) -> RuleResult:
    return judged_by(name, rich(rows, folder), RICH, folder, **more)


def marked(name: str, folder: Path) -> list[int]:
    """The rows that break a rule, by number, from the quarantine and the remarks."""
    files = folder / "quarantine.parquet", folder / "validation" / "remarks.parquet"
    told = pl.concat([pl.read_parquet(file).select("row", "reasons") for file in files])
    return sorted(told.filter(pl.col("reasons").list.contains(name))["row"].to_list())


P = case("p")  # rows 1 to 3: begin, work and end, an hour apart

BROKEN: list[tuple[str, str, list[Row], list[int]]] = [
    ("DQ01", "a day before", [*P, row("q", "begin", registered_at=MONDAY + DAY)], [4]),
    ("DQ01", "the same day", [*P, row("q", "begin", registered_at=MONDAY + 5 * MINUTE)], []),
    ("DQ02", "a day after", [*P, row("q", "end", closed_at=MONDAY - DAY)], [4]),
    ("DQ02", "that evening", [*P, row("q", "end", 9, closed_at=MONDAY)], []),
    ("DQ05", "three at once", [row("p", name) for name in ("begin", "work", "end")], [1, 2, 3]),
    (
        "DQ05",
        "within two seconds of each other, amid others",
        [*P, *(row("p", "work", 5 + n / 3600) for n in (0, 1, 1.9, 3.5)), row("p", "end", 6)],
        [4, 5, 6],
    ),
    ("DQ05", "two at once", [*P, row("p", "work", 2)], []),
    ("DQ05", "three at once of three cases", [row(each, "begin") for each in "pqr"], []),
    ("DQ05", "dates", [row("p", name, 14, is_day=True) for name in ("begin", "work", "end")], []),
    ("DQ05", "two seconds", [*P, *(row("p", "work", 5 + n / 3600) for n in (0, 1, 2))], []),
    ("DQ07", "closed, no end", [*P, row("q", "a", 1, closed_at=MONDAY), row("q", "b", 2)], [5]),
    ("DQ07", "closed the day of its end", [row("q", "end", 1, closed_at=MONDAY)], []),
    ("DQ07", "closed the day after its end", [row("q", "end", 1, closed_at=MONDAY + DAY)], []),
    ("DQ07", "closed days after", [row("q", "end", 1, closed_at=MONDAY + 2 * DAY)], [1]),
    ("DQ07", "closed before its first row", [row("q", "work", 1, closed_at=MONDAY - DAY)], []),
    ("DQ07", "closed later than now", [row("q", "a", 1, closed_at=NOW + DAY)], []),
    ("DQ07", "not closed", [*P, row("q", "begin")], []),
    ("DQ08", "the same end later", [*P, row("p", "end", 30)], [4]),
    ("DQ08", "another end", [*P, row("p", "stop", 30)], []),
    ("DQ08", "the same row twice", [*P, row("p", "end", 2)], []),
    ("DQ09", "due before", [*P, row("q", "begin", due="2026-02-27"), row("q", "end", 1)], [4]),
    ("DQ09", "due that day", [*P, row("q", "begin", due="02-03-2026")], []),
    (
        "DQ09",
        "registered before it was due",
        [*P, row("q", "begin", due="2026-02-27", registered_at=MONDAY - 9 * DAY)],
        [],
    ),
    ("DQ10", "no end", [*P, row("q", "wait", LONG_AGO), row("q", "work", 0)], [4]),
    ("DQ10", "an end", [*P, row("q", "wait", LONG_AGO), row("q", "go", 0)], []),
    ("DQ10", "the case ended", [*P, row("q", "wait", LONG_AGO), row("q", "stop", 0)], []),
    (
        "DQ10",
        "again",
        [*(row("q", name, LONG_AGO + n) for n, name in enumerate(("wait", "go", "wait")))],
        [3],
    ),
    ("DQ10", "of late", [*P, row("q", "wait", 0)], []),
    ("DQ11", "noticed", [*P, row("q", "begin", noticed=notice("DQ11")), row("q", "end", 1)], [4]),
    ("DQ12", "moved", [*P, row("p", "moved", 1, lifecycle="mark")], [4]),
    ("DQ13", "late", [*P, row("p", "end", 9, recorded_at=MONDAY + 6 * DAY)], [4]),
    ("DQ13", "five days", [*P, row("p", "end", 0, recorded_at=MONDAY + 5 * DAY)], []),
    ("DQ14", "noticed", [*P * 9, row("p", "end", 9, noticed=notice("DQ15", "DQ14"))], [28]),
    ("DQ15", "noticed", [*P * 9, row("p", "end", 9, noticed=notice("DQ15"))], [28]),
    ("DQ31", "noticed", [*P, row("p", "end", 9, noticed=notice("DQ31"))], [4]),
    ("DQ16", "noticed", [*P, row("p", "end", 9, noticed=notice("DQ16"))], [4]),
    ("DQ17", "noticed", [*P, row("p", "end", 9, noticed=notice("DQ17"))], [4]),
    ("DQ25", "a date", [row("p", "begin", 16), row("p", "work", 14, is_day=True)], []),
    ("DQ23", "before", [*P, row("p", "work", 4, started_at=MONDAY + 5 * 60 * MINUTE)], [4]),
    ("DQ23", "a date", [row("p", "a", -9, started_at=MONDAY, is_day=True)], []),
    ("DQ23", "a day before", [row("p", "a", -33, started_at=MONDAY, is_day=True)], [1]),
    ("DQ21", "a date beside", [row("p", "work", 14, is_day=True), row("p", "begin", 20)], []),
    ("DQ21", "the day after", [row("p", "work", 14, is_day=True), row("p", "begin", 40)], [1]),
    ("DQ25", "back", [row("p", "begin", 1), row("p", "work"), row("p", "end", 2)], [2]),
    ("DQ25", "other cases", [row("p", "begin", 1), row("q", "begin"), row("p", "end", 2)], []),
    ("DQ25", "another source", [row("p", "a", 1), row("p", "b", 0, source="z.csv")], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [pytest.param(name, rows, found, id=f"{name} {how}") for name, how, rows, found in BROKEN],
)
def test_the_rows_that_break_a_rule_are_marked(
    name: str, rows: list[Row], expected: list[int], tmp_path: Path
) -> None:
    found = rule(name, rows, tmp_path)

    assert marked(name, tmp_path) == expected
    assert (found.success, found.rows) == (not expected, len(expected))


def test_every_rule_that_marks_rows_is_tried() -> None:
    both = {name: {bool(found) for _, _, found in cases} for name, *cases in grouped()}

    assert {name for name, seen in both.items() if True in seen} >= {
        *(f"DQ{n:02}" for n in (1, 2, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 25))
    }


def grouped():
    names = dict.fromkeys(name for name, *_ in BROKEN)
    return [(name, *(each[1:] for each in BROKEN if each[0] == name)) for name in names]


def many(n: int, start: float = 0, step: float = 1, **more: object) -> list[Row]:
    """n cases of one row, some hours apart."""
    return [row(f"c{start}-{k}", "begin", start + k * step, **more) for k in range(n)]


def test_an_hour_that_holds_much_of_the_log_is_a_migration(tmp_path: Path) -> None:
    migrated = many(100, start=-990.5, step=0.001)

    found = rule("DQ06", [*many(500, start=-900), *migrated], tmp_path)

    assert (found.success, found.rows, found.cases) == (False, 100, 100)
    assert marked("DQ06", tmp_path) == list(range(501, 601))


@pytest.mark.parametrize(("crowd", "others"), [(99, 500), (100, 2000)])
def test_a_small_hour_is_none(crowd: int, others: int, tmp_path: Path) -> None:
    rows = [*many(others, start=-3000), *many(crowd, start=-3200.5, step=0.001)]

    assert rule("DQ06", rows, tmp_path).success


@pytest.mark.parametrize("part_rows", [70, 10_000])
@pytest.mark.parametrize(("hours", "shared"), [(16, True), (15, False)])
def test_an_account_that_never_sleeps_is_shared(
    part_rows: int, hours: int, *, shared: bool, tmp_path: Path
) -> None:
    busy = [
        row(f"c{day}-{hour}", "begin", hour - 24 * day, resource="balie")
        for day in range(1, 20)
        for hour in range(hours)
    ]
    person = [row(f"d{day}", "begin", -24 * day, resource="iemand") for day in range(1, 305)]

    found = rule("DQ28", [*busy, *person], tmp_path, part_rows=part_rows)

    assert found.success is not shared
    assert found.found == ""  # whose they are, or how much is theirs, is nobody's business


def files(sizes: dict[str, int], **more: object) -> list[Row]:
    """Files with the first so many rows of one log, each with a word of its own in every row."""
    return [
        {**each, "source": name, "org": name, **more}
        for name, size in sizes.items()
        for each in many(size, start=-900)
    ]


@pytest.mark.parametrize("part_rows", [70, 10_000])
def test_two_exports_of_the_same_events_in_other_words(part_rows: int, tmp_path: Path) -> None:
    rows = files({"one.csv": 500, "two.csv": 200})

    found = rule("DQ32", rows, tmp_path, part_rows=part_rows)

    assert (found.success, found.severity) == (False, "critical")
    assert found.found.startswith(
        "This concerns two.csv (100%). Let each full export replace the one before"
    )


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(files({"one": 500, "two": 200}, org="x"), id="in the same words"),
        pytest.param(files({"one": 500, "two": 99}), id="few"),
        pytest.param(
            [*files({"one": 220}), *files({"two": 100}), *many(101, source="two")][20:],
            id="less than half",
        ),
        pytest.param(
            [*many(200, source="one", lifecycle="start"), *many(200, source="two")],
            id="begun in one and done in the other",
        ),
        pytest.param([*files({"one": 200}), *files({"two": 200}, activity="work")], id="steps"),
    ],
)
def test_files_that_hold_other_events_or_say_the_same(rows: list[Row], tmp_path: Path) -> None:
    assert rule("DQ32", rows, tmp_path).success


def test_a_log_of_one_file_is_not_held_against_others(tmp_path: Path) -> None:
    assert "DQ32" not in {each.id for each in judged(P, tmp_path).rules}


@pytest.mark.parametrize(("dates", "holds"), [(3, True), (4, False)])
def test_a_column_of_dates(dates: int, *, holds: bool, tmp_path: Path) -> None:
    rows = [*many(10 - dates), *many(dates, 14, 24, is_day=True)]

    assert rule("DQ04", rows, tmp_path).success is holds


@pytest.mark.parametrize(
    ("hours", "hole"),
    [([*range(-3000, -2400, 4), *range(-2040, 0, 4)], True), (range(-3000, 0, 4), False)],
)
def test_a_hole_in_the_export(hours: list[int], *, hole: bool, tmp_path: Path) -> None:
    found = rule("DQ26", [row(f"c{n}", "begin", n) for n in hours], tmp_path)

    assert found.success is not hole
    assert ("between 2025-11 and 2025-12" in found.found) is hole


def test_one_old_row_makes_no_hole(tmp_path: Path) -> None:
    rows = [
        row("old", "begin", -24 * 9000),
        *(row(f"c{n}", "begin", n) for n in range(-3000, 0, 4)),
    ]

    assert rule("DQ26", rows, tmp_path).success


def test_a_quiet_log_has_no_hole(tmp_path: Path) -> None:
    assert rule("DQ26", [row(f"c{n}", "begin", -24 * n) for n in (300, 200, 100)], tmp_path).success


def nights(share: float, start: int, days: int) -> list[Row]:
    """Ten rows a day, of which a share at three in the night and the others at noon."""
    return [
        row(f"c{day}-{n}", "begin", 24 * day + (-7 if n < 10 * share else 2))
        for day in range(start, start + days)
        for n in range(10)
    ]


@pytest.mark.parametrize(("later", "steady"), [(0.0, True), (0.5, False)])
def test_nights_that_begin_at_once(later: float, *, steady: bool, tmp_path: Path) -> None:
    rows = [*nights(0.0, -400, 181), *nights(later, -219, 180)]  # from 26 July

    found = rule("DQ24", rows, tmp_path)

    assert found.success is steady
    assert ("2025-08" in found.found) is not steady


@pytest.mark.parametrize(
    ("names", "pairs"),
    [
        (["Besluit verzonden", "besluit  Verzonden"], 1),
        (["Aanvraag beoordeeld", "Aanvraag beoordeelt"], 1),
        (["Geïnformeerd", "geinformeerd"], 1),
        (["Fase 1 gereed", "Fase 2 gereed"], 0),
        (["Besluit verzonden", "Besluit ontvangen"], 0),
        (["Bezwaar gegrond verklaard", "Bezwaar ongegrond verklaard"], 0),
        (["Vergunning verleend", "Vergunning verlengd"], 0),
        (["Beoordeling arts A", "Beoordeling arts B"], 0),
        (["+", "-"], 0),
        (["begin", "end"], 0),
        ([2_000 * "a", 1_999 * "a"], 0),  # no name is so long: its letters are not tried one by one
        ([2_000 * "a", 2_000 * "A"], 1),
    ],
)
def test_names_that_are_one(names: list[str], pairs: int, tmp_path: Path) -> None:
    rows = [row(f"{name}{n}", name, n) for name in names for n in range(10)]

    found = rule("DQ27", rows, tmp_path)

    assert found.success is (pairs == 0)
    assert all((f"'{name}'" in found.found) is (pairs > 0) for name in names)


def test_names_of_few_cases_are_alike_but_not_told(tmp_path: Path) -> None:
    rows = [row("p", "Besluit verzonden"), row("q", "besluit verzonden")]

    found = rule("DQ27", rows, tmp_path)

    assert (found.success, found.found) == (False, "")


def life(name: str, first_day: int, last_day: int) -> list[Row]:
    """Each day a case that begins, and does this the day after."""
    rows = []
    for day in range(first_day, last_day):
        rows += [row(f"c{day}", "begin", 24 * day), row(f"c{day}", name, 24 * day + 24)]
    return rows


def test_a_step_that_gets_another_name(tmp_path: Path) -> None:
    found = rule("DQ20", [*life("old", -300, -150), *life("new", -150, -1)], tmp_path)

    assert "'new' is in no case that began before 2025-10" in found.found
    assert "'old' is not there after 2025-10" in found.found
    assert found.about == ("new", "old")


COHORT = [
    row(f"c{day}", name, 24 * (day + later))
    for day in range(-400, -100)
    for name, later in (("begin", 0), ("work", 30), ("end", 90))
]
"""Cases that began in a period, followed until they are done."""


@pytest.mark.parametrize(
    "rows", [life("work", -300, -1), [*life("work", -300, -1), row("c-9", "rare", -48)], COHORT]
)
def test_steps_that_stay(rows: list[Row], tmp_path: Path) -> None:
    assert rule("DQ20", rows, tmp_path).success


def clerk(start: int, days: int, ahead: int) -> list[Row]:
    """Rows of a source from nine to five, of which the times are some hours off."""
    return [
        row(f"c{day}-{hour}-{n}", "begin", 24 * day + hour - 1 - ahead + n / 20)
        for day in range(start, start + days)
        for hour in range(8)
        for n in range(10)
    ]


@pytest.mark.parametrize("part_rows", [500, 1_000_000])
def test_a_stretch_in_utc_is_seen(part_rows: int, tmp_path: Path) -> None:
    winter = [*clerk(-80, 25, 0), *clerk(-55, 13, 1), *clerk(-42, 40, 0)]

    found = rule("DQ19", winter, tmp_path, part_rows=part_rows)

    assert not found.success
    assert "rows 2,000 to 2,999 of log.csv" in found.found


def test_a_stretch_in_utc_ends_where_the_file_does(tmp_path: Path) -> None:
    found = rule("DQ19", [*clerk(-80, 75, 0), *clerk(-80, 12, 1)], tmp_path)

    assert "rows 6,000 to 6,960 of log.csv" in found.found


def test_one_clock_is_seen_as_one(tmp_path: Path) -> None:
    assert rule("DQ19", clerk(-80, 75, 0), tmp_path).success


@pytest.mark.parametrize(
    ("missing", "says"),
    [(0, ""), (1, "Fewer than 10 records"), (9, "Fewer than 10 records"), (10, "10 records are")],
)
def test_records_that_are_missing_are_told(missing: int, says: str, tmp_path: Path) -> None:
    found = rule("DQ22", P, tmp_path, missing=missing)

    assert found.success is (missing == 0)
    assert says in found.found
    assert ("missing." in found.found) is (missing > 0)


def with_rules(**rules: dict[str, object]) -> Settings:
    chosen = {**RICH.model_dump(by_alias=True), "validation": {"rules": rules}}
    return Settings.model_validate(chosen)


AGAIN = [*case("p"), row("p", "end", 30), *case("q"), *case("r")]


def test_a_rule_about_cases_that_is_a_warning_sets_whole_cases_aside(tmp_path: Path) -> None:
    verdict = judged(AGAIN, tmp_path, with_rules(DQ08={"severity": "warning"}))

    assert verdict.success
    assert (verdict.quarantined_rows, verdict.quarantined_cases) == (4, 1)
    assert pl.read_parquet(tmp_path / "quarantine.parquet")["row"].to_list() == [1, 2, 3, 4]


@pytest.mark.parametrize(("broken", "stops"), [(3, False), (4, True)])
def test_a_log_of_which_most_is_set_aside_stops(
    broken: int, *, stops: bool, tmp_path: Path
) -> None:
    late = [row("q", "work", 24 * 31 + n) for n in range(broken)]

    verdict = judged([*P, *late], tmp_path)

    assert verdict.success is not stops
    assert [each.id for each in verdict.failed if each.severity == "critical"] == ["Q01"] * stops


@pytest.mark.parametrize("part_rows", [2, 17, 100])
def test_parts_without_rows_do_no_harm(part_rows: int, tmp_path: Path) -> None:
    rows = [*(row("p", "begin", -n) for n in range(60)), row(None, "work"), row("p", "end", 9)]

    verdict = judged(rows, tmp_path, part_rows=part_rows)

    assert marked("C02", tmp_path) == [61]
    assert len(marked("DQ25", tmp_path)) == 59
    assert verdict.quarantined_rows == 1


def test_a_rule_that_is_critical_stops(tmp_path: Path) -> None:
    verdict = judged(AGAIN, tmp_path, with_rules(DQ08={"severity": "critical"}))

    assert not verdict.success


def test_a_rule_that_tells_sets_nothing_aside(tmp_path: Path) -> None:
    verdict = judged(AGAIN, tmp_path, with_rules(DQ08={"severity": "info"}))

    assert (verdict.success, verdict.quarantined_rows) == (True, 0)
    assert pl.read_parquet(tmp_path / "validation" / "remarks.parquet").columns == [
        "source",
        "row",
        "reasons",
    ]


@pytest.mark.parametrize(("days", "late"), [(6, 1), (8, 0)])
def test_a_limit_may_be_another(days: int, late: int, tmp_path: Path) -> None:
    rows = [*P, row("p", "end", 0, recorded_at=MONDAY + 7 * DAY)]
    verdict = judged(rows, tmp_path, with_rules(DQ13={"limit": days}))

    found = next(each for each in verdict.rules if each.id == "DQ13")
    assert found.rows == late
    assert f"more than {days} days" in found.what.en


@pytest.mark.parametrize(("good", "stops"), [(19, False), (18, True)])
def test_numbers_of_citizens_in_many_rows_stop_the_run(
    good: int, *, stops: bool, tmp_path: Path
) -> None:
    rows = [*P, *(row("p", "work", 9 + n) for n in range(good - 3))]
    bad = row("p", "work", 99, noticed=notice("DQ14"))

    assert judged([*rows, bad], tmp_path).success is not stops


def test_a_log_that_is_said_many_times_over_is_all_there(tmp_path: Path) -> None:
    verdict = judged(P * 5, tmp_path)

    assert verdict.success
    assert verdict.quarantined_rows == 4 * len(P)


@pytest.mark.parametrize(("broken", "stops"), [(3, False), (4, True)])
def test_but_what_it_repeats_does_not_outweigh_what_is_wrong(
    broken: int, *, stops: bool, tmp_path: Path
) -> None:
    late = [row("q", "work", 24 * 31 + n) for n in range(broken)]

    verdict = judged([*P * 5, *late], tmp_path)

    assert verdict.success is not stops


def test_a_milestone_is_told_again_also_with_another_attribute(tmp_path: Path) -> None:
    rows = table([*P, row("p", "end", 2, **{"case:region": "new"}), row("p", "end", 9)])
    of_milestones = rows.with_columns(digest=pl.struct("case_id", "activity", "at").hash())
    of_milestones.write_parquet(path := tmp_path / "log.parquet")

    judge([path], SETTINGS, NOW, tmp_path)

    assert marked("DQ18", tmp_path) == [4]
