"""Draws charts over years as inline SVG with leather. Colours and fonts come from the style sheet of the site."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import leather
from leather import theme
from markupsafe import Markup

WIDTH, HEIGHT = 560, 230
MOST_LABELS = 9  # with more years than this, not every year has a label
COLOURS = ("#000001", "#000002", "#000003", "#000004")
"""Placeholder colours of the series. The style sheet replaces them, since its rules override SVG attributes."""
HOLLOW = ("#0000a1", "#0000a2", "#0000a3", "#0000a4")
"""Placeholder fills of hollow dots, one for each series."""

theme.background_color = "none"
theme.margin = 0.03
theme.tick_font_family = "inherit"
theme.tick_font_size = theme.tick_font_char_height = 12
theme.tick_font_char_width = 7
theme.label_color = theme.tick_color = theme.zero_color = "currentColor"
theme.legend_font_char_height = theme.legend_gap = 0

Points = Sequence[tuple[float, float]]
"""Dots as (year, value). A survey of 2017 and 2018 has the year 2017.5."""


@dataclass
class Series:
    """What a chart draws in one colour: filled dots, hollow dots, and a line through the filled dots if ``connected``.

    The filled dots of a connected series have whole years, at most one dot for each year.
    """

    name: str
    dots: Points
    hollow: Points = field(default_factory=list)
    connected: bool = False

    @property
    def points(self) -> list[tuple[float, float]]:
        """All dots of the series."""
        return [*self.dots, *self.hollow]


class _Line(leather.Line):  # type: ignore[misc]
    """A line without leather's legend. The page has its own legend, which wraps and is accessible to screen readers."""

    def legend_to_svg(self, series: Any, palette: Any) -> list[Any]:
        return []


class _Dots(leather.Dots):  # type: ignore[misc]
    """Dots without leather's legend."""

    def legend_to_svg(self, series: Any, palette: Any) -> list[Any]:
        return []


class _Scale(leather.Linear):  # type: ignore[misc]
    """A scale with exactly the given ends. Leather's own rounds them: 2006 to 2017 (Ghana) becomes 2005 to 2020."""

    def project(self, value: float, range_min: float, range_max: float) -> float:
        share = (float(value) - float(self._data_min)) / (float(self._data_max) - float(self._data_min))
        return range_min + (range_max - range_min) * share


def draw(series: Sequence[Series], years: tuple[int, int], *, percent: bool = False) -> Markup:
    """Draw up to four series over the ``years`` from first to last. The value axis begins at 0.

    A line is interrupted at a year without a value. Without any dot, the result is empty.
    """
    highest = max((value for one in series for _, value in one.points), default=None)
    if highest is None:
        return Markup()
    first, last = years if years[0] < years[1] else (years[0] - 1, years[1] + 1)
    every = math.ceil((last - first + 1) / MOST_LABELS)
    chart = leather.Chart()
    chart.set_x_scale(_Scale(first, last))
    chart.add_x_axis(
        ticks=[years[0]] if first < years[0] else list(range(first, last + 1, every)),
        tick_formatter=lambda value, *_: str(int(value)),
    )
    ticks = _ticks(highest)
    chart.set_y_scale(_Scale(0, ticks[-1]))
    chart.add_y_axis(ticks=ticks, tick_formatter=lambda value, *_: _short(value) + (" %" if percent else ""))
    for colour, hollow, one in zip(COLOURS, HOLLOW, series, strict=False):
        if one.connected and len(one.dots) > 1:
            chart.add_series(leather.Series(_with_gaps(one.dots)), _Line(colour, 2))
        for fill, dots in ((hollow, one.hollow), (colour, one.dots)):
            if dots:
                chart.add_series(leather.Series(sorted(dots)), _Dots(fill, 3.5 if one.connected else 5))
    return _clean(chart.to_svg(width=WIDTH, height=HEIGHT))


def _with_gaps(dots: Points) -> list[tuple[int, float | None]]:
    """Return a value for each year from the first dot to the last one, ``None`` for a year without a dot."""
    known = {round(year): value for year, value in dots}
    return [(year, known.get(year)) for year in range(min(known), max(known) + 1)]


def _short(value: float) -> str:
    """Format a value for an axis: ``12,500``, and from a million on ``2.5 M``."""
    return f"{value / 1e6:,g} M" if value >= 1e6 else f"{value:,}"


def _ticks(highest: float) -> list[int | float]:
    """Return four to six round numbers from 0 to at least the highest value."""
    rough = max(highest, 1e-9) / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * n for n in (1, 2, 2.5, 5, 10) if size * n >= rough)
    count = math.ceil(highest / step - 1e-9)
    ticks = [round(step * n, 6) for n in range(max(count, 1) + 1)]
    return [int(tick) if tick == int(tick) else tick for tick in ticks]


def _clean(svg: str) -> Markup:
    """Make the drawing scale with the page, and shorten its decimals.

    The drawing contains only numbers, no text of a source, so it needs no escaping.
    """
    svg = re.sub(
        r"<svg [^>]*>", f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false">', svg, count=1
    )
    return Markup(re.sub(r"(\d+\.\d)\d+", r"\1", svg))
