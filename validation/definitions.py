# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What was run, as files like those in a project of Great Expectations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from great_expectations import Checkpoint

_IDS = UUID("5d0f6a0e-6f0b-5e53-9a0c-0d2f3b1c7a64")
"""The namespace of our ids; any value will do, as long as it stays the same."""


def write_definitions(checkpoint: Checkpoint, folder: Path) -> None:
    """Writes the suite, its validation definition and the checkpoint as JSON.

    Great Expectations finds them if ``folder`` is that of a project (``gx/``) with a data source of
    the same names. Its random ids are replaced by ids that follow from names, so that the same run
    writes the same files.

    Args:
        checkpoint: has one validation definition.
        folder: gets a subfolder per kind of thing.
    """
    [definition] = checkpoint.validation_definitions
    suite = definition.suite
    # pydantic 1 would write out a model in a model; their own encoders write its name
    as_stored: dict[str, Any] = {"models_as_dict": False, "exclude_none": True}
    files = {
        f"expectations/{suite.name}": suite.to_json_dict(),
        f"validation_definitions/{definition.name}": json.loads(definition.json(**as_stored)),
        f"checkpoints/{checkpoint.name}": json.loads(checkpoint.json(**as_stored)),
    }
    names = _names(checkpoint)
    for file, document in files.items():
        path = folder / f"{file}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(document, indent=1, ensure_ascii=False)
        for drawn, name in names.items():
            text = text.replace(drawn, str(uuid5(_IDS, name)))
        path.write_text(text, encoding="utf-8")


def _names(checkpoint: Checkpoint) -> dict[str, str]:
    """The name of each thing, by its random id."""
    [definition] = checkpoint.validation_definitions
    data = definition.data
    things: dict[str, Any] = {
        "checkpoint": checkpoint,
        "definition": definition,
        "suite": definition.suite,
        "source": definition.data_source,
        "asset": definition.asset,
        "batch": data,
    }
    rules = {f"expectation {n}": each for n, each in enumerate(definition.suite.expectations)}
    return {str(thing.id): name for name, thing in (things | rules).items()}
