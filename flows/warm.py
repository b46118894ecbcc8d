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


def import_in_background() -> None:
    """Begins to import the heavy rooms; who needs one before it is there waits for it.

    Meanwhile the garbage collector rests: it would walk all modules again and again, a second in
    all, and find nothing.
    """
    gc.disable()
    threading.Thread(target=_import_all, name="imports", daemon=True).start()


def _import_all() -> None:
    try:
        for name in _HEAVY:
            import_module(name)
    finally:
        gc.freeze()
        gc.enable()
