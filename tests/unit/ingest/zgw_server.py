# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A ZGW API on this machine, which serves an export page by page to clients that may see it."""

from __future__ import annotations

import datetime as dt
import json
import ssl
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HOST = "https://zaaksysteem.example"
CLIENT, SECRET = "hoeksteen-test", "geheim"  # shorter than a library recommends
NOW = 1_790_000_000.0

Record = dict[str, Any]
Answer = tuple[int, Mapping[str, str], bytes]
BREAKS_OFF: Answer | None = None
"""Instead of an answer, the connection is closed."""

PARAMETERS = {
    "zaken": {"zaaktype", "ordering", "expand"},
    "statussen": {"statustype", "zaak"},
    "resultaten": {"resultaattype", "zaak"},
    "rollen": {"roltype", "betrokkeneType", "zaak"},
    "zaaktypen": {"identificatie", "status"},
    "statustypen": {"zaaktype", "status"},
    "resultaattypen": {"zaaktype", "status"},
    "roltypen": {"zaaktype", "status"},
}
_OF_A_CASE = {"audittrail": "hoofdObject", "zaakeigenschappen": "zaak"}
_NOT_FIELDS = {"page", "pageSize", "ordering", "expand", "status"}


def problem(status: int, code: str = "", **headers: str) -> Answer:
    """An error as in the standard, with a text that nobody may ever see."""
    text = {"code": code, "title": "Jan Jansen", "status": status, "detail": "BSN 999990342"}
    return (
        status,
        {"Content-Type": "application/problem+json", **headers},
        json.dumps(text).encode(),
    )


def said(answer: Any, **headers: str) -> Answer:
    """An answer of the API, right or wrong."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return 200, {"Content-Type": "application/json", **headers}, body


def html(status: int = 200, **headers: str) -> Answer:
    return status, {"Content-Type": "text/html", **headers}, b"<html>Jan Jansen, log in</html>"


@dataclass
class Api:
    """What the API has, and how it behaves.

    ``unknown``: parameters that it does not know; ``faults``: what it answers instead, by resource
    and number of the request; ``always``: the same for all requests; ``asked``: resources and
    queries. ``meeting``: where the first two requests for audit trails wait for each other.
    ``looks_back``: whether a page tells which one came before.
    """

    records: dict[str, list[Record]]
    page_size: int = 100
    unknown: set[str] = field(default_factory=set)
    faults: dict[tuple[str, int], Answer | None] = field(default_factory=dict)
    always: dict[str, Answer | None] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    meeting: threading.Barrier | None = None
    looks_back: bool = True
    most_at_once: int = 0
    now: float = NOW
    root: str = ""
    _under_way: int = 0
    _lock: Any = field(default_factory=threading.Lock)

    @property
    def zaken(self) -> str:
        return f"{self.root}/zaken/api/v1"

    @contextmanager
    def request(self, what: str, query: dict[str, str]) -> Iterator[int]:
        """Counts a request; gives its number among those of its resource."""
        with self._lock:
            self.asked.append((what, query))
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
            number = Counter(each for each, _ in self.asked)[what]
        try:
            if self.meeting and what == "audittrail" and number <= self.meeting.parties:
                self.meeting.wait(timeout=60)
            yield number
        finally:
            with self._lock:
                self._under_way -= 1

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        what = path.rpartition("/")[2]
        if what in _OF_A_CASE:
            case = f"{self.root}{path.removesuffix(f'/{what}')}"
            told = [row for row in self.records[what] if row[_OF_A_CASE[what]] == case]
            return said(told)
        known = PARAMETERS.get(what, set()) | {"page", "pageSize"}
        if what not in PARAMETERS:
            return problem(404, "not_found")
        if set(query) - (known - self.unknown):
            return problem(400, "unknown-parameters")
        return self._page(path, what, query)

    def _page(self, path: str, what: str, query: dict[str, str]) -> Answer:
        fields = {name: value for name, value in query.items() if name not in _NOT_FIELDS}
        rows = [
            row
            for row in self.records[what]
            if all(row[name] == value for name, value in fields.items())
        ]
        if "expand" in query:
            rows = [row | {"_expand": {"eigenschappen": self._attributes(row)}} for row in rows]
        size = min(int(query.get("pageSize", 100)), self.page_size)
        number = int(query.get("page", 1))
        here = rows[(number - 1) * size : number * size]
        if number > 1 and not here:
            return problem(404, "not_found")
        last = max(1, -(-len(rows) // size))
        after, before = (
            f"{self.root}{path}?{urlencode({**query, 'page': to})}" if 0 < to <= last else None
            for to in (number + 1, number - 1)
        )
        page = {"count": len(rows), "next": after, "results": here}
        return said(page | {"previous": before} if self.looks_back else page)

    def _attributes(self, case: Record) -> list[Record]:
        return [row for row in self.records["zaakeigenschappen"] if row["zaak"] == case["url"]]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    api: Api

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        what, query = parts.path.rpartition("/")[2], dict(parse_qsl(parts.query))
        with self.api.request(what, query) as number:
            fault: Any = self.api.faults.get((what, number), self.api.always.get(what, ""))
            if fault is None:
                self.close_connection = True
                self.connection.close()
                return
            self._give(fault or self._refused() or self.api.answer(parts.path, query))

    def _refused(self) -> Answer | None:
        """The refusal of a client; null if it may ask."""
        if self.headers["Accept-Crs"] != "EPSG:4326":
            return problem(406)
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            key = SECRET.encode().ljust(32, b"\0")
            claims = jwt.decode(token, key, ["HS256"], options={"verify_iat": False})
        except jwt.PyJWTError:
            return problem(403, "invalid-jwt-signature")
        if claims["client_id"] != CLIENT or claims["iss"] != CLIENT:
            return problem(403, "invalid-client-identifier")
        if not 0 < self.api.now - claims["iat"] < 3600 or not claims["user_id"]:
            return problem(403, "jwt-expired")
        return None

    def _give(self, answer: Answer) -> None:
        status, headers, body = answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        if len(body) != int(headers.get("Content-Length", len(body))):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


def certificate(path: Path) -> Path:
    """Writes a self-signed certificate of this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    how = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(key.private_bytes(*how) + made.public_bytes(Encoding.PEM))
    return path


@contextmanager
def serving(export: Path, pem: Path | None = None, **how: Any) -> Iterator[Api]:
    """An API with the content of ``export``, at an address of its own on this machine.

    ``pem``: its certificate, if any.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    if pem:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
    root = f"http{'s' if pem else ''}://127.0.0.1:{server.server_port}"
    api = Api(_records(export, root), root=root, **how)
    server.RequestHandlerClass = type("Handler", (_Handler,), {"api": api})  # type: ignore[misc]
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _records(export: Path, root: str) -> dict[str, list[Record]]:
    records: dict[str, list[Record]] = {}
    for page in sorted(export.rglob("*.json")):
        answer = json.loads(page.read_text("utf-8").replace(HOST, root))
        records.setdefault(page.parent.name, []).extend(answer["results"])
    return records
