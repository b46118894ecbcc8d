# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether a group waits longer: against sums done by hand, against scipy, and against nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pytest
from scipy import stats

from mining.why.contrasts import STRATUM_WEEKS, Contrast, contrasts, significant

Cell = tuple[str, int, str]  # where from, which week, which value


def groups(waits: Mapping[Cell, Iterable[float]], attribute: str = "case:kind") -> pl.DataFrame:
    """What ``mining.waiting.stays`` tells of the waits of one queue."""
    rows = []
    for (source, week, value), each in waits.items():
        days = np.array(list(each), dtype=float)
        told = {"from": source, "week": week, "attribute": attribute, "value": value}
        sums = {"n": float(len(days)), "days": days.sum(), "squared": (days**2).sum()}
        rows.append({**told, **sums})
    return pl.DataFrame(rows)


def around(mean: float, n: int) -> list[float]:
    """Waits with this mean, and a standard deviation of about 1."""
    return [mean + (1 if i % 2 else -1) for i in range(n - n % 2)] + [mean] * (n % 2)


def drawn(seed: int, n: int, mean: float) -> np.ndarray:
    return np.random.default_rng(seed).exponential(mean, n)


def real(found: Sequence[Any]) -> list[Any]:
    return list(filter(significant(found), found))


def only(frame: pl.DataFrame) -> Contrast:
    [found] = contrasts(frame)
    return found


# ---- strata --------------------------------------------------------------------------------------

# the other route, or another month
STRATA = [(("a", 0), ("b", 0)), (("a", 0), ("a", STRATUM_WEEKS))]


@pytest.mark.parametrize(("short", "long"), STRATA)
def test_a_group_that_only_comes_where_all_wait_long_is_not_slow(
    short: tuple[str, int], long: tuple[str, int]
) -> None:
    frame = groups(
        {
            (*short, "p"): around(10, 20),
            (*short, "q"): around(10, 180),
            (*long, "p"): around(30, 180),
            (*long, "q"): around(30, 20),
        }
    )

    assert not real(contrasts(frame))
    # all in one stratum p is said to wait 28 days, and q 12
    pooled = only(frame.with_columns(pl.lit("a").alias("from"), week=pl.lit(0)))
    assert pooled.values == ("p",)
    assert (pooled.slow_days, pooled.rest_days) == (28, 12)
    assert real([pooled])


@pytest.mark.parametrize(("short", "long"), STRATA)
def test_a_slow_group_that_mostly_comes_where_all_wait_short(
    short: tuple[str, int], long: tuple[str, int]
) -> None:
    frame = groups(
        {
            (*short, "p"): around(8, 180),
            (*short, "q"): around(4, 20),
            (*long, "p"): around(30, 20),
            (*long, "q"): around(20, 180),
        }
    )

    found = only(frame)
    assert found.values == ("p",)
    assert (found.n, found.share) == (200, 0.5)
    assert found.excess.sum() == pytest.approx(180 * 4 + 20 * 10)
    assert found.slow_days == pytest.approx((180 * 8 + 20 * 30) / 200)
    assert found.rest_days == pytest.approx((180 * 4 + 20 * 20) / 200)
    assert real([found])
    pooled = only(frame.with_columns(pl.lit("a").alias("from"), week=pl.lit(0)))
    assert pooled.values == ("q",)


def test_the_weeks_of_a_stratum_are_compared_together() -> None:
    frame = groups({("a", 0, "p"): around(20, 50), ("a", STRATUM_WEEKS - 1, "q"): around(10, 50)})

    assert only(frame).excess.tolist() == [500, 0]
    apart = frame.with_columns(pl.col("week") * 2)
    assert contrasts(apart) == []


def test_a_share_is_of_all_that_tell_the_attribute_of_rare_values_too() -> None:
    rare = {("a", 0, f"rare {n}"): around(10, 20) for n in range(10)}
    found = only(groups({("a", 0, "p"): around(20, 50), ("a", 0, "q"): around(10, 50), **rare}))

    assert (found.values, found.n) == (("p",), 50)
    assert found.share == pytest.approx(50 / 300)


