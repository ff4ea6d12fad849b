"""PDF -> Chapter: lines, ruled tables, columns and figures by their geometry.

The chapters' tables have horizontal rules only, so the columns of a table are the edges of its grey header boxes and
its rows lie between horizontal rules whose ends lie on those edges. A rule that does not reach into a column (Peru
2013, page 2: the sector beside its activities) leaves one cell beside several rows.
"""

from __future__ import annotations

import bisect
import functools
import hashlib
import itertools
import logging
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractors.model import BBox, Block, Cell, Chapter, Grid, Issue, Line, Source, UnreadableSource, Where
from extractors.readers.content import Content
from extractors.readers.marks import Box, Marks, Word, read_marks
from extractors.readers.opening import check_content, check_letters, check_page, check_pdf, check_streams, read_file
from extractors.readers.pages import Pages
from extractors.rules import current, fold

EDGE = 3.0  # points: how far a rule's end may lie from the column edge that it belongs to
HEAD_ZONE = 0.1  # share of the page height: country and assessment level stand above
FOOT_ZONE = 0.945  # share of the page height: report title and page number stand below
HANGING = 30.0  # points: an entry of the reference list hangs by less
CHECK_MARK = "✓"

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # a line for each damaged glyph; the findings say it once


def read_pdf(path: Path, source_path: str) -> Chapter:
    """Read a chapter from a PDF file.

    ``source_path`` is the name under which the file is recorded. Raises :class:`UnreadableSource` for a file that is
    empty, cut, encrypted, no PDF, or holds pictures of pages without text.
    """
    data = read_file(path, source_path)
    announced = check_pdf(data, source_path)
    issues = check_streams(data, source_path)
    blocks: list[Block] = []
    progress = Progress()
    pages = Pages(data, source_path)
    if pages.count != announced:
        raise UnreadableSource(source_path, f"is damaged ({pages.count} of {announced} pages can be found)")
    for content in pages:
        check_content(content, source_path)
        if content.unsure:
            issues.append(read_slowly_issue(content))
        marks = read_marks(content)
        issues += [*check_page(content, marks, content.rotation), *check_letters(data, marks)]
        if marks.hidden:
            issues.append(hidden_text_issue(marks))
        blocks.extend(lay_out(marks, progress))
    if not blocks:
        raise UnreadableSource(source_path, "holds no text (a picture-only PDF?)", 1)
    source = Source(source_path, hashlib.sha256(data).hexdigest(), "pdf", pages.count, pdf_time(pages.date))
    return Chapter(source, tuple(blocks), tuple(issues))


def pdf_time(text: str) -> str:
    """PDF date to ISO 8601 (``D:20190924142218-04'00'`` -> ``2019-09-24T14:22:18-04:00``), empty if it is none."""
    m = re.match(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:([+-]\d\d)'?(\d\d)'?|(Z))?", text)
    if not m:
        return ""
    zone = f"{m[7]}:{m[8]}" if m[7] else "+00:00" if m[9] else ""
    return f"{m[1]}-{m[2]}-{m[3]}T{m[4]}:{m[5]}:{m[6]}{zone}"


def read_slowly_issue(content: Content) -> Issue:
    message = f"read by pdfplumber itself, the fast reader does not know this: {content.unsure}"
    return Issue("page_read_slowly", "info", message, Where(page=content.number))


def hidden_text_issue(marks: Marks) -> Issue:
    seen = marks.hidden if len(marks.hidden) <= 60 else marks.hidden[:57] + "..."
    return Issue("hidden_text", "info", f"left out text that no reader sees: {seen!r}", Where(page=marks.number))


# ---------------------------------------------------------------------------------------------- lines


@dataclass(slots=True)
class Progress:
    """What one page hands on to the next: the last line's number, whether the reference list has begun and the left
    edges of its columns, and the room (points) right of the last line of running text, if the page ended with one."""

    last: int = 0
    columns: bool = False
    edges: dict[int, float] = field(default_factory=dict)
    room: float | None = None

    def next(self) -> int:
        """The number of a new line; the lines of the whole source are numbered from 1 as they are made."""
        self.last += 1
        return self.last


