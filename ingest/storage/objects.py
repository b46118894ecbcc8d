# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Objects in the storage of S3, Azure or Google: list, fetch, put, delete.

The environment says who we are and where the storage is (``AWS_…``, ``AZURE_…``, ``GOOGLE_…``).
"""

from __future__ import annotations

import datetime as dt
import glob
import itertools
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from contracts.errors import SourceError

if TYPE_CHECKING:
    from obstore import ObjectMeta, PutMode, UpdateVersion
    from obstore.store import RetryConfig

SCHEMES = ("abfs", "abfss", "gs", "s3")
"""The schemes of the URLs that can be read: ``scheme://bucket/key``."""

_ENDPOINTS = ("AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")
_PIECE = 16 << 20  # bytes per request, as obstore gives each thirty seconds
_PATIENCE: RetryConfig = {"max_retries": 5, "retry_timeout": dt.timedelta(minutes=1)}


@dataclass(frozen=True)
class Object:
    """One object of a bucket; another ``version`` has other content.

    ``changed_at`` is by the clock of the storage; ``generation`` is null if it has none.
    """

    key: str
    size: int
    version: str
    changed_at: dt.datetime
    generation: str | None = None


class Bucket:
    """A bucket or container at ``url``; keys begin without a slash.

    Every method raises a ``SourceError`` if the bucket does not exist, is closed to us, or does not
    answer; the cause is an ``OSError`` if another try may succeed.
    """

    def __init__(self, url: str) -> None:
        from obstore.store import from_url

        self.url = url
        _check_endpoint(url)
        with _told(url):
            self._store = from_url(url, retry_config=_PATIENCE)

    def find(self, key: str) -> Object | None:
        """The object ``key``; null if it is not there."""
        with _told(self.url):
            try:
                return _object(self._store.head(key))
            except FileNotFoundError:
                return None

    def inside(self, folder: str, *, deep: bool) -> list[Object]:
        """The objects in ``folder``, sorted by key; with ``deep`` also those in folders in it."""
        with _told(self.url):
            if deep:
                found = [each for page in self._store.list(folder or None) for each in page]
            else:
                found = list(self._store.list_with_delimiter(folder or None)["objects"])
        return sorted(map(_object, found), key=lambda each: each.key)

    def matching(self, pattern: str) -> list[Object]:
        """The objects whose keys match ``pattern``, which means the same as for files."""
        parts = pattern.split("/")
        plain = list(itertools.takewhile(lambda part: not glob.has_magic(part), parts[:-1]))
        found = self.inside("/".join(plain), deep=len(plain) < len(parts) - 1 or parts[-1] == "**")
        return [each for each in found if _is_like(each.key.split("/"), parts)]

    def read(self, key: str) -> tuple[Object, bytes] | None:
        """A small object and its content; null if it is not there."""
        with _told(f"{self.url}/{key}"):
            try:
                given = self._store.get(key)
            except FileNotFoundError as error:
                if _is_of_bucket(error):
                    raise
                return None
            return _object(given.meta), bytes(given.bytes())

    def bring(self, key: str, path: Path, version: str = "") -> None:
        """Writes an object to a file, in bounded memory.

        Raises:
            SourceError: also if it is not there, or not in the ``version`` that is asked for.
        """
        name = f"{self.url}/{key}"
        with _told(name):
            known = _object(self._store.head(key))
        _check_version(name, known, version or known.version)
        with path.open("wb") as file:
            for start in range(0, known.size, _PIECE):
                with _told(name):
                    end = min(start + _PIECE, known.size)
                    given = self._store.get(key, options={"range": (start, end)})
                    piece = given.bytes()
                _check_version(name, _object(given.meta), known.version)
                file.write(piece)

    def put(self, path: Path, key: str) -> None:
        """Writes a file to an object, which is never half-written."""
        with _told(self.url, _NOT_OURS):
            self._store.put(key, path)

    def put_if_absent(self, content: bytes, key: str) -> bool:
        """Makes an object unless it exists already; tells whether it did.

        If many write different content at once, one wins.
        """
        return self._put_if("create", content, key)

    def put_if_same(self, content: bytes, known: Object) -> bool:
        """Replaces an object if it is still the ``known`` one; tells whether it did.

        If many write different content at once, one wins.
        """
        version: UpdateVersion = {"e_tag": known.version}
        if known.generation is not None:
            version["version"] = known.generation
        return self._put_if(version, content, known.key)

    def _put_if(self, mode: PutMode, content: bytes, key: str) -> bool:
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        with _told(self.url, _NOT_OURS):
            try:
                self._store.put(key, content, mode=mode)
            except (AlreadyExistsError, PreconditionError, FileNotFoundError) as error:
                if _is_of_bucket(error):
                    raise
                # we may have made it ourselves without getting the answer
                found = self.read(key)
                return found is not None and found[1] == content
        return True

    def delete(self, keys: Sequence[str]) -> None:
        """Removes these objects; they need not be there."""
        with _told(self.url, _NOT_OURS):
            self._store.delete(keys)


