# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What ``hoeksteen doctor`` found of one thing; an examination that fails is a symptom too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from contracts.errors import HoeksteenError, SourceError, UsageError
from flows.defects import defect_of, outside

OURS, OUTSIDE = UsageError.exit_code, SourceError.exit_code
"""Exit codes by who must mend it: whoever set this up, or whoever runs what is outside."""


@dataclass(frozen=True)
class Symptom:
    """What was found: ``ok``, ``warn``, or ``FAIL`` with the ``exit_code`` that a run would have.

    ``found`` and ``hint`` are a line each, and never hold a key, an id or a value of a log.
    """

    level: Literal["ok", "warn", "FAIL"]
    what: str
    found: str
    hint: str = ""
    exit_code: int = 0

    def line(self, width: int) -> str:
        """The symptom in one line, with ``what`` padded to ``width``."""
        return f"{self.level:<4}  {self.what:<{width}}  {self.found}  {self.hint}".rstrip()


def ok(what: str, found: str) -> Symptom:
    """All is as it should be."""
    return Symptom("ok", what, found)


def warn(what: str, found: str, hint: str) -> Symptom:
    """A run can be made, but this may be in its way."""
    return Symptom("warn", what, found, hint)


def fail(what: str, found: str, hint: str, exit_code: int = OURS) -> Symptom:
    """No run can be made until this is mended."""
    return Symptom("FAIL", what, found, hint, exit_code)


def examined(what: str, examine: Callable[[], Iterable[Symptom]]) -> Iterator[Symptom]:
    """The symptoms that an examination gives; if it fails, that is one."""
    try:
        yield from examine()
    except HoeksteenError as error:
        yield fail(what, error.message, error.hint, error.exit_code)
    except Exception as error:
        if told := outside(error):
            yield fail(what, told.message, told.hint, told.exit_code)
            return
        if isinstance(error, OSError):
            yield fail(what, f"It cannot be checked: {error.strerror or type(error).__name__}.", "")
            return
        kind = defect_of(error).kind
        yield fail(what, f"It cannot be checked ({kind}).", "Please report this.", 1)
