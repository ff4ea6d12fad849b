"""The form of the reports of 2023 and 2024: an invented chapter as PDF, raw text and web page gives the same rows."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractors import Extraction, extract
from extractors.readers.stacked import stacked_tables
from extractors.readers.text import TextLayout
from tests.generator import SAMPLE_2024, STYLE_2024, ChapterSpec, Layout, draw_pdf, expected, text_of, write_html
from tests.generator.spec import Place
from tests.generator.web import CHROME, html_of
from tests.test_properties import differences

FILE_COLUMNS = {"line", "row_key", "source_path", "source_sha256", "source_format"}
FORMATS = ("pdf", "txt", "html")


def read(spec: ChapterSpec, suffix: str, folder: Path, layout: Layout = STYLE_2024) -> Extraction:
    """The chapter, written in a format and read."""
    path = folder / f"arvenia.{suffix}"
    if suffix == "pdf":
        draw_pdf(spec, path, layout)
    elif suffix == "html":
        write_html(spec, path, layout)
    else:
        path.write_text(text_of(spec, layout), encoding="utf-8")
    (found,) = extract(path)
    return found


@pytest.fixture(scope="module")
def chapters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Extraction]:
    """The same chapter in each format."""
    folder = tmp_path_factory.mktemp("form")
    return {suffix: read(SAMPLE_2024, suffix, folder) for suffix in FORMATS}


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_value_comes_back_and_nothing_beside_the_chapter(suffix: str, chapters: dict[str, Extraction]) -> None:
    found = chapters[suffix]
    assert differences(found, SAMPLE_2024, expected(SAMPLE_2024, STYLE_2024)) == []
    texts = str([rows for name, rows in found.tables.items() if name != "quality"])
    assert [words for words in CHROME if words in texts] == []


@pytest.mark.parametrize(
    "layout",
    [
        replace(STYLE_2024, header="bar"),
        replace(STYLE_2024, borders="grid", header="bar", tick="path"),
        replace(STYLE_2024, header="plain", white_cells=False, rules="line"),
        replace(STYLE_2024, borders="cells", header="plain"),
    ],
    ids=lambda layout: f"{layout.header}, {layout.borders}",
)
def test_tables_may_be_ruled_and_shaded_in_other_ways(layout: Layout, tmp_path: Path) -> None:
    assert differences(read(SAMPLE_2024, "pdf", tmp_path, layout), SAMPLE_2024, expected(SAMPLE_2024, layout)) == []


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_table_that_no_rule_declares_is_kept_and_named(suffix: str, tmp_path: Path) -> None:
    sections = tuple(
        replace(section, flow=(*section.flow, Place("other"))) if section.code == "enforcement" else section
        for section in SAMPLE_2024.sections
    )
    spec = replace(SAMPLE_2024, sections=sections)
    found = read(spec, suffix, tmp_path)
    assert differences(found, spec, expected(spec, STYLE_2024)) == []
    (finding,) = [row for row in found.tables["quality"] if row["severity"] == "error"]
    assert (finding["check"], "Boats Inspected by Harbor" in finding["message"]) == ("table_unknown", True)


def picked(chapter: Extraction, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in chapter.tables[table]]


@pytest.mark.parametrize("suffix", FORMATS)
def test_nothing_is_an_error_and_one_finding_says_that_nothing_is_cited(
    suffix: str, chapters: dict[str, Extraction]
) -> None:
    chapter = chapters[suffix]
    findings = picked(chapter, "quality", "severity", "check")
    assert [check for severity, check in findings if severity != "info"] == ["value_unread"]  # the age of 17.5
    assert chapter.tables["other_tables"] == []
    found = [row for row in picked(chapter, "quality", "check", "severity", "origin") if "citation" in row[0]]
    assert found == [("citations_none", "info", "source")]


PAGE = html_of(SAMPLE_2024, STYLE_2024)
CHAPTER = PAGE.partition('<main id="main">')[2].partition("</main>")[0]
BESIDE = "<h3>Fiji</h3><p>In 2024, Fiji made no advancement in efforts to eliminate the worst forms of child labor.</p>"
SECTION = re.compile(r"<h2>(.*?)</h2>(.*?)(?=<h2>|$)", re.S)


def paged(chapter: str) -> str:
    return PAGE.replace(CHAPTER, chapter)


def notes_first(page: str) -> str:
    """The notes of a table in its foot, which HTML lets stand above its rows."""
    notes = ("* Country has no conscription", "† Country has no standing military")
    rows = "".join(f'<tr><td colspan="4">{note}</td></tr>' for note in notes)
    for note in notes:
        page = page.replace(f"<p>{note}</p>", "")
    head, table, rest = page.partition("<th>Standard</th>")
    return head + table + rest.replace("</thead>", f"</thead><tfoot>{rows}</tfoot>", 1)


WRITTEN_IN_OTHER_WAYS = {
    "tabs": paged(SECTION.sub(r'<div role="tabpanel" hidden><h2>\1</h2>\2</div>', CHAPTER)),
    "buttons that open a part": paged(
        SECTION.sub(r'<button>\1</button><div class="accordion-panel" style="display:none">\2</div>', CHAPTER)
    ),
    "a copy for the printer": paged(f'{CHAPTER}<div class="print" aria-hidden="true">{CHAPTER}</div>'),
    "hidden by a style sheet": paged(
        "<style>@media print { p { display: none } } .z { display: none }</style>"
        + CHAPTER
        + "<p class='z'>Unseen.</p>"
    ),
    "struck out": PAGE.replace("<td>17.5</td>", "<td><del>16</del><ins>17.5</ins></td>"),
    "all cells are heads": re.sub(r"<(/?)td", r"<\1th", PAGE),
    "rows that make room": PAGE.replace("<tbody>", "<tbody><tr><td></td><td></td><td></td></tr>", 1),
    "a table's foot above its rows": notes_first(PAGE),
    "drawings": PAGE.replace("✓", '<svg><use href="#icon-check"></use></svg>').replace(
        "✗", '<svg><use href="#icon-close"></use></svg>'
    ),
}


@pytest.mark.parametrize("page", WRITTEN_IN_OTHER_WAYS.values(), ids=WRITTEN_IN_OTHER_WAYS)
def test_a_page_may_be_written_in_other_ways(page: str, tmp_path: Path) -> None:
    (tmp_path / "arvenia.html").write_text(page, encoding="utf-8")
    (found,) = extract(tmp_path / "arvenia.html")
    assert differences(found, SAMPLE_2024, expected(SAMPLE_2024, STYLE_2024)) == []
    assert [row["check"] for row in found.tables["quality"] if row["severity"] != "info"] == ["value_unread"]
    assert "Unseen" not in str(found.tables)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (PAGE.replace("<table>", "<table hidden>", 1), "a part of the page that is not shown holds 'Children"),
        (
            re.sub(r"<thead>.*Organization.*</thead>", "", PAGE),
            "first row is read as the header: 'Ministry of Labor",
        ),
        (PAGE.replace("<th>Overview of Criminal Law Enforcement</th>", ""), "has 2 cells, a row below it 3"),
        (re.sub("[✓✗]", '<span class="sign-a"></span>', PAGE), "hold a picture and no words"),
    ],
    ids=["hidden", "without header", "a head is missing", "unknown signs"],
)
def test_what_a_page_does_not_tell_is_an_error(page: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "arvenia.html").write_text(page, encoding="utf-8")
    (found,) = extract(tmp_path / "arvenia.html")
    assert said in " ".join(row["message"] for row in found.tables["quality"] if row["severity"] == "error")
    if "picture" in said:
        assert {row["ratified"] for row in found.tables["conventions"]} == {None}


def test_two_articles_are_two_chapters_and_a_teaser_is_none(tmp_path: Path) -> None:
    other = CHAPTER.replace("Arvenia", "Fiji")
    both = f"<article>{CHAPTER}</article><article>{other}</article>"
    (tmp_path / "two.html").write_text(f"<html><body>{both}</body></html>", encoding="utf-8")
    assert [chapter.doc_id for chapter in extract(tmp_path / "two.html")] == ["xav-2024", "fji-2024"]
    (tmp_path / "one.html").write_text(paged(BESIDE + CHAPTER), encoding="utf-8")
    (found,) = extract(tmp_path / "one.html")
    assert differences(found, SAMPLE_2024, expected(SAMPLE_2024, STYLE_2024)) == []
    assert [row["check"] for row in found.tables["quality"] if row["severity"] == "error"] == ["part_left_out"]


ONE_FOR_EACH_AREA = replace(SAMPLE_2024, actions=SAMPLE_2024.actions[1:])
TEXT = text_of(ONE_FOR_EACH_AREA, STYLE_2024)
CAPTIONS = re.compile(r"^Table \d\. .*\n\n", re.M)


def piped(text: str, edge: str, rule: bool) -> str:
    """The text with pipes instead of tabs; ``edge`` is before and behind a row, a rule of dashes below its header."""
    lines: list[str] = []
    inside = False
    for line in text.split("\n"):
        cells = line.split("\t")
        lines.append(f"{edge} {' | '.join(cells)} {edge}".strip() if len(cells) > 1 else line)
        if len(cells) > 1 and not inside and rule:
            lines.append(f"{edge} {' | '.join(['---'] * len(cells))} {edge}".strip())
        inside = len(cells) > 1
    return "\n".join(lines)


def tables_as(text: str, written: Callable[[list[list[str]]], list[str]]) -> str:
    """The text with the rows of each table written in another way."""
    lines: list[str] = []
    for tabbed, group in itertools.groupby(text.split("\n"), key=lambda line: "\t" in line):
        own = list(group)
        lines += written([line.split("\t") for line in own]) if tabbed else own
    return "\n".join(lines)


def aligned(rows: list[list[str]]) -> list[str]:
    """Rows with their columns below each other, two blanks between them."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def drawn(rows: list[list[str]]) -> list[str]:
    """Rows with a border around each cell."""
    return [line for row in aligned(rows) for line in (f"+{'-' * 30}+", f"| {' | '.join(rows.pop(0))} |")]


