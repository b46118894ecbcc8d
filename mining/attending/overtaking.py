# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The weight of earlier items with a higher value: weighted inversions, in n log² n."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


def weight_above(values: Numbers, weights: Numbers, upto: Numbers, than: Numbers) -> Numbers:
    """``(Q,)`` sums of ``weights[j]`` over ``j < upto[i]`` with ``values[j] > than[i]``.

    A prefix is cut into blocks of a power of two, one for each bit of its length. In each block,
    sorted by value, what lies above is what comes after (a merge sort tree).

    Args:
        values: ``(N,)``, in the order in which they come.
        weights: ``(N,)``.
        upto: ``(Q,)`` from 0 to ``N``.
        than: ``(Q,)``.
    """
    count = len(values)
    by_value = np.argsort(values, kind="stable")
    rank = np.empty(count, np.int64)
    rank[by_value] = np.arange(1, count + 1)
    not_above = np.searchsorted(values[by_value], than, side="right")
    total = np.zeros(len(upto), np.int64)
    for level in range(count.bit_length()):
        here = np.flatnonzero(upto >> level & 1)
        # numpy sorts small integers by their digits, in a fraction of the time
        blocks = (by_value >> level).astype(np.min_scalar_type(count >> level))
        order = by_value[np.argsort(blocks, kind="stable")]
        key = (order >> level) * (count + 1) + rank[order]
        so_far = np.concatenate([[0], np.cumsum(weights[order])])
        block = (upto[here] >> level) - 1
        first = np.searchsorted(key, block * (count + 1) + not_above[here], side="right")
        total[here] += so_far[(block + 1) << level] - so_far[first]
    return total
