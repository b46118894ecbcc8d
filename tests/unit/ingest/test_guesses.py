# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is guessed of a table, from its names and from what it holds."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import polars as pl
import pytest

from contracts.errors import SourceError, UsageError
from contracts.formats import Format
from ingest.guessing.attributes import FREE_TEXT, OBJECTS, OF_THE_END, PERSONAL, guess_attributes
from ingest.guessing.column_names import (
    fit,
    is_no_milestone,
    tells_in_free_text,
    tells_of_the_end,
    tells_time,
    tells_who,
)
from ingest.guessing.columns import guess_roles
from ingest.guessing.exports import open_export
from ingest.guessing.glance import Glance, glance
from ingest.guessing.milestones import guess_milestones
from ingest.guessing.role_evidence import share
from ingest.guessing.unread import unread_times
from tests.workbooks import xlsx

STEPS = ("Aanvraag", "Toets", "Besluit")
STEP_DAYS = ((0, 9), (1, 3), (1, 12))  # months later, and of which day: none is over twelve


def table(**names: str) -> pl.DataFrame:
    """Twenty cases of three steps; ``names`` says what each column is called."""
    rows = [
        {
            "case": f"Z{case:03}",
            "step": step,
            "time": f"2026-03-{case + 1:02} {9 + number}:00:00",
            "begun": f"2026-03-{case + 1:02} {8 + number}:30:00",
            "seen": f"{case + 1}-3-2026",
            "who": f"M{(case + number) % 7}",
            "region": ("Noord", "Zuid")[case % 2],
            "note": f"n{case}{number}",
        }
        for case in range(20)
        for number, step in enumerate(STEPS)
    ]
    return pl.DataFrame(rows).select(pl.col(key).alias(name) for key, name in names.items())


def seen(frame: pl.DataFrame) -> Glance:
    return Glance("csv", frame, {})


def columns(frame: pl.DataFrame) -> dict[str, str]:
    return {role: guess.value for role, guess in guess_roles(seen(frame)).found.items()}


@pytest.mark.parametrize(
    ("names", "case", "activity", "timestamp"),
    [
        ("Dutch", "zaaknummer", "stap", "tijdstip"),
        ("Disco", "Case ID", "Activity", "Complete Timestamp"),
        ("Celonis", "_CASE_KEY", "ACTIVITY_NL", "EVENTTIME"),
        ("ours", "case:concept:name", "concept:name", "time:timestamp"),
        ("in words", "zaak_nummer", "Activiteit naam", "datumStatusGezet"),
        ("a prefix", "dossier_nummer", "huidige_status", "tijdstip_einde"),
    ],
)
def test_known_names_play_their_role(names: str, case: str, activity: str, timestamp: str) -> None:
    found = columns(table(case=case, step=activity, time=timestamp, note="note"))

    assert found == {"case_id": case, "activity": activity, "timestamp": timestamp}, names


def test_without_names_the_values_tell() -> None:
    found = columns(table(note="k1", region="k2", time="k3", who="k4", step="k5", case="k6"))

    assert found == {"case_id": "k6", "activity": "k5", "timestamp": "k3"}


def test_a_name_that_its_values_do_not_bear_out_is_not_believed() -> None:
    # the number of a note is in one row, and a region is the same in all rows of a case
    found = columns(
        table(note="zaaknummer", case="k1", region="status", step="k2", time="tijdstip")
    )

    assert found == {"case_id": "k1", "activity": "k2", "timestamp": "tijdstip"}


def test_times_of_the_row_and_of_the_case_are_told_apart() -> None:
    frame = table(case="zaak", step="stap", time="eindtijd", begun="begonnen", seen="startdatum")

    found = columns(frame)

    assert found["start_timestamp"] == "begonnen"
    assert found["registration_timestamp"] == "startdatum"
    assert "registration_timestamp" not in columns(
        table(case="zaak", time="startdatum", step="stap")
    )


@pytest.mark.parametrize("name", ["created_at", "sys_created_on", "Mutatiedatum", "Starttijd"])
def test_the_only_time_of_steps_is_the_timestamp(name: str) -> None:
    guessed = guess_roles(seen(table(case="zaak", step="stap", time=name, seen="opened_at")))

    assert set(guessed.found) == {"case_id", "activity", "timestamp"}
    assert guessed.found["timestamp"].value == name
    assert "no other time of a step" in guessed.found["timestamp"].evidence


