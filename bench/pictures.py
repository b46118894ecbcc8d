# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Takes the pictures in ``docs`` from the report of a synthetic log (``make pictures``)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

TO = Path(__file__).parents[1] / "docs" / "pictures"
WIDTH, HEIGHT = 1100, 900
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Makes a report of a synthetic log, and takes its pictures in both languages."""
    TO.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        command = [sys.executable, "-m", "flows", "demo", "img", "--out", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        [run] = Path(folder).glob("*/latest")
        found = next(filter(None, map(shutil.which, _CHROMIUM)))
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for language in ("nl", "en"):
            page = browser.new_page(
                viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light"
            )
            page.goto((run / f"report.{language}.html").as_uri())
            _take(page, language)
        browser.close()


def _take(page: Page, language: str) -> None:
    page.screenshot(path=TO / f"first.{language}.png")
    page.locator(".map-frame").first.screenshot(path=TO / f"map.{language}.png")
    place = page.locator("section.wait").first
    place.locator("form").evaluate("form => form.remove()")  # so that the rest fits the page
    place.screenshot(path=TO / f"place.{language}.png")


if __name__ == "__main__":
    main()
