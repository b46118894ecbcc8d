# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What every test shares: where the real logs are, and how long Hypothesis searches."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from _pytest.nodeid import NodeId
from hypothesis import HealthCheck, settings

from tests.mariadb import mariadb
from tests.servers import bucket, database, prefect_database, storage

__all__ = ["bucket", "database", "mariadb", "prefect_database", "storage"]

settings.register_profile(
    "everyday",
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long", settings.get_profile("everyday"), max_examples=2000, derandomize=False
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "everyday"))

_ROOT = Path(__file__).parents[1]


gc.disable()  # it would walk all imported modules again and again


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps each group of tests on one worker.

    xdist 3.8 writes the group after the name of a test, where pytest 9.2 does not read it any more.
    """
    for item in items:
        if named := getattr(item, "_nodeid", None):
            item._id = NodeId.parse(named)


def pytest_collection_finish() -> None:
    """Turns the garbage collector on, but not for what is imported by now."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def real_logs() -> Path:
    """The folder of real logs; tests that need it are skipped if it is absent."""
    folder = Path(os.environ.get("HOEKSTEEN_DATA", _ROOT.parent / "shared" / "data")) / "logs"
    if not folder.is_dir():
        pytest.skip("the real logs are not here; HOEKSTEEN_DATA says where they are")
    return folder
