# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``hoeksteen init``: from an export to a config that a run takes as it is."""

from __future__ import annotations

import datetime as dt
import errno
import json
import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from contracts.config import load
from contracts.errors import ConfigError
from contracts.settings import Settings
from flows.cli import app
from flows.commands.init import init as make_config
from flows.drafting.yaml_lines import remark, said, scalar
from ingest.guessing.guess import Guess
from simulation.description import process
from simulation.generator import LOG, Order, Simulated, generate
from simulation.recording.dialects import DIALECTS
from simulation.recording.log import Part
from tests.checked import checked
from tests.workbooks import xlsx

ROOT = Path(__file__).parents[3]
SHIPPED = load(ROOT / "configs" / "cbr.yaml")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


def init(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["init", *arguments])


def write(name: str, header: str, cases: int = 30, row: str = "") -> None:
    """Cases of three steps, each case a day later than the last."""
    steps = [
        f"Z{case};{step};2026-{1 + case // 28:02}-{1 + case % 28:02} {9 + hour}:00{row}"
        for case in range(cases)
        for hour, step in enumerate(("Aanvraag ingediend", "Toets", "Besluit verzonden"))
    ]
    Path(name).write_text("\n".join([header, *steps, ""]))


def test_a_date_and_a_time_of_day_in_two_columns() -> None:
    steps = (("Aanvraag", 9), ("Toets", 11), ("Besluit", 14))
    rows = [
        f"Z{case};{step};2026{1 + case // 28:02}{1 + case % 28:02};{hour:02}{case % 60:02}07"
        for case in range(60)
        for step, hour in steps
    ]
    Path("sap.csv").write_text("\n".join(["zaak;stap;ERDAT;Tijd, laatste", *rows, ""]))

    done = init("sap.csv", "--out", "p.yaml")

    assert done.exit_code == 0
    text = Path("p.yaml").read_text("utf-8")
    assert "a date, and its time of day in another column" in text
    columns = yaml.safe_load(text)["sources"][0]["columns"]
    assert columns["timestamp"] == ["ERDAT", "Tijd, laatste"]
    assert "The export has 180 rows, with events of 60 cases" in text


def test_a_folder_that_may_not_be_looked_through_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder))

    Path("exports").mkdir()
    monkeypatch.setattr(Path, "iterdir", refuse)  # root may look through all

    done = init("exports", "--out", "p.yaml")

    assert (done.exit_code, Path("p.yaml").exists()) == (4, False)
    assert "exports cannot be read: Permission denied." in done.stderr


def test_a_column_of_dates_that_are_all_missing_is_no_milestone() -> None:
    day = dt.date(2026, 3, 1)
    cases = [{"zaaknummer": f"Z{n}", "ontvangen": day, "besloten": day} for n in range(60)]
    empty = pl.lit(None, pl.Date).alias("ingetrokken")
    pl.DataFrame(cases).with_columns(empty).write_parquet("cases.parquet")

    assert init("cases.parquet", "--out", "p.yaml").exit_code == 0

    [source] = yaml.safe_load(Path("p.yaml").read_text("utf-8"))["sources"]
    assert sorted(source["milestones"].values()) == ["besloten", "ontvangen"]


def test_rows_that_start_a_step_and_rows_that_complete_it_are_one() -> None:
    steps = [
        f"Z{case};{step};2026-{1 + case // 28:02}-{1 + case % 28:02} {hour + later}:00;{soort}"
        for case in range(60)
        for step, hour in (("Aanvraag", 9), ("Toets", 11), ("Besluit", 14))
        for soort, later in (("start", 0), ("complete", 1))
    ]
    Path("log.csv").write_text("\n".join(["zaaknummer;stap;tijdstip;soort", *steps, ""]))

    done = init("log.csv", "--out", "p.yaml")

    assert done.exit_code == 0
    text = Path("p.yaml").read_text("utf-8")
    assert yaml.safe_load(text)["sources"][0]["columns"]["lifecycle"] == "soort"
    assert "100 % of the steps that start are completed" in text.replace("\n      # ", " ")


@pytest.fixture(scope="module")
def renewals() -> list[Part]:
    """What happened to 300 applications, to write in any dialect."""
    return list(Simulated(Order("cbr", 300, 1)).parts())


