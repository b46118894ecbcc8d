# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Replaces ids by pseudonyms that only a holder of the key can make again."""

from __future__ import annotations

import contextlib
import errno
import hmac
import os
import secrets
import struct
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal

import numpy as np
import platformdirs
import polars as pl

from contracts.errors import ConfigError
from contracts.events import CANDIDATES, CASE_PREFIX
from contracts.settings import Privacy
from ingest.normalise import cleaned_ids
from ingest.privacy.hashing import hmac_sha256, sha256

KEY_ELSEWHERE = "Put a key in an environment variable, and name that in privacy.key_env."
"""What to do if the user's own key cannot be where it should be."""
Domain = Literal["case", "resource"]
_DOMAIN_OF: dict[str, Domain] = {"case_id": "case", "resource": "resource"}
_KEY_BYTES = 32
_BYTES = 10  # 80 bits: a clash is unlikely below a billion ids
_LETTERS = _BYTES * 8 // 5
_ALPHABET = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
_WORTH = 1 << np.arange(32, -1, -8, dtype=np.int64)  # of each octet in a group of five
_SHIFTS = np.arange(35, -1, -5, dtype=np.int64)  # of each letter of that group


class Pseudonymiser:
    """Keyed pseudonyms: the same for the same id, domain and key; unrelated otherwise.

    A pseudonym is ``k`` and four characters that name the key, a colon, and 16 characters: 80 bits
    of HMAC-SHA-256 in lower-case base32.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < _KEY_BYTES:
            raise ValueError(f"a key has at least {_KEY_BYTES} bytes")
        self._key = key
        self.key_id = "k" + _base32(hmac.digest(key, b"key|", "sha256")[:_BYTES])[:4]

    def keyed(self, digest: pl.Expr) -> pl.Expr:
        """A digest of a row that cannot be made from a guess at the row without the key."""
        for seed in struct.unpack("=4Q", hmac.digest(self._key, b"row|", "sha256")):
            digest = digest.hash(seed)
        return digest.reinterpret(signed=True)

    def of(self, domain: Domain, ids: pl.Series) -> pl.Series:
        """The pseudonyms of ``ids`` (String), in their order; null stays null."""
        digests = hmac_sha256(self._key, (f"{domain}|" + ids).cast(pl.Binary)).str.head(2 * _BYTES)
        there = digests.is_not_null().arg_true()
        letters = _base32(bytes.fromhex("".join(digests.gather(there))))
        names = (
            pl.Series([letters]).str.extract_all(f".{{{_LETTERS}}}").explode(empty_as_null=False)
        )
        none = pl.repeat(None, len(ids), dtype=pl.String, eager=True)
        return none.scatter(there, f"{self.key_id}:" + names).alias(ids.name)


def pseudonymise(
    candidates: pl.LazyFrame,
    ids: Mapping[str, pl.Series],
    columns: Collection[str],
    pseudonymiser: Pseudonymiser | None,
) -> pl.LazyFrame:
    """``candidates`` with pseudonyms and ``slot``; the rows stay lazy and in their order.

    If there are pseudonyms, the digests of rows are keyed as well. ``slot`` comes from the SHA-256
    of the case id as it will be stored; it is 0 without a case id.

    Args:
        candidates: columns of ``CANDIDATES`` except ``slot``, and ``case:*`` columns; ``case_id``
            and ``resource`` as they are written.
        ids: all values of ``case_id`` as written, and of ``resource`` if that is there.
        columns: which of the two are replaced.
        pseudonymiser: makes the pseudonyms; null if none are wanted.
    """
    if pseudonymiser:
        candidates = candidates.with_columns(pseudonymiser.keyed(pl.col("digest")))
    numbers, stored = {}, {"slot": pl.lit(0, pl.Int32)}
    for column, written in ids.items():
        values = cleaned_ids(written, column)
        if pseudonymiser and column in columns:
            values = pseudonymiser.of(_DOMAIN_OF[column], values)
        # the index of a value among them; null if it is not there
        place = f"#{column}"
        numbers[place] = pl.col(column).cast(pl.Enum(written), strict=False).to_physical()
        stored[column] = _picked(values, pl.col(place))
        if column == "case_id":
            stored["slot"] = _picked(slots_of(values), pl.col(place)).fill_null(0)
    replaced = candidates.with_columns(**numbers).with_columns(**stored)
    names = replaced.collect_schema().names()
    cases = [name for name in names if name.startswith(CASE_PREFIX)]
    return replaced.select(*(name for name in CANDIDATES if name in names), *cases)


def slots_of(ids: pl.Series) -> pl.Series:
    """The slot of each case (Int32), from its id as stored; null stays null."""
    first_two_bytes = sha256(ids).str.head(4)
    return first_two_bytes.str.to_integer(base=16, dtype=pl.Int32)


def _picked(values: pl.Series, number: pl.Expr) -> pl.Expr:
    return number.map_batches(values.gather, return_dtype=values.dtype, is_elementwise=True)


def _base32(octets: bytes) -> str:
    """Each five ``octets`` as eight letters, much faster than ``base64`` does it."""
    fives = np.frombuffer(octets, np.uint8).reshape(-1, 5) @ _WORTH
    letters = _ALPHABET[fives[:, np.newaxis] >> _SHIFTS & 0b11111]
    return str(letters.tobytes(), "ascii")


def pseudonymiser_of(privacy: Privacy, config: Path) -> Pseudonymiser | None:
    """The pseudonymiser that ``privacy`` asks for; null if it asks for none.

    Raises:
        ConfigError: the key cannot be used.
    """
    if not privacy.pseudonymise:
        return None
    key = key_of(privacy, config)
    return Pseudonymiser(key if privacy.epoch is None else of_epoch(key, privacy.epoch))


def of_epoch(key: bytes, epoch: str) -> bytes:
    """The key of one epoch: pseudonyms made with it cannot be linked to those of other epochs."""
    return hmac.digest(key, b"epoch|" + epoch.encode(), "sha256")


def key_of(privacy: Privacy, config: Path, environ: Mapping[str, str] | None = None) -> bytes:
    """The key, from the environment variable that ``privacy`` names, else the user's own.

    The user's own key is made once, readable by its owner only, in the platform's config folder.

    Raises:
        ConfigError: the variable is not set, or the key is too short, or cannot be made or read.
    """
    if not privacy.key_env:
        return _own_key(own_key_path())
    key = (os.environ if environ is None else environ).get(privacy.key_env, "").encode()
    if len(key) < _KEY_BYTES:
        state = "is too short" if key else "is not set"
        raise ConfigError(
            f"{config}: 'privacy.key_env': the environment variable {privacy.key_env} {state}.",
            f"Give it a secret of at least {_KEY_BYTES} characters, for example from "
            "`openssl rand -base64 32`.",
        )
    return key


def own_key_path() -> Path:
    """Where the user's own key is, or will be made.

    Raises:
        ConfigError: the user has no place for it.
    """
    try:
        return platformdirs.user_config_path("hoeksteen") / "key"
    except RuntimeError:
        raise ConfigError(
            "The user that runs this has no home folder to keep a key in.", KEY_ELSEWHERE
        ) from None


def _own_key(path: Path) -> bytes:
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_bytes()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise ConfigError(
            f"The key in {path} cannot be made or read: {error.strerror}.", KEY_ELSEWHERE
        ) from None
    if len(key) < _KEY_BYTES:
        raise ConfigError(
            f"The key in {path} is damaged.",
            "Restore it; or remove it for a new one, which gives every case a new pseudonym.",
        )
    return key


def _make_key(path: Path) -> None:
    """Writes a new key; if two processes do so at once, the first one's stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".key-{secrets.token_hex(8)}")
    file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "wb") as out:
            out.write(secrets.token_bytes(_KEY_BYTES))
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(aside)
    finally:
        aside.unlink()
