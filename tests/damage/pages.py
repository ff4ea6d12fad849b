"""Kinds of damage that a page of the report can have, each done to one random page of a chapter.

Every kind says what it did, in words, or ``None`` where the chapter has nothing that it could damage. The same chapter
and the same random numbers give the same damage, whatever the product reads.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from tests.damage.parts import Drawn, PageParts, Shown, Span, TablePiece, instruction, read_parts

A4 = 595.28, 841.89
YELLOW = 1.0, 0.95, 0.2
MARKER, STAMP_FONT = "/FindingsMarker", "/FindingsStamp"
DIGIT = re.compile(rb"\d")


@dataclass(frozen=True)
class Damage:
    """What was done: the page (from 1) and the words for it."""

    page: int
    what: str


class Patient:
    """A chapter while it is damaged."""

    def __init__(self, pdf: pikepdf.Pdf, rng: random.Random) -> None:
        self.pdf, self.rng = pdf, rng
        self._parts: dict[int, PageParts] = {}

    def parts(self, number: int) -> PageParts:
        """The parts of a page (from 0)."""
        if number not in self._parts:
            self._parts[number] = read_parts(self.pdf.pages[number])
        return self._parts[number]

    def page_numbers(self) -> list[int]:
        """The numbers of the pages in random order."""
        numbers = list(range(len(self.pdf.pages)))
        self.rng.shuffle(numbers)
        return numbers

    def tables(self) -> Iterator[tuple[int, PageParts, TablePiece]]:
        """Every table piece, pages and pieces in random order."""
        for number in self.page_numbers():
            pieces = self.parts(number).pieces()
            self.rng.shuffle(pieces)
            for piece in pieces:
                yield number, self.parts(number), piece

    def table(self) -> tuple[int, PageParts, TablePiece] | None:
        return next(self.tables(), None)

    def rewrite(self, number: int) -> None:
        """Put a page's changed instructions into the file."""
        self.pdf.pages[number].obj.Contents = self.pdf.make_stream(self.parts(number).content())

    def wrap(self, number: int, before: bytes, after: bytes) -> None:
        """Put something before and behind a page's content."""
        page = self.pdf.pages[number]
        page.contents_add(before, prepend=True)
        page.contents_add(after)

    def resource(self, number: int, group: str, name: str, value: Any) -> None:
        """Give a page one more font or graphics state."""
        page = self.pdf.pages[number]
        own: Any = Dictionary()
        for key, held in page.resources.items():
            own[key] = held
        entries: Any = Dictionary()
        for key, held in own.get(group, Dictionary()).items():
            entries[key] = held
        entries[name] = self.pdf.make_indirect(value)
        own[group] = entries
        page.obj.Resources = own


PageDamage = Callable[[Patient], Damage | None]
TableDamage = Callable[[Patient, int, PageParts, TablePiece], str | None]


def of_a_table(change: TableDamage) -> PageDamage:
    """A damage done to one table of one page: the first that has something to damage."""

    def damage(patient: Patient) -> Damage | None:
        for number, parts, piece in patient.tables():
            what = change(patient, number, parts, piece)
            if what:
                patient.rewrite(number)
                return Damage(number + 1, f"{what} (table at {place(piece.span)})")
        return None

    return damage


def of_a_page(change: Callable[[Patient, int], str | None]) -> PageDamage:
    """A damage done to one page."""

    def damage(patient: Patient) -> Damage | None:
        for number in patient.page_numbers():
            what = change(patient, number)
            if what:
                return Damage(number + 1, what)
        return None

    return damage


def place(span: Span) -> str:
    return " ".join(f"{value:.0f}" for value in span)


def level(piece: TablePiece, rule: Drawn) -> list[Drawn]:
    """The rules of a table at one height: the line below one row."""
    return [other for other in piece.rules if abs(other.span.y0 - rule.span.y0) < 1]


# ---------------------------------------------------------------------------------------------- rules


def rule_deleted(patient: Patient, _: int, parts: PageParts, piece: TablePiece) -> str:
    rule = patient.rng.choice(piece.rules)
    parts.remove(rule)
    return f"rule {place(rule.span)} deleted"


def row_line_deleted(patient: Patient, _: int, parts: PageParts, piece: TablePiece) -> str:
    rules = level(piece, patient.rng.choice(piece.rules))
    parts.remove(*rules)
    return f"all {len(rules)} rules at height {rules[0].span.y0:.0f} deleted"


