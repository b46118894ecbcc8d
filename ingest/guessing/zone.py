# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What an export tells about the time zone of its times."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ingest.guessing.glance import Glance
from ingest.guessing.time_columns import ZONE

_OFFSET = r":\d{2}(?:\.\d+)?\s?([+-])(\d{2}):?(\d{2})?$"
_NEARLY_ALL = 0.99


def zone_evidence(seen: Glance, columns: Sequence[str]) -> str:
    """What the columns of times say for or against ``ZONE``.

    An offset is evidence of the zone. A time that the clocks of a zone skip in spring is not from
    such a clock.
    """
    known = [name for name in columns if name in seen.times]
    telling = [name for name in known if seen.times[name].with_offset]
    untold = sum(seen.times[name].without_offset for name in known)
    if telling and not untold:
        agree = [_agreeing(seen, name) for name in telling]
        shares = [share for share in agree if share is not None]
        if shares and min(shares) >= _NEARLY_ALL:
            return "the times have the offsets of that zone"
        return "for dates; the times themselves have an offset"
    told = sum(seen.times[name].with_offset for name in telling)
    who = f"{untold:,} of {told + untold:,} times" if told else "the times"
    if any(seen.times[name].skipped for name in known):
        return (
            f"assumed, as {who} have no offset; but some are in the hour that clocks there skip "
            f"in spring, so perhaps all are in UTC"
        )
    return f"assumed, as {who} have no offset; none is in the hour that clocks there skip"


def _agreeing(seen: Glance, name: str) -> float | None:
    """The share of times whose offset is that of ``ZONE`` at that time; null if none has one."""
    texts = seen.frame[name]
    if texts.dtype != pl.String:
        return None
    parts = pl.col("text").str.extract_groups(_OFFSET)
    hours, minutes = (pl.col("parts").struct[n].cast(pl.Int32) for n in (1, 2))
    local = pl.col("at").dt.convert_time_zone(ZONE).dt
    offset = (local.base_utc_offset() + local.dst_offset()).dt.total_minutes()
    written = (hours * 60 + minutes.fill_null(0)) * pl.when(pl.col("parts").struct[0] == "-").then(
        -1
    ).otherwise(1)
    told = pl.DataFrame({"text": texts, "at": seen.times[name].at}).with_columns(parts=parts)
    return told.select((written == offset).mean()).item()  # type: ignore[no-any-return]
