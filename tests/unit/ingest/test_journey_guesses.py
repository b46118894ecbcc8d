# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""With which activities cases begin and end, told from logs where that is known."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from contracts.events import CANDIDATES
from ingest.guessing.journey import Journey, guess_actor, guess_journey
from tests.builders import MONDAY
from tests.unit.ingest.candidates_of import candidates

NOW = MONDAY + dt.timedelta(days=1000)


_LIFECYCLE = {"!": "mark", "+": "start"}


def guessed(tmp_path: Path, *traces: tuple[int, int, str], most_rows: int = 1000) -> Journey:
    """Of cases that begin on the first day of each trace, a step per day; ``&``: at once."""
    rows = [
        {
            "case_id": f"c{day}.{number}.{case}",
            "activity": activity.strip("!+&"),
            "at": MONDAY + dt.timedelta(days=day + step - " ".join(steps[: step + 1]).count("&")),
            "source": "log",
            "row": step,
            "slot": case * 6000 % 65536,
            "lifecycle": _LIFECYCLE.get(activity[0], "complete"),
        }
        for number, (cases, day, trace) in enumerate(traces)
        for case in range(cases)
        for steps in [trace.split()]
        for step, activity in enumerate(steps)
    ]
    path = tmp_path / "candidates.parquet"
    pl.DataFrame(rows, schema={name: CANDIDATES[name] for name in rows[0]}).write_parquet(path)
    return guess_journey([path], NOW, 10, most_rows)


def names(guesses: tuple) -> list[str]:
    return [guess.value for guess in guesses]


def test_long_silence_ends_a_case_and_a_short_one_does_not(tmp_path: Path) -> None:
    journey = guessed(tmp_path, (30, 0, "a b c"), (10, 0, "a x"), (40, 99, "a b"))

    assert names(journey.starts) == ["a"]
    assert names(journey.ends) == ["c", "x"]
    assert journey.ended == pytest.approx(40 / 80)


def test_a_case_in_which_a_step_was_begun_has_not_ended(tmp_path: Path) -> None:
    journey = guessed(tmp_path, (30, 0, "a b"), (20, 0, "a +b"), (10, 0, "+a"), (40, 99, "a b"))

    assert names(journey.ends) == ["b"]
    assert names(journey.maybe) == []


def test_cases_that_stand_still_since_they_began_have_not_ended(tmp_path: Path) -> None:
    journey = guessed(tmp_path, (30, 0, "a b"), (30, 0, "a"), (1, 99, "a"))

    assert names(journey.ends) == ["b"]
    [maybe] = journey.maybe
    assert maybe.value == "a"
    assert maybe.evidence.endswith("; but cases begin with it, and may have stood still since")


@pytest.mark.parametrize(
    ("first", "ends"), [("afgehandeld", ["afgehandeld", "b"]), ("opgeslagen", ["b"])]
)
def test_what_is_done_at_once_ends_a_case(tmp_path: Path, first: str, ends: list[str]) -> None:
    journey = guessed(tmp_path, (40, 0, first), (30, 0, "a b"), (1, 99, "a"))

    assert names(journey.ends) == ends


def test_cases_that_were_under_way_tell_no_start(tmp_path: Path) -> None:
    journey = guessed(tmp_path, (60, 0, "a b c"), (15, 0, "b c"))

    assert names(journey.starts) == ["a"]


@pytest.mark.parametrize("other", ["k", "Besluitvorming"])
def test_a_step_that_seldom_ends_a_case_needs_a_word(tmp_path: Path, other: str) -> None:
    last = (20, 50, "a z")
    words = guessed(tmp_path, (90, 0, "a Besluit c"), (10, 0, "a Besluit"), last)
    none = guessed(tmp_path, (90, 0, f"a {other} c"), (10, 0, f"a {other}"), last)

    assert names(words.ends) == ["c", "Besluit"]
    assert (names(none.ends), names(none.maybe)) == (["c"], [other])


@pytest.mark.parametrize(
    ("broken_off", "ends", "maybe"), [("&a", ["z", "b"], ["a"]), ("a", ["z", "a", "b"], [])]
)
def test_what_is_recorded_along_with_an_end_is_none(
    tmp_path: Path, broken_off: str, ends: list[str], maybe: list[str]
) -> None:
    traces = [(60, 0, "s a x z"), (30, 0, f"s b {broken_off}"), (20, 0, "s b")]

    journey = guessed(tmp_path, *traces, (1, 99, "s"))

    assert (names(journey.ends), names(journey.maybe)) == (ends, maybe)