def all_rules_deleted(_: Patient, __: int, parts: PageParts, piece: TablePiece) -> str:
    parts.remove(*piece.rules)
    return f"all {len(piece.rules)} rules deleted"


def rule_cut(patient: Patient, _: int, parts: PageParts, piece: TablePiece) -> str:
    rule = patient.rng.choice(piece.rules)
    x0, y0, x1, y1 = rule.span
    share = patient.rng.uniform(0.3, 0.7)
    cut = x0 + (x1 - x0) * share
    parts.place(rule, Span(x0, y0, cut, y1) if patient.rng.random() < 0.5 else Span(cut, y0, x1, y1))
    return f"rule {place(rule.span)} cut at {cut:.0f}"


def rule_moved(patient: Patient, _: int, parts: PageParts, piece: TablePiece) -> str:
    rules = level(piece, patient.rng.choice(piece.rules))
    dy = patient.rng.choice((-1, 1)) * patient.rng.uniform(4, 12)
    for rule in rules:
        x0, y0, x1, y1 = rule.span
        parts.place(rule, Span(x0, y0 + dy, x1, y1 + dy))
    return f"rules at height {rules[0].span.y0:.0f} moved by {dy:.0f}"


def rule_moved_aside(patient: Patient, _: int, parts: PageParts, piece: TablePiece) -> str:
    rule = patient.rng.choice(piece.rules)
    dx = patient.rng.choice((-1, 1)) * patient.rng.uniform(4, 20)
    x0, y0, x1, y1 = rule.span
    parts.place(rule, Span(x0 + dx, y0, x1 + dx, y1))
    return f"rule {place(rule.span)} moved aside by {dx:.0f}"


def rule_added(patient: Patient, _: int, parts: PageParts, piece: TablePiece) -> str | None:
    rows = [row for row in piece.rows() if row.y1 - row.y0 > 24]
    if not rows:
        return None
    row = patient.rng.choice(rows)
    y = (row.y0 + row.y1) / 2
    parts.after += f"q 0 G 0.5 w {row.x0:.1f} {y:.1f} m {row.x1:.1f} {y:.1f} l S Q\n".encode()
    return f"rule through the middle of row {place(row)}"


# ---------------------------------------------------------------------------------------------- header boxes


def header_box_removed(patient: Patient, _: int, parts: PageParts, piece: TablePiece) -> str:
    at = patient.rng.randrange(len(piece.header))
    parts.remove(piece.header[at])
    return f"header box {at + 1} of {len(piece.header)} removed"


def header_boxes_removed(_: Patient, __: int, parts: PageParts, piece: TablePiece) -> str:
    parts.remove(*piece.header)
    return f"all {len(piece.header)} header boxes removed"


def header_unshaded(_: Patient, __: int, parts: PageParts, piece: TablePiece) -> str:
    """The boxes are gone, their words are black."""
    parts.remove(*piece.header)
    for show in header_shows(parts, piece):
        parts.put_ahead(show.at, instruction("g", 0))
        if show.colour:
            parts.insert(show.at, show.colour)
    return "header without boxes, words in black"


def header_recoloured(patient: Patient, _: int, parts: PageParts, piece: TablePiece) -> str:
    colour = patient.rng.choice(((0.95, 0.95, 0.95), (0.1, 0.1, 0.1), (0.3, 0.5, 0.8), (0.8, 0.85, 0.6), YELLOW))
    for box in piece.header:
        parts.remove(box)
        paint_box(parts, box.painted, box.matrix, box.span, colour)
    return f"header boxes in the colour {colour}"


def header_shows(parts: PageParts, piece: TablePiece) -> list[Shown]:
    return parts.shows_in(piece.span._replace(y0=piece.floor + 2))


def paint_box(
    parts: PageParts, behind: int, matrix: tuple[float, ...], span: Span, colour: tuple[float, float, float]
) -> None:
    """Fill a box behind an instruction at which this matrix is in force."""
    a, _, _, d, e, f = matrix
    x0, y0, x1, y1 = (span.x0 - e) / a, (span.y0 - f) / d, (span.x1 - e) / a, (span.y1 - f) / d
    parts.insert(
        behind,
        instruction("q"),
        instruction("rg", *colour),
        instruction("re", x0, y0, x1 - x0, y1 - y0),
        instruction("f"),
        instruction("Q"),
    )


