"""Pages of the review site in a real browser: what they may not do, what axe says of them.

Debian's Chromium is driven by Playwright. Every test fails if the page says anything on the console, raises an error,
opens a dialog or asks for anything that is not on the disk.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from tests.accuracy import SHARED

CHROMIUM = shutil.which("chromium")
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
REAL = {"2018/Ghana.pdf": "gha-2018", "text/peru-2019.txt": "per-2019"}
"""Two real chapters of different years, one of them a raw text."""
Show = Callable[..., Page]
PATIENCE = 30_000
"""Milliseconds for what takes a few, on a machine that does much else."""
expect.set_options(timeout=PATIENCE)
SERIOUS = {"serious", "critical"}

needs_chapters = pytest.mark.skipif(
    not (SHARED / "reports").exists(), reason=f"no real chapters in {SHARED} (FINDINGS_SHARED)"
)


@dataclass
class Watch:
    """What a page did besides showing itself."""

    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    files: int = 0

    def failed(self, request: Request) -> None:
        """Note a file that is not there; what is broken off because the page is left is none."""
        if request.failure != "net::ERR_ABORTED":
            self.said.append(f"failed: {request.url}")

    def over(self, context: BrowserContext) -> Page:
        """A page of the context that is watched, and kept from everything that is not on the disk."""

        def only_the_disk(route: Route) -> None:
            if route.request.url.startswith("file://"):
                self.files += 1
                route.continue_()
            else:
                self.asked.append(route.request.url)
                route.abort()

        context.route("**/*", only_the_disk)
        page = context.new_page()
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("requestfailed", self.failed)

        def dismiss(dialog: Any) -> None:
            self.said.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        page.on("dialog", dismiss)
        return page


def chapter(site: Path, doc_id: str = "xav-2019") -> Path:
    """A chapter's page."""
    return site / "chapters" / f"{doc_id}.html"


def check_with_axe(page: Page) -> None:
    """Axe finds no serious or critical fault. It is not to fetch the style sheet, which the page's policy forbids."""
    result = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})
    assert [one for one in result.response["violations"] if one["impact"] in SERIOUS] == [], result.generate_report()
