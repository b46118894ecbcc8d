# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What no linter sees: headers, docs that keep up with the code, a lock that names no host."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from contracts.settings import Settings
from flows.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [Path("README.md"), *sorted(p.relative_to(ROOT) for p in ROOT.glob("docs/**/*.md"))]
WITH_HEADER = {".py", ".yaml", ".yml", ".toml", ".md", ".html", ".css", ".po"}


def tracked() -> list[Path]:
    try:
        listed = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout.split("\n")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is not a git checkout")
    return [ROOT / name for name in listed if name]


def test_every_text_of_ours_names_its_licence() -> None:
    without = [
        path.relative_to(ROOT)
        for path in tracked()
        if path.suffix in WITH_HEADER
        and path.exists()
        and "SPDX-License-Identifier: EUPL-1.2" not in path.read_text("utf-8")[:300]
    ]

    assert without == []


def test_the_schema_for_editors_is_current() -> None:
    kept = json.loads((ROOT / "configs" / "config.schema.json").read_text("utf-8"))

    assert kept == Settings.model_json_schema(by_alias=True)


def _anchors(page: Path) -> set[str]:
    """What can be linked to in a page: its headings, as Git hosts name them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(
        r"\]\((?!https?://)([^)#]*)(?:#([^)]*))?\)", (ROOT / page).read_text("utf-8")
    )
    found = [((ROOT / page).parent / path if path else ROOT / page, to) for path, to in links]

    assert [path for path, _ in found if not path.exists()] == []
    assert [to for path, to in found if to and to not in _anchors(path)] == []


def test_the_readme_uses_commands_that_exist() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    used = set(re.findall(r"hoeksteen (\w+) \w+\.yaml|`hoeksteen (\w+)`", text))

    assert used
    assert {a or b for a, b in used} <= app.commands.keys()
    targets = re.findall(r"^make (\w+)", text, flags=re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert [target for target in targets if f"\n{target}:" not in makefile] == []


@pytest.mark.parametrize("lock", ["dev.txt", "pip.txt"])
def test_the_lock_is_hashed_and_names_no_host(lock: str) -> None:
    lines = (ROOT / "requirements" / lock).read_text("utf-8").splitlines()
    pinned = [number for number, line in enumerate(lines) if re.match(r"^[a-z0-9]", line)]

    assert pinned
    assert all("==" in lines[number] for number in pinned)
    assert all("--hash=sha256:" in lines[number + 1] for number in pinned)
    assert not [line for line in lines if "://" in line or "index" in line.split("==")[0]]
