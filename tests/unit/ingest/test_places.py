# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest

from contracts.errors import SourceError, UsageError
from ingest.storage.bucket_folder import BucketFolder
from ingest.storage.places import Folder, place_of
from ingest.storage.store import newest

HERE = Path("/here")


@pytest.mark.parametrize(
    ("store", "place"),
    [
        ("/a/b", Folder(Path("/a/b"))),
        ("a", Folder(Path.cwd() / "a")),
        ("s3:/a", Folder(Path.cwd() / "s3:/a")),
        ("s3://a/b", BucketFolder("s3://a/b", HERE)),
        ("s3://a/", BucketFolder("s3://a", HERE)),
        ("gs://a/b.c/d/", BucketFolder("gs://a/b.c/d", HERE)),
        ("abfss://a@b.dfs.core.windows.net/c", None),
    ],
)
def test_a_store_is_a_folder_here_or_in_object_storage(store, place):
    assert place_of(store, HERE) == (place or BucketFolder(store, HERE))


@pytest.mark.parametrize(
    ("store", "says"),
    [
        ("ftp://a/b", "There cannot be a store at ftp://. Give a folder, or a URL that begins"),
        ("https://a.blob.core.windows.net/b?sig=x", "There cannot be a store at https://"),
        ("file:///a", "There cannot be a store at file://"),
        *(
            (f"s3://{rest}", "That is not the URL of a folder in s3://. Write for example s3://")
            for rest in (
                "",
                "/",
                "/a",
                "a//b",
                "a/../b",
                "a/.",
                "a/b?sig=geheim",
                "a/b#c",
                "w:geheim@a",
            )
        ),
    ],
)
def test_what_is_no_place_is_told_without_a_secret(store, says):
    with pytest.raises(UsageError) as caught:
        place_of(store, HERE)

    assert str(caught.value).startswith(says)
    assert "geheim" not in str(caught.value)


@pytest.mark.usefixtures("bucket")
def test_a_bucket_that_is_not_there_is_told(tmp_path):
    place = place_of("s3://geen-bucket/permits", tmp_path / "here")

    for attempt in (lambda: newest(place), lambda: place.hold().__enter__()):
        with pytest.raises(SourceError, match="s3://geen-bucket: there is no such bucket"):
            attempt()


def test_the_root_of_a_bucket_can_be_a_store(bucket, tmp_path):
    place = place_of(bucket, tmp_path / "here")

    with place.hold():
        path = place.path / "batch=a" / "0.parquet"
        path.parent.mkdir()
        path.write_text("rows")
        place.put(path)
        path.unlink()
        assert place.files() == {path}
        place.bring([path, tmp_path / "of another place"])
        assert path.read_text() == "rows"
        place.remove([path])
        assert place.files() == set()


@pytest.mark.parametrize(("number", "error"), [(errno.ENOSPC, OSError), (errno.EROFS, UsageError)])
def test_a_full_disk_is_not_told_as_a_folder_that_is_shut(tmp_path, monkeypatch, number, error):
    def refuse(**_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "TemporaryDirectory", refuse)

    with pytest.raises(error, match=os.strerror(number)):
        Folder(tmp_path).try_out()
