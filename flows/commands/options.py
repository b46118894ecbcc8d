# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The options of the commands, and what their values may be."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from flows.commands.sentences import want_json
from flows.moments import in_utc

CONFIG = click.argument("config", type=click.Path(path_type=Path))
CONFIGS = click.argument("configs", nargs=-1, type=click.Path(path_type=Path))
SET = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Overrides a key of the config."
)
JSON = click.option(
    "--json",
    is_flag=True,
    expose_value=False,
    callback=want_json,
    help="Prints one JSON object as its last line.",
)
OUT = click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="The folder for the reports.",
)
STORE = click.option(
    "--store",
    metavar="FOLDER|URL",
    help="Where the event store is: a folder, or s3://bucket/folder (abfss://, gs://).",
)
STORES = click.option(
    "--store",
    "stores",
    metavar="FOLDER|URL",
    help="Where the event stores are: each process has a folder of its own in it.",
)


class Moment(click.ParamType[dt.datetime]):
    """An instant in ISO 8601; a date is the start of that day; without an offset, it is in UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The text as an aware ``datetime``."""
        try:
            return in_utc(dt.datetime.fromisoformat(value))
        except ValueError:
            hint = "write for example 2026-06-30T17:00+02:00"
            self.fail(f"'{value}' is not a time; {hint}.", param, ctx)


AS_OF = click.option(
    "--as-of",
    type=Moment(),
    help=(
        "Looks at the log as it stood then, for example at the end of a day:"
        " 2026-06-30T23:59:59+02:00. A date alone is the start of that day, not its end; a time"
        " without an offset is UTC, not local."
    ),
)
