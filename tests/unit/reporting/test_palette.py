# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The three tones of waiting can be told apart, also by who sees colours otherwise.

Colours as they are seen: Machado, Oliveira and Fernandes (2009), severity 1. Difference: CIE 1976.
"""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from reporting.page.pages import TEMPLATES

STYLE = (TEMPLATES / "style.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[:2]
)
SEEN = {
    "all colours": np.eye(3),
    "no red (protanopia)": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green (deuteranopia)": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue (tritanopia)": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
JUST_SEEN = 2.3


def _linear(colour):
    channels = np.array([int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _lab(linear):
    x, y, z = TO_XYZ @ linear / (TO_XYZ @ np.ones(3))
    cubes = [t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z)]
    return np.array([116 * cubes[1] - 16, 500 * (cubes[0] - cubes[1]), 200 * (cubes[1] - cubes[2])])


def _difference(one, other, seen):
    labs = [_lab(np.clip(np.array(seen) @ _linear(each), 0, 1)) for each in (one, other)]
    return float(np.linalg.norm(labs[0] - labs[1]))


def test_the_measure_is_that_of_cie():
    assert _difference("#ffffff", "#000000", np.eye(3)) == pytest.approx(100, abs=0.01)
    assert _difference("#ff0000", "#00ff00", np.eye(3)) == pytest.approx(170.6, abs=0.1)


@pytest.mark.parametrize("seen", SEEN.values(), ids=list(SEEN))
@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_tones_can_be_told_apart(scheme, seen):
    least = min(
        _difference(scheme[one], scheme[other], seen)
        for one, other in combinations(("t0", "t1", "t2"), 2)
    )

    assert least > 4 * JUST_SEEN
