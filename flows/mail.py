# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Mails what an alarm says, as Prefect's own notifications do not know SMTP.

The mail server, our account there and the sender come from the environment of the process that
mails: Prefect never gets them.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

from prefect import flow
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff
from pydantic import Field

from contracts.errors import HoeksteenError, SourceError, UsageError
from contracts.schedule import mail_address
from flows.defects import wordless
from flows.patience import may_pass
from flows.tracking.endings import ended

SMTP_URL, MAIL_FROM = "HOEKSTEEN_SMTP_URL", "HOEKSTEEN_MAIL_FROM"
Recipients = Annotated[list[str], Field(min_length=1)]
_PORTS = {"smtps": 465, "smtp": 587}
_HERE = ("localhost", "127.0.0.1", "::1")
_TIMEOUT_SECONDS = 30
_LATER = range(400, 500)  # the answers of a server that may take it later
_AGAIN = 6  # times: each pause is twice the last one, and together they are ten minutes
_FIRST_PAUSE_SECONDS = 10


@dataclass(frozen=True)
class Server:
    """A mail server, and our account there; ``is_tls``: it speaks TLS from the first byte."""

    host: str
    port: int
    is_tls: bool
    user: str = ""
    password: str = field(default="", repr=False)


@flow(name="mail", flow_run_name="{subject}", persist_result=False)
def mail(subject: str, body: str, to: Recipients) -> Any:
    """Mails a text to some addresses, to each by itself: what befalls one befalls no other.

    Raises:
        UsageError: the environment does not tell by whom, or the server refuses who we are.
        SourceError: the server does not take it, also when it is tried again.
    """
    failed = [error for one in to if (error := _sent(subject, body, one))]
    return ended(failed[0]) if failed else None


def _sent(subject: str, body: str, to: str) -> HoeksteenError | None:
    """Why a mail was not sent; null if it was."""
    try:
        _sending(wordless(written)(subject, body, to))
    except HoeksteenError as error:
        return error
    return None


def written(
    subject: str, body: str, to: str, environ: Mapping[str, str] = os.environ
) -> EmailMessage:
    """A mail; if it is sent again, its id shows that it is the same one.

    Raises:
        UsageError: the environment does not name the sender, or ``to`` is not an address.
    """
    sender = environ.get(MAIL_FROM, "")
    if not _is_address(sender):
        raise UsageError(
            f"The environment variable {MAIL_FROM} is not a mail address.",
            "Set it to the address that mails come from.",
        )
    if not _is_address(to):
        raise UsageError(
            "'to' holds something that is not a mail address.", "Write a list of addresses."
        )
    message = EmailMessage()
    message["From"], message["To"] = sender, to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    message.set_content(body)
    return message


def _is_address(text: str) -> bool:
    try:
        return bool(mail_address(text))
    except ValueError:
        return False


def server_of(environ: Mapping[str, str] = os.environ) -> Server:
    """The mail server that the environment names.

    Raises:
        UsageError: it names none, or an account that cannot be sent; the message does not quote it,
            as it may hold a password.
    """
    try:
        url = urlsplit(environ.get(SMTP_URL, ""))
        port = url.port or _PORTS[url.scheme]
    except (ValueError, KeyError):
        url, port = urlsplit(""), 0
    if not url.hostname or url.path.strip("/") or url.query or url.fragment:
        raise UsageError(
            f"The environment variable {SMTP_URL} is not the URL of a mail server.",
            "Write smtps://user:password@host, or smtp:// for STARTTLS; in a password, %40 is an @ "
            "and %2F a /.",
        )
    user, password = unquote(url.username or ""), unquote(url.password or "")
    if not (user + password).isascii():
        raise UsageError(
            f"User or password in {SMTP_URL} holds a letter or sign that cannot be sent.",
            "Ask for a user and password of plain letters, digits and signs.",
        )
    return Server(url.hostname, port, url.scheme == "smtps", user, password)


