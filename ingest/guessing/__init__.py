# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Guesses for a new config: the columns and times of an export, and how its cases begin and end."""
