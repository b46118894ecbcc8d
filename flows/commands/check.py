# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``hoeksteen check``: reads and judges a log, mines nothing, leaves nothing."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path

from contracts.settings import Settings
from contracts.verdict import Verdict
from flows.planning import plan
from flows.stages import reading, steps
from flows.stages.left_out import tell
from flows.warm import collector_at_rest
from ingest.storage.batches import formats_of, paths_of


def judge_only(config: Path, overrides: Sequence[str]) -> tuple[Verdict, Settings]:
    """The gate's verdict on the log that a first run of a config would have, and the settings.

    Raises:
        HoeksteenError: the config or a source is wrong.
    """
    with collector_at_rest():
        from validation.gate import judge

    now = dt.datetime.now(dt.UTC)
    with tempfile.TemporaryDirectory() as folder:
        job = plan(config, out=Path(folder), now=now, overrides=overrides)
        job.scratch.mkdir(parents=True)
        read = [reading.read(job, given) for given in job.inputs]
        batches = steps.gather(job, read).batches
        tell([batch.staged for batch in batches], job.settings.privacy.minimum_group)
        verdict = judge(
            paths_of(batches),
            job.settings,
            now,
            job.making,
            missing=sum(batch.staged.missing for batch in batches),
            read_as=formats_of(batches, job.settings.sources),
            pages=False,
        )
    return verdict, job.settings


def in_words(verdict: Verdict, k: int) -> str:
    """A line per rule, and one that says whether the log is fit; no count below ``k``."""
    said, (aside_rows, _) = verdict.sentences(k), verdict.aside(k)
    rules = (
        f"{'ok' if rule.success else rule.severity:<8} {rule.id:<5} {said[rule.id]}"
        for rule in verdict.rules
    )
    aside = "some" if aside_rows is None else f"{aside_rows:,}"
    fit = "fit" if verdict.success else "not fit"
    last = f"The log is {fit} to mine; {aside} of {verdict.rows:,} rows would be set aside."
    return "\n".join([*rules, last])
