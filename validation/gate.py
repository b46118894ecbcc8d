# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The gate: what Great Expectations says of a log, and which rows may not pass."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from great_expectations import ExpectationSuite

from contracts.settings import Settings
from contracts.verdict import Verdict
from validation.disclosure import shown
from validation.docs import write_docs
from validation.engine.datasource import PART_ROWS, ParquetAsset, whole_log
from validation.engine.session import run_suite
from validation.quarantine import set_aside
from validation.suites import candidate_columns, event_log_suite, rule_of
from validation.verdicts import verdict_of

_OF_ANY_TABLE = {"C01", "R01"}
"""The rules that can be judged whatever the columns are."""


def judge(
    candidates: Sequence[Path],
    settings: Settings,
    now: datetime,
    out: Path,
    *,
    as_of: datetime | None = None,
    part_rows: int = PART_ROWS,
) -> Verdict:
    """Judges a log and sets aside the rows that cannot be used.

    Args:
        candidates: parquet files in the shape of ``CANDIDATES``; at least one.
        settings: what the process asks of its log.
        now: the instant after which nothing can have happened yet.
        out: where ``quarantine.parquet`` and ``validation/`` are written.
        as_of: the rules about cases and activities look at nothing that happened after it.
        part_rows: how many rows are judged at once; it bounds memory and changes nothing else.

    Returns:
        The verdict, with exact counts. It fails where Great Expectations found a critical
        expectation not met. Names of activities and of columns aside, it holds no value of the log,
        and nor does anything in ``validation/``, which counts no group that is too small to show.
    """
    k = settings.privacy.minimum_group
    suite = _suite(candidates, settings, now, min(as_of or now, now))
    pages = out / "validation"
    pages.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out) as scratch:
        paths = [str(path) for path in candidates]
        log = ParquetAsset(name="log", paths=paths, part_rows=part_rows, scratch=scratch)
        result, engine = run_suite(suite, log, now)
        batch = str(result.batch_id)
        aside = set_aside(engine, batch, suite.expectations, out / "quarantine.parquet")
        verdict = verdict_of(result, aside, engine.domain_parts({"batch_id": batch}), k)
    text = json.dumps(shown(verdict, k), indent=1, ensure_ascii=False)
    (pages / "verdict.json").write_text(text, encoding="utf-8")
    write_docs(result, verdict, k, pages / "docs")
    return verdict


def _suite(
    candidates: Sequence[Path], settings: Settings, now: datetime, as_of: datetime
) -> ExpectationSuite:
    """The suite; only what can be judged of it where the table lacks columns."""
    suite = event_log_suite(settings, now, as_of)
    columns = whole_log(candidates).collect_schema().names()
    if not set(candidate_columns(settings)) <= set(columns):
        suite.expectations = [each for each in suite.expectations if rule_of(each) in _OF_ANY_TABLE]
    return suite
