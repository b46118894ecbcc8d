# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A desk serves as its rules say: against hand-made tables, a slow reference and Erlang."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.walking.queues import Desk, pace, serve

NEVER = math.inf


def floats(*values):
    return np.array(values, dtype=np.float64)


def by_hand(desk, ready, work, order, ahead, staffing):
    """The rules as told, from moment to moment, looking at every case each time."""
    most = max([desk.servers, *(servers for _, servers in staffing)])
    free, busy, served = [], [(desk.opens, number) for number in range(most)], {}
    moments = {desk.opens, *ready, *(at for at, _ in staffing)}
    while moments:
        now = min(moments)
        moments.remove(now)
        free += [number for done, number in busy if done == now]
        busy = [(done, number) for done, number in busy if done != now]
        servers = [desk.servers, *(servers for at, servers in staffing if at <= now)][-1]
        lying = [case for case, at in enumerate(ready) if at <= now and case not in served]
        for number in [number for number in free if number < servers][: len(lying)]:
            since = {case: max(ready[case], ahead[case]) for case in lying}
            case = min(
                lying,
                key=lambda case: (
                    (0, since[case], ready[case], case)
                    if since[case] <= now
                    else (1, order[case], ready[case], case)
                ),
            )
            free.remove(number)
            lying.remove(case)
            done = now + work[case] / pace(len(lying), desk.pile)
            served[case] = (now, done, number)
            busy.append((done, number))
            moments.add(done)
    return [served[case] for case in range(len(ready))]


@st.composite
def queues(draw):
    """A small queue: of whole seconds, full of ties, or of any moments and paced by its pile."""
    size = draw(st.integers(0, 14))
    if draw(st.booleans()):
        pile = None
        times = st.integers(-6, 6).map(float)
        works = st.integers(1, 5).map(float)
    else:  # drawn by numpy: two moments that differ by a last bit are no case of ours
        pile = draw(st.sampled_from([0.5, 2.0, 5.0]))
        random = np.random.default_rng(draw(st.integers(0, 2**32)))
        times = st.builds(lambda: random.uniform(-6, 6))
        works = st.builds(lambda: random.uniform(1, 5))

    def column(values):
        return draw(st.lists(values, min_size=size, max_size=size))

    staffing = draw(st.lists(st.tuples(times, st.integers(0, 4)), max_size=3))
    staffing = [*sorted(staffing), (13.0, draw(st.integers(1, 4)))]
    desk = Desk(draw(st.integers(0, 4)), draw(times), pile)
    aheads = st.one_of(times, st.sampled_from([-NEVER, NEVER]))
    return (
        desk,
        column(times),
        column(works),
        column(times),
        column(aheads),
        staffing if draw(st.booleans()) or not desk.servers else [],
    )


@given(queues())
def test_serves_as_the_rules_say(queue):
    desk, ready, work, order, ahead, staffing = queue

    served = serve(
        desk,
        floats(*ready),
        floats(*work),
        order=floats(*order),
        ahead=floats(*ahead),
        staffing=staffing,
    )

    assert list(zip(*(column.tolist() for column in served), strict=True)) == by_hand(*queue)


def erlang_c(servers, load):
    """The share of cases that have to wait, by Erlang (1917); ``load`` in servers."""
    full = load**servers / math.factorial(servers) * servers / (servers - load)
    return full / (sum(load**k / math.factorial(k) for k in range(servers)) + full)


def apart(values, expected):
    """How many standard errors the mean of a queue's values lies from what is expected."""
    batches = values.reshape(50, -1).mean(axis=1)  # neighbours wait alike, batches hardly
    return abs(batches.mean() - expected) / (batches.std(ddof=1) / math.sqrt(len(batches)))


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (1, 0.7), (3, 2.1), (10, 8.0)])
def test_waits_are_those_of_erlang(servers, load):
    random = np.random.default_rng(1917)
    ready = random.exponential(1 / load, 100_000).cumsum()

    waits = serve(Desk(servers), ready, random.exponential(1, 100_000)).begun - ready

    waited = erlang_c(servers, load)
    assert apart((waits > 0).astype(float), waited) < 3
    assert apart(waits, waited / (servers - load)) < 3