def test_columns_of_blanks_with_cells_over_several_lines_are_an_error(tmp_path: Path) -> None:
    text = tables_as(TEXT, aligned)
    line = next(line for line in text.split("\n") if "Diving for kelp" in line)
    left = " " * line.index("Diving")
    wrapped = line.replace("Fishing", f"\n{left}Fishing").replace("geese", f"\n{left}geese")
    (tmp_path / "arvenia.txt").write_text(text.replace(line, wrapped), encoding="utf-8")
    (found,) = extract(tmp_path / "arvenia.txt")
    [error] = [row["message"] for row in found.tables["quality"] if row["check"] == "table_unread"]
    assert error.startswith("the columns below 'Sector/Industry")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(CAPTIONS.sub("", TEXT), id="no captions"),
        pytest.param(piped(TEXT, "|", True), id="Markdown"),
        pytest.param(piped(CAPTIONS.sub("", TEXT), "", True), id="pipes between cells, no captions"),
        pytest.param(piped(TEXT, "", False), id="pipes between cells, no rule"),
        pytest.param(piped(TEXT, "│", False), id="drawn lines between cells"),
        pytest.param(tables_as(TEXT, drawn), id="drawn borders"),
        pytest.param(tables_as(TEXT, lambda rows: ["|".join(row) for row in rows]), id="pipes without blanks"),
        pytest.param(tables_as(TEXT, aligned), id="columns of blanks"),
        pytest.param(tables_as(CAPTIONS.sub("", TEXT), aligned), id="columns of blanks, no captions"),
        pytest.param(TEXT.replace("\t", "\n"), id="one cell a line"),
        pytest.param(CAPTIONS.sub("", TEXT).replace("\t", "\n"), id="one cell a line, no captions"),
        pytest.param(CAPTIONS.sub(lambda caption: caption[0].upper(), TEXT), id="captions in capitals"),
        pytest.param(TEXT.replace("\n", "\u2028"), id="line separators"),
        pytest.param(TEXT.replace("\n", "\r\r\n"), id="line ends that were converted twice"),
    ],
)
def test_tables_may_be_typed_in_other_ways(text: str, tmp_path: Path) -> None:
    as_typed = read(ONE_FOR_EACH_AREA, "txt", tmp_path)
    (tmp_path / "arvenia.txt").write_text(text, encoding="utf-8")
    (found,) = extract(tmp_path / "arvenia.txt")
    ours = FILE_COLUMNS | {"caption", "printed_caption"}
    for table in found.tables.keys() - {"provenance", "quality", "documents", "captions"}:
        mine, its = (
            [{key: value for key, value in row.items() if key not in ours} for row in one.tables[table]]
            for one in (as_typed, found)
        )
        assert mine == its, table
    assert [row["check"] for row in found.tables["quality"] if row["severity"] != "info"] == ["value_unread"]


