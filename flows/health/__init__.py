# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What ``hoeksteen doctor`` looks at: this machine, its libraries, each config."""
