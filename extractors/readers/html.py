"""Web page -> chapters: the country page on the publisher's site, or a page saved from it.

Headings, paragraphs, lists and tables in the order of the page. The running head of a PDF has its counterpart in what
stands above the opening sentence: report title, country and assessment. Navigation, scripts, forms, hidden elements
and the lists of goods beside the chapter are left out, by element and by the words of ``headings.yml`` (``page``).
The place of a line is the line of the HTML file on which its element begins.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import lxml.html

from extractors.model import (
    Block,
    Cell,
    Chapter,
    Grid,
    Issue,
    LeftOut,
    Line,
    Severity,
    Source,
    Style,
    UnreadableSource,
    Where,
)
from extractors.readers.chrome import (
    BLANK,
    HEADINGS,
    LEAVES,
    clean,
    hidden_table,
    hidden_text,
    hide_by_sheets,
    is_chrome,
    is_hidden,
    is_inside_left_out,
    is_navigation,
)
from extractors.readers.encoding import decode
from extractors.readers.opening import read_file
from extractors.readers.stacked import is_head, is_header
from extractors.readers.text import parts_of_text
from extractors.readers.volume import head_above, is_title_line
from extractors.rules import MARKERS, best_phrase, country_code, current, fold

LARGEST = 50_000_000  # bytes; a country page has less than one million
LEAST_SENTENCE = 40  # letters of a hidden text that is reported
DEEPEST = 400  # elements inside each other; the parser itself stops at 256
CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]+)""", re.I)
CITED = re.compile(r"[\[(]?\d{1,3}(?:\s*[,–-]\s*\d{1,3})*[\])]?")
NOTE = re.compile(rf"\s*[\[(]?(?:[{re.escape(MARKERS)}]|sources?\b|note:)", re.I)
ROLES = {"row": "tr", "cell": "td", "gridcell": "td", "columnheader": "th", "rowheader": "th"}
GROUPS = {"table", "ul", "ol", "dl", "div", "section", "article"}
PICTURES = ("img", "svg", "i", "picture", "canvas", "object")
SAID_BY = ("alt", "title", "aria-label", "class", "src", "href", "{http://www.w3.org/1999/xlink}href", "xlink:href")
UNKNOWN_PICTURE = "[picture]"
ARCHIVE = re.compile(rb"\s*(?:From|MIME-Version|Content-Type|Snapshot-Content-Location):", re.I)
TITLE, SECTION, SUBSECTION = Style(26.0, True), Style(13.0, True), Style(11.0, True, True)
BOLD, NOTE_STYLE = Style(12.0, True), Style(8.0)


def html_parts(path: Path, source_path: str) -> Iterator[Chapter | LeftOut]:
    """Read the chapters of an HTML file, mostly one.

    Raises :class:`UnreadableSource` for a file that is empty, binary, far too large, or holds no text.
    """
    data = read_file(path, source_path, LARGEST)
    text, issues = decode_page(data, source_path)
    page = Page(issues)
    page.read(parse(text, source_path))
    page.report_hidden()
    blocks = page.blocks
    if not blocks:
        raise UnreadableSource(source_path, "holds no text")
    source = Source(source_path, hashlib.sha256(data).hexdigest(), "html")
    texts = [block.text if isinstance(block, Line) else "" for block in blocks]
    for first, last, span, left_out in parts_of_text(texts):
        if left_out is not None:
            yield left_out
            continue
        part = blocks[first - 1 : last]
        own = head_above(part, lambda line: True) or title_above(part)
        yield Chapter(replace(source, part=span), tuple(own), tuple(issues))


