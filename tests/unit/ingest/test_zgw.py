# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is read of a ZGW export is what was written there, and of what is not whole it is told."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from contracts.candidates import scan
from contracts.errors import SourceError
from contracts.events import MARK
from contracts.settings import Settings
from ingest.notices import NOTICED
from ingest.privacy.looking import looked_through
from ingest.source_files import find_files
from ingest.staging import stage
from ingest.zgw.gaps import CLOSED, DESTROYED, EARLY
from ingest.zgw.pages import EXTENDED, RESUMED, SHIFTED, SUSPENDED, Marks, marks_in
from ingest.zgw.reader import case_types, read_zgw
from simulation.description import Process, process
from simulation.generator import Order, Simulated
from simulation.recording.dialects import zgw
from simulation.recording.dialects.zgw.catalogue import ORGANISATION
from simulation.recording.dialects.zgw.statuses import opens_at
from simulation.recording.log import Part
from tests.unit.simulation.parts import PARTS, PROCESS

Stage = Callable[..., pl.DataFrame]


@pytest.fixture
def staged(tmp_path: Path) -> Stage:
    """A function that gives the candidates of an export."""

    def run(folder: Path, **source: Any) -> pl.DataFrame:
        settings = Settings.model_validate(
            {
                "process": {"id": "test"},
                "sources": [{"path": str(folder), "format": "zgw", **source}],
                "journey": {"end": ["Zaak afgesloten"]},
                "privacy": {"pseudonymise": []},
            }
        )
        config, out = tmp_path / "test.yaml", tmp_path / "out"
        out.mkdir()
        [file] = find_files(settings.sources[0], config, 0)
        return scan(stage(file, settings.sources[0], settings, config, 0, out).paths).collect()

    return run


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zgw")
    zgw.write(iter(PARTS), PROCESS, folder)
    return folder


def events_of(parts: list[Part]) -> list[tuple[Any, ...]]:
    """What the candidates of a log should say of its steps, in order of case and time."""
    cases = pl.concat(part.cases for part in parts)
    events = pl.concat(part.events for part in parts).join(cases, on="case")
    told = events.filter(pl.max_horizontal("at", "recorded_at") >= opens_at(PROCESS)).sort(
        "case", "at", "number"
    )
    return told.select(
        pl.lit(f"{ORGANISATION} ") + pl.col("case_id"), "activity", "at", "team"
    ).rows()


def second(column: str) -> pl.Expr:
    """The APIs tell what was set in one second microseconds apart."""
    return pl.col(column).dt.truncate("1s")


def marks_of(parts: list[Part], of: Process = PROCESS) -> list[tuple[Any, ...]]:
    """What the candidates of a log should tell of the terms of its cases."""
    cases = pl.concat(part.cases for part in parts).select("case", "case_id")
    suspensions = pl.concat(part.suspensions for part in parts)
    extensions = pl.concat(part.extensions for part in parts)
    name = pl.when("is_hidden").then(pl.lit(SHIFTED)).otherwise(pl.lit(EXTENDED))
    marks = pl.concat(
        [
            suspensions.select("case", at="start_at", mark=pl.lit(SUSPENDED)),
            suspensions.select("case", at="end_at", mark=pl.lit(RESUMED)),
            extensions.select("case", "at", mark=name),
        ]
    )
    told = marks.filter(pl.col("at") >= opens_at(of)).join(cases, on="case")
    ids = pl.lit(f"{ORGANISATION} ") + pl.col("case_id")
    return sorted(told.select(ids, "mark", "at").rows())


def test_a_status_is_an_event(export: Path, staged: Stage) -> None:
    found = staged(export, case_attributes=["regio"])

    steps = found.filter(
        pl.col("lifecycle") == "complete",
        ~pl.col("activity").is_in(["Zaak afgesloten", "Zaak opgeschort", "registratiedatum"]),
    )
    assert steps.select("case_id", "activity", second("at"), "team").rows() == events_of(PARTS)
    assert found["row"].to_list() == list(range(1, len(found) + 1))
    assert dict(found.select("case_id", "case:regio").drop_nulls().unique().rows()) == {
        f"{ORGANISATION} {case['case_id']}": case["regio"]
        for part in PARTS
        for case in part.cases.to_dicts()
        if case["regio"] and f"{ORGANISATION} {case['case_id']}" in set(found["case_id"])
    }


