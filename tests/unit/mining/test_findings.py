# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A log small enough to work out by hand, and every figure that is found in it.

100 cases, looked at on day 30. All wait 2 days from a to b, a third party's turn; for the 70 that
began on the first day (at 10:00 local time) the rest of that day was a pause. Then

- 40 wait 20 days from b to z, of which the law sets 14; three days later c happens, after the end;
- 30 have waited since day 2: longer than anyone who went on;
- 30 began on day 18 and have waited 10 days since b: as of the 70 that waited longer 40 went to z,
  four in seven of them are expected there, and three in seven nowhere.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from contracts.findings import Findings
from contracts.journey import Journey
from contracts.settings import Settings
from contracts.verdict import Verdict
from mining.attending import work
from mining.cases.journeys import Lens
from mining.findings import SUMMARIES, Found, conclude
from mining.law import case_terms
from mining.summaries import bucket_of, merge, summarise
from mining.why.bottlenecks import certainty
from tests.builders import MONDAY, event_log, rule_result

TRACES = ["a 2d b 20d z 3d c"] * 40 + ["a 2d b"] * 30 + ["18d a 2d b"] * 30
SETTINGS = Settings.model_validate(
    {
        "process": {"id": "p"},
        "sources": [{"path": "x"}],
        "journey": {
            "end": ["z"],
            "steps": {"b": {"actor": "third_party"}, "z": {"statutory_wait": "P14D"}},
            "pauses": [{"activity": "b", "from": "2026-03-02", "to": "2026-03-02"}],
        },
    }
)
PAUSED = 70 * 14 / 24
TO_Z, TO_NOWHERE = 30 * 4 / 7, 30 * 3 / 7


def find(touched: int = 0, days: int = 30, **analysis: Any) -> Found:
    settings = SETTINGS.model_copy(
        update={"analysis": SETTINGS.analysis.model_copy(update=analysis)}
    )
    return _find(TRACES, settings, touched, days)


def headlines(touched: int, **aside: int) -> dict[str, tuple[float | None, ...]]:
    """The headlines where the first cases lost rows: as told, without them, at least, at most."""
    told = _find(TRACES, SETTINGS, touched, 30, **aside).findings.validation.headlines
    return {each.id: (each.value, each.without, each.lowest, each.highest) for each in told}


def find_in(traces: list[str], **journey: Any) -> Found:
    """What is found in other traces, a thousand days on, and with another journey."""
    written = {**SETTINGS.model_dump(by_alias=True), "journey": {"end": ["z"], **journey}}
    return _find(traces, Settings.model_validate(written), touched=0, days=1000)


def _find(traces: list[str], settings: Settings, touched: int, days: int, **aside: int) -> Found:
    lens = Lens(MONDAY + dt.timedelta(days=days), "Europe/Amsterdam", settings.journey)
    names = [f"c{n}" for n in range(1, touched + 1)]
    ids = pl.LazyFrame({"case_id": names}, schema={"case_id": pl.String})
    bucket = bucket_of(event_log(*traces), ids, lens)
    [items] = work.dealt(bucket, 1)
    _, of_terms = case_terms.summed(bucket, None)
    found = summarise(bucket, SUMMARIES) | of_terms | summarise(items, work.SUMMARIES)
    wanted = (*SUMMARIES, *case_terms.SUMMARIES, *work.SUMMARIES)
    merged = merge({name: [frame.lazy()] for name, frame in found.items()}, wanted)
    order = rule_result("O01", cases=3)
    counts = {"quarantined_rows": 2, "quarantined_cases": 1, **aside}
    verdict = Verdict(success=True, rows=300, **counts, rules=(order,))
    return conclude(merged, settings, lens, verdict, "run")


@pytest.fixture(scope="module")
def found() -> Found:
    return find()


@pytest.fixture(scope="module")
def findings(found: Found) -> Findings:
    return found.findings


def test_the_log(findings: Findings) -> None:
    log = findings.log

    assert (log.cases, log.open_cases, log.events) == (100, 60, 280)
    assert (log.activities, log.variants) == (4, 2)
    assert (log.order_undetermined_cases, log.quarantined_rows, log.quarantined_cases) == (3, 2, 1)
    assert log.last == MONDAY + dt.timedelta(days=25)


