"""What one page shows to a reader's eye: words, rules, dark boxes and small drawings, without the hidden text.

Takes a page's content and knows nothing of tables or columns. White text on white, and text outside the page's visible
box, is what the content stream holds and the eye does not (Peru 2019, page 3: an "N/A" in an empty cell).
"""

from __future__ import annotations

import functools
import itertools
import operator
import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from extractors.readers.content import Content, Shown

RULE_HEIGHT = 1.6  # points: what is thinner is a rule; 2020 draws rules as 1-pt filled polygons
WHITE = 0.97
CLOSE_BEFORE, CLOSE_BEHIND = 0.35, 0.16  # shares of the type size: how far a letter of a word may stand from the last
INK = re.compile(r"\S+")
UNCLEAN = re.compile("[\u00a0\u2009\u200e\u200f\ufb00-\ufb06]")  # what `clean` changes
BULLET = "■"  # what a reader sees where the font Dingbats prints an "n" (Brazil 2015, page 4)


@dataclass(slots=True)
class Word:
    """Characters without a blank between them; ``spaced`` says that a blank character stands before it."""

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


@dataclass(slots=True)
class Box:
    """A filled shape or rule: its box only."""

    x0: float
    top: float
    x1: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom


class Glyph(NamedTuple):
    """One glyph of a shown string."""

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
    """What one page shows to a reader's eye: words in content order, rules, dark boxes, small filled drawings."""

    number: int
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    drawings: list[Box] = field(default_factory=list)
    hidden: str = ""


def read_marks(content: Content) -> Marks:
    """Words, rules and boxes of one page, without what is white on white or outside the visible page."""
    marks = Marks(content.number, content.width, content.height)
    dark: list[Box] = []
    for shape in (*content.rects, *content.curves):
        if is_white(shape.color) or not shape.fill:
            continue
        box = Box(shape.x0, shape.top, shape.x1, shape.bottom)
        dark.append(box)
        height, width = box.bottom - box.top, box.x1 - box.x0
        if height < RULE_HEIGHT:
            marks.rules.append(box)
        elif shape.kind == "rect" and height < 120:
            marks.boxes.append(box)
        if shape.kind == "curve" and width < 20 and height < 20:
            marks.drawings.append(box)
    for line in content.lines:
        if abs(line.bottom - line.top) < RULE_HEIGHT and not is_white(line.line_color):
            marks.rules.append(Box(line.x0, line.top, line.x1, line.bottom))
    marks.words, marks.hidden = seen_words(content, dark)
    return marks


def seen_words(content: Content, dark: Sequence[Box]) -> tuple[list[Word], str]:
    """The words that a reader sees, in content order, and the letters of those that he does not."""
    x_min, y_min, x_max, y_max = content.visible
    behind = Strips(dark)
    words = WordList()
    hidden: list[str] = []

    def take(glyph: Glyph) -> None:
        x, y = glyph.middle
        if x_min <= x <= x_max and y_min <= y <= y_max:
            words.add_glyph(glyph)
        elif glyph.text.strip():
            hidden.append(glyph.text)

    for white, strings in itertools.groupby(content.strings, key=lambda shown: known_white(shown.color)):
        if not white:
            for shown in strings:
                inside = x_min <= min(shown.x0) and max(shown.x1) <= x_max
                if inside and y_min <= shown.top and shown.bottom <= y_max:
                    words.add(shown)
                else:
                    for glyph in glyphs_of(shown):
                        take(glyph)
            continue
        for run in white_runs(glyph for shown in strings for glyph in glyphs_of(shown)):
            if any(behind.holds(*glyph.middle) for glyph in run):
                for glyph in run:
                    take(glyph)
            else:
                hidden += [glyph.text for glyph in run if glyph.text.strip()]
    return words.end(), "".join(hidden)


