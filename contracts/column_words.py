# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The words in the name of a column, and whether they say that it holds citizens' numbers."""

from __future__ import annotations

import re

from contracts.events import CASE_PREFIX

_OF_CITIZENS = re.compile(
    r"(?<![a-z])bsn(?![a-z])|bsn ?(?:nummer|nr)|inp ?bsn|burger ?service ?n|sofi ?(?:nummer|nr)"
)


def words(name: str) -> list[str]:
    """The words in a name: ``zaak_nummerIntern`` has three."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removeprefix(CASE_PREFIX))
    return re.findall(r"[^\W_]+", apart.lower())


def says_citizen_number(name: str) -> bool:
    """Whether the name of a column says that it holds citizen service numbers (BSN)."""
    return _OF_CITIZENS.search(" ".join(words(name))) is not None
