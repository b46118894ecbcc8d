# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What tells in a text who somebody is."""

from __future__ import annotations

import polars as pl
import pytest

from ingest.privacy.personal import LIKELY, is_account, stand_in

PERSONAL = [
    *("j.jansen@gemeente.nl", "mail naar Jan_de-Wit+1@post.voorbeeld.co.uk!"),
    *("0612345678", "06-12345678", "06 12 34 56 78", "bel +31612345678", "+31 (0)6 12345678"),
    *("(06) 12345678", "06.12345678", "06/12345678", "Dhr.Jansen", "mevr.de Wit"),
    *("0031 6 12345678", "010-1234567", "(0123) 456789", "020 123 45 67", "0123-456789"),
    *("NL91ABNA0417164300", "op NL91 ABNA 0417 1643 00 gestort", "BE68 5390 0754 7034"),
    *("dhr. Jansen", "Dhr Jansen", "mevr. De Wit", "gesprek met mw. de Wit", "Mw. A. van Dam"),
    *("mevrouw Jansen", "de heer Van 't Hof", "mw. van der Berg", "DHR. JANSEN"),
]
PLAIN = [
    *("Aanvraag ontvangen", "team@intake", "Besluit @ kantoor", "Stap 12", "0123456789", ""),
    *("2026-03-12 10:00:00", "12-03-2026", "ZAAK-2026-0000123", "050123456"),
    *("NL91ABNA0417164301", "NL92ABNA0417164300", "AB12 nota", "10 MW Zonnepark"),
    *("mevrouw was afwezig", "dhr. gebeld", "de heer", "mw", "m-012", "Team Noord"),
]


@pytest.mark.parametrize(
    ("text", "is_personal"), [*((t, True) for t in PERSONAL), *((t, False) for t in PLAIN)]
)
def test_what_is_personal(text: str, *, is_personal: bool) -> None:
    frame = pl.DataFrame({"t": [text]})

    found, is_likely = frame.select(
        stand_in(pl.col("t")).fill_null(value=False), likely=pl.col("t").str.contains(LIKELY)
    ).row(0)

    assert found is is_personal
    assert is_likely or not is_personal


def by_hand(account: str) -> bool:
    turned = account[4:] + account[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def test_the_check_digits_of_an_account() -> None:
    digits = [f"NL{check:02}ABNA0417164300" for check in range(100)]
    longest = [f"MT{check:02}MALT011000012345MTLCAST001S" for check in range(100)]
    frame = pl.DataFrame({"a": [*digits, *longest]})

    found = frame.select(is_account(pl.col("a")))["a"].to_list()

    assert found == [by_hand(account) for account in frame["a"]]
    assert "MT84MALT011000012345MTLCAST001S" in frame.filter(found)["a"].to_list()
