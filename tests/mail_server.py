# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A mail server in this process, which keeps the mails that it gets."""

from __future__ import annotations

import base64
import datetime as dt
import email
import email.policy
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

WHO = ("mailer@dienst.example", "g:h@i/m")
"""The user and the password that it accepts."""


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say(self.server.greeting)
        while line := self.rfile.readline().decode().strip():
            command, _, rest = line.partition(" ")
            command = command.upper()
            if command == "QUIT":
                self._say("221 bye")
                return
            if not self._answer(command, rest):
                return

    def _answer(self, command: str, rest: str) -> bool:
        """Answers a command; tells whether another may follow."""
        for word, answers in self.server.refusals.items():
            if answers and f"{command} {rest}".startswith(word):
                self._say(answers.pop(0))
                return self.server.stays
        if command == "EHLO":
            self._say("250-here\r\n250 AUTH PLAIN")
        elif command == "AUTH":
            _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
            self._say("235 yes" if (user, password) == WHO else "535 no")
        elif command == "DATA":
            self._say("354 go on")
            self.server.mails.append(self._message())
            self._say("250 taken")
        else:
            self._say("250 yes")
        return True

    def _message(self) -> EmailMessage:
        lines = iter(self.rfile.readline, b".\r\n")
        text = b"".join(lines).replace(b"\r\n", b"\n")
        return email.message_from_bytes(text, policy=email.policy.default)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """``refusals``: by how a line begins, the answers to give instead the first times."""

    daemon_threads = True
    greeting = "220 here"

    def __init__(self, host: str, refusals: dict[str, list[str]], *, stays: bool) -> None:
        super().__init__((host, 0), _Session)
        self.mails: list[EmailMessage] = []
        self.refusals = refusals
        self.stays = stays

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, *_: object) -> None:
        """Ignores clients that leave because they do not trust the certificate."""


@contextmanager
def mail_server(
    host: str = "127.0.0.1",
    refusals: dict[str, list[str]] | None = None,
    *,
    certificate: Path | None = None,
    stays: bool = True,
    greeting: str = MailServer.greeting,
) -> Iterator[MailServer]:
    """A server that speaks TLS with a ``certificate``; unless it ``stays``, a refusal ends it."""
    with MailServer(host, refusals or {}, stays=stays) as server:
        server.greeting = greeting
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        serving = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        serving.start()
        yield server
        server.shutdown()
        serving.join()


def write_certificate(path: Path) -> None:
    """Writes a self-signed certificate of 127.0.0.1, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = dt.datetime.now(dt.UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(here, critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(pem) + private)
