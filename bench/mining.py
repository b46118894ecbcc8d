# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Mining with everything on, against the least that process mining does: the same events, in turn.

The least is the directly-follows graph with the median and the 90th percentile of the time between
steps, one query in polars over the same files. Mining is all from events in buckets to findings.
"""

from __future__ import annotations

import datetime as dt
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from contracts.config import load
from contracts.events import EVENTS, ORDER
from contracts.norms import equivalent_days
from contracts.verdict import Verdict
from mining.attending import work
from mining.cases.journeys import Lens
from mining.findings import SUMMARIES, conclude
from mining.law import case_terms, rescue
from mining.model import concurrency
from mining.summaries import Bucket, Summaries, Summary, bucket_of, merge, summarise
from simulation.generator import LOG, Order, generate

ROOT = Path(__file__).parents[1]
TURNS = 3
EVENTS_A_BUCKET = 1_000_000
_NOBODY = pl.LazyFrame(schema={"case_id": pl.String})


def prepare(cases: int, folder: Path) -> list[Path]:
    """Writes events of mining damage in buckets, sorted, as the store keeps them."""
    generate(Order("img", cases, 1, level="statistical"), "parquet", folder / "made")
    settings = load(ROOT / "configs" / "img.yaml")
    attributes = settings.sources[0].case_attributes
    roles = settings.sources[0].columns
    log = pl.scan_parquet(folder / "made" / LOG / "export.parquet").with_row_index("row")
    events = log.select(
        bucket=pl.lit(0, pl.Int32),
        case_id=pl.col(roles.case_id or ""),
        activity=pl.col(roles.activity or ""),
        started_at=pl.col(roles.start_timestamp or ""),
        at=pl.col(roles.timestamp or ""),
        is_day=pl.lit(value=False),
        registered_at=pl.lit(None, pl.Datetime("us", "UTC")),
        resource=pl.col(roles.resource or ""),
        team=pl.col(roles.team or ""),
        org=pl.col(roles.org or ""),
        is_done=pl.lit(value=True),
        is_mark=pl.lit(value=False),
        source=pl.lit("export.parquet"),
        row=pl.col("row").cast(pl.Int64),
        **{f"case:{name}": pl.col(name) for name in attributes},
    )
    count = log.select(pl.len()).collect().item()
    buckets = max(1, count // EVENTS_A_BUCKET)
    print(f"{count:,} events of {cases:,} cases in {buckets} buckets")
    dealt = events.with_columns(dealt=pl.col("case_id").hash(seed=0) % buckets).collect()
    paths = []
    for number, part in enumerate(dealt.partition_by("dealt", include_key=False)):
        paths.append(folder / f"{number}.parquet")
        part.select(*EVENTS, pl.col("^case:.*$")).sort(ORDER).write_parquet(paths[-1])
    return paths


def bare(paths: list[Path]) -> None:
    """Makes the directly-follows graph with percentiles."""
    events = pl.scan_parquet(paths).select("case_id", "activity", "at")
    same = pl.col("case_id") == pl.col("case_id").shift()
    (
        events.with_columns(
            before=pl.col("activity").shift(), waited=pl.col("at") - pl.col("at").shift(), same=same
        )
        .filter("same")
        .group_by("before", "activity")
        .agg(
            pl.len(),
            p50=pl.col("waited").quantile(0.5),
            p90=pl.col("waited").quantile(0.9),
        )
        .collect()
    )


def mine(paths: list[Path]) -> None:
    """Mines everything, a bucket at a time."""
    settings = load(ROOT / "configs" / "img.yaml")
    segments = tuple(f"case:{name}" for name in settings.analysis.segments)
    as_of = dt.datetime(2025, 11, 1, tzinfo=dt.UTC)
    lens = Lens(
        as_of,
        settings.timezone,
        settings.journey,
        segments=segments,
        deadlines=settings.deadlines,
        equivalent_days=tuple(each.day for each in equivalent_days()),
        calendar=settings.calendar,
    )
    events = [pl.scan_parquet(path) for path in paths]
    light = [each.select(concurrency.COLUMNS) for each in events]
    relations = concurrency.conclude(_summed(light, lens, concurrency.SUMMARIES))
    parts, dealt = [], []
    for bucket in events:
        known = replace(lens, relations=relations)
        bucketful = bucket_of(bucket, _NOBODY, known)
        earlier = None if parts else bucket_of(bucket, _NOBODY, rescue.earlier(known))
        _, of_terms = case_terms.summed(bucketful, earlier)
        parts.append(summarise(bucketful, SUMMARIES) | of_terms)
        dealt.append(work.dealt(bucketful, len(events)))
    attended = [summarise(pl.concat(each), work.SUMMARIES) for each in zip(*dealt, strict=True)]
    merged = _merged(parts, (*SUMMARIES, *case_terms.SUMMARIES)) | _merged(attended, work.SUMMARIES)
    verdict = Verdict(success=True, rows=0, rules=(), quarantined_rows=0, quarantined_cases=0)
    conclude(merged, settings, lens, verdict, "bench")


def _summed(
    events: Sequence[pl.LazyFrame], lens: Lens, summaries: tuple[Summary[Bucket], ...]
) -> Summaries:
    parts = [summarise(bucket_of(bucket, _NOBODY, lens), summaries) for bucket in events]
    return _merged(parts, summaries)


def _merged(parts: Sequence[Summaries], summaries: Sequence[Summary[Any]]) -> Summaries:
    frames = {each.name: [part[each.name].lazy() for part in parts] for each in summaries}
    return merge(frames, summaries)


def timed(work: Callable[[list[Path]], None], paths: list[Path]) -> float:
    """The seconds that the work takes."""
    began = time.perf_counter()
    work(paths)
    return time.perf_counter() - began


def main(cases: int) -> None:
    """Runs both in turn; prints medians and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        paths = prepare(cases, Path(folder))
        mine(paths[:1])  # so that late imports are done
        took = [(timed(bare, paths), timed(mine, paths)) for _ in range(TURNS)]
    least, ours = (statistics.median(each) for each in zip(*took, strict=True))
    print(f"  directly-follows and percentiles {least:7.2f} s")
    print(f"  mining, everything on            {ours:7.2f} s")
    print(f"  ratio of medians                 {ours / least:7.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  peak memory of the whole bench   {peak:7,} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
