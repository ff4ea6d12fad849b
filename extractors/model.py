"""The types that every reader returns and that all later steps work on.

A reader turns a source file into a :class:`Chapter`: lines of text and ruled grids in reading order. Later steps do not
ask which reader made a chapter. They ask what a line has: a type (``Line.style``), a place on a page (``Where.bbox``).
This module imports the standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

BBox = tuple[float, float, float, float]
Severity = Literal["info", "warning", "error"]
Origin = Literal["reading", "source"]


class UnreadableSource(Exception):
    """A file that holds no readable chapter. Carries the file's path, the page (if there is one) and the reason."""

    def __init__(self, path: str, reason: str, page: int | None = None) -> None:
        self.path, self.reason, self.page = path, reason, page
        place = path if page is None else f"{path}, page {page}"
        super().__init__(f"{place}: {reason}")

    def __reduce__(self) -> tuple[type[UnreadableSource], tuple[str, str, int | None]]:
        """Pickle by the arguments of ``__init__``: worker processes send this error back."""
        return type(self), (self.path, self.reason, self.page)


class SourceGone(UnreadableSource):
    """A file that could not be opened (deleted, no permission). The next run tries it again."""


@dataclass(frozen=True, slots=True)
class Source:
    """The file of a chapter. ``released`` is the modification time written in the PDF (ISO 8601), empty if none is.

    ``part``: the pages of the PDF or lines of the text that the chapter takes up (``12-21``), empty if the file holds
    nothing else. ``page_count`` is the number of pages of the chapter.
    """

    path: str
    sha256: str
    format: Literal["pdf", "text", "html"]
    page_count: int | None = None
    released: str = ""
    part: str = ""

    @property
    def first_page(self) -> int:
        """The page of the PDF with which the chapter begins, from 1."""
        return int(self.part.partition("-")[0]) if self.part and self.format == "pdf" else 1


