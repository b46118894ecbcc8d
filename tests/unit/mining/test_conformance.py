# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Cases laid beside a path or a drawing: by hand, against pm4py, and every file that is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from pydantic import ValidationError

from contracts.errors import ConfigError
from contracts.journey import Journey
from contracts.tables import TABLES
from mining.cases.journeys import Lens
from mining.findings import SUMMARIES
from mining.model import follows
from mining.model.conformance import MOST_STATES, conclude
from mining.model.discovery import discover
from mining.model.normative import Model, read_model
from mining.summaries import Summaries, bucket_of, merge, summarise
from mining.wholes import overview
from tests.builders import MONDAY, NOBODY, event_log
from tests.processes import printed_by_processes

LENS = Lens(MONDAY + dt.timedelta(days=100), "Europe/Amsterdam", Journey(end=("z",)))
URI = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ET.register_namespace("bpmn", URI)
# b and c in either order, then d or e, or neither
SHAPES = "start=startEvent split=parallelGateway join=parallelGateway choose=exclusiveGateway"
SHAPES += " chosen=exclusiveGateway end=endEvent a b c d e z"
FLOWS = "start>a a>split split>b split>c b>join c>join join>choose choose>d choose>e"
FLOWS += " choose>chosen d>chosen e>chosen chosen>z z>end"


def summed(*traces: str) -> Summaries:
    summaries = summarise(bucket_of(event_log(*traces), NOBODY, LENS), SUMMARIES)
    return merge({name: [frame.lazy()] for name, frame in summaries.items()}, SUMMARIES)


def path(*steps: str) -> Model:
    model = read_model(Journey(end=("z",), path=steps), Path("config.yaml"))
    assert model is not None
    return model


def document(shapes: str, flows: str) -> str:
    """A BPMN file: ``name`` is a task, ``name=kind`` something else, ``one>other`` a flow."""
    process = ET.Element(f"{{{URI}}}process", id="p")
    for shape in shapes.split():
        name, _, kind = shape.partition("=")
        ET.SubElement(process, f"{{{URI}}}{kind or 'task'}", id=f"id-{name}", name=name)
    for number, flow in enumerate(flows.split()):
        source, _, target = flow.partition(">")
        ends = {"sourceRef": f"id-{source}", "targetRef": f"id-{target}"}
        ET.SubElement(process, f"{{{URI}}}sequenceFlow", {"id": f"f{number}", **ends})
    root = ET.Element(f"{{{URI}}}definitions")
    root.append(process)
    return ET.tostring(root, encoding="unicode")


def drawing(folder: Path, text: str) -> Model:
    (folder / "model.bpmn").write_text(text, encoding="utf-8")
    model = read_model(Journey(end=("z",), bpmn="model.bpmn"), folder / "config.yaml")
    assert model is not None
    return model


def compare(
    model: Model, *traces: str, seconds: float = 60, most_states: int = MOST_STATES
) -> dict[str, pl.DataFrame]:
    return conclude(summed(*traces)[overview.VARIANTS.name], model, seconds, most_states)


def deviations(model: Model, *traces: str) -> list[tuple[object, ...]]:
    return compare(model, *traces)["conformance"].rows()


def headline(model: Model, *traces: str, **limits: int) -> dict[str, object]:
    return compare(model, *traces, **limits)["conformance_summary"].row(0, named=True)


@pytest.mark.parametrize(
    ("trace", "found"),
    [
        ("a b z", []),
        ("a z", [("skipped", "b", 1, 1)]),
        ("z", [("skipped", "a", 1, 1), ("skipped", "b", 1, 1)]),
        ("a b b b z", [("extra", "b", 1, 2)]),
        ("a x b z", [("extra", "x", 1, 1)]),
        # done elsewhere is skipped here and extra there; of two equals, the first name is blamed
        ("b a z", [("skipped", "a", 1, 1), ("extra", "a", 1, 1)]),
        # what pm4py calls a step that was not taken may be somebody's activity
        ("a >> b z", [("extra", ">>", 1, 1)]),
        # what comes after the end is not looked at
        ("a b z x", []),
        # open cases
        ("a", []),
        ("a b", []),
        ("b", [("skipped", "a", 1, 1)]),
        ("a x", [("extra", "x", 1, 1)]),
    ],
)
def test_one_case_beside_a_path(trace: str, found: list[tuple[object, ...]]) -> None:
    assert deviations(path("a", "b", "z"), trace, "a b z x >>") == found


def test_a_path_may_come_by_an_activity_twice() -> None:
    model = path("a", "b", "a", "z")

    assert deviations(model, "a b a z") == []
    assert deviations(model, "a a z", "b") == [("skipped", "a", 1, 1), ("skipped", "b", 1, 1)]


