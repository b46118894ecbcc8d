# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``prefect.yaml``: what was deployed, as a file for people and for Prefect's own command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from contracts.errors import UsageError
from flows.job import VERSION
from flows.scheduled import ENTRYPOINT, SLUG, Scheduled
from flows.yaml_lines import scalar, sequence

PREFECT_YAML = Path("prefect.yaml")
_OURS = "# Written by `hoeksteen deploy`, which overwrites it: change the schedule in the config."
_HEAD = f"""\
{_OURS}
# `prefect --no-prompt deploy --all` registers the same deployments from this file.

# runs load the code from where hoeksteen is installed
pull: []

deployments:"""


def check_ours(path: Path = PREFECT_YAML) -> None:
    """Makes sure that a file that is there may be overwritten.

    Raises:
        UsageError: somebody else wrote it.
    """
    try:
        is_ours = not path.exists() or path.read_bytes().startswith(_OURS.encode())
    except OSError:
        is_ours = False
    if not is_ours:
        raise UsageError(
            f"The {path} here was not written by hoeksteen, and is left as it is.",
            "Move it away, or deploy from another folder and name the configs.",
        )


def write(deployments: Sequence[Scheduled], pool: str, path: Path = PREFECT_YAML) -> None:
    """Writes the file, aside and then in its place.

    Raises:
        UsageError: it cannot be written here.
    """
    aside = path.with_name(f".making-{path.name}")
    try:
        aside.write_text(text(deployments, pool), encoding="utf-8", newline="\n")
        aside.replace(path)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written here: {error.strerror}.",
            "Deploy from a folder that you may write in.",
        ) from None


def text(deployments: Sequence[Scheduled], pool: str) -> str:
    """The whole file."""
    lines = [line for each in deployments for line in _deployment(each, pool)]
    return "\n".join([_HEAD, *lines] if lines else [f"{_HEAD} []"]) + "\n"


def _deployment(each: Scheduled, pool: str) -> Iterator[str]:
    yield f"  - name: {scalar(each.name)}"
    yield f"    description: {scalar(each.description)}"
    yield f"    version: {scalar(VERSION)}"
    yield f"    tags: {sequence(each.tags)}"
    yield f"    entrypoint: {scalar(ENTRYPOINT)}"
    yield "    schedules:"
    yield f"      - cron: {scalar(each.schedule.cron)}"
    yield f"        timezone: {scalar(each.schedule.timezone)}"
    yield f"        slug: {scalar(SLUG)}"
    yield "        active: true"
    yield "    paused: false"
    yield "    parameters:"
    for key, value in each.parameters.items():
        yield f"      {key}: {scalar(value) if isinstance(value, str) else value}"
    yield "    enforce_parameter_schema: true"
    yield "    # a run that is due while another is going waits for it"
    yield "    concurrency_limit: {limit: 1, collision_strategy: ENQUEUE}"
    yield f"    work_pool: {{name: {scalar(pool)}}}"
