# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What each command of ``hoeksteen`` does; ``flows.cli`` has their names and options."""
