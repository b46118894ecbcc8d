# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who waits for a library hears a signal all the same."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from ingest.aside import waited

# a lock that is never let go, as a driver that waits for a query; polars has a handler of its own
WAITS = """
import signal, threading
signal.signal({number}, lambda *_: exit(7))
import polars
from ingest.aside import waited
held = threading.Lock()
held.acquire()
print("waiting", flush=True)
waited(held.acquire)
"""


def test_what_a_call_returns_is_returned():
    assert waited(lambda: 7) == 7


def test_what_a_call_raises_is_raised():
    with pytest.raises(TimeoutError, match="late"):
        waited(lambda: exec("raise TimeoutError('late')"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_heeded_while_a_call_waits(number):
    script = WAITS.format(number=int(number))
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as waiting:
        assert waiting.stdout is not None
        waiting.stdout.readline()
        waiting.send_signal(number)

        assert waiting.wait(timeout=20) == 7
