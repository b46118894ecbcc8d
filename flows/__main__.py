# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``python -m flows`` is ``hoeksteen``."""

from flows.cli import app

if __name__ == "__main__":  # a worker of an engine that is started from here imports this too
    app(prog_name="hoeksteen")
