# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with a database, in words of ours: its own may quote what is in a cell."""

from __future__ import annotations

from typing import NamedTuple, NoReturn

from contracts.errors import SourceError


class Fault(NamedTuple):
    """What is wrong, what to do, and whether it may be gone when it is tried again."""

    said: str
    hint: str
    passes: bool = False


def fail(name: str, fault: Fault, where: str = "") -> NoReturn:
    """Raises what is wrong with the database that is called ``name``.

    Args:
        name: what the user calls it; without a secret.
        fault: what is wrong.
        where: the place in the query that the database points at.
    """
    # a cause in the world, and without a word of the database's: it may be tried again
    cause = ConnectionError() if fault.passes else None
    raise SourceError(f"{name}: {fault.said.format(where=where)}.", fault.hint) from cause
