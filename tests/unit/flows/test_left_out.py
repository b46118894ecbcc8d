# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Cases without a row are told of by why, and never how few."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.left_out import tell
from ingest.staging import Staged


def test_cases_of_all_sources_are_added_up(capsys: pytest.CaptureFixture[str]) -> None:
    staged = [
        Staged(Path("a"), 3, left_out={"are too old": 990, "are odd": 4}),
        Staged(Path("b"), 3, left_out={"are too old": 10, "are odd": 5}),
        Staged(Path("c"), 3),
    ]

    tell(staged, least=10)

    assert capsys.readouterr() == (
        "",
        "1,000 cases are too old.\nFewer than 10 cases are odd.\n",
    )
