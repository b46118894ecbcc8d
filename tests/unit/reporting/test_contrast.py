# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Text is readable on everything it stands on, in light and in dark."""

from __future__ import annotations

import re

import pytest

from contracts.house_style import contrast
from reporting.page.pages import TEMPLATES

STYLE = (TEMPLATES / "style.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[:2]
)
TEXT = [
    *((ink, ground) for ink in ("ink", "muted", "link") for ground in ("paper", "soft")),
    *((ink, "step") for ink in ("ink", "muted")),
    *((ink, "paper") for ink in ("t0-text", "t1-text", "t2-text")),
    ("on-number", "number"),
    ("paper", "muted"),
]
GRAPHICS = [(tone, "paper") for tone in ("t0", "t1", "t2", "frame", "link", "number")]
GRAPHICS += [("frame", "soft"), ("link", "soft")]


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text(scheme, ink, ground):
    assert contrast(scheme[ink], scheme[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), GRAPHICS)
def test_graphics(scheme, ink, ground):
    assert contrast(scheme[ink], scheme[ground]) >= 3


def test_both_schemes_have_the_same_tokens():
    assert LIGHT.keys() == DARK.keys()
