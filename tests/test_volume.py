"""Several chapters in one source: each under its own id, or no rows and an error that names the pages.

The chapters are those of the invented country, under its own name and under names of real countries; nothing else in
them is real.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from extractors import Extraction, UnreadableSource, extract
from extractors.model import LeftOut
from extractors.readers.outline import restarts
from extractors.readers.pdf import pdf_parts
from extractors.readers.volume import Bookmark, Divider, Opening, Signs, same_title, steps_back
from extractors.rules import country_code, current, near_phrase
from tests.conftest import ROOT
from tests.generator import SAMPLE, STYLE_2019, draw_pdf

TEXT = (ROOT / "raw/arvenia-2019.txt").read_text(encoding="utf-8")
ROWS = {"enforcement": 52, "legal_standards": 12, "statistics": 4, "references": 39, "suggested_actions": 10}


def renamed(thing: Any, name: str) -> Any:
    """A part of a chapter's specification with another country in every text."""
    if isinstance(thing, str):
        return thing.replace("Arvenia", name)
    if isinstance(thing, tuple):
        return tuple(renamed(part, name) for part in thing)
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        fields = {field.name: renamed(getattr(thing, field.name), name) for field in dataclasses.fields(thing)}
        return dataclasses.replace(thing, **fields)
    return thing


@pytest.fixture(scope="module")
def chapters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The drawn chapters of three countries, seven pages each."""
    folder = tmp_path_factory.mktemp("chapters")
    files = {name: folder / f"{name}.pdf" for name in ("Arvenia", "Fiji", "Jordan")}
    for name, file in files.items():
        draw_pdf(renamed(SAMPLE, name), file, STYLE_2019)
    return files


def join(path: Path, parts: Sequence[tuple[Path, range]], outline: Mapping[str, int] | None = None) -> Path:
    """A PDF made of these pages (from 0) of these files. ``outline``: bookmarks and their pages (from 0); where they
    are, page labels begin again."""
    with pikepdf.new() as volume:
        for file, pages in parts:
            with pikepdf.open(file) as source:
                volume.pages.extend([source.pages[number] for number in pages])
        if outline:
            with volume.open_outline() as opened:
                opened.root.extend(pikepdf.OutlineItem(title, page) for title, page in outline.items())
            labels = [entry for page in outline.values() for entry in (page, pikepdf.Dictionary(S=pikepdf.Name.D))]
            volume.Root.PageLabels = pikepdf.Dictionary(Nums=pikepdf.Array(labels))
        volume.save(path)
    return path


def joined(
    path: Path, parts: Sequence[tuple[Path, range]], outline: Mapping[str, int] | None = None
) -> tuple[Extraction, ...]:
    """The chapters of a PDF that is made so."""
    return extract(join(path, parts, outline))


def counted(chapter: Extraction) -> dict[str, int]:
    return {table: len(chapter.tables[table]) for table in ROWS}


def left_out(found: Sequence[Extraction]) -> list[tuple[str, str]]:
    """Severity and message of each part that was left out."""
    rows = [row for chapter in found for row in chapter.tables["quality"]]
    return [(row["severity"], row["message"]) for row in rows if row["check"] == "part_left_out"]


def test_each_chapter_of_a_pdf_has_its_own_id_and_rows(chapters: dict[str, Path], tmp_path: Path) -> None:
    outline = {"Arvenia": 0, "2. Fiji": 7, "Jordan 2019": 14}
    found = joined(tmp_path / "volume.pdf", [(file, range(7)) for file in chapters.values()], outline)
    assert [chapter.doc_id for chapter in found] == ["xav-2019", "fji-2019", "jor-2019"]
    spans = [chapter.tables["documents"][0]["source_pages"] for chapter in found]
    assert spans == ["1-7", "8-14", "15-21"]
    assert all(counted(chapter) == ROWS for chapter in found)
    assert not [row for chapter in found for row in chapter.tables["quality"] if row["severity"] != "info"]
    assert {row["page"] for row in found[1].tables["enforcement"]} <= set(range(8, 15))


@pytest.mark.parametrize(
    ("outline", "page", "title", "lost"),
    [({"Arvenia": 0, "Jordan": 3, "Fiji": 7}, 4, "Jordan", "1-7"), ({"Arvenia": 0, "Gabon": 13}, 8, "Arvenia", "8-14")],
)
def test_a_part_that_the_outline_gives_to_another_country_is_not_published(
    chapters: dict[str, Path], tmp_path: Path, outline: dict[str, int], page: int, title: str, lost: str
) -> None:
    """A bookmark where no beginning was found, and a beginning in the range of another country's bookmark."""
    one, two, _ = chapters.values()
    path = join(tmp_path / "volume.pdf", [(one, range(7)), (two, range(7))], outline)
    parts = list(pdf_parts(path, "volume.pdf"))
    (doubtful,) = [part for part in parts if isinstance(part, LeftOut)]
    assert (doubtful.span, doubtful.severity, len(parts)) == (f"pages {lost}", "error", 2)
    assert f"the outline of the file gives page {page} to '{title}'" in doubtful.reason


