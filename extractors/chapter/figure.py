"""*Figure 1*: the labels of the pie chart -> the share of working children in each sector."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.model import Line
from extractors.rules import label_code

SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%")
BARE = re.compile(r"(?:[A-Za-z]+[,:]?\s+)?(\d{1,3}(?:\.\d+)?)")
"""A whole line with a share that lacks its sign, perhaps behind the label (Honduras 2016, page 1)."""
CAPTION = re.compile(r"\s*figure", re.I)
SECTORS = ("agriculture", "industry", "services")
ABOVE = 2.0  # a percent above its label is rarer than one below: its distance counts twice


def read_shares(lines: Sequence[Line]) -> list[tuple[str, float, list[Line]]]:
    """Sector code, percent and lines of each slice, in the order agriculture, industry, services.

    1. A line with one label and one percent is a slice ("Services 30.2%").
    2. Other percents go to the nearest label on the page (Peru 2019, page 1).
    3. In a source without boxes they go to the labels in order, if there are as many percents as labels.
    4. If sectors are left, numbers without a percent sign count too.
    """
    found = slices(lines, SHARE)
    used = {line.number for _, _, own in found.values() for line in own}
    rest = [line for line in lines if line.number not in used and not SHARE.search(line.text)]
    if found and any(sector not in found for sector in SECTORS):
        bare = [line for line in rest if BARE.fullmatch(line.text) or line.text.isalpha()]
        found = {**slices(bare, BARE), **found}
    return [found[code] for code in SECTORS if code in found]


def slices(lines: Sequence[Line], share: re.Pattern[str]) -> dict[str, tuple[str, float, list[Line]]]:
    """The slices of the figure by sector; ``share`` is the form of a percent."""
    labels: list[tuple[str, Line]] = []
    shares: list[tuple[float, Line]] = []
    found: dict[str, tuple[str, float, list[Line]]] = {}
    for line in lines:
        percents = [float(percent) for percent in share.findall(line.text)]
        codes = sectors_in(line.text)
        if len(codes) == 1 and len(percents) == 1 and share.sub("", line.text).strip(" ,:").isalpha():
            found[codes[0]] = (codes[0], percents[0], [line])
            continue
        labels += [(code, line) for code in codes]
        shares += [(percent, line) for percent in percents]
    used: set[int] = set()
    for _, i, j in sorted(distances([line for _, line in labels], [line for _, line in shares])):
        (code, label), (percent, own) = labels[i], shares[j]
        if code not in found and j not in used:
            used.add(j)
            found[code] = (code, percent, [label, own])
    return found


def sectors_in(text: str) -> list[str]:
    """The codes of the sectors that a text names; none for the caption of the figure."""
    if CAPTION.match(text):
        return []
    return [code for word in re.findall(r"[A-Za-z]+", text) if (code := label_code("sectors", word))]


def distances(labels: Sequence[Line], shares: Sequence[Line]) -> list[tuple[float, int, int]]:
    """Distance, index of the label and index of the percent, for every pair that is possible.

    The distance is in points if all lines have boxes. Otherwise it is the difference of the indexes.
    """
    placed = all(line.where.bbox for line in (*labels, *shares))
    if not placed and len(labels) != len(shares):
        return []
    return [
        (distance(label, share) if placed else abs(i - j), i, j)
        for i, label in enumerate(labels)
        for j, share in enumerate(shares)
    ]


def distance(label: Line, share: Line) -> float:
    """The distance in points between the middles of a label and a percent, across plus down."""
    assert label.where.bbox is not None
    assert share.where.bbox is not None
    (ax0, atop, ax1, abottom), (bx0, btop, bx1, bbottom) = label.where.bbox, share.where.bbox
    down = (btop + bbottom - atop - abottom) / 2
    return abs((bx0 + bx1 - ax0 - ax1) / 2) + (down if down >= 0 else -ABOVE * down)
