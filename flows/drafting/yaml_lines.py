# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Lines of YAML with comments, whatever the texts in them are."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping

import yaml

WIDTH = 100
LEAST_TOLD = 10
"""Of how many rows or cases at least a config tells the number."""


def scalar(text: str) -> str:
    """A text as YAML has it, on one line: quoted where it would else be something other."""
    style = None if text.isprintable() else '"'
    dumped: str = yaml.safe_dump(text, allow_unicode=True, width=float("inf"), default_style=style)
    return dumped.removesuffix("\n").removesuffix("\n...")


def sequence(texts: Iterable[str]) -> str:
    """Texts as a sequence of YAML, on one line."""
    return yaml.safe_dump(
        list(texts), allow_unicode=True, width=float("inf"), default_flow_style=True
    ).removesuffix("\n")


def entry(values: Mapping[str, object]) -> list[str]:
    """A mapping as one more entry of a sequence at the top of a config."""
    dumped = yaml.safe_dump([dict(values)], allow_unicode=True, width=float("inf"), sort_keys=False)
    return textwrap.indent(dumped, "  ").splitlines()


def listed(texts: Iterable[str]) -> str:
    """Texts with commas between them."""
    return ", ".join(map(scalar, texts))


def said(line: str, comment: str) -> Iterator[str]:
    """A line with a comment behind it, or above it where it would get too long."""
    whole = f"{line}  # {comment}"
    if len(whole) <= WIDTH:
        yield whole
        return
    indent = line[: len(line) - len(line.lstrip(" "))]
    yield from remark(comment, indent)
    yield line


def remark(text: str, indent: str = "") -> list[str]:
    """A comment, on as many lines as it takes."""
    start = f"{indent}# "
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=start,
        subsequent_indent=start,
        break_long_words=False,
        break_on_hyphens=False,
    )


def many(count: int, what: str) -> str:
    """How many there are; of a few only that they are."""
    return f"fewer than {LEAST_TOLD} {what}" if 0 < count < LEAST_TOLD else f"{count:,} {what}"
