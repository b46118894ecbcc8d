# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The report looks as it did: small pictures of its parts, held against those of before.

Where a change is meant, look at the new pictures (``HOEKSTEEN_PICTURES=new`` writes them here) and
keep them.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

BEFORE = Path(__file__).parent / "pictures"
SMALLER = 3
"""Letters become shades, so that what is seen is the layout and the colours."""

MOST_OF_ALL, MOST_ANYWHERE = 0.006, 0.45
"""Of the range of a colour: how far pixels may be off on average, and one block of them."""

PARTS = {
    "first": None,
    "map": ".map-frame",
    "place": "section.wait",
    "turns": "section:has(> #turns)",
    "route": ".curve:not(.queue)",
}
STATES = [
    *(("nl", "light", 1280, part) for part in PARTS),
    ("nl", "dark", 1280, "first"),
    ("nl", "dark", 1280, "map"),
    ("en", "light", 320, "first"),
]


@pytest.fixture
def page(open_page, report, request):
    language, scheme, width, _ = request.param
    opened, _ = open_page(report / f"report.{language}.html", scheme, width)
    if not opened.evaluate(IS_OUR_FONT):
        pytest.skip("the pictures are of letters of Liberation Sans, which is not here")
    return opened


IS_OUR_FONT = """() => {
  const pen = document.createElement("canvas").getContext("2d");
  const width = font => { pen.font = `100px ${font}`; return pen.measureText("Wachten").width; };
  return width(getComputedStyle(document.body).fontFamily) === width('"Liberation Sans"')
    && width('"Liberation Sans"') !== width('"no such font", serif');
}"""


def taken(page, part):
    """A small picture of a part of the page, as numbers from 0 to 1."""
    shot = page.locator(PARTS[part]).first.screenshot() if PARTS[part] else page.screenshot()
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    return image.reduce(SMALLER)


def far_apart(now: Image.Image, before: Image.Image) -> tuple[float, float]:
    """How far two pictures of one size are apart on average, and in the block that differs most."""
    off = np.abs(np.asarray(now, float) - np.asarray(before, float)).mean(axis=2) / 255
    rows, columns = (side // 8 * 8 for side in off.shape)
    blocks = off[:rows, :columns].reshape(rows // 8, 8, columns // 8, 8).mean(axis=(1, 3))
    return float(off.mean()), float(blocks.max(initial=0.0))


@pytest.mark.parametrize(
    ("page", "name"), [(state, "-".join(map(str, state))) for state in STATES],
    indirect=["page"], ids=["-".join(map(str, state)) for state in STATES],
)  # fmt: skip
def test_it_looks_as_before(page, name):
    now, path = taken(page, name.rpartition("-")[2]), BEFORE / f"{name}.png"
    if os.environ.get("HOEKSTEEN_PICTURES") == "new":
        BEFORE.mkdir(exist_ok=True)
        now.quantize(64).save(path, optimize=True)
    before = Image.open(path).convert("RGB")

    assert now.size == before.size
    of_all, anywhere = far_apart(now, before)
    assert of_all <= MOST_OF_ALL
    assert anywhere <= MOST_ANYWHERE


def test_a_part_that_is_gone_is_seen():
    white = Image.new("RGB", (200, 200), "white")
    marked = white.copy()
    marked.paste("black", (40, 40, 60, 60))

    of_all, anywhere = far_apart(marked, white)
    assert of_all > MOST_OF_ALL
    assert anywhere > MOST_ANYWHERE
    assert far_apart(white, white) == (0.0, 0.0)
