"""PDF -> chapters: lines, tables, columns and figures, found by their geometry on each page."""

from __future__ import annotations

import hashlib
import itertools
import logging
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path

from extractors.model import (
    BBox,
    Block,
    Chapter,
    Issue,
    LeftOut,
    PageText,
    Seam,
    Share,
    Source,
    UnreadableSource,
    Where,
    rounded,
)
from extractors.readers.annotations import ShownText, annotation_issue
from extractors.readers.bare import find_bare_tables
from extractors.readers.content import Content
from extractors.readers.ends import settle_ends
from extractors.readers.figures import take_figure, take_map_labels
from extractors.readers.frames import Frame, find_frames
from extractors.readers.grids import add_check_marks, read_grid
from extractors.readers.hyphens import undo_hyphens
from extractors.readers.lines import (
    Progress,
    Row,
    links_on,
    make_line,
    rows_of_page,
    rows_of_words,
    split_at_gaps,
    text_of_words,
)
from extractors.readers.marks import Marks, Word, read_marks
from extractors.readers.opening import (
    check_content,
    check_letters,
    check_page,
    check_pdf,
    check_streams,
    is_turned_page,
    read_file,
)
from extractors.readers.outline import read_outline
from extractors.readers.overlaps import gap_issues, overlap_issues
from extractors.readers.pages import Pages
from extractors.readers.scale import SAME, Fit, find_fit, scale_issue
from extractors.readers.tolerances import TOLERANCE
from extractors.readers.volume import PAGES, Divider, Signs, divided, page_signs, surely_begins
from extractors.readers.witness import Witness
from extractors.rules import current, fold

SHARE = 150  # pages of a volume that one process reads, at least; to open the file takes as long as some ten pages
FEW_ROWS = 6  # a column of fewer lines may hold nothing but the end of a reference

PDF_TIME = re.compile(
    r"(?:D:)?(?P<year>\d{4})(?:(?P<month>\d\d)(?:(?P<day>\d\d)(?:(?P<hour>\d\d)(?:(?P<minute>\d\d)"
    r"(?P<second>\d\d)?)?)?)?)?(?:(?P<zone>[+-]\d\d)'?(?P<zone_minutes>\d\d)?'?|(?P<utc>Z)(?:00'?(?:00'?)?)?)?"
)
EARLIEST = ("01", "01", "00", "00", "00")  # month, day, hour, minute, second of a date that does not give them

# pdfminer logs one line for each damaged glyph. The findings report the damage once.
logging.getLogger("pdfminer").setLevel(logging.CRITICAL)


def pdf_shares(path: Path, source_path: str) -> list[Share]:
    """The shares of a volume. Raises :class:`UnreadableSource` as :func:`pdf_parts`."""
    data = read_file(path, source_path)
    count = check_pdf(data, source_path)
    return divided(count, SHARE, check_streams(data, source_path)) if count >= 2 * SHARE else []


def pdf_parts(path: Path, source_path: str, share: Share | None = None) -> Iterator[Chapter | LeftOut]:
    """Read the chapters of a PDF file; only the pages of one are held at a time.

    Raises :class:`UnreadableSource` for a file that is empty, cut short, encrypted, not a PDF, or a scan without text.
    """
    data = read_file(path, source_path)
    announced = check_pdf(data, source_path)
    share = share or Share(1, announced + 1, tuple(check_streams(data, source_path)))
    if share.first == 1:
        share.start = Seam(1)
    witness = Witness(data)
    pages = Pages(data, source_path, share.start.at if share.start else share.first - 1)
    if pages.count != announced:
        raise UnreadableSource(source_path, f"is damaged ({pages.count} of {announced} pages can be found)")
    source = Source(source_path, hashlib.sha256(data).hexdigest(), "pdf", pages.count, pdf_time(pages.date))
    divider, part, empty = Divider(PAGES, cuts=share.first - 1), PartOfFile(issues=list(share.issues)), True
    outline = read_outline(witness.document)
    contents = iter(pages) if share.start else from_first_beginning(iter(pages), share, source_path)
    last = Fit(*share.start.scale) if share.start else SAME
    for content in contents:
        check_content(content, source_path)
        marks, fit = to_scale(content, last)
        signs = signs_of(content, marks, fit or last)
        signs.mark, signs.restarts = outline.marks.get(signs.at), signs.at in outline.restarts
        if divider.begins(signs):
            yield part.chapter(source, *divider.close(signs))
            if content.number >= share.stop:
                share.end = Seam(content.number, astuple(last))
                return
            part = PartOfFile(issues=list(share.issues))
        divider.add(signs)
        part.add(content, marks, fit, witness, pages.shown)
        last, empty = part.fit, empty and not part.blocks
    if divider.part is None:  # no chapter begins in this share
        return
    if empty:
        raise UnreadableSource(source_path, "holds no text (is it a scan?)", 1)
    yield part.chapter(source, *divider.close())


