# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Each plant is in the log that is written, to be seen by anyone who reads it, and so is its cost.

Nothing here but Python's own csv reader and a calendar: what is found is what a patient clerk with
a spreadsheet would find.
"""

from __future__ import annotations

import csv
import datetime as dt
from bisect import bisect
from collections import Counter, defaultdict
from functools import cache, partial
from itertools import pairwise
from statistics import mean, median
from typing import get_args
from zoneinfo import ZoneInfo

import holidays
import pytest

from simulation.description import process, process_names
from simulation.generator import LOG, Order, generate
from simulation.recording.record import part_of
from simulation.walking.journeys import Level, World
from simulation.walking.population import Population

pytestmark = pytest.mark.xdist_group("plants")

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY = dt.timedelta(days=1)


class Log:
    """The rows of an export by case, in the order of the file."""

    def __init__(self, path, closes):
        self.closes = dt.datetime.combine(closes + DAY, dt.time(), AMSTERDAM)
        self.cases = defaultdict(list)
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                local = dt.datetime.fromisoformat(row["tijdstip"]).replace(tzinfo=AMSTERDAM)
                row["at"] = local.astimezone(dt.UTC)
                row["day"] = local.date()
                self.cases[row["zaaknummer"]].append(row)

    def moves(self, to, *froms):
        """Rows next to each other, of which the second is a step and the first one of some."""
        for rows in self.cases.values():
            for one, next_one in pairwise(rows):
                if next_one["stap"] == to and (not froms or one["stap"] in froms):
                    yield one, next_one

    def waits(self, to, *froms, of=lambda _: True, settled=0):
        """How many days such moves take, of those begun so many days before the log closes."""
        for one, next_one in self.moves(to, *froms):
            if of(one) and self.age(one) > settled:
                yield (next_one["at"] - one["at"]) / DAY

    def rests(self, step):
        """A step, and the row after it: one at the closing moment where there is none."""
        for rows in self.cases.values():
            for one, next_one in pairwise([*rows, {"at": self.closes}]):
                if one["stap"] == step:
                    yield one, next_one

    def age(self, row):
        """How many days before the log closes something was."""
        return (self.closes - row["at"]) / DAY

    def having(self, step):
        """The cases that have a step, with the place of the first one."""
        for rows in self.cases.values():
            names = [row["stap"] for row in rows]
            if step in names:
                yield rows, names.index(step)


def made(place, name, level="queueing", *, planted):
    """A log that is made and read."""
    generate(Order(name, 5000, 1, level, planted=planted), "csv", place)
    return Log(place / LOG / "export.csv", process(name).window.closes)


@pytest.fixture(scope="module")
def log_of(tmp_path_factory):
    """The log of a process, "planted" with everything or "bare"; each is made once."""
    folder = tmp_path_factory.mktemp("plants")

    @cache
    def log_of(name, world):
        return made(folder / f"{name}-{world}", name, planted=world == "planted")

    return log_of


def has(column, *values):
    return lambda row: row[column] in values


def lacks(column, *values):
    return lambda row: row[column] not in ("", *values)


# Figures that tell of a plant: what they are with everything planted, and with nothing.

BEFORE_DRAFT = (
    "Zienswijze ontvangen of termijn verstreken",
    "Regeling gekozen (vaste vergoeding of maatwerk)",
    "Nader advies gevraagd",
    "Adviesrapport ontvangen",
)
BEFORE_HANDLER = ("Eerste toets besloten", "Bedrag van 30.000 euro uitbetaald")
BEFORE_FILE = (
    "Gesprek gevoerd over het verhaal van de ouder",
    "Persoonlijk zaakbehandelaar toegewezen",
)
BEFORE_DECISION = ("Zienswijze ontvangen of termijn verstreken", "Advies commissie ontvangen")
BEFORE_VISA = ("Dossier ontvangen in Den Haag", "Aanvullende stukken ontvangen")


def reports_of_noord(log):
    """IMG-B1: how much longer a report takes at one bureau than at the others."""
    bureau = partial(log.waits, "Adviesrapport ontvangen", "Schade-opname uitgevoerd", settled=400)
    return median(bureau(of=has("deskundigenbureau", "Noord"))) / median(
        bureau(of=has("deskundigenbureau", "Oost", "Zuid", "West"))
    )


def reports_again(log):
    """IMG-B2: how many reports come after more advice was asked for."""
    return mean(
        [row["stap"] for row in rows[place:]].count("Adviesrapport ontvangen")
        for rows, place in log.having("Nader advies gevraagd")
        if log.age(rows[place]) > 300
    )


def days_of_reports_again(log):
    """IMG-B2: how long they take."""
    return median([0, *log.waits("Adviesrapport ontvangen", "Nader advies gevraagd", settled=300)])


def drafts_of_two_agencies(log):
    """IMG-B3: how much longer a draft takes where two agencies know the house."""
    draft = partial(log.waits, "Besluit voorbereid", *BEFORE_DRAFT, settled=300)
    return median(draft(of=has("samenloop", "ja"))) / median(draft(of=has("samenloop", "nee")))


def drafts_by_the_other_agency(log):
    """IMG-B3: how many of those drafts the other agency makes."""
    return mean(
        row["organisatie"] == "Uitvoerder B"
        for _, row in log.moves("Besluit voorbereid")
        if row["samenloop"] == "ja"
    )


def rare_specialists(log):
    """CBR-B1: how much longer two kinds of specialists take than the others."""
    report = partial(
        log.waits, "Specialistrapport ontvangen", "Verwezen naar medisch specialist", settled=250
    )
    return median(report(of=has("specialisme", "neurologie", "oogheelkunde"))) / median(
        report(of=has("specialisme", "cardiologie", "interne geneeskunde"))
    )


ADVISER = ("Beoordeeld door medisch adviseur", "Keuringsverslag ontvangen")


def pile_before_the_adviser(log):
    """CBR-B2: what lies there in the autumn after the change, against the autumn before it."""

    def lying(day):
        moment = dt.datetime.combine(day, dt.time(), AMSTERDAM)
        return sum(one["at"] <= moment < next_one["at"] for one, next_one in log.rests(ADVISER[1]))

    months = (8, 9, 10, 11)
    now, before = (
        mean(lying(dt.date(year, month, 1)) for month in months) for year in (2025, 2024)
    )
    return now / before


def far_from_expiry(log):
    """CBR-B3: how much longer the adviser takes for who has time left than for the most urgent."""
    assessed = partial(log.waits, *ADVISER, settled=150)
    return median(assessed(of=has("dagen_tot_verval", ">120"))) / median(
        assessed(of=has("dagen_tot_verval", "0-60"))
    )


def overtaken(log):
    """CBR-B3: of two that lie there together, how often the later one is done first."""
    visits = sorted((one["at"], done["at"]) for one, done in log.moves(*ADVISER))
    met = []
    for place, (_, done) in enumerate(visits):
        end = bisect(visits, (done,))
        met += [later < done for _, later in visits[place + 1 : end]]
    return mean(met)


def later_handlers(log):
    """UHT-B1: how much longer a handler takes for who waits from 2024 on than from 2021."""

    def waited(year):
        return median(log.waits(*HANDLER, of=lambda row: row["day"].year == year))

    return waited(2023) / waited(2021)


HANDLER = ("Persoonlijk zaakbehandelaar toegewezen", *BEFORE_HANDLER)


def files_of_others(log):
    """UHT-B2: how many files the other organisation has to find."""
    return mean(row["afdeling"] == "Bronhouders" for _, row in log.moves("Dossier compleet"))


def days_of_files_of_others(log):
    """UHT-B2: how much longer those take."""
    days = {"Bronhouders": [0], "Dossiers": []}
    for one, row in log.moves("Dossier compleet", *BEFORE_FILE):
        if log.age(one) > 600:
            days[row["afdeling"]].append((row["at"] - one["at"]) / DAY)
    return median(days["Bronhouders"]) / median(days["Dossiers"])


def no_ruling(log):
    """UHT-B3: how much longer an assessment takes for who has no ruling than for who has."""
    days = {True: [], False: []}
    for rows, place in log.having("Beoordeling per toeslagjaar afgerond"):
        if place and rows[place - 1]["stap"] == "Dossier compleet":
            has_ruling = RULING in [row["stap"] for row in rows[:place]]
            days[has_ruling].append((rows[place]["at"] - rows[place - 1]["at"]) / DAY)
    return median(days[False]) / median(days[True])


RULING = "Uitspraak beroep niet tijdig beslissen"


def no_ruling_and_no_handler(log):
    """UHT-B3: how many are given a handler within a month of the ruling, who had none by then."""
    days = [
        (next(times, log.closes) - rows[place]["at"]) / DAY
        for rows, place in log.having(RULING)
        if HANDLER[0] not in [row["stap"] for row in rows[:place]]
        for times in [iter([row["at"] for row in rows[place:] if row["stap"] == HANDLER[0]])]
    ]
    return mean(waited < 30 for waited in days)


def days_to_an_appointment(log):
    """VIS-B1: how long the wait is at one location."""
    return median(log.waits(*APPOINTMENT, of=has("locatie", "Locatie 6"), settled=250))


def days_to_another_appointment(log):
    """VIS-B1: how long it is at the others."""
    return median(log.waits(*APPOINTMENT, of=lacks("locatie", "Locatie 6"), settled=250))


APPOINTMENT = ("Afspraak gehad en biometrie afgenomen", "Afspraak aangevraagd")


def incomplete_files(log):
    """VIS-B3: how much more often more is asked for with one version of the checklist."""
    asked = {True: [], False: []}
    for rows, place in log.having("Dossier ontvangen in Den Haag"):
        is_v3 = rows[place]["checklistversie"] == "v3"
        asked[is_v3].append("Aanvullende stukken gevraagd" in [row["stap"] for row in rows[place:]])
    return mean(asked[True]) / mean(asked[False])


def about(value):
    return pytest.approx(value, rel=0.2)


@pytest.mark.parametrize(
    ("name", "mark", "planted", "bare"),
    [
        ("img", reports_of_noord, about(3), about(1)),
        ("img", reports_again, 1, 0),
        ("img", days_of_reports_again, about(45), 0),
        ("img", drafts_of_two_agencies, about(4), about(1)),
        ("img", drafts_by_the_other_agency, 1, 0),
        ("cbr", rare_specialists, about(2.2), about(1)),
        ("uht", files_of_others, about(0.6), 0),
        ("uht", days_of_files_of_others, about(1.8), 0),
        ("vis", days_to_an_appointment, about(135), about(12)),
        ("vis", days_to_another_appointment, about(12), about(12)),
        ("vis", incomplete_files, about(3), about(1)),
    ],
)
def test_the_mark_of_a_plant_is_in_the_log_where_it_was_planted_only(
    log_of, name, mark, planted, bare
):
    assert (mark(log_of(name, "planted")), mark(log_of(name, "bare"))) == (planted, bare)


@pytest.mark.parametrize(
    ("name", "mark", "at_least", "at_most"),
    [
        ("cbr", pile_before_the_adviser, 2, 1.25),
        ("cbr", far_from_expiry, 20, 1.25),
        ("cbr", overtaken, 0.5, 0.1),
        ("uht", later_handlers, 1.25, 1.1),
        ("uht", no_ruling, 3, 1.25),
        ("uht", no_ruling_and_no_handler, 0.75, 0.5),
    ],
)
def test_the_mark_of_a_plant_on_a_queue_is_where_it_was_planted_only(
    log_of, name, mark, at_least, at_most
):
    assert mark(log_of(name, "planted")) > at_least
    assert mark(log_of(name, "bare")) < at_most


def test_handlers_take_longer_every_year(log_of):
    """UHT-B1, of those who began to wait up to 2023: who came later is waiting still."""

    def by_year(log):
        return [
            median(log.waits(*HANDLER, of=lambda row, year=year: row["day"].year == year))
            for year in (2020, 2021, 2022, 2023)
        ]

    planted, bare = by_year(log_of("uht", "planted")), by_year(log_of("uht", "bare"))
    assert all(later > 1.1 * year for year, later in pairwise(planted))
    assert max(bare) < 1.1 * min(bare)


def days_to_a_visa(log, *months):
    """The mean wait for a decision, of those begun in some months."""
    return mean(
        log.waits("Beslissing genomen", *BEFORE_VISA, of=lambda row: row["day"].month in months)
    )


SUMMER, WINTER = (5, 6, 7), (10, 11, 12, 1, 2, 3)


def test_decisions_that_begin_in_early_summer_take_longer(tmp_path):
    """VIS-B2, where waits are drawn."""
    drawn = {
        is_planted: made(tmp_path / str(is_planted), "vis", "statistical", planted=is_planted)
        for is_planted in (True, False)
    }
    ratio = {
        is_planted: days_to_a_visa(log, *SUMMER) / days_to_a_visa(log, *WINTER)
        for is_planted, log in drawn.items()
    }

    assert ratio == {True: pytest.approx(1.5, abs=0.1), False: pytest.approx(1, abs=0.05)}


def test_decisions_that_queue_in_early_summer_take_longer(log_of):
    """VIS-B2, where they queue; without it, more applications make the queue a little longer."""
    ratio = {
        world: days_to_a_visa(log_of("vis", world), *SUMMER)
        / days_to_a_visa(log_of("vis", world), *WINTER)
        for world in ("planted", "bare")
    }

    assert ratio == {"planted": pytest.approx(1.7, abs=0.2), "bare": pytest.approx(1.1, abs=0.1)}


# What only looks like a stall is in both logs.


@pytest.fixture(params=["planted", "bare"])
def world(request):
    return request.param


def test_a_window_to_respond_is_fourteen_days_to_the_second(log_of, world):
    """IMG-D1."""
    waits = list(
        log_of("img", world).waits("Reactietermijn deskundige verstreken", "Deskundige voorgesteld")
    )

    assert len(waits) > 2000
    assert set(waits) == {14}


def test_drafts_are_held_over_one_summer_and_go_on_together(log_of, world):
    """IMG-D2: of those that wait since May, June or July."""
    log = log_of("img", world)

    def until_autumn(year):
        autumn, days = dt.date(year, 10, 1), (dt.date(year, 5, 1), dt.date(year, 7, 31))
        return mean(
            done["day"] >= autumn
            for one, done in log.moves("Besluit voorbereid", *BEFORE_DRAFT)
            if days[0] <= one["day"] <= days[1]
        )

    drafts = Counter(str(row["day"])[:7] for _, row in log.moves("Besluit voorbereid"))
    assert until_autumn(2024) == pytest.approx(0.45, abs=0.05)
    assert until_autumn(2025) < 0.05
    assert drafts["2024-10"] > 2.5 * max(drafts["2024-11"], drafts["2025-10"])


def test_an_examination_takes_three_weeks_whoever_it_is_for(log_of, world):
    """CBR-D1: somebody else's calendar, and the same in every group."""
    log = log_of("cbr", world)
    examined = partial(log.waits, "Keuring door arts", "Keuringsverslag-formulier verstuurd")
    by_region = [median(examined(of=has("regio", r))) for r in ("Noord", "Oost", "Zuid", "West")]

    assert by_region == pytest.approx([21] * 4, rel=0.1)
    assert {row["organisatie"] for _, row in log.moves("Keuring door arts")} == {"Artsen"}


