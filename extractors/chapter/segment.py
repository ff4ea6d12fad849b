"""Chapter -> Outline: every line outside of grids gets one owner.

Owners are the running head and foot, the title block, a section heading, a caption, a note, the figure, a paragraph and
the reference list. Headings and captions are found by their words; :mod:`extractors.chapter.typography` adds what the
type of a line says, or judges by words alone where the source has no type.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from extractors.chapter import typography
from extractors.chapter.columns import table_of
from extractors.chapter.typography import SENTENCE_END
from extractors.model import Block, Chapter, Grid, Issue, Line, Severity, UnreadableSource, Where, text_of
from extractors.rules import best_phrase, country_code, country_in, current, fold, near_phrase

T = TypeVar("T", str, int)
OPENING = 400  # letters of the summary in which the opening sentence names its country
CAPTION = re.compile(r"table\s*([\dIl]+)\s*[.:–-]*\s*\S", re.I)  # a scanner reads the number 1 as I or l
FIGURE = re.compile(r"\s*figure\s+[\dIl]+\s*[.:]", re.I)
CONTINUED = re.compile(r"\s*\(\s*cont[^)]*\)", re.I)


@dataclass(slots=True)
class Paragraph:
    """Running text. ``section`` is a code of ``headings.yml``; ``subsection`` and ``territory`` are as printed."""

    section: str
    subsection: str
    territory: str
    lines: list[Line]


@dataclass(slots=True)
class TablePiece:
    """One grid with its caption (``title``). ``code`` names the table and is empty if the table is unknown.

    ``territory`` is the name printed in a band above the grid, empty if there is no band. ``caption`` are the lines of
    the title.
    """

    code: str
    title: str
    grid: Grid
    territory: str
    caption: Sequence[Line] = ()


@dataclass(slots=True)
class Note:
    """A footnote or source note; ``code`` and ``territory`` are those of the table above it."""

    code: str
    territory: str
    lines: list[Line]


@dataclass(slots=True)
class Territory:
    """One country of the chapter: its name as printed, and the lines of its assessment, title and summary."""

    name: str
    assessment: list[Line] = field(default_factory=list)
    title: list[Line] = field(default_factory=list)
    summary: list[Paragraph] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """The parts of a chapter. Every line outside of grids is in one of these lists or in a territory."""

    country: str
    year: int
    territories: list[Territory]
    paragraphs: list[Paragraph] = field(default_factory=list)
    pieces: list[TablePiece] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    figure: list[Line] = field(default_factory=list)
    references: list[Line] = field(default_factory=list)
    headings: list[tuple[str, Line]] = field(default_factory=list)
    captions: list[Line] = field(default_factory=list)
    furniture: list[Line] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def signposts(self) -> Iterator[Line]:
        """The lines that only lead to others: running heads and feet, captions, headings, titles, assessments."""
        yield from (*self.furniture, *self.captions, *(line for _, line in self.headings))
        for territory in self.territories:
            yield from (*territory.title, *territory.assessment)


def segment(chapter: Chapter) -> Outline:
    """Give every line of a chapter its owner.

    Raises :class:`UnreadableSource` if the source is not a chapter of the report: it has no section heading and no
    table of the report, or no known country, or no report year.
    """
    segmenter = _Segmenter(chapter)
    for block, following in zip(chapter.blocks, [*chapter.blocks[1:], None], strict=True):
        segmenter.add(block, following)
    return segmenter.outline()


class _Segmenter:
    """One pass over the blocks in reading order, with what is known from the blocks above.

    The methods ``as_...`` are numbered cases. Each accepts a line and returns the name of its owner, or returns "".
    """

    def __init__(self, chapter: Chapter) -> None:
        self.chapter = chapter
        self.out = Outline("", 0, [Territory("")])
        self.section = "summary"
        self.subsection = ""
        self.territory = ""  # the name in the last band
        self.code = ""  # the table of the last caption
        self.title: list[Line] = []  # the lines of the last caption
        self.previous = ""  # the owner of the last block that is no running head or foot
        self.interrupted = False  # whether a running head or foot came directly before this block
        self.last: Line | None = None  # the last line that is no running head or foot
        self.following: Block | None = None
        self.numbers: dict[tuple[str, str], str] = {}  # table code and territory -> number of the first caption
        self.repeated = False  # whether the last grid is of a second table of one kind

    def add(self, block: Block, following: Block | None) -> None:
        if isinstance(block, Line) and block.zone in ("head", "foot"):
            self.out.furniture.append(block)
            self.interrupted = True
            return
        if isinstance(block, Grid):
            self.add_grid(block)
        else:
            self.following = following
            self.previous = self.owner_of(block)
            self.last = block
        self.interrupted = False

    def owner_of(self, line: Line) -> str:
        """Give a line to the first case that accepts it, and return the name of the owner. The order decides."""
        return (
            self.as_map_label(line)
            or self.as_figure(line)
            or self.as_reference(line)
            or self.as_heading(line)
            or self.as_heading_rest(line)
            or self.as_caption(line)
            or self.as_caption_rest(line)
            or self.as_band(line)
            or self.as_title_block(line)
            or self.as_note(line)
            or self.as_subsection(line)
            or self.as_text(line)
        )

    def as_map_label(self, line: Line) -> str:
        """Case 1: a label of the map beside the summary. It counts as furniture and interrupts nothing."""
        if line.zone != "figure" or self.out.figure or self.is_figure(line):
            return ""
        self.out.furniture.append(line)
        return self.previous or "furniture"

    def as_figure(self, line: Line) -> str:
        """Case 2: the caption of a figure, or a label in it."""
        if line.zone != "figure" and not self.is_figure(line):
            return ""
        self.out.figure.append(line)
        return "figure"

    def is_figure(self, line: Line) -> bool:
        if FIGURE.match(line.text) and len(line.text) < 90:
            return True
        if self.previous != "figure":
            return False
        goes_on = not line.gap or (self.last is not None and self.last.text.rstrip().endswith(","))
        return typography.is_figure_part(line, goes_on)

    def as_reference(self, line: Line) -> str:
        """Case 3: every line below the heading of the reference list."""
        if self.section != "references":
            return ""
        self.out.references.append(line)
        return "reference"

    def as_heading(self, line: Line) -> str:
        """Case 4: the heading of a section. ``fold`` makes small capitals, stored as small letters, equal to others."""
        text = fold(line.text)
        caption = isinstance(self.following, Grid) or CAPTION.match(line.text) is not None
        heading = typography.may_be_section_heading(line, caption) and not CAPTION.match(line.text)
        code = self.section_of(line) if heading else None
        if text in current().headings.references and typography.is_reference_heading(line):
            code = "references"
        if code is None:
            return ""
        self.section, self.subsection, self.code, self.title = code, "", "", []
        if code != "references":
            self.territory = ""
        self.out.headings.append((code, line))
        return "heading"

    def section_of(self, line: Line) -> str | None:
        """The section that a heading names: by its words, by those of its first two lines, or in spite of a misprint.

        Botswana 2018, page 1, has "SECTORAL" and "DISTRIBUTION" on two lines; Burma 2016, page 1, "SECTORIAL".
        """
        sections = current().headings.sections
        if code := best_phrase(line.text, sections):
            return code
        below, whole = self.following, line.text
        if isinstance(below, Line) and not below.gap and typography.continues_heading(below, line):
            whole = text_of([line, below])
            if code := best_phrase(whole, sections):
                return code
        if not typography.has_section_number(line):
            return None
        near = near_phrase(whole, sections)
        if near is None:
            return None
        message = f"the section heading {whole!r} is read as {near[1]!r}"
        self.out.issues.append(Issue("wording_guessed", "info", message, line.where, "paragraphs"))
        return near[0]

    def as_heading_rest(self, line: Line) -> str:
        """Case 5: the second line of a heading (Ghana 2016, section VII)."""
        last = self.last
        if self.previous != "heading" or line.gap or last is None or not typography.continues_heading(line, last):
            return ""
        self.out.headings.append((self.section, line))
        return "heading"

    def as_caption(self, line: Line) -> str:
        """Case 6: the caption of a table."""
        if len(line.text) > 160:
            return ""
        code, above_grid = best_phrase(line.text, current().titles) or "", isinstance(self.following, Grid)
        if not CAPTION.match(line.text) and not (
            code and above_grid and not SENTENCE_END.search(CONTINUED.sub("", line.text))
        ):
            return ""
        if not typography.is_caption(line, known=bool(code), above_grid=above_grid):
            return ""
        self.title, self.territory, self.code = [line], "", code
        self.out.captions.append(line)
        return "caption"

    def as_caption_rest(self, line: Line) -> str:
        """Case 7: the next line of a caption."""
        if self.previous != "caption" or line.gap or is_band(line) or self.is_note(line):
            return ""
        if not typography.is_bold(line):
            return ""
        self.title.append(line)
        self.out.captions.append(line)
        self.code = best_phrase(text_of(self.title), current().titles) or self.code
        return "caption"

    def as_band(self, line: Line) -> str:
        """Case 8: a territory's name in capitals above its part of a table (British Virgin Islands 2016, page 3)."""
        goes_on = self.previous == "band" and typography.is_bold(line) and not line.gap and line.text.isupper()
        if self.section == "summary" or not (goes_on or is_band(line)):
            return ""
        name = CONTINUED.sub("", line.text).strip()
        self.territory = f"{self.territory} {name}" if self.previous == "band" and not line.gap else name
        self.out.captions.append(line)
        return "band"

    def as_title_block(self, line: Line) -> str:
        """Case 9: a title or assessment line above a summary. Every territory of a chapter has such a block."""
        block = self.out.territories[-1]
        if self.section != "summary":
            return ""
        if typography.is_title(line):
            self.add_title(line)
        elif not (block.summary or block.title) and typography.is_country_line(line):
            block.title, block.name = [line], line.text
        elif not block.summary and self.is_assessment(line, block):
            block.assessment.append(line)
        else:
            return ""
        return "title"

    def add_title(self, line: Line) -> None:
        """Add a line of a title. It opens a new block if the last block is complete."""
        block = self.out.territories[-1]
        begun = bool(block.summary or block.title or block.assessment)
        if begun and (self.previous != "title" or block.assessment):
            block = Territory("")
            self.out.territories.append(block)
        block.title.append(line)
        block.name = text_of(block.title)

    def is_assessment(self, line: Line, block: Territory) -> bool:
        begins = any(pattern.match(fold(line.text)) for pattern in current().headings.openings)
        if not begins and typography.may_be_assessment(line) and best_phrase(line.text, current().headings.assessments):
            return True
        # the words after the dash may be on the next line (Kenya 2013, page 1)
        return bool(block.assessment) and self.previous == "title" and typography.continues_assessment(line)

    def is_note(self, line: Line) -> bool:
        return bool(self.out.pieces) and typography.is_note(line, below_table=self.previous in ("table", "note"))

    def as_note(self, line: Line) -> str:
        """Case 10: a note below a table, or the next line of one."""
        last = self.out.notes[-1].lines[-1] if self.out.notes else line
        goes_on = self.previous == "note" and last is not line and typography.continues_note(line, last)
        if not self.is_note(line) and not (goes_on and line.style is None):
            return ""
        piece = self.out.pieces[-1]
        if goes_on:
            self.out.notes[-1].lines.append(line)
        else:
            self.out.notes.append(Note(piece.code, piece.territory, [line]))
        return "note"

    def as_subsection(self, line: Line) -> str:
        """Case 11: a heading inside a section."""
        known = fold(line.text) in current().headings.subsections
        if self.section == "summary" or not typography.is_subsection(line, known):
            return ""
        self.subsection = line.text.strip()
        self.out.headings.append((self.section, line))
        return "subsection"

    def as_text(self, line: Line) -> str:
        """Case 12: running text, in every other case."""
        if self.section == "summary":
            block = self.out.territories[-1]
            paragraphs, territory = block.summary, block.name
        else:
            paragraphs, territory = self.out.paragraphs, self.territory
        last = paragraphs[-1] if paragraphs else None
        if last is not None and last.section == self.section and self.continues(line, last):
            last.lines.append(line)
        else:
            paragraphs.append(Paragraph(self.section, self.subsection, territory, [line]))
        return "text"

    def continues(self, line: Line, paragraph: Paragraph) -> bool:
        """Whether a line continues the paragraph before it, also over the end of a page or a table between them."""
        if paragraph.subsection != self.subsection and self.previous == "subsection":
            return False
        ended = SENTENCE_END.search(paragraph.lines[-1].text) is not None
        if self.previous == "text":
            return not line.gap or (self.interrupted and typography.continues_over_page(line, ended))
        lower = line.text[:1].islower()
        return not ended and self.previous in ("table", "note", "figure", "caption") and (lower or self.interrupted)

    # ------------------------------------------------------------------ tables

    def add_grid(self, grid: Grid) -> None:
        """Name the table of a grid by its caption and header (see :func:`table_of`), else by the grid before it.

        Without a caption, a grid with the header of the grid before it is of the same table.
        """
        captioned = self.previous in ("caption", "band")
        caption = self.title if captioned else []
        title = text_of(caption)
        named = self.code or best_phrase(title, current().titles) or ""
        last = self.out.pieces[-1] if self.out.pieces else None
        if not captioned:
            named = last.code if last and header_texts(last.grid) == header_texts(grid) else ""
        code = table_of(grid, named, self.out.issues)
        if not (code or captioned) and last and len(grid.header) == len(last.grid.header):
            code = last.code
        if (not named or code == named) and self.is_repeated(code, title, grid):
            code = ""
        self.out.pieces.append(TablePiece(code, title, grid, self.territory, caption))
        self.code, self.previous = code, "table"

    def is_repeated(self, code: str, title: str, grid: Grid) -> bool:
        """Whether a grid belongs to a second table of one kind: its caption has another number than the first caption.

        Rows of "Table 12. Statistics on Children's Work in Towns" must not be published as rows of Table 1.
        """
        if not title and self.repeated:  # without a caption, the table continues if the header is the same
            self.repeated = header_texts(grid) == header_texts(self.out.pieces[-1].grid)
            return self.repeated
        own = table_number(title)
        self.repeated = False
        if code and own:
            first = self.numbers.setdefault((code, self.territory), own)
            self.repeated = own != first and not CONTINUED.search(title)
            if self.repeated:
                message = (
                    f"{title!r} is a second table of the same kind as Table {first}; its cells are in other_tables"
                )
                self.out.issues.append(Issue("table_repeated", "error", message, grid.where, code))
        return self.repeated

    # ------------------------------------------------------------------ country, assessment and year

    def outline(self) -> Outline:
        """The outline after the last block, with the country, assessment and year of the chapter."""
        out, path = self.out, self.chapter.source.path
        if not out.pieces and all(code == "references" for code, _ in out.headings):
            reason = "this is not a chapter of the report: no section heading and no table of the report is in it"
            raise UnreadableSource(path, reason, 1)
        opening = text_of(x for t in out.territories for p in t.summary for x in p.lines)
        self.name_country(opening)
        if not any(country_code(t.name) for t in out.territories):
            raise UnreadableSource(path, f"no country of the list is named in {out.country or opening[:60]!r}")
        out.year = self.report_year(opening)
        return out

    def name_country(self, opening: str) -> None:
        """Set the country by the title (the running head, else the line above the summary), else by the opening.

        The opening sentence gives the spelling if the title is in capitals. If it names another country than the
        title, that is an error: a chapter on Western Sahara may open with Morocco, and the two are never versions of
        each other. A chapter of one country gets its name and, without an assessment line, that of the running head.
        """
        out = self.out
        head = [x for x in out.furniture if x.zone == "head"]
        out.country = running_country(head)
        if len(out.territories) > 1:
            return
        only, named = out.territories[0], country_in(opening[:OPENING])
        if country_code(out.country) is None and country_code(only.name):
            out.country = only.name
        titled = country_code(out.country)
        if named and titled not in (None, named[1]):
            self.report_conflict(named[0])
        elif (named := named or country_in(opening)) and (out.country.isupper() or titled is None):
            out.country = named[0]
        only.name = out.country
        only.assessment = only.assessment or self.assessment(head, opening)

    def report_conflict(self, named: str) -> None:
        """Add the error that the opening sentence names another country than the title."""
        lines = (line for paragraph in self.out.territories[0].summary for line in paragraph.lines)
        where = next((line.where for line in lines), Where())
        message = f"the title names {self.out.country!r}, the opening sentence {named!r}; the title is used"
        self.out.issues.append(Issue("country_conflict", "error", message, where, "documents", 1))

    def assessment(self, head: Sequence[Line], opening: str) -> list[Line]:
        """The assessment in the running head.

        If the head changes within the chapter (Ghana 2016: moderate on page 1, significant on the other pages), the
        level in the opening sentence decides, and a finding reports it.
        """
        pages = itertools.groupby(head, key=lambda line: line.where.page)
        by_page = [lines for _, page in pages if (lines := assessment_lines(page))]
        levels = [best_phrase(text_of(lines), current().headings.assessments) for lines in by_page]
        if len(set(levels)) < 2:
            return by_page[0] if by_page else []
        named = best_phrase(opening, current().headings.assessments)
        chosen = by_page[levels.index(named)] if named in levels else by_page[0]
        printed = ", ".join(sorted({str(x) for x in levels}))
        message = f"the running head has several assessment levels ({printed}), the opening sentence has {named}"
        self.out.issues.append(Issue("assessment_conflict", "warning", message, chosen[0].where, "documents", 1))
        return chosen

    def report_year(self, opening: str) -> int:
        """The year of the report: that of an opening "In 2020, …", else that of the footer.

        The opening decides because some files have the footer of the year before (Iraq 2020, page 1). Another year in
        the opening may be that of a law; it counts only if no footer has a year.
        """
        footers = [
            int(y)  # the letters of the footer may be spaced out (Wallis and Futuna 2014, page 1)
            for x in self.out.furniture
            for y in re.findall(r"(20\d\d)findingson", re.sub(r"\s", "", x.text), re.I)
        ]
        footer = most_common(footers)
        if len(set(footers)) > 1:  # none of 313 chapters
            message = (
                f"the footers have several years, {', '.join(map(str, sorted(set(footers))))}: pages of two reports"
            )
            self.out.issues.append(Issue("report_year_conflict", "error", message))
        first = re.match(r"\W*in (20\d\d)\b", opening, re.I)
        if first is None and footer is None:
            first = re.search(r"\b(?:in|during|for)(?: the)? (20\d\d)\b", opening[:600], re.I)
        year = int(first[1]) if first else footer
        if year is None:
            raise UnreadableSource(self.chapter.source.path, "no report year is in the opening sentence or the footer")
        if footer is not None and footer != year:
            where = next(x.where for x in self.out.furniture if str(footer) in re.sub(r"\s", "", x.text))
            message = f"the footer has the year {footer}, the opening sentence {year}; {year} is used"
            severity: Severity = "warning" if footer == year - 1 else "error"  # the footer of the last year is common
            self.out.issues.append(Issue("report_year_conflict", severity, message, where))
        return year


