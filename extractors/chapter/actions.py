"""Suggested actions: a lead-in with bullets, each with years of its own, becomes one action for each bullet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.chapter.tables import BULLETS, Row, at_bullets
from extractors.model import Cell, Line

SPAN = r"(?:19|20)\d\d(?:\s*[-–—]\s*(?:19|20)\d\d)?"
SPANS = re.compile(rf"{SPAN}(?:\s*[,;]\s*{SPAN})*")


@dataclass(frozen=True, slots=True)
class Action:
    """One action: all its lines (lead-in and bullet), those of its own (the bullet), and the lines of its years."""

    lines: tuple[Line, ...]
    own: tuple[Line, ...]
    years: tuple[Line, ...]


def expand_actions(row: Row) -> list[Action]:
    """The actions of one ruled row.

    Without bullets that is one. With bullets (Brazil 2014, page 9) each bullet is an action when the years cell has
    years for each; with one run of years for all bullets it is printed, and kept, as one action.
    """
    cell, years = row.cells.get("action", Cell()), row.cells.get("years", Cell())
    lines = tuple(part for line in cell.lines for part in at_bullets(line))
    starts = [i for i, line in enumerate(lines) if line.text[:1] in BULLETS]
    runs = year_runs([part for line in years.lines for part in at_spans(line, len(starts))])
    if not starts or len(runs) < 2:
        return [Action(cell.lines, cell.lines, years.lines)] if cell.lines else []
    lead = lines[: starts[0]]
    bullets = [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    own = share_years(bullets, runs)
    return [
        Action((*lead, *without_bullet(bullet)), bullet, tuple(x for run in part for x in run))
        for bullet, part in zip(bullets, own, strict=True)
    ]


def at_spans(line: Line, bullets: int) -> list[Line]:
    """A line cut into spans of years where it holds one for each bullet ("2013 – 2019 2015 – 2016, 2018 – 2019")."""
    spans = [m.group() for m in SPANS.finditer(line.text)]
    return [replace(line, text=span) for span in spans] if bullets > 1 and len(spans) == bullets else [line]


def without_bullet(lines: Sequence[Line]) -> tuple[Line, ...]:
    first = replace(lines[0], text=lines[0].text.lstrip(BULLETS + " "))
    return (first, *lines[1:])


def year_runs(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of a years cell, one run for each printed span: a line that ends in a dash or comma goes on below."""
    runs: list[list[Line]] = []
    open_end = False
    for line in lines:
        if open_end and runs:
            runs[-1].append(line)
        else:
            runs.append([line])
        open_end = line.text.rstrip()[-1:] in "-–—,;"
    return runs


def share_years(bullets: Sequence[Sequence[Line]], runs: Sequence[list[Line]]) -> list[list[list[Line]]]:
    """Give each bullet its years: as many runs as bullets in order, else the run that stands beside the bullet."""
    if len(runs) == len(bullets) or runs[0][0].where.bbox is None or bullets[0][0].where.bbox is None:
        return [[runs[i]] if i < len(runs) else [runs[-1]] for i in range(len(bullets))]
    out: list[list[list[Line]]] = [[] for _ in bullets]
    for run in runs:
        top = (run[0].where.page, run[0].where.bbox[3] if run[0].where.bbox else 0.0)
        at = 0
        for i, bullet in enumerate(bullets):
            if (bullet[0].where.page, bullet[0].where.bbox[1] if bullet[0].where.bbox else 0.0) <= top:
                at = i
        out[at].append(run)
    last: list[list[Line]] = []
    for i, part in enumerate(out):
        last = part or last
        out[i] = last
    return out
