# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What there is to raise alarm of, by what a run and the one before it may show."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
import yaml
from prefect.automations import AutomationCore

from contracts.findings import DeadlineResult, Findings, Segment, Window
from flows.stages.alarms import BREACHED, DRIFT, READY, STOPPED, Alarm, alarms, stopped
from reporting.disclosure.rules import protect
from reporting.notices import Report
from tests.unit.reporting import sample

RUN = Path("/reports/p/0123456789ab")
LASTS = sample.findings().as_of + dt.timedelta(days=2)
OVER = sample.findings().as_of - dt.timedelta(days=2)
NORTH = Segment(attribute="regio", values=("Noord",))
SOUTH = Segment(attribute="regio", values=("Zuid",))


def late(done: int | None, still: int | None, id_: str = "verklaring") -> DeadlineResult:
    return DeadlineResult(
        id=id_,
        within=900,
        late=done,
        open_within=100,
        open_late=still,
        undetermined=0,
        rule_version="v",
    )


def slow(until: dt.datetime | None, segment: Segment | None = None, place: int = 1) -> object:
    """The stall at a place of the sample, with a period until then, if any."""
    stall = sample.findings().bottlenecks[place]
    start = sample.findings().as_of - dt.timedelta(days=90)
    window = until and Window.model_validate({"from": start, "to": until})
    return stall.model_copy(update={"window": window, "segment": segment})


def found(deadlines: tuple = (), stalls: tuple = ()) -> Findings:
    told = sample.findings().model_copy(update={"deadlines": deadlines, "bottlenecks": stalls})
    return protect(told, sample.tables(), 10)[0]


def raised(now: Findings, before: Findings | None, **settings: object) -> list[Alarm]:
    first, *others = alarms(Report(RUN, now, sample.settings(**settings)), before)
    assert first.event == READY
    return others


FEW = late(4, 300)  # of a report that hides how many were done too late


def at_least(done: int, still: int) -> DeadlineResult:
    """A deadline of which the number of cases that were done too late is rounded down."""
    return late(done, still).model_copy(update={"at_least": ("late",)})


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        pytest.param(None, late(20, 30), 50, id="any at the first run"),
        pytest.param(None, late(0, 0), None, id="none at the first run"),
        pytest.param((), late(20, 0), 20, id="a deadline that the run before did not have"),
        pytest.param(late(20, 30), late(20, 31), 51, id="more"),
        pytest.param(late(20, 30), late(40, 10), None, id="as many"),
        pytest.param(late(20, 30), late(20, 20), None, id="fewer"),
        pytest.param(late(20, 30), FEW, None, id="what is hidden says nothing"),
        pytest.param(FEW, late(20, 30), 50, id="nor did it before"),
        pytest.param(late(20, 20), at_least(20, 30), 50, id="surely more, though rounded down"),
        pytest.param(late(25, 30), at_least(20, 30), None, id="maybe more"),
        pytest.param(at_least(20, 30), at_least(20, 30), None, id="rounded down as before"),
        pytest.param(late(20, 30, "eigen-norm"), late(20, 30), 50, id="of another deadline"),
    ],
)
def test_a_norm_is_breached_when_more_cases_are_late(
    before: DeadlineResult | tuple | None, now: DeadlineResult, told: int | None
) -> None:
    earlier = before if before is None else found(before and (before,))

    others = raised(found((now,)), earlier)

    assert [each.payload["late"] for each in others if each.event == BREACHED] == (
        [] if told is None else [told]
    )
    assert len(others) == (told is not None)


def test_the_hidden_counts_are_hidden() -> None:
    assert found((FEW,)).deadlines[0].late is None


@pytest.mark.parametrize(
    ("before", "now", "is_new"),
    [
        pytest.param(None, slow(LASTS), True, id="at the first run"),
        pytest.param((), slow(LASTS), True, id="no such place before"),
        pytest.param(None, slow(OVER), False, id="it is over"),
        pytest.param(None, slow(None), False, id="no period"),
        pytest.param(slow(LASTS), slow(LASTS), False, id="it was told before"),
        pytest.param(slow(None), slow(LASTS), True, id="the place was slow all the time"),
        pytest.param(slow(OVER), slow(LASTS), True, id="it was over, and is here again"),
        pytest.param(slow(LASTS, NORTH), slow(LASTS, SOUTH), True, id="of another group"),
        pytest.param(slow(LASTS, NORTH), slow(LASTS, NORTH), False, id="of the same group"),
        pytest.param(slow(LASTS, place=0), slow(LASTS), True, id="at another place"),
    ],
)
def test_waits_drift_when_they_grow_where_they_did_not_before(
    before: object, now: object, *, is_new: bool
) -> None:
    earlier = None if before is None else found(stalls=(before,) if before else ())

    others = raised(found(stalls=(now,)), earlier)

    assert [each.event for each in others] == [DRIFT] * is_new


