# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``hoeksteen init``: looks at an export, and writes a config with guesses and their evidence."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from contracts.errors import UsageError
from contracts.settings import Settings
from contracts.sources import is_web_address
from flows.commands.questions import Ask
from flows.drafting.config_text import config_text
from flows.drafting.guessed import Guessed
from flows.drafting.init_api import api_config
from flows.drafting.yaml_lines import many
from ingest.guessing.attributes import guess_attributes
from ingest.guessing.columns import RoleGuesses, guess_roles, options
from ingest.guessing.exports import Export, open_export
from ingest.guessing.glance import Glance, glance
from ingest.guessing.guess import Guess
from ingest.guessing.joint_ids import put_ids_together
from ingest.guessing.journey import guess_journey
from ingest.guessing.milestones import guess_milestones
from ingest.guessing.moments import put_together
from ingest.guessing.trails import trail_of
from ingest.privacy.header_names import hold_a_value
from ingest.staging import stage

_LONGEST_ID = 64
_ANSWERED = "your answer"
_MEANING = {
    "case_id": "the number of the case",
    "activity": "what was done",
    "timestamp": "when it was done",
}


@dataclass(frozen=True)
class Written:
    """The config that was written, and a sentence for each thing that is left to decide."""

    config: Path
    undecided: tuple[str, ...]


def init(export: str, out: Path | None, ask: Ask | None = None) -> Written:
    """Writes a config for an export.

    Args:
        export: a file, a folder or a pattern, or the address of a ZGW API.
        out: the config to write; by default a file here, named after the export.
        ask: asks somebody what the export does not tell; if null, it is left open.

    Raises:
        UsageError: the config exists already, or it cannot be written there.
        SourceError: the export cannot be read.
    """
    process = _process_id(out.stem if out else _name(export))
    config = out or Path(f"{process}.yaml")
    _check_free(config)
    text, undecided = _made(export, process, config, ask)
    try:
        with config.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise _taken(config) from None
    except OSError as error:
        raise UsageError(
            f"{config} cannot be written: {error.strerror}.", "Name another file with --out."
        ) from None
    return Written(config, undecided)


def _made(export: str, process: str, config: Path, ask: Ask | None) -> tuple[str, tuple[str, ...]]:
    """The text of the config, and what is left to decide."""
    if is_web_address(export):
        return api_config(export, process)
    found = _look(open_export(export, config), process, config, ask)
    return config_text(found), found.undecided


def _name(export: str) -> str:
    """The name of an export: of a pattern that of its folder, of an API that of its host."""
    if is_web_address(export):
        return urlsplit(export).hostname or ""
    path = Path(export)
    named = path.parent if re.search(r"[*?\[]", path.name) else path
    return named.resolve().name.split(".")[0]


def _process_id(name: str) -> str:
    letters = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return letters[:_LONGEST_ID].rstrip("-") or "process"


def _check_free(config: Path) -> None:
    if config.exists():
        raise _taken(config)
    if not config.parent.is_dir():
        raise UsageError(f"There is no folder {config.parent}.", "Make it, or give another --out.")


def _taken(config: Path) -> UsageError:
    return UsageError(
        f"{config} already exists, and is never overwritten.", "Give another name with --out."
    )


def _look(export: Export, process: str, config: Path, ask: Ask | None) -> Guessed:
    """All guesses; those on the journey and the gate need all columns of an event."""
    seen = put_ids_together(_glance(export, ask))
    roles = guess_milestones(seen)
    if roles is None:
        seen = _along_trail(put_together(seen), ask)
        roles = _roles(seen, ask)
    found = Guessed(process, export, seen, roles)
    if roles.candidates or found.is_trail_open:
        return found
    found = replace(found, attributes=guess_attributes(seen, roles))
    names, now = list(roles.milestones), dt.datetime.now(dt.UTC)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate(found.document())
        paths = _staged(export, settings, config, Path(folder))
        least = settings.privacy.minimum_group
        last = next((Guess(name, "the last of the milestones") for name in names[-1:]), None)
        journey = guess_journey(paths, now, least, end=last)
        if ask and not journey.ends and journey.often_last:
            end = ask("With which activity does a case end?", journey.often_last)
            journey = guess_journey(paths, now, least, end=Guess(end, _ANSWERED))
        found = replace(found, journey=journey)
        if not journey.ends:
            return found
        from validation.profile import profile

        judged = profile(paths, Settings.model_validate(found.document()), now)
        return replace(found, judged=judged)


def _glance(export: Export, ask: Ask | None) -> Glance:
    seen = glance(export)
    if ask is None or seen.sheet is None or len(seen.alike) == len(seen.sheets) - 1:
        return seen
    in_order = sorted(seen.sheets, key=lambda name: -seen.sheets[name])
    shown = zip(in_order, hold_a_value(in_order), strict=True)
    named = {
        f"table {n}" if hides else each: each for n, (each, hides) in enumerate(shown, start=1)
    }
    sheets = [Guess(each, f"{seen.sheets[name]:,} lines") for each, name in named.items()]
    chosen = named[ask("Which sheet holds the log?", sheets)]
    return seen if chosen == seen.sheet else glance(export, chosen)


def _along_trail(seen: Glance, ask: Ask | None) -> Glance:
    """What was seen; of an audit trail only the steps, if it is known which rows those are."""
    trail = trail_of(seen.frame)
    if trail is None:
        return seen
    if ask and not trail.steps:
        fields = [Guess(name, many(rows, "rows")) for name, rows in trail.fields.items()]
        trail = replace(trail, steps=ask("Which field tells the steps of a case?", fields))
    return seen.along(trail)


def _roles(seen: Glance, ask: Ask | None) -> RoleGuesses:
    """The roles of the columns; each answer may settle what other columns are."""
    known: dict[str, Guess] = {}
    roles = guess_roles(seen)
    while ask and (missing := next((each for each in roles.candidates.items() if each[1]), None)):
        role, names = missing
        column = ask(f"Which column is {_MEANING[role]}?", options(seen, role, names))
        known[role] = Guess(column, _ANSWERED)
        roles = guess_roles(seen, known)
    return replace(roles, month_first=_answered_order(roles, ask)) if ask else roles


def _answered_order(roles: RoleGuesses, ask: Ask) -> Guess | None:
    """The answer whether dates are month first; null if that is not in question."""
    if roles.month_first is None:
        return None
    told = roles.month_first.evidence
    options = [
        Guess("the month", told),
        Guess("the day", "as in most exports from the Netherlands"),
    ]
    first = ask("Which comes first in the dates?", options)
    return Guess(str(first == "the month").lower(), _ANSWERED)


def _staged(export: Export, settings: Settings, config: Path, folder: Path) -> Sequence[Path]:
    staged = [
        stage(file, source, settings, config, position, folder)
        for position, source in enumerate(settings.sources)
        for file in export.files
    ]
    return [path for each in staged for path in each.paths]
