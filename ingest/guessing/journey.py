# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Guesses with which activities cases begin and end, and who must act before each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from contracts.candidates import scan
from contracts.events import INSTANT, MARK, SLOTS
from contracts.journey import Actor
from ingest.guessing.ends import IS_FIRST, MOST_DOUBTED, guess_ends, steps_before_silence
from ingest.guessing.guess import Guess
from ingest.guessing.role_evidence import share
from ingest.lifecycle import COMPLETE, START

MOST_ROWS = 2_000_000

_USUAL, _SLOWEST = 0.95, 0.99
_SHARE_OF_STARTS = 0.05
_BY_THE_AGENCY = re.compile(
    r"(?i)\b(gevraagd|verstuurd|verzonden|gestuurd|verwezen|voorgesteld|toegewezen|ingepland)\b"
    r"|\b(gecontroleerd|bevestigd|verlengd)\b|ontvangstbevestiging|bevestiging van ontvangst"
    r"|\b(sent|requested|assigned|scheduled|referred|proposed|confirmed|extended)\b"
)
_WORDS: dict[Actor, re.Pattern[str]] = {
    "citizen": re.compile(
        r"(?i)burger|inwoner|aanvrager|ingediend|(?<!gereed)(?<!gereed )(?<!af)gemeld\b|reactie"
        r"|aangemeld|(aanvraag|aanvulling|stukken|informatie|gegevens) ontvangen|zienswijze"
        r"|ingetrokken|(bezwaar|ingebrekestelling) ontvangen|opgehaald|leges betaald"
        r"|(af|her)\S+ aangevraagd|citizen|applicant|submitted|received from|\breply|response"
        r"|withdrawn"
    ),
    "third_party": re.compile(
        r"(?i)deskundige|\barts\b|specialist|\brechter|rechtbank|uitspraak|commissie|\bbank\b"
        r"|(advies|rapport|verslag)\b.*ontvangen|lidstaten|ketenpartner|laborator"
        r"|\bexpert|doctor|physician|(advice|report) received|committee|\bcourt|third party"
    ),
}
_SUSPENSIONS = {"opgeschort": "hervat", "suspended": "resumed"}


@dataclass(frozen=True)
class Journey:
    """What was guessed of a journey, and from how many rows and cases.

    ``ended``: the share of cases that have an end or were closed. ``maybe``: activities that may be
    an end. ``often_last``: those that are the last one so far in most cases. ``actors``: activity →
    who must act, and the word that tells. ``suspension``: the activities between which a term
    stands still.
    """

    rows: int
    cases: int
    ended: float
    starts: tuple[Guess, ...]
    ends: tuple[Guess, ...]
    maybe: tuple[Guess, ...]
    often_last: tuple[Guess, ...]
    actors: dict[str, Guess]
    suspension: tuple[str, str] | None


