# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import pytest

from reporting.drawing.layout import Box, Line, lay_out

BOXES = [Box(name, 100, 40) for name in ("a", 'b "quoted"', "c")]
LINES = [
    Line("a", 'b "quoted"', (80, 30)),
    Line('b "quoted"', "c", (80, 30)),
    Line("c", "a", (60, 30), back=True),
    Line("c", "c"),
]


def _picture(_: int = 0):
    return lay_out(BOXES, LINES, rankdir="TB")


def test_boxes_stand_apart_from_top_to_bottom():
    places = _picture().boxes

    assert [name for name, _ in sorted(places.items(), key=lambda item: item[1][1])] == [
        box.id for box in BOXES
    ]
    for (_, one), (_, other) in combinations(places.items(), 2):
        assert abs(one[0] - other[0]) >= 100 or abs(one[1] - other[1]) >= 40


def test_a_line_against_the_flow_points_to_its_head():
    drawing = _picture()
    tip, (x, y) = drawing.routes[2].tip, drawing.boxes["a"]

    assert abs(tip[0] - x) <= 51
    assert abs(tip[1] - y) <= 21


def test_labels_have_the_room_they_asked_for():
    drawing = _picture()
    line = drawing.routes[0]
    nearest = min(abs(line.label[0] - x) for x, y in line.points if abs(y - line.label[1]) < 15)

    assert nearest >= 40


def test_threads_draw_the_same():
    alone = _picture()

    with ThreadPoolExecutor(8) as pool:
        assert all(picture == alone for picture in pool.map(_picture, range(40)))


@pytest.mark.parametrize("seed", ["0", "1"])
def test_processes_draw_the_same(seed):
    code = "from tests.unit.reporting.test_layout import _picture; print(_picture())"
    made = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": seed, "PATH": ""},  # and no home for the compile cache
    )

    assert made.stdout.strip() == str(_picture())
