# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads a config file into ``Settings``; every mistake names the file, the key and a way out."""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from contracts.errors import ConfigError
from contracts.house_style import HouseStyle, plain
from contracts.mistakes import Document, missing, refusal
from contracts.settings import Settings
from contracts.sources import resolve_path

Fitting = TypeVar("Fitting", bound=BaseModel)


CONFIG = Document("config", Settings, "configs/ for examples")
_QUOTE_IT = "Put quotes around a text that begins with a star, as in path: '*.csv'."
_SEE_THE_LINE = "Mend that line; an editor with YAML support shows what is wrong."
_NOT_YAML = (yaml.YAMLError, ValueError, TypeError, RecursionError)
_STYLE = Document("style", HouseStyle, "configs/styles for an example")

_ENGINE = "HOEKSTEEN_ENGINE"
"""The variable for the one key that the environment may set, as it is about machines."""
_LEFT_OPEN = re.compile(
    r"sources\.\d+\.(?:columns\.(?:case_id|activity|timestamp)|month_first|only)|journey\.end"
)
"""The keys that `hoeksteen init` writes without a value if it cannot tell one."""
_VARIABLE = re.compile(r"\$\{(\w+)\}")


def load(
    path: Path, overrides: Sequence[str] = (), environ: Mapping[str, str] | None = None
) -> Settings:
    """Reads and checks a config file.

    Args:
        path: the YAML file.
        overrides: ``key.sub=value`` texts that win over the file, values in YAML.
        environ: gives ``${NAME}`` in values, and the engine unless an override does; by default the
            environment of the process.

    Raises:
        ConfigError: the file, or the house style that it names, is absent, is not YAML, or does
            not fit.
    """
    document = parse(path, CONFIG)
    known = os.environ if environ is None else environ
    if known.get(_ENGINE):
        document["engine"] = known[_ENGINE]
    for override in overrides:
        _override(document, override)
    filled = _fill(document, known, path)
    _read_style(filled.get("report"), path)
    return _fitting(Settings, filled, path, CONFIG)


def _fitting(model: type[Fitting], document: Any, path: Path, what: Document) -> Fitting:
    empty = [key for key in _empty(document) if _LEFT_OPEN.fullmatch(key)]
    try:
        fitting = model.model_validate(document)
    except ValidationError as error:
        raise refusal(path, error, what, empty) from None
    if empty:
        raise missing(path, empty, what)
    return fitting


def _empty(value: Any, key: str = "") -> Iterator[str]:
    """The keys without a value."""
    if value is None:
        yield key.removeprefix(".")
    within = value.items() if isinstance(value, dict) else ()
    for name, item in enumerate(value) if isinstance(value, list) else within:
        yield from _empty(item, f"{key}.{name}")


def _read_style(report: Any, path: Path) -> None:
    """Replaces the path of the house style by the content of its file."""
    named = report.get("style") if isinstance(report, dict) else None
    if named is None:
        return
    if not isinstance(named, str) or not named.strip():
        raise ConfigError(
            f"{path}: 'report.style' is not a path.", "Give the path of a file with the style."
        )
    file = resolve_path(named, path)
    report["style"] = _fitting(HouseStyle, plain(parse(file, _STYLE)), file, _STYLE)


def parse(path: Path, what: Document) -> dict[str, Any]:
    """The keys and values in a file of YAML or JSON.

    Raises:
        ConfigError: the file is absent, is not YAML, or holds something other than keys.
    """
    try:
        text = path.read_text(encoding="utf-8")
        document = json.loads(text) if path.suffix == ".json" else _read_yaml(text)
    except FileNotFoundError:
        raise ConfigError(f"There is no {what.name} file {path}.", _similar_file(path)) from None
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"{path} is not valid JSON at line {error.lineno}: {error.msg}.", _SEE_THE_LINE
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(
            f"{path} cannot be read: {reason}.",
            "Save it as UTF-8, and make it readable for the user that runs this.",
        ) from None
    except yaml.MarkedYAMLError as error:
        where = f" at line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(
            f"{path} is not valid YAML{where}: {error.problem}.",
            _QUOTE_IT if "alias" in f"{error.context} {error.problem}" else _SEE_THE_LINE,
        ) from None
    except _NOT_YAML:
        raise ConfigError(
            f"{path} is not valid YAML: it holds an impossible character, date or reference.",
            "Put quotes around a text that YAML takes for something else.",
        ) from None
    if not isinstance(document, dict):
        raise ConfigError(f"{path} is not a {what.name}: it holds no keys.", f"See {what.seen_in}.")
    return document


class _Loader(yaml.SafeLoader):
    """A loader for which a duplicate key is an error; plain YAML would take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = next((key for n, key in enumerate(keys) if key in keys[:n]), None)
        if twice is not None:
            raise yaml.MarkedYAMLError(
                problem=f"'{twice}' is there twice", problem_mark=node.start_mark
            )
        return super().construct_mapping(node, deep=deep)


def _read_yaml(text: str) -> Any:
    document = yaml.load(text, Loader=_Loader)  # noqa: S506  a safe loader
    # raises if it contains itself, half a character, or a date as a key
    json.dumps(document, default=str, ensure_ascii=False).encode()
    return document


def _similar_file(path: Path) -> str:
    there = sorted(str(other) for other in path.parent.glob("*.y*ml"))
    near = difflib.get_close_matches(str(path), there, n=1)
    return (
        f"Did you mean {near[0]}?"
        if near
        else "Give the path of a YAML file; see configs/ for examples."
    )


def _override(document: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals:
        raise ConfigError(
            f"--set {override}: write it as key=value.", "For example --set analysis.top=5."
        )
    try:
        value = _read_yaml(text)
    except _NOT_YAML:
        raise ConfigError(
            f"--set {key}: the value is not valid YAML.",
            "For example --set 'journey.end=[Besluit verzonden]'.",
        ) from None
    *parents, last = key.strip().split(".")
    place: Any = document
    for part in parents:
        place = _child(place, part, key)
    _put(place, last, value, key)


def _child(place: Any, part: str, key: str) -> Any:
    """The value of ``place`` at ``part``; a new one if there is none."""
    if isinstance(place, dict):
        if place.get(part) is None:
            place[part] = {}
        return place[part]
    if isinstance(place, list) and part.isdecimal() and int(part) < len(place):
        return place[int(part)]
    raise _no_place(key, part)


def _put(place: Any, part: str, value: Any, key: str) -> None:
    if isinstance(place, dict):
        place[part] = value
    elif isinstance(place, list) and part.isdecimal() and int(part) < len(place):
        place[int(part)] = value
    else:
        raise _no_place(key, part)


def _no_place(key: str, part: str) -> ConfigError:
    return ConfigError(
        f"--set {key}: there is no place '{part}' in the config.",
        "Members of a list are numbered from 0: sources.0.path is the path of the first source.",
    )


def _fill(value: Any, environ: Mapping[str, str], path: Path) -> Any:
    """``value`` with every ``${NAME}`` replaced."""
    if isinstance(value, dict):
        return {key: _fill(item, environ, path) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, environ, path) for item in value]
    if not isinstance(value, str):
        return value

    def lookup(match: re.Match[str]) -> str:
        name = match[1]
        if name not in environ:
            raise ConfigError(
                f"{path}: the environment variable {name} is not set.", f"Set {name} and run again."
            )
        return environ[name]

    return _VARIABLE.sub(lookup, value)
