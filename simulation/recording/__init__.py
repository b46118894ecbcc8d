# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What case systems keep of that, with the faults they have, in the forms they export."""
