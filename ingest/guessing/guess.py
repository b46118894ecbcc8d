# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A guess, with the evidence for it."""

from __future__ import annotations

from typing import NamedTuple


class Guess(NamedTuple):
    """What was guessed, and why."""

    value: str
    evidence: str
