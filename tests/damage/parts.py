"""What a page's content stream draws, so that one part of it can be damaged: rules, boxes, shown texts, table pieces.

It is written without the product's readers: a mutant must be the same file before and after a change of the product.
Coordinates are PDF points of the page, origin bottom left. Turned or skewed drawing is left alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

import pikepdf

Matrix = tuple[float, float, float, float, float, float]
Instruction = tuple[list[Any], pikepdf.Operator]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
PATH = {"m", "l", "c", "v", "y", "h", "re"}
FILL = {"f", "F", "f*", "B", "B*", "b", "b*"}
STROKE = {"S", "s"}
COLOUR = {"g", "rg", "k", "sc", "scn"}
HEADER_HEIGHT = 7.0, 80.0  # points: the least and most of a header box
LEAST_WIDTH = 12.0  # points: of a header box or of a rule
RULE_HEIGHT = 2.0  # points: a filled box that is flatter is a rule
NEAR = 3.0  # points: what lies as near as this lies at one place


class Span(NamedTuple):
    """A rectangle on the page."""

    x0: float
    y0: float
    x1: float
    y1: float

    def holds(self, x: float, y: float) -> bool:
        return self.x0 - 1 <= x <= self.x1 + 1 and self.y0 - 1 <= y <= self.y1 + 1

    def meets(self, other: Span) -> bool:
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1


@dataclass(frozen=True)
class Drawn:
    """A rule or box: its instructions, the one that paints it, its place, its lightness (0 black, 1 white)."""

    at: tuple[int, ...]
    painted: int
    span: Span
    matrix: Matrix
    lightness: float = 0.0


@dataclass(frozen=True)
class Shown:
    """A ``Tj`` or ``TJ``: where its line starts, points of the page for one unit of TJ and of text rise, its colour."""

    at: int
    x: float
    y: float
    across: float
    up: float
    rise: float
    colour: Instruction | None


@dataclass(frozen=True)
class TablePiece:
    """A table on one page: its header boxes from the left and the rules below them, from the top."""

    header: tuple[Drawn, ...]
    rules: tuple[Drawn, ...]

    @property
    def span(self) -> Span:
        bottom = min((rule.span.y0 for rule in self.rules), default=self.floor)
        return Span(self.header[0].span.x0, bottom, self.header[-1].span.x1, max(box.span.y1 for box in self.header))

    @property
    def floor(self) -> float:
        return min(box.span.y0 for box in self.header)

    @property
    def edges(self) -> list[float]:
        return [self.header[0].span.x0, *(box.span.x1 for box in self.header)]

    @property
    def body(self) -> Span:
        return self.span._replace(y1=self.floor)

    def rows(self) -> list[Span]:
        """The rows between the header and the rules, at least 5 points high."""
        heights = sorted({round(rule.span.y0, 1) for rule in self.rules}, reverse=True)
        span = self.span
        return [
            Span(span.x0, low, span.x1, high)
            for high, low in itertools.pairwise([self.floor, *heights])
            if high - low >= 5
        ]


@dataclass
class PageParts:
    """One page's instructions and what they draw. Damage changes ``instructions``, ``before`` and ``after``."""

    instructions: list[Instruction]
    rules: list[Drawn] = field(default_factory=list)
    boxes: list[Drawn] = field(default_factory=list)
    shows: list[Shown] = field(default_factory=list)
    before: bytes = b""
    after: bytes = b""
    removed: set[int] = field(default_factory=set)
    inserted: dict[int, list[Instruction]] = field(default_factory=dict)
    ahead: dict[int, list[Instruction]] = field(default_factory=dict)

    def pieces(self) -> list[TablePiece]:
        """The tables of the page from the top: header boxes that touch in one row, rules below within their width."""
        headers: list[list[Drawn]] = []
        for box in sorted((b for b in self.boxes if is_header_box(b)), key=lambda b: b.span.x0):
            for header in headers:
                last = header[-1].span
                if abs(last.y0 - box.span.y0) < NEAR and abs(last.x1 - box.span.x0) < NEAR:
                    header.append(box)
                    break
            else:
                headers.append([box])
        headers = sorted((h for h in headers if len(h) > 1), key=lambda h: -h[0].span.y0)
        out = []
        for number, header in enumerate(headers):
            left, right, floor = header[0].span.x0, header[-1].span.x1, min(box.span.y0 for box in header)
            below = headers[number + 1][0].span.y1 if number + 1 < len(headers) else 0.0
            rules = [
                rule
                for rule in self.rules
                if left - NEAR < rule.span.x0 and rule.span.x1 < right + NEAR and below + 1 < rule.span.y0 < floor - 1
            ]
            if rules:
                out.append(TablePiece(tuple(header), tuple(sorted(rules, key=lambda r: -r.span.y0))))
        return out

    def shows_in(self, span: Span) -> list[Shown]:
        return [show for show in self.shows if span.holds(show.x, show.y)]

    def remove(self, *drawn: Drawn) -> None:
        for one in drawn:
            self.removed.update(one.at)

    def remove_shows(self, shows: Iterable[Shown]) -> None:
        self.removed.update(show.at for show in shows)

    def insert(self, behind: int, *instructions: Instruction) -> None:
        self.inserted.setdefault(behind, []).extend(instructions)

    def put_ahead(self, of: int, *instructions: Instruction) -> None:
        self.ahead.setdefault(of, []).extend(instructions)

    def shift(self, show: Shown, dx: float = 0.0, dy: float = 0.0) -> None:
        """Move one shown text, nothing behind it."""
        if dx:
            self.put_ahead(show.at, instruction("TJ", [-dx / show.across]))
            self.insert(show.at, instruction("TJ", [dx / show.across]))
        if dy:
            self.put_ahead(show.at, instruction("Ts", show.rise + dy / show.up))
            self.insert(show.at, instruction("Ts", show.rise))

    def place(self, drawn: Drawn, span: Span) -> None:
        """Draw a rule or a box elsewhere, or in another size."""
        a, _, _, d, e, f = drawn.matrix
        x0, x1 = sorted(((span.x0 - e) / a, (span.x1 - e) / a))
        y0, y1 = sorted(((span.y0 - f) / d, (span.y1 - f) / d))
        first, *rest = drawn.at
        box = str(self.instructions[first][1]) == "re" or str(self.instructions[drawn.painted][1]) in FILL
        self.removed.update(rest)
        self.instructions[first] = instruction("re", x0, y0, x1 - x0, y1 - y0) if box else instruction("m", x0, y0)
        if not box:
            self.insert(first, instruction("l", x1, y1))

    def content(self) -> bytes:
        """The page's content stream with all changes."""
        out: list[Instruction] = []
        for number, one in enumerate(self.instructions):
            out += self.ahead.get(number, ())
            if number not in self.removed:
                out.append(one)
            out += self.inserted.get(number, ())
        return self.before + b"\n" + pikepdf.unparse_content_stream(out) + b"\n" + self.after