def continuation_headless(patient: Patient) -> Damage | None:
    """A table that goes on from the page before, with its header boxes and their words removed."""
    for number in patient.page_numbers():
        if not number:
            continue
        last, first = patient.parts(number - 1).pieces()[-1:], patient.parts(number).pieces()[:1]
        if not last or not first or len(last[0].edges) != len(first[0].edges):
            continue
        if any(abs(a - b) > 3 for a, b in zip(last[0].edges, first[0].edges, strict=True)):
            continue
        parts = patient.parts(number)
        parts.remove(*first[0].header)
        parts.remove_shows(header_shows(parts, first[0]))
        patient.rewrite(number)
        return Damage(number + 1, f"header of a continuation removed (table at {place(first[0].span)})")
    return None


def header_words_swapped(patient: Patient, _: int, parts: PageParts, piece: TablePiece) -> str | None:
    one, other = sorted(patient.rng.sample(range(len(piece.header)), 2))
    a, b = piece.header[one].span, piece.header[other].span
    of_a, of_b = parts.shows_in(inner(a)), parts.shows_in(inner(b))
    if not of_a or not of_b:
        return None
    for shows, dx in ((of_a, b.x0 - a.x0), (of_b, a.x0 - b.x0)):
        for show in shows:
            parts.shift(show, dx)
    return f"words of header boxes {one + 1} and {other + 1} swapped"


def inner(span: Span) -> Span:
    return Span(span.x0 + 1, span.y0 + 1, span.x1 - 1.5, span.y1)


# ---------------------------------------------------------------------------------------------- markers and stamps


def marked(colour: tuple[float, float, float] | None, cell: bool) -> TableDamage:
    """A marker over a row or cell: below the words where the page fills there before it writes, else multiplied."""

    def damage(patient: Patient, number: int, parts: PageParts, piece: TablePiece) -> str | None:
        rows = piece.rows()
        if not rows:
            return None
        span = patient.rng.choice(rows)
        if cell:
            at = patient.rng.randrange(len(piece.header))
            span = span._replace(x0=piece.edges[at], x1=piece.edges[at + 1])
        chosen = colour or (0.65, 0.66, 0.67)
        under = [box for box in (*parts.boxes, *piece.header) if box.span.meets(span)] or list(piece.header)
        behind = max(under, key=lambda box: box.painted)
        words = [show.at for show in parts.shows_in(span)]
        if patient.rng.random() < 0.5 and words and behind.painted < min(words):
            paint_box(parts, behind.painted, behind.matrix, span, chosen)
            how = "under the words"
        else:
            patient.resource(number, "/ExtGState", MARKER, Dictionary(Type=Name.ExtGState, BM=Name.Multiply))
            box = " ".join(f"{value:.2f}" for value in (span.x0, span.y0, span.x1 - span.x0, span.y1 - span.y0))
            rgb = " ".join(f"{value:.2f}" for value in chosen)
            parts.before = b"q\n" + parts.before
            parts.after += f"Q\nq {MARKER} gs {rgb} rg {box} re f Q\n".encode()
            how = "multiplied over the words"
        return f"{'cell' if cell else 'row'} {place(span)} marked {how}"

    return damage


def words_painted(patient: Patient, number: int, text: str, matrix: str, size: float, grey: float) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    patient.resource(number, "/Font", STAMP_FONT, font)
    patient.wrap(number, b"q\n", f"\nQ\nq {grey} g BT {STAMP_FONT} {size} Tf {matrix} Tm ({text}) Tj ET Q\n".encode())


def watermark(patient: Patient, number: int) -> str:
    text = patient.rng.choice(("DRAFT", "COPY", "FOR REVIEW"))
    words_painted(patient, number, text, "0.707 0.707 -0.707 0.707 180 250", 90, 0.85)
    return f"watermark {text}"


def stamp(patient: Patient, number: int) -> str:
    matrix, where = patient.rng.choice(
        (
            ("1 0 0 1 60 8", "below"),
            ("1 0 0 1 330 780", "above"),
            ("0 1 -1 0 20 250", "left"),
            ("1 0 0 1 250 400", "over"),
        )
    )
    words_painted(patient, number, "Downloaded on 3 May 2021 by reader 1234", matrix, 8, 0.0)
    return f"download stamp {where}"


