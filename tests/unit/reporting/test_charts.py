# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The curve of the whole route: what stands along it is true, and can be read."""

from __future__ import annotations

import re
from itertools import pairwise

import polars as pl
import pytest

from contracts.tables import TABLES
from reporting.drawing.charts import curve, ticks
from reporting.drawing.svg import text_width
from reporting.words.speech import DAYS_IN_MONTH, Speech
from tests.unit.reporting import sample

EN = Speech("en", sample.settings().zone)
DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": DAYS_IN_MONTH,
        "year": 365.25}  # fmt: skip


@pytest.mark.parametrize("last", [0.4, 3, 20, 80, 90, 170, 224, 342, 600, 1000, 5000])
def test_ticks_stand_where_they_are_said_to_stand(last):
    for days in ticks(last):
        count, unit = EN.whole_duration(days).split()

        assert int(count) * DAYS[unit.removesuffix("s")] == pytest.approx(days)


def _stair(svg):
    """The corners of the curve."""
    path = re.search('<path d="M([^"]+)"', svg)[1]
    start, *steps = re.split("H", path)
    return [tuple(map(float, re.split("[,V]", each))) for each in (start, *steps)]


def _box(svg, name):
    """What a name takes up: left, right, top and bottom."""
    text = re.search(f"<text ([^>]*)>{name}</text>", svg)[1]
    x, y = (float(re.search(f'{side}="([^"]+)"', text)[1]) for side in "xy")
    width = text_width(name, 13)
    left = x - width if "end" in text else x
    return left, left + width, y - 10, y + 3


@pytest.mark.parametrize("name", ["half done", "9 of 10 done"])
@pytest.mark.parametrize(
    "not_done",
    [
        [(5, 0.3), (20, 0.05), (100, 0.0)],
        [(70, 0.6), (90, 0.45), (95, 0.13), (100, 0.08)],
        [(20, 0.4), (80, 0.14), (100, 0.12)],
        [(50, 0.9), (100, 0.55)],
    ],
)
def test_the_curve_crosses_no_name_of_a_level(not_done, name):
    rows = [(float(days), share, 100) for days, share in not_done]
    drawn = str(curve(pl.DataFrame(rows, schema=TABLES["survival"], orient="row"), EN))
    left, right, top, bottom = _box(drawn, name)
    crossed = [
        (one, other)
        for one, other in pairwise(_stair(drawn))
        if other[0] > left and one[0] < right and (one[1] < bottom and other[1] > top)
    ]

    assert crossed == []
