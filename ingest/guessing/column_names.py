# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The names that exports give their columns, in Dutch, in English and in known tools."""

from __future__ import annotations

import re

from contracts.column_words import words
from ingest.roles import STANDARD

NAMES: dict[str, tuple[str, ...]] = {
    "case_id": (
        *("zaaknummer", "zaakidentificatie", "zaakid", "zaaknr", "zaakkenmerk", "zaak"),
        *("dossiernummer", "dossierid", "dossiernr", "dossier", "aanvraagnummer", "aanvraagid"),
        *("meldnr", "meldingnr", "meldingnummer", "meldingsnummer", "aanvraagnr"),
        *("verzoeknummer", "claimnummer", "kenmerk"),
        *("caseid", "casekey", "caseidentifier", "casenumber", "caseno", "case"),
        *("requestid", "requestnumber", "applicationid", "claimid", "ticketid", "incidentid"),
    ),
    "activity": (
        *("activiteit", "activiteitnaam", "stap", "stapnaam", "processtap", "handeling"),
        *("taak", "taaknaam", "gebeurtenis", "actie", "statusomschrijving", "statusnaam"),
        *("activity", "activitynl", "activityen", "activityname", "taskname", "task", "eventname"),
        *("event", "step", "action", "status", "statustype", "fase"),
    ),
    "timestamp": (
        *("tijdstip", "tijdstempel", "datumtijd", "datumstatusgezet", "statusdatum", "eindtijd"),
        *("eindtijdstip", "gereedop", "gereed", "voltooidop", "voltooid", "afgerond", "datum"),
        *("completetimestamp", "completiontimestamp", "endtimestamp", "eventtime", "eventdatetime"),
        *("eventtimestamp", "timestamp", "datetime", "enddatetime", "endtime", "completedat"),
        *("time", "date", "tijd", "udate", "einddatum", "enddate", "eventts", "ts", "moment"),
    ),
    "start_timestamp": (
        *("begonnen", "begonnenop", "begintijd", "begintijdstip", "begin", "gestart", "gestartop"),
        *("starttijd", "starttijdstip", "aanvang", "starttimestamp", "startdatetime", "starttime"),
        *("eventstarttime", "startedat", "started", "start", "startdatum", "startdate"),
    ),
    "registration_timestamp": (
        *("registratiedatum", "registratietijdstip", "datumregistratie", "ontvangstdatum"),
        *("datumontvangst", "aanvraagdatum", "datumaanvraag", "startdatum", "startdatumzaak"),
        *("registrationdate", "registeredat", "registeredon", "regdate", "receiveddate"),
        *("startdate", "createddate"),
    ),
    "closing_timestamp": (
        *("einddatum", "einddatumzaak", "afsluitdatum", "sluitdatum", "afhandeldatum"),
        *("datumafsluiting", "datumafhandeling", "datumgesloten", "afgeslotenop", "afgesloten"),
        *("closingdate", "closeddate", "closedat", "closedon", "enddate"),
    ),
    "recorded_timestamp": (
        *("vastgelegd", "vastgelegdop", "ingevoerd", "ingevoerdop", "invoerdatum", "invoermoment"),
        *("aangemaakt", "aangemaaktop", "aanmaakdatum", "mutatiedatum", "gewijzigdop"),
        *("recordedat", "recordedon", "recorded", "createdat", "createdon", "created", "loggedat"),
        *("entrydate", "insertedat", "modifiedon", "modifiedat"),
    ),
    "resource": (
        *("medewerker", "medewerkernaam", "medewerkerid", "behandelaar", "gebruiker"),
        *("gebruikersnaam", "gebruikerid", "gebruikersid", "uitvoerder", "uitgevoerddoor"),
        *("gewijzigddoor", "behandelddoor", "changedby", "modifiedby", "performedby", "author"),
        *("ambtenaar", "account", "resource", "username", "userid", "user", "employee"),
        *("employeeid", "agent", "performer", "handler", "originator", "assignee", "worker"),
        *("usnam", "ernam", "aenam"),  # of SAP
    ),
    "team": (
        *("afdeling", "afdelingsnaam", "team", "teamnaam", "behandelgroep", "werkgroep", "groep"),
        *("cluster", "bureau", "department", "unit", "teamname", "group", "queue"),
        *("eenheid", "orgeenheid", "organisatieonderdeel"),
    ),
    "org": (
        *("organisatie", "organisatienaam", "instantie", "ketenpartner", "instelling"),
        *("organisation", "organization", "orgname", "agency", "company", "org"),
    ),
}
"""The names of each role, in lower-case letters and digits only, likeliest first."""

