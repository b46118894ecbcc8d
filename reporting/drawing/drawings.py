# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Drawings of the page with their colours in them, for where its style sheet does not reach.

Programs that draw SVG outside a browser know classes but no variables. So each drawing rule of the
style sheet is written out for every class that sets a variable of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path

from markupsafe import Markup

_STYLE = Path(__file__).parents[1] / "html" / "style.css"
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_VARIABLE = re.compile(r"var\((--[\w-]+)(?:, ([^()]+|var\([^()]*\)))?\)")
_AT_RULES = re.compile(r"@[^{]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_DRAWS = (
    "fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray",
    "paint-order", "opacity", "font-size", "font-weight",
)  # fmt: skip
_HEAD = re.compile(r"<svg ([^>]*)>((?:<(title|desc)[^>]*>[^<]*</\3>)*)")
_WORDS = re.compile(r">([^<]+)<")
_LABEL = re.compile(r'aria-label="([^"]+)"')
_MOVED = re.compile(r"translate\(([\d.]+) ([\d.]+)\)")
_SPOT = re.compile(r'<a href="#([\w-]+)"[^>]*><circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"')
_VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')

_MARKS = ("Mn", "Mc", "Me", "Cf")

Variables = dict[str, str]


@dataclass(frozen=True)
class Spot:
    """A round spot of a drawing that links to an ``anchor``, with its centre at ``x``, ``y``."""

    anchor: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Drawing:
    """A drawing that needs nothing else.

    Attributes:
        svg: with the rules of the style sheet in it.
        alt: what it shows, in words; null if the text beside it says it all.
        width: the width of its own view; ``height``: its height.
        spots: the spots that link to other parts of the report.
    """

    svg: str
    alt: str | None
    width: float
    height: float
    spots: tuple[Spot, ...]


def drawing(svg: Markup, font: str) -> Drawing:
    """A drawing of the page, with letters in ``font``."""
    head, view = _HEAD.match(svg), _VIEW.search(svg)
    if head is None or view is None:
        raise ValueError("a drawing begins with svg, and has a view that begins at 0 0")
    style = f'<style>*{{font-family:"{font}"}}{_rules()}</style>'
    said = _WORDS.findall(head[2]) or _LABEL.findall(head[1])
    is_hidden = 'aria-hidden="true"' in head[1]
    return Drawing(
        svg=f"<svg {head[1]}>{style}{_letters(svg[head.end(1) + 1 :])}",
        alt=None if is_hidden else ". ".join(unescape(words).rstrip(".") for words in said),
        width=float(view[1]),
        height=float(view[2]),
        spots=tuple(_spots(svg)),
    )


def _spots(svg: str) -> Iterator[Spot]:
    moved = _MOVED.search(svg)
    right, down = (float(moved[1]), float(moved[2])) if moved else (0.0, 0.0)
    for anchor, x, y, radius in _SPOT.findall(svg):
        yield Spot(anchor, float(x) + right, float(y) + down, float(radius))


def _letters(text: str) -> str:
    """``text`` without marks on and between letters, which text in a drawing cannot have."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if unicodedata.category(c) not in _MARKS)


@cache
def palette() -> Variables:
    """The light colours of the page, by name."""
    variables = next(_variables(body) for selectors, body in _sheet() if ":root" in selectors)
    return {name.removeprefix("--"): value for name, value in variables.items()}


@cache
def _sheet() -> list[tuple[str, str]]:
    """Selectors and declarations of each rule that is not in an at-rule."""
    css = _AT_RULES.sub("", _STYLE.read_text(encoding="utf-8"))
    return [(selectors.strip(), body) for selectors, body in _RULE.findall(css)]


@cache
def _rules() -> str:
    """The drawing rules, without variables."""
    root = {f"--{name}": value for name, value in palette().items()}
    classes = {
        selector: _variables(body)
        for selectors, body in _sheet()
        for selector in selectors.split(", ")
        if re.fullmatch(r"\.[\w-]+", selector) and "--" in body
    }
    return "".join(
        rule
        for selectors, body in _sheet()
        for selector in re.split(r",\s*", selectors)
        if ":" not in selector
        for rule in _written_out(selector, body, root, classes)
    )


def _written_out(
    selector: str, body: str, root: Variables, classes: dict[str, Variables]
) -> Iterator[str]:
    """A rule as it is anywhere, and as it is in and on each class that changes it."""
    drawn = {name: value for name, value in _declarations(body) if name in _DRAWS}
    if not drawn:
        return
    yield _rule([selector], drawn, root)
    for class_, variables in classes.items():
        if any(name in value for name in variables for value in drawn.values()):
            yield _rule(_at(selector, class_), drawn, root | variables)


def _at(selector: str, class_: str) -> list[str]:
    """``selector`` inside an element of ``class_``, and with one of its own parts of that class."""
    parts = selector.split()
    own = [" ".join((*parts[:n], parts[n] + class_, *parts[n + 1 :])) for n in range(len(parts))]
    return [f"{class_} {selector}", *own]


def _rule(selectors: list[str], drawn: Variables, variables: Variables) -> str:
    values = {name: _resolved(value, variables) for name, value in drawn.items()}
    body = ";".join(f"{name}:{value}" for name, value in values.items() if value)
    return f"{','.join(selectors)}{{{body}}}" if body else ""


def _resolved(value: str, variables: Variables) -> str:
    """``value`` without variables; empty if one of them is not set."""
    while found := _VARIABLE.search(value):
        known = variables.get(found[1], found[2])
        if known is None:
            return ""
        value = value.replace(found[0], known)
    return value


def _variables(body: str) -> Variables:
    return {name: value for name, value in _declarations(body) if name.startswith("--")}


def _declarations(body: str) -> Iterator[tuple[str, str]]:
    for declaration in body.split(";"):
        name, _, value = declaration.partition(":")
        if value:
            yield name.strip(), value.strip()
