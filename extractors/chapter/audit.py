"""What a chapter announces but does not have: pages, tables, sections, and lines that no record was made of."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from extractors.chapter.segment import CAPTION, Note, Outline, Paragraph
from extractors.chapter.tables import ChapterTable, TableRow
from extractors.chapter.typography import is_unknown_heading
from extractors.model import Chapter, Grid, Issue, Line, Where, text_of
from extractors.rules import best_phrase, countries_named, country_code, current
from extractors.rules.models import Table

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
FOREIGN = 4  # times that the end of a chapter names a country of which the sections above say nothing
LONGEST_LINE = 200  # letters of a line of a page
LEAST_PARAGRAPH = 80  # letters of a paragraph that nobody prints twice
MOST_MISSING = 30  # pages; a chapter that begins with a higher number counts the pages of the whole report
WORD = re.compile(r"[^\W\d_]{3,}")
LEAST_WORDS = 4  # a shorter line may be the head of a group of rows, which is part of no record
MISSING = 0.7  # of the words of a line; a line that is wholly published shares the words of broken ones
SPOKEN_OF = ("line_unowned", "territory_unknown", "table_unread")
"""Errors that say of a page that lines of it are in no record."""
TABLE_NAMED = re.compile(r"\bTables?\s+(\d{1,2})\b")


def check_completeness(
    chapter: Chapter, outline: Outline, tables: Iterable[ChapterTable], owned: Collection[int]
) -> list[Issue]:
    """Findings about what is missing; ``owned`` are the numbers of the lines that a record was made of."""
    return [
        *page_sequence(chapter),
        *pages_without_foot(chapter),
        *empty_parts(chapter),
        *repeated_text(chapter),
        *repeated_rows(chapter),
        *missing_tables(outline),
        *skipped_captions(outline),
        *nothing_below(chapter, outline),
        *missing_sections(outline),
        *unknown_headings(outline),
        *empty_tables(outline, tables),
        *rows_without_answers(tables),
        *unowned(chapter, outline, owned),
    ]


def page_sequence(chapter: Chapter) -> Iterator[Issue]:
    """Pages that are missing, repeated or out of order, by the numbers printed in the running foot.

    A chapter counts its pages from 1, or as the volume that it is a part of. The number is the first or last word of a
    line of the foot, also if the letters beside it are spaced out (2013, 2014). A page without a number is skipped
    (Brazil 2017, even pages).
    """
    printed: dict[int, set[int]] = {}
    for line in chapter.lines():
        if line.zone == "foot" and line.where.page is not None:
            words = line.text.split()
            numbers = {int(word) for word in (*words[:1], *words[-1:]) if word.isdecimal()}
            printed.setdefault(line.where.page, set()).update(numbers)
    first = chapter.source.first_page
    offsets = Counter(number - page - 1 + first for page, numbers in printed.items() for number in numbers)
    usual = max(offsets, key=lambda offset: (offsets[offset], offset == 0), default=0)
    expected = 1 + (usual if usual > MOST_MISSING or (first > 1 and usual > 0) else 0)
    for page in range(first, max(printed, default=0) + 1):
        numbers = printed.get(page, set()) or {expected}
        if expected not in numbers:
            number = min(numbers, key=lambda n: (abs(n - expected), n))
            follows = f"page {number} follows page {expected - 1}"
            if number > expected:
                message = f"{follows}: the pages between them are not in the file"
                yield Issue("pages_missing", "error", message, Where(page=page))
            else:
                message = f"{follows}: pages are repeated, out of order, or from another chapter"
                yield Issue("pages_out_of_order", "error", message, Where(page=page))
            expected = number
        expected += 1


def pages_without_foot(chapter: Chapter) -> Iterator[Issue]:
    """Return an error for each page without the running foot that other pages have: its end may be missing. Of
    313 undamaged chapters none has such a page."""
    pages = {block.where.page for block in chapter.blocks if block.where.page is not None}
    with_foot = {line.where.page for line in chapter.lines() if line.zone == "foot"}
    for page in sorted(pages - with_foot) if with_foot else ():
        message = "this page has no running foot, as other pages have: a part of it may be missing"
        yield Issue("stream_damaged", "error", message, Where(page=page))


def empty_parts(chapter: Chapter) -> Iterator[Issue]:
    """Return an error for each part of a table with rows that hold no words, or with running text instead of rows. Of
    313 undamaged chapters none has such a part."""
    body = [block for block in chapter.blocks if isinstance(block, Grid) or block.zone == "body"]
    for block, below in itertools.zip_longest(body, body[1:]):
        if not isinstance(block, Grid):
            continue
        empty = sum(not any(cell is not None and cell.text for cell in row) for row in block.rows)
        if empty:
            message = f"{empty} of the {len(block.rows)} rows of this table hold no words"
            yield Issue("table_empty", "error", message, block.where)
        elif not block.rows and isinstance(below, Line) and below.where.page == block.where.page:
            message = f"no row is below this header, but running text: {below.text[:80]!r}"
            yield Issue("table_empty", "error", message, block.where)


def repeated_text(chapter: Chapter) -> Iterator[Issue]:
    """Running text and references that are in the source twice, because a page or a part of it was inserted again. None
    of 195 chapters has a paragraph or four lines in a row twice; three lines of an address may be (Peru 2015)."""
    lines = [x for x in chapter.blocks if isinstance(x, Line) and x.zone in ("body", "column") and len(x.text) >= 30]
    first: dict[str, int] = {}
    run, before = 0, -1
    for at, line in enumerate(lines):
        earlier = first.setdefault(line.text, at)
        if earlier == at:
            run, before = 0, -1
            continue
        run, before = (run + 1 if earlier == before + 1 else 1), earlier
        whole = line.where.page is None and line.gap  # a line of a text or of a web page is a paragraph
        if run == 4 or len(line.text) > (LEAST_PARAGRAPH if whole else LONGEST_LINE):
            message = f"this text is in the source twice: {line.text[:80]!r}"
            yield Issue("text_repeated", "warning", message, line.where, "paragraphs")


def repeated_rows(chapter: Chapter) -> Iterator[Issue]:
    """Rows that equal the row above them."""
    for grid in (block for block in chapter.blocks if isinstance(block, Grid)):
        rows = [tuple(cell.text if cell else "" for cell in row) for row in grid.rows]
        for above, row in itertools.pairwise(rows):
            if row == above and sum(map(bool, row)) > 1:
                message = f"two rows, one below the other, are equal: {' | '.join(filter(None, row))[:80]!r}"
                yield Issue("row_repeated", "warning", message, grid.where)


def running_text(outline: Outline) -> list[Paragraph]:
    """All paragraphs, those of the summaries first. If no heading is known, all text counts as the summary."""
    return [*(paragraph for territory in outline.territories for paragraph in territory.summary), *outline.paragraphs]


def missing_tables(outline: Outline) -> Iterator[Issue]:
    """Tables that the text names by number ("(Table 6)") and that have no caption. Each is reported once."""
    printed = numbered_captions(outline)
    for number, paragraph in tables_named(outline).items():
        if number not in printed:
            message = f"the text refers to Table {number}, but the chapter has no caption of that number"
            yield Issue("table_missing", "error", message, paragraph.lines[0].where, "paragraphs")


def tables_named(outline: Outline) -> dict[int, Paragraph]:
    """Number of each table that the text names -> the first paragraph that does."""
    named: dict[int, Paragraph] = {}
    for paragraph in running_text(outline):
        for number in TABLE_NAMED.findall(text_of(paragraph.lines)):
            named.setdefault(int(number), paragraph)
    return named


def numbered_captions(outline: Outline) -> dict[int, Line]:
    """The captions by the number of their table."""
    return {int(n): line for line in outline.captions for n in re.findall(r"table\s*(\d+)", line.text, re.I)}


def skipped_captions(outline: Outline) -> Iterator[Issue]:
    """Return one error for the numbers that the captions skip and the text does not name. Of 313 chapters one skips a
    number, which its text names (Cook Islands 2016)."""
    captions = numbered_captions(outline)
    named = tables_named(outline)
    skipped = [n for n in range(1, max(captions, default=0)) if n not in captions and n not in named]
    if skipped:
        after = captions[min(number for number in captions if number > skipped[0])]
        message = f"no caption has the number {', '.join(map(str, skipped))}, but {after.text[:80]!r} is there"
        yield Issue("table_missing", "error", message, after.where, "paragraphs")


def nothing_below(chapter: Chapter, outline: Outline) -> Iterator[Issue]:
    """Return an error for each heading or caption with nothing below it on its page, which no chapter prints so."""
    titles_of_parts = {line.number for line in (*outline.captions, *(line for _, line in outline.headings))}
    body = [block for block in chapter.blocks if isinstance(block, Grid) or block.zone == "body"]
    for block, below in itertools.zip_longest(body, body[1:]):
        if isinstance(block, Grid) or block.number not in titles_of_parts or block.where.page is None:
            continue
        if below is None or below.where.page != block.where.page:
            message = f"nothing is below {block.text[:80]!r} on this page; a part of the page may be missing"
            yield Issue("stream_damaged", "error", message, block.where)


def missing_sections(outline: Outline) -> Iterator[Issue]:
    """Gaps in the numbering of the sections. A missing last section leaves no gap.

    If enough headings are before the gap, a number is misprinted (Norfolk Island 2016 has III twice and no IV).
    """
    seen = [
        (ROMAN.index(m[1].upper()) + 1, line)
        for _, line in outline.headings
        if (m := re.match(r"\s*([ivx]+)\s*[.,]", line.text, re.I)) and m[1].upper() in ROMAN
    ]
    numbers = [number for number, _ in seen]
    for number in range(1, max(numbers, default=0)):
        if number in numbers:
            continue
        before = next(i for i, other in enumerate(numbers) if other > number)
        after, roman = seen[before][1], ROMAN[number - 1]
        if before >= number:
            message = f"no section has the number {roman}, but enough sections are before {after.text!r}"
            yield Issue("section_misnumbered", "warning", message, after.where, "paragraphs")
        else:
            message = f"section {roman} is missing before {after.text!r}"
            yield Issue("section_missing", "error", message, after.where, "paragraphs")


def unknown_headings(outline: Outline) -> Iterator[Issue]:
    """Lines of the running text that look like the heading of a section, by their number or type."""
    for line in (line for paragraph in running_text(outline) for line in paragraph.lines):
        if is_unknown_heading(line):
            message = f"this looks like the heading of an unknown section; it is kept as text: {line.text!r}"
            yield Issue("heading_unknown", "warning", message, line.where, "paragraphs")


def empty_tables(outline: Outline, tables: Iterable[ChapterTable]) -> Iterator[Issue]:
    """Tables with a caption or header and without rows."""
    for table in tables:
        if table.code and not table.rows:
            yield Issue("table_empty", "error", f"no row is below the header of {table.title!r}", table=table.code)
    found = {piece.code for piece in outline.pieces}
    for line in outline.captions:
        code = best_phrase(line.text, current().titles) if CAPTION.match(line.text) else None
        if code and code not in found:
            found.add(code)
            yield Issue("table_empty", "error", f"no row is below the caption {line.text!r}", line.where, code)


def rows_without_answers(tables: Iterable[ChapterTable]) -> Iterator[Issue]:
    """Return one error for the rows of a table that lack an answer: of a year, or all that a row has beside its key.

    An empty cell beside a convention means that it is not ratified, if another cell has a sign. No other row of 313
    undamaged chapters is empty.
    """
    for table in tables:
        rule = current().tables.get(table.code)
        if rule is None:
            continue
        lacking = [row for row in table.rows if not is_answered(row, table, rule)]
        signs = any(column.kind == "ratification" for column in rule.columns.values())
        if lacking and not (signs and len(lacking) < max(2, len(table.rows))):
            message = f"{len(lacking)} rows have an empty cell where an answer is: {lacking[0].text(rule.key)[:80]!r}"
            yield Issue("cell_missing", "error", message, lacking[0].where, table.code)


def is_answered(row: TableRow, table: ChapterTable, rule: Table) -> bool:
    """Tell whether a row has an answer for each year, and a cell beside its key and what stands for several rows."""
    years = [name for name in table.columns if name.isdecimal()]
    others = [name for name in table.columns if name not in (rule.key, "territory", *rule.carried)]
    return all(row.text(name) for name in years) and (not others or any(row.text(name) for name in others))


def unowned(chapter: Chapter, outline: Outline, owned: Collection[int]) -> Iterator[Issue]:
    """How many lines of the source have no owner, and which: no record, heading, caption or running head has them."""
    known = {*owned, *(line.number for line in owned_lines(chapter, outline))}
    everything: dict[int, Line] = {line.number: line for line in chapter.lines()}
    lost = [line for number, line in everything.items() if number not in known]
    share = len(lost) / max(1, len(everything))
    yield Issue("lines_unowned", "info", f"{len(lost)} of {len(everything)} lines ({share:.2%}) have no owner")
    for _, lines in itertools.groupby(lost, key=lambda line: line.where.page):
        together = list(lines)
        count = f"{len(together)} lines" if len(together) > 1 else "this line"
        message = f"no record was made of {count}: {together[0].text!r}" + (" ..." if len(together) > 1 else "")
        yield Issue("line_unowned", "error", message, together[0].where)


def owned_lines(chapter: Chapter, outline: Outline) -> Iterator[Line]:
    """The lines that the outline owns, and the headers of tables. Records own the figure, references and cells."""
    parts: list[Paragraph | Note] = [*running_text(outline), *outline.notes]
    yield from (*outline.signposts(), *(line for part in parts for line in part.lines), *chapter.header_lines())


def foreign_part(outline: Outline) -> str:
    """Why the end of a chapter may belong to another one; empty if nothing says so.

    From some section on, its text names another country again and again, which the sections above never name, and its
    own country never. Not asked where the heads of several pages name the country.
    """
    code = country_code(outline.country)
    heads = sum(line.zone == "head" and country_code(line.text) == code for line in outline.furniture)
    if code is None or len(outline.territories) > 1 or heads > 1:
        return ""
    sections, counts = list(named := names_by_section(outline, code)), list(named.values())
    for at in range(1, len(counts)):
        above, below = Counter[str](), Counter[str]()
        for count in counts[:at]:
            above += count
        for count in counts[at:]:
            below += count
        other, times = max(below.items(), key=lambda item: item[1], default=("", 0))
        if above[code] > 1 and not below[code] and times >= FOREIGN and not above[other]:
            return f"from section {sections[at]!r} on the text names {other} {times} times and never {outline.country}"
    return ""


def names_by_section(outline: Outline, code: str) -> dict[str, Counter[str]]:
    """How often the running text of each section names each country; ``code`` is that of the chapter's own."""
    found: dict[str, Counter[str]] = {}
    for paragraph in (*outline.territories[0].summary, *outline.paragraphs):
        text, count = text_of(paragraph.lines), found.setdefault(paragraph.section, Counter())
        count[code] += text.count(outline.country)
        count += countries_named(text.replace(outline.country, ""))
        found[paragraph.section] = count
    return found


