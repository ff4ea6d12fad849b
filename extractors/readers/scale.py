"""The scale and place at which the report's page is drawn on a sheet, so that all lengths can be those of the report.

All editions are set on pages of 612 by 792 points with the same margins, type sizes and places of head and foot (983
pages were measured). A copy may be printed to A4 (0.972 of the size, centred), at half size, or on a cropped sheet. Its
marks are then moved and scaled to the report's own page before lines and tables are looked for; the places of what is
found are given in the page's own points again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from extractors.model import Block, Issue, Line, Where, rounded, with_lines
from extractors.readers.marks import Marks, Rectangle, Word

WIDTH, HEIGHT = 612.0, 792.0  # points; the report's page
LEFT, RIGHT = 54.0, 558.0  # where its tables begin and end
TYPE_SIZES = (8.0, 9.0, 11.0, 12.0)  # of references, cells, running text and the summary
HEADS = ((22.0, 29.0), (53.0, 60.0))  # where the first lines of a page begin: the country, the assessment
FEET = ((763.0, 774.0),)  # where the last line of a page ends
EMPTY = ((67.0, 79.0), (749.0, 755.0))  # between head and text, and between text and foot

SAME_SCALE = 0.012  # scales that differ by less are the same
SAME_EDGE = 8.0  # points; a table may begin or end this far from the margin
SAME_PLACE = 2.0  # points by which two pages of a file may lie differently on the sheet
SURER = 0.15  # share of a page's letters by which another scale must fit better than the report's own
KNOWN = 0.5  # share of a page's letters that must have a type size of the report
NARROWEST = 1 / 12  # of the width of the report's tables; rules that reach less far show no scale


@dataclass(frozen=True, slots=True)
class Fit:
    """Where the report's page lies on a sheet: a point (x, y) of it is drawn at (left + x·factor, top + y·factor)."""

    factor: float = 1.0
    left: float = 0.0
    top: float = 0.0

    def close_to(self, other: Fit) -> bool:
        """Whether two fits differ by no more than one page from the next of the same file."""
        near = abs(self.left - other.left) < SAME_PLACE and abs(self.top - other.top) < SAME_PLACE
        return near and abs(self.factor - other.factor) < SAME_SCALE / 2

    def box(self, box: Rectangle) -> Rectangle:
        """A place on the sheet as a place on the report's page."""
        return Rectangle(
            (box.x0 - self.left) / self.factor,
            (box.top - self.top) / self.factor,
            (box.x1 - self.left) / self.factor,
            (box.bottom - self.top) / self.factor,
        )

    def word(self, word: Word) -> Word:
        place = self.box(Rectangle(word.x0, word.top, word.x1, word.bottom))
        return Word(word.text, *place, word.font, word.size / self.factor, word.spaced)

    def marks(self, marks: Marks) -> Marks:
        """The marks of a sheet as marks of the report's page."""
        return replace(
            marks,
            width=WIDTH,
            height=HEIGHT,
            words=[self.word(word) for word in marks.words],
            rules=[self.box(rule) for rule in marks.rules],
            crosses={self.box(drawing) for drawing in marks.crosses},
            boxes=[self.box(box) for box in marks.boxes],
            drawings=[self.box(drawing) for drawing in marks.drawings],
            links=[(self.box(Rectangle(*place)), address) for place, address in marks.links],
        )

    def where(self, where: Where) -> Where:
        """A place on the report's page as a place on the sheet."""
        if where.bbox is None:
            return where
        (x0, top, x1, bottom), factor = where.bbox, self.factor
        box = (self.left + x0 * factor, self.top + top * factor, self.left + x1 * factor, self.top + bottom * factor)
        return replace(where, bbox=rounded(*box))

    def block(self, block: Block) -> Block:
        """A block of the report's page with its places on the sheet."""
        moved = with_lines(block, self.line)
        return moved if isinstance(moved, Line) else replace(moved, where=self.where(moved.where))

    def line(self, line: Line) -> Line:
        return replace(line, where=self.where(line.where))


SAME = Fit()


def find_fit(marks: Marks, last: Fit | None) -> Fit | None:
    """The fit of a page; None if it is drawn at an unknown scale. ``last`` is the fit of the page before.

    Two independent measures must agree: the width of the tables (or of the text) and the type sizes.
    """
    if not marks.words or not marks.width or not marks.height:
        return SAME
    sizes = letters_by_size(marks.words)
    factor, left = scale_of(marks, sizes, last)
    if factor is None:
        return None
    same_sheet = abs(marks.width - WIDTH) < SAME_EDGE and abs(marks.height - HEIGHT) < SAME_EDGE
    if factor == 1.0 and not left and same_sheet:
        return SAME
    fit = Fit(factor, left, top_of(marks, factor, last))
    return last if last is not None and fit.close_to(last) else fit


