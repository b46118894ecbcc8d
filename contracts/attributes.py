# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""By what cases may be compared, and what is kept with them: the process, never a person."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from contracts.column_words import says_citizen_number, words

Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

_MAKES_A_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# random letters and digits: the secret itself instead of the name of its variable
_SEEMS_A_SECRET = re.compile(r"(?=.*[0-9])(?=.*[a-z]).{32,}|(?=.*[0-9])[A-Z0-9]{32,}")


def _of_a_variable(name: str) -> str:
    if not _MAKES_A_VARIABLE.fullmatch(name) or _SEEMS_A_SECRET.fullmatch(name):
        raise ValueError(
            "this is not the name of an environment variable; put the secret in one, and name "
            "that here"
        )
    return name


Variable = Annotated[Name, AfterValidator(_of_a_variable)]
"""The name of an environment variable, never its value."""

_NUMBER = r" ?(?:nummer|nr|number|no)\b"
_ABOUT_A_PERSON = re.compile(
    # a person's origin or belief
    r"nationalit|citizenship|staatsburger|geboorte|birth|\bgeb ?(?:dat|jaar|plaats|land)|\bdob\b"
    r"|etnic|ethnic|afkomst|herkomst ?land|land van herkomst|country of origin|origin country"
    r"|migrati(?:e ?achtergrond|on ?background)|huids?kleur|skin ?colou?r"
    r"|geslacht|\bgender|gender\b|\bsekse|\bsex\b|burgerlijke ?staat|marital|religi|godsdienst"
    r"|kerkgenootschap|levensovertuiging|diagnos[ei]|\bhandicap|disabilit"
    # their address and names
    r"|\bpost ?code(?: ?6)?\b|\bpc ?6\b|\bzip ?code|\bpostal ?code|huis ?(?:nummer|nr)"
    r"|house ?number|achternaam|(?:voor|roep)na(?:am|men)|voorletter|surname|first ?name|last ?name"
    # their numbers
    rf"|rekening{_NUMBER}|\biban\b|(?:rijbewijs|paspoort|passport|document){_NUMBER}"
    rf"|kenteken|licen[cs]e ?plate|\b[av]{_NUMBER}|vreemdelingen?{_NUMBER}|\bcrv\b"
    r"|authenticatie ?context"
)
_MAY_BE_OF_A_PERSON = (
    r"na(?:am|men)|names?|(?:voorkeurs?)?taal(?:voorkeur)?|(?:preferred)?language(?:preference)?"
    r"|(?:tele)?(?:foon|phone)(?:nummer|nr|number|no)?|mobiel(?:nummer|nr)?|mobile(?:number|no)?"
    r"|email|(?:e?mail|woon|huis|post|bezoek|home|street)?(?:adres|address)"
    r"|straat(?:naam)?|street(?:name)?|zip"
    r"|leeftijd(?:s?(?:groep|categorie|klasse)|(?:bij|op).*)?|age(?:group|category|class|at.*)?"
    r"|(?:type)?huishoud(?:en)?s?(?:type|samenstelling)?|household(?:type|composition)?"
    r"|gezins?(?:samenstelling|situatie)?|mv|manvrouw|ras|race|geloof"
)
_OF_WHOM = (
    r"aanvrager|klant|burger|inwoner|bewoner|cli[eë]nt|persoon|partner|contact|betrokkene"
    r"|belanghebbende|indiener|melder|verzoeker|gemachtigde|eigenaar|gebruiker|medewerker"
    r"|behandelaar|pati[eë]nt|applicant|customer|citizen|person|requester|resident|user|employee"
    r"|owner|volledige?|full|jaren|years|in|van|de|het|of|the|s|[0-9]"
)
_OF_A_PERSON_ALONE = re.compile(
    rf"(?:{_OF_WHOM})*(?:(?:{_MAY_BE_OF_A_PERSON})(?:{_OF_WHOM})*){{1,3}}"
)


def is_about_a_person(name: str) -> bool:
    """Whether a column of this name tells who or what a person is.

    A word like *naam* or *age* does, unless a word beside it says that it is of something else.
    """
    said = words(name)
    return (
        says_citizen_number(name)
        or _ABOUT_A_PERSON.search(" ".join(said)) is not None
        or _OF_A_PERSON_ALONE.fullmatch("".join(said)) is not None
    )


def _of_the_process(name: str) -> str:
    """Refuses an attribute by which cases must never be compared, nor be kept with them.

    An agency that wants to know whether it treats people unequally should do a study of its own,
    with the safeguards for that.
    """
    if is_about_a_person(name):
        raise ValueError(
            f"'{name}' is about a person; keep what is about the process, as its channel or region"
        )
    return name


CaseAttribute = Annotated[Name, AfterValidator(_of_the_process)]
