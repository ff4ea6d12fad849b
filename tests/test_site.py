"""The review site as files: it is whole, each page can be read aloud, and nothing of a source can act in it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

import review.site
import schemas
from flows import publish
from tests.conftest import arvenia_tables
from tests.releasing import publish_whole
from tests.sites import MARKUP, Page, pages, site_of

pytest_plugins = ["tests.site_fixtures"]

POLICY = {"default-src 'none'", "img-src 'self'", "style-src 'self'", "script-src 'self'", "base-uri 'none'"}
TEMPLATES = (
    "a aside b body br button caption code dd del details div dl dt fieldset figcaption figure form h1 h2 h3 head "
    "header html img input ins kbd label legend li link main meta nav noscript ol option output p q script section "
    "select span summary table tbody td th thead title tr ul"
)
TAGS = {*TEMPLATES.split(), "circle", "g", "line", "path", "rect", "svg", "text"}
"""The elements of our own templates and plots."""


@pytest.fixture(params=["sample", "hostile_site"])
def site(request: pytest.FixtureRequest) -> Path:
    """Each of the two."""
    chosen: Path = request.getfixturevalue(request.param)
    return chosen


class TestPages:
    def test_there_is_a_page_for_each_chapter_and_country(self, sample: Path) -> None:
        found = [page.path.relative_to(sample).as_posix() for page in pages(sample)]
        single = re.compile(r"(?!explore/|matrix/[a-z]).+")  # neither of a table nor of an indicator
        assert list(filter(single.match, found)) == [
            "about.html",
            "chapters/xav-2019.html",
            "countries/xav.html",
            "index.html",
            "matrix/2019.html",
            "matrix.html",
            "search.html",
        ]

    def test_each_is_a_document_that_can_be_read_aloud(self, site: Path) -> None:
        for page in pages(site):
            assert page.path.read_text("utf-8").startswith("<!doctype html>\n")
            assert [one.attributes.get("lang") for one in page.all("html")] == ["en"]
            assert len(page.all("h1")) == len(page.all("title")) == len(page.all("main")) == 1
            assert len(page.ids) == len(set(page.ids)), page.path
            assert all(image.attributes.get("alt") for image in page.all("img"))
            assert all(head.attributes.get("scope") for head in page.all("th"))
            assert len(page.all("caption")) == len(page.all("table")) > 0
            assert all(plot.attributes.get("aria-label") for plot in page.all(class_="plot"))

    def test_every_link_leads_somewhere_on_the_disk(self, site: Path) -> None:
        ids = {
            page.path.resolve(): {*page.ids, *(one.attributes.get("name", "") for one in page.elements)}
            for page in pages(site)
        }
        counted = 0
        for page in pages(site):
            for one in page.elements:
                for link in filter(None, (one.attributes.get("href"), one.attributes.get("src"))):
                    parts = urlsplit(link)
                    if parts.scheme:
                        assert (one.tag, parts.scheme) in {("a", "https"), ("a", "http")}
                        assert {"noreferrer", "noopener"} <= set(one.attributes["rel"].split())
                        continue
                    target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path.resolve()
                    assert target.is_file(), f"{page.path}: {link}"
                    assert site.resolve() in target.parents
                    wanted = set(parse_qs(parts.fragment)) or set(filter(None, [unquote(parts.fragment)]))  # filters
                    assert wanted <= ids.get(target, set()), f"{page.path}: {link}"
                    counted += 1
        assert counted > 100

    def test_no_page_lets_anything_from_elsewhere_in(self, site: Path) -> None:
        for page in pages(site):
            [policy] = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
            assert {part.strip() for part in policy.attributes["content"].split(";")} >= POLICY
            for script in page.all("script"):
                assert re.fullmatch(r"(\.\./)?assets/\w+\.js|[a-z]{3}\.js", script.attributes["src"])
                assert script.words == ""
            for asset in (site / "assets").iterdir():
                assert not re.search(rb"@import|url\(|https?://(?!www\.w3\.org/2000/svg)", asset.read_bytes()), asset


def test_the_page_about_the_data_counts_the_release(sample: Path) -> None:
    page = Page(sample / "about.html")
    quality = publish.read_table(sample.parent, "quality")
    [line] = [one.words for one in page.all("tr") if one.words.startswith("info")]
    found = quality[quality["severity"] == "info"]
    counts = [(found["origin"] == origin).sum() for origin in ("reading", "source")]
    assert line.endswith("".join(map(str, ["missing", *counts, found["doc_id"].nunique()])))
    for name in schemas.TABLES:
        rows = len(publish.read_table(sample.parent, name))
        assert any(re.match(rf"{name} ?{rows:,}\D", one.words) for one in page.all("tr")), name


class TestHostile:
    """Names, cells and files full of markup."""

    def test_no_element_and_no_attribute_comes_from_a_source(self, hostile_site: Path) -> None:
        for page in pages(hostile_site):
            assert {one.tag for one in page.elements} <= TAGS
            for one in page.elements:
                assert not [name for name in one.attributes if name.startswith("on") or name in ("style", "srcdoc")]
                assert not one.attributes.get("href", "").lower().lstrip().startswith(("javascript:", "data:"))

    def test_what_stands_there_is_shown_as_text(self, hostile_site: Path) -> None:
        for path in ("index.html", "chapters/xav-2019.html", "chapters/xbv-2019.html", "countries/xav.html"):
            [body] = Page(hostile_site / path).all("body")
            assert MARKUP in body.words, path

    def test_quarantined_rows_stand_under_their_table_with_the_words(self, hostile_site: Path) -> None:
        page = Page(hostile_site / "chapters/xav-2019.html")
        kept = page.all(class_="quarantined")
        assert any(MARKUP in one.words and "greater_than" in one.words for one in kept)

    def test_no_name_reaches_a_path(self, hostile_site: Path) -> None:
        for path in hostile_site.rglob("*"):
            assert re.fullmatch(r"[a-z0-9./-]+", path.relative_to(hostile_site).as_posix()), path

    def test_a_chapter_id_that_is_a_path_is_refused(self, tmp_path: Path) -> None:
        tables = arvenia_tables()
        tables["documents"]["doc_id"] = "../../x-2019"
        publish_whole(tables, {}, tmp_path / "output")
        with pytest.raises(review.CannotBuildSite, match="not a chapter identifier"):
            site_of(tmp_path / "output")
