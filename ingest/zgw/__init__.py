# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Dutch case systems by their ZGW APIs, asked or as they were recorded."""
