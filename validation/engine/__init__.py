# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A Great Expectations execution engine for polars, which computes on plans, not loaded data."""