# ---- cuts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("means", "slow"),
    [
        ({"p": 20, "q": 20, "r": 10, "s": 10}, ("p", "q")),
        ({"p": 10, "q": 20, "r": 10, "s": 20}, ("q", "s")),
        ({"p": 20, "q": 10, "r": 10, "s": 10}, ("p",)),
        ({"p": 10, "q": 20, "r": 20, "s": 20}, ("q", "r", "s")),
        ({"p": 40, "q": 30, "r": 10, "s": 10}, ("p", "q")),
    ],
)
def test_the_cut(means: dict[str, float], slow: tuple[str, ...]) -> None:
    waits = {("a", 0, value): around(mean, 100) for value, mean in means.items()}
    found = only(groups(waits))

    assert found.values == slow
    rest = np.mean([mean for value, mean in means.items() if value not in slow])
    assert found.rest_days == pytest.approx(rest)
    assert found.excess.sum() == pytest.approx(100 * sum(means[value] - rest for value in slow))


@pytest.mark.parametrize(
    ("n", "slow"),
    [(29, ("q",)), (30, ("p",))],
)
def test_a_value_with_too_few_stays_is_no_group(n: int, slow: tuple[str, ...]) -> None:
    waits = {
        ("a", 0, "p"): around(100, n),
        ("a", 0, "q"): around(20, 100),
        ("a", 0, "r"): around(10, 100),
    }

    assert only(groups(waits)).values == slow


@pytest.mark.parametrize(
    "waits",
    [
        {},
        {("a", 0, "p"): around(10, 100)},
        {("a", 0, "p"): around(10, 100), ("a", 0, "q"): around(90, 29)},
        {("a", 0, "p"): around(10, 100), ("b", 0, "q"): around(90, 100)},  # never together
        {("a", 0, "p"): [0.0] * 100, ("a", 0, "q"): [0.0] * 100},
    ],
)
def test_nothing_to_compare(waits: dict[Cell, list[float]]) -> None:
    schema = dict.fromkeys(("from", "attribute", "value"), pl.String)
    schema |= {"week": pl.Int32, "n": pl.Float64, "days": pl.Float64, "squared": pl.Float64}
    frame = groups(waits) if waits else pl.DataFrame(schema=schema)

    assert contrasts(frame) == []


@pytest.mark.parametrize("wait_days", [1 / 24, 0.1, 0.3, 1.0])
def test_of_waits_that_are_all_equal_no_group_is_slow(wait_days: float) -> None:
    for seed in range(200):
        random = np.random.default_rng(seed)
        counts = {
            ("a", week, value): random.integers(1, 6) for week in range(20) for value in "xyz"
        }

        found = contrasts(groups({cell: [wait_days] * n for cell, n in counts.items()}))

        assert real(found) == []


def test_whether_it_crosses_a_border_is_no_group() -> None:
    waits = {("a", 0, "true"): around(20, 100), ("a", 0, "false"): around(10, 100)}

    assert contrasts(groups(waits, "crosses")) == []
    assert len(contrasts(groups(waits, "team"))) == 1


def test_attributes_are_told_clearest_first() -> None:
    def of(attribute: str, slow: float) -> pl.DataFrame:
        waits = {("a", 0, "p"): around(slow, 100), ("a", 0, "q"): around(10, 100)}
        return groups(waits, attribute)

    found = contrasts(pl.concat([of("case:x", 10.2), of("case:y", 12), of("case:z", 10.5)]))

    assert [each.attribute for each in found] == ["case:y", "case:z", "case:x"]


