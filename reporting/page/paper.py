# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Writes the report for paper: one PDF per language, tagged, that anyone can read and keep.

It says the same as the page. Its content reaches the templates as data and never as their text, so
no name in a log can be read as a command in them.
"""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst
from markupsafe import Markup
from pydantic import BaseModel

from contracts.texts import Language
from reporting.drawing.drawings import drawing, palette
from reporting.page.content import content
from reporting.shown import Shown
from reporting.words.speech import Speech

TEMPLATES = Path(__file__).parents[1] / "pdf"
FONT = "Source Sans Pro"
_FONT_FILES = ("SourceSansPro-Regular.ttf", "SourceSansPro-Semibold.ttf")
_STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-2a"]
_SAID = re.compile(r'\bsay\(\s*"([^"]+)"')
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_NAMED = re.compile('`"(.+?)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")
_NO_LETTER = "\N{REPLACEMENT CHARACTER}"


def write_papers(shown: Shown, out: Path) -> None:
    """Writes ``report.<language>.pdf`` into ``out`` for each language, if it is asked for."""
    report = shown.settings.report
    if "pdf" not in report.formats:
        return
    timestamp = int(shown.findings.as_of.timestamp())
    with _fonts() as fonts:
        for language in report.languages:
            printed = _printed(_data(shown, language), fonts, timestamp)
            (out / f"report.{language}.pdf").write_bytes(printed)


@cache
def sentences() -> tuple[str, ...]:
    """The English sentences in the templates themselves."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.glob("*.typ")))
    return tuple(dict.fromkeys(said for text in texts for said in _SAID.findall(text)))


def _data(shown: Shown, language: Language) -> str:
    """All that the templates need, as JSON."""
    speech = Speech(language, shown.settings.zone)
    words = {text: speech.template(text) for text in sentences()}
    told = {"told": content(shown, language), "words": words}
    style = {"font": FONT, "colours": palette()}
    return json.dumps(_plain({**told, **style}), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """``value`` in types that JSON knows, with drawings that need no style sheet."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    elif is_dataclass(value):
        value = {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value


def _text(value: str) -> Any:
    """A drawing, null if there is nothing to draw; or words."""
    if isinstance(value, Markup):
        return _plain(drawing(value, FONT)) if value else None
    return _CONTROL.sub(" ", value)


@contextmanager
def _fonts() -> Iterator[typst.Fonts]:
    """The font of the report; for letters that it lacks, the fonts of typst."""
    spec = find_spec("font_source_sans_pro")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("font_source_sans_pro")
    files = Path(spec.submodule_search_locations[0]) / "files"
    # that folder has each letter in two formats, and it is left to chance which one is taken
    with TemporaryDirectory() as folder:
        for name in _FONT_FILES:
            shutil.copyfile(files / name, Path(folder) / name)
        yield typst.Fonts(include_system_fonts=False, font_paths=[folder])


def _printed(data: str, fonts: typst.Fonts, timestamp: int) -> bytes:
    """The PDF; a letter that no font has is replaced, since the standards demand a glyph."""
    while True:
        try:
            return _compiled(data, fonts, timestamp)
        except typst.TypstError as error:
            missing = _complained_of(error.diagnostic, data)
            if not missing:
                raise
            data = data.translate(dict.fromkeys(map(ord, missing), _NO_LETTER))


def _compiled(data: str, fonts: typst.Fonts, timestamp: int) -> bytes:
    compiler = typst.Compiler(
        TEMPLATES / "report.typ",
        root=TEMPLATES,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"report": data},
    )
    pdf = compiler.compile(format="pdf", pdf_standards=_STANDARDS, timestamp=timestamp)
    if not isinstance(pdf, bytes):
        raise TypeError("a PDF is one file")
    return pdf


def _complained_of(diagnostic: str, data: str) -> set[str]:
    """Each letter of ``data`` named in a message; if it names none, letters of other scripts."""
    named = "".join(_NAMED.findall(diagnostic))
    escaped = {chr(int(code, 16)) for code in _ESCAPED.findall(named)}
    letters = {letter for letter in data if not letter.isascii()} - {_NO_LETTER}
    return letters & escaped.union(named) or {each for each in letters if _is_foreign(each)}


def _is_foreign(letter: str) -> bool:
    """Whether it is of a script for which the font was not made."""
    is_letter = unicodedata.category(letter)[0] in "LMC"
    return is_letter and not unicodedata.name(letter, "").startswith(_SCRIPTS)
