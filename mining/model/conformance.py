# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How far cases follow the process as it was meant to be, weighted by how many took each route.

An open case is compared only as far as it has come: what it has yet to do is not held against it.
"""

from __future__ import annotations

import difflib
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from contracts.errors import ConfigError
from contracts.tables import TABLES
from mining.model.alignment import Deviation, Net, Trace, align
from mining.model.normative import Model

MOST_STATES = 1_000_000
"""How many states the searches of one run may visit at most: about a minute of work."""


@dataclass(frozen=True)
class _Looked:
    """The cases of one route, and where each of them deviates from the model."""

    cases: int
    fitness: float
    deviations: Mapping[Deviation, int]


def conclude(
    variants: pl.DataFrame, model: Model | None, seconds: float, most_states: int = MOST_STATES
) -> dict[str, pl.DataFrame]:
    """The tables ``conformance`` and ``conformance_summary`` of ``contracts.tables.TABLES``.

    The most frequent routes come first, until the states that the searches may visit are used up;
    that limit gives the same result every time. ``seconds`` is a safety net for slow machines: the
    summary says if it cut the work short.

    Args:
        variants: the merged ``overview.VARIANTS``; a case is compared up to its end.
        model: from ``read_model``; null gives empty tables.
        seconds: after which the search stops.
        most_states: how many states all searches may visit together.

    Raises:
        ConfigError: the model's path names an activity that the log never has.
    """
    if model is None:
        return {
            name: pl.DataFrame(schema=TABLES[name])
            for name in ("conformance", "conformance_summary")
        }
    ranked = (
        variants.group_by(pl.col("trace").list.head("inside"), "is_open")
        .agg(pl.col("cases").sum())
        .sort("cases", "trace", "is_open", descending=[True, False, False])
    )
    routes = [
        (tuple(trace), model.begun if is_open else model.whole, cases)
        for trace, is_open, cases in ranked.iter_rows()
    ]
    _refuse_unknown(model, {name for trace, _, _ in routes for name in trace})
    affordable = list(_affordable(routes, most_states))
    looked = list(_look(affordable, model.activities, time.monotonic() + seconds))
    return {
        "conformance": _deviations(looked),
        "conformance_summary": _headline(
            looked, sum(variants["cases"]), is_out_of_time=len(looked) < len(affordable)
        ),
    }


def _refuse_unknown(model: Model, known: set[str]) -> None:
    """Refuses a path with an activity that is not in the log, and a drawing without one that is.

    A drawing may well show steps that no case has taken yet.
    """
    unknown = sorted(model.activities - known)
    is_drawn = model.key == "journey.bpmn"
    if not unknown or (is_drawn and len(unknown) < len(model.activities)):
        return
    near = difflib.get_close_matches(unknown[0], sorted(known), n=3, cutoff=0.5)
    raise ConfigError(
        f"{model.config}: '{model.key}': no case did '{unknown[0]}' before it was closed.",
        "Did you mean " + " or ".join(f"'{name}'" for name in near) + "?"
        if near
        else "Name activities as the log does.",
    )


def _affordable(
    routes: Sequence[tuple[Trace, Net, int]], most_states: int
) -> Iterator[tuple[Trace, Net, int]]:
    """The routes whose searches together visit no more states than allowed, even at worst."""
    states = 0
    for trace, net, cases in routes:
        states += net.markings * (len(trace) + 1)
        if states > most_states:
            return
        yield trace, net, cases


def _look(
    routes: Sequence[tuple[Trace, Net, int]], activities: frozenset[str], until: float
) -> Iterator[_Looked]:
    for trace, net, cases in routes:
        deviations = align(net, trace, activities, until - time.monotonic())
        if deviations is None:
            return
        worst = len(trace) + net.shortest
        yield _Looked(cases, 1 - sum(deviations.values()) / worst, deviations)


def _deviations(looked: Sequence[_Looked]) -> pl.DataFrame:
    cases: Counter[Deviation] = Counter()
    times: Counter[Deviation] = Counter()
    for route in looked:
        for deviation, count in route.deviations.items():
            cases[deviation] += route.cases
            times[deviation] += route.cases * count
    rows = [(*deviation, cases[deviation], times[deviation]) for deviation in cases]
    table = pl.DataFrame(rows, schema=TABLES["conformance"], orient="row")
    return table.sort("cases", "what", "activity", descending=[True, True, False])


def _headline(looked: Sequence[_Looked], cases: int, *, is_out_of_time: bool) -> pl.DataFrame:
    seen = sum(route.cases for route in looked)
    fit = sum(route.fitness * route.cases for route in looked)
    row = {
        "cases": cases,
        "cases_looked_at": seen,
        "fitting_cases": sum(route.cases for route in looked if not route.deviations),
        "mean_fitness": fit / seen if seen else None,
        "is_cut_short": seen < cases,
        "is_out_of_time": is_out_of_time,
    }
    return pl.DataFrame([row], schema=TABLES["conformance_summary"])
