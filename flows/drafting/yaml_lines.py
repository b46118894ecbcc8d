# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Lines of YAML with comments, safe for any text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping

import yaml

WIDTH = 100
LEAST_TOLD = 10
"""The smallest number of rows or cases that a config tells."""


def scalar(text: str) -> str:
    """A text as a scalar of YAML, on one line: quoted if YAML would read it as something else."""
    style = None if text.isprintable() else '"'
    dumped: str = yaml.safe_dump(text, allow_unicode=True, width=float("inf"), default_style=style)
    return dumped.removesuffix("\n").removesuffix("\n...")


def sequence(texts: Iterable[str]) -> str:
    """Texts as a sequence of YAML, on one line."""
    return yaml.safe_dump(
        list(texts), allow_unicode=True, width=float("inf"), default_flow_style=True
    ).removesuffix("\n")


def entry(values: Mapping[str, object]) -> list[str]:
    """A mapping as an entry of a top-level sequence of a config."""
    dumped = yaml.safe_dump([dict(values)], allow_unicode=True, width=float("inf"), sort_keys=False)
    return textwrap.indent(dumped, "  ").splitlines()


def listed(texts: Iterable[str]) -> str:
    """Texts with commas between them."""
    return ", ".join(map(scalar, texts))


def said(line: str, comment: str) -> Iterator[str]:
    """A line with a comment behind it, or above it if the line would get too long."""
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
    """How many there are; if few, only that they are few."""
    return f"fewer than {LEAST_TOLD} {what}" if 0 < count < LEAST_TOLD else f"{count:,} {what}"
