# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Writes a log as the Dutch ZGW APIs give it: pages of JSON, a folder a resource.

What these APIs tell is not what happened, and a reader has to make up for it:

* the only steps are statuses: a time, no start, no employee; a team is a role in the case;
* when a status was put on record, days after its own time if need be, and by whom, is in the
  audit trail alone; what nobody in the agency did, the case system did;
* a case ends with a status that is no step, ``Zaak afgesloten``: the one with the highest number,
  in the second of the step that ended it. Without that step it has an end date alone. What
  happens after the end, such as an objection, is a status after it; the end date stays, where a
  real API would forget it;
* what was set in the same second is told microseconds apart, as no two statuses of a case may
  have the same time;
* no suspension has a period: when it began and ended is in the audit trail, or in part of it;
* the deadline is a date that was moved by hand, whatever the law says;
* a case type that changed has other addresses for everything that belongs to it;
* statuses and rows of the audit trail from before the export opens are not in it, so the end of a
  suspension may be told and its beginning not.

The audit trail of a real API is per case, at ``/zaken/{uuid}/audittrail``, and so are the
attributes, at ``/zaken/{uuid}/zaakeigenschappen``; here each is one list over all cases, of which
``hoofdObject`` and ``zaak`` tell the case.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile

from simulation.description import Process
from simulation.recording.dialects.zgw import cases, catalogue
from simulation.recording.dialects.zgw.pages import write_pages
from simulation.recording.log import Part


def write(parts: Iterable[Part], process: Process, folder: Path) -> None:
    """Writes ``zaken/page-00001.json`` and so on, and ``catalogi/zaaktypen/page-00001.json``.

    A page tells how many rows there are in all, so the rows wait in temporary files in ``folder``
    until the last is known. The same log gives the same bytes.

    Args:
        parts: the log.
        process: what it is a log of.
        folder: where the folders of the resources go.

    Raises:
        ValueError: the legal term of the process is not a period such as P6M.
    """
    described = catalogue.records(process)
    happened = (record for part in parts for record in cases.records(part, process))
    with ExitStack() as files:
        spools = {
            resource: files.enter_context(TemporaryFile(dir=folder))
            for resource in (*cases.RESOURCES, *catalogue.RESOURCES)
        }
        for resource, record in itertools.chain(described, happened):
            spools[resource].write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
        for resource, spool in spools.items():
            write_pages(spool, resource, folder)
