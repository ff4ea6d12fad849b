"""Sort the glyph runs of a page: those that a reader of the page sees once and upright, and those that are left out.

Left out are text that a viewer does not show, text that does not run from left to right (a stamp in the margin, a
watermark), and letters painted a second time at the same place (bold without a bold font; Mali 2017 paints whole pages
twice).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from extractors.readers.content import Box, Content, GlyphRun
from extractors.readers.tolerances import TOLERANCE

Places = dict[tuple[str, int, int], list[tuple[float, float]]]
"""Text of a glyph, column and line in whole points -> left edges and tops of these glyphs."""

STRIP = 8  # points: height of the strips by which boxes are looked up
MOST_UNPAINTED = 0.5  # share of a page's letters; above it they are the text layer of a scan and count as visible


@dataclass(slots=True)
class Shown:
    """The runs that are seen, and the letters of the others: not shown, turned, painted a second time."""

    runs: list[GlyphRun] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)


def sort_runs(content: Content) -> Shown:
    """Sort the runs of a page. A page of which most text is turned is kept as it is: it is a turned page."""
    shown = Shown()
    glyphs = count(content.runs)
    leave_turned = count(run for run in content.runs if run.turned) <= TOLERANCE.turned_page * glyphs
    scanned = count(run for run in content.runs if run.hidden == "mode") > MOST_UNPAINTED * glyphs
    covers = Covers(content)
    covered: list[GlyphRun] = []
    for index, run in enumerate(content.runs):
        if run.hidden and not (scanned and run.hidden == "mode"):
            shown.hidden.append(letters_of(run))
        elif run.turned and leave_turned:
            shown.turned += run.texts
        else:
            shown.runs += covers.cut(run, index, covered) if covers.strips else [run]
    if covered or overprinted(shown.runs):
        seen: Places = {}
        shown.runs = once(shown.runs, seen, shown.doubled)
        shown.hidden += [letters_of(run) for run in once(covered, seen, shown.doubled)]
    return shown


def count(runs: Iterable[GlyphRun]) -> int:
    return sum([len(run.texts) for run in runs])


def letters_of(run: GlyphRun) -> str:
    return "".join([text for text in run.texts if text.strip()])


def part_of(run: GlyphRun, kept: Sequence[bool]) -> list[GlyphRun]:
    """The glyphs of a run for which ``kept`` is true, as one run; none if there are none."""
    texts, x0, x1 = ([*itertools.compress(values, kept)] for values in (run.texts, run.x0, run.x1))
    return [replace(run, texts=texts, x0=x0, x1=x1)] if texts else []  # type: ignore[arg-type]


def strip_of(y: float) -> int:
    """The number of the strip at a height. The first and the last strip take whatever lies off the page."""
    return int(min(20_000.0, max(-1.0, y)) // STRIP)  # in this order NaN gives the first strip


# ---------------------------------------------------------------------------------------------- covered text


class Covers:
    """Opaque rectangles that are painted over text, by strips of the page."""

    def __init__(self, content: Content) -> None:
        self.strips: dict[int, list[tuple[int, Box]]] = {}
        for path in content.rects:
            if path.cover is not None and path.after:
                for strip in range(strip_of(path.cover[1]), strip_of(path.cover[3]) + 1):
                    self.strips.setdefault(strip, []).append((path.after, path.cover))

    def cut(self, run: GlyphRun, index: int, covered: list[GlyphRun]) -> list[GlyphRun]:
        """The part of the run with this index that no later rectangle covers; the rest is added to ``covered``."""
        middle, reach = (run.top + run.bottom) / 2, TOLERANCE.covered * (run.bottom - run.top)
        over = [
            box
            for after, box in self.strips.get(strip_of(middle), ())
            if after > index and box[1] <= middle - reach and middle + reach <= box[3]
        ]
        if not over:
            return [run]
        middles = [(left + right) / 2 for left, right in zip(run.x0, run.x1, strict=True)]
        below = [any(box[0] <= middle <= box[2] for box in over) for middle in middles]
        covered += part_of(run, below)
        return part_of(run, [not hidden for hidden in below])


# ---------------------------------------------------------------------------------------------- doubled text


def overprinted(runs: Iterable[GlyphRun]) -> bool:
    """Whether two runs of a page lie on each other. Cheap: it looks at runs, not at glyphs."""
    ends: dict[int, tuple[float, float]] = {}  # band of the page -> the run that reaches furthest: left, right
    inked = [run for run in runs if len(run.texts) > 1 or not run.texts[0].isspace()]
    for run in sorted(inked, key=lambda run: run.x0[0]):
        left, right, band = run.x0[0], run.x1[-1], round(run.top)
        for near in (band - 1, band, band + 1):
            last = ends.get(near)
            if last and last[1] - left > 0.5 * min(right - left, last[1] - last[0]) > 0:
                return True
        if band not in ends or right > ends[band][1]:
            ends[band] = left, right
    return False


def once(runs: Sequence[GlyphRun], seen: Places, doubled: list[str]) -> list[GlyphRun]:
    """The runs without glyphs that are in ``seen`` or were painted before; their letters are added to ``doubled``."""
    kept: list[GlyphRun] = []
    for run in runs:
        new = list(first_painted(run, seen))
        if all(new):
            kept.append(run)
            continue
        kept += part_of(run, new)
        doubled += [letters_of(part) for part in part_of(run, [not first for first in new])]
    return kept


def first_painted(run: GlyphRun, seen: Places) -> Iterator[bool]:
    """For each glyph of a run, whether the same letter was not yet painted at its place; ``seen`` is by place."""
    reach = min(TOLERANCE.same_place, TOLERANCE.same_place_share * run.size)
    for text, x in zip(run.texts, run.x0, strict=True):
        column, line = round(x), round(run.top)
        near = (
            place
            for i in (column - 1, column, column + 1)
            for j in (line - 1, line, line + 1)
            for place in seen.get((text, i, j), ())
        )
        new = not any(abs(x - left) <= reach and abs(run.top - top) <= reach for left, top in near)
        if new:
            seen.setdefault((text, column, line), []).append((x, run.top))
        yield new
