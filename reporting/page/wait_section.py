# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The section of a bottleneck: what is told of it elsewhere, and what is shown only here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from contracts.findings import Bottleneck
from reporting.drawing import queue_chart
from reporting.drawing.charts import band_tone, bar
from reporting.drawing.queue_chart import Queue
from reporting.page import cards, dialogue, hands, limits
from reporting.page.dialogue import Answered
from reporting.shown import Shown
from reporting.words import bottlenecks, kinds
from reporting.words.bottlenecks import Wait
from reporting.words.counts import count, of_waiting
from reporting.words.names import Names
from reporting.words.page_row import PageRow
from reporting.words.speech import Speech

_MUCH = 0.05  # of all waiting: less than this need not be told


@dataclass(frozen=True)
class WaitSection:
    """What the section of a bottleneck shows.

    Attributes:
        wait: the bottleneck in words, each figure with its card.
        bands: how long cases waited before they went on.
        bands_note: what is in ``bands``, and what is not.
        queue: how many waited, week by week; null if too few did.
        meanwhile: what went on while they waited.
        limits: what the bottleneck is not.
        said: what was answered to an earlier report; null if nothing was.
    """

    wait: Wait
    bands: list[PageRow]
    bands_note: str
    queue: Queue | None
    meanwhile: list[PageRow]
    limits: list[str]
    said: Answered | None


def wait_sections(shown: Shown, names: Names) -> list[WaitSection]:
    """A section for each of the first bottlenecks, in their order."""
    return [_section(wait, shown, names) for wait in bottlenecks.waits(shown.findings, names)]


def _section(wait: Wait, shown: Shown, names: Names) -> WaitSection:
    findings, tables, speech, found = shown.findings, shown.tables, names.speech, wait.source
    k = shown.settings.privacy.minimum_group
    figures = cards.with_cards(wait.figures, found, shown, speech)
    remarks = (*wait.remarks, *_other_ways(found, shown, names))
    bands = _bands(tables["wait_bands"], wait, speech)
    return WaitSection(
        wait=replace(wait, figures=figures, remarks=remarks),
        bands=bands,
        bands_note=" ".join(_bands_note(bands, found, speech)),
        queue=queue_chart.queue(tables["queues"], found, k, speech),
        meanwhile=hands.meanwhile(tables["waiting_causes"], wait, speech),
        limits=limits.limits(found, findings, tables["work_band"], names),
        said=dialogue.said(found, findings, shown.facts, names),
    )


def _other_ways(found: Bottleneck, shown: Shown, names: Names) -> Iterator[str]:
    """Where else much is waited for the same step, if the list does not tell it by itself."""
    if found.interval is None or found.to is None or not kinds.is_seen(found):
        return
    listed = {(each.from_, each.to) for each in shown.findings.bottlenecks}
    rows = shown.tables["waits"].filter(pl.col("to") == found.to).iter_rows(named=True)
    others = [row for row in rows if (row["from"], row["to"]) not in listed]
    most = max(others, key=lambda row: row["share_of_waiting"], default=None)
    if most and most["share_of_waiting"] >= _MUCH:
        yield names.speech.say(
            "The extra days also count waiting for the same step %(place)s (%(share)s).",
            place=names.place(most["from"], most["to"]),
            share=of_waiting(most["share_of_waiting"], shown.findings, names.speech),
        )


def _bands(table: pl.DataFrame, wait: Wait, speech: Speech) -> list[PageRow]:
    """The bands of one wait, each with its bar; shares are of what is shown.

    ``still`` is nothing if the bands do not tell how many wait now, or if nobody does.
    """
    found = wait.source
    mine = table.filter(pl.col("from") == found.from_, pl.col("to").eq_missing(found.to))
    counts: list[int] = mine["n"].drop_nulls().to_list()
    if not any(counts):
        return []
    known = pl.col("n", "open_n").fill_null(0)
    most: int = mine.select(pl.sum_horizontal(known).max()).item()
    some_wait = bool(mine["open_n"].sum())
    # a band where nobody went on is an empty row if this table does not tell who waits now
    told = mine if some_wait else mine.filter(pl.col("n").is_null() | (pl.col("n") > 0))
    return [
        {
            "words": _between(row["over_days"], row["up_to_days"], speech),
            "count": count(row["n"], speech),
            "share": "" if row["n"] is None else speech.share(row["n"] / sum(counts)),
            "still": count(row["open_n"], speech) if some_wait else "",
            "bar": bar(
                (row["n"] or 0) / most, band_tone(row["up_to_days"]), (row["open_n"] or 0) / most
            ),
        }
        for row in told.iter_rows(named=True)
    ]


def _bands_note(bands: list[PageRow], found: Bottleneck, speech: Speech) -> Iterator[str]:
    if any(row["still"] for row in bands):
        yield speech.say(
            "Not filled, and under “wait still”: cases that wait here now, by how long so far. They"
            " may wait much longer yet; “1 in 10” above takes that into account."
        )
    elif found.open_cases != 0:
        yield speech.say(
            "This table holds waits that have ended. “1 in 10” above also counts the cases that"
            " still wait, so it can be longer."
        )
    if any(not row["share"] for row in bands):
        yield speech.say("The shares cover only the times that are shown.")


def _between(over: float, up_to: float | None, speech: Speech) -> str:
    if up_to is None:
        return speech.say("longer than %(time)s", time=speech.duration(over))
    if over == 0:
        return speech.say("up to %(time)s", time=speech.duration(up_to))
    low, high = speech.span(over, up_to)
    return speech.say("%(low)s to %(high)s", low=low, high=high)