BEGUN = [
    pytest.param(Desk(1), [0, 1, 2], {}, [0, 3, 6], id="first come, first served"),
    pytest.param(Desk(1), [2, 0, 1], {}, [6, 0, 3], id="whatever their place in the columns"),
    pytest.param(Desk(1), [1, 1, 1], {}, [1, 4, 7], id="at once: by their place"),
    pytest.param(Desk(2), [0, 0, 0], {}, [0, 0, 3], id="two servers"),
    pytest.param(Desk(1), [0, 9], {}, [0, 9], id="a server waits for a case"),
    pytest.param(Desk(1, 5), [0, 9], {}, [5, 9], id="a backlog before the desk opens"),
    pytest.param(Desk(1, -5), [-9, -9], {}, [-5, -2], id="zero is a moment like any other"),
    pytest.param(Desk(1), [0, 1, 2], {"order": [9, 8, 7]}, [0, 6, 3], id="the lowest first"),
    pytest.param(Desk(1), [0, 3], {"order": [9, 8]}, [0, 3], id="who is there is not put back"),
    pytest.param(
        Desk(1), [0, 2, 1], {"order": [7, 7, 7]}, [0, 6, 3], id="alike: the first to come"
    ),
    pytest.param(Desk(1), [0, 1, 1], {"ahead": [NEVER, NEVER, 0]}, [0, 6, 3], id="ahead at once"),
    pytest.param(Desk(1), [0, 1, 1], {"ahead": [NEVER, NEVER, 3]}, [0, 6, 3], id="moves up"),
    pytest.param(Desk(1), [0, 1, 1], {"ahead": [NEVER, NEVER, 4]}, [0, 3, 6], id="moves too late"),
    pytest.param(Desk(1), [0, 1, 1], {"ahead": [0, 3, 2]}, [0, 6, 3], id="the first to be ahead"),
    pytest.param(
        Desk(1),
        [0, 1, 2],
        {"ahead": [0, 0, -9]},
        [0, 3, 6],
        id="nobody is ahead before being there",
    ),
    pytest.param(
        Desk(1),
        [0, 1, 1],
        {"order": [0, 1, 9], "ahead": [NEVER, NEVER, 3]},
        [0, 6, 3],
        id="ahead goes before the order",
    ),
    pytest.param(
        Desk(2), [0, 0, 0, 0], {"staffing": [(1, 1)]}, [0, 0, 3, 6], id="who leaves ends the case"
    ),
    pytest.param(
        Desk(1), [0, 0, 0, 0], {"staffing": [(1, 3)]}, [0, 1, 1, 3], id="who comes begins at once"
    ),
    pytest.param(
        Desk(1), [0, 0, 0], {"staffing": [(1, 0), (9, 1)]}, [0, 9, 12], id="nobody for a while"
    ),
    pytest.param(
        Desk(1, 5), [0, 0], {"staffing": [(1, 2)]}, [5, 5], id="a change before the desk opens"
    ),
]


@pytest.mark.parametrize(("desk", "ready", "columns", "begun"), BEGUN)
def test_begins(desk, ready, columns, begun):
    columns = {name: v if name == "staffing" else floats(*v) for name, v in columns.items()}

    served = serve(desk, floats(*ready), np.full(len(ready), 3.0), **columns)

    assert served.begun.tolist() == begun


def test_a_server_has_a_case_in_hand_until_it_is_done():
    served = serve(Desk(2), floats(0, 0, 0, 0), floats(1, 5, 3, 1))

    assert served.server.tolist() == [0, 1, 0, 0]
    assert served.done.tolist() == [1, 5, 4, 5]


def test_the_server_longest_free_goes_first():
    served = serve(Desk(3), floats(0, 0, 0, 9, 10, 11), floats(2, 3, 1, 9, 9, 9))

    assert served.server.tolist() == [0, 1, 2, 2, 0, 1]


def test_the_last_servers_leave():
    served = serve(Desk(3), np.arange(50.0), np.full(50, 3.0), staffing=[(20.0, 2), (90.0, 3)])

    absent = (served.begun >= 20) & (served.begun < 90)
    assert set(served.server[absent].tolist()) == {0, 1}
    assert set(served.server[~absent].tolist()) == {0, 1, 2}


RANDOM = np.random.default_rng(2026)
READY = RANDOM.uniform(0, 1000, 2000)
WORK = RANDOM.exponential(1.4, 2000)
AHEAD = READY + RANDOM.uniform(0, 99, 2000)


def test_the_time_in_hand_is_the_work():
    served = serve(Desk(3), READY, WORK, order=-READY, staffing=[(300.0, 1), (500.0, 3)])

    assert served.done - served.begun == pytest.approx(WORK)


