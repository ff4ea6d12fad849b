"""Notes below tables: which marker means what, and the rows of ``footnotes``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from extractors.chapter.recorder import Recorder, published_name
from extractors.chapter.segment import Note, place
from extractors.chapter.tables import ChapterTable
from extractors.model import Issue, Line, Severity, Where, join_lines
from extractors.references.citations import lift
from extractors.rules import MARKERS

MARKER = re.compile(rf"\[?([{re.escape(MARKERS)}]+)\]?\s*")
BETWEEN_NOTES = re.compile(rf"(?<=\S)\s+(?=[{re.escape(MARKERS)}]+\s?[A-Z])")


@dataclass(frozen=True, slots=True)
class Footnote:
    """One note below a table: its marker (empty for a note without one), its words and its place."""

    marker: str
    text: str
    where: Where
    lines: tuple[Line, ...]


Notes = Mapping[str, Sequence[Footnote]]
"""Code of a printed table -> the notes below it."""


def read_notes(notes: Iterable[Note]) -> dict[str, list[Footnote]]:
    """The footnotes of each table. One paragraph may hold two: "* No conscription (12) † No standing military (6)"."""
    out: dict[str, list[Footnote]] = {}
    for note in notes:
        text = join_lines(line.text for line in note.lines)
        where, lines = place(note.lines), tuple(note.lines)
        for part in BETWEEN_NOTES.split(text):
            mark = MARKER.match(part)
            words = part[mark.end() :] if mark else part
            out.setdefault(note.code, []).append(Footnote(mark[1] if mark else "", words, where, lines))
    return out


def marked(notes: Sequence[Footnote], markers: Sequence[str], words: Iterable[str]) -> bool:
    """Whether one of the markers leads to a note that contains one of the words (in lower case)."""
    return any(note.marker in markers and any(word in note.text.casefold() for word in words) for note in notes)


def add_footnotes(to: Recorder, tables: Sequence[ChapterTable], notes: Notes, source_notes: str) -> None:
    """Add the rows of ``footnotes``.

    A note without a marker below the table ``source_notes`` is the source of its rows, and no footnote. One that no row
    has is a footnote: "All other data were unavailable" (British Virgin Islands 2020, page 1).
    """
    number = 0
    sources = {row["source"] for row in to.out[published_name(source_notes)]}
    for code, of_table in notes.items():
        markers = markers_of((table for table in tables if table.code == code), to)
        for note in of_table:
            to.owned.update(line.number for line in note.lines)
            if code == source_notes and not note.marker and to.plain(note.text) in sources:
                continue
            number += 1
            _add(to, number, published_name(code), note, bool(note.marker) and note.marker in markers)
    to.found += unexplained(to, tables, notes)


def unexplained(to: Recorder, tables: Sequence[ChapterTable], notes: Notes) -> Iterator[Issue]:
    """A finding for each marker in the cells of a table that no note below it explains: an error if none in the chapter
    does (of 326 chapters none has one; two explain one below another table)."""
    known = {code: set("".join(note.marker for note in of_table)) for code, of_table in notes.items()}
    elsewhere = set().union(*known.values())
    for code in dict.fromkeys(table.code for table in tables if table.code):
        own = [table for table in tables if table.code == code and table.rows]
        for marker in sorted(set("".join(markers_of(own, to))) - known.get(code, set())):
            message = f"no note below this table explains the marker {marker} in its cells"
            severity: Severity = "warning" if marker in elsewhere else "error"
            yield Issue("footnote_missing", severity, message, own[0].rows[0].where, published_name(code))


def markers_of(tables: Iterable[ChapterTable], to: Recorder) -> tuple[str, ...]:
    """The markers in all words of some tables: titles and headers, then cells; a bar after each keeps markers apart."""
    tables = list(tables)
    heads = [" | ".join((table.title, *table.headers.values())) for table in tables]
    cells = [row.text(column) for table in tables for row in table.rows for column in row.cells]
    return lift(" | ".join(heads + cells), to.highest).markers


def _add(to: Recorder, number: int, table: str, note: Footnote, anchored: bool) -> None:
    record = {"table": table, "marker": note.marker, "text": note.text, "anchored": anchored}
    to.out["footnotes"].append({**to.identity(note.where), "row": number, **record})
    to.cite("footnotes", number, note.where, "text", note.text, None)
    if note.marker and not anchored:
        message = f"the marker {note.marker} of this note is nowhere in its table"
        to.found.append(Issue("footnote_unanchored", "info", message, note.where, table))
