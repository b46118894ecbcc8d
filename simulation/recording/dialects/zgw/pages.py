# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of a list of an API, each in a file."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import IO

from simulation.recording.dialects.zgw.links import address

PAGE_SIZE = 500
"""The most records that the APIs give at once."""


def write_pages(spool: IO[bytes], resource: str, folder: Path) -> None:
    """Writes ``<resource>/page-00001.json`` and so on into ``folder``; one empty page if no rows.

    Args:
        spool: the rows, each a JSON object on a line.
        resource: what they are, such as ``zaken`` or ``catalogi/zaaktypen``.
        folder: where the folder of the resource goes.
    """
    into = folder / resource
    into.mkdir(parents=True)
    spool.seek(0)
    count = sum(1 for _ in spool)
    last = max(1, -(-count // PAGE_SIZE))
    spool.seek(0)
    for number in range(1, last + 1):
        about = {
            "count": count,
            "next": _page(resource, number + 1) if number < last else None,
            "previous": _page(resource, number - 1) if number > 1 else None,
        }
        opening = json.dumps(about).removesuffix("}")
        rows = b",\n".join(line.rstrip(b"\n") for line in islice(spool, PAGE_SIZE))
        page = f'{opening}, "results": [\n'.encode() + rows + b"\n]}\n"
        (into / f"page-{number:05}.json").write_bytes(page)


def _page(resource: str, number: int) -> str:
    return f"{address(resource)}?page={number}&pageSize={PAGE_SIZE}"
