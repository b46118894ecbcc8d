# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A run as Prefect follows it: its tasks, and what Prefect shows beside them."""