@pytest.mark.parametrize(
    "signs",
    [("✓", "X"), ("✓", "x"), ("x", "✗"), ("☑", "☐"), ("✔", "×"), ("ü", "û"), ("\uf0fc", "\uf0fb")],
    ids=["X", "x", "an x that is a check mark", "boxes", "times", "letters of Wingdings", "codes of Wingdings"],
)
def test_letters_and_boxes_may_stand_for_check_mark_and_cross(signs: tuple[str, str], tmp_path: Path) -> None:
    text = TEXT.replace("✓", "\0").replace("✗", signs[1]).replace("\0", signs[0])
    (tmp_path / "arvenia.txt").write_text(text, encoding="utf-8")
    (found,) = extract(tmp_path / "arvenia.txt")
    assert differences(found, ONE_FOR_EACH_AREA, expected(ONE_FOR_EACH_AREA, STYLE_2024)) == []
    assert [row["check"] for row in found.tables["quality"] if row["severity"] != "info"] == ["value_unread"]


@pytest.mark.parametrize(("check", "cross"), [("X", "X"), ("", "")], ids=["one letter for both", "lost"])
def test_signs_that_say_nothing_are_an_error_and_no_answer(check: str, cross: str, tmp_path: Path) -> None:
    (tmp_path / "arvenia.txt").write_text(TEXT.replace("✓", check).replace("✗", cross), encoding="utf-8")
    (found,) = extract(tmp_path / "arvenia.txt")
    errors = {row["table"] for row in found.tables["quality"] if row["severity"] == "error"}
    assert {"conventions", "legal_standards"} <= errors
    assert not any(row["ratified"] for row in found.tables["conventions"])


