"""The fast reader: the content stream of a page -> content, equal to what pdfplumber makes of it.

pdfplumber spends nine tenths of its time on an object for each character. Here one regular expression cuts the stream
into whole instructions (operands and operator), a small interpreter keeps the same state as pdfminer, and each shown
string becomes one record. Fonts, their maps and widths, colour spaces and streams are pdfminer's own. Every sum is
done in pdfminer's order, so that places are equal to the last bit.

The fast reader gives up a page with :class:`Unsure` if the expression does not match, an operator has another number of
operands, or the page has an inline image or text that runs from top to bottom. pdfplumber then reads that page.
``docs/performance.md`` lists the operators and the proof.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from pdfminer.pdfdevice import PDFDevice
from pdfminer.pdfinterp import LITERAL_FORM, PDFPageInterpreter
from pdfminer.pdftypes import dict_value, list_value, stream_value
from pdfminer.utils import INF, MATRIX_IDENTITY, mult_matrix

from extractors.readers.content import Box, Content, GlyphRun, PaintedPath, Point, empty_content, is_turned
from extractors.readers.fonts import Font
from extractors.readers.instructions import INSTRUCTION, PIECE, Unsure, unhex
from extractors.readers.painting import Matrix, PageTarget, classify_path, color_of, glyph_box, pattern_in, spread
from extractors.readers.visibility import PLAIN, Layers, Showing, clipped, hide_empty, is_paper, overlap

FARTHEST = float(INF)  # the largest coordinate of pdfminer's boxes
DEEPEST = 12  # levels of forms within forms
MASK = 7  # the text rendering mode that paints nothing and adds the letters to the clip
LONGEST = 32_000_000  # bytes of one stream; a page of a report needs far less

SUBPATH = re.compile("m[^m]+")


class StreamReader:
    """Reads the pages of one document and caches its fonts from page to page."""

    def __init__(self) -> None:
        self.fonts: dict[int, Font] = {}
        self.layers: Layers | None = None  # of the file; read with its first page

    def forget(self) -> None:
        """Drop the cached fonts; the next page fills the cache again."""
        self.fonts.clear()

    def read(self, page: Any) -> Content:
        """The content of a pdfplumber page.

        Raises :class:`Unsure` if the page needs pdfplumber, and any exception that pdfminer raises on a damaged file.
        """
        content = empty_content(page)
        target, ctm = self.target(page, content)
        interpreter = Interpreter(target, page.pdf.rsrcmgr, page.page_obj.resources, ctm, frozenset())
        interpreter.run(page.page_obj.contents)
        content.unclosed = bool(interpreter.saved or interpreter.marked or interpreter.in_text)
        return content

    def target(self, page: Any, content: Content) -> tuple[PageTarget, Matrix]:
        """Where the streams of a page paint, and the matrix that they begin with."""
        source = page.page_obj
        x0, y0, x1, y1 = source.mediabox
        ctm: Matrix = {
            90: (0, -1, 1, 0, -y0, x1),
            180: (-1, 0, 0, -1, x1, y1),
            270: (0, 1, -1, 0, y1, -x0),
        }.get(source.rotate, (1, 0, 0, 1, -x0, -y0))
        self.layers = self.layers or Layers(page.pdf.doc.catalog)
        target = PageTarget(content, page.height, page.mediabox[0], page.mediabox[1], self.fonts, self.layers)
        target.ctm = ctm
        return target, ctm

    def appearance(self, page: Any, stream: Any) -> list[GlyphRun]:
        """The visible glyph runs of a stream that draws an annotation; their places are those of the stream."""
        content = empty_content(page)
        target, _ = self.target(page, content)
        resources = dict_value(stream.get("Resources") or {})
        Interpreter(target, page.pdf.rsrcmgr, resources, MATRIX_IDENTITY, frozenset()).run([stream])
        return [run for run in content.runs if not run.hidden]

    def box(self, page: Any, corners: Iterable[Point]) -> Box:
        """The box on a page around corners that are given in the file's own coordinates."""
        return self.target(page, empty_content(page))[0].box(corners)

    def hides(self, page: Any, group: Any) -> bool:
        """Whether a layer (optional content group) of the file is off; False for no layer."""
        return group is not None and self.target(page, empty_content(page))[0].layers.hides(group)


