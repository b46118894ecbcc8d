# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Files of one export that name their columns otherwise are told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.guessing.drift import added, drifts, lacked
from ingest.guessing.exports import open_export
from ingest.guessing.glance import glance

USUAL = ["Zaak", "Stap", "Tijdstip"]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"1.csv": USUAL, "2.csv": [*USUAL[::-1], "Regio"], "3.csv": USUAL}, []),
        ({"1.csv": USUAL}, []),
        ({}, []),
        (
            {"1.csv": USUAL, "2.csv": ["zaak", "Stap", "Tijdstip"]},
            ["2.csv lacks 'Zaak' (perhaps 'zaak'), which"],
        ),
        (
            {"1.csv": USUAL, "2.csv": USUAL, "4.csv": USUAL[:2], "3.csv": USUAL[:2]},
            ["3.csv and 1 more of the files lack 'Tijdstip', which"],
        ),
        (  # a file without a header has values for names
            {"1.csv": USUAL, "2.csv": USUAL, "3.csv": ["Z1", "Jansen", "1-1-2026"]},
            ["3.csv lacks 'Zaak', 'Stap', 'Tijdstip', which"],
        ),
        (
            {"1.csv": list("abcdefg"), "2.csv": []},
            ["2.csv lacks 'a', 'b', 'c', 'd', 'e' and 2 more, which"],
        ),
    ],
)
def test_who_lacks_what(columns: dict[str, list[str]], told: list[str]) -> None:
    found = drifts(columns)

    assert [sentence.startswith(start) for sentence, start in zip(found, told, strict=True)] == [
        True
    ] * len(told)


@pytest.mark.parametrize(
    ("others", "names"),
    [([USUAL], ()), ([], ()), ([USUAL, USUAL[1:]], ("Zaak",)), ([[*USUAL, "Regio"]], ())],
)
def test_what_not_all_have(others: list[list[str]], names: tuple[str, ...]) -> None:
    assert lacked(dict(enumerate([USUAL, *others]))) == names  # type: ignore[arg-type]


def test_files_are_called_as_their_user_calls_them(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "jan.csv").write_text("Zaak;Stap\n1;a\n2;b\n")
    (tmp_path / "in" / "feb.csv").write_text("zaak;Stap\n1;a\n")

    seen = glance(open_export(str(tmp_path / "in" / "*.csv"), tmp_path / "p.yaml"))

    assert [sentence.split(",")[0] for sentence in seen.drift] == [
        "in/feb.csv lacks 'Zaak' (perhaps 'zaak')"
    ]
    assert seen.columns == ["Stap"]


@pytest.mark.parametrize(
    ("columns", "more"),
    [
        ({"1.csv": USUAL, "2.csv": [*USUAL, "Regio"], "3.csv": USUAL}, ("Regio",)),
        (
            {"1.csv": USUAL, "2.csv": [*USUAL, "Regio", ""], "3.csv": [*USUAL, "Kanaal"]},
            ("Regio", "Kanaal"),
        ),
        ({"1.csv": USUAL, "2.csv": USUAL, "3.csv": ["Z1", "Jansen", "1-1-2026"]}, ()),
        ({"1.csv": USUAL}, ()),
        ({}, ()),
    ],
)
def test_a_column_that_only_later_files_have_is_told(
    columns: dict[str, list[str]], more: tuple[str, ...]
) -> None:
    assert added(columns) == more
