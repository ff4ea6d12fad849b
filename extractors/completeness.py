"""What a chapter announces and does not have: tables that the text names, sections that the numbering implies, lines
that nothing owns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from extractors.model import Chapter, Grid, Issue, Line, join_lines
from extractors.rules import best_phrase
from extractors.segment import CAPTION, Outline, titles
from extractors.tables import Table

ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}


def check_completeness(
    chapter: Chapter, outline: Outline, tables: Iterable[Table], owned: Collection[int]
) -> list[Issue]:
    """Findings about what is missing; ``owned`` are the numbers of the lines that a record was made of."""
    return [
        *missing_tables(outline),
        *missing_sections(outline),
        *empty_tables(outline, tables),
        *unowned(chapter, outline, owned),
    ]


def missing_tables(outline: Outline) -> list[Issue]:
    """Tables that the text names by number ("(Table 6)") and that have no caption."""
    printed = {int(n) for line in outline.captions for n in re.findall(r"table\s*(\d+)", line.text, re.I)}
    issues = []
    for paragraph in outline.paragraphs:
        for number in re.findall(r"\bTables?\s+(\d{1,2})\b", join_lines(x.text for x in paragraph.lines)):
            if int(number) not in printed:
                printed.add(int(number))
                message = f"the text names Table {number}, the chapter has no such caption"
                issues.append(Issue("table_missing", "error", message, paragraph.lines[0].where, "paragraphs"))
    return issues


def missing_sections(outline: Outline) -> list[Issue]:
    """Gaps in the numbering of the sections, and numbered headings of no known section (the last one leaves no gap).

    A gap after as many headings as there should be is a misprinted number (Norfolk Island 2016 has III twice, no IV).
    """
    seen = [
        (ROMAN[m[1].casefold()], line)
        for _, line in outline.headings
        if (m := re.match(r"\s*([ivx]+)\s*\.", line.text, re.I)) and m[1].casefold() in ROMAN
    ]
    found = {number for number, _ in seen}
    issues = []
    for number in range(1, max(found, default=0)):
        if number not in found:
            roman = next(name for name, value in ROMAN.items() if value == number).upper()
            after = next(line for value, line in seen if value > number)
            before = [line for _, line in seen[: [line for _, line in seen].index(after)]]
            if len(before) >= number:
                message = f"no section is numbered {roman}, but as many as should stand before {after.text!r}"
                issues.append(Issue("section_misnumbered", "warning", message, after.where, "paragraphs"))
                continue
            message = f"section {roman} is missing before {after.text!r}"
            issues.append(Issue("section_missing", "error", message, after.where, "paragraphs"))
    for line in (line for paragraph in outline.paragraphs for line in paragraph.lines):
        if re.match(r"\s*[IVX]+\s*\.\s", line.text) and (line.bold or line.text.isupper()):
            message = f"a heading of no known section, taken for text: {line.text!r}"
            issues.append(Issue("heading_unknown", "warning", message, line.where, "paragraphs"))
    return issues


def empty_tables(outline: Outline, tables: Iterable[Table]) -> list[Issue]:
    """Tables whose caption or header is there, but no row."""
    issues = [
        Issue("table_empty", "error", f"no row under the header of {table.title!r}", table=table.code)
        for table in tables
        if table.code and not table.rows
    ]
    found = {piece.code for piece in outline.pieces}
    for line in outline.captions:
        code = best_phrase(line.text, titles()) if CAPTION.match(line.text) else None
        if code and code not in found:
            found.add(code)
            issues.append(Issue("table_empty", "error", f"no row under the caption {line.text!r}", line.where, code))
    return issues


def unowned(chapter: Chapter, outline: Outline, owned: Collection[int]) -> list[Issue]:
    """The share of the source's lines that no record, heading, caption or running head was made of."""
    known = set(owned)
    for lines in (outline.furniture, outline.captions, (line for _, line in outline.headings)):
        known.update(line.number for line in lines)
    for territory in outline.territories:
        known.update(line.number for line in (*territory.title, *territory.assessment))
        known.update(line.number for paragraph in territory.summary for line in paragraph.lines)
    known.update(line.number for paragraph in outline.paragraphs for line in paragraph.lines)
    known.update(line.number for note in outline.notes for line in note.lines)
    for block in chapter.blocks:
        if isinstance(block, Grid):
            known.update(line.number for cell in block.header for line in cell.lines)
    everything: dict[int, Line] = {line.number: line for line in chapter.lines()}
    lost = [line for number, line in everything.items() if number not in known]
    share = len(lost) / max(1, len(everything))
    issues = [Issue("lines_unowned", "info", f"{len(lost)} of {len(everything)} lines ({share:.2%}) have no owner")]
    for line in lost[:20]:
        issues.append(Issue("line_unowned", "warning", f"nothing was made of this line: {line.text!r}", line.where))
    return issues
