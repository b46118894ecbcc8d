# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which earlier event of a case made an event possible, and which events the case waited for.

An event is enabled by the latest earlier event of its case, passing over activities that are known
not to enable it: the enabled time of pix-framework (Chapela-Campa and Dumas; used by Lashkevich et
al. 2023, "Unveiling the causes of waiting time in business processes from event logs"). The
critical path of a case runs back from its end, from enabler to enabler, and covers its time without
gap or overlap. What is not on it went on in parallel.

Events are in the order of their cases; a place is an index into them.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mining.cases.relations import IN_SEQUENCE, Relations

Places = NDArray[np.int64]
Mask = NDArray[np.bool_]


def links(events: pl.DataFrame, relations: Relations) -> pl.DataFrame:
    """How events depend on each other, a row per event.

    Args:
        events: columns ``activity, is_done``; and as places ``first_place`` and ``last_place``, the
            first and last event of the case, and ``end_place``, the event that closed it (null: it
            is open).
        relations: which activities do not enable which others.

    Returns:
        Columns ``enabler`` (a place; ``first_place`` if nothing enabled the event),
        ``is_from_begin`` (nothing but the begin of the case enabled it), ``origin`` (the place of
        the event since which the case waits, if it waits after this one) and ``is_on_path`` (on
        the critical path).
    """
    first = _places(events["first_place"])
    place = np.arange(len(first))
    if relations == IN_SEQUENCE:
        found = {"enabler": np.maximum(place - 1, first), "is_from_begin": place == first}
        return pl.DataFrame({**found, "origin": place, "is_on_path": np.ones(len(place), np.bool_)})
    enabler, is_from_begin = _enablers(events["activity"], first, relations)
    origin = _origins(events, first, relations)
    is_first = place == first
    stops = origin[_places(events["last_place"])]
    ends = _places(events["end_place"].fill_null(pl.Series(stops)))[is_first]
    path = _path(ends, enabler, is_from_begin)
    return pl.DataFrame(
        {
            "enabler": enabler,
            "is_from_begin": is_from_begin,
            "origin": origin,
            "is_on_path": path,
        }
    )


def _places(series: pl.Series) -> Places:
    return series.cast(pl.Int64).to_numpy()


def _enablers(activity: pl.Series, first: Places, relations: Relations) -> tuple[Places, Mask]:
    """The enabler of each event, and whether that is only the begin of the case."""
    code, bars = _barred(activity, relations)
    place = np.arange(len(first))
    enabler = np.maximum(place - 1, first)
    is_from_begin = place == first
    waiting = np.flatnonzero(~is_from_begin)
    # each turn looks one event further back, only for the events that have not found theirs
    while len(waiting := waiting[bars[code[enabler[waiting]], code[waiting]]]):
        has_none = enabler[waiting] == first[waiting]
        is_from_begin[waiting[has_none]] = True
        waiting = waiting[~has_none]
        enabler[waiting] -= 1
    return enabler, is_from_begin


def _barred(activity: pl.Series, relations: Relations) -> tuple[Places, Mask]:
    """A number for each event's activity, and a matrix: the row does not enable the column."""
    names = sorted({name for pair in relations.not_enabling for name in pair})
    number = {name: n for n, name in enumerate(names)}
    bars = np.zeros((len(names) + 1, len(names) + 1), np.bool_)  # the last: any other activity
    for one, other in relations.not_enabling:
        bars[number[one], number[other]] = True
    code = activity.replace_strict(number, default=len(names), return_dtype=pl.Int64)
    return code.to_numpy(), bars


def _origins(events: pl.DataFrame, first: Places, relations: Relations) -> Places:
    """The latest event up to each that is no side activity; itself if all are, or if in work."""
    place = np.arange(len(first))
    is_side = events["activity"].is_in(sorted(relations.side)).to_numpy()
    latest = np.maximum.accumulate(np.where(is_side, -1, place))
    is_in_work = ~events["is_done"].to_numpy()
    return np.where((latest < first) | is_in_work, place, latest)


def _path(ends: Places, enabler: Places, is_from_begin: Mask) -> Mask:
    """Marks every event on the way back from ``ends``."""
    is_on_path = np.zeros(len(enabler), np.bool_)
    here = ends
    while len(here):
        is_on_path[here] = True
        here = enabler[here[~is_from_begin[here]]]
    return is_on_path