def test_a_cell_of_a_table_with_one_cell_a_line_has_its_own_line(tmp_path: Path) -> None:
    stacked = TEXT.replace("\t", "\n")
    (tmp_path / "arvenia.txt").write_text(stacked, encoding="utf-8")
    (found,) = extract(tmp_path / "arvenia.txt")
    [place] = [
        row
        for row in found.tables["provenance"]
        if (row["table"], row["row"], row["column"]) == ("agencies", 1, "role")
    ]
    assert stacked.split("\n")[place["line"] - 1] == SAMPLE_2024.agencies[0].text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("Boys\n\n13.1% (657)", "Boys\n13.1% (657)", id="an empty cell that was dropped"),
        pytest.param("Urban\n\n8.5%", "Urban\n\n\n8.5%", id="an empty line too many"),
        pytest.param("Working\n5 to 14\n", "Working\n", id="a cell that was dropped"),
    ],
)
def test_cells_that_are_no_whole_rows_are_an_error(before: str, after: str, tmp_path: Path) -> None:
    text = TEXT.replace("\t", "\n")
    assert before in text
    (tmp_path / "arvenia.txt").write_text(text.replace(before, after, 1), encoding="utf-8")
    (found,) = extract(tmp_path / "arvenia.txt")
    errors = [row["message"] for row in found.tables["quality"] if row["check"] == "table_unread"]
    [error] = errors
    assert error.startswith("the header 'Children, Age, Percent and Population' has one cell a line")
    assert found.tables["statistics"] == []
    assert len(found.tables["legal_standards"]) == 12


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Boys\t\t13.1% (657)\n", "", ("row_missing", "error", "statistics")),
        ("Girls\t\t3.0%", "Boys\t\t3.0%", ("row_missing", "error", "statistics")),
        ("Attending School\t5 to 14\t91.0%\n", "", ("row_missing", "error", "statistics")),
        ("Imposed Penalties for Violations", "Other", ("row_missing", "warning", "enforcement")),
        ("\t5 to 14\t12.6%", "\tfive to fourteen\t12.6%", ("value_unread", "error", "statistics")),
        ("\t91.0%", "\t", ("cell_missing", "warning", "statistics")),
        ("* Country has no conscription\n", "", ("footnote_missing", "error", "legal_standards")),
        ("\n* Country has no", "\n? Country has no", ("cell_cut", "error", "paragraphs")),
        ("Organization/Agency\tRole\n", "", ("wording_guessed", "error", "agencies")),
        ("(?m)^(Area|Legal .*|Social .*)\t(.*)\t.*$", r"\1\t\2", ("column_missing", "error", "suggested_actions")),
    ],
    ids=["a row of four", "a row twice", "a row", "an answer", "ages", "a percent", "a note", "a marker", "a header",
         "a column"],
)  # fmt: skip
def test_what_a_table_has_lost_is_said(before: str, after: str, said: tuple[str, ...], tmp_path: Path) -> None:
    pattern = before if before.startswith("(?") else re.escape(before)
    text, changed = re.subn(pattern, after, TEXT, count=0 if before.startswith("(?") else 1)
    assert changed
    (tmp_path / "arvenia.txt").write_text(text, encoding="utf-8")
    (found,) = extract(tmp_path / "arvenia.txt")
    assert said in picked(found, "quality", "check", "severity", "table")


