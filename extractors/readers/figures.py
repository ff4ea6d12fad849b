"""Take the words of figures and maps out of the running text beside them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from extractors.readers.lines import is_slanted, rows_of_words, split_at_gaps
from extractors.readers.marks import Marks, Word
from extractors.readers.tolerances import TOLERANCE

Rows = list[list[Word]]
MOST_LABELS = 9  # words at one height in a pie chart; a longer row without text on its left is running text


def take_figure(rows: Rows, marks: Marks) -> tuple[Rows, Rows]:
    """Divide rows into *Figure 1* (its caption and the labels of its pie chart) and the rest.

    The figure stands right of Table 1 (Peru 2016, page 1) or alone. It reaches from its caption down to the next line
    that runs below it from the left. Labels at one height stand on both sides of the pie (India 2014, page 1).
    """
    for index, row in enumerate(rows):
        for at in range(len(row) - 1):
            if row[at].text.casefold() == "figure" and starts_caption(row, at):
                words, rest = cut_figure(rows, index, at, marks)
                lines = rows_of_words(words)
                return [part for line in lines for part in split_at_gaps(line, TOLERANCE.figure_gap)], rest
    return [], rows


def starts_caption(row: Sequence[Word], at: int) -> bool:
    """Whether the word "Figure" at this place of a row begins a caption.

    A caption is bold and begins its line or follows a wide gap; "Figure 1" inside a sentence does neither.
    """
    alone = at == 0 or row[at].x0 - row[at - 1].x1 > TOLERANCE.caption_gap
    return alone and row[at + 1].text[:1].isdigit() and bool(re.search("bold", row[at].font, re.I))


def cut_figure(rows: Rows, index: int, at: int, marks: Marks) -> tuple[list[Word], Rows]:
    """The words of the figure whose caption begins at word ``at`` of row ``index``, and the rows that are left."""
    left = figure_left(rows[index][at], at == 0, marks.width)
    figure: list[Word] = []
    rest = rows[:index]
    for number, row in enumerate(rows[index:], index):
        right = [word for word in row if word.x0 >= left]
        others = [word for word in row if word.x0 < left]
        crossing = bool(right and others) and right[0].x0 - others[-1].x1 < TOLERANCE.caption_gap
        if number > index and (crossing or (len(right) > MOST_LABELS and not others)):
            return figure, rest + rows[number:]
        if crossing:
            rest.append(row)
            continue
        figure += right
        if others:
            rest.append(others)
    return figure, rest


def figure_left(caption: Word, first: bool, width: float) -> float:
    """The left edge of a figure; ``first`` says that nothing stands left of its caption. All in points."""
    if caption.x0 <= width * TOLERANCE.figure_left:
        return caption.x0 - TOLERANCE.figure_side
    side = TOLERANCE.figure_side_alone if first else TOLERANCE.figure_side
    return max(caption.x0 - side, width / 2 - TOLERANCE.figure_middle)


def take_map_labels(rows: Rows) -> tuple[Rows, Rows]:
    """Divide rows into the labels of the map on page 1 and the rest.

    The labels stand beside the summary (Mauritius 2013) or are printed over it (Mauritius 2017). Only the summary is
    italic.
    """
    labels: Rows = []
    rest: Rows = []
    for row in rows:
        label, words = part_map_label(row)
        if label:
            labels.append(label)
        rest.append(words)
    for number, row in enumerate(rest) if labels else ():
        parts = split_at_gaps(row, TOLERANCE.body_word_gap * row[0].size) if row else []
        fonts = [{word.font for word in part} for part in parts]
        if len(parts) == 2 and fonts[0].isdisjoint(fonts[1]) and any(word.text.isalpha() for word in parts[1]):
            rest[number] = parts[0]  # a label beside text that is set upright (Mauritius 2017, page 1)
            labels.append(parts[1])
    return labels, rest


def part_map_label(row: list[Word]) -> tuple[list[Word], list[Word]]:
    """The words of a map label in one row, and those of the summary; no label unless the row begins in italics."""
    if not is_slanted(row[0].font):
        return [], row
    parts = split_at_gaps(row, TOLERANCE.map_gap)
    upright = [not is_slanted(part[0].font) for part in parts]
    if upright[-1]:
        cut = upright.index(True)
        return list(itertools.chain(*parts[cut:])), list(itertools.chain(*parts[:cut]))
    if any(printed_over(left, right) for left, right in itertools.pairwise(row)):
        return [w for w in row if not is_slanted(w.font)], [w for w in row if is_slanted(w.font)]
    return [], row


def printed_over(left: Word, right: Word) -> bool:
    """Whether two words overlap of which one is italic and the other is not."""
    return right.x0 < left.x1 - TOLERANCE.map_overlap and is_slanted(right.font) != is_slanted(left.font)
