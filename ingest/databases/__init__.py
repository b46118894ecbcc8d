# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads queries of databases: PostgreSQL, and all that have an ODBC driver."""
