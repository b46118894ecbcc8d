# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from reporting.drawing.bpmn import draw

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">'


def _process(inside: str) -> str:
    return f'{HEAD}<process id="p">{inside}</process></definitions>'


def _flow(id_: str, source: str, target: str) -> str:
    return f'<sequenceFlow id="{id_}" sourceRef="{source}" targetRef="{target}"/>'


XML = _process(
    '<startEvent id="s"/><task id="t1" name="Aanvraag &amp; ontvangst"/><exclusiveGateway id="g"/>'
    '<userTask id="t2"/><endEvent id="e"/>'
    + _flow("f1", "s", "t1")
    + _flow("f2", "t1", "g")
    + _flow("f3", "g", "t2")
    + _flow("f4", "t2", "t1")
    + _flow("f5", "g", "e")
)


def _places(xml: str) -> dict[str, dict[str, float]]:
    shapes = ET.fromstring(xml).iter(f"{DI}BPMNShape")
    return {s.get("bpmnElement"): {k: float(v) for k, v in s[0].attrib.items()} for s in shapes}


def test_every_node_has_a_shape_and_every_flow_an_edge():
    root = ET.fromstring(draw(XML))
    edges = {e.get("bpmnElement"): len(e) for e in root.iter(f"{DI}BPMNEdge")}

    assert _places(draw(XML)).keys() == {"s", "t1", "g", "t2", "e"}
    assert edges.keys() == {"f1", "f2", "f3", "f4", "f5"}
    assert min(edges.values()) >= 2


def test_it_runs_from_left_to_right():
    places = _places(draw(XML))

    assert places["s"]["x"] < places["t1"]["x"] < places["g"]["x"] < places["e"]["x"]


def test_an_older_diagram_is_replaced():
    once = draw(XML)

    assert draw(once) == once


def test_the_process_itself_stays():
    before, after = (ET.fromstring(xml).find(f"{BPMN}process") for xml in (XML, draw(XML)))

    assert [(n.tag, n.attrib) for n in before] == [(n.tag, n.attrib) for n in after]


@pytest.mark.parametrize("inside", ["", '<task id="alone"/>'])
def test_a_process_without_flows(inside):
    assert len(_places(draw(_process(inside)))) == inside.count("task")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a\x00\x0bb\ufffe", "ab"),
        ("a&#1;&#x1F;&#xD800;b", "ab"),
        ("a&#99999999;b", "ab"),
        ("caf&#233; &#x1F6B2;\u200f", "café \U0001f6b2\u200f"),
    ],
)
def test_characters_that_xml_has_no_place_for_are_left_out(name, kept):
    (task,) = ET.fromstring(draw(_process(f'<task id="t" name="{name}"/>'))).iter(f"{BPMN}task")

    assert task.get("name") == kept


def _optional_steps(count: int) -> str:
    """``count`` steps in a row, each of which may be left out."""
    rows = [
        f'<exclusiveGateway id="a{n}"/><task id="t{n}"/><exclusiveGateway id="b{n}"/>'
        + "".join(
            _flow(f"{source}-{target}-{n}", f"{source}{n}", f"{target}{n + (target == 'a')}")
            for source, target in ("at", "tb", "ab", "ba")
        )
        for n in range(count)
    ]
    return _process("".join(rows) + f'<exclusiveGateway id="a{count}"/>')


def test_two_hundred_and_fifty_steps_that_may_be_left_out_are_drawn():
    assert len(_places(draw(_optional_steps(250)))) == 751


def test_a_process_too_large_to_draw_is_still_a_model_and_the_next_one_is_drawn():
    before = draw(XML)
    root = ET.fromstring(draw(_optional_steps(2000)))

    assert root.find(f"{DI}BPMNDiagram") is None
    assert len(list(root.iter(f"{BPMN}task"))) == 2000
    assert draw(XML) == before
