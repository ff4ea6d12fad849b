"""Building the review site: what is kept, what a missing source or a dying process costs, the commands."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import pytest
from typer.testing import CliRunner

import review.site
import schemas
from extractors.model import Extraction
from flows import artifacts, publish
from flows.cli import app
from flows.request import Request
from flows.run import Steps, run
from flows.site import build as build_site
from flows.workers import NeededTooMuchMemory, TookTooLong, WorkerDied
from review.work import render_chapter
from tests.conftest import ROOT, arvenia, arvenia_tables, record, small_arvenia
from tests.quick import InProcess, files, quick, read_words
from tests.releasing import publish_whole
from tests.sites import MARKUP, Page, pages, published, site_of

pytest_plugins = ["tests.site_fixtures"]


def stamps(site: Path) -> dict[str, int]:
    """When each file was written."""
    return {file.relative_to(site).as_posix(): file.stat().st_mtime_ns for file in site.rglob("*.*") if file.is_file()}


def with_source(folder: Path, data: bytes, other: bytes = b"", kind: str = "pdf") -> tuple[Path, Path]:
    """An output whose only chapter is from these bytes, and the folder in which a file of its name lies."""
    tables = arvenia_tables()
    sha256 = hashlib.sha256(data).hexdigest()
    tables["documents"] = tables["documents"].assign(source_sha256=sha256, source_path="a/b.pdf", source_format=kind)
    moved = folder / "moved"
    (moved / "a").mkdir(parents=True)
    (moved / "a/b.pdf").write_bytes(data + other)
    publish_whole(tables, {}, folder / "output")
    return folder / "output", moved


ONE_LINE = b"one line"


@cache
def three_chapters(status: str = "Yes") -> dict[str, pd.DataFrame]:
    """The tables of three chapters, all from one text; ``status`` is that of a standard in the first."""
    rows = [record("legal_standards", 1, status=status), record("legal_standards", 2)]
    chapters = [arvenia(legal_standards=rows), arvenia(report_year=2018), arvenia(iso3="XBV")]
    for chapter in chapters:
        sha256 = hashlib.sha256(ONE_LINE).hexdigest()
        chapter.tables["documents"][0] |= {"source_sha256": sha256, "source_format": "text"}
    return schemas.validate(chapters).tables


@pytest.mark.usefixtures("in_process")
class TestKept:
    def published(self, folder: Path, tables: dict[str, pd.DataFrame]) -> Path:
        """An output whose text is there: so nothing is missing on the pages of its chapters."""
        source = folder / "a.txt"
        source.write_bytes(ONE_LINE)
        inputs = [{"path": str(source), "sha256": hashlib.sha256(ONE_LINE).hexdigest()}]
        publish_whole(tables, {"inputs": inputs}, folder / "output")
        return folder / "output"

    def test_what_did_not_change_is_not_built_again(self, tmp_path: Path) -> None:
        output = self.published(tmp_path, three_chapters())
        assert build_site(output, workers=1).built == 6
        before = stamps(output / "site")
        again = build_site(output, workers=1)
        assert (again.built, again.kept) == (0, 6)
        assert {name for name, at in stamps(output / "site").items() if before[name] != at} == {"site.json"}

    def test_a_changed_row_changes_the_pages_that_show_it(self, tmp_path: Path) -> None:
        output = self.published(tmp_path, three_chapters())
        before = stamps(site_of(output))
        self.published(tmp_path, three_chapters("No"))
        report = build_site(output, workers=1)
        after = stamps(output / "site")
        assert {name for name in after if after[name] != before.get(name)} == {
            "chapters/xav-2019.html",
            "chapters/xav.js",
            "countries/xav.html",
            "explore/legal-standards/2019.js",
            "site.json",
        }
        assert report.kept == 4

    def test_a_page_that_was_deleted_comes_back(self, tmp_path: Path) -> None:
        output = self.published(tmp_path, three_chapters())
        site = site_of(output)
        (site / "chapters/xbv-2019.html").unlink()
        (site / "assets/review.css").write_text("body { color: red }")
        assert build_site(output, workers=1).built == 1
        assert (site / "chapters/xbv-2019.html").exists()
        assert (site / "assets/review.css").read_bytes() == (ROOT / "review/assets/review.css").read_bytes()

    def test_pages_of_chapters_that_are_gone_are_removed(self, tmp_path: Path) -> None:
        output = self.published(tmp_path, three_chapters())
        site = site_of(output)
        explored = [page.name for page in sorted((site / "explore").glob("*.html"))]
        assert (site / "explore/agencies/2018.js").exists()
        published(output, [arvenia()])
        site_of(output)
        assert not (site / "explore/agencies/2018.js").exists()
        after = ["index.html", "2019.html", "matrix.html", "search.html"]
        names = ["about.html", "xav-2019.html", "xav.html", *explored, *after]
        left = [page.path for page in pages(site)]
        assert [path.name for path in left if path.parent.name != "matrix" or path.stem == "2019"] == names

    def test_pictures_of_a_file_that_is_gone_are_removed(self, tmp_path: Path) -> None:
        output, moved = with_source(tmp_path, (ROOT / "raw/arvenia-2019.pdf").read_bytes())
        site = site_of(output, sources=[moved])
        assert list((site / "pages").rglob("*.png"))
        published(output)
        site_of(output)
        assert list((site / "pages").rglob("*.png")) == []

    def test_other_code_builds_every_page_again(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        output = self.published(tmp_path, three_chapters())
        site_of(output)
        monkeypatch.setattr("review.site.code_version", lambda: "another")
        assert not review.is_current(output, output / "site")
        assert build_site(output, workers=1).built == 6

    def test_another_meaning_of_a_code_builds_every_page_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        output = self.published(tmp_path, three_chapters())
        site_of(output)
        words = review.site._meanings()
        words["sectors"]["sector"] |= dict.fromkeys(words["sectors"]["sector"], "new words")
        monkeypatch.setattr("review.site._meanings", lambda: words)
        assert build_site(output, workers=1).built == 6
        for path in ("chapters/xav-2019.html", "countries/xav.html"):
            [body] = Page(output / "site" / path).all("body")
            assert "New words" in body.words

    def test_same_input_same_bytes(self, sample: Path, tmp_path: Path) -> None:
        other = site_of(sample.parent, site=tmp_path / "other")
        for file in sample.rglob("*.*"):
            assert (other / file.relative_to(sample)).read_bytes() == file.read_bytes(), file


@pytest.mark.usefixtures("in_process")
class TestSource:
    def test_a_source_that_is_gone_is_said_and_the_tables_are_there(self, tmp_path: Path) -> None:
        output = published(tmp_path / "output")
        report = build_site(output, workers=1)
        assert report.faults == ["xav-2019: " + report.without_picture["xav-2019"]]
        page = Page(output / "site/chapters/xav-2019.html")
        assert "is not where the run found it" in page.all(class_="missing")[0].words
        assert {"legal_standards-2", "legal_standards-1"} <= set(page.ids)

    def test_a_source_with_other_bytes_is_not_shown(self, tmp_path: Path) -> None:
        output, moved = with_source(tmp_path, (ROOT / "raw/arvenia-2019.pdf").read_bytes(), other=b"% changed")
        assert "it has changed since" in build_site(output, workers=1, sources=[moved]).faults[0]

    def test_a_source_that_was_moved_is_found_again(self, tmp_path: Path) -> None:
        output, moved = with_source(tmp_path, (ROOT / "raw/arvenia-2019.pdf").read_bytes())
        assert build_site(output, workers=1).faults
        assert build_site(output, workers=1, sources=[moved]).faults == []
        assert list((output / "site/pages").rglob("*.png"))

    def test_a_source_whose_bytes_are_restored_is_shown_again(self, tmp_path: Path) -> None:
        data = (ROOT / "raw/arvenia-2019.pdf").read_bytes()
        output, moved = with_source(tmp_path, data, other=b"% changed")
        assert build_site(output, workers=1, sources=[moved]).faults
        (moved / "a/b.pdf").write_bytes(data)
        report = build_site(output, workers=1, sources=[moved])
        assert (report.faults, report.built, report.kept) == ([], 1, 2)
        assert Page(output / "site/chapters/xav-2019.html").all(class_="missing") == []

    def test_a_text_that_is_gone_after_its_page_was_made_takes_nothing_from_it(self, tmp_path: Path) -> None:
        output, moved = with_source(tmp_path, b"one line", kind="text")
        assert build_site(output, workers=1, sources=[moved]).faults == []
        (moved / "a/b.pdf").unlink()
        again = build_site(output, workers=1, sources=[moved])
        assert (again.faults, again.kept) == ([], 3)

    def test_a_site_without_pictures_lacks_nothing_else(self, tmp_path: Path) -> None:
        output, moved = with_source(tmp_path, (ROOT / "raw/arvenia-2019.pdf").read_bytes())
        build_site(output, workers=1, sources=[moved])
        report = build_site(output, workers=1, sources=[moved], with_pictures=False)
        assert (report.faults, report.built) == ([], 3)
        assert list((output / "site").rglob("*.png")) == []
        page = Page(output / "site/chapters/xav-2019.html")
        assert "without pictures" in page.all(class_="missing")[0].words
        assert review.is_current(output, output / "site", with_pictures=False)
        assert not review.is_current(output, output / "site")

    def test_a_file_that_cannot_be_drawn_costs_its_pictures_only(self, tmp_path: Path) -> None:
        output, moved = with_source(tmp_path, b"%PDF-1.7\nno such thing")
        assert build_site(output, workers=1, sources=[moved]).faults == [
            "xav-2019: The pages of the source file could not be drawn."
        ]


def test_a_process_that_dies_costs_its_pictures_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying(InProcess):
        def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
            if arguments[0].candidates:
                raise WorkerDied("signal SIGSEGV")
            return super().run(function, *arguments)

    monkeypatch.setattr("flows.site.Workers", Dying)
    output, moved = with_source(tmp_path, (ROOT / "raw/arvenia-2019.pdf").read_bytes())
    report = build_site(output, workers=1, sources=[moved])
    assert report.faults == [
        "xav-2019: The pages of the source file could not be drawn: the attempt ended its process."
    ]
    assert (output / "site/chapters/xav-2019.html").exists()
    monkeypatch.setattr("flows.site.Workers", InProcess)  # it was one moment's want of memory
    assert build_site(output, workers=1, sources=[moved]).faults == []


def in_files_of_their_own(*chapters: Extraction) -> list[Extraction]:
    """The chapters, each from another file."""
    for chapter in chapters:
        chapter.tables["documents"][0]["source_sha256"] = hashlib.sha256(chapter.doc_id.encode()).hexdigest()
    return list(chapters)


@pytest.mark.parametrize("error", [WorkerDied, TookTooLong, NeededTooMuchMemory])
def test_a_file_that_ends_every_process_costs_its_chapters_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    class Ending(InProcess):
        def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
            if arguments[0].chapters[0]["doc_id"] == "xbv-2019":
                raise error("no answer")
            return super().run(function, *arguments)

    monkeypatch.setattr("flows.site.Workers", Ending)
    output = published(tmp_path / "output", in_files_of_their_own(small_arvenia(), small_arvenia(iso3="XBV")))
    ended = CliRunner().invoke(app, ["site", "--output", str(output)])
    assert ended.exit_code == 1, ended.output
    assert re.search("^SITE xbv-2019: not built: .*, without pictures too$", ended.stdout, re.MULTILINE)
    assert (output / "site/chapters/xav-2019.html").exists()
    assert (output / "site/index.html").exists()


@pytest.mark.usefixtures("in_process")
def test_links_to_a_chapter_that_could_not_be_built_lead_to_a_page_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rendered(view: Any, *more: Any) -> tuple[bytes, bytes]:
        if view.document["doc_id"] == "xav-2018":
            raise ZeroDivisionError(MARKUP)
        return render_chapter(view, *more)

    output = published(tmp_path / "output", [arvenia(), arvenia(report_year=2018)])
    with monkeypatch.context() as patch:
        patch.setattr("review.work.render_chapter", rendered)
        report = build_site(output, workers=1)
    assert f"xav-2018: not built: ZeroDivisionError: {MARKUP}" in report.faults
    linking = set()
    for page in pages(output / "site"):
        for one in page.all("a"):
            link = urlsplit(one.attributes["href"])
            path = "" if link.scheme else link.path
            assert not path or (page.path.parent / path).is_file(), f"{page.path}: {path}"
            if path.endswith("xav-2018.html") and page.path.parent.name != "matrix":
                linking.add(page.path.name)
    assert linking == {"index.html", "xav.html", "xav-2019.html"}
    failed = Page(output / "site/chapters/xav-2018.html")
    assert f"ZeroDivisionError: {MARKUP}" in failed.all(class_="missing")[0].words
    assert not review.is_current(output, output / "site")
    site_of(output)
    assert "legal_standards-1" in Page(failed.path).ids


def test_an_interrupted_build_begins_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    class Busy(InProcess):
        """The first call is answered, any other would take long, and closing the pool ends it, as it does outside."""

        closed = threading.Event()

        def __exit__(self, *_: object) -> None:
            self.closed.set()

        def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
            if not self.closed.is_set():
                begun.append(arguments[0].sha256)
                if len(begun) == 1:
                    return super().run(function, *arguments)
                self.closed.wait(3)
            raise WorkerDied("the run has ended")

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flows.site.Workers", Busy)
    monkeypatch.setattr("review.site._Build.add", interrupted)
    chapters = in_files_of_their_own(*(small_arvenia(report_year=year) for year in range(2013, 2019)))
    output = published(tmp_path / "output", chapters)
    with pytest.raises(KeyboardInterrupt):
        build_site(output, workers=1)
    assert len(begun) <= 2
    assert Busy.closed.is_set()


@pytest.mark.usefixtures("in_process")
class TestFolder:
    def test_a_folder_with_something_else_is_left_alone(self, tmp_path: Path) -> None:
        output = published(tmp_path / "output")
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine/letter.txt").write_text("dear")
        with pytest.raises(review.CannotBuildSite, match="not a review site"):
            site_of(output, site=tmp_path / "mine")
        assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]

    def test_a_build_that_was_killed_is_taken_up(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        output = published(tmp_path / "output")
        with monkeypatch.context() as patch:
            patch.setattr("review.site._Build.start", lambda _: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                site_of(output)
        assert not review.is_current(output, output / "site")
        assert (site_of(output) / "index.html").exists()

    def test_two_builds_at_once_do_not_mix(self, tmp_path: Path) -> None:
        output = published(tmp_path / "output")
        with publish.sole_writer(output / "site"), pytest.raises(publish.OutputInUse):
            site_of(output)


class TestCommand:
    def test_it_says_where_the_site_is(self, sample: Path) -> None:
        ended = CliRunner().invoke(app, ["site", "--output", str(sample.parent), "--workers", "1"])
        assert ended.exit_code == 0, ended.output
        assert f"{sample}/index.html: chapters: 1, countries: 1; pages: 0 built, 3 kept" in ended.stdout

    def test_it_ends_with_1_and_says_what_is_missing(self, tmp_path: Path) -> None:
        output = published(tmp_path / "output")
        elsewhere = tmp_path / "elsewhere"
        ended = CliRunner().invoke(app, ["site", "--output", str(output), "--site", str(elsewhere)])
        assert ended.exit_code == 1
        assert "SITE xav-2019: The source file is not where" in ended.stdout
        assert (elsewhere / "index.html").exists()

    @pytest.mark.parametrize("broken", ["nothing", "foreign"])
    def test_it_ends_with_2_if_there_is_nothing_to_show_or_no_place(self, tmp_path: Path, broken: str) -> None:
        output = tmp_path / "output"
        if broken == "foreign":
            published(output)
            (output / "site").mkdir()
            (output / "site/letter.txt").touch()
        ended = CliRunner().invoke(app, ["site", "--output", str(output)])
        assert ended.exit_code == 2
        assert ("no run is published" if broken == "nothing" else "choose another folder") in ended.output


@pytest.mark.usefixtures("in_process")
class TestRun:
    @pytest.fixture(autouse=True)
    def reader(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Files of a word that stand for chapters: their PDFs cannot be drawn, their texts are shown."""
        return read_words(monkeypatch)

    def test_it_builds_the_site_at_the_end(self, tmp_path: Path) -> None:
        chapters = files(tmp_path / "in", a_txt="XAV", b_txt="XBV")
        report = quick(chapters, tmp_path / "out", site=True)
        assert report.exit_code == 0
        assert report.site == str(tmp_path / "out/site/index.html")
        assert Path(report.site).exists()
        assert report.stages["site"] > 0
        assert json.loads((tmp_path / "out/runs.jsonl").read_text().splitlines()[-1])["site_faults"] == 0

    def test_without_the_option_there_is_none(self, tmp_path: Path) -> None:
        report = quick(files(tmp_path / "in", a_txt="XAV"), tmp_path / "out")
        assert report.site == ""
        assert not (tmp_path / "out/site").exists()

    def test_it_is_built_only_if_it_is_not_current(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        built: list[Path] = []
        build = build_site

        def counted(output: Path, **more: Any) -> review.SiteReport:
            built.append(output)
            return build(output, **more)

        monkeypatch.setattr("flows.site.build", counted)
        chapters = files(tmp_path / "in", a_txt="XAV")
        quick(chapters, tmp_path / "out", site=True)
        assert len(built) == 1
        report = quick(chapters, tmp_path / "out", site=True)
        assert report.unchanged
        assert report.site
        assert len(built) == 1
        files(chapters, a_txt="XAV+")
        quick(chapters, tmp_path / "out")
        assert not review.is_current(tmp_path / "out", tmp_path / "out/site")

    def test_a_site_that_cannot_be_built_leaves_the_verdict(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: Any, **__: Any) -> Any:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("flows.site.build", full)
        good = quick(files(tmp_path / "in", a_txt="XAV"), tmp_path / "out", site=True)
        assert good.published
        assert good.ok
        assert good.exit_code == 1
        assert "No space left on device" in good.site_faults[0]
        files(tmp_path / "in", a_txt="XAV", b_txt="crash")
        bad = quick(tmp_path / "in", tmp_path / "out", site=True)
        assert bad.exit_code == 1
        assert [failure.source_path for failure in bad.failures] == ["b.txt"]

    def test_a_run_that_publishes_nothing_builds_nothing(self, tmp_path: Path) -> None:
        report = quick(files(tmp_path / "in", a_txt="unreadable"), tmp_path / "out", site=True)
        assert (report.exit_code, report.site, report.site_faults) == (1, "", [])

    def test_a_stopped_run_keeps_its_code(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        chapters = files(tmp_path / "in", a_txt="XAV+", b_txt="XBV+")
        quick(chapters, tmp_path / "out", site=True)
        files(chapters, a_txt="XAV", b_txt="XBV")
        report = quick(chapters, tmp_path / "out", site=True)
        assert report.exit_code == 3
        assert review.is_current(tmp_path / "out", tmp_path / "out/site")

    def test_the_command_says_what_is_missing(self, tmp_path: Path) -> None:
        chapters = files(tmp_path / "in", a_pdf="XAV")  # a word is no PDF
        ended = CliRunner().invoke(app, ["run", str(chapters), "--output", str(tmp_path / "out"), "--site"])
        assert ended.exit_code == 1
        assert "SITE xav-2019: The pages of the source file could not be drawn." in ended.stdout
        assert f"Review site: {tmp_path}/out/site/index.html" in ended.stdout.replace("\n", "")

    def test_the_page_of_a_run_links_to_it(self, tmp_path: Path) -> None:
        output = tmp_path / "out (new)"
        report = run(
            Request(paths=(files(tmp_path / "in", a_pdf="XAV"),), output=output, workers=1, site=True), Steps()
        )
        said = artifacts.summary(report, output)
        assert f"]({(output / 'site/index.html').as_uri()})" in said
        assert "could not be drawn" in said
