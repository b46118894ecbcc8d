# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Asks questions on a terminal about what an export does not tell."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import click

from ingest.guessing.guess import Guess

Ask = Callable[[str, Sequence[Guess]], str]
"""A question, and its possible answers, each with its evidence; the proposed one comes first."""


def someone_to_ask() -> Ask | None:
    """What asks whoever is at the terminal; null if nobody is."""
    is_there = all(stream and stream.isatty() for stream in (sys.stdin, sys.stderr))
    return ask if is_there else None


def ask(question: str, options: Sequence[Guess]) -> str:
    """The option that is chosen by its number; an empty answer chooses the first."""
    click.echo(question, err=True)
    for number, option in enumerate(options, start=1):
        click.echo(f"  {number}  {option.value}  ({option.evidence})", err=True)
    while True:
        click.echo("A number, or enter for 1: ", nl=False, err=True)
        said = sys.stdin.readline().strip() or "1"
        if said.isdecimal() and 1 <= int(said) <= len(options):
            return options[int(said) - 1].value
