# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt
import os
import warnings
from pathlib import Path

import polars as pl
import pytest

from contracts.candidates import scan
from contracts.events import CANDIDATES, ORDER
from contracts.rules import rule_table
from contracts.settings import Settings
from contracts.verdict import QUARANTINE
from ingest.events import events_of, log_of
from ingest.lifecycle import pair
from ingest.source_files import find_files
from ingest.staging import stage
from ingest.storage.batches import Batch, Origin
from validation.gate import judge

ROOT = Path(__file__).parents[2]
LOGS = (ROOT / os.environ.get("HOEKSTEEN_DATA", "../shared/data") / "logs").resolve()
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
ROME = ("rtfm_full.xes.gz",)

pytestmark = [
    pytest.mark.real,
    pytest.mark.xdist_group("real logs that are staged"),
    pytest.mark.skipif(not LOGS.is_dir(), reason=f"the real logs are not in {LOGS}"),
]


ORIGIN = Origin("log", "log", "1", "read", None)


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    """A function that stages a real log, once, without pseudonyms."""
    out, done = tmp_path_factory.mktemp("staged"), {}

    def run(name):
        if name not in done:
            zone = "Europe/Rome" if name in ROME else "Europe/Amsterdam"
            settings = Settings.model_validate(
                {
                    "process": {"id": "real"},
                    "sources": [{"path": str(LOGS / name), "timezone": zone}],
                    "journey": {"end": ["end"]},
                    "privacy": {"pseudonymise": []},
                }
            )
            [file] = find_files(settings.sources[0], out / "c.yaml", 0)
            done[name] = stage(file, settings.sources[0], settings, out / "c.yaml", 0, out)
        return done[name]

    return run


# cases, events, activities, variants, mean duration in seconds: as the publishers say
PUBLISHED = {
    "coselog_receipt.xes.gz": (1_434, 8_577, 27, 116, 467_263.915),
    "coselog_receipt.csv": (1_434, 8_577, 27, 116, 467_263.915),
    "coselog_receipt.parquet": (1_434, 8_577, 27, 116, 467_263.915),
    "bpi2015_muni1.xes.gz": (1_199, 52_217, 398, 1_170, 8_270_084.49),
    "bpi2015_muni2.xes.gz": (832, 44_354, 410, 828, 13_833_164.713),
    "rtfm_full.xes.gz": (150_370, 561_470, 11, 231, 29_520_829.123),
    # the published mean is approximate; this one is ours
    "bpi2020_DomesticDeclarations.xes.gz": (10_500, 56_437, 17, 99, 995_822.379),
    "bpi2012_pm4py.xes.gz": (13_087, 262_200, 24, 4_366, 745_100.096),
}


@pytest.mark.parametrize("order", [("row",), ORDER], ids=["file order", "time order"])
@pytest.mark.parametrize("name", PUBLISHED)
def test_counts_are_the_published_ones(staged, name, order):
    log = scan(staged(name).paths).sort(order)
    cases = log.group_by("case_id", maintain_order=True).agg(
        "activity", seconds=(pl.col("at").max() - pl.col("at").min()).dt.total_microseconds() / 1e6
    )

    found = cases.select(
        pl.len(),
        pl.col("activity").list.len().sum(),
        pl.col("activity").explode().n_unique().alias("activities"),
        pl.col("activity").n_unique().alias("variants"),
        pl.col("seconds").mean(),
    ).collect()

    *counts, mean = PUBLISHED[name]
    assert found.row(0)[:4] == tuple(counts)
    assert found["seconds"].item() == pytest.approx(mean, abs=0.01)


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_time_is_read(staged, name):
    frame = scan(staged(name).paths).collect()

    assert frame["at_problem"].null_count() == frame["at"].count() == frame.height


def test_three_encodings_give_one_log(staged):
    names = [name for name in PUBLISHED if name.startswith("coselog")]
    columns = [column for column in CANDIDATES if column not in ("source", "row", "digest")]
    xes, csv, parquet = (scan(staged(name).paths).collect().select(columns) for name in names)

    assert xes.equals(csv)
    assert xes.equals(parquet)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("rtfm_full.xes.gz", 1.0, 1.0),
        ("bpi2015_muni1.xes.gz", 0.4, 0.5),
        ("coselog_receipt.csv", 0.0, 0.0),
    ],
)
def test_days_are_known_by_their_midnight(staged, name, low, high):
    assert low <= scan(staged(name).paths).collect()["is_day"].mean() <= high


def test_pairs_as_pm4py_does(staged):
    log = scan(staged("bpi2012_pm4py.xes.gz").paths).collect().sort(ORDER)

    ours = pair(log.lazy()).filter(lifecycle="complete").sort("row").collect()

    started = ours.select("row", pl.coalesce("started_at", "at"))
    assert started.rows() == intervals_of_pm4py(log)
    assert ours["started_at"].count() > 70_000


def intervals_of_pm4py(log):
    """(row, start) of every interval."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pm4py.objects.log.obj import Event, EventLog, Trace
        from pm4py.objects.log.util.interval_lifecycle import to_interval
    names = {
        "time:timestamp": "at",
        "concept:name": "activity",
        "lifecycle:transition": "lifecycle",
    }
    traces: dict[str, Trace] = {}
    for row in log.iter_rows(named=True):
        event = {key: row[column] for key, column in names.items()} | {"row": row["row"]}
        traces.setdefault(row["case_id"], Trace()).append(Event(event))
    intervals = to_interval(EventLog(traces.values()))
    return sorted((e["row"], e["start_timestamp"]) for trace in intervals for e in trace)


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_read_is_accepted_or_set_aside_to_the_row(staged, tmp_path, name):
    read = staged(name)
    settings = Settings.model_validate(
        {
            "process": {"id": "real"},
            "sources": [{"path": name}],
            "journey": {"end": [scan(read.paths).collect()["activity"][-1]]},
            # whatever can be set aside is
            "validation": {
                "rules": {
                    rule.id: {"severity": "warning"}
                    for rule in rule_table().values()
                    if rule.of != "log"
                }
            },
        }
    )

    verdict = judge(read.paths, settings, NOW, tmp_path)
    log = log_of([Batch(ORIGIN, read)], tmp_path / "quarantine.parquet")

    aside = pl.read_parquet(tmp_path / "quarantine.parquet")
    assert aside.select("source", "row").is_duplicated().sum() == 0
    assert aside["reasons"].list.len().min() != 0
    assert (verdict.rows, verdict.quarantined_rows) == (read.rows, aside.height)
    assert sum(log.transitions.values()) + aside.height == verdict.rows


def test_the_events_are_the_log(staged, tmp_path):
    pl.DataFrame(schema=QUARANTINE).write_parquet(tmp_path / "quarantine.parquet")
    read = staged("rtfm_full.xes.gz")

    log = log_of([Batch(ORIGIN, read)], tmp_path / "quarantine.parquet")

    buckets = [events_of(log, bucket).collect() for bucket in range(log.buckets)]
    assert (log.buckets, sum(log.transitions.values())) == (2, 561_470)
    assert all(bucket.equals(bucket.sort(ORDER)) for bucket in buckets)
    columns = ["row", "case_id", "activity", "at", "is_day", "resource"]
    kept = pl.concat(buckets).select(columns).sort("row")
    assert kept.equals(scan(read.paths).collect().select(columns).sort("row"))
