# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The base of the models of configs, tables of the law and other files that we read."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen model that refuses unknown keys, so that a typo is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def in_text(value: object) -> object:
    """A year, a number or a date from YAML as text; anything else as it is."""
    is_other = isinstance(value, int | dt.date) and not isinstance(value, bool)
    return str(value) if is_other else value
