# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Imports what a run will need, if possible while Prefect's temporary server starts.

That server takes six to eight seconds of another process; importing Great Expectations and pm4py
takes about as long in this one. Done one after the other, a small log would wait twice.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

_HEAVY = ("validation.gate", "mining.model.discovery", "ingest.storage.store", "reporting.outputs")


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Keeps the garbage collector off during imports, and off what was imported by the end.

    It would walk all modules again and again and find nothing, which takes a second or two in all.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _import_all() -> None:
    with collector_at_rest():
        for name in _HEAVY:
            import_module(name)


_imports = threading.Thread(target=_import_all, name="imports", daemon=True)


def import_in_background() -> None:
    """Begins to import the heavy rooms; call ``wait_for_imports`` before one is needed."""
    if _imports.ident is None:
        _imports.start()


def wait_for_imports() -> None:
    """Waits until the imports in the background are done, if there are any.

    Two threads must not import at once: modules of Great Expectations import each other, and one
    thread would find half of what the other is importing.
    """
    if _imports.is_alive():
        _imports.join()


def import_now() -> None:
    """Imports the heavy rooms here, unless they are there: a worker of Prefect starts cold."""
    wait_for_imports()
    if not sys.modules.keys() >= set(_HEAVY):
        _import_all()
