"""How right the named things are, on chapters whose names were read by hand, against recorded floors.

    python -m tests.test_entity_gold

prints the figures. The lists are in ``tests/gold`` (conventions: its README) and, with the lists of whole chapters, in
``gold`` beside the chapters; the chapters are no part of the project (see ``SHARED``). The rules were mended with all
but the last group open, group after group; what each group gave before that is in ``docs/accuracy.md``, and so well are
other chapters read.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from extractors import extract
from extractors.rules import country_code
from tests.accuracy import SHARED
from tests.conftest import ROOT

FIRST = ("PER-2019", "GHA-2016", "EGY-2013", "ECU-2018", "XKX-2017", "FJI-2019")
LATER = ("KHM-2020", "MDG-2015", "KEN-2014", "VGB-2018")
THIRD = ("LBN-2017", "MUS-2019")
FOURTH = ("BRA-2016", "CIV-2020", "IND-2015", "IRQ-2018")
FIFTH = ("HTI-2019", "KEN-2018", "PAK-2014", "PHL-2016")
SIXTH = ("BIH-2017", "MDG-2018", "TUR-2014", "UZB-2019")
SEVENTH = ("BRA-2018", "CIV-2014", "EGY-2019")
EIGHTH = ("LBN-2020", "PER-2015")  # no rule was mended with these two
LABELS = ("AGENCY", "LAW", "TREATY", "POLICY", "PROGRAM")
# Recall and precision of each label, the share of alias pairs that have one canonical and of such links that are right,
# rounded down.
FLOORS: dict[tuple[str, ...], dict[str, tuple[float, ...]]] = {
    FIRST: {
        "AGENCY": (0.99, 0.99),
        "LAW": (0.99, 0.99),
        "TREATY": (0.97, 1.0),
        "POLICY": (0.98, 0.98),
        "PROGRAM": (0.99, 0.99),
        "alias": (0.98, 0.96),
    },
    LATER: {
        "AGENCY": (0.99, 0.97),
        "LAW": (0.99, 0.99),
        "TREATY": (0.99, 0.99),
        "POLICY": (0.99, 0.99),
        "PROGRAM": (0.99, 0.97),
        "alias": (0.99, 0.99),
    },
    THIRD: {
        "AGENCY": (0.99, 0.99),
        "LAW": (0.99, 0.99),
        "TREATY": (0.99, 0.99),
        "POLICY": (0.99, 0.99),
        "PROGRAM": (0.99, 0.99),
        "alias": (0.97, 0.99),
    },
    FOURTH: {
        "AGENCY": (0.93, 0.97),
        "LAW": (0.99, 0.99),
        "TREATY": (0.99, 0.99),
        "POLICY": (0.97, 0.97),
        "PROGRAM": (0.91, 0.95),
        "alias": (0.91, 0.99),
    },
    FIFTH: {
        "AGENCY": (0.96, 0.99),
        "LAW": (0.99, 0.99),
        "TREATY": (0.99, 0.99),
        "POLICY": (0.99, 0.99),
        "PROGRAM": (0.98, 0.99),
        "alias": (0.98, 0.99),
    },
    SIXTH: {
        "AGENCY": (0.97, 0.99),
        "LAW": (0.99, 0.99),
        "TREATY": (0.99, 0.99),
        "POLICY": (0.99, 0.99),
        "PROGRAM": (0.99, 0.96),
        "alias": (0.97, 0.99),
    },
    SEVENTH: {
        "AGENCY": (0.97, 0.98),
        "LAW": (0.99, 0.99),
        "TREATY": (0.99, 0.99),
        "POLICY": (0.97, 0.97),
        "PROGRAM": (0.90, 0.99),
        "alias": (0.94, 0.98),
    },
    EIGHTH: {
        "AGENCY": (0.99, 0.99),
        "LAW": (0.99, 0.99),
        "TREATY": (0.99, 0.99),
        "POLICY": (0.85, 0.94),
        "PROGRAM": (0.99, 0.99),
        "alias": (0.98, 0.99),
    },
}
Counts = Counter[tuple[str, str]]

pytestmark = [
    pytest.mark.skipif(
        not (SHARED / "gold").exists(), reason=f"no chapters to measure on in {SHARED} (FINDINGS_SHARED)"
    ),
]


def gold(chapter: str) -> list[dict[str, str]]:
    """The hand-checked names of a chapter: ``label``, ``text``, ``canonical``."""
    folder = next(f for f in (ROOT / "tests" / "gold", SHARED / "gold") if (f / f"{chapter}.json").exists())
    entries: list[dict[str, str]] = json.loads((folder / f"{chapter}.json").read_text(encoding="utf-8"))["entities"]
    return entries


def tagged(chapter: str) -> list[dict[str, Any]]:
    """The rows of ``entities`` that the real chapter gives."""
    iso3, year = chapter.split("-")
    source = next(path for path in sorted((SHARED / "reports" / year).glob("*.pdf")) if country_code(path.stem) == iso3)
    return next(found for found in extract(Path(source)) if found.iso3 == iso3).tables["entities"]


def squash(text: str) -> str:
    return re.sub(r"[^a-z0-9$]", "", text.casefold())


def count(chapters: Iterable[str]) -> Counts:
    """Wanted, found and right forms by label, and the same of pairs of aliases, as the scorer counts them."""
    counts: Counts = Counter()
    for chapter in chapters:
        names, rows = gold(chapter), tagged(chapter)
        canonical: dict[tuple[str, str], str] = {}
        for row in rows:
            canonical.setdefault((row["label"], squash(row["text"])), squash(row["canonical"]))
        forms = {(name["label"], squash(name["text"])) for name in names}
        for kind, found in (("wanted", forms), ("found", set(canonical)), ("right", forms & set(canonical))):
            counts.update((kind, label) for label, _ in found)
        groups: dict[tuple[str, str], set[str]] = defaultdict(set)
        for name in names:
            groups[name["label"], squash(name["canonical"])].add(squash(name["text"]))
        for (label, _), group in groups.items():
            first, *others = sorted(group)
            meant = canonical.get((label, first))
            counts["wanted", "alias"] += len(others)
            counts["right", "alias"] += sum(meant is not None and meant == canonical.get((label, o)) for o in others)
        wanted = {(name["label"], squash(name["text"])): squash(name["canonical"]) for name in names}
        linked: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for (label, text), meant in canonical.items():
            if (label, text) in wanted:
                linked[label, meant].append((text, wanted[label, text]))
        for pairs in linked.values():
            (_, thing), *rest = sorted(pairs)
            counts["linked", "alias"] += len(rest)
            counts["rightly", "alias"] += sum(other == thing for _, other in rest)
    return counts


def shares(counts: Counts) -> dict[str, tuple[float, ...]]:
    """Recall and precision of each label and of alias pairs."""
    table: dict[str, tuple[float, ...]] = {
        label: tuple(counts["right", label] / counts[kind, label] for kind in ("wanted", "found")) for label in LABELS
    }
    linked = counts["rightly", "alias"] / counts["linked", "alias"]
    return table | {"alias": (counts["right", "alias"] / counts["wanted", "alias"], linked)}


def lines(chapters: Iterable[str]) -> list[str]:
    table = shares(count(chapters))
    return [f"{label:8} " + "  ".join(f"{share:.3f}" for share in values) for label, values in table.items()]


@pytest.mark.parametrize(
    "chapters", FLOORS, ids=["first", "later", "third", "fourth", "fifth", "sixth", "seventh", "eighth"]
)
def test_names_read_by_hand_are_found(chapters: tuple[str, ...], figures: Callable[[str], None]) -> None:
    found = shares(count(chapters))
    figures(f"named things of {', '.join(chapters)} (recall, precision): {found}")
    low = {
        label: found[label] for label, floor in FLOORS[chapters].items() if any(map(float.__lt__, found[label], floor))
    }
    assert not low


if __name__ == "__main__":
    for group in (*FLOORS, tuple(chapter for chapters in FLOORS for chapter in chapters)):
        print(", ".join(group), *lines(group), sep="\n")
