# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The Data Docs of Great Expectations as one page that needs nothing from anywhere."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView

from contracts.verdict import Verdict
from validation.disclosure import hides, shown

_LINK = re.compile(r"</?a\b[^>]*>")


class OfflinePage(DefaultJinjaPageView):
    """Great Expectations' content in a frame of ours.

    Its own frame loads styles, scripts, fonts and a logo from six hosts.
    """

    _template = "offline_page.j2"

    def __init__(self) -> None:
        super().__init__(custom_views_directory=str(Path(__file__).parent))

    def render(self, document: Any, template: str | None = None, **kwargs: Any) -> str:
        """The page as HTML, without links: they lead to pages that are not made."""
        page: str = super().render(document, template, **kwargs)  # type: ignore[no-untyped-call]
        return _LINK.sub("", page)

    def render_string_template(self, template: Any) -> Any:
        """Escapes a description, which may hold any name; Great Expectations only does values."""
        if isinstance(template, dict):
            text = html.escape(template.get("template", ""), quote=False)
            template = {**template, "template": text}
        return super().render_string_template(template)  # type: ignore[no-untyped-call]


def write_docs(
    result: ExpectationSuiteValidationResult, verdict: Verdict, minimum_group: int, folder: Path
) -> Path:
    """Writes ``index.html`` into ``folder``, and returns its path.

    Where a count is hidden, ``result`` loses all its figures: it holds shares, totals and counts of
    its own, from which a hidden one could be worked out.
    """
    document = shown(verdict, minimum_group)
    if hides(document):
        for each in result.results:
            each.result = {}
    # Great Expectations calls a suite failed once a warning is; the page says what the gate decided
    result.success = verdict.success
    content = ValidationResultsPageRenderer(run_info_at_end=True).render(result)
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "index.html"
    text = OfflinePage().render(content, verdict=document, few=f"fewer than {minimum_group}")
    page.write_text(text, encoding="utf-8")
    return page
