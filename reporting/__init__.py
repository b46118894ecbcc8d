# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Turns findings into pages that a process owner can read in five minutes."""
