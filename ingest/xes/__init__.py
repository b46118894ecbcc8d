# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""XES, the standard of event logs (IEEE 1849)."""
