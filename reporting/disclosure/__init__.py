# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What may be told: no group too small to show, and nothing that would reveal one."""
