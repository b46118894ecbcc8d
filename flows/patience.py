# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Tries again what the world outside made fail: a network, a disk, a busy service."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

from contracts.errors import SourceError

Given = ParamSpec("Given")
Result = TypeVar("Result")

_PAUSES_SECONDS = (1, 4, 16)
_LASTING = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)


def patient(do: Callable[Given, Result]) -> Callable[Given, Result]:
    """The same function, which is tried again after a pause, each time a longer one.

    That happens only if the cause of a ``SourceError`` tells that the world failed in a way that
    may pass: what is wrong with a source, or with us, would fail again.
    """

    @functools.wraps(do)
    def tried(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        for pause_seconds in _PAUSES_SECONDS:
            try:
                return do(*args, **kwargs)
            except SourceError as error:
                if not may_pass(error):
                    raise
                click.echo(f"{error.message} It will be tried again.", err=True)
            # not all at the same moment, where several runs wait for one service
            time.sleep(pause_seconds * random.uniform(0.5, 1))  # noqa: S311
        return do(*args, **kwargs)

    return tried


def may_pass(error: SourceError) -> bool:
    """Whether the world failed, and not for good."""
    cause = error.__cause__
    return isinstance(cause, OSError) and not isinstance(cause, _LASTING)
