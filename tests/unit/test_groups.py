# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Tests that share what is costly to make are made by one worker, where there are several."""

from __future__ import annotations

import os

import pytest


@pytest.mark.xdist_group("kept together")
def test_workers_are_told_of_a_group(request: pytest.FixtureRequest) -> None:
    is_told = request.node.nodeid.endswith("@kept together")

    assert is_told == ("PYTEST_XDIST_WORKER" in os.environ)
