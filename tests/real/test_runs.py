# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The whole job on real logs: figures that their publishers printed, and pm4py's own counts."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from contracts.events import ORDER
from contracts.journey import Journey
from flows.journey import make
from flows.planning import plan
from ingest.events import Log, events_of, log_of
from ingest.storage.places import Folder
from ingest.storage.store import newest
from mining.cases.journeys import Lens
from mining.model import follows
from mining.summaries import bucket_of, summarise
from tests.builders import NOBODY

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]
CONFIGS = Path(__file__).parent / "configs"
Run = Callable[[str], Path]

# cases, events, activities, variants, mean case duration in seconds
PUBLISHED: Mapping[str, tuple[int, int, int, int, float]] = {
    "receipt_xes": (1434, 8577, 27, 116, 467_263.915),
    "receipt_csv": (1434, 8577, 27, 116, 467_263.915),
    "receipt_parquet": (1434, 8577, 27, 116, 467_263.915),
    "permits": (1199, 52_217, 398, 1170, 8_270_084.49),
    "fines": (150_370, 561_470, 11, 231, 29_520_829.123),
    "declarations": (10_500, 56_437, 17, 99, 995_822.379),
}


@pytest.fixture(scope="module")
def run(
    real_logs: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Run:
    """Runs a config by its name, once; gives the folder of the run."""
    out = tmp_path_factory.mktemp("out")
    now = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)

    @cache
    def run_once(name: str) -> Path:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HOEKSTEEN_DATA", str(real_logs.parent))
            return make(plan(CONFIGS / f"{name}.yaml", out=out / name, now=now))

    return run_once


def found(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "findings.json").read_text("utf-8"))


def mined(folder: Path) -> Log:
    """What the run had to mine."""
    version = newest(Folder(folder.parent / "store"))
    assert version is not None
    return log_of(version.batches, folder / "quarantine.parquet")


def events(folder: Path) -> pl.DataFrame:
    """The events that the run mined, in their order."""
    log = mined(folder)
    return pl.concat([events_of(log, bucket).collect() for bucket in range(log.buckets)])


@pytest.mark.parametrize("name", PUBLISHED)
def test_figures_are_the_published_ones(run: Run, name: str) -> None:
    folder = run(name)
    log = found(folder)["log"]
    elapsed = events(folder).group_by("case_id").agg(pl.col("at").max() - pl.col("at").min())
    cases, count, activities, variants, duration = PUBLISHED[name]

    assert (log["cases"], log["events"]) == (cases, count)
    assert (log["activities"], log["variants"]) == (activities, variants)
    assert elapsed["at"].dt.total_milliseconds().mean() / 1000 == pytest.approx(duration, abs=0.001)
    assert log["quarantined_rows"] == 0


def test_a_row_a_case_becomes_an_event_a_milestone(run: Run) -> None:
    folder = run("requests")
    times = events(folder).pivot("activity", index="case_id", values="at")

    log = found(folder)["log"]

    assert (log["cases"], log["events"], log["quarantined_rows"]) == (17_418, 34_836, 0)
    assert (times["Closed"] < times["Created"]).sum() == 325


@pytest.mark.parametrize("name", [*PUBLISHED, "loans", "intake", "requests"])
def test_what_is_read_is_accepted_or_set_aside_to_the_row(run: Run, name: str) -> None:
    folder = run(name)
    inputs = json.loads((folder / "run.json").read_text("utf-8"))["inputs"]
    aside = pl.read_parquet(folder / "quarantine.parquet")

    assert aside.select("source", "row").is_duplicated().sum() == 0
    accepted = sum(mined(folder).transitions.values())
    assert accepted + aside.height == sum(each["rows"] for each in inputs)


def test_scheduled_started_and_completed_rows_become_activities(run: Run) -> None:
    folder = run("loans")
    read = json.loads((folder / "run.json").read_text("utf-8"))["inputs"][0]["rows"]

    log = found(folder)["log"]

    assert read == 262_200
    assert log["cases"] == 13_087
    # 164,506 rows say COMPLETE; three STARTs have none, and are work in progress
    assert (log["events"], log["events_at_least"]) == (164_509 // 10 * 10, True)
    assert events(folder)["is_done"].sum() == 164_506


@pytest.mark.parametrize("name", [*PUBLISHED, "loans", "requests"])
def test_directly_follows_counts_are_those_of_pm4py(run: Run, name: str) -> None:
    import pm4py

    log = events(run(name))
    lens = Lens(log["at"].max(), "Europe/Amsterdam", Journey(end=("-",)))
    summary = follows.SUMMARY
    ours = summarise(bucket_of(log.lazy(), NOBODY, lens), [summary])[summary.name]

    # in another order: pm4py's frames are sorted here, as its own reader leaves them
    shuffled = log.select("case_id", "activity", "at", "source", "row").sample(
        fraction=1.0, shuffle=True, seed=1
    )
    graph, _, _ = pm4py.discover_dfg(
        shuffled.sort(ORDER).to_pandas(),
        activity_key="activity",
        case_id_key="case_id",
        timestamp_key="at",
    )
    assert {(a, b): n for a, b, n in ours.select("from", "to", "n").rows()} == graph


def test_the_wait_since_registration_is_that_of_the_rows(run: Run, real_logs: Path) -> None:
    times = pl.read_csv(real_logs / "coselog_receipt.csv").select(
        "case:concept:name",
        pl.col("time:timestamp", "case:startdate").str.to_datetime(time_zone="UTC", strict=True),
    )
    first = times.group_by("case:concept:name").min()
    days = (first["time:timestamp"] - first["case:startdate"]).dt.total_milliseconds() / 86_400_000

    waits = pl.read_parquet(run("intake") / "tables" / "waits.parquet")
    intake = waits.row(by_predicate=pl.col("from") == "startdate", named=True)

    # two cases were registered after their first event: that they are two is not told
    assert (days >= 0).sum() == 1432
    assert (intake["n"], intake["cases"]) == (None, 1420)
    assert intake["person_days"] == pytest.approx(days.filter(days >= 0).sum(), rel=1e-6)
    assert intake["p50_days"] == pytest.approx(days.filter(days >= 0).median(), rel=0.01)


def test_three_encodings_of_one_log_give_one_result(run: Run) -> None:
    results = [found(run(f"receipt_{kind}")) for kind in ("xes", "csv", "parquet")]
    for result in results:
        result.pop("run_id")

    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("name", [*PUBLISHED, "loans", "requests"])
def test_no_small_group_and_no_raw_id_is_in_any_output(run: Run, name: str) -> None:
    folder = run(name)
    text = "".join(path.read_text("utf-8") for path in folder.glob("report.*.html"))
    tables = [pl.read_parquet(path) for path in folder.glob("tables/*.parquet")]
    counts = [
        value
        for table in tables
        for column in ("cases", "n", "open_cases", "at_risk")
        if column in table.columns
        for value in table[column].drop_nulls()
    ]

    assert not [count for count in counts if 0 < count < 10]
    assert not [id_ for id_ in events(folder)["case_id"].unique().head(500) if id_ in text]
