# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Cases without a row are told of by why, and never how few."""

from __future__ import annotations

import pytest

from contracts.left_out import WORDS
from flows.stages.left_out import tell
from ingest.storage.batches import Staged


def test_cases_of_all_sources_are_added_up(capsys: pytest.CaptureFixture[str]) -> None:
    staged = [
        Staged((), 3, left_out={"closed": 990, "early": 4}),
        Staged((), 3, left_out={"closed": 10, "early": 5}),
        Staged((), 3),
    ]

    tell(staged, least=10)

    out, err = capsys.readouterr()
    assert out == ""
    assert [line.partition(" cases ")[0] for line in err.splitlines()] == [
        "1,000",
        "Fewer than 10",
    ]


def test_each_reason_has_a_place_for_the_number_in_both_languages() -> None:
    for words in WORDS.values():
        assert all(
            each.get(language).count("%s") == 1 for each in words for language in ("nl", "en")
        )
