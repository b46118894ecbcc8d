# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A plausible run: 12 steps, some 30 waits, 5 bottlenecks, and some things too rare to show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from contracts.changes import Change, Changes, Effect, Relabelled, Since
from contracts.figures import Quantiles
from contracts.findings import (
    QUESTION,
    Bottleneck,
    DeadlineResult,
    Evidence,
    ExplainedWait,
    FailedRule,
    Findings,
    Headline,
    Ledger,
    Log,
    Segment,
    Throughput,
    Validation,
)
from contracts.settings import Settings
from contracts.tables import TABLES
from reporting.facts import Facts, SourceFact
from reporting.shown import Shown
from tests.builders import rule_result

STEPS = {
    "Gezondheidsverklaring ingediend": (4120, "Health declaration submitted"),
    "Gezondheidsverklaring geregistreerd": (4118, "Declaration registered"),
    "Automatisch beoordeeld": (4102, "Assessed by rules"),
    "Keuringsverslag-formulier verstuurd": (3914, "Medical form sent"),
    "Keuring door arts": (3650, "Examination by a doctor"),
    "Keuringsverslag ontvangen": (3580, "Medical report received"),
    "Beoordeeld door medisch adviseur": (2410, "Assessed by medical adviser"),
    "Specialist aangewezen": (1180, "Specialist assigned"),
    "Specialistisch rapport ontvangen": (905, "Specialist report received"),
    "Aanvullende informatie gevraagd": (640, "More information asked"),
    "Aanvullende informatie ontvangen": (588, "More information received"),
    "Verklaring van geschiktheid geregistreerd": (3105, "Certificate of fitness registered"),
    "Zaak handmatig heropend": (4, "Case reopened by hand"),
}
A, B, C, D, E, F, G, H, I, J, K, L, M = STEPS  # noqa: E741
# from, to, moves, cases, open, half, 9 of 10, person-days
WAITS: list[tuple[str, str | None, int, int, int, float | None, float | None, float]] = [
    (H, I, 905, 1190, 275, 48.0, None, 96_400.0),
    (D, E, 3650, 3860, 210, 19.0, 49.0, 88_700.0),
    (F, G, 2480, 2490, 31, 4.0, 25.0, 30_100.0),
    (J, K, 588, 640, 42, 12.0, 44.0, 12_900.0),
    (G, L, 1990, 1996, 6, 0.02, 8.4, 6_100.0),
    (G, None, 0, 128, 128, None, None, 16_800.0),
    (E, F, 3580, 3590, 10, 2.2, 8.0, 12_700.0),
    (A, B, 4118, 4119, 0, 0.9, 5.8, 8_900.0),
    (C, D, 3914, 3920, 3, 1.8, 6.5, 9_800.0),
    (B, C, 4102, 4102, 0, 0.01, 0.9, 900.0),
    (F, L, 1010, 1010, 0, 0.3, 2.4, 1_050.0),
    (G, H, 1180, 1182, 0, 1.2, 7.7, 3_300.0),
    (G, J, 520, 524, 0, 0.4, 5.2, 980.0),
    (I, G, 860, 871, 11, 3.1, 16.0, 5_600.0),
    (K, G, 560, 561, 0, 2.4, 12.5, 2_900.0),
    (C, L, 96, 96, 0, 0.5, 2.9, 90.0),
    (F, J, 120, 120, 0, 0.9, 6.1, 210.0),
    (K, F, 28, 28, 0, 1.1, None, 70.0),
    (E, E, 64, 51, 0, 6.0, 31.0, 640.0),
    (I, L, 45, 45, 0, 0.6, 4.0, 60.0),
    (J, L, 12, 12, 0, 33.0, None, 420.0),
    (L, M, 4, 4, 0, 80.0, None, 320.0),
    (M, G, 4, 4, 0, 2.0, None, 9.0),
    (B, D, 7, 7, 0, 1.0, None, 8.0),
    (D, F, 31, 31, 0, 22.0, None, 700.0),
    (H, J, 15, 15, 0, 5.0, None, 90.0),
    (C, G, 22, 22, 0, 0.7, None, 18.0),
    (K, L, 14, 14, 0, 0.8, None, 15.0),
    (B, A, 11, 11, 0, 0.2, None, 4.0),
    (H, G, 10, 10, 0, 9.0, None, 110.0),
]
BANDS = (0.0, 1.0, 3.0, 7.0, 14.0, 28.0, 91.0, 182.0, 364.0)
SHAPES = {
    (H, I): (4, 12, 31, 88, 160, 390, 150, 52, 18),
    (D, E): (30, 140, 460, 720, 1110, 980, 170, 36, 4),
    (F, G): (690, 420, 510, 390, 280, 172, 15, 3, 0),
    (J, K): (12, 44, 96, 180, 142, 96, 14, 4, 0),
    (G, L): (1540, 118, 110, 92, 78, 40, 9, 2, 1),
}
LEDGER = {  # owner: days, cases
    "agency_wait": (64_210.5, 4120),
    "agency_work": (3_120.25, 4118),
    "citizen": (31_400.0, 1210),
    "third_party": (148_300.0, 3860),
    "statutory": (9_870.0, 3914),
    "policy_pause": (0.0, 0),
    "outside": (2_100.0, 4),
    "unknown": (16_800.0, 128),
}
TOTAL_DAYS = sum(wait[-1] for wait in WAITS)


