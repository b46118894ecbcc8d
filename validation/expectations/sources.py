# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether a source gave all that it said it has."""

from __future__ import annotations

from typing import Any, ClassVar

from validation.expectations.base import Judged, LogExpectation


class ExpectNothingToBeMissing(LogExpectation):
    """No records are ``missing`` (a number) of those that the sources say they have."""

    missing: int
    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.row_count",)
    success_keys: ClassVar[tuple[str, ...]] = ("missing",)

    def judged(self, metric: Any) -> Judged:  # noqa: ARG002
        """How many are missing, as the readers counted."""
        are = "record is" if self.missing == 1 else "records are"
        sentence = f"{self.missing:,} {are} missing." if self.missing else ""
        return self.missing == 0, self.missing, {"found": sentence}
