# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where a store can be: a folder on this machine, or a folder in object storage.

All work is done on local files, so that only this module, ``ingest.storage.bucket_folder`` and the
hold know where a store is.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from contracts.errors import StoreBusy, UsageError
from ingest.storage import objects
from ingest.storage.bucket_folder import BATCHES, LOG, TRIED, BucketFolder

_HOLD = ".hold"


@dataclass(frozen=True)
class Folder:
    """A store in ``path``, a folder on this machine."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    @contextmanager
    def hold(self, wait_seconds: float = 0) -> Iterator[None]:
        """Keeps other runs out meanwhile; waits for one that is there.

        Raises:
            StoreBusy: another run is still in it.
            UsageError: there cannot be a store here.
        """
        from filelock import FileLock, Timeout

        _check_name(self.path)
        lock = FileLock(self.path / _HOLD)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=wait_seconds)
        except Timeout:
            raise StoreBusy(
                f"Another run is working in {self}.", "Wait until it is done and run again."
            ) from None
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
            raise UsageError(
                f"Nothing can be written in {self}: {error.strerror}.",
                "Give a folder that you may write in.",
            ) from None
        try:
            yield
        finally:
            lock.release()

    def is_held(self) -> bool:
        """Whether a run is in it now."""
        from filelock import FileLock, Timeout

        if not (self.path / _HOLD).exists():
            return False
        try:
            with FileLock(self.path / _HOLD, timeout=0):
                return False
        except Timeout:
            return True

    def try_out(self, otherwise: str = "Give a folder that you may write in.") -> None:
        """Writes something small, reads it and removes it, here or where this folder would be made.

        ``otherwise`` says what to do if it cannot be done.

        Raises:
            UsageError: it cannot be done.
        """
        _check_name(self.path)
        there = next(path for path in (self.path, *self.path.parents) if os.access(path, os.F_OK))
        try:
            with tempfile.TemporaryDirectory(dir=there, prefix=TRIED) as tried:
                (Path(tried) / _HOLD).write_bytes(b"")
                (Path(tried) / _HOLD).read_bytes()
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
            raise UsageError(
                f"Nothing can be written in {there}: {error.strerror}.", otherwise
            ) from None

    def check_held(self) -> None:
        """Nothing to check: a hold on a folder cannot be lost."""

    def log(self) -> Iterator[tuple[int, bytes]]:
        """The commits of the table, newest first: the number and the content of each."""
        for path in sorted((self.path / LOG).glob("*.json"), reverse=True):
            yield int(path.stem), path.read_bytes()

    @contextmanager
    def table(self) -> Iterator[Path]:
        """The folder with the log of the table: this one."""
        self.path.mkdir(parents=True, exist_ok=True)
        yield self.path

    def files(self) -> set[Path]:
        """The files of all batches in the store, whether still used or not."""
        return {path for path in self.path.glob(f"{BATCHES}*/*") if path.is_file()}

    def bring(self, paths: Iterable[Path]) -> None:
        """Nothing to do: the files are here."""

    def put(self, path: Path) -> None:
        """Nothing to do: a file that was written below ``path`` is in the store."""

    def remove(self, paths: Collection[Path]) -> None:
        """Removes files of batches, and folders that are empty then."""
        for path in paths:
            path.unlink()
        for folder in {path.parent for path in paths}:
            if not any(folder.iterdir()):
                folder.rmdir()


StorePlace = Folder | BucketFolder


def place_of(store: str | Path, here: Path) -> StorePlace:
    """The place of a store.

    Args:
        store: a path, or the URL of a folder in object storage.
        here: the folder on this machine to use for a store that is not on it.

    Raises:
        UsageError: it is a URL of a kind that cannot have a store, or has more than a place in it.
    """
    scheme, is_url, rest = str(store).partition("://")
    if not is_url:
        return Folder(Path(store).resolve())
    if scheme not in objects.SCHEMES:
        raise UsageError(
            f"There cannot be a store at {scheme}://.",
            f"Give a folder, or a URL that begins with one of {', '.join(objects.SCHEMES)}.",
        )
    parts = rest.rstrip("/").split("/")
    if not all(part.strip(".") for part in parts) or ":" in parts[0] or set(rest) & set("?#"):
        raise UsageError(  # it may hold a password
            f"That is not the URL of a folder in {scheme}://.",
            "Write for example s3://bucket/permits; the credentials come from the environment.",
        )
    return BucketFolder(f"{scheme}://{rest.rstrip('/')}", here)


def _check_name(path: Path) -> None:
    # delta-rs decodes such a path once too often, and would look in another folder
    if unquote(str(path.absolute())) != str(path.absolute()):
        raise UsageError(
            f"The store cannot be made in {path}: the library for its tables misreads a percent "
            f"sign before two hexadecimal digits.",
            "Give a folder without it.",
        )
