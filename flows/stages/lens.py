# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How a run looks at its log, and how cases should go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.events import attribute_column
from contracts.norms import equivalent_days
from flows.job import Job

if TYPE_CHECKING:
    from ingest.events import Log
    from mining.cases.journeys import Lens
    from mining.model.normative import Model


def lens_of(job: Job, log: Log) -> Lens:
    """The view on the log as it stood at ``--as-of``, or else at its last event."""
    from mining.cases.journeys import Lens

    as_of = job.as_of or log.last_at or job.now
    segments = tuple(attribute_column(name) for name in job.settings.analysis.segments)
    return Lens(
        as_of,
        job.settings.timezone,
        job.settings.whole_journey,
        segments=segments,
        registration=job.settings.registration,
        deadlines=job.settings.deadlines,
        equivalent_days=tuple(each.day for each in equivalent_days()),
        calendar=job.settings.calendar,
        complete_from=job.kept_from,
    )


def meant(job: Job) -> Model | None:
    """The model of how a case should go; null if the config has none."""
    from mining.model.normative import read_model

    return read_model(job.settings.journey, job.config)
