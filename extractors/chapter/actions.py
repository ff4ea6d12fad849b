"""Suggested actions: a row with bullets, each with its own years, becomes one action for each bullet."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.chapter.tables import BULLETS, TableRow, at_bullets, height, last_above
from extractors.model import Cell, Line

SPAN = r"(?:19|20)\d\d(?:\s*[-–—]\s*(?:19|20)\d\d)?"
SPANS = re.compile(rf"{SPAN}(?:\s*[,;]\s*{SPAN})*")


@dataclass(frozen=True, slots=True)
class SuggestedAction:
    """One action: its lines (introduction and bullet), its ``own`` lines (the bullet) and the lines of its years."""

    lines: tuple[Line, ...]
    own: tuple[Line, ...]
    years: tuple[Line, ...]


def expand_actions(row: TableRow) -> list[SuggestedAction]:
    """The actions of one ruled row.

    If the row has bullets and several runs of years, each bullet is an action (Brazil 2014, page 9). Otherwise the row
    is one action, also if one run of years is printed for all bullets.
    """
    cell, years = row.cells.get("action", Cell()), row.cells.get("years", Cell())
    lines = tuple(part for line in cell.lines for part in at_bullets(line))
    starts = [i for i, line in enumerate(lines) if line.text[:1] in BULLETS]
    runs = year_runs([part for line in years.lines for part in at_spans(line, len(starts))])
    if not starts or len(runs) < 2:
        return [SuggestedAction(cell.lines, cell.lines, years.lines)] if cell.lines else []
    bullets = [lines[a:b] for a, b in itertools.pairwise([*starts, len(lines)])]
    actions = []
    for bullet, own in zip(bullets, share_years(bullets, runs), strict=True):
        first = replace(bullet[0], text=bullet[0].text.lstrip(BULLETS + " "))
        action = (*lines[: starts[0]], first, *bullet[1:])
        actions.append(SuggestedAction(action, bullet, tuple(itertools.chain(*own))))
    return actions


def at_spans(line: Line, bullets: int) -> list[Line]:
    """Cut a line into runs of years if it has one for each bullet ("2013 – 2019 2015 – 2016, 2018 – 2019")."""
    spans = [m.group() for m in SPANS.finditer(line.text)]
    return [replace(line, text=span) for span in spans] if bullets > 1 and len(spans) == bullets else [line]


def year_runs(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of a cell of years as runs: a line that ends in a dash or comma continues on the next line."""
    runs: list[list[Line]] = []
    open_end = False
    for line in lines:
        if open_end:
            runs[-1].append(line)
        else:
            runs.append([line])
        open_end = line.text.rstrip()[-1:] in "-–—,;"
    return runs


def share_years(bullets: Sequence[Sequence[Line]], runs: Sequence[list[Line]]) -> list[list[list[Line]]]:
    """The runs of years for each bullet.

    1. As many runs as bullets, or no boxes: in order; bullets that are left get the last run.
    2. Otherwise a run goes to the last bullet that begins above its end, and a bullet without one repeats the years of
       the bullet before it.
    """
    if len(runs) == len(bullets) or runs[0][0].where.bbox is None or bullets[0][0].where.bbox is None:
        return [[runs[min(i, len(runs) - 1)]] for i in range(len(bullets))]
    tops = [height(bullet[0], 0.0) for bullet in bullets]
    beside = [last_above(tops, height(run[0], 1.0)) for run in runs]
    shares = [[run for run, at in zip(runs, beside, strict=True) if at == i] for i in range(len(bullets))]
    for i in range(1, len(shares)):
        shares[i] = shares[i] or shares[i - 1]
    return shares
