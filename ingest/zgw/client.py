# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A client of a ZGW API: signs requests, waits when it must, and tells errors in a sentence."""

from __future__ import annotations

import codecs
import datetime as dt
import logging
import math
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import jwt
import orjson

from contracts.errors import SourceError
from ingest.zgw.pages import LARGEST
from ingest.zgw.refusals import NO_JSON, refusal

AT_ONCE = 4
"""How many requests may be under way at once: such an API serves others too."""

logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses, which name cases

_WAITS_SECONDS = (1, 2, 4, 8, 16, 32)
_LONGEST_WAIT_SECONDS = 600
_DAY_SECONDS = 86_400
_TIMEOUT = httpx.Timeout(60, connect=20)
_PASSING = (429, 500, 502, 503, 504)
_NOT_THERE = (404, 410)
_CRS = "EPSG:4326"
_SKEW_SECONDS = 60  # or our token may lie in the future of the API's clock
_KEY_BYTES = 32
_WHO = "hoeksteen"


@dataclass(frozen=True)
class Credentials:
    """The credentials of a client; the secret is never shown."""

    client_id: str
    secret: str = field(repr=False)

    def token(self, now: float) -> str:
        """The token that tells the API who asks, at ``now``, in seconds since 1970."""
        claims = {
            "iss": self.client_id,
            "iat": int(now) - _SKEW_SECONDS,
            "client_id": self.client_id,
            "user_id": _WHO,
            "user_representation": _WHO,
        }
        # HMAC pads a short key with zeros anyway; done here, it gives no warning about its length
        return jwt.encode(claims, self.secret.encode().ljust(_KEY_BYTES, b"\0"), "HS256")


