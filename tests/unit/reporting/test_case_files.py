# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Sentences about single cases, and who can read them; dates are those of DOMAIN's vectors."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from contracts.case_terms import CASE_TERMS
from contracts.settings import Settings
from contracts.texts import Language
from reporting.case_files import write_cases
from reporting.words.explanations import explained
from reporting.words.names import Names
from reporting.words.speech import Speech

SETTINGS = Settings.model_validate(
    {
        "process": {"id": "p"},
        "sources": [{"path": "log.csv", "case_attributes": ["until"]}],
        "journey": {
            "end": ["z"],
            "steps": {"back": {"label": {"nl": "Stukken terug", "en": "Papers back"}}},
            "suspensions": [
                {"from": "stop", "to": "go", "reason": {"nl": "overmacht", "en": "force majeure"}}
            ],
        },
        "deadlines": [
            {"id": "beslissen", "rule": {"term": "P8W"}},
            {"id": "licence", "rule": {"date": "until"}},
        ],
    }
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def row(**told: Any) -> dict[str, Any]:
    """Eight weeks from 10 March 2026 end on Liberation Day."""
    known = {
        "case_id": "k1",
        "id": "beslissen",
        "status": "within",
        "version": "config",
        "start": day("2026-03-10"),
        "plain_end": day("2026-05-05"),
        "extended_days": 0,
        "suspended_days": 0,
        "moved_days": 1,
        "end": day("2026-05-06"),
        "stop": day("2026-05-01"),
        "days_left": 5,
        "is_suspended": False,
    }
    return {**dict.fromkeys(CASE_TERMS), **known, **told}


def told(language: Language, **changes: Any) -> str:
    names = Names(SETTINGS, Speech(language, ZoneInfo("Europe/Amsterdam")))
    frame = pl.DataFrame([row(**changes)], schema=CASE_TERMS)
    return str(frame.select(explained(names)).item())


OPEN = {"stop": None, "status": "open_within"}
PLAIN = {"moved_days": 0, "end": day("2026-05-05")}
SENTENCES = [
    (
        {},
        ("8 weeks from 10 March 2026, ends on Liberation Day, 5 May 2026, so until Wednesday "
        "6 May 2026: met 5 days before it."),
        ("8 weken vanaf 10 maart 2026, eindigt op Bevrijdingsdag, 5 mei 2026, dus tot en met "
        "woensdag 6 mei 2026: 5 dagen daarvoor gehaald."),
    ),
    (
        {**PLAIN, **OPEN, "days_left": 1},
        "8 weeks from 10 March 2026, so until Tuesday 5 May 2026: 1 day left.",
        "8 weken vanaf 10 maart 2026, dus tot en met dinsdag 5 mei 2026: nog 1 dag.",
    ),
    (
        {**PLAIN, **OPEN, "status": "open_late", "days_left": -3},
        "8 weeks from 10 March 2026, so until Tuesday 5 May 2026: 3 days too late already.",
        "8 weken vanaf 10 maart 2026, dus tot en met dinsdag 5 mei 2026: al 3 dagen te laat.",
    ),
    (
        {**PLAIN, "suspended_days": 17, "end": day("2026-05-22"), "suspended_for": ["back", "go"],
         "days_left": 0},
        ("8 weeks from 10 March 2026, 17 days suspended (Papers back, force majeure), so until "
        "Friday 22 May 2026: met on that day."),
        ("8 weken vanaf 10 maart 2026, 17 dagen opgeschort (Stukken terug, overmacht), dus tot en "
        "met vrijdag 22 mei 2026: gehaald op die dag."),
    ),
    (
        {**PLAIN, "extended_days": 42, "end": day("2026-06-16"), "days_left": -1},
        ("8 weeks from 10 March 2026, extended by 42 days, so until Tuesday 16 June 2026: met 1 "
        "day too late."),
        ("8 weken vanaf 10 maart 2026, 42 dagen verlengd, dus tot en met dinsdag 16 juni 2026: 1 "
        "dag te laat gehaald."),
    ),
    (
        {"moved_days": 3, "end": day("2026-05-18"), **OPEN, "is_suspended": True},
        ("8 weeks from 10 March 2026, ends on a day made equal to a holiday, 15 May 2026, so until "
        "Monday 18 May 2026: 5 days left, and it stands still now."),
        ("8 weken vanaf 10 maart 2026, eindigt op een gelijkgestelde dag, 15 mei 2026, dus tot en "
        "met maandag 18 mei 2026: nog 5 dagen, en de termijn staat nu stil."),
    ),
    (
        {"moved_days": 2, "end": day("2026-05-25"), "days_left": 5},
        ("8 weeks from 10 March 2026, ends on Saturday 23 May 2026, so until Monday 25 May 2026: "
        "met 5 days before it."),
        ("8 weken vanaf 10 maart 2026, eindigt op zaterdag 23 mei 2026, dus tot en met maandag "
        "25 mei 2026: 5 dagen daarvoor gehaald."),
    ),
    (
        {"id": "licence", "version": None, **PLAIN},
        "A date of the case itself: Tuesday 5 May 2026: met 5 days before it.",
        "Een datum van de zaak zelf: dinsdag 5 mei 2026: 5 dagen daarvoor gehaald.",
    ),
    (
        {"status": "overlapping", "end": None, "days_left": None},
        "It cannot be said: for this case suspensions overlap.",
        "Niet te bepalen: bij deze zaak overlappen opschortingen elkaar.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "english", "dutch"), SENTENCES)
def test_how_a_last_day_came_about_in_words(
    changes: dict[str, Any], english: str, dutch: str
) -> None:
    assert told("en", **changes) == english
    assert told("nl", **changes) == dutch


def written(folder: Path, **danger: Any) -> list[Path]:
    listed = {
        "case_id": "k1", "id": "beslissen", "end": day("2026-05-06"), "days_left": 5,
        "chance": 0.456, "low_days": 2, "high_days": None, "after": "back",
        "waits_since": day("2026-04-20"), **danger,
    }  # fmt: skip
    terms = pl.LazyFrame([row(case_id="k2"), row()], schema=CASE_TERMS)
    write_cases(terms, pl.DataFrame([listed]), SETTINGS, folder)
    return [folder / "cases" / name for name in ("terms.parquet", "rescue.csv")]


def test_only_the_owner_reads_of_single_cases(tmp_path: Path) -> None:
    files = written(tmp_path)

    assert (tmp_path / "cases").stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600, 0o600]


def test_what_is_written_of_single_cases(tmp_path: Path) -> None:
    terms, to_rescue = written(tmp_path)

    read = pl.read_parquet(terms)
    assert read["case_id"].to_list() == ["k1", "k2"]
    assert read.columns == [*CASE_TERMS, "explanation_nl", "explanation_en"]
    assert to_rescue.read_text("utf-8").splitlines() == [
        (
            "case,deadline,last_day,days_left,chance_to_be_late,done_after_days_from,"
            "done_after_days_to,waits_after,waits_since"
        ),
        "k1,beslissen,2026-05-06,5,0.46,2,,back,2026-04-20",
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@a", "\ta"])
def test_no_text_becomes_a_formula(tmp_path: Path, name: str) -> None:
    _, to_rescue = written(tmp_path, after=name)

    assert pl.read_csv(to_rescue)["waits_after"].item() == f"'{name}"
