# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The words of a PDF in drawing order, without what repeats on pages (artifacts)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pikepdf

_BFCHAR = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")
_SECTION = re.compile(rb"beginbf(char|range)(.*?)endbf", re.DOTALL)
_BFRANGE = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")


def text(pdf: pikepdf.Pdf) -> str:
    """The whole text without spaces: a broken line has none at its end."""
    return "".join(text_of(page) for page in pdf.pages)


def text_of(page: pikepdf.Page, *, artifacts: bool = False) -> str:
    """The same for one page; with ``artifacts``, also what repeats."""
    return bare(words_of(page, artifacts=artifacts))


def words_of(page: pikepdf.Page, *, artifacts: bool = False) -> str:
    """The same as drawn, with the spaces within lines."""
    return "".join(_shown(page, page.Resources, artifacts=artifacts))


def bare(words: str) -> str:
    """``words`` without spaces, and without marks of where a word may be broken."""
    return re.sub(r"[\s\u00ad\u200b\u2066-\u2069]+", "", words)


def _shown(
    holder: pikepdf.Object, resources: pikepdf.Dictionary, *, artifacts: bool
) -> Iterator[str]:
    letters: dict[int, str] = {}
    marks: list[bool] = []
    for operands, operator in pikepdf.parse_content_stream(holder):
        match str(operator):
            case "BDC" | "BMC":
                marks.append(not artifacts and operands[0] == "/Artifact")
            case "EMC":
                marks.pop()
            case "Tf":
                letters = _letters(resources.Font[str(operands[0])])
            case "Do":
                inner = resources.XObject[str(operands[0])]
                if inner.Subtype == "/Form" and not any(marks):
                    yield from _shown(
                        inner, inner.get("/Resources", resources), artifacts=artifacts
                    )
            case "Tj" | "TJ" if not any(marks):
                parts = operands[0] if str(operator) == "TJ" else operands
                yield "".join(
                    _decoded(bytes(part), letters)
                    for part in parts
                    if isinstance(part, pikepdf.String)
                )


def _decoded(codes: bytes, letters: dict[int, str]) -> str:
    pairs = (codes[n : n + 2] for n in range(0, len(codes), 2))
    return "".join(letters.get(int.from_bytes(pair), "") for pair in pairs)


def _letters(font: pikepdf.Dictionary) -> dict[int, str]:
    return _to_unicode(font.ToUnicode.read_bytes())


@cache
def _to_unicode(cmap: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for kind, body in _SECTION.findall(cmap):
        if kind == b"char":
            for code, letters in _BFCHAR.findall(body):
                found[int(code, 16)] = bytes.fromhex(letters.decode()).decode("utf-16-be")
        else:
            for first, last, letters in _BFRANGE.findall(body):
                start = int(letters, 16)
                for n in range(int(last, 16) - int(first, 16) + 1):
                    found[int(first, 16) + n] = chr(start + n)
    return found
