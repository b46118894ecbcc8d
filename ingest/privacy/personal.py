# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Finds what identifies a person in texts that are kept as they are."""

from __future__ import annotations

import polars as pl

_EDGE = r"(?-u:\b)"
_MAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
# just ten digits may be any number, unless they begin like a mobile telephone number
_TELEPHONES = (
    rf"(?:\+|{_EDGE}00)31[ -]?(?:\(0\))?[ -]?[1-9](?:[ -]?[0-9]){{8}}{_EDGE}",
    rf"{_EDGE}06\)?[ ./-]*[1-9](?:[ -]?[0-9]){{7}}{_EDGE}",
    rf"{_EDGE}0[1-9][0-9]\)?[ -]+[0-9](?:[ -]?[0-9]){{6}}{_EDGE}",
    rf"{_EDGE}0[1-9][0-9]{{2}}\)?[ -]+[0-9](?:[ -]?[0-9]){{5}}{_EDGE}",
)
_TITLE = rf"{_EDGE}(?:(?:(?i:dhr|mevr|mevrouw|de heer)|[Mm]w)(?:\.\s*|\s+)|MW\.\s*)"
_BEFORE_A_NAME = r"(?:(?:van|de|den|der|het|ten|ter|te|el|al|la|le|von|'t|in)\s+)*"
_PERSON = rf"{_TITLE}{_BEFORE_A_NAME}\p{{Lu}}"
_INITIALS, _SURNAME = r"(?:\p{Lu}h?\.[ -]?)+", r"\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)?"
_WITH_INITIALS = (
    rf"^\s*(?:{_INITIALS} ?{_BEFORE_A_NAME}{_SURNAME}"
    rf"|(?:{_BEFORE_A_NAME}){_SURNAME}, ?{_INITIALS}(?: ?{_BEFORE_A_NAME})?)\s*$"
)
_ACCOUNT = (
    rf"{_EDGE}[A-Z]{{2}}[0-9]{{2}}(?:[ .]?[A-Z0-9]{{4}}){{2,7}}(?:[ .]?[A-Z0-9]{{1,3}})?{_EDGE}"
)

_PLAIN = "|".join((_MAIL, *_TELEPHONES, _PERSON))
LIKELY = f"{_PLAIN}|{_ACCOUNT}"
"""A pattern that matches every such text; it only looks at the shape of an account number."""

_LETTERS = [chr(ord("A") + place) for place in range(26)]
_AS_DIGITS = [str(place + 10) for place in range(26)]
_MODULUS, _DIGITS, _CHUNK = 97, 72, 9


def stand_in(text: pl.Expr) -> pl.Expr:
    """Whether ``text`` has an e-mail address, Dutch telephone number, IBAN or name with a title."""
    accounts = text.str.extract_all(_ACCOUNT).list.eval(is_account(pl.element()))
    return text.str.contains(_PLAIN) | accounts.list.any()


def are_names(text: pl.Expr) -> pl.Expr:
    """Whether ``text`` is a surname with initials; one text may also be something else."""
    return text.str.contains(_WITH_INITIALS)


def is_account(text: pl.Expr) -> pl.Expr:
    """Whether a text in the shape of an IBAN has the check digits of one (ISO 13616).

    The number is too long for an integer, so it is computed in pieces of nine digits.
    """
    plain = text.str.replace_all("[ .]", "")
    turned = pl.concat_str(plain.str.slice(4), plain.str.head(4))
    digits = turned.str.replace_many(_LETTERS, _AS_DIGITS).str.zfill(_DIGITS)
    pieces = (
        digits.str.slice(at, _CHUNK).cast(pl.Int64, strict=False)
        * pow(10, _DIGITS - _CHUNK - at, _MODULUS)
        for at in range(0, _DIGITS, _CHUNK)
    )
    return pl.sum_horizontal(pieces) % _MODULUS == 1