def opened(url: str) -> tuple[Bucket, str]:
    """The bucket of a URL, and the key or folder in it."""
    scheme, _, rest = url.partition("://")
    bucket, _, key = rest.partition("/")
    return Bucket(f"{scheme}://{bucket}"), key.strip("/")


def _check_endpoint(url: str) -> None:
    """Refuses an endpoint in the environment at which obstore would panic."""
    for variable in _ENDPOINTS:
        endpoint = urlsplit(os.environ.get(variable, "http://default"))
        if endpoint.scheme not in ("http", "https") or not endpoint.netloc:
            raise SourceError(
                f"{url}: {variable} is not a URL.",
                "Write for example https://storage.example:9000.",
            )
    if url.endswith("://"):
        raise _refusal(url, _BAD_URL)


def _is_like(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    if not pattern:
        return not parts
    first, *others = pattern
    if first == "**":
        return any(_is_like(parts[skipped:], others) for skipped in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], first) and _is_like(parts[1:], others)


def _object(meta: ObjectMeta) -> Object:
    stamp = meta["e_tag"] or meta["last_modified"].astimezone(dt.UTC).isoformat()
    return Object(meta["path"], meta["size"], stamp, meta["last_modified"], meta["version"])


def _check_version(name: str, given: Object, version: str) -> None:
    if given.version != version:
        raise SourceError(f"{name} was changed after it was found.", "Run again.")


_NO_BUCKET = ("there is no such bucket", "Is its name right, and the endpoint of its storage?")
_DENIED = ("we may not read that", "Ask its owner to let this account read and list.")
_NOT_OURS = (
    "we may not write there",
    "Ask its owner to let this account read, list, write and delete.",
)
_NOBODY = (
    "the environment holds no credentials for it",
    "Set those of this storage, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
)
_ABSENT = ("there is no such object", "It may have been removed; run again.")
_SILENT = ("its storage does not answer", "Is the endpoint right, and may we reach it?")
_BAD_URL = ("this is not the URL of an object", "Write for example s3://bucket/exports/*.csv.")

_OF_PHRASE = {
    "NoSuchBucket": _NO_BUCKET,
    "ContainerNotFound": _NO_BUCKET,
    "The specified bucket does not exist": _NO_BUCKET,
    "403 Forbidden": _DENIED,
    "401 Unauthorized": _DENIED,
    "InvalidBucketName": _NO_BUCKET,
    "Missing AccessKeyId": _NOBODY,
    "Missing SecretAccessKey": _NOBODY,
    "latest/api/token": _NOBODY,  # where S3, Azure and Google tell their own machines
    "metadata/identity": _NOBODY,
    "computeMetadata": _NOBODY,
    "must be specified": _BAD_URL,
}
"""What is wrong, for cases in which obstore has no error of its own."""


@contextmanager
def _told(name: str, denied: tuple[str, str] = _DENIED) -> Iterator[None]:
    """Turns a failure of the storage into a ``SourceError`` that never shows a key."""
    from obstore import exceptions

    try:
        yield
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
        raise _refusal(name, _why(str(error), _DENIED, denied)) from None
    except FileNotFoundError as error:
        raise _refusal(name, _why(str(error), _ABSENT, denied)) from None
    except (ValueError, exceptions.InvalidPathError):
        raise _refusal(name, _BAD_URL) from None
    except (exceptions.BaseError, OSError) as error:
        why = _why(str(error), _SILENT, denied)
        raise _refusal(name, why) from (ConnectionError() if why is _SILENT else None)


def _why(text: str, otherwise: tuple[str, str], denied: tuple[str, str]) -> tuple[str, str]:
    why = next((why for phrase, why in _OF_PHRASE.items() if phrase in text), otherwise)
    return denied if why is _DENIED else why


def _is_of_bucket(error: Exception) -> bool:
    """Whether the error is that the bucket is not there."""
    return _why(str(error), _ABSENT, _DENIED) is _NO_BUCKET


def _refusal(name: str, why: tuple[str, str]) -> SourceError:
    said, hint = why
    return SourceError(f"{name}: {said}.", hint)