def is_first_of_its_week(day):
    """Whether the office was closed on the days before it, and not on this one."""
    closed = holidays.country_holidays("NL", years=day.year)
    return day not in closed and all(day - n * DAY in closed for n in range(1, day.weekday() + 1))


def test_paper_is_registered_on_mondays(log_of, world):
    """CBR-D2, and it takes little. After a Monday off it is Tuesday."""
    paper, screen = (
        [
            (row["day"], (row["at"] - one["at"]) / DAY)
            for one, row in log_of("cbr", world).moves(
                "Gezondheidsverklaring geregistreerd", "Gezondheidsverklaring ingediend"
            )
            if one["kanaal"] == channel
        ]
        for channel in ("papier", "digitaal")
    )

    assert all(is_first_of_its_week(day) for day, _ in paper)
    assert mean(is_first_of_its_week(day) for day, _ in screen) < 0.25
    assert mean(days for _, days in paper) - mean(days for _, days in screen) < 6


def test_a_first_payment_is_soon_and_is_not_the_end(log_of, world):
    """UHT-D1."""
    log = log_of("uht", world)
    paid = list(log.having("Bedrag van 30.000 euro uitbetaald"))

    assert median(log.waits("Bedrag van 30.000 euro uitbetaald", "Eerste toets besloten")) < 15
    assert all(len(rows) > place + 1 for rows, place in paid if log.age(rows[place]) > 1000)


