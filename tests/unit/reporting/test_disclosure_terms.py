# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What deadlines and explained waits leave of other numbers is never of a few cases."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.deadlines import Deadline
from contracts.findings import DeadlineResult, ExplainedWait
from contracts.tables import TABLES
from reporting.disclosure.rules import protect
from reporting.disclosure.terms import protect_deadlines
from reporting.words.names import Names
from reporting.words.speech import Speech
from reporting.words.terms import kept, terms_section
from tests.unit.reporting import sample

K = 10
NAMES = ("within", "late", "open_within", "open_late", "undetermined")
COUNTS = st.integers(0, 40)
RESULTS = st.lists(st.tuples(*(COUNTS for _ in NAMES)), min_size=1, max_size=3)


def term(*counts, id_="t"):
    """How many cases were in time, too late, open and not late, open and late, or not known."""
    told = dict(zip(NAMES, counts, strict=True))
    return DeadlineResult(id=id_, **told, rule_version="1")


def deadline(id_):
    rule = {"term": "P8W", "law": "atw"}
    return Deadline.model_validate({"id": id_, "rule": rule, "start": ["b"]})


def log_of(cases, still_open):
    return sample.findings().log.model_copy(update={"cases": cases, "open_cases": still_open})


def steps_of(**took):
    rows = [(step, cases, cases) for step, cases in took.items()]
    return pl.DataFrame(rows, schema=TABLES["steps"], orient="row")


def told(results, cases, still_open, **took):
    results = [each.model_copy(update={"id": f"t{n}"}) for n, each in enumerate(results)]
    deadlines = [deadline(each.id) for each in results]
    log = log_of(cases, still_open)
    return protect_deadlines(results, deadlines, log, steps_of(**took), K)


def added(result, names):
    """What those of some counts that are told add up to, if none is rounded."""
    counts = [getattr(result, name) or 0 for name in names]
    return None if {*names} & {*result.at_least} else sum(counts)


def whole(result):
    """How many cases it is about, if that is told."""
    is_told = None not in [getattr(result, name) for name in NAMES]
    return added(result, NAMES) if is_told else None


@given(RESULTS, st.integers(40, 200), st.integers(10, 30), st.integers(40, 200))
def test_no_deadline_leaves_few_of_a_number_beside_it(counts, cases, still_open, took):
    shown = told([term(*each) for each in counts], cases, still_open, b=took)

    closed = cases - still_open
    for n, result in enumerate(shown):
        wholes = [cases, took, *filter(None, map(whole, shown[:n]))]
        total = added(result, NAMES)
        done, open_ = added(result, NAMES[:2]), added(result, NAMES[2:4])
        assert not total or all(not 0 < abs(n - total) < K for n in wholes)
        assert not done or not 0 < abs(closed - done) < K
        assert not open_ or not 0 < abs(still_open - open_) < K


@given(RESULTS, st.integers(10, 60))
def test_no_number_that_is_rounded_or_hidden_follows_from_a_known_whole(counts, still_open):
    whole = sum(counts[0])
    shown = told([term(*counts[0])], whole, still_open, b=whole)[0]

    vague = {name for name in NAMES if getattr(shown, name) is None} | {*shown.at_least}
    assert len(vague) != 1


@given(RESULTS, st.integers(40, 200), st.integers(10, 30))
def test_what_is_rounded_is_no_more_than_it_is_and_says_so(counts, cases, still_open):
    results = [term(*each) for each in counts]

    for before, after in zip(results, told(results, cases, still_open), strict=True):
        for name in NAMES:
            exact, shown = getattr(before, name), getattr(after, name)
            assert shown in (exact, None) or name in after.at_least
            assert name not in after.at_least or (shown <= exact and shown % K == 0)


def test_a_term_does_not_tell_how_few_never_took_the_step_that_starts_it():
    [shown] = told([term(100, 17, 0, 0, 0)], 120, 0, b=None)

    assert (shown.within, shown.late, shown.at_least) == (90, 17, ("within",))


