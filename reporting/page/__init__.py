# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The sections of a report, laid out as a page and on paper, and the index of all processes."""
