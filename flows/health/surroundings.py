# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What ``hoeksteen doctor`` examines for every config: this machine, its libraries, Prefect."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from flows.health.symptoms import OUTSIDE, Symptom, fail, ok, warn
from flows.room import free_mib, there

_US = "hoeksteen"
_GIB = 1 << 30
_MIB_IN_GIB = 1 << 10
_LITTLE_DISK_GIB, _LITTLE_MEMORY_GIB = 2.0, 2.0
_CGROUP_MEMORY = Path("/sys/fs/cgroup/memory.max")
_INSTALL = "Install the versions in requirements/dev.txt: make setup."
_PINNED = {"fastapi": "The server of Prefect 3.8 does not start with another version."}


def python() -> Iterator[Symptom]:
    """Whether this is a version of Python that the project asks for."""
    asked, found = metadata(_US)["Requires-Python"], platform.python_version()
    if SpecifierSet(asked).contains(found, prereleases=True):
        yield ok("python", found)
    else:
        yield fail(
            "python", f"{found}, but {asked} is needed", "Make the venv with another Python."
        )


def libraries() -> Iterator[Symptom]:
    """Whether all libraries have versions that the project asks for."""
    asked = [Requirement(each) for each in requires(_US) or ()]
    needed = [each for each in asked if each.marker is None or each.marker.evaluate({"extra": ""})]
    misfits = [symptom for each in needed for symptom in library(each)]
    yield from misfits
    if not misfits:
        yield ok("libraries", f"{len(needed)}, all in the right version; hoeksteen {version(_US)}")


def library(asked: Requirement) -> Iterator[Symptom]:
    """What is wrong with a library, if anything is."""
    hint = f"{_PINNED.get(asked.name, '')} {_INSTALL}".strip()
    try:
        found = version(asked.name)
    except PackageNotFoundError:
        yield fail(asked.name, f"not installed, but {asked.specifier} is needed", hint)
        return
    if not asked.specifier.contains(found, prereleases=True):
        yield fail(asked.name, f"{found}, but {asked.specifier} is needed", hint)


def machine() -> Iterator[Symptom]:
    """How much memory and how many cores this process may use."""
    cores, gib = _cores(), _memory_bytes() / _GIB
    found = f"{gib:.1f} GiB of memory, {cores} cores"
    if gib < _LITTLE_MEMORY_GIB:
        yield warn("machine", found, "A large log may need more memory.")
    else:
        yield ok("machine", found)


def _cores() -> int:
    """The cores that this process may use, if the system tells; else all."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_bytes() -> int:
    """The memory of the machine, or less if a container may not have all of it."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _CGROUP_MEMORY.read_text().strip() if _CGROUP_MEMORY.exists() else "max"
    return min(whole, int(limit)) if limit.isdigit() else whole


def disk(out: Path) -> Iterator[Symptom]:
    """How much room the disks have for reports, for temporary files and for Prefect."""
    from prefect.settings import PREFECT_HOME

    temp, prefect = Path(tempfile.gettempdir()), PREFECT_HOME.value()
    disks = {"disk of out": out, "disk of temp": temp, "disk of prefect": prefect}
    for what, folder in disks.items():
        gib = free_mib(folder) / _MIB_IN_GIB
        found = f"{gib:.1f} GiB free in {there(folder)}"
        if gib < _LITTLE_DISK_GIB:
            yield warn(what, found, "A run needs several times the size of its export.")
        else:
            yield ok(what, found)


def out_folder(out: Path) -> Iterator[Symptom]:
    """Whether a run could be renamed into place here, and two runs could lock each other out."""
    nearest = there(out)
    try:
        with tempfile.TemporaryDirectory(dir=nearest, prefix=".tried-") as tried:
            _put_in_place(Path(tried))
            is_locked = _keeps_others_out(Path(tried) / "lock")
    except (OSError, NotImplementedError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        hint = "Give an --out in which files can be written, renamed, linked and locked."
        yield fail("out", f"{nearest}: {why}", hint)
        return
    made = "" if nearest == out.resolve() else "; it will be made"
    yield ok("out", f"{out.resolve()} can be written to{made}")
    if is_locked:
        yield ok("file locks", "work; of two runs at once, one waits")
    else:
        hint = (
            "Two runs at once would spoil each other's files; mount it with locks, or give "
            "another --out."
        )
        yield fail("file locks", f"do not work in {nearest}", hint)


def _put_in_place(folder: Path) -> None:
    (folder / "draft").mkdir()
    (folder / "draft" / "report").write_bytes(b"")
    (folder / "draft").replace(folder / "run")
    (folder / "link").symlink_to("run", target_is_directory=True)
    (folder / "link").replace(folder / "latest")
    (folder / "latest" / "report").read_bytes()


def _keeps_others_out(path: Path) -> bool:
    from filelock import FileLock, Timeout

    with FileLock(path, timeout=0):
        try:
            FileLock(path, timeout=0).acquire()
        except Timeout:
            return True
    return False


def prefect() -> Iterator[Symptom]:
    """Whether the configured server answers and has our version; or else whether one can start."""
    from prefect.settings import PREFECT_API_URL

    from flows.tracking.prefect_server import check

    ours, url = version("prefect"), PREFECT_API_URL.value()
    if url is None:
        check()
        yield ok("prefect", f"{ours}; no server is configured, so each run starts one for itself")
        return
    yield from _server(url.partition("://")[2].rpartition("@")[2], ours)


def _server(host: str, ours: str) -> Iterator[Symptom]:
    from prefect.client.orchestration import get_client

    try:
        with get_client(sync_client=True) as client:
            theirs = client.api_version()
            settings = client.request("GET", "/admin/settings").json()
            driver = settings["server"]["database"]["driver"]
    except Exception as error:  # no answer, or not that of a server of Prefect
        hint = "Start it, or mend PREFECT_API_URL (prefect config view shows where it is set)."
        yield fail(
            "prefect",
            f"{host} does not answer as Prefect does ({type(error).__name__})",
            hint,
            OUTSIDE,
        )
        return
    found = f"the server at {host} is {theirs}" + (f", on {driver}" if driver else "")
    if theirs == ours:
        yield ok("prefect", found)
    else:
        yield warn("prefect", f"{found}, and hoeksteen has {ours}", "Give both the same version.")


def time_zones() -> Iterator[Symptom]:
    """Whether the machine knows when summer time was."""
    try:
        ZoneInfo("Europe/Amsterdam")
    except ZoneInfoNotFoundError:
        yield fail("time zones", "there is no time zone data", _INSTALL)
        return
    yield ok("time zones", f"tzdata {version('tzdata')}")


def norm_table() -> Iterator[Symptom]:
    """Whether the terms of the law can be read."""
    from contracts import norms

    try:
        terms, days = norms.norm_table(), norms.equivalent_days()
        norms.penalties()
    except (OSError, ValueError) as error:
        kind = type(error).__name__
        yield fail(
            "norm table", f"{norms.FOLDER} cannot be read ({kind})", "Install hoeksteen again."
        )
        return
    newest = max(version.seen_on for norm in terms.values() for version in norm.versions)
    yield ok("norm table", f"{len(terms)} norms, {len(days)} days; last looked up on {newest}")
