# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The names of runs in Prefect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prefect.runtime import flow_run

from contracts.config import load
from contracts.errors import HoeksteenError

_MIDNIGHT = dt.time()


def run_name() -> str:
    """The name of the run that is being made, when Prefect asks for it."""
    return name_of(flow_run.parameters)


def name_of(parameters: Mapping[str, Any]) -> str:
    """The process of a run, and the moment at which it looks.

    For a config that cannot be read, it is the name of the file: the run itself says what is wrong.
    """
    config = Path(parameters["config"])
    try:
        process = load(config, parameters.get("overrides", ())).process.id
    except HoeksteenError:
        process = config.name
    return f"{process} {_looked_at(parameters.get('as_of'))}"


def _looked_at(as_of: dt.datetime | None) -> str:
    if as_of is None:
        return "as it is known"
    moment = as_of.astimezone(dt.UTC)
    is_a_day = moment.time() == _MIDNIGHT
    return f"as of {moment:%Y-%m-%d}" if is_a_day else f"as of {moment:%Y-%m-%d %H:%M} UTC"
