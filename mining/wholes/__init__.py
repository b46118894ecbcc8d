# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whole cases: how long they take, how they end, and what the log has of them."""