def test_it_is_a_candidate_where_another_may_be_it() -> None:
    frame = table(case="zaak", step="stap", time="created", begun="k1").with_columns(
        pl.col("k1").alias("k2")
    )

    guessed = guess_roles(seen(frame))

    assert guessed.found["recorded_timestamp"].value == "created"
    assert guessed.candidates == {"timestamp": ("created", "k1", "k2")}


@pytest.mark.parametrize(
    ("name", "of", "is_resource"),
    [
        *((name, "who", True) for name in ("Door", "LAST_UPD_BY", "CreatedById", "wie")),
        ("Aangevraagd door", "region", False),  # one of each case
        ("Nabij", "who", False),
    ],
)
def test_by_whom_a_step_was_done_is_told_by_the_end_of_a_name(
    name: str, of: str, *, is_resource: bool
) -> None:
    found = columns(table(case="zaak", step="stap", time="tijdstip", **{of: name}))

    assert found.get("resource") == (name if is_resource else None)


def test_times_of_day_are_no_case_numbers() -> None:
    frame = pl.DataFrame(
        {
            "Ref": [f"R{case}" for case in range(60)],
            "Datum in": [f"{case % 28 + 1}-3-2026" for case in range(60)],
            "Tijd in": [f"{case // 3:02}:15" for case in range(60)],
            "Datum uit": [f"{case % 28 + 1}-5-2026" for case in range(60)],
        }
    )

    found = guess_milestones(seen(frame))

    assert found is not None
    assert found.found["case_id"].value == "Ref"


def test_a_time_named_as_planned_or_of_the_record_is_none_of_steps() -> None:
    frame = table(case="zaak", step="stap", time="gedaan", begun="geplande datum").with_columns(
        pl.col("gedaan").alias("registratiedatum")
    )

    found = guess_roles(seen(frame)).found

    assert found["timestamp"].value == "gedaan"
    assert "geplande datum, registratiedatum by name planned" in found["timestamp"].evidence


@pytest.mark.parametrize(("code", "words"), [("stap", "omschrijving"), ("stp_code", "stp_naam")])
def test_what_says_a_step_in_words_is_taken_not_its_code(code: str, words: str) -> None:
    frame = table(case="zaak", step=words, time="tijdstip").with_columns(
        pl.col(words)
        .replace_strict({"Aanvraag": "010", "Toets": "A20", "Besluit": "x-3"})
        .alias(code)
    )

    assert columns(frame)["activity"] == words
    assert columns(frame.with_columns(pl.col(words) + pl.col("zaak")))["activity"] == code
    assert columns(frame.rename({words: "afdeling"}))["activity"] == code


def test_dates_of_steps_are_their_begin_and_end() -> None:
    found = columns(table(case="zaak", step="stap", begun="Startdatum", time="Einddatum"))

    assert (found["start_timestamp"], found["timestamp"]) == ("Startdatum", "Einddatum")