# ---------------------------------------------------------------------------------------------- whole pages


def scaled(factor: float) -> Callable[[Patient, int], str]:
    def damage(patient: Patient, number: int) -> str:
        patient.wrap(number, f"q {factor} 0 0 {factor} 50 200 cm\n".encode(), b"\nQ")
        return f"page drawn at {factor:.0%}"

    return damage


def printed_on_a4(patient: Patient) -> Damage:
    for number, page in enumerate(patient.pdf.pages):
        width, height = page_size(page)
        factor = min(A4[0] / width, A4[1] / height)
        up = (A4[1] - factor * height) / 2
        patient.wrap(number, f"q {factor:.4f} 0 0 {factor:.4f} 0 {up:.2f} cm\n".encode(), b"\nQ")
        resize(page, Array([0, 0, *A4]))
    return Damage(1, "all pages printed on A4")


def cropped(patient: Patient) -> Damage:
    left, bottom = patient.rng.uniform(0, 40), patient.rng.uniform(0, 16)
    for page in patient.pdf.pages:
        width, height = page_size(page)
        resize(page, Array([left, bottom, width - left, height - bottom]))
    return Damage(1, f"all pages cropped by {left:.0f} and {bottom:.0f}")


def page_size(page: pikepdf.Page) -> tuple[float, float]:
    x0, y0, x1, y1 = (float(value) for value in page.mediabox.as_list())
    return x1 - x0, y1 - y0


def resize(page: pikepdf.Page, box: Array) -> None:
    page.obj.MediaBox = box
    for name in ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"):
        if name in page.obj:
            del page.obj[name]


def painted_twice(patient: Patient, number: int) -> str:
    patient.pdf.pages[number].contents_coalesce()
    content = patient.pdf.pages[number].Contents.read_bytes()
    patient.pdf.pages[number].obj.Contents = patient.pdf.make_stream(
        b"q\n" + content + b"\nQ\nq 1 0 0 1 0.3 0 cm\n" + content + b"\nQ"
    )
    return "page painted twice, 0.3 points apart"


def stream_cut(patient: Patient, number: int) -> str | None:
    patient.pdf.pages[number].contents_coalesce()
    content = patient.pdf.pages[number].Contents.read_bytes()
    share = patient.rng.uniform(0.2, 0.95)
    patient.pdf.pages[number].obj.Contents = patient.pdf.make_stream(content[: int(len(content) * share)])
    return f"content stream cut at {share:.0%}"


def page_missing(patient: Patient, number: int) -> str | None:
    if len(patient.pdf.pages) < 2:
        return None
    del patient.pdf.pages[number]
    return "page missing"


def pages_swapped(patient: Patient, number: int) -> str | None:
    pages = patient.pdf.pages
    if number + 1 >= len(pages):
        return None
    page = pages[number]
    del pages[number]
    pages.insert(number + 1, page)
    return "page behind the next one"


# ---------------------------------------------------------------------------------------------- columns and words


def column_widths(patient: Patient, _: int, parts: PageParts, piece: TablePiece) -> str:
    """The border between two columns moves, their words stay."""
    at = patient.rng.randrange(len(piece.header) - 1)
    border = piece.edges[at + 1]
    dx = patient.rng.choice((-1, 1)) * patient.rng.uniform(8, 25)

    def moved(x: float) -> float:
        return x + dx if abs(x - border) < 2 else x

    for drawn in (*piece.header, *piece.rules):
        x0, y0, x1, y1 = drawn.span
        if (moved(x0), moved(x1)) != (x0, x1):
            parts.place(drawn, Span(moved(x0), y0, moved(x1), y1))
    return f"border between columns {at + 1} and {at + 2} moved by {dx:.0f}"


def columns_swapped(patient: Patient, _: int, parts: PageParts, piece: TablePiece) -> str | None:
    """Two columns with their boxes, rules and words in the other order: the page says the same as before."""
    at = patient.rng.randrange(len(piece.header) - 1)
    left, border, right = piece.edges[at : at + 3]
    one, other = border - left, right - border
    for drawn in (*piece.header, *piece.rules):
        x0, y0, x1, y1 = drawn.span
        if abs(x0 - left) < 2 and abs(x1 - border) < 2:
            parts.place(drawn, Span(x0 + other, y0, x1 + other, y1))
        elif abs(x0 - border) < 2 and abs(x1 - right) < 2:
            parts.place(drawn, Span(x0 - one, y0, x1 - one, y1))
    shows = parts.shows_in(piece.span)
    for show in shows:
        if left - 1 <= show.x < border - 1.5:
            parts.shift(show, other)
        elif border - 1.5 <= show.x < right - 1.5:
            parts.shift(show, -one)
    return f"columns {at + 1} and {at + 2} swapped" if shows else None


