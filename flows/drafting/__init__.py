# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The config that ``hoeksteen init`` writes: each guess with its evidence beside it."""
