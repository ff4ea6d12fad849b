"""Draw an invented chapter as the report's pages look."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from tests.generator.compose import Figure, References, Table, Text, compose
from tests.generator.layout import Layout
from tests.generator.spec import ChapterSpec, Reference
from tests.generator.tabular import Tabular
from tests.generator.type import (
    BOLD,
    BOLD_ITALIC,
    ITALIC,
    LEFT,
    PAGE_WIDTH,
    PLAIN,
    RIGHT,
    Face,
    Sheet,
    wrap,
    wrap_url,
)

BODY = Face(PLAIN, 11, 13.5)
SUMMARY = Face(ITALIC, 12, 13.8)
TITLE = Face(BOLD, 18, 22)
HEADING = Face(BOLD, 12, 15)
SUBHEADING = Face(BOLD_ITALIC, 11, 14)
CAPTION = Face(BOLD, 11, 12.5)
NOTE = Face(PLAIN, 8, 9.6)
SOURCE = Face(ITALIC, 8, 9.6)
ENTRY = Face(PLAIN, 7.6, 9.0)
LABEL = Face(BOLD, 7.6, 8.6)
TOP, BOTTOM = 82.0, 742.0
SUMMARY_WIDTH = 318.0
COLUMNS = ((54.0, 72.0, 294.0), (317.0, 335.0, 554.5))


def draw_pdf(spec: ChapterSpec, path: Path, layout: Layout) -> None:
    """Write the chapter as a PDF. The same chapter and layout give the same bytes."""
    press = Press(spec, path, layout)
    items = compose(spec, layout)
    for at, item in enumerate(items):
        follows = items[at + 1] if at + 1 < len(items) else None
        if isinstance(item, Text):
            press.text(item)
        elif isinstance(item, Table):
            press.table(item, follows if isinstance(follows, Figure) else None)
        elif isinstance(item, References):
            press.references(item)
    press.finish()


class Press:
    """The pages of one chapter, drawn from the top down."""

    def __init__(self, spec: ChapterSpec, path: Path, layout: Layout) -> None:
        self.spec, self.layout = spec, layout
        self.sheet = Sheet(path, f"{spec.country} {spec.year}")
        self.number = 0
        self.y = TOP
        self.open_page()

    # ------------------------------------------------------------------ pages

    def open_page(self) -> None:
        if self.number:
            self.sheet.next_page()
        self.number += 1
        self.y = TOP
        odd = self.number % 2 == 1
        if self.layout.running_head:
            self.head(odd)
        self.foot(odd)

    def head(self, odd: bool) -> None:
        for text, top, face, grey in (
            (self.spec.country, 19.0, Face(PLAIN, 26, 30), 0.0),
            (self.spec.assessment.upper(), 57.0, Face(BOLD, 12, 14), 0.5),
        ):
            self.sheet.write(RIGHT - face.width(text) if odd else LEFT, top, text, face, grey)
        self.sheet.stroke(54.4, 558.4, self.layout.head_line, 0.5)

    def foot(self, odd: bool) -> None:
        face, bold = Face(PLAIN, 9, 11), Face(BOLD, 10, 12)
        title = f"{self.spec.year} FINDINGS ON THE WORST FORMS OF CHILD LABOR"
        text = title if odd else "BUREAU OF INTERNATIONAL LABOR AFFAIRS"
        number_x = 575.0 if odd else 30.0
        if self.layout.footer_box:
            self.sheet.stroke(LEFT, RIGHT, 752.8, 0.5)
            number_x = 536.0 if odd else 66.0
            self.sheet.box(*((522.4, 757.1, 558.0) if odd else (54.0, 757.1, 89.6)), 773.9, self.layout.header_fill)
        self.sheet.write((PAGE_WIDTH - face.width(text)) / 2, 757.5, text, face, 0.6)
        self.sheet.write(number_x, 758.0, str(self.number), bold, 1.0 if self.layout.footer_box else 0.3)
        if self.layout.hidden_footer and not odd:
            self.sheet.write(LEFT, 757.5, title, face, 1.0)

    def finish(self) -> None:
        self.sheet.save()

    def need(self, height: float) -> None:
        """Go on to the next page if less than ``height`` is left on this one."""
        if self.y + height > BOTTOM and self.y > TOP:
            self.open_page()

    # ------------------------------------------------------------------ running text

    def text(self, item: Text) -> None:
        if item.kind == "summary":
            self.summary(item.text)
        elif item.kind in ("title", "assessment"):
            face = TITLE if item.kind == "title" else HEADING
            self.lines(wrap(item.text, face, RIGHT - LEFT), face, 0, 6)
        elif item.kind == "heading":
            self.need(90)
            self.lines(wrap(item.text, HEADING, RIGHT - LEFT), HEADING, 10, 4)
        elif item.kind == "subheading":
            self.need(70)
            self.lines([item.text], SUBHEADING, 8, 5)
        else:
            self.lines(wrap(item.text, BODY, RIGHT - LEFT), BODY, 0, 9)

    def lines(self, lines: Sequence[str], face: Face, above: float, below: float) -> None:
        if self.y > TOP:
            self.y += above
        for line in lines:
            self.need(face.lead)
            self.sheet.write(LEFT, self.y, line, face)
            self.y += face.lead
        self.y += below

    def summary(self, text: str) -> None:
        """The summary stands beside the outline of the country."""
        start = self.y
        self.lines(wrap(text, SUMMARY, SUMMARY_WIDTH), SUMMARY, 0, 10)
        if self.number == 1:
            height = max(60.0, min(self.y - start - 20, 220.0))
            self.sheet.shape(island(470.0, start + height / 2, 80.0, height / 2), 0.5)

    # ------------------------------------------------------------------ tables and the figure

    def table(self, table: Table, figure: Figure | None) -> None:
        right = RIGHT
        if table.key == "statistics":
            right = LEFT + (243.0 if figure else 338.0)
        tabular = Tabular(table, self.layout, LEFT, right)
        notes = [(line, SOURCE) for text in table.sources for line in wrap(text, SOURCE, right - LEFT)]
        notes += [(line, NOTE) for text in table.notes for line in wrap(text, NOTE, right - LEFT)]
        below = sum(face.lead for _, face in notes) + 4
        title = self.layout.caption.format(table.number) + table.title
        caption = wrap(title, CAPTION, right - LEFT)
        if figure:
            self.need(185)
            self.figure(figure, self.y)
        figure_end = self.y + 175 if figure else 0.0
        first = True
        while tabular.left():
            above = len(caption) * CAPTION.lead + 2
            space = BOTTOM - 4 - self.y - above
            if not tabular.fits(space, below) and self.y > TOP:
                self.open_page()
                continue
            if not first:
                caption = wrap(title + self.layout.wording.continued, CAPTION, right - LEFT)
            self.caption(caption, right)
            self.y = tabular.draw(self.sheet, self.y, BOTTOM - 4 - self.y, below)
            first = False
            if tabular.left():
                self.open_page()
        self.y += 3
        for line, face in notes:
            self.sheet.write(LEFT, self.y, line, face, raised=False)
            self.y += face.lead
        self.y = max(self.y + 12, figure_end)

    def caption(self, lines: Sequence[str], right: float) -> None:
        if self.layout.white_caption:
            self.sheet.box(LEFT, self.y, right, self.y + len(lines) * CAPTION.lead + 2, 1.0)
        for line in lines:
            self.sheet.write(LEFT, self.y, line, CAPTION)
            self.y += CAPTION.lead
        self.y += 2

    def figure(self, figure: Figure, top: float) -> None:
        """The pie, its labels inside their slices or, for a small one, beside it."""
        x, y, radius = 445.0, top + 100.0, 58.0
        for number, line in enumerate(wrap(figure.title, CAPTION, 200)):
            self.sheet.write(x - CAPTION.width(line) / 2, top + number * CAPTION.lead, line, CAPTION)
        start = 90.0
        greys = {"agriculture": 0.5, "services": 0.65, "industry": 0.86}
        labels: list[tuple[float, str, str, float]] = []
        for sector, percent in figure.sectors:
            extent = float(percent) * 3.6
            self.sheet.slice(x, y, radius, start, extent, greys[sector])
            labels.append((start + extent / 2, sector.capitalize(), f"{percent}%", extent))
            start += extent
        for angle, name, percent, extent in labels:
            reach = radius * 0.58 if extent > 36 else radius + 16
            middle = x + reach * math.cos(math.radians(angle))
            height = y - reach * math.sin(math.radians(angle)) - LABEL.lead
            for line in (name, percent):
                self.sheet.write(middle - LABEL.width(line) / 2, height, line, LABEL)
                height += LABEL.lead

    # ------------------------------------------------------------------ references

    def references(self, item: References) -> None:
        """Two columns with hanging numbers, left one first, on as many pages as needed, the last one in balance."""
        self.need(60)
        lines = [line for number, entry in item.entries for line in self.entry_lines(number, entry)]
        heading = 18.0
        self.y += 6
        self.sheet.write(LEFT, self.y, "REFERENCES", HEADING, 0.5)
        while lines:
            start = (self.y + heading, self.y)
            room = [int((BOTTOM - top) // ENTRY.lead) for top in start]
            if sum(room) >= len(lines):
                room[0] = min(room[0], max(1, math.ceil(len(lines) / 2)))
            for (number_x, text_x, _), top, size in zip(COLUMNS, start, room, strict=True):
                for index, (number, text, url) in enumerate(lines[:size]):
                    y = top + index * ENTRY.lead
                    if number:
                        self.sheet.write(number_x, y, number, ENTRY)
                    self.sheet.write(text_x, y, text, ENTRY)
                    if self.layout.underlined_urls and url:
                        end = text_x + ENTRY.width(text)
                        self.sheet.stroke(end - ENTRY.width(url), end, y + ENTRY.size + 1, 0.4, 0.0)
                del lines[:size]
            heading = 0.0
            if lines:
                self.open_page()

    def entry_lines(self, number: int, entry: Reference) -> list[tuple[str, str, str]]:
        """An entry's lines: the number that hangs before the line, the line, and what of it belongs to the URL."""
        width = min(column[2] - column[1] for column in COLUMNS)
        texts = wrap(entry.head, ENTRY, width)
        urls = [""] * len(texts)
        if entry.url:
            used = width if self.layout.url_on_own_line else ENTRY.width(texts[-1] + " ")
            first, *others = wrap_url(f"{entry.url}.", ENTRY, width, used)
            texts[-1], urls[-1] = f"{texts[-1]} {first}".strip(), first
            texts, urls = [*texts, *others], [*urls, *others]
        shown = self.layout.reference_number.format(number)
        return [
            (shown if index == 0 else "", text, url) for index, (text, url) in enumerate(zip(texts, urls, strict=True))
        ]


def island(x: float, y: float, width: float, height: float) -> list[tuple[float, float]]:
    """The outline of a country that is on no map."""
    points = []
    for step in range(72):
        angle = math.radians(step * 5)
        swell = 0.82 + 0.1 * math.sin(3 * angle + 1) + 0.06 * math.sin(7 * angle) + 0.03 * math.cos(17 * angle)
        points.append((x + width * swell * math.cos(angle), y + height * swell * math.sin(angle)))
    return points
