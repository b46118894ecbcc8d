# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads XES: a row per event, with the attributes of the event and of its trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.parsers import expat

import polars as pl

from contracts.errors import SourceError
from contracts.events import CASE_PREFIX
from ingest.privacy import citizen_numbers
from ingest.raw import DIGEST, ROW, Raw, check_columns, place
from ingest.refusals import not_whole_xml
from ingest.xes.document import BLOCK, documents, in_order
from ingest.xes.tags import read_tags

_TRACE_DEPTH = 1
_EVENT_DEPTH = 2


def read_xes(
    path: Path, name: str, wanted: Sequence[str], scratch: Path, block: int = BLOCK
) -> Raw:
    """Reads the events of an XES file in file order, holding only some megabytes of it.

    Args:
        path: the file, plain or gzipped.
        name: what errors call it.
        wanted: the columns to read: ``key`` of an event, ``case:key`` of its trace. Attributes of
            attributes are not read; if a key occurs twice, the last counts.
        scratch: an empty folder for the rows.
        block: how many bytes to read at once.

    Raises:
        SourceError: the file is not XES, is cut short, has a DOCTYPE, or has no events.
    """
    places = {column: place(number) for number, column in enumerate(wanted)}

    def read(document: bytes) -> tuple[pl.DataFrame, set[str], set[str]]:
        tags = _located(_tags(document, name))
        found = _columns(tags)
        check_columns(found, name)
        likely = _columns(tags.filter(pl.col("value").str.contains(citizen_numbers.LIKELY)))
        likely -= places.keys()
        looked_at = {column: _place_to_look(column) for column in sorted(likely)}
        return _events(tags, places | looked_at), found, likely

    columns: set[str] = set()
    likely: set[str] = set()
    parts: list[Path] = []
    rows = 0
    for number, (events, found, to_look_at) in enumerate(
        in_order(read, documents(path, name, block))
    ):
        columns |= found
        check_columns(columns, name)
        likely |= to_look_at
        parts.append(scratch / f"{number:06}.parquet")
        events.with_columns(pl.col(ROW) + rows).write_parquet(parts[-1])
        rows += events.height
    if not rows:
        raise SourceError(f"{name} holds no events.", "Export a log that has events in it.")
    texts = {place: column for column, place in places.items()}
    texts |= {_place_to_look(column): column for column in sorted(likely)}
    schema = {ROW: pl.UInt64, DIGEST: pl.UInt64, **dict.fromkeys(texts, pl.String)}
    frame = pl.scan_parquet(parts, schema=schema, missing_columns="insert", glob=False)
    return Raw(frame, tuple(sorted(columns)), places, texts, lambda: not_whole_xml(name))


def _tags(document: bytes, name: str) -> pl.DataFrame:
    try:
        tags = read_tags(document).with_columns(depth=pl.col("step").cum_sum().cast(pl.Int32))
    except expat.ExpatError:
        raise not_whole_xml(name) from None
    if not _nests(tags):
        raise not_whole_xml(name)
    return tags


def _nests(tags: pl.DataFrame) -> bool:
    """Whether every element is closed by its own name, inside one outermost element."""
    edges = tags.filter(pl.col("step") != 0)
    if edges["depth"][-1] != 0 or (edges["depth"][:-1] <= 0).any():
        return False
    # on one level of the tree, elements follow each other: open, close, open, close
    level = edges["depth"] - (edges["step"] == 1).cast(pl.Int32)
    names = edges.select("name", level.alias("level")).sort("level", maintain_order=True)["name"]
    return bool((names.gather_every(2) == names.gather_every(2, 1)).all())


def _located(tags: pl.DataFrame) -> pl.DataFrame:
    """The start of every element, and where it stands.

    ``is_event``: it is an event of a trace. ``of``: "trace" or "event" if it is an attribute right
    under one, else null.
    """
    depth = pl.col("depth") - (pl.col("step") == 1).cast(pl.Int32)
    starts = tags.filter(pl.col("step") >= 0).with_columns(depth)
    in_trace = _nearest(_TRACE_DEPTH, "trace")
    in_event = _nearest(_EVENT_DEPTH, "event") & in_trace
    at = pl.col("depth")
    return starts.with_columns(
        trace=((at == _TRACE_DEPTH) & (pl.col("name") == "trace")).cum_sum(),
        event=((at == _EVENT_DEPTH) & in_event).cum_sum(),
        is_event=(at == _EVENT_DEPTH) & in_event,
        of=pl.when(in_event & (at == _EVENT_DEPTH + 1))
        .then(pl.lit("event"))
        .when(in_trace & ~in_event & (at == _TRACE_DEPTH + 1))
        .then(pl.lit("trace")),
    )


def _nearest(depth: int, name: str) -> pl.Expr:
    """Whether the last element that began at ``depth`` is a ``name``."""
    return (
        pl.when(pl.col("depth") == depth)
        .then(pl.col("name") == name)
        .forward_fill()
        .fill_null(value=False)
    )


def _place_to_look(column: str) -> str:
    """The name in a frame of a column that is not wanted, but may hold a citizen's number."""
    return f"look {column}"


def _columns(tags: pl.DataFrame) -> set[str]:
    named = tags.filter(pl.col("of").is_not_null()).select("of", "key").unique().drop_nulls()
    return {CASE_PREFIX + key if of == "trace" else key for of, key in named.iter_rows()}


def _events(tags: pl.DataFrame, places: Mapping[str, str]) -> pl.DataFrame:
    """``ROW`` (from 1), ``DIGEST`` and the columns with a place, for every event."""
    said = tags.filter(pl.col("of") == "event").select(
        "event", pl.struct("key", "value").hash().alias(DIGEST)
    )
    digests = said.group_by("event").agg(pl.col(DIGEST).sum())  # in any order
    events = (
        tags.filter("is_event")
        .select("event", "trace")
        .join(digests, on="event", how="left", maintain_order="left")
    )
    keys = {column.removeprefix(CASE_PREFIX) for column in places}
    found = tags.filter(pl.col("of").is_not_null(), pl.col("key").is_in(keys))
    columns = {place: _values(found, events, column) for column, place in places.items()}
    return events.select(pl.col("event").cast(pl.UInt64).alias(ROW), DIGEST).with_columns(**columns)


def _values(attributes: pl.DataFrame, events: pl.DataFrame, column: str) -> pl.Series:
    owner = "trace" if column.startswith(CASE_PREFIX) else "event"
    key = column.removeprefix(CASE_PREFIX)
    found = attributes.filter(pl.col("of") == owner, pl.col("key") == key)
    last = found.select(owner, "value").unique(owner, keep="last")
    return events.join(last, on=owner, how="left", maintain_order="left")["value"]
