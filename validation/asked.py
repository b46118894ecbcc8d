# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The expectation by which each rule of the table is judged, for the log of a process."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple

from great_expectations.expectations.core.expect_column_mean_to_be_between import (
    ExpectColumnMeanToBeBetween,
)
from great_expectations.expectations.core.expect_column_values_to_be_between import (
    ExpectColumnValuesToBeBetween,
)
from great_expectations.expectations.core.expect_column_values_to_not_be_in_set import (
    ExpectColumnValuesToNotBeInSet,
)
from great_expectations.expectations.core.expect_column_values_to_not_be_null import (
    ExpectColumnValuesToNotBeNull,
)
from great_expectations.expectations.core.expect_table_columns_to_match_set import (
    ExpectTableColumnsToMatchSet,
)
from great_expectations.expectations.core.expect_table_row_count_to_be_between import (
    ExpectTableRowCountToBeBetween,
)
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import AndCondition, Column, Condition

from contracts.events import CANDIDATES, attribute_column
from contracts.formats import Format
from contracts.rules import (
    ENDS_OCCUR,
    HAS_ROWS,
    NOT_IN_THE_FUTURE,
    ORDER_IS_KNOWN,
    SAID_ONCE,
    TIMES_ARE_READ,
)
from contracts.settings import Settings
from validation.expectations.accounts import ExpectAccountsOfOnePerson
from validation.expectations.activities import ExpectActivitiesToOccur, ExpectNamesToDiffer
from validation.expectations.bursts import ExpectNoCrowdedHour, ExpectStepsOneByOne
from validation.expectations.cases import (
    ExpectCaseOrderToBeKnown,
    ExpectCasesToBeginWith,
    ExpectRowsInOrderOfTime,
)
from validation.expectations.days import (
    ExpectDaysInOrder,
    ExpectTimesInOrder,
    ExpectToFollowWithin,
)
from validation.expectations.endings import (
    ExpectCasesToEndOnce,
    ExpectClosedCasesToEnd,
    ExpectLastDayAfterBegin,
    ExpectSuspensionsToEnd,
)
from validation.expectations.files import ExpectFilesToDiffer
from validation.expectations.lives import ExpectActivitiesToStay
from validation.expectations.rhythm import ExpectNoHoles, ExpectOneClock, ExpectSteadyNights
from validation.expectations.rows import ExpectNothingToBeNoticed, ExpectRowsToBeSaidOnce
from validation.expectations.sources import ExpectNothingToBeMissing

_SAID = ["case_id", "activity", "at", "digest"]
"""The digest is of all that a row says; of a milestone only of the others here."""


_ENOUGH_ROWS = 1_000_000

_NOTICED_IN = {"zgw": ("DQ11", "DQ16", "DQ17"), "ocel": ("DQ29", "DQ30")}
"""The rules that are checked by the readers of these formats, which also count missing records."""


@dataclass(frozen=True)
class Log:
    """What is known of a log before it is judged.

    Attributes:
        settings: the settings of its process.
        now: the instant after which nothing can have happened yet.
        as_of: rules about cases and activities ignore what happened later.
        missing: how many records its sources say they have but did not give.
        rows: the number of its rows.
        read_as: the formats of its files, which the config need not tell.
        several: whether its rows come from more than one file.
    """

    settings: Settings
    now: datetime
    as_of: datetime
    missing: int = 0
    rows: int = 0
    read_as: Collection[Format] = ()
    several: bool = False

    @property
    def columns(self) -> list[str]:
        """The columns of its candidates."""
        names = (name for source in self.settings.sources for name in source.case_attributes)
        return [*CANDIDATES.names(), *dict.fromkeys(map(attribute_column, names))]

    @property
    def is_event(self) -> AndCondition:
        """Rows that pass C02, C03 and C04: others cannot be compared with anything."""
        needed = ("case_id", "activity", "at")
        there: list[Condition] = [Column(name).is_not_null() for name in needed]
        return AndCondition(conditions=there)

    @property
    def happened(self) -> AndCondition:
        """Those that had happened by ``as_of``."""
        return AndCondition(conditions=[*self.is_event.conditions, Column("at") <= self.as_of])

    @property
    def one_in(self) -> int:
        """The n for which one case in n is enough to see what holds for most cases."""
        return 1 + self.rows // _ENOUGH_ROWS

    @property
    def formats(self) -> set[str]:
        """The formats of its sources, from the config or from their files."""
        meant = (source.meant_format for source in self.settings.sources)
        return {format_ for format_ in (*meant, *self.read_as) if format_}

    def limit(self, rule: str) -> float:
        """The limit of a rule for this process."""
        limit = self.settings.validation.rule(rule).limit
        if limit is None:
            raise ValueError(f"{rule} has no limit")
        return limit.value

    def has(self, role: str) -> bool:
        """Whether a source names a column for a role."""
        return any(getattr(source.columns, role) for source in self.settings.sources)