def made(parts: list[Part], dialect: str) -> None:
    (folder := Path("made") / LOG).mkdir(parents=True)
    DIALECTS[dialect](iter(parts), process("cbr"), folder)


@pytest.mark.parametrize("dialect", ["csv", "csv-nl", "csv-excel", "excel", "parquet"])
def test_a_strangers_log_gets_the_config_that_we_ship(dialect: str, renewals: list[Part]) -> None:
    made(renewals, dialect)

    done = init(f"made/{LOG}", "--out", "cbr.yaml")

    assert (done.exit_code, done.output.splitlines()) == (0, ["cbr.yaml"])
    settings, ours = load(Path("cbr.yaml")), SHIPPED.sources[0]
    source = settings.sources[0]
    columns = source.columns.model_dump(exclude_none=True)
    assert columns.pop("recorded_timestamp") == "vastgelegd"
    assert columns == ours.columns.model_dump(exclude_none=True)
    assert source.case_attributes == ours.case_attributes
    assert settings.analysis.segments == SHIPPED.analysis.segments
    assert settings.journey.start == SHIPPED.journey.start
    # of 300 cases fewer than ten end otherwise
    assert settings.journey.end == ("Nieuw rijbewijs opgehaald bij gemeente",)
    assert checked(Path("cbr.yaml")).success


@pytest.mark.parametrize(
    ("dialect", "end"),
    [
        ("xes", "Nieuw rijbewijs opgehaald bij gemeente"),
        ("ocel", "Nieuw rijbewijs opgehaald bij gemeente"),
        ("zgw", "Zaak afgesloten"),
    ],
)
def test_formats_that_fix_their_names(dialect: str, end: str, renewals: list[Part]) -> None:
    made(renewals, dialect)

    done = init(f"made/{LOG}", "--out", "cbr.yaml")

    assert done.exit_code == 0
    settings = load(Path("cbr.yaml"))
    assert settings.sources[0].format == dialect
    assert settings.sources[0].columns.activity == "concept:name"
    assert (settings.sources[0].case_type is not None) == (dialect == "zgw")
    assert settings.sources[0].object_type == ("zaak" if dialect == "ocel" else None)
    assert bool(settings.journey.suspensions) == (dialect == "zgw")
    assert settings.journey.end == (end,)
    assert checked(Path("cbr.yaml")).success


@pytest.mark.parametrize("name", ["img", "uht", "vis"])
def test_ends_of_larger_logs_are_those_that_we_ship(name: str) -> None:
    generate(Order(name, 1500, 1), "csv", Path("made"))

    init(f"made/{LOG}", "--out", f"{name}.yaml")

    shipped = load(ROOT / "configs" / f"{name}.yaml").journey
    found = load(Path(f"{name}.yaml")).journey
    assert (found.start, set(found.end)) == (shipped.start, set(shipped.end))


def test_the_keys_stand_in_the_order_of_the_configs_that_we_ship() -> None:
    write("permits.csv", "zaaknummer;stap;tijdstip")
    init("permits.csv")

    order = list(Settings.model_fields)
    text = Path("permits.yaml").read_text()
    keys = [key for key in re.findall(r"^(?:# )?(\w+):", text, re.MULTILINE) if key in order]
    assert keys == sorted(keys, key=order.index)
    assert max(map(len, text.splitlines())) <= 100


def test_a_config_is_never_overwritten() -> None:
    write("permits.csv", "zaaknummer;stap;tijdstip")
    Path("permits.yaml").write_text("mine")

    done = init("permits.csv")

    assert (done.exit_code, Path("permits.yaml").read_text()) == (2, "mine")
    assert "already exists" in done.output


def test_the_last_line_is_an_object_where_that_is_asked() -> None:
    write("permits.csv", "zaaknummer;stap;tijdstip")

    done = init("permits.csv", "--json")

    assert json.loads(done.stdout.splitlines()[-1]) == {"config": "permits.yaml", "undecided": []}


def test_paths_are_relative_to_the_config() -> None:
    Path("exports").mkdir()
    Path("configs").mkdir()
    write("exports/a.csv", "zaaknummer;stap;tijdstip")

    init("exports/*.csv", "--out", "configs/p.yaml")

    assert load(Path("configs/p.yaml")).sources[0].path == "../exports/*.csv"
    assert checked(Path("configs/p.yaml")).rows == 90


