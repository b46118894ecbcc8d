# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The words that the name of a column is made of, and whether they call it a citizen's number."""

from __future__ import annotations

import re

from contracts.events import CASE_PREFIX

_OF_CITIZENS = re.compile(
    r"(?<![a-z])bsn(?![a-z])|bsn ?(?:nummer|nr)|inp ?bsn|burger ?service ?n|sofi ?(?:nummer|nr)"
)


def words(name: str) -> list[str]:
    """``zaak_nummerIntern`` is three words."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removeprefix(CASE_PREFIX))
    return re.findall(r"[^\W_]+", apart.lower())


def says_citizen_number(name: str) -> bool:
    """Whether the name of a column says that it holds citizen service numbers (BSN)."""
    return _OF_CITIZENS.search(" ".join(words(name))) is not None
