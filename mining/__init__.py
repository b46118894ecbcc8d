# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where cases wait: every analysis is a pure ``summarise`` and a pure ``conclude``.

One exception: ``mining.model.conformance`` also stops when its time is up, and then says so.
"""