def test_a_row_a_case_gets_a_config_that_runs() -> None:
    rows = [
        f"{10_000 + case};2026-01-{1 + case % 28:02} 09:00;2026-02-{1 + case % 9:02};{case % 2} a"
        for case in range(40)
    ]
    Path("wide.csv").write_text(
        "\n".join(["zaaknummer;datum ontvangst;besluitdatum;soort", *rows, ""])
    )
    Path("bare.csv").write_text("\n".join([*rows, ""]))

    done, bare = init("wide.csv"), init("bare.csv")

    assert (done.exit_code, done.output.splitlines()) == (0, ["wide.yaml"])
    assert "sources.0.milestones are named by column number" in bare.stderr
    ends = {name: load(Path(f"{name}.yaml")).journey.end for name in ("wide", "bare")}
    assert ends == {"wide": ("Besluit",), "bare": ("column 3",)}
    assert [checked(Path(f"{name}.yaml")).rows for name in ("wide", "bare")] == [80, 80]
    assert "10001" not in Path("bare.yaml").read_text()


def test_numbers_of_cases_that_a_spreadsheet_rounded_are_told_of() -> None:
    rows = [
        (2.02400000000101e16, step, f"2026-01-{1 + case:02} {9 + hour}:00")
        for case in range(20)
        for hour, step in enumerate(("Aanvraag", "Toets", "Besluit"))
    ]
    xlsx(Path("log.xlsx"), {"log": [("zaaknummer", "stap", "tijdstip"), *rows]})

    done = init("log.xlsx")

    assert done.exit_code == 0
    assert "TODO: A spreadsheet has rounded the numbers of cases" in done.stderr


def test_a_column_of_cases_that_is_merged_over_its_rows_is_told_of() -> None:
    steps, at = ("Aanvraag", "Toets", "Besluit"), dt.datetime(2026, 3, 2, 9)  # noqa: DTZ001
    rows = [
        (None if hour else f"Z{case}", step, at + dt.timedelta(days=case, hours=hour), "Noord")
        for case in range(30)
        for hour, step in enumerate(steps)
    ]
    header = ("zaak", "stap", "tijd", "regio")
    xlsx(Path("a.xlsx"), {"log": [header, *rows]})
    xlsx(Path("b.xlsx"), {"log": [header[1:], *(row[1:] for row in rows)]})

    merged, without = init("a.xlsx", "--out", "a.yaml"), init("b.xlsx", "--out", "b.yaml")

    said = "'zaak' has a value in only some rows, each value once: if its cells are merged, unmerge"
    assert said in merged.stderr
    assert "sources.0.columns.case_id could not be guessed" in without.stderr
    assert "merged" not in without.stderr


def test_what_was_not_decided_is_said_and_a_check_names_the_key() -> None:
    write("log.csv", "k1;k2;k3;k4", row=";2026-01-01 08:00")
    text = Path("log.csv").read_text()
    for day in range(1, 29):  # a second time that changes within cases
        text = text.replace(f"-{day:02} 10:00;2026-01-01", f"-{day:02} 10:00;2026-01-02")
    Path("log.csv").write_text(text)

    done = init("log.csv")

    assert done.exit_code == 0
    assert "TODO: sources.0.columns.timestamp could not be guessed" in done.stderr
    text = Path("log.yaml").read_text()
    assert "      timestamp:  # TODO one of k3, k4\n" in text
    missing = r"'sources\.0\.columns\.timestamp' and 'journey\.end' are missing"
    with pytest.raises(ConfigError, match=missing):
        checked(Path("log.yaml"))
    with pytest.raises(ConfigError, match=r"'sources\.0\.columns\.timestamp' is missing"):
        checked(Path("log.yaml"), ("journey.end=[a]",))
    filled = text.replace("timestamp:", "timestamp: k3").replace("end:", "end: [Besluit verzonden]")
    Path("log.yaml").write_text(filled)
    assert checked(Path("log.yaml")).rows == 90


