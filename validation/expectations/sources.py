# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether a source gave all that it said it has."""

from __future__ import annotations

from typing import Any, ClassVar

from validation.expectations.base import Judged, LogExpectation


class ExpectNothingToBeMissing(LogExpectation):
    """No records are ``missing`` (a number) of those that the sources say they have.

    Null: some are, but fewer than ``minimum_group``.
    """

    missing: int | None
    minimum_group: int
    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.row_count",)
    success_keys: ClassVar[tuple[str, ...]] = ("missing", "minimum_group")

    def judged(self, metric: Any) -> Judged:  # noqa: ARG002
        """How many are missing, as the readers counted."""
        if self.missing == 0:
            return True, 0, {}
        many = f"Fewer than {self.minimum_group}" if self.missing is None else f"{self.missing:,}"
        return False, self.missing, {"found": f"{many} records are missing."}
