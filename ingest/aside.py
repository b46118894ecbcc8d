# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Waits for a library call that would not notice a signal to end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

Told = TypeVar("Told")
_LOOKS_SECONDS = 0.2


def waited(call: Callable[[], Told]) -> Told:
    """Returns or raises what ``call`` does; a signal that comes meanwhile is handled at once.

    A signal handler runs only once the main thread is back in Python, and a database driver is not
    back before its query is done. So the call gets a thread of its own, which ends with the
    process, and is polled: with polars, waiting for a lock goes on after an interrupt.
    """
    told: Future[Told] = Future()

    def run() -> None:
        try:
            told.set_result(call())
        except BaseException as error:  # raised in the thread that waits
            told.set_exception(error)

    waiting = Thread(target=run, daemon=True)
    waiting.start()
    while waiting.is_alive():
        waiting.join(_LOOKS_SECONDS)
    return told.result()
