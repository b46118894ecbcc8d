# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of Great Expectations in markup that anybody can read."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from great_expectations.render.view.view import DefaultJinjaPageView
from jinja2 import ChoiceLoader, FileSystemLoader

_LINK = re.compile(r"</?a\b[^>]*>")
_TAGS = {"h5": "h2", "h6": "h3"}
_OUTCOMES = {"✅": "met", "❌": "<strong>not met</strong>"}


class SectionsView(DefaultJinjaPageView):
    """The sections of a page, without a frame.

    Great Expectations' own frame loads styles, scripts, fonts and a logo from six hosts, and its
    tables and headings tell a screen reader little.
    """

    _template = "sections.j2"

    def __init__(self) -> None:
        super().__init__()
        ours = FileSystemLoader(Path(__file__).parent / "blocks")
        self.env.loader = ChoiceLoader([ours, self.env.loader] if self.env.loader else [ours])

    def render(self, document: Any, template: str | None = None, **kwargs: Any) -> str:
        """The sections as HTML, without the links, which lead to pages that are not made."""
        sections: str = super().render(document, template, **kwargs)  # type: ignore[no-untyped-call]
        return _LINK.sub("", sections)

    def render_styling(self, styling: Any) -> str:  # noqa: ARG002
        """An empty text: styling names classes and scripts of a frame that is not there."""
        return ""

    def render_string_template(self, template: Any) -> Any:
        """A sentence, with the headings of our frame, and with words for an icon.

        The description is escaped, as it may hold any name; Great Expectations escapes only values.
        """
        if not isinstance(template, dict):
            return template
        icon = template.get("params", {}).get("markdown_status_icon")
        if icon:
            return _OUTCOMES.get(icon, "not computed")
        text = html.escape(template.get("template", ""), quote=False)
        tag = template.get("tag", "span")
        ours = {**template, "template": text, "tag": _TAGS.get(tag, tag)}
        return super().render_string_template(ours)  # type: ignore[no-untyped-call]
