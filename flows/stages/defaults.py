# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The settings that nobody chose; the report names them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import BaseModel

from contracts.settings import Settings


def defaulted(settings: Settings) -> tuple[str, ...]:
    """The keys that the config leaves out, each with the default that was used, if there is one."""
    left_out = list(_left_out(settings, ""))
    if not settings.journey.steps:
        left_out.append("journey.steps")
    if "segments" not in settings.analysis.model_fields_set:
        left_out.append("analysis.segments")
    return tuple(left_out)


def _left_out(model: BaseModel, prefix: str) -> Iterator[str]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if field.exclude:  # no finding depends on it
            continue
        if isinstance(value, BaseModel):
            yield from _left_out(value, f"{prefix}{name}.")
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            for position, item in enumerate(value):
                yield from _left_out(item, f"{prefix}{name}.{position}.")
        elif name not in model.model_fields_set and value not in (None, (), {}):
            shown = json.dumps(model.model_dump(mode="json", include={name})[name])
            yield f"{prefix}{field.alias or name} = {shown}"
