# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which attributes are about a person, in the words of exports, and which only sound alike."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.attributes import CaseAttribute

OF_A_PERSON = """
    nationaliteit, tweedeNationaliteit, citizenship, geboorteland, geb_datum, DOB, geslacht, sekse
    case:gender, sex, M/V, etniciteit, huidskleur, ras, migratieachtergrond, herkomstland
    Land van herkomst, country of origin, burgerlijke staat, Huishoudtype, taal, language
    Taalvoorkeur, religie, kerkgenootschap, geloof, diagnose, handicap, leeftijd, age, age_group
    Leeftijd bij aanvraag, leeftijdscategorie, PC6, postcode, postcode aanvrager, zip, straat
    straatnaam, woonadres, adres, huisnummer, naam, Naam aanvrager, klantnaam, naam_van_de_klant
    voorletters, roepnaam, achternaam, E-mail, emailadres, telefoonnr, mobiel, bsn, inpBsn
    bsn_aanvrager, BSN klant, A-nummer, inpA_nummer, vnummer, vreemdelingennummer, crv
    rijbewijsnummer, documentnummer, IBAN-nummer, rekeningnr, kenteken, authenticatieContext
"""
OF_THE_PROCESS = """
    kanaal, regio, wijk, herkomst, aanvraagtype, documenttype, rijbewijscategorie, adreswijziging
    straatverlichting, mobiliteit, mobiel loket, telefoonteam, leeftijd gebouw, case age, page
    stage, usage, language of letter, teamnaam, groepsnaam, type name, termName, dringende reden
    volgende regel, volgnummer, race condition, zip file, postcodegebied, contact, klanttype
"""


def names(lines: str) -> list[str]:
    return [name.strip() for line in lines.strip().splitlines() for name in line.split(",")]


@pytest.mark.parametrize("name", names(OF_A_PERSON))
def test_what_is_about_a_person_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="is about a person"):
        TypeAdapter(CaseAttribute).validate_python(name)


@pytest.mark.parametrize("name", names(OF_THE_PROCESS))
def test_what_only_sounds_like_it_is_not(name: str) -> None:
    assert TypeAdapter(CaseAttribute).validate_python(name) == name


def test_a_long_name_is_judged_at_once() -> None:
    name = "in" * 400 + "naamadresstraat" * 200 + "x"

    assert TypeAdapter(CaseAttribute).validate_python(name) == name
