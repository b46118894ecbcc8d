# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How far cases follow the process as it was meant to be: a path of activities, or a BPMN file.

A case is laid beside the run of the model that it is most like (an optimal alignment: Adriansyah
2014, "Aligning observed and modeled behavior"). What the run has and the case lacks was skipped;
what the case has and the run lacks is extra. Of an open case only what it did is laid beside the
model, as its begin: what it has not come to is not held against it.

pm4py searches, exactly, with Dijkstra's algorithm; ``docs/methods/conformance.md`` says why with
none of its others. It is imported where it is used: the summary does without it.
"""

from __future__ import annotations

import copy
import difflib
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree as ET

import polars as pl

from contracts.errors import ConfigError
from contracts.findings import TABLES
from contracts.settings import Journey, resolve_path

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_NODES = ("startEvent", "endEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway")
_NOT_UNDERSTOOD = ("Event", "Gateway", "Process", "Activity", "transaction")

_MOST_MARKINGS = 10_000
"""A model with more states is refused: none that people drew for people has as many."""

_MOST_STATES = 1_000_000
"""How many states the searches of one run may visit at most: about a minute of work."""

Trace = tuple[str, ...]
Deviation = tuple[str, str]
"""``skipped`` or ``extra``, and the activity."""
_Key = Literal["journey.path", "journey.bpmn"]


@dataclass(frozen=True)
class _Net:
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


@dataclass(frozen=True)
class Model:
    """What a case may do.

    Attributes:
        config: the file that names it.
        key: where it does.
        activities: those that it names.
        whole: for a closed case.
        begun: for an open case; it may stop anywhere.
    """

    config: Path
    key: _Key
    activities: frozenset[str]
    whole: _Net
    begun: _Net


def read_model(journey: Journey, config: Path) -> Model | None:
    """The model that the config names, if it does.

    Args:
        journey: with ``path`` or ``bpmn``, or neither.
        config: the config file; the BPMN file's path is relative to it.

    Raises:
        ConfigError: the BPMN file cannot be read, holds what is not understood, or has no way
            from its start to its end.
    """
    if journey.bpmn is not None:
        return _model(config, "journey.bpmn", *_drawn(resolve_path(journey.bpmn, config)))
    if journey.path:
        return _model(config, "journey.path", *_sequence(journey.path))
    return None


def _model(config: Path, key: _Key, net: Any, begin: Any, end: Any) -> Model:
    names = frozenset(_name(each.label) for each in net.transitions if each.label is not None)
    # copied together, as the marking is made of the net's places
    partial, same_begin = copy.deepcopy((net, begin))
    nowhere = _stops_anywhere(partial)
    said_in = f"{config}: '{key}'"
    whole = _Net(net, begin, end, _count_markings(net, begin, end, said_in))
    states = _count_markings(partial, same_begin, nowhere, said_in)
    run = _align(whole, (), names) or {}  # of no events all of the shortest run is skipped
    return Model(
        config,
        key,
        names,
        whole=replace(whole, shortest=sum(run.values())),
        begun=_Net(partial, same_begin, nowhere, states),
    )


def _sequence(path: Sequence[str]) -> tuple[Any, Any, Any]:
    """The net of a path: its activities, one after the other."""
    from pm4py.objects.petri_net.obj import Marking, PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    net = PetriNet("path")
    places = [PetriNet.Place(f"after {done}") for done in range(len(path) + 1)]
    net.places.update(places)
    for position, name in enumerate(path):
        step = PetriNet.Transition(f"step {position}", _label(name))
        net.transitions.add(step)
        add_arc_from_to(places[position], step, net)
        add_arc_from_to(step, places[position + 1], net)
    return net, Marking({places[0]: 1}), Marking({places[-1]: 1})


def _stops_anywhere(net: Any) -> Any:
    """Lets ``net`` lose a token from any place, silently; gives the end, at which none is left.

    A lost token only ever makes less possible, so what such a net can do is the begin of what it
    could do before.
    """
    from pm4py.objects.petri_net.obj import Marking, PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    for number, place in enumerate(net.places):
        stop = PetriNet.Transition(f"stop {number}", None)
        net.transitions.add(stop)
        add_arc_from_to(place, stop, net)
    return Marking()


def _label(name: str) -> str:
    """``name`` in a net; pm4py's own sign for no step, ``>>``, could be an activity's name."""
    return f"={name}"


def _name(label: str) -> str:
    return label[1:]


def _count_markings(net: Any, begin: Any, end: Any, said_in: str) -> int:
    """How many states the net can be in.

    Raises:
        ConfigError: too many, or ``end`` is not one of them.
    """
    from pm4py.objects.petri_net.semantics import enabled_transitions, weak_execute

    # by its items, as pm4py gives every marking of the same places the same hash
    reached, edge = {frozenset(begin.items())}, [begin]
    while edge:
        here = edge.pop()
        for next_ in (weak_execute(step, here) for step in enabled_transitions(net, here)):
            if (state := frozenset(next_.items())) not in reached:
                reached.add(state)
                edge.append(next_)
        if len(reached) > _MOST_MARKINGS:
            raise ConfigError(
                f"{said_in}: the model can be in more than {_MOST_MARKINGS:,} states.",
                "Draw fewer branches side by side, and no loop that starts ever more of them.",
            )
    if frozenset(end.items()) not in reached:
        raise ConfigError(
            f"{said_in}: the model has no way from its start to its end.",
            "Every parallel branch must come together again in a parallel gateway.",
        )
    return len(reached)


def _drawn(file: Path) -> tuple[Any, Any, Any]:
    """The net of a BPMN file."""
    try:
        text = file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be read: {error.strerror}.",
            "'journey.bpmn' is a path relative to the config file.",
        ) from None
    names, flows = _tasks_and_flows(text, file)
    net, begin, end = _converted(text, len(flows), file)
    for step in net.transitions:
        # pm4py writes names of several lines without the spaces between them
        name = names.get(step.name) if step.label is not None else None
        step.label = _label(name) if name else None
    return net, begin, end


def _tasks_and_flows(text: bytes, file: Path) -> tuple[dict[str, str], list[ET.Element]]:
    """The names of tasks by their ids, and the flows, of a file that holds nothing else.

    Raises:
        ConfigError: it is not BPMN, or holds what the search would silently pass over.
    """
    try:
        root = ET.fromstring(text)  # noqa: S314 - named by who writes the config
    except (ET.ParseError, ValueError, LookupError) as error:
        raise ConfigError(f"{file} is not valid XML: {error}.") from None
    processes = [each for each in root.findall(f"{_BPMN}process") if len(each)]
    if len(processes) != 1:
        raise ConfigError(
            f"{file} holds {len(processes)} BPMN 2.0 processes.", "Export one process to the file."
        )
    nodes = {each: each.tag.removeprefix(_BPMN) for each in processes[0]}
    known = {
        each for each, kind in nodes.items() if kind in _NODES or kind.lower().endswith("task")
    }
    odd = (e for e, kind in nodes.items() if kind.endswith(_NOT_UNDERSTOOD) and e not in known)
    for element in odd:
        raise ConfigError(
            f"{file}: {nodes[element]} '{_one_line(element)}' is not understood.",
            "Use tasks, start and end events, and exclusive, parallel and inclusive gateways.",
        )
    flows = [each for each, kind in nodes.items() if kind == "sequenceFlow"]
    ids = {each.get("id") for each in known}
    if any({flow.get("sourceRef"), flow.get("targetRef")} - ids for flow in flows):
        raise ConfigError(f"{file}: a sequence flow begins or ends at nothing.")
    tasks = (each for each in known if nodes[each] not in _NODES)
    return {each.get("id", ""): _one_line(each) for each in tasks}, flows


def _one_line(element: ET.Element) -> str:
    """The name; what draws it may have broken it into lines."""
    return " ".join(element.get("name", "").split())


def _converted(text: bytes, flows: int, file: Path) -> tuple[Any, Any, Any]:
    from pm4py import convert_to_petri_net
    from pm4py.objects.bpmn.importer.variants.lxml import import_from_string
    from pm4py.objects.bpmn.obj import BPMN

    try:
        graph = import_from_string(text)
        if sum(isinstance(flow, BPMN.SequenceFlow) for flow in graph.get_flows()) == flows:
            net, begin, end = convert_to_petri_net(graph)
            return net, begin, end
    except Exception as error:  # it has no errors of its own, and meets a stranger's file
        raise ConfigError(f"{file} cannot be read as BPMN 2.0: {error}.") from error
    raise ConfigError(f"{file}: every sequence flow needs an id of its own.")


@dataclass(frozen=True)
class _Looked:
    """The cases of one route, and what each of them did otherwise than the model."""

    cases: int
    fitness: float
    deviations: Mapping[Deviation, int]


def conclude(
    variants: pl.DataFrame, model: Model | None, seconds: float
) -> dict[str, pl.DataFrame]:
    """The tables ``conformance`` and ``conformance_summary`` of ``contracts.findings.TABLES``.

    The most frequent routes are looked at first, until the states that the searches may visit are
    used up; that limit gives the same result every time. ``seconds`` is a safety net for slow
    machines: the summary says when it cut the work short.

    Args:
        variants: the merged ``overview.VARIANTS``; a case is compared up to its end.
        model: from ``read_model``; null gives empty tables.
        seconds: after which no search goes on.

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
    affordable = list(_affordable(routes))
    looked = list(_look(affordable, model.activities, time.monotonic() + seconds))
    return {
        "conformance": _deviations(looked),
        "conformance_summary": _headline(
            looked, sum(variants["cases"]), is_out_of_time=len(looked) < len(affordable)
        ),
    }


