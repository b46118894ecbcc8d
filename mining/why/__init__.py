# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The places where most is waited, and why: each cause with what the log shows of it."""
