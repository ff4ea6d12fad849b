"""Sites for the tests of the review site, and the browser that shows them (``pytest_plugins``)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.accuracy import SHARED
from tests.browsing import CHROMIUM, PATIENCE, REAL, WIDE, Show, Watch
from tests.conftest import arvenia, record
from tests.quick import InProcess
from tests.sites import hostile, published, read_sample, site_of

LONG_NAME = "Republic of Arvenia and the Northern and Southern Islands (Formerly United Arvenia)"
TERRITORIES = ("Northwestern Borderlands", "Federation of the Southern Islands")
THINGS = ("inspectors", "inspections", "violations", "penalties", "investigations", "prosecutions", "convictions")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium. Without it these tests are skipped on a user's machine, and fail in CI."""
    if CHROMIUM is None:
        reason = "Chromium is not installed, so the review site was not tested in a browser (apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--disable-dev-shm-usage"])
        yield opened
        opened.close()


@pytest.fixture
def shown(browser: Browser) -> Iterator[Show]:
    """Opens a page of a site; at the end of the test it must have said nothing and asked for nothing."""
    opened: list[tuple[BrowserContext, Watch]] = []

    def show(path: Path, anchor: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": WIDE, "color_scheme": "light", **options})
        context.set_default_timeout(PATIENCE)
        watch = Watch()
        opened.append((context, watch))
        page = watch.over(context)
        page.goto(path.as_uri() + anchor)
        page.wait_for_selector("body:not([data-packed])", state="attached")
        return page

    yield show
    for context, watch in opened:
        context.close()
        assert watch.said == []
        assert watch.asked == []
        assert watch.files  # all went through the watch; the browser may keep sheet and script in memory


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the invented PDF."""
    return site_of(read_sample(tmp_path_factory.mktemp("sample")))


@pytest.fixture(scope="session")
def raw_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the invented raw text."""
    return site_of(read_sample(tmp_path_factory.mktemp("raw"), "arvenia-2019.txt"))


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the real chapters."""
    return site_of(read_sample(tmp_path_factory.mktemp("real"), *(str(SHARED / "reports" / name) for name in REAL)))


@pytest.fixture(scope="session")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of made-up chapters of different countries, years, levels and findings; one cites what is not there."""
    note = "Source for all other data: an analysis of statistics from the Harbor Survey, 2016."
    working = [record("statistics", 1, indicator="working", territory="", source=note)]
    counted = [
        record(
            "enforcement", n, domain="labor", metric="inspectors", territory="", year=year, value=value, unit="count"
        )
        for n, (year, value) in enumerate(((2018, 20.0), (2019, 30.0)), 1)
    ]
    chapters = [
        arvenia(
            statistics=working,
            enforcement=counted,
            quality=[record("quality", 1, severity="error", check="url_damaged")],
        ),
        arvenia(statistics=working, report_year=2018),
        arvenia(iso3="XBV", quality=[]),
        arvenia(iso3="XCV", citations=[record("citations", 1), record("citations", 2, number=99, resolved=False)]),
    ]
    levels = ("Moderate Advancement", "Minimal Advancement", "Significant Advancement", "No Advancement")
    for chapter, level, name in zip(chapters, levels, ("Arvenia", "Arvenia", "Bélonia", "Corvia"), strict=True):
        chapter.tables["documents"][0] |= {"assessment": level, "country": name}
    return site_of(published(tmp_path_factory.mktemp("several"), chapters))


@pytest.fixture(scope="session")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of nine chapters of one country with a long name, whose rows belong to parts of it with long names. The
    last chapter has many enforcement rows and a list of changes, and no reference list."""
    chapters = []
    for year in range(2013, 2022):
        counted = [
            record(
                "enforcement",
                n,
                domain="labor",
                metric="inspectors",
                label="Inspectorate Authorized to Assess Penalties",
                territory=territory,
                year=year - 1 + n % 2,
                raw="Unknown" if n % 3 else f"{n}",
                status="unknown" if n % 3 else "reported",
                value=None if n % 3 else float(n),
                unit="count",
            )
            for n, territory in enumerate([name for name in TERRITORIES for _ in range(2)] * 20, 1)
        ]
        actions = [
            record("suggested_actions", n, action=f"Publish the number of {thing} each year.", action_id=f"xav-{n}")
            for n, thing in enumerate(THINGS, 1)
        ]
        last = year == 2021
        more: dict[str, Any] = {"references": []} if last else {}
        change = {**record("changes"), "table": "countries", "change": "chapter_added", "key": "", "rows": 1}
        chapter = arvenia(report_year=year, enforcement=counted, suggested_actions=actions, changes=[change], **more)
        source = f"a/very/long/folder/of/the/{year}/report/{'Northern_and_Southern_' * 3}Arvenia.pdf"
        chapter.tables["documents"][0] |= {"country": LONG_NAME, "source_path": source}
        chapters.append(chapter)
    return site_of(published(tmp_path_factory.mktemp("crowded"), chapters))


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of two chapters full of markup."""
    return site_of(hostile(tmp_path_factory.mktemp("hostile") / "output"))


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Build in this process: starting one for each build takes a second."""
    monkeypatch.setattr("flows.site.Workers", InProcess)
