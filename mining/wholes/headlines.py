# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the rows that were set aside may do to the figures that a reader sees first.

Each figure is told as it is, without the cases that lost rows, and at the least and the most that
it could be. Not trusted are the cases in the log that lost rows, the cases that lost every row, and
the rows that name no case: at worst each of these rows is a case of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from contracts.findings import Bottleneck, Headline, HeadlineId
from contracts.journey import Journey
from contracts.verdict import Verdict
from mining.durations import DAY_MS
from mining.summaries import Summaries
from mining.waiting import waits
from mining.wholes import throughput

_Figure = float | None
_IS_TRUSTED = ~pl.col("is_touched")


@dataclass(frozen=True)
class _Counted:
    """A number of cases, how many of them are open, and the days that all took together."""

    n: int
    open_n: int
    person_days: float


def conclude(
    merged: Summaries, verdict: Verdict, ranked: Sequence[Bottleneck], journey: Journey
) -> tuple[Headline, ...]:
    """The headlines of a log from its merged summaries; none where nothing was set aside.

    Args:
        merged: those of ``mining.wholes.throughput`` and ``mining.waiting.waits``.
        verdict: how many rows and cases were set aside.
        ranked: the bottlenecks; the first one has a headline.
        journey: whose turn it is before each activity, and what the law sets.
    """
    if verdict.quarantined_rows == 0:
        return ()
    durations = merged[waits.DURATIONS.name].filter(_IS_TRUSTED)
    return (
        *_of_cases(merged[throughput.SUMMARY.name], verdict),
        *(_of_wait(first, durations, journey) for first in ranked[:1]),
    )


def _of_cases(summary: pl.DataFrame, verdict: Verdict) -> tuple[Headline, ...]:
    whole, trusted = _counted(summary), _counted(summary.filter(_IS_TRUSTED))
    touched = whole.n - trusted.n
    # a case that lost rows and is not in the log has lost all of them
    absent = max(verdict.quarantined_cases - touched, 0) + verdict.unnamed_rows
    untrusted = touched + absent
    p50, p90 = throughput.quantiles(throughput.followed(summary))
    known_p50, known_p90 = throughput.quantiles(throughput.trusted(summary))
    half = throughput.worst_case(summary, untrusted, 0.5)
    most = throughput.worst_case(summary, untrusted, 0.9)
    return (
        _headline("p50_days", p50, known_p50, *half),
        _headline("p90_days", p90, known_p90, *most),
        _headline("cases", whole.n, trusted.n, whole.n, whole.n + absent),
        _headline(
            "open_cases", whole.open_n, trusted.open_n, trusted.open_n, trusted.open_n + untrusted
        ),
        # an undated case may have begun at any time, so there is no most
        _headline("person_days", whole.person_days, trusted.person_days, trusted.person_days, None),
    )


def _of_wait(first: Bottleneck, durations: pl.DataFrame, journey: Journey) -> Headline:
    """Its share has no bounds: one case that waited long enough, here or not, may be all of it."""
    without = waits.share_at(durations, first.from_, first.to, journey)
    return _headline("share_of_first_wait", first.share_of_waiting, without, None, None)


def _counted(summary: pl.DataFrame) -> _Counted:
    n, ms = pl.col("n").sum(), pl.col("ms").sum()
    open_n = pl.col("n").filter("is_open").sum()
    counts = summary.select(n, open_n.alias("open_n"), ms).row(0, named=True)
    return _Counted(counts["n"], counts["open_n"], counts["ms"] / DAY_MS)


def _headline(
    id_: HeadlineId, value: _Figure, without: _Figure, lowest: _Figure, highest: _Figure
) -> Headline:
    return Headline(id=id_, value=value, without=without, lowest=lowest, highest=highest)