def test_throughput_counts_open_cases(findings: Findings) -> None:
    # 30 were last seen after 12 days; of the 70 watched longer 40 were done after 22
    assert findings.throughput_days.p50 == 22
    assert findings.throughput_days.p90 is None
    assert findings.throughput_days.closed_only_p50 == 22


def test_the_headline_without_touched_cases() -> None:
    untouched = find(touched=40).findings.validation.headline_without_quarantine

    assert find().findings.validation.headline_without_quarantine.p50 == 22
    assert untouched.p50 is None


def test_headlines_where_cases_lost_rows() -> None:
    """10 that were done lost rows, 5 lost all, and two rows name no case: 17 are not trusted."""
    told = headlines(10, quarantined_rows=40, quarantined_cases=15, unnamed_rows=2)

    # 90 trusted: 30 last seen on day 12, 30 of the other 60 done on day 22. With 17 that never end
    # 30 of 77 are; with 17 that end then, 47 of 77. And all of them may end with the last.
    assert told["p50_days"] == (22, 22, 22, None)
    assert told["p90_days"] == (None, None, pytest.approx(30), None)
    assert told["cases"] == (100, 90, 100, 107)
    assert told["open_cases"] == (60, 60, 60, 77)
    whole = 40 * 22 + 30 * 30 + 30 * 12
    assert told["person_days"] == (whole, whole - 220, whole - 220, None)
    # at the first place, after b; of the 60 that were watched longer than 10 days 30 went to z
    first, without = 30 * 28 + TO_NOWHERE * 10, 30 * 28 + 15 * 10
    assert told["share_of_first_wait"] == pytest.approx(
        (first / whole, without / (whole - 220), None, None)
    )


def test_all_that_is_lost_is_in_doubt_though_no_case_of_the_log_is() -> None:
    told = headlines(0, quarantined_cases=0, unnamed_rows=200)

    # 200 that were done at once are more than half of 300
    assert told["p50_days"] == (22, 22, 0, None)
    assert told["cases"] == (100, 100, 100, 300)
    assert told["open_cases"] == (60, 60, 60, 260)


def test_a_case_that_lost_its_begin_may_have_begun() -> None:
    """Without its first row a case counts in no duration; in the band it may have any."""
    begun = Journey(start=("a",), end=("z",))
    settings = SETTINGS.model_copy(update={"journey": begun})
    traces = ["b 1d z"] * 30 + ["a 20d z"] * 70
    found = _find(traces, settings, 30, 100, quarantined_cases=30).findings.validation

    half = found.headlines[0]
    assert (half.value, half.without) == (20, 20)
    # 30 of 100 at once are not half, and 70 of 100 are done on day 20 whatever the 30 did
    assert (half.lowest, half.highest) == (20, 20)


def test_where_nothing_was_set_aside_there_are_no_headlines() -> None:
    assert headlines(0, quarantined_rows=0, quarantined_cases=0) == {}


def test_the_ledger(found: Found) -> None:
    owned = {owner: days for owner, days in found.findings.ledger if days}

    assert owned == pytest.approx(
        {
            "third_party": 200 - PAUSED,
            "policy_pause": PAUSED,
            "statutory": 40 * 14,
            "agency_wait": 40 * 6,
            "unknown": 30 * 28 + 30 * 10,
        }
    )
    cases = dict(found.tables["ledger"].select("owner", "cases").rows())
    assert {owner: cases[owner] for owner in owned} == {
        "third_party": 100,
        "policy_pause": 70,
        "statutory": 40,
        "agency_wait": 40,
        "unknown": 60,
    }


def test_the_bottlenecks(findings: Findings) -> None:
    total = 200 + 40 * 20 + 30 * 28 + 30 * 10
    told = [
        (b.from_, b.to, b.actor, b.cases, b.open_cases, b.certainty) for b in findings.bottlenecks
    ]
    lost = [b.person_days_lost for b in findings.bottlenecks]

    assert told == [
        ("b", None, None, 43, 43, "low"),
        ("b", "z", "agency", 57, 17, "low"),
        ("a", "b", "third_party", 100, 0, "fair"),
    ]
    assert lost == pytest.approx([30 * 28 + TO_NOWHERE * 10, 40 * 6, 200 - PAUSED])
    assert [b.share_of_waiting for b in findings.bottlenecks] == pytest.approx(
        [days / total for days in lost]
    )
    assert [b.rank for b in findings.bottlenecks] == [1, 2, 3]


