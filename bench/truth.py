# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""`make truth`: what runs say of many synthetic logs, held against what was planted in them.

Every log is made, run and thrown away. Beside each stands a null log: the same cases with nothing
planted. The score is written to docs/truth.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr
from itertools import product
from pathlib import Path
from typing import NamedTuple, TypeVar

from contracts.findings import Findings
from flows.journey import make
from flows.planning import plan
from simulation.description import process_names
from simulation.generator import LOG, Order, generate
from simulation.score import Called, Match, Score, is_median_near, score

ROOT = Path(__file__).parents[1]
WORKERS = 2
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_T = TypeVar("_T")


class Trial(NamedTuple):
    """One log to make and score."""

    process: str
    cases: int
    seed: int
    planted: bool


def held(trial: Trial) -> tuple[Trial, Score]:
    """Makes a log, runs the pipeline on it, and scores what it says."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "made"
        order = Order(trial.process, trial.cases, trial.seed, planted=trial.planted)
        truth = generate(order, "parquet", folder)
        config = ROOT / "configs" / f"{trial.process}.yaml"
        source = (f"sources.0.path={folder / LOG / 'export.parquet'}",)
        with (Path(place) / "progress").open("w") as progress, redirect_stderr(progress):
            run = make(plan(config, out=Path(place) / "out", now=NOW, overrides=source))
        findings = Findings.model_validate_json((run / "findings.json").read_text("utf-8"))
        return trial, score(truth, findings)


def main(arguments: Sequence[str]) -> None:
    """Runs the trials two at a time; writes the table."""
    parser = argparse.ArgumentParser(prog="make truth", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "truth.md")
    asked = parser.parse_args(arguments)
    trials = [
        Trial(name, asked.cases, seed, planted)
        for seed, name, planted in product(
            range(1, asked.seeds + 1), process_names(), (True, False)
        )
    ]
    scores: list[tuple[Trial, Score]] = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        for number, done in enumerate(pool.map(held, trials), 1):
            scores.append(done)
            print(f"{number} of {len(trials)} logs", file=sys.stderr)
    asked.out.write_text(page(scores, asked.seeds, asked.cases), encoding="utf-8")
    print(asked.out)


def page(scores: Sequence[tuple[Trial, Score]], seeds: int, cases: int) -> str:
    """The page that is published."""
    planted = [told for trial, told in scores if trial.planted]
    null = [told for trial, told in scores if not trial.planted]
    found = _grouped((each.plant, each) for told in planted for each in told.found)
    called = _grouped((each.decoy, each) for told in planted for each in told.called)
    return "\n".join(
        [
            *_HEAD,
            f"{seeds} seeds, {cases:,} cases per log, queueing level, no defects.",
            "Figures are medians over the seeds, shares are of the logs. Near: within a quarter or",
            "a day for an effect, within a tenth for a median. A plant or decoy counts for a goal",
            "when it does so in more than half of the logs.",
            "",
            "## In short",
            "",
            *_goals(found, called, null, planted),
            "",
            "## What was planted",
            "",
            *_rows(_PLANT_COLUMNS, found),
            "",
            "## What only looks like a stall",
            "",
            *_rows(_DECOY_COLUMNS, called),
            "",
            "## How long a case takes",
            "",
            *_medians(planted),
            "",
        ]
    )


_HEAD = (
    "<!-- SPDX-FileCopyrightText: hoeksteen contributors -->",
    "<!-- SPDX-License-Identifier: EUPL-1.2 -->",
    "# How much of the truth is found",
    "",
    "`make truth` makes logs of four public services with stalls planted in them, runs the",
    "pipeline on each, and holds the findings against what was planted. Mining and configs never",
    "see what that is. Effects are measured in the log itself: the same cases with and without the",
    "plant (`simulation/effects.py`). How a finding is matched to a plant: `simulation/score.py`.",
    "",
)


def _goals(
    found: dict[str, list[Match]],
    called: dict[str, list[Called]],
    null: Sequence[Score],
    planted: Sequence[Score],
) -> list[str]:
    """The goals, and how far each is reached."""

    def plants(is_good: Callable[[Match], bool]) -> int:
        return sum(_share(map(is_good, told)) > _HALF for told in found.values())

    covered = [
        each.is_covered for told in found.values() for each in told if each.is_covered is not None
    ]
    near = [is_median_near(told.medians[0], told.medians[1]) for told in planted]
    near_closed = [is_median_near(told.medians[0], told.medians[2]) for told in planted]
    in_null = [told.segments > 0 for told in null]
    blamed = sum(any(each.is_blamed for each in told) for told in called.values())
    explained = sum(_share(each.is_explained for each in told) > _HALF for told in called.values())
    of = f"of {len(found)}"
    rows = [
        ("plants in the top 5", f"{plants(lambda each: each.is_in_top)} {of}", "at least 11"),
        ("kind told", f"{plants(lambda each: each.is_kind_true)} {of}", "at least 10"),
        ("segment, window", f"{plants(lambda each: bool(each.is_where_true))} {of}", "all"),
        ("effect near", f"{plants(lambda each: each.is_effect_near)} {of}", "at least 10"),
        ("range of the effect covers it", _percent(covered), "at least 85 %"),
        ("decoys called a stall in any log", f"{blamed} of {len(called)}", "none"),
        ("decoys explained", f"{explained} of {len(called)}", "all"),
        ("null logs with a segment or window", _percent(in_null), "at most 5 %"),
        ("median of whole cases near", _percent(near), "all"),
        ("the same from closed cases alone", _percent(near_closed), "fails"),
    ]
    return _table(("measure", "reached", "goal"), rows)


_HALF = 0.5

_PLANT_COLUMNS: dict[str, Callable[[list[Match]], str]] = {
    "kind": lambda told: told[0].kind,
    "in the top 5": lambda told: _percent([each.is_in_top for each in told]),
    "rank": lambda told: _median(each.rank for each in told),
    "kind told": lambda told: _percent([each.is_kind_true for each in told]),
    "segment, window": lambda told: _percent([bool(each.is_where_true) for each in told]),
    "days per case": lambda told: _median(each.effect_days for each in told),
    "said": lambda told: _median(each.effect_said_days for each in told),
    "near": lambda told: _percent([each.is_effect_near for each in told]),
}
_DECOY_COLUMNS: dict[str, Callable[[list[Called]], str]] = {
    "called a stall": lambda told: _percent([each.is_blamed for each in told]),
    "is": lambda told: told[0].expected or "hardly anything",
    "explained so": lambda told: _percent([each.is_explained for each in told]),
}


def _medians(planted: Sequence[Score]) -> list[str]:
    by_process = _grouped((told.process, told.medians) for told in planted)
    rows = [
        (
            name,
            *(_median(told[place] for told in medians) for place in range(3)),
            _percent([is_median_near(true, said) for true, said, _ in medians]),
            _percent([is_median_near(true, closed) for true, _, closed in medians]),
        )
        for name, medians in by_process.items()
    ]
    header = ("process", "median days", "said", "closed cases alone", "said within 10 %", "closed")
    return _table(header, rows)


def _grouped(pairs: Iterable[tuple[str, _T]]) -> dict[str, list[_T]]:
    groups: dict[str, list[_T]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return dict(sorted(groups.items()))


def _rows(columns: dict[str, Callable[[list[_T]], str]], groups: dict[str, list[_T]]) -> list[str]:
    rows = [(name, *(tell(each) for tell in columns.values())) for name, each in groups.items()]
    return _table(("", *columns), rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [header, ["---"] * len(header), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _share(good: Iterable[bool]) -> float:
    return statistics.mean(map(float, good))


def _percent(good: Sequence[bool]) -> str:
    return f"{100 * _share(good):.0f} %" if good else "none given"


def _median(values: Iterable[float | None]) -> str:
    """The median of the told values; untold ones count as infinite, and "-" means most are."""
    middle = statistics.median_high(float("inf") if value is None else value for value in values)
    return "-" if middle == float("inf") else f"{middle:.4g}"


if __name__ == "__main__":
    main(sys.argv[1:])
