"""The documentation as a site (``mkdocs.yml``): every page is there, no link is dead, nothing comes from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from tests.conftest import ROOT


def built(site: Path, **changes: Any) -> Path:
    """The site in this folder. Raises ``Abort`` for a dead link."""
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(site), strict=True, **changes)
    config.plugins.run_event("startup", command="build", dirty=False)
    build(config)
    return site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("site"))


def test_every_page_is_there_and_its_links_lead_somewhere(site: Path) -> None:
    pages = {page.stem for page in (ROOT / "docs").glob("*.md")} | {"index", "CHANGELOG", "CONTRIBUTING"}
    assert {page.stem for page in site.glob("*.html")} - {"404"} == pages
    menu = (site / "index.html").read_text("utf-8")
    assert [page for page in pages if f'href="{page}.html"' not in menu] == []


def test_a_dead_link_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text("[nowhere](nowhere.md)")
    with pytest.raises(Abort):
        built(tmp_path / "site", docs_dir=str(tmp_path / "docs"), nav=None)


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loaded = [
        address
        for page in site.glob("*.html")
        for address in re.findall(r"<(?:script|link|img)\b[^>]*?(?:src|href)=[\"']([^\"']+)", page.read_text("utf-8"))
    ]
    assert loaded
    assert [address for address in loaded if "//" in address] == []
