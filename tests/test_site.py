"""The review site as files: what is built and kept, that it is whole, that nothing of a source can act in it."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

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
from review.chapter import position
from review.explore import LEFT_OUT
from review.search import SEARCHED, folded
from review.work import render_chapter
from tests.conftest import ROOT, arvenia, arvenia_tables, record, small_arvenia
from tests.quick import InProcess, files, quick, read_words
from tests.sites import MARKUP, Page, hostile, pages, published, read_sample, site_of, unpacked, whole

POLICY = {"default-src 'none'", "img-src 'self'", "style-src 'self'", "script-src 'self'", "base-uri 'none'"}
TEMPLATES = (
    "a aside b body br button caption code dd del details div dl dt fieldset figcaption figure form h1 h2 h3 head "
    "header html img input ins kbd label legend li link main meta nav noscript ol option output p q script section "
    "select span summary table tbody td th thead title tr ul"
)
TAGS = {*TEMPLATES.split(), "circle", "g", "line", "path", "rect", "svg", "text"}
"""The elements of our own templates and plots."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the invented PDF."""
    return site_of(read_sample(tmp_path_factory.mktemp("sample")))


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of two chapters full of markup."""
    return site_of(hostile(tmp_path_factory.mktemp("hostile") / "output"))


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Build in this process: starting one for each build takes a second."""
    monkeypatch.setattr("flows.site.Workers", InProcess)


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

    def test_explore_has_each_row_of_each_table_that_has_a_page(self, sample: Path) -> None:
        described = json.loads((sample.parent / "tables/../datapackage.json").resolve().read_text("utf-8"))
        names = {one["name"] for one in described["resources"]} - set(LEFT_OUT)
        assert {page.stem.replace("-", "_") for page in (sample / "explore").glob("*.html")} == names
        for name in names:
            published = publish.read_table(sample.parent, name)
            scripts = sorted((sample / "explore" / name.replace("_", "-")).glob("*.js"))
            calls = [
                re.fullmatch(r'findingsRows\("(\d+)",(\d+),"(.*)"\);\n', file.read_text("utf-8")) for file in scripts
            ]
            assert sum(int(call[2]) for call in calls if call) == len(published), name
            for call in filter(None, calls):
                columns = json.loads(unpacked(call[3]))
                rows = published[published["report_year"] == int(call[1])]
                for column, packed in columns.items():
                    if isinstance(packed, dict):
                        packed = [packed["d"][n] for n in packed.get("i", [0] * len(rows))]
                    wanted = rows[column].astype(object).where(rows[column].notna(), None)
                    assert packed == wanted.to_list(), (name, column)

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

    def test_every_row_stands_on_its_page_with_its_place(self, sample: Path) -> None:
        page = Page(sample / "chapters/xav-2019.html")
        ids = set(page.ids)
        output = sample.parent
        counted = 0
        for name in (
            "statistics",
            "legal_standards",
            "enforcement",
            "agencies",
            "paragraphs",
            "references",
            "footnotes",
        ):
            for row in publish.read_table(output, name)["row"]:
                assert f"{name}-{row}" in ids
                counted += 1
        assert counted > 60
        places = {place for one in page.elements for place in one.attributes.get("data-at", "").split()}
        for cell in publish.read_table(output, "provenance").itertuples():
            if cell.table not in ("documents", "citations"):
                assert position({"page": cell.page, "bbox": cell.bbox}) in places, cell

    def test_a_citation_stands_behind_its_sentence(self, sample: Path) -> None:
        text = whole((sample / "chapters/xav-2019.html").read_text("utf-8"), sample / "chapters")
        cited = publish.read_table(sample.parent, "citations")
        found = 0
        for row in cited[cited["column"].isin(["text", "role"]) & cited["end"].notna()].itertuples():
            shown = re.search(rf'id="{row.table}-{row.row}"(.*?)(</tr>|</p>)', text, re.DOTALL)
            plain = ""
            cites: dict[str, list[str]] = {}
            for part in re.split("(<[^>]*>)", shown[1] if shown else ""):
                if 'class="cite' in part:
                    cites.setdefault(re.sub(r'.*href="#references-(\d+)".*', r"\1", part), []).append(plain)
                elif not part.startswith("<"):
                    plain += unescape(part)
            assert any(before.endswith(str(row.sentence)) for before in cites.get(str(row.number), [])), row
            found += 1
        assert found > 20

    def test_years_stand_side_by_side(self, sample: Path) -> None:
        page = Page(sample / "chapters/xav-2019.html")
        enforcement = publish.read_table(sample.parent, "enforcement")
        lines = {one.words.replace(" ", "") for one in page.all("tr")}
        assert "Labelasprinted" + "".join(map(str, sorted(set(enforcement["year"])))) in lines
        for _, rows in enforcement[enforcement["note"] == ""].groupby(["domain", "label"]):
            printed = "".join(f"Row {row.row} {row.raw}" for row in rows.itertuples())
            assert len(rows) < 2 or f"{rows['label'].iloc[0]}{printed}".replace(" ", "") in lines

    def test_only_pages_that_hold_rows_have_a_picture(self, sample: Path) -> None:
        provenance = publish.read_table(sample.parent, "provenance")
        references = publish.read_table(sample.parent, "references")
        drawn = {int(file.stem) for file in (sample / "pages").rglob("*.png")}
        assert drawn == set(provenance["page"].dropna()) | set(references["page"].dropna())


