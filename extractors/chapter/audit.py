"""What a chapter announces and does not have: tables that the text names, sections that the numbering implies, lines
that nothing owns."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable

from extractors.chapter.segment import CAPTION, Outline, Paragraph, titles
from extractors.chapter.tables import Table
from extractors.chapter.typography import is_unknown_heading
from extractors.model import Chapter, Grid, Issue, Line, Where, join_lines
from extractors.rules import best_phrase

ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}
MOST_MISSING = 30  # pages; a chapter that begins with a higher number counts the pages of the whole report
MOST_NAMED = 20  # lines without an owner that have a finding of their own


def check_completeness(
    chapter: Chapter, outline: Outline, tables: Iterable[Table], owned: Collection[int]
) -> list[Issue]:
    """Findings about what is missing; ``owned`` are the numbers of the lines that a record was made of."""
    return [
        *page_sequence(chapter),
        *repeated_text(chapter),
        *repeated_rows(chapter),
        *missing_tables(outline),
        *missing_sections(outline),
        *empty_tables(outline, tables),
        *unowned(chapter, outline, owned),
    ]


def page_sequence(chapter: Chapter) -> list[Issue]:
    """Pages that are missing, double or out of order by the numbers printed in their feet.

    A chapter counts its pages from 1. The number stands at one end of a line of the foot, also where the letters
    beside it are spaced out (2013, 2014); a page whose foot has no number is not asked (Brazil 2017, even pages).
    """
    printed: dict[int, set[int]] = {}
    for line in chapter.lines():
        if line.zone == "foot" and line.where.page is not None:
            words = line.text.split()
            printed.setdefault(line.where.page, set()).update(
                int(w) for w in (*words[:1], *words[-1:]) if w.isdecimal()
            )
    offsets = Counter(number - page for page, numbers in printed.items() for number in numbers)
    usual = max(offsets, key=lambda offset: (offsets[offset], offset == 0), default=0)
    issues = []
    expected = 1 + (usual if usual > MOST_MISSING else 0)
    for page in range(1, max(printed, default=0) + 1):
        numbers = printed.get(page)
        if not numbers or expected in numbers:
            expected += 1
            continue
        number = min(numbers, key=lambda n: (abs(n - expected), n))
        where = Where(page=page)
        if number > expected:
            message = f"page {number} follows page {expected - 1}: what stands between is not in the file"
            issues.append(Issue("pages_missing", "error", message, where))
        else:
            message = f"page {number} follows page {expected - 1}: pages are double, out of order or of another chapter"
            issues.append(Issue("pages_out_of_order", "error", message, where))
        expected = number + 1
    return issues


def repeated_text(chapter: Chapter) -> list[Issue]:
    """Running text and references that stand in the source twice: a page or a piece of it that was put in again.

    Of 195 chapters none has a paragraph or four lines in a row twice; three lines of an address may (Peru 2015).
    """
    lines = [x for x in chapter.blocks if isinstance(x, Line) and x.zone in ("body", "column") and len(x.text) >= 30]
    first: dict[str, int] = {}
    issues = []
    run, before = 0, -1
    for at, line in enumerate(lines):
        earlier = first.setdefault(line.text, at)
        if earlier == at:
            run, before = 0, -1
            continue
        run, before = (run + 1 if earlier == before + 1 else 1), earlier
        if run == 4 or len(line.text) > 200:
            message = f"this stands in the source twice: {line.text[:80]!r}"
            issues.append(Issue("text_repeated", "warning", message, line.where, "paragraphs"))
    return issues


def repeated_rows(chapter: Chapter) -> list[Issue]:
    """Rows that stand directly below themselves."""
    issues = []
    for grid in (block for block in chapter.blocks if isinstance(block, Grid)):
        rows = [tuple(cell.text if cell else "" for cell in row) for row in grid.rows]
        for above, row in itertools.pairwise(rows):
            if row == above and sum(map(bool, row)) > 1:
                message = f"a row stands below itself: {' | '.join(filter(None, row))[:80]!r}"
                issues.append(Issue("row_repeated", "warning", message, grid.where))
    return issues


def running_text(outline: Outline) -> list[Paragraph]:
    """All paragraphs; where no heading was known as one, the whole chapter is taken for the summary."""
    return [*(paragraph for territory in outline.territories for paragraph in territory.summary), *outline.paragraphs]


def missing_tables(outline: Outline) -> list[Issue]:
    """Tables that the text names by number ("(Table 6)") and that have no caption."""
    printed = {int(n) for line in outline.captions for n in re.findall(r"table\s*(\d+)", line.text, re.I)}
    issues = []
    for paragraph in running_text(outline):
        for number in re.findall(r"\bTables?\s+(\d{1,2})\b", join_lines(x.text for x in paragraph.lines)):
            if int(number) not in printed:
                printed.add(int(number))
                message = f"the text names Table {number}, the chapter has no such caption"
                issues.append(Issue("table_missing", "error", message, paragraph.lines[0].where, "paragraphs"))
    return issues


def missing_sections(outline: Outline) -> list[Issue]:
    """Gaps in the numbering of the sections, and headings of no known section, by number or type (a last one leaves no
    gap).

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
    for line in (line for paragraph in running_text(outline) for line in paragraph.lines):
        if is_unknown_heading(line):
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
    for line in lost[:MOST_NAMED]:
        issues.append(Issue("line_unowned", "warning", f"nothing was made of this line: {line.text!r}", line.where))
    if rest := lost[MOST_NAMED:]:
        message = f"nor of {len(rest)} lines more, from {rest[0].text!r} on"
        issues.append(Issue("line_unowned", "warning", message, rest[0].where))
    return issues