def test_cases_begin_as_they_came():
    served = serve(Desk(3), READY, WORK)

    assert served.begun.argsort(kind="stable").tolist() == READY.argsort().tolist()


def test_the_order_changes_who_waits_and_not_how_long_all_do():
    work = np.full(len(READY), 1.4)

    fifo = serve(Desk(3), READY, work)
    lifo = serve(Desk(3), READY, work, order=-READY, ahead=AHEAD)

    assert fifo.begun.tolist() != lifo.begun.tolist()
    assert sorted(fifo.begun) == pytest.approx(sorted(lifo.begun))


def test_nobody_is_idle_while_a_case_lies_there():
    served = serve(Desk(1), READY, WORK, order=WORK)

    ends = np.sort(served.done)
    begins = np.sort(served.begun)
    idle_from, idle_until = ends[:-1], begins[1:]
    for came, begun in zip(READY, served.begun, strict=True):
        assert not ((idle_from < idle_until) & (came < idle_until) & (idle_from < begun)).any()


def test_moments_are_exact_although_a_clock_that_adds_up_delays_is_not():
    first, work = READY / 1000, WORK * 100
    second = np.nextafter(first + work, np.inf)  # comes when the first is only just done

    begun = [
        serve(Desk(1), floats(*ready), floats(taken, 0)).begun[1]
        for *ready, taken in zip(first, second, work, strict=True)
    ]

    assert begun == second.tolist()


def test_a_short_team_lets_the_pile_grow_by_what_it_does_not_do():
    ready, work = np.arange(1000.0), np.full(1000, 4.0)

    waits = serve(Desk(4), ready, work, staffing=[(200.0, 3), (600.0, 4)]).begun - ready

    # three do 0.75 of the one case a second that comes: after 400 seconds 100 lie there
    assert waits[:200].max() == 0
    assert waits[599] == pytest.approx(400 * 0.25, abs=4)
    assert waits[-1] == pytest.approx(waits[599], abs=4)


@pytest.mark.parametrize(
    ("lying", "expected"),
    [(0, 0.85), (7, 0.85), (8, 0.9), (10, 1.0), (12, 1.1), (13, 1.15), (1000, 1.15)],
)
def test_pace_follows_the_pile(lying, expected):
    assert pace(lying, 10) == pytest.approx(expected)


def test_pace_is_of_what_lies_there_without_the_case_begun():
    served = serve(Desk(1, 0, 2), floats(0, 0, 0, 0, 0), floats(1, 1, 1, 1, 1))

    taken = served.done - served.begun
    assert taken == pytest.approx(1 / floats(1.15, 1.15, 1, 0.85, 0.85))


def test_a_pace_keeps_a_full_desk_at_its_pile():
    ready = np.random.default_rng(7).exponential(1, 50_000).cumsum()
    backlog = np.zeros(100)
    ready = np.concatenate([backlog, ready])
    work = np.random.default_rng(8).exponential(10, len(ready))

    wandering, kept = (serve(Desk(10, 0, pile), ready, work).begun - ready for pile in (None, 100))

    assert np.median(kept) == pytest.approx(100, rel=0.1)
    assert kept[1000:].std() < wandering[1000:].std() / 3


@pytest.mark.parametrize("size", [0, 1])
def test_few_cases(size):
    served = serve(Desk(2), np.zeros(size), np.ones(size))

    assert served.done.tolist() == [1.0] * size


@pytest.mark.parametrize(
    ("desk", "columns", "says"),
    [
        (Desk(0), {}, "nobody is left"),
        (Desk(2), {"staffing": [(5, 0)]}, "nobody is left"),
        (Desk(2), {"staffing": [(5, 1), (4, 2)]}, "not by time"),
        (Desk(2, 0, 0), {}, "the pile"),
        (Desk(2), {"order": floats(1)}, "length"),
        (Desk(2), {"order": floats(1, math.nan)}, "order or ahead"),
        (Desk(2), {"ahead": floats(1, math.nan)}, "order or ahead"),
        (Desk(2), {"ready": floats(1, math.nan)}, "not finite"),
        (Desk(2), {"ready": floats(1, math.inf)}, "not finite"),
        (Desk(2), {"work": floats(1, -1)}, "less than nothing"),
    ],
)
def test_refuses_what_has_no_end_or_no_sense(desk, columns, says):
    with pytest.raises(ValueError, match=says):
        serve(desk, **({"ready": floats(0, 1), "work": floats(1, 1)} | columns))