def test_the_waits_of_a_bottleneck(findings: Findings) -> None:
    nowhere, decided, examined = findings.bottlenecks

    assert (nowhere.wait_days.p50, nowhere.reference_days) == (None, None)
    # 40 of the 70 watched so long had gone by then; 9 of 10 is not reached
    assert (decided.wait_days.p50, decided.wait_days.p90) == (20, None)
    assert decided.reference_days == 14
    assert (examined.wait_days.p50, examined.wait_days.p90) == (2, 2)
    # the quarter that waits least lost 34 of its 48 hours
    assert examined.reference_days == pytest.approx(2 - 14 / 24 * 70 / 100)


def test_what_the_longest_hold_is_told_where_it_is_known(findings: Findings) -> None:
    told = [{each.what: each.value for each in b.evidence} for b in findings.bottlenecks]

    assert "share_of_longest_hundredth" not in told[0]
    assert all(0 < seen["share_of_longest_hundredth"] <= 1 for seen in told[1:])


def test_excess_is_beyond_the_law_or_the_quickest_quarter(findings: Findings) -> None:
    _, decided, _ = findings.bottlenecks

    assert decided.mean_days_per_case == pytest.approx(40 * 6 / 100)
    by_excess = find(rank_by="excess_person_days").findings.bottlenecks
    assert [b.to for b in by_excess] == [None, "z", "b"]
    assert len(find(top=1).findings.bottlenecks) == 1


def test_what_is_explained(findings: Findings) -> None:
    told = [(e.from_, e.to, e.class_, e.cases) for e in findings.explained_waits]

    assert told == [("b", "z", "statutory_wait", 40), ("a", "b", "policy_pause", 70)]
    # those that are expected at z have not waited longer than the law lets them
    assert [e.person_days for e in findings.explained_waits] == pytest.approx(
        [40 * 14 + TO_Z * 10, PAUSED]
    )


def test_an_early_look_knows_nothing_of_what_came_later() -> None:
    early = find(days=1).findings

    assert (early.log.cases, early.log.events, early.log.open_cases) == (70, 70, 70)
    assert early.throughput_days.p50 is None


def test_the_bands_hold_ended_waits_of_the_journey(found: Found) -> None:
    ended = found.tables["wait_bands"].filter(pl.col("n") > 0)
    bands = ended.select("from", "to", "over_days", "n").rows()

    assert bands == [("a", "b", 1.0, 100), ("b", "z", 14.0, 40)]


def test_the_bands_hold_waits_that_go_on_by_how_long_they_do_so_far() -> None:
    bands = find_in(["a 1d z"] * 40 + ["y 990d a"] * 12 + ["a 1000d z"]).tables["wait_bands"]

    assert bands.filter(to="z").select("over_days", "n", "open_n").rows() == [
        (0.0, 40, 0),
        (7.0, 0, 12),
        (364.0, 1, 0),
    ]


def test_a_band_reaches_up_to_its_bound() -> None:
    bands = find_in(["a 1d b 86401s c 364d d 400d z"]).tables["wait_bands"]

    assert bands.select("from", "over_days", "up_to_days").rows() == [
        ("a", 0.0, 1.0),
        ("b", 1.0, 3.0),
        ("c", 182.0, 364.0),
        ("d", 364.0, None),
    ]


@pytest.mark.parametrize(("cases", "ranked"), [(29, 0), (30, 1)])
def test_nothing_is_ranked_under_thirty_cases(cases: int, ranked: int) -> None:
    assert len(find_in(["a 1d z"] * cases + ["z"]).findings.bottlenecks) == ranked


@pytest.mark.parametrize(
    ("ended", "still", "expected"),
    [
        (300, 75, "high"),
        (300, 76, "fair"),
        (299, 0, "fair"),
        (100, 100, "fair"),
        (100, 101, "low"),
        (99, 0, "low"),
    ],
)
def test_certainty(ended: int, still: int, expected: str) -> None:
    assert certainty(ended, still) == expected


@pytest.mark.parametrize(
    ("clock", "clocks"), [("running", ("citizen", "legal")), ("suspended", ("citizen",))]
)
def test_the_clocks_that_a_wait_counts_on(clock: str, clocks: tuple[str, ...]) -> None:
    steps = {"z": {"clock": clock}}

    assert find_in(["a 1d z"] * 30, steps=steps).findings.bottlenecks[0].clocks == clocks


