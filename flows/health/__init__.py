# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What ``hoeksteen doctor`` examines: this machine, its libraries, each config."""
