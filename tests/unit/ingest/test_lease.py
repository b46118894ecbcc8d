# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Holds on a store in object storage: of two machines, lost, renewed, and of who was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from contracts.errors import StoreBusy, UsageError
from ingest.storage import lease
from ingest.storage.objects import opened
from ingest.storage.places import place_of
from ingest.storage.store import commit, newest
from tests.unit.ingest.candidates_of import batch, candidates
from tests.unit.ingest.test_removal import ALWAYS, NOON

HOLDER = """
import sys
from pathlib import Path
from ingest.storage import lease
from ingest.storage.places import place_of
lease.LEASE_SECONDS = float(sys.argv[3])
with place_of(sys.argv[1], Path(sys.argv[2])).hold():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def store(bucket, tmp_path):
    return place_of(f"{bucket}/permits", tmp_path / "here")


@contextmanager
def another_machine(store, tmp_path, lease_seconds=300):
    """A process that holds the store until its stdin is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(store), str(tmp_path / "there"), str(lease_seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        yield holder


def test_two_machines_do_not_hold_one_store(store, tmp_path):
    with another_machine(store, tmp_path) as other:
        with pytest.raises(StoreBusy, match=rf"{store}: process {other.pid} on .*, since 20"):
            store.hold().__enter__()
        with pytest.raises(StoreBusy):
            store.hold(0.1).__enter__()
        other.stdin.close()
        with store.hold(20):
            assert store.path.exists()
    assert not store.path.exists()


def test_who_was_killed_is_waited_for_as_long_as_its_lease(store, tmp_path):
    with another_machine(store, tmp_path, lease_seconds=3) as other:
        other.send_signal(signal.SIGKILL)
    with pytest.raises(StoreBusy):
        store.hold().__enter__()

    with store.hold(20):
        store.check_held()

    assert not opened(store.url)[0].inside("permits", deep=True)


def test_a_hold_is_renewed(store, monkeypatch):
    monkeypatch.setattr(lease, "LEASE_SECONDS", 0.1)
    bucket, _ = opened(store.url)

    with store.hold():
        first = bucket.read("permits/.lease")
        for _ in range(100):
            time.sleep(0.05)
            if bucket.read("permits/.lease")[0].version != first[0].version:
                break
        else:
            pytest.fail("nothing was renewed")


@pytest.fixture
def careless(bucket, storage, monkeypatch):
    """The URL of a bucket in a storage that does not heed conditions."""

    class Careless(BaseHTTPRequestHandler):
        def do_PUT(self):
            asked = {k: v for k, v in self.headers.items() if k not in ("if-none-match", "host")}
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            asking = Request(storage + self.path, body or None, asked, method=self.command)
            try:
                with urlopen(asking) as given:
                    self._give(given)
            except HTTPError as error:
                self._give(error)

        do_GET = do_POST = do_HEAD = do_PUT  # noqa: N815 - as http.server asks for them

        def _give(self, given):
            said = given.read()
            self.send_response(given.status)
            for name, value in given.headers.items():
                if name.lower() not in ("transfer-encoding", "connection", "date", "server"):
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    threading.Thread(target=server.serve_forever).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    yield bucket
    server.shutdown()
    server.server_close()


def test_a_storage_that_would_let_two_in_is_refused(careless, tmp_path):
    with pytest.raises(UsageError, match="cannot keep two runs from writing the same object"):
        place_of(f"{careless}/permits", tmp_path / "here").hold().__enter__()

    assert opened(careless)[0].find("permits/.lease") is None


@pytest.mark.parametrize("taken_over", [False, True])
def test_who_lost_its_hold_stores_nothing(store, tmp_path, taken_over):
    bucket, _ = opened(store.url)
    with store.hold():
        first = commit(store, [batch(tmp_path, candidates("a"))], NOON, ALWAYS)
        bucket.delete(["permits/.lease"])
        if taken_over:
            assert bucket.put_if_absent(b'{"process": "another"}', "permits/.lease")
        more = batch(tmp_path, candidates("b"), "more")
        with pytest.raises(StoreBusy, match="took over"):
            commit(store, [*first.batches, more], NOON, ALWAYS)

    assert newest(store) == first
    assert (bucket.find("permits/.lease") is not None) == taken_over


def test_of_two_commits_of_one_number_the_first_is_kept(store, tmp_path, bucket):
    other = place_of(f"{bucket}/permits", tmp_path / "there")
    (tmp_path / "there").mkdir()
    with store.hold(), pytest.raises(StoreBusy, match="has changed"):
        _commit_meanwhile(store, other, tmp_path)

    assert len(newest(store).batches) == 1


def _commit_meanwhile(store, other, tmp_path):
    with other.table() as folder:
        commit(store, [batch(tmp_path, candidates("a"))], NOON, ALWAYS)
        (folder / "_delta_log").mkdir()
        (folder / "_delta_log" / f"{0:020}.json").write_text("{}")