class Asked(NamedTuple):
    """A rule, the expectation that judges it, its arguments, and the activities that it names."""

    rule: str
    by: type[Expectation]
    about: Mapping[str, Any]
    names: Sequence[str] = ()


def of_any_table(log: Log) -> Iterator[Asked]:
    """The rules that need no particular columns."""
    whole = {"column_set": log.columns, "exact_match": True}
    yield Asked("C01", ExpectTableColumnsToMatchSet, whole)
    yield Asked(HAS_ROWS, ExpectTableRowCountToBeBetween, {"min_value": 1})


def of_a_log(log: Log) -> Iterator[Asked]:
    """The rules for a table with the columns of ``log``, without those that cannot fail."""
    yield from _of_rows(log)
    yield from _of_times(log)
    yield from _of_cases(log)
    yield from _of_activities(log)
    yield from _of_the_export(log)


def _of_rows(log: Log) -> Iterator[Asked]:
    yield Asked("C02", ExpectColumnValuesToNotBeNull, {"column": "case_id"})
    yield Asked("C03", ExpectColumnValuesToNotBeNull, {"column": "activity"})
    yield Asked(TIMES_ARE_READ, ExpectColumnValuesToNotBeNull, {"column": "at"})
    said = {"column_list": _SAID, "row_condition": log.is_event}
    yield Asked(SAID_ONCE, ExpectRowsToBeSaidOnce, said)
    # what only the reader saw; for some formats it checks more
    of_formats = [rules for format_, rules in _NOTICED_IN.items() if format_ in log.formats]
    for rule in ("DQ14", "DQ15", "DQ31", *chain.from_iterable(of_formats)):
        yield Asked(rule, ExpectNothingToBeNoticed, {"notice": rule})


def _of_times(log: Log) -> Iterator[Asked]:
    zone = log.settings.timezone
    yield Asked(
        NOT_IN_THE_FUTURE, ExpectColumnValuesToBeBetween, {"column": "at", "max_value": log.now}
    )
    yield Asked("DQ23", ExpectTimesInOrder, _pair("at", "started_at", zone=zone))
    if log.has("registration_timestamp"):
        yield Asked("DQ01", ExpectDaysInOrder, _pair("at", "registered_at", zone=zone))
    if log.has("closing_timestamp"):
        yield Asked("DQ02", ExpectDaysInOrder, _pair("closed_at", "at", zone=zone))
    if log.has("recorded_timestamp"):
        recorded = _pair("recorded_at", "at", days=log.limit("DQ13"))
        yield Asked("DQ13", ExpectToFollowWithin, recorded)
    if log.rows:  # no rows have no share
        most = log.limit("DQ04") / 100
        yield Asked("DQ04", ExpectColumnMeanToBeBetween, {"column": "is_day", "max_value": most})
    at_once = {"size": int(log.limit("DQ05")), "row_condition": log.happened}
    yield Asked("DQ05", ExpectStepsOneByOne, at_once)
    crowd = {"share": log.limit("DQ06") / 100, "row_condition": log.happened}
    yield Asked("DQ06", ExpectNoCrowdedHour, crowd)


def _pair(a: str, b: str, **more: Any) -> dict[str, Any]:
    return {"column_A": a, "column_B": b, **more}


