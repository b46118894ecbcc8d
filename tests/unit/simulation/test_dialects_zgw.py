# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the pages tell is read back by recipes that were written apart from the writer."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from simulation.recording.deadlines import registered
from simulation.recording.dialects import zgw
from simulation.recording.dialects.zgw import cases, links, pages
from simulation.recording.log import SUSPENSIONS
from tests.unit.simulation.parts import PARTS, PROCESS, moment

SYSTEM = ("systeem", "Systeem")
HOST = "https://zaaksysteem.example"
EXTRA, CLOSED = "Zaak opgeschort", "Zaak afgesloten"
OPENS = dt.datetime(2024, 12, 31, 23, tzinfo=dt.UTC)  # midnight in Amsterdam
Api = dict[str, list[dict[str, Any]]]

# what the standard requires of each resource: DOMAIN.md 1.2, and of the types what is given there
REQUIRED = {
    "zaken": "url uuid bronorganisatie zaaktype verantwoordelijkeOrganisatie startdatum einddatum",
    "statussen": "zaak statustype datumStatusGezet indicatieLaatstGezetteStatus",
    "resultaten": "zaak resultaattype",
    "rollen": "zaak betrokkeneType roltype omschrijving omschrijvingGeneriek registratiedatum",
    "zaakeigenschappen": "zaak eigenschap naam waarde",
    "audittrail": "bron actie resultaat hoofdObject resource resourceUrl resourceWeergave "
    "aanmaakdatum wijzigingen",
    "catalogi/zaaktypen": "omschrijving doel aanleiding indicatieInternOfExtern handelingInitiator "
    "onderwerp handelingBehandelaar doorlooptijd opschortingEnAanhoudingMogelijk "
    "verlengingMogelijk referentieproces concept verantwoordelijke beginGeldigheid versiedatum "
    "catalogus",
    "catalogi/statustypen": "omschrijving zaaktype volgnummer isEindstatus",
    "catalogi/roltypen": "zaaktype omschrijving omschrijvingGeneriek",
    "catalogi/resultaattypen": "omschrijving omschrijvingGeneriek resultaattypeomschrijving",
    "catalogi/eigenschappen": "naam definitie specificatie zaaktype",
    "catalogi/catalogussen": "domein rsin contactpersoonBeheerNaam zaaktypen",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zgw")
    zgw.write(iter(PARTS), PROCESS, folder)
    return folder


@pytest.fixture(scope="module")
def api(folder: Path) -> Api:
    return read(folder)


def read(folder: Path) -> Api:
    return {resource: list(walked(folder, resource)) for resource in REQUIRED}


def walked(folder: Path, resource: str) -> Iterator[dict[str, Any]]:
    """All rows of a resource, from page to page as a client walks them."""
    number: int | None = 1
    came_from, seen, count = None, 0, 0
    while number:
        page = json.loads((folder / resource / f"page-{number:05}.json").read_text("utf-8"))
        assert list(page) == ["count", "next", "previous", "results"]
        assert page_number(page["previous"]) == came_from
        yield from page["results"]
        seen, count = seen + len(page["results"]), page["count"]
        came_from, number = number, page_number(page["next"])
    assert seen == count
    assert came_from == len(list((folder / resource).iterdir()))


def page_number(url: str | None) -> int | None:
    return int(re.search(r"[?&]page=(\d+)", url)[1]) if url else None  # type: ignore[index]


def at(text: str) -> dt.datetime:
    assert text.endswith("Z")
    return dt.datetime.fromisoformat(text)


def of(api: Api, resource: str, number: int) -> list[dict[str, Any]]:
    """The rows of the case of that number."""
    url = zaak(api, number)["url"]
    return [row for row in api[resource] if row.get("zaak", row.get("hoofdObject")) == url]


def updates(api: Api, number: int) -> list[dict[str, Any]]:
    """The rows of the audit trail that tell of a change in that case."""
    return [row for row in of(api, "audittrail", number) if row["actie"] == "partial_update"]


def zaak(api: Api, number: int) -> dict[str, Any]:
    id_ = f"ZAAK-2025-{number:07}"
    return next(row for row in api["zaken"] if row["identificatie"] == id_)


def frame(name: str) -> list[dict[str, Any]]:
    """The rows of one of the frames of all parts, with the id of their case."""
    ids = pl.concat(part.cases for part in PARTS).select("case", "case_id")
    rows = pl.concat(getattr(part, name) for part in PARTS)
    return rows.join(ids, on="case", how="left", maintain_order="left").to_dicts()


def history(api: Api) -> dict[str, list[tuple[dt.datetime, str, dict[str, Any]]]]:
    """The statuses by case, in order: time, name, row."""
    names = {row["url"]: row["omschrijving"] for row in api["catalogi/statustypen"]}
    ids = {row["url"]: row["identificatie"] for row in api["zaken"]}
    found = defaultdict(list)
    for row in api["statussen"]:
        found[ids[row["zaak"]]].append((at(row["datumStatusGezet"]), names[row["statustype"]], row))
    return {id_: sorted(rows, key=lambda row: row[0]) for id_, rows in found.items()}


def suspensions(
    api: Api, row: dict[str, Any]
) -> Iterator[tuple[str, dt.datetime, dt.datetime | None]]:
    """The pattern, start and end of each suspension of a ZAAK."""
    statuses = history(api).get(row["identificatie"], [])
    flags = sorted(
        (
            (at(entry["aanmaakdatum"]), entry)
            for entry in api["audittrail"]
            if entry["resourceUrl"] == row["url"] and entry["actie"] == "partial_update"
        ),
        key=lambda pair: pair[0],
    )
    flags = [
        pair
        for pair in flags
        if flag(pair[1]["wijzigingen"]["oud"]) != flag(pair[1]["wijzigingen"]["nieuw"])
    ]
    for place, (start, entry) in enumerate(flags):
        if not flag(entry["wijzigingen"]["nieuw"]):
            continue
        following = flags[place + 1] if place + 1 < len(flags) else None
        later = [(when, name) for when, name, _ in statuses if when >= start]
        extra = [when for when, name in later if name == EXTRA and when - start < tick(1)]
        if extra:
            after = [when for when, _ in later if when > extra[0]]
            yield "status", start, after[0].replace(microsecond=0) if after else None
        else:
            pattern = "dates" if entry["toelichting"].startswith("Opschorting: ") else "flag"
            yield pattern, start, following[0] if following else None


def flag(state: dict[str, Any]) -> bool:
    return state["opschorting"]["indicatie"]


def tick(seconds: int) -> dt.timedelta:
    return dt.timedelta(seconds=seconds)


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


def test_the_statuses_are_the_events(api: Api) -> None:
    roles = {row["url"]: row["betrokkeneIdentificatie"].get("naam") for row in api["rollen"]}
    told = [
        (id_, name, when.replace(microsecond=0), row["statustoelichting"], setter(row, roles))
        for id_, rows in history(api).items()
        for when, name, row in rows
        if name not in (EXTRA, CLOSED)
    ]
    happened = [
        (row["case_id"], row["activity"], row["at"], row["note"] or "", row["team"])
        for row in frame("events")
    ]
    assert told == happened


def setter(status: dict[str, Any], roles: dict[str, Any]) -> str | None:
    return roles[status["gezetdoor"]] if status["gezetdoor"] else None


def test_no_two_statuses_of_a_case_have_the_same_time(api: Api) -> None:
    times = [(row["zaak"], row["datumStatusGezet"]) for row in api["statussen"]]
    ended = [row for row in frame("cases") if row["ended_at"]]
    assert len(set(times)) == len(times) == len(frame("events")) + 3 + len(ended)


def test_what_shares_a_second_is_microseconds_apart_in_order(api: Api) -> None:
    rows = history(api)["ZAAK-2025-0000002"]
    assert [(name, when.microsecond) for when, name, _ in rows if when.day == 30] == [
        ("Stukken ontvangen", 0),
        ("Stukken opgevraagd", 1),
        ("Aanvraag ontvangen", 2),
    ]


def test_the_suspensions_come_back_from_the_audit_trail(api: Api) -> None:
    told = [
        (row["identificatie"], *found) for row in api["zaken"] for found in suspensions(api, row)
    ]
    names = ("case_id", "pattern", "start_at", "end_at")
    assert told == [tuple(row[name] for name in names) for row in frame("suspensions")]


def test_a_case_says_whether_it_is_suspended_now(api: Api) -> None:
    now = {row["identificatie"] for row in api["zaken"] if flag(row)}
    assert now == {row["case_id"] for row in frame("suspensions") if row["end_at"] is None}


def test_the_end_of_a_suspension_by_status_is_in_no_audit_row(api: Api) -> None:
    rows = [row for row in of(api, "audittrail", 3) if row["resource"] != "status"]
    assert [row["actie"] for row in rows] == ["create", "partial_update", "create"]


@pytest.mark.parametrize(
    ("number", "start", "due", "end"),
    [
        (1, "2025-03-03", "2025-07-03", "2025-04-10"),  # a flag moves no date
        (2, "2025-06-02", "2025-12-03", "2025-08-29"),  # 10-02, 20 whole days, then 42
        (3, "2025-02-03", "2025-06-03", "2025-03-20"),  # nor does a status
        (4, "2025-11-03", "2026-03-03", None),
        (5, "2025-05-05", "2025-09-05", None),
        (16, "2025-04-01", "2025-10-10", None),  # 08-01, 28 days expected, then 42 hidden
        (17, "2025-07-01", "2025-11-03", "2025-10-01"),  # 11-01 and 2 whole days
        (18, "2024-10-31", "2025-02-28", "2025-02-01"),  # a Friday; local dates
        (19, "2025-12-30", "2026-04-30", None),
    ],
)
def test_the_dates_are_those_of_open_zaak(
    api: Api, number: int, start: str, due: str, end: str | None
) -> None:
    row = zaak(api, number)
    assert (row["startdatum"], row["registratiedatum"]) == (start, start)
    assert (row["uiterlijkeEinddatumAfdoening"], row["einddatumGepland"]) == (due, due)
    assert row["einddatum"] == end


def test_the_registered_deadlines_are_those_that_are_told_of_elsewhere(api: Api) -> None:
    due = pl.concat(registered(part, PROCESS.legal) for part in PARTS)
    told = [(row["identificatie"], row["uiterlijkeEinddatumAfdoening"]) for row in api["zaken"]]
    ids = dict(pl.concat(part.cases for part in PARTS).select("case", "case_id").iter_rows())
    assert told == [(ids[case], str(date)) for case, date in due.iter_rows()]


def test_the_dates_move_by_what_is_expected_and_then_by_what_it_was(api: Api) -> None:
    moves = [
        (row["toelichting"], row["wijzigingen"]["nieuw"]["uiterlijkeEinddatumAfdoening"])
        for row in updates(api, 2)
    ]
    assert moves == [
        ("Opschorting: aanvullende stukken", "2025-10-16"),
        ("Hervatting: aanvullende stukken", "2025-10-22"),
        ("", "2025-12-03"),
    ]


def test_an_extension_says_so_unless_it_is_hidden(api: Api) -> None:
    said = {"reden": "Beslistermijn verlengd", "duur": "P42D"}
    assert zaak(api, 2)["verlenging"] == said
    assert updates(api, 2)[-1]["wijzigingen"]["nieuw"]["verlenging"] == said
    assert zaak(api, 16)["verlenging"] is None
    hidden = updates(api, 16)[-1]
    old, new = hidden["wijzigingen"]["oud"], hidden["wijzigingen"]["nieuw"]
    assert (hidden["aanmaakdatum"], hidden["toelichting"]) == ("2025-06-02T09:00:00Z", "")
    assert {name for name in new if new[name] != old[name]} == {
        "einddatumGepland",
        "uiterlijkeEinddatumAfdoening",
    }


def test_the_audit_trail_leads_from_how_a_case_was_made_to_how_it_is(api: Api) -> None:
    for row in api["zaken"]:
        trail = [e for e in api["audittrail"] if e["resourceUrl"] == row["url"]]
        if row["identificatie"].endswith("18"):  # made before the export opens
            assert trail == []
            continue
        assert [trail[0]["actie"], trail[0]["wijzigingen"]["oud"]] == ["create", None]
        state = trail[0]["wijzigingen"]["nieuw"]
        for entry in trail[1:]:
            # nobody wrote down that a suspension by status had ended
            hidden_end = {"opschorting"} if row["identificatie"].endswith("17") else set()
            old = entry["wijzigingen"]["oud"]
            assert {name for name in old if old[name] != state[name]} <= hidden_end
            state = entry["wijzigingen"]["nieuw"]
        dates = ("einddatumGepland", "uiterlijkeEinddatumAfdoening", "verlenging")
        assert [state[name] for name in dates] == [row[name] for name in dates]


def test_a_result_is_dated_by_the_audit_trail_alone(api: Api) -> None:
    made = {
        row["resourceUrl"]: at(row["aanmaakdatum"])
        for row in api["audittrail"]
        if (row["resource"], row["actie"]) == ("resultaat", "create")
    }
    ids = {row["resultaat"]: row["identificatie"] for row in api["zaken"] if row["resultaat"]}
    ended = {row["case_id"]: row["ended_at"] for row in frame("cases") if row["ended_at"]}
    assert {ids[url]: when for url, when in made.items()} == ended
    assert {row["url"] for row in api["resultaten"]} == set(made)


def test_the_last_status_is_the_current_one(api: Api) -> None:
    last = {
        row["zaak"]: row["url"] for row in api["statussen"] if row["indicatieLaatstGezetteStatus"]
    }
    latest = {id_: rows[-1][2]["url"] for id_, rows in history(api).items()}
    assert last == {row["url"]: row["status"] for row in api["zaken"] if row["status"]}
    assert {row["identificatie"]: row["status"] for row in api["zaken"] if row["status"]} == latest
    assert zaak(api, 19)["status"] is None


def test_a_status_is_put_on_record_once(api: Api) -> None:
    entries = [row for row in api["audittrail"] if row["resource"] == "status"]
    told = {row["resourceUrl"]: row for row in entries}
    assert len(entries) == len(told) == len(api["statussen"])
    for status in api["statussen"]:
        entry = told[status["url"]]
        assert (entry["actie"], entry["hoofdObject"]) == ("create", status["zaak"])
        kept = {name: status[name] for name in ("url", "statustype", "datumStatusGezet")}
        assert entry["wijzigingen"] == {"oud": None, "nieuw": kept}


def test_the_audit_trail_tells_who_set_a_status(api: Api) -> None:
    told = {row["resourceUrl"]: row for row in api["audittrail"]}
    ids = [
        (id_, name, told[row["url"]]["gebruikersId"], told[row["url"]]["gebruikersWeergave"])
        for id_, rows in history(api).items()
        for _, name, row in rows
    ]
    happened = [
        (row["case_id"], row["activity"], *(row["resource"] or name for name in SYSTEM))
        for row in frame("events")
    ]
    assert [row for row in ids if row[1] not in (EXTRA, CLOSED)] == happened
    assert {row[2:] for row in ids if row[1] in (EXTRA, CLOSED)} == {SYSTEM}


@pytest.mark.parametrize(
    ("late", "told"),
    [
        (dt.timedelta(0), "2025-04-10T15:00:00Z"),
        (dt.timedelta(days=20, hours=1), "2025-04-30T16:00:00Z"),
        (dt.timedelta(days=-1), "2025-04-10T15:00:00Z"),  # nothing is before it happened
    ],
)
def test_a_status_that_was_registered_late_is_told_by_the_audit_trail_alone(
    late: dt.timedelta, told: str, tmp_path: Path
) -> None:
    is_end = (pl.col("case") == 1) & (pl.col("step") == "D")
    recorded_at = pl.when(is_end).then(pl.col("at") + late).otherwise("recorded_at")
    api = written(PARTS[0].events.with_columns(recorded_at=recorded_at), tmp_path)

    trail = {row["resourceUrl"]: row["aanmaakdatum"] for row in api["audittrail"]}
    end, closed = [row for _, _, row in history(api)["ZAAK-2025-0000001"]][-2:]
    assert [row["datumStatusGezet"] for row in (end, closed)] == [
        "2025-04-10T15:00:00Z",
        "2025-04-10T15:00:00.000001Z",
    ]
    assert trail[end["url"]] == told
    assert trail[closed["url"]] == closed["datumStatusGezet"]  # the system is never late
    assert zaak(api, 1)["einddatum"] == "2025-04-10"


def written(events: pl.DataFrame, folder: Path, **frames: pl.DataFrame) -> Api:
    """The first part with other events, or other frames."""
    zgw.write(iter([PARTS[0]._replace(events=events, **frames)]), PROCESS, folder)
    return read(folder)


def test_a_case_that_ended_has_the_end_status_as_its_last(api: Api) -> None:
    numbers = {row["url"]: row["volgnummer"] for row in api["catalogi/statustypen"]}
    highest = {
        row["url"]: max(numbers[url] for url in row["statustypen"])
        for row in api["catalogi/zaaktypen"]
    }
    all_statuses = history(api)
    for row in api["zaken"]:
        statuses = all_statuses.get(row["identificatie"], [])
        is_end = [numbers[s["statustype"]] == highest[row["zaaktype"]] for _, _, s in statuses]
        assert not any(is_end[:-1])
        assert any(is_end) == bool(row["einddatum"]) == bool(row["resultaat"])
        if row["einddatum"]:
            local = statuses[-1][0].astimezone(ZoneInfo("Europe/Amsterdam"))
            assert local.date().isoformat() == row["einddatum"]


def test_a_case_that_ended_twice_was_closed_when_it_ended_last(tmp_path: Path) -> None:
    first = PARTS[0]
    end = first.events.filter(pl.col("case") == 1, pl.col("step") == "D")
    later = [
        end.with_columns(
            number=pl.lit(3 + weeks, pl.Int64), step=pl.lit(step), activity=pl.lit(name)
        ).with_columns(pl.col("at", "recorded_at") + dt.timedelta(weeks=weeks))
        for weeks, step, name in ((1, "B", "Stukken gevraagd"), (2, "D", "Besluit verstuurd"))
    ]
    ended_at = pl.when(pl.col("case") == 1).then(later[1]["at"][0]).otherwise("ended_at")
    api = written(
        pl.concat([first.events, *later]).sort("case", "number"),
        tmp_path,
        cases=first.cases.with_columns(ended_at=ended_at),
    )

    told = [(name, str(when)) for when, name, _ in history(api)["ZAAK-2025-0000001"]]
    assert told[-4:] == [
        ("Besluit verstuurd", "2025-04-10 15:00:00+00:00"),
        ("Stukken gevraagd", "2025-04-17 15:00:00+00:00"),
        ("Besluit verstuurd", "2025-04-24 15:00:00+00:00"),
        (CLOSED, "2025-04-24 15:00:00.000001+00:00"),
    ]


def test_a_case_without_its_end_step_has_an_end_date_alone(tmp_path: Path) -> None:
    is_last = (pl.col("case") == 1) & (pl.col("step") == "D")
    is_days_before = (pl.col("case") == 1) & (pl.col("step") == "C")
    step = pl.when(is_days_before).then(pl.lit("D")).otherwise("step")
    api = written(PARTS[0].events.filter(~is_last).with_columns(step=step), tmp_path)

    assert [name for _, name, _ in history(api)["ZAAK-2025-0000001"]][-1] == "Besluit verstuurd"
    assert zaak(api, 1)["einddatum"] == "2025-04-10"
    assert history(api)["ZAAK-2025-0000002"][-1][1] == CLOSED


def test_a_case_whose_times_were_misread_was_closed_at_its_end(tmp_path: Path) -> None:
    early = pl.when(pl.col("case") == 1).then(dt.timedelta(hours=2)).otherwise(dt.timedelta())
    api = written(PARTS[0].events.with_columns(pl.col("at", "recorded_at") - early), tmp_path)

    assert [(name, str(when)) for when, name, _ in history(api)["ZAAK-2025-0000001"]][-2:] == [
        ("Besluit verstuurd", "2025-04-10 13:00:00+00:00"),
        (CLOSED, "2025-04-10 15:00:00+00:00"),
    ]


@pytest.mark.parametrize(
    ("start", "is_told"), [("2024-12-31 22:59:59", False), ("2024-12-31 23:00:00", True)]
)
@pytest.mark.parametrize("pattern", ["flag", "dates", "status"])
def test_what_was_registered_before_the_export_opens_is_not_in_it(
    pattern: str, start: str, tmp_path: Path, *, is_told: bool
) -> None:
    row = {"case": 3, "start_at": moment(start), "end_at": moment("01-20 09:00")}
    row |= {"pattern": pattern, "expected_days": 7, "reason": "x"}
    suspensions = pl.DataFrame([row], SUSPENSIONS, orient="row")
    began = pl.when(pl.col("case") == 3).then(moment("2024-12-01 10:00")).otherwise("began_at")
    cases = PARTS[0].cases.with_columns(began_at=began)
    api = written(PARTS[0].events, tmp_path, suspensions=suspensions, cases=cases)

    times = [row["datumStatusGezet"] for row in api["statussen"]]
    times += [row["aanmaakdatum"] for row in api["audittrail"]]
    assert all(at(time) >= OPENS for time in times)
    flags = [flag(row["wijzigingen"]["nieuw"]) for row in updates(api, 3)]
    end = [] if pattern == "status" else [False]
    assert flags == ([True, *end] if is_told else end)
    names = [name for _, name, _ in history(api)["ZAAK-2025-0000003"]]
    assert names.count(EXTRA) == (is_told and pattern == "status")
    assert [row["actie"] for row in of(api, "audittrail", 3) if row["resource"] == "zaak"] == [
        "partial_update" for _ in flags
    ]
    assert not flag(zaak(api, 3))
    assert zaak(api, 3)["startdatum"] == "2024-12-01"


def test_the_audit_trail_of_a_case_is_in_order_of_time(api: Api) -> None:
    by_case = defaultdict(list)
    for row in api["audittrail"]:
        by_case[row["hoofdObject"]].append(at(row["aanmaakdatum"]))
    assert all(times == sorted(times) for times in by_case.values())


def test_a_team_has_a_role_from_when_it_first_acts(api: Api) -> None:
    asked, *teams = of(api, "rollen", 17)
    assert (asked["betrokkeneType"], asked["betrokkeneIdentificatie"]) == ("natuurlijk_persoon", {})
    assert asked["registratiedatum"] == "2025-07-01T08:00:00Z"
    told = [(row["betrokkeneIdentificatie"]["naam"], row["registratiedatum"]) for row in teams]
    assert told == [("Intake", "2025-07-07T09:00:00Z"), ("Één loket", "2025-10-01T08:00:00Z")]
    assert {row["betrokkeneType"] for row in teams} == {"organisatorische_eenheid"}
    assert [row["roltoelichting"] for row in teams] == ["Dienst A", "Dienst B"]


def test_the_attributes_that_are_known_are_told(api: Api) -> None:
    ids = {row["url"]: row["identificatie"] for row in api["zaken"]}
    told = {(ids[row["zaak"]], row["naam"], row["waarde"]) for row in api["zaakeigenschappen"]}
    assert told == {
        (row["case_id"], name, row[name])
        for row in frame("cases")
        for name in PROCESS.attributes
        if row[name] is not None
    }
    assert all(row["url"].startswith(row["zaak"]) for row in api["zaakeigenschappen"])


def test_a_version_is_another_case_type_with_the_same_name(api: Api) -> None:
    first, second = api["catalogi/zaaktypen"]
    assert first["identificatie"] == second["identificatie"] == "vergunning"
    assert (first["beginGeldigheid"], first["eindeGeldigheid"]) == ("2024-10-01", "2025-05-31")
    assert (second["beginGeldigheid"], second["eindeGeldigheid"]) == ("2025-06-01", None)
    assert (first["doorlooptijd"], first["verlengingstermijn"]) == ("P4M", "P6W")
    types = {row["zaaktype"] for row in api["zaken"] if row["startdatum"] >= "2025-06-01"}
    assert types == {second["url"]}


def test_the_steps_are_numbered_and_the_highest_is_the_end(api: Api) -> None:
    for number, asked in enumerate(("Stukken gevraagd", "Stukken opgevraagd")):
        url = api["catalogi/zaaktypen"][number]["url"]
        rows = [row for row in api["catalogi/statustypen"] if row["zaaktype"] == url]
        assert [(row["volgnummer"], row["omschrijving"], row["isEindstatus"]) for row in rows] == [
            (1, "Aanvraag ontvangen", False),
            (2, asked, False),
            (3, "Stukken ontvangen", False),
            (4, "Besluit verstuurd", False),
            (5, EXTRA, False),
            (6, CLOSED, True),
        ]


@pytest.mark.parametrize("resource", REQUIRED)
def test_what_the_standard_requires_is_there(api: Api, resource: str) -> None:
    assert api[resource]
    for row in api[resource]:
        assert set(REQUIRED[resource].split()) <= set(row)


def test_every_address_that_is_given_leads_somewhere(api: Api) -> None:
    urls = [row["url"] for rows in api.values() for row in rows if "url" in row]
    assert len(set(urls)) == len(urls)
    given = {text for text in strings(list(api.values())) if text.startswith("http")}
    assert given == set(urls)


def test_a_long_list_is_cut_in_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_SIZE", 3)
    zgw.write(iter(PARTS), PROCESS, tmp_path)
    assert len(list(walked(tmp_path, "zaken"))) == 9
    first = json.loads((tmp_path / "zaken" / "page-00001.json").read_text("utf-8"))
    assert first["next"] == f"{HOST}/zaken/api/v1/zaken?page=2&pageSize=3"
    assert len(list((tmp_path / "zaken").iterdir())) == 3  # the last of them full


def test_a_list_without_rows_is_an_empty_page(tmp_path: Path) -> None:
    zgw.write(iter([]), PROCESS, tmp_path)
    page = json.loads((tmp_path / "zaken" / "page-00001.json").read_text("utf-8"))
    assert page == {"count": 0, "next": None, "previous": None, "results": []}


def test_the_same_log_gives_the_same_bytes_however_it_is_cut(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "_CASES_AT_ONCE", 2)
    zgw.write(iter(PARTS), PROCESS, tmp_path)
    written = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.json")}
    again = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.json")}
    assert written == again


def test_nothing_but_pages_is_left(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert all(re.fullmatch(r"page-\d{5}\.json", path.name) for path in files)
    assert {str(path.parent.relative_to(folder)) for path in files} == set(REQUIRED)


def test_no_number_that_is_written_passes_the_11_test(folder: Path) -> None:
    for path in folder.rglob("*.json"):
        for number in re.findall(r"(?<![0-9])[0-9]{8,9}(?![0-9])", path.read_text("utf-8")):
            assert not passes(number)


def passes(number: str) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(w * int(d) for w, d in zip(weights, number.zfill(9), strict=True)) % 11 == 0


def test_a_uuid_is_one_and_holds_no_long_number() -> None:
    made = {links.uuid("statussen", number) for number in range(20_000)}
    assert len(made) == 20_000
    shape = r"[a-f][0-9a-f]{7}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}"
    assert all(re.fullmatch(shape, uuid) for uuid in made)
    assert not any(re.search("[0-9]{8}", uuid) for uuid in made)


def test_a_term_that_is_no_period_is_refused(tmp_path: Path) -> None:
    legal = PROCESS.legal.model_copy(update={"term": "PT4H"})
    with pytest.raises(ValueError, match="is not a period"):
        zgw.write(iter(PARTS), PROCESS.model_copy(update={"legal": legal}), tmp_path)
