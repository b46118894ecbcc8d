# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Fixtures: one Chromium for all pages, a way to open a page, and the report of the sample."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import sync_playwright

from reporting.page.pages import write_pages
from tests.unit.reporting import sample

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The folder of the report of the sample."""
    out = tmp_path_factory.mktemp("report")
    write_pages(sample.shown(), out)
    return out


@pytest.fixture
def open_page(browser):
    """Opens a page that can fetch nothing; gives it and the addresses that it asked for."""
    contexts = []

    def open_(path, scheme, width):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page, asked = context.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        return page, asked

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here; on Debian and Ubuntu: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()