# ---------------------------------------------------------------------------------------------- published words


def unpublished(
    chapter: Chapter,
    outline: Outline,
    tables: Iterable[ChapterTable],
    records: Mapping[str, Sequence[Mapping[str, Any]]],
    found: Iterable[Issue],
) -> Iterator[Issue]:
    """One error for each page with lines whose words are in no record; ``records`` are those of the whole chapter.

    A line may have an owner, such as a note, of which nothing was published: so this check counts words. Left out are
    lines that make no record: headings, captions, running heads, headers and heads of groups. A page of which ``found``
    says that lines are lost has no second error. 313 undamaged chapters have no such error.
    """
    silent = set(without_records(chapter, outline, tables))
    lines = {
        line.number: line for line in chapter.lines() if line.number not in silent and line.zone in ("body", "column")
    }
    known = {issue.where.page for issue in found if issue.check in SPOKEN_OF}
    lost = Counter(words("\n".join(line.text for line in lines.values())))
    lost -= Counter(words("\n".join(published(records))))
    if lost.total() < MISSING * LEAST_WORDS:
        return
    missing = [line for line in lines.values() if is_lost(words(line.text), lost) and line.where.page not in known]
    for _, of_page in itertools.groupby(missing, key=lambda line: line.where.page):
        together = list(of_page)
        count = f"{len(together)} lines" if len(together) > 1 else "this line"
        message = f"the words of {count} are in no table and no paragraph: {together[0].text!r}"
        yield Issue("text_unpublished", "error", message, together[0].where)


def words(text: str) -> list[str]:
    """The words of three and more letters, in small letters."""
    return WORD.findall(text.casefold())


def is_lost(of_line: Collection[str], lost: Mapping[str, int]) -> bool:
    """Whether most of the words of a line are among the lost ones."""
    return len(of_line) >= LEAST_WORDS and sum(lost[word] > 0 for word in of_line) >= MISSING * len(of_line)


def without_records(chapter: Chapter, outline: Outline, tables: Iterable[ChapterTable]) -> Iterator[int]:
    """The numbers of the lines that make no record of their own."""
    heads = (cell for table in tables for row in table.heads for cell in row.cells.values())
    yield from (line.number for cell in heads for line in cell.lines)
    yield from (line.number for line in (*outline.signposts(), *outline.figure, *chapter.header_lines()))


def published(records: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """The texts that the records were made of, as printed."""
    yield from (row["raw"] for row in records["provenance"])
    yield from (row["text"] for table in ("footnotes", "other_tables") for row in records.get(table, ()))
