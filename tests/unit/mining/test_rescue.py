# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The chance to be too late, against counting by hand and another library."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from lifelines import KaplanMeierFitter

from mining.law import rescue

STAYS = {"id": pl.String, "after": pl.String, "stayed_days": pl.Int32, "rest_days": pl.Int32,
         "is_over": pl.Boolean, "n": pl.Int64}  # fmt: skip


ASKED = {"id": pl.String, "after": pl.String, "stayed_days": pl.Int32, "days_left": pl.Int32}


def stays(*rows: tuple[int, int, bool, int]) -> pl.DataFrame:
    return pl.DataFrame([("d", "a", *row) for row in rows], schema=STAYS, orient="row")


def chance(known: pl.DataFrame, stayed: int, left: int) -> dict[str, float | None]:
    asked = pl.DataFrame([("d", "a", stayed, left)], schema=ASKED, orient="row")
    return rescue.chances(known, asked).to_dicts()[0]


def test_of_those_who_stood_still_as_long_some_were_done_in_time() -> None:
    known = stays((1, 2, True, 900), (5, 6, True, 60), (5, 20, True, 40))

    assert chance(known, 5, 3)["chance"] == pytest.approx(0.4)
    assert chance(known, 5, 15)["chance"] == 0
    assert chance(known, 0, 3)["chance"] == pytest.approx(0.1)


def test_the_day_on_which_the_log_ends_counts_as_over() -> None:
    known = stays((5, 6, True, 60), (5, 20, True, 40))

    assert [chance(known, stayed, 0)["chance"] for stayed in (0, 5, 6)] == [1, 1, 1]
    assert chance(known, 6, 14)["chance"] == 0


def test_it_is_not_said_of_what_few_did() -> None:
    known = stays((5, 6, True, 20), (5, 20, True, 9))

    assert chance(known, 5, 3)["chance"] is None
    assert chance(known.clear(), 5, 3)["chance"] is None


def test_it_is_not_said_of_cases_that_somebody_works_on() -> None:
    asked = pl.DataFrame([("d", None, None, 3), ("d", "a", 5, 3)], schema=ASKED, orient="row")
    found = rescue.chances(stays((5, 6, True, 60), (5, 20, True, 40)), asked)

    assert dict(found.select("after", "chance").iter_rows()) == {None: None, "a": 0.4}


def test_the_band_holds_the_middle_of_those_who_are_done() -> None:
    known = stays(*[(5, 10 + n, True, 10) for n in range(10)])

    found = chance(known, 5, 3)
    assert (found["low_days"], found["high_days"]) == (5, 13)


def test_the_band_is_open_where_many_are_not_done() -> None:
    found = chance(stays((5, 10, True, 30), (5, 40, False, 30)), 5, 3)

    assert (found["low_days"], found["high_days"]) == (5, None)


def test_open_cases_count_as_another_library_says() -> None:
    random = np.random.default_rng(7)
    rest = random.integers(6, 90, 400)
    is_over = random.random(400) < 0.6
    known = stays(
        *[(6, int(days), bool(over), 1) for days, over in zip(rest, is_over, strict=True)]
    )
    fitted = KaplanMeierFitter().fit(rest, is_over)

    for stayed, left in [(6, 5), (10, 20), (20, 9), (42, 30)]:
        now, then = (float(fitted.predict(day)) for day in (stayed, stayed + left))
        # of 6 days or more all were watched
        known_now = known if stayed < 7 else known.with_columns(stayed_days=pl.lit(90, pl.Int32))
        assert chance(known_now, stayed, left)["chance"] == pytest.approx(then / now)


OUTCOMES = {"id": pl.String, "after": pl.String, "stayed_days": pl.Int32, "days_left": pl.Int32,
            "more_days": pl.Int32, "is_over": pl.Boolean, "is_late": pl.Boolean,
            "seen_days": pl.Int32, "n": pl.Int64}  # fmt: skip


def test_chances_are_held_against_what_came() -> None:
    known = stays((5, 6, True, 60), (5, 20, True, 40))
    came = pl.DataFrame(
        [
            ("d", "a", 5, 3, 1, True, False, 40, 50),
            ("d", "a", 5, 3, 15, True, True, 40, 25),
            ("d", "a", 5, 3, 40, True, True, 40, 25),  # longer than any
        ],
        schema=OUTCOMES,
        orient="row",
    )
    merged = {rescue.STAYS_THEN.name: known, rescue.OUTCOMES.name: came}

    [row] = rescue.conclude(merged).to_dicts()

    # half were late, of which each had a chance of 0.4
    assert row["brier"] == pytest.approx(0.5 * 0.4**2 + 0.5 * 0.6**2)
    assert row["brier_of_share"] == pytest.approx(0.25)
    assert row["coverage"] == pytest.approx(0.75)
    assert (row["cases"], row["late"]) == (100, 50)


def test_a_time_that_is_not_over_yet_is_not_judged() -> None:
    known = stays((5, 6, True, 60), (5, 20, True, 40))
    came = pl.DataFrame(
        [("d", "a", 5, 3, days, days < 10, False, 9, 50) for days in (3, 10)],
        schema=OUTCOMES,
        orient="row",
    )
    merged = {rescue.STAYS_THEN.name: known, rescue.OUTCOMES.name: came}

    [row] = rescue.conclude(merged).to_dicts()

    assert (row["cases"], row["coverage"]) == (100, None)


def test_nothing_is_told_where_nothing_was_tested() -> None:
    merged = {
        rescue.STAYS_THEN.name: pl.DataFrame(schema=STAYS),
        rescue.OUTCOMES.name: pl.DataFrame(schema=OUTCOMES),
    }

    assert rescue.conclude(merged).is_empty()
