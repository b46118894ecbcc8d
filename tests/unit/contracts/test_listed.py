# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Lists that stay short say how much they leave out."""

from __future__ import annotations

import pytest

from contracts.listed import listed


@pytest.mark.parametrize(
    ("names", "told"),
    [([], ""), (["a"], "a"), (["a", "b"], "a; b"), (["a", "b", "c"], "a; b and 1 more")],
)
def test_what_is_left_out_is_counted(names: list[str], told: str) -> None:
    assert listed(names, 2, "; ") == told
