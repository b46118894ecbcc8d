# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What several readers refuse a file for, each in one sentence; ``name`` is what errors call it."""

from __future__ import annotations

from contracts.errors import SourceError


def not_whole(name: str, what: str) -> SourceError:
    """The error for a file that is cut short, or that is not ``what`` at all."""
    return SourceError(
        f"{name} is not a whole {what}: it is cut short or damaged.", "Export it again."
    )


def not_whole_xml(name: str) -> SourceError:
    """``not_whole`` for what is no well-formed XML."""
    return not_whole(name, "XML document")


def unreadable(name: str) -> SourceError:
    """The error for a file that turns out half-way not to be readable, nobody knows why."""
    return SourceError(f"{name} cannot be read.", "Export or copy it again.")


def refuse_doctype(name: str) -> None:
    """Ends the reading of an XML document that has one, before anything that it declares."""
    raise SourceError(
        f"{name} declares a DOCTYPE, which may point outside the file; it was not read.",
        "Remove the DOCTYPE; a log needs none.",
    )