def test_an_open_case_has_skipped_rather_than_done_too_much() -> None:
    # d could be one too many after a, or come after b that was skipped
    assert deviations(path("a", "b", "d", "z"), "a d", "a b d z") == [("skipped", "b", 1, 1)]


def test_cases_weigh_and_the_most_frequent_deviation_comes_first() -> None:
    log = ["a b z"] * 4 + ["a z"] * 3 + ["a x x b z"] * 2 + ["x"]
    tables = compare(path("a", "b", "z"), *log)

    assert tables["conformance"].rows() == [
        ("skipped", "b", 3, 3),
        ("extra", "x", 3, 5),
    ]
    # 1 less deviations over events and steps; the open case did nothing right
    mean = (4 * 1 + 3 * (1 - 1 / 5) + 2 * (1 - 2 / 8) + 0) / 10
    assert tables["conformance_summary"].row(0, named=True) == {
        "cases": 10,
        "cases_looked_at": 10,
        "fitting_cases": 4,
        "mean_fitness": pytest.approx(mean),
        "is_cut_short": False,
        "is_out_of_time": False,
    }
    assert {name: frame.schema for name, frame in tables.items()} == {
        name: TABLES[name] for name in tables
    }


@pytest.mark.parametrize(
    ("trace", "found"),
    [
        ("a b c z", []),
        ("a c b e z", []),
        ("a c z", [("skipped", "b", 1, 1)]),
        ("a b c d e z", [("extra", "d", 1, 1)]),
        ("a c", []),
        ("c b e", [("skipped", "a", 1, 1)]),
        ("a d", [("skipped", "b", 1, 1), ("skipped", "c", 1, 1)]),
    ],
)
def test_one_case_beside_a_drawing(
    tmp_path: Path, trace: str, found: list[tuple[object, ...]]
) -> None:
    # of d after a, that it is extra is the smaller fault
    found = [("extra", "d", 1, 1)] if trace == "a d" else found

    assert deviations(drawing(tmp_path, document(SHAPES, FLOWS)), trace) == found


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_a_log_beside_a_drawing_as_pm4py_does_it(tmp_path: Path) -> None:
    import pandas as pd
    import pm4py

    closed = ["a b c z", "a c d z", "a c b e d z", "b a z", "x z", "a a b c z"]
    found = headline(drawing(tmp_path, document(SHAPES, FLOWS)), *closed)
    rows = [
        (str(case), name, MONDAY + dt.timedelta(minutes=position))
        for case, trace in enumerate(closed)
        for position, name in enumerate(trace.split())
    ]
    log = pd.DataFrame(rows, columns=["case:concept:name", "concept:name", "time:timestamp"])
    net = pm4py.convert_to_petri_net(pm4py.read_bpmn(str(tmp_path / "model.bpmn")))
    expected = pm4py.fitness_alignments(
        log, *net, variant_str="Variants.VERSION_STATE_EQUATION_A_STAR"
    )

    assert found["mean_fitness"] == pytest.approx(expected["average_trace_fitness"])
    assert found["fitting_cases"] == 1
    assert expected["percentage_of_fitting_traces"] == pytest.approx(100 / len(closed))


def test_the_quickest_search_of_pm4py_does_not_find_the_best(tmp_path: Path) -> None:
    """Why it is not used; when this fails, it may be."""
    from pm4py.algo.conformance.alignments.petri_net.variants import dijkstra_less_memory
    from pm4py.objects.log.obj import Event, Trace

    # two ways to the middle: one would take p q r s but for one step, but then comes r s again
    shapes = "start=startEvent choose=exclusiveGateway p1 q1 x r1 s1 w v p2 q2 r s"
    shapes += " chosen=exclusiveGateway end=endEvent"
    flows = "start>choose choose>p1 p1>q1 q1>x x>r1 r1>s1 s1>chosen"
    flows += " choose>w w>v v>p2 p2>q2 q2>chosen chosen>r r>s s>end"
    text = document(shapes, flows)
    for letter in "pqrs":
        for number in "12":
            text = text.replace(f'name="{letter}{number}"', f'name="{letter}"')
    model = drawing(tmp_path, text)
    case = Trace([Event({"concept:name": f"={name}"}) for name in "pqrs"])
    theirs = dijkstra_less_memory.apply(case, model.whole.net, model.whole.begin, model.whole.end)
    moved = [move for move in theirs["alignment"] if None not in move and ">>" in move]
    route = {"trace": [[*"pqrs"]], "inside": [4], "is_open": [False], "cases": [1]}

    assert len(moved) == 3
    assert conclude(pl.DataFrame(route), model, 60)["conformance"].rows() == [
        ("skipped", "v", 1, 1),
        ("skipped", "w", 1, 1),
    ]


