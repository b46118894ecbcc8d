# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The run of a model that a case is most like: an optimal alignment.

What the run has and the case lacks was skipped; what the case has and the run lacks is extra
(Adriansyah 2014, "Aligning observed and modeled behavior"). pm4py searches, exactly, with
Dijkstra's algorithm; ``docs/methods/conformance.md`` says why with none of its others. It is
imported where it is used, as its import takes a second.
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
    """``name`` in a net; pm4py's own sign for no step, ``>>``, could be an activity's name."""
    return f"={name}"


def name_of(label: str) -> str:
    """The activity that ``label_of`` made the label of."""
    return label[1:]


def align(
    net: Net, trace: Trace, activities: frozenset[str], seconds: float = float("inf")
) -> dict[Deviation, int] | None:
    """How often a case deviates in what; null: not found within ``seconds``.

    Args:
        net: the model, its activities written as ``label_of`` does.
        trace: the activities of the case, in order.
        activities: those of the model.
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
    """What each deviation costs, so that there is one cheapest answer and not several.

    pm4py takes any of the cheapest, another one in every process. A price is a number in whose
    digits the deviations are counted: the first digit counts them all, the second those that are
    extra, and then there is a digit for each. No digit of the cheapest answer overflows, as there
    never need to be more deviations than a case and the shortest run of the model have steps.
    """
    kinds = sorted({("extra", name) for name in trace} | {("skipped", name) for name in activities})
    base = len(trace) + shortest + 1
    every, extra = base ** (len(kinds) + 1), base ** len(kinds)
    return {
        kind: every + (extra if kind[0] == "extra" else 0) + base**place
        for place, kind in enumerate(kinds)
    }
