# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A hold on a place in object storage: an object that says who has it, and is renewed meanwhile.

A hold that is not renewed is over: its holder was killed, or cannot reach the storage. Its age is
taken from the clock of the storage, as the clocks of two machines may differ.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from contracts.errors import SourceError, StoreBusy, UsageError
from ingest.storage.objects import Bucket, Object

LEASE_SECONDS = 300.0
"""How long a hold lasts if it is not renewed."""

_RENEWALS = 5  # per lease: some may fail
_PAUSE_SECONDS = 1.0  # between looks at a hold of another
_PROCESS = secrets.token_hex(8)


@contextmanager
def held(bucket: Bucket, key: str, name: str, wait_seconds: float) -> Iterator[None]:
    """Keeps others out of what is held by the object ``key``; waits for one who has it.

    Args:
        bucket: where the object is, or will be.
        key: the key of the object.
        name: what is held, for errors.
        wait_seconds: how long to wait for another.

    Raises:
        StoreBusy: another still has it.
        UsageError: the storage would let two have it.
        SourceError: the storage cannot be read or written.
    """
    since = dt.datetime.now(dt.UTC)
    until = time.monotonic() + wait_seconds
    while (other := _taken(bucket, key, name, since)) is not None:
        if time.monotonic() >= until:
            raise StoreBusy(
                f"Another run is working in {name}: {_who(other)}.",
                "Wait until it is done and run again. A run that was killed blocks it for "
                f"{other['lease_seconds'] / 60:g} minutes at most.",
            )
        time.sleep(min(_PAUSE_SECONDS, max(0, until - time.monotonic())))
    is_done = threading.Event()
    renewing = threading.Thread(target=_keep, args=(bucket, key, is_done), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        is_done.set()
        renewing.join()
        with suppress(SourceError):  # it ends by itself
            _release(bucket, key)


def is_held(bucket: Bucket, key: str) -> bool:
    """Whether somebody has the hold ``key``, and it is not over.

    Raises:
        SourceError: the storage cannot be read or written.
    """
    there = bucket.read(key)
    return there is not None and not _is_over(bucket, *there)


def check_held(bucket: Bucket, key: str, name: str) -> None:
    """Makes sure that this process has the hold for a whole lease from now.

    Raises:
        StoreBusy: the hold was not renewed in time, and another may have it, or have had it.
    """
    if not _renewed(bucket, key):
        raise StoreBusy(
            f"Another run took over {name}, because this one gave no sign of life for too long.",
            "Run again.",
        )


def _taken(bucket: Bucket, key: str, name: str, since: dt.datetime) -> dict[str, Any] | None:
    """Takes the hold; gives what another's says, if there is one."""
    text = _text(since)
    while not bucket.put_if_absent(text, key):
        there = bucket.read(key)
        if there is None:  # it was released just now
            continue
        found, said = there[0], json.loads(there[1])
        if _is_over(bucket, *there) and bucket.put_if_same(text, found):
            return None
        return said  # type: ignore[no-any-return]
    if bucket.put_if_absent(b"", key):
        bucket.delete([key])
        raise UsageError(
            f"The store cannot be made in {name}: this storage cannot keep two runs from writing "
            f"the same object.",
            "Use a storage with conditional writes (If-None-Match), or a folder.",
        )
    return None


def _is_over(bucket: Bucket, found: Object, said: bytes) -> bool:
    lasts_seconds: float = json.loads(said)["lease_seconds"]
    return _age_seconds(bucket, found) > lasts_seconds


def _age_seconds(bucket: Bucket, found: Object) -> float:
    """How long ago a hold was changed, by the clock of the storage, which a new object shows."""
    key = f"{found.key}-{secrets.token_hex(8)}"
    bucket.put_if_absent(b"", key)
    now = bucket.find(key)
    bucket.delete([key])
    return (now.changed_at - found.changed_at).total_seconds() if now else 0


def _keep(bucket: Bucket, key: str, is_done: threading.Event) -> None:
    while not is_done.wait(LEASE_SECONDS / _RENEWALS):
        with suppress(SourceError):  # it is tried again
            if not _renewed(bucket, key):
                return


def _renewed(bucket: Bucket, key: str) -> bool:
    there = bucket.read(key)
    if there is None:
        return False
    found, said = there[0], json.loads(there[1])
    if said["process"] != _PROCESS:
        return False
    return bucket.put_if_same(_text(dt.datetime.fromisoformat(said["since"])), found)


def _release(bucket: Bucket, key: str) -> None:
    there = bucket.read(key)
    if there and json.loads(there[1])["process"] == _PROCESS:
        bucket.delete([key])


def _text(since: dt.datetime) -> bytes:
    """The content of our hold; each is different, so that a renewed one is another version."""
    said = {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "since": since.isoformat(),
        "lease_seconds": LEASE_SECONDS,
        "process": _PROCESS,
        "renewal": secrets.token_hex(8),
    }
    return json.dumps(said).encode()


def _who(said: dict[str, Any]) -> str:
    since = dt.datetime.fromisoformat(said["since"])
    return f"process {said['pid']} on {said['host']}, since {since:%Y-%m-%d %H:%M} UTC"
