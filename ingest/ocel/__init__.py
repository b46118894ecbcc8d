# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Object-centric logs (OCEL 2.0) in JSON, XML and SQLite, as logs of cases."""
