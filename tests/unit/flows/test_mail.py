# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A mail is sent, or one sentence says why not; what may go well later is tried again."""

from __future__ import annotations

import traceback
from pathlib import Path
from urllib.parse import quote

import pytest

from contracts.errors import HoeksteenError, SourceError, UsageError
from flows.mail import MAIL_FROM, SMTP_URL, send, server_of, written
from tests.mail_server import WHO, MailServer, mail_server, write_certificate

USER, PASSWORD = (quote(each, safe="") for each in WHO)
FROM = {MAIL_FROM: "hoeksteen@dienst.example"}
TO = "team@dienst.example"


def mail() -> object:
    return written("Vergunningen: 50 zaken te laat", "Eén regel.\nNog een.\n", TO, FROM)


def send_to(
    server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    *,
    who: str = f"{USER}:{PASSWORD}@",
    scheme: str = "smtp",
) -> None:
    host = server.server_address[0]
    monkeypatch.setenv(SMTP_URL, f"{scheme}://{who}{host}:{server.port}")
    send(mail())


@pytest.mark.parametrize("who", ["", f"{USER}:{PASSWORD}@"])
def test_a_mail_says_what_it_was_told(who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as server:
        send_to(server, monkeypatch, who=who)

    [got] = server.mails
    assert got["Subject"] == "Vergunningen: 50 zaken te laat"
    assert got["To"] == TO
    assert got["From"] == FROM[MAIL_FROM]
    assert got.get_content() == "Eén regel.\nNog een.\n"


LATER, NOW_NOR_LATER = True, False


@pytest.mark.parametrize(
    ("refusals", "kind", "again", "said"),
    [
        ({"RCPT": ["451 later"]}, SourceError, LATER, "it answers 451."),
        ({"RCPT": ["550 no"]}, SourceError, NOW_NOR_LATER, "it answers 550."),
        ({"MAIL": ["421 busy"]}, SourceError, LATER, "it answers 421"),
        ({"MAIL": ["553 who?"]}, SourceError, NOW_NOR_LATER, "it answers 553"),
        ({"DATA": ["452 full"]}, SourceError, LATER, "it answers 452"),
        ({"DATA": ["554 spam"]}, SourceError, NOW_NOR_LATER, "it answers 554"),
        ({"AUTH": ["535 no"]}, UsageError, NOW_NOR_LATER, "refuses our user or password"),
        ({"AUTH": ["454 later"]}, SourceError, LATER, "it answers 454"),
    ],
)
def test_a_refusal_is_told_and_tried_again_if_it_is_for_now(
    refusals: dict[str, list[str]],
    kind: type[HoeksteenError],
    *,
    again: bool,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mail_server(refusals=refusals) as server, pytest.raises(kind) as error:
        send_to(server, monkeypatch)

    assert said in str(error.value)
    assert isinstance(error.value.__cause__, OSError) == again
    assert WHO[1] not in "".join(traceback.format_exception(error.value))


def test_a_server_that_lets_nobody_log_in_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = mail_server(refusals={"EHLO": ["250 here"]})
    with deaf as server, pytest.raises(UsageError, match="has no login at port"):
        send_to(server, monkeypatch)


def test_what_is_no_mail_server_answers_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    web = mail_server(greeting="HTTP/1.1 400 Bad Request")
    with web as server, pytest.raises(SourceError, match="it cannot do as asked"):
        send_to(server, monkeypatch)


@pytest.mark.parametrize("url", ["smtps://u:geh%C3%A9im@host"])
def test_a_password_that_cannot_be_sent_is_told_and_not_repeated(url: str) -> None:
    with pytest.raises(UsageError, match="holds a letter or sign that cannot be sent") as error:
        server_of({SMTP_URL: url})

    assert "geh" not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize("word", ["EHLO", "MAIL", "DATA"])
def test_a_server_that_goes_away_is_tried_again(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = mail_server(refusals={word: ["250-"]}, stays=False)
    with gone as server, pytest.raises(SourceError) as error:
        send_to(server, monkeypatch)

    assert isinstance(error.value.__cause__, OSError)
    assert "it breaks off" in str(error.value)


def test_where_nobody_listens_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as server:
        pass
    with pytest.raises(SourceError, match=r"does not answer at port \d+\. Is HOEKSTEEN") as error:
        send_to(server, monkeypatch)

    assert isinstance(error.value.__cause__, OSError)


def test_with_tls_the_certificate_is_one_to_trust(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_certificate(tmp_path / "pem")
    with mail_server(certificate=tmp_path / "pem") as server:
        with pytest.raises(SourceError, match="certificate") as error:
            send_to(server, monkeypatch, scheme="smtps")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "pem"))
        send_to(server, monkeypatch, scheme="smtps")

    assert error.value.__cause__ is None
    assert len(server.mails) == 1


def test_a_password_is_not_said_in_the_open(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server("127.0.0.2") as server:  # of this machine, but not as everybody calls it
        with pytest.raises(UsageError, match="unencrypted"):
            send_to(server, monkeypatch)
        send_to(server, monkeypatch, who="")

    assert len(server.mails) == 1


@pytest.mark.parametrize(
    "url",
    [
        *("", "host", "http://host", "smtp://", "smtp://u:secret@host:x", "smtps://u:secret@[::1"),
        *(f"smtps://u:25{sign}secret@host" for sign in "/?#"),  # whose host would be u
    ],
)
def test_a_wrong_url_is_explained_and_not_repeated(url: str) -> None:
    with pytest.raises(UsageError, match=f"{SMTP_URL} is not the URL of a mail server") as error:
        server_of({SMTP_URL: url})

    assert "secret" not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize(
    ("sender", "to", "said"),
    [
        ("", TO, f"{MAIL_FROM} is not a mail address"),
        ("Hoeksteen", TO, f"{MAIL_FROM} is not a mail address"),
        ("a@b", "", "'to' holds something that is not a mail address"),
        ("a@b", "a@b, c@d", "'to' holds something that is not a mail address"),
        ("a@b", "c@d\r\nBcc: e@f", "'to' holds something that is not a mail address"),
    ],
)
def test_who_sends_and_who_gets_it_are_addresses(sender: str, to: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        written("s", "b", to, {MAIL_FROM: sender})


def test_a_server_is_shown_without_its_password() -> None:
    server = server_of({SMTP_URL: f"smtps://{USER}:{PASSWORD}@host"})

    assert (server.port, server.is_tls, server.user, server.password) == (465, True, *WHO)
    assert WHO[1] not in repr(server)


def test_a_mail_that_is_sent_again_is_the_same_one() -> None:
    one, other = mail(), mail()

    assert one["Message-ID"] != other["Message-ID"]
    assert one["Message-ID"].endswith("@dienst.example>")
