# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a defect of ours tells: of what kind it is and where it arose, never what was said of it.

What a library says of a value quotes the value, and Prefect keeps of each error all that there is.
A full disk is no defect, wherever it is met; nor is a file or folder that is shut to us, or a path
that cannot be one.
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
    """What went wrong where nothing should; ``frames`` are those of its traceback, as text."""

    def __init__(self, kind: str, frames: tuple[str, ...]) -> None:
        super().__init__(kind, frames)
        self.kind, self.frames = kind, frames

    def __str__(self) -> str:
        return self.kind


def defect_of(error: BaseException) -> Defect:
    """The same error without its words."""
    if isinstance(error, Defect):
        return error
    # without its lines: one of whoever calls us may hold what it was given
    frames = tuple(
        f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n'
        for frame in traceback.extract_tb(error.__traceback__)
    )
    return Defect(type(error).__name__, frames)


def is_interrupted(error: BaseException) -> bool:
    """Whether the user stopped what then went wrong."""
    return any(isinstance(cause, KeyboardInterrupt) for cause in _causes(error))


def outside(error: BaseException) -> HoeksteenError | None:
    """What to tell of an error that whoever looks after this machine can mend; else null."""
    if _met_a_full_disk(error):
        return no_room()
    if isinstance(error, OSError) and error.errno in _SHUT and error.filename:
        return UsageError(
            f"{error.filename} is not open to the user that runs this: {error.strerror}.",
            "Give that user the right to it, or name another place.",
        )
    for cause in _causes(error):  # pathlib makes another error of a link to itself
        if isinstance(cause, OSError) and cause.errno in _NO_PLACE and cause.filename:
            said = f"{cause.filename} is no place: {cause.strerror}."
            return UsageError(said, "Name another one.")
    return None


def _met_a_full_disk(error: BaseException) -> bool:
    """Whether there was no room; polars tells the number of that in words."""
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
    """The same function, whose defects hold no words; nor does what caused an error of the user's.

    That the world failed is still told by an ``OSError`` as the cause.
    """

    @functools.wraps(do)
    def careful(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return do(*args, **kwargs)
        except HoeksteenError as error:
            if not isinstance(error.__cause__, OSError):
                error.__cause__ = None  # which hides the context too
            raise
        except BrokenPipeError:  # nobody reads what is said; no defect
            raise
        except Exception as error:
            if is_interrupted(error):
                raise
            told = outside(error) or defect_of(error)
        raise told  # here, as it would keep the error as its context there

    return careful
