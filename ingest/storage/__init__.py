# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Batches of candidates, and the store that keeps them: in a folder or in object storage."""