def test_parents_take_four_weeks_to_respond(log_of, world):
    """UHT-D2."""
    answered = log_of("uht", world).waits(
        "Zienswijze ontvangen of termijn verstreken", "Vooraankondiging verstuurd", settled=100
    )

    assert median(answered) == pytest.approx(28, rel=0.05)


def to_decisions(log):
    """From the file to the decision, the rows of each case."""
    for rows, place in log.having("Beslissing genomen"):
        names = [row["stap"] for row in rows[:place]]
        if "Dossier ontvangen in Den Haag" in names:
            yield rows[names.index("Dossier ontvangen in Den Haag") : place + 1]


ASKED = "Andere lidstaten geraadpleegd"


def test_other_member_states_answer_before_the_decision(log_of, world):
    """VIS-D1."""
    log = log_of("vis", world)
    in_time = [rows for rows in to_decisions(log) if ASKED in [row["stap"] for row in rows]]
    answered = log.waits(ASKED, "Dossier ontvangen in Den Haag", settled=30)

    assert median(answered) == pytest.approx(6, rel=0.1)
    assert len(in_time) == pytest.approx(0.2 * len(list(to_decisions(log))), rel=0.1)
    assert not any(
        rows[place - 1]["stap"] == "Beslissing genomen" for rows, place in log.having(ASKED)
    )


