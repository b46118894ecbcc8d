# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The verdict of ``hoeksteen check`` on a config."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from contracts.verdict import Verdict
from flows.commands.check import judge_only
from flows.stages.steps import stopped


def checked(config: Path, overrides: Sequence[str] = ()) -> Verdict:
    """The verdict on a log that is fit to mine.

    Raises:
        GateStopped: the log is not fit.
    """
    verdict, settings = judge_only(config, overrides)
    if not verdict.success:
        raise stopped(verdict, settings, "")
    return verdict
