# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The house style of an organisation: a few colours, installed fonts, and its name.

A scheme must be complete, so that every pair of colours that meet on a page was chosen together and
can be checked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from contracts.attributes import Name
from contracts.models import Model

TEXT, GRAPHICS = 4.5, 3.0
"""The least contrast of text, and of graphics (WCAG 2.2, 1.4.3 and 1.4.11)."""

_TEXT = (
    *((ink, ground) for ink in ("ink", "muted", "accent") for ground in ("paper", "soft")),
    *((tone, "paper") for tone in ("short", "middle", "long")),
)
_GRAPHICS = (("frame", "paper"), ("frame", "soft"))
_COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_FONT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,62}")


def _rgb(value: object) -> str:
    """A colour as #rrggbb."""
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        # without quotes, # begins a comment, and no value is left
        raise ValueError('write a colour as in "#1a2b3c", with the quotes')
    digits = value[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))  # noqa: PLR2004


def _font(name: str) -> str:
    if not _FONT.fullmatch(name):
        raise ValueError("write the name of a font in letters, digits, spaces and hyphens")
    return name


Colour = Annotated[str, BeforeValidator(_rgb, json_schema_input_type=str)]
Font = Annotated[str, AfterValidator(_font)]
Organisation = Annotated[Name, StringConstraints(max_length=80)]


class Scheme(Model):
    """The colours of a page in light or in dark.

    ``paper`` and ``soft`` are backgrounds, ``ink`` and ``muted`` are text, ``accent`` is for links,
    ``frame`` and ``line`` are edges; ``short``, ``middle`` and ``long`` show how long cases wait.
    """

    paper: Colour
    soft: Colour
    ink: Colour
    muted: Colour
    accent: Colour
    frame: Colour
    line: Colour
    short: Colour
    middle: Colour
    long: Colour

    @model_validator(mode="after")
    def _can_be_read(self) -> Scheme:
        for pairs, least in ((_TEXT, TEXT), (_GRAPHICS, GRAPHICS)):
            for one, other in pairs:
                ratio = contrast(getattr(self, one), getattr(self, other))
                if ratio < least:
                    told = math.floor(ratio * 100) / 100  # 4.499 is not 4.5
                    raise ValueError(
                        f"'{one}' on '{other}' has a contrast of {told}; at least {least} is needed"
                    )
        return self


class HouseStyle(Model):
    """What an organisation may set; the rest stays as hoeksteen has it."""

    organisation: Organisation | None = None
    font: Annotated[tuple[Font, ...], Field(max_length=8)] = ()
    light: Scheme | None = None
    dark: Scheme | None = None


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, as #rrggbb: from 1 (none) to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
        for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def plain(tokens: Any) -> Any:
    """Tokens as plain values; in the format of the W3C, each is an object with a ``$value``."""
    if not isinstance(tokens, Mapping):
        return tokens
    if "$value" in tokens:
        return tokens["$value"]
    return {key: plain(value) for key, value in tokens.items() if not str(key).startswith("$")}
