# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The one error tree. A user sees the sentence and the hint, never a traceback.

HoeksteenError                 exit code
├── ConfigError                2   the config is wrong: names the file, the key, the nearest valid
├── UsageError                 2   the command was used wrongly
├── GateStopped                3   validation stopped the run; nothing after it ran
├── SourceError                4   a source, a store's storage, or Prefect does not do as asked
├── EngineError                4   workers, the time for a stage, or room on a disk do not suffice
└── StoreBusy                  5   another run holds the same store

Anything else that escapes is a defect of ours and exits 1.
"""

from __future__ import annotations

from typing import ClassVar


class HoeksteenError(Exception):
    """Something the user can act on: ``message`` says what is wrong, ``hint`` what to do."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ConfigError(HoeksteenError):
    """The config file is wrong."""

    exit_code: ClassVar[int] = 2


class UsageError(HoeksteenError):
    """The command was used wrongly."""

    exit_code: ClassVar[int] = 2


class GateStopped(HoeksteenError):
    """The validation gate stopped the run."""

    exit_code: ClassVar[int] = 3


class SourceError(HoeksteenError):
    """A source, the storage of the store, or the server of Prefect does not do as asked."""

    exit_code: ClassVar[int] = 4


class EngineError(HoeksteenError):
    """The work could not be done: no fit worker, a stage that took too long, or a full disk."""

    exit_code: ClassVar[int] = 4


class StoreBusy(HoeksteenError):
    """Another run holds the same store."""

    exit_code: ClassVar[int] = 5
