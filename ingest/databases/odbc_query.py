# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The query that is sent over ODBC, in SQL that every database knows."""

from __future__ import annotations

import datetime as dt
import re

from contracts.errors import ConfigError
from contracts.sources import Source

_NAME = re.compile(r"[A-Za-z_][\w$#]*(\.[A-Za-z_][\w$#]*)*", re.ASCII)
"""A name that every database takes without quotes; each has its own kind of quotes."""
_ASIDE = re.compile(r"--[^\n]*|/\*.*?\*/|(['\"`]).*?\1", re.DOTALL)
"""Comments, texts and quoted names, whose words are not SQL."""
_SELECT = re.compile(r"[\s(]*(select|with)\b", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)")


def asked(source: Source, name: str, since: str | None) -> str:
    """The query of a source; with a watermark it is a subquery, which cannot have an order.

    Args:
        source: a source with a ``query`` or a ``table``.
        name: what the user calls it, for errors.
        since: the highest ``watermark`` that was seen.

    Raises:
        ConfigError: it cannot be asked, or not of every database.
    """
    query = (source.query or "").rstrip("; \n")
    if source.table is not None:
        query = f"SELECT * FROM {_plain(source.table, name)}"  # noqa: S608 - a plain name
    elif not _SELECT.match(_ASIDE.sub(" ", query)):
        raise ConfigError(
            f"{name}: the query is not one SELECT.", "Give a single SELECT that only reads."
        )
    if not source.watermark:
        return query
    if _ORDER.search(_outermost(_ASIDE.sub(" ", query))):
        raise ConfigError(
            f"{name}: a query with a watermark cannot have an ORDER BY.",
            "Leave out the ORDER BY or the watermark.",
        )
    column = _plain(source.watermark, name)
    whole = f"SELECT * FROM (\n{query}\n) asked"  # noqa: S608 - what the user asks is the point
    return whole + (f" WHERE {_from(since, column)}" if since is not None else "")


def _plain(name: str, source: str) -> str:
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"{source}: the name '{name}' needs quotes, and each database has its own kind.",
            "Write a query, and rename the column in it with AS.",
        )
    return name


def _outermost(query: str) -> str:
    """``query`` without what is in parentheses."""
    outer = _BRACKETS.sub("", query)
    return outer if outer == query else _outermost(outer)


def _from(since: str, column: str) -> str:
    """The condition for new rows; see ``watermarks``."""
    return f"({column} >= {_literal(since)} OR {column} IS NULL)"


def _literal(since: str) -> str:
    """A number as it is; a day or moment a day earlier, in the form that all ODBC drivers take."""
    if since.lstrip("-").isdigit():
        return since
    mark = dt.datetime.fromisoformat(since)
    day_before = mark - dt.timedelta(days=min(1, mark.toordinal() - 1))  # there is no year 0
    if _DAY.fullmatch(since):
        return f"{{d '{day_before.date()}'}}"
    return f"{{ts '{day_before.isoformat(' ', 'seconds')}'}}"
