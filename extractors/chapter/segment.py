"""Chapter -> Outline: every line of the source gets exactly one owner.

Owners are the running head and foot, title, section heading, caption, table, note, figure, paragraph and reference.
Works on words first (headings, captions) and on type size and weight where the reader knew them; a raw text knows none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from extractors.model import Block, Chapter, Grid, Issue, Line, Severity, UnreadableSource, Where, join_lines
from extractors.rules import MARKERS, best_phrase, country_code, country_in, current, fold, label_code, opens
from extractors.rules import Table as TableRule

TITLE_SIZE = 17.0  # points: a territory's title inside a chapter that covers several (18 pt, 2016)
HEADING_SIZE = 11.5
CAPTION_SIZE = 10.5  # points: captions, and now and then a section heading (Ghana 2018, page 6)
NOTE_SIZE = 8.7  # points: notes are set in 8 pt, cells in 9, running text in 11
CAPTION = re.compile(r"table\s*([\dIl]+)\s*[.:–-]*\s*\S", re.I)
NOTE_START = re.compile(rf"\[?[{re.escape(MARKERS)}]|sources?\b|data (?:are|were|is|from)\b|note:", re.I)
CONTINUED = re.compile(r"\s*\(\s*cont[^)]*\)", re.I)
TERMINAL = re.compile(r"[.!?:;][”\"’')\]]*(?:\s*\([\d\s,;–-]+\))?[.]?\s*$")


@dataclass(slots=True)
class Paragraph:
    """Running text: ``section`` is a code of ``headings.yml``, ``subsection`` and ``territory`` as printed."""

    section: str
    subsection: str
    territory: str
    lines: list[Line]


@dataclass(slots=True)
class Piece:
    """One grid under its caption. ``code`` names the table (empty: unknown), ``territory`` a band under the caption."""

    code: str
    title: str
    grid: Grid
    territory: str
    section: str


@dataclass(slots=True)
class Note:
    """A footnote or source note below a table; ``code`` is the table that it stands under."""

    code: str
    territory: str
    lines: list[Line]


@dataclass(slots=True)
class Territory:
    """One country of the chapter: its title as printed, assessment line and summary paragraphs."""

    name: str
    assessment: list[Line] = field(default_factory=list)
    title: list[Line] = field(default_factory=list)
    summary: list[Paragraph] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """A chapter taken apart: every line outside of grids is in one of these lists, or in its territory."""

    country: str
    year: int
    territories: list[Territory]
    paragraphs: list[Paragraph] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    figure: list[Line] = field(default_factory=list)
    references: list[Line] = field(default_factory=list)
    headings: list[tuple[str, Line]] = field(default_factory=list)
    captions: list[Line] = field(default_factory=list)
    furniture: list[Line] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


def segment(chapter: Chapter) -> Outline:
    """Take a chapter apart.

    Raises :class:`UnreadableSource` where the source is no chapter of the report: no country, no report year, or no
    section heading of the report in it.
    """
    walk = _Walk(chapter)
    for index, block in enumerate(chapter.blocks):
        walk.take(block, chapter.blocks[index + 1] if index + 1 < len(chapter.blocks) else None)
    return walk.outline()


class _Walk:
    """The state of one pass over the blocks in reading order."""

    def __init__(self, chapter: Chapter) -> None:
        self.chapter = chapter
        self.out = Outline("", 0, [Territory("")])
        self.section = "summary"
        self.subsection = ""
        self.territory = ""
        self.code = ""
        self.title: list[Line] = []
        self.previous: str = ""  # the owner of the block before, furniture not counted
        self.interrupted = False  # only furniture stands between this line and the running text before it
        self.last: Line | None = None
        self.last_piece: Piece | None = None
        self.numbers: dict[tuple[str, str], str] = {}  # table code, territory -> the number in its first caption
        self.repeated = False  # the last caption was that of a second table of a kind

    # ------------------------------------------------------------------ one block

    def take(self, block: Block, following: Block | None) -> None:
        if isinstance(block, Grid):
            self.take_grid(block)
        elif block.zone in ("head", "foot"):
            self.out.furniture.append(block)
            self.interrupted = True
            return
        else:
            self.previous = self.own(block, following)
            self.last = block
        self.interrupted = False

    def own(self, line: Line, following: Block | None) -> str:
        if line.zone == "figure" and not self.out.figure and not self.starts_figure(line):
            self.out.furniture.append(line)  # a label of the map beside the summary
            return self.previous
        if line.zone == "figure" or self.starts_figure(line):
            self.out.figure.append(line)
            return "figure"
        if self.section == "references":
            self.out.references.append(line)
            return "reference"
        if heading := self.heading(line):
            return self.open_section(heading, line)
        if self.previous == "heading" and self.goes_on(line) and line.bold:
            self.out.headings.append((self.section, line))  # headings of two lines: Ghana 2016, section VII
            return "heading"
        if self.is_caption(line, following):
            return self.open_caption(line)
        if self.previous == "caption" and line.bold and not line.gap and not is_band(line) and not self.note_like(line):
            self.title.append(line)
            self.out.captions.append(line)
            self.code = best_phrase(join_lines(x.text for x in self.title), titles()) or self.code
            return "caption"
        goes_on = self.previous == "band" and line.bold and not line.gap and line.text.isupper()
        if (is_band(line) or goes_on) and self.section != "summary":
            return self.open_band(line)
        if self.section == "summary" and self.title_block(line):
            return "title"
        if self.note_like(line):
            return self.add_note(line)
        if self.is_subsection(line):
            self.subsection = line.text.strip()
            self.out.headings.append((self.section, line))
            return "subsection"
        return self.add_text(line)

    def goes_on(self, line: Line) -> bool:
        last = self.last
        return last is not None and not line.gap and abs(line.size - last.size) < 0.3 and line.bold == last.bold

    # ------------------------------------------------------------------ headings

    def heading(self, line: Line) -> str:
        """The section that a heading opens, or nothing. Lower-case glyphs stand for small capitals in 2015 and 2018."""
        text = fold(line.text)
        if text in current().headings.references and (line.bold or line.size == 0 or line.zone == "column"):
            return "references"
        numbered = re.match(r"\s*[IVXl1]+\s*\.\s*\S", line.text)
        if line.size == 0:
            upper = sum(c.isupper() for c in line.text) > 0.6 * sum(c.isalpha() for c in line.text)
            if not (numbered or upper) or len(line.text) > 150:
                return ""
        elif not line.bold or line.zone != "body" or line.size < (CAPTION_SIZE if numbered else HEADING_SIZE):
            return ""
        return best_phrase(text, current().headings.sections) or ""

    def open_section(self, code: str, line: Line) -> str:
        self.section, self.subsection, self.code, self.title = code, "", "", []
        if code != "references":
            self.territory = ""
        self.out.headings.append((code, line))
        return "heading"

    def is_subsection(self, line: Line) -> bool:
        known = fold(line.text) in current().headings.subsections
        shaped = line.bold and line.italic and len(line.text) < 80 and not line.text.rstrip().endswith(".")
        return self.section not in ("summary", "references") and (shaped or (known and (line.bold or line.size == 0)))

    def title_block(self, line: Line) -> bool:
        """Titles and assessment lines above a summary; a chapter of several territories has one block for each."""
        current = self.out.territories[-1]
        if line.size >= TITLE_SIZE and not line.italic:
            begun = bool(current.summary or current.title or current.assessment)
            if begun and (self.previous != "title" or current.assessment):
                current = Territory("")
                self.out.territories.append(current)
            current.title.append(line)
            current.name = join_lines(x.text for x in current.title)
            return True
        if line.size == 0 and not (current.summary or current.title) and country_code(line.text):
            current.title, current.name = [line], line.text  # a raw text's title is a line like any other
            return True
        shaped = line.bold or (line.size == 0 and len(line.text) < 120 and not TERMINAL.search(line.text))
        if not current.summary and shaped and best_phrase(line.text, assessments()):
            current.assessment.append(line)
            return True
        if current.assessment and not current.summary and line.bold and not line.italic and self.previous == "title":
            current.assessment.append(line)  # the words after the dash go on below (Kenya 2013, page 1)
            return True
        return False

    # ------------------------------------------------------------------ tables

    def is_caption(self, line: Line, following: Block | None) -> bool:
        if not CAPTION.match(line.text) or len(line.text) > 160:
            return False
        if line.size:
            return line.bold and line.size > NOTE_SIZE
        known = best_phrase(line.text, titles())
        return (bool(known) and not TERMINAL.search(line.text)) or isinstance(following, Grid)

    def starts_figure(self, line: Line) -> bool:
        if re.match(r"\s*figure\s+[\dIl]+\s*[.:]", line.text, re.I) and len(line.text) < 90:
            return True
        if self.previous != "figure" or line.size:
            return False
        rest = re.sub(r"[\d.,%\s]", " ", line.text).split()
        if all(label_code("sectors", word) for word in rest):
            return True  # the pie's labels and shares, if the scanner kept them
        goes_on = not line.gap or (self.last is not None and self.last.text.rstrip().endswith(","))
        return goes_on and len(line.text) < 40 and not TERMINAL.search(line.text)

    def open_caption(self, line: Line) -> str:
        self.title = [line]
        self.territory = ""
        self.code = best_phrase(line.text, titles()) or ""
        self.out.captions.append(line)
        return "caption"

    def open_band(self, line: Line) -> str:
        """A territory's name in capitals above its part of a table (British Virgin Islands 2016, page 3)."""
        name = CONTINUED.sub("", line.text).strip()
        self.territory = f"{self.territory} {name}" if self.previous == "band" and not line.gap else name
        self.out.captions.append(line)
        return "band"

    def take_grid(self, grid: Grid) -> None:
        """The table's caption says which table a grid is of, then its header, then the grid before it."""
        captioned = self.previous in ("caption", "band")
        title = join_lines(x.text for x in self.title) if captioned else ""
        code = (self.code or best_phrase(title, titles()) or "") if captioned else ""
        code = code or code_of_header(grid)
        last = self.last_piece
        if not code and not captioned and last is not None and len(grid.header) == len(last.grid.header):
            code = last.code
        if self.is_repeated(code, title, grid):
            code = ""
        piece = Piece(code, title, grid, self.territory, self.section)
        self.out.pieces.append(piece)
        self.last_piece, self.code, self.previous = piece, code, "table"

    def is_repeated(self, code: str, title: str, grid: Grid) -> bool:
        """Whether a grid is of a second table of one kind: its caption has another number than that of the first.

        What such a table says ("Table 12. Statistics on Children's Work in Towns") must not be told as the first's.
        """
        last = self.last_piece
        if not title and self.repeated and last is not None:  # goes on without a caption, under the same header
            self.repeated = [cell.text for cell in grid.header] == [cell.text for cell in last.grid.header]
            return self.repeated
        number = CAPTION.match(title)
        self.repeated = False
        if code and number:
            own = re.sub("[Il]", "1", number[1])
            first = self.numbers.setdefault((code, self.territory), own)
            self.repeated = own != first and not CONTINUED.search(title)
            if self.repeated:
                message = f"{title!r} is a second table of a kind that Table {first} is of: its rows are left out"
                self.out.issues.append(Issue("table_repeated", "warning", message, grid.where, code))
        return self.repeated

    # ------------------------------------------------------------------ notes and text

    def note_like(self, line: Line) -> bool:
        if not self.out.pieces:
            return False
        marked = bool(re.match(rf"\[?[{re.escape(MARKERS)}]", line.text))
        if line.size:  # a note may be set in the size of the text (Fiji 2018, page 3)
            return line.size <= NOTE_SIZE or (marked and self.previous in ("table", "note"))
        return marked or (self.previous in ("table", "note") and bool(NOTE_START.match(line.text)))

    def add_note(self, line: Line) -> str:
        piece = self.out.pieces[-1]
        goes_on = self.previous == "note" and line.size and not NOTE_START.match(line.text) and not line.gap
        if goes_on and self.out.notes:
            self.out.notes[-1].lines.append(line)
        else:
            self.out.notes.append(Note(piece.code, piece.territory, [line]))
        return "note"

    def add_text(self, line: Line) -> str:
        if self.section == "summary":
            current = self.out.territories[-1]
            paragraphs, owner = current.summary, current.name
        else:
            paragraphs, owner = self.out.paragraphs, self.territory
        open_one = paragraphs[-1] if paragraphs else None
        if open_one is not None and open_one.section == self.section and self.continues(line, open_one):
            open_one.lines.append(line)
        else:
            paragraphs.append(Paragraph(self.section, self.subsection, owner, [line]))
        return "text"

    def continues(self, line: Line, paragraph: Paragraph) -> bool:
        """Whether a line goes on with the paragraph before it, over a page's end and over tables put between too."""
        if paragraph.subsection != self.subsection and self.previous == "subsection":
            return False
        ended = TERMINAL.search(paragraph.lines[-1].text) is not None
        if self.previous == "text":
            return not line.gap or (self.interrupted and (not ended or line.size == 0))
        lower = line.text[:1].islower()
        return not ended and self.previous in ("table", "note", "figure", "caption") and (lower or self.interrupted)

    # ------------------------------------------------------------------ the whole

    def outline(self) -> Outline:
        out, source = self.out, self.chapter.source
        if not any(code in current().headings.sections for code, _ in out.headings) and not out.pieces:
            raise UnreadableSource(
                source.path, "is no chapter of the report (no section heading and no table of it)", 1
            )
        head = [x for x in out.furniture if x.zone == "head"]
        names = Counter(x.text for x in head if x.size >= TITLE_SIZE)
        out.country = names.most_common(1)[0][0] if names else ""
        opening = join_lines(x.text for t in out.territories for p in t.summary for x in p.lines)
        if len(out.territories) == 1:
            only = out.territories[0]
            named = country_in(opening)
            if country_code(out.country) is None or (out.country.isupper() and named):
                out.country = named[0] if named else only.name if country_code(only.name) else out.country
            only.name = out.country
            if not only.assessment:
                only.assessment = self.assessment(head, opening)
        if not any(country_code(t.name) for t in out.territories):
            raise UnreadableSource(source.path, f"names no country that is known ({out.country or opening[:60]!r})")
        out.year = self.report_year(opening)
        return out

    def assessment(self, head: Sequence[Line], opening: str) -> list[Line]:
        """The assessment in the running head. Where it changes within the chapter (Ghana 2016: moderate on page 1,
        significant on the others), the one that the opening sentence names, with a finding."""
        by_page = [
            lines
            for page in dict.fromkeys(line.where.page for line in head)
            if (lines := assessment_lines(line for line in head if line.where.page == page))
        ]
        levels = [best_phrase(join_lines(x.text for x in lines), assessments()) for lines in by_page]
        if len(set(levels)) < 2:
            return by_page[0] if by_page else []
        named = best_phrase(opening, assessments())
        chosen = by_page[levels.index(named)] if named in levels else by_page[0]
        message = f"the running head says {', '.join(sorted({str(x) for x in levels}))}; the opening sentence {named}"
        self.out.issues.append(Issue("assessment_conflict", "warning", message, chosen[0].where, "documents", 1))
        return chosen

    def report_year(self, opening: str) -> int:
        """The year of the report: an opening "In 2020, …" over the footer, which some files carry from the year before
        (Iraq 2020, page 1); any other year of the opening only where no footer says one, for it may be that of a law.
        """
        footers = Counter(
            int(y)  # the letters of the footer may be spaced out (Wallis and Futuna 2014, page 1)
            for x in self.out.furniture
            for y in re.findall(r"(20\d\d)findingson", re.sub(r"\s", "", x.text), re.I)
        )
        footer = footers.most_common(1)[0][0] if footers else None
        first = re.match(r"\W*in (20\d\d)\b", opening, re.I)
        if first is None and footer is None:
            first = re.search(r"\b(?:in|during|for)(?: the)? (20\d\d)\b", opening[:600], re.I)
        year = int(first[1]) if first else footer
        if year is None:
            raise UnreadableSource(self.chapter.source.path, "says no report year (opening sentence, footer)")
        if footer is not None and footer != year:
            where = next(x.where for x in self.out.furniture if str(footer) in re.sub(r"\s", "", x.text))
            message = f"the footer says {footer}, the opening sentence {year}; the opening sentence decides"
            severity: Severity = "warning" if footer == year - 1 else "error"  # a foot of the year before is usual
            self.out.issues.append(Issue("report_year_conflict", severity, message, where))
        return year