def decode_page(data: bytes, name: str) -> tuple[str, list[Issue]]:
    """The text of a page: by the encoding that it declares, if all bytes are of it, else by its content."""
    if ARCHIVE.match(data[:200]):
        raise UnreadableSource(name, "is a web archive (MHTML), not a page: save it as HTML")
    declared = CHARSET.search(data[:4096])
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        try:
            text = data.decode("utf-8" if not data.isascii() and is_utf8(data) else declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            message = f"the page declares {declared[1].decode('ascii')!r}, but its bytes are not of that encoding"
            text, issues = decode(data, name)
            return text, [*issues, Issue("text_encoding", "info", message)]
        if text.strip():
            return text, []
    return decode(data, name)


def is_utf8(data: bytes) -> bool:
    """Whether all bytes are valid UTF-8, as those of a text in another encoding hardly ever are."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def parse(text: str, name: str) -> Any:
    """The element that holds the chapter: ``main`` or ``article`` if there is one with text, else the body."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = lxml.html.document_fromstring(text)
    except (ValueError, lxml.etree.LxmlError) as error:
        raise UnreadableSource(name, f"is no HTML ({error})") from error
    name_parts(root)
    gather_rows(root)
    hide_by_sheets(root)
    whole = root.find("body") if root.find("body") is not None else root
    found = [*whole.iter("main"), *whole.xpath(".//*[@role='main']"), *whole.iter("article")]
    letters = len(whole.text_content())
    sections = sections_in(whole)
    large = (element for element in found if len(element.text_content()) > letters / 3)
    return next((element for element in large if sections_in(element) == sections), whole)


def sections_in(element: Any) -> int:
    """The number of headings of sections inside an element."""
    names = (clean(heading.text_content()) for heading in element.iter(*HEADINGS, "strong", "b"))
    return sum(best_phrase(name, current().headings.sections) is not None for name in names)


def name_parts(root: Any) -> None:
    """Give the parts of a table that is made of other elements, and named by their roles, the names of HTML."""
    for table in root.xpath("//*[not(self::table)][@role='table' or @role='grid']"):
        table.tag = "table"
        for element in table.iterdescendants():
            element.tag = (
                ROLES.get(element.get("role", ""), element.tag) if isinstance(element.tag, str) else element.tag
            )


def gather_rows(root: Any) -> None:
    """Put rows that stand in no table, because its end is too early, into tables of their own."""
    for row in root.xpath("//tr[not(ancestor::table)]"):
        above = row.getprevious()
        if above is None or above.tag != "table" or (above.tail or "").strip():
            above = lxml.html.Element("table")
            row.addprevious(above)
            above.sourceline = row.sourceline
        above.append(row)


def title_above(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a page whose opening sentence has unknown words, the title above it in the zone of the running
    head."""
    lines = itertools.takewhile(lambda block: isinstance(block, Line) and is_title_line(block.text), blocks)
    title = [replace(line, zone="head") for line in lines if isinstance(line, Line)]
    return [*title, *blocks[len(title) :]]


@dataclass(slots=True)
class Page:
    """Reads the elements of a page into lines and grids; ``number`` is that of the last line made."""

    issues: list[Issue]
    blocks: list[Block] = field(default_factory=list)
    number: int = 0
    beside: int = 0  # the level of the heading of a part that is left out, 0 if none is open
    noted: bool = False  # whether a table or a note is directly above
    hidden: list[Any] = field(default_factory=list)  # elements that the page does not show

    def read(self, element: Any, depth: int = 0) -> None:
        """Add what an element holds. Elements between blocks, as ``div``, are only a way to their content."""
        if depth > DEEPEST or (depth and is_chrome(element)):
            self.hidden += [element] if is_hidden(element) else []
            return
        if is_navigation(element):
            message = f"links without a sentence are left out: {clean(element.text_content())[:80]!r}"
            self.issues.append(Issue("hidden_text", "info", message, Where(line=element.sourceline)))
            return
        if element.tag == "table" and not is_layout(element):
            self.add_table(element)
        elif element.tag == "dl" and self.is_below_caption():
            self.add_definitions(element)
        elif not has_blocks(element):
            self.add_text(element)
        else:
            self.add_loose(element, element.text)
            for child in element:
                self.read(child, depth + 1)
                self.add_loose(child, child.tail)

    def report_hidden(self) -> None:
        """Report what stands only in parts of the page that are not shown: sections and tables of the report are
        errors, rows and paragraphs between its tables a warning."""
        shown = texts_of(self.blocks)
        lines = [block.where.line or 0 for block in self.blocks if isinstance(block, Grid)] or [0]
        for element in self.hidden:
            between = min(lines) <= element.sourceline <= max(lines)
            least = 0 if element.tag == "tr" else LEAST_SENTENCE if between else LARGEST
            known = hidden_table(element, shown)
            if text := known or hidden_text(element, shown, least):
                message = f"a part of the page that is not shown holds {text[:80]!r}; it is left out"
                severity: Severity = "error" if known else "warning"
                check = "table_unread" if known else "hidden_text"
                self.issues.append(Issue(check, severity, message, Where(line=element.sourceline)))

    def add_loose(self, element: Any, text: str | None) -> None:
        """Add text that stands between blocks."""
        if text and text.strip():
            self.add_line(clean(text), element, None)

    def add_text(self, element: Any) -> None:
        """Add the lines of a heading, paragraph or list item."""
        style = style_of(element)
        for at, text in enumerate(lines_of(element)):
            if element.tag in HEADINGS or (style and style.bold):
                self.begin_heading(element, text)
            if at == 0 and element.tag == "li":
                text = list_number(element) + text
            self.add_line(text, element, style)

    def begin_heading(self, element: Any, text: str) -> None:
        """Open or close a part that is left out: it goes from a heading of ``page.beside`` to the next on its level."""
        level = int(element.tag[1]) if element.tag in HEADINGS else len(HEADINGS)
        if fold(text) in current().headings.page.beside:
            self.beside = level
        elif self.beside and level <= self.beside:
            self.beside = 0

    def add_line(self, text: str, element: Any, style: Style | None) -> None:
        if not text or self.beside:
            return
        if style in (None, NOTE_STYLE) and self.noted and NOTE.match(text):
            style = NOTE_STYLE
        else:
            self.noted = False
        if country_code(text) and style is not None and style.bold:
            style = TITLE
        self.blocks.append(self.line(text, element, style))
        before, colon, name = text.rpartition(":")
        if colon and is_title_line(before) and country_code(name):
            self.blocks.append(self.line(name.strip(), element, TITLE))

    def line(self, text: str, element: Any, style: Style | None) -> Line:
        self.number += 1
        zone = "head" if style == TITLE else "body"
        return Line(self.number, text, Where(line=element.sourceline), True, zone, style)  # type: ignore[arg-type]

    # ------------------------------------------------------------------ tables

    def add_table(self, table: Any) -> None:
        """Add the caption, the grid and the notes of a table; a row that is one cell is its caption or a note."""
        filled = filled_rows(table)
        rows = [row for row in filled if not is_chrome(row)]
        self.hidden += [row for row in filled if is_hidden(row)]
        captions = list(table.iterchildren("caption"))
        if len(rows) > 2 and is_one_cell(rows[0]):
            captions.append(rows.pop(0))
        for caption in captions:
            self.add_line(" ".join(lines_of(caption)), caption, BOLD)
        notes: list[Any] = []
        while len(rows) > 1 and is_one_cell(rows[-1]) and NOTE.match(clean(rows[-1].text_content())):
            notes.insert(0, rows.pop())
        grid = self.spread(rows)
        self.report_narrow_header(grid, rows)
        if self.beside or not is_filled(grid):
            return
        self.add_grid(grid, rows, Where(line=table.sourceline))
        for note in notes:
            for text in lines_of(next(note.iterchildren("td", "th"))):
                self.add_line(text, note, NOTE_STYLE)

    def add_grid(self, grid: Sequence[Sequence[Cell | None]], rows: Sequence[Any], where: Where) -> None:
        """Add a grid. Rows without a header right below another grid as wide belong to that one."""
        last = self.blocks[-1] if self.blocks else None
        count = heads_in(rows)
        header = tuple(map(lowest, zip(*grid[: max(1, count)], strict=True)))
        heads = [cell.text for cell in header]
        known = count or is_header(heads)
        body = [tuple(row) for row in grid[max(1, count) :] if [cell and cell.text for cell in row] != heads]
        if not known and isinstance(last, Grid) and len(last.header) == len(header):
            self.blocks[-1] = replace(last, rows=(*last.rows, *map(tuple, grid)))
        else:
            if not (known or any(is_head(cell.text) for cell in header)):
                words = " | ".join(cell.text for cell in header)[:80]
                message = f"no header of this table is known; its first row is read as the header: {words!r}"
                self.issues.append(Issue("table_unread", "error", message, where))
            self.blocks.append(Grid(header, tuple(body), where))
        self.noted = True

    def add_definitions(self, items: Any) -> None:
        """Add a list of terms and what is said of each as a table: of two columns without heads, or of more, where the
        first term and what is said of it are known heads."""
        rows: list[list[Cell]] = []
        for item in items.iter("dt", "dd"):
            cell = Cell(tuple(self.line(text, item, None) for text in lines_of(item)))
            if item.tag == "dt" or not rows:
                rows.append([])
            rows[-1].append(cell)
        self.noted = True
        self.blocks.append(self.grid_of_terms(rows, Where(line=items.sourceline)))

    def grid_of_terms(self, rows: list[list[Cell]], where: Where) -> Grid:
        """The grid of a list of terms; an error, if it is not known which cell of a term is which."""
        width = max(map(len, rows), default=0)
        whole = all(len(row) == width for row in rows)
        if width > 2 and is_header([cell.text for cell in rows[0]]):
            if not whole:
                message = f"the terms of this list have up to {width} cells, and one has fewer"
                self.issues.append(Issue("table_unread", "error", message, where))
            header, *body = [(*row, *[Cell()] * (width - len(row))) for row in rows]
            return Grid(header, tuple(body), where)
        if width > 2 and whole:
            message = f"each term of this list has {width} cells, and no heads tell what they are"
            self.issues.append(Issue("table_unread", "error", message, where))
        joined = [(row[0], Cell(tuple(line for cell in row[1:] for line in cell.lines))) for row in rows]
        return Grid((Cell(), Cell()), tuple(joined), where)

    def is_below_caption(self) -> bool:
        """Whether the last line is the caption of a table."""
        last = self.blocks[-1] if self.blocks else None
        return (
            isinstance(last, Line) and last.style is not None and best_phrase(last.text, current().titles) is not None
        )

    def spread(self, rows: Sequence[Any]) -> list[list[Cell | None]]:
        """The cells of a table as a rectangle: ``None`` where a cell above reaches down, empty where one is wide."""
        taken: dict[tuple[int, int], Cell | None] = {}
        pictures: list[tuple[int, int]] = []
        width = 0
        for at, row in enumerate(rows):
            column = 0
            for cell in row.iterchildren("td", "th"):
                while (at, column) in taken:
                    column += 1
                across, down = span_of(cell, "colspan"), span_of(cell, "rowspan")
                lines = tuple(self.line(text, cell, None) for text in lines_of(cell))
                if has_picture(cell, lines):
                    pictures.append((at, column))
                for i in range(down):
                    for j in range(across):
                        first = Cell(lines) if (i, j) == (0, 0) else Cell()
                        taken[at + i, column + j] = None if i and not j else first
                column += across
                width = max(width, column)
        grid = [[taken.get((at, column), Cell()) for column in range(width)] for at in range(len(rows))]
        self.mark_pictures(pictures, grid, rows)
        return grid

    def report_narrow_header(self, grid: Sequence[Sequence[Cell | None]], rows: Sequence[Any]) -> None:
        """Report a header with fewer cells than a row below it: which head is whose is not known."""
        heads = sum(span_of(cell, "colspan") for cell in rows[0].iterchildren("td", "th")) if rows else 0
        if any(cell and cell.lines for row in grid for cell in row[heads:]):
            message = f"the header of this table has {heads} cells, a row below it {len(grid[0])}"
            self.issues.append(Issue("table_unread", "error", message, Where(line=rows[0].sourceline)))

    def mark_pictures(
        self, places: Sequence[tuple[int, int]], grid: list[list[Cell | None]], rows: Sequence[Any]
    ) -> None:
        """Report cells below a head that hold a picture of which no word tells what it says, and say so in them."""
        unknown = [(at, column) for at, column in places if grid[0][column] != Cell()]
        for at, column in unknown:
            grid[at][column] = Cell((self.line(UNKNOWN_PICTURE, rows[at], None),))
        if unknown:
            message = f"{len(unknown)} cells of this table hold a picture and no words; what it says is not known"
            self.issues.append(Issue("table_unread", "error", message, Where(line=rows[0].sourceline)))


def texts_of(blocks: Sequence[Block]) -> set[str]:
    """The folded texts of all lines and cells."""
    rows = (row for block in blocks if isinstance(block, Grid) for row in (block.header, *block.rows))
    lines = {fold(block.text) for block in blocks if isinstance(block, Line)}
    return lines | {fold(cell.text) for row in rows for cell in row if cell}


def has_blocks(element: Any) -> bool:
    """Whether an element holds other blocks, and not only words."""
    return any(found is not element for found in element.iter(*GROUPS, *LEAVES))


def is_layout(table: Any) -> bool:
    """Whether a table only places things on the page: it holds tables or headings, or has one column."""
    if next(table.iter("h1", "h2"), None) is not None:
        return True
    inner = (found for found in table.iter("table") if found is not table)
    return has_one_column(table) or any(not has_one_column(found) for found in inner)


def has_one_column(table: Any) -> bool:
    return all(len(list(row.iterchildren("td", "th"))) < 2 for row in rows_of(table))


def rows_of(table: Any) -> list[Any]:
    """The rows of a table without those of tables in its cells."""
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    return sorted(rows, key=lambda row: row.getparent().tag == "tfoot")  # which may be written first


def filled_rows(table: Any) -> list[Any]:
    """The rows of a table without those that only make room; all where a cell reaches down."""
    rows = rows_of(table)
    if any(cell.get("rowspan") for row in rows for cell in row):
        return rows
    filled = [row for row in rows[1:] if clean(row.text_content()) or next(row.iter(*PICTURES), None) is not None]
    return [*rows[:1], *filled]


def is_filled(grid: Sequence[Sequence[Cell | None]]) -> bool:
    return any(cell and cell.lines for row in grid for cell in row)


def has_picture(cell: Any, lines: Sequence[Line]) -> bool:
    """Whether a cell without words holds a picture, or an element that a style sheet may draw as one."""
    drawn = (span for span in cell.iter("span") if span.get("class"))
    return not lines and next(itertools.chain(cell.iter(*PICTURES), drawn), None) is not None


def heads_in(rows: Sequence[Any]) -> int:
    """The number of rows at the top of a table that are marked as its header; the last row is none, and where all rows
    are marked, only those are that the table names as its head."""
    if not any(list(row.iterchildren("td")) for row in rows):
        return sum(row.getparent().tag == "thead" for row in rows)
    marked = [row.getparent().tag == "thead" or not list(row.iterchildren("td")) for row in rows[:-1]]
    return len(list(itertools.takewhile(bool, marked)))


def lowest(column: Sequence[Cell | None]) -> Cell:
    """The head of a column: the lowest of its cells that says something."""
    return next((cell for cell in reversed(column) if cell and cell.lines), Cell())


def is_one_cell(row: Any) -> bool:
    """Whether a row is one cell that spans several columns."""
    cells = list(row.iterchildren("td", "th"))
    return len(cells) == 1 and span_of(cells[0], "colspan") > 1


def span_of(cell: Any, name: str) -> int:
    """``colspan`` or ``rowspan`` of a cell, at most 100."""
    text = cell.get(name, "1").strip()
    if text == "0" and name == "rowspan":  # to the end of the table
        return 100
    return min(100, max(1, int(text))) if text.isdecimal() else 1


def style_of(element: Any) -> Style | None:
    """The type of a heading, of a paragraph that is bold as a whole, of small print; ``None`` for running text."""
    if element.tag in HEADINGS:
        return SECTION if element.tag in ("h1", "h2") else SUBSECTION
    if element.tag == "caption":
        return BOLD
    text = BLANK.sub("", element.text_content())
    for tags, style in ((("strong", "b"), BOLD), (("small",), NOTE_STYLE)):
        inside = "".join(found.text_content() for found in element.iter(*tags))
        if text and BLANK.sub("", inside) == text:
            return style
    return None


def list_number(item: Any) -> str:
    """The number of an item of a numbered list as it is shown; empty for a list with bullets."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    start = parent.get("start", "1")
    at = list(parent.iterchildren("li")).index(item)
    return f"{item.get('value') or (int(start) if start.isdecimal() else 1) + at}. "


def lines_of(element: Any) -> list[str]:
    """The text of an element, a new line at each ``br``, paragraph and list item inside; bullets for the items.

    Words that are shown but not read aloud (``aria-hidden``), and words that are read aloud but not shown, are used
    only where there are no others.
    """
    for left_out in (("eye", "ear"), ("ear",), ("eye",)):
        parts: list[str] = []
        collect(element, parts, left_out)
        if lines := [text for text in map(clean, "".join(parts).split("\n")) if text]:
            return lines
    return []


def collect(element: Any, parts: list[str], left_out: Sequence[str]) -> None:
    """Add the text of an element to ``parts``; what is raised and is a number is a citation."""
    if element.tag == "br":
        parts.append("\n")
    inside = element.text or ""
    parts.append(BLANK.sub(" ", inside))
    for child in element:
        sign = sign_of(child)
        if sign:
            parts.append(sign)
        elif isinstance(child.tag, str) and not is_inside_left_out(child, left_out):
            block = child.tag in ("p", "div", "li", "tr")
            own: list[str] = []
            collect(child, own, left_out)
            text = "".join(own)
            if child.tag == "sup" and CITED.fullmatch(text.strip()):
                text = f" ({text.strip(' ()[]')})"
            bullet = "■ " if child.tag == "li" else ""
            parts.append(f"\n{bullet}{text}\n" if block else text)
        parts.append(BLANK.sub(" ", child.tail or ""))


def sign_of(element: Any) -> str:
    """The tick or cross that a picture, drawing or icon in the cell of a table is, by the words of ``page.signs``."""
    if element.tag not in (*PICTURES, "span") or next(element.iterancestors("td", "th"), None) is None:
        return ""
    if clean(element.text_content()) and element.tag != "svg":
        return ""
    said = " ".join(part.get(name, "") for part in element.iter() for name in SAID_BY) + element.text_content()
    words = set(re.split(r"[^a-z]+", said.casefold()))
    signs = [sign for sign, known in current().headings.page.signs.items() if not words.isdisjoint(known)]
    return signs[0] if len(signs) == 1 else ""
