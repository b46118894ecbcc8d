# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What an API tells is what its export tells; what goes wrong is told in a sentence, and passes."""

from __future__ import annotations

import codecs
import gzip
import json
import stat
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from contracts.candidates import scan
from contracts.errors import ConfigError, SourceError
from contracts.settings import Settings
from contracts.sources import Source
from ingest.source_files import SourceFile
from ingest.sources import Address, find
from ingest.staging import stage
from ingest.zgw.api import fetch_zgw
from ingest.zgw.client import AT_ONCE, Clock, Credentials
from ingest.zgw.pages import LARGEST
from simulation.generator import Order, generate
from tests.unit.ingest.zgw_server import (
    BREAKS_OFF,
    CLIENT,
    NOW,
    SECRET,
    Answer,
    Api,
    certificate,
    html,
    problem,
    said,
    serving,
)

COLUMNS = {"recorded_timestamp": "aanmaakdatum", "registration_timestamp": "registratiedatum"}
TOLD = ["case_id", "activity", "at", "lifecycle", "resource", "team", "recorded_at", "case:kanaal"]


CASE_TYPE = "schademelding-fysieke-schade-en-bezwaar"


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zgw") / "made"
    generate(Order("img", 40, 3, "statistical"), "zgw", folder)
    return folder / "log"