class Interpreter:
    """The graphics and text state of one content stream, the page's own or a form's, as pdfminer keeps it."""

    def __init__(
        self, target: PageTarget, manager: Any, resources: Any, ctm: Matrix, outer: frozenset[int], depth: int = 0
    ) -> None:
        self.target = target
        self.manager = manager
        self.outer = outer  # ids of the streams that are running: a form must not paint itself
        self.depth = depth
        self.given = PDFPageInterpreter(manager, PDFDevice(manager))
        self.given.init_resources(resources)
        self.saved: list[tuple[Any, ...]] = []
        self.ctm = target.ctm = ctm
        self.font: Font | None = None
        self.size: float = 0
        self.char_space: float = 0
        self.word_space: float = 0
        self.scaling: float = 100
        self.leading: float = 0
        self.rise: float = 0
        self.matrix: Matrix = MATRIX_IDENTITY
        self.x: float = 0  # where the next glyph begins, in text space
        self.color: Any = 0
        self.line_color: Any = 0
        self.space = self.line_space = self.given.csmap["DeviceGray"]
        self.steps: list[str] = []
        self.points: list[Point | None] = []
        self.showing = PLAIN
        self.unseen = ""  # why text that is painted now cannot be seen
        self.marked: list[bool] = []  # for each marked part that is open: whether its layer is off
        self.masks: list[GlyphRun] = []  # text in mode 7: what is painted next is seen through its letters
        self.clipping = False  # the current path becomes a clip when it ends
        self.in_text = False  # between BT and ET
        self.white: bool | None = None  # see `GlyphRun.white`
        self.spaces: Any = dict_value(resources["ColorSpace"]) if resources and "ColorSpace" in resources else {}
        self.space_entry: Any = None

    def run(self, streams: Any) -> None:
        """Execute the instructions of these streams, one stream after the other."""
        data = self.data_of(streams)
        for numbers, operator, array, string, new_line, layer, begun, name, number, named, other in INSTRUCTION.findall(
            data
        ):
            if operator:
                count, action = OPERATORS.get(operator, UNKNOWN)
                operands = numbers.split()
                if count != len(operands) and count != ANY:
                    raise Unsure(f"operator {operator.decode()} with {len(operands)} numbers")
                if action:
                    action(self, *map(float, operands))
            elif array:
                self.show(PIECE.findall(array))
            elif string:
                if new_line:
                    self.next_line()
                self.show(((string, b"", b"", b""),) if string[:1] == b"(" else ((b"", b"", string, b""),))
            elif begun:
                self.begin_layer(layer.decode("ascii")) if layer else self.begin_marked()
            elif named:
                self.use(name.decode("ascii"), number, named)
            elif other:
                raise Unsure(f"unexpected {other.decode('latin-1')!r}")

    def data_of(self, streams: Any) -> bytes:
        """The instructions of these streams as one piece; the streams count as running from now on."""
        parts = []
        running = set(self.outer)
        for part in map(stream_value, list_value(streams)):
            if part.objid is None or part.objid in self.outer:
                raise Unsure("a stream without a number, or within itself")
            running.add(part.objid)
            parts.append(part.get_data())
        self.outer = frozenset(running)
        data = b"\n".join(parts)
        if len(data) > LONGEST:
            raise Unsure("a very long stream")
        return data

    # ------------------------------------------------------------------ state

    def save(self) -> None:
        text = (self.font, self.size, self.char_space, self.word_space, self.scaling, self.leading, self.rise)
        place = (self.matrix, self.x)
        color = (self.color, self.space, self.line_color, self.line_space, self.white, self.space_entry)
        self.saved.append((self.ctm, text, place, color, self.showing))

    def restore(self) -> None:
        if self.saved:
            self.ctm, text, place, color, showing = self.saved.pop()
            self.color, self.space, self.line_color, self.line_space, self.white, self.space_entry = color
            if showing is not self.showing:
                self.show_as(showing)
            self.masks.clear()
            self.font, self.size, self.char_space, self.word_space, self.scaling, self.leading, self.rise = text
            self.matrix, self.x = place
            self.target.ctm = self.ctm

    def concatenate(self, a: float, b: float, c: float, d: float, e: float, f: float) -> None:
        self.ctm = self.target.ctm = mult_matrix((a, b, c, d, e, f), self.ctm)

    def fill_masks(self, box: Box | None = None) -> None:
        """Text in mode 7 is seen as soon as something is painted over it (Fiji 2020, page 1: the foot)."""
        for run in self.masks:
            x, y = (run.x0[0] + run.x1[-1]) / 2, (run.top + run.bottom) / 2
            if box is None or (box[0] <= x <= box[2] and box[1] <= y <= box[3]):
                run.hidden = ""

    def show_as(self, showing: Showing) -> None:
        """Change what decides whether the next text can be seen."""
        self.showing = showing
        self.unseen = "layer" if any(self.marked) else showing.why_hidden()

    def set_mode(self, mode: float) -> None:
        self.show_as(self.showing._replace(mode=int(mode)))

    def begin_marked(self, _: str = "") -> None:
        self.marked.append(False)

    def begin_layer(self, name: str) -> None:
        """Begin a part of marked content on the layer that has this name in the page's resources."""
        groups = self.given.resources.get("Properties")
        self.marked.append(bool(groups) and self.target.layers.hides(dict_value(groups).get(name)))
        if self.marked[-1]:
            self.show_as(self.showing)

    def end_marked(self) -> None:
        if self.marked and self.marked.pop():
            self.show_as(self.showing)

    def set_clip(self) -> None:
        self.clipping = True

    def use(self, name: str, number: bytes, operator: bytes) -> None:
        """Execute an operator with a name as operand; of these, only Tf has a number as well."""
        action = NAMED.get(operator)
        if action is None or (operator == b"Tf") != bool(number):
            raise Unsure(f"operator {operator.decode()} with a name")
        if number:
            self.set_font(name, float(number))
        else:
            action(self, name)

    def ignore(self, name: str) -> None:
        """An operator that changes neither text nor shapes."""

    def set_font(self, name: str, size: float = 0.0) -> None:
        font = self.given.fontmap.get(name)
        if font is None:
            raise Unsure("a font that the page does not have")
        self.font = self.target.fonts.get(id(font))
        if self.font is None:
            self.font = self.target.fonts[id(font)] = Font(font, dict_value(self.given.resources["Font"])[name])
        self.size = size

    def set_space(self, name: str) -> None:
        self.space = self.given.csmap.get(name, self.space)
        self.space_entry, self.white = self.spaces.get(name), None

    def set_line_space(self, name: str) -> None:
        self.line_space = self.given.csmap.get(name, self.line_space)

    def set_pattern(self, name: str) -> None:
        self.color, self.white = pattern_in(self.space, name), None

    def set_line_pattern(self, name: str) -> None:
        self.line_color = pattern_in(self.line_space, name)

    def set_parameters(self, name: str) -> None:
        """Execute the operator gs: opacity and blend mode."""
        states = self.given.resources.get("ExtGState")
        parameters = dict_value(dict_value(states).get(name) or {}) if states else {}
        if not PLAIN_PARAMETERS.isdisjoint(parameters):
            self.show_as(self.showing.with_parameters(parameters))

    def shade(self, name: str) -> None:
        self.fill_masks()

    def paint_object(self, name: str) -> None:
        """Execute a form: a stream with its own resources and a new state. Images hold neither text nor rules."""
        self.fill_masks()
        if name not in self.given.xobjmap:
            return
        form = stream_value(self.given.xobjmap[name])
        if form.get("Subtype") is not LITERAL_FORM or "BBox" not in form:
            return
        if self.depth == DEEPEST:
            raise Unsure("forms within forms")
        x, y, w, h = list_value(form["BBox"])  # two corners; pdfminer takes the second one for a size
        float(x + w), float(y + h)  # pdfminer computes the form's box and fails on anything else
        matrix = tuple(list_value(form.get("Matrix", MATRIX_IDENTITY)))
        own = form.get("Resources")
        resources = dict_value(own) if own else self.given.resources.copy()
        ctm = mult_matrix(matrix, self.ctm)
        inner = Interpreter(self.target, self.manager, resources, ctm, self.outer, self.depth + 1)
        inner.marked = [any(self.marked) or self.target.layers.hides(form.get("OC"))]
        inner.show_as(self.showing.within(self.target.box(itertools.product((x, w), (y, h)))))
        inner.run([form])

    def set_color(self, *parts: float) -> None:
        self.color = color_of(parts, self.space, self.color)
        self.white = is_paper(self.space_entry, parts) if self.space_entry is not None else None

    def set_line_color(self, *parts: float) -> None:
        self.line_color = color_of(parts, self.line_space, self.line_color)

    def set_device_color(self, *parts: float) -> None:
        self.color, self.space = parts if len(parts) > 1 else parts[0], self.given.csmap[DEVICE[len(parts)]]
        self.white = self.space_entry = None

    def set_device_line_color(self, *parts: float) -> None:
        self.line_color, self.line_space = parts if len(parts) > 1 else parts[0], self.given.csmap[DEVICE[len(parts)]]

    # ------------------------------------------------------------------ text

    def begin_text(self) -> None:
        self.matrix, self.x, self.in_text = MATRIX_IDENTITY, 0, True

    def end_text(self) -> None:
        self.in_text = False

    def set_char_space(self, space: float) -> None:
        self.char_space = space

    def set_word_space(self, space: float) -> None:
        self.word_space = space

    def set_scaling(self, percent: float) -> None:
        self.scaling = percent

    def set_leading(self, leading: float) -> None:
        self.leading = -leading

    def set_rise(self, rise: float) -> None:
        self.rise = rise

    def set_matrix(self, a: float, b: float, c: float, d: float, e: float, f: float) -> None:
        self.matrix, self.x = (a, b, c, d, e, f), 0

    def move(self, x: float, y: float) -> None:
        a, b, c, d, e, f = self.matrix
        self.matrix, self.x = (a, b, c, d, x * a + y * c + e, x * b + y * d + f), 0

    def move_and_lead(self, x: float, y: float) -> None:
        self.move(x, y)
        self.leading = y

    def next_line(self) -> None:
        a, b, c, d, e, f = self.matrix
        self.matrix, self.x = (a, b, c, d, self.leading * c + e, self.leading * d + f), 0

    def show(self, pieces: Iterable[tuple[bytes, bytes, bytes, bytes]]) -> None:
        """Paint an array of strings and the moves between them as one glyph run.

        ``pieces`` are (string, number, hexadecimal string, anything else), of which one is not empty.
        """
        font = self.font
        if font is None:
            return
        size, scaling = self.size, self.scaling * 0.01
        char_space = self.char_space * scaling
        word_space = 0 if font.multibyte else self.word_space * scaling
        step = 0.001 * size * scaling
        text_of, advance_of = font.texts.__getitem__, font.at(size, scaling).__getitem__
        spaced = bool(char_space or word_space)
        started = False
        x = self.x
        texts: list[str] = []
        shown: list[int] = []
        starts: list[float] = []
        advances: list[float] = []
        for string, number, digits, other in pieces:
            if number:
                x -= float(number) * step
                started = True
                continue
            if other:
                raise Unsure("an odd array of strings")
            codes = font.codes(string[1:-1] if string else unhex(digits), b"\\" in string)
            texts += map(text_of, codes)
            if font.empty:
                shown += codes
            own = list(map(advance_of, codes))
            if spaced:
                places = spread(codes, own, x, started, char_space, word_space)
                started = started or bool(places[1:])
            else:
                places = list(itertools.accumulate(own, initial=x))
            x = places.pop()
            starts += places
            advances += own
        self.x = x
        if texts:
            self.place(font, texts, starts, advances, scaling)
        if font.empty:
            hide_empty(self.target.content.runs, [code in font.empty for code in shown])

    def place(self, font: Font, texts: list[str], starts: list[float], advances: list[float], scaling: float) -> None:
        """Add glyphs to the page: from text space to points, with pdfminer's sums less those that add nothing."""
        target = self.target
        matrix = a, b, c, d, e, f = mult_matrix(self.matrix, target.ctm)
        low = font.font.get_descent() * self.size + self.rise
        high = low + self.size
        upright = a * d * scaling > 0 and b * c <= 0
        color = self.color if isinstance(self.color, tuple) else (self.color,)
        if not (b == 0 == c and a > 0 and d > 0 and self.size > 0 and scaling > 0):
            for text, x, advance in zip(texts, starts, advances, strict=True):
                self.place_turned(matrix, text, (x, advance, low, high), font.name, color, upright)
            return
        left = [x * a + e for x in starts]
        right = [a * advance + x for advance, x in zip(advances, left, strict=True)]
        if target.left:
            left = [x + target.left for x in left]
            right = [x + target.left for x in right]
        y0, y1 = d * low + f, d * high + f
        top, bottom = target.tops(y0, y1)
        self.add(
            GlyphRun(
                texts, left, right, top, bottom, y1 - y0, font.name, color, upright, False, self.unseen, self.white
            )
        )

    def add(self, run: GlyphRun) -> None:
        """Add a run to the page, cut where it enters or leaves the clip."""
        runs, clip = self.target.content.runs, self.showing.clip
        start = len(runs)
        if clip is None or (
            clip[0] <= run.x0[0] and run.x1[-1] <= clip[2] and clip[1] <= (run.top + run.bottom) / 2 <= clip[3]
        ):
            runs.append(run)
        else:
            runs += clipped(run, clip)
        if self.showing.mode == MASK:
            self.masks += [part for part in runs[start:] if part.hidden == "mode"]

    def place_turned(
        self, matrix: Matrix, text: str, box: tuple[float, float, float, float], font: str, color: Any, upright: bool
    ) -> None:
        """Add one glyph that is turned, slanted or mirrored; ``box`` is its start, advance, low and high edge."""
        target = self.target
        x0, y0, x1, y1 = glyph_box(matrix, *box)
        if target.left:
            x0, x1 = x0 + target.left, x1 + target.left
        top, bottom = target.tops(y0, y1)
        turned = is_turned(matrix, upright) if self.size > 0 else not upright
        self.add(
            GlyphRun([text], [x0], [x1], top, bottom, y1 - y0, font, color, upright, turned, self.unseen, self.white)
        )

    # ------------------------------------------------------------------ paths

    def cover(self, path: PaintedPath) -> None:
        """Note which text a filled path hides: an opaque rectangle covers all that was painted before it."""
        box = path.x0, path.top, path.x1, path.bottom
        if self.masks:
            self.fill_masks(box)
        elif path.kind == "rect" and self.showing.fill >= 1 and self.showing.plain and not path.hidden:
            path.after = len(self.target.content.runs)
            path.cover = overlap(self.showing.clip, box) if self.showing.clip else box

    def start_path(self, x: float, y: float) -> None:
        self.steps.append("m")
        self.points.append((x, y))

    def line_to(self, x: float, y: float) -> None:
        self.steps.append("l")
        self.points.append((x, y))

    def curve_to(self, *numbers: float) -> None:
        self.steps.append("c")
        self.points.append(numbers[-2:])  # type: ignore[arg-type]

    def close(self) -> None:
        self.steps.append("h")
        self.points.append(None)

    def rectangle(self, x: float, y: float, w: float, h: float) -> None:
        self.steps += "mlllh"
        self.points += [(x, y), (x + w, y), (x + w, y + h), (x, y + h), None]

    def drop_path(self) -> None:
        """End the current path. One that the operator W has made a clip limits all that is painted later."""
        if self.clipping:
            self.clipping = False
            if corners := [point for point in self.points if point is not None]:
                self.show_as(self.showing.within(self.target.box(corners)))
        self.steps, self.points = [], []

    def paint(self, stroke: bool, fill: bool, close: bool = False) -> None:
        """Add each part of the current path to the page, and drop the path."""
        if close:
            self.close()
        steps, points = "".join(self.steps), self.points
        if steps[:1] != "m":
            self.drop_path()
            return
        if steps.count("m") == 1:
            self.paint_part(steps, points, stroke, fill)
        else:
            for part in SUBPATH.finditer(steps):
                self.paint_part(part.group(), points[part.start() : part.end()], stroke, fill)
        self.drop_path()

    def paint_part(self, steps: str, points: list[Point | None], stroke: bool, fill: bool) -> None:
        target = self.target
        a, b, c, d, e, f = target.ctm
        start: Point = points[0]  # type: ignore[assignment]  # a part begins with a move
        placed = [(a * x + c * y + e, b * x + d * y + f) for x, y in (point or start for point in points)]
        kind, placed = classify_path(steps, placed)
        xs, ys = [x for x, _ in placed], [y for _, y in placed]
        left, right = min(FARTHEST, *xs), max(-FARTHEST, *xs)
        top, bottom = target.tops(min(FARTHEST, *ys), max(-FARTHEST, *ys))
        if target.left:
            left, right = left + target.left, right + target.left
        corners = [(target.left + x, target.top + target.height - y) for x, y in placed]
        content = target.content
        path = PaintedPath(
            kind, left, top, right, bottom, fill, stroke, self.color, self.line_color, corners, self.white
        )
        if self.marked or self.showing is not PLAIN:
            path.hidden = any(self.marked) or (self.showing.fill if fill else self.showing.stroke) <= 0
        if fill:
            self.cover(path)
        {"line": content.lines, "rect": content.rects, "curve": content.curves}[kind].append(path)