def rows_of_words(words: Iterable[Word]) -> list[list[Word]]:
    """Words that stand on one line, lines from the top, words from the left; a raised marker (small: taken last) stays
    on its line."""
    large: tuple[list[float], list[list[Word]]] = ([], [])  # the middles of rows, rising, and the rows
    small: tuple[list[float], list[list[Word]]] = ([], [])
    tallest = 0.0
    for word in sorted(words, key=lambda w: (w.size < 7, (w.top + w.bottom) / 2)):
        top, bottom = word.top, word.bottom
        middle = (top + bottom) / 2
        row = None
        for middles, made in (small, large):
            start, end = bisect.bisect_left(middles, middle - tallest), bisect.bisect_right(middles, middle + tallest)
            row = next((row for row in reversed(made[start:end]) if shares_line(row[0], top, middle, bottom)), None)
            if row is not None:
                row.append(word)
                break
        if row is None:
            middles, made = small if word.size < 7 else large
            middles.append(middle)
            made.append([word])
            tallest = max(tallest, bottom - top)
    rows = large[1] + small[1]
    rows.sort(key=lambda row: row[0].top)
    for row in rows:
        row.sort(key=lambda w: w.x0)
    return rows


def shares_line(first: Word, top: float, middle: float, bottom: float) -> bool:
    """Whether a word of this height stands on the line that another one begins."""
    if not first.top < middle < first.bottom:
        return False
    shared = min(bottom, first.bottom) - max(top, first.top)
    return shared > 0.45 * min(bottom - top, first.bottom - first.top)


def text_of_words(row: Sequence[Word]) -> str:
    """One line's text; a blank where a blank character or a gap is."""
    parts = [row[0].text]
    for left, right in itertools.pairwise(row):
        if right.spaced or right.x0 - left.x1 >= 0.16 * max(left.size, right.size):
            parts.append(" ")
        parts.append(right.text)
    out = "".join(parts)
    return out if out.isascii() else unicodedata.normalize("NFC", out)


def split_at_gaps(row: Sequence[Word], gap: float) -> list[list[Word]]:
    """Cut a line where a gap is as wide as between a table and the figure beside it."""
    parts = [[row[0]]]
    for word in row[1:]:
        if word.x0 - parts[-1][-1].x1 > gap:
            parts.append([])
        parts[-1].append(word)
    return parts


def bbox_of(words: Sequence[Word]) -> BBox:
    return (
        round(min([w.x0 for w in words]), 2),
        round(min([w.top for w in words]), 2),
        round(max([w.x1 for w in words]), 2),
        round(max([w.bottom for w in words]), 2),
    )


def make_line(row: Sequence[Word], page: int, progress: Progress, left: float, gap: bool, zone: Any) -> Line:
    widest = max(row, key=lambda w: len(w.text))
    letters = sum(len(w.text) for w in row)
    fonts = {w.font for w in row}
    bold = sum(len(w.text) for w in row if is_heavy(w.font)) > letters / 2 if any(map(is_heavy, fonts)) else False
    italic = sum(len(w.text) for w in row if is_slanted(w.font)) > letters / 2 if any(map(is_slanted, fonts)) else False
    return Line(
        number=progress.next(),
        text=text_of_words(row),
        where=Where(page=page, bbox=bbox_of(row)),
        gap=gap,
        zone=zone,
        size=round(widest.size, 1),
        bold=bold,
        italic=italic,
        indent=round(row[0].x0 - left, 1),
    )


# ---------------------------------------------------------------------------------------------- grids


@dataclass(slots=True)
class Frame:
    """A table piece found on a page: its header boxes from left to right and where its rows end.

    ``over`` are boxes above some of the header boxes: a head for several columns ("Percent" over three territories,
    Pakistan 2017, page 1), or a band over all of them ("ANGUILLA", British Virgin Islands 2016, page 6).
    """

    header: list[Box]
    cuts: list[Box] = field(default_factory=list)
    over: list[Box] = field(default_factory=list)

    @property
    def edges(self) -> list[float]:
        return [self.header[0].x0, *(box.x1 for box in self.header)]

    @property
    def top(self) -> float:
        return min(box.top for box in (*self.header, *self.over))

    @property
    def floor(self) -> float:
        """Where the header ends and the first row begins."""
        return max(box.bottom for box in self.header)

    @property
    def bottom(self) -> float:
        return max((rule.bottom for rule in self.cuts), default=self.floor)