def text_moved(up: bool) -> TableDamage:
    def damage(patient: Patient, _: int, parts: PageParts, piece: TablePiece) -> str | None:
        shows = parts.shows_in(piece.body)
        if not shows:
            return None
        show = patient.rng.choice(shows)
        by = patient.rng.choice((-1, 1)) * (patient.rng.uniform(6, 14) if up else patient.rng.uniform(10, 80))
        parts.shift(show, *((0.0, by) if up else (by, 0.0)))
        return f"text at {show.x:.0f} {show.y:.0f} moved {'up' if up else 'aside'} by {by:.0f}"

    return damage


def digit_changed(patient: Patient, _: int, parts: PageParts, piece: TablePiece) -> str | None:
    places = [
        (show, operand, match.start())
        for show in parts.shows_in(piece.body)
        for operand, text in enumerate(strings(parts, show))
        for match in DIGIT.finditer(text)
    ]
    if not places:
        return None
    show, operand, at = patient.rng.choice(places)
    text = bytearray(strings(parts, show)[operand])
    text[at] = patient.rng.choice([digit for digit in b"0123456789" if digit != text[at]])
    operands, operator = parts.instructions[show.at]
    new = pikepdf.String(bytes(text))
    if str(operator) == "TJ":
        items = list(operands[0])
        items[[n for n, item in enumerate(items) if isinstance(item, pikepdf.String)][operand]] = new
        parts.instructions[show.at] = ([Array(items)], operator)
    else:
        parts.instructions[show.at] = ([new], operator)
    return f"digit changed in the text at {show.x:.0f} {show.y:.0f}"


def strings(parts: PageParts, show: Shown) -> list[bytes]:
    """The strings of a ``Tj`` or ``TJ``."""
    (operand,) = parts.instructions[show.at][0]
    items = operand if isinstance(operand, Array) else [operand]
    return [bytes(item) for item in items if isinstance(item, pikepdf.String)]


KINDS: dict[str, PageDamage] = {
    "rule deleted": of_a_table(rule_deleted),
    "row line deleted": of_a_table(row_line_deleted),
    "all rules deleted": of_a_table(all_rules_deleted),
    "rule cut": of_a_table(rule_cut),
    "rule moved": of_a_table(rule_moved),
    "rule moved aside": of_a_table(rule_moved_aside),
    "rule added in a row": of_a_table(rule_added),
    "header box removed": of_a_table(header_box_removed),
    "header boxes removed": of_a_table(header_boxes_removed),
    "header unshaded": of_a_table(header_unshaded),
    "header recoloured": of_a_table(header_recoloured),
    "header words swapped": of_a_table(header_words_swapped),
    "continuation headless": continuation_headless,
    "row marked yellow": of_a_table(marked(YELLOW, cell=False)),
    "cell marked yellow": of_a_table(marked(YELLOW, cell=True)),
    "row marked grey": of_a_table(marked(None, cell=False)),
    "cell marked grey": of_a_table(marked(None, cell=True)),
    "column widths": of_a_table(column_widths),
    "columns swapped": of_a_table(columns_swapped),
    "text moved up": of_a_table(text_moved(up=True)),
    "text moved aside": of_a_table(text_moved(up=False)),
    "watermark": of_a_page(watermark),
    "stamp": of_a_page(stamp),
    "page at half size": of_a_page(scaled(0.5)),
    "page at 97 percent": of_a_page(scaled(0.97)),
    "printed on A4": printed_on_a4,
    "cropped": cropped,
    "painted twice": of_a_page(painted_twice),
    "stream cut": of_a_page(stream_cut),
    "page missing": of_a_page(page_missing),
    "pages swapped": of_a_page(pages_swapped),
    "digit changed": of_a_table(digit_changed),
}
APART = {"digit changed"}
"""Kinds that nobody can notice who has only the page; they are counted apart."""
