# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Errors for a YAML file: the key, what is wrong in terms of YAML, and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from contracts.errors import ConfigError

_IN_WORDS = {
    "tuple_type": "write a list, as in [Besluit verzonden]",
    "too_short": "give at least one",
    "string_pattern_mismatch": "this is not written as it should be; see `hoeksteen schema`",
    "string_too_short": "write a text here",
    "string_type": "write a text, in quotes if it looks like something else",
    "time_delta_parsing": "write a period as the law does: P14D is fourteen days",
    "date_from_datetime_parsing": "write a date as in 2026-05-15",
    "model_type": "write keys here, not a value",
    "model_attributes_type": "write keys here, not a value",
    "dict_type": "write keys here, not a value",
    "int_parsing": "write a whole number",
}
"""In terms of YAML, what pydantic says in terms of Python."""


@dataclass(frozen=True)
class Document:
    """A kind of file that a user writes: its name, its model, and where to see an example."""

    name: str
    model: type[BaseModel]
    seen_in: str


def refusal(
    path: Path, error: ValidationError, what: Document, empty: Sequence[str] = ()
) -> ConfigError:
    """The error for a file: the first wrong key, or all missing ones, in terms of YAML.

    Args:
        path: the file.
        error: what does not fit.
        what: the kind of file.
        empty: keys that are there without the value that they need.
    """
    errors = error.errors()
    # a misspelt key is also a missing key: the user must see the misspelling
    first = min(errors, key=lambda each: each["type"] != "extra_forbidden")
    absent = [_key(each) for each in errors if each["type"] == "missing"]
    lacking = list(dict.fromkeys([*empty, *absent]))
    is_missing = first["type"] == "missing" or _key(first) in empty
    return missing(path, lacking, what) if is_missing else _explain(path, first, what)


def missing(path: Path, keys: Sequence[str], what: Document) -> ConfigError:
    """The error for keys that are missing or have no value."""
    *others, last = [f"'{key}'" for key in keys]
    seen = f"see the TODO in the file, if there is one, and {what.seen_in}"
    if not others:
        return ConfigError(f"{path}: {last} is missing.", f"Add it; {seen}.")
    named = f"{', '.join(others)} and {last}"
    return ConfigError(f"{path}: {named} are missing.", f"Add them; {seen}.")


def _place(error: ErrorDetails) -> tuple[int | str, ...]:
    return tuple(part for part in error["loc"] if not str(part).startswith(("function-", "as-")))


def _key(error: ErrorDetails) -> str:
    return ".".join(map(str, _place(error)))


def _explain(path: Path, error: ErrorDetails, what: Document) -> ConfigError:
    loc, key = _place(error), _key(error)
    if error["type"] == "extra_forbidden":
        valid = _valid_keys(what.model, loc[:-1])
        near = difflib.get_close_matches(str(loc[-1]), valid, n=1, cutoff=0.5)
        hint = f"Did you mean '{near[0]}'?" if near else f"Valid keys here: {', '.join(valid)}."
        return ConfigError(f"{path}: '{key}' is not a key of the {what.name}.", hint)
    message = _IN_WORDS.get(error["type"], error["msg"].removeprefix("Value error, "))
    said = f"{path}: '{key}': {message}." if key else f"{path}: {message}."
    return ConfigError(said, f"See {what.seen_in}.")


def _valid_keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The keys that fit at ``loc``, found by walking the models along it."""
    for part in loc:
        field = model.model_fields.get(str(part)) or _field_by_alias(model, str(part))
        if field is not None:
            model = _model_in(field.annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _field_by_alias(model: type[BaseModel], alias: str) -> Any:
    return next((field for field in model.model_fields.values() if field.alias == alias), None)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model in a type: the type itself, or inside a tuple, a dict or an option."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in get_args(annotation))
    return next((model for model in found if model is not None), None)
