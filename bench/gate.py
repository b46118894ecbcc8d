# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The suite of the gate on an event log: by our engine, and written by hand in polars.

The log is random: cases of ten steps in order of time, with a few faults of most kinds. All
contestants find the same.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.contest import TURNS, compare, contest
from contracts.events import CANDIDATES
from contracts.settings import Settings

CHUNK = 5_000_000
HUNDRED, FRIDAY, LATE = 100, 5, 0.01
STEPS = [f"stap {letter}" for letter in "abcdefghij"]
NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
ZONE = "Europe/Amsterdam"
SETTINGS = Settings.model_validate(
    {
        "process": {"id": "bench"},
        "sources": [
            {
                "path": "log.csv",
                "columns": {
                    "registration_timestamp": "geregistreerd",
                    "closing_timestamp": "gesloten",
                    "recorded_timestamp": "vastgelegd",
                },
            }
        ],
        "journey": {"start": STEPS[:1], "end": STEPS[-1:]},
    }
)
COUNTED = (
    *("C02", "C03", "C04", "DQ01", "DQ02", "DQ03", "DQ05", "DQ06", "DQ07", "DQ08"),
    *("DQ13", "DQ14", "DQ15", "DQ18", "DQ21", "DQ23", "DQ25", "DQ31", "O01"),
)
"""The rules that count rows, in the order in which both contestants give them."""


