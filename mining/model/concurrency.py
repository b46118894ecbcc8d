# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which activities go on side by side, so that one does not wait for the other.

Three signs show that, from what happens before a case is closed (``docs/methods/enabled-time.md``):

- two activities come in both orders, about as often, and not in turns (Weijters, van der Aalst and
  Alves de Medeiros 2006, "Process mining with the HeuristicsMiner algorithm");
- work on the two overlaps in time, where the log tells when work started;
- cases that have an activity on their way get to the next one hardly later than cases without it.
"""

from __future__ import annotations

from collections import Counter

import polars as pl

from contracts.events import ORDER
from mining.cases.relations import Pair, Relations
from mining.summaries import Bucket, Summaries, Summary

THRESHOLD = 0.9
"""For both measures of the heuristics: the default in the papers that use them."""

OVERLAP = 0.5
"""The share of overlaps from which two activities are concurrent, as in Simod."""

LEAST_SEEN = 10
"""How often each order, or an overlap, must be seen: in a few cases it may be a clerk's slip."""

LEAST_COMPARED = 30
"""How many cases each side of a comparison of means has at least."""

LEAST_HOURS = 1
LEAST_SHARE = 0.1
"""A wait that is shorter, or a smaller share of the way without it, can hardly delay: that the
whole does not show it is no sign."""

MOST_DELAY = 0.5
"""The share of the wait for an activity that it may add to the way to the next."""

MOST_PASSED_ON = 0.75
"""How much of a wait that is an hour longer may come back in the way to the next activity. In
series all of it does; side by side a part, since the longest of two branches counts."""

RARE = 0.05
"""The share of a side activity's moves below which it is not asked whether they enable."""

_HOUR_MS = 3_600_000


def _inside(bucket: Bucket) -> pl.LazyFrame:
    return bucket.traces.filter(~pl.col("is_outside"))


def _hours(ms: pl.Expr) -> pl.Expr:
    """In whole hours: sums of their squares are exact and fit; those of milliseconds do not."""
    return ms // _HOUR_MS


def _follows(bucket: Bucket) -> pl.LazyFrame:
    """Per pair of activities that follow each other directly: the time between, and overlaps."""
    worked = pl.col("started_at") < pl.col("at")
    hours = _hours(pl.col("at_ms") - pl.col("before_ms"))
    return (
        _inside(bucket)
        .with_columns(
            both_timed=(worked & worked.shift()).fill_null(value=False),
            begun_before=(pl.col("started_at") < pl.col("at").shift()).fill_null(value=False),
            hours=hours,
        )
        .filter(pl.col("from").is_not_null())
        .group_by("from", pl.col("activity").alias("to"))
        .agg(
            n=pl.len(),
            hours=pl.col("hours").sum(),
            squares=(pl.col("hours") ** 2).sum(),
            timed=pl.col("both_timed").sum(),
            overlaps=(pl.col("both_timed") & pl.col("begun_before")).sum(),
        )
    )


def _triples(bucket: Bucket) -> pl.LazyFrame:
    """Per three activities in direct succession: hours from the first to the other two."""
    start_ms = pl.col("before_ms").shift()
    return (
        _inside(bucket)
        .with_columns(
            first=pl.col("from").shift(),
            via=_hours(pl.col("before_ms") - start_ms),
            whole=_hours(pl.col("at_ms") - start_ms),
        )
        .filter(pl.col("from").is_not_null(), pl.col("first").is_not_null())
        .group_by("first", second="from", third="activity")
        .agg(
            n=pl.len(),
            via=pl.col("via").sum(),
            whole=pl.col("whole").sum(),
            via_squares=(pl.col("via") ** 2).sum(),
            whole_squares=(pl.col("whole") ** 2).sum(),
            products=(pl.col("via") * pl.col("whole")).sum(),
        )
    )


FOLLOWS = Summary("pairs_in_a_row", ("from", "to"), _follows)
TRIPLES = Summary("triples_in_a_row", ("first", "second", "third"), _triples)
SUMMARIES = (FOLLOWS, TRIPLES)
"""What must be known of all buckets before the waits of one can be told."""

COLUMNS = (*ORDER, "activity", "started_at", "registered_at", "is_day", "is_done", "is_mark")
"""The columns of events from which the ``SUMMARIES`` are made."""


def conclude(merged: Summaries) -> Relations:
    """How the activities of a log relate, from the merged ``SUMMARIES``."""
    follows, triples = (merged[summary.name] for summary in SUMMARIES)
    concurrent = _in_both_orders(follows, triples) | _overlapping(follows)
    aside = _off_the_path(follows, triples) - concurrent
    side = _side(follows, concurrent | aside)
    rare = _rarely_next(follows, side) - concurrent
    return Relations(concurrent, aside | rare, side)


