# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A config of a ZGW API comes from its catalogue, and is one that the log can be checked with."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.config import load
from contracts.errors import ConfigError, SourceError, UsageError
from flows.commands.init import init
from simulation.generator import Order, generate
from tests.checked import checked
from tests.unit.ingest.zgw_server import CLIENT, SECRET, Api, serving


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    generate(Order("cbr", 30, 3, "statistical"), "zgw", tmp_path / "made")
    monkeypatch.setenv("ZGW_CLIENT_ID", CLIENT)
    monkeypatch.setenv("ZGW_CLIENT_SECRET", SECRET)
    with serving(tmp_path / "made" / "log", now=time.time()) as api:
        yield api


def test_the_config_of_an_api_is_one_to_check_with(api: Api, tmp_path: Path) -> None:
    known = {"url": f"{api.root}/x", "identificatie": "jachtakte"}
    api.records["zaaktypen"].insert(0, api.records["zaaktypen"][0] | known)
    config = tmp_path / "permits.yaml"

    written = init(api.zaken, config)

    assert written.undecided == ()
    [source], journey = load(config).sources, load(config).journey
    assert (source.path, source.format) == (api.zaken, "zgw")
    assert source.case_type == api.records["zaaktypen"][1]["identificatie"]
    assert journey.end == ("Zaak afgesloten",)
    text = config.read_text("utf-8")
    assert "jachtakte" in text
    assert SECRET not in text
    ids = [case["identificatie"] for case in api.records["zaken"]]
    assert not any(id_ in text for id_ in ids)
    assert {what for what, _ in api.asked} == {"zaken", "zaaktypen", "statustypen"}
    assert checked(config).success


def test_a_catalogue_without_statuses_leaves_the_end_to_decide(api: Api, tmp_path: Path) -> None:
    api.records["statustypen"] = []

    assert init(api.zaken, tmp_path / "a.yaml").undecided == (
        "journey.end could not be guessed from the catalogue.",
    )


def test_what_is_no_api(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="not the address of a ZGW API") as refused:
        init("https://me:secret@zaken.example/zaken/api/v1", tmp_path / "a.yaml")
    assert "me:secret" not in str(refused.value)
    api.records["zaken"] = []
    with pytest.raises(SourceError, match="shows this client no case"):
        init(api.zaken, tmp_path / "a.yaml")
    monkeypatch.delenv("ZGW_CLIENT_ID")
    with pytest.raises(ConfigError, match="ZGW_CLIENT_ID is not set"):
        init(api.zaken, tmp_path / "a.yaml")
    assert not (tmp_path / "a.yaml").exists()