@pytest.mark.parametrize(("marked", "certain"), [("FJI", True), ("", False)])
def test_a_bookmark_stands_for_a_title_that_cannot_be_read(marked: str, certain: bool) -> None:
    mark = Bookmark(marked, "Fiji", 8) if marked else None
    divider = Divider("pages", cuts=1)
    divider.add(Signs(8, opening=Opening("FJI", 2019), sections=["legal_framework"], mark=mark))
    _, left_out = divider.close()
    assert (left_out is None) is certain


def test_page_labels_that_begin_again_are_a_sign_of_a_new_beginning() -> None:
    part = Signs(8, sections=["prevalence", "legal_framework"])
    assert steps_back(part, Signs(9, restarts=True)) == 1 + steps_back(part, Signs(9))
    assert restarts(["i", "ii", "1", "2", "1", "2"]) == {3, 5}


def test_a_chapter_without_its_first_page_is_not_published(chapters: dict[str, Path], tmp_path: Path) -> None:
    one, two, three = chapters.values()
    found = joined(tmp_path / "volume.pdf", [(one, range(7)), (two, range(1, 7)), (three, range(7))])
    assert [chapter.doc_id for chapter in found] == ["xav-2019", "jor-2019"]
    assert [counted(chapter) for chapter in found] == [ROWS, ROWS]
    [(severity, message)] = left_out(found)
    assert severity == "error"
    assert "pages 8-13: a chapter of 'Fiji' begins here without its opening sentence" in message


def test_of_a_chapter_that_is_there_twice_the_first_is_published(chapters: dict[str, Path], tmp_path: Path) -> None:
    one, two, _ = chapters.values()
    found = joined(tmp_path / "volume.pdf", [(one, range(7)), (two, range(7)), (one, range(7))])
    assert [chapter.doc_id for chapter in found] == ["xav-2019", "fji-2019"]
    [(severity, message)] = left_out(found)
    assert (severity, "pages 15-21: a second chapter xav-2019" in message) == ("error", True)


def text_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "volume.txt"
    path.write_text(text, encoding="utf-8")
    return path


def other(name: str) -> str:
    return TEXT.replace("Arvenia", name).replace("ARVENIA", name.upper())


def test_each_chapter_of_a_text_has_its_own_id_and_rows(tmp_path: Path) -> None:
    text = f"{TEXT}\n\nFiji\n\nMODERATE ADVANCEMENT\n\n{other('Fiji')}\n\nGlossary\n\nAmber: a stone.\n"
    found = extract(text_file(tmp_path, text))
    assert [chapter.doc_id for chapter in found] == ["xav-2019", "fji-2019"]
    assert [counted(chapter) for chapter in found] == [ROWS, ROWS]
    lines = {row["line"] for row in found[1].tables["enforcement"]}
    assert min(lines) > TEXT.count("\n")
    [(severity, message)] = left_out(found)
    assert (severity, "no chapter (Glossary)" in message) == ("info", True)