def assessment_lines(head: Iterable[Line]) -> list[Line]:
    """The assessment in the running head: its first line and those directly below on the same page."""
    lines: list[Line] = []
    for line in head:
        if (not lines and best_phrase(line.text, assessments())) or (
            lines and line.where.page == lines[0].where.page and line.size and abs(line.size - lines[0].size) < 1
        ):
            lines.append(line)
    return lines


def is_band(line: Line) -> bool:
    """A line of capitals that names one or more territories."""
    text = CONTINUED.sub("", line.text)
    if not (line.bold and text.isupper()) or line.size >= TITLE_SIZE:
        return False
    return any(country_code(part) for part in band_names(text))


def band_names(band: str) -> list[str]:
    """The names that a band may be made of: the whole of it ("Turks and Caicos Islands") and its parts."""
    return [band, *re.split(r"/|, | and ", band, flags=re.I)]


def titles() -> dict[str, tuple[str, ...]]:
    """Table code -> title phrases."""
    return {code: table.title for code, table in current().tables.items()}


def assessments() -> dict[str, tuple[str, ...]]:
    """Assessment level -> its phrases."""
    return current().headings.assessments


def code_of_header(grid: Grid) -> str:
    """The table that a header belongs to: all of its columns but one, and at least two, are known."""
    best: tuple[int, str] = (0, "")
    cells = [fold(cell.text) for cell in grid.header]
    filled = [text for text in cells if text]
    for code, table in current().tables.items():
        known = sum(
            any(opens(text, phrase) for phrases in table.headers.values() for phrase in phrases) for text in filled
        )
        years = sum(bool(year_of_head(text, table)) for text in filled) if table.year_columns else 0
        if known and known + years >= max(2, len(filled) - 1) and (known + years, code) > best:
            best = (known + years, code)
    return best[1]


def year_of_head(text: str, table: TableRule) -> str:
    """The year that the head of a column begins with, perhaps behind words like "FY"; empty if there is none."""
    m = re.fullmatch(r"(\D*)((?:19|20)\d\d)(?: .*)?", fold(text))
    return m[2] if m and m[1].strip() in ("", *table.before_year) else ""


def place(lines: Sequence[Line]) -> Where:
    """The place of a run of lines: that of its first line, with the box of all lines on the first page."""
    first = lines[0].where
    if first.bbox is None:
        return first
    boxes = [x.where.bbox for x in lines if x.where.page == first.page and x.where.bbox is not None]
    return Where(
        first.page,
        (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)),
    )
