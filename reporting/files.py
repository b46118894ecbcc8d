# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Writes findings and tables as files that other programs read; the same input, the same bytes."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from contracts.dates import rfc3339
from contracts.tables import TABLES
from reporting.shown import Shown


def write_findings(shown: Shown, out: Path) -> None:
    """Writes ``findings.json`` into ``out``: keys in the order of the contract, times in UTC."""
    document = shown.findings.model_dump(by_alias=True)
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False, default=_moment)
    (out / "findings.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _moment(value: object) -> str:
    """RFC 3339 in UTC; a date stays as it is."""
    if not isinstance(value, dt.date):
        raise TypeError(f"{type(value).__name__} has no place in findings.json")
    if not isinstance(value, dt.datetime):
        return value.isoformat()
    return rfc3339(value)


def write_tables(shown: Shown, out: Path) -> None:
    """Writes ``tables/<name>.parquet`` into ``out``, in the shapes of the contract."""
    folder = out / "tables"
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in TABLES.items():
        table = shown.tables[name].select(schema.names()).cast(schema)
        table.write_parquet(folder / f"{name}.parquet")
