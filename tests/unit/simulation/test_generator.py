# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is written holds what was asked for, the same every time, and nothing of anybody."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import re
import zipfile
from collections import defaultdict
from itertools import cycle, pairwise, product

import pyarrow.parquet
import pytest

from contracts.errors import UsageError
from simulation.description import process, process_names
from simulation.generator import LOG, TRUTH, Order, generate
from simulation.recording.dialects import DIALECTS

pytestmark = pytest.mark.xdist_group("generator")

SHORTS = ("img", "ncg", "cbr", "uht", "vfs")
AGENCIES = (
    "Instituut Mijnbouwschade",
    "Nationaal Coördinator",
    "Centraal Bureau",
    "Belastingdienst",
    "Dienst Toeslagen",
    "Buitenlandse Zaken",
)
FOR_TESTING = "999990342"
CSV = {"csv": "utf-8", "csv-nl": "cp1252", "csv-excel": "utf-8-sig"}


def files_of(folder):
    """All that was written, by its name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows_of(path):
    """The rows of an export in the plainest dialect, by case, with local times."""
    cases = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            cases[row["zaaknummer"]].append(row)
    return cases


def numbers_in(value):
    """Every number in a document."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for each in value for number in numbers_in(each)]
    return [value] if isinstance(value, int | float) else []


# ---- the same order, the same bytes


A_DIALECT_EACH = list(zip(cycle(process_names()), DIALECTS, [False] * len(DIALECTS)))
DAMAGED = list(product(process_names(), DIALECTS, [True]))


@pytest.mark.parametrize(("name", "dialect", "has_defects"), [*A_DIALECT_EACH, *DAMAGED])
def test_the_same_order_gives_the_same_bytes(name, dialect, has_defects, tmp_path):
    order = Order(name, 50, 7, "statistical", has_defects)
    for folder in "ab":
        generate(order, dialect, tmp_path / folder)
    first, again = (files_of(tmp_path / folder) for folder in "ab")

    assert first == again
    assert {name.split("/")[0] for name in first} == {LOG, TRUTH}


@pytest.mark.parametrize(("name", "dialect", "has_defects"), A_DIALECT_EACH)
def test_another_seed_gives_another_log(name, dialect, has_defects, tmp_path):
    for seed in (7, 8):
        order = Order(name, 50, seed, "statistical", has_defects)
        generate(order, dialect, tmp_path / str(seed))
    first, other = (files_of(tmp_path / str(seed)) for seed in (7, 8))

    assert all(first[name] != other.get(name) for name in first if "catalogi" not in name)


def test_the_same_queues_give_the_same_bytes(tmp_path):
    for folder in "ab":
        generate(Order("cbr", 50, 7), "csv", tmp_path / folder)

    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")


def test_what_is_planted_is_not_in_a_log_without(tmp_path):
    with_it, without = (
        generate(
            Order("cbr", 50, 7, "statistical", planted=planted), "csv", tmp_path / str(planted)
        )
        for planted in (True, False)
    )

    assert len(with_it["planted"]) == 3
    assert without["planted"] == []
    assert files_of(tmp_path / "True") != files_of(tmp_path / "False")


# ---- the log and the truth, counted


@pytest.fixture(scope="module", params=process_names())
def written(request, tmp_path_factory):
    """A process, its truth, and its rows by case."""
    folder = tmp_path_factory.mktemp("written") / "made"
    truth = generate(Order(request.param, 3000, 1, "statistical"), "csv", folder)
    return process(request.param), truth, rows_of(folder / LOG / "export.csv")


@pytest.mark.parametrize(
    ("cases", "level", "has_defects"),
    [(1, "statistical", False), (137, "statistical", True), (137, "queueing", True)],
)
def test_there_are_as_many_cases_as_asked(cases, level, has_defects, tmp_path):
    truth = generate(Order("vis", cases, 3, level, has_defects), "csv", tmp_path / "made")

    assert len(rows_of(tmp_path / "made" / LOG / "export.csv")) == truth["cases"] == cases


def test_every_case_and_row_is_counted(written):
    _, truth, cases = written

    assert truth["cases"] == len(cases) == 3000
    assert truth["events"] == sum(map(len, cases.values()))


def test_nothing_is_outside_the_window(written):
    described, truth, cases = written
    opens, closes = described.window.opens, described.window.closes
    days = [
        row[name][:10]
        for rows in cases.values()
        for row in rows
        for name in ("tijdstip", "vastgelegd", "begonnen")
        if row[name]
    ]
    done = [row["tijdstip"][:10] for rows in cases.values() for row in rows]

    assert truth["window"] == {"from": str(opens), "to": str(closes)}
    assert min(done) >= str(opens)
    assert max(days) <= str(closes)
    # and it is full: something happens in its first week and in its last
    assert dt.date.fromisoformat(min(done)) < opens + dt.timedelta(days=7)
    assert dt.date.fromisoformat(max(done)) > closes - dt.timedelta(days=7)


