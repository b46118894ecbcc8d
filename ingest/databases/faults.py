# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with a database, in our words: its own may quote the value of a cell."""

from __future__ import annotations

from typing import NamedTuple, NoReturn

from contracts.errors import SourceError


class Fault(NamedTuple):
    """What is wrong, what to do, and whether it may be gone on another try."""

    said: str
    hint: str
    passes: bool = False


LOST = Fault(
    "the connection was lost",
    "Run again; if it keeps happening, ask its administrator.",
    passes=True,
)


def fail(name: str, fault: Fault, where: str = "") -> NoReturn:
    """Raises the error for a fault of the database called ``name``.

    Args:
        name: what the user calls the database; without a secret.
        fault: what is wrong.
        where: the place in the query that the database points at.
    """
    # a cause in the world, without the words of the database: it may be tried again
    cause = ConnectionError() if fault.passes else None
    raise SourceError(f"{name}: {fault.said.format(where=where)}.", fault.hint) from cause