def most_common(values: Iterable[T]) -> T | None:
    """The most common value, the first one of several; ``None`` if there is no value."""
    return next((value for value, _ in Counter(values).most_common(1)), None)


def assessment_lines(head: Iterable[Line]) -> list[Line]:
    """The assessment in the running head of a page: its first line and the lines in the same type."""
    lines: list[Line] = []
    for line in head:
        if (
            typography.continues_head(line, lines[0])
            if lines
            else best_phrase(line.text, current().headings.assessments)
        ):
            lines.append(line)
    return lines


def running_country(head: Iterable[Line]) -> str:
    """The country in the running head, as most pages print it; empty if none does."""
    titles = (line.text for line in head if typography.has_title_size(line) or typography.is_country_line(line))
    return most_common(titles) or ""


def is_band(line: Line) -> bool:
    """Whether a line is the name of one or more territories, in capitals."""
    text = CONTINUED.sub("", line.text)
    shaped = typography.is_bold(line) and text.isupper() and not typography.has_title_size(line)
    return shaped and any(country_code(part) for part in band_names(text))


def band_names(band: str) -> list[str]:
    """The names that a band may hold: the whole band ("Turks and Caicos Islands") and each part of it."""
    return [band, *re.split(r"/|, | and ", band, flags=re.I)]


def table_number(title: str) -> str:
    """The number in the caption of a table; empty if it has none."""
    number = CAPTION.match(title)
    return re.sub("[Il]", "1", number[1]) if number else ""


def header_texts(grid: Grid) -> list[str]:
    """The texts of a grid's header cells."""
    return [cell.text for cell in grid.header]


def place(lines: Sequence[Line]) -> Where:
    """The place of several lines: that of the first one, with a box around all lines on its page."""
    first = lines[0].where
    if first.bbox is None:
        return first
    boxes = [x.where.bbox for x in lines if x.where.page == first.page and x.where.bbox is not None]
    return Where(
        first.page,
        (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)),
    )
