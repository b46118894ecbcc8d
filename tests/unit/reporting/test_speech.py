# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.words.speech import Speech, forms

NL, EN = (Speech(language, ZoneInfo("Europe/Amsterdam")) for language in ("nl", "en"))
MINUTE, HOUR = 1 / 1440, 1 / 24


@pytest.mark.parametrize(
    ("days", "nl", "en"),
    [
        (0, "0 seconden", "0 seconds"),
        (37 / 86_400, "37 seconden", "37 seconds"),
        (1 * MINUTE, "1 minuut", "1 minute"),
        (13 * MINUTE, "13 minuten", "13 minutes"),
        (89 * MINUTE, "89 minuten", "89 minutes"),
        (1.5 * HOUR, "1,5 uur", "1.5 hours"),
        (2 * HOUR, "2 uur", "2 hours"),
        (23.6 * HOUR, "24 uur", "24 hours"),
        (1.5, "1,5 dagen", "1.5 days"),
        (1, "1 dag", "1 day"),
        (8.2, "8 dagen", "8 days"),
        (20.9, "21 dagen", "21 days"),
        (49, "7 weken", "7 weeks"),
        (274, "9 maanden", "9 months"),
        (912, "2,5 jaar", "2.5 years"),
        (3653, "10 jaar", "10 years"),
    ],
)
def test_durations_in_words(days, nl, en):
    assert (NL.duration(days), EN.duration(days)) == (nl, en)


@pytest.mark.parametrize(
    ("days", "wait", "within"),
    [
        (0, "meteen", "meteen"),
        (0.04 / 86_400, "meteen", "meteen"),
        (1 / 86_400, "1 seconde", "binnen 1 seconde"),
        (49, "7 weken", "binnen 7 weken"),
    ],
)
def test_a_wait_that_took_no_time_is_said_so(days, wait, within):
    assert (NL.wait(days), NL.within(days)) == (wait, within)


@given(st.floats(0, 20_000))
def test_a_duration_is_said_in_a_number_a_reader_can_picture(days):
    number = float(EN.duration(days).split()[0].replace(",", ""))

    assert number <= 91


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(3, 7, ("3", "7 dagen")), (14, 28, ("14 dagen", "4 weken")), (91.5, 183, ("3", "6 maanden"))],
)
def test_a_span_says_its_unit_once(low, high, words):
    assert NL.span(low, high) == words


@pytest.mark.parametrize(
    ("days", "low", "high", "words"),
    [
        (5.32, 4.67, 5.91, ("5,3 dagen", "4,7", "5,9")),
        (80.84, 69.21, 271.83, ("80,8 dagen", "69,2", "272")),
        (271.8, 1_100, 1_200.4, ("272 dagen", "1.100", "1.200")),
        (0.14, 0.13, 0.144, ("0,14 dagen", "0,13", "0,14")),
        (1.0, 0.0, 2.0, ("1,0 dag", "0,0", "2,0")),
        (0.2, 0.19, 0.204, ("0,20 dagen", "0,19", "0,20")),
        (0.05, 0.04, 0.06, ("72 minuten", "58", "86 minuten")),
    ],
)
def test_effects_are_in_days_as_exact_as_they_are(days, low, high, words):
    assert NL.days_between(days, low, high) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [(0.05, "72 minuten"), (0.14, "0,14 dagen"), (1.0, "1 dag"), (100.4, "100 dagen")],
)
def test_a_number_of_days_is_no_other_unit_but_where_it_is_short(days, words):
    assert NL.days(days) == words


@pytest.mark.parametrize(
    ("part", "nl", "en"),
    [
        (0, "0\u00a0%", "0%"),
        (0.0004, "minder dan 0,1\u00a0%", "less than 0.1%"),
        (0.004, "0,4\u00a0%", "0.4%"),
        (0.123, "12\u00a0%", "12%"),
        (1, "100\u00a0%", "100%"),
    ],
)
def test_shares(part, nl, en):
    assert (NL.share(part), EN.share(part)) == (nl, en)


def test_numbers_and_dates():
    import datetime as dt

    late = dt.datetime(2010, 10, 1, 22, 30, tzinfo=dt.UTC)

    assert (NL.number(1434), EN.number(1434)) == ("1.434", "1,434")
    assert (NL.day(late), EN.day(late)) == ("2 oktober 2010", "2 October 2010")


@pytest.mark.parametrize(("n", "words"), [(0, "0 zaken"), (1, "1 zaak"), (1434, "1.434 zaken")])
def test_plurals(n, words):
    assert NL.plural(forms("%(n)s case", "%(n)s cases"), n) == words
