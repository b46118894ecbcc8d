# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Errors of several readers for a file, each one sentence; ``name`` is what errors call it."""

from __future__ import annotations

from contracts.errors import SourceError


def not_whole(name: str, what: str) -> SourceError:
    """The error for a file that is cut short, or that is not ``what`` at all."""
    return SourceError(
        f"{name} is not a whole {what}: it is cut short or damaged.", "Export it again."
    )


def not_whole_xml(name: str) -> SourceError:
    """``not_whole`` for a file that is not well-formed XML."""
    return not_whole(name, "XML document")


def unreadable(name: str) -> SourceError:
    """The error for a file that turns out half-way to be unreadable, for an unknown reason."""
    return SourceError(f"{name} cannot be read.", "Export or copy it again.")


def no_rows(name: str) -> SourceError:
    """The error for a file without rows: a broken export, or one of a day with nothing to tell."""
    return SourceError(
        f"{name} has no rows.",
        "Export it again, with rows; or remove it, if there was nothing to export.",
    )


def refuse_doctype(name: str) -> None:
    """Refuses an XML document with a DOCTYPE, before anything that it declares is used."""
    raise SourceError(
        f"{name} declares a DOCTYPE, which may point outside the file; it was not read.",
        "Remove the DOCTYPE; a log needs none.",
    )
