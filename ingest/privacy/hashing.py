# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""SHA-256 and HMAC-SHA-256 of all values of a column at once, by polars-hash.

A Python function called value by value takes five times as long, on one core.
"""

from __future__ import annotations

import hashlib

import polars as pl
from polars_hash import CryptographicHashingNameSpace

_BLOCK_BYTES = 64
_INNER, _OUTER = 0x36, 0x5C


def sha256(values: pl.Series) -> pl.Series:
    """The digest of each text or binary value, as 64 hexadecimal digits; null stays null."""
    digest = CryptographicHashingNameSpace(pl.first()).sha2_256()
    return values.to_frame().lazy().select(digest).collect(engine="streaming").to_series()


def hmac_sha256(key: bytes, octets: pl.Series) -> pl.Series:
    """The digest of each value (Binary) that only a holder of ``key`` can make, as in ``sha256``.

    Computed by its definition in RFC 2104: that of polars-hash only takes keys that are text. The
    key is in no expression, as polars may print those.
    """
    short = key if len(key) <= _BLOCK_BYTES else hashlib.sha256(key).digest()
    block = short.ljust(_BLOCK_BYTES, b"\0")
    inner, outer = (pl.Series([bytes(octet ^ pad for octet in block)]) for pad in (_INNER, _OUTER))
    return sha256(outer + sha256(inner + octets).str.decode("hex"))
