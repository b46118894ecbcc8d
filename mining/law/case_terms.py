# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the deadlines say of the cases of a bucket, and the sums of that."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from mining.law import bunching, deadlines, rescue
from mining.law.legal_clock import held
from mining.summaries import Bucket, Summaries, summarise
from mining.waiting.waits import places

_OF_CASES = (deadlines.SUMMARY, bunching.SUMMARY)
SUMMARIES = (*_OF_CASES, rescue.STAYS, rescue.STAYS_THEN, rescue.OUTCOMES)
"""Everything that is summarised of what deadlines say."""


def summed(bucket: Bucket, earlier: Bucket | None) -> tuple[pl.DataFrame, Summaries]:
    """What is known of each case, and the sums ``SUMMARIES``.

    Args:
        bucket: the cases as the log is now.
        earlier: the same cases at the moment of ``mining.law.rescue.earlier``; none: they do not
            test the chances.

    Returns:
        The columns of ``mining.law.legal_clock.HELD``, with the name of each case; and the sums.
    """
    now = _watched(bucket)
    nothing = replace(now, held=now.held.clear())
    then = nothing if earlier is None else _watched(earlier)
    sums = (
        summarise(now.held, _OF_CASES)
        | summarise(now, [rescue.STAYS])
        | summarise(then, [rescue.STAYS_THEN])
        | summarise(rescue.Replayed(then, now), [rescue.OUTCOMES])
    )
    named = now.held.lazy().join(bucket.names, on="case_id", how="left")
    return named.with_columns(case_id="name").drop("name").collect(), sums


def _watched(bucket: Bucket) -> rescue.Watched:
    known = places(bucket).collect().lazy()
    return rescue.Watched(held(bucket, known), known, bucket.lens.as_of_date)