@pytest.mark.parametrize(
    ("counts", "told_of_them"),
    [
        ((94, 8, 0, 28, 0), (90, None, 0, None, 0)),  # 102 are done, of whom 8 too late
        ((82, 20, 25, 3, 0), (82, None, 10, None, 0)),  # of 28 that are open 3 are too late
        ((70, 32, 14, 14, 0), (70, 32, 14, 14, 0)),
    ],
)
def test_those_who_are_done_or_open_do_not_tell_how_few_were_late(counts, told_of_them):
    [shown] = told([term(*counts)], 130, 28, b=130)

    assert tuple(getattr(shown, name) for name in NAMES) == told_of_them


@pytest.mark.parametrize(
    ("counts", "told_of_them"),
    [
        ((115, 840, 140, 594, 311), (115, 840, 140, 580, 310)),  # of 735 open ones 1 is not known
        ((82, 20, 28, 0, 0), (80, 20, 10, 0, 0)),  # of 29 open ones 1 never had the step
    ],
)
def test_a_number_that_is_rounded_does_not_follow_from_the_others(counts, told_of_them):
    whole = sum(counts)
    [shown] = told([term(*counts)], max(whole, 180), sum(counts[2:4]) + 1, b=whole)

    assert tuple(getattr(shown, name) for name in NAMES) == told_of_them


def test_a_term_of_all_cases_is_told_exactly():
    [shown] = told([term(103, 17, 0, 0, 0)], 120, 0, b=120)

    assert (shown.within, shown.late, shown.at_least) == (103, 17, ())


def test_the_table_of_terms_tells_no_more_than_the_findings():
    base, frames = sample.findings(), sample.tables()
    result = term(100, 17, 0, 0, 0)
    rows = [("t", "within", 100), ("t", "late", 17), ("t", "no_begin", 20)]
    table = pl.DataFrame(rows, schema=TABLES["deadlines"], orient="row")
    found = base.model_copy(update={"deadlines": (result,), "log": log_of(120, 0)})

    _, shown = protect(found, {**frames, "deadlines": table}, K)

    assert shown["deadlines"].rows() == [
        ("t", "within", 90),
        ("t", "late", 10),
        ("t", "no_begin", 20),
    ]


@pytest.mark.parametrize(
    ("paused", "shown"),
    [(96, (90, True)), (100, (100, False)), (90, (90, False)), (12, (12, False))],
)
def test_a_pause_does_not_tell_how_few_it_did_not_concern(paused, shown):
    base, frames = sample.findings(), sample.tables()
    pause = {"from": "x", "to": "y", "class": "policy_pause", "person_days": 900.0, "cases": paused}
    row = ("x", "y", 100, 100, 0, 20.0, None, 2000.0, 0.1)
    frames["waits"] = pl.concat(
        [frames["waits"], pl.DataFrame([row], schema=TABLES["waits"], orient="row")]
    )
    found = base.model_copy(update={"explained_waits": (ExplainedWait.model_validate(pause),)})

    for _ in range(2):  # doing it again changes nothing
        found, frames = protect(found, frames, K)

    [explained] = found.explained_waits
    assert (explained.cases, explained.cases_at_least) == shown


def test_a_number_of_a_term_that_is_rounded_down_has_a_sign():
    names = Names(sample.settings(), Speech("en", sample.settings().zone))
    term_ = (
        sample.findings().deadlines[0].model_copy(update={"within": 90, "at_least": ("within",)})
    )

    [shown] = kept(sample.findings().model_copy(update={"deadlines": (term_,)}), names)

    assert shown.counts[0] == "≥\N{NO-BREAK SPACE}90"
    assert not shown.counts[1].startswith("≥")


@pytest.mark.parametrize(
    ("rounded", "shares"),
    [
        ((), ["25\N{NO-BREAK SPACE}%"]),
        (("open_late", "undetermined"), ["25\N{NO-BREAK SPACE}%"]),
        (("within",), []),
        (("late", "undetermined"), []),
    ],
)
def test_the_share_that_is_done_after_a_date_is_of_exact_numbers(rounded, shares):
    dates = [
        {"id": each.id, "rule": {"date": "specialisme"}} for each in sample.settings().deadlines
    ]
    config = sample.settings(deadlines=dates)
    counts = term(300, 100, 40, 60, 20, id_=dates[0]["id"])
    found = counts.model_copy(update={"at_least": rounded})
    shown = sample.shown(
        findings=sample.findings().model_copy(update={"deadlines": (found,)}), settings=config
    )

    section = terms_section(shown, Names(config, Speech("nl", config.zone)))

    assert [row["share"] for row in section.outrun] == shares
