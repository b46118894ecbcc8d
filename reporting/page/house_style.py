# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The house style of an organisation as CSS, which comes after ours and overrules it."""

from __future__ import annotations

from contracts.house_style import HouseStyle, Scheme

VARIABLES = {
    "paper": ("paper", "on-number"),
    "soft": ("soft", "step"),
    "ink": ("ink",),
    "muted": ("muted",),
    "accent": ("link",),
    "frame": ("frame",),
    "line": ("rule",),
    "short": ("t0", "t0-text"),
    "middle": ("t1", "t1-text"),
    "long": ("t2", "t2-text", "number"),
}
"""The variables of ``style.css`` for each token of a scheme."""

_GENERIC = ("serif", "sans-serif", "monospace", "system-ui")


def css(style: HouseStyle) -> str:
    """CSS that overrules ``style.css``; colours and font names were checked when they were read."""
    rules = [
        f"@media (prefers-color-scheme: {name}) {{ :root {{ {_declared(scheme)} }} }}\n"
        for name, scheme in (("light", style.light), ("dark", style.dark))
        if scheme
    ]
    if style.font:
        names = ", ".join(name if name in _GENERIC else f'"{name}"' for name in style.font)
        rules.append(f"body {{ font-family: {names}, sans-serif; }}\n")
    return "".join(rules)


def _declared(scheme: Scheme) -> str:
    return " ".join(
        f"--{variable}: {getattr(scheme, token)};"
        for token, variables in VARIABLES.items()
        for variable in variables
    )
