# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The terms and table shapes that the rooms promise each other; imports none of our rooms."""