def test_a_column_that_one_file_calls_otherwise_is_named_where_it_is_asked_for() -> None:
    Path("in").mkdir()
    write("in/jan.csv", "zaaknummer;stap;tijdstip;regio", row=";Noord")
    write("in/feb.csv", "Zaaknummer;stap;tijdstip;regio", row=";Noord", cases=20)

    done = init("in", "--out", "p.yaml")

    assert "TODO: in/feb.csv lacks 'zaaknummer' (perhaps 'Zaaknummer')" in done.stderr
    text = Path("p.yaml").read_text()
    told = "TODO perhaps zaaknummer, which some files lack (see above); otherwise one of regio"
    assert told in text.replace("\n      # ", " ")
    filled = text.replace("case_id:", "case_id: zaaknummer").replace("end:", "end: [Toets]")
    Path("p.yaml").write_text(filled)
    with pytest.raises(ConfigError, match=r"in/feb\.csv has no column 'zaaknummer'.*'Zaaknummer'"):
        checked(Path("p.yaml"))


@pytest.fixture
def month_first() -> Path:
    """An export whose days are all twelve or less, and go back unless the month is first."""
    steps = (("Aanvraag", 1, 9), ("Toets", 2, 2), ("Besluit verzonden", 2, 7))
    rows = [
        f"Z{case};{step};{case % 11 + month}/{day}/2026"
        for case in range(60)
        for step, month, day in steps
    ]
    path = Path("log.csv")
    path.write_text("\n".join(["zaak;stap;tijdstip", *rows, ""]))
    return path


def test_dates_that_may_be_month_first_are_left_open(month_first: Path) -> None:
    done = init(str(month_first))

    assert "TODO: sources.0.month_first could not be guessed" in done.stderr
    text = Path("log.yaml").read_text()
    assert (
        "    # TODO true or false: within a case, times do not go back in 50 % if read day" in text
    )
    assert "\n    month_first:\n" in text
    with pytest.raises(ConfigError, match=r"'sources\.0\.month_first' is missing"):
        checked(Path("log.yaml"))
    assert "    - Aanvraag  # 100 % of the cases begin with it" in text
    Path("log.yaml").write_text(text.replace("month_first:", "month_first: true"))
    assert checked(Path("log.yaml")).rows == 180


@pytest.mark.parametrize(("answer", "is_so"), [("the month", "true"), ("the day", "false")])
def test_or_asked_of_whoever_is_there(month_first: Path, answer: str, is_so: str) -> None:
    asked: list[str] = []

    def ask(question: str, options: Sequence[Guess]) -> str:
        asked.append(question)
        return next((each.value for each in options if each.value == answer), options[0].value)

    made = make_config(str(month_first), None, ask)

    assert asked[0] == "Which comes first in the dates?"
    assert f"    month_first: {is_so}  # your answer" in made.config.read_text()
    assert not [told for told in made.undecided if "month_first" in told]


def audit_trail(field: str) -> None:
    """An export with a row for each field of a case that changed."""
    steps = ((field, "Nieuw", 1, 9), ("owner", "m1", 2, 2), (field, "Klaar", 2, 7))
    rows = [
        f"Z{case};{name};;{value};2026-{case % 11 + month:02}-{day:02}"
        for case in range(60)
        for name, value, month, day in steps
    ]
    Path("log.csv").write_text("\n".join(["zaak;veld;oude waarde;nieuwe waarde;datum", *rows, ""]))


def test_of_an_audit_trail_only_the_steps_are_read() -> None:
    audit_trail("status")

    done = init("log.csv")

    assert "TODO" not in done.stderr
    text = Path("log.yaml").read_text()
    told = text.replace("\n    # ", " ")
    assert "this one tells the steps; not read: owner\n    only: {veld: [status]}" in told
    assert "m1" not in text
    assert checked(Path("log.yaml")).rows == 120


def test_of_an_audit_trail_only_frequent_fields_are_told() -> None:
    audit_trail("status")
    with Path("log.csv").open("a") as file:
        file.write("Z1;klant Jansen;;x;2026-03-01\nZ1;klant Bakker;;x;2026-03-01\n")

    init("log.csv")

    text = Path("log.yaml").read_text()
    assert "not read: owner and 2 more" in text.replace("\n    # ", " ")
    assert "Jansen" not in text


