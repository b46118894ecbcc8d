# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The clocks of a whole case, and the terms of the law: met or not, until when, how sure."""
