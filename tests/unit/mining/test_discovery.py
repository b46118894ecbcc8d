# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The process model: what it holds, what it leaves out, and that it is the same every time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from contracts.journey import Journey
from mining.cases.journeys import Lens
from mining.findings import SUMMARIES
from mining.model import follows
from mining.model.discovery import discover
from mining.summaries import bucket_of, merge, summarise
from mining.wholes import overview
from tests.builders import MONDAY, NOBODY, event_log
from tests.processes import printed_by_processes

LENS = Lens(MONDAY + dt.timedelta(days=100), "Europe/Amsterdam", Journey(end=("z",)))
_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def model(*traces: str, least_cases: int = 10) -> ET.Element:
    summaries = summarise(bucket_of(event_log(*traces), NOBODY, LENS), SUMMARIES)
    merged = merge({name: [frame.lazy()] for name, frame in summaries.items()}, SUMMARIES)
    document = discover(merged[overview.STEPS.name], merged[follows.SUMMARY.name], least_cases)
    return ET.fromstring(document)[0]


def kinds(process: ET.Element) -> Counter[str]:
    return Counter(element.tag.removeprefix(_BPMN) for element in process)


def tasks(process: ET.Element) -> list[str]:
    return sorted(task.attrib["name"] for task in process.iter(f"{_BPMN}task"))


@pytest.mark.parametrize(
    ("traces", "gateways"),
    [
        (["a b z"] * 10, {}),
        (["a b z", "a c z"] * 10, {"exclusiveGateway": 2}),
        (["a b c z", "a c b z"] * 10, {"parallelGateway": 2}),
        (["a b z", "a b b z"] * 10, {"exclusiveGateway": 2}),
    ],
)
def test_the_model_has_the_shape_of_the_traces(traces: list[str], gateways: dict[str, int]) -> None:
    process = model(*traces)
    found = {kind: n for kind, n in kinds(process).items() if kind.endswith("Gateway")}

    assert found == gateways
    assert tasks(process) == sorted(set(" ".join(traces).split()))


def test_a_route_of_few_cases_is_left_out() -> None:
    traces = ["a b z"] * 10 + ["a rare z"] * 9 + ["odd b z"] * 9

    assert tasks(model(*traces)) == ["a", "b", "z"]


def test_where_open_cases_stand_is_no_end() -> None:
    """The same as without them; but where nobody was seen to get to an end, the model stops."""
    done = ["a b z"] * 10

    assert kinds(model(*done, *["a"] * 20)) == kinds(model(*done))
    assert tasks(model(*done, *["a c"] * 20)) == ["a", "b", "c", "z"]
    assert tasks(model(*["a b"] * 20)) == ["a", "b"]


def test_what_leads_nowhere_is_left_out() -> None:
    # ten cases go from b to c, but from there each goes its own way
    scattered = [f"a b c d{n} z" for n in range(10)]

    assert tasks(model(*["a b z"] * 10, *scattered)) == ["a", "b", "z"]


def test_a_log_of_few_cases_has_an_empty_model() -> None:
    assert kinds(model("a b z")) == {"startEvent": 1, "endEvent": 1, "sequenceFlow": 1}


def test_every_node_lies_on_a_way_from_start_to_end() -> None:
    process = model(*["a b c z", "a c b z", "a b d b c z", "a z"] * 10)
    flows = [
        (f.attrib["sourceRef"], f.attrib["targetRef"]) for f in process.iter(f"{_BPMN}sequenceFlow")
    ]
    nodes = {n.attrib["id"]: n.tag.removeprefix(_BPMN) for n in process}
    nodes = {id_: kind for id_, kind in nodes.items() if kind != "sequenceFlow"}
    entered, left = {to for _, to in flows}, {source for source, _ in flows}

    assert {id_ for id_, kind in nodes.items() if kind != "startEvent"} == entered
    assert {id_ for id_, kind in nodes.items() if kind != "endEvent"} == left


_PRINT = """
from tests.unit.mining.test_discovery import model
from xml.etree import ElementTree as ET
print(ET.tostring(model(*["a b c z", "a c b z", "a e f z", "a f e z", "a d z"] * 10)))
"""


def test_the_same_log_gives_the_same_text_in_every_process() -> None:
    assert len(printed_by_processes(_PRINT)) == 1