@pytest.mark.parametrize(
    ("file", "traces", "ends", "maybe"),
    [
        ("Gearchiveerd", ("a c", "a c {}"), ["c"], ["Gearchiveerd"]),
        ("Betaald", ("a c", "a c {}"), ["c", "Betaald"], []),
        ("Gearchiveerd", ("a b", "a c {}"), ["b", "Gearchiveerd"], []),  # else those never end
    ],
)
def test_a_file_that_is_archived_is_no_step_of_the_case(
    tmp_path: Path, file: str, traces: tuple[str, str], ends: list[str], maybe: list[str]
) -> None:
    both = [(40 - 10 * n, 0, trace.format(file)) for n, trace in enumerate(traces)]

    journey = guessed(tmp_path, *both, (1, 99, "a"))

    assert (names(journey.ends), names(journey.maybe)) == (ends, maybe)


def test_an_objection_is_a_case_of_its_own(tmp_path: Path) -> None:
    journey = guessed(tmp_path, (90, 0, "a c"), (10, 0, "a c Bezwaar"), (1, 60, "a"))

    assert (names(journey.ends), names(journey.maybe)) == (["c"], ["Bezwaar"])


def test_an_activity_of_fewer_than_ten_cases_is_not_named(tmp_path: Path) -> None:
    journey = guessed(tmp_path, (30, 0, "a c"), (9, 0, "ingediend ingetrokken"), (1, 60, "a"))

    assert names(journey.starts) == ["a"]
    assert names(journey.ends) == ["c"]
    assert journey.actors == {}


def test_marks_are_no_steps_and_tell_a_suspension(tmp_path: Path) -> None:
    journey = guessed(tmp_path, (30, 0, "a !Opgeschort !Hervat c !Opgeschort"), (1, 60, "a"))

    assert journey.suspension == ("Opgeschort", "Hervat")
    assert names(journey.ends) == ["c"]


def test_of_a_large_log_some_cases_are_looked_at_whole(tmp_path: Path) -> None:
    traces = [(10, day, "a b c") for day in range(20)]

    journey = guessed(tmp_path, *traces, (10, 90, "a"), most_rows=305)

    assert (journey.rows, journey.cases) == (610, 210)
    # with half of the slots, 5 or 6 of each 10 cases
    assert (names(journey.starts), names(journey.ends)) == (["a"], ["c"])
    assert journey.ended == pytest.approx(20 / 21)


def test_a_log_without_completed_steps_tells_nothing(tmp_path: Path) -> None:
    journey = guessed(tmp_path, (10, 0, "!a !c"))

    assert (journey.rows, journey.cases, journey.ends, journey.starts) == (20, 10, (), ())


@pytest.mark.parametrize(
    ("activity", "actor"),
    [
        ("Aanvraag ingediend", "citizen"),
        ("Schade gemeld", "citizen"),
        ("Gereed gemeld", None),
        ("Afgemeld", None),
        ("Zienswijze ontvangen of termijn verstreken", "citizen"),
        ("Aanvullende informatie ontvangen", "citizen"),
        ("Aanvullende informatie gevraagd", None),
        ("Melding ingetrokken", "citizen"),
        ("Keuring door arts", "third_party"),
        ("Adviesrapport ontvangen", "third_party"),
        ("Verwezen naar medisch specialist", None),
        ("Reactietermijn deskundige verstreken", "citizen"),
        ("Ontvangstbevestiging verstuurd", None),
        ("Besluit voorbereid", None),
        ("Documents received from applicant", "citizen"),
        ("Court ruling", "third_party"),
        ("Letter sent to applicant", None),
    ],
)
def test_a_word_tells_whose_turn_it_was(activity: str, actor: str | None) -> None:
    guess = guess_actor(activity)

    assert (guess.value if guess else None) == actor


def test_a_case_was_closed_though_the_first_file_knows_of_no_closing(tmp_path: Path) -> None:
    log = candidates("a 1d b", "a 1d b", closed_at=MONDAY)
    one, other = log.partition_by("case_id")
    one.drop("closed_at").write_parquet(tmp_path / "1.parquet")
    other.write_parquet(tmp_path / "2.parquet")

    journey = guess_journey([tmp_path / "1.parquet", tmp_path / "2.parquet"], NOW, 10)

    assert journey.ended == pytest.approx(1 / 2)
