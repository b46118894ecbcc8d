# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What Great Expectations has no words for: event logs, their cases, activities and rhythm."""