def _refuse_unknown(model: Model, known: set[str]) -> None:
    """A path is of activities of the log; of a drawing, at least one must be.

    A drawing may well show steps that nobody has taken yet.
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


def _affordable(routes: Sequence[tuple[Trace, _Net, int]]) -> Iterator[tuple[Trace, _Net, int]]:
    """The routes whose searches together visit no more states than they may, at worst."""
    states = 0
    for trace, net, cases in routes:
        states += net.markings * (len(trace) + 1)
        if states > _MOST_STATES:
            return
        yield trace, net, cases


def _look(
    routes: Sequence[tuple[Trace, _Net, int]], activities: frozenset[str], until: float
) -> Iterator[_Looked]:
    for trace, net, cases in routes:
        deviations = _align(net, trace, activities, until - time.monotonic())
        if deviations is None:
            return
        worst = len(trace) + net.shortest
        yield _Looked(cases, 1 - sum(deviations.values()) / worst, deviations)


def _align(
    net: _Net, trace: Trace, activities: frozenset[str], seconds: float = float("inf")
) -> dict[Deviation, int] | None:
    """How often a case deviates in what; null: not found within ``seconds``."""
    from pm4py.algo.conformance.alignments.petri_net.variants import dijkstra_no_heuristics
    from pm4py.objects.log.obj import Event, Trace

    prices = _prices(trace, activities, net.shortest)
    free = dict.fromkeys(net.net.transitions, 0)
    skips = {
        step: prices["skipped", _name(step.label)]
        for step in net.net.transitions
        if step.label is not None
    }
    found = dijkstra_no_heuristics.apply(
        Trace([Event({"concept:name": _label(name)}) for name in trace]),
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
            yield "extra", _name(done)
        elif done == ">>" and meant is not None:
            yield "skipped", _name(meant)


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