def from_first_beginning(contents: Iterator[Content], share: Share, source_path: str) -> Iterator[Content]:
    """The pages from the first of the share on that surely begins a chapter; there its reading starts."""
    last = SAME
    for content in contents:
        check_content(content, source_path)
        marks, fit = to_scale(content, last)
        if content.number >= share.first and surely_begins(signs_of(content, marks, fit or last)):
            share.start = Seam(content.number, astuple(last))
            return itertools.chain([content], contents)
        if content.number + 1 >= share.stop:
            break
        last = fit or last
    return iter(())


def to_scale(content: Content, last: Fit) -> tuple[Marks, Fit | None]:
    """The marks of a page, and its scale if it is known; ``last`` is that of the page before."""
    marks = read_marks(content)
    fit = find_fit(marks, last)
    return (marks if fit is None or fit.factor == 1.0 else read_marks(content, fit.factor)), fit


def signs_of(content: Content, marks: Marks, fit: Fit) -> Signs:
    """The signs of a page at the report's own scale; a page that is turned or mirrored has none that can be read."""
    if is_turned_page(content):
        return Signs(marks.number)
    return page_signs(marks if fit == SAME else fit.marks(marks))


@dataclass(slots=True)
class PartOfFile:
    """What was read from the pages of one part of a file: of one chapter, or of pages that are no chapter."""

    blocks: list[Block] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    texts: list[PageText] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)
    count: int = 0
    fit: Fit = SAME

    def add(
        self, content: Content, marks: Marks, fit: Fit | None, witness: Witness, shown: Sequence[ShownText]
    ) -> None:
        """Add a page; ``fit`` is its scale, if one was found, and ``shown`` the text that its annotations show."""
        self.count += 1
        if content.unsure:
            message = f"this page was read by pdfplumber, because the fast reader does not support: {content.unsure}"
            self.issues.append(Issue("page_read_slowly", "info", message, Where(page=content.number)))
        seen = list(witness.page(marks.number, marks.left_out))
        self.texts += seen
        self.issues += [*check_page(content, marks, fit not in (None, SAME)), *check_letters(seen, marks)]
        self.issues += left_out_issues(marks)
        self.issues += overlap_issues(marks)
        self.issues += [annotation_issue(one, marks.number) for one in shown]
        if fit is None or fit != self.fit:
            self.issues.append(scale_issue(fit, marks.number))
        self.fit = fit or self.fit
        if self.fit == SAME:
            self.blocks.extend(lay_out(marks, self.progress))
        else:
            self.blocks.extend(map(self.fit.block, lay_out(self.fit.marks(marks), self.progress)))

    def chapter(self, source: Source, span: str, left_out: LeftOut | None) -> Chapter | LeftOut:
        """The chapter, if its part of the file is certain. ``span`` are its pages, empty if it has the whole file."""
        if left_out is not None:
            return left_out
        own = replace(source, page_count=self.count, part=span)
        issues = (*self.issues, *self.progress.issues)
        return Chapter(own, tuple(undo_hyphens(self.blocks)), issues, tuple(self.texts))


def pdf_time(text: str) -> str:
    """PDF date to ISO 8601 (``D:20190924142218-04'00'`` -> ``2019-09-24T14:22:18-04:00``), "" if it is not a date.

    The prefix and everything after the year may be missing. What is missing counts as its earliest value, so that
    dates of any length can be compared (``D:20210301`` -> ``2021-03-01T00:00:00``).
    """
    m = PDF_TIME.fullmatch(text.strip())
    if not m:
        return ""
    year, *parts = m.group("year", "month", "day", "hour", "minute", "second")
    month, day, hour, minute, second = (part or low for part, low in zip(parts, EARLIEST, strict=True))
    zone = "+00:00" if m["utc"] else f"{m['zone']}:{m['zone_minutes'] or '00'}" if m["zone"] else ""
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"