def test_the_order_of_rows_and_names_of_values_change_nothing() -> None:
    means = {"p": 5.0, "q": 20.0, "r": 9.0, "s": 30.0}
    waits = {
        (source, week, value): drawn(100 * week + ord(value), 20, mean)
        for source in "ab"
        for week in range(8)
        for value, mean in means.items()
    }
    frame = groups(waits)
    first = only(frame)

    for seed in range(3):
        names = dict(
            zip("pqrs", np.random.default_rng(seed).permutation(list("wxyz")), strict=True)
        )
        other = frame.sample(fraction=1, shuffle=True, seed=seed).with_columns(
            pl.col("value").replace_strict(names, return_dtype=pl.String)
        )
        again = only(other)
        assert again.values == tuple(sorted(names[value] for value in first.values))
        assert again.weeks.tolist() == first.weeks.tolist()
        assert again.excess == pytest.approx(first.excess)
        assert again.p == pytest.approx(first.p)


# ---- how much longer -----------------------------------------------------------------------------


class Wait(NamedTuple):
    source: str
    week: int
    value: str
    days: float


def random_waits(seed: int) -> list[Wait]:
    """Of two values in some weeks and from two sources; p is slow. From b, later only p."""
    rng = np.random.default_rng(seed)
    waits = []
    for _ in range(1500):
        source, week = str(rng.choice(["a", "b"])), int(rng.integers(0, 12))
        value = "p" if source == "b" and week >= 8 else str(rng.choice(["p", "q"]))
        mean = 5.0 + week + (10 if value == "p" else 0)
        waits.append(Wait(source, week, value, float(rng.exponential(mean))))
    return waits


@pytest.mark.parametrize("seed", range(3))
def test_the_excess_by_brute_force(seed: int) -> None:
    waits = random_waits(seed)
    cells: dict[Cell, list[float]] = {}
    for wait in waits:
        cells.setdefault(wait[:3], []).append(wait.days)
    found = only(groups(cells))

    def rest(slow: Wait, *, everyone: bool) -> float | None:
        same = [
            other.days
            for other in waits
            if (everyone or other.value == "q")
            and other.source == slow.source
            and other.week // STRATUM_WEEKS == slow.week // STRATUM_WEEKS
        ]
        return float(np.mean(same)) if same else None

    mine = [wait for wait in waits if wait.value == "p"]
    longer = [(wait, rest(wait, everyone=False)) for wait in mine]
    known = [wait.days - others for wait, others in longer if others is not None]
    # where a stratum holds nobody else, p waits as much longer as elsewhere
    excess = sum(known) + np.mean(known) * (len(mine) - len(known))
    over_all = sum(wait.days - (rest(wait, everyone=True) or 0) for wait in mine)

    assert found.values == ("p",)
    assert found.excess.sum() == pytest.approx(excess)
    assert found.over_all.sum() == pytest.approx(over_all)
    assert (found.n, found.came.sum()) == (len(mine), len(mine))
    assert found.days.sum() == pytest.approx(sum(wait.days for wait in mine))
    compared = [wait.days for wait, others in longer if others is not None]
    assert found.slow_days == pytest.approx(np.mean(compared))
    assert found.rest_days == pytest.approx(np.mean(compared) - np.mean(known))
    by_week = {week: sum(w.days for w in mine if w.week == week) for week in range(12)}
    assert {w: found.days[found.weeks == w].sum() for w in range(12)} == pytest.approx(by_week)


# ---- by chance -----------------------------------------------------------------------------------


def errors_apart(slow: np.ndarray, rest: np.ndarray) -> float:
    """As Welch; the rest is taken to vary no less than both together, each around its mean."""
    both = np.concatenate([slow - slow.mean(), rest - rest.mean()])
    together = (both**2).sum() / (len(both) - 2)
    error = slow.var(ddof=1) / len(slow) + max(rest.var(ddof=1), together) / len(rest)
    return float((slow.mean() - rest.mean()) / np.sqrt(error))


