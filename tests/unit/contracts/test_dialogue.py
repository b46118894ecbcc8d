# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a team wrote beside its config is read as it was meant, or refused with its key."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from contracts.dialogue import Answer, Answers, load, said_of
from contracts.errors import ConfigError

MAY, JUNE = dt.date(2026, 5, 1), dt.date(2026, 6, 1)


def answer(day: dt.date = MAY, why: str = "so", **keys: object) -> Answer:
    return Answer.model_validate({"from": "a", "to": "b", "day": day, "why": why, **keys})


def read(folder: Path, text: str, process: str = "permits") -> tuple[Answer, ...]:
    (folder / "dialogue.yaml").write_text(text, encoding="utf-8")
    return load(folder / "permits.yaml", process)


def test_without_a_file_nothing_was_said(tmp_path):
    assert load(tmp_path / "permits.yaml", "permits") == ()


def test_each_process_has_answers_of_its_own(tmp_path):
    text = "permits: [{from: a, to: b, day: 2026-05-01, why: so}]\nbenefits: []\n"

    for name in ("benefits", "permits"):
        (tmp_path / f"{name}.yaml").write_text(f"process: {{id: {name}}}", encoding="utf-8")
    (tmp_path / "other.yaml").write_text("process: [", encoding="utf-8")

    assert read(tmp_path, text) == (answer(),)
    assert read(tmp_path, text, "benefits") == read(tmp_path, text, "else") == ()


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("yes", "yes"), ("no", "no"), ("'no'", "no"), ("unknown", "unknown"), ("~", None)],
)
def test_yaml_may_take_an_answer_for_true_or_false(written, read_as, tmp_path):
    (told,) = read(tmp_path, f"permits: [{{from: a, day: 2026-05-01, answer: {written}, why: w}}]")

    assert told.answer == read_as


def test_a_text_is_one_line_and_a_day_is_a_text(tmp_path):
    (told,) = read(
        tmp_path,
        'permits: [{from: a, day: 2026-05-01, why: " two\\n lines\\u200b ", when: 2026-07-01}]',
    )

    assert (told.why, told.when) == ("two lines", "2026-07-01")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not a dialogue: it holds no keys"),
        ("permits: [", "is not valid YAML"),
        ("permits: so", "'permits': write a list"),
        ("permits: [so]", "'permits.0': write keys here"),
        ("permits: [{from: a, why: so}]", "'permits.0.day' is missing"),
        ("permits: [{from: a, day: soon, why: so}]", "'permits.0.day': write a date"),
        ("permits: [{from: a, day: 2026-05-01}]", "'permits.0': nothing is answered"),
        ("permits: [{from: a, day: 2026-05-01, wy: so}]", "Did you mean 'why'?"),
        ("permits: [{from: a, day: 2026-05-01, answer: maybe}]", "'permits.0.answer'"),
        ("permits: [{from: a, day: 2026-05-01, kind: x, why: so}]", "'permits.0.kind'"),
        (f"permits: [{{from: a, day: 2026-05-01, why: {'x' * 4001}}}]", "at most 4000"),
        (
            "zoning: []",
            "no config in this folder has the process 'zoning'. The processes are: permits.",
        ),
        ("permit: []", "'permit' is not the process of this config. Did you mean 'permits',"),
    ],
)
def test_a_mistake_names_the_file_and_the_key(text, said, tmp_path):
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, text)

    assert said in str(refused.value)
    assert str(tmp_path / "dialogue.yaml") in str(refused.value)


@pytest.mark.parametrize(
    ("file", "workbook", "newest"),
    [
        (answer(MAY, "file"), answer(JUNE, "book"), "book"),
        (answer(JUNE, "file"), answer(MAY, "book"), "file"),
        (answer(MAY, "file"), answer(MAY, "book"), "book"),
    ],
)
def test_of_one_place_the_newest_answer_counts(file, workbook, newest):
    given = Answers(file=(file,), workbook=(workbook,))

    assert [each.why for each in given.newest] == [newest]


def test_answers_come_in_the_order_of_places():
    one, two, three = answer(), answer(to=None), answer(kind="capacity")

    assert (
        Answers(file=(one, two, three)).newest == Answers(file=(three,), workbook=(two, one)).newest
    )


def test_an_answer_is_of_the_stall_that_it_names():
    of_all, of_one = answer(MAY, "all"), answer(MAY, "one", kind="capacity")

    assert said_of((of_all, of_one), "a", "b", "capacity") is of_one
    assert said_of((of_all, of_one), "a", "b", "rework") is of_all
    assert said_of((of_one,), "a", "b", None) is None
    assert said_of((of_all,), "a", None, None) is None
