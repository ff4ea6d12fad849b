"""*Figure 1*: the pie chart's labels -> the share of working children in each sector."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.model import Line
from extractors.rules import label_code

SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%")


def read_shares(lines: Sequence[Line]) -> list[tuple[str, float, list[Line]]]:
    """Sector code, percent and lines of each slice, in the order agriculture, industry, services.

    A label may share a line with its percent ("Services 30.2%"), or stand on the line above it, or, round a pie, beside
    another label's percent; then each percent goes to the nearest label (Peru 2019, page 1). In a raw text, where
    nothing is near, as many percents as labels are taken in order; a text without any percent gives nothing.
    """
    labels: list[tuple[str, Line]] = []
    shares: list[tuple[float, Line]] = []
    together: list[tuple[str, float, list[Line]]] = []
    for line in lines:
        percents = SHARE.findall(line.text)
        words = [code for word in re.findall(r"[A-Za-z]+", line.text) if (code := label_code("sectors", word))]
        if len(words) == 1 and len(percents) == 1 and SHARE.sub("", line.text).strip(" ,:").isalpha():
            together.append((words[0], float(percents[0]), [line]))
            continue
        labels += [(code, line) for code in words if not re.match(r"\s*figure", line.text, re.I)]
        shares += [(float(percent), line) for percent in percents]
    placed = all(line.where.bbox for _, line in (*labels, *shares))
    if not placed and len(labels) != len(shares):
        labels, shares = [], []
    pairs = [
        (distance(label_line, share_line) if placed else abs(i - j), i, j)
        for i, (_, label_line) in enumerate(labels)
        for j, (_, share_line) in enumerate(shares)
    ]
    used_labels: set[int] = set()
    used_shares: set[int] = set()
    out = {code: (code, percent, found) for code, percent, found in together}
    for _, i, j in sorted(pairs):
        if i in used_labels or j in used_shares or labels[i][0] in out:
            continue
        used_labels.add(i)
        used_shares.add(j)
        out[labels[i][0]] = (labels[i][0], shares[j][0], [labels[i][1], shares[j][1]])
    order = ("agriculture", "industry", "services")
    return [out[code] for code in order if code in out]


def distance(label: Line, share: Line) -> float:
    """How far a percent stands from a label on a page, in points; below is nearer than above."""
    assert label.where.bbox is not None
    assert share.where.bbox is not None
    (ax0, atop, ax1, abottom), (bx0, btop, bx1, bbottom) = label.where.bbox, share.where.bbox
    down = (btop + bbottom - atop - abottom) / 2
    return abs((bx0 + bx1 - ax0 - ax1) / 2) + (down if down >= 0 else -2 * down)
