# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Configs with a schedule as deployments of Prefect: registered for a worker, or served from here.

The config is the truth: its deployments become what it says, and those that it no longer asks for
are stopped.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import DeploymentSort
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.runner import Runner
from prefect.settings import PREFECT_API_URL
from prefect.utilities.callables import parameter_schema
from prefect.workers.process import ProcessWorker

from contracts.errors import UsageError
from flows.deploying import prefect_yaml
from flows.deploying.deployables import MAIL, WATCH, deployments_of
from flows.deploying.scheduled import FLOW, SLUG, TAG, Configs, find
from flows.journey import journey
from flows.mail import mail
from flows.tracking.prefect_server import answering
from flows.watch import watch

_ADD_ONE = 'Add one, for example `schedule: {cron: "0 6 * * mon"}`.'
_PAGE = 200
_FLOWS: dict[str, Any] = {FLOW: journey, WATCH: watch, MAIL: mail}
_AS_THEY_ARE = (
    *("version", "description", "tags", "parameters", "entrypoint", "paused"),
    *("enforce_parameter_schema", "concurrency_options"),
)


def deploy(
    configs: Sequence[Path], out: Path, stores: str | None, pool: str
) -> tuple[list[str], list[str]]:
    """Registers the configs with a schedule with a work pool, and writes ``prefect.yaml``.

    Gives the names of the deployments, and of those that no config asks for any more.

    Raises:
        HoeksteenError: a config is wrong, or none has a schedule; there is no server.
    """
    found = find(configs, out, stores)
    prefect_yaml.check_ours()
    wanted = [each for scheduled in found.scheduled for each in deployments_of(scheduled)]
    with _server(found) as client:
        gone = _take_away(client, found, wanted, is_named=bool(configs))
        _make_pool(client, pool)
        for each in wanted:
            _register(client, each, pool)
    prefect_yaml.write(wanted, pool)
    return [each.full_name for each in wanted], gone


def prepare(
    configs: Sequence[Path], out: Path, stores: str | None
) -> tuple[list[RunnerDeployment], list[str]]:
    """What ``serve`` can serve, and the names of deployments that no config asks for any more.

    Raises:
        HoeksteenError: a config is wrong, or none has a schedule; there is no server.
    """
    found = find(configs, out, stores)
    wanted = [each for scheduled in found.scheduled for each in deployments_of(scheduled)]
    with _server(found) as client:
        gone = _take_away(client, found, wanted, is_named=bool(configs))
    for each in wanted:
        each.work_pool_name = None  # explicitly, as it may be in one
        each.entrypoint = (each.entrypoint or "").replace(":", ".")  # as Prefect serves it
    return wanted, gone


def serve(deployments: Iterable[RunnerDeployment]) -> None:
    """Runs what is due until it is interrupted; then the schedules are paused.

    Raises:
        SourceError: the server does not answer.
    """
    runner = _Runner()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # `serve &` begins with it ignored
    with answering(), suppress(KeyboardInterrupt):
        for each in deployments:
            runner.add_deployment(each)
        asyncio.run(runner.start())


class _Runner(Runner):
    """A runner that ends on SIGTERM as on an interrupt, and cancels what it was running.

    Prefect's would print a traceback, and leave that Running and its deployment occupied.
    """

    def handle_sigterm(self, *_args: Any, **_kwargs: Any) -> None:
        """Interrupts itself."""
        signal.raise_signal(signal.SIGINT)

    async def __aexit__(self, *exc_info: Any) -> None:
        await self.cancel_all()
        await super().__aexit__(*exc_info)


@contextmanager
def _server(found: Configs) -> Iterator[SyncPrefectClient]:
    """A client of the configured server."""
    if not PREFECT_API_URL.value():
        if not found.scheduled:
            raise _nothing_scheduled()
        raise UsageError(
            "No Prefect server is set.",
            "Start one with `prefect server start`, and set "
            "PREFECT_API_URL=http://127.0.0.1:4200/api.",
        )
    with answering(), get_client(sync_client=True) as client:
        client.api_version()
        yield client


def _nothing_scheduled() -> UsageError:
    hint = f"{_ADD_ONE} If none is named, those in configs/ are used."
    return UsageError("No config has a schedule.", hint)


