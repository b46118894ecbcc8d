# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Synthetic case event logs, from a description of a process and a seed."""