def _of_cases(log: Log) -> Iterator[Asked]:
    journey, zone, happened = log.settings.journey, log.settings.timezone, log.happened
    starts, ends = _once(journey.start), _once(journey.end)
    if starts:
        begin = {"activities": starts, "zone": zone, "row_condition": happened}
        yield Asked("DQ21", ExpectCasesToBeginWith, begin, names=starts)
    if log.has("closing_timestamp"):
        until = log.as_of.isoformat()
        closed = {"activities": ends, "zone": zone, "until": until, "row_condition": happened}
        yield Asked("DQ07", ExpectClosedCasesToEnd, closed)
    end_once = {"activities": ends, "row_condition": happened}
    yield Asked("DQ08", ExpectCasesToEndOnce, end_once)
    for column in _once(each.registered for each in log.settings.deadlines if each.registered):
        due = {"column": attribute_column(column), "zone": zone, "row_condition": happened}
        yield Asked("DQ09", ExpectLastDayAfterBegin, due)
    if journey.suspensions:
        pairs = [(pair.start, pair.end) for pair in journey.suspensions]
        since = (log.as_of - timedelta(days=log.limit("DQ10"))).isoformat()
        still = {"pairs": pairs, "ends": ends, "since": since, "row_condition": happened}
        yield Asked("DQ10", ExpectSuspensionsToEnd, still)
    yield Asked("DQ25", ExpectRowsInOrderOfTime, {"zone": zone, "row_condition": happened})
    order = {"zone": zone, "said": _SAID, "row_condition": happened}
    yield Asked(ORDER_IS_KNOWN, ExpectCaseOrderToBeKnown, order)


def _of_activities(log: Log) -> Iterator[Asked]:
    settings, happened = log.settings, log.happened
    ends, named = _once(settings.journey.end), _named(settings)
    end = {"activities": ends, "at_least": 1, "completed": True, "row_condition": happened}
    yield Asked(ENDS_OCCUR, ExpectActivitiesToOccur, end, names=ends)
    all_named = {"activities": named, "at_least": len(named), "row_condition": happened}
    yield Asked("E02", ExpectActivitiesToOccur, all_named)
    moved = _once(name for each in settings.deadlines for name in each.moved_by)
    if moved:
        yield Asked(
            "DQ12", ExpectColumnValuesToNotBeInSet, {"column": "activity", "value_set": moved}
        )
    told = {"minimum_group": settings.privacy.minimum_group, "row_condition": happened}
    stay = {"zone": settings.timezone, "one_in": log.one_in, **told}
    yield Asked("DQ20", ExpectActivitiesToStay, stay)
    yield Asked("DQ27", ExpectNamesToDiffer, told)


def _named(settings: Settings) -> list[str]:
    """Every activity that the config names."""
    journey = settings.journey
    pauses = (pause.activity for pause in journey.pauses)
    pairs = (activity for pair in journey.suspensions for activity in (pair.start, pair.end))
    steps = (
        activity
        for activity in journey.steps
        if activity not in (settings.registration, settings.closing)
    )
    terms = (activity for deadline in settings.deadlines for activity in deadline.activities)
    return _once((*journey.start, *journey.end, *steps, *pauses, *pairs, *terms))


def _of_the_export(log: Log) -> Iterator[Asked]:
    here = {"zone": log.settings.timezone, "row_condition": log.happened}
    yield Asked("DQ19", ExpectOneClock, {"rows": log.rows, **here})
    yield Asked("DQ24", ExpectSteadyNights, {"points": log.limit("DQ24"), **here})
    yield Asked("DQ26", ExpectNoHoles, {"days": log.limit("DQ26"), **here})
    yield Asked("DQ28", ExpectAccountsOfOnePerson, {"hours": int(log.limit("DQ28")), **here})
    if log.several:
        most = log.limit("DQ32") / 100
        events = {"share": most, "row_condition": log.happened}
        yield Asked("DQ32", ExpectFilesToDiffer, events)
    if log.formats & _NOTICED_IN.keys():
        least = log.settings.privacy.minimum_group
        missing = None if 0 < log.missing < least else log.missing
        yield Asked("DQ22", ExpectNothingToBeMissing, {"missing": missing, "minimum_group": least})


def _once(names: Any) -> list[str]:
    return list(dict.fromkeys(names))