def open_steps(end: str, ends: str = "time", *, share: float = 0.4) -> dict[str, str]:
    """The times that are guessed where the end of a ``share`` of the steps is empty."""
    row = pl.int_range(pl.len())
    day = pl.format("2026-03-{}", (row // 3 + row % 3 + 10).cast(pl.String))
    frame = table(case="zaak", step="stap").with_columns(
        day.alias("day"),
        (day + " 08:30").alias("start"),
        (day + " 17:00").alias("k"),
    )
    known = row * 7 % 10 >= 10 * share
    times = {
        "time": pl.col("k"),
        "day": pl.col("day"),
        "before": pl.col("k").str.replace("2026", "1976"),
        "of the case": pl.col("k").last().over("zaak"),
    }[ends]
    found = columns(frame.select("zaak", "stap", "start", pl.when(known).then(times).alias(end)))
    return {role: name for role, name in found.items() if "timestamp" in role}


@pytest.mark.parametrize(
    "name", ["eind", "Einddatum", "tijdstip_einde", "end", "Complete Timestamp"]
)
@pytest.mark.parametrize("ends", ["time", "day"])
@pytest.mark.parametrize("share", [0.3, 0.6])
def test_steps_that_are_open_yet_have_no_end(name: str, ends: str, share: float) -> None:
    found = open_steps(name, ends, share=share)

    assert found == {"timestamp": name, "start_timestamp": "start"}


def states(written: str, *, days_short: float = 0, last: str | None = None) -> pl.DataFrame:
    """Twenty cases, a week in each of three states; the last one may end as it begins."""
    begin = dt.datetime(2026, 3, 2, 9)  # noqa: DTZ001 - a local time
    rows = []
    for case, number in itertools.product(range(20), range(3)):
        start = begin + dt.timedelta(days=case + 7 * number)
        end = start + dt.timedelta(days=7 - days_short)
        until = (last and start.strftime(last)) if number == 2 else end.strftime(written)
        rows.append((f"Z{case}", STEPS[number], start.strftime(written), until))
    return pl.DataFrame(rows, schema=["zaak", "status", "begin", "eind"], orient="row")


@pytest.mark.parametrize(
    ("frame", "are_states"),
    [
        (states("%d-%m-%Y %H:%M"), True),
        (states("%d-%m-%Y %H:%M", last="31-12-9999"), True),
        (states("%d-%m-%Y %H:%M", last="%d-%m-%Y %H:%M"), True),
        (states("%d-%m-%Y", days_short=1), True),
        (states("%d-%m-%Y %H:%M", days_short=1), False),
        (states("%d-%m-%Y", days_short=2), False),
        (states("%d-%m-%Y %H:%M", last="31-08-2026 09:00"), False),  # each is work, without waits
    ],
)
def test_a_state_that_ends_when_the_next_one_begins_is_no_work(
    frame: pl.DataFrame, *, are_states: bool
) -> None:
    found = guess_roles(seen(frame)).found

    assert found["timestamp"].value == ("begin" if are_states else "eind")
    assert ("start_timestamp" in found) != are_states
    assert ("they are states" in found["timestamp"].evidence) == are_states


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        *((name, "time") for name in ("vervaldatum", "uiterlijke_einddatum", "geldig_tot")),
        *((name, "time") for name in ("deadline", "einde_termijn", "Einde contract", "gesloten")),
        *((name, "time") for name in ("Registratiedatum", "k1", "tijd_herinnering")),
        *((name, "before") for name in ("geboortedatum", "eind")),
        *((name, "of the case") for name in ("einddatum", "afgerond", "eind")),
    ],
)
def test_another_time_is_no_end_of_open_steps(name: str, ends: str) -> None:
    assert open_steps(name, ends)["timestamp"] == "start"


def test_the_evidence_tells_how_many_steps_have_an_end() -> None:
    frame = table(case="zaak", step="stap", begun="start", time="eind")
    is_known = pl.int_range(pl.len()) % 3 < 2
    open_ = frame.with_columns(pl.when(is_known).then("eind").alias("eind"))

    assert guess_roles(seen(open_)).found["timestamp"].evidence == (
        "by its name when a step ended; in 67 % of the rows, in 100 % of these not before start;"
        " if empty, the step is open"
    )


def test_the_evidence_counts_what_was_read() -> None:
    times = [f"{day}-03-2026" if day else "2026-13-45" for row in range(60) for day in [row % 20]]
    frame = table(case="zaak", step="stap", time="tijdstip").with_columns(
        pl.Series("tijdstip", times),
        pl.Series("stap", [None, *STEPS[1:], *STEPS * 19]),
    )

    found = guess_roles(seen(frame)).found

    assert "in 95 % of the rows, day first; 5 % cannot be read" in found["timestamp"].evidence
    assert "3 values" in found["activity"].evidence


@pytest.mark.parametrize(
    ("written", "is_told"), [("{month}/{day}/2026", True), ("{day}/{month}/2026", False)]
)
def test_dates_that_go_back_less_month_first_are_doubted(written: str, *, is_told: bool) -> None:
    steps = [(case % 11 + 1 + later, day) for case in range(60) for later, day in STEP_DAYS]
    frame = pl.DataFrame(
        {
            "zaak": [f"Z{row // 3}" for row in range(180)],
            "stap": STEPS * 60,
            "tijdstip": [written.format(month=month, day=day) for month, day in steps],
        }
    )

    guessed = guess_roles(seen(frame))

    told = guessed.found["timestamp"].evidence
    assert ("100 % if read month first" in told) == is_told
    assert (guessed.month_first is not None) == is_told
    if guessed.month_first:
        assert guessed.month_first.value == ""
        assert "100 % if read month first" in guessed.month_first.evidence


def test_another_number_of_cases_is_told_of() -> None:
    frame = table(case="Zaaknummer", step="Stap", time="Tijdstip", region="Kenmerk", who="zaakje")

    found = guess_roles(seen(frame)).found

    assert found["case_id"].value == "Zaaknummer"
    told = found["case_id"].evidence.split("; ")
    assert told == [
        "by its name",
        *told[1:2],
        "perhaps Kenmerk: each value in 30.0 rows on average",
    ]