_FEWEST_LETTERS = 5
_NOT_YET = re.compile(
    r"gepland|uiterlijk|uiterste|verwacht|streef|termijn|fatale|rappel|\bsla\b"
    r"|verval(?!len)|vernietig(?!d)|archief|geldig tot|planned|deadline|due|expected|target"
)
_OF_THE_RECORD = re.compile(
    r"gewijzigd|wijziging|mutatie|bijgewerkt|peildatum|extract|export|modified|\bupdated?\b"
)
_AROUND_AN_END = (
    r"(?:datum|date|tijdstip|tijd|time|stamp|stap|step|taak|task|activiteit|activity|werk|work|event"
    r"|van|of|op|at|on)*"
)
_END_OF_STEP = re.compile(
    rf"{_AROUND_AN_END}(?:einde?|gereed|klaar|voltooid|afgerond|end(?:ed)?|finish(?:ed)?"
    rf"|completed?|completion){_AROUND_AN_END}"
)
_YEARS = {
    *("jaar", "jaartal", "dossierjaar", "zaakjaar", "boekjaar", "aanvraagjaar", "meldingsjaar"),
    *("year", "caseyear", "fiscalyear", "gjahr"),
}
_NUMBERS_IN_A_YEAR = {
    *("volgnummer", "volgnr", "nummer", "nr", "dossiervolgnummer", "zaakvolgnummer"),
    *("sequence", "sequencenumber", "seqno", "number"),
}
_PROCESSES = {
    *("zaaktype", "zaaktypenaam", "zaaktypeomschrijving", "soortzaak", "zaaksoort", "proces"),
    *("procesnaam", "casetype", "typeofcase", "process", "processname", "processtype"),
}
_WHO = re.compile(
    r"medewerker|\bmedw\b|behandel|\bbeh\b|gebruiker|verantwoordelijk|contactpers|eigenaar|\bdoor\b|\bby\b"
    r"|user|employee|resource|responsible|\bowner|assign|handler|\bagent|monitor"
    r"|persoon|person|aanvrager|applicant|\bklant|customer|\bclient|bewoner|resident|inwoner"
    r"|\bburger\b|citizen|gemachtigde|indiener|melder\b|verzoeker|leider|wethouder|burgemeester"
    r"|voorzitter|directeur|manager|co[oö]rdinator|adviseur|beoordelaar|beslisser|inspecteur"
    r"|creator|inserter|\beditor|blocker|approver|reviewer|author|auteur|requester|reporter"
    r"|\bwie\b|\bwho\b|\blogin|initialen|initials|paraaf"
)
_BY_TRADE_OR_PART = re.compile(
    r"(?:rechter|griffier|officier|raads(?:man|vrouw)|advocaat|deurwaarder|notaris|curator|jurist"
    r"|bewindvoerder|\bmentor|secretaris|lawyer|\bjudge|\bclerk|\bofficer|(?<![hp])arts|specialist"
    r"|chirurg|verple(?:eg|gend)\w+|verlener|doctor|physician|\bnurse|surgeon|deskundige|consulent"
    r"|regisseur|begeleider|planner|monteur|opzichter|toezichthouder|handhaver|\bboa|wijkagent"
    r"|controleur|fiatteur|ondertekenaar|lezer|\btolk|vertaler|houder|inspector|technician"
    r"|toegewezen aan|pati[eë]nt|cliënt|huurder|werknemer|leerling|\bstudent|verdachte"
    r"|\beiser|\beiseres|gedaagde|verweerder|belanghebbende|betrokkene|gerechtigde|tenant"
    r"|defendant|plaintiff|suspect|afhandelaar|toetser|coach|klager|bezwaarmaker|appellant"
    r"|vertegenwoordiger|slachtoffer|erfgenaam|schuldenaar|voogd|complainant|representative"
    r")\b"
)
_BY_WHOM = re.compile(r"\b(?:door|by)(?: (?:id|naam|name))?$|^(?:wie|who)$")
_OF_TIME = re.compile(r"datum|date|tijd|time|\bmoment|\bepoch|\b(?:ts|dt|at)$")
_LASTS = re.compile(
    r"\b(?:uren|minuten|hours|minutes|elapsed|spent)\b|duur\b|duration|bestee?d|gewerkt"
    r"|(?:loop|wacht|reis|werk|behandel|bewerkings?) ?tijd|(?:lead|cycle|throughput) ?time"
    r"|aantal (?:(?:kalender|werk) ?)?dagen|number of (?:\w+ )?days"
)
_IN_FREE_TEXT = re.compile(
    r"opmerking|toelichting|omschrijving|notitie|bijzonderhe|vrije ?tekst|motivering|\bmemo"
    r"|remark|comment|description|\bnotes?\b|free ?text"
)

