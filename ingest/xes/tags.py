# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""An XML document as a table of its tags, at the speed of a CSV reader.

``<`` cannot be in an attribute value, and ``"`` delimits one. So if every ``<`` starts a line,
``"`` separates that line into columns: head, value, middle, value, tail. There are few different
heads, middles and tails, which are read by regular expressions; if one is not what XES writers
write (single quotes, other attributes, text), the whole document goes to a real parser instead.
"""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

import polars as pl

TAGS = pl.Schema({"name": pl.String, "step": pl.Int8, "key": pl.String, "value": pl.String})
"""A tag: ``step`` is 1 if it opens an element, -1 if it closes one, 0 if it does both."""

_OPEN, _EMPTY, _CLOSE, _KEY, _VALUE, _NOTHING = 1, 0, -1, 2, 3, 4
_ATTRIBUTE: Final = {"key": _KEY, "value": _VALUE}
_SEEN_AS_BLANK = bytes.maketrans(b"\n\r\t", b"   ")
_HEAD = re.compile(r"<(/?)([\w:.-]+)(?:\s+(key|value)\s*=\s*|\s*(/?)>\s*)")
_MIDDLE = re.compile(r"\s+(key|value)\s*=\s*|\s*(/?)>\s*")
_KNOWN_REFERENCES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
_ONLY_KNOWN_REFERENCES = r"^(?:[^&]|&(?:amp|lt|gt|quot|apos);)*$"


class _IrregularError(Exception):
    """The document is not written in the regular way; it may still be XML."""


def read_tags(document: bytes) -> pl.DataFrame:
    """The tags of a UTF-8 document without comments, in shape ``TAGS``, in document order.

    Raises:
        expat.ExpatError: the document is not well-formed; not every such document is noticed, so
            the caller must check that tags nest.
    """
    try:
        return _read_regular(document)
    except (_IrregularError, pl.exceptions.PolarsError):
        return _read_any(document)


def _read_regular(document: bytes) -> pl.DataFrame:
    parts = _split(document)
    code = _codes(parts)
    attributes = [
        pl.when(code["head"] == which)
        .then("v1")
        .when(code["middle"] == which)
        .then("v2")
        .alias(name)
        for name, which in _ATTRIBUTE.items()
    ]
    step = (
        pl.when(code["head"] < _KEY)
        .then(code["head"])
        .when(code["middle"] < _KEY)
        .then(code["middle"])
        .otherwise(code["tail"])
    )
    tags = parts.select(code["name"].alias("name"), step.alias("step"), *attributes)
    return tags.with_columns(_resolved(tags["key"]), _resolved(tags["value"]))


def _split(document: bytes) -> pl.DataFrame:
    if b"\r" in document:
        document = document.replace(b"\r\n", b"\n")
    lines = document.translate(_SEEN_AS_BLANK).replace(b"<", b"\n<")
    return pl.read_csv(
        lines.lstrip(),
        separator='"',
        quote_char=None,
        has_header=False,
        schema=dict.fromkeys(("head", "v1", "middle", "v2", "tail", "more"), pl.String),
        truncate_ragged_lines=True,
        missing_columns="insert",
        empty_string_is_null=False,
    )


def _codes(parts: pl.DataFrame) -> dict[str, pl.Series]:
    """What each head, middle and tail means: the name of its tag, and an attribute or the end."""
    heads = {text: _read_head(text) for text in parts["head"].unique()}
    code = {
        "name": parts["head"].replace_strict(
            list(heads), [name for name, _ in heads.values()], return_dtype=pl.String
        ),
        "head": _encode(parts["head"], {text: code for text, (_, code) in heads.items()}),
    }
    for place in ("middle", "tail"):
        texts = parts[place].fill_null("")
        code[place] = _encode(texts, {text: _read_middle(text) for text in texts.unique()})
    _check_combinations(code, parts["more"])
    return code


def _encode(texts: pl.Series, code: dict[str, int]) -> pl.Series:
    return texts.replace_strict(list(code), list(code.values()), return_dtype=pl.Int8)


def _read_head(text: str) -> tuple[str, int]:
    match = _HEAD.fullmatch(text or "")
    if not match or (match[1] and (match[3] or match[4])):
        raise _IrregularError
    if match[3]:
        return match[2], _ATTRIBUTE[match[3]]
    return match[2], _CLOSE if match[1] else _EMPTY if match[4] else _OPEN


def _read_middle(text: str) -> int:
    if not text:
        return _NOTHING
    match = _MIDDLE.fullmatch(text)
    if not match:
        raise _IrregularError
    return _ATTRIBUTE[match[1]] if match[1] else _EMPTY if match[2] else _OPEN


def _check_combinations(code: dict[str, pl.Series], more: pl.Series) -> None:
    """Checks that each tag has no attribute, one, or both, and ends right after."""
    head, middle, tail = code["head"], code["middle"], code["tail"]
    none = (head < _KEY) & (middle == _NOTHING) & (tail == _NOTHING)
    one = (head >= _KEY) & (middle < _KEY) & (tail == _NOTHING)
    both = (head >= _KEY) & (head + middle == _KEY + _VALUE) & (tail < _KEY)
    if not ((none | one | both) & (more.fill_null("") == "")).all():
        raise _IrregularError


def _resolved(texts: pl.Series) -> pl.Series:
    """``texts`` with the five references of XML replaced; others are left to the real parser."""
    escaped = texts.str.contains("&", literal=True)
    if not escaped.any():
        return texts
    if not texts.filter(escaped).str.contains(_ONLY_KNOWN_REFERENCES).all():
        raise _IrregularError
    return texts.str.replace_many(_KNOWN_REFERENCES)


def _read_any(document: bytes) -> pl.DataFrame:
    tags: list[tuple[str, int, str | None, str | None]] = []
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda name, attributes: tags.append(
        (name, _OPEN, attributes.get("key"), attributes.get("value"))
    )
    parser.EndElementHandler = lambda name: tags.append((name, _CLOSE, None, None))
    parser.Parse(document, True)  # noqa: FBT003 - expat takes no names
    return pl.DataFrame(tags, schema=TAGS, orient="row")
