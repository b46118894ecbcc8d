# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A row of a table or a list in a page."""

from __future__ import annotations

from typing import Any

PageRow = dict[str, Any]
"""Words and drawings, by the names that the templates use; only templates read it."""
