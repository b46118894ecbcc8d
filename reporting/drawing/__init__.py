# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The drawings of a report: charts, the map of the route, the picture of a model."""