def test_rows_are_in_order_and_work_begins_before_it_is_done(written):
    _, _, cases = written

    for rows in cases.values():
        at = [row["tijdstip"] for row in rows]
        assert at == sorted(at)
        assert all(row["begonnen"] <= row["tijdstip"] <= row["vastgelegd"] for row in rows)


def test_truth_has_the_keys_that_are_documented(written):
    described, truth, _ = written

    assert set(truth) == {
        *("version", "seed", "process", "level", "window", "cases", "events", "throughput_days"),
        *("planted", "decoys", "renamed", "suspensions", "norms", "censored"),
        *("defects", "destroyed"),
    }
    assert {key: truth[key] for key in ("version", "seed", "process", "level")} == {
        "version": 1,
        "seed": 1,
        "process": described.key,
        "level": "statistical",
    }
    assert [set(plant) for plant in truth["planted"]] == [
        {
            *(
                "id",
                "kind",
                "where",
                "places",
                "segment",
                "windows",
                "share",
                "owner_kind",
                "clock",
            ),
            *("effect_mean_days", "effect_person_days", "effect_legal_mean_days"),
            *("effect_on_others_mean_days", "effect_elsewhere_mean_days"),
            "effect_whole_mean_days",
        }
    ] * 3
    assert all(
        set(decoy) == {"id", "where", "places", "window", "expected_class", "why"}
        for decoy in truth["decoys"]
    )
    assert (truth["defects"], truth["destroyed"]) == ([], None)


def test_truth_is_finite_and_is_what_is_written(written, tmp_path):
    described, truth, _ = written
    small = generate(Order(described.key, 20, 5, "statistical"), "csv", tmp_path / "small")

    assert all(map(math.isfinite, numbers_in(truth)))
    assert json.loads((tmp_path / "small" / TRUTH).read_text("utf-8")) == json.loads(
        json.dumps(small)
    )


def test_places_are_steps_of_the_log(written):
    _, truth, cases = written
    pairs = {(one["stap"], row["stap"]) for rows in cases.values() for one, row in pairwise(rows)}
    for told in (*truth["planted"], *truth["decoys"]):
        places = [(place["from"], place["to"]) for place in told["places"]]

        assert told["where"] == told["places"][0]
        assert places[0] in pairs


def test_every_case_has_one_standing(written):
    _, truth, _ = written
    (norm,) = truth["norms"]

    assert set(norm) == {"key", "within", "late", "open_within", "open_late", "undetermined"}
    assert sum(count for key, count in norm.items() if key != "key") == truth["cases"]


def test_cases_that_are_cut_off_are_counted(written):
    """Exactly: in test_plants, where it is seen how they go on; here, as far as the rows tell."""
    described, truth, cases = written
    first = described.steps[0].name
    ends = [described.step(step).name for step in described.ends]
    names = [{row["stap"] for row in rows} for rows in cases.values()]

    assert truth["censored"]["left"] == sum(first not in steps for steps in names) > 0
    begun = [steps for steps in names if first in steps]
    assert truth["censored"]["right"] >= sum(not steps.intersection(ends) for steps in begun) > 0
    assert truth["censored"]["right"] <= sum(len(steps.intersection(ends)) < 2 for steps in names)


def test_nobody_goes_to_court_over_a_case_that_is_closed(tmp_path):
    generate(Order("uht", 1000, 1, "statistical"), "csv", tmp_path / "made")
    after = [
        one["stap"]
        for rows in rows_of(tmp_path / "made" / LOG / "export.csv").values()
        for one, _ in pairwise(rows)
    ]

    assert "Afgesloten zonder integrale beoordeling" not in after


def test_a_step_has_its_new_name_in_cases_begun_since_then_only(written):
    described, truth, cases = written
    first = described.steps[0].name
    for renamed in truth["renamed"]:
        seen = {renamed["activity"]: set(), renamed["becomes"]: set()}
        for rows in cases.values():
            began = rows[0]["tijdstip"][:10] if rows[0]["stap"] == first else "before"
            is_new = began != "before" and began >= renamed["since"]
            for row in rows:
                if row["stap"] in seen:
                    seen[row["stap"]].add(is_new)

        assert seen == {renamed["activity"]: {False}, renamed["becomes"]: {True}}
    assert truth["renamed"]


SUSPENDED = {"cbr": ("B08", "B09"), "uht": ("C09", "C10")}


def test_case_systems_tell_of_suspensions_in_three_ways_as_often(written):
    described, truth, cases = written
    told = truth["suspensions"]
    if described.key not in SUSPENDED:
        assert told == {}
        return
    asked, answered = (described.step(step).name for step in SUSPENDED[described.key])
    closed = sum(row["stap"] == answered for rows in cases.values() for row in rows)
    names = [[row["stap"] for row in rows] for rows in cases.values()]
    may_be_open = sum(steps[-1] == asked for steps in names)
    total = sum(each["intervals"] for each in told.values())
    still = sum(each["open"] for each in told.values())

    assert set(told) == {"dates", "flag", "status"}
    assert total - still == closed
    assert 0 < still <= may_be_open
    for each in told.values():  # within three standard errors
        assert abs(each["intervals"] / total - 1 / 3) < 3 * math.sqrt(2 / 9 / total)