def test_suspensions_and_extensions_are_marks(export: Path, staged: Stage) -> None:
    found = staged(export).filter(pl.col("lifecycle") == MARK)

    assert sorted(found.select("case_id", "activity", second("at")).rows()) == marks_of(PARTS)


@pytest.mark.parametrize("name", ["cbr", "img", "uht", "vis"])
def test_the_terms_of_simulated_cases_come_back(name: str, tmp_path: Path, staged: Stage) -> None:
    parts = list(Simulated(Order(name, 400, seed=5, level="statistical")).parts())
    (log := tmp_path / "log").mkdir()
    zgw.write(iter(parts), process(name), log)

    found = staged(log).filter(pl.col("lifecycle") == MARK)

    wanted = marks_of(parts, process(name))
    assert len(wanted) > 20
    assert sorted(found.select("case_id", "activity", second("at")).rows()) == wanted


DAY = "uiterlijkeEinddatumAfdoening"


def flag(*, up: bool) -> dict[str, Any]:
    return {"opschorting": {"indicatie": up, "reden": "iets"}}


def extended(duration: str | None) -> dict[str, Any]:
    return {"verlenging": {"duur": duration, "reden": ""}}


def moved(to: str) -> dict[str, Any]:
    return {DAY: to}


@pytest.mark.parametrize(
    ("old", "new", "note", "marks"),
    [
        (flag(up=False), flag(up=True), "", Marks(flag=SUSPENDED)),
        (flag(up=True), flag(up=False), "", Marks(flag=RESUMED)),
        (flag(up=True), flag(up=True), "", Marks()),
        (
            flag(up=False),
            flag(up=True) | moved("2026-03-23"),
            "Opschorting: stukken",
            Marks(flag=SUSPENDED),
        ),
        # one change may do both
        (
            flag(up=False) | extended(None),
            flag(up=True) | extended("P42D"),
            "",
            Marks(flag=SUSPENDED, term=EXTENDED),
        ),
        (
            flag(up=True) | extended(None) | moved("2026-03-09"),
            flag(up=False) | extended("P42D") | moved("2026-04-20"),
            "Hervatting: stukken",
            Marks(flag=RESUMED, term=EXTENDED),
        ),
        (
            extended(None),
            extended("P42D"),
            "Opschorting: stukken",
            Marks(said=SUSPENDED, term=EXTENDED),
        ),
        # a text about a suspension that goes on tells of no other one, and why the last day moved
        (flag(up=True), flag(up=True), "Opschorting: reden aangepast", Marks()),
        (
            flag(up=True) | moved("2026-03-09"),
            flag(up=True) | moved("2026-03-23"),
            "Opschorting: stukken",
            Marks(),
        ),
        (flag(up=True), flag(up=True), "Hervatting: stukken", Marks(said=RESUMED)),
        # a client that keeps the flag to itself
        (
            moved("2026-03-09"),
            moved("2026-03-23"),
            "Opschorting: stukken",
            Marks(said=SUSPENDED),
        ),
        (moved("2026-03-23"), moved("2026-03-20"), "Hervatting: stukken", Marks(said=RESUMED)),
        ({"verlenging": None}, extended("P42D"), "", Marks(term=EXTENDED)),
        ({"verlenging": None}, extended("-P7D"), "", Marks(term=SHIFTED)),
        ({"verlenging": None}, extended(None), "", Marks()),
        ({"verlenging": None}, extended("P0D"), "", Marks()),
        (extended("P42D"), extended("P42D"), "", Marks()),
        (moved("2026-03-09"), moved("2026-03-23"), "", Marks(term=SHIFTED)),
        (
            moved("2026-03-09"),
            moved("2026-03-23"),
            "Opschoning van dubbele data",
            Marks(term=SHIFTED),
        ),
        ({DAY: None}, moved("2026-03-23"), "", Marks()),  # it was filled in, not moved
        ({"omschrijving": "a"}, {"omschrijving": "b"}, "", Marks()),
        (None, None, "", Marks()),
    ],
)
def test_what_a_change_tells(
    old: dict[str, Any] | None, new: dict[str, Any] | None, note: str, marks: Marks
) -> None:
    assert marks_in({"toelichting": note, "wijzigingen": {"oud": old, "nieuw": new}}) == marks


