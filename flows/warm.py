# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Imports what a run will need while Prefect's temporary server starts.

That server takes six to eight seconds of another process; importing Great Expectations and pm4py
takes about as long in this one. Done one after the other, a small log would wait twice.
"""

from __future__ import annotations

import gc
import threading
from importlib import import_module

_HEAVY = ("validation.gate", "mining.discovery", "ingest.store", "reporting.outputs")


def _import_all() -> None:
    try:
        for name in _HEAVY:
            import_module(name)
    finally:
        gc.freeze()
        gc.enable()


_imports = threading.Thread(target=_import_all, name="imports", daemon=True)


def import_in_background() -> None:
    """Begins to import the heavy rooms; ``wait_for_imports`` before one is needed.

    Meanwhile the garbage collector rests: it would walk all modules again and again, a second in
    all, and find nothing.
    """
    if _imports.ident is None:
        gc.disable()
        _imports.start()


def wait_for_imports() -> None:
    """Waits until what is imported in the background is there, if anything is.

    Two threads must not be at it at once: modules of Great Expectations import each other, and one
    would find the half of what the other is making.
    """
    if _imports.is_alive():
        _imports.join()
