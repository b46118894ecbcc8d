# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from contracts.events import CANDIDATES
from ingest.lifecycle import pair

ZERO = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "case_id": st.sampled_from("12"),
            "activity": st.sampled_from("ab"),
            "instance": st.sampled_from([None, None, "i"]),
            "lifecycle": st.sampled_from(["start", "start", "complete", "complete", "schedule"]),
            "at": st.integers(0, 8).map(lambda minute: ZERO + dt.timedelta(minutes=minute)),
        }
    ),
    max_size=30,
)


def by_hand(records):
    """(row, started_at, is_done) of every activity instance, from a queue of open starts."""
    waiting, found = {}, []
    for record in sorted(
        records, key=lambda each: (each["at"], each["lifecycle"] != "start", each["row"])
    ):
        queue = waiting.setdefault(
            tuple(record[k] for k in ("case_id", "activity", "instance")), []
        )
        if record["lifecycle"] == "start":
            queue.append(record)
        elif record["lifecycle"] == "complete":
            found.append((record["row"], queue.pop(0)["at"] if queue else None, True))
    return sorted(found + [(r["row"], r["at"], False) for queue in waiting.values() for r in queue])


@given(RECORDS)
def test_pairs_as_a_queue_does(records):
    records = [{"source": "log", "row": row, **record} for row, record in enumerate(records, 1)]

    paired = pair(pl.DataFrame(records, schema=CANDIDATES).lazy()).collect()

    assert sorted(paired.select("row", "started_at", "is_done").rows()) == by_hand(records)


@given(RECORDS, st.randoms())
def test_the_order_of_the_rows_does_not_matter(records, random):
    records = [{"source": "log", "row": row, **record} for row, record in enumerate(records, 1)]
    frame = pl.DataFrame(records, schema=CANDIDATES)
    random.shuffle(records)
    shuffled = pl.DataFrame(records, schema=CANDIDATES)

    assert (
        pair(frame.lazy()).sort("row").collect().equals(pair(shuffled.lazy()).sort("row").collect())
    )
