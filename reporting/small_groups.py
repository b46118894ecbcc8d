# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which groups are too small to show."""

from __future__ import annotations

from contracts.findings import Count


def is_small(count: Count, k: int) -> bool:
    """Whether ``count`` is of a group too small to show."""
    return count is not None and 0 < count < k


def hide(count: Count, k: int) -> Count:
    """``count``, or null when it is of 1 … k-1."""
    return None if is_small(count, k) else count
