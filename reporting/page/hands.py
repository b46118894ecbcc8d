# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a page shows of the work of those who took cases up, but not who they are."""

from __future__ import annotations

import polars as pl

from reporting.drawing.charts import bar
from reporting.words.bottlenecks import Wait
from reporting.words.page_row import PageRow
from reporting.words.speech import Speech, sentence

_KNOWN = 0.05  # of the wait: with less known work, the log hardly shows what was done
_CAUSES = {
    "contention_days": sentence("worked on cases that were there before"),
    "prioritisation_days": sentence("worked on cases that came later"),
    "batching_days": sentence("did not work; the cases taken up together were not all there yet"),
    "other_days": sentence("did not work on a case, as far as the log knows"),
}


def meanwhile(table: pl.DataFrame, wait: Wait, speech: Speech) -> list[PageRow]:
    """What went on while cases waited at one place: a row for each part, with its bar.

    Nothing if the log knows too little of it: that would only seem to say that nobody worked.

    Args:
        table: in the shape of ``TABLES["waiting_causes"]``.
        wait: the wait at the place.
        speech: the language of the words.
    """
    found = wait.source
    mine = table.filter(pl.col("from") == found.from_, pl.col("to").eq_missing(found.to))
    if mine.is_empty():
        return []
    row = mine.row(0, named=True)
    total = sum(row[cause] for cause in _CAUSES)
    if not total or total - row["other_days"] < _KNOWN * total:
        return []
    return [
        {
            "words": speech.say(words),
            "share": speech.share(row[cause] / total),
            "bar": bar(row[cause] / total, "turn"),
        }
        for cause, words in _CAUSES.items()
    ]