def test_what_cannot_be_told_apart_is_left_open_with_its_candidates() -> None:
    guessed = guess_roles(seen(table(case="k1", step="k2", time="k3", begun="k4")))

    assert guessed.candidates == {"timestamp": ("k3", "k4")}


def test_a_row_a_case_has_no_case_id() -> None:
    wide = table(note="zaaknummer", region="soort", time="aangemaakt", begun="gesloten")

    assert "case_id" in guess_roles(seen(wide)).candidates


@pytest.mark.parametrize(
    ("words", "is_lifecycle"),
    [
        (("start", "complete"), True),
        (("Begonnen", "Afgerond"), True),
        (("Start", "Eind"), True),
        (("schedule", "complete"), False),  # nothing starts
        (("start", "klaar"), False),
        (("complete", "complete"), False),
    ],
)
def test_what_starts_and_completes_a_step_is_told_by_words(
    words: tuple[str, str], *, is_lifecycle: bool
) -> None:
    once = table(case="zaak", step="stap", time="tijdstip")
    twice = pl.concat([once.with_columns(soort=pl.lit(word)) for word in words])

    assert columns(twice).get("lifecycle") == ("soort" if is_lifecycle else None)


def test_a_status_of_the_case_does_not_tell_of_steps() -> None:
    frame = table(case="zaak", step="stap", time="tijdstip", region="soort").with_columns(
        pl.col("soort").replace({"Noord": "gestart", "Zuid": "afgerond"})
    )

    assert "lifecycle" not in columns(frame)


@pytest.mark.parametrize(
    ("name", "role", "is_fit"),
    [
        ("einddatum", "closing_timestamp", True),
        ("einddatumGepland", "closing_timestamp", False),
        ("uiterlijkeEinddatumAfdoening", "closing_timestamp", False),
        ("dagen_tot_verval", "resource", False),
        ("case:startdate", "registration_timestamp", True),
        ("concept:name", "case_id", False),
        ("org:group", "team", True),
    ],
)
def test_names(name: str, role: str, *, is_fit: bool) -> None:
    assert (fit(name, role) is not None) == is_fit


def test_numbers_are_dates_where_their_name_says_so() -> None:
    assert tells_time("Datum besluit")
    assert not tells_time("bedrag")
    frame = table(case="zaak", step="stap", time="tijdstip").with_columns(
        pl.Series("bedrag", ["45000"] * 60)
    )
    assert columns(frame).get("closing_timestamp") is None


