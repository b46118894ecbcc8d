# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Adds the picture to a BPMN process: where each shape is and how each flow runs."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from reporting.drawing.layout import Box, Drawing, Line, Point, Route, TooLargeToDrawError, lay_out

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_DD = "http://www.omg.org/spec/DD/20100524/DI"
_PREFIXES = {"bpmn": _BPMN, "bpmndi": _DI, "omgdc": _DC, "omgdi": _DD}
_SIZES = {"Event": (36.0, 36.0), "Gateway": (50.0, 50.0)}
_TASK = (120.0, 80.0)
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&#(x[0-9a-fA-F]+|[0-9]+);")


def draw(xml: str) -> str:
    """A BPMN 2.0 document with a diagram from left to right, which replaces any that it had.

    A process with too many steps to lay out gets no diagram: it is still a model.

    Args:
        xml: a document with processes of tasks, events, gateways and sequence flows.
    """
    for prefix, uri in _PREFIXES.items():
        ET.register_namespace(prefix, uri)
    root = ET.fromstring(_allowed(xml))  # noqa: S314 - our own document, discovered in this run
    for old in root.findall(f"{{{_DI}}}BPMNDiagram"):
        root.remove(old)
    diagram = ET.Element(f"{{{_DI}}}BPMNDiagram", id="diagram")
    process = root.find(f"{{{_BPMN}}}process")
    with contextlib.suppress(TooLargeToDrawError):
        if process is not None:
            _add_plane(diagram, process)
        root.append(diagram)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _allowed(xml: str) -> str:
    """``xml`` without characters that XML 1.0 does not allow, written out or as references."""
    return _REFERENCE.sub(_kept, _NOT_IN_XML.sub("", xml))


def _kept(reference: re.Match[str]) -> str:
    digits, base = (reference[1][1:], 16) if reference[1][0] == "x" else (reference[1], 10)
    code = int(digits, base)
    return "" if code > sys.maxunicode or _NOT_IN_XML.match(chr(code)) else reference[0]


def _add_plane(diagram: ET.Element, process: ET.Element) -> None:
    plane = ET.SubElement(
        diagram, f"{{{_DI}}}BPMNPlane", id="plane", bpmnElement=process.get("id", "")
    )
    flows = process.findall(f"{{{_BPMN}}}sequenceFlow")
    boxes = list(_boxes(process, flows))
    if not boxes:
        return
    lines = [Line(flow.get("sourceRef", ""), flow.get("targetRef", "")) for flow in flows]
    drawing = lay_out(boxes, lines, rankdir="LR", splines="ortho", nodesep="0.4", ranksep="0.6")
    for box in boxes:
        _add_shape(plane, box, drawing)
    for flow, route in zip(flows, drawing.routes, strict=True):
        _add_edge(plane, flow.get("id", ""), route)


def _boxes(process: ET.Element, flows: list[ET.Element]) -> Iterator[Box]:
    """Everything from or to which a flow goes."""
    ends = {flow.get(side) for flow in flows for side in ("sourceRef", "targetRef")}
    for element in process:
        kind = element.tag.rpartition("}")[2]
        id_ = element.get("id", "")
        if id_ in ends or kind.endswith(("Task", "task", "Event", "Gateway")):
            sizes = (size for name, size in _SIZES.items() if kind.endswith(name))
            yield Box(id_, *next(sizes, _TASK))


def _add_shape(plane: ET.Element, box: Box, drawing: Drawing) -> None:
    x, y = drawing.boxes[box.id]
    shape = ET.SubElement(plane, f"{{{_DI}}}BPMNShape", id=f"shape_{box.id}", bpmnElement=box.id)
    bounds = {"x": x - box.width / 2, "y": y - box.height / 2}
    bounds |= {"width": box.width, "height": box.height}
    ET.SubElement(
        shape, f"{{{_DC}}}Bounds", {name: f"{value:.1f}" for name, value in bounds.items()}
    )


def _add_edge(plane: ET.Element, flow: str, route: Route) -> None:
    edge = ET.SubElement(plane, f"{{{_DI}}}BPMNEdge", id=f"edge_{flow}", bpmnElement=flow)
    for x, y in _corners(route):
        ET.SubElement(edge, f"{{{_DD}}}waypoint", x=f"{x:.1f}", y=f"{y:.1f}")


def _corners(route: Route) -> list[Point]:
    """The ends of the curves of a route, which are straight lines here, without repeats."""
    points = [*route.points[::3], route.tip]
    return [point for n, point in enumerate(points) if n == 0 or point != points[n - 1]]
