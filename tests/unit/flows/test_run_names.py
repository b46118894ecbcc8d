# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A run is called after its process and the moment it looks at, whatever its config is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flows.tracking.run_names import name_of

CONFIG = "process: {id: permits}\nsources: [{path: log.csv}]\njourney: {end: [z]}\n"
CET = dt.timezone(dt.timedelta(hours=1))


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, "permits as it is known"),
        ({"as_of": None, "overrides": ()}, "permits as it is known"),
        ({"as_of": dt.datetime(2026, 6, 30, tzinfo=dt.UTC)}, "permits as of 2026-06-30"),
        ({"as_of": dt.datetime(2026, 6, 30, 17, tzinfo=CET)}, "permits as of 2026-06-30 16:00 UTC"),
        ({"overrides": ("process.id=other",)}, "other as it is known"),
        ({"overrides": ("nonsense",)}, "p.yaml as it is known"),
    ],
)
def test_it_tells_the_process_and_the_moment(
    tmp_path: Path, given: dict[str, object], name: str
) -> None:
    (tmp_path / "p.yaml").write_text(CONFIG)

    assert name_of({"config": tmp_path / "p.yaml", **given}) == name


@pytest.mark.parametrize(
    "text", [None, "", "[", "process: 5", "process: {id: '${NOBODY_SET_THIS}'}"]
)
def test_a_config_that_cannot_be_read_has_the_name_of_its_file(
    tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "p.yaml").write_text(text)

    assert name_of({"config": str(tmp_path / "p.yaml")}) == "p.yaml as it is known"
