# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What it means if a ZGW API does not give what it is asked for, in a sentence and a hint.

Of an answer, only its status is told, and the code that the standard has for the error.
"""

from __future__ import annotations

import re

import httpx
import orjson

from contracts.errors import SourceError

NO_JSON = "Is this the address of the API, and not of a login page?"
_CODE = re.compile(r"[a-z_-]{1,60}")
_NOT_KNOWN = (
    *("jwt-decode-error", "missing-client-identifier", "invalid-client-identifier"),
    *("invalid-jwt-signature", "not_authenticated", "authentication_failed"),
)
_OF_CLOCKS = ("jwt-expired", "jwt-immaturesignatureerror")
"""The codes for a token that is too old, and, in Open Zaak, for one from the future."""
_OF_CATALOGUE = ("zaaktypen", "statustypen", "resultaattypen", "roltypen")


def refusal(name: str, what: str, response: httpx.Response) -> SourceError:
    """The error for something that is not answered.

    Args:
        name: the name of the source.
        what: the resource that was asked for.
        response: what came instead.
    """
    status, code = response.status_code, _code(response)
    told = f"{name}: {what} is refused ({', '.join(filter(None, (str(status), code)))})"
    if response.is_redirect:
        return SourceError(f"{name} redirects requests for {what} ({status}).", NO_JSON)
    if code in _OF_CLOCKS:
        return SourceError(f"{told}: the clocks differ.", "Set the clock of this machine.")
    if status == httpx.codes.UNAUTHORIZED or code in _NOT_KNOWN:
        return SourceError(
            f"{told}: it does not know this client id and secret.",
            "Check the variables that client_id_env and client_secret_env name.",
        )
    if status == httpx.codes.FORBIDDEN:
        return SourceError(f"{told}: this client may not see that.", _scope(what))
    return SourceError(f"{told}.", "Is it an API of Zaakgericht Werken, of version 1?")


def _code(response: httpx.Response) -> str:
    """The code of an error in the standard; empty if there is none."""
    try:
        problem = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return ""
    code = problem.get("code") if isinstance(problem, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _scope(what: str) -> str:
    if what == "audittrail":
        return "Ask for the scope audittrails.lezen, or say without: [audittrail]."
    api = "catalogi" if what in _OF_CATALOGUE else "zaken"
    return f"Ask for the scope {api}.lezen."