def test_what_tells_of_steps_is_left_open_where_no_name_says_so() -> None:
    audit_trail("voortgang")

    done = init("log.csv")

    assert "TODO: sources.0.only could not be guessed" in done.stderr
    text = Path("log.yaml").read_text()
    with pytest.raises(ConfigError, match=r"'sources\.0\.only' and 'journey\.end' are missing"):
        checked(Path("log.yaml"))
    filled = text.replace("only:", "only: {veld: [voortgang]}").replace("end:", "end: [Klaar]")
    Path("log.yaml").write_text(filled)
    assert checked(Path("log.yaml")).rows == 120


def test_or_it_is_asked() -> None:
    audit_trail("voortgang")
    asked: dict[str, list[Guess]] = {}

    def ask(question: str, options: Sequence[Guess]) -> str:
        asked[question] = list(options)
        return options[0].value

    made = make_config("log.csv", None, ask)

    assert asked["Which field tells the steps of a case?"] == [
        Guess("voortgang", "120 rows"),
        Guess("owner", "60 rows"),
    ]
    assert "\n    only: {veld: [voortgang]}\n" in made.config.read_text()


def test_columns_of_one_name_are_told_of() -> None:
    write("log.csv", "zaaknummer;stap;datum;datum", row=";2026-01-01 08:00")

    done = init("log.csv")

    assert "TODO: Several columns have the name 'datum'" in done.stderr
    assert "because several columns share the name: datum" in Path("log.yaml").read_text()


def test_a_small_log_is_read_but_its_activities_are_not_named() -> None:
    write("log.csv", "zaaknummer;stap;tijdstip", cases=9)

    done = init("log.csv")

    assert "journey.end could not be guessed" in done.stderr
    text = Path("log.yaml").read_text()
    assert "fewer than 10 cases" in text
    assert not [step for step in ("ingediend", "Toets", "verzonden") if step in text]
    with pytest.raises(ConfigError, match=r"'journey\.end' is missing"):
        checked(Path("log.yaml"))


def test_no_value_of_an_attribute_is_written_nor_any_id() -> None:
    header = "zaaknummer;stap;tijdstip;kanaal;nationaliteit;medewerker"
    write("log.csv", header, row=";balie;Fins;jansen")
    text = Path("log.csv").read_text().splitlines()
    other = [line.replace("balie;Fins;jansen", "post;Deens;pieters") for line in text[46:]]
    Path("log.csv").write_text("\n".join([*text[:46], *other]))

    init("log.csv")

    written = Path("log.yaml").read_text()
    assert load(Path("log.yaml")).sources[0].case_attributes == ("kanaal",)
    assert "about a person, or the name of one): nationaliteit" in written
    values = ("balie", "post", "Fins", "Deens", "jansen", "pieters", "Z1")
    assert not [value for value in values if value in written]


@pytest.mark.parametrize("header", [None, "Z0;Aanvraag;2026-01-01 08:00;;Jan Jansen;999990342"])
def test_a_first_row_is_no_header_and_its_values_are_told_nowhere(header: str | None) -> None:
    write(
        "log.csv", header or "zaak;stap;tijdstip;team;dhr. Jansen;nummer", row=";A;Piet;123456782"
    )

    done = init("log.csv", "--out", "p.yaml")

    text = Path("p.yaml").read_text("utf-8")
    assert ("header: false" in text) == (header is not None)
    assert not re.search("999990342|123456782|Jansen", text + done.stdout + done.stderr)
    assert "column 5" in text


def test_a_log_that_the_gate_stops_says_so() -> None:
    write("log.csv", "zaaknummer;stap;tijdstip")
    lines = Path("log.csv").read_text().splitlines()
    without = [re.sub(r"2026-\S+ 10:00", "onbekend", line) for line in lines[:20]]
    Path("log.csv").write_text("\n".join([*without, *lines[20:]]))

    done = init("log.csv")

    assert "The gate would stop this log" in done.stderr
    assert "C04: {severity: warning}" in Path("log.yaml").read_text()


@given(st.text())
def test_any_name_is_one_line_of_yaml(name: str) -> None:
    if any("\ud800" <= letter <= "\udfff" for letter in name):
        return
    line = f"key: {scalar(name)}"
    key = f"{scalar(name)}: {{actor: citizen}}"

    assert len(line.splitlines()) <= 1
    assert yaml.safe_load(line) == {"key": name}
    assert yaml.safe_load(key) == {name: {"actor": "citizen"}}
    assert yaml.safe_load("\n".join([*said(line, scalar(name)), *remark(scalar(name))])) == {
        "key": name
    }