def send(message: EmailMessage) -> None:
    """Hands a mail to the server that the environment names.

    Raises:
        UsageError: the environment names none, or the server refuses our account.
        SourceError: it does not take the mail; the cause is an ``OSError`` if it may later.
    """
    server = server_of()
    try:
        with _connection(server) as smtp:
            if server.user:
                _log_in(smtp, server)
            smtp.send_message(message)
    except smtplib.SMTPException as error:
        raise _refusal(server, error) from (ConnectionError() if _may_later(error) else None)
    except ssl.SSLCertVerificationError:
        raise SourceError(
            f"The certificate of the mail server {server.host} is not trusted.",
            "Set SSL_CERT_FILE to a file with the certificates to trust.",
        ) from None
    except OSError:  # without it as the cause: it may quote the server
        raise SourceError(
            f"The mail server {server.host} does not answer at port {server.port}.",
            f"Is {SMTP_URL} right, and may we reach it?",
        ) from ConnectionError()


@contextmanager
def _connection(server: Server) -> Iterator[smtplib.SMTP]:
    """A connection without a password in the open: with TLS, without a password, or local."""
    context, patience = ssl.create_default_context(), _TIMEOUT_SECONDS
    with (
        smtplib.SMTP_SSL(server.host, server.port, timeout=patience, context=context)
        if server.is_tls
        else smtplib.SMTP(server.host, server.port, timeout=patience)
    ) as smtp:
        smtp.ehlo()
        if not server.is_tls and server.host not in _HERE:
            _hide(smtp, server, context)
        yield smtp


def _hide(smtp: smtplib.SMTP, server: Server, context: ssl.SSLContext) -> None:
    if smtp.has_extn("starttls"):
        smtp.starttls(context=context)
    elif server.user:
        raise UsageError(
            f"The mail server {server.host} would receive our password unencrypted.",
            "Ask for its port with TLS, and write smtps://.",
        )


def _log_in(smtp: smtplib.SMTP, server: Server) -> None:
    smtp.ehlo_or_helo_if_needed()  # a server tells anew behind TLS what it can do
    if not smtp.has_extn("auth"):
        raise UsageError(
            f"The mail server {server.host} has no login at port {server.port}.",
            f"Leave user and password out of {SMTP_URL}, or ask for the port that has one.",
        )
    smtp.login(server.user, server.password)


def _may_later(error: smtplib.SMTPException) -> bool:
    went_away = isinstance(error, smtplib.SMTPServerDisconnected)
    codes = _codes(error)
    return went_away or (bool(codes) and all(code in _LATER for code in codes))


def _codes(error: smtplib.SMTPException) -> list[int]:
    """The codes that the server answered: one, or those for the recipients."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return sorted({code for code, _ in error.recipients.values()})
    code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else -1
    return [code] if code > 0 else []  # below: not an answer of a mail server


def _refusal(server: Server, error: smtplib.SMTPException) -> UsageError | SourceError:
    """The error for what the server answers, without its words: they may name the recipient."""
    if isinstance(error, smtplib.SMTPAuthenticationError) and not _may_later(error):
        return UsageError(
            f"The mail server {server.host} refuses our user or password.",
            f"Are user and password in {SMTP_URL} right?",
        )
    codes = " and ".join(map(str, _codes(error)))
    otherwise = "it breaks off" if _may_later(error) else "it cannot do as asked"
    why = f"it answers {codes}" if codes else otherwise
    return SourceError(
        f"The mail server {server.host} does not take the mail: {why}.",
        f"Does it know the sender ({MAIL_FROM}) and the recipients?",
    )


def _is_for_now(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, SourceError) and may_pass(error)


_sending = Task(
    wordless(send),
    name="send",
    retries=_AGAIN,
    retry_delay_seconds=exponential_backoff(_FIRST_PAUSE_SECONDS),
    retry_condition_fn=_is_for_now,
    persist_result=False,
)
