# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How a task or flow of Prefect ends if the user has something to mend."""

from __future__ import annotations

from typing import Any

from prefect.states import Failed

from contracts.errors import GateStopped, HoeksteenError


def ended(error: HoeksteenError) -> Any:
    """The value to return to fail with ``error``, which whoever asks for the result gets.

    If it were raised, it would be logged with a traceback, like a defect.
    """
    name = "Stopped at the gate" if isinstance(error, GateStopped) else None
    return Failed(name=name, message=str(error), data=error.with_traceback(None))
