# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The report as a workbook, for Excel and as OpenDocument, and the answers written in one."""