@dataclass(frozen=True)
class Clock:
    """The time, in seconds since 1970, and how to wait for some seconds."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


class Client:
    """Asks the APIs at ``roots``, called ``name`` in errors; must be closed.

    Only the hosts of ``roots`` are asked, so that no other learns the token. An API behind a proxy
    may know itself by another address: what it refers to is then asked at the root with the same
    path.
    """

    def __init__(self, name: str, roots: Collection[str], who: Credentials, clock: Clock) -> None:
        self._name, self._who, self._clock = name, who, clock
        self._roots = [httpx.URL(root) for root in roots]
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        self._http = httpx.Client(timeout=_TIMEOUT, limits=limits)

    def close(self) -> None:
        """Closes all connections."""
        self._http.close()

    def ask(
        self, url: str, must: Mapping[str, str] | None = None, may: Mapping[str, str] | None = None
    ) -> Any:
        """The answer, read from JSON; null if there is nothing at ``url``.

        Args:
            url: what to ask.
            must: the parameters to ask with.
            may: further parameters, which are left out if the API does not know them all.

        Raises:
            SourceError: there is no answer, or it is not JSON.
        """
        url_ = self._allowed(url)
        what = url_.path.rstrip("/").rpartition("/")[2]
        asked = url_.copy_merge_params(dict(must or {}))
        response = self._response(asked.copy_merge_params(dict(may or {})), what)
        if may and response.status_code == httpx.codes.BAD_REQUEST:
            response = self._response(asked, what)
        if response.status_code in _NOT_THERE:
            return None
        if response.status_code != httpx.codes.OK:
            raise refusal(self._name, what, response)
        try:
            return orjson.loads(response.content)
        except orjson.JSONDecodeError:
            raise SourceError(
                f"{self._name}: its answer for {what} is not JSON, or not complete.", NO_JSON
            ) from None

    def _allowed(self, url: str) -> httpx.URL:
        try:
            allowed = httpx.URL(url)
        except httpx.InvalidURL:
            raise SourceError(
                f"{self._name} refers to an address that is not valid.",
                "Its administrator can mend that: every address in its answers must be a URL.",
            ) from None
        if any(_origin(allowed) == _origin(root) for root in self._roots):
            return allowed
        for root in self._roots:
            if _is_below(allowed, root):
                return root.copy_with(raw_path=allowed.raw_path)
        raise SourceError(
            f"{self._name} refers to an address on another host or scheme that belongs to "
            f"neither API.",
            "If it is the Catalogi API, name it: catalogue: https://…; if not, tell the API at "
            "which address it is reached.",
        )

    def _response(self, url: httpx.URL, what: str) -> httpx.Response:
        """The response; asks again while the trouble may pass."""
        for wait_seconds in (*_WAITS_SECONDS, None):
            try:
                response = self._answer(url, what)
            except httpx.RequestError as error:
                if _is_of_certificates(error):
                    raise self._not_trusted() from None
                trouble, asked_seconds = "does not answer, or breaks off", 0.0
            else:
                is_page = response.status_code == httpx.codes.OK and not _is_json(response.content)
                # after the last try, the caller says what came instead
                if response.status_code not in _PASSING and not (is_page and wait_seconds):
                    return response
                trouble = f"is busy or out of order ({response.status_code})"
                asked_seconds = self._asked_to_wait(response)
            if wait_seconds is None or asked_seconds > _LONGEST_WAIT_SECONDS:
                break
            self._clock.sleep(max(wait_seconds, asked_seconds))
        raise SourceError(
            f"{self._name} {trouble} when asked for {what}.",
            _when(asked_seconds),
        )

    def _answer(self, url: httpx.URL, what: str) -> httpx.Response:
        """The response, unpacked and without a byte order mark; no larger than a page may be."""
        content = bytearray()
        with self._http.stream("GET", url, headers=self._headers()) as response:
            for block in response.iter_bytes():
                content += block
                if len(content) > LARGEST:
                    raise SourceError(
                        f"{self._name}: its answer for {what} is larger than {LARGEST >> 20} MB, "
                        "as no page of a ZGW API is.",
                        NO_JSON,
                    )
        plain = httpx.Headers(response.headers)
        plain.pop("Content-Encoding", None)
        said = bytes(content).removeprefix(codecs.BOM_UTF8)
        return httpx.Response(response.status_code, headers=plain, content=said)

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._who.token(self._clock.now())}",
            "Accept": "application/json",
            "Accept-Crs": _CRS,
            "Content-Crs": _CRS,
        }

    def _asked_to_wait(self, response: httpx.Response) -> float:
        """The seconds that the API asks to wait, given as a number or as a moment."""
        said = response.headers.get("Retry-After", "").strip()
        if said.isdecimal():
            return float(said)
        try:
            until = parsedate_to_datetime(said)
        except ValueError:
            return 0.0
        return until.replace(tzinfo=until.tzinfo or dt.UTC).timestamp() - self._clock.now()

    def _not_trusted(self) -> SourceError:
        return SourceError(
            f"{self._name} cannot be trusted: this machine does not know its certificate.",
            "Set SSL_CERT_FILE to the file with the certificates of your own authority.",
        )


def _when(asked_seconds: float) -> str:
    """When to run again, by the seconds that the API may have asked to wait."""
    if asked_seconds > _DAY_SECONDS:
        return "It asks to wait for more than a day; run again after that."
    later = "later"
    if asked_seconds > _LONGEST_WAIT_SECONDS:
        later = f"in {math.ceil(asked_seconds / 60)} minutes, as it asks"
    return f"Run again {later}: answers that came are kept for a day."


def _is_json(content: bytes) -> bool:
    """Whether it is JSON: a page that says that the API is being mended may come as an answer."""
    try:
        orjson.loads(content)
    except orjson.JSONDecodeError:
        return False
    return True


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return (url.scheme, url.host, url.port)


def _is_below(url: httpx.URL, root: httpx.URL) -> bool:
    """Whether a path continues that of ``root``, on any host."""
    return f"{url.path}/".startswith(f"{root.path.rstrip('/')}/")


def _is_of_certificates(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
