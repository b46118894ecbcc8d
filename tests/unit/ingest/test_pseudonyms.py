# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import polars as pl
import pytest

from contracts.errors import ConfigError
from contracts.events import CANDIDATES
from contracts.settings import Privacy
from ingest.privacy.pseudonyms import Pseudonymiser, key_of, pseudonymise, pseudonymiser_of

KEY = b"0123456789abcdef0123456789abcdef"


def one(domain, id_, key=KEY):
    return Pseudonymiser(key).of(domain, pl.Series([id_])).item()


def test_is_fixed_for_ever():
    # from `printf "case|Z-2026-1" | openssl dgst -sha256 -hmac $KEY -binary | head -c10 | base32`
    assert one("case", "Z-2026-1") == "k6xgl:6u3lbtd2tcwkxq2e"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(("case", "Z-2026-2", KEY), id="other id"),
        pytest.param(("resource", "Z-2026-1", KEY), id="other domain"),
        pytest.param(("case", "Z-2026-1", KEY[::-1]), id="other key"),
    ],
)
def test_differs(other):
    assert one(*other)[6:] != one("case", "Z-2026-1")[6:]


def test_an_epoch_is_fixed_for_ever_and_unrelated_to_another(monkeypatch):
    monkeypatch.setenv("KEY", KEY.decode())

    def in_epoch(epoch):
        named = pseudonymiser_of(Privacy(key_env="KEY", epoch=epoch), Path("p.yaml"))
        return named.of("case", pl.Series(["Z-2026-1"])).item()

    assert in_epoch(None) == one("case", "Z-2026-1")
    # as above, with the key that `printf "epoch|2026" | openssl dgst -sha256 -hmac $KEY` gives
    assert in_epoch(2026) == in_epoch("2026") == "k4a7y:j3issep6ldswoogk"
    told = [in_epoch(epoch).split(":") for epoch in (None, 2026, 2027)]
    assert [len(set(each)) for each in zip(*told, strict=True)] == [3, 3]


def test_keeps_order_and_nulls():
    ids = pl.Series(["b", None, "a", "b"])

    names = Pseudonymiser(KEY).of("case", ids)

    assert names[0] == names[3] != names[2]
    assert names[1] is None
    assert names.drop_nulls().str.contains("^k[a-z2-7]{4}:[a-z2-7]{16}$").all()


IDS = {"case_id": pl.Series(["a", "b", "c"]), "resource": pl.Series(["jansen"])}
OTHER = Pseudonymiser(b"other" * 8)


def candidates(*case_ids):
    rows = [{"case_id": case_id, "resource": "jansen"} for case_id in case_ids]
    return pl.DataFrame(rows, schema=CANDIDATES).drop("slot").lazy()


@pytest.mark.parametrize("columns", [(), ("case_id",), ("resource",), ("case_id", "resource")])
def test_replaces_only_the_named_columns(columns):
    named = pseudonymise(candidates("b", "a", "b"), IDS, columns, Pseudonymiser(KEY)).collect()

    assert named.schema == CANDIDATES
    assert (named["case_id"].to_list() == ["b", "a", "b"]) == ("case_id" not in columns)
    assert (named["resource"][0] == "jansen") == ("resource" not in columns)
    assert named["case_id"][0] == named["case_id"][2] != named["case_id"][1]


def test_slot_is_the_digest_of_the_stored_id():
    named = pseudonymise(candidates("a", None), IDS, (), None).collect()

    first_two = hashlib.sha256(b"a").digest()[:2]
    assert named["slot"].to_list() == [int.from_bytes(first_two, "big"), 0]


def test_digests_of_rows_are_keyed_and_stay_apart():
    rows = candidates(*"abc").with_columns(digest=pl.Series([7, 7, 8], dtype=CANDIDATES["digest"]))

    digests = [
        pseudonymise(rows, IDS, columns, key).collect()["digest"].to_list()
        for columns, key in (((), None), (("case_id",), Pseudonymiser(KEY)), ((), OTHER))
    ]

    assert digests[0] == [7, 7, 8]
    for keyed in digests[1:]:
        assert keyed[0] == keyed[1] != keyed[2]
    assert not set(digests[1]) & {7, 8, *digests[2]}


def test_makes_a_key_once_for_the_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    key = key_of(Privacy(), tmp_path / "c.yaml")

    file = tmp_path / "hoeksteen" / "key"
    assert len(key) == 32
    assert key_of(Privacy(), tmp_path / "c.yaml") == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["key"]


def test_refuses_a_damaged_key(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "hoeksteen").mkdir()
    (tmp_path / "hoeksteen" / "key").write_bytes(KEY[:31])

    with pytest.raises(ConfigError, match="damaged"):
        key_of(Privacy(), tmp_path / "c.yaml")


def test_tells_what_to_do_where_a_key_cannot_be_made(monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", "/proc/nowhere")

    with pytest.raises(ConfigError, match="/proc/nowhere/hoeksteen/key cannot be made") as told:
        key_of(Privacy(), Path("c.yaml"))

    assert "privacy.key_env" in told.value.hint


def test_takes_the_key_of_the_environment(tmp_path):
    environ = {"KEY": KEY.decode()}

    assert key_of(Privacy(key_env="KEY"), tmp_path / "c.yaml", environ) == KEY


@pytest.mark.parametrize(
    ("environ", "says"), [({}, "KEY is not set"), ({"KEY": "kort"}, "KEY is too short")]
)
def test_refuses_a_bad_key_without_echoing_it(tmp_path, environ, says):
    with pytest.raises(ConfigError, match=says) as caught:
        key_of(Privacy(key_env="KEY"), tmp_path / "c.yaml", environ)

    assert "'privacy.key_env'" in str(caught.value)
    assert "kort" not in str(caught.value)


def test_a_short_key_is_a_defect():
    with pytest.raises(ValueError, match="32 bytes"):
        Pseudonymiser(KEY[:31])
