# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""SHA-256 and HMAC-SHA-256 of all values of a column at once, by polars-hash.

A function of Python that is called value by value takes five times as long, of one core.
"""

from __future__ import annotations

import hashlib

import polars as pl
from polars_hash import CryptographicHashingNameSpace

_BLOCK_BYTES = 64
_INNER, _OUTER = 0x36, 0x5C


def sha256(octets: pl.Expr) -> pl.Expr:
    """The digest of a String or Binary expression, as 64 hexadecimal digits; null stays null."""
    return CryptographicHashingNameSpace(octets).sha2_256()


def hmac_sha256(key: bytes, octets: pl.Expr) -> pl.Expr:
    """The digest that only the holder of ``key`` can make of a Binary expression, as above.

    By its definition in RFC 2104: polars-hash has one of its own, for keys that are text.
    """
    block = (key if len(key) <= _BLOCK_BYTES else hashlib.sha256(key).digest()).ljust(
        _BLOCK_BYTES, b"\0"
    )
    inner, outer = (pl.lit(bytes(octet ^ pad for octet in block)) for pad in (_INNER, _OUTER))
    return sha256(outer + sha256(inner + octets).str.decode("hex"))
