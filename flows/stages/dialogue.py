# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The answers to earlier reports: in a file beside the config, and in the last run's workbooks.

A workbook is read only if somebody changed it: as written, it holds only what its run knew.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl
from pydantic import ValidationError

from contracts import dialogue
from contracts.dialogue import Answer, Answers, Place
from contracts.errors import ConfigError, UsageError
from contracts.findings import Bottleneck
from contracts.settings import Settings
from flows.files import read_json, sha256_of

if TYPE_CHECKING:
    from reporting.words.speech import Speech
    from reporting.workbooks.answers import Written

BOOKS = ("findings.xlsx", "findings.ods")
_ALL_READ_IT = "Everyone who reads the report will see it; write it without that number."


def answers(config: Path, settings: Settings, process_folder: Path) -> Answers:
    """The answers of the team on the stalls of a process.

    Raises:
        ConfigError: the file beside the config holds what it should not.
        UsageError: a workbook holds what it should not.
        SourceError: a workbook cannot be read.
    """
    from_file = dialogue.load(config, settings.process.id)
    for number, answer in enumerate(from_file):
        key = _of_a_citizen(answer)
        if key:
            raise ConfigError(
                f"{config.parent / dialogue.FILE}: '{settings.process.id}.{number}.{key}' holds a"
                " number that can be a citizen service number.",
                _ALL_READ_IT,
            )
    return Answers(file=from_file, workbook=tuple(_of_last_run(process_folder / "latest")))


def told(run: Path, given: Answers) -> dict[str, Any]:
    """What ``run.json`` says of the answers, so that the next run knows which are new."""
    books = {name: sha256_of(run / name) for name in BOOKS if (run / name).exists()}
    return {"answers": given.model_dump(mode="json", by_alias=True), "workbooks": books}


def then(
    process_folder: Path, given: Answers, zone: ZoneInfo
) -> dict[dt.date, tuple[Bottleneck, ...]]:
    """The stalls of the answered reports, by day; if a day has several reports, of the last."""
    days = {answer.day for answer in given.newest}
    if not days:
        return {}
    kept: dict[dt.date, tuple[Bottleneck, ...]] = {}
    for folder in _whole_runs(process_folder):
        found = read_json(folder / "findings.json")
        day = dt.datetime.fromisoformat(found["as_of"]).astimezone(zone).date()
        if day in days:
            with suppress(ValidationError):  # another version wrote it
                kept[day] = tuple(map(Bottleneck.model_validate, found["bottlenecks"]))
    return kept


def _whole_runs(process_folder: Path) -> list[Path]:
    """The folders of finished runs, in the order in which they were made."""
    folders = [path.parent for path in process_folder.glob("*/findings.json")]
    runs = (
        (folder, read_json(folder / "run.json")) for folder in folders if not folder.is_symlink()
    )
    made = [(dt.datetime.fromisoformat(run["known_at"]), folder) for folder, run in runs]
    return [folder for _, folder in sorted(made)]


def _of_last_run(run: Path) -> list[Answer]:
    """The answers of earlier workbooks, updated with what was written in those of the last run."""
    if not (run / "run.json").exists():
        return []
    told_of = read_json(run / "run.json")
    before = Answers.model_validate(told_of.get("answers", {}))
    known = {answer.place: answer for answer in before.workbook}
    books = told_of.get("workbooks", {})
    saved = [run / name for name in books if (run / name).exists()]
    saved = [path for path in saved if sha256_of(path) != books[path.name]]
    for path in sorted(saved, key=lambda each: each.stat().st_mtime_ns):  # the last one wins
        _take_over(path, before, told_of["config"], known)
    return list(known.values())


def _take_over(
    path: Path, before: Answers, config: dict[str, Any], known: dict[Place, Answer]
) -> None:
    """Brings ``known`` up to date with what somebody wrote in a workbook."""
    from reporting.words.speech import Speech
    from reporting.workbooks import answers as sheets
    from reporting.workbooks.places_sheet import EARLIER, PLACES

    found = read_json(path.parent / "findings.json")
    zone = ZoneInfo(config["sources"][0]["timezone"])
    day = dt.datetime.fromisoformat(found["as_of"]).astimezone(zone).date()
    speech = Speech(config["report"]["languages"][0], zone)
    places = [(each["from"], each["to"], each["kind"]) for each in found["bottlenecks"]]
    rooms = sheets.asked(places, before.newest)
    names = [PLACES] if all(room.is_stall for room in rooms.values()) else [PLACES, EARLIER]
    for sheet in map(speech.say, names):
        name = f"{path}, {sheet}"
        for written in sheets.read(_cells(path, sheet, name), name, rooms, speech):
            if written.room.said:
                known.pop(written.room.said.place, None)
            if not written.is_empty:
                answer = _answer(written, day, speech, name)
                known[answer.place] = answer


def _answer(written: Written, day: dt.date, speech: Speech, name: str) -> Answer:
    from reporting.workbooks.answers import answer_of

    try:
        answer = answer_of(written, day, speech)
    except ValidationError:
        raise UsageError(
            f"{name}, row {written.line}: an answer is too long.",
            f"Write at most {dialogue.MOST_CHARACTERS} characters.",
        ) from None
    if _of_a_citizen(answer):
        raise UsageError(
            f"{name}, row {written.line}: an answer holds a number that can be a citizen service"
            " number.",
            _ALL_READ_IT,
        )
    return answer


def _of_a_citizen(answer: Answer) -> str | None:
    """The key of an answer that holds a possible citizen service number; null if none does."""
    from ingest.privacy.citizen_numbers import stand_in

    told = answer.model_dump(mode="json", by_alias=True, exclude_none=True)
    texts = pl.DataFrame({"key": told.keys(), "text": told.values()})
    found = texts.filter(stand_in(pl.col("text")))["key"]
    return found[0] if len(found) else None


def _cells(path: Path, sheet: str, name: str) -> pl.DataFrame:
    from ingest.workbooks.formulas import without_value
    from ingest.workbooks.workbook import sheet_of

    with tempfile.TemporaryDirectory() as scratch:
        cells = pl.read_parquet(sheet_of(path, str(path), Path(scratch), sheet), glob=False)
    if empty := without_value(path, sheet):
        raise UsageError(
            f"{name}, cell {empty[0]}: it holds a formula, and the file does not have its value.",
            "Write the answer as text; put ' before text that begins with =.",
        )
    return cells
