"""Setting type: fonts, line breaks, and one page to draw on with the origin at the top left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFStream
from reportlab.pdfbase.pdfmetrics import Font, registerFont, stringWidth
from reportlab.pdfgen.canvas import Canvas

PLAIN, BOLD, ITALIC, BOLD_ITALIC = "Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"
DINGBATS = "ZapfDingbats"
PAGE_WIDTH, PAGE_HEIGHT = 612.0, 792.0
LEFT, RIGHT = 54.0, 558.0
TICKS = "Ticks"
MARKERS = "†‡*"
BULLET = "■ "
TICK_MAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CMapName /Ticks def
/CMapType 2 def
1 begincodespacerange
<00> <FF>
endcodespacerange
2 beginbfchar
<33> <2713>
<37> <2717>
endbfchar
endcmap
end
end
"""


class TickFont(Font):  # type: ignore[misc]
    """The Dingbats font with a map from its check mark to the character, as the report's embedded font has one."""

    def addObjects(self, doc: Any) -> None:
        super().addObjects(doc)
        name = doc.fontMapping[self.fontName].removeprefix("/")
        doc.idToObject["BasicFonts"].dict[name].ToUnicode = doc.Reference(PDFStream(content=TICK_MAP))


registerFont(TickFont(TICKS, DINGBATS, "ZapfDingbatsEncoding"))


@dataclass(frozen=True)
class Face:
    """A font at a size with its line distance."""

    font: str
    size: float
    lead: float

    def width(self, text: str) -> float:
        return float(stringWidth(text, self.font, self.size))