def test_what_was_discovered_can_be_read_back_and_fits(tmp_path: Path) -> None:
    log = ["a b c z", "a c b z", "a d d z", "a z"] * 10
    merged = summed(*log)
    text = discover(merged[overview.STEPS.name], merged[follows.SUMMARY.name], least_cases=10)

    assert headline(drawing(tmp_path, text), *log)["mean_fitness"] == 1


def test_a_drawing_with_all_that_a_modeller_adds(tmp_path: Path) -> None:
    """A pool, a lane, a note, documentation and a picture do not change what is meant."""
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="{URI}" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"
    xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="d" targetNamespace="x">
  <bpmn:collaboration id="c">
    <bpmn:participant id="pool" name="Office" processRef="p"/>
    <bpmn:participant id="citizen" name="Citizen"/>
    <bpmn:messageFlow id="m" sourceRef="citizen" targetRef="t1"/>
  </bpmn:collaboration>
  <bpmn:process id="p" isExecutable="true">
    <bpmn:documentation>Since 2024</bpmn:documentation>
    <bpmn:laneSet id="ls"><bpmn:lane id="l" name="Desk"><bpmn:flowNodeRef>t1</bpmn:flowNodeRef>
    </bpmn:lane></bpmn:laneSet>
    <bpmn:startEvent id="s"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="t1" name="a"><bpmn:incoming>f1</bpmn:incoming>
      <bpmn:outgoing>f2</bpmn:outgoing></bpmn:userTask>
    <bpmn:serviceTask id="t2" name="z"><bpmn:incoming>f2</bpmn:incoming>
      <bpmn:outgoing>f3</bpmn:outgoing></bpmn:serviceTask>
    <bpmn:endEvent id="e"><bpmn:incoming>f3</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="t1"/>
    <bpmn:sequenceFlow id="f2" name="yes" sourceRef="t1" targetRef="t2"/>
    <bpmn:sequenceFlow id="f3" sourceRef="t2" targetRef="e"/>
    <bpmn:textAnnotation id="n"><bpmn:text>By post</bpmn:text></bpmn:textAnnotation>
    <bpmn:association id="as" sourceRef="t1" targetRef="n"/>
  </bpmn:process>
  <di:BPMNDiagram id="dia"><di:BPMNPlane id="pl" bpmnElement="c">
    <di:BPMNShape id="sh" bpmnElement="t1"><dc:Bounds x="1" y="2" width="3" height="4"/>
    </di:BPMNShape></di:BPMNPlane></di:BPMNDiagram>
