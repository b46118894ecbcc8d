# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a run in this process makes of a server of Prefect that goes away meanwhile."""

from __future__ import annotations

from pathlib import Path

import prefect
import pytest
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_CLIENT_CSRF_SUPPORT_ENABLED,
    PREFECT_CLIENT_MAX_RETRIES,
    temporary_settings,
)

from contracts.errors import SourceError
from flows.commands.run_here import run_here
from tests.flow.test_bad_input import CONFIG, LOG
from tests.unit.flows.test_doctor import answering

AT_ONCE = {PREFECT_CLIENT_MAX_RETRIES: 0, PREFECT_CLIENT_CSRF_SUPPORT_ENABLED: False}


def test_a_server_that_goes_away_is_no_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PREFECT_LOGGING_LEVEL", "PREFECT_LOGGING_ROOT_LEVEL"):
        monkeypatch.setenv(name, "CRITICAL")
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "p.yaml").write_text(CONFIG % "log.csv")

    # it tells its version, and takes no run
    with (
        answering(f'"{prefect.__version__}"', None) as url,
        temporary_settings({PREFECT_API_URL: url, **AT_ONCE}),
        pytest.raises(SourceError) as told,
    ):
        run_here(tmp_path / "p.yaml", tmp_path / "out")

    assert told.value.message.startswith("The Prefect server at 127.0.0.1:")
    assert "answers with 501 to /api/flows/" in told.value.message
    assert "geheim" not in str(told.value)
