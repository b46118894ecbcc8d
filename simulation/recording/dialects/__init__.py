# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The dialects in which a synthetic log can be written, as agencies export theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from simulation.description import Process
from simulation.recording.dialects import flat, ocel, xes, zgw
from simulation.recording.log import Part

Writer = Callable[[Iterable[Part], Process, Path], None]
"""Writes a log into an empty folder, part by part."""

DIALECTS: Mapping[str, Writer] = {
    "csv": flat.write_csv,
    "csv-nl": flat.write_csv_nl,
    "csv-excel": flat.write_csv_excel,
    "excel": flat.write_excel,
    "parquet": flat.write_parquet,
    "xes": xes.write,
    "ocel": ocel.write,
    "zgw": zgw.write,
}
