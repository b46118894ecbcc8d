# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Config keys and classes of waiting, in words that can be translated."""

from __future__ import annotations

import re

from contracts.dialogue import Said
from contracts.journey import Actor
from contracts.rules import Owner
from reporting.words.speech import Speech, sentence

KEYS = {
    "as_of": sentence("the moment up to which is counted: the last event of the log"),
    "process": sentence("what the process is called"),
    "sources": sentence("where the data come from"),
    "sources.columns": sentence("which column is which"),
    "sources.case_attributes": sentence("what is kept of each case"),
    "journey": sentence("how cases are meant to go"),
    "journey.start": sentence("where a case starts"),
    "journey.end": sentence("where a case ends"),
    "journey.steps": sentence("who must act for each step"),
    "journey.pauses": sentence("when cases stood still on purpose"),
    "journey.suspensions": sentence("when a legal term stands still"),
    "definitions": sentence("what came to mean something else"),
    "calendar": sentence("when the organisation is open"),
    "calendar.country": sentence("the country of the public holidays"),
    "calendar.hours": sentence("the opening hours"),
    "calendar.closed": sentence("the days that the organisation is closed"),
    "deadlines": sentence("the legal deadlines"),
    "validation.tolerance": sentence("the share of the rows that may break a rule of the gate"),
    "validation": sentence("how serious it is when a rule of the gate is broken"),
    "privacy": sentence("how personal data are protected"),
    "privacy.pseudonymise": sentence("which names and numbers are replaced"),
    "privacy.key_env": sentence("the key for replacing names and numbers"),
    "privacy.epoch": sentence("since when names and numbers are replaced by these"),
    "privacy.minimum_group": sentence("the smallest group that is shown"),
    "store": sentence("what the store keeps"),
    "store.retention": sentence("when cases that ended are removed"),
    "store.history": sentence("how long replaced data are kept"),
    "analysis": sentence("how waits are compared"),
    "analysis.segments": sentence("the groups that are compared"),
    "analysis.rank_by": sentence("what waits are ranked by"),
    "analysis.top": sentence("how many waits are ranked"),
    "report": sentence("which reports are written"),
    "report.languages": sentence("the languages of the report"),
    "report.formats": sentence("the file formats of the report"),
    "report.style": sentence("the house style of the report"),
    "report.public": sentence("whether there is a copy for the public"),
    "sources.timezone": sentence("the time zone of the data"),
    "sources.format": sentence("the file format of the data"),
    "sources.only": sentence("which rows of the data are read"),
    "sources.month_first": sentence("whether the month comes first in dates of the data"),
}

LEFT_OUT = {
    "journey.steps": sentence("who must act for each step: always the agency"),
    "analysis.segments": sentence("the groups that are compared: none"),
}

EXPLAINED = {
    "statutory_wait": sentence("a period that the law sets"),
    "policy_pause": sentence("a pause that was decided on"),
    "waiting_on_citizen": sentence("it was the citizen's turn"),
    "parallel": sentence("the case went on meanwhile and did not wait for this"),
    "outside": sentence("outside the legal term: before it, or after the outcome"),
}

DEVIATION = {
    "skipped": sentence("skipped where it was meant to be"),
    "extra": sentence("done where it was not meant to be"),
}

LEDGER = {
    "agency_wait": sentence("The agency: the case stood still"),
    "agency_work": sentence("The agency: the case was worked on"),
    "third_party": sentence("Another party"),
    "citizen": sentence("The citizen"),
    "statutory": sentence("A period that the law sets"),
    "policy_pause": sentence("A pause that was decided on"),
    "outside": sentence("Outside the legal term: before it, or after the outcome"),
    "unknown": sentence("Not known"),
}

TURN: dict[Actor | None, str] = {
    "agency": sentence("the agency"),
    "citizen": sentence("the citizen"),
    "third_party": sentence("another party"),
    None: sentence("not known"),
}

ANSWERS: tuple[tuple[Said, str, str], ...] = (
    ("yes", "Ja, want …", "Yes, because …"),
    ("no", "Nee, want …", "No, because …"),
    (
        "unknown",
        "Dat weet ik nog niet, eerst zoeken we uit …",
        "I do not know yet; first we find out …",
    ),
)

SEVERITY = {
    "critical": sentence("must be right"),
    "warning": sentence("should be right"),
    "info": sentence("good to know"),
}

OUTCOME = {
    "critical": sentence("the run stops"),
    "warning": sentence("set aside"),
    "info": sentence("only reported"),
}

OWNER: dict[Owner, str] = {
    "data_engineer": sentence("whoever makes the export"),
    "system_owner": sentence("whoever manages the case system"),
    "process_owner": sentence("the owner of the process"),
    "privacy_officer": sentence("the data protection officer"),
}


def nearest_key(name: str) -> str | None:
    """The words, to be translated, for a config key or for the nearest key above it."""
    while name and name not in KEYS:
        name = name.rpartition(".")[0]
    return KEYS.get(name)


def key(item: str, speech: Speech) -> str | None:
    """A key that a config left out, in words; nothing for a key without words.

    Args:
        item: the key, followed by the value that was taken, if any.
        speech: the language of the words.
    """
    path = re.split(" = |: ", item)[0].split(".")
    name = ".".join(part for part in path if not part.isdigit())
    words = LEFT_OUT.get(name) or KEYS.get(name)
    return words and speech.say(words)