@dataclass(frozen=True, slots=True)
class Where:
    """A place in the source: page (from 1) and box in PDF points from the top left, or a line number (from 1)."""

    page: int | None = None
    bbox: BBox | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """The type in which most letters of a line are set; ``size`` in points."""

    size: float
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the source, verbatim except for white space (runs become one blank, both ends are stripped).

    ``number`` counts the lines of the whole source from 1 and identifies a line. All cells of one tab-separated line of
    a raw text share its number. ``gap``: a blank line, or clearly more than the usual leading, is above this line.
    ``zone`` is the part of the page: ``body``, running ``head`` or ``foot``, ``figure``, or ``column`` for one half of
    a page set in two columns. ``style`` is ``None`` if the source has no type, as a raw text. ``indent`` is the
    distance in points from the left edge of the column or cell. ``links`` are the addresses of the link annotations
    on the line, from left to right.
    """

    number: int
    text: str
    where: Where
    gap: bool = False
    zone: Literal["body", "head", "foot", "figure", "column"] = "body"
    style: Style | None = None
    indent: float = 0.0
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """The lines of one table cell. A cell without lines is empty; a cell that does not exist is ``None`` in a grid."""

    lines: tuple[Line, ...] = ()

    @property
    def text(self) -> str:
        """The lines joined into one text (see :func:`join_lines`); footnote markers and citations stay in it."""
        return text_of(self.lines)


@dataclass(frozen=True, slots=True)
class Grid:
    """The part of a table on one page (or one run of tab-separated lines).

    Every row has as many cells as the header. ``None``: the cell above extends down into this row.
    """

    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    where: Where


Block = Line | Grid


@dataclass(frozen=True, slots=True)
class Issue:
    """A finding about the data. It becomes a row of the ``quality`` table; ``check`` is one of its check codes.

    ``origin`` is ``reading`` if we lost or doubt something, ``source`` if the publisher printed it so.
    """

    check: str
    severity: Severity
    message: str
    where: Where = Where()
    table: str = ""
    row: int | None = None
    origin: Origin = "reading"


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page as an independent PDF engine reads it, and what our reader left out on purpose."""

    number: int
    text: str
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """The content of one source: blocks in reading order, and findings about what the reader repaired or left out."""

    source: Source
    blocks: tuple[Block, ...]
    issues: tuple[Issue, ...] = ()
    pages: tuple[PageText, ...] = ()

    def lines(self) -> Iterable[Line]:
        """Every line in reading order, including the lines of table cells."""
        for block in self.blocks:
            if isinstance(block, Line):
                yield block
            else:
                cells = (cell for row in (block.header, *block.rows) for cell in row if cell is not None)
                yield from (line for cell in cells for line in cell.lines)

    def header_lines(self) -> Iterator[Line]:
        """The lines of table headers."""
        for block in self.blocks:
            if isinstance(block, Grid):
                yield from (line for cell in block.header for line in cell.lines)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of a source from which nothing is published: ``span`` is ``pages 1-9`` or ``lines 210-400``.

    ``severity`` is ``info`` for a part that is known to be no chapter (contents, glossary), else ``error``.
    """

    span: str
    reason: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.span}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Seam:
    """A place at which a chapter of a volume begins: its page or line, and the ``scale`` of the page before it (factor,
    left, top)."""

    at: int
    scale: tuple[float, float, float] = (1.0, 0.0, 0.0)


@dataclass(slots=True)
class Share:
    """The chapters of a volume that begin on the pages (or lines) from ``first`` up to, but not with, ``stop``: what
    one process reads. ``issues`` are findings about the whole file.

    ``start`` is where reading begins; if it is not given, the reader looks for the first page that surely begins a
    chapter, and sets it. ``end``, which the reader sets, is where the first chapter after the share begins; ``None`` at
    the end of the file. Shares that meet at the same seams hold together what the file holds.
    """

    first: int
    stop: int
    issues: tuple[Issue, ...] = ()
    start: Seam | None = None
    end: Seam | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of the reference list. A field is empty if the entry does not print it."""

    number: int
    number_source: Literal["printed", "inferred"]
    text: str
    author: str = ""
    title: str = ""
    date: str = ""
    date_iso: str = ""
    url: str = ""
    url_guess: str = ""
    on_file: bool = False
    type: str = "report"
    doi: str = ""
    work_id: str = ""
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class Extraction:
    """The records of one chapter: table name -> rows as dicts, with the columns of the schema of that table."""

    doc_id: str
    iso3: str
    report_year: int
    tables: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)


def with_lines(block: Block, change: Callable[[Line], Line]) -> Block:
    """A block with each of its lines changed."""

    def changed(cell: Cell) -> Cell:
        return Cell(tuple(map(change, cell.lines)))

    if isinstance(block, Line):
        return change(block)
    rows = tuple(tuple(cell and changed(cell) for cell in row) for row in block.rows)
    return Grid(tuple(map(changed, block.header)), rows, block.where)


def rounded(x0: float, top: float, x1: float, bottom: float) -> BBox:
    """A box in hundredths of a point, as all places are given."""
    return round(x0, 2), round(top, 2), round(x1, 2), round(bottom, 2)


def text_of(lines: Iterable[Line]) -> str:
    """The text of several lines, joined by :func:`join_lines`."""
    return join_lines(line.text for line in lines)


def join_lines(texts: Iterable[str]) -> str:
    """Join lines into one text: with a blank between them, without one after a hyphen or dash inside a word.

    >>> join_lines(["armed groups by non-", "state actors"])
    'armed groups by non-state actors'
    >>> join_lines(["the 2019–", "2022 period"])
    'the 2019–2022 period'
    """
    out = ""
    for text in texts:
        if not text:
            continue
        if not out:
            out = text
        elif out.endswith("\u00ad"):
            out = out[:-1] + text
        elif len(out) > 1 and out[-1] in "-\u2010\u2011–" and out[-2].isalnum() and text[0].isalnum():
            out += text
        else:
            out = f"{out} {text}"
    return out
