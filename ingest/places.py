# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where a store can be: a folder of this machine, or a folder in object storage.

All work is done on files of this machine. For object storage there is a folder here, for as long as
a hold lasts, that what is needed is brought to, once, and that what is new is put from. So nothing
but this module and the hold knows where a store is.
"""

from __future__ import annotations

import errno
import functools
import json
import secrets
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from contracts.errors import StoreBusy, UsageError
from ingest import lease, objects

_LOG = "_delta_log"
_LAST = f"{_LOG}/_last_checkpoint"
_BATCHES = "batch="
_HOLD = ".hold"
_LEASE = ".lease"  # not as in a folder, which may have been copied to the bucket
_TRIED = ".tried-"
_AT_ONCE = 8  # objects that are brought, each in pieces: it bounds memory


@dataclass(frozen=True)
class Folder:
    """A store in a folder of this machine, ``path``."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    @contextmanager
    def hold(self, wait_seconds: float = 0) -> Iterator[None]:
        """Keeps other runs out meanwhile; waits for one that is there.

        Raises:
            StoreBusy: another run is still in it.
            UsageError: there cannot be a store.
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

    def try_out(self) -> None:
        """Writes something small, reads it and removes it, here or where this would be made.

        Raises:
            UsageError: it cannot be done.
        """
        _check_name(self.path)
        there = next(path for path in (self.path, *self.path.parents) if path.exists())
        try:
            with tempfile.TemporaryDirectory(dir=there, prefix=_TRIED) as tried:
                (Path(tried) / _HOLD).write_bytes(b"")
                (Path(tried) / _HOLD).read_bytes()
        except OSError as error:
            raise UsageError(
                f"Nothing can be written in {there}: {error.strerror}.",
                "Give a folder that you may write in.",
            ) from None

    def check_held(self) -> None:
        """Makes sure that the hold was not lost: here it cannot be."""

    def log(self) -> Iterator[tuple[int, bytes]]:
        """The commits of the table, the newest first: the number of each, and what it says."""
        for path in sorted((self.path / _LOG).glob("*.json"), reverse=True):
            yield int(path.stem), path.read_bytes()

    @contextmanager
    def table(self) -> Iterator[Path]:
        """A folder with the log of the table; what is committed to that is committed to this."""
        self.path.mkdir(parents=True, exist_ok=True)
        yield self.path

    def files(self) -> set[Path]:
        """The files of all batches that are there, wanted or not."""
        return {path for path in self.path.glob(f"{_BATCHES}*/*") if path.is_file()}

    def bring(self, paths: Iterable[Path]) -> None:
        """Sees to it that some of the files can be read here: they can."""

    def put(self, path: Path) -> None:
        """Keeps a file that was written in ``path`` of this place: it is there."""

    def remove(self, paths: Collection[Path]) -> None:
        """Removes files of batches, and the folders that are empty then."""
        for path in paths:
            path.unlink()
        for folder in {path.parent for path in paths}:
            if not any(folder.iterdir()):
                folder.rmdir()


@dataclass(frozen=True)
class BucketFolder:
    """A store in object storage at ``url``; ``path`` is the folder here, empty unless held."""

    url: str
    path: Path

    def __str__(self) -> str:
        return self.url

    @contextmanager
    def hold(self, wait_seconds: float = 0) -> Iterator[None]:
        """Keeps other runs out meanwhile, also those on other machines.

        Raises:
            StoreBusy: another run is still in it.
            UsageError: the storage cannot keep two from writing at once.
            SourceError: the storage cannot be read or written; so do all other methods.
        """
        with lease.held(self._bucket, self._key(_LEASE), self.url, wait_seconds):
            shutil.rmtree(self.path, ignore_errors=True)  # of a run that was killed
            self.path.mkdir(mode=0o700, parents=True)
            try:
                yield
            finally:
                shutil.rmtree(self.path)

    def is_held(self) -> bool:
        """Whether a run is in it now."""
        return lease.is_held(self._bucket, self._key(_LEASE))

    def try_out(self) -> None:
        """Writes something small, reads it and removes it.

        Raises:
            SourceError: it cannot be done.
        """
        key = self._key(f"{_TRIED}{secrets.token_hex(8)}")
        try:
            self._bucket.put_if_absent(b"", key)
            self._bucket.read(key)
        finally:
            self._bucket.delete([key])

    def check_held(self) -> None:
        """Makes sure that the hold was not lost.

        Raises:
            StoreBusy: another run took it over.
        """
        lease.check_held(self._bucket, self._key(_LEASE), self.url)

    def log(self) -> Iterator[tuple[int, bytes]]:
        """The commits of the table, the newest first: the number of each, and what it says."""
        for name in sorted(filter(_is_commit, self._inside(_LOG, deep=False)), reverse=True):
            if found := self._bucket.read(self._key(name)):
                yield int(Path(name).stem), found[1]

    @contextmanager
    def table(self) -> Iterator[Path]:
        """A folder with the log of the table; what is committed to that is committed to this.

        Raises:
            StoreBusy: there is another commit of that number meanwhile; what was committed before
                it is there, and no reader takes notice of files that no commit tells of.
        """
        with tempfile.TemporaryDirectory(dir=self.path) as aside:
            folder = Path(aside)
            before = self._inside(_LOG, deep=False)
            self._bring(self._since_checkpoint(before), folder)
            yield folder
            after = {path.relative_to(folder).as_posix() for path in folder.glob(f"{_LOG}/*")}
            new = sorted(after - set(before))
            for name in filter(_is_commit, new):
                self._commit(name, (folder / name).read_bytes())
            checkpoints = [name for name in new if ".checkpoint." in name]
            for name in [*checkpoints, _LAST] if checkpoints else ():
                self._bucket.put(folder / name, self._key(name))

    def files(self) -> set[Path]:
        """Where the files of all batches that are there are brought to, wanted or not."""
        names = self._inside("", deep=True)
        return {self.path / name for name in names if name.startswith(_BATCHES)}

    def bring(self, paths: Iterable[Path]) -> None:
        """Brings some of the files here, unless they were brought before."""
        absent = [path for path in paths if path.is_relative_to(self.path) and not path.exists()]
        self._bring([path.relative_to(self.path).as_posix() for path in absent], self.path)

    def put(self, path: Path) -> None:
        """Keeps a file that was written in ``path`` of this place."""
        self._bucket.put(path, self._key(path.relative_to(self.path).as_posix()))

    def remove(self, paths: Collection[Path]) -> None:
        """Removes files of batches."""
        if paths:
            names = [path.relative_to(self.path).as_posix() for path in paths]
            self._bucket.delete([self._key(name) for name in names])

    @property
    def _bucket(self) -> objects.Bucket:
        return _opened(self.url)[0]

    def _key(self, name: str) -> str:
        return f"{_opened(self.url)[1]}/{name}".lstrip("/")

    def _inside(self, folder: str, *, deep: bool) -> list[str]:
        """The names of the objects in a folder of this place."""
        start = len(self._key(""))
        found = self._bucket.inside(self._key(folder).rstrip("/"), deep=deep)
        return [each.key[start:] for each in found]

    def _since_checkpoint(self, names: Sequence[str]) -> list[str]:
        """What there is to read of the log: the last checkpoint sums up what was before it."""
        last = self._bucket.read(self._key(_LAST)) if _LAST in names else None
        first = f"{_LOG}/{json.loads(last[1])['version']:020}" if last else ""
        return [name for name in names if name >= first]

    def _bring(self, names: Iterable[str], folder: Path) -> None:
        def bring(name: str) -> None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            aside = path.with_name(f".{path.name}")
            self._bucket.bring(self._key(name), aside)
            aside.replace(path)

        with ThreadPoolExecutor(_AT_ONCE) as threads:
            list(threads.map(bring, names))

    def _commit(self, name: str, said: bytes) -> None:
        if not self._bucket.put_if_absent(said, self._key(name)):
            raise StoreBusy(f"Another run has changed {self.url} meanwhile.", "Run again.")


def _is_commit(name: str) -> bool:
    return name.endswith(".json")


Place = Folder | BucketFolder


def place_of(store: str | Path, here: Path) -> Place:
    """Where a store is.

    Args:
        store: a path, or the URL of a folder in object storage.
        here: the folder of this machine that is used where it is not on this machine.

    Raises:
        UsageError: it is a URL of a kind that there are no stores at, or says more than where.
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
            f"That is no URL of a folder in {scheme}://.",
            "Write for example s3://bucket/permits; who we are, the environment tells.",
        )
    return BucketFolder(f"{scheme}://{rest.rstrip('/')}", here)


@functools.cache
def _opened(url: str) -> tuple[objects.Bucket, str]:
    return objects.opened(url)


def _check_name(path: Path) -> None:
    # delta-rs decodes such a path once too often, and then looks in another folder
    if unquote(str(path.absolute())) != str(path.absolute()):
        raise UsageError(
            f"The store cannot be made in {path}: the table's library misreads a percent sign "
            "that two hexadecimal digits follow.",
            "Give a folder without it.",
        )
