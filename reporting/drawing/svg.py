# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Builds SVG as text, escaped; the same input gives the same text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

# widths of letters of Arial in ems; Liberation Sans and Helvetica have the same
_NARROW = dict.fromkeys("iIjl.,:;'|!ft()[] -/", 0.3)
_MOST_EMS = 17.0  # a longer word is cut
_AT_HYPHEN = re.compile(r"(\w-)(?=\w)")
_ENDS_BROKEN = re.compile(r"\w-$")
_WIDE = dict.fromkeys("mwMWGOQ@%", 0.84)


def tag(name: str, *inside: str, **attributes: str | float) -> Markup:
    """An element; ``class_`` is class, ``stroke_width`` is stroke-width."""
    pairs = (f' {_name(key)}="{escape(_value(value))}"' for key, value in attributes.items())
    return Markup("<{0}{1}>{2}</{0}>").format(
        name,
        Markup("".join(pairs)),  # noqa: S704 - each value was escaped
        Markup("").join(inside),
    )


def _name(key: str) -> str:
    return key if key == "viewBox" else key.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    return value if isinstance(value, str) else f"{round(value, 1):g}"


def text_width(text: str, size: float) -> float:
    """About how many pixels ``text`` takes at font ``size``."""
    widths = (
        _NARROW.get(letter) or _WIDE.get(letter) or (0.7 if letter.isupper() else 0.56)
        for letter in text
    )
    return size * sum(widths)


def wrap(text: str, width: float, size: float) -> list[str]:
    """``text`` in even lines of at most about ``width`` pixels."""
    lines = _wrap(text, width, size)
    narrower = (_wrap(text, width * part / 10, size) for part in range(6, 10))
    return next((even for even in narrower if len(even) == len(lines)), lines)


def shortened(lines: list[str], most: int) -> list[str]:
    """The first ``most`` lines, the last of them with an ellipsis if others follow."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], lines[most - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"]


def told_apart(names: Mapping[str, list[str]], most: int) -> dict[str, list[str]]:
    """The lines of each name, ``shortened``; names then alike end with a line that differs.

    That is the last line if it tells most of them apart; if no line does, they stay alike.
    """
    told = {key: shortened(lines, most) for key, lines in names.items()}
    alike: dict[tuple[str, ...], list[str]] = {}
    for key, lines in told.items():
        alike.setdefault(tuple(lines), []).append(key)
    for keys in alike.values():
        left_out = reversed(range(most, max(len(names[key]) for key in keys)))
        options = [{key: told[key] for key in keys}]
        options += ({key: _ending_at(names[key], at, most) for key in keys} for at in left_out)
        best = max(options, key=_different)
        told |= best
    return told


def _ending_at(lines: list[str], at: int, most: int) -> list[str]:
    return [*shortened(lines, most - 1), *shortened(lines[min(at, len(lines) - 1) :], 1)]


def _different(labels: Mapping[str, list[str]]) -> int:
    return len(set(map(tuple, labels.values())))


def _wrap(text: str, width: float, size: float) -> list[str]:
    """Lines broken at spaces and after hyphens."""
    lines: list[str] = []
    for word in _AT_HYPHEN.sub(r"\1 ", text).split():
        room = size * _MOST_EMS
        pieces = _pieces(word, room, size) if text_width(word, size) > room else [word]
        for piece in pieces:
            joined = f"{lines[-1]}{_gap(lines[-1])}{piece}" if lines else piece
            if lines and text_width(joined, size) <= width:
                lines[-1] = joined
            else:
                lines.append(piece)
    return lines or [""]


def _gap(line: str) -> str:
    return "" if _ENDS_BROKEN.search(line) else " "


def _pieces(word: str, room: float, size: float) -> list[str]:
    """A word longer than any line, in parts: only names not written for people are so long."""
    letters = int(room / text_width(word, size) * len(word))
    return [word[n : n + letters] for n in range(0, len(word), letters)]
