# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A house style is taken as it is written, or refused with the token and the way out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.config import load
from contracts.errors import ConfigError
from contracts.house_style import HouseStyle

EXAMPLE = Path(__file__).parents[3] / "configs" / "styles" / "voorbeeld.yaml"
CONFIG = """
process: {id: p}
sources: [{path: log.csv}]
journey: {end: [done]}
report: {style: house.yaml}
"""


def styled(folder: Path, text: str, name: str = "house.yaml") -> HouseStyle | None:
    (folder / "config.yaml").write_text(CONFIG.replace("house.yaml", name))
    (folder / name).write_text(text)
    return load(folder / "config.yaml").report.style


def test_the_example_is_one(tmp_path: Path) -> None:
    style = styled(tmp_path, EXAMPLE.read_text("utf-8"))

    assert style
    assert (style.organisation, style.font[0]) == ("Gemeente Voorbeeld", "Verdana")
    assert style.light
    assert style.dark


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  ink:", "  inkt:", "'light.inkt' is not a key of the style. Did you mean 'ink'?"),
        ("font:", "logo: x.png\nfont:", "'logo' is not a key of the style. Valid keys here:"),
        ('  line: "#d8d4c7"', "", "'light.line' is missing"),
        (
            '"#fffdf8"',
            "#fffdf8",
            "'light.paper': write a colour as in \"#1a2b3c\", with the quotes",
        ),
        ('"#fffdf8"', '"white"', "'light.paper': write a colour"),
        ('"#fffdf8"', '"#fffd"', "'light.paper': write a colour"),
        ('"#fffdf8"', '"#fff;} x{"', "'light.paper': write a colour"),
        ("#55524a", "#8a877f", "'light': 'muted' on 'paper' has a contrast of 3.52; at least 4.5"),
        ("#a04500", "#e07b20", "'light': 'middle' on 'paper' has a contrast of 2.94; at least 4.5"),
        ("#7fd6ab", "#2a6b4d", "'dark': 'accent' on 'paper' has a contrast of 2.86; at least 4.5"),
        ("#7a766b", "#a5a196", "'light': 'frame' on 'paper' has a contrast of 2.53; at least 3.0"),
        ("Verdana", "'Ver\"dana'", "'font.0': write the name of a font"),
        ("Verdana", "url(x)", "'font.0': write the name of a font"),
        ("[Verdana", "[[Verdana]", "'font.0': write a text"),
        ("Gemeente Voorbeeld", "[a]", "'organisation': write a text"),
        ("light:", "- light:", "house.yaml is not valid YAML at line"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = EXAMPLE.read_text("utf-8")
    assert old in text

    with pytest.raises(ConfigError) as error:
        styled(tmp_path, text.replace(old, new, 1))

    told = str(error.value)
    assert said in told
    assert told.startswith(str(tmp_path / "house.yaml"))


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("report.style=nope.yaml", "There is no style file"),
        ("report.style=.", "cannot be read: Is a directory"),
        ("report.style=7", "'report.style' is not a path"),
        ("report.style={light: {}}", "'report.style' is not a path"),
        ("report=7", "'report': write keys here"),
    ],
)
def test_the_path_must_be_that_of_a_style(tmp_path: Path, override: str, said: str) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG)

    with pytest.raises(ConfigError, match=said):
        load(tmp_path / "config.yaml", [override])


def wrapped(tokens: Any) -> Any:
    """Tokens as the W3C writes them."""
    if isinstance(tokens, dict):
        return {"$description": "a group", **{key: wrapped(each) for key, each in tokens.items()}}
    return {"$value": tokens, "$type": "color"}


def test_tokens_may_be_written_in_json_and_as_the_w3c_does(tmp_path: Path) -> None:
    tokens = yaml.safe_load(EXAMPLE.read_text("utf-8"))

    plainly = styled(tmp_path, EXAMPLE.read_text("utf-8"))

    assert styled(tmp_path, json.dumps(tokens, indent="\t"), "house.json") == plainly
    assert styled(tmp_path, json.dumps(wrapped(tokens)), "house.json") == plainly


def test_half_a_json_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"house\.json is not valid JSON at line 2: "):
        styled(tmp_path, '{\n"font": [', "house.json")


def test_a_short_colour_is_a_colour(tmp_path: Path) -> None:
    style = styled(tmp_path, EXAMPLE.read_text("utf-8").replace("#fffdf8", "#FFF"))

    assert style
    assert style.light
    assert style.light.paper == "#ffffff"
