# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What may be told: no group too small to be shown, nor what the rest would tell of one."""
