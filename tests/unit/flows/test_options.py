# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a moment on the command line means, and that its help says so, at once."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from prefect.exceptions import ParameterTypeError

from flows.cli import app
from flows.commands.options import Moment
from flows.journey import journey


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-06-30", "2026-06-30T00:00+00:00"),
        ("2026-06-30T17:00", "2026-06-30T17:00+00:00"),
        ("2026-06-30T23:59:59+02:00", "2026-06-30T21:59:59+00:00"),
    ],
)
def test_a_date_is_its_begin_and_a_time_without_an_offset_is_utc(written, meant):
    assert Moment().convert(written, None, None) == dt.datetime.fromisoformat(meant)


@pytest.mark.parametrize("written", ["9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00"])
def test_a_moment_that_no_year_holds_is_refused_here_and_in_prefect(written):
    with pytest.raises(click.BadParameter, match="is not a time"):
        Moment().convert(written, None, None)
    with pytest.raises(ParameterTypeError, match="outside the years 1 to 9999"):
        journey.validate_parameters({"config": "p.yaml", "as_of": written})


def test_the_help_says_so():
    told = " ".join(CliRunner().invoke(app, ["run", "--help"]).output.split())

    assert "A date alone is the start of that day, not its end" in told
    assert "a time without an offset is UTC, not local" in told


def test_the_help_waits_for_no_heavy_library():
    heavy = ("polars", "pydantic", "prefect", "great_expectations", "yaml")
    asked = f"import flows.cli, sys; print([name for name in {heavy} if name in sys.modules])"

    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"
