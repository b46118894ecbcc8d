# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``hoeksteen init`` for a ZGW API: a config from its catalogue. No case is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from contracts.errors import SourceError, UsageError
from contracts.sources import Source
from flows.drafting.yaml_lines import listed, many, remark, said, scalar
from ingest.zgw.gaps import REGISTERED
from ingest.zgw.pages import EXTENDED, RESUMED, SHIFTED, SUSPENDED
from ingest.zgw.types import CaseType, case_types_at

_CLIENT_ID, _SECRET = "ZGW_CLIENT_ID", "ZGW_CLIENT_SECRET"
_COLUMNS = {
    "registration_timestamp": "registratiedatum",
    "closing_timestamp": "einddatum",
    "recorded_timestamp": "aanmaakdatum",
}


def api_config(url: str, process: str) -> tuple[str, tuple[str, ...]]:
    """A config for the case type with most cases in the API at ``url``, and what it lacks.

    Raises:
        UsageError: ``url`` is not the address of an API.
        ConfigError: ``ZGW_CLIENT_ID`` or ``ZGW_CLIENT_SECRET`` is not set in the environment.
        SourceError: the API does not answer, or has no case type for this client.
    """
    types = case_types_at(_source(url))
    if not types:
        raise SourceError(
            f"{url} has no case type for this client.", "The client needs the scope catalogi.lezen."
        )
    lacks = () if types[0].lasts else ("journey.end could not be guessed from the catalogue.",)
    return "\n".join(_lines(url, process, types)) + "\n", lacks


def _source(url: str) -> Source:
    names = {"client_id_env": _CLIENT_ID, "client_secret_env": _SECRET}
    try:
        return Source.model_validate({"path": url, "format": "zgw", **names})
    except ValidationError:
        raise UsageError(
            "This is not the address of a ZGW API.",
            "Write it as in https://openzaak.example/zaken/api/v1, with nothing secret in it.",
        ) from None


def _lines(url: str, process: str, types: Sequence[CaseType]) -> Iterator[str]:
    chosen, *others = types
    yield "# What `hoeksteen init` made of the catalogue of a ZGW API; no case was looked at."
    yield "# Correct what is wrong, then try `hoeksteen check` and `hoeksteen run`."
    yield "process:"
    yield from said(f"  id: {process}", "also the name of the folder with its reports")
    yield "sources:"
    yield f"  - path: {scalar(url)}"
    yield "    format: zgw"
    rest = f"; there are also {listed(type_.name for type_ in others)}" if others else ""
    yield from said(f"    case_type: {scalar(chosen.name)}", f"{many(chosen.cases, 'cases')}{rest}")
    yield from said(f"    client_id_env: {_CLIENT_ID}", "the environment variables that hold")
    yield from said(
        f"    client_secret_env: {_SECRET}", "the client id and secret; never write those here"
    )
    yield "    columns:"
    yield from (f"      {role}: {column}" for role, column in _COLUMNS.items())
    yield "    case_attributes: [uiterlijkeEinddatumAfdoening, communicatiekanaalNaam]"
    yield "journey:"
    yield from _named("start", [*chosen.firsts, REGISTERED], "the first status of each version")
    yield from _named("end", chosen.lasts, "the last status of each version")
    yield "  suspensions:"
    yield from said(f"    - {{from: {SUSPENDED}, to: {RESUMED}}}", "as the audit trail tells")
    yield from remark(
        "No API says which legal term applies; docs/norms.md has the known ones. An example:"
    )
    yield "# deadlines:"
    yield "#   - {id: beslistermijn, rule: {term: P8W, extension: P6W},"
    yield f"#      extended_by: [{EXTENDED}],"
    yield f"#      registered: uiterlijkeEinddatumAfdoening, moved_by: [{SHIFTED}]}}"


def _named(key: str, names: Sequence[str], told: str) -> Iterator[str]:
    if names:
        yield from said(f"  {key}:", told)
        yield from (f"    - {scalar(name)}" for name in names)
    else:
        yield f"  {key}:  # TODO the catalogue has no statuses of this case type"
