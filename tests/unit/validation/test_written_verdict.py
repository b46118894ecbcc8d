# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What may be written of the rows that name no case."""

from __future__ import annotations

import pytest

from contracts.verdict import Verdict
from validation.disclosure import hides, shown


@pytest.mark.parametrize(("rows", "written"), [(0, 0), (1, None), (9, None), (10, 10)])
def test_few_rows_without_a_case_are_not_counted(rows: int, written: int | None) -> None:
    verdict = Verdict(
        success=True,
        rows=400,
        quarantined_rows=100,
        quarantined_cases=50,
        unnamed_rows=rows,
        rules=(),
    )
    document = shown(verdict, 10)

    assert document["unnamed_rows"] == written
    assert hides(document) is (written is None)
