# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The line of a queue: where it stands highest, how it is labelled, and when it is not drawn."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from contracts.findings import Window
from contracts.tables import TABLES
from reporting.drawing.queue_chart import queue
from reporting.words.speech import Speech
from tests.unit.reporting import sample

EN, NL = (Speech(language, ZoneInfo("Europe/Amsterdam")) for language in ("en", "nl"))
FOUND = sample.findings().bottlenecks[0].model_copy(update={"window": None})
FIRST = dt.date(2024, 1, 7)


def _table(numbers, first=FIRST):
    rows = [
        (FOUND.from_, FOUND.to, first + dt.timedelta(weeks=week), number)
        for week, number in enumerate(numbers)
    ]
    return pl.DataFrame(rows, schema=TABLES["queues"], orient="row")


def _heights(drawing):
    [line] = re.findall(r'<polyline points="([^"]*)"', drawing)
    return [float(point.split(",")[1]) for point in line.split()]


def test_the_line_is_as_high_as_many_wait():
    drawn = queue(_table([0, 10, 20, 40, 40, 20, 10, 0]), FOUND, 10, EN)

    assert _heights(drawn.drawing) == [186.0, 146.0, 106.0, 26.0, 26.0, 106.0, 146.0, 186.0]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (
            [0, 10, 20, 40, 40, 20, 10, 10],
            "in February 2024: at least 40. At the end of the log it was at least 10.",
        ),
        ([0, 10, 20, 40, 40, 20, 10, 0], "at least 40. At the end of the log hardly any did."),
        ([0, 0, 10, 10, 20, 20, 30, 40], "The most cases waited here at the end of the"),
    ],
)
def test_what_it_shows_is_said_too(numbers, words):
    drawn = queue(_table(numbers), FOUND, 10, EN)

    assert (words in drawn.words, f"<title>{drawn.words}</title>" in drawn.drawing) == (True, True)


@pytest.mark.parametrize("numbers", [[], [10] * 7, [0] * 20])
def test_what_says_no_more_than_a_number_is_not_drawn(numbers):
    assert queue(_table(numbers), FOUND, 10, EN) is None


def test_the_table_has_the_end_of_each_month_and_of_the_log():
    drawn = queue(_table([10 * week for week in range(12)]), FOUND, 10, NL)

    assert drawn.rows == [
        {"day": "28 januari 2024", "waiting": "30"},
        {"day": "25 februari 2024", "waiting": "70"},
        {"day": "24 maart 2024", "waiting": "110"},
    ]


@pytest.mark.parametrize("weeks", [8, 30, 52, 160, 520, 1040])
def test_a_short_log_and_a_long_one_get_a_few_labels(weeks):
    drawn = queue(_table([40] * weeks), FOUND, 10, EN)
    labels = re.findall(r">([A-Z][a-z]{2} \d{4})<", drawn.drawing)

    assert 1 <= len(labels) <= 7
    assert len(set(labels)) == len(labels)
    assert len(drawn.rows) <= 13


def test_the_period_that_it_is_about_is_marked():
    window = Window.model_validate({"from": "2024-02-01T00:00:00Z", "to": "2024-03-01T00:00:00Z"})
    marked = queue(_table([40] * 30), FOUND.model_copy(update={"window": window}), 10, EN).drawing

    assert ('class="span"' in marked, "the period that this is about" in marked) == (True, True)
    assert 'class="span"' not in queue(_table([40] * 30), FOUND, 10, EN).drawing


def test_a_queue_that_is_always_short_is_told_and_not_drawn():
    told = queue(_table([0, 10, 20, 10] * 3), FOUND, 10, EN)

    assert (told.drawing, told.rows) == ("", [])
    assert told.words == "At no time did 30 or more cases wait here."
    assert queue(_table([0, 10, 20, 10] * 3), FOUND, 5, EN).drawing