def test_attributes_are_few_values_one_a_case_and_about_nobody() -> None:
    frame = table(case="zaak", step="stap", time="tijdstip", who="medewerker", region="regio")
    steps = pl.int_range(pl.len())
    frame = frame.with_columns(
        (steps // 3 % 3).cast(pl.String).alias("nationaliteit"),
        pl.format("M{}", steps // 3 % 3).alias("beslisser"),
        (steps // 3 % 3).cast(pl.String).alias("behandelaar_team"),
        (steps % 3).cast(pl.String).alias("fase_nr"),
        steps.cast(pl.String).alias("toelichting"),
    )

    found = guess_attributes(seen(frame), guess_roles(seen(frame)))

    assert [guess.value for guess in found.kept] == ["regio"]
    assert found.left_out == {
        PERSONAL: ("nationaliteit", "beslisser", "behandelaar_team"),
        FREE_TEXT: ("toelichting",),
    }
    assert found.rest == ("fase_nr",)


@pytest.mark.parametrize(("format_", "then"), [("csv", ": `only` then reads one"), ("xes", "")])
def test_each_kind_of_case_may_be_a_process(format_: Format, then: str) -> None:
    frame = table(case="zaak", step="stap", time="tijdstip", region="zaaktype")
    frame = frame.with_columns(pl.col("zaaktype").alias("regio"))

    looked = Glance(format_, frame, {})
    of_kind, of_region = guess_attributes(looked, guess_roles(looked)).kept

    assert of_kind.evidence == f"{of_region.evidence}; perhaps each is a process{then}"


@pytest.mark.parametrize(
    ("name", "is_step"),
    [
        ("Datum laatste wijziging", False),
        ("Laatst bijgewerkt", False),
        ("last_update", False),
        ("sys_updated_on", False),
        ("Last Modified", False),
        ("peildatum", False),
        ("extractiedatum", False),
        ("Einddatum bezwaartermijn", False),
        ("uiterste_beslisdatum", False),
        ("fataleDatum", False),
        ("Rappeldatum", False),
        ("SLA datum", False),
        ("vervaldatum", False),
        ("vernietigingsdatum", False),
        ("archiefactiedatum", False),
        ("geldig_tot", False),
        ("Datum besluit", True),
        ("Datum vervallen", True),
        ("Besluit vernietigd op", True),
        ("Datum geslaagd", True),
    ],
)
def test_what_is_to_come_or_of_the_record_is_no_step(name: str, *, is_step: bool) -> None:
    assert is_no_milestone(name) != is_step


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("kenmerk", ("ok", "niet ok"), None),
        ("soort", (None, "Bouw"), None),
        ("opmerking", ("ok", "niet ok"), FREE_TEXT),
        ("case:description", ("ok", "niet ok"), FREE_TEXT),
        ("teamleider", ("A", "B"), PERSONAL),
        ("zaakstatus", ("Afgehandeld", "In behandeling"), OF_THE_END),
        ("resultaat", ("bsn 999990342", "ok"), PERSONAL),
        ("kenmerk", ("ok", "gebeld met dhr. Jansen"), PERSONAL),
        ("kenmerk", ("ok", "mail naar a@b.nl"), PERSONAL),
        ("regie", ("P.J. van den Berg", "'t Hart-Smit, Th."), PERSONAL),
        ("ziekenhuis", ("St. Antonius", "1. Noord"), None),
        ("soort", ("a. bouw", "Afd. Bouw"), None),
        ("kenmerk", ("ok", "bsn 999990342"), PERSONAL),
        ("kenmerk", ("999990342", "111222333"), PERSONAL),
        ("ocel:type:Payment", ("P1", "P2"), OBJECTS),
    ],
)
def test_what_tells_who_is_no_attribute(
    name: str, values: tuple[str | None, str], why: str | None
) -> None:
    frame = table(case="zaak", step="stap", time="tijdstip", region=name)
    first, second = values
    frame = frame.with_columns(
        pl.when(pl.col(name) == "Noord").then(pl.lit(first)).otherwise(pl.lit(second)).alias(name)
    )

    found = guess_attributes(seen(frame), guess_roles(seen(frame)))

    assert found.left_out == ({why: (name,)} if why else {})


@pytest.mark.parametrize(
    ("name", "is_who"),
    [
        *((name, True) for name in ("case:responsible", "contactPersoon", "type_aanvrager")),
        *((name, True) for name in ("invoice_inserter", "po_creator", "po_editor", "pr_approver")),
        *((name, True) for name in ("Teamleider", "Wethouder", "Bewoner", "Gemachtigde")),
        *(
            (name, True)
            for name in ("Rechter", "Behandelend arts", "consulent", "Medw.", "Monteur")
        ),
        *((name, True) for name in ("Patiënt", "Cliënt", "verdachte", "Naam huurder")),
        *((name, True) for name in ("opened_by", "CreatedById", "Aangemaakt door (naam)")),
        *((name, True) for name in ("ERNAM", "Uitvoerder", "Paraaf", "wie", "bezwaarmaker")),
        *((name, False) for name in ("Rechtbank", "Specialisme", "Huurdersvereniging", "parts")),
        *((name, False) for name in ("Advocatenkantoor", "leerlingenvervoer", "secretariaat")),
        *((name, False) for name in ("dagen_tot_verval", "afdeling burgerzaken", "creditor")),
        *((name, False) for name in ("aanleiding", "doorlooptijd", "kanaal")),
    ],
)
def test_who_is_told_by_words_not_by_letters(name: str, *, is_who: bool) -> None:
    assert tells_who(name) == is_who


@pytest.mark.parametrize(
    ("name", "is_text"),
    [
        *((name, True) for name in ("Opmerkingen", "toelichting_besluit", "Notities", "Notes")),
        *((name, True) for name in ("case:description", "Short description", "bijzonderheden")),
        *((name, False) for name in ("notification", "notaris", "kanaal")),
    ],
)
def test_free_text_is_told_by_its_name(name: str, *, is_text: bool) -> None:
    assert tells_in_free_text(name) == is_text


@pytest.mark.parametrize(
    ("name", "is_so"),
    [
        *((name, True) for name in ("zaakstatus", "resultaat", "case:caseStatus", "last_phase")),
        *((name, True) for name in ("Uitkomst", "Soort besluit", "afdoeningswijze", "Reden einde")),
        *((name, True) for name in ("laatste fase", "eindoordeel", "Closure code", "decision")),
        *((name, True) for name in ("state", "Fase", "close_code", "Heropend", "Reden afwijzing")),
        *((name, True) for name in ("Binnen termijn", "made_sla", "Tijdig", "Te laat (ja/nee)")),
        *((name, True) for name in ("Doorlooptijd (weken)", "Aantal werkdagen", "lead time")),
        *((name, False) for name in ("regio Eindhoven", "plaatselijk", "afdeling", "kanaal")),
        *((name, False) for name in ("beslistermijn", "lastenklasse", "finalist", "soort")),
        *((name, False) for name in ("openbare ruimte", "statenkwartier", "termijn in weken")),
    ],
)
def test_what_a_case_becomes_is_told_by_its_name(name: str, *, is_so: bool) -> None:
    assert tells_of_the_end(name) == is_so


def test_a_column_that_is_no_attribute_anyhow_is_only_not_read() -> None:
    frame = table(case="zaak", step="stap", time="tijdstip", note="besluitnummer")

    assert guess_attributes(seen(frame), guess_roles(seen(frame))).left_out == {}


def test_an_offset_is_seen() -> None:
    frame = pl.DataFrame({"a": ["2026-03-01T09:00:00+01:00"], "b": ["2026-03-01"]})

    times = seen(frame).times

    assert (times["a"].with_offset, times["a"].without_offset) == (1, 0)
    assert (times["b"].with_offset, times["b"].without_offset) == (0, 0)


@pytest.mark.parametrize(
    ("name", "value", "has_offset"),
    [
        ("tijdstip", "1773320707", True),
        ("tijdstip", "2026-03-12 13:05:07 UTC", True),
        ("tijdstip", "12 Mar 2026 13:05", False),
        ("event_ts", "1773320707123", True),
        ("opened_at", "1773320707", True),
        ("zaaknummer", "1773320707", None),  # it may be any number
        ("categorie", "1773320707", None),
        ("artikel", "3.2.15", None),
    ],
)
def test_a_number_is_a_time_where_its_name_says_so(
    name: str, value: str, *, has_offset: bool | None
) -> None:
    times = seen(pl.DataFrame({name: [value]})).times

    assert (bool(times[name].with_offset) if times else None) is has_offset


def test_a_time_that_is_not_read_is_told_by_its_shape() -> None:
    columns = {"tijdstip": "2026w11-4 9u05", "datum": "morgen", "nr": "12345", "tijd": "12-3-2026"}

    found = unread_times(seen(pl.DataFrame({name: [value] for name, value in columns.items()})))

    assert found == {"tijdstip": "9999a99-9 9a99"}


@pytest.mark.parametrize(
    ("name", "content", "format_"),
    [
        ("a.csv", b"zaak;stap\n1;a\n", "csv"),
        ("a.dat", b"zaak;stap\n1;a\n", "csv"),
        ("a.xlsx", b"PK\x03\x04", "excel"),
        ("a.xml", b'<?xml version="1.0"?><log>', "xes"),
        ("a.json", b'[{"url": ""}]', "zgw"),
    ],
)
def test_the_format_is_how_a_file_begins(
    tmp_path: Path, name: str, content: bytes, format_: str
) -> None:
    (tmp_path / name).write_bytes(content)

    export = open_export(str(tmp_path / name), tmp_path / "p.yaml")

    assert (export.format, [file.name for file in export.files]) == (format_, [name])


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.xls", "<html><table><tr><td>Zaak", "a.xls is a web page"),
        ("a.csv", "\n<!DOCTYPE html>", "a.csv is a web page"),
        (
            "a.xls",
            "ID;PWXL;N;E\nP;PGeneral\n",
            "a.xls is in an old spreadsheet format",
        ),
        ("a.xls", "\t\0\4\0\2\0", "a.xls is in an old spreadsheet format"),
        (
            "a.xls",
            '\ufeff<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook>',
            "a.xls is in an old spreadsheet format",
        ),
        ("a.json", '[{"zaak": "1", "stap": "a"}]', "a.json is JSON, but neither OCEL nor"),
        ("a.jsonl", '{"zaak": "1"}\n{"zaak": "2"}', "a.jsonl is JSON, but neither OCEL nor"),
    ],
)
def test_what_is_no_export_is_called_what_it_is(
    tmp_path: Path, name: str, content: str, says: str
) -> None:
    (tmp_path / name).write_text(content)

    with pytest.raises(SourceError, match=says):
        open_export(str(tmp_path / name), tmp_path / "p.yaml")