def find_frames(marks: Marks) -> list[Frame]:
    """The table pieces of a page: header boxes that touch at one height, and the rules below that fit their edges."""
    foot = FOOT_ZONE * marks.height
    boxes = [b for b in marks.boxes if b.bottom - b.top >= 7 and b.x1 - b.x0 >= 12 and b.bottom < foot]
    headers: list[list[Box]] = []
    beside = ByHeight()
    for box in sorted(boxes, key=lambda b: b.x0):
        for index in beside.near(box.bottom):
            header = headers[index]
            last = header[-1]
            if abs(last.bottom - box.bottom) < 2 and abs(last.x1 - box.x0) < 2:
                header.append(box)
                beside.add(box.bottom, index)
                break
            if abs(last.bottom - box.bottom) < 1 and abs(last.x0 - box.x0) < 1 and abs(last.x1 - box.x1) < 1:
                break  # the same box painted twice
        else:
            beside.add(box.bottom, len(headers))
            headers.append([box])
    middles = sorted((y, x) for x, y in (word.middle for word in marks.words))
    frames = [Frame(header) for header in headers if any(holds_any(b, middles) for b in header)]
    frames.sort(key=lambda f: f.top)
    under = ByHeight()
    for index, frame in enumerate(frames):
        for box in frame.header:
            under.add(box.top, index)
    for frame in frames:
        for box in frame.header:
            for other in map(frames.__getitem__, under.near(box.bottom)):
                if other is not frame and any(stands_on(box, below) for below in other.header):
                    other.over.append(box)
    upper = {(box.x0, box.top, box.x1, box.bottom) for frame in frames for box in frame.over}
    frames = [f for f in frames if not any((b.x0, b.top, b.x1, b.bottom) in upper for b in f.header)]
    spans = [(frame.top, frame.edges[0], frame.edges[-1]) for frame in frames]
    for frame, (_, left, right) in zip(frames, spans, strict=True):
        below = [top for top, x0, x1 in spans if top > frame.floor + 1 and x0 < right and left < x1]
        end = min(below, default=foot)
        below_header = [rule for rule in marks.rules if frame.floor - 1 <= rule.top < end]
        frame.cuts = fitting_rules(below_header, frame.edges)
    return [frame for frame in frames if frame.cuts]