class Strips:
    """Boxes by the strips of the page that they lie in, so that a place asks those at its height only."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        self.strips: dict[int, list[Box]] = {}
        for box in boxes:
            for strip in range(self.strip(box.top), self.strip(box.bottom) + 1):
                self.strips.setdefault(strip, []).append(box)

    @staticmethod
    def strip(y: float) -> int:
        """The number of the strip at a height; all that is far above or below lies in the first or last one."""
        return int(min(20_000.0, max(-1.0, y)) // 8)  # in this order NaN is the first strip

    def holds(self, x: float, y: float) -> bool:
        return any(box.holds(x, y) for box in self.strips.get(self.strip(y), ()))


def glyphs_of(shown: Shown) -> Iterator[Glyph]:
    """The glyphs of a shown string, one by one."""
    for text, x0, x1 in zip(shown.texts, shown.x0, shown.x1, strict=True):
        yield Glyph(text, x0, shown.top, x1, shown.bottom, shown.font, shown.size)


def white_runs(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """Cut white text where it is broken by a blank or jumps to another place.

    Whether white text can be seen is asked of a whole run: of a pie's label the first letter may stand beside the pie.
    """
    run: list[Glyph] = []
    for glyph in glyphs:
        if run and (glyph.text.isspace() or jumps(run[-1], glyph)):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def jumps(before: Glyph, glyph: Glyph) -> bool:
    """Whether a glyph does not stand beside the one before it."""
    return abs(glyph.top - before.top) > before.size or not -2 < glyph.x0 - before.x1 < before.size


def is_white(color: Any) -> bool:
    """White in grey, RGB or CMYK; no colour at all counts as the default, black."""
    if color is None or isinstance(color, str):
        return False
    parts = color if isinstance(color, Sequence) else (color,)
    if not parts or not all(isinstance(part, int | float) for part in parts):
        return False
    return all(part <= 1 - WHITE for part in parts) if len(parts) == 4 else all(part >= WHITE for part in parts)


class WordList:
    """Groups glyphs into words in content order.

    The blanks are real characters; kerning may pull the next letter back over its blank ("Labor. April", Ghana 2019),
    so geometry alone would lose it.
    """

    def __init__(self) -> None:
        self.words: list[Word] = []
        self.word: Word | None = None
        self.spaced = True

    def end(self) -> list[Word]:
        """All words, the last one among them."""
        self.add_blank()
        return self.words

    def add_blank(self) -> None:
        if self.word:
            self.words.append(self.word)
        self.word, self.spaced = None, True

    def add(self, shown: Shown) -> None:
        """Add a shown string: word by word where its letters follow each other closely, else glyph by glyph."""
        texts, x0, x1, size = shown.texts, shown.x0, shown.x1, shown.size
        top, bottom, font = shown.top, shown.bottom, shown.font
        letters = "".join(texts)
        if len(letters) != len(x0) or (not letters.isascii() and UNCLEAN.search(letters)) or "Dingbats" in font:
            texts = [
                cleaned(text, font) for text in texts
            ]  # a ligature is a glyph of several letters, a mark one of none
            letters = "".join("x" if text and not text.isspace() else " " for text in texts)
        gaps = list(map(operator.sub, x0[1:], x1))
        rising = all(map(operator.le, x1, x1[1:]))
        low, high = -CLOSE_BEFORE * size, CLOSE_BEHIND * size
        at = 0
        for found in INK.finditer(letters):
            start, at = found.span()
            if start:
                self.add_blank()
            word, inner = self.word, gaps[start : at - 1]
            if inner and not (rising and low <= min(inner) and max(inner) <= high):
                self.add_glyphs(shown, start, at)
            elif word is None or not near(x0[start] - word.x1, word.size):
                if word is not None:
                    self.words.append(word)
                    self.spaced = False
                self.word = Word("".join(texts[start:at]), x0[start], top, x1[at - 1], bottom, font, size, self.spaced)
            elif (word.top, word.bottom, word.size) == (top, bottom, size) and word.x1 <= x1[start]:
                word.text, word.x1 = word.text + "".join(texts[start:at]), x1[at - 1]
            else:
                self.add_glyphs(shown, start, at)
        if at < len(letters):
            self.add_blank()

    def add_glyphs(self, shown: Shown, start: int, end: int) -> None:
        for glyph in itertools.islice(glyphs_of(shown), start, end):
            self.add_glyph(glyph)

    def add_glyph(self, glyph: Glyph) -> None:
        """Add one glyph: to the word before it if it stands close to it, else as the first of another."""
        text = cleaned(glyph.text, glyph.font)
        if not text or text.isspace():
            self.add_blank()
            return
        word = self.word
        if word is not None:
            overlap = min(glyph.bottom, word.bottom) - max(glyph.top, word.top)
            lower = min(glyph.bottom - glyph.top, word.bottom - word.top)
            if near(glyph.x0 - word.x1, word.size) and overlap >= 0.5 * lower:
                if glyph.size >= word.size - 0.5:  # a raised marker does not stretch the word's box
                    word.top, word.bottom = min(word.top, glyph.top), max(word.bottom, glyph.bottom)
                word.text, word.x1 = word.text + text, max(word.x1, glyph.x1)
                return
            self.words.append(word)
            self.spaced = False
        self.word = Word(text, glyph.x0, glyph.top, glyph.x1, glyph.bottom, glyph.font, glyph.size, self.spaced)


def near(gap: float, size: float) -> bool:
    """Whether a gap (points) between two glyphs is none between two words."""
    return -CLOSE_BEFORE * size <= gap <= CLOSE_BEHIND * size


@functools.lru_cache(1000)
def known_white(color: Hashable) -> bool:
    """:func:`is_white`, asked once of each colour."""
    return is_white(color)


def cleaned(text: str, font: str) -> str:
    """A glyph's letters as a reader sees them in this font."""
    return BULLET if text == "n" and "Dingbats" in font else clean(text)


def clean(text: str) -> str:
    """A glyph's letters: ligatures taken apart, other white space as a blank, direction marks dropped."""
    if text.isascii():
        return text
    if "\ufb00" <= text[0] <= "\ufb06":
        text = unicodedata.normalize("NFKC", text)
    return text.replace("\u00a0", " ").replace("\u2009", " ").replace("\u200e", "").replace("\u200f", "")
