# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Dutch case systems through their ZGW APIs: asked, or from recorded answers."""
