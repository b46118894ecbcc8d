# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Walks cases through a process: they arrive, wait, and queue at desks."""