PLAIN_PARAMETERS = {"ca", "CA", "BM", "SMask"}
ANY = -1
DEVICE = {1: "DeviceGray", 3: "DeviceRGB", 4: "DeviceCMYK"}
UNKNOWN: tuple[int, Callable[..., None] | None] = (-2, None)
OPERATORS: dict[bytes, tuple[int, Callable[..., None] | None]] = {
    b"q": (0, Interpreter.save),
    b"Q": (0, Interpreter.restore),
    b"cm": (6, Interpreter.concatenate),
    b"BT": (0, Interpreter.begin_text),
    b"ET": (0, Interpreter.end_text),
    b"Td": (2, Interpreter.move),
    b"TD": (2, Interpreter.move_and_lead),
    b"Tm": (6, Interpreter.set_matrix),
    b"T*": (0, Interpreter.next_line),
    b"Tc": (1, Interpreter.set_char_space),
    b"Tw": (1, Interpreter.set_word_space),
    b"Tz": (1, Interpreter.set_scaling),
    b"TL": (1, Interpreter.set_leading),
    b"Ts": (1, Interpreter.set_rise),
    b"Tr": (1, Interpreter.set_mode),
    b"m": (2, Interpreter.start_path),
    b"l": (2, Interpreter.line_to),
    b"c": (6, Interpreter.curve_to),
    b"v": (4, Interpreter.curve_to),
    b"y": (4, Interpreter.curve_to),
    b"re": (4, Interpreter.rectangle),
    b"h": (0, Interpreter.close),
    b"n": (0, Interpreter.drop_path),
    b"S": (0, partial(Interpreter.paint, stroke=True, fill=False)),
    b"s": (0, partial(Interpreter.paint, stroke=True, fill=False, close=True)),
    **dict.fromkeys((b"f", b"f*"), (0, partial(Interpreter.paint, stroke=False, fill=True))),
    **dict.fromkeys((b"B", b"B*"), (0, partial(Interpreter.paint, stroke=True, fill=True))),
    **dict.fromkeys((b"b", b"b*"), (0, partial(Interpreter.paint, stroke=True, fill=True, close=True))),
    b"g": (1, Interpreter.set_device_color),
    b"rg": (3, Interpreter.set_device_color),
    b"k": (4, Interpreter.set_device_color),
    b"G": (1, Interpreter.set_device_line_color),
    b"RG": (3, Interpreter.set_device_line_color),
    b"K": (4, Interpreter.set_device_line_color),
    b"sc": (ANY, Interpreter.set_color),
    b"scn": (ANY, Interpreter.set_color),
    b"SC": (ANY, Interpreter.set_line_color),
    b"SCN": (ANY, Interpreter.set_line_color),
    b"EMC": (0, Interpreter.end_marked),
    **dict.fromkeys((b"W", b"W*"), (0, Interpreter.set_clip)),
    **dict.fromkeys((b"BX", b"EX"), (0, None)),
    **dict.fromkeys((b"w", b"J", b"j", b"M", b"i"), (1, None)),
}
NAMED: dict[bytes, Callable[[Interpreter, str], None]] = {
    b"Tf": Interpreter.set_font,
    b"Do": Interpreter.paint_object,
    b"sh": Interpreter.shade,
    b"cs": Interpreter.set_space,
    b"CS": Interpreter.set_line_space,
    b"scn": Interpreter.set_pattern,
    b"SCN": Interpreter.set_line_pattern,
    b"gs": Interpreter.set_parameters,
    b"BMC": Interpreter.begin_marked,
    b"MP": Interpreter.ignore,
    b"ri": Interpreter.ignore,
}