def _take_away(
    client: SyncPrefectClient, found: Configs, wanted: Sequence[RunnerDeployment], *, is_named: bool
) -> list[str]:
    """Stops deployments that their config does not ask for any more; gives their names.

    A journey only loses its schedules, as its runs are kept with it; others are deleted.

    Raises:
        UsageError: nothing is or was scheduled, or a config that was named is not and was not.
    """
    asked = {each.full_name for each in wanted}
    there = list(_deployed(client))
    _say_taken_over(there, wanted)
    names = {each.name for each in there if each.parameters.get("config") in found.paths}
    ours = [each for each in there if each.name in names]
    stale = [each for each in ours if _full_name(each) not in asked and _is_at_work(each)]
    were = {each.parameters.get("config") for each in stale}
    never = [path for path in found.without if str(path) not in were]
    if is_named and never:
        raise UsageError(f"{never[0]} has no schedule.", _ADD_ONE)
    if not wanted and not stale:
        raise _nothing_scheduled()
    for each in stale:
        _rest(client, each)
    return [_full_name(each) for each in stale]


def _say_taken_over(
    there: Iterable[DeploymentResponse], wanted: Iterable[RunnerDeployment]
) -> None:
    """Says which journeys run another config from now on, which may be meant or not."""
    configs = {each.full_name: each.parameters["config"] for each in wanted if _is_journey(each)}
    for each in there:
        name, was = _full_name(each), each.parameters.get("config")
        if was != configs.get(name, was):
            said = f"{name} ran {was} until now, and runs {configs[name]} from now on."
            click.echo(said, err=True)


def _rest(client: SyncPrefectClient, there: DeploymentResponse) -> None:
    if not _is_journey(there):
        client.delete_deployment(there.id)
        return
    for schedule in there.schedules:
        client.delete_deployment_schedule(there.id, schedule.id)


def _is_journey(there: DeploymentResponse | RunnerDeployment) -> bool:
    return _flow_name(there) == FLOW


def _is_at_work(there: DeploymentResponse) -> bool:
    return not _is_journey(there) or bool(there.schedules)


def _full_name(there: DeploymentResponse) -> str:
    return f"{_flow_name(there)}/{there.name}"


def _flow_name(there: DeploymentResponse | RunnerDeployment) -> str:
    """The flow of a deployment: of a worker's (``flows.x:x``) or a served one (``flows.x.x``)."""
    return str(there.entrypoint).replace(":", ".").rpartition(".")[2]


def _deployed(client: SyncPrefectClient) -> Iterator[DeploymentResponse]:
    """All deployments of ours that the server has."""
    ours = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    by_name, offset = DeploymentSort.NAME_ASC, 0
    while page := client.read_deployments(
        deployment_filter=ours, sort=by_name, limit=_PAGE, offset=offset
    ):
        yield from page
        offset += len(page)


def _make_pool(client: SyncPrefectClient, name: str) -> None:
    """Makes sure that there is a work pool; a new one runs flows as processes."""
    try:
        template = ProcessWorker.get_default_base_job_template()
        wanted = WorkPoolCreate(name=name, type=ProcessWorker.type, base_job_template=template)
    except ValueError:
        raise UsageError(
            f"'{name}' cannot be the name of a work pool.",
            "A name is not empty, and has no / % & < or >.",
        ) from None
    try:
        client.read_work_pool(name)
    except ObjectNotFound:
        with suppress(ObjectAlreadyExists):  # a worker made it meanwhile
            client.create_work_pool(wanted)


def _register(client: SyncPrefectClient, wanted: RunnerDeployment, pool: str) -> None:
    """Makes a deployment what its config says; one that is that already is not touched.

    Otherwise Prefect would make all its due runs anew.
    """
    try:
        there = client.read_deployment_by_name(wanted.full_name)
    except ObjectNotFound:
        there = None
    if there is None or not (
        _is_as_said(there, wanted, pool) and _is_triggered(client, there, wanted)
    ):
        wanted.apply(work_pool_name=pool)


def _is_as_said(there: DeploymentResponse, wanted: RunnerDeployment, pool: str) -> bool:
    limit = there.global_concurrency_limit
    return (
        all(getattr(there, name) == getattr(wanted, name) for name in _AS_THEY_ARE)
        and there.parameter_openapi_schema
        == parameter_schema(_FLOWS[wanted.flow_name or FLOW]).model_dump(exclude_unset=True)
        and (limit.limit if limit else None) == wanted.concurrency_limit
        and _schedules(there) == _schedules(wanted)
        and there.work_pool_name == pool
    )


def _is_triggered(
    client: SyncPrefectClient, there: DeploymentResponse, wanted: RunnerDeployment
) -> bool:
    """Whether a deployment has all its triggers: Prefect makes them one by one, after it."""
    made = client.read_resource_related_automations(f"prefect.deployment.{there.id}")
    return {each.name for each in made} >= {getattr(each, "name", "") for each in wanted.triggers}


def _schedules(of: DeploymentResponse | RunnerDeployment) -> list[tuple[Any, bool | None]]:
    return [(each.schedule, each.active) for each in of.schedules or () if each.slug == SLUG]