def wrap(text: str, face: Face, width: float) -> list[str]:
    """Break a text into lines no wider than ``width``, at blanks and behind hyphens and dashes inside words."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        glue = " " if line else ""
        for piece in pieces(word):
            if not line or face.width(line + glue + piece) <= width:
                line += glue + piece
            else:
                lines.append(line)
                line = piece
            glue = ""
    return [*lines, line] if line else lines


def pieces(word: str) -> list[str]:
    """Where a word may be broken; citations and years in parentheses stay whole."""
    return [word] if word.startswith("(") else re.split(r"(?<=\w[-–])(?=\w)", word)


def wrap_url(url: str, face: Face, width: float, used: float = 0.0) -> list[str]:
    """Break a URL behind slashes, hyphens and underscores; ``used`` is taken on the first line."""
    lines = [""]
    room = width - used
    for piece in re.findall(r"https?://|[^/_-]*[/_-]|[^/_-]+", url):
        for part in split_long(piece, face, width):
            if (lines[-1] and face.width(lines[-1] + part) > room) or (not lines[-1] and face.width(part) > room):
                lines.append("")
                room = width
            lines[-1] += part
    return lines


def split_long(piece: str, face: Face, width: float) -> Iterable[str]:
    while face.width(piece) > width:
        size = max(n for n in range(1, len(piece)) if face.width(piece[:n]) <= width)
        yield piece[:size]
        piece = piece[size:]
    yield piece


class Sheet:
    """Pages of a PDF with the origin at the top left; the same calls make the same bytes, anywhere."""

    def __init__(self, path: Path, title: str) -> None:
        self.canvas = Canvas(str(path), pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=0)
        self.canvas.setTitle(title)

    def next_page(self) -> None:
        self.canvas.showPage()

    def save(self) -> None:
        self.canvas.save()

    def box(self, x0: float, top: float, x1: float, bottom: float, grey: float) -> None:
        self.canvas.setFillGray(grey)
        self.canvas.rect(x0, PAGE_HEIGHT - bottom, x1 - x0, bottom - top, stroke=0, fill=1)

    def outline(self, x0: float, top: float, x1: float, bottom: float) -> None:
        """A rectangle that is not filled."""
        self.canvas.setStrokeGray(0.65)
        self.canvas.setLineWidth(0.25)
        self.canvas.rect(x0, PAGE_HEIGHT - bottom, x1 - x0, bottom - top, stroke=1, fill=0)

    def stroke(self, x0: float, x1: float, top: float, width: float = 0.25, grey: float = 0.65) -> None:
        self.canvas.setStrokeGray(grey)
        self.canvas.setLineWidth(width)
        self.canvas.line(x0, PAGE_HEIGHT - top, x1, PAGE_HEIGHT - top)

    def shape(self, points: Sequence[tuple[float, float]], grey: float) -> None:
        """A filled polygon."""
        path = self.canvas.beginPath()
        path.moveTo(points[0][0], PAGE_HEIGHT - points[0][1])
        for x, y in points[1:]:
            path.lineTo(x, PAGE_HEIGHT - y)
        path.close()
        self.canvas.setFillGray(grey)
        self.canvas.drawPath(path, stroke=0, fill=1)

    def disc(self, x: float, y: float, radius: float, grey: float) -> None:
        self.canvas.setFillGray(grey)
        self.canvas.circle(x, PAGE_HEIGHT - y, radius, stroke=0, fill=1)

    def slice(self, x: float, y: float, radius: float, start: float, extent: float, grey: float) -> None:
        """A slice of a pie; angles in degrees, counted against the clock from the right."""
        self.canvas.setFillGray(grey)
        box = (x - radius, PAGE_HEIGHT - y - radius, x + radius, PAGE_HEIGHT - y + radius)
        self.canvas.wedge(*box, start, extent, stroke=0, fill=1)

    def write(self, x: float, top: float, text: str, face: Face, grey: float = 0.0, raised: bool = False) -> None:
        """One line of text whose line box begins at ``top``; a leading bullet is a Dingbat, markers may be raised."""
        base = PAGE_HEIGHT - top - face.size * 0.95
        self.canvas.setFillGray(grey)
        if text.startswith(BULLET):
            self.canvas.setFont(DINGBATS, 6)
            self.canvas.drawString(x, base + 1, "n")
            x, text = x + 10, text[len(BULLET) :]
        runs = re.split(f"([{MARKERS}])", text) if raised else [text]
        for run in filter(None, runs):
            small = raised and run in MARKERS
            size = face.size * 0.6 if small else face.size
            self.canvas.setFont(face.font, size)
            self.canvas.drawString(x, base + (face.size * 0.33 if small else 0), run)
            x += float(stringWidth(run, face.font, size))

    def upright(self, x: float, top: float, bottom: float) -> None:
        """A rule between columns."""
        self.canvas.setStrokeGray(0.65)
        self.canvas.setLineWidth(0.25)
        self.canvas.line(x, PAGE_HEIGHT - top, x, PAGE_HEIGHT - bottom)

    def sign(self, x: float, y: float, sign: str, glyph: bool) -> None:
        """A tick or cross about a point: the glyph of the Dingbats font, or a small drawing."""
        if glyph:
            self.canvas.setFillGray(0)
            self.canvas.setFont(TICKS, 10)
            self.canvas.drawString(x - 4, PAGE_HEIGHT - y - 3, sign)
            return
        if sign != "✓":
            arms = (
                (-4, -3),
                (-3, -4),
                (0, -1),
                (3, -4),
                (4, -3),
                (1, 0),
                (4, 3),
                (3, 4),
                (0, 1),
                (-3, 4),
                (-4, 3),
                (-1, 0),
            )
            self.shape([(x + dx, y + dy) for dx, dy in arms], 0.0)
            return
        outline = ((-4, 0.6), (-2.6, -0.4), (-1.2, 2.0), (3.0, -4.0), (4, -3.6), (-1, 4.0))
        self.shape([(x + dx, y + dy) for dx, dy in outline], 0.0)

    def rule(self, x0: float, x1: float, top: float, polygon: bool) -> None:
        """A rule between rows: a stroke, or a polygon 1 point high (with a point more than a rectangle has)."""
        if polygon:
            middle = (x0 + x1) / 2
            self.shape(((x0, top - 0.5), (middle, top - 0.5), (x1, top - 0.5), (x1, top + 0.5), (x0, top + 0.5)), 0.65)
        else:
            self.stroke(x0, x1, top)


def draw_sheet(path: Path, draw: Callable[[Sheet], object]) -> Path:
    """Make a PDF file of what ``draw`` draws."""
    sheet = Sheet(path, "drawn")
    draw(sheet)
    sheet.save()
    return path
