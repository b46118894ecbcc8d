# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What nobody chose is told; what somebody did is not."""

from __future__ import annotations

import pytest

from contracts.settings import Settings
from flows.stages.defaults import defaulted
from reporting.words import vocabulary
from reporting.words.speech import Speech

BARE = {
    "process": {"id": "permits"},
    "sources": [{"path": "a.csv", "case_attributes": ["regio"]}],
    "journey": {"end": ["Besluit"]},
}


@pytest.mark.parametrize(
    ("analysis", "is_told"),
    [({}, True), ({"segments": ["regio"]}, False), ({"segments": []}, False)],
)
def test_that_no_groups_are_compared_is_told_where_nobody_chose_so(analysis, is_told):
    told = defaulted(Settings.model_validate({**BARE, "analysis": analysis}))

    assert ("analysis.segments" in told) is is_told


@pytest.mark.parametrize("language", ["nl", "en"])
def test_all_that_nobody_chose_has_words(language):
    settings = Settings.model_validate(BARE)
    speech = Speech(language, settings.zone)

    assert [item for item in defaulted(settings) if not vocabulary.key(item, speech)] == []
