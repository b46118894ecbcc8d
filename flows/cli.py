# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The command line. stdout carries results, stderr carries progress; errors are one sentence."""

from __future__ import annotations

import datetime as dt
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import click

from flows.commands.options import AS_OF, CONFIG, CONFIGS, JSON, OUT, SET, STORE, STORES
from flows.commands.run_here import pages_of, run_here
from flows.commands.sentences import Sentences, end_with, say
from flows.warm import collector_at_rest

# repeated here: to import the writers, every command would wait for their libraries
DIALECT_NAMES = ("csv", "csv-nl", "csv-excel", "excel", "parquet", "xes", "ocel", "zgw")


@click.group(cls=Sentences)
@click.version_option(package_name="hoeksteen")
def app() -> None:
    """Shows where the citizens of a public service wait, from its own case event logs."""


@app.command()
@CONFIG
@AS_OF
@OUT
@STORE
@click.option(
    "--wait",
    "wait_seconds",
    type=click.FloatRange(min=0),
    default=0,
    metavar="SECONDS",
    help="How long to wait for another run on the same store.",
)
@click.option(
    "--engine",
    metavar="local|dask|ADDRESS",
    help="Where the work is done: here, by workers on this machine, or by those of a scheduler.",
)
@SET
@JSON
def run(  # noqa: PLR0913 - a name each option
    *,
    config: Path,
    as_of: dt.datetime | None,
    out: Path,
    store: str | None,
    wait_seconds: float,
    engine: str | None,
    overrides: tuple[str, ...],
) -> None:
    """Makes the reports of a process.

    It reads the logs that CONFIG names, checks them and mines them.
    """
    if engine is not None:
        overrides = (*overrides, f"engine={engine}")
    folder = run_here(config, out, as_of, store, overrides, wait_seconds)
    pages = pages_of(folder)
    say({"run": str(folder), "reports": pages}, "\n".join([*pages, str(folder)]))


@app.command()
@click.argument("export")
@click.option("--out", type=click.Path(path_type=Path), help="The config to write, a new file.")
@JSON
def init(*, export: str, out: Path | None) -> None:
    """Writes a config for an export.

    The config holds guesses, each with its evidence; what cannot be guessed is a TODO.
    """
    from flows.commands.init import init as write_config
    from flows.commands.questions import someone_to_ask

    written = write_config(export, out, someone_to_ask())
    for sentence in written.undecided:
        click.echo(f"TODO: {sentence}", err=True)
    path = str(written.config)
    say({"config": path, "undecided": written.undecided}, path)


@app.command()
@CONFIG
@SET
@JSON
def check(*, config: Path, overrides: tuple[str, ...]) -> None:
    """Tells whether a log is fit to mine.

    It reads the log and checks it against the rules; it mines nothing.
    """
    from flows.commands.check import in_words, judge_only
    from flows.stages.steps import stopped
    from validation.disclosure import shown

    verdict, settings = judge_only(config, overrides)
    k = settings.privacy.minimum_group
    told, text = shown(verdict, k), in_words(verdict, k)
    if not verdict.success:
        hint = "`hoeksteen run` keeps the rows at fault in quarantine.parquet."
        end_with(stopped(verdict, settings, hint), told, text)
    say(told, text)


@app.command()
@CONFIGS
@OUT
@STORES
@click.option(
    "--pool",
    default="hoeksteen",
    show_default=True,
    help="The work pool whose workers make the runs; created if it does not exist.",
)
@JSON
def deploy(*, configs: tuple[Path, ...], out: Path, stores: str | None, pool: str) -> None:
    """Registers configs with Prefect, for a worker.

    A Prefect worker then runs them by their schedule. Without CONFIGS, those in configs/ that have
    a schedule are used. What is registered is also written to prefect.yaml.
    """
    with collector_at_rest():
        from flows.deploying.deployments import deploy as register
        from flows.deploying.prefect_yaml import PREFECT_YAML

    names, gone = register(configs, out, stores, pool)
    _say_gone(gone)
    say({"deployments": names, "pool": pool, "file": str(PREFECT_YAML)}, "\n".join(names))


@app.command()
@CONFIGS
@OUT
@STORES
@JSON
def serve(*, configs: tuple[Path, ...], out: Path, stores: str | None) -> None:
    """Runs configs by their schedule, from here.

    It does so until it is interrupted. Without CONFIGS, those in configs/ that have a schedule are
    used.
    """
    with collector_at_rest():
        from flows.deploying.deployments import prepare
        from flows.deploying.deployments import serve as serve_them

    deployments, gone = prepare(configs, out, stores)
    _say_gone(gone)
    names = [each.full_name for each in deployments]
    say({"deployments": names}, "\n".join(names))
    serve_them(deployments)


