"""What one page shows to a reader's eye: words, rules, dark boxes and small drawings, without the hidden text.

Takes a pdfplumber page and knows nothing of tables or columns. White text on white, and text outside the page's visible
box, is what pdfplumber reads and the eye does not (Peru 2019, page 3: an "N/A" in an empty cell).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

RULE_HEIGHT = 1.6  # points: what is thinner is a rule; 2020 draws rules as 1-pt filled polygons
WHITE = 0.97
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


def read_marks(page: Any) -> Marks:
    """Words, rules and boxes of one pdfplumber page, without what is white on white or outside the visible page."""
    media, crop = page.mediabox, page.cropbox  # a viewer shows where both are
    x_min, y_min, x_max, y_max = *map(max, media[:2], crop[:2]), *map(min, media[2:], crop[2:])
    marks = Marks(page.page_number, float(page.width), float(page.height))
    shapes = [*page.rects, *page.curves]
    dark: list[Box] = []
    for shape in shapes:
        if is_white(shape["non_stroking_color"]) or not shape["fill"]:
            continue
        box = Box(shape["x0"], shape["top"], shape["x1"], shape["bottom"])
        dark.append(box)
        height, width = box.bottom - box.top, box.x1 - box.x0
        if height < RULE_HEIGHT:
            marks.rules.append(box)
        elif shape["object_type"] == "rect" and height < 120:
            marks.boxes.append(box)
        if shape["object_type"] == "curve" and width < 20 and height < 20:
            marks.drawings.append(box)
    for line in page.lines:
        if abs(line["bottom"] - line["top"]) < RULE_HEIGHT and not is_white(line.get("stroking_color")):
            marks.rules.append(Box(line["x0"], line["top"], line["x1"], line["bottom"]))
    seen: list[dict[str, Any]] = []
    hidden: list[str] = []
    for run in white_runs(page.chars):
        visible = any(
            not is_white(char["non_stroking_color"]) or any(box.holds(*char_middle(char)) for box in dark)
            for char in run
        )
        for char in run:
            x, y = char_middle(char)
            if visible and x_min <= x <= x_max and y_min <= y <= y_max:
                seen.append(char)
            elif char["text"].strip():
                hidden.append(char["text"])
    marks.words = list(words_of(seen))
    marks.hidden = "".join(hidden)
    return marks


def white_runs(chars: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Cut the characters where white text begins, ends, is broken by a blank or jumps to another place.

    Whether white text can be seen is asked of a whole run: of a pie's label the first letter may stand beside the pie.
    """
    run: list[dict[str, Any]] = []
    kind: bool | None = None
    for char in chars:
        white = is_white(char["non_stroking_color"])
        if run and (white != kind or (white and (char["text"].isspace() or jumps(run[-1], char)))):
            yield run
            run = []
        kind = white
        run.append(char)
    if run:
        yield run


def jumps(before: dict[str, Any], char: dict[str, Any]) -> bool:
    """Whether a character does not stand beside the one before it."""
    return abs(char["top"] - before["top"]) > before["size"] or not -2 < char["x0"] - before["x1"] < before["size"]


def char_middle(char: dict[str, Any]) -> tuple[float, float]:
    return (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2


def is_white(color: Any) -> bool:
    """White in grey, RGB or CMYK; no colour at all counts as the default, black."""
    if color is None or isinstance(color, str):
        return False
    parts = color if isinstance(color, Sequence) else (color,)
    if not parts or not all(isinstance(part, int | float) for part in parts):
        return False
    return all(part <= 1 - WHITE for part in parts) if len(parts) == 4 else all(part >= WHITE for part in parts)


def words_of(chars: Iterable[dict[str, Any]]) -> Iterator[Word]:
    """Group characters into words in content order.

    The blanks are real characters; kerning may pull the next letter back over its blank ("Labor. April", Ghana 2019),
    so geometry alone would lose it.
    """
    word: Word | None = None
    spaced = True
    for char in chars:
        text = BULLET if char["text"] == "n" and "Dingbats" in char["fontname"] else clean(char["text"])
        if not text or text.isspace():
            if word:
                yield word
            word, spaced = None, True
            continue
        x0, x1, top, bottom, size = char["x0"], char["x1"], char["top"], char["bottom"], char["size"]
        if word is not None:
            overlap = min(bottom, word.bottom) - max(top, word.top)
            near = -0.35 * word.size <= x0 - word.x1 <= 0.16 * word.size
            if near and overlap >= 0.5 * min(bottom - top, word.bottom - word.top):
                if size >= word.size - 0.5:  # a raised marker does not stretch the word's box
                    word.top, word.bottom = min(word.top, top), max(word.bottom, bottom)
                word.text, word.x1 = word.text + text, max(word.x1, x1)
                continue
            yield word
            spaced = False
        word = Word(text, x0, top, x1, bottom, char["fontname"], size, spaced)
    if word:
        yield word


def clean(text: str) -> str:
    """A glyph's letters: ligatures taken apart, other white space as a blank, direction marks dropped."""
    if text.isascii():
        return text
    if "\ufb00" <= text[0] <= "\ufb06":
        text = unicodedata.normalize("NFKC", text)
    return text.replace("\u00a0", " ").replace("\u2009", " ").replace("\u200e", "").replace("\u200f", "")
