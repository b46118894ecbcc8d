# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How a task or a flow of Prefect ends where the user has something to mend."""

from __future__ import annotations

from typing import Any

from prefect.states import Failed

from contracts.errors import GateStopped, HoeksteenError


def ended(error: HoeksteenError) -> Any:
    """What is returned to fail by an error; whoever asks for the result gets ``error``.

    Raised, it would be logged with a traceback, as if it were a defect.
    """
    name = "Stopped at the gate" if isinstance(error, GateStopped) else None
    return Failed(name=name, message=str(error), data=error.with_traceback(None))
