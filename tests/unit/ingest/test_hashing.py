# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import hashlib
import hmac

import polars as pl
from hypothesis import given
from hypothesis import strategies as some

from ingest.privacy.hashing import hmac_sha256, sha256

TEXTS = some.lists(some.none() | some.text(max_size=150), min_size=1, max_size=5)


@given(TEXTS)
def test_a_digest_is_that_of_hashlib(texts):
    told = [None if text is None else hashlib.sha256(text.encode()).hexdigest() for text in texts]

    assert sha256(pl.Series(texts, dtype=pl.String)).to_list() == told


@given(TEXTS, some.binary(min_size=1, max_size=200))
def test_a_keyed_digest_is_that_of_hmac(texts, key):
    told = [
        None if text is None else hmac.new(key, text.encode(), "sha256").hexdigest()
        for text in texts
    ]

    octets = pl.Series(texts, dtype=pl.String).cast(pl.Binary)
    assert hmac_sha256(key, octets).to_list() == told
