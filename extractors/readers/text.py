"""Raw text -> chapters: running text, tables and running heads of a chapter that was scanned or copied.

A paragraph is one long line. A table is a run of lines with tabs or pipes, has columns made of blanks or divided by
commas (:mod:`extractors.readers.spaced`), or has one cell a line (:mod:`extractors.readers.stacked`). Running heads and
feet may stand anywhere between them. Damaged characters are repaired by :mod:`extractors.readers.repairs`. Lines keep
their order: a note that the scanner displaced stays where it is.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from extractors.model import (
    Block,
    Cell,
    Chapter,
    Grid,
    Issue,
    LeftOut,
    Line,
    Seam,
    Share,
    Source,
    UnreadableSource,
    Where,
)
from extractors.readers.encoding import decode
from extractors.readers.hyphens import undo_hyphens
from extractors.readers.opening import read_file
from extractors.readers.repairs import LETTER_DIGITS, Repairer
from extractors.readers.spaced import with_tabs
from extractors.readers.stacked import is_header, stacked_tables
from extractors.readers.volume import Divider, divided, head_above, text_stretches
from extractors.rules import MARKERS, best_phrase, country_code, current, fold

SHARE = 5_000  # lines of a volume that one process reads, at least: some fifteen chapters
LARGEST = 20_000_000  # bytes; the longest chapter has 0.2 million
LONGEST = 500_000  # letters of one line; a paragraph has a thousand or two
MOST_LINES = 200_000  # a chapter has three hundred
LONGEST_HEAD = 150  # letters of a running head or foot
LONGEST_NAME = 60  # letters of a country's name above a page
LONGEST_LABEL = 90  # letters of a row's label
MOST_MISSING = 4  # list numbers that may be missing between one that is sure and one with a misread digit

Kind = Literal["blank", "dirt", "head", "foot", "cells", "text"]
ZONES: dict[str, Literal["head", "foot"]] = {"head": "head", "foot": "foot"}
FURNITURE = tuple(ZONES)  # the kinds of lines that are repeated on every page

LINE_END = re.compile("\r+\n|[\n\r\x85\u2028\u2029]")
CAPTION = re.compile(r"(?:table|figure)\s+[\dIl]+\s*[.:]", re.I)
DRAWN = str.maketrans("│┃║", "|||")
BARE_PIPE = re.compile(r"\s\|(?:\s|$)")
PAGE_NUMBER = re.compile(r"\s*[-–]?\s*\d{1,4}\s*[-–]?\s*")
LIST_ITEM = re.compile(r"(?P<bullet>[-•*–]\s+)?(?P<n>[\dIlO]{1,3})(?P<stop>[.)]?)\s+(?=\S)")
LIST_MARK = re.compile(r"[-•*■–]?\s*(?:\d{1,3}[.)]?)?")
UNFINISHED = re.compile(r"(?:[,;–-]|\b(?:and|or|of|the|in|to|for|with|by))$")


def text_shares(path: Path, source_path: str) -> list[Share]:
    """The shares of a volume. Raises :class:`UnreadableSource` as :func:`text_parts`."""
    lines, _, _ = lines_of(path, source_path)
    return divided(len(lines), SHARE)


def text_parts(path: Path, source_path: str, share: Share | None = None) -> Iterator[Chapter | LeftOut]:
    """Read the chapters of a raw text file. Whether the text is a chapter of the report is decided later.

    Raises :class:`UnreadableSource` for a file that is empty, binary, far too large, or holds no letters.
    """
    lines, issues, sha256 = lines_of(path, source_path)
    share = share or Share(1, len(lines) + 1)
    source = Source(Path(source_path).as_posix(), sha256, "text")
    for first, last, span, left_out in parts_of_text(lines):
        if first < share.first:
            continue
        if first >= share.stop:
            share.end = Seam(first)
            return
        share.start = share.start or Seam(first)
        if left_out is not None:
            yield left_out
            continue
        own = [*issues]
        blocks = TextLayout(lines[first - 1 : last], own, first).blocks()
        blocks = undo_hyphens(head_above(blocks, is_short) or blocks)
        own.sort(key=lambda issue: issue.where.line or 0)
        yield Chapter(replace(source, part=span), tuple(blocks), tuple(own))


def lines_of(path: Path, source_path: str) -> tuple[list[str], list[Issue], str]:
    """The lines of a text file, the findings about its encoding, and the SHA-256 of its bytes."""
    data = read_file(path, source_path, LARGEST)
    text, issues = decode(data, source_path)
    if not any(char.isalpha() for char in text):
        raise UnreadableSource(source_path, "holds no letters")
    lines = LINE_END.split(text)
    if len(lines) > MOST_LINES:
        raise UnreadableSource(source_path, f"holds {len(lines)} lines")
    if (longest := max(map(len, lines))) > LONGEST:
        raise UnreadableSource(source_path, f"holds a line of {longest} letters")
    return lines, issues, hashlib.sha256(data).hexdigest()


def is_short(line: Line) -> bool:
    """Whether a line may be a part of a title block."""
    return len(line.text) < LONGEST_HEAD and not line.text.rstrip().endswith(".")


def parts_of_text(lines: Sequence[str]) -> Iterator[tuple[int, int, str, LeftOut | None]]:
    """The first and last line of each part of a text, its span, and why nothing is published from it (or ``None``)."""
    divider, first = Divider("lines"), 1
    for signs in text_stretches(lines):
        if divider.begins(signs):
            yield (first, signs.at - 1, *divider.close(signs))
            first = signs.at
        divider.add(signs)
    yield (first, len(lines), *divider.close())


@dataclass(slots=True)
class RawLine:
    """One line of the file before repair. ``cells`` are its parts between tabs or pipes, or lines of their own with
    these ``numbers``."""

    number: int
    text: str
    kind: Kind
    cells: list[str] = field(default_factory=list)
    gap: bool = False
    numbers: Sequence[int] = ()


class TextLayout:
    """Divides the lines of a text into running heads and feet, running text and tables; findings go to ``issues``."""

    def __init__(self, lines: Sequence[str], issues: list[Issue], first: int = 1) -> None:
        """``first`` is the number of the first line in the file."""
        self.issues = issues
        self.repairer = Repairer(issues)
        lines = with_tabs(lines, first, issues)
        self.raws = [self.look_at(n, x) for n, x in enumerate(lines, first)]
        self.join_stacked(lines)
        self.settle()

    # ------------------------------------------------------------------ what each line is

    def look_at(self, number: int, text: str) -> RawLine:
        """What a line is, as far as its own characters show it."""
        if not text.strip():
            return RawLine(number, text, "blank")
        if any(pattern.fullmatch(text) for pattern in current().text_repairs.dirt):
            self.issues.append(Issue("text_repaired", "info", f"stray signs: '{text}' -> ''", Where(line=number)))
            return RawLine(number, text, "dirt")
        text = text.translate(DRAWN)
        if re.fullmatch(r"\s*\|.+\|\s*", text):
            parts = re.split(r"(?<!\\)\|", text.strip()[1:-1])
            return RawLine(number, text, "cells", [part.strip() for part in parts])
        if "\t" in text.strip(" \r\f\ufeff"):
            return RawLine(number, text, "cells", [part.strip() for part in text.split("\t")])
        if is_foot(text):
            return RawLine(number, text, "foot")
        if BARE_PIPE.search(text):
            return RawLine(number, text, "cells", [part.strip() for part in re.split(r"(?<!\\)\|", text)])
        return RawLine(number, text, "head" if is_assessment(text) else "text")

    def join_stacked(self, lines: Sequence[str]) -> None:
        """Make rows of the lines of tables with one cell a line."""
        for table in reversed(list(stacked_tables(lines))):
            raws = self.raws[table.first : table.end]
            if not table.whole:
                header = ", ".join(raw.text.strip() for raw in raws[: table.width])
                message = f"the header {header!r} has one cell a line, but the lines below it are no whole rows"
                self.issues.append(Issue("table_unread", "error", message, Where(line=raws[0].number)))
                continue
            rows = []
            for at in range(0, len(raws), table.width):
                row = raws[at : at + table.width]
                cells, numbers = [raw.text.strip() for raw in row], [raw.number for raw in row]
                rows.append(RawLine(numbers[0], "\t".join(cells), "cells", cells, numbers=numbers))
            self.raws[table.first : table.end] = rows

    def settle(self) -> None:
        """Add what only the lines around show: gaps, page numbers, country names above pages, tabs in references."""
        raws = [raw for raw in self.raws if raw.kind != "dirt"]
        references = False
        names = Counter(fold(raw.text) for raw in raws if raw.kind == "text" and len(raw.text) < LONGEST_NAME)
        for i, raw in enumerate(raws):
            raw.gap = i > 0 and raws[i - 1].kind == "blank"
            references = references or (raw.kind == "text" and fold(raw.text) in current().headings.references)
            if raw.kind == "cells" and (references or len(raw.cells) < 2):
                raw.kind, raw.cells = "text", []
            if raw.kind == "text":
                raw.kind = kind_by_place(raws, i, references, names)

    # ------------------------------------------------------------------ blocks

    def blocks(self) -> list[Block]:
        """Lines and grids in the order of the file."""
        blocks: list[Block] = []
        raws = [raw for raw in self.raws if raw.kind != "dirt"]
        at = 0
        while at < len(raws):
            if raws[at].kind == "cells":
                run, aside, at = table_run(raws, at)
                blocks.extend(self.table(run))
                blocks.extend(self.line(raw) for raw in aside)
                continue
            if raws[at].kind != "blank":
                blocks.append(self.line(raws[at]))
            at += 1
        return self.number_list(blocks)

    def line(self, raw: RawLine) -> Line:
        where = Where(line=raw.number)
        zone: Literal["body", "head", "foot"] = ZONES.get(raw.kind, "body")
        if raw.kind in FURNITURE:  # not repaired: the rules would remove a running head from its own line
            return Line(raw.number, " ".join(raw.text.split()), where, raw.gap, zone)
        text = raw.text.strip().strip("|") if raw.cells and "\t" not in raw.text else raw.text
        return Line(raw.number, self.repairer.repair(text, raw.number), where, raw.gap, zone)

    def cell(self, text: str, number: int) -> Cell:
        fixed = self.repairer.repair(text, number)
        return Cell((Line(number, fixed, Where(line=number)),)) if fixed else Cell()

    # ------------------------------------------------------------------ tables

    def table(self, run: list[list[RawLine]]) -> Iterator[Block]:
        """A run of rows as a grid. A caption above or a note below that only happens to hold a tab is a line."""
        notes: list[RawLine] = []
        while run and CAPTION.match(run[0][0].cells[0]) and len([x for x in run[0][0].cells if x]) <= 2:
            yield from (self.line(raw) for raw in run.pop(0))
        while run and (re.fullmatch(rf"\[?[{re.escape(MARKERS)}]+\]?", run[-1][0].cells[0])):
            notes = run.pop() + notes
        lists = all(list_row(row[0].cells) for row in run)
        if len(run) < 2 or lists:
            yield from (self.line(raw) for row in run for raw in row)
        else:
            yield self.grid(run)
        yield from (self.line(raw) for raw in notes)

    def grid(self, run: list[list[RawLine]]) -> Grid:
        """The grid of at least two rows, the first of which is the header."""
        cells, width = widen_header([self.cells_of(row) for row in run])
        rows = [self.fit(row, width, run[i][0].number) for i, row in enumerate(cells)]
        strays = [row[0] for row in rows if row[0].lines]
        if width > 2 and not rows[0][0].lines and len(strays) * 2 <= len(rows):
            for cell in strays:
                message = f"words in a column without a header, perhaps from a picture: '{cell.text}'"
                self.issues.append(Issue("text_damaged", "warning", message, cell.lines[0].where))
        return Grid(rows[0], tuple(rows[1:]), Where(line=run[0][0].number))

    def cells_of(self, row: list[RawLine]) -> list[Cell]:
        """The cells of one row: those of its first line, the other lines added to the last cell."""
        first = row[0]
        numbers = first.numbers or [first.number] * len(first.cells)
        cells = [self.cell(text, number) for text, number in zip(first.cells, numbers, strict=True)]
        for raw in row[1:]:
            more = self.cell(raw.text, raw.number)
            cells[-1] = Cell((*cells[-1].lines, *more.lines))
            seam = f"{first.cells[-1][-20:]}⏎{more.text[:20]}"
            self.repairer.report("broken row", [(seam, seam.replace("⏎", " "))], Where(line=raw.number))
        return cells

    def fit(self, row: list[Cell], width: int, number: int) -> tuple[Cell, ...]:
        """A row as wide as the header: cells that are missing at its end are empty, surplus ones join the last."""
        extra = [line for cell in row[width:] for line in cell.lines]
        row = row[:width] + [Cell()] * (width - len(row))
        if extra:
            words = " | ".join(line.text for line in extra)
            message = f"the row has more cells than the header; the surplus was added to the last cell: '{words}'"
            self.issues.append(Issue("text_damaged", "warning", message, Where(line=number)))
            row[-1] = Cell((*row[-1].lines, *extra))
        return tuple(row)

    # ------------------------------------------------------------------ the reference list

    def number_list(self, blocks: list[Block]) -> list[Block]:
        """Read letters in the number of a reference as digits, where the numbers around it leave no doubt."""
        heads = current().headings.references
        inside = False
        items: list[tuple[int, Line, re.Match[str]]] = []
        for i, block in enumerate(blocks):
            if isinstance(block, Line) and block.zone == "body":
                if inside and (match := LIST_ITEM.match(block.text)):
                    items.append((i, block, match))
                inside = inside or fold(block.text) in heads
        matches = [match for _, _, match in items]
        for at, (i, line, match) in enumerate(items):
            value = misread_number(matches, at)
            if value:
                text = line.text[: match.start("n")] + value + line.text[match.end("n") :]
                seen = match.end() + 20
                self.repairer.report("number of an entry", [(line.text[:seen], text[:seen])], line.where)
                blocks[i] = Line(line.number, text, line.where, line.gap, line.zone)
        return blocks


# ---------------------------------------------------------------------------------------------- heads and feet


def kind_by_place(raws: Sequence[RawLine], i: int, references: bool, names: Mapping[str, int]) -> Kind:
    """Whether a line of text is a page number or a country's name above a page, by the lines around it.

    ``references``: whether the reference list has begun. ``names``: how often each short line occurs, folded.
    """
    raw = raws[i]
    outside = ("blank", *FURNITURE)
    above = raws[i - 1].kind if i else "blank"
    below = raws[i + 1].kind if i + 1 < len(raws) else "blank"
    if above not in outside or below not in outside:
        return "text"
    beside = nearest(raws, range(i - 1, -1, -1)) in FURNITURE or nearest(raws, range(i + 1, len(raws))) in FURNITURE
    if PAGE_NUMBER.fullmatch(raw.text):
        return "foot" if beside or not references else "text"
    named = len(raw.text) < LONGEST_NAME and country_code(raw.text) is not None
    return "head" if named and (beside or names[fold(raw.text)] > 1) else "text"


def nearest(raws: Sequence[RawLine], way: range) -> Kind:
    """The kind of the first line on the way that is not blank; the end of the file counts as the end of a page."""
    return next((raws[i].kind for i in way if raws[i].kind != "blank"), "foot")


def is_foot(text: str) -> bool:
    """Whether a line is a running foot: the name of the report or the bureau, a page number, and nothing else."""
    if len(text) > LONGEST_HEAD:
        return False
    return any(
        (match := pattern.match(fold(text)))
        and (match.end() == len(fold(text)) or country_code(fold(text)[match.end() :]))
        for pattern in current().text_repairs.foot
    )


def is_assessment(text: str) -> bool:
    """Whether a line is a running head: an assessment level, perhaps after the country or before a dash and words."""
    if len(text) > LONGEST_HEAD or re.search(r"[.:;?!]\s*$", text):
        return False
    first, *_ = re.split(r"\s[–—-]+\s|:", text.strip(" #*"), maxsplit=1)
    level = best_phrase(first, current().headings.assessments)
    if level is None:
        return False
    rest = re.sub(rf"\b{fold(level)}\b", "", fold(first)).strip()
    if rest in current().text_repairs.beside_assessment:
        return True
    return not re.search(r"\b[a-z]{4}", first) and (not rest or country_code(rest) is not None)


# ---------------------------------------------------------------------------------------------- rows of a table


def table_run(raws: Sequence[RawLine], at: int) -> tuple[list[list[RawLine]], list[RawLine], int]:
    """The rows of the table that begins at ``at``, the running heads and feet inside it, and where the text goes on.

    A row is one line of cells and the lines without tabs that continue its last cell.
    """
    run = [[raws[at]]]
    aside: list[RawLine] = []
    width = len(raws[at].cells)
    at += 1
    while at < len(raws):
        raw = raws[at]
        if raw.kind == "cells":
            if is_header(raw.cells) and (raw.gap or raw.cells == run[0][0].cells):
                break
            run.append([raw])
        elif goes_on(run[-1][-1], raw):
            run[-1].append(raw)
        elif stub_only(raw) and at + 1 < len(raws) and raws[at + 1].kind == "cells":
            run.append([RawLine(raw.number, raw.text, "cells", [raw.text.strip()], raw.gap)])
        else:
            row = row_on_next_page(raws, at, width)
            if row is None or len(run) < 2:
                break
            aside += [x for x in raws[at:row] if x.kind != "blank"]
            run.append([raws[row]])
            at = row
        at += 1
    return run, aside, at


def row_on_next_page(raws: Sequence[RawLine], at: int, width: int) -> int | None:
    """Where a table goes on behind blank lines and a page's foot and head: at a row as wide as the header that is not
    a header itself. None if the table ends."""
    row = at
    while row < len(raws) and raws[row].kind in ("blank", *FURNITURE):
        row += 1
    if row == at or row == len(raws) or raws[row].kind != "cells":
        return None
    return row if len(raws[row].cells) == width and not is_header(raws[row].cells) else None


def goes_on(above: RawLine, raw: RawLine) -> bool:
    """Whether a line without tabs continues the cell above: it begins in small letters, or the cell ends unfinished."""
    text, last = raw.text.strip(), (above.cells or [above.text])[-1].strip()
    if raw.kind != "text" or raw.gap or CAPTION.match(text):
        return False
    return text[:1].islower() or text[:1] == "(" or (text[:1] not in MARKERS and bool(UNFINISHED.search(last)))


def stub_only(raw: RawLine) -> bool:
    """Whether a line without tabs can be the label of a row: short, no sentence, no caption, no note."""
    text = raw.text.strip()
    if raw.kind != "text" or raw.gap or len(text) >= LONGEST_LABEL:
        return False
    return not text.endswith(".") and not CAPTION.match(text) and text[:1] not in MARKERS + "["


def list_row(cells: Sequence[str]) -> bool:
    """Whether a line with tabs is text: an indented line, or a bullet or number before its words."""
    filled = [cell for cell in cells if cell]
    return len(filled) < 2 or (len(filled) == 2 and filled[0] == cells[0] and bool(LIST_MARK.fullmatch(cells[0])))


def widen_header(rows: list[list[Cell]]) -> tuple[list[list[Cell]], int]:
    """The rows of a table and its width in columns; a header that lost the heads of blank columns gets them back."""
    header, *body = rows
    filled = [max((i + 1 for i, cell in enumerate(row) if cell.lines), default=0) for row in rows]
    width = max(filled[0], min(len(header), max(filled)))
    lost = min(filled[1:]) - width
    if len(body) < 2 or lost <= 0:
        return rows, width
    missing = [Cell()] * lost
    on_left = all(not row[0].lines for row in body)
    header = missing + header[:width] if on_left else header[:width] + missing
    return [header, *body], width + lost


# ---------------------------------------------------------------------------------------------- numbers of references


def misread_number(items: Sequence[re.Match[str]], at: int) -> str:
    """The number of one reference in digits, if letters of it are misread digits; else empty.

    ``items`` match :data:`LIST_ITEM`. The nearest numbers before and after that are printed in the same way decide.
    """
    match = items[at]
    if match["n"].isdigit():
        return ""
    style = number_style(match)
    alike = [(j, int(x["n"])) for j, x in enumerate(items) if x["n"].isdigit() and number_style(x) == style]
    before = next((n for j, n in reversed(alike) if j < at), 0)
    after = next((n for j, n in alike if j > at), 0)
    value = match["n"].translate(LETTER_DIGITS)
    if not before < int(value) < (after or before + 2):
        return ""
    return value if int(value) - before < MOST_MISSING or after - int(value) < MOST_MISSING else ""


def number_style(match: re.Match[str]) -> tuple[bool, str]:
    """How a number of the reference list is printed: whether after a bullet, and what follows it."""
    return bool(match["bullet"]), match["stop"]