def instruction(operator: str, *operands: Any) -> Instruction:
    """An instruction of plain numbers, strings of bytes and lists."""

    def plain(value: Any) -> Any:
        if isinstance(value, float):
            return Decimal(f"{value:.4f}")
        return pikepdf.Array([plain(one) for one in value]) if isinstance(value, list) else value

    return [plain(operand) for operand in operands], pikepdf.Operator(operator)


def is_header_box(box: Drawn) -> bool:
    low, high = HEADER_HEIGHT
    return (
        low <= box.span.y1 - box.span.y0 <= high and box.span.x1 - box.span.x0 >= LEAST_WIDTH and box.lightness < 0.93
    )


def times(one: Matrix, other: Matrix) -> Matrix:
    """First ``one``, then ``other``."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def lightness_of(operands: Sequence[Any]) -> float:
    """How light a colour is, for one (grey), three (RGB) and four (CMYK) numbers; a pattern counts as white."""
    try:
        values = [float(value) for value in operands]
    except (TypeError, ValueError):
        return 1.0
    if len(values) == 4:
        return 1.0 - min(1.0, sum(values[:3]) / 3 + values[3])
    return sum(values) / len(values) if values else 1.0


@dataclass
class _State:
    matrix: Matrix = IDENTITY
    lightness: float = 0.0
    colour: Instruction | None = None
    size: float = 1.0
    scale: float = 1.0
    leading: float = 0.0
    rise: float = 0.0

    def copy(self) -> _State:
        return _State(**vars(self))


class _Reader:
    """Goes through the instructions of a page once."""

    def __init__(self, parts: PageParts) -> None:
        self.parts = parts
        self.state = _State()
        self.saved: list[_State] = []
        self.line = IDENTITY
        self.subpaths: list[tuple[list[int], list[tuple[float, float]]]] = []

    def run(self) -> None:
        for at, (operands, operator) in enumerate(self.parts.instructions):
            name = str(operator)
            if name in PATH:
                self.build(at, name, [float(value) for value in operands])
            elif name in FILL or name in STROKE or name == "n":
                self.paint(at, name)
            elif name in COLOUR:
                self.state.lightness, self.state.colour = lightness_of(operands), (list(operands), operator)
            elif name in ("Tj", "TJ"):
                self.show(at)
            else:
                self.change(name, operands)

    def change(self, name: str, operands: Sequence[Any]) -> None:
        """Whatever changes the state of the page or of its text."""
        state = self.state
        if name == "q":
            self.saved.append(state.copy())
        elif name == "Q" and self.saved:
            self.state = self.saved.pop()
        elif name == "cm":
            state.matrix = times(as_matrix(operands), state.matrix)
        elif name == "cs":
            state.lightness, state.colour = 0.0, None
        elif name == "Tf":
            state.size = float(operands[1])
        elif name == "Tz":
            state.scale = float(operands[0]) / 100
        elif name == "TL":
            state.leading = float(operands[0])
        elif name == "Ts":
            state.rise = float(operands[0])
        else:
            self.move_text(name, operands)

    def move_text(self, name: str, operands: Sequence[Any]) -> None:
        if name == "BT":
            self.line = IDENTITY
        elif name == "Tm":
            self.line = as_matrix(operands)
        elif name in ("Td", "TD"):
            x, y = (float(value) for value in operands)
            if name == "TD":
                self.state.leading = -y
            self.line = times((1, 0, 0, 1, x, y), self.line)
        elif name in ("T*", "'", '"'):
            self.line = times((1, 0, 0, 1, 0, -self.state.leading), self.line)

    def build(self, at: int, name: str, numbers: list[float]) -> None:
        if name in ("m", "re") or not self.subpaths:
            self.subpaths.append(([], []))
        steps, points = self.subpaths[-1]
        steps.append(at)
        if name == "re":
            x, y, width, height = numbers
            points += [(x, y), (x + width, y + height)]
        else:
            points += list(zip(numbers[::2], numbers[1::2], strict=True))

    def paint(self, at: int, name: str) -> None:
        a, b, c, d, e, f = self.state.matrix
        straight = b == c == 0 and a and d
        for steps, points in self.subpaths if straight and name != "n" else ():
            xs, ys = [a * x + e for x, _ in points], [d * y + f for _, y in points]
            span = Span(min(xs), min(ys), max(xs), max(ys))
            drawn = Drawn(tuple(steps), at, span, self.state.matrix, self.state.lightness)
            simple = {str(self.parts.instructions[step][1]) for step in steps} <= {"re", "m", "l", "h"}
            if span.y1 - span.y0 < RULE_HEIGHT and span.x1 - span.x0 >= LEAST_WIDTH and simple:
                self.parts.rules.append(drawn)
            elif name in FILL and simple:
                self.parts.boxes.append(drawn)
        self.subpaths = []

    def show(self, at: int) -> None:
        state = self.state
        a, b, c, d, x, y = times(self.line, state.matrix)
        if b == c == 0 and a and d and state.size:
            across = a * state.size * state.scale / 1000
            self.parts.shows.append(Shown(at, x, y, across, d, state.rise, state.colour))


def as_matrix(operands: Sequence[Any]) -> Matrix:
    a, b, c, d, e, f = (float(value) for value in operands)
    return a, b, c, d, e, f


def read_parts(page: pikepdf.Page) -> PageParts:
    """The parts of one page."""
    parts = PageParts([(list(one.operands), one.operator) for one in pikepdf.parse_content_stream(page)])
    _Reader(parts).run()
    return parts
