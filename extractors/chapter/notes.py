"""Notes below tables: which marker means what, the rows of ``footnotes``, and the survey that a source note names."""

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


Notes = Mapping[str, Sequence[Footnote]]  # code of a printed table -> the notes below it


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


# ---------------------------------------------------------------------------------------------- source notes

_YEAR = r"(?P<year>(?:19|20)\d\d)(?:\s*[–-]\s*\d{2,4})?"
# "Data from 2017, published by UNESCO Institute for Statistics, 2019." (2013 to 2020): the data are of the first year.
# A text without types may cut the note behind "published by": then the survey has no name.
_PUBLISHED = re.compile(rf"\bdata from {_YEAR},? published by(?: (?:the )?(?P<name>.+?),? (?:19|20)\d\d)?", re.I)
_NONE = re.compile(r"\bunavailable\b|\bnot available\b", re.I)
_BEFORE = re.compile(r".*?\bstatistics from (?:the )?|[^:]*:\s*", re.I)
_SURVEY = re.compile(rf"(?P<name>.*?),?\s*{_YEAR}(?P<rest>[^.,;]*)")
_ANALYSIS = re.compile(r"\banalysis\b", re.I)
_NOT_COMPARABLE = re.compile(r"\b(?:not|cannot) (?:be )?(?:directly )?compar(?:able|ed)\b|\bincomparable\b", re.I)


@dataclass(frozen=True, slots=True)
class Survey:
    """The surveys that a note names, and the year that they share, if they do."""

    name: str = ""
    year: int | None = None
    comparable: bool = True


def survey_of(note: str) -> Survey:
    """Read a source note.

    >>> survey_of("Source for all other data: Analysis of statistics from Demographic and Health Survey, 2016.")
    Survey(name='Demographic and Health Survey', year=2016, comparable=True)
    >>> survey_of("Data were unavailable from the analysis, 2016.")
    Survey(name='', year=None, comparable=True)
    """
    comparable = not _NOT_COMPARABLE.search(note)
    if _NONE.search(note):
        return Survey(comparable=comparable)
    if found := _PUBLISHED.search(note):
        return Survey(found["name"] or "", int(found["year"]), comparable)
    before = _BEFORE.match(note)
    parts = re.split(r";\s*(?:and\s+)?", note[before.end() :] if before else "")
    surveys = [found for found in map(_SURVEY.match, parts) if found and not _ANALYSIS.search(found["name"])]
    years = {int(found["year"]) for found in surveys}
    names = "; ".join(found["name"].strip() or found[0].strip() for found in surveys)  # "2011 Survey" has no other name
    return Survey(names, years.pop() if len(years) == 1 else None, comparable)