def scale_of(marks: Marks, sizes: Counter[float], last: Fit | None) -> tuple[float | None, float]:
    """The scale of a page, and where the report's page begins from the left; no scale if it is not known."""
    span = table_span(marks)
    text = text_span(marks.words)
    own = share_of_known(sizes, 1.0)
    if span is not None:
        factor = (span[1] - span[0]) / (RIGHT - LEFT)
        together = agrees(span, text)
        if abs(factor - 1) < SAME_SCALE:
            return 1.0, span[0] - LEFT if together and not same_edges(span) else 0.0
        if share_of_known(sizes, factor) > max(KNOWN, own + SURER) or (own < KNOWN and together):
            return factor, span[0] - LEFT * factor
    if last is not None and last != SAME and share_of_known(sizes, last.factor) > max(KNOWN, own + SURER):
        return last.factor, last.left
    if own >= KNOWN or (span is not None and same_edges(span)):
        return 1.0, 0.0
    usual = 0.8 * TYPE_SIZES[0] < median(sizes.elements()) < 1.2 * TYPE_SIZES[-1]
    return (1.0 if usual else None), 0.0


def letters_by_size(words: Iterable[Word]) -> Counter[float]:
    """Type size -> number of letters."""
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[word.size] += len(word.text)
    return sizes


def share_of_known(sizes: Counter[float], factor: float) -> float:
    """The share of letters that have a type size of the report, if the page is drawn at this scale."""
    known = sum(
        count
        for size, count in sizes.items()
        if any(abs(size / factor - usual) < SAME_SCALE * usual for usual in TYPE_SIZES)
    )
    return known / max(1, sizes.total())


def table_span(marks: Marks) -> tuple[float, float] | None:
    """The left and right end of the rules and boxes of a page; None if it has none, or only short ones."""
    shapes = [shape for shape in (*marks.rules, *marks.boxes) if 0 <= shape.x0 < shape.x1 <= marks.width]
    if not shapes:
        return None
    left, right = min(shape.x0 for shape in shapes), max(shape.x1 for shape in shapes)
    return (left, right) if right - left > NARROWEST * (RIGHT - LEFT) else None


def text_span(words: Sequence[Word]) -> tuple[float, float]:
    """The left and right end of the text of a page, without the few words that stand outside."""
    lefts, rights = sorted(word.x0 for word in words), sorted(word.x1 for word in words)
    return lefts[len(lefts) // 50], rights[-1 - len(rights) // 50]


def agrees(span: tuple[float, float], text: tuple[float, float]) -> bool:
    """Whether the text of a page is about as wide as its tables."""
    slack = 0.06 * (span[1] - span[0])
    return abs(span[0] - text[0]) < slack and abs(span[1] - text[1]) < slack


def same_edges(span: tuple[float, float]) -> bool:
    """Whether tables begin and end at the report's margins."""
    return abs(span[0] - LEFT) < SAME_EDGE and abs(span[1] - RIGHT) < SAME_EDGE


def top_of(marks: Marks, factor: float, last: Fit | None) -> float:
    """Where the report's page begins from the top of the sheet: there its head and foot are where they always are.

    The usual places are tried, and those that the first and last lines suggest.
    """
    tops = sorted({round(word.top, 1) for word in marks.words})
    bottoms = sorted({round(word.bottom, 1) for word in marks.words})
    middles = [(word.top + word.bottom) / 2 for word in marks.words]
    room = marks.height - HEIGHT * factor
    usual = [room / 2, 0.0, room] + ([last.top] if last is not None and last.factor == factor else [])
    places = [top - factor * (low + high) / 2 for top in tops[:3] for low, high in HEADS]
    places += [bottom - factor * (low + high) / 2 for bottom in bottoms[-3:] for low, high in FEET]

    def score(top: float) -> int:
        found = within(tops, HEADS, top, factor) + within(bottoms, FEET, top, factor)
        return 4 * min(found, len(HEADS) + len(FEET)) - within(middles, EMPTY, top, factor)

    best = max((*usual, *places), key=score)
    return best if score(best) > 4 else room / 2  # one line alone shows nothing


def within(heights: Iterable[float], bands: Sequence[tuple[float, float]], top: float, factor: float) -> int:
    """How many heights on a sheet lie in these bands of the report's page."""
    return sum(any(low <= (y - top) / factor <= high for low, high in bands) for y in heights)


def scale_issue(fit: Fit | None, number: int) -> Issue:
    """The finding about a page that is drawn at another scale or place; an error if the scale is not known."""
    where = Where(page=number)
    if fit is None:
        message = "the page is drawn at a scale that is not known: its tables may be read as running text"
        return Issue("scale_unknown", "error", message, where)
    message = (
        f"from this page on the report is drawn at {fit.factor:.3f} of its size, "
        f"{fit.left:.0f} points from the left and {fit.top:.0f} from the top of the sheet"
    )
    return Issue("scale_changed", "info", message, where)
