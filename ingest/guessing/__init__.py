# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Guesses for a new config: the columns of an export, its times, how its cases begin and end."""