def test_asking_other_member_states_is_rarely_what_a_case_waits_for(log_of, world):
    """VIS-D1: it takes six days, in which the case could have moved up in the queue."""
    days = {True: [], False: []}
    for rows in to_decisions(log_of("vis", world)):
        is_asked = ASKED in [row["stap"] for row in rows]
        days[is_asked].append((rows[-1]["at"] - rows[0]["at"]) / DAY)

    assert mean(days[True]) - mean(days[False]) < 3


def test_passports_are_collected_when_it_suits(log_of, world):
    """VIS-D2."""
    log = log_of("vis", world)
    by = partial(log.waits, "Paspoort opgehaald", "Aanvrager bericht gestuurd", settled=30)
    places = [median(by(of=has("locatie", f"Locatie {number}"))) for number in range(1, 7)]

    assert places == pytest.approx([2] * 6, rel=0.2)


# What each costs: the same cases with it and without it, as two logs that are held side by side.

MANY = 1000
ALL_TIME = {"opens": dt.date(2018, 1, 1), "closes": dt.date(2040, 1, 1)}

# the waits of a plant's own: the steps that end them, and where not any, the step before
OWN = {
    "IMG-B1": {("A08", "A09")},
    "IMG-B2": {("A12", "A09")},
    "IMG-B3": {"A13"},
    "CBR-B1": {"B11"},
    "CBR-B2": {"B07"},
    "CBR-B3": {"B07"},
    "UHT-B1": {"C05"},
    "UHT-B2": {"C07"},
    "UHT-B3": {"C05", "C08", "C12"},
    "VIS-B1": {"D02"},
    "VIS-B2": {"D10"},
    "VIS-B3": {"D07", "D08"},
}


