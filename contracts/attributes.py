# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What cases may be kept with and compared by: what is about the process, never about a person."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

_ABOUT_A_PERSON = (
    *("nationalit", "geboorte", "birth", "etnic", "ethnic", "afkomst", "geslacht", "gender"),
    *("burgerlijkestaat", "marital", "religi", "godsdienst", "huisnummer", "housenumber"),
    *("burgerservice", "kenteken", "licenceplate", "licenseplate", "achternaam", "voornaam"),
    *("surname", "firstname", "lastname", "authenticatiecontext", "rekeningnummer"),
)
_ABOUT_A_PERSON_ALONE = {
    *("naam", "name", "sex", "taal", "language", "race", "ras", "geloof", "postcode", "zipcode"),
    *(
        "bsn",
        "bsnnummer",
        "emailadres",
        "telefoonnummer",
        "anummer",
        "vnummer",
        "iban",
        "email",
        "telefoon",
        "phone",
        "adres",
        "address",
    ),
}


def _of_the_process(name: str) -> str:
    """Refuses what cases must never be compared by, or even kept with.

    An agency that wants to know whether it treats people unequally does so in a study of its own,
    with the safeguards for that.
    """
    letters = "".join(filter(str.isalpha, name.removeprefix("case:").lower()))
    if letters in _ABOUT_A_PERSON_ALONE or any(each in letters for each in _ABOUT_A_PERSON):
        raise ValueError(
            f"'{name}' is about a person; keep what is about the process, as its channel or region"
        )
    return name


CaseAttribute = Annotated[Name, AfterValidator(_of_the_process)]
