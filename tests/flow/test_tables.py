# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""One log gives one result, in whatever kind of table it comes."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from flows.journey import make
from flows.planning import plan
from simulation.generator import LOG, Order, generate
from tests.builders import FEW_FORMATS

SHIPPED = Path(__file__).parents[2] / "configs" / "cbr.yaml"
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


def findings(folder: Path, document: dict[str, Any]) -> dict[str, Any]:
    """All that a run finds, but for what it is called."""
    config = folder / "p.yaml"
    config.write_text(yaml.safe_dump(document))
    asked = plan(config, out=folder / "out", now=NOW, overrides=(FEW_FORMATS,))
    run = make(asked)
    found: dict[str, Any] = json.loads((run / "findings.json").read_text("utf-8"))
    del found["validation"]["expectations"]  # more is asked of what comes from several columns
    return found | {"run_id": None, "changes": None}


def test_workbooks_tell_what_text_tells(tmp_path: Path) -> None:
    document = yaml.safe_load(SHIPPED.read_text("utf-8"))
    found = {}
    for dialect in ("csv", "excel"):
        folder = tmp_path / dialect
        generate(Order("cbr", 300, 1, "statistical", defects=True), dialect, folder)
        document["sources"][0]["path"] = f"{folder / LOG}"
        found[dialect] = findings(folder, document)

    assert found["excel"] == found["csv"]
    assert found["csv"]["log"]["cases"] > 250


STEPS = {"Ontvangen": "ontvangst", "Getoetst": "toets", "Besloten": "besluit"}
LONG = {"columns": {"case_id": "zaak", "activity": "stap", "timestamp": "tijd"}}
WIDE = {"format": "csv", "columns": {"case_id": "zaak"}, "milestones": STEPS}


def test_a_column_a_milestone_tells_what_a_row_an_event_tells(tmp_path: Path) -> None:
    cases = pl.DataFrame({"case": range(60)}).with_columns(
        pl.format("Z{}", "case").alias("zaak"),
        *(
            pl.format(
                f"{{}}-03-2026 {9 + 3 * number}:00", pl.col("case") % 9 + 1 + 4 * number
            ).alias(column)
            for number, column in enumerate(STEPS.values())
        ),
    )
    cases = cases.with_columns(pl.when(pl.col("case") % 7 > 0).then("besluit").alias("besluit"))
    cases.drop("case").write_csv(tmp_path / "wide.csv")
    names = pl.col("stap").replace({column: step for step, column in STEPS.items()})
    events = cases.unpivot(STEPS.values(), index="zaak", variable_name="stap", value_name="tijd")
    events.drop_nulls().with_columns(names).write_csv(tmp_path / "long.csv")

    found = [
        findings(
            tmp_path,
            {
                "process": {"id": "p"},
                "sources": [{"path": path, **source}],
                "journey": {"end": ["Besloten"]},
            },
        )
        for path, source in (("long.csv", LONG), ("wide.csv", WIDE))
    ]

    assert found[0] == found[1]
    # 3 * 60 but for nine that lack, and so in tens
    assert (found[0]["log"]["events"], found[0]["log"]["events_at_least"]) == (170, True)
