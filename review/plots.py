"""Draws line charts over years as inline SVG with leather. Colours and fonts come from the style sheet of the site."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import leather
from leather import theme
from markupsafe import Markup

WIDTH, HEIGHT = 560, 230
MOST_YEARS = 9  # with more years than this, not every year has a label
SERIES = ("#000001", "#000002", "#000003", "#000004")
"""Placeholder colours of the series. The style sheet replaces them, since its rules override SVG attributes."""

Points = Sequence[tuple[int, float]]

theme.background_color = "none"
theme.margin = 0.03
theme.tick_font_family = "inherit"
theme.tick_font_size = theme.tick_font_char_height = 12
theme.tick_font_char_width = 7
theme.label_color = theme.tick_color = theme.zero_color = "currentColor"
theme.legend_font_char_height = theme.legend_gap = 0


class _Line(leather.Line):  # type: ignore[misc]
    """A line without leather's legend. The page has its own legend, which wraps and is accessible to screen readers."""

    def legend_to_svg(self, series: Any, palette: Any) -> list[Any]:
        return []


class _Dots(leather.Dots):  # type: ignore[misc]
    def legend_to_svg(self, series: Any, palette: Any) -> list[Any]:
        return []


def lines(series: Mapping[str, Points], years: tuple[int, int], *, percent: bool = False) -> Markup:
    """Draw up to four series of (year, value) as lines with dots. The value axis begins at 0.

    A line is interrupted at a year without a value. Without any value, the result is empty.
    """
    highest = max((value for points in series.values() for _, value in points), default=None)
    if highest is None:
        return Markup()
    first, last = years if years[0] < years[1] else (years[0] - 1, years[1] + 1)
    every = math.ceil((last - first + 1) / MOST_YEARS)
    chart = leather.Chart()
    chart.add_x_scale(first, last)
    chart.add_x_axis(
        ticks=[years[0]] if first < years[0] else list(range(first, last + 1, every)),
        tick_formatter=lambda value, *_: str(int(value)),
    )
    ticks = _ticks(highest)
    chart.add_y_scale(0, ticks[-1])
    chart.add_y_axis(ticks=ticks, tick_formatter=lambda value, *_: f"{value:,}" + (" %" if percent else ""))
    for colour, points in zip(SERIES, series.values(), strict=False):
        known = dict(points)
        broken = [(year, known.get(year)) for year in range(min(known), max(known) + 1)]
        if len(known) > 1:
            chart.add_series(leather.Series(broken), _Line(colour, 2))
        chart.add_series(leather.Series(sorted(known.items())), _Dots(colour, 3.5))
    return _clean(chart.to_svg(width=WIDTH, height=HEIGHT))


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
