"""Content -> marks: the visible words, rules, dark boxes and small drawings of one page.

Text that the content stream holds but nobody can see is left out: white text on white paper (the "N/A" in an empty
cell, Peru 2019, page 3), and text outside the visible part of the page; :mod:`extractors.readers.shown` has left out
what is invisible in other ways, turned or doubled. Tables and columns are found later.
"""

from __future__ import annotations

import functools
import itertools
import operator
import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from extractors.readers.content import Content, GlyphRun, Link, PaintedPath
from extractors.readers.shown import Shown, sort_runs, strip_of
from extractors.readers.tolerances import TOLERANCE
from extractors.readers.visibility import is_white

INK = re.compile(r"\S+")
UNCLEAN = re.compile("[\u00a0\u2009\u200e\u200f\ufb00-\ufb06]")  # the characters that `clean` changes
BULLET = "■"  # the glyph that the font Dingbats prints for an "n" (Brazil 2015, page 4)


@dataclass(slots=True)
class Word:
    """Characters without a blank between them. Places are points from the page's top left corner.

    ``size`` is the type size in points; ``spaced`` says that the file has a blank character before the word.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    font: str
    size: float
    spaced: bool

    @property
    def middle(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2


class Rectangle(NamedTuple):
    """The place of a rule, box or drawing, in points from the page's top left corner."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2

    def holds(self, x: float, y: float) -> bool:
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom


class Glyph(NamedTuple):
    """One glyph of a run."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    font: str
    size: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2


@dataclass(slots=True)
class Marks:
    """The visible marks of one page: words in the order of the content stream, rules, dark boxes, small drawings, and
    which of these have the form of a cross.

    ``number`` counts pages from 1; ``width`` and ``height`` are points. Text that was left out: ``hidden`` cannot be
    seen, ``turned`` does not run from left to right, ``doubled`` was painted a second time at the same place.
    """

    number: int
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    rules: list[Rectangle] = field(default_factory=list)
    boxes: list[Rectangle] = field(default_factory=list)
    drawings: list[Rectangle] = field(default_factory=list)
    crosses: set[Rectangle] = field(default_factory=set)
    hidden: str = ""
    turned: str = ""
    doubled: str = ""
    links: list[Link] = field(default_factory=list)
    rows: tuple[int, list[list[Word]]] = field(default_factory=lambda: (-1, []), init=False, repr=False, compare=False)

    @property
    def left_out(self) -> str:
        """The letters of the page that are in no word."""
        return " ".join(part for part in (self.hidden, self.turned, self.doubled) if part)


def read_marks(content: Content, scale: float = 1.0) -> Marks:
    """The visible words, rules, boxes and drawings of one page that is drawn at ``scale`` times the report's size."""
    marks = Marks(content.number, content.width, content.height, links=content.links)
    thickness, side = TOLERANCE.rule_thickness * scale, TOLERANCE.drawing_side * scale
    dark: list[Rectangle] = []
    drawn: dict[tuple[int, int], Rectangle] = {}
    for path in (*content.rects, *content.curves):
        if path.hidden or is_paper_white(path) or not path.fill:
            continue
        box = Rectangle(path.x0, path.top, path.x1, path.bottom)
        dark.append(box)
        height, width = box.bottom - box.top, box.x1 - box.x0
        if height < thickness:
            marks.rules.append(box)
        elif path.kind == "rect" and height < TOLERANCE.box_height * scale:
            marks.boxes.append(box)
        if path.kind == "curve" and width < side and height < side and not painted_before(box, drawn):
            marks.drawings.append(box)
            if is_cross(path):
                marks.crosses.add(box)
    marks.rules += drawn_rules(content, thickness)
    marks.rules = cut_at_uprights(marks.rules, list(drawn_uprights(content, thickness)))
    shown = sort_runs(content)
    marks.words, marks.hidden = visible_words(content, shown, dark)
    marks.turned, marks.doubled = " ".join("".join(shown.turned).split()), "".join(shown.doubled)
    return marks


