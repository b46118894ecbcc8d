# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the values of a column say for or against a role that it may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ingest.guessing.column_names import fit, tells_end_of_step, tells_time
from ingest.guessing.glance import Glance
from ingest.guessing.time_columns import Times
from ingest.lifecycle import COMPLETE, START, STEPS, TRANSITIONS, WHO, transition
from ingest.times.day_and_time import CLOCK

_OF_A_CASE = ("registration_timestamp", "closing_timestamp")
_NUMBERS = ("serial", "compact")
_NEARLY_ALL, _MOSTLY, _HALF, _HARDLY = 0.95, 0.9, 0.5, 0.1
_ROWS_A_CASE = (1.1, 500)
_MOST_ACTIVITIES = 1000
_NOTABLY, _FEW = 0.02, 0.005
_WORD = r"\p{L}{4}"
_A_SECOND, _A_DAY = pl.duration(seconds=1), pl.duration(hours=25)  # the longest day of the year


@dataclass(frozen=True)
class Look:
    """An export with the columns that have no role yet; ``case`` is the column of case ids."""

    seen: Glance
    case: str | None
    left: Sequence[str]

    def values(self, name: str) -> pl.Series:
        """The values of a column."""
        return self.seen.frame[name]

    def filled(self, name: str) -> float:
        """The share of rows in which it has a value."""
        return 1 - self.values(name).null_count() / max(1, self.seen.frame.height)

    def distinct(self, name: str) -> int:
        """How many different values it has."""
        return self.values(name).drop_nulls().n_unique()

    def rows_a_value(self, name: str) -> float:
        """The number of rows per value."""
        return self.values(name).count() / max(1, self.distinct(name))

    def is_time(self, name: str) -> bool:
        """Whether it holds times; numbers count as dates only if the name says so."""
        times = self.seen.times.get(name)
        return times is not None and (times.notation not in _NUMBERS or tells_time(name))

    def by_case(self, name: str) -> pl.DataFrame:
        """For each case with several rows, the number of its rows and of their values."""
        if self.case is None:
            return pl.DataFrame(schema={"rows": pl.UInt32, "values": pl.UInt32})
        both = pl.DataFrame({"case": self.values(self.case), "value": self.values(name)})
        value = pl.col("value").drop_nulls()
        cases = both.drop_nulls("case").group_by("case")
        return cases.agg(rows=pl.len(), values=value.n_unique()).filter(pl.col("rows") > 1)

    def varies(self, name: str) -> float:
        """The share of cases with several rows in which it has several values."""
        cases = self.by_case(name)
        return (cases["values"] > 1).mean() or 0.0  # type: ignore[return-value]

    def rises(self, times: Times) -> float:
        """The share of steps from row to row within a case in which a time does not go back."""
        if self.case is None:
            return 0.0
        rows = pl.DataFrame({"case": self.values(self.case), "at": times.at})
        steps = rows.drop_nulls().select(pl.col("at").diff().over("case")).drop_nulls()["at"]
        return (steps.dt.total_microseconds() >= 0).mean() or 0.0  # type: ignore[return-value]


def borne_out(look: Look, name: str, role: str) -> str | None:
    """What bears out, in words, that a column has a role; null: its values speak against it."""
    match role:
        case "case_id":
            return _as_case_id(look, name)
        case "activity":
            return _as_activity(look, name)
        case "resource" | "team" | "org":
            return _as_who(look, name)
        case _:
            return _as_moment(look, name, role)


def _as_case_id(look: Look, name: str) -> str | None:
    rows = look.rows_a_value(name)
    if look.is_time(name) or look.filled(name) < _MOSTLY or _are_clocks(look.values(name)):
        return None
    least, most = _ROWS_A_CASE
    return f"each value in {rows:.1f} rows on average" if least <= rows <= most else None


def _are_clocks(values: pl.Series) -> bool:
    """Whether all are times of day; without colons they may be any number."""
    is_clock = pl.first().str.contains(CLOCK) & pl.first().str.contains(":", literal=True)
    there = values.drop_nulls().to_frame()
    return values.dtype == pl.String and bool(there.select(is_clock.all()).item())


def _as_activity(look: Look, name: str) -> str | None:
    values = look.distinct(name)
    if look.is_time(name) or look.filled(name) < _MOSTLY or values > _MOST_ACTIVITIES:
        return None
    varies = look.varies(name)
    if look.case is not None and varies < _HARDLY:
        return None
    return f"{values:,} values; {share(varies)} of the cases have several"


def _as_moment(look: Look, name: str, role: str) -> str | None:
    """What bears out a role of a time, of a row or of a case."""
    if not look.is_time(name):
        return None
    if role == "timestamp" and look.filled(name) < _MOSTLY:
        return None
    varies = look.varies(name)
    if look.case is not None and (varies > _HARDLY) == (role in _OF_A_CASE):
        return None
    times = look.seen.times[name]
    rows = max(1, look.seen.frame.height)
    told = f"in {share(times.at.count() / rows)} of the rows, {_in_words(times.notation)}"
    if times.unreadable:
        told += f"; {_some(times.unreadable / rows)} cannot be read so"
    if role != "timestamp" or look.case is None:
        return told
    told += f"; within a case {share(look.rises(times))} do not go back"
    turned = rather_month_first(look, times)
    return f"{told}, but {share(look.rises(turned))} if read month first" if turned else told


