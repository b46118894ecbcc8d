# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a defect of ours tells: its kind and where it arose, never its message.

The message of a library may quote a value of the log, and Prefect keeps all of an error. A full
disk is not a defect, wherever it is met; nor is a file or folder that we may not open, nor an
impossible path.
"""

from __future__ import annotations

import errno
import functools
import traceback
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from contracts.errors import HoeksteenError, UsageError
from flows.room import no_room

Given = ParamSpec("Given")
Result = TypeVar("Result")

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SHUT = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_PLACE = (errno.ENAMETOOLONG, errno.ELOOP)


class Defect(Exception):
    """An error that should not happen; ``frames`` are those of its traceback, as text."""

    def __init__(self, kind: str, frames: tuple[str, ...]) -> None:
        super().__init__(kind, frames)
        self.kind, self.frames = kind, frames

    def __str__(self) -> str:
        return self.kind


def defect_of(error: BaseException) -> Defect:
    """The same error without its message."""
    if isinstance(error, Defect):
        return error
    # without lines of code: one of a caller may hold the values that it passed
    frames = tuple(
        f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n'
        for frame in traceback.extract_tb(error.__traceback__)
    )
    return Defect(type(error).__name__, frames)


def is_interrupted(error: BaseException) -> bool:
    """Whether an error came of the user stopping the run."""
    return any(isinstance(cause, KeyboardInterrupt) for cause in _causes(error))


def outside(error: BaseException) -> HoeksteenError | None:
    """What to tell of an error that whoever looks after this machine can mend; null for others."""
    if _met_a_full_disk(error):
        return no_room()
    if isinstance(error, OSError) and error.errno in _SHUT and error.filename:
        return UsageError(
            f"{error.filename} cannot be used by the user that runs this: {error.strerror}.",
            "Give that user access, or name another place.",
        )
    for cause in _causes(error):  # pathlib turns that of a link to itself into another error
        if isinstance(cause, OSError) and cause.errno in _NO_PLACE and cause.filename:
            said = f"{cause.filename} is not a usable path: {cause.strerror}."
            return UsageError(said, "Name another one.")
    return None


def _met_a_full_disk(error: BaseException) -> bool:
    """Whether a disk was full; polars gives the error number only in its message."""
    numbers = tuple(f"(os error {number})" for number in _NO_ROOM)
    return any(
        (isinstance(cause, OSError) and cause.errno in _NO_ROOM) or str(cause).endswith(numbers)
        for cause in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def wordless(do: Callable[Given, Result]) -> Callable[Given, Result]:
    """The same function, but no defect has a message, and no error for the user has a cause.

    Only an ``OSError`` is kept as the cause: it tells that the world failed.
    """

    @functools.wraps(do)
    def careful(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return do(*args, **kwargs)
        except HoeksteenError as error:
            if not isinstance(error.__cause__, OSError):
                error.__cause__ = None  # which hides the context too
            raise
        except BrokenPipeError:  # nobody reads our output any more: not a defect
            raise
        except Exception as error:
            if is_interrupted(error):
                raise
            told = outside(error) or defect_of(error)
        raise told  # not in the `except`, where it would keep the error as its context

    return careful