def test_the_end_of_another_chapter_is_never_published_with_the_first(tmp_path: Path) -> None:
    """Only the last sections of a second chapter are there, below the first one that ends without references."""
    whole = TEXT.partition("REFERENCES")[0]
    rest = "".join(other("Fiji").partition("REFERENCES")[0].partition("VI. SOCIAL")[1:])
    with pytest.raises(UnreadableSource, match=r"sections or tables begin again on line \d+"):
        extract(text_file(tmp_path, f"{whole}\n\n{rest}"))


def test_a_table_that_is_printed_twice_is_an_error(tmp_path: Path) -> None:
    head, caption, rest = TEXT.partition("Table 11.")
    table = rest.partition("REFERENCES")[0].partition("\n\n")[2]
    (found,) = extract(text_file(tmp_path, f"{head}{caption}{rest}".replace("REFERENCES", f"{table}\n\nREFERENCES", 1)))
    (error,) = [row for row in found.tables["quality"] if row["check"] == "table_repeated"]
    assert (error["severity"], error["table"]) == ("error", "suggested_actions")


@pytest.mark.parametrize("end", ["REFERENCES", "III. ENFORCEMENT"])
def test_a_text_that_goes_on_with_a_chapter_without_opening_is_refused(end: str, tmp_path: Path) -> None:
    """The first chapter ends at ``end`` or is whole; where the second begins is nowhere printed."""
    rest = other("Fiji").partition("II. LEGAL")
    text = f"{TEXT.partition(end)[0]}\n\n{rest[1]}{rest[2]}"
    with pytest.raises(UnreadableSource, match=r"lines 1-\d+: sections or tables begin again on line \d+"):
        extract(text_file(tmp_path, text))


def test_a_text_that_goes_on_about_another_country_is_refused(tmp_path: Path) -> None:
    """Section V follows on section IV, but it is that of another chapter."""
    end = other("Fiji").partition("V. GOVERNMENT")
    rest = end[2].replace("child labor", "child labor in Fiji")
    with pytest.raises(UnreadableSource, match="on the text names FJI 4 times and never Arvenia"):
        extract(text_file(tmp_path, f"{TEXT.partition('V. GOVERNMENT')[0]}{end[1]}{rest}"))


def test_the_title_decides_over_the_opening_sentence(tmp_path: Path) -> None:
    """A chapter on Fiji whose summary speaks of Jordan is no chapter of Jordan."""
    text = "Fiji\n\nMODERATE ADVANCEMENT\n\n" + other("Fiji").replace("In 2019, Fiji", "In 2019, Jordan", 1)
    (found,) = extract(text_file(tmp_path, text))
    assert found.doc_id == "fji-2019"
    (row,) = [row for row in found.tables["quality"] if row["check"] == "country_conflict"]
    assert (row["severity"], row["message"]) == (
        "error",
        "the title names 'Fiji', the opening sentence 'Jordan'; the title is used",
    )


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Morocco, including Western Sahara", "MAR"),
        ("Western Sahara", "ESH"),
        ("Türkiye", "TUR"),
        ("Turkey (Türkiye)", "TUR"),
        ("Eswatini (formerly Swaziland)", "SWZ"),
        ("The Gambia", "GMB"),
        ("North Macedonia", "MKD"),
    ],
)
def test_changed_names_and_names_of_two_are_known(name: str, code: str) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Overseas Territories of the United Kingdom", "Overseas Territories of United Kingdom", True),
        ("Overseas Territories of Australia", "Overseas Territories of New Zealand", False),
        ("Niger", "Nigeria", False),
        ("Burma", "Myanmar", True),
    ],
)
def test_titles_of_one_chapter_name_one_country_or_nearly_the_same_words(one: str, other: str, same: bool) -> None:
    assert same_title(one, other) is same


def test_a_misprinted_heading_is_still_a_sign_of_a_beginning() -> None:
    sections = current().headings.sections
    assert (near_phrase("I. PREVALENCE AND SECTORIAL DISTRIBUTION OF CHILD LABOR", sections) or ("", ""))[
        0
    ] == "prevalence"
    assert near_phrase("I. BOATS AND HARBORS OF THE KELP COAST", sections) is None
