# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Guesses with which activities cases end.

A case has ended if it has been silent for longer than cases that went on from there ever were:
after a step that is always followed within days, a year of silence means that nothing will follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import polars as pl

from ingest.guessing.guess import Guess
from ingest.guessing.role_evidence import share

MOST_DOUBTED = 5

_MOSTLY_FIRST = 0.8
_MOSTLY_LAST, _OFTEN_LAST, _SOMETIMES_LAST = 0.8, 0.2, 0.02
_NEARLY_ALL = 0.9
IS_FIRST = pl.col("first") >= _MOSTLY_FIRST * pl.col("cases")
"""Whether nearly all cases that have an activity begin with it."""

_PROCEDURE_OF_ITS_OWN = re.compile(r"(?i)bezwaar|\bberoep|herkeuring|herziening|objection|appeal")
_ARCHIVES = re.compile(r"(?i)archief|archiveer|archive[ds]?\b|archiving|vernietigd")
_SOUNDS_FINAL = re.compile(
    r"(?i)besluit(?!vorming)|beslissing|beschikking|afgesloten|afgerond|afgehandeld|ingetrokken"
    r"|uitbetaald|betaling|geweigerd|afgewezen|verleend|toegekend|verzonden|verstuurd"
    r"|geregistreerd|opgehaald"
    r"|decision|closed|completed|finished|withdrawn|cancell?ed|paid|payment|rejected|granted"
    r"|denied|declined|refused"
)


def steps_before_silence(steps: pl.DataFrame) -> pl.DataFrame:
    """The steps of silent cases, with the ``last`` one and if that is ``near``, in a minute."""
    ended = steps.filter("is_silent").select("case_id", last="activity", ended="at")
    near = pl.col("at") >= pl.col("ended") - pl.duration(minutes=1)
    return steps.join(ended, on="case_id").select("case_id", "last", "activity", near=near)


def guess_ends(
    told: pl.DataFrame, silent: pl.DataFrame, least: int
) -> tuple[tuple[Guess, ...], tuple[Guess, ...]]:
    """The activities that end cases, and those that may.

    A case that begins with a step may have stood still since, so such a step is no end unless its
    name sounds final and nearly all cases that have it end with it.

    Args:
        told: by activity, the number of ``cases`` that have it, and of which it is the ``first``,
            the ``last`` so far, and the last for long (``silent``).
        silent: as ``steps_before_silence`` gives them.
        least: an activity that is the last for long in fewer cases is left out.
    """
    settled = pl.col("cases") - pl.col("last") + pl.col("silent")
    shown = told.filter(pl.col("silent") >= least)
    ranked = shown.with_columns(IS_FIRST.alias("begins"), final=pl.col("silent") / settled)
    ranked = ranked.sort("silent", "activity", descending=[True, False])
    finals = dict(ranked.select("activity", "final").iter_rows())
    doubts = {
        name: _doubt(name, final, begins=begins)
        for name, final, begins in ranked.select("activity", "final", "begins").iter_rows()
        if final >= _SOMETIMES_LAST or begins or _PROCEDURE_OF_ITS_OWN.search(name)
    }
    sure = {name: finals[name] for name, doubt in doubts.items() if doubt is None}
    doubts |= dict.fromkeys(_following(sure, silent), "; but then another end came before it")
    guesses = {
        name: Guess(name, f"followed by a long silence in {share(finals[name])} of its cases")
        for name in doubts
    }
    ends = [guesses[name] for name, doubt in doubts.items() if doubt is None]
    maybe = [
        guesses[name]._replace(evidence=guesses[name].evidence + doubt)
        for name, doubt in doubts.items()
        if doubt is not None
    ]
    return tuple(ends), tuple(maybe[:MOST_DOUBTED])


def _doubt(name: str, final: float, *, begins: bool) -> str | None:
    """Why an activity may be no end, though cases end with it; null if it is one."""
    sounds_final = _sounds_final(name)
    if _PROCEDURE_OF_ITS_OWN.search(name):
        return "; an objection or appeal, usually a case of its own"
    if begins and not (sounds_final and final >= _MOSTLY_LAST):
        return "; but cases begin with it, and may have stood still since"
    return None if final >= (_SOMETIMES_LAST if sounds_final else _OFTEN_LAST) else ""


def _following(finals: Mapping[str, float], silent: pl.DataFrame) -> Iterator[str]:
    """Ends that nearly always follow another one, and are no step of the case any more.

    Work is broken off within the minute, and most cases that have it go on; a file is archived.
    """
    kept: list[str] = []
    likeliest = sorted(
        finals,
        key=lambda name: (not _archives(name), _sounds_final(name), finals[name]),
        reverse=True,
    )
    for name in likeliest:
        of_it = silent.filter(pl.col("last") == name)
        others = of_it.filter(pl.col("activity").is_in(kept), pl.col("near") | _archives(name))
        is_after = others["case_id"].n_unique() >= _NEARLY_ALL * of_it["case_id"].n_unique()
        if is_after and (finals[name] < _MOSTLY_LAST or _archives(name)):
            yield name
        else:
            kept.append(name)


def _archives(name: str) -> bool:
    return _ARCHIVES.search(name) is not None


def _sounds_final(name: str) -> bool:
    return _SOUNDS_FINAL.search(name) is not None
