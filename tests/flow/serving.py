# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Serves the deployments of a watched process, until it is ended."""

from __future__ import annotations

import sys
from pathlib import Path

from prefect import serve

from flows.deploying.deployables import WATCH, deployments_of
from flows.deploying.scheduled import find


def main(config: Path, out: Path) -> None:
    """The sensor rests: the test says when it looks."""
    [scheduled] = find([config], out, None).scheduled
    made = list(deployments_of(scheduled))
    for each in made:
        each.paused = each.flow_name == WATCH
    serve(*made)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
