"""The waist of the hourglass: what every reader returns and everything after it works on.

Two readers (``read_pdf``, ``read_text``) turn a source into a :class:`Chapter`: lines of running text and ruled grids
in reading order, without layout. Nothing that takes a ``Chapter`` may ask which reader made it. Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

BBox = tuple[float, float, float, float]
Severity = Literal["info", "warning", "error"]


class UnreadableSource(Exception):
    """A file from which no chapter can be had; says which file, which page (if one) and why."""

    def __init__(self, path: str, reason: str, page: int | None = None) -> None:
        self.path, self.reason, self.page = path, reason, page
        place = path if page is None else f"{path}, page {page}"
        super().__init__(f"{place}: {reason}")

    def __reduce__(self) -> tuple[type[UnreadableSource], tuple[str, str, int | None]]:
        """Pickled by its own arguments: it crosses from worker processes."""
        return type(self), (self.path, self.reason, self.page)


class SourceGone(UnreadableSource):
    """A file that could not be opened (gone, no permission): the next run may find it again."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a chapter came from. ``released`` is the PDF's own modification time (ISO 8601), empty if it has none."""

    path: str
    sha256: str
    format: Literal["pdf", "text"]
    page_count: int | None = None
    released: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """A place in the source: page (from 1) and box in PDF points from the top left, or a line number (from 1)."""

    page: int | None = None
    bbox: BBox | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it stands in the source, verbatim but for white space (runs folded to one blank, ends stripped).

    ``number`` counts the lines of the whole source from 1; the ledger of owned lines is kept by it. All cells of one
    tab-separated text line share their line's number. ``gap`` says that a blank line, or visibly more than the usual
    leading, stands above. ``zone`` is where a reader saw the line: ``body``, a running ``head`` or ``foot``, inside a
    ``figure``, or in the right or left half of a page set in two columns (``column``). ``size`` is the type size in
    points (0 if unknown), ``indent`` the distance in points from the left edge of the column or cell. ``links`` are the
    addresses of the link annotations that lie on the line, from left to right.
    """

    number: int
    text: str
    where: Where
    gap: bool = False
    zone: Literal["body", "head", "foot", "figure", "column"] = "body"
    size: float = 0.0
    bold: bool = False
    italic: bool = False
    indent: float = 0.0
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """The lines of one table cell; a cell without lines is an empty cell, which is not the same as no cell."""

    lines: tuple[Line, ...] = ()

    @property
    def text(self) -> str:
        """The cell's words in one line, end-of-line hyphens undone, markers and citations still in it."""
        return join_lines(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Grid:
    """One ruled piece of a table on one page (or one run of tab-separated lines).

    Every row has as many cells as the header. ``None`` means: no cell here, the cell above reaches down into this row.
    """

    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    where: Where


Block = Line | Grid


@dataclass(frozen=True, slots=True)
class Issue:
    """A finding about the data; becomes a row of the ``quality`` table."""

    check: str
    severity: Severity
    message: str
    where: Where = Where()
    table: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """One source, read: its blocks in reading order and what the reader had to repair or leave out."""

    source: Source
    blocks: tuple[Block, ...]
    issues: tuple[Issue, ...] = ()

    def lines(self) -> Iterable[Line]:
        """Every line of the source, those of grids included, in reading order."""
        for block in self.blocks:
            if isinstance(block, Line):
                yield block
            else:
                for row in (block.header, *block.rows):
                    for cell in row:
                        if cell is not None:
                            yield from cell.lines


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of the reference list. Fields that the entry does not have are empty."""

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
    """A chapter's records, ready for the schemas: table name -> rows as plain dicts with the contract's columns."""

    doc_id: str
    iso3: str
    report_year: int
    tables: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)


def join_lines(texts: Iterable[str]) -> str:
    """Join lines into one text: one blank between lines, none where a line ends in a hyphen or dash inside a word.

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
