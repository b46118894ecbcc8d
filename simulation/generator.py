# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Draws the cases of a process: independent log-normal waits, watched until a closing date.

Cases arrive evenly over time; whatever would happen after the closing date is not in the log yet,
so the newest cases are open, as they are in a real export.
"""

from __future__ import annotations

import datetime as dt
import math
from functools import cache
from pathlib import Path
from typing import Annotated

import numpy as np
import polars as pl
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

_PROCESSES = Path(__file__).parent / "processes"
_CLOSES_AT = dt.datetime.fromisoformat("2026-06-30T17:00")  # local time, as exports hold it
_P90_SIGMAS = 1.2816  # a normal distribution's 90th percentile, in standard deviations
_SECONDS_A_DAY = 86_400


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Model):
    """One step of a process."""

    name: str
    wait_days: tuple[float, float]
    chance: Annotated[float, Field(ge=0, le=1)]
    group: str | None = None
    team: str | None = None


class Process(_Model):
    """A process that cases can be drawn from."""

    cases_per_week: Annotated[float, Field(gt=0)]
    attributes: dict[str, dict[str, float]]
    steps: tuple[Step, ...]


def process_names() -> list[str]:
    """The processes that are there."""
    return sorted(path.stem for path in _PROCESSES.glob("*.yaml"))


@cache
def process(name: str) -> Process:
    """The description of a process by its name."""
    return Process.model_validate(yaml.safe_load((_PROCESSES / f"{name}.yaml").read_text("utf-8")))


def generate(name: str, cases: int, seed: int) -> pl.DataFrame:
    """A synthetic log, the same for the same arguments.

    Returns:
        The columns ``zaaknummer, stap, tijdstip`` (local time, to the second), ``afdeling`` and one
        a case attribute; a row an event, by case and time.
    """
    described = process(name)
    random = np.random.default_rng(seed)
    now = _arrivals(described, cases)
    drawn = {group: random.random(cases) for group in sorted({_group(s) for s in described.steps})}
    case = np.arange(1, cases + 1)
    rows = []
    for number, step in enumerate(described.steps):
        occurs = drawn[_group(step)] < step.chance
        now = now + np.where(occurs, _waits(step, random, cases), 0.0)
        rows.append(
            pl.DataFrame({"case": case, "step": number, "at": now, "occurs": occurs}).with_columns(
                stap=pl.lit(step.name), afdeling=pl.lit(step.team, dtype=pl.String)
            )
        )
    happened = pl.concat(rows).filter("occurs", pl.col("at") <= 0).sort("case", "step")
    return happened.join(_attributes(described, random, cases), on="case").select(
        zaaknummer=pl.format("Z-{}", pl.col("case").cast(pl.String).str.zfill(7)),
        stap="stap",
        tijdstip=pl.lit(_CLOSES_AT) + pl.duration(seconds=(pl.col("at") * _SECONDS_A_DAY).round()),
        afdeling="afdeling",
        **{name: pl.col(name) for name in described.attributes},
    )


def write_csv(log: pl.DataFrame, path: Path) -> None:
    """Writes a log as Dutch office software does: semicolons, and dates with the day first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    log.write_csv(path, separator=";", datetime_format="%d-%m-%Y %H:%M:%S", include_bom=True)


def _group(step: Step) -> str:
    return step.group or step.name


def _arrivals(described: Process, cases: int) -> NDArray[np.float64]:
    """When each case begins, in days before the closing date (negative)."""
    days = cases / described.cases_per_week * 7
    return -days + days * (np.arange(cases) + 0.5) / cases


def _waits(step: Step, random: np.random.Generator, cases: int) -> NDArray[np.float64]:
    median, p90 = step.wait_days
    if median == 0:
        return np.zeros(cases)
    sigma = math.log(p90 / median) / _P90_SIGMAS
    return random.lognormal(math.log(median), sigma, cases)


def _attributes(described: Process, random: np.random.Generator, cases: int) -> pl.DataFrame:
    columns = {
        name: random.choice(list(shares), cases, p=list(shares.values()))
        for name, shares in described.attributes.items()
    }
    return pl.DataFrame({"case": np.arange(1, cases + 1), **columns})