def write(rows: int, path: Path) -> None:
    """Writes candidates of cases of ten steps, some a few days apart, within two years."""
    parts = [path.with_suffix(f".{n}") for n in range(-(-rows // CHUNK))]
    for number, part in enumerate(parts):
        _piece(number * CHUNK, min(CHUNK, rows - number * CHUNK)).write_parquet(part)
    pl.scan_parquet(parts, glob=False).sink_parquet(path)
    for part in parts:
        part.unlink()


def _piece(first: int, size: int) -> pl.DataFrame:
    random = np.random.default_rng(first)
    row = np.arange(first, first + size)
    case, step = row // 10, row % 10
    begun = (case * 2654435761 % 1_000_003) / 1_000_003 * 600  # days
    days = begun + step * 9 + random.random(size) * 9
    hour = random.integers(8, 17, size) + random.random(size)
    at = pl.Series((np.floor(days) * 24 + hour) * 3.6e9).cast(pl.Int64) + 1_700_000_000_000_000
    late = pl.Series(random.random(size) < LATE)
    frame = pl.DataFrame(
        {
            "row": row.astype(np.uint64) + 1,
            "slot": (case * 40503 % 65536).astype(np.int32),
            "at": at.cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
            "step": step,
            "case": case,
            "who": random.integers(0, 400, size),
        }
    ).with_columns(late=late)
    day = dt.timedelta(days=1)
    begin = pl.col("at").first().over("case")
    return frame.with_columns(
        source=pl.lit("log.csv"),
        digest=pl.when(pl.col("row") % 5000 == 0).then(7).otherwise("row").cast(pl.Int64),
        case_id=pl.when(pl.col("row") % 900 > 0).then(pl.format("ZAAK-{}", "case")),
        activity=pl.when(pl.col("row") % 800 > 0).then(
            pl.lit(pl.Series(STEPS).implode()).list.get(pl.col("step"))
        ),
        started_at=pl.col("at") - dt.timedelta(hours=1),
        is_day=pl.lit(value=False),
        registered_at=begin,
        closed_at=pl.when(pl.col("case") % 50 > 0).then(pl.col("at").last().over("case")),
        recorded_at=pl.col("at") + pl.when("late").then(9 * day).otherwise(day / 24),
        resource=pl.format("m{}", "who"),
        lifecycle=pl.lit("complete"),
        **{name: pl.lit(None, CANDIDATES[name]) for name in _EMPTY},
    ).select(CANDIDATES.names())


_EMPTY = ("team", "org", "instance", "at_problem", "noticed", "destroy_on")


def by_us(path: Path) -> list[int]:
    """The suite on our engine, for a table in parts."""
    from contracts.candidates import scan
    from validation.asked import Log
    from validation.engine.datasource import PART_ROWS, ParquetAsset
    from validation.engine.session import run_suite
    from validation.suites import event_log_suite

    rows = scan([path]).select(pl.len()).collect().item()
    suite = event_log_suite(Log(SETTINGS, NOW, NOW, rows=rows), CANDIDATES.names())
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        asset = ParquetAsset(name="log", paths=[str(path)], part_rows=PART_ROWS, scratch=scratch)
        result = run_suite(suite, asset, NOW).result
    counts = {
        each.expectation_config.meta["rule"]: each.result.get("unexpected_count")
        for each in result.results
    }
    return [counts[rule] for rule in COUNTED]


def the_gate(path: Path) -> list[int]:
    """The whole gate: the suite, the quarantine and the pages."""
    from validation.gate import judge

    with tempfile.TemporaryDirectory(dir=path.parent) as out:
        verdict = judge([path], SETTINGS, NOW, Path(out))
    counts = {rule.id: rule.rows for rule in verdict.rules}
    return [counts[rule] for rule in COUNTED]


def by_hand(path: Path) -> list[int]:
    """What somebody who knows polars would write for the same checks."""
    log = pl.scan_parquet(path)
    is_there = (pl.col(name).is_not_null() for name in ("case_id", "activity"))
    events = log.filter(*is_there, pl.col("at") <= NOW)
    found: dict[str, Any] = {}
    for each in (
        *_of_rows(log, events),
        *_of_order(events),
        *_of_cases(events),
        *_of_the_log(events),
    ):
        found |= each.collect(engine="streaming").row(0, named=True)
    return [found[rule] for rule in COUNTED]


def _day(column: str) -> pl.Expr:
    return pl.col(column).dt.convert_time_zone(ZONE).dt.date()


def _noticed(rule: str) -> pl.Expr:
    is_it = pl.element().struct.field("rule") == rule
    return pl.col("noticed").list.eval(is_it).list.any().sum()


def _of_rows(log: pl.LazyFrame, events: pl.LazyFrame) -> list[pl.LazyFrame]:
    """What a row shows by itself, or with those that say the same or are in its hour."""
    at, activity = pl.col("at"), pl.col("activity")
    rows = log.select(
        C02=pl.col("case_id").is_null().sum(),
        C03=activity.is_null().sum(),
        C04=at.is_null().sum(),
        DQ01=(_day("at") < _day("registered_at")).sum(),
        DQ02=(_day("at") > _day("closed_at")).sum(),
        DQ03=(at > NOW).sum(),
        DQ13=(pl.col("recorded_at") - at > dt.timedelta(days=5)).sum(),
        DQ14=_noticed("DQ14"),
        DQ15=_noticed("DQ15"),
        DQ31=_noticed("DQ31"),
        DQ23=(at < pl.col("started_at")).sum(),
        DQ04=pl.col("is_day").mean(),
        _ends=((activity == STEPS[-1]) & (pl.col("lifecycle") == "complete")).any(),
        _names=activity.unique().implode(),
    )
    said = [n for n in CANDIDATES if n not in ("source", "row", "slot", "is_day", "noticed")]
    twice = events.filter(pl.col("digest").is_duplicated()).sort("source", "row")
    hours = events.group_by(at.dt.truncate("1h")).agg(n=pl.len())
    crowd = hours.filter(pl.col("n") > 0.05 * pl.col("n").sum(), pl.col("n") >= HUNDRED)
    return [
        rows,
        twice.select(DQ18=(~pl.struct(said).is_first_distinct()).sum()),
        crowd.select(DQ06=pl.col("n").sum()),
    ]


def _of_order(events: pl.LazyFrame) -> list[pl.LazyFrame]:
    """What the rows of a case show in order of time, or of their source."""
    at, case, digest, is_day = (pl.col(n) for n in ("at", "case_id", "digest", "is_day"))
    two = dt.timedelta(seconds=2)
    by_time = events.sort("case_id", "at")
    quick = [
        (at.shift(n - 2) - at.shift(n) < two) & (case.shift(n - 2) == case.shift(n))
        for n in (0, 1, 2)
    ]
    is_same = case == case.shift()
    tied = by_time.filter(
        is_same,
        ((at == at.shift()) & (digest != digest.shift()))
        | ((_day("at") == _day("at").shift()) & (is_day | is_day.shift())),
    ).select(case.unique())
    by_source = events.sort("case_id", "source", "row")
    back = by_source.filter((at < at.shift()) & is_same).select("case_id", "at")
    unknown = events.join(tied, on="case_id", how="semi").join(back, on="case_id", how="semi")
    return [
        by_time.select(DQ05=pl.any_horizontal(quick).sum()),
        back.select(DQ25=pl.len()),
        unknown.select(O01=pl.len()),
    ]


def _of_cases(events: pl.LazyFrame) -> list[pl.LazyFrame]:
    """How cases begin and end."""
    at, ended = pl.col("at"), pl.col("activity") == STEPS[-1]
    is_near = (_day("at") - _day("closed_at")).abs() <= dt.timedelta(days=1)
    cases = events.group_by("case_id").agg(
        first=at.min(),
        begun=at.filter(pl.col("activity") == STEPS[0]).min(),
        last=at.max(),
        closed=_day("closed_at").max() >= _day("at").min(),
        ended=(ended & is_near).any(),
    )
    others = cases.filter(pl.col("begun").is_null() | (pl.col("begun") > pl.col("first")))
    open_end = cases.filter(pl.col("closed") & ~pl.col("ended"))
    ends = events.filter(ended)
    again = ends.join(ends.group_by("case_id").agg(first=at.min()), on="case_id")
    return [
        _rows_at(events, others, "first").select(DQ21=pl.len()),
        _rows_at(events, open_end, "last").select(DQ07=pl.len()),
        again.filter(at > pl.col("first")).select(DQ08=pl.len()),
    ]


def _rows_at(events: pl.LazyFrame, cases: pl.LazyFrame, instant: str) -> pl.LazyFrame:
    there = ["case_id", instant]
    return events.join(cases, left_on=["case_id", "at"], right_on=there, how="semi")


def _of_the_log(events: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Names, lives, days, hours of blocks and of accounts; only computed, not judged."""
    local = pl.col("at").dt.convert_time_zone(ZONE)
    day, hour = local.dt.date(), local.dt.hour()
    lives = events.group_by("case_id", "activity").agg(pl.len(), pl.col("at").min())
    begun = lives.group_by("case_id").agg(begun=pl.col("at").min())
    return [
        events.group_by("activity").agg(pl.col("case_id").n_unique()).select(DQ27=pl.len()),
        lives.join(begun, on="case_id")
        .group_by("activity")
        .agg(pl.col("begun").min())
        .select(DQ20=pl.len()),
        events.group_by(day=day)
        .agg(pl.len(), off=(hour.is_between(7, 18).not_() | (local.dt.weekday() > FRIDAY)).sum())
        .select(DQ24=pl.len(), DQ26=pl.len()),
        events.group_by(pl.col("source"), pl.col("row") // 500, hour, ahead=local.dt.dst_offset())
        .len()
        .select(DQ19=pl.len()),
        events.group_by("resource", hour).len().select(DQ28=pl.len()),
    ]


CONTESTANTS: dict[str, Callable[[Path], list[int]]] = {
    "by hand in polars": by_hand,
    "our engine": by_us,
    "the whole gate": the_gate,
}


def main(rows: int, turns: int = TURNS, names: tuple[str, ...] = tuple(CONTESTANTS)) -> None:
    """Runs the contestants in turn and prints medians, peaks and ratios."""
    print(f"the rules of the gate on {rows:,} rows")
    compare("bench.gate", names, write, rows, turns)


if __name__ == "__main__":
    contest(CONTESTANTS[sys.argv[1]], Path(sys.argv[2]))