@app.command()
@CONFIG
@click.argument("cases", nargs=-1, required=True)
@OUT
@STORE
@SET
@JSON
def forget(
    *,
    config: Path,
    cases: tuple[str, ...],
    out: Path,
    store: str | None,
    overrides: tuple[str, ...],
) -> None:
    """Removes cases for good.

    They are taken out of the store, its history and the files about single cases of all runs.
    CASES are ids as they are in the source; - reads them from stdin, one per line.
    """
    from flows.commands.forget import forget as forget_cases
    from flows.commands.forget import from_stdin

    if cases == ("-",):
        cases = from_stdin()
    done = forget_cases(config, cases, out, store, overrides)
    say(asdict(done), done.told)


@app.command()
@CONFIGS
@OUT
@STORE
@JSON
def doctor(*, configs: tuple[Path, ...], out: Path, store: str | None) -> None:
    """Tells whether runs can be made here.

    It looks at this machine, and at CONFIGS if any are named; it changes nothing.
    """
    from flows.commands.doctor import examine, exit_code

    found = list(examine(configs, out, store))
    width = max(len(each.what) for each in found)
    say({"checks": [asdict(each) for each in found]}, "\n".join(each.line(width) for each in found))
    sys.exit(exit_code(found))


@app.command()
@click.argument("of", type=click.Choice(["config", "findings"]), default="config")
def schema(of: str) -> None:
    """Prints a JSON Schema: of a config, or of findings.json."""
    from contracts.findings import Findings
    from contracts.settings import Settings

    model = Settings if of == "config" else Findings
    click.echo(json.dumps(model.model_json_schema(by_alias=True), indent=1))


@app.command()
@click.argument("process", required=False)
@click.option("--cases", type=click.IntRange(min=1), default=2000, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@OUT
@JSON
def demo(*, process: str | None, cases: int, seed: int, out: Path) -> None:
    """Runs the whole pipeline on synthetic logs.

    PROCESS is img, cbr, uht or vis; without it, all four.
    Every log has planted stalls, and the reports are scored on finding them.
    """
    from flows.commands.demo import prepare, scored, table

    pages, scores = [], {}
    for demo in prepare(process, cases, seed, out / "demo"):
        click.echo(f"{demo.config.stem}: {cases:,} cases, written in {demo.folder}", err=True)
        folder = run_here(demo.config, out, overrides=demo.overrides)
        pages += pages_of(folder)
        scores[folder.parent.name] = scored(demo, folder)
    tables = [f"{name}\n{table(told)}\n" for name, told in scores.items()]
    told = {name: told.document() for name, told in scores.items()}
    index = str(folder.parents[1] / "index.html")
    say({"scores": told, "index": index, "reports": pages}, "\n".join([*tables, index, *pages]))


@app.command()
@click.argument("process")
@click.option("--cases", type=click.IntRange(1, 5_000_000), required=True)
@click.option("--seed", type=click.IntRange(min=0), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new folder.")
@click.option(
    "--dialect",
    type=click.Choice(DIALECT_NAMES),
    default="csv",
    show_default=True,
    help="What the export looks like.",
)
@click.option("--defects", is_flag=True, help="Adds faults as real exports have them.")
@click.option(
    "--level",
    type=click.Choice(["statistical", "queueing"]),
    default="queueing",
    show_default=True,
    help="Where waits come from: drawn at random (fast, any size), or desks with queues.",
)
@JSON
def generate(  # noqa: PLR0913 - a name each option
    *,
    process: str,
    cases: int,
    seed: int,
    out: Path,
    dialect: str,
    defects: bool,
    level: Literal["statistical", "queueing"],
) -> None:
    """Writes a synthetic log with planted stalls.

    PROCESS is img, cbr, uht or vis. What was planted is in truth.json, beside the log.
    """
    from simulation.generator import Order, generate

    truth = generate(Order(process, cases, seed, level, defects), dialect, out)
    click.echo(f"{truth['cases']:,} cases, {truth['events']:,} events", err=True)
    say({"folder": str(out)}, str(out))


def _say_gone(names: list[str]) -> None:
    for name in names:
        click.echo(f"{name} no longer runs by itself: its config does not ask for it.", err=True)
