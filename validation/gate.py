# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The gate: judges a log with Great Expectations, and sets aside rows that may not pass."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from great_expectations import ExpectationSuite
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from contracts.candidates import scan
from contracts.formats import Format
from contracts.settings import Settings
from contracts.verdict import Verdict
from validation.asked import Log
from validation.definitions import write_definitions
from validation.disclosure import shown
from validation.docs import write_docs
from validation.engine.datasource import PART_ROWS, ParquetAsset
from validation.engine.session import SuiteRun, run_suite
from validation.engine.table import Each
from validation.lookup import Lookup
from validation.quarantine import mark
from validation.suites import event_log_suite, rule_of
from validation.verdicts import rule_id, verdict_of

_SEVERAL = (pl.col("source").min() != pl.col("source").max()).alias("several")


def judge(  # noqa: PLR0913 - all that a run knows of its log
    candidates: Sequence[Path],
    settings: Settings,
    now: datetime,
    out: Path,
    *,
    as_of: datetime | None = None,
    missing: int = 0,
    read_as: Collection[Format] = (),
    part_rows: int = PART_ROWS,
    each: Each = map,
    scratch: Path | None = None,
    pages: bool = True,
) -> Verdict:
    """Judges a log and sets aside the rows that cannot be used.

    Args:
        candidates: parquet files in the shape of ``CANDIDATES``; at least one.
        settings: what the process asks of its log.
        now: the instant after which nothing can have happened yet.
        out: where ``quarantine.parquet`` and ``validation/`` are written; the latter also gets
            ``remarks.parquet``, the rows that break a rule of severity info.
        as_of: the rules about cases and activities ignore what happened after it.
        missing: how many records the sources say they have but did not give.
        read_as: the formats of its files, which the settings need not tell.
        part_rows: how many rows are judged at once; it bounds memory and changes nothing else.
        each: calls a function for every piece of work, which reads files and may write in
            ``scratch``.
        scratch: the folder for what is thrown away; by default ``out``. A worker that was taken for
            lost but still writes there may keep it from being removed.
        pages: whether the verdict, its Data Docs and what was run are written too.

    Returns:
        The verdict, with exact counts. It fails if Great Expectations found a critical expectation
        not met, or too little would be left. It holds no values of the log except names of
        activities and columns, and months, and nor does anything in ``validation/``. Counts there
        are of no group that is too small to show; the rows in ``remarks.parquet`` are named by
        number only, for those who have the source.
    """
    k = settings.privacy.minimum_group
    table = scan(candidates)
    rows, several = table.select(pl.len(), _SEVERAL).collect(engine="streaming").row(0)
    log = Log(settings, now, min(as_of or now, now), missing, rows, read_as, bool(several))
    suite = event_log_suite(log, table.collect_schema().names())
    told = out / "validation"
    told.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch or out, ignore_cleanup_errors=True) as folder:
        paths = [str(path) for path in candidates]
        asset = ParquetAsset(name="log", paths=paths, part_rows=part_rows, scratch=folder)
        run, verdict = held_against(suite, log, asset, out, each)
    if pages:
        text = json.dumps(shown(verdict, k), indent=1, ensure_ascii=False)
        (told / "verdict.json").write_text(text, encoding="utf-8")
        write_definitions(run.checkpoint, told)
        write_docs(run.result, suite, verdict, k, told / "docs")
    return verdict


def held_against(
    suite: ExpectationSuite, log: Log, asset: ParquetAsset, out: Path, each: Each = map
) -> tuple[SuiteRun, Verdict]:
    """Holds a suite against a log, and sets aside the rows that break it.

    Args:
        suite: some rules of ``event_log_suite``; R01 is one of them.
        log: what is known of the log.
        asset: its candidates.
        out: where ``quarantine.parquet`` is written, and ``remarks.parquet`` in its folder
            ``validation``, which must exist.
        each: calls a function for every piece of work.

    Returns:
        What Great Expectations found, and the verdict.
    """
    run = run_suite(suite, asset, log.now, each)
    # not by `part_rows`: the order of what is set aside must not depend on it
    many = max(1, -(-log.rows // PART_ROWS))
    verdict = _verdict(run, suite.expectations, out, Path(asset.scratch), log.settings, many)
    return run, verdict


def _verdict(
    run: SuiteRun,
    suite: Iterable[Expectation],
    out: Path,
    scratch: Path,
    settings: Settings,
    many: int,
) -> Verdict:
    """Writes the rows at fault, to the quarantine or to the remarks; gives the verdict."""
    broken, batch = _broken(run.result, suite), {"batch_id": str(run.result.batch_id)}
    told = [each for each in broken if each.severity == FailureSeverity.INFO]
    grave = [each for each in broken if each.severity != FailureSeverity.INFO]
    quarantine, named = out / "quarantine.parquet", scratch / "remarks.parquet"
    aside = mark(run.engine, batch, grave, quarantine, many, scratch / "grave", whole_cases=True)
    remarked = mark(run.engine, batch, told, named, many, scratch / "told", whole_cases=False)
    remarks = pl.scan_parquet(named, glob=False).drop("case_id")
    remarks.sink_parquet(out / "validation" / "remarks.parquet")
    lookup = Lookup(run.engine, batch, settings.privacy.minimum_group)
    return verdict_of(run.result, aside, remarked, lookup, settings.validation)


def _broken(
    result: ExpectationSuiteValidationResult, suite: Iterable[Expectation]
) -> list[Expectation]:
    """The expectations of the broken rules, without those that tolerate some broken rows."""
    broken = {rule_id(each) for each in result.results if not each.success}
    return [each for each in suite if rule_of(each) in broken and getattr(each, "mostly", 1) == 1]