def test_an_alarm_says_what_the_report_says_in_its_languages() -> None:
    now = found((late(180, 51),), (slow(LASTS, NORTH),))
    before = found((late(180, 20),))

    ready, breach, drift = alarms(Report(RUN, now, sample.settings()), before)

    assert breach.payload["subject"] == (
        "Rijgeschiktheid 75+: 231 zaken te laat (Verklaring van "
        "geschiktheid na het keuringsverslag)"
    )
    dutch, english = breach.payload["text"].split("\n\n---\n\n")
    assert dutch.splitlines()[2:] == [
        "Dat zijn er meer dan in het vorige rapport.",
        "Klaar na de laatste dag: 180.",
        "Niet klaar, en de laatste dag is voorbij: 51.",
        "Gegevens tot en met 2 maart 2026.",
        f"Het rapport: {RUN}/report.nl.html",
    ]
    assert english.splitlines()[2:4] == [
        "That is more than in the report before.",
        "Done after the last day: 180.",
    ]
    assert re.fullmatch(
        r"Rijgeschiktheid 75\+: zaken wachten langer sinds 2 december 2025, tussen "
        ".Keuringsverslag-formulier verstuurd. en .Keuring door arts.",
        drift.payload["subject"],
    )
    told = "De tekenen zijn te zien bij zaken met regio: Noord; de cijfers gaan over alle zaken."
    assert f"\n{told}\n" in drift.payload["text"]
    assert "bij aan excellente dienstverlening?" in drift.payload["text"]
    assert ready.payload["subject"] == "Rijgeschiktheid 75+: een nieuw rapport"
    for alarm in (ready, breach, drift):
        assert alarm.payload["report"] == f"{RUN}/report.nl.html"
        assert json.loads(json.dumps(alarm.payload)) == alarm.payload


def test_a_number_that_is_rounded_down_is_told_as_such() -> None:
    [breach] = raised(found((at_least(180, 51),)), None, report={"languages": ["en"]})

    assert breach.payload["subject"].startswith(
        "Fitness to drive 75+: at least 231 cases too late (",
    )
    assert breach.payload["text"].splitlines()[2:4] == [
        "Done after the last day: at least 180.",
        "Not done, and the last day is past: 51.",
    ]


def test_a_first_report_does_not_say_that_there_are_more() -> None:
    [breach] = raised(found((late(180, 51),)), None, report={"languages": ["en"]})

    assert "more than" not in breach.payload["text"]
    assert breach.payload["subject"].startswith("Fitness to drive 75+: 231 cases too late (")


def test_a_name_of_more_lines_is_one_line_in_a_subject() -> None:
    report = Report(RUN, found((late(20, 30),)), sample.settings(process=ODD))
    for alarm in alarms(report, None):
        assert "\n" not in alarm.payload["subject"]


ODD = {"id": "p", "name": "a\r\nBcc: x@y\n\n# b"}


def test_a_stopped_run_names_the_rules_that_stopped_it() -> None:
    what = {"nl": "Elke rij heeft een tijd.", "en": "Every row has a time."}
    rules = [
        {"id": "C04", "what": what, "success": False, "severity": "critical", "rows": None},
        {"id": "C05", "what": what, "success": False, "severity": "warning", "rows": 90},
        {"id": "C06", "what": what, "success": True, "severity": "critical", "rows": 0},
    ]

    alarm = stopped({"rules": rules}, sample.settings(report={"languages": ["en"]}), RUN)

    assert (alarm.event, alarm.payload["rules"]) == (STOPPED, ["C04"])
    assert alarm.payload["text"].splitlines() == [
        "Fitness to drive 75+: the log is not fit to mine",
        "",
        "So there is no new report. What must be right, and is not:",
        "C04: Every row has a time.",
        f"What was checked: {RUN}/validation",
    ]


def test_the_docs_show_an_automation_that_prefect_takes() -> None:
    text = (Path(__file__).parents[3] / "docs" / "alarms.md").read_text("utf-8")
    [shown] = [
        each for each in re.findall(r"```yaml\n(.+?)```", text, re.DOTALL) if "name:" in each
    ]

    made = AutomationCore.model_validate(yaml.safe_load(shown))

    assert made.trigger.expect == {READY}
    assert made.actions[0].type == "run-deployment"
