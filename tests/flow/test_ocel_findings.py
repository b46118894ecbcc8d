# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""One log as a table and as objects: the findings are the same."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from flows import steps
from flows.job import plan
from flows.journey import make
from simulation.generator import LOG, Order, generate

CONFIG = Path(__file__).parents[2] / "configs" / "cbr.yaml"
AS_OBJECTS = {
    "format": "ocel",
    "object_type": "zaak",
    "columns": "{start_timestamp: started_at, resource: resource, "
    "team: 'ocel:type:afdeling', org: organisatie}",
}


def findings(folder: Path, dialect: str, **source: str) -> dict[str, Any]:
    generate(Order("cbr", 300, 1), dialect, folder / dialect)
    [export] = (folder / dialect / LOG).iterdir()
    keys = {"path": str(export), **source}
    job = plan(
        CONFIG,
        out=folder / "out" / dialect,
        now=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
        overrides=[f"sources.0.{key}={value}" for key, value in keys.items()],
    )
    return json.loads((make(job, steps) / "findings.json").read_text("utf-8"))  # type: ignore[no-any-return]


def test_a_log_of_objects_has_the_findings_of_the_table(tmp_path: Path) -> None:
    table = findings(tmp_path, "csv")
    objects = findings(tmp_path, "ocel", **AS_OBJECTS)

    for each in (table, objects):
        del each["run_id"]
    more = objects["validation"].pop("expectations") - table["validation"].pop("expectations")
    assert objects == table
    assert more == 3  # DQ22, DQ29, DQ30
