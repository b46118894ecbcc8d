# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The alarms of a run: what it found that is worse than in the run before it.

They are made from findings that may be shown. A count that is hidden says nothing: it raises no
alarm, and is not compared with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.findings import Bottleneck, DeadlineResult, Findings, Segment
from contracts.settings import Settings
from reporting.notices import Notice, Report, stop

BREACHED = "hoeksteen.norm.breached"
DRIFT = "hoeksteen.drift"
READY = "hoeksteen.report.ready"
STOPPED = "hoeksteen.gate.stopped"
ARRIVED = "hoeksteen.export.arrived"

Place = tuple[str, str | None, Segment | None]


@dataclass(frozen=True)
class Alarm:
    """The name of an event, and what it tells."""

    event: str
    payload: dict[str, Any]


def alarms(report: Report, before: Findings | None) -> list[Alarm]:
    """An alarm that there is a report, and one for each thing that is worse than in the last one.

    Args:
        report: what a run may tell.
        before: the findings of the run before it, as they may be shown; null if there was none.
    """
    findings, settings = report.findings, report.settings
    told = {
        "run": findings.run_id,
        "as_of": findings.as_of.isoformat(),
        "report": str(report.page(settings.report.languages[0])),
    }
    worse = (*_breaches(report, before), *_drifts(report, before))
    return [
        Alarm(event, {"process": findings.process, **told, **facts, **_said(notice)})
        for event, facts, notice in ((READY, {}, report.is_new()), *worse)
    ]


def stopped(verdict: Mapping[str, Any], settings: Settings, run: Path) -> Alarm:
    """The alarm that the gate stopped a run; ``verdict`` is as written, without small counts."""
    broken = [
        rule["id"]
        for rule in verdict["rules"]
        if not rule["success"] and rule["severity"] == "critical"
    ]
    told = {"process": settings.process.id, "run": run.name, "rules": broken}
    checked = {"report": str(run / "validation")}
    return Alarm(STOPPED, {**told, **checked, **_said(stop(verdict, run, settings))})


def _said(notice: Notice) -> dict[str, str]:
    return {"subject": notice.subject, "text": notice.text}


def _breaches(
    report: Report, before: Findings | None
) -> Iterator[tuple[str, dict[str, Any], Notice]]:
    """The deadlines that more cases miss than before; all that are missed, if none was counted."""
    known = {deadline.id: deadline for deadline in report.settings.deadlines}
    earlier = {each.id: _late(each) for each in before.deadlines} if before else {}
    for found in report.findings.deadlines:
        late, was = _late(found), earlier.get(found.id)
        if late and late > (was or 0):
            notice = report.breach(found, known[found.id], is_more=was is not None)
            yield BREACHED, {"deadline": found.id, "late": late}, notice


def _late(found: DeadlineResult) -> int | None:
    """How many cases miss it by what the report tells, which may be a number rounded down."""
    if found.late is None or found.open_late is None:
        return None
    return found.late + found.open_late


def _drifts(
    report: Report, before: Findings | None
) -> Iterator[tuple[str, dict[str, Any], Notice]]:
    """The places where cases have waited longer since some day, if the run before had no such."""
    earlier = {_place(stall) for stall in _lasting(before)} if before else set()
    for stall in _lasting(report.findings):
        if _place(stall) not in earlier and stall.window:
            facts = {
                "from": stall.from_,
                "to": stall.to,
                "segment": stall.segment and stall.segment.model_dump(mode="json"),
                "since": stall.window.start.isoformat(),
            }
            yield DRIFT, facts, report.drift(stall)


def _lasting(findings: Findings) -> list[Bottleneck]:
    """The stalls of a period that is not over at the end of the log."""
    return [
        each for each in findings.bottlenecks if each.window and each.window.end >= findings.as_of
    ]


def _place(stall: Bottleneck) -> Place:
    return stall.from_, stall.to, stall.segment