class Worlds:
    """The same cases in several worlds, as logs and as logs that are never closed.

    A log that closes does not tell what an open case waits for; an endless one does. A wait is
    from a step on the main line to the next one there: the log shows side branches in between,
    such as a notice of default, and these stop nobody's waiting.
    """

    def __init__(self, described, level):
        self.process = described
        self.world = World(tuple(plant.id for plant in described.plants), level)
        self._people = Population(described, MANY, 1, self.world)
        window = described.window.model_copy(update=ALL_TIME)
        self._endless = described.model_copy(update={"window": window})
        self.opens, self.closes = (
            dt.datetime.combine(day, dt.time(), AMSTERDAM).astimezone(dt.UTC)
            for day in (described.window.opens, described.window.closes + DAY)
        )
        self._beside = {step.id for step in described.steps if step.after}

    @cache  # noqa: B019 - as long as the tests of one process
    def both(self, world):
        """The log as it stands when it closes, and an endless one."""
        (block,) = self._people.blocks(world)
        return [
            part_of(described, block, self._people.draws, hide_extensions=False)
            for described in (self.process, self._endless)
        ]

    def shown(self, rows):
        """What of some rows is in the log when it closes."""
        return [row for row in rows if self.opens <= row[2] < self.closes]

    def waited(self, rows, plant):
        """By case and step, the days at the plant's own waits that the log shows."""
        days = defaultdict(float)
        main_line = [row for row in rows if row[1] not in self._beside]
        for (case, step, since), (next_case, next_step, at) in pairwise(main_line):
            is_own = {next_step, (step, next_step)} & OWN[plant.id]
            if case == next_case and is_own and self.opens <= since < self.closes:
                days[case, next_step] += (min(at, self.closes) - since) / DAY
        return days


