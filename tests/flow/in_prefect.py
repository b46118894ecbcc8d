# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Runs the flow against the server of Prefect that is set, and prints as JSON what that has of it.

In a process of its own: what Prefect leaves open there would fail the tests here.
"""

# ruff: noqa: I001 - flows comes first: it sets what Prefect reads when it is imported
from __future__ import annotations

import datetime as dt
import json
import logging
import sys
import time
from contextvars import copy_context
from pathlib import Path
from typing import Any

import httpx

from flows.tracking.artifacts import tell_report, tell_verdict
from flows.tracking.events import tell_alarms
from flows.planning import plan
from flows.journey import journey, make
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.sorting import FlowRunSort
from prefect.context import SyncClientContext
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
LOOKED_BACK_AT = dt.datetime(2026, 3, 15, tzinfo=dt.UTC)
NOWHERE = {PREFECT_API_URL: "http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES: 0}


HURRIED = ("analysis.top=3", "schedule={cron: '0 6 * * *', stage_at_most: PT0.001S}")


class Heard(logging.Handler):
    """What Prefect logged; cleared when it is told."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def told(self) -> dict[str, object]:
        records, self.records = self.records, []
        return {
            "said": [record.getMessage() for record in records],
            "tracebacks": sum(bool(record.exc_info and record.exc_info[0]) for record in records),
        }


def run(config: Path, **how: Any) -> str:
    """How the flow ended for who called it."""
    try:
        return str(journey(config, out=config.parent / "out", **how))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def artifact(key: str) -> dict[str, str]:
    """The newest artifact of a name, as Prefect has it."""
    shown: dict[str, str] = httpx.get(f"{PREFECT_API_URL.value()}/artifacts/{key}/latest").json()
    return shown


def kept() -> dict[str, object]:
    """What Prefect has of the last run of the flow."""
    with get_client(sync_client=True) as client:
        [last] = client.read_flow_runs(sort=FlowRunSort.START_TIME_DESC, limit=1)
    shown = artifact("gate-p")
    return {
        "state": [last.state.type.value, last.state.name, last.state.message],
        "artifact": {"said": shown["description"], "table": json.loads(shown["data"])},
    }


def events(*prefixes: str) -> list[dict[str, object]]:
    """The events that Prefect has by now, the oldest first."""
    asked = {"filter": {"event": {"prefix": prefixes}, "order": "ASC"}}
    given = httpx.post(f"{PREFECT_API_URL.value()}/events/filter", json=asked).json()["events"]
    return [
        {
            "event": each["event"],
            "of": each["resource"]["prefect.resource.id"],
            "runs": [
                related["prefect.resource.id"]
                for related in each["related"]
                if related["prefect.resource.role"] == "flow-run"
            ],
            "payload": each["payload"],
        }
        for each in given
    ]


def after(event: str) -> list[dict[str, object]]:
    """The events, once Prefect has this one: it takes them in its own time."""
    for _ in range(300):
        told = events("hoeksteen.")
        if event in [each["event"] for each in told]:
            return told
        time.sleep(0.1)
    raise TimeoutError(event)


def not_taken(config: Path) -> dict[str, object]:
    """A verdict and a report that Prefect cannot be told of."""
    job = plan(config, out=config.parent / "plain", now=NOW)
    make(job)

    def tell() -> None:
        SyncClientContext.__var__.set(None)  # the flow's client has a connection already
        with temporary_settings(NOWHERE):
            tell_verdict(job, job.folder)
            tell_report(job)
            (job.folder / "findings.json").unlink()
            tell_alarms(job)

    @flow
    def telling() -> str:
        copy_context().run(tell)
        return "went on"

    return {"ended": telling(), "folder": str(job.folder)}


def main(passing: Path, failing: Path) -> None:
    heard = Heard()
    logging.getLogger("prefect").addHandler(heard)
    told = {}
    told["passed"] = {"ended": run(passing), **kept(), **heard.told()}
    told["report"] = {each: artifact(f"{each}-p") for each in ("report", "waits", "page")}
    told["others"] = [run(passing), run(passing, as_of=LOOKED_BACK_AT)]
    ended = run(passing, overrides=HURRIED)
    told["hurried"] = [ended, *kept()["state"], heard.told()["said"]]
    told["stopped"] = {"ended": run(failing), **kept(), **heard.told()}
    told["events"] = after("hoeksteen.gate.stopped")
    told["assets"] = sorted({(each["event"], each["of"]) for each in events("prefect.asset.")})
    told["not taken"] = {**not_taken(passing), **heard.told()}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