def as_end(look: Look, name: str, start: str) -> str | None:
    """What bears out that a time is the end of steps that begin at ``start``; some may be open."""
    if not (tells_end_of_step(name) and look.is_time(name)) or look.varies(name) <= _HARDLY:
        return None
    ends = look.seen.times[name].parsed.with_columns(begun=look.seen.times[start].at)
    if ends["begun"].count() < _MOSTLY * len(ends):
        return None
    both = ends.drop_nulls(["at", "begun"])
    day = pl.when("is_day").then(pl.duration(days=1)).otherwise(pl.duration())
    later: float = both.select((pl.col("at") + day >= pl.col("begun")).mean()).item() or 0.0
    if later < _NEARLY_ALL:
        return None
    told = f"in {share(len(both) / len(ends))} of the rows"
    return f"{told}, in {share(later)} of these not before {start}; if empty, the step is open"


def as_states(look: Look, start: str, end: str) -> str | None:
    """What bears out that rows are states that a case was in, from ``start`` until ``end``.

    Each ends when the next one begins, or on the day before; the last one has no end, or no length.
    """
    times = look.seen.times
    rows = times[end].parsed.select("is_day", end="at")
    rows = rows.with_columns(case=look.values(str(look.case)), start=times[start].at)
    in_order = rows.drop_nulls(["case", "start"]).sort("case", "start", maintain_order=True)
    states = in_order.with_columns(pl.col("start").shift(-1).over("case").alias("next"))
    gap = pl.when("is_day").then(_A_DAY).otherwise(_A_SECOND)
    follows = (pl.col("next") - pl.col("end")).is_between(pl.duration(), gap).fill_null(value=False)
    lasts_no_time = (pl.col("end") == pl.col("start")).fill_null(value=True)
    in_line, open_ = states.select(
        follows.filter(pl.col("next").is_not_null()).mean().fill_null(0).alias("in line"),
        lasts_no_time.filter(pl.col("next").is_null()).mean().alias("open"),
    ).row(0)
    if in_line < _NEARLY_ALL or (open_ or 0) < _HALF:
        return None
    return f"{share(in_line)} of the rows end when the next one of the case begins: they are states"


def in_words(look: Look, name: str) -> str | None:
    """The first column that says in words what ``name`` says in codes, one to one; null if none."""
    codes = look.values(name)
    if codes.dtype != pl.String or codes.drop_nulls().unique().str.contains(_WORD).any():
        return None
    for other in (each for each in look.left if not any(fit(each, role) for role in WHO)):
        both = pl.DataFrame({"code": codes, "words": look.values(other)}).unique()
        is_same = both.height == both["code"].n_unique() == both["words"].n_unique()
        if (
            is_same
            and both.schema["words"] == pl.String
            and both["words"].str.contains(_WORD).all()
        ):
            return other
    return None


def as_lifecycle(look: Look, name: str, activity: str) -> str | None:
    """What bears out that a column says which rows start a step and which complete it.

    All its values must be words for that, and most steps that it starts in a case must also be
    completed there: a status of the whole case may use the same words.
    """
    values = look.values(name)
    if look.case is None or values.dtype != pl.String:
        return None
    known = values.drop_nulls().unique().to_frame().select(transition(pl.first()))
    if known.is_empty() or not known.select(pl.first().is_in(TRANSITIONS).all()).item():
        return None
    rows = pl.DataFrame(
        {"case": look.values(look.case), "step": look.values(activity), "is": values}
    ).with_columns(transition(pl.col("is")))
    steps = rows.group_by("case", "step").agg(
        *((pl.col("is") == each).any().alias(each) for each in STEPS)
    )
    completed: float = steps.filter(START).select(pl.col(COMPLETE).mean()).item() or 0.0
    if completed < _HALF:
        return None
    return f"lifecycle words; {share(completed)} of the steps that start are completed"


def rather_month_first(look: Look, times: Times) -> Times | None:
    """The dates read month first, if all can be and clearly fewer then go back; else null."""
    turned = times.month_first
    if turned is None or turned.at.count() < times.at.count():
        return None
    back, then = 1 - look.rises(times), 1 - look.rises(turned)
    return turned if back > _NOTABLY and 2 * then < back else None


def _as_who(look: Look, name: str) -> str | None:
    if look.is_time(name) or not look.filled(name):
        return None
    return f"in {share(look.filled(name))} of the rows"


def share(part: float) -> str:
    """A share as ``12 %``; a share above none is never told as 0 %."""
    return "less than 1 %" if 0 < part <= _FEW else f"{part:.0%}".replace("%", " %")


def _some(part: float) -> str:
    return "some" if part < _FEW else share(part)


def _in_words(notation: str) -> str:
    words = {"iso": "year first", "serial": "days since 1900", "compact": "without separators"}
    return words.get(notation, notation)
