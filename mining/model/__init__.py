# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How cases go: the model that the log shows, and how far it is the one that was meant."""
