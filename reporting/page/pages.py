# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Writes the report: one page per language, complete in itself, the same for the same input."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from contracts.house_style import HouseStyle
from contracts.texts import Language
from reporting.page.content import content
from reporting.page.house_style import css
from reporting.shown import Shown
from reporting.words.speech import Speech

TEMPLATES = Path(__file__).parents[1] / "html"


def write_pages(shown: Shown, out: Path) -> None:
    """Writes ``report.<language>.html`` into ``out`` for each language of the config, in order."""
    for language in shown.settings.report.languages:
        path = out / f"report.{language}.html"
        path.write_text(page(shown, language), encoding="utf-8", newline="\n")


def page(shown: Shown, language: Language) -> str:
    """One page as HTML."""
    told = {**vars(content(shown, language)), "version": shown.facts.version}
    speech = Speech(language, shown.settings.zone)
    return render("report.html", speech, told, shown.settings.report.style)


def render(template: str, speech: Speech, told: Mapping[str, Any], style: HouseStyle | None) -> str:
    """A page as HTML: ``told``, by the names that the template uses.

    It is in our style where the organisation has none of its own.
    """
    return _environment(speech).get_template(template).render({**_style(style), **told})


@functools.cache
def _environment(speech: Speech) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["_"] = speech.say
    return environment


def _style(house: HouseStyle | None) -> dict[str, Any]:
    ours = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    style = ours + css(house) if house else ours
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {
        # no visitor wrote this, and the part of an organisation was checked: it may stand as it is
        "style": Markup(style),  # noqa: S704
        "style_hash": f"sha256-{digest}",
        "organisation": house and house.organisation,
    }
