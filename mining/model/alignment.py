# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The run of a model that is most like a case: an optimal alignment.

What the run has and the case lacks was skipped; what the case has and the run lacks is extra
(Adriansyah 2014, "Aligning observed and modeled behavior"). pm4py does an exact search with
Dijkstra's algorithm; ``docs/methods/conformance.md`` says why with none of its others. It is
imported where it is used, since its import takes a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Trace = tuple[str, ...]
Deviation = tuple[str, str]
"""``skipped`` or ``extra``, and the activity."""


@dataclass(frozen=True)
class Net:
    """An accepting Petri net, in the objects of pm4py.

    Attributes:
        markings: how many states it has.
        shortest: the fewest activities between its begin and its end.
    """

    net: Any
    begin: Any
    end: Any
    markings: int
    shortest: int = 0


def label_of(name: str) -> str:
    """``name`` as a label in a net; an activity might be named ``>>``, pm4py's sign for no step."""
    return f"={name}"


def name_of(label: str) -> str:
    """The activity whose label this is, as ``label_of`` made it."""
    return label[1:]


def align(
    net: Net, trace: Trace, activities: frozenset[str], seconds: float = float("inf")
) -> dict[Deviation, int] | None:
    """How often a case deviates in what way; null: not found within ``seconds``.

    Args:
        net: the model; its labels are made by ``label_of``.
        trace: the activities of the case, in order.
        activities: the activities of the model.
        seconds: after which the search stops.
    """
    from pm4py.algo.conformance.alignments.petri_net.variants import dijkstra_no_heuristics
    from pm4py.objects.log.obj import Event, Trace

    prices = _prices(trace, activities, net.shortest)
    free = dict.fromkeys(net.net.transitions, 0)
    skips = {
        step: prices["skipped", name_of(step.label)]
        for step in net.net.transitions
        if step.label is not None
    }
    found = dijkstra_no_heuristics.apply(
        Trace([Event({"concept:name": label_of(name)}) for name in trace]),
        net.net,
        net.begin,
        net.end,
        {
            "trace_cost_function": [prices["extra", name] for name in trace],
            "model_cost_function": free | skips,
            "sync_cost_function": free,
            "max_align_time_trace": seconds,
        },
    )
    return None if found is None else Counter(_counted(found["alignment"]))


def _counted(moves: Sequence[tuple[str, str | None]]) -> Iterator[Deviation]:
    """The deviations among the moves of an alignment; a step without a label is no activity."""
    for done, meant in moves:
        if meant == ">>":
            yield "extra", name_of(done)
        elif done == ">>" and meant is not None:
            yield "skipped", name_of(meant)


def _prices(trace: Trace, activities: frozenset[str], shortest: int) -> dict[Deviation, int]:
    """What each deviation costs, so that there is only one cheapest answer.

    pm4py takes any of the cheapest, another one in every process. The digits of a price count the
    deviations: the first digit counts all, the second the extra ones, and each deviation has a
    digit of its own. No digit of the cheapest answer overflows, since it never needs more
    deviations than the case and the shortest run of the model have steps together.
    """
    kinds = sorted({("extra", name) for name in trace} | {("skipped", name) for name in activities})
    base = len(trace) + shortest + 1
    every, extra = base ** (len(kinds) + 1), base ** len(kinds)
    return {
        kind: every + (extra if kind[0] == "extra" else 0) + base**place
        for place, kind in enumerate(kinds)
    }
