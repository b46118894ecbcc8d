# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What Great Expectations has no words for: rows said twice, cases, activities."""
