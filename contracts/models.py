# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The base of the models of configs, tables of the law and other files that we read."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticKnownError


class Model(BaseModel):
    """A frozen model that refuses unknown keys, so that a typo is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def in_text(value: object) -> object:
    """A year, a number or a date from YAML as text; anything else as it is."""
    is_other = isinstance(value, int | dt.date) and not isinstance(value, bool)
    return str(value) if is_other else value


def _no_number(value: object) -> object:
    if isinstance(value, int | float):
        raise PydanticKnownError("time_delta_parsing", {"error": "a number has no unit"})
    return value


Duration = Annotated[dt.timedelta, Field(gt=dt.timedelta(0)), BeforeValidator(_no_number)]
"""A period as the law writes it, such as P14D; a number is refused, as 14 would be 14 seconds."""