def test_a_folder_is_its_files_of_one_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "exports"
    folder.mkdir()
    (tmp_path / "configs").mkdir()
    for name in ("jan.csv", "feb.csv", "README.md", "~$feb.csv", ".~lock.jan.csv#"):
        (folder / name).write_text("zaak,stap\n1,a\n")

    export = open_export("exports", Path("configs/p.yaml"))

    assert export.path == "../exports/*.csv"
    assert len(export.files) == 2
    (folder / "log.xes").write_text("<log/>")
    with pytest.raises(UsageError, match=r"\.csv, \.xes"):
        open_export("exports", Path("p.yaml"))


def test_what_is_not_there_is_said_with_what_is_near(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text("zaak,stap\n1,a\n")

    with pytest.raises(SourceError, match=r"Did you mean .*export\.csv"):
        open_export(str(tmp_path / "exprt.csv"), tmp_path / "p.yaml")
    (tmp_path / "leeg").mkdir()
    with pytest.raises(SourceError, match=r"The folder .*leeg holds no export"):
        open_export(str(tmp_path / "leeg"), tmp_path / "p.yaml")
    with pytest.raises(SourceError, match="and postgresql:// is not a file"):
        open_export("postgresql://user:secret@db/log", tmp_path / "p.yaml")


@pytest.mark.parametrize(
    ("lines", "columns", "has_header"),
    [
        (
            ["46920293,07/20/2020 10:51:12 AM,soort"] * 2,
            ["column 1", "column 2", "column 3"],
            False,
        ),
        (["Z1,2026-03-01,Toets", "Z2,2026-03-02,"], ["column 1", "column 2", "column 3"], False),
        (
            ["Z1,Jan,1 mrt 2026", "Z2,Piet,2 april 2026"],
            ["column 1", "column 2", "column 3"],
            False,
        ),
        (["zaak,tijd", "10001,2026-03-01"], ["zaak", "tijd"], True),
        (["zaak,2026-03-01", "10001,x", "10002,x"], ["zaak", "column 2"], True),
        (
            ["Z1,,2026-03-01", "Z2,x,", "Z3,,2026-03-01"],
            ["column 1", "column 2", "column 3"],
            False,
        ),
    ],
)
def test_a_first_line_of_values_is_no_header(
    tmp_path: Path, lines: list[str], columns: list[str], *, has_header: bool
) -> None:
    (tmp_path / "a.csv").write_text("\n".join([*lines, ""]))

    found = glance(open_export(str(tmp_path / "a.csv"), tmp_path / "p.yaml"))

    assert (found.columns, found.has_header) == (columns, has_header)
    assert found.frame.height == len(lines) - has_header


def test_a_second_header_in_another_order_is_refused_at_first_sight(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("zaak;stap;tijd\n1;a;b\ntijd;stap;zaak\nb;a;1\n")

    with pytest.raises(SourceError, match="names its columns again at line 3, in another order"):
        glance(open_export(str(tmp_path / "a.csv"), tmp_path / "p.yaml"))


def test_the_sheet_of_most_rows_is_looked_at(tmp_path: Path) -> None:
    sheets = {
        "uitleg": [("a", "b"), ("x", "y")],
        "zaken": [("Overzicht",), ("zaak", "stap"), *[("Z1", "in")] * 5],
        "los": [("x",)],
    }
    xlsx(tmp_path / "a.xlsx", sheets)
    xlsx(tmp_path / "b.xlsx", {"alles": [(12345, "in"), (12346, "uit")]})

    found, other = (
        glance(open_export(str(tmp_path / name), tmp_path / "p.yaml"))
        for name in ("a.xlsx", "b.xlsx")
    )

    assert (found.sheet, found.sheets, found.columns) == (
        "zaken",
        {"uitleg": 2, "zaken": 7},
        ["zaak", "stap"],
    )
    assert (other.sheet, other.has_header, other.columns) == (None, False, ["column 1", "column 2"])


def test_sheets_of_the_same_columns_are_told(tmp_path: Path) -> None:
    header, row = ("zaak", "stap"), ("Z1", "in")
    sheets = {
        "uitleg": [("a", "b"), ("x", "y")],
        "2023": [header, row, row],
        "2024": [header, row, row, row],
        "2025": [header[::-1], row[::-1]],
        "2026": [header],
    }
    xlsx(tmp_path / "a.xlsx", sheets)
    xlsx(tmp_path / "b.xlsx", {"2023": [header, row], "2024": [header, row]})

    alone, among = (
        glance(open_export(str(tmp_path / name), tmp_path / "p.yaml"))
        for name in ("a.xlsx", "*.xlsx")
    )

    assert (alone.sheet, alone.alike) == ("2024", ("2023", "2025"))
    assert among.alike == ()


def wide(**names: str) -> pl.DataFrame:
    """Twenty cases of a row each; ``names`` says what each column is called."""
    rows = [
        {
            "number": f"Z{case:03}",
            "kind": "abc"[case % 3],
            "received": f"2026-03-{case + 1:02} 09:00:00",
            "decided": f"2026-04-{case + 1:02} 09:00:00" if case % 4 else None,
            "closed": f"2026-05-{case + 1:02}" if case % 2 else None,
            "who": f"M{case % 7}",
        }
        for case in range(20)
    ]
    return pl.DataFrame(rows).select(pl.col(key).alias(name) for key, name in names.items())


def test_a_row_a_case_has_a_milestone_for_each_time_in_their_order() -> None:
    frame = wide(
        closed="afgehandeld_op", number="zaaknummer", received="Datum ontvangst", who="team"
    )

    found = guess_milestones(seen(frame))

    assert found is not None
    assert {role: guess.value for role, guess in found.found.items()} == {
        "case_id": "zaaknummer",
        "team": "team",
    }
    assert {name: guess.value for name, guess in found.milestones.items()} == {
        "Ontvangst": "Datum ontvangst",
        "Afgehandeld": "afgehandeld_op",
    }


@pytest.mark.parametrize(
    ("names", "case"),
    [
        ({"kind": "Soort", "number": "Ref"}, "Ref"),
        ({"number": "Soort", "who": "Ref"}, "Soort"),
        ({"kind": "Soort", "who": "Ref"}, None),
    ],
)
def test_without_a_name_the_only_number_of_each_row_is_the_case(
    names: dict[str, str], case: str | None
) -> None:
    found = guess_milestones(seen(wide(**names, received="Binnen", closed="Uit")))

    assert (found.found["case_id"].value if found else None) == case


def test_milestones_that_some_cases_skip_come_where_the_others_have_them() -> None:
    # half of the cases are closed at once, the others after a decision
    frame = wide(number="zaaknummer", received="ontvangen", decided="besloten", closed="gesloten")
    is_decided = pl.int_range(pl.len()) % 4 == 1
    frame = frame.select(
        "zaaknummer",
        "ontvangen",
        pl.when(is_decided).then("gesloten").otherwise("ontvangen").alias("gesloten"),
        pl.when(is_decided).then("besloten").alias("besloten"),
    )

    found = guess_milestones(seen(frame))

    assert found is not None
    assert [*found.milestones] == ["Ontvangen", "Besloten", "Gesloten"]


@pytest.mark.parametrize(
    ("columns", "milestones"),
    [
        (("created_date", "closedDate"), ("Created", "Closed")),
        (("besluitdatum", "tijdstip einde"), ("Besluit", "Einde")),
        (("Dt. ontvangst", "DT_BESLUIT"), ("Ontvangst", "Besluit")),
        (("datum", "tijdstip"), ("datum", "tijdstip")),
        (("datum_besluit", "besluitdatum"), ("datum_besluit", "besluitdatum")),
        (("column 2", "column 3"), ("column 2", "column 3")),
        (("Datum beëindigd", "Mandate"), ("Beëindigd", "Mandate")),
    ],
)
def test_milestones_are_called_in_words(
    columns: tuple[str, str], milestones: tuple[str, str]
) -> None:
    found = guess_milestones(seen(wide(number="nr", received=columns[0], decided=columns[1])))

    assert found is not None
    assert tuple(found.milestones) == milestones


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(table(case="zaak", step="stap", time="tijd", begun="begonnen"), id="long"),
        pytest.param(
            table(note="nr", case="zaak", step="stap", time="t", begun="b"), id="events numbered"
        ),
        pytest.param(table(case="k1", step="k2", time="k3", begun="k4"), id="long without names"),
        pytest.param(wide(number="nr", received="ontvangen"), id="one time"),
        pytest.param(
            wide(number="nr", received="ontvangen", decided="uiterlijke datum"), id="planned"
        ),
        pytest.param(wide(number="nr", received="ontvangen", decided="geboortedatum"), id="birth"),
        pytest.param(wide(kind="nr", received="ontvangen", decided="besloten"), id="no id"),
    ],
)
def test_what_is_no_table_with_a_row_a_case(frame: pl.DataFrame) -> None:
    assert guess_milestones(seen(frame)) is None


@pytest.mark.parametrize(
    ("part", "said"),
    [(0, "0 %"), (0.0007, "less than 1 %"), (0.005, "less than 1 %"), (0.12, "12 %"), (1, "100 %")],
)
def test_a_share_of_some_is_never_none(part: float, said: str) -> None:
    assert share(part) == said
