# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Objects in an S3: which are meant, what is brought of them, and what keeps us from it."""

from __future__ import annotations

import stat
import threading
from urllib.request import Request, urlopen

import pytest

from contracts.errors import SourceError
from contracts.sources import Source
from ingest.asking import fetch
from ingest.source_files import SourceFile
from ingest.sources import find
from ingest.storage.objects import opened

KEYS = (
    "exports/2025/a.csv",
    "exports/2026/a.csv",
    "exports/2026/b.CSV.gz",
    "exports/2026/diep/c.csv",
    "exports/2026/lees mij + é%20.md",
    "exports/2026/log.xes",
    "los.csv",
)


@pytest.fixture
def knows_nobody(storage):
    """The storage lets nobody in."""

    def after(requests):
        plain = {"Content-Type": "text/plain"}
        with urlopen(Request(f"{storage}/moto-api/reset-auth", str(requests).encode(), plain)):
            pass

    yield lambda: after(0)
    after("inf")


@pytest.fixture
def filled(bucket, tmp_path):
    file = tmp_path / "file"
    for key in KEYS:
        file.write_text(key)
        opened(bucket)[0].put(file, key)
    return bucket


def found(url, tmp_path, **keys):
    return find(Source(path=url, **keys), tmp_path / "p.yaml", 0)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("exports/2026/a.csv", ["exports/2026/a.csv"]),
        ("los.csv", ["los.csv"]),
        ("", ["los.csv"]),
        ("*.csv", ["los.csv"]),
        ("exports/2026", ["exports/2026/a.csv", "exports/2026/b.CSV.gz", "exports/2026/log.xes"]),
        ("exports/2026/", ["exports/2026/a.csv", "exports/2026/b.CSV.gz", "exports/2026/log.xes"]),
        ("exports/2026/?.csv", ["exports/2026/a.csv"]),
        ("exports/202[5-9]/*.csv", ["exports/2025/a.csv", "exports/2026/a.csv"]),
        (
            "exports/**/*.csv",
            ["exports/2025/a.csv", "exports/2026/a.csv", "exports/2026/diep/c.csv"],
        ),
    ],
)
def test_a_path_means_what_it_means_for_files(filled, tmp_path, pattern, expected):
    addresses = found(f"{filled}/{pattern}", tmp_path)

    assert [address.url for address in addresses] == [f"{filled}/{key}" for key in expected]
    assert {address.format for address in addresses} <= {"csv", "xes"}
    assert all(address.version for address in addresses)


def test_an_object_is_called_what_it_is_in_its_bucket(filled, tmp_path):
    [address] = found(f"{filled}/exports/2026/*.md", tmp_path, format="csv")

    fetched = fetch(address, Source(path=address.url), tmp_path).file

    assert address.name == f"{filled}/exports/2026/lees mij + é%20.md"
    assert fetched == SourceFile(tmp_path / "lees mij + é%20.md", address.name, "csv")
    assert fetched.path.read_text() == "exports/2026/lees mij + é%20.md"
    assert stat.S_IMODE(fetched.path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("url", "bucket", "key"),
    [
        ("s3://bucket", "s3://bucket", ""),
        ("gs://bucket/a/b.csv", "gs://bucket", "a/b.csv"),
        (
            "abfss://doos@zaken.dfs.core.windows.net/a/?.csv",
            "abfss://doos@zaken.dfs.core.windows.net",
            "a/?.csv",
        ),
    ],
)
def test_every_kind_of_storage_is_opened(url, bucket, key):
    store, found_key = opened(url)

    assert (store.url, found_key) == (bucket, key)


def test_more_than_a_page_of_objects_is_found(bucket, tmp_path):
    file = tmp_path / "a.csv"
    file.touch()
    store, _ = opened(bucket)
    for number in range(23):
        store.put(file, f"m/{number:04}.csv")

    assert len(found(f"{bucket}/m/*.csv", tmp_path)) == 23
    assert len(found(f"{bucket}/**/*.csv", tmp_path)) == 23


def test_the_same_object_has_the_same_version(filled, tmp_path):
    file = tmp_path / "new"
    url = f"{filled}/los.csv"
    [before] = found(url, tmp_path)
    for content, same in (("los.csv", True), ("anders", False)):
        file.write_text(content)
        opened(filled)[0].put(file, "los.csv")
        [after] = found(url, tmp_path)
        assert (before.version == after.version) == same

    with pytest.raises(SourceError, match=r"los\.csv was changed after it was found"):
        fetch(before, Source(path=url), tmp_path / "..")


