# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The process as it was meant to be: a path of activities in the config, or a BPMN file.

Both become a Petri net, which pm4py searches. A file may hold only what the search understands:
what it would silently pass over would be held against cases.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree as ET

from contracts.errors import ConfigError
from contracts.journey import Journey
from contracts.sources import resolve_path
from mining.model.alignment import Net, align, label_of, name_of

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_NODES = ("startEvent", "endEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway")
_NOT_UNDERSTOOD = ("Event", "Gateway", "Process", "Activity", "transaction")

_MOST_MARKINGS = 10_000
"""A model with more states is refused: no model that people drew for people has as many."""

_EXPORT_AGAIN = "Export it as BPMN 2.0 again, from the program that it was drawn in."

_Key = Literal["journey.path", "journey.bpmn"]


@dataclass(frozen=True)
class Model:
    """What a case may do.

    Attributes:
        config: the config file that names it.
        key: where the config does so.
        activities: the activities that it names.
        whole: the net for a closed case.
        begun: the net for an open case, which may stop anywhere.
    """

    config: Path
    key: _Key
    activities: frozenset[str]
    whole: Net
    begun: Net


def read_model(journey: Journey, config: Path) -> Model | None:
    """The model that the config names, if any.

    Args:
        journey: with ``path`` or ``bpmn``, or neither.
        config: the config file; the BPMN file's path is relative to it.

    Raises:
        ConfigError: the BPMN file cannot be read, holds something that the search does not
            understand, or has no way from its start to its end.
    """
    if journey.bpmn is not None:
        return _model(config, "journey.bpmn", *_drawn(resolve_path(journey.bpmn, config)))
    if journey.path:
        return _model(config, "journey.path", *_sequence(journey.path))
    return None


def _model(config: Path, key: _Key, net: Any, begin: Any, end: Any) -> Model:
    names = frozenset(name_of(each.label) for each in net.transitions if each.label is not None)
    # copied together, since the marking refers to the net's places
    partial, same_begin = copy.deepcopy((net, begin))
    nowhere = _stops_anywhere(partial)
    said_in = f"{config}: '{key}'"
    whole = Net(net, begin, end, _count_markings(net, begin, end, said_in))
    states = _count_markings(partial, same_begin, nowhere, said_in)
    run = align(whole, (), names) or {}  # without events, all of the shortest run is skipped
    return Model(
        config,
        key,
        names,
        whole=replace(whole, shortest=sum(run.values())),
        begun=Net(partial, same_begin, nowhere, states),
    )


def _sequence(path: Sequence[str]) -> tuple[Any, Any, Any]:
    """The net of a path: its activities, one after the other."""
    from pm4py.objects.petri_net.obj import Marking, PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    net = PetriNet("path")
    places = [PetriNet.Place(f"after {done}") for done in range(len(path) + 1)]
    net.places.update(places)
    for position, name in enumerate(path):
        step = PetriNet.Transition(f"step {position}", label_of(name))
        net.transitions.add(step)
        add_arc_from_to(places[position], step, net)
        add_arc_from_to(step, places[position + 1], net)
    return net, Marking({places[0]: 1}), Marking({places[-1]: 1})


def _stops_anywhere(net: Any) -> Any:
    """Lets ``net`` silently lose a token from any place; returns the end, when no token is left.

    A lost token only ever makes less possible, so what such a net can do is the begin of
    something that it could do before.
    """
    from pm4py.objects.petri_net.obj import Marking, PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    for number, place in enumerate(net.places):
        stop = PetriNet.Transition(f"stop {number}", None)
        net.transitions.add(stop)
        add_arc_from_to(place, stop, net)
    return Marking()


def _count_markings(net: Any, begin: Any, end: Any, said_in: str) -> int:
    """How many states the net can be in.

    Raises:
        ConfigError: too many, or ``end`` is not one of them.
    """
    from pm4py.objects.petri_net.semantics import enabled_transitions, weak_execute

    # by its items, since pm4py gives all markings of the same places the same hash
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
        # pm4py leaves out the spaces between the lines of a name
        name = names.get(step.name) if step.label is not None else None
        step.label = label_of(name) if name else None
    return net, begin, end


def _tasks_and_flows(text: bytes, file: Path) -> tuple[dict[str, str], list[ET.Element]]:
    """The names of tasks by their ids, and the flows, of a file that holds nothing else.

    Raises:
        ConfigError: it is not BPMN, or holds something that the search would silently pass over.
    """
    try:
        root = ET.fromstring(text)  # noqa: S314 - named by who writes the config
    except (ET.ParseError, ValueError, LookupError) as error:
        raise ConfigError(f"{file} is not valid XML: {error}.", _EXPORT_AGAIN) from None
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
        raise ConfigError(
            f"{file}: a sequence flow begins or ends at nothing.",
            "Draw each from one task, event or gateway to another.",
        )
    tasks = (each for each in known if nodes[each] not in _NODES)
    return {each.get("id", ""): _one_line(each) for each in tasks}, flows


def _one_line(element: ET.Element) -> str:
    """The name in one line; the tool that drew it may have broken it."""
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
    except Exception as error:  # pm4py has no errors of its own, and reads a file from outside
        raise ConfigError(f"{file} cannot be read as BPMN 2.0: {error}.", _EXPORT_AGAIN) from error
    raise ConfigError(f"{file}: every sequence flow needs an id of its own.", _EXPORT_AGAIN)
