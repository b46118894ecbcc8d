# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Texts in the languages of a report."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, model_validator

from contracts.attributes import Name
from contracts.models import Model

Language = Literal["nl", "en"]


class Words(Model):
    """A text in both languages."""

    nl: str
    en: str

    def get(self, language: Language) -> str:
        """The text in ``language``."""
        return self.nl if language == "nl" else self.en


def _both_languages(value: object) -> object:
    return {"nl": value, "en": value} if isinstance(value, str) else value


class Text(Model):
    """A text in the languages of the report.

    A language left out takes the text of the other; the name of a step is then as in the log.
    """

    nl: Name | None = None
    en: Name | None = None

    @model_validator(mode="after")
    def _say_something(self) -> Text:
        if self.nl is None and self.en is None:
            raise ValueError("give a text in nl, en, or both")
        return self

    def get(self, language: Language) -> str:
        """The text in ``language``, or in the other one."""
        return (self.nl or self.en if language == "nl" else self.en or self.nl) or ""


Label = Annotated[Text, BeforeValidator(_both_languages)]