def left_out_issues(marks: Marks) -> Iterator[Issue]:
    """A finding for each kind of text of a page that was left out: invisible, turned, doubled."""
    where = Where(page=marks.number)
    if marks.hidden:
        yield Issue("hidden_text", "info", f"invisible text was left out: {shortened(marks.hidden)!r}", where)
    if marks.turned:
        message = f"text that does not run from left to right was left out: {shortened(marks.turned)!r}"
        yield Issue("turned_text", "info", message, where)
    if marks.doubled:
        message = f"{len(marks.doubled)} letters are painted twice and count once: {shortened(marks.doubled)!r}"
        yield Issue("doubled_letters", "info", message, where)


def shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


# ---------------------------------------------------------------------------------------------- the page


@dataclass(slots=True)
class PlacedWords:
    """The words of one page by place: running head and foot, inside each table, and all others."""

    head: list[Word] = field(default_factory=list)
    foot: list[Word] = field(default_factory=list)
    free: list[Word] = field(default_factory=list)
    inside: list[list[Word]] = field(default_factory=list)


def lay_out(marks: Marks, progress: Progress) -> list[Block]:
    """The lines and grids of one page in reading order.

    The order is: running head, body (text and tables from the top), figure, references column by column, running
    foot. Updates ``progress`` for the next page.
    """
    frames = find_tables(marks, progress)
    for frame in frames:
        add_check_marks(marks, frame)
    words = sort_words(marks, frames)
    rows = rows_of_words(words.free)
    start = 0.0 if progress.columns else references_top(rows)
    upper = rows if start is None else [row for row in rows if row[0].middle[1] < start]
    lower = [] if start is None else [word for row in rows if row[0].middle[1] >= start for word in row]
    figure, upper = take_figure(upper, marks)
    map_labels, upper = take_map_labels(upper)
    number = marks.number
    blocks: list[Block] = [make_line(row, number, progress, 0, False, "head") for row in rows_of_words(words.head)]
    blocks += body_blocks(frames, words.inside, upper, marks, progress)
    blocks += [make_line(row, number, progress, 0, False, "figure") for row in (*figure, *map_labels)]
    if lower:
        progress.room = None
        blocks += two_columns(lower, marks, progress)
    blocks += [make_line(row, number, progress, 0, False, "foot") for row in rows_of_words(words.foot)]
    progress.columns = progress.columns or start is not None
    return blocks


def find_tables(marks: Marks, progress: Progress) -> list[Frame]:
    """The tables of a page from the top, with and without header boxes. Rules of no table are reported."""
    frames = []
    for frame in find_frames(marks):
        if frame.rules:
            frames.append(frame)
        elif len(frame.header) > 1:
            message = "the header boxes of a table have no rules below them, so its rows are not read"
            where = Where(marks.number, rounded(*frame.area))
            progress.issues.append(Issue("table_unread", "error", message, where))
    settle_ends(frames, marks)
    if not progress.columns:
        start = references_top(rows_of_page(marks))
        limit = TOLERANCE.foot * marks.height if start is None else start
        bare, issues = find_bare_tables(marks, frames, progress.table, limit)
        progress.issues += issues
        frames = sorted([*frames, *bare], key=lambda frame: frame.top)
        settle_ends([frame for frame in frames if frame in bare], marks)
    progress.table = max(frames, key=lambda frame: frame.bottom).edges if frames else []
    return frames


def sort_words(marks: Marks, frames: Sequence[Frame]) -> PlacedWords:
    """Divide the words of a page by their middle; ``inside`` has one list for each frame."""
    words = PlacedWords(inside=[[] for _ in frames])
    areas = [(*frame.area, held) for frame, held in zip(frames, words.inside, strict=True)]
    head, foot = TOLERANCE.head * marks.height, TOLERANCE.foot * marks.height
    for word in marks.words:
        x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
        for x0, top, x1, bottom, held in areas:
            if top <= y <= bottom and x0 <= x <= x1:
                held.append(word)
                break
        else:
            place = words.head if y < head else words.foot if y > foot else words.free
            place.append(word)
    return words


