# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Has a library wait that would not hear that we are asked to end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

Told = TypeVar("Told")
_LOOKS_SECONDS = 0.2


def waited(call: Callable[[], Told]) -> Told:
    """What ``call`` returns or raises; a signal that comes meanwhile is heeded at once.

    A handler of signals runs once the main thread is back in Python, and a driver of a database is
    not back before its query is done. So it has a thread of its own, which ends with the process,
    and is looked at now and then: polars has waiting for a lock go on after an interrupt.
    """
    told: Future[Told] = Future()

    def run() -> None:
        try:
            told.set_result(call())
        except BaseException as error:  # it is raised where it is waited for
            told.set_exception(error)

    waiting = Thread(target=run, daemon=True)
    waiting.start()
    while waiting.is_alive():
        waiting.join(_LOOKS_SECONDS)
    return told.result()
