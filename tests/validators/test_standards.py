# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is written is what it says it is, in the eyes of the tools that others judge it by."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from flows.commands.demo import prepare
from flows.journey import make
from flows.planning import plan
from reporting.drawing.bpmn import draw
from reporting.page.index import page as index
from reporting.page.pages import write_pages
from tests.builders import FEW_FORMATS
from tests.unit.reporting import sample
from tests.unit.reporting.runs import OTHER, YEAR

pytestmark = pytest.mark.xdist_group("validators")

TOOLS = Path(__file__).parents[2] / ".tools"
VNU = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
MODDLE = TOOLS / "node_modules" / "bpmn-moddle"
html = pytest.mark.skipif(
    shutil.which("java") is None or not VNU.exists(),
    reason="Java or the validator of HTML is not here; make validators installs the last",
)
bpmn = pytest.mark.skipif(
    shutil.which("node") is None or not MODDLE.exists(),
    reason="Node or the reader of BPMN is not here; make validators installs the last",
)
UNKNOWN_TO_IT = re.compile("paint-order|field-sizing")
"""Properties that browsers know and this checker of CSS does not."""

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">'
READ_EACH = """
import { readFileSync } from "node:fs";
import { BpmnModdle } from "bpmn-moddle";
const told = {};
for (const path of process.argv.slice(1)) {
  const { rootElement, warnings } = await new BpmnModdle().fromXML(readFileSync(path, "utf8"));
  told[path] = { elements: rootElement.rootElements[0].flowElements.length,
                 warnings: warnings.map((each) => each.message) };
}
console.log(JSON.stringify(told));
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the reports of the four demo processes."""
    folder = tmp_path_factory.mktemp("demo")
    now = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    for each in prepare(None, 150, 1, folder / "logs"):
        overrides = (*each.overrides, FEW_FORMATS)
        make(plan(each.config, out=folder / "out", now=now, overrides=overrides))
    return folder / "out"


def errors(*pages: Path) -> list[str]:
    """What the validator of the W3C calls an error."""
    done = subprocess.run(
        ["java", "-jar", VNU, "--format", "json", "--exit-zero-always", *pages],
        check=True,
        capture_output=True,
        text=True,
    )
    return [
        f"{Path(each['url']).name}:{each['lastLine']} {each['message']}"
        for each in json.loads(done.stderr)["messages"]
        if each["type"] == "error" and not UNKNOWN_TO_IT.search(each["message"])
    ]


def warnings(*drawings: Path) -> dict[str, list[str]]:
    """What the reader of the common BPMN tools has against each drawing."""
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", READ_EACH, *drawings],
        check=True,
        capture_output=True,
        text=True,
        cwd=TOOLS,
    )
    told = json.loads(done.stdout)
    assert all(each["elements"] for each in told.values())
    return {path: each["warnings"] for path, each in told.items() if each["warnings"]}


@html
def test_the_validator_of_html_finds_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("<!doctype html><title>x</title><p id=a><p id=a>")

    assert errors(tmp_path / "x.html")


@bpmn
def test_the_reader_of_bpmn_finds_what_is_wrong(tmp_path: Path) -> None:
    wrong = HEAD + '<process id="p"><task id="t"/><sequenceFlow id="f" sourceRef="no"/></process>'
    (tmp_path / "x.bpmn").write_text(f"{wrong}</definitions>")

    assert warnings(tmp_path / "x.bpmn")


@html
def test_pages_are_html(demo: Path, tmp_path: Path) -> None:
    findings, tables = sample.odd_run()
    write_pages(sample.shown(findings=findings, tables=tables), tmp_path)
    for language in ("nl", "en"):
        text = index([*YEAR, OTHER], language, "1")
        (tmp_path / f"index.{language}.html").write_text(text, encoding="utf-8")
    pages = [*demo.glob("*/latest/report.*.html"), *demo.glob("*.html"), *tmp_path.glob("*.html")]
    assert len(pages) == 4 * 2 + 3 + 4

    assert errors(*pages) == []


@bpmn
def test_drawings_of_the_process_are_bpmn(demo: Path) -> None:
    drawings = list(demo.glob("*/latest/journey.bpmn"))
    assert len(drawings) == 4

    assert warnings(*drawings) == {}


ODD = [*sample.ODD.values(), "a\"'&<>\n\tb", "\x00\x0b\ufffe", "é \U0001f6b2 \u200f", "]]>", " "]


@bpmn
def test_a_drawing_with_odd_names_is_bpmn(tmp_path: Path) -> None:
    tasks = "".join(f"<task id='t{n}' name={quoteattr(name)}/>" for n, name in enumerate(ODD))
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>'
        for n in range(len(ODD) - 1)
    )
    document = f'{HEAD}<process id="p">{tasks}{flows}</process></definitions>'
    (tmp_path / "odd.bpmn").write_text(draw(document), encoding="utf-8")

    assert warnings(tmp_path / "odd.bpmn") == {}