def test_every_value_of_the_matrix_is_that_of_its_row(sample: Path) -> None:
    page = Page(sample / "matrix.html")
    links = {one.attributes["href"]: one.words for one in page.all("a") if "#" in one.attributes["href"]}
    conventions = publish.read_table(sample.parent, "conventions")
    standards = publish.read_table(sample.parent, "legal_standards")
    enforcement = publish.read_table(sample.parent, "enforcement")
    for row, status in conventions[["row", "status"]].to_numpy().tolist():
        assert links[f"chapters/xav-2019.html#conventions-{row}"] == status.replace("_", " ")
    whole = standards[standards["territory"] == ""]
    for row, status, age in zip(whole["row"], whole["status"], whole["age"].fillna(0), strict=True):
        assert links[f"chapters/xav-2019.html#legal_standards-{row}"].startswith(f"{status} {age:g}" if age else status)
    [inspectors] = enforcement[(enforcement["metric"] == "inspectors") & (enforcement["year"] == 2019)].to_dict(
        "records"
    )
    assert links[f"chapters/xav-2019.html#enforcement-{inspectors['row']}"] == f"{inspectors['value']:,.0f}"


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


def test_every_name_and_every_word_can_be_searched(sample: Path) -> None:
    [names] = re.findall(r'findingsNames\("(.*)"\);', (sample / "search/names.js").read_text("utf-8"))
    names = unpacked(names)
    registry = publish.read_table(sample.parent, "entity_registry")
    assert [name[5] for name in json.loads(names)] == registry["entity_id"].to_list()
    entities = publish.read_table(sample.parent, "entities")
    assert {name[5]: name[6] for name in json.loads(names)} == {key: [2019] for key in entities["entity_id"]}
    found: dict[str, Any] = {}
    for file in sorted((sample / "search/words").glob("*.js")):
        [(start, words)] = re.findall(r'findingsWords\("(..)","(.*)"\);', file.read_text("utf-8"))
        assert start == file.stem
        found |= json.loads(unpacked(words))
    for table, (name, columns) in enumerate(SEARCHED.items()):
        published = publish.read_table(sample.parent, name)
        text = " ".join(text for column in columns for text in published[column])
        words = {word for word in re.findall(r"[a-z]{3,30}", folded(text)) if word in found}
        assert len(words) > 5
        assert {word for word in words if found[word].get(str(table)) == [0]} == words


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
        publish.publish(tables, {}, tmp_path / "output")
        with pytest.raises(review.CannotBuildSite, match="not a chapter identifier"):
            site_of(tmp_path / "output")


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
    publish.publish(tables, {}, folder / "output")
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
        publish.publish(tables, {"inputs": inputs}, folder / "output")
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
