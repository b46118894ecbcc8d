# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Flattens an object-centric log to one of cases: each event goes to every object of one type.

What that distorts is reported: events that occur more than once (convergence), and steps of a case
that are about different other objects (divergence). See W.M.P. van der Aalst, Object-Centric
Process Mining: Dealing with Divergence and Convergence in Event Data (SEFM 2019).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from contracts.events import CASE_PREFIX
from ingest.ocel.tables import Tables
from ingest.privacy import citizen_numbers
from ingest.raw import DIGEST

RELATED_PREFIX = "ocel:type:"
"""Prefix of the columns with the first object of another type that an event relates to."""

STANDARD = {
    f"{CASE_PREFIX}concept:name": "case",
    "concept:name": "type",
    "time:timestamp": "time",
}
"""The columns that every such log has, and their names here."""

CONVERGES = "#converges"
"""Whether an event has several cases."""

STEP, ABOUT = "#step", "#about"
"""Digests of the case and activity of a row, and of the other objects that it is about."""

_MOMENTS = ("%+", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d")


def cases_of_types(tables: Tables) -> dict[str, int]:
    """By type that events relate to, the number of objects with several events; most first."""
    counts = (
        related(tables)
        .drop_nulls("type")
        .group_by("type", "object")
        .agg(is_journey=pl.col("number").n_unique() > 1)
        .group_by("type")
        .agg(cases=pl.col("is_journey").sum(), objects=pl.len())
        .sort("cases", "objects", "type", descending=[True, True, False])
        .select("type", "cases")
    )
    return dict(counts.collect(engine="streaming").iter_rows())


def columns_of(tables: Tables, type_: str) -> dict[str, bool]:
    """The columns besides ``STANDARD``, and whether each may hold a citizen service number."""
    others = related(tables).filter(pl.col("type") != type_)
    told = [_of_events(tables), _of_others(others), _of_cases(tables, type_)]
    likely = pl.col("value").str.contains(citizen_numbers.LIKELY).any()
    columns = pl.concat([each.select("column", "value") for each in told])
    found = columns.group_by("column").agg(likely).sort("column").collect(engine="streaming")
    return dict(found.iter_rows())


def flattened(stretch: Tables, type_: str, places: Mapping[str, str]) -> pl.LazyFrame:
    """A row per event of a case, in the order of the file.

    The digest is of all that the event says except its id, so that an event with two ids is seen.

    Args:
        stretch: some of the events, and all objects.
        type_: the type of the objects that are the cases.
        places: the columns to read, ``STANDARD`` among them, and the place of each.

    Returns:
        The columns by their places, with ``DIGEST``, ``CONVERGES``, ``STEP`` and ``ABOUT``.
    """
    relations = related(stretch).with_row_index("position")
    relations = relations.unique(["number", "object"], keep="first", maintain_order=True)
    own = relations.filter(pl.col("type") == type_).select("position", "number", case="object")
    others = relations.filter(pl.col("type").ne_missing(type_))
    of_events = pl.concat([_of_events(stretch), _of_others(others)])
    said = pl.concat(
        [
            stretch.of_events.select("number", said=pl.struct("name", "value").hash()),
            others.select("number", said=pl.struct("type", "object").hash()),
        ]
    )
    about = others.group_by("number").agg(pl.col("object").hash().sum().alias(ABOUT))
    shared = own.group_by("number").agg((pl.len() > 1).alias(CONVERGES))
    asked = {column: place for column, place in places.items() if column not in STANDARD}
    of_case = {name: place for name, place in asked.items() if name.startswith(CASE_PREFIX)}
    of_event = {name: place for name, place in asked.items() if name not in of_case}
    return (
        own.join(stretch.events, on="number")
        .join(said.group_by("number").agg(pl.col("said").sum()), on="number", how="left")
        .join(about, on="number", how="left")
        .join(shared, on="number")
        .join(_beside(of_events, "number", of_event), on="number", how="left")
        .join(_beside(_of_cases(stretch, type_), "case", of_case), on="case", how="left")
        .sort("position")
        .select(
            *(pl.col(STANDARD.get(column, place)).alias(place) for column, place in places.items()),
            pl.struct("case", "type", "time", "said").hash().alias(DIGEST),
            pl.struct("case", "type").hash().alias(STEP),
            ABOUT,
            CONVERGES,
        )
    )


def diverging(rows: pl.LazyFrame) -> pl.Series:
    """Each ``STEP`` that a case has in several rows, about different other objects."""
    steps = rows.group_by(STEP).agg(differ=pl.col(ABOUT).n_unique() > 1).filter("differ")
    return steps.select(STEP).collect(engine="streaming").to_series()


def related(tables: Tables) -> pl.LazyFrame:
    """The relations with the ``type`` of the object; null if the object is not there."""
    return tables.relations.join(tables.objects, on="object", how="left", maintain_order="left")


def _of_events(tables: Tables) -> pl.LazyFrame:
    """``number``, ``column`` and ``value`` of the attributes of events.

    An attribute named like what the format itself tells gives no column.
    """
    is_taken = pl.col("column").is_in(list(STANDARD)) | pl.col("column").str.starts_with(
        CASE_PREFIX
    )
    attributes = tables.of_events.select("number", column="name", value="value")
    return attributes.filter(~is_taken)


def _of_others(others: pl.LazyFrame) -> pl.LazyFrame:
    """The same for the first object of each other type."""
    return (
        others.drop_nulls("type")
        .unique(["number", "type"], keep="first", maintain_order=True)
        .select("number", column=RELATED_PREFIX + pl.col("type"), value="object")
    )


def _of_cases(tables: Tables, type_: str) -> pl.LazyFrame:
    """``case``, ``column`` and ``value`` of the first attributes of each case."""
    return (
        tables.of_objects.join(tables.objects.filter(pl.col("type") == type_), on="object")
        .with_columns(since=_moment("time"))
        .sort("since", nulls_last=False, maintain_order=True)
        .unique(["object", "name"], keep="first", maintain_order=True)
        .select(case="object", column=CASE_PREFIX + pl.col("name"), value="value")
        .filter(~pl.col("column").is_in(list(STANDARD)))
    )


def _moment(column: str) -> pl.Expr:
    """A moment to sort by; null, so first, if there is none: then it is known from the begin."""
    text = pl.col(column).str.replace(" ", "T", literal=True)
    return pl.coalesce(
        text.str.to_datetime(each, time_unit="us", time_zone="UTC", strict=False)
        for each in _MOMENTS
    )


def _beside(values: pl.LazyFrame, key: str, places: Mapping[str, str]) -> pl.LazyFrame:
    """A row per ``key`` with its columns side by side; if one is there twice, the last value."""
    return values.group_by(key).agg(
        pl.col("value").filter(pl.col("column") == column).last().alias(place)
        for column, place in places.items()
    )
