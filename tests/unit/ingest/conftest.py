# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.storage.places import StorePlace, place_of


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StorePlace]:
    """A place that is held, on this machine or in object storage."""
    where = str(tmp_path / "store")
    if request.param == "bucket":
        where = f"{request.getfixturevalue('bucket')}/permits"
    place = place_of(where, tmp_path / "here")
    with place.hold():
        yield place