def headline(
    id_: str,
    value: float | None,
    without: float | None,
    lowest: float | None,
    highest: float | None,
) -> Headline:
    told = {"value": value, "without": without, "lowest": lowest, "highest": highest}
    return Headline.model_validate({"id": id_, **told})


def seen(**figures: float) -> tuple[Evidence, ...]:
    return tuple(Evidence(what=what, value=value) for what, value in figures.items())


SLOW_GROUP = {
    "kind": "third_party_capacity",
    "actor": "third_party",
    "segment": Segment(attribute="specialisme", values=("neurologie", "oogheelkunde")),
    "evidence": seen(
        mean_days_of_group=99.2,
        mean_days_of_rest=48.5,
        share_of_cases_in_group=0.414,
        share_of_longest_hundredth=0.061,
    ),
}
SLOW_PERIOD = {
    "kind": "capacity",
    "window": {"from": "2025-06-05T00:00:00Z", "to": "2025-11-20T00:00:00Z"},
    "evidence": seen(
        wait_grows_with_queue=0.747,
        hands=0.836,
        times_the_ordinary_wait=2.383,
        share_of_longest_hundredth=0.275,
    ),
}
ROUNDS = {
    "kind": "rework",
    "segment": Segment(attribute="checklistversie", values=("v3",)),
    "evidence": seen(
        rounds=514.23,
        days_a_round=14.056,
        share_of_group=0.373,
        share_of_rest=0.121,
        share_of_longest_hundredth=0.07,
    ),
}


HEADLINES = (
    headline("p50_days", 73.0, 72.4, 70.9, 75.2),
    headline("p90_days", None, None, 263.0, None),
    headline("cases", 4120, 4103, 4120, 4120),
    headline("open_cases", 706, 689, 689, 706),
    headline("person_days", 275_800.75, 274_312.5, 274_312.5, None),
    headline("share_of_first_wait", WAITS[0][-1] / TOTAL_DAYS, 0.3141, None, None),
)
"""All 17 cases that lost rows are open, and no case was lost as a whole."""


def settings(**changes: object) -> Settings:
    return Settings.model_validate(
        {
            "process": {
                "id": "rijgeschiktheid-75plus",
                "name": {"nl": "Rijgeschiktheid 75+", "en": "Fitness to drive 75+"},
            },
            "sources": [{"path": "exports/*.csv", "case_attributes": ["specialisme"]}],
            "analysis": {"segments": ["specialisme"]},
            "journey": {
                "start": [A],
                "end": [L],
                "steps": {
                    name: {"label": {"nl": name, "en": english}}
                    for name, (_, english) in STEPS.items()
                },
            },
            "definitions": [
                {
                    "from": "2026-02-10",
                    "activity": G,
                    "what": {
                        "nl": "ook door een arts van buiten",
                        "en": "by a doctor from outside too",
                    },
                }
            ],
            "deadlines": [
                {"id": "verklaring", "rule": "rr-103"},
                {"id": "eigen-norm", "rule": {"term": "P16W", "law": "none"}},
            ],
            **changes,
        }
    )


