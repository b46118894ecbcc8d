# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a query of a database gives: of PostgreSQL, and of all that have a driver of ODBC."""
