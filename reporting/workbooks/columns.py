# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The columns of a sheet, in the language of a report."""

from __future__ import annotations

from reporting.words.speech import Speech
from reporting.workbooks.workbook import Column


def columns(speech: Speech, *titles: tuple[str, int]) -> tuple[Column, ...]:
    """A column per title, with its width in characters."""
    return tuple(Column(speech.say(title), width) for title, width in titles)