@pytest.fixture(
    scope="module",
    params=[(name, level) for name in process_names() for level in get_args(Level)],
    ids="-".join,
)
def told(request, tmp_path_factory):
    """What ``truth.json`` says of each plant, and the worlds that it says it of."""
    name, level = request.param
    folder = tmp_path_factory.mktemp("told") / "made"
    truth = generate(Order(name, MANY, 1, level), "csv", folder)
    return truth, Worlds(process(name), level)


def rows_of(part):
    """The case, the step and the time of each row."""
    return list(part.events.select("case", "step", "at").iter_rows())


def test_the_cost_of_a_plant_is_the_difference_between_two_logs(told):
    truth, worlds = told
    closed, endless = worlds.both(worlds.world)
    cases = closed.cases.rows_by_key("case", named=True, unique=True)
    for plant, said in zip(worlds.process.plants, truth["planted"], strict=True):
        _, bare = worlds.both(worlds.world.without(plant))
        waited, without = (worlds.waited(rows_of(part), plant) for part in (endless, bare))
        extra = {
            place: waited[place] - without[place]
            for place in {*waited, *without}
            if plant.segment is None
            or cases[place[0]][plant.segment.attribute] in plant.segment.values
        }
        total = sum(extra.values())

        if plant.id == "UHT-B3":
            # it has three waits: the later ones begin later for it, so less of them is in the log;
            # truth takes both worlds as far as the log with the plant would show, and that is more
            assert total < said["effect_person_days"] < 1.08 * total
            continue
        assert total == pytest.approx(said["effect_person_days"], abs=0.1)
        assert total / MANY == pytest.approx(said["effect_mean_days"], abs=1e-3)
        hit = {case for (case, _), days in extra.items() if days >= 1}
        assert len(hit) == pytest.approx(said["share"] * MANY)


def test_a_log_is_cut_where_it_opens_and_where_it_closes(told):
    truth, worlds = told
    closed, endless = (rows_of(part) for part in worlds.both(worlds.world))
    begun = {case for case, step, _ in closed if step == worlds.process.steps[0].id}
    last_ends = {case: at for case, step, at in endless if step in worlds.process.ends}
    ended = [case for case, at in last_ends.items() if at < worlds.closes]

    assert closed == worlds.shown(endless)
    assert truth["censored"] == {"left": MANY - len(begun), "right": MANY - len(ended)}
