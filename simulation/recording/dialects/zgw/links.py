# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How the APIs write what an object is, and where it is."""

from __future__ import annotations

import hashlib
from typing import Any

Record = dict[str, Any]
"""An object as an API gives it."""

_HOST = "https://zaaksysteem.example"
_LETTERS = "abcdef"


def address(resource: str) -> str:
    """The address of a list; ``catalogi/…`` is of the Catalogi API, others are of Zaken."""
    api, _, name = resource.rpartition("/")
    return f"{_HOST}/{api or 'zaken'}/api/v1/{name}"


def link(resource: str, *names: object) -> str:
    """The address of the object of a resource that some names identify."""
    return f"{address(resource)}/{uuid(resource, *names)}"


def identity(url: str) -> Record:
    """The identity of an object: its address, and the UUID at the end of that."""
    return {"url": url, "uuid": url.rpartition("/")[2]}


def uuid(*names: object) -> str:
    """A UUID that depends only on some names, and holds no number of eight or nine digits.

    One in eleven of such numbers looks like a citizen service number. So the first of its first
    eight characters is a letter, and so is the middle of its last twelve.
    """
    text = "|".join(str(name) for name in names)
    a = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    first, middle = (_LETTERS[int(a[place], 16) % len(_LETTERS)] for place in (0, 26))
    # the 4 and the a mark a random UUID, as case systems make them
    return f"{first}{a[1:8]}-{a[8:12]}-4{a[13:16]}-a{a[17:20]}-{a[20:26]}{middle}{a[27:]}"