def _in_both_orders(follows: pl.DataFrame, triples: pl.DataFrame) -> frozenset[Pair]:
    """The pairs by the oracle of the heuristics, in both orders.

    If b came right after a ``ab`` times, and a came right after that ``aba`` times, the
    dependency is ``(ab - ba) / (ab + ba + 1)`` and the loop ``(aba + bab) / (aba + bab + 1)``.
    """
    turns = triples.filter(pl.col("first") == pl.col("third"))
    ab = follows.select("from", "to", ab="n").filter(pl.col("from") != pl.col("to"))
    ba = ab.select(pl.col("to").alias("from"), pl.col("from").alias("to"), ba="ab")
    aba = turns.select(pl.col("first").alias("from"), to="second", aba="n")
    bab = turns.select(pl.col("second").alias("from"), to="first", bab="n")
    dependency = (pl.col("ab") - pl.col("ba")) / (pl.col("ab") + pl.col("ba") + 1)
    turned = pl.col("aba").fill_null(0) + pl.col("bab").fill_null(0)
    return _pairs(
        ab.join(ba, on=["from", "to"])
        .join(aba, on=["from", "to"], how="left")
        .join(bab, on=["from", "to"], how="left")
        .filter(
            pl.col("ab") >= LEAST_SEEN,
            pl.col("ba") >= LEAST_SEEN,
            dependency.abs() < THRESHOLD,
            turned / (turned + 1) < THRESHOLD,
        )
    )


def _overlapping(follows: pl.DataFrame) -> frozenset[Pair]:
    """The pairs by the oracle of overlaps, in both orders, over events in direct succession."""
    one_way = follows.filter(pl.col("from") != pl.col("to")).select(
        "from", "to", "timed", "overlaps"
    )
    other_way = one_way.select(
        pl.col("to").alias("from"), pl.col("from").alias("to"), "timed", "overlaps"
    )
    both = pl.concat([one_way, other_way]).group_by("from", "to").sum()
    return _pairs(
        both.filter(
            pl.col("overlaps") >= LEAST_SEEN, pl.col("overlaps") >= OVERLAP * pl.col("timed")
        )
    )


def _off_the_path(follows: pl.DataFrame, triples: pl.DataFrame) -> frozenset[Pair]:
    """Pairs whose first activity comes before the second but does not hold it up.

    That is so if most cases with both come from a step from which the way to the second takes as
    long without the first.
    """
    three = ["first", "second", "third"]
    seen = triples.filter(
        pl.col("first") != pl.col("second"),
        pl.col("second") != pl.col("third"),
        pl.col("first") != pl.col("third"),
    )
    held = _bypassed(follows, seen).select(*three, bypassed="n")
    ways = (
        seen.join(held, on=three, how="left")
        .group_by(pl.col("second").alias("from"), pl.col("third").alias("to"))
        .agg(pl.col("n", "bypassed").sum())
    )
    back = follows.select(pl.col("to").alias("from"), pl.col("from").alias("to"), back="n")
    forth = follows.select("from", "to", forth="n")
    return _pairs(
        ways.filter(2 * pl.col("bypassed") > pl.col("n"))
        .join(forth, on=["from", "to"])
        .join(back, on=["from", "to"], how="left")
        .filter(pl.col("forth") > pl.col("back").fill_null(0))
    )


def _bypassed(follows: pl.DataFrame, triples: pl.DataFrame) -> pl.DataFrame:
    """The ``triples`` whose third comes as soon after the first without the second between.

    Such a second does not hold the third up: hardly any of the wait for it lengthens the way, and
    cases that wait longer for it are not that much later.
    """
    direct = follows.select(
        pl.col("from").alias("first"),
        pl.col("to").alias("third"),
        direct_n="n",
        direct=pl.col("hours") / pl.col("n"),
        direct_variance=_variance("hours", "squares"),
    )
    via, whole = pl.col("via") / pl.col("n"), pl.col("whole") / pl.col("n")
    via_variance = _variance("via", "via_squares")
    error = (
        _variance("whole", "whole_squares") / pl.col("n")
        + pl.col("direct_variance") / pl.col("direct_n")
    ).sqrt()
    passed_on = pl.col("products") / pl.col("n") - via * whole
    return triples.join(direct, on=["first", "third"]).filter(
        pl.col("n") >= LEAST_COMPARED,
        pl.col("direct_n") >= LEAST_COMPARED,
        via >= LEAST_HOURS,
        via >= LEAST_SHARE * pl.col("direct"),
        whole - pl.col("direct") + 2 * error < MOST_DELAY * via,
        passed_on < MOST_PASSED_ON * via_variance,
    )


def _variance(total: str, squares: str) -> pl.Expr:
    mean = pl.col(total) / pl.col("n")
    return pl.col(squares) / pl.col("n") - mean**2


def _side(follows: pl.DataFrame, not_enabling: frozenset[Pair]) -> frozenset[str]:
    """The activities that are mostly followed by what they do not enable."""
    onward: Counter[str] = Counter()
    beside: Counter[str] = Counter()
    for one, other, n in follows.select("from", "to", "n").iter_rows():
        onward[one] += n
        beside[one] += n if (one, other) in not_enabling else 0
    return frozenset(name for name, n in onward.items() if 2 * beside[name] > n)


def _rarely_next(follows: pl.DataFrame, side: frozenset[str]) -> frozenset[Pair]:
    """What rarely comes after a side activity and is none itself: too rare to judge on its own.

    Otherwise the few cases with such a move would seem to have waited for the branch all the way.
    """
    all_moves = pl.col("n").sum().over("from")
    is_of_side = pl.col("from").is_in(sorted(side)) & ~pl.col("to").is_in(sorted(side))
    return _pairs(follows.filter(is_of_side, pl.col("n") < RARE * all_moves))


def _pairs(frame: pl.DataFrame) -> frozenset[Pair]:
    return frozenset(frame.select("from", "to").iter_rows())
