# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a Kaplan-Meier figure could be, whatever is true of some cases that are not trusted.

A case that is not trusted may have ended after any duration, may still be open, or may not be a
case at all. Among all those ways the curve is

- highest everywhere if the case never ends: it is at risk at every duration, and adds no end;
- lowest at a duration if the case ends just then. An earlier end lowers the curve less, since the
  case was not there to get a part of those last seen open in between (Efron's redistribution).

So with ``n`` trusted cases still watched just after ``x``, and ``q`` that are not trusted:
``most(x) = Π (1 - d / (n + q))`` over the durations up to ``x`` of trusted cases, and
``least(x) = most(x) · n / (n + q)``. These are bounds of the estimate that are attained, after the
bounds of Manski (2003) for a population of which a part is not seen.
"""

from __future__ import annotations

import numpy as np

from mining.survival import Counts, Floats, leaving


def curves(ended: Counts, still_there: Counts, untrusted: int) -> tuple[Floats, Floats]:
    """The least and the most that may still be there: at once, and just after each duration.

    Args:
        ended: ``(K,)`` how many trusted cases ended at each of ``K`` durations in rising order.
        still_there: ``(K,)`` how many trusted cases were last seen open at each.
        untrusted: how many cases are not trusted.

    Returns:
        Two curves of ``K + 1`` points, the first of them at duration zero.
    """
    # with one more duration, longer than all others, that every untrusted case outlasts
    never = leaving(np.append(ended, 0)[:, None], np.append(still_there, untrusted))
    most = np.concatenate([[1.0], never.still[:-1]])
    return most * (1.0 - untrusted / np.maximum(never.at_risk, 1.0)), most


def reached(curve: Floats, share: float) -> int | None:
    """The first point of a curve by which ``share`` is gone; null if that never happens."""
    gone = np.flatnonzero(1.0 - curve >= share - 1e-12)
    return int(gone[0]) if len(gone) else None
