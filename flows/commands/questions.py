# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Asks on a terminal what an export does not tell."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import click

from ingest.guessing.columns import Guess

Ask = Callable[[str, Sequence[Guess]], str]
"""A question, and what may be answered, each with its evidence and the proposal first."""


def someone_to_ask() -> Ask | None:
    """Asks whoever is at the terminal; null where nobody is."""
    is_there = all(stream and stream.isatty() for stream in (sys.stdin, sys.stderr))
    return ask if is_there else None


def ask(question: str, options: Sequence[Guess]) -> str:
    """What is answered: the number of an option; nothing is the first one."""
    click.echo(question, err=True)
    for number, option in enumerate(options, start=1):
        click.echo(f"  {number}  {option.value}  ({option.evidence})", err=True)
    while True:
        click.echo("A number, or enter for 1: ", nl=False, err=True)
        said = sys.stdin.readline().strip() or "1"
        if said.isdecimal() and 1 <= int(said) <= len(options):
            return options[int(said) - 1].value
