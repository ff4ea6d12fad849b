"""The rules do not need to know which reader made a chapter: they also run on lines without types and boxes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractors.chapter.records import extract_records
from extractors.chapter.segment import segment
from extractors.model import Block, Cell, Chapter, Extraction, Grid, Line
from extractors.readers import read_chapter
from tests.generator import LAYOUTS, SAMPLE, Layout, draw_pdf

NOT_COMPARED = {"page", "bbox", "line"}  # places; a line keeps its page, but not its box
WORDS_DECIDE = (
    "sectors",
    "activities",
    "conventions",
    "legal_standards",
    "agencies",
    "enforcement",
    "coordination",
    "policies",
    "programs",
    "suggested_actions",
    "references",
    "footnotes",
)
TYPE_DECIDES = {  # columns that need the type: where a title block or a note of several lines ends
    "documents": {"assessment_note", "summary"},
    "statistics": {"source", "survey"},
}


def strip(block: Block) -> Block:
    """A block without what only some readers know: the types of its lines and all boxes."""
    if isinstance(block, Line):
        return replace(block, style=None, where=replace(block.where, bbox=None))
    header, *rows = (
        tuple(None if cell is None else Cell(tuple(map(strip_line, cell.lines))) for cell in row)
        for row in (block.header, *block.rows)
    )
    return Grid(tuple(cell for cell in header if cell), tuple(rows), replace(block.where, bbox=None))


def strip_line(line: Line) -> Line:
    stripped = strip(line)
    assert isinstance(stripped, Line)
    return stripped


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_without_types_and_boxes_the_tables_are_the_same(layout: Layout, tmp_path: Path) -> None:
    draw_pdf(SAMPLE, tmp_path / "arvenia.pdf", layout)
    chapter = read_chapter(tmp_path / "arvenia.pdf", "arvenia.pdf")
    stripped = Chapter(chapter.source, tuple(map(strip, chapter.blocks)), chapter.issues)
    assert all(line.style and line.where.bbox for line in chapter.lines())
    assert not any(line.style or line.where.bbox for line in stripped.lines())
    (styled,), (plain,) = (extract_records(c, segment(c)) for c in (chapter, stripped))
    assert plain.doc_id == styled.doc_id == "xav-2019"
    for table in (*WORDS_DECIDE, *TYPE_DECIDES):
        columns = TYPE_DECIDES.get(table, set())
        assert styled.tables[table] or (table, layout.name) == ("sectors", "2013"), table
        assert rows(plain, table, columns) == rows(styled, table, columns), table
    sections = [list(dict.fromkeys(code for code, _ in segment(c).headings)) for c in (stripped, chapter)]
    assert sections[0] == sections[1]
    # Without types the first line of the summary may be taken for the assessment: the audit reports the cut text.
    assert {row["check"] for row in plain.tables["quality"]} <= {*checks(styled), "cell_cut"}
    assert not {"line_unowned", "text_lost"} & checks(plain)


def checks(extraction: Extraction) -> set[str]:
    """The checks that have a finding."""
    return {row["check"] for row in extraction.tables["quality"]}


def rows(extraction: Extraction, table: str, without: Collection[str] = ()) -> list[dict[str, Any]]:
    left_out = {*NOT_COMPARED, *without}
    return [{k: v for k, v in row.items() if k not in left_out} for row in extraction.tables[table]]
