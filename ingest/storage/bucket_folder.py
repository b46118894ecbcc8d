# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A store in object storage: what is needed is fetched to a local folder, what is new is put back.

That folder exists as long as a hold lasts (``ingest.storage.lease``), and each file is fetched
once.
"""

from __future__ import annotations

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

from contracts.errors import StoreBusy
from ingest.storage import lease, objects

LOG = "_delta_log"
"""The folder of a store that holds its commits."""

BATCHES = "batch="
"""The prefix of the folder of a batch."""

TRIED = ".tried-"
"""The prefix of an object that is written to see whether that is possible."""

_LAST = f"{LOG}/_last_checkpoint"
_LEASE = ".lease"  # differs from the lock of a folder, which may have been copied here
_AT_ONCE = 8  # objects fetched at once, each in pieces: it bounds memory


@dataclass(frozen=True)
class BucketFolder:
    """A store in object storage at ``url``; ``path`` is its local folder, empty unless held."""

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
            SourceError: the storage cannot be read or written; all other methods raise this too.
        """
        with lease.held(self._bucket, self._key(_LEASE), self.url, wait_seconds):
            shutil.rmtree(self.path, ignore_errors=True)  # left by a run that was killed
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
        key = self._key(f"{TRIED}{secrets.token_hex(8)}")
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
        """The commits of the table, newest first: the number and the content of each."""
        for name in sorted(filter(_is_commit, self._inside(LOG, deep=False)), reverse=True):
            if found := self._bucket.read(self._key(name)):
                yield int(Path(name).stem), found[1]

    @contextmanager
    def table(self) -> Iterator[Path]:
        """A folder with the log of the table; a commit in it is a commit to this store.

        Raises:
            StoreBusy: another commit took that number meanwhile; commits before it stay, and no
                reader looks at files that no commit names.
        """
        with tempfile.TemporaryDirectory(dir=self.path) as aside:
            folder = Path(aside)
            before = self._inside(LOG, deep=False)
            self._bring(self._since_checkpoint(before), folder)
            yield folder
            after = {path.relative_to(folder).as_posix() for path in folder.glob(f"{LOG}/*")}
            new = sorted(after - set(before))
            for name in filter(_is_commit, new):
                self._commit(name, (folder / name).read_bytes())
            checkpoints = [name for name in new if ".checkpoint." in name]
            for name in [*checkpoints, _LAST] if checkpoints else ():
                self._bucket.put(folder / name, self._key(name))

    def files(self) -> set[Path]:
        """The local paths of the files of all batches in the store, whether still used or not."""
        names = self._inside("", deep=True)
        return {self.path / name for name in names if name.startswith(BATCHES)}

    def bring(self, paths: Iterable[Path]) -> None:
        """Fetches some of the files, unless they were fetched before."""
        absent = [path for path in paths if path.is_relative_to(self.path) and not path.exists()]
        self._bring([path.relative_to(self.path).as_posix() for path in absent], self.path)

    def put(self, path: Path) -> None:
        """Puts a file that was written below ``path`` in the store."""
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
        """The names of the objects in a folder of the store."""
        start = len(self._key(""))
        found = self._bucket.inside(self._key(folder).rstrip("/"), deep=deep)
        return [each.key[start:] for each in found]

    def _since_checkpoint(self, names: Sequence[str]) -> list[str]:
        """The objects of the log to read: the last checkpoint sums up all before it."""
        last = self._bucket.read(self._key(_LAST)) if _LAST in names else None
        first = f"{LOG}/{json.loads(last[1])['version']:020}" if last else ""
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


@functools.cache
def _opened(url: str) -> tuple[objects.Bucket, str]:
    return objects.opened(url)
