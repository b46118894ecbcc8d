# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""From the events of cases to their journeys: what each event waited for, and whose turn it was."""
