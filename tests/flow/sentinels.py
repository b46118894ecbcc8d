# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A log in which all that tells who somebody is can be known again, written as any export.

What nobody reads holds names, birthdays, addresses, accounts and notes. What is read holds citizen
service numbers where none should be: in the name of a step, and in an attribute of cases; and, of
one case, a name and an e-mail address.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from simulation.description import Attribute, process
from simulation.generator import Order, Simulated
from simulation.recording.dialects import DIALECTS
from simulation.recording.log import Part
from tests.scan import Needles

CASES = 60
TELLING = 1
"""The case that tells who somebody is in what is read of it."""

SPOKEN_OF = "Gebeld over BSN "
VISIT = "Bezoek (BSN "
"""With what a text begins in which a number stands that should not."""

_CALLED_SO = "Beslissing genomen"  # the step whose name has the number of a citizen
_UNREAD = ("naam", "geboortedatum")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_IBAN = "NL91ABNA0417164300"
_STAFF = 12


def _passing() -> Iterator[str]:
    """Numbers that may be those of citizens."""
    for number in range(281_000_000, 999_999_999, 7_919):
        weighed = zip(_WEIGHTS, map(int, str(number)), strict=True)
        if sum(weight * digit for weight, digit in weighed) % 11 == 0:
            yield str(number)


BSN = [number for number, _ in zip(_passing(), range(CASES), strict=False)]


def case_id(export: str, case: int) -> str:
    """What a case is called in one export."""
    return f"Qzaak-{export}-{case:04}"


def needles(exports: list[str]) -> Needles:
    """All that may be written nowhere."""
    everyone = range(CASES)
    ids = [case_id(export, case) for export in exports for case in everyone]
    cores = ["Qzaak", "Qmedewerker", "Qachternaam", "Qnotitie", "Qstraat", "qpost", "qmail.example"]
    compact = [_birthday(case).replace("-", "") for case in range(28)]
    birthdays = ["1931-02-", "-02-1931", *compact, "(1931, 2,"]
    whole = [
        *ids,
        *(f"123456789 {id_}" for id_ in ids),
        *(f"Qmedewerker {number}" for number in range(_STAFF)),
        *(f"{make(case)}" for make in (_name, _birthday, _mail) for case in everyone),
    ]
    return Needles([*cores, *birthdays, *BSN, *map(_dotted, BSN), _IBAN], [*whole, *BSN, _IBAN])


def write(export: str, dialect: str, folder: Path) -> None:
    """Writes the log in a new folder; case ids are those of ``export``."""
    vis = process("vis")
    attributes = {**vis.attributes, **dict.fromkeys(_UNREAD, Attribute())}
    parts = _parts()
    numbers = [case for part in parts for case in part.cases["case"]]
    planted = [
        _planted(part, export, {case: n for n, case in enumerate(numbers)}) for part in parts
    ]
    folder.mkdir(parents=True)
    DIALECTS[dialect](planted, vis.model_copy(update={"attributes": attributes}), folder)
    if dialect == "ocel":
        _rewrite(folder / "export.json", _in_objects)
    for page in folder.rglob("page-*.json"):
        _rewrite(page, _in_answers)


@cache
def _parts() -> list[Part]:
    """The log as it is simulated: the same for every export."""
    return list(Simulated(Order("vis", CASES, 1)).parts())


def _name(case: int) -> str:
    return f"Zoë Qachternaam{case}"


def _birthday(case: int) -> str:
    return f"1931-02-{1 + case % 28:02}"


def _mail(case: int) -> str:
    return f"qpost{case}@qmail.example"


def _dotted(number: str) -> str:
    return f"{number[:3]}.{number[3:6]}.{number[6:]}"


def _note(case: int) -> str:
    return f'Qnotitie: "{_name(case)}" <{_mail(case)}>, BSN {_dotted(BSN[case])}, rekening {_IBAN}'


def _planted(part: Part, export: str, numbers: dict[int, int]) -> Part:
    def told(make: Callable[[int], object]) -> pl.Expr:
        texts = {case: str(make(number)) for case, number in numbers.items()}
        return pl.col("case").replace_strict(texts, return_dtype=pl.String)

    is_visit, is_spoken_of = told(lambda n: n % 3) == "0", pl.col("activity") == _CALLED_SO
    cases = part.cases.with_columns(
        told(lambda n: case_id(export, n)).alias("case_id"),
        told(_name).alias("naam"),
        told(_birthday).alias("geboortedatum"),
        pl.when(is_visit)
        .then(told(lambda n: f"{VISIT}{BSN[n]})"))
        .otherwise("reisdoel")
        .alias("reisdoel"),
        pl.when(told(lambda n: n == TELLING) == "True")
        .then(told(lambda n: f"{_name(n)}, {_mail(n)}"))
        .otherwise("locatie")
        .alias("locatie"),
    )
    who = pl.format("Qmedewerker {}", (pl.col("case") + pl.col("number")) % _STAFF)
    events = part.events.with_columns(
        pl.when(pl.col("resource").is_not_null()).then(who).alias("resource"),
        pl.when(is_spoken_of)
        .then(told(lambda n: f"{SPOKEN_OF}{BSN[n]}"))
        .otherwise("activity")
        .alias("activity"),
        told(_note).alias("note"),
    )
    return part._replace(cases=cases, events=events)


def _rewrite(path: Path, change: Callable[[Any], None]) -> None:
    told = json.loads(path.read_text("utf-8"))
    change(told)
    path.write_text(json.dumps(told), encoding="utf-8")  # with escapes, as some systems write


def _in_objects(log: dict[str, Any]) -> None:
    """Notes with the events, which the dialect leaves out."""
    for number, event in enumerate(log["events"]):
        note = {"name": "toelichting", "value": _note(number % CASES)}
        event["attributes"].append(note)


def _in_answers(page: dict[str, Any]) -> None:
    """Who asked, who is called otherwise, and what changed, in all places that may hold it."""
    for number, record in enumerate(page["results"]):
        case = number % CASES
        if "roltype" in record and record["betrokkeneType"] == "natuurlijk_persoon":
            record["betrokkeneIdentificatie"] = _citizen(case)
            record["afwijkendeNaamBetrokkene"] = _name(case)
            record["contactpersoonRol"] |= {"emailadres": _mail(case), "naam": _name(case)}
            record["roltoelichting"] = _note(case)
        if "bronorganisatie" in record:
            record |= {"omschrijving": _name(case), "toelichting": _note(case)}
            record["kenmerken"] = [{"kenmerk": BSN[case], "bron": _name(case)}]
        if "wijzigingen" in record:
            record["toelichting"] += f" {_note(case)}"
            record["gebruikersWeergave"] = _name(case)
            record["wijzigingen"]["nieuw"] |= {
                "toelichting": _note(case),
                "omschrijving": BSN[case],
            }
        if record.get("omschrijving") == _CALLED_SO:
            record["omschrijving"] = f"{SPOKEN_OF}{BSN[0]}"


def _citizen(case: int) -> dict[str, Any]:
    return {
        "inpBsn": BSN[case],
        "geslachtsnaam": _name(case),
        "voornamen": _name(case),
        "geboortedatum": _birthday(case),
        "verblijfsadres": {"gorOpenbareRuimteNaam": f"Qstraat {case}", "aoaHuisnummer": case},
    }