_OF_THE_END = re.compile(
    r"status|resultaat|\bresults?\b|uitkomst|outcome|besluit|\bdecision|afdoening|afgedaan|afhandel"
    r"|afgehandeld|afsluit|afgesloten|\bclos(?:ed?|ing|ure)\b|resolution|archiefnominatie"
    r"|\blast\b|\blaatste|\beind(?!hoven)|\bfinal\b|\bfinale\b"
    # where the case is now
    r"|\b(?:state|stage|phase|fase|stadium|open|gesloten|afgerond|voltooid|gereed|completed)\b"
    r"|\b(?:her|re)open|\bsluit(?:en|ing|reden)"
    # what was decided, and whether that was in time
    r"|toegekend|toekenning|verleend|geweigerd|weigering|afwijzing|afgewezen|gegrond|ingetrokken"
    r"|goedgekeurd|approved|granted|reject|denied|withdrawn|oordeel|verdict|disposition"
    r"|tijdig|\bop tijd\b|\bte laat\b|binnen (?:\w+ )?\w*termijn|oversch(?:rijd|red)|overdue"
    r"|\b(?:on|in) time\b|breach|\bmade sla\b"
)


def fit(name: str, role: str) -> int | None:
    """How well a name fits a role: lower is better, null is not at all.

    Zero is the name that XES fixes; names that only contain one of the role's names come last.
    """
    if name == STANDARD.get(role):
        return 0
    if name in STANDARD.values() or (role.endswith("timestamp") and _NOT_YET.search(_spaced(name))):
        return None
    letters, known = _letters(name), NAMES[role]
    if letters in known:
        return 1 + known.index(letters)
    holds = any(run in known for run in _runs(name) if len(run) >= _FEWEST_LETTERS)
    return 1 + len(known) if holds else None


def tells_end_of_step(name: str) -> bool:
    """Whether a name is that of the time when a step was done, and of nothing else."""
    letters = _letters(name)
    return letters in NAMES["timestamp"] or _END_OF_STEP.fullmatch(letters) is not None


def tells_time(name: str) -> bool:
    """Whether a name is that of a time, so that numbers in the column may be dates."""
    letters = _letters(name)
    roles = (role for role in NAMES if role.endswith("timestamp"))
    return _OF_TIME.search(_spaced(name)) is not None or any(
        letters in NAMES[role] for role in roles
    )


def tells_how_long(name: str) -> bool:
    """Whether a name is that of a duration, whose values look like times of day."""
    return _LASTS.search(_spaced(name)) is not None


def tells_who(name: str) -> bool:
    """Whether a name is that of a column that says who applied, or who worked on the case."""
    spaced = _spaced(name)
    is_who = fit(name, "resource") is not None
    return is_who or (_WHO.search(spaced) or _BY_TRADE_OR_PART.search(spaced)) is not None


def tells_by_whom(name: str) -> bool:
    """Whether a name is that of a column that says by whom something was done."""
    return _BY_WHOM.search(_spaced(name)) is not None


def tells_in_free_text(name: str) -> bool:
    """Whether a name is that of a column with free text."""
    return _IN_FREE_TEXT.search(" ".join(words(name))) is not None


def tells_of_the_end(name: str) -> bool:
    """Whether a name is that of an outcome of a case, or of how long it took.

    Neither is known while the case is open.
    """
    return _OF_THE_END.search(_spaced(name)) is not None or tells_how_long(name)


def tells_year(name: str) -> bool:
    """Whether a name is that of a year."""
    return _letters(name) in _YEARS


def numbers_in_a_year(name: str) -> bool:
    """Whether a name is that of a number that may start anew each year."""
    return _letters(name) in _NUMBERS_IN_A_YEAR


def tells_other_time(name: str) -> bool:
    """Whether a name is that of a time that is not of a step, but of its case or its row."""
    others = (role for role in NAMES if role.endswith("_timestamp"))
    return is_no_milestone(name) or any(fit(name, role) is not None for role in others)


def tells_process(name: str) -> bool:
    """Whether a name is that of the kind of case: each kind may be a process of its own."""
    return _letters(name) in _PROCESSES


def is_no_milestone(name: str) -> bool:
    """Whether a time of this name is not of a step, but of something to come or of the record."""
    spaced = _spaced(name)
    return (_NOT_YET.search(spaced) or _OF_THE_RECORD.search(spaced)) is not None


def _runs(name: str) -> list[str]:
    """All runs of consecutive words, each written as one word."""
    said = words(name)
    ends = range(1, len(said) + 1)
    return ["".join(said[start:end]) for end in ends for start in range(end)]


def _spaced(name: str) -> str:
    return " ".join(words(name))


def _letters(name: str) -> str:
    return "".join(words(name))
