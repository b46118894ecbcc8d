# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``python -m flows`` is ``hoeksteen``."""

from flows.cli import app

app(prog_name="hoeksteen")