class ByHeight:
    """Numbers filed under heights on the page, to be found again from less than two points away."""

    def __init__(self) -> None:
        self.shelves: dict[int, set[int]] = {}

    def add(self, height: float, number: int) -> None:
        self.shelves.setdefault(int(height // 2), set()).add(number)

    def near(self, height: float) -> list[int]:
        """In rising order; some that are farther away may be among them."""
        shelf = int(height // 2)
        none: set[int] = set()
        return sorted(none.union(*(self.shelves.get(at, none) for at in (shelf - 1, shelf, shelf + 1))))


def holds_any(box: Box, middles: Sequence[tuple[float, float]]) -> bool:
    """Whether a box holds one of these places; each is (height, x), and they are sorted."""
    start, end = bisect.bisect_left(middles, (box.top,)), bisect.bisect_right(middles, (box.bottom, math.inf))
    return any(box.x0 <= x <= box.x1 for _, x in middles[start:end])


def stands_on(box: Box, below: Box) -> bool:
    """Whether a box lies directly upon another one and is at least as wide."""
    return abs(box.bottom - below.top) < 2 and box.x0 < below.x0 + 2 and box.x1 > below.x1 - 2


def fitting_rules(rules: Iterable[Box], edges: Sequence[float]) -> list[Box]:
    """The rules of a table among those on its page: runs of rules that touch at one height and fit the column edges.

    Mostly a run's ends both lie on edges and it covers more than a third of the table. Beside an emblem it may start
    inside the first column (Fiji 2018, page 2), and may end early or begin late; then it must cover most of the table:
    an underlined address of the references below (Philippines 2015, page 9) is no rule.
    """
    width = edges[-1] - edges[0]
    runs: list[list[Box]] = []
    reach: list[float] = []  # how far to the right each run has come
    beside = ByHeight()
    for rule in sorted(rules, key=lambda r: r.x0):
        if not (edges[0] - EDGE < rule.x0 and rule.x1 < edges[-1] + EDGE):
            continue
        for index in beside.near(rule.top):
            if abs(runs[index][-1].top - rule.top) < 2 and rule.x0 - reach[index] < EDGE:
                runs[index].append(rule)
                reach[index] = max(reach[index], rule.x1)
                beside.add(rule.top, index)
                break
        else:
            beside.add(rule.top, len(runs))
            runs.append([rule])
            reach.append(rule.x1)
    heights: dict[int, float] = {}
    fitting: list[tuple[int, Box]] = []
    for run, x1 in zip(runs, reach, strict=True):
        x0 = run[0].x0
        ends = sum(any(abs(end - edge) < EDGE for edge in edges) for end in (x0, x1))
        if ends == 2 or (ends == 1 and x1 - x0 > 0.6 * width):
            height = next((h for h in heights if abs(h - run[0].top) < 2), round(run[0].top))
            heights[height] = heights.get(height, 0.0) + x1 - x0
            fitting += [(height, rule) for rule in run]
    return [rule for height, rule in fitting if heights[height] > width / 3]


def read_grid(frame: Frame, marks: Marks, words: list[Word], progress: Progress) -> Grid:
    """Cells of one table piece by the middle of their words."""
    edges, floor, bottom = frame.edges, frame.floor, frame.bottom
    cuts = [rule for rule in frame.cuts if rule.top > floor + 3]
    heights = merge_heights(rule.top for rule in cuts)
    starts = [floor, *heights[:-1]]
    header = tuple(
        make_cell(header_words(words, box, frame.over), marks.number, progress, box.x0) for box in frame.header
    )
    body = [(*w.middle, w) for w in words if floor < w.middle[1] < bottom + 1]
    columns: list[list[Cell | None]] = []
    for left, right in itertools.pairwise(edges):
        middle = (left + right) / 2
        own = merge_heights(r.top for r in cuts if r.x0 - 1 < middle < r.x1 + 1)
        column_words = [(y, w) for x, y, w in body if left <= x < right]
        cells: list[Cell | None] = []
        for start, end in zip(starts, heights, strict=False):
            begins = start == starts[0] or any(abs(start - y) < 2 for y in own)
            if not begins:
                cells.append(None)
                continue
            reach = next((y for y in heights if y >= end - 2 and any(abs(y - o) < 2 for o in own)), heights[-1])
            inside = [w for y, w in column_words if start - 1 <= y < reach + 0.5]
            cells.append(make_cell(inside, marks.number, progress, left))
        columns.append(cells)
    rows = tuple(tuple(row) for row in zip(*columns, strict=True))
    x0, top, x1, bottom = (round(value, 2) for value in (edges[0], frame.top, edges[-1], bottom))
    return Grid(header, rows, Where(page=marks.number, bbox=(x0, top, x1, bottom)))


def header_words(words: Sequence[Word], box: Box, over: Sequence[Box]) -> list[Word]:
    """The words of a header box, after those of the boxes upon it."""
    return [w for b in (*(b for b in over if stands_on(b, box)), box) for w in words if b.holds(*w.middle)]


def merge_heights(tops: Iterable[float]) -> list[float]:
    """Rules drawn in pieces lie at one height; keep each height once."""
    out: list[float] = []
    for top in sorted(tops):
        if not out or top - out[-1] > 2.5:
            out.append(top)
    return out


def make_cell(words: list[Word], page: int, progress: Progress, left: float) -> Cell:
    rows = rows_of_words(words)
    return Cell(tuple(make_line(row, page, progress, left, False, "body") for row in rows))


def add_check_marks(marks: Marks, frame: Frame) -> None:
    """Turn drawn ticks into the word that they stand for: one small filled curve alone in a cell of a text column.

    Emblems are drawn too, but of many curves in a column of their own (Peru 2019, page 3).
    """
    floor, bottom = frame.floor, frame.bottom
    placed = [((d.x0 + d.x1) / 2, (d.top + d.bottom) / 2, d) for d in marks.drawings]
    placed = [(x, y, d) for x, y, d in placed if floor - 6 < y < bottom + 6]
    for left, right in itertools.pairwise(frame.edges):
        for x, y, drawing in placed:
            if not (left < x < right and floor < y < bottom and drawing.bottom - drawing.top > 3):
                continue
            near = (d for x2, y2, d in placed if abs(x2 - x) < 15 and abs(y2 - y) < 6)
            if len(list(itertools.islice(near, 2))) == 1:
                height = drawing.bottom - drawing.top
                place = (drawing.x0, drawing.top, drawing.x1, drawing.bottom)
                marks.words.append(Word(CHECK_MARK, *place, "drawn", height, True))


# ---------------------------------------------------------------------------------------------- the page


def lay_out(marks: Marks, progress: Progress) -> list[Block]:
    """Blocks of one page in reading order."""
    frames = find_frames(marks)
    for frame in frames:
        add_check_marks(marks, frame)
    free: list[Word] = []
    head: list[Word] = []
    foot: list[Word] = []
    inside: list[list[Word]] = [[] for _ in frames]
    areas = [Box(f.edges[0] - 2, f.top - 1, f.edges[-1] + 2, f.bottom + 0.5) for f in frames]
    for word in marks.words:
        x, y = word.middle
        for area, held in zip(areas, inside, strict=True):
            if area.holds(x, y):
                held.append(word)
                break
        else:
            zone = head if y < HEAD_ZONE * marks.height else foot if y > FOOT_ZONE * marks.height else free
            zone.append(word)
    rows = rows_of_words(free)
    blocks: list[Block] = [make_line(r, marks.number, progress, 0, False, "head") for r in rows_of_words(head)]
    start = 0.0 if progress.columns else references_top(rows)
    if start is not None:
        upper = [row for row in rows if row[0].middle[1] < start]
        lower = [w for row in rows for w in row if row[0].middle[1] >= start]
    else:
        upper, lower = rows, []
    figure_words, upper = take_figure(upper, marks)
    map_labels, upper = take_map_labels(upper)
    items: list[tuple[float, float, Frame | list[Word]]] = [(f.top, f.edges[0], f) for f in frames]
    items += [(row[0].top, row[0].x0, row) for row in upper]
    items.sort(key=lambda item: (item[0], item[1]))
    left = min((row[0].x0 for row in upper), default=54.0)
    right = max((row[-1].x1 for row in upper if row[0].size > 10), default=558.0)
    previous: Line | None = None
    for number, (_, _, item) in enumerate(items):
        if isinstance(item, Frame):
            index = frames.index(item)
            if all(any(stands_on(band, column) for band in item.over) for column in item.header):
                words = [w for w in inside[index] for band in item.over if band.holds(*w.middle)]
                item.over.clear()
                if words:
                    blocks.append(make_line(words, marks.number, progress, left, True, "body"))
            blocks.append(read_grid(item, marks, inside[index], progress))
            previous = None
            continue
        if previous is not None:
            gap = item[0].top - box(previous)[3] > 0.55 * item[0].size
        else:  # the paragraph goes on where its next word would not have fitted on the page before
            gap = number > 0 or progress.room is None or item[0].x1 - item[0].x0 + 2 < progress.room
        previous = make_line(item, marks.number, progress, left, gap, "body")
        blocks.append(previous)
    progress.room = right - box(previous)[2] if previous is not None and not lower else None
    for row in (*figure_words, *map_labels):
        blocks.append(make_line(row, marks.number, progress, 0, False, "figure"))
    if lower:
        blocks.extend(two_columns(lower, marks, progress))
    blocks.extend(make_line(r, marks.number, progress, 0, False, "foot") for r in rows_of_words(foot))
    progress.columns = progress.columns or start is not None
    return blocks


def box(line: Line) -> BBox:
    assert line.where.bbox is not None
    return line.where.bbox


def references_top(rows: Sequence[Sequence[Word]]) -> float | None:
    """Where the reference list begins on this page, if it does: a line that begins with the heading alone."""
    for row in rows:
        first = split_at_gaps(row, 12)[0]
        if fold(text_of_words(first)) in current().headings.references:
            return row[0].top - 4
    return None


def two_columns(words: Sequence[Word], marks: Marks, progress: Progress) -> list[Block]:
    """The two columns of the reference list, left one first.

    A column may hold nothing but the end of an entry; its left edge is then that of the page before.
    """
    middle = marks.width / 2 - 4
    blocks: list[Block] = []
    for side, column in enumerate(([w for w in words if w.x0 < middle], [w for w in words if w.x0 >= middle])):
        rows = rows_of_words(column)
        left = min((row[0].x0 for row in rows), default=0.0)
        if len(rows) < 6 and 0 < left - progress.edges.get(side, left) < HANGING:
            left = progress.edges[side]
        progress.edges[side] = left
        bottom = None
        for row in rows:
            gap = bottom is None or row[0].top - bottom > 0.55 * row[0].size
            blocks.append(make_line(row, marks.number, progress, left, gap, "column"))
            bottom = row[0].bottom
    return blocks


def take_map_labels(rows: list[list[Word]]) -> tuple[list[list[Word]], list[list[Word]]]:
    """Part the words of the map on page 1 from the summary beside it (Mauritius 2013), or below it where they are
    printed over each other (Mauritius 2017): the summary alone is italic."""
    labels: list[list[Word]] = []
    rest: list[list[Word]] = []
    for row in rows:
        parts = split_at_gaps(row, 9)
        slanted = [is_slanted(part[0].font) for part in parts]
        if len(parts) > 1 and slanted[0] and not slanted[-1]:
            cut = slanted.index(False)
            labels.append([w for part in parts[cut:] for w in part])
            rest.append([w for part in parts[:cut] for w in part])
        elif is_slanted(row[0].font) and any(
            b.x0 < a.x1 - 2 and is_slanted(a.font) != is_slanted(b.font) for a, b in itertools.pairwise(row)
        ):
            labels.append([w for w in row if not is_slanted(w.font)])
            rest.append([w for w in row if is_slanted(w.font)])
        else:
            rest.append(row)
    return labels, rest


@functools.lru_cache(1000)
def is_slanted(font: str) -> bool:
    return bool(re.search("ital|-it$|oblique", font, re.I))


@functools.lru_cache(1000)
def is_heavy(font: str) -> bool:
    return bool(re.search("bold|semibold|black|heavy", font, re.I))


def take_figure(rows: list[list[Word]], marks: Marks) -> tuple[list[list[Word]], list[list[Word]]]:
    """Take *Figure 1* (caption and pie labels) out of the lines that it shares with what stands left of it.

    The figure stands right of Table 1 (Peru 2016, page 1) or alone; its area reaches from its caption down to the next
    line that runs under it from the left. Labels at one height stand on both sides of the pie (India 2014, page 1).
    """
    for index, row in enumerate(rows):
        for at, word in enumerate(row):
            numbered = at + 1 < len(row) and row[at + 1].text[:1].isdigit()
            if word.text.casefold() == "figure" and numbered and starts_caption(row, at):
                words, rest = cut_figure(rows, index, at, marks)
                return [part for line in rows_of_words(words) for part in split_at_gaps(line, 5)], rest
    return [], rows


def starts_caption(row: Sequence[Word], at: int) -> bool:
    """The caption is bold and begins its line or follows a wide gap; "Figure 1" inside a sentence does neither."""
    return bool(re.search("bold", row[at].font, re.I)) and (at == 0 or row[at].x0 - row[at - 1].x1 > 8)


def cut_figure(rows: list[list[Word]], index: int, at: int, marks: Marks) -> tuple[list[Word], list[list[Word]]]:
    start = rows[index][at]
    left = start.x0 - (30 if at == 0 and start.x0 > marks.width / 3 else 6)
    if start.x0 > marks.width / 3:
        left = max(left, marks.width / 2 - 40)
    figure: list[Word] = []
    rest: list[list[Word]] = []
    ended = False
    for number, row in enumerate(rows):
        right = [w for w in row if w.x0 >= left]
        others = [w for w in row if w.x0 < left]
        crossing = bool(right and others) and right[0].x0 - others[-1].x1 < 8
        if not ended and number > index and (crossing or (len(right) > 9 and not others)):
            ended = True
        if number < index or ended or crossing:
            rest.append(row)
            continue
        figure += right
        if others:
            rest.append(others)
    return figure, rest
