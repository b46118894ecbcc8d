# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Bad input ends with its exit code and one sentence that says what to do; nothing half-written."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import polars as pl
import pytest

from contracts.errors import HoeksteenError, SourceError
from flows.job import Job
from flows.journey import make
from flows.planning import again, plan
from flows.stages import reading

LOG = "zaak;stap;tijd\n" + "".join(
    f"Z{n};{step};{day:02}-03-2026 10:00\n"
    for n in range(40)
    for day, step in ((1 + n % 20, "in"), (3 + n % 20, "klaar"))
)
CONFIG = """
process: {id: p}
sources: [{path: %s, columns: {case_id: zaak, activity: stap, timestamp: tijd}}]
journey: {end: [klaar]}
report: {formats: [html, parquet]}
"""


def run(folder: Path, name: str, content: bytes | str | None, config: str = CONFIG) -> Path:
    if content is not None:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    path = folder / "p.yaml"
    path.write_text(config % name)
    return make(plan(path, out=folder / "out", now=dt.datetime(2026, 11, 1, tzinfo=dt.UTC)))


def cut_parquet() -> bytes:
    frame = pl.DataFrame({"zaak": ["a"] * 1000, "stap": "in", "tijd": "2026-01-01"})
    import io

    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()[:-20]


XES = (
    b'<?xml version="1.0"?><log>'
    + b'<trace><string key="concept:name" value="1"/><event><string key="concept:name" value="in"/>'
    b'<date key="time:timestamp" value="2026-01-01T00:00:00+01:00"/></event></trace>' * 2000
)


@pytest.mark.parametrize(
    ("name", "content", "exit_code", "said"),
    [
        ("absent.csv", None, 4, "there is no absent.csv"),
        ("empty.csv", "", 4, "empty.csv"),
        ("header.csv", "zaak;stap;tijd\n", 4, "no rows"),
        ("separator.csv", LOG.replace(";", "#"), 4, "separator"),
        ("column.csv", LOG.replace("zaak;", "zaaknummer;"), 2, "zaaknummer"),
        ("times.csv", LOG.replace("-03-2026 10:00", " maart"), 3, "C04"),
        ("cut.xes.gz", gzip.compress(XES + b"</log>")[:-40], 4, "cut.xes.gz"),
        ("cut.xes", XES, 4, "cut.xes"),
        ("cut.parquet", cut_parquet(), 4, "cut.parquet"),
        ("text.parquet", LOG, 4, "text.parquet"),
        ("entity.xes", b'<!DOCTYPE log [<!ENTITY x SYSTEM "file:///x">]>' + XES, 4, "ntit"),
    ],
)  # fmt: skip
def test_bad_input_is_explained(
    tmp_path: Path, name: str, content: bytes | str | None, exit_code: int, said: str
) -> None:
    with pytest.raises(HoeksteenError) as error:
        run(tmp_path, name, content)

    assert error.value.exit_code == exit_code
    assert said in str(error.value)
    assert "Z1" not in str(error.value)
    assert not list(tmp_path.glob("out/p/latest"))
    assert not list(tmp_path.glob("out/p/.making-*"))


def test_a_stopped_run_leaves_its_verdict_and_quarantine(tmp_path: Path) -> None:
    with pytest.raises(HoeksteenError):
        run(tmp_path, "times.csv", LOG.replace("-03-2026 10:00", " maart"))

    [verdict] = (tmp_path / "out" / "p").glob("*/validation/verdict.json")
    folder = verdict.parents[1]
    aside = pl.read_parquet(folder / "quarantine.parquet")
    assert aside.columns == ["source", "row", "reasons"]
    assert aside["row"].to_list() == list(range(1, 81))
    assert all("C04" in reasons for reasons in aside["reasons"])
    assert not (folder / "findings.json").exists()


def test_the_same_log_is_whole_when_it_is_mended(tmp_path: Path) -> None:
    with pytest.raises(HoeksteenError):
        run(tmp_path, "log.csv", LOG.replace("-03-2026 10:00", " maart"))

    folder = run(tmp_path, "log.csv", LOG)

    assert (tmp_path / "out" / "p" / "latest").resolve() == folder
    assert (folder / "report.nl.html").exists()


def test_a_file_that_goes_away_meanwhile_is_explained(tmp_path: Path) -> None:
    job = planned(tmp_path)
    (tmp_path / "log.csv").unlink()

    with pytest.raises(SourceError, match=r"log\.csv cannot be read: No such file") as error:
        reading.read(job, job.inputs[0])
    assert isinstance(error.value.__cause__, OSError)  # so Prefect tries again


def test_a_file_that_is_written_meanwhile_is_not_taken_for_what_it_was(tmp_path: Path) -> None:
    job = planned(tmp_path)
    with (tmp_path / "log.csv").open("a") as file:
        file.write("Z99;in;05-03-2026 10:00\n")

    with pytest.raises(SourceError, match=r"log\.csv was changed while it was read\."):
        reading.read(job, job.inputs[0])

    job = again(job)
    job.scratch.mkdir(parents=True)
    [batch] = reading.read(job, job.inputs[0])
    assert batch.staged.rows == 81


def planned(folder: Path) -> Job:
    (folder / "log.csv").write_text(LOG)
    config = folder / "p.yaml"
    config.write_text(CONFIG % "log.csv")
    job = plan(config, out=folder / "out", now=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    job.scratch.mkdir(parents=True)
    return job