</bpmn:definitions>"""

    assert deviations(drawing(tmp_path, text), "a z", "z", "a") == [("skipped", "a", 1, 1)]


def test_what_is_written_after_a_run_can_be_read_back(tmp_path: Path) -> None:
    from reporting.drawing.bpmn import draw

    model = drawing(tmp_path, draw(document(SHAPES, FLOWS)))

    assert deviations(model, "a c b e z", "a z") == [
        ("skipped", "b", 1, 1),
        ("skipped", "c", 1, 1),
    ]


def test_a_name_in_lines_is_one_name(tmp_path: Path) -> None:
    text = document("start=startEvent a end=endEvent", "start>a a>end")
    broken = text.replace('name="a"', 'name="Besluit&#10; verzonden"')

    assert drawing(tmp_path, broken).activities == {"Besluit verzonden"}


def test_no_model_gives_empty_tables() -> None:
    assert read_model(Journey(end=("z",)), Path("config.yaml")) is None
    tables = conclude(summed("a z")[overview.VARIANTS.name], None, 60)

    assert {name: (frame.schema, frame.height) for name, frame in tables.items()} == {
        name: (TABLES[name], 0) for name in ("conformance", "conformance_summary")
    }


def test_the_rarest_routes_are_left_out_when_the_work_is_too_much() -> None:
    model, log = path("a", "z"), ["a z"] * 3 + ["a b z"] * 2 + ["a"]
    # three states, by the two events of "a z" and one more
    found = headline(model, *log, most_states=9 + 12)

    assert (found["cases"], found["cases_looked_at"]) == (6, 5)
    assert (found["is_cut_short"], found["is_out_of_time"]) == (True, False)
    nothing = headline(model, *log, most_states=8)
    assert (nothing["cases_looked_at"], nothing["mean_fitness"]) == (0, None)


def test_out_of_time_is_said() -> None:
    found = headline(path("a", "z"), "a z", seconds=-1)

    assert (found["cases_looked_at"], found["is_cut_short"], found["is_out_of_time"]) == (
        0,
        True,
        True,
    )


_PRINT = """
from pathlib import Path
from tests.unit.mining.test_conformance import FLOWS, SHAPES, compare, document, drawing
import sys
model = drawing(Path(sys.argv[1]), document(SHAPES, FLOWS))
print(compare(model, "c a b e d z", "b a z", "z e d c b a z", "d b", "e x c")["conformance"].rows())
"""


def test_of_equally_good_answers_every_process_gives_the_same(tmp_path: Path) -> None:
    # pm4py keeps the parts of a net in sets, which every process orders its own way
    assert len(printed_by_processes(_PRINT, str(tmp_path))) == 1


@pytest.mark.parametrize(
    ("named", "said"),
    [("bb", "'bbb' or 'b'"), ("qqq", "as the log does")],
)
def test_a_path_is_of_activities_of_the_log(named: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        compare(path("a", named, "z"), "a bbb b z")

    assert "config.yaml: 'journey.path'" in str(error.value)
    assert f"'{named}'" in error.value.message
    assert said in error.value.hint


def test_a_drawing_may_show_what_nobody_did_but_not_only_that(tmp_path: Path) -> None:
    model = drawing(tmp_path, document(SHAPES, FLOWS))

    assert ("skipped", "b", 1, 1) in deviations(model, "a c z")
    with pytest.raises(ConfigError, match=r"journey\.bpmn"):
        deviations(model, "q")


START_END = "start=startEvent end=endEvent"


def refused() -> Sequence[tuple[str, str]]:
    fine = document(f"{START_END} a", "start>a a>end")
    fork = f"{START_END} fork=parallelGateway"
    side_by_side = " ".join(f"t{n}" for n in range(14))
    ways = " ".join(f"fork>t{n} t{n}>join" for n in range(14))
    return [
        ("not xml", "not valid XML"),
        ('<?xml version="1.0" encoding="klingon"?><a/>', "not valid XML"),
        ("<definitions/>", "0 BPMN 2.0 processes"),
        (
            fine.replace("</bpmn:process>", "</bpmn:process><bpmn:process><a/></bpmn:process>"),
            "2 BPMN",
        ),
        (document(f"{START_END} t=intermediateCatchEvent", "start>t t>end"), "Event 't'"),
        (document(f"{START_END} t=subProcess", "start>t t>end"), "subProcess 't'"),
        (document(f"{START_END} t=callActivity", "start>t t>end"), "callActivity 't'"),
        (document(f"{START_END} a", "start>a a>b b>end"), "at nothing"),
        (fine.replace('id="f1"', 'id="f0"'), "an id of its own"),
        (fine.replace('id="f1"', ""), "an id of its own"),
        (document(f"{START_END} a", "start>a"), "no way from its start"),
        (document(f"{fork} a b", "start>fork fork>a fork>b a>end b>end"), "come together"),
        (document(f"{fork} a", "start>fork fork>a a>fork fork>end"), "no way from its start"),
        (
            document(
                f"{START_END} go=exclusiveGateway fork=parallelGateway a",
                "start>go go>fork fork>a fork>go a>end",
            ),
            "more than 10,000 states",
        ),
        (
            document(f"{fork} join=parallelGateway {side_by_side}", f"start>fork {ways} join>end"),
            "more than 10,000 states",
        ),
    ]


@pytest.mark.parametrize(("text", "said"), refused())
def test_a_drawing_that_cannot_be_used_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        drawing(tmp_path, text)

    assert said in str(error.value)
    assert error.value.hint
    assert str(tmp_path) in str(error.value)


def test_a_drawing_that_pm4py_chokes_on_is_refused(tmp_path: Path) -> None:
    fine = document(f"{START_END} a", "start>a a>end")
    odd = '<shape id="s" bpmnElement="id-a"><bounds x="left"/></shape></bpmn:definitions>'

    with pytest.raises(ConfigError, match="cannot be read as BPMN"):
        drawing(tmp_path, fine.replace("</bpmn:definitions>", odd))


@pytest.mark.parametrize("named", ["absent.bpmn", "."])
def test_a_file_that_is_not_there_is_refused(tmp_path: Path, named: str) -> None:
    with pytest.raises(ConfigError, match="cannot be read") as error:
        read_model(Journey(end=("z",), bpmn=named), tmp_path / "config.yaml")

    assert "relative to the config" in error.value.hint


def test_there_is_one_model_at_most() -> None:
    with pytest.raises(ValidationError, match="with path or with bpmn"):
        Journey(end=("z",), path=("a",), bpmn="model.bpmn")
