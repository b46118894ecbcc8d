# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What may not be kept about a person: found, left out, or replaced by pseudonyms."""
