"""Whether the words of every line of a chapter are in what the chapter publishes.

A line may have an owner, such as a note, of which nothing was published. This check does not ask who owns a line. It
counts words: those of the source's lines against those of the records.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from extractors.chapter.segment import Outline
from extractors.chapter.tables import ChapterTable
from extractors.model import Chapter, Issue

WORD = re.compile(r"[^\W\d_]{3,}")
LEAST_WORDS = 4  # a shorter line may be the head of a group of rows, which is part of no record
BODY = ("body", "column")
MISSING = 0.7  # of the words of a line; a line that is wholly published shares the words of broken ones
SPOKEN_OF = ("line_unowned", "territory_unknown", "table_unread")
"""Errors that say of a page that lines of it are in no record."""


def unpublished(
    chapter: Chapter,
    outline: Outline,
    tables: Iterable[ChapterTable],
    records: Mapping[str, Sequence[Mapping[str, Any]]],
    found: Iterable[Issue],
) -> Iterator[Issue]:
    """One error for each page with lines whose words are in no record; ``records`` are those of the whole chapter.

    Left out are lines that make no record: headings, captions, running heads, headers and heads of groups. A page of
    which ``found`` says that lines are lost has no second error. 313 undamaged chapters have no such error.
    """
    silent = set(without_records(chapter, outline, tables))
    lines = {line.number: line for line in chapter.lines() if line.number not in silent and line.zone in BODY}
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