def is_cross(path: PaintedPath) -> bool:
    """Whether a drawing has corners at the upper left and right, as a cross has. A tick has none at the left."""
    width, height = path.x1 - path.x0, path.bottom - path.top
    upper = [x for x, y in path.points if y < path.top + height / 3]
    return bool(upper) and min(upper) < path.x0 + width / 3 and max(upper) > path.x1 - width / 3


def drawn_rules(content: Content, thickness: float) -> Iterator[Rectangle]:
    """The rules that are drawn as lines or as sides of outlines; a line that falls by ``thickness`` points or more is
    not level."""
    for line in content.lines:
        if abs(line.bottom - line.top) < thickness and not line.hidden and not is_white(line.line_color):
            yield Rectangle(line.x0, line.top, line.x1, line.bottom)
    for box in outlined(content):
        yield from (Rectangle(box.x0, y, box.x1, y) for y in (box.top, box.bottom))


def drawn_uprights(content: Content, thickness: float) -> Iterator[Rectangle]:
    """The rules between columns: upright lines, narrow shapes and sides of outlines, at least as high as one row."""
    for path in (*content.lines, *content.rects, *content.curves):
        narrow, high = path.x1 - path.x0 < thickness, path.bottom - path.top >= TOLERANCE.header_height
        if narrow and high and not path.hidden and not is_paper_white(path):
            yield Rectangle(path.x0, path.top, path.x1, path.bottom)
    for box in outlined(content):
        yield from (Rectangle(x, box.top, x, box.bottom) for x in (box.x0, box.x1))


def outlined(content: Content) -> Iterator[Rectangle]:
    """The rectangles that are drawn as outlines, as the borders of a cell may be."""
    for path in content.rects:
        wide, high = path.x1 - path.x0 > TOLERANCE.header_width, path.bottom - path.top > TOLERANCE.header_height
        if path.stroke and wide and high and not path.hidden and not is_white(path.line_color):
            yield Rectangle(path.x0, path.top, path.x1, path.bottom)


def cut_at_uprights(rules: list[Rectangle], uprights: Sequence[Rectangle]) -> list[Rectangle]:
    """The rules, each cut where a rule between two columns meets it: the pieces then end on the column edges."""
    if not uprights:
        return rules
    side = TOLERANCE.rule_end
    cut: list[Rectangle] = []
    for rule in rules:
        inside = {
            round((one.x0 + one.x1) / 2, 1)
            for one in uprights
            if one.top - side < rule.top < one.bottom + side and rule.x0 + side < one.x0 and one.x1 < rule.x1 - side
        }
        ends = [rule.x0, *sorted(inside), rule.x1]
        cut += [rule._replace(x0=x0, x1=x1) for x0, x1 in itertools.pairwise(ends)]
    return cut


def painted_before(box: Rectangle, drawn: dict[tuple[int, int], Rectangle]) -> bool:
    """Whether a drawing was painted before at the same place; ``drawn`` holds the others by their corner."""
    x, y = round(box.x0), round(box.top)
    for near in itertools.product((x - 1, x, x + 1), (y - 1, y, y + 1)):
        other = drawn.get(near)
        if other and all(abs(a - b) <= TOLERANCE.same_place for a, b in zip(box, other, strict=True)):
            return True
    drawn[x, y] = box
    return False


def visible_words(content: Content, shown: Shown, dark: Sequence[Rectangle]) -> tuple[list[Word], str]:
    """The visible words in the order of the content stream, and the characters of the others.

    ``dark`` are the filled shapes of the page: white text is visible on these only.
    """
    sorter = VisibleText(content, dark)
    sorter.hidden += shown.hidden
    for white, runs in itertools.groupby(shown.runs, key=is_paper_white):
        if white:
            sorter.add_white(runs)
        else:
            for run in runs:
                sorter.add(run)
    return sorter.words.end(), "".join(sorter.hidden)


