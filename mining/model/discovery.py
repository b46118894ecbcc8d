# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A process model of the log, discovered by pm4py, as BPMN.

The inductive miner works on the directly-follows graph (Leemans, Fahland and van der Aalst 2018,
"Scalable process discovery and conformance checking"). So it needs no more memory than the graph,
and a route that few cases take can be left out before the model is drawn.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
from pm4py import discover_process_tree_inductive
from pm4py.objects.dfg.obj import DFG

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def discover(steps: pl.DataFrame, follows: pl.DataFrame, least_cases: int) -> str:
    """A BPMN 2.0 document (without coordinates) of what at least ``least_cases`` cases did.

    Where open cases stand is an end of the model only if no case was seen to get from there to its
    end.

    Args:
        steps: merged summary ``mining.wholes.overview.STEPS``.
        follows: merged summary ``mining.model.follows.SUMMARY``.
        least_cases: activities, moves, starts and ends seen in fewer cases are left out.
    """
    often = follows.filter(pl.col("cases") >= least_cases).select("from", "to", "n")
    graph = {(source, to): n for source, to, n in often.iter_rows()}
    starts, ends, still = (
        dict(steps.filter(pl.col(side) >= least_cases).select("activity", side).iter_rows())
        for side in ("starts", "ends", "still")
    )
    return _as_bpmn(_process_tree(graph, starts, ends, still))


def _process_tree(
    graph: dict[tuple[str, str], int],
    starts: dict[str, int],
    ends: dict[str, int],
    still: dict[str, int],
) -> Any:
    """The process tree of what lies on a way from a start to an end; null where nothing does.

    Without rare moves, some activities may have no way to or from them. The miner cannot handle
    those: it expects a graph of whole traces.
    """
    onward, back = defaultdict(set), defaultdict(set)
    for source, to in graph:
        onward[source].add(to)
        back[to].add(source)
    ended = _reached(ends, back)
    lasts = ends | {name: n for name, n in still.items() if name not in ended}
    kept = _reached(starts, onward) & _reached(lasts, back)
    if not kept:
        return None
    between = {move: n for move, n in graph.items() if kept.issuperset(move)}
    first, last = (
        {name: n for name, n in side.items() if name in kept} for side in (starts, lasts)
    )
    return discover_process_tree_inductive(DFG(between, first, last))


def _reached(begin: Iterable[str], onward: Mapping[str, set[str]]) -> set[str]:
    """Everything that a way from ``begin`` leads to, ``begin`` included."""
    reached: set[str] = set()
    edge = set(begin)
    while edge:
        reached |= edge
        edge = {to for name in edge for to in onward.get(name, ())} - reached
    return reached


class _Diagram:
    """A BPMN process under construction; ids count up, so the same tree gives the same text."""

    def __init__(self) -> None:
        ET.register_namespace("bpmn", _BPMN)
        self.root = ET.Element(f"{{{_BPMN}}}definitions", targetNamespace="urn:hoeksteen")
        self.process = ET.SubElement(
            self.root, f"{{{_BPMN}}}process", id="process", isExecutable="false"
        )
        self._numbers = itertools.count(1)

    def node(self, kind: str, name: str | None = None) -> str:
        id_ = f"{kind}{next(self._numbers)}"
        element = ET.SubElement(self.process, f"{{{_BPMN}}}{kind}", id=id_)
        if name is not None:
            element.set("name", name)
        return id_

    def flow(self, source: str, target: str) -> None:
        ET.SubElement(
            self.process,
            f"{{{_BPMN}}}sequenceFlow",
            id=f"flow{next(self._numbers)}",
            sourceRef=source,
            targetRef=target,
        )

    def add(self, tree: Any, source: str) -> str:
        """Draws ``tree`` after the node ``source``; returns the node in which it ends."""
        if tree.operator is None:
            return self._leaf(tree.label, source)
        operator = tree.operator.name
        if operator == "SEQUENCE":
            for child in tree.children:
                source = self.add(child, source)
            return source
        if operator == "LOOP":
            return self._loop(tree.children, source)
        gateway = {"XOR": "exclusiveGateway", "PARALLEL": "parallelGateway"}.get(
            operator, "inclusiveGateway"
        )
        return self._split(gateway, sorted(tree.children, key=_first_name), source)

    def _leaf(self, label: str | None, source: str) -> str:
        if label is None:
            return source
        task = self.node("task", label)
        self.flow(source, task)
        return task

    def _split(self, gateway: str, branches: list[Any], source: str) -> str:
        opens = self.node(gateway)
        self.flow(source, opens)
        ends = [self.add(branch, opens) for branch in branches]
        closes = self.node(gateway)
        for end in ends:
            self.flow(end, closes)
        return closes

    def _loop(self, children: list[Any], source: str) -> str:
        do, *redos = children
        entry = self.node("exclusiveGateway")
        self.flow(source, entry)
        exit_ = self.node("exclusiveGateway")
        self.flow(self.add(do, entry), exit_)
        for redo in sorted(redos, key=_first_name):
            self.flow(self.add(redo, exit_), entry)
        return exit_


def _as_bpmn(tree: Any) -> str:
    diagram = _Diagram()
    end = diagram.node("startEvent")
    if tree is not None:
        end = diagram.add(tree, end)
    diagram.flow(end, diagram.node("endEvent"))
    ET.indent(diagram.root)
    return ET.tostring(diagram.root, encoding="unicode", xml_declaration=True)


def _first_name(tree: Any) -> str:
    return min(_names(tree), default="")


def _names(tree: Any) -> Iterator[str]:
    if tree.label is not None:
        yield tree.label
    for child in tree.children:
        yield from _names(child)
