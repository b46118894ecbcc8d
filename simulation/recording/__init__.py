# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What case systems record of cases, with their faults, in the forms in which they export it."""
