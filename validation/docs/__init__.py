# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The Data Docs of Great Expectations as pages that load nothing from elsewhere."""

from __future__ import annotations

import base64
import copy
import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from great_expectations import ExpectationSuite
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.render.components import RenderedDocumentContent
from great_expectations.render.renderer.page_renderer import (
    ExpectationSuitePageRenderer,
    ValidationResultsPageRenderer,
)
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from contracts.verdict import Verdict
from validation.disclosure import hides, shown
from validation.docs.view import SectionsView

_PAGES = {"index": "Verdict", "results": "Results", "expectations": "Expectations"}
_FILES = {
    "verdict.json": "this verdict",
    "expectations/event_log.json": "the expectation suite",
    "validation_definitions/gate.json": "which table the suite is held against",
    "checkpoints/gate.json": "the checkpoint that did so",
}
_GRAVEST_FIRST = ("critical", "warning", "info")


def write_docs(
    result: ExpectationSuiteValidationResult,
    suite: ExpectationSuite,
    verdict: Verdict,
    minimum_group: int,
    folder: Path,
) -> None:
    """Writes the pages into ``folder``; ``index.html`` leads to the others.

    If any count is hidden, no figure of ``result`` is told: it has shares, totals and counts of its
    own, from which the hidden one could be worked out.
    """
    document = shown(verdict, minimum_group)
    pages = _templates()
    told: dict[str, dict[str, Any]] = {
        "index": {
            "verdict": document,
            "rules": _ranked(document),
            "few": "not shown",
            "files": _FILES,
        },
        "results": {
            "content": _results(result, verdict, minimum_group, figures=not hides(document))
        },
        "expectations": {"content": _expectations(suite)},
    }
    folder.mkdir(parents=True, exist_ok=True)
    for page, content in told.items():
        text = pages.get_template(f"{page}.html").render(page=page, **content)
        (folder / f"{page}.html").write_text(text, encoding="utf-8")


@functools.cache
def _templates() -> Environment:
    here = Path(__file__).parent / "pages"
    pages = Environment(
        loader=FileSystemLoader(here),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (here / "style.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    pages.globals |= {
        "pages": _PAGES,
        "style": Markup(style),  # noqa: S704 - it is ours
        "style_hash": f"sha256-{digest}",
    }
    return pages


def _ranked(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The rules: first those that were not met, the gravest first."""
    return sorted(
        document["rules"],
        key=lambda rule: (rule["success"], _GRAVEST_FIRST.index(rule["severity"]), rule["id"]),
    )


def _is_of_few(found: Mapping[str, Any], rows: int, minimum_group: int) -> bool:
    """Whether a figure is a count too small to tell, or a share of ``rows`` or more that may be."""
    figure = found.get("observed_value")
    if isinstance(figure, float):
        parts = (round(share * rows, 6) for share in (figure, 1 - figure))
        return any(0 < part < minimum_group for part in parts)
    return isinstance(figure, int) and 0 < figure < minimum_group


def _results(
    result: ExpectationSuiteValidationResult,
    verdict: Verdict,
    minimum_group: int,
    *,
    figures: bool,
) -> Markup:
    """The page of what Great Expectations found."""
    told = copy.deepcopy(result)
    timed = verdict.rows - verdict.quarantined_rows  # at the least: those without a time are aside
    # Great Expectations fails a suite for a mere warning; the page says what the gate decided
    told.success = verdict.success
    for each in told.results:
        if each.expectation_config:
            each.expectation_config.description = _sentence(each.expectation_config)
        if not figures or _is_of_few(each.result, timed, minimum_group):
            each.result = {}
    return _sections(ValidationResultsPageRenderer(run_info_at_end=True).render(told))


def _expectations(suite: ExpectationSuite) -> Markup:
    """The page of what Great Expectations expects."""
    told = ExpectationSuite(suite.name, meta=suite.meta)
    told.expectations = [
        each.copy(update={"description": _sentence(each.configuration)})
        for each in suite.expectations
    ]
    document = ExpectationSuitePageRenderer().render(told)  # type: ignore[no-untyped-call]
    return _sections(document)


def _sentence(config: ExpectationConfiguration) -> str:
    """What an expectation asks, the rule it belongs to, how grave it is, and who can mend it."""
    meta, most = config.meta or {}, config.kwargs.get("mostly", 1)
    beyond = "" if most == 1 else f" That must be so in at least {most:.0%} of the rows."
    owner = meta["owner"].replace("_", " ")
    return f"{config.description}{beyond} ({meta['rule']}, {config.severity.value}, {owner})"


def _sections(document: RenderedDocumentContent) -> Markup:
    return Markup(SectionsView().render(document))  # noqa: S704 - it escapes what it is told