@pytest.mark.parametrize("sizes", [(200, 200), (60, 400), (400, 60)])
@pytest.mark.parametrize("times", [1.1, 1.3, 1.6])
def test_p_is_that_of_welch_where_the_rest_varies_no_less(
    sizes: tuple[int, int], times: float
) -> None:
    slow, rest = drawn(1, sizes[0], 10 * times), drawn(2, sizes[1], 10)
    found = only(groups({("a", 0, "p"): slow, ("a", 0, "q"): rest}))
    z, welch = errors_apart(slow, rest), stats.ttest_ind(slow, rest, equal_var=False)

    assert found.p == pytest.approx(2 * stats.norm.sf(abs(z)))
    assert found.kept == pytest.approx(max(0, 1 - 1 / z**2))
    assert found.p >= 2 * stats.norm.sf(abs(welch.statistic)) * (1 - 1e-9)


def test_the_choice_of_the_cut_is_paid_for() -> None:
    """Scheffé: among all ways to cut three values."""
    waits = {
        value: drawn(n, 200, mean)
        for n, (value, mean) in enumerate(zip("pqr", (14, 10, 10), strict=True))
    }
    found = only(groups({("a", 0, value): each for value, each in waits.items()}))
    rest = np.concatenate([waits["q"], waits["r"]])

    assert found.values == ("p",)
    assert found.p == pytest.approx(stats.chi2.sf(errors_apart(waits["p"], rest) ** 2, 2))


def test_few_long_waits_among_many_values_are_no_slow_group() -> None:
    """Waits of which half last a day, and one in a hundred two months or more."""
    share = 1 / np.arange(1, 13)
    chances = []
    for seed in range(100):
        random = np.random.default_rng(seed)
        kinds = random.choice(12, 1000, p=share / share.sum())
        days = random.lognormal(0, 1.8, 1000)
        waits = {("a", 0, f"{kind:02}"): days[kinds == kind] for kind in range(12)}
        chances += [found.p for found in contrasts(groups(waits))]

    assert sum(p < 0.05 for p in chances) <= 8  # 5 of 100, give or take


def test_two_strata_know_more_than_one() -> None:
    slow, rest = drawn(1, 100, 12), drawn(2, 100, 10)
    once = groups({("a", 0, "p"): slow, ("a", 0, "q"): rest})
    twice = pl.concat([once, once.with_columns(pl.lit("b").alias("from"))])
    z = stats.norm.isf(only(once).p / 2)

    # twice as many: the difference is as large, its error a root of two smaller
    assert stats.norm.isf(only(twice).p / 2) == pytest.approx(z * np.sqrt(2))


def share_found(values: int, attributes: int) -> float:
    """Of 200 logs in which no group waits longer, in how many one is said to."""
    hits = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        frames = [
            groups(
                {
                    ("a", week, f"v{value}"): rng.lognormal(2, 1, rng.integers(20, 36))
                    for week in (0, 4)
                    for value in range(values)
                },
                f"case:{attribute}",
            )
            for attribute in range(attributes)
        ]
        hits += bool(real(contrasts(pl.concat(frames))))
    return hits / 200


@pytest.mark.parametrize(("values", "attributes"), [(2, 1), (2, 3), (4, 1), (15, 1)])
def test_where_no_group_is_slow_hardly_any_is_found(values: int, attributes: int) -> None:
    assert share_found(values, attributes) <= 0.07


class Told(NamedTuple):
    p: float
    ratio: float


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], []),
        ([Told(0.05, 2)], [0]),
        ([Told(0.051, 2)], []),
        ([Told(0.04, 2), Told(0.9, 2)], []),  # 0.025 for the first of two
        ([Told(0.02, 2), Told(0.9, 2)], [0]),
        ([Told(0.9, 2), Told(0.02, 2)], [1]),
        ([Told(0.04, 2), Told(0.05, 2)], [0, 1]),  # both together pass
        ([Told(0.001, 1.29), Told(0.001, 1.3)], [1]),  # too small to matter
        ([Told(0.001, float("inf"))], [0]),
    ],
)
def test_significant(found: list[Told], expected: list[int]) -> None:
    assert real(found) == [found[place] for place in expected]
