# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which activities do not enable which others, as ``mining.model.concurrency`` concludes."""

from __future__ import annotations

import json
from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True)
class Relations:
    """What the whole log shows of the order of activities.

    Attributes:
        concurrent: pairs, in both orders, that go on side by side: neither enables the other.
        aside: pairs of which the first comes before the second but does not enable it.
        side: activities that hardly enable anything: no open case waits since one of these.
    """

    concurrent: frozenset[Pair] = frozenset()
    aside: frozenset[Pair] = frozenset()
    side: frozenset[str] = frozenset()

    @property
    def not_enabling(self) -> frozenset[Pair]:
        """The pairs whose first activity does not enable the second."""
        return self.concurrent | self.aside

    def to_json(self) -> str:
        """The text that ``from_json`` reads, the same for the same relations."""
        return json.dumps({name: sorted(each) for name, each in vars(self).items()})

    @classmethod
    def from_json(cls, text: str) -> Relations:
        """The relations that ``to_json`` wrote."""
        written = json.loads(text)
        return cls(
            concurrent=frozenset((a, b) for a, b in written["concurrent"]),
            aside=frozenset((a, b) for a, b in written["aside"]),
            side=frozenset(written["side"]),
        )


IN_SEQUENCE = Relations()
"""Every activity is enabled by the one before it."""