def test_a_large_object_is_brought_whole(bucket, tmp_path):
    store, _ = opened(bucket)
    (tmp_path / "large").write_bytes(bytes(range(256)) * 120_000)  # thirty megabytes
    store.put(tmp_path / "large", "large.csv")

    store.bring("large.csv", tmp_path / "again")

    assert (tmp_path / "again").read_bytes() == (tmp_path / "large").read_bytes()


def test_of_many_who_make_an_object_one_wins(bucket):
    store, key = opened(f"{bucket}/lock")
    won = []
    tries = [
        threading.Thread(target=lambda n=n: won.append((store.put_if_absent(b"%d" % n, key), n)))
        for n in range(8)
    ]
    for each in tries:
        each.start()
    for each in tries:
        each.join()

    assert [made for made, _ in sorted(won)] == [False] * 7 + [True]
    assert store.read(key)[1] == b"%d" % max(won)[1]
    store.delete([key])
    assert store.find(key) is None
    assert store.put_if_absent(b"", key)


def test_an_object_is_replaced_while_it_is_what_it_was(bucket):
    store, key = opened(f"{bucket}/lock")
    assert store.put_if_absent(b"1", key)
    first, _ = store.read(key)

    assert store.put_if_same(b"2", first)
    assert store.put_if_same(b"2", first)  # asked again, as when the answer was lost
    assert not store.put_if_same(b"3", first)
    assert store.read(key)[1] == b"2"
    store.delete([key])
    assert not store.put_if_same(b"3", first)
    assert store.read(key) is None


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("{bucket}/exports/*.parquet", "there is no {bucket}/exports/*.parquet. Give the key"),
        ("{bucket}/exports/2026/d.csv", "there is no {bucket}/exports/2026/d.csv"),
        ("{bucket}/exports/2026/*.md", "lees mij + é%20.md is not clear from its name"),
        ("{bucket}/a//../b.csv", "{bucket}: this is not the URL of an object"),
        ("s3:///a.csv", "s3://: this is not the URL of an object"),
        ("s3://geen-bucket/a.csv", "s3://geen-bucket: there is no such bucket"),
        ("s3://geen-bucket/*.csv", "s3://geen-bucket: there is no such bucket"),
        ("gcs://bucket/a.csv", "of a kind that this version does not read: gcs://"),
        ("abfss://doos/a.csv", "abfss://doos: this is not the URL of an object"),
    ],
)
def test_what_is_not_there_is_told(filled, tmp_path, path, says):
    with pytest.raises(SourceError) as caught:
        found(path.format(bucket=filled), tmp_path)

    assert says.format(bucket=filled) in str(caught.value)


def test_an_object_that_is_gone_is_told(filled, tmp_path):
    [address] = found(f"{filled}/los.csv", tmp_path)
    opened(filled)[0].delete(["los.csv"])

    with pytest.raises(SourceError, match=r"los\.csv: there is no such object"):
        fetch(address, Source(path=address.url), tmp_path)

    assert not (tmp_path / "los.csv").exists()


def test_pages_of_an_api_are_not_read_from_there(bucket, tmp_path):
    with pytest.raises(SourceError, match="read from a folder"):
        found(f"{bucket}/zgw", tmp_path, format="zgw")


def test_a_storage_that_does_not_answer_is_asked_again(bucket, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

    with pytest.raises(SourceError, match="its storage does not answer") as caught:
        found(f"{bucket}/a.csv", tmp_path)

    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize("endpoint", ["onzin", "opslag:9000", "http://", ""])
def test_an_endpoint_is_a_url(bucket, tmp_path, monkeypatch, endpoint):
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)

    with pytest.raises(SourceError, match="AWS_ENDPOINT_URL is not a URL"):
        found(f"{bucket}/a.csv", tmp_path)


@pytest.mark.parametrize(
    "absent",
    [
        ["AWS_ACCESS_KEY_ID"],
        ["AWS_SECRET_ACCESS_KEY"],
        ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
    ],
)
def test_who_we_are_must_be_told(bucket, tmp_path, monkeypatch, absent):
    for name in absent:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")

    with pytest.raises(SourceError, match="the environment holds no credentials for it"):
        found(f"{bucket}/a.csv", tmp_path)


def test_who_may_not_read_is_told(filled, tmp_path, knows_nobody):
    knows_nobody()
    with pytest.raises(SourceError, match=r"bucket-\w+: we may not read that"):
        found(f"{filled}/los.csv", tmp_path)
    with pytest.raises(SourceError, match=r"bucket-\w+: we may not read that"):
        found(f"{filled}/*.csv", tmp_path)