def tables() -> dict[str, pl.DataFrame]:
    rows = {
        "steps": [(name, cases, cases + cases // 20) for name, (cases, _) in STEPS.items()],
        "waits": [(*wait, wait[-1] / TOTAL_DAYS) for wait in WAITS],
        "wait_bands": [
            (from_, to, over, up_to, n, n // 14)
            for (from_, to), shape in SHAPES.items()
            for over, up_to, n in zip(BANDS, [*BANDS[1:], None], shape, strict=True)
        ],
        "queues": [
            (from_, to, dt.date(2025, 1, 8) + dt.timedelta(weeks=week), week * (97 - week) // 9 + n)
            for n, (from_, to) in enumerate(SHAPES)
            for week in range(60)
        ],
        "ledger": [(owner, days, cases) for owner, (days, cases) in LEDGER.items()],
        "variants": _variants(),
        "rework": [(E, 51, 64, 64), (G, 812, 1430, 12), (J, 34, 39, 4), (M, 1, 1, 0)],
        "conformance": [
            ("extra", G, 1618, 2240),
            ("skipped", E, 471, 471),
            ("extra", E, 51, 64),
            ("skipped", B, 2, 2),
        ],
        "conformance_summary": [(4120, 4120, 1905, 0.874, False, False)],
        "clocks": [
            ("citizen", 4120, 731, 96.4, 231.7, 342.6),
            ("legal", 4120, 731, 71.2, None, 298.3),
            ("work", 3389, 0, 0.14, 0.42, 1.9),
            ("nobody's", 4, 0, 1.0, 2.0, 3.0),
        ],
        "deadlines": [
            ("verklaring", "within", 2610),
            ("verklaring", "not_started", 214),
            ("verklaring", "overlapping", 3),
        ],
        "breaches": [
            ("verklaring", F, G, 540),
            ("verklaring", G, None, 421),
            ("eigen-norm", G, J, 4),
        ],
        "registered_ends": [
            ("verklaring", "same", 2031),
            ("verklaring", "later", 214),
            ("verklaring", "moved", 52),
            ("verklaring", "earlier", 4),
        ],
        "bunching": [
            ("verklaring", 812, 204, 3.2, 0.001),
            ("eigen-norm", 214, 230, 0.9, 0.61),
        ],
        "rescue": [
            ("verklaring", 311, 92, 0.143, 0.2, 0.812),
            ("eigen-norm", 211, 4, 0.02, 0.02, 0.8),
        ],
        "changes": [],
        "bases": _bases(),
        "waiting_causes": [
            (F, G, 3020, 61_000.0, 21_000.0, 9_000.0, 4_000.0, 27_000.0),
            (G, J, 4, 12.0, 3.0, 4.0, 5.0, 0.0),
        ],
        "work_band": [(G, 3020, 3020, 310.0, 310.0), (E, 2800, 0, 0.0, 412.0), (M, 3, 0, 0.0, 9.0)],
        "outcomes": [
            (outcome, cases, days, share * within)
            for outcome, cases, share in ((L, 3102, 0.91), (K, 287, 0.09), (M, 3, 0.001))
            for days, within in ((28.0, 0.004), (91.0, 0.42), (182.0, 0.78), (365.0, 0.93))
        ],
        "survival": [
            (float(day), max(0.08, 0.97 ** (day / 3.2)), 4120 - day * 12) for day in range(1, 343)
        ],
    }
    return {
        name: pl.DataFrame(rows[name], schema=schema, orient="row")
        for name, schema in TABLES.items()
    }


def _bases() -> list[tuple[dt.date, str, int, float | None, float | None, int | None]]:
    """Months in which fewer and fewer cases close, and those that begin wait longer and longer."""
    rows: list[tuple[dt.date, str, int, float | None, float | None, int | None]] = []
    for number in range(14):
        month = dt.date(2025 + number // 12, number % 12 + 1, 1)
        watched = 396 - 30 * number
        p50, p90 = 80 + 3.0 * number, 190 + 5.0 * number
        rows += [
            (
                month,
                "began",
                290 + number,
                *(p if p < watched else None for p in (p50, p90)),
                watched,
            ),
            (month, "ended", 260 - number, p50 * 0.8, p90 * 0.7, None),
            (month, "open", 500 + 31 * number, 61.0 + 4 * number, 160.0 + 9 * number, None),
        ]
    return [(dt.date(2024, 12, 1), "began", 4, 70.0, 80.0, 426), *rows]


def _variants() -> list[tuple[list[str], int, float]]:
    routes = [
        ([A, B, C, D, E, F, L], 905),
        ([A, B, C, D, E, F, G, L], 760),
        ([A, B, C, D, E, F, G, H, I, G, L], 610),
        ([A, B, C, D, E, F, G, J, K, G, L], 402),
        ([A, B, C, D], 204),
        ([A, B, C, L], 96),
        ([A, B, C, D, E, E, F, L], 38),
        ([A, B, C, D, E, F, G, L, M, G, L], 4),
        ([A, B, A, B, C, L], 3),
    ]
    return [(trace, cases, cases / 4120) for trace, cases in routes]


def _bottleneck(
    rank: int, certainty: str, reference: float | None, **changes: object
) -> Bottleneck:
    from_, to, _, cases, open_cases, p50, p90, days = WAITS[rank - 1]
    values = {
        "rank": rank,
        "from": from_,
        "to": to,
        "actor": None if to is None else "agency",
        "clocks": ("citizen", "legal"),
        "cases": cases,
        "open_cases": open_cases,
        "person_days_lost": days,
        "share_of_waiting": days / TOTAL_DAYS,
        "wait_days": Quantiles(p50=p50, p90=p90),
        "reference_days": reference,
        "mean_days_per_case": days / 4120 / 2,
        "certainty": certainty,
        "question": QUESTION,
        **changes,
    }
    return Bottleneck.model_validate(values)


def _explained(from_: str, to: str, class_: str, days: float, cases: int) -> ExplainedWait:
    values = {"from": from_, "to": to, "class": class_, "person_days": days, "cases": cases}
    return ExplainedWait.model_validate(values)


def _met(id_: str, within: int, late: int, open_within: int, open_late: int) -> DeadlineResult:
    counts = {"within": within, "late": late, "open_within": open_within, "open_late": open_late}
    owed = {"noticed": late // 8, "penalty_eur": late * 125}
    return DeadlineResult(id=id_, **counts, **owed, undetermined=0, rule_version="v")


def findings() -> Findings:
    from_, _, _, cases, open_cases, _, _, days = WAITS[5]
    standstill = {"from": from_, "to": None, "cases": cases, "open_cases": open_cases}
    return Findings(
        process="rijgeschiktheid-75plus",
        run_id="7c1d0a52e9b4",
        as_of=dt.datetime(2026, 3, 1, 23, tzinfo=dt.UTC),
        log=Log(
            cases=4120,
            open_cases=706,
            events=33_914,
            activities=13,
            variants=388,
            first=dt.datetime(2025, 1, 2, 8, 14, tzinfo=dt.UTC),
            last=dt.datetime(2026, 2, 27, 16, 40, 3, tzinfo=dt.UTC),
            order_undetermined_cases=6,
            quarantined_rows=41,
            quarantined_cases=17,
        ),
        throughput_days=Throughput(p50=73.0, p90=None, closed_only_p50=61.0),
        ledger=Ledger(**{owner: days for owner, (days, _) in LEDGER.items()}),
        deadlines=(_met("verklaring", 2610, 779, 304, 427), _met("eigen-norm", 3301, 88, 706, 25)),
        bottlenecks=(
            _bottleneck(1, "high", 25.0, rank_range=(1, 2), interval=(8.2, 14.9), **SLOW_GROUP),
            _bottleneck(2, "high", 11.0, interval=(9.1, 12.0), **SLOW_PERIOD),
            _bottleneck(3, "fair", 0.0, suppressed=False, interval=(3.4, 4.0), **ROUNDS),
            _bottleneck(
                4,
                "low",
                None,
                person_days_lost=days,
                share_of_waiting=days / TOTAL_DAYS,
                wait_days=Quantiles(p50=None, p90=None),
                actor=None,
                **standstill,
            ),
            _bottleneck(
                5,
                "fair",
                0.01,
                actor="third_party",
                kind="third_party_capacity",
                interval=(0.71, 0.77),
                evidence=seen(share_of_longest_hundredth=0.31),
            ),
            _bottleneck(6, "low", None, **{"from": L, "to": M, "cases": 4, "open_cases": 0}),
        ),
        explained_waits=(
            _explained(J, K, "waiting_on_citizen", 12_900.0, 640),
            _explained(C, D, "statutory_wait", 4_870.0, 3914),
            _explained(G, H, "parallel", 1_300.0, 240),
            _explained(L, M, "outside", 320.0, 4),
        ),
        validation=Validation(
            success=True,
            expectations=9,
            failed=(
                FailedRule(id="DQ18", severity="warning", rows=38, cases=14),
                FailedRule(id="DQ03", severity="critical", rows=3, cases=3),
            ),
            headline_without_quarantine=Quantiles(p50=72.4, p90=None),
            headlines=HEADLINES,
        ),
        changes=changes(),
    )


CHANGES = {  # what: cases, steps, and what half and 9 of 10 of the cases then take
    "definitions": (0, 0, 71.0, None),
    "removed": (0, 0, 71.0, None),
    "told_otherwise": (0, 0, 71.0, None),
    "late": (412, 460, 69.5, None),
    "edited": (38, 38, 69.48, None),
    "relabelled": (1204, 1311, 69.48, None),
    "gone_events": (4, 6, 69.4, None),
    "gone_cases": (11, 40, 69.4, None),
    "went_on": (903, 2240, 74.0, None),
    "new_cases": (320, 1180, 73.0, None),
}


def changes(told: Mapping[str, tuple[int, int, float, float | None]] = CHANGES) -> Changes:
    """What changed since a report that said 71 days."""
    before = days = Quantiles(p50=71.0, p90=None)
    effects = []
    for what, (_, _, p50, p90) in told.items():
        if what != "removed":
            also = ("removed",) if what == "definitions" and told["removed"][0] else ()
            days, was = Quantiles(p50=p50, p90=p90), days
            effects.append(
                Effect.model_validate(
                    {"what": (*also, what), "days": days, "effect_days": days.less(was)}
                )
            )
    since = Since(
        run_id="0d52e91a7c3b",
        as_of=dt.datetime(2026, 2, 1, 23, tzinfo=dt.UTC),
        version="0.0.9",
        cases=3811,
        events=30_120,
        days=before,
    )
    counts = [
        Change.model_validate({"what": what, "cases": cases, "events": events})
        for what, (cases, events, *_) in told.items()
        if what != "definitions"
    ]
    pairs = ((F, "Keuringsverslag binnen", 1198, 1305), (K, "Informatie binnen", 6, 6))
    return Changes(
        since=since,
        counts=tuple(counts),
        effects=tuple(effects),
        relabelled=tuple(
            Relabelled.model_validate({"from": one, "to": two, "cases": n, "events": events})
            for one, two, n, events in pairs
        ),
        definitions=settings().definitions,
        config=("calendar.closed", "sources.columns.case_id", "journey.end"),
    )


def facts() -> Facts:
    return Facts(
        version="0.1.0",
        sources=(
            SourceFact("exports/2025.csv", 30_412, "9f2c41d0a7be"),
            SourceFact("exports/2026.csv", 3_543, "04e1b6c2d981"),
        ),
        rules=(
            rule_result("DQ03", 3, 3, severity="critical"),
            rule_result("DQ18", 38, 14),
            rule_result("C03"),
        ),
        defaulted=("privacy", "calendar", "analysis.rank_by"),
    )


ODD = {
    B: 'Aanvraag <b>&</b> "ontvangst" \'' + "van de commissie " * 12,
    D: "X" * 200,
    H: "مراجعة الطلب من قبل اللجنة (2)",
}
"""Names as a log may have them: long, without spaces, like markup, from right to left."""


def shown(**parts: object) -> Shown:
    """The whole sample as it is written, with ``parts`` replaced that are given and not null."""
    given = {name: part for name, part in parts.items() if part is not None}
    whole = {"findings": findings(), "tables": tables(), "settings": settings(), "facts": facts()}
    return Shown(**{**whole, **given})  # type: ignore[arg-type]


def odd_run() -> tuple[Findings, dict[str, pl.DataFrame]]:
    """The same run with the names of ``ODD``."""

    def renamed(found: Bottleneck | ExplainedWait) -> Bottleneck | ExplainedWait:
        from_, to = ODD.get(found.from_, found.from_), ODD.get(found.to or "", found.to)
        return found.model_copy(update={"from_": from_, "to": to})

    base, trace = findings(), pl.col("trace").list.eval(pl.element().replace(ODD))
    waits = {name: tuple(map(renamed, getattr(base, name))) for name in _WITH_NAMES}
    odd = Segment(attribute=ODD[B], values=tuple(ODD.values()))
    first, *others = waits["bottlenecks"]
    waits["bottlenecks"] = (first.model_copy(update={"segment": odd}), *others)
    frames = {
        name: frame.with_columns(
            pl.col(pl.String).replace(ODD), *([trace] if name == "variants" else [])
        )
        for name, frame in tables().items()
    }
    return base.model_copy(update=waits), frames


_WITH_NAMES = ("bottlenecks", "explained_waits")