# ---- whole, or not at all


def test_a_folder_that_exists_is_left_alone(tmp_path):
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")

    with pytest.raises(UsageError, match="exists already"):
        generate(Order("cbr", 5, 1, "statistical"), "csv", folder)
    assert files_of(tmp_path) == {"made/mine.txt": b"mine"}


def test_a_link_to_nothing_is_left_alone_too(tmp_path):
    (tmp_path / "made").symlink_to("nothing")

    with pytest.raises(UsageError, match="exists already"):
        generate(Order("cbr", 5, 1, "statistical"), "csv", tmp_path / "made")


def test_nothing_is_left_of_a_log_that_fails_halfway(tmp_path, monkeypatch):
    seen = []

    def write(parts, _, folder):
        for part in parts:
            (folder / "export.csv").write_text(str(part.cases))
            seen.extend(tmp_path.iterdir())
            raise OSError("the disk is full")

    monkeypatch.setitem(DIALECTS, "csv", write)
    with pytest.raises(OSError, match="the disk is full"):
        generate(Order("cbr", 5, 1, "statistical"), "csv", tmp_path / "made")

    assert len(seen) == 1
    assert list(tmp_path.iterdir()) == []


def test_folders_above_are_made(tmp_path):
    generate(Order("cbr", 5, 1, "statistical"), "csv", tmp_path / "a" / "b")

    assert set(files_of(tmp_path)) == {"a/b/truth.json", "a/b/log/export.csv"}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("cbrr", "Did you mean cbr?"),
        ("ui", "There is: cbr, img, uht, vis."),
        ("../cbr", "Did you mean cbr?"),
        ("", "There is: cbr, img, uht, vis."),
    ],
)
def test_a_process_that_is_not_there(name, hint, tmp_path):
    with pytest.raises(UsageError, match="There is no process") as error:
        generate(Order(name, 5, 1), "csv", tmp_path / "made")

    assert error.value.hint == hint
    assert list(tmp_path.iterdir()) == []


# ---- privacy


def passes_the_eleven_test(number):
    digits = map(int, number.rjust(9, "0"))
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11 == 0


def service_numbers_in(content):
    """The numbers that could be those of a citizen."""
    numbers = re.findall(r"(?<![0-9])[0-9]{8,9}(?![0-9])", content)
    return [number for number in numbers if passes_the_eleven_test(number)]


def contents_of(path):
    """All texts in a file; what is packed is unpacked."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return "\n".join(book.read(name).decode() for name in book.namelist())
    content = path.read_bytes().decode("latin-1")
    if path.suffix == ".parquet":
        content += str(pyarrow.parquet.read_table(path).to_pylist())
    return content if path.suffix in {".csv", ".parquet"} else path.read_text("utf-8")


@pytest.fixture(scope="module", params=process_names())
def damaged(request, tmp_path_factory):
    """The name of a process, and by dialect the folder of a log of it with every defect."""
    folder = tmp_path_factory.mktemp("damaged")
    for dialect in DIALECTS:
        order = Order(request.param, 200, 1, "statistical", defects=True)
        generate(order, dialect, folder / dialect)
    return request.param, folder


def test_no_number_is_that_of_a_citizen_but_the_one_for_testing(damaged):
    _, folder = damaged
    numbers = {
        dialect: [
            number
            for path in (folder / dialect).rglob("*.*")
            for number in service_numbers_in(contents_of(path))
        ]
        for dialect in DIALECTS
    }

    assert {number for found in numbers.values() for number in found} == {FOR_TESTING}
    for dialect, encoding in CSV.items():
        lines = (folder / dialect / LOG / "export.csv").read_text(encoding).splitlines()
        assert len(numbers[dialect]) == sum(FOR_TESTING in line for line in lines) == 5


def test_no_agency_is_named(damaged):
    _, folder = damaged
    for path in folder.rglob("log/**/*.*"):
        content = contents_of(path).lower()

        assert not set(re.findall(r"[a-z]+", content)).intersection(SHORTS)
        assert not [agency for agency in AGENCIES if agency.lower() in content]


def test_in_the_truth_only_keys_of_the_process_and_its_plants_tell_of_an_agency(damaged):
    _, folder = damaged
    truth = json.loads((folder / "csv" / TRUTH).read_text("utf-8"))
    del truth["process"]
    for told in (*truth["planted"], *truth["decoys"]):
        del told["id"]
    content = json.dumps(truth, ensure_ascii=False).lower()

    assert not set(re.findall(r"[a-z]+", content)).intersection(SHORTS)
    assert not [agency for agency in AGENCIES if agency.lower() in content]


def test_no_hash_looks_like_the_number_of_a_citizen(tmp_path):
    generate(Order("img", 60, 9, "statistical", defects=True), "csv", tmp_path / "made")

    assert service_numbers_in((tmp_path / "made" / TRUTH).read_text("utf-8")) == []
