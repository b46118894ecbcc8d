# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Writes a log as XES (IEEE 1849): a trace per case, with starts and completions of its steps.

There are only milestones: a legal clock that stood still, or an extended decision period, is not
told.

The same log gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from simulation.description import Process
from simulation.recording.log import Part
from simulation.walking.hours import ZONE

_CASES_AT_ONCE = 2_500  # as text: some tens of megabytes
_EXTENSIONS = {
    "Concept": "concept",
    "Time": "time",
    "Lifecycle": "lifecycle",
    "Organizational": "org",
}
_ESCAPES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    # a reader turns these into spaces in an attribute, unless they are escaped
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}


def write(parts: Iterable[Part], process: Process, folder: Path) -> None:
    """Writes ``export.xes``, a line per event."""
    with (folder / "export.xes").open("wb") as file:
        file.write(_head(process).encode())
        for part in parts:
            for some in _some_cases(part):
                lines = _lines(_transitions(some, process))
                # one column of text without quotes is written as it is
                lines.write_csv(file, include_header=False, quote_style="never")
        file.write(b"</log>\n")


def _some_cases(part: Part) -> Iterator[Part]:
    """The cases of a part with their events, some at a time."""
    for cases in part.cases.iter_slices(_CASES_AT_ONCE):
        of_them = pl.col("case").is_between(cases["case"][0], cases["case"][-1])
        yield part._replace(cases=cases, events=part.events.filter(of_them))


def _head(process: Process) -> str:
    extensions = "".join(
        f'<extension name="{name}" prefix="{prefix}" '
        f'uri="http://www.xes-standard.org/{prefix}.xesext"/>\n'
        for name, prefix in _EXTENSIONS.items()
    )
    name = pl.select(_string("concept:name", pl.lit(process.case_type.nl))).item()
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<log xes.version="1849.2016">\n{extensions}{name}\n'
    )


def _transitions(part: Part, process: Process) -> pl.DataFrame:
    """A row per start and completion, in the order of the trace.

    A note is told at the completion.

    Returns:
        The columns of ``EVENTS``, with ``time`` and ``transition``; ``instance``, what a start and
        its completion share, null where there is but one; ``trace``, the opening of the trace, null
        but for its first row; and ``is_last``, whether it is its last row.
    """
    began = pl.col("started_at").is_not_null()
    events = part.events.with_columns(
        instance=pl.when(began).then(pl.col("number").cast(pl.String))
    )
    completes = events.with_columns(time="at", transition=pl.lit("complete"))
    starts = events.filter(began).with_columns(
        time="started_at", transition=pl.lit("start"), note=pl.lit(None, pl.String)
    )
    ordered = pl.concat([starts, completes]).sort(
        "case", "time", "number", pl.col("transition") == "complete", maintain_order=True
    )
    traces = part.cases.select("case", trace=_trace(process))
    case = pl.col("case")
    return ordered.join(traces, on="case", how="left", maintain_order="left").with_columns(
        trace=pl.when(case.ne_missing(case.shift(1))).then("trace"),
        is_last=case.ne_missing(case.shift(-1)),
    )


def _trace(process: Process) -> pl.Expr:
    """The opening of a trace, with the facts of its case."""
    known = (_string(name, pl.col(name)) for name in process.attributes)
    name = _string("concept:name", pl.col("case_id"))
    return pl.concat_str(pl.lit("<trace>"), name, *known, pl.lit("\n"), ignore_nulls=True)


def _lines(transitions: pl.DataFrame) -> pl.DataFrame:
    """The text of each event, with the opening and closing of its trace, in one column."""
    time = pl.col("time").dt.convert_time_zone(ZONE.key)
    pieces = [
        pl.col("trace"),
        pl.lit("<event>"),
        _string("concept:name", pl.col("activity")),
        _attribute("date", "time:timestamp", time.dt.to_string("%Y-%m-%dT%H:%M:%S%.3f%:z")),
        _attribute("string", "lifecycle:transition", pl.col("transition")),
        _attribute("string", "concept:instance", pl.col("instance")),
        _string("org:resource", pl.col("resource")),
        _string("org:group", pl.col("team")),
        _string("organisatie", pl.col("organisation")),
        _string("toelichting", pl.col("note")),
        pl.lit("</event>"),
        pl.when("is_last").then(pl.lit("\n</trace>")),
    ]
    # columns are made on all cores, but not the pieces of one text
    columns = (piece.alias(str(place)) for place, piece in enumerate(pieces))
    return transitions.select(columns).select(pl.concat_str(pl.all(), ignore_nulls=True))


def _string(key: str, text: pl.Expr) -> pl.Expr:
    return _attribute("string", key, text.str.replace_many(_ESCAPES))


def _attribute(kind: str, key: str, value: pl.Expr) -> pl.Expr:
    """An attribute; null where the value is."""
    return pl.concat_str(pl.lit(f'<{kind} key="{key}" value="'), value, pl.lit('"/>'))