@pytest.fixture
def api(export: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setenv("ZGW_CLIENT", CLIENT)
    monkeypatch.setenv("ZGW_SECRET", SECRET)
    with serving(export, page_size=7) as api:
        yield api


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    (folder := tmp_path / "landing").mkdir()
    return folder


def source_at(path: str, **more: Any) -> Source:
    names = {"client_id_env": "ZGW_CLIENT", "client_secret_env": "ZGW_SECRET"}
    return Source.model_validate({"path": path, "format": "zgw", **names, **more})


def fetched(
    api: Api,
    landing: Path,
    sleep: Callable[[float], None] = [].append,
    now: float = NOW,
    path: str | None = None,
    **more: Any,
) -> SourceFile:
    source = source_at(path or api.zaken, **{"case_type": CASE_TYPE, **more})
    [address] = find(source, landing / "c.yaml", 0)
    assert isinstance(address, Address)
    return fetch_zgw(address, source, landing, Clock(lambda: now, sleep))


def told(file: SourceFile, out: Path) -> tuple[pl.DataFrame, int]:
    """What is read of answers, in an order of its own; and how many records are missing."""
    source = {"path": str(file.path), "format": "zgw", "columns": COLUMNS}
    settings = Settings.model_validate(
        {
            "process": {"id": "test"},
            "sources": [{**source, "case_attributes": ["kanaal"]}],
            "journey": {"end": ["Zaak afgesloten"]},
            "privacy": {"pseudonymise": []},
        }
    )
    out.mkdir()
    done = stage(file, settings.sources[0], settings, out / "c.yaml", 0, out)
    return scan(done.paths).collect().select(TOLD).sort(TOLD), done.missing


@pytest.fixture(scope="module")
def recorded(export: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    out = tmp_path_factory.mktemp("recorded") / "out"
    found, missing = told(SourceFile(export, "log", "zgw"), out)
    assert (missing, found["case:kanaal"].n_unique()) == (0, 2)
    assert found.filter(pl.col("lifecycle") == "mark").height > 3
    return found


def test_an_api_tells_what_its_export_tells(
    api: Api, recorded: pl.DataFrame, landing: Path, tmp_path: Path
) -> None:
    api.meeting = threading.Barrier(2)  # two that are under way at once

    found, missing = told(fetched(api, landing), tmp_path / "asked")

    assert missing == 0
    assert found.equals(recorded)
    asked = Counter(what for what, _ in api.asked)
    cases = len(api.records["zaken"])
    assert asked["audittrail"] == cases
    assert asked["zaakeigenschappen"] == 0
    assert 1 < asked["zaken"] < cases / 2
    assert 1 < api.most_at_once <= AT_ONCE


def test_a_page_need_not_tell_which_one_came_before(
    api: Api, recorded: pl.DataFrame, landing: Path, tmp_path: Path
) -> None:
    api.looks_back = False

    found, missing = told(fetched(api, landing), tmp_path / "asked")

    assert (missing, found.equals(recorded)) == (0, True)


def test_no_citizen_is_asked_for(api: Api, landing: Path) -> None:
    file = fetched(api, landing)

    kinds = {query["betrokkeneType"] for what, query in api.asked if what == "rollen"}
    assert kinds == {"medewerker", "organisatorische_eenheid"}
    assert any(role["betrokkeneType"] == "natuurlijk_persoon" for role in api.records["rollen"])
    pages = "".join(page.read_text("utf-8") for page in file.path.rglob("*.json"))
    assert "organisatorische_eenheid" in pages
    assert "natuurlijk_persoon" not in pages


@pytest.mark.parametrize("unknown", [{"expand"}, {"ordering"}, {"pageSize", "expand"}])
def test_an_older_api_is_asked_case_by_case(
    unknown: set[str], api: Api, recorded: pl.DataFrame, landing: Path, tmp_path: Path
) -> None:
    api.unknown = unknown

    found, missing = told(fetched(api, landing), tmp_path / "asked")

    assert missing == 0
    assert found.equals(recorded)
    asked = Counter(what for what, _ in api.asked)
    assert asked["zaakeigenschappen"] == len(api.records["zaken"])


def test_the_audit_trail_need_not_be_asked(api: Api, landing: Path, tmp_path: Path) -> None:
    api.always["audittrail"] = problem(403, "permission_denied")

    found, _ = told(fetched(api, landing, without=["audittrail"]), tmp_path / "asked")

    assert found.filter(pl.col("lifecycle") == "mark").is_empty()
    assert found["recorded_at"].null_count() == len(found) > 100


AT = formatdate(NOW + 90, usegmt=True)


@pytest.mark.parametrize(
    ("what", "fault", "wait"),
    [
        ("zaken", problem(429, **{"Retry-After": "7"}), 7),
        ("audittrail", problem(429, **{"Retry-After": AT}), 90),
        ("statussen", problem(429, **{"Retry-After": "soon"}), 1),
        ("statussen", html(502), 1),
        ("zaken", html(), 1),  # a page on maintenance
        ("audittrail", said(b'[{"uuid": "1"'), 1),
        ("rollen", problem(503), 1),
        ("audittrail", problem(500, "error"), 1),
        ("zaken", BREAKS_OFF, 1),
        ("statussen", said({"count": 1, "results": []}, **{"Content-Length": "9999"}), 1),
    ],
)
def test_what_passes_is_waited_for(
    what: str, fault: Answer | None, wait: float, api: Api, recorded: pl.DataFrame, tmp_path: Path
) -> None:
    (landing := tmp_path / "landing").mkdir()
    slept: list[float] = []
    api.faults[what, 2] = fault

    found, missing = told(fetched(api, landing, slept.append), tmp_path / "asked")

    assert missing == 0
    assert found.equals(recorded)
    assert slept == [wait]


def test_a_byte_order_mark_is_no_part_of_an_answer(
    api: Api, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = api.answer

    def marked(path: str, query: dict[str, str]) -> Answer:
        status, headers, body = answer(path, query)
        return status, headers, codecs.BOM_UTF8 + body

    monkeypatch.setattr(api, "answer", marked)
    slept: list[float] = []

    assert fetched(api, landing, slept.append).path.is_dir()
    assert not slept


def page(**about: Any) -> Answer:
    return said({"count": 1, "next": None, "previous": None, "results": [], **about})


@pytest.mark.parametrize(
    ("what", "fault", "message", "hint"),
    [
        ("zaken", problem(503), "is busy or out of order (503) when asked for zaken", "later"),
        ("zaken", BREAKS_OFF, "does not answer, or breaks off when asked for zaken", "later"),
        ("zaken", problem(429, **{"Retry-After": "3541"}), "order (429)", "in 60 minutes, as it"),
        ("statussen", problem(503, **{"Retry-After": "9" * 400}), "(503)", "more than a day"),
        ("zaken", problem(401), "refused (401): it does not know this client", "client_secret_env"),
        (
            "zaken",
            problem(403, "invalid-jwt-signature"),
            "it does not know this client",
            "client_id_env",
        ),
        ("zaken", problem(403, "jwt-expired"), "the clocks differ", "clock"),
        ("zaken", problem(403, "jwt-immaturesignatureerror"), "the clocks differ", "clock"),
        ("zaken", problem(403, "permission_denied"), "may not see", "scope zaken.lezen"),
        ("statustypen", problem(403, "permission_denied"), "may not", "scope catalogi.lezen"),
        ("audittrail", problem(403, "permission_denied"), "may not", "say without: [audittrail]"),
        ("rollen", problem(400, "Jan Jansen"), "rollen is refused (400).", "version 1"),
        ("zaken", problem(404), "has no zaken", "address of the API"),
        ("zaken", html(), "not JSON, or not complete", "login page"),
        ("zaken", html(302, Location="/login"), "redirects requests for zaken (302)", "login page"),
        (
            "zaken",
            said(b'{"count": 3, "results": [{"url"'),
            "not JSON, or not complete",
            "login page",
        ),
        ("zaken", said({"count": 3}), "answer for zaken is not a page", "login page"),
        ("zaken", said([]), "answer for zaken is not a page", "login page"),
        ("zaken", page(results=[1]), "answer for zaken is not a page", "login page"),
        ("zaken", page(results=[{"uuid": "Jan"}]), "answer for zaken is not a page", "login page"),
        ("zaken", page(next=3), "answer for zaken is not a page", "login page"),
        ("audittrail", page(), "answer for audittrail is not a list", "login page"),
        ("zaken", page(next="https://elsewhere.example/Jan"), "another host", "catalogue: https"),
        ("zaken", page(next="https://elsewhere.example/zaken/api/v12/Jan"), "neither API", ""),
        ("zaken", page(next="http://h:Jan"), "an address that is not valid", "administrator"),
    ],
)
def test_what_does_not_pass_is_told_in_a_sentence(
    what: str, fault: Answer | None, message: str, hint: str, api: Api, landing: Path
) -> None:
    if what == "zaken":  # but for the case that tells of the catalogue
        api.faults = {(what, number): fault for number in range(2, 20)}
    else:
        api.always[what] = fault

    with pytest.raises(SourceError) as refused:
        fetched(api, landing)

    assert message in refused.value.message
    assert hint in refused.value.hint
    said_in_all = f"{refused.value} {refused.value.__cause__}"
    assert not any(text in said_in_all for text in ("Jan", "999990342", SECRET, "Bearer"))


def test_pages_that_go_round_in_circles(api: Api, landing: Path) -> None:
    to = f"{api.zaken}/zaken?page=2"
    api.faults = {("zaken", number): page(next=to) for number in (2, 3)}

    with pytest.raises(
        SourceError,
        match=r"pages of zaken go round in circles\. Its "
        r"administrator",
    ):
        fetched(api, landing)


def test_an_answer_that_unpacks_to_far_too_much_is_read_no_further(api: Api, landing: Path) -> None:
    swollen = gzip.compress(bytes(LARGEST + 1), compresslevel=1)
    api.always = {"zaken": said(swollen, **{"Content-Encoding": "gzip"})}

    with pytest.raises(SourceError, match="for zaken is larger than 256 MB"):
        fetched(api, landing)

    assert len(api.asked) == 1


@pytest.mark.parametrize("count", [0, 1])
def test_pages_that_tell_nothing_new_for_ever(count: int, api: Api, landing: Path) -> None:
    told = api.records["zaken"][:count]
    api.faults = {
        ("zaken", number): page(next=f"{api.zaken}/zaken?page={number}", results=told)
        for number in range(2, 30)
    }

    with pytest.raises(
        SourceError,
        match=r"pages of zaken go round in circles\. Its "
        r"administrator",
    ):
        fetched(api, landing)

    assert len(api.asked) < 9


@pytest.mark.parametrize(
    ("fault", "says"), [(problem(502), "out of order"), (html(), "not JSON, or not complete")]
)
def test_it_is_asked_so_often_and_no_more(
    fault: Answer, says: str, api: Api, landing: Path
) -> None:
    slept: list[float] = []
    api.always["statussen"] = fault

    with pytest.raises(SourceError, match=says):
        fetched(api, landing, slept.append)

    assert slept == [1, 2, 4, 8, 16, 32]
    assert Counter(what for what, _ in api.asked)["statussen"] == 7


class Killed(BaseException):
    pass


def killed(_: float) -> None:
    raise Killed


@pytest.mark.parametrize(
    ("what", "number", "again"), [("zaken", 4, 2), ("statussen", 9, 2), ("audittrail", 25, 2 + 20)]
)
def test_what_was_answered_is_not_asked_again(
    what: str, number: int, again: int, api: Api, recorded: pl.DataFrame, tmp_path: Path
) -> None:
    (landing := tmp_path / "landing").mkdir()
    (other := tmp_path / "other").mkdir()
    fetched(api, other)
    whole = len(api.asked)
    api.asked.clear()
    api.faults[what, number] = problem(503)
    with pytest.raises(Killed):
        fetched(api, landing, killed)
    assert number < len(api.asked) <= whole  # others may answer while it is killed

    found, missing = told(fetched(api, landing), tmp_path / "asked")

    assert missing == 0
    assert found.equals(recorded)
    # asked twice: what failed, where the catalogue is, and of which cases not all was told yet
    assert whole < len(api.asked) <= whole + again


@pytest.mark.parametrize(
    ("later", "more", "is_asked"),
    [
        (23 * 3600, {}, False),
        (25 * 3600, {}, True),
        (-60, {}, True),
        (60, {"without": ["audittrail"]}, True),
    ],
)
def test_a_landing_is_good_for_a_day_and_for_one_question(
    later: float, more: dict[str, Any], is_asked: object, api: Api, landing: Path
) -> None:
    fetched(api, landing)
    api.asked.clear()

    api.now = NOW + later
    file = fetched(api, landing, now=api.now, **more)

    assert (len(api.asked) > 1) == is_asked
    assert any(file.path.glob("audittrail-*")) == (not more)


def test_a_landing_is_its_owners_alone(api: Api, landing: Path) -> None:
    landing.chmod(0o755)

    fetched(api, landing)

    rights = {
        (path.is_dir(), stat.S_IMODE(path.stat().st_mode))
        for path in [landing, *landing.rglob("*")]
    }
    assert rights == {(True, 0o700), (False, 0o600)}
    assert SECRET not in "".join(path.read_text() for path in landing.rglob("*.json"))


def test_what_is_gone_meanwhile_is_passed_over(api: Api, landing: Path, tmp_path: Path) -> None:
    first = api.records["zaaktypen"][0]["url"]
    cases = sum(case["zaaktype"] == first for case in api.records["zaken"])
    api.faults["audittrail", 5] = problem(404)
    api.faults["zaken", 3] = problem(404)  # the second page; the first request is for the catalogue

    _, missing = told(fetched(api, landing), tmp_path / "asked")

    assert missing == cases - 7 > 0


def test_the_catalogue_may_be_elsewhere_if_the_config_says_so(
    api: Api, recorded: pl.DataFrame, landing: Path, tmp_path: Path
) -> None:
    here = f"{api.root}/catalogi/api/v1"
    there = here.replace("127.0.0.1", "localhost")
    text = json.dumps(api.records).replace(here, there)
    api.records = json.loads(text)

    with pytest.raises(SourceError, match="another host") as refused:
        fetched(api, landing)
    assert "catalogue" in refused.value.hint

    found, _ = told(fetched(api, landing, catalogue=there), tmp_path / "asked")
    assert found.equals(recorded)


def test_an_api_behind_a_proxy_may_know_itself_by_another_address(
    api: Api, recorded: pl.DataFrame, landing: Path, tmp_path: Path
) -> None:
    reached, within = api.root, "https://user:secret@openzaak.intern:8443"
    zaken = api.zaken
    api.records = json.loads(json.dumps(api.records).replace(reached, within))
    api.root = within

    with pytest.raises(SourceError, match="neither API") as refused:
        fetched(api, landing, path=zaken)
    assert "catalogue" in refused.value.hint

    catalogue = f"{reached}/catalogi/api/v1"
    found, missing = told(fetched(api, landing, path=zaken, catalogue=catalogue), tmp_path / "out")
    assert found.equals(recorded)
    assert missing == 0
    asked = Counter(what for what, _ in api.asked)
    assert asked["audittrail"] == len(api.records["zaken"])


@pytest.mark.parametrize(
    ("case_type", "message"),
    [("jachtakte", "knows no case type 'jachtakte'"), (None, "has 2 case types: jachtakte, ")],
)
def test_one_case_type_is_asked(
    case_type: str | None, message: str, api: Api, landing: Path
) -> None:
    other = api.records["zaaktypen"][0] | {"url": f"{api.root}/x", "identificatie": "jachtakte"}
    if case_type is None:
        api.records["zaaktypen"].append(other)

    with pytest.raises(SourceError, match=message):
        fetched(api, landing, case_type=case_type)


def test_of_many_case_types_it_is_said_how_many_are_not_named(api: Api, landing: Path) -> None:
    one = api.records["zaaktypen"][0]
    api.records["zaaktypen"] += [
        one | {"url": f"{api.root}/{number}", "identificatie": f"type {number:02}"}
        for number in range(34)
    ]

    with pytest.raises(SourceError, match=r"has 35 case types: .*, type 18 and 15 more"):
        fetched(api, landing, case_type=None)


def test_the_only_case_type_need_not_be_named(api: Api, landing: Path) -> None:
    assert any(fetched(api, landing, case_type=None).path.rglob("*.json"))


def test_a_client_that_sees_no_case(api: Api, landing: Path) -> None:
    api.records["zaken"] = []

    with pytest.raises(SourceError, match="shows this client no case"):
        fetched(api, landing)


def test_a_variable_that_is_not_set(
    api: Api, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZGW_SECRET")

    with pytest.raises(ConfigError, match="variable ZGW_SECRET is not set"):
        fetched(api, landing)
    assert not api.asked


@pytest.mark.parametrize(
    ("path", "more", "message"),
    [
        ("https://a.example/zaken/api/v1", {"client_id_env": None}, "client_id_env is missing"),
        ("http://a.example/zaken/api/v1", {}, "https:// only"),
        ("https://me:secret@a.example/zaken/api/v1", {}, "must not hold a password"),
        ("https://a.example/zaken/api/v1?key=secret", {}, "write an address"),
        ("https:///zaken", {}, "write an address"),
        ("https://a.example/z", {"catalogue": "http://b.example/c"}, "https:// only"),
    ],
)
def test_addresses_that_are_refused(path: str, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        source_at(path, **more)


def test_a_secret_is_not_shown() -> None:
    assert SECRET not in repr(Credentials(CLIENT, SECRET))


@pytest.mark.parametrize("is_known", [True, False])
def test_a_certificate_must_be_known(
    is_known: object, export: Path, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZGW_CLIENT", CLIENT)
    monkeypatch.setenv("ZGW_SECRET", SECRET)
    pem = certificate(landing / "own.pem")
    if is_known:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))

    with serving(export, pem) as api:
        if is_known:
            assert any(fetched(api, landing).path.iterdir())
            return
        with pytest.raises(SourceError, match="cannot be trusted") as refused:
            fetched(api, landing, pytest.fail)

    assert "SSL_CERT_FILE" in refused.value.hint
    assert not api.asked