def body_blocks(
    frames: Sequence[Frame], inside: Sequence[list[Word]], rows: Sequence[list[Word]], marks: Marks, progress: Progress
) -> list[Block]:
    """Tables and lines of running text from the top of the page; ``inside`` holds the words of each frame."""
    items: list[tuple[float, float, int, list[Word]]] = []  # top, left, number of the frame (-1: a line), words
    items += [(frame.top, frame.edges[0], index, inside[index]) for index, frame in enumerate(frames)]
    items += [(row[0].top, row[0].x0, -1, row) for row in rows]
    items.sort(key=lambda item: item[:2])
    left = min((row[0].x0 for row in rows), default=TOLERANCE.left_margin)
    large = (row[-1].x1 for row in rows if row[0].size > TOLERANCE.body_size)
    right = max(large, default=TOLERANCE.right_margin)
    room, progress.room = progress.room, None
    blocks: list[Block] = []
    previous: BBox | None = None
    for index, (_, _, frame, words) in enumerate(items):
        if frame >= 0:
            blocks += table_blocks(frames[frame], words, marks, progress, left)
            previous = None
            continue
        if previous is not None:
            gap = words[0].top - previous[3] > TOLERANCE.paragraph_gap * words[0].size
        else:
            gap = index > 0 or not continues(words[0], room)
        progress.add_first(gap_issues(words, marks.number, TOLERANCE.body_word_gap))
        line = make_line(words, marks.number, progress, left, gap, "body")
        blocks.append(line)
        previous = line.where.bbox
    if previous is not None:
        progress.room = right - previous[2]
    return blocks


def continues(first: Word, room: float | None) -> bool:
    """Whether a page begins inside a paragraph: its first word did not fit beside the last line of the page before."""
    return room is not None and first.x1 - first.x0 + TOLERANCE.next_word >= room


def table_blocks(frame: Frame, words: list[Word], marks: Marks, progress: Progress, left: float) -> list[Block]:
    """The grid of one table, after a line for the band that lies over its whole header, if there is one."""
    blocks: list[Block] = []
    if frame.bands:
        band = [word for word in words for box in frame.over if box.holds(*word.middle)]
        frame.over.clear()
        if band:
            blocks.append(make_line(band, marks.number, progress, left, True, "body"))
    return [*blocks, read_grid(frame, marks, words, progress)]


def references_top(rows: Sequence[Row]) -> float | None:
    """The height in points at which the reference list begins on this page; None if it does not begin here.

    It begins with a line that holds the heading and nothing else in its column.
    """
    for row in rows:
        first = split_at_gaps(row, TOLERANCE.heading_gap)[0]
        if fold(text_of_words(first)) in current().headings.references:
            return row[0].top - TOLERANCE.heading_above
    return None


def column_border(words: Sequence[Word], middle: float) -> float:
    """Where the second column of the reference list begins at the earliest, in points.

    This is ``middle``, unless a wide alley that all lines leave free ends close before it. The numbers of Burkina Faso
    2018, page 9, begin 6 points left of the middle.
    """
    end = -math.inf
    for word in sorted(words, key=lambda word: word.x0):
        if word.x0 - end > TOLERANCE.alley and middle - TOLERANCE.gutter_side < word.x0 < middle:
            return word.x0
        end = max(end, word.x1)
    return middle


def two_columns(words: Sequence[Word], marks: Marks, progress: Progress) -> list[Block]:
    """The lines of the reference list's two columns, the left column first.

    A short column may hold nothing but the end of a reference, which is indented; its left edge is then that of the
    page before.
    """
    border = column_border(words, marks.width / 2 - TOLERANCE.gutter)
    blocks: list[Block] = []
    for side, column in enumerate(([w for w in words if w.x0 < border], [w for w in words if w.x0 >= border])):
        rows = rows_of_words(column)
        left = min((row[0].x0 for row in rows), default=0.0)
        if len(rows) < FEW_ROWS and 0 < left - progress.edges.get(side, left) < TOLERANCE.hanging:
            left = progress.edges[side]
        progress.edges[side] = left
        bottom = None
        for row in rows:
            gap = bottom is None or row[0].top - bottom > TOLERANCE.paragraph_gap * row[0].size
            line = make_line(row, marks.number, progress, left, gap, "column")
            blocks.append(replace(line, links=links_on(line.where.bbox, marks.links)) if marks.links else line)
            bottom = row[0].bottom
    return blocks
