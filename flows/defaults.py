# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What nobody chose: the report says it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import BaseModel

from contracts.settings import Settings


def defaulted(settings: Settings) -> tuple[str, ...]:
    """The keys of the config that were left out, with the value that was taken where one was."""
    left_out = list(_left_out(settings, ""))
    if not settings.journey.steps:
        left_out.append("journey.steps")
    if "segments" not in settings.analysis.model_fields_set:
        left_out.append("analysis.segments")
    return tuple(left_out)


def _left_out(model: BaseModel, prefix: str) -> Iterator[str]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if field.exclude:  # nothing that is found depends on it
            continue
        if isinstance(value, BaseModel):
            yield from _left_out(value, f"{prefix}{name}.")
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            for position, item in enumerate(value):
                yield from _left_out(item, f"{prefix}{name}.{position}.")
        elif name not in model.model_fields_set and value not in (None, (), {}):
            shown = json.dumps(model.model_dump(mode="json", include={name})[name])
            yield f"{prefix}{field.alias or name} = {shown}"
