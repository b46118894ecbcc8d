# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Cases that go through a process: they arrive, wait, and queue at desks."""
