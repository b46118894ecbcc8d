# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Files that repeat the events of others in other words, as daily full exports do."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, ClassVar

import polars as pl

from contracts.listed import listed
from validation.engine.engine import Kwargs, Measure
from validation.engine.registry import measure
from validation.expectations.base import MOST_TOLD, Judged, LogExpectation, Rows, rows_of

LEAST_SHARED = 100
"""A file may well share fewer events than this with another one."""

_HINT = (
    "Let each full export replace the one before under the same name; or keep only the latest "
    "and begin a new --store; or export different periods. If these are different "
    "events, `validation.rules.DQ32: {severity: info}` counts them all."
)

Shared = dict[str, tuple[int, int]]
"""By file, the number of its rows, and of those whose event another file has too."""


class ExpectFilesToDiffer(LogExpectation):
    """No file has a hundred rows, and a ``share`` of its rows, whose events another file has too.

    An event is a step of a case at a time; rows that repeat others exactly do not count.
    """

    share: float
    metric_dependencies: ClassVar[tuple[str, ...]] = ("files.shared",)
    success_keys: ClassVar[tuple[str, ...]] = ("share",)

    def judged(self, metric: Any) -> Judged:
        """How many files have that many."""
        same = {
            name: shared / rows
            for name, (rows, shared) in sorted(metric.items())
            if shared >= max(LEAST_SHARED, self.share * rows)
        }
        told = listed([f"{name} ({share:.0%})" for name, share in same.items()], MOST_TOLD)
        return not same, len(same), {"found": f"This concerns {told}. {_HINT}"} if same else {}


@measure("files.shared")
def _shared(_: Kwargs) -> Measure:
    return rows_of(_by_file, _added, "cases")


def _by_file(events: pl.LazyFrame) -> pl.LazyFrame:
    event = pl.struct("case_id", "activity", "lifecycle", "at").hash()
    # of rows that say the same, keep the one of the first file
    once = events.group_by("digest", _event=event).agg(pl.col("source").min())
    of_files = once.group_by("_event", "source").agg(rows=pl.len())
    of_events = of_files.group_by("_event").agg(files=pl.len())
    rows, is_shared = pl.col("rows").cast(pl.Int64), pl.col("files") > 1
    return (
        of_files.join(of_events, on="_event")
        .group_by("source")
        .agg(rows=rows.sum(), shared=rows.filter(is_shared).sum())
    )


def _added(rows: Rows) -> Shared:
    files: Shared = defaultdict(lambda: (0, 0))
    for row in rows:
        n, shared = files[row["source"]]
        files[row["source"]] = (n + row["rows"], shared + row["shared"])
    return files