class VisibleText:
    """Sorts the text of one page into visible words and hidden characters."""

    def __init__(self, content: Content, dark: Sequence[Rectangle]) -> None:
        self.page = Rectangle(*content.visible)
        self.behind = Strips(dark)
        self.words = WordList()
        self.hidden: list[str] = []

    def add(self, run: GlyphRun) -> None:
        """Add a run in a colour that can be seen on paper."""
        x0, top, x1, bottom = self.page
        if x0 <= min(run.x0) and max(run.x1) <= x1 and top <= run.top and run.bottom <= bottom:
            self.words.add(run)
        else:
            self.add_glyphs(glyphs_of(run))

    def add_white(self, runs: Iterable[GlyphRun]) -> None:
        """Add white runs that follow each other in the content stream: hidden unless something dark is behind them."""
        for glyphs in white_groups(glyph for run in runs for glyph in glyphs_of(run)):
            if any(self.behind.holds(*glyph.middle) for glyph in glyphs):
                self.add_glyphs(glyphs)
            else:
                self.hidden += [glyph.text for glyph in glyphs if glyph.text.strip()]

    def add_glyphs(self, glyphs: Iterable[Glyph]) -> None:
        """Add glyphs one by one; those outside the visible page are hidden."""
        for glyph in glyphs:
            if self.page.holds(*glyph.middle):
                self.words.add_glyph(glyph)
            elif glyph.text.strip():
                self.hidden.append(glyph.text)


class Strips:
    """Boxes stored by strips of the page, so that only those at one height are looked at."""

    def __init__(self, boxes: Iterable[Rectangle]) -> None:
        self.strips: dict[int, list[Rectangle]] = {}
        for box in boxes:
            for strip in range(strip_of(box.top), strip_of(box.bottom) + 1):
                self.strips.setdefault(strip, []).append(box)

    def holds(self, x: float, y: float) -> bool:
        return any(box.holds(x, y) for box in self.strips.get(strip_of(y), ()))


def glyphs_of(run: GlyphRun) -> Iterator[Glyph]:
    """The glyphs of a run, one by one."""
    for text, x0, x1 in zip(run.texts, run.x0, run.x1, strict=True):
        yield Glyph(text, x0, run.top, x1, run.bottom, run.font, run.size)


