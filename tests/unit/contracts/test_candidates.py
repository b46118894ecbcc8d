# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import polars as pl
import pytest

from contracts.candidates import scan
from contracts.events import CANDIDATES, MAY_LACK

TOLD = [name for name in CANDIDATES if name not in MAY_LACK]


@pytest.fixture
def written(tmp_path):
    """A function that writes a file of candidates with some columns, and says where."""

    def write(name, columns):
        path = tmp_path / name
        pl.DataFrame({"row": [1, 2], **columns}, schema_overrides=CANDIDATES).write_parquet(path)
        return path

    return write


def test_what_a_file_does_not_tell_is_null(written):
    one = written("1", {"team": ["a", "b"], "case:region": ["n", None]})
    other = written("2", {"case:kind": ["x", "y"]})

    found = scan([one, other]).collect()

    assert found.columns == [
        *(name for name in CANDIDATES if name in {"row", *MAY_LACK}),
        *("case:region", "case:kind"),
    ]
    assert found["team"].to_list() == ["a", "b", None, None]
    assert found["case:region"].to_list() == ["n", None, None, None]
    assert found["case:kind"].to_list() == [None, None, "x", "y"]
    assert all(found.schema[name] == CANDIDATES[name] for name in ("row", *MAY_LACK))


def test_what_every_file_must_tell_is_not_made_up(written):
    assert not set(TOLD[:1] + TOLD[2:]) & set(scan([written("1", {})]).collect_schema())


@pytest.mark.parametrize("name", ["batch=1", "log[1].parquet", "*", "a #?.parquet"])
def test_a_path_is_no_pattern(written, name):
    folder = written("there", {}).parent / name
    folder.mkdir()

    assert scan([written(f"{name}/part", {})]).collect().height == 2