ACTIONS = ["Area", "Suggested Action", "Year(s) Suggested", "Legal Framework", "Ratify the protocol.", "2023"]
AGENCIES = ["Organization/Agency", "Role", "Harbor Office", "Counts the nets."]
PROSE = "In 2024, the labor inspectors of Arvenia visited the boats of Port Lume and of Northport."


@pytest.mark.parametrize(
    ("lines", "end", "whole"),
    [
        ([*ACTIONS, "", "Mend the boats.", "2024", "", PROSE], 6, False),
        ([*ACTIONS, "", "Enforcement", "Train the inspectors.", "2024"], 6, False),
        ([*ACTIONS, "", PROSE, PROSE], 6, True),
        ([*AGENCIES, "", "Port Police", "Keeps the peace."], 4, False),
        ([*AGENCIES, "", PROSE, PROSE], 4, True),
    ],
    ids=[
        "an empty first cell",
        "an empty line between rows",
        "text",
        "an empty line between names",
        "text below names",
    ],
)
def test_where_a_table_with_one_cell_a_line_ends(lines: list[str], end: int, whole: bool) -> None:
    [table] = stacked_tables(lines)
    assert (table.first, table.end, table.whole) == (0, end, whole)


def test_a_page_of_the_report_of_another_year_is_an_error(tmp_path: Path) -> None:
    text = f"{TEXT[:-1]}\n2023 FINDINGS ON THE WORST FORMS OF CHILD LABOR\n"
    text = text.replace("III. ENF", "2024 FINDINGS ON THE WORST FORMS OF CHILD LABOR\n\nIII. ENF")
    (tmp_path / "arvenia.txt").write_text(text, encoding="utf-8")
    (found,) = extract(tmp_path / "arvenia.txt")
    [error] = [row["message"] for row in found.tables["quality"] if row["severity"] == "error"]
    assert "several years, 2023, 2024" in error


def test_a_pipe_is_no_border_in_a_row_with_tabs_or_in_a_foot() -> None:
    row, foot = "Council | Secretariat\tCoordinates the offices.", "Bureau of International Labor Affairs | 3"
    first, second = TextLayout([row, foot], []).raws
    assert first.cells == ["Council | Secretariat", "Coordinates the offices."]
    assert second.kind == "foot"
