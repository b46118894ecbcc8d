# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Writes a log as the Dutch ZGW APIs give it: pages of JSON, with a folder per resource.

These APIs do not tell what happened, and a reader has to make up for that:

* the only steps are statuses: a time, no start, no employee; a team is a role in the case;
* only the audit trail has when a status was put on record, perhaps days after its own time, and by
  whom; what nobody in the agency did, the case system did;
* a case ends with a status that is not a step, ``Zaak afgesloten``: the one with the highest
  number, in the second of the step that ended it. Without that step, it only has an end date. What
  happens after the end, such as an objection, is a status after it; the end date stays, although a
  real API would drop it;
* statuses of the same second are microseconds apart, as no two statuses of a case may have the
  same time;
* no suspension has a period: the audit trail has when it began and ended, or only part of that;
* the deadline is a date that was moved by hand, whatever the law says;
* a case type that changed has other addresses for everything that belongs to it;
* statuses and rows of the audit trail from before the export opens are left out, so the end of a
  suspension may be told without its begin.

The audit trail of a real API is per case, at ``/zaken/{uuid}/audittrail``, and so are the
attributes, at ``/zaken/{uuid}/zaakeigenschappen``; here each is one list for all cases, in which
``hoofdObject`` and ``zaak`` name the case.
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

    A page tells the total number of rows, so the rows wait in temporary files in ``folder`` until
    the last is known. The same log gives the same bytes.

    Args:
        parts: the log.
        process: the process of the log.
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
