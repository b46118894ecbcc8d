# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a table or a list of a page has a row of."""

from __future__ import annotations

from typing import Any

PageRow = dict[str, Any]
"""Words and drawings, by the names that the templates use; no code but a template reads it."""