def white_groups(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """Cut white text at blanks and where it jumps to another place.

    A whole group is visible or hidden: the first letter of a pie chart's label may stand beside the pie.
    """
    group: list[Glyph] = []
    for glyph in glyphs:
        if group and (glyph.text.isspace() or jumps(group[-1], glyph)):
            yield group
            group = []
        group.append(glyph)
    if group:
        yield group


def jumps(before: Glyph, glyph: Glyph) -> bool:
    """Whether a glyph does not stand beside the one before it."""
    if abs(glyph.top - before.top) > before.size:
        return True
    return not -TOLERANCE.white_jump < glyph.x0 - before.x1 < before.size


class WordList:
    """Groups glyphs into words, in the order of the content stream.

    The blanks are characters of the file. Kerning may pull the next letter back over its blank ("Labor. April", Ghana
    2019), so the gaps on the page would not be enough.
    """

    def __init__(self) -> None:
        self.words: list[Word] = []
        self.word: Word | None = None  # the word that is being built
        self.spaced = True  # whether a blank came after the word before it

    def end(self) -> list[Word]:
        """Return all words, the one that is being built included."""
        self.add_blank()
        return self.words

    def add_blank(self) -> None:
        if self.word is not None:
            self.words.append(self.word)
            self.word = None
        self.spaced = True

    def add(self, run: GlyphRun) -> None:
        """Add a run: word by word where its letters follow each other closely, else glyph by glyph."""
        x1, size = run.x1, run.size
        texts, letters = clean_texts(run)
        gaps = list(map(operator.sub, run.x0[1:], x1))
        rising = all(map(operator.le, x1, x1[1:]))
        low, high = -TOLERANCE.letter_overlap * size, TOLERANCE.letter_gap * size
        at = 0
        for found in INK.finditer(letters):
            start, at = found.span()
            if start:
                self.add_blank()
            inner = gaps[start : at - 1]
            close = not inner or (rising and low <= min(inner) and max(inner) <= high)
            if not close or not self.add_word(run, texts, start, at):
                for glyph in itertools.islice(glyphs_of(run), start, at):
                    self.add_glyph(glyph)
        if at < len(letters):
            self.add_blank()

    def add_word(self, run: GlyphRun, texts: list[str], start: int, end: int) -> bool:
        """Add glyphs ``start`` to ``end`` of a run at once. False, and nothing done, if they need one look each."""
        x0, x1, word = run.x0[start], run.x1[end - 1], self.word
        text = "".join(texts[start:end])
        if word is None or not near(x0 - word.x1, word.size):
            if word is not None:
                self.words.append(word)
                self.spaced = False
            self.word = Word(text, x0, run.top, x1, run.bottom, run.font, run.size, self.spaced)
            return True
        if (word.top, word.bottom, word.size) == (run.top, run.bottom, run.size) and word.x1 <= run.x1[start]:
            word.text, word.x1 = word.text + text, x1
            return True
        return False

    def add_glyph(self, glyph: Glyph) -> None:
        """Add one glyph: to the word before it if it stands close enough, else as the first of a new word."""
        text = clean_glyph(glyph.text, glyph.font)
        if not text or text.isspace():
            self.add_blank()
            return
        word = self.word
        if word is not None and joins(glyph, word):
            if glyph.size >= word.size - TOLERANCE.marker_step:  # a raised marker does not stretch the word's box
                word.top, word.bottom = min(word.top, glyph.top), max(word.bottom, glyph.bottom)
            word.text, word.x1 = word.text + text, max(word.x1, glyph.x1)
            return
        if word is not None:
            self.words.append(word)
            self.spaced = False
        self.word = Word(text, glyph.x0, glyph.top, glyph.x1, glyph.bottom, glyph.font, glyph.size, self.spaced)


def joins(glyph: Glyph, word: Word) -> bool:
    """Whether a glyph goes on with a word: close behind it and at its height."""
    if not near(glyph.x0 - word.x1, word.size):
        return False
    overlap = min(glyph.bottom, word.bottom) - max(glyph.top, word.top)
    return overlap >= TOLERANCE.shared_word * min(glyph.bottom - glyph.top, word.bottom - word.top)


def near(gap: float, size: float) -> bool:
    """Whether a gap (points) between two glyphs of this type size is too small to part two words."""
    return -TOLERANCE.letter_overlap * size <= gap <= TOLERANCE.letter_gap * size


def clean_texts(run: GlyphRun) -> tuple[list[str], str]:
    """The cleaned text of each glyph of a run, and one character for each: a blank for a blank, a letter for ink."""
    texts = run.texts
    letters = "".join(texts)
    if len(letters) == len(texts) and (letters.isascii() or not UNCLEAN.search(letters)) and "Dingbats" not in run.font:
        return texts, letters
    # a ligature is one glyph of several letters, a direction mark one of none
    texts = [clean_glyph(text, run.font) for text in texts]
    return texts, "".join("x" if text and not text.isspace() else " " for text in texts)


def is_paper_white(painted: GlyphRun | PaintedPath) -> bool:
    """Whether text or a shape has the colour of paper."""
    return known_white(painted.color) if painted.white is None else painted.white


@functools.lru_cache(1000)
def known_white(color: Hashable) -> bool:
    """:func:`is_white`, computed once for each colour."""
    return is_white(color)


def clean_glyph(text: str, font: str) -> str:
    """The characters that a glyph shows in this font."""
    return BULLET if text == "n" and "Dingbats" in font else clean(text)


def clean(text: str) -> str:
    """A glyph's text with ligatures taken apart, any white space as a blank, and direction marks removed."""
    if text.isascii():
        return text
    if "\ufb00" <= text[0] <= "\ufb06":
        text = unicodedata.normalize("NFKC", text)
    return text.replace("\u00a0", " ").replace("\u2009", " ").replace("\u200e", "").replace("\u200f", "")