@pytest.mark.parametrize(
    ("new", "marks"),
    [
        (flag(up=True) | extended(None), Marks(flag=SUSPENDED)),
        (flag(up=False) | extended("P42D"), Marks(term=EXTENDED)),
        (flag(up=False) | moved("2026-03-23"), Marks()),
    ],
)
def test_what_is_made_suspended_or_extended_is_so_from_then(
    new: dict[str, Any], marks: Marks
) -> None:
    assert marks_in({"actie": "create", "wijzigingen": {"oud": None, "nieuw": new}}) == marks


def link(resource: str, name: str) -> str:
    return f"https://zaken.example/api/v1/{resource}/{name}"


def zaak(number: str, **fields: Any) -> dict[str, Any]:
    return {
        "url": link("zaken", number),
        "identificatie": number,
        "bronorganisatie": "517439943",
        "zaaktype": link("zaaktypen", "t"),
        "opschorting": {"indicatie": False, "reden": ""},
        **fields,
    }


def status(zaak: str, at: str, type_: str = "s") -> dict[str, Any]:
    return {
        "url": link("statussen", f"{zaak}-{at}"),
        "zaak": link("zaken", zaak),
        "statustype": link("statustypen", type_),
        "datumStatusGezet": at,
    }


def changed(zaak: str, at: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {
        "uuid": f"{zaak}-{at}",
        "hoofdObject": link("zaken", zaak),
        "resource": "zaak",
        "actie": "partial_update",
        "toelichting": "",
        "aanmaakdatum": at,
        "wijzigingen": {"oud": old, "nieuw": new},
    }


TYPES = [
    {"url": link("zaaktypen", "t"), "identificatie": "type-1", "omschrijving": "Vergunning"},
    {"url": link("statustypen", "s"), "omschrijving": "Ontvangen", "volgnummer": 1},
    {"url": link("statustypen", "b"), "omschrijving": "Besloten", "volgnummer": 2},
]


def saved(folder: Path, *answers: Any) -> Path:
    """Puts answers in a folder, besides those that are there."""
    (folder / "log").mkdir(exist_ok=True)
    there = len(list((folder / "log").iterdir()))
    for number, answer in enumerate(answers, there):
        said = answer if isinstance(answer, str) else json.dumps(answer)
        (folder / "log" / f"page-{number}.json").write_text(said, encoding="utf-8")
    return folder / "log"


@pytest.mark.parametrize(
    ("now", "statuses", "flags", "resumed"),
    [
        # no change tells the end: the next status does, not the one of the same call
        (
            "down",
            ["02T10:00:00", "02T10:00:01", "09T10:00:00"],
            ["02T10:00:00 up"],
            ["09T10:00:00"],
        ),
        ("down", ["02T10:00:00"], ["02T10:00:00 up"], []),
        ("up", ["02T10:00:00", "09T10:00:00"], ["02T10:00:00 up"], []),
        ("down", ["09T10:00:00"], ["02T10:00:00 up", "05T10:00:00 down"], ["05T10:00:00"]),
        # suspended again: the first one ended before that, if a status tells when
        ("up", ["05T10:00:00"], ["02T10:00:00 up", "07T10:00:00 up"], ["05T10:00:00"]),
        ("up", ["09T10:00:00"], ["02T10:00:00 up", "07T10:00:00 up"], []),
    ],
)
def test_a_suspension_of_which_no_change_tells_the_end(
    now: str,
    statuses: list[str],
    flags: list[str],
    resumed: list[str],
    tmp_path: Path,
    staged: Stage,
) -> None:
    trail = [
        changed("1", f"2026-03-{at}Z", flag(up=word != "up"), flag(up=word == "up"))
        for at, word in (each.split() for each in flags)
    ]
    set_ = [status("1", f"2026-03-{at}Z") for at in ["01T10:00:00", *statuses]]

    found = staged(saved(tmp_path, [zaak("1", **flag(up=now == "up")), *set_, *trail, *TYPES]))

    at = found.filter(pl.col("activity") == RESUMED)["at"].dt.strftime("%dT%H:%M:%S")
    assert at.to_list() == resumed


@pytest.mark.parametrize(
    "changes",
    [
        ["02T10:00:00 up", "02T10:00:01 up Opschorting: x", "09T10:00:00 down"],
        ["02T10:00:00 up", "05T10:00:00 up Opschorting: y", "09T10:00:00 down"],
        # the last days are moved first
        ["02T10:00:00 down Opschorting: x", "02T10:00:01 up", "09T10:00:00 down"],
        ["02T10:00:00 up", "09T10:00:00 down", "09T10:00:01 down Hervatting: x"],
        ["02T10:00:00 up", "09T10:00:00 up Hervatting: x", "09T10:00:01 down"],
        # a client that keeps the flag to itself
        [
            *("02T10:00:00 down Opschorting: x", "04T10:00:00 down Opschorting: y"),
            "09T10:00:00 down Hervatting: x",
        ],
    ],
)
def test_a_suspension_that_is_told_in_two_changes_is_one(
    changes: list[str], tmp_path: Path, staged: Stage
) -> None:
    trail, was = [], False
    for at, word, *note in (each.split(maxsplit=2) for each in changes):
        row = changed("1", f"2026-03-{at}Z", flag(up=was), flag(up=word == "up"))
        trail.append(row | {"toelichting": " ".join(note)})
        was = word == "up"
    statuses = [status("1", f"2026-03-{at}T10:00:00Z") for at in ("01", "10")]

    found = staged(saved(tmp_path, [zaak("1"), *statuses, *trail, *TYPES]))

    marks = found.filter(pl.col("lifecycle") == MARK)
    assert marks.select("activity", pl.col("at").dt.strftime("%dT%H:%M:%S")).rows() == [
        (SUSPENDED, "02T10:00:00"),
        (RESUMED, "09T10:00:00"),
    ]


def test_a_change_that_suspends_and_extends_is_two_marks(tmp_path: Path, staged: Stage) -> None:
    made = changed("1", "2026-03-01T09:00:00Z", {}, flag(up=True)) | {"actie": "create"}
    old, new = flag(up=True) | extended(None), flag(up=False) | extended("P42D")
    trail = [made, changed("1", "2026-03-05T10:00:00Z", old, new)]

    found = staged(
        saved(tmp_path, [zaak("1"), status("1", "2026-03-01T10:00:00Z"), *trail, *TYPES])
    )

    marks = found.filter(pl.col("lifecycle") == MARK)
    assert sorted(marks.select(pl.col("at").dt.day(), "activity").rows()) == [
        (1, SUSPENDED),
        (5, EXTENDED),
        (5, RESUMED),
    ]


def test_a_record_may_hold_others_and_be_given_twice(tmp_path: Path, staged: Stage) -> None:
    inside = {"status": status("1", "2026-03-02T10:00:00Z"), "zaaktype": TYPES[0]}
    page = {"count": 1, "next": None, "results": [zaak("1", _expand=inside)]}

    found = staged(saved(tmp_path, page, page, TYPES[1:]))

    assert found.select("case_id", "activity").rows() == [("517439943 1", "Ontvangen")]


def test_an_employee_and_the_source_of_a_team(tmp_path: Path, staged: Stage) -> None:
    def role(name: str, kind: str, **who: str) -> dict[str, Any]:
        url = link("rollen", name)
        return {"url": url, "betrokkeneType": kind, "betrokkeneIdentificatie": who}

    set_ = [
        status("1", f"2026-03-0{day}T10:00:00Z") | {"gezetdoor": link("rollen", str(day))}
        for day in (1, 2, 3)
    ]
    roles = [
        role("1", "medewerker", identificatie="m1", achternaam="Jansen"),
        role("2", "organisatorische_eenheid", identificatie="t1", naam="Team Noord"),
        role("3", "natuurlijk_persoon", inpBsn="999990639"),
    ]

    found = staged(saved(tmp_path, [zaak("1"), *set_, *roles, *TYPES]))

    assert found.select("resource", "team").rows() == [
        ("m1", None),
        (None, "Team Noord"),
        (None, None),
    ]


@pytest.mark.parametrize(
    ("user", "resource"),
    [("m1", "m1"), ("", None), (None, None), ("Systeem", None), ("zac-1", None), ("ZAC", None)],
)
def test_an_application_is_no_employee(
    user: str | None, resource: str | None, tmp_path: Path, staged: Stage
) -> None:
    at = "2026-03-02T10:00:00Z"
    made = changed("1", at, {}, {}) | {
        "resource": "status",
        "actie": "create",
        "resourceUrl": link("statussen", f"1-{at}"),
        "applicatieId": "zac-1",
        "applicatieWeergave": "Zac",
        "gebruikersId": user,
    }

    found = staged(saved(tmp_path, [zaak("1"), status("1", at), made, *TYPES]))

    assert found["resource"].to_list() == [resource]


def test_one_moment_has_the_order_of_the_numbers(tmp_path: Path, staged: Stage) -> None:
    at = "2026-03-02T10:00:00Z"
    set_ = [status("1", at, "b"), status("1", at) | {"url": link("statussen", "2")}]

    found = staged(saved(tmp_path, [zaak("1"), *set_, *TYPES]))

    assert found["activity"].to_list() == ["Ontvangen", "Besloten"]


OTHER = {"url": link("zaaktypen", "u"), "identificatie": "type-2", "omschrijving": "Bezwaar"}
TWO_TYPES = [
    *(zaak("1"), zaak("2", zaaktype=link("zaaktypen", "u")), OTHER, *TYPES),
    *(status("1", "2026-03-02T10:00:00Z"), status("2", "2026-03-03T10:00:00Z")),
]


def test_a_case_type_is_chosen(tmp_path: Path, staged: Stage) -> None:
    found = staged(saved(tmp_path, TWO_TYPES), case_type="type-2", case_attributes=["zaaktype"])

    assert found.select("case_id", "case:zaaktype").rows() == [("517439943 2", "Bezwaar")]


def test_case_types_are_counted_those_of_most_cases_first(tmp_path: Path) -> None:
    (scratch := tmp_path / "scratch").mkdir()
    another = zaak("3", zaaktype=link("zaaktypen", "u"))

    found = case_types(saved(tmp_path, [*TWO_TYPES, another]), "log", scratch)

    assert list(found.items()) == [("type-2", 2), ("type-1", 1)]


WHOLE = [zaak("1"), status("1", "2026-03-02T10:00:00Z"), *TYPES]


@pytest.mark.parametrize(
    ("answers", "case_type", "message"),
    [
        (
            [WHOLE, "<html><body>502 Bad Gateway</body></html>"],
            None,
            "log/page-1.json is not a complete",
        ),
        ([WHOLE, '{"count": 3, "results": [{"url"'], None, "log/page-1.json is not a complete"),
        ([WHOLE, ""], None, "log/page-1.json is not a complete"),
        ([WHOLE, [1, 2]], None, "log/page-1.json is not an answer"),
        ([WHOLE, '"text"'], None, "log/page-1.json is not an answer"),
        ([], None, "log holds no pages"),
        ([[zaak("1"), *TYPES]], None, "log holds no statuses"),
        ([WHOLE[:2]], None, "does not tell what any status is called"),
        ([TWO_TYPES], None, "log has cases of 2 types: type-1, type-2."),
        ([TWO_TYPES], "type-3", "log has no cases of type 'type-3'."),
        (
            [WHOLE, {"detail": "Niet opgegeven."}],
            None,
            "log/page-1.json holds an error of the API.",
        ),
        ([WHOLE, {"status": 403, "code": "x"}], None, "page-1.json holds an error of the API: 403"),
        ([WHOLE, {"naam": "iets"}], None, "log/page-1.json is not an answer"),
    ],
)
def test_what_is_not_whole_is_refused(
    answers: list[Any], case_type: str | None, message: str, tmp_path: Path
) -> None:
    (scratch := tmp_path / "scratch").mkdir()

    with pytest.raises(SourceError, match=message) as refused:
        read_zgw(saved(tmp_path, *answers), "log", [], scratch, case_type)

    assert refused.value.hint


def test_an_answer_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (scratch := tmp_path / "scratch").mkdir()

    raw = read_zgw(saved(tmp_path, "\ufeff" + json.dumps(WHOLE)), "log", [], scratch)

    assert len(raw.frame.collect()) == 1


def test_files_of_records_give_the_same_whatever_their_number(export: Path, tmp_path: Path) -> None:
    frames = []
    for at_once in (1, 7, 50_000):
        (scratch := tmp_path / str(at_once)).mkdir()
        frames.append(read_zgw(export, "log", [], scratch, at_once=at_once).frame.collect())

    assert frames[0].equals(frames[1])
    assert frames[0].equals(frames[2])


def noticed(found: pl.DataFrame) -> list[tuple[int, list[str]]]:
    """The rows of which something was noticed, and which rules that is about."""
    told = found.drop_nulls("noticed").select("row", "noticed").iter_rows()
    return [(row, [each["rule"] for each in notices]) for row, notices in told]


UP, DOWN = flag(up=True), flag(up=False)
NO_REASON = {"opschorting": {"indicatie": True, "reden": " "}}
BEFORE = {"opschorting": {"indicatie": False, "reden": "iets", "eerdereOpschorting": True}}


@pytest.mark.parametrize(
    ("suspension", "changes", "is_noticed"),
    [
        (UP, [], False),
        (NO_REASON, [], True),
        ({"opschorting": {"indicatie": True, "reden": None}}, [], True),
        ({}, [], False),
        ({"opschorting": None}, [], False),
        # a reason without a suspension: of one that was lifted, or of none
        (DOWN, [(UP, DOWN)], False),
        (DOWN, [({DAY: "2026-03-09"}, {DAY: "2026-03-23"})], True),
        (BEFORE, [({DAY: "2026-03-09"}, {DAY: "2026-03-23"})], False),
        # without the audit trail nobody knows
        (DOWN, [], False),
    ],
)
def test_a_suspension_and_its_reason(
    suspension: dict[str, Any],
    changes: list[tuple[dict[str, Any], dict[str, Any]]],
    *,
    is_noticed: bool,
    tmp_path: Path,
    staged: Stage,
) -> None:
    case = {key: value for key, value in zaak("1").items() if key != "opschorting"} | suspension
    set_ = [status("1", f"2026-03-0{day}T10:00:00Z") for day in (1, 2)]
    trail = [changed("1", "2026-03-05T10:00:00Z", *change) for change in changes]

    found = staged(saved(tmp_path, [case, *set_, *trail, *TYPES]))

    assert noticed(found) == ([(1, ["DQ11"])] if is_noticed else [])
    assert "iets" not in str(found.to_dicts())


def test_a_status_of_another_version_and_a_case_without_the_one_that_it_is_part_of(
    tmp_path: Path, staged: Stage
) -> None:
    versions = [type_ | {"zaaktype": link("zaaktypen", "t")} for type_ in TYPES[1:]]
    old = {"url": link("statustypen", "o"), "omschrijving": "Ontvangen", "volgnummer": 1}
    cases = [
        zaak("1"),
        zaak("2", hoofdzaak=link("zaken", "1")),
        zaak("3", hoofdzaak=link("zaken", "9")),
    ]
    set_ = [
        *(status("1", "2026-03-02T10:00:00Z", "o"), status("1", "2026-03-03T10:00:00Z")),
        *(status("2", "2026-03-02T10:00:00Z"), status("2", "2026-03-03T10:00:00Z", "b")),
        *(status("3", "2026-03-02T10:00:00Z"), status("3", "2026-03-03T10:00:00Z", "o")),
    ]
    types = [TYPES[0], *versions, old | {"zaaktype": link("zaaktypen", "s")}]

    found = staged(saved(tmp_path, [*cases, *set_, *types]))

    assert noticed(found) == [(1, ["DQ16"]), (5, ["DQ17"]), (6, ["DQ16"])]


def test_when_a_status_was_put_on_record_and_a_case_was_closed(
    tmp_path: Path, staged: Stage
) -> None:
    at, recorded = "2026-03-02T10:00:00Z", "2026-03-09T12:00:00Z"
    made = changed("1", recorded, {}, {}) | {
        "resource": "status",
        "actie": "create",
        "resourceUrl": link("statussen", f"1-{at}"),
    }
    shifted = changed("1", "2026-03-10T10:00:00Z", {DAY: "2026-03-09"}, {DAY: "2026-03-23"})
    set_ = [status("1", at), status("1", "2026-03-03T10:00:00Z")]
    columns = {"recorded_timestamp": "aanmaakdatum", "closing_timestamp": "einddatum"}
    case = zaak("1", einddatum="2026-03-20")

    found = staged(saved(tmp_path, [case, *set_, made, shifted, *TYPES]), columns=columns)

    told = found.select(pl.col("recorded_at", "closed_at").dt.strftime("%d %H:%M")).rows()
    assert told == [("09 12:00", "19 23:00"), (None, "19 23:00"), ("10 10:00", "19 23:00")]


def test_when_simulated_statuses_were_put_on_record(export: Path, staged: Stage) -> None:
    found = staged(export, columns={"recorded_timestamp": "aanmaakdatum"})

    told = found.filter(pl.col("recorded_at").is_not_null())
    assert noticed(found) == []
    assert len(told) > 30
    assert (told["recorded_at"] - told["at"]).abs().max() < dt.timedelta(seconds=1)


def page(
    records: list[dict[str, Any]], count: int | None, number: int = 1, last: int = 1
) -> dict[str, Any]:
    """One page of a list of statuses, as the API gives it."""
    about = f"{link('statussen', '')}?page={{}}&pageSize=1"
    first = f"{link('statussen', '')}?pageSize=1"  # the address of the first has no number
    before = first if number == 2 else about.format(number - 1)
    return {
        "count": count,
        "next": about.format(number + 1) if number < last else None,
        "previous": before if number > 1 else None,
        "results": records,
    }


def test_an_open_case_without_a_status_waits_since_it_was_registered(
    tmp_path: Path, staged: Stage
) -> None:
    cases = [
        zaak("1", registratiedatum="2026-03-01"),
        zaak("2", registratiedatum="2026-03-05"),
        zaak("3", registratiedatum="2026-03-05", einddatum="2026-03-06"),
        zaak("4", registratiedatum="2026-01-05"),
        zaak("5"),
    ]
    log = saved(tmp_path, cases, status("1", "2026-03-02T10:00:00Z"), TYPES)

    found = staged(log, columns={"registration_timestamp": "registratiedatum"})

    assert found.select("case_id", "activity", "is_day", "registered_at").rows() == [
        ("517439943 1", "Ontvangen", False, dt.datetime(2026, 2, 28, 23, tzinfo=dt.UTC)),
        ("517439943 2", "registratiedatum", True, None),
    ]
    assert left_out_of(log, tmp_path) == {CLOSED: 1, EARLY: 2}


@pytest.mark.parametrize(
    ("archived", "is_left_out"),
    [
        ({"archiefnominatie": "vernietigen", "archiefactiedatum": "2020-01-01"}, True),
        ({"archiefnominatie": "vernietigen", "archiefactiedatum": "2920-01-01"}, False),
        ({"archiefnominatie": "vernietigen", "archiefactiedatum": None}, False),
        ({"archiefnominatie": "blijvend_bewaren", "archiefactiedatum": "2020-01-01"}, False),
        ({"archiefnominatie": None, "archiefactiedatum": "2020-01-01"}, False),
    ],
)
def test_what_should_have_been_destroyed_is_left_out(
    archived: dict[str, Any], is_left_out: object, tmp_path: Path, staged: Stage
) -> None:
    set_ = [status(number, "2026-03-02T10:00:00Z") for number in ("1", "2")]
    changes = [changed("2", "2026-03-03T10:00:00Z", flag(up=False), flag(up=True))]
    log = saved(tmp_path, [zaak("1"), zaak("2", **archived), *set_, *changes, *TYPES])

    found = staged(log)

    assert found["case_id"].n_unique() == (1 if is_left_out else 2)
    due = found.drop_nulls("destroy_on").select("case_id", "destroy_on").unique().rows()
    is_later = archived == {"archiefnominatie": "vernietigen", "archiefactiedatum": "2920-01-01"}
    assert due == ([("517439943 2", dt.date(2920, 1, 1))] if is_later else [])
    assert left_out_of(log, tmp_path) == ({DESTROYED: 1} if is_left_out else {})


def left_out_of(log: Path, folder: Path) -> dict[str, int]:
    (scratch := folder / "scratch").mkdir()
    raw = read_zgw(log, "log", [], scratch)
    assert raw.missing == 0
    return dict(raw.left_out)


@pytest.mark.parametrize(
    ("records", "missing"),
    [
        ([status("8", "2026-03-02T10:00:00Z"), status("8", "2026-03-03T10:00:00Z")], 1),
        ([status("8", "2026-03-02T10:00:00Z"), status("9", "2026-03-03T10:00:00Z")], 2),
        ([status("8", "2026-03-02T10:00:00Z", "of another case type")], 0),
        ([zaak("2", status=link("statussen", "gone"))], 1),
        ([zaak("2", status=status("1", "2026-03-02T10:00:00Z")["url"])], 0),
        # what a count tells to be missing may be what is referred to
        ([page([status("8", "2026-03-02T10:00:00Z")], 4)], 3),
    ],
)
def test_what_is_only_referred_to_is_missing(
    records: list[Any], missing: int, tmp_path: Path
) -> None:
    (scratch := tmp_path / "scratch").mkdir()
    types = [each | {"zaaktype": link("zaaktypen", "t")} for each in TYPES]
    there = [zaak("1"), status("1", "2026-03-02T10:00:00Z"), *types]

    raw = read_zgw(saved(tmp_path, there, *records), "log", [], scratch)

    assert raw.missing == missing


SET = [status("1", f"2026-03-0{day}T10:00:00Z") for day in range(1, 6)]


@pytest.mark.parametrize(
    ("pages", "missing"),
    [
        ([page(SET, 5)], 0),
        ([page(SET, 7)], 2),
        ([page(SET, None)], 0),
        ([SET], 0),
        # pages of one list, of which one is not there, or was given twice as they shifted
        ([page(SET[:2], 5, 1, 3), page(SET[2:4], 5, 2, 3), page(SET[4:], 5, 3, 3)], 0),
        ([page(SET[:2], 5, 1, 3), page(SET[4:], 5, 3, 3)], 2),
        ([page(SET[:2], 5, 1, 3), page(SET[1:3], 5, 2, 3), page(SET[4:], 5, 3, 3)], 1),
        ([page(SET[:2], 5, 1, 3), page(SET[2:4], 6, 2, 3), page(SET[4:], 6, 3, 3)], 1),
        # a list of its own for each case
        ([page(SET[:2], 3), page(SET[2:], 4)], 2),
        ([page(SET, 5), page([], 3)], 3),
        # a row of the audit trail has no address
        ([page([{"uuid": "a", "hoofdObject": "z"}, {"uuid": "b", "hoofdObject": "z"}], 3)], 1),
        # an API that does not count to the end
        ([page(SET[:2], 2, 1, 2) | {"countExact": False}, page(SET[2:], 5, 2, 2)], 0),
    ],
)
def test_how_many_records_are_missing(pages: list[Any], missing: int, tmp_path: Path) -> None:
    (scratch := tmp_path / "scratch").mkdir()
    export = saved(tmp_path, *pages, page([zaak("1")], 1), [*SET, *TYPES])

    assert read_zgw(export, "log", [], scratch).missing == missing


def test_what_is_missing_is_told_of_a_source(tmp_path: Path) -> None:
    export = saved(tmp_path, page(SET, 9), page([zaak("1")], 1), TYPES)
    settings = Settings.model_validate(
        {
            "process": {"id": "test"},
            "sources": [{"path": str(export), "format": "zgw"}],
            "journey": {"end": ["Besloten"]},
            "privacy": {"pseudonymise": []},
        }
    )
    [file] = find_files(settings.sources[0], tmp_path / "c.yaml", 0)
    (out := tmp_path / "out").mkdir()

    done = stage(file, settings.sources[0], settings, tmp_path / "c.yaml", 0, out)

    assert (done.rows, done.missing) == (5, 4)


@pytest.mark.parametrize(
    ("note", "column"),
    [
        ("Burger belde, BSN 999990342 genoteerd.", "statustoelichting"),
        ("Telefoon +31 612345678, bedrag 123.456.782,50", None),
    ],
)
def test_of_a_note_only_the_numbers_are_looked_at(
    note: str, column: str | None, tmp_path: Path
) -> None:
    (scratch := tmp_path / "scratch").mkdir()
    noted = status("1", "2026-03-02T10:00:00Z") | {"statustoelichting": note}

    raw = read_zgw(saved(tmp_path, [zaak("1"), noted, *TYPES]), "log", [], scratch)

    found = looked_through(raw, ()).frame.select(pl.col(NOTICED)).collect().item()
    assert (found is None) == (column is None)
    assert column is None or found.to_list() == [{"rule": "DQ14", "column": column}]
    assert "Burger" not in str(raw.frame.collect().to_dicts())
    assert "statustoelichting" not in raw.columns


def test_a_citizens_number_in_an_attribute_that_is_not_read(tmp_path: Path, staged: Stage) -> None:
    attribute = {
        "url": link("zaakeigenschappen", "1"),
        "zaak": link("zaken", "1"),
        "naam": "aanvrager",
        "waarde": "999990342",
    }
    set_ = [status(number, "2026-03-02T10:00:00Z") for number in ("1", "2")]

    found = staged(saved(tmp_path, [zaak("1"), zaak("2"), *set_, attribute, *TYPES]))

    assert found["noticed"].to_list() == [[{"rule": "DQ14", "column": "case:aanvrager"}], None]