@pytest.mark.parametrize("actor", ["citizen", "agency"])
def test_an_open_wait_is_whose_turn_the_config_says(actor: str) -> None:
    found = find_in(["a 1d b z"] * 40 + ["a"] * 40, steps={"b": {"actor": actor}}).findings
    is_explained = actor == "citizen"

    assert (len(found.bottlenecks), len(found.explained_waits)) == (
        (0, 2) if is_explained else (1, 0)  # what went on within a day is no stall
    )
    days = 40 * 1 + 40 * 1000
    assert (found.ledger.citizen, found.ledger.agency_wait) == (
        (days, 0) if is_explained else (0, days)
    )


def test_who_waits_again_where_it_went_on_from_before_is_one_case() -> None:
    waits = find_in(["a 1d b 1d a"] * 50 + ["a 1d b 1d z"] * 50 + ["a 2000d b"]).tables["waits"]
    again = waits.row(by_predicate=(pl.col("from") == "a") & (pl.col("to") == "b"), named=True)

    assert again["cases"] <= 101


# ---- whole cases ---------------------------------------------------------------------------------


def test_three_clocks() -> None:
    """Each 2 days to b, worked on for a day; 10 until the citizen answers (c); 4 to z."""
    traces = ["a 1d b[1d] 10d c 4d z"] * 40 + ["a 1d b[1d] 10d c 8d"] * 20
    steps = {"c": {"actor": "citizen", "clock": "suspended"}}
    clocks = find_in(traces, steps=steps).tables["clocks"]

    # c is the last event of open cases: z may be next, so the legal clock runs
    assert clocks.select("clock", "cases", "open_cases", "p50_days").rows() == [
        ("citizen", 60, 20, pytest.approx(16)),
        ("legal", 60, 20, pytest.approx(6)),
        ("work", 40, 0, pytest.approx(1)),
    ]
    assert clocks["p90_days"].to_list() == [None, None, pytest.approx(1)]
    assert clocks["watched_days"][0] == pytest.approx(1000)


def test_an_open_case_that_waits_for_the_citizen_is_not_on_the_legal_clock() -> None:
    traces = ["a 2d b 10d c 4d z"] * 40 + ["a 2d b"] * 20
    steps = {"c": {"actor": "citizen", "clock": "suspended"}}
    clocks = find_in(traces, steps=steps).tables["clocks"]

    legal = clocks.row(by_predicate=pl.col("clock") == "legal", named=True)
    assert (legal["p50_days"], legal["watched_days"]) == pytest.approx((6, 6))


def test_a_clock_that_nobody_told_of_is_not_made_up() -> None:
    assert find_in(["a 2d b 3d z"]).tables["clocks"]["clock"].to_list() == ["citizen"]


def test_three_bases() -> None:
    """From Monday 2 March: 40 take 20 days; 30 began then and 30 in April, and are not done."""
    traces = ["a 20d z"] * 40 + ["a"] * 30 + ["40d a"] * 30
    settings = SETTINGS.model_copy(update={"journey": Journey(end=("z",))})
    told = _find(traces, settings, touched=0, days=50).tables["bases"]

    march, april = dt.date(2026, 3, 1), dt.date(2026, 4, 1)
    assert told.rows() == [
        (march, "began", 70, pytest.approx(20), None, 20),
        (march, "ended", 40, pytest.approx(20), pytest.approx(20), None),
        (march, "open", 30, 30.0, 30.0, None),
        (april, "began", 30, None, None, 0),
        (april, "open", 60, 10.0, 50.0, None),
    ]


def test_outcomes_compete() -> None:
    """A tenth ends as y on day 10, half of the others as z on day 20; the rest is open."""
    traces = ["a 10d y"] * 10 + ["a 20d z"] * 45 + ["a"] * 45
    settings = SETTINGS.model_copy(update={"journey": Journey(end=("y", "z"))})
    told = _find(traces, settings, touched=0, days=40).tables["outcomes"]

    assert told.rows() == [
        ("z", 45, 7.0, 0.0),
        ("z", 45, 14.0, 0.0),
        ("z", 45, 28.0, pytest.approx(0.45)),
        ("y", 10, 7.0, 0.0),
        ("y", 10, 14.0, pytest.approx(0.1)),
        ("y", 10, 28.0, pytest.approx(0.1)),
    ]
