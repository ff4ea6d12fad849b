"""*Figure 1*: the labels of the pie chart -> the share of working children in each sector."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.model import Line
from extractors.rules import label_code

SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%")
CAPTION = re.compile(r"\s*figure", re.I)
SECTORS = ("agriculture", "industry", "services")
ABOVE = 2.0  # a percent above its label is rarer than one below: its distance counts twice


def read_shares(lines: Sequence[Line]) -> list[tuple[str, float, list[Line]]]:
    """Sector code, percent and lines of each slice, in the order agriculture, industry, services.

    1. A line with one label and one percent is a slice ("Services 30.2%").
    2. Other percents go to the nearest label on the page (Peru 2019, page 1).
    3. In a source without boxes they go to the labels in order, if there are as many percents as labels.
    """
    labels: list[tuple[str, Line]] = []
    shares: list[tuple[float, Line]] = []
    found: dict[str, tuple[str, float, list[Line]]] = {}
    for line in lines:
        percents = [float(percent) for percent in SHARE.findall(line.text)]
        codes = sectors_in(line.text)
        if len(codes) == 1 and len(percents) == 1 and SHARE.sub("", line.text).strip(" ,:").isalpha():
            found[codes[0]] = (codes[0], percents[0], [line])
            continue
        labels += [(code, line) for code in codes]
        shares += [(percent, line) for percent in percents]
    used: set[int] = set()
    for _, i, j in sorted(distances([line for _, line in labels], [line for _, line in shares])):
        (code, label), (percent, share) = labels[i], shares[j]
        if code not in found and j not in used:
            used.add(j)
            found[code] = (code, percent, [label, share])
    return [found[code] for code in SECTORS if code in found]


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
