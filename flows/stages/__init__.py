# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What each stage of a run does, from its sources to its reports, without Prefect."""