def guess_journey(
    candidates: Sequence[Path],
    now: datetime,
    least: int,
    most_rows: int = MOST_ROWS,
    end: Guess | None = None,
) -> Journey:
    """Guesses the journey from a log of candidates.

    Args:
        candidates: parquet files in the shape of ``CANDIDATES``; at least one.
        now: rows after this are ignored.
        least: an activity with fewer cases is not named.
        most_rows: in a larger log, about so many rows are looked at, of whole cases.
        end: the activity to take as an end if silence shows none.
    """
    log = scan(candidates)
    rows = int(log.select(pl.len()).collect().item())
    known = log.drop_nulls(["case_id", "activity", "at"]).filter(pl.col("at") <= now)
    cases = int(known.select(pl.col("case_id").n_unique()).collect().item())
    if rows > most_rows:
        known = known.filter(pl.col("slot") < SLOTS * most_rows // rows)
    marks = known.filter(pl.col("lifecycle") == MARK).select(pl.col("activity").unique())
    events = (
        known.filter(pl.col("lifecycle") == COMPLETE)
        .select("case_id", "activity", "at", "source", "row")
        .collect(engine="streaming")
        .sort("case_id", "at", "source", "row")
    )
    begun = known.filter(pl.col("lifecycle") == START).group_by("case_id").agg(begun=pl.max("at"))
    steps = _steps(events, begun.collect(engine="streaming"))
    named = _activities(steps).filter(pl.col("cases") >= least)
    ends, maybe = guess_ends(named, steps_before_silence(steps), least)
    names = named["activity"].to_list()
    if not ends and end and end.value in names:
        ends, maybe = (end,), ()
    return Journey(
        rows=rows,
        cases=cases,
        ended=_share_with(events, ends, _closed(known)),
        starts=_starts(named, least, events["case_id"].n_unique()),
        ends=ends,
        maybe=maybe,
        often_last=_often_last(named),
        actors={name: actor for name in names if (actor := guess_actor(name))},
        suspension=_suspension([*marks.collect()["activity"], *names]),
    )


def _steps(events: pl.DataFrame, begun: pl.DataFrame) -> pl.DataFrame:
    """``events`` with for each whether it is the first and the last one so far of its case.

    ``is_silent``: it is the last one for longer than nearly all that went on from there had waited,
    with nothing begun since; ``begun`` has for each case when something last was.
    """
    same = pl.col("case_id") == pl.col("case_id").shift(-1)
    steps = events.with_columns(
        gap=pl.when(same).then(pl.col("at").shift(-1) - pl.col("at")),
        is_last=~same.fill_null(value=False),
        is_first=(pl.col("case_id") != pl.col("case_id").shift(1)).fill_null(value=True),
    )
    usual = pl.lit(steps["gap"].quantile(_USUAL), dtype=pl.Duration("us"))
    waited = steps.group_by("activity").agg(longest=pl.col("gap").quantile(_SLOWEST))
    silence = pl.lit(events["at"].max(), dtype=INSTANT) - pl.col("at")
    is_idle = (pl.col("begun") <= pl.col("at")).fill_null(value=True)
    is_silent = (silence > pl.max_horizontal("longest", usual)) & is_idle
    return (
        steps.join(waited, on="activity", how="left")
        .join(begun, on="case_id", how="left")
        .with_columns(is_silent=pl.col("is_last") & is_silent)
    )


def _activities(steps: pl.DataFrame) -> pl.DataFrame:
    """By activity, the number of ``cases`` that have it; and as their first, last or silent one."""
    return (
        steps.group_by("activity")
        .agg(
            cases=pl.col("case_id").n_unique(),
            first=pl.col("is_first").sum(),
            last=pl.col("is_last").sum(),
            silent=pl.col("is_silent").sum(),
        )
        .sort("cases", "activity", descending=[True, False])
    )


def _starts(told: pl.DataFrame, least: int, cases: int) -> tuple[Guess, ...]:
    """The activities that are the first in nearly all cases that have them."""
    many = (pl.col("first") >= _SHARE_OF_STARTS * cases) & (pl.col("first") >= least)
    found = told.filter(IS_FIRST & many).sort("first", "activity", descending=[True, False])
    return tuple(
        Guess(name, f"{share(first / cases)} of the cases begin with it")
        for name, first in found.select("activity", "first").iter_rows()
    )


def _often_last(told: pl.DataFrame) -> tuple[Guess, ...]:
    ranked = told.sort("last", "activity", descending=[True, False]).head(MOST_DOUBTED)
    return tuple(
        Guess(name, f"the last so far in {share(last / cases)} of its cases")
        for name, last, cases in ranked.select("activity", "last", "cases").iter_rows()
    )


def _closed(known: pl.LazyFrame) -> pl.Series:
    """The cases that were closed, if a source tells."""
    cases = known.drop_nulls("closed_at").select(pl.col("case_id").unique())
    return cases.collect(engine="streaming")["case_id"]


def _share_with(events: pl.DataFrame, ends: Sequence[Guess], closed: pl.Series) -> float:
    names = [guess.value for guess in ends]
    has_ended = pl.col("activity").is_in(names) | pl.col("case_id").is_in(closed.implode())
    ended = events.filter(has_ended)["case_id"].n_unique()
    return ended / max(1, events["case_id"].n_unique())


def guess_actor(activity: str) -> Guess | None:
    """Who must act for an activity to be done; null if no word in its name says that."""
    if _BY_THE_AGENCY.search(activity):
        return None
    for actor, words in _WORDS.items():
        found = words.search(activity)
        if found:
            return Guess(actor, f"'{found[0]}'")
    return None


def _suspension(names: Sequence[str]) -> tuple[str, str] | None:
    by_letters = {name.strip().lower(): name for name in names}
    for start, end in _SUSPENSIONS.items():
        if start in by_letters and end in by_letters:
            return by_letters[start], by_letters[end]
    return None
