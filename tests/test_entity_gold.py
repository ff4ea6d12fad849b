"""How right the named things are, on chapters whose names were read by hand, against recorded floors.

    python -m tests.test_entity_gold

prints the figures. The lists are in ``tests/gold`` (conventions: its README) and in ``gold`` and ``gold/names`` beside
the chapters; the chapters are no part of the project (see ``SHARED``). What each group was used for: docs/accuracy.md.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from benchmarks.names import LABELS, Counts, Gold, causes, count_chapter, read, shares
from benchmarks.removal import DEVELOP, JUDGE
from tests.accuracy import SHARED
from tests.conftest import ROOT

# Chapters that were open when the rules were written, with those of whole chapters in ``gold`` beside the reports.
KNOWN = (
    *("BIH-2017", "BRA-2016", "BRA-2018", "CIV-2014", "CIV-2020", "ECU-2018", "EGY-2013", "EGY-2019", "FJI-2019"),
    *("GHA-2016", "HTI-2019", "IND-2015", "IRQ-2018", "KEN-2014", "KEN-2018", "KHM-2020", "LBN-2017", "LBN-2020"),
    *("MDG-2015", "MDG-2018", "MUS-2019", "PAK-2014", "PER-2015", "PER-2019", "PHL-2016", "TUR-2014", "UZB-2019"),
    *("VGB-2018", "XKX-2017"),
)
# Chapters that were read for names before the tagger's names of them were looked at, and then opened for their faults.
FRESH = (
    *("AFG-2019", "BIH-2019", "BRA-2014", "CHL-2018", "CIV-2016", "ECU-2019", "IND-2019", "KHM-2016", "NGA-2018"),
    *("PAK-2019", "PER-2014", "PHL-2014", "THA-2016", "TUR-2017"),
)
# Other years of the countries in JUDGE: only counted, never opened for their faults.
CLOSED = ("ARG-2017", "COD-2014", "KGZ-2016", "MEX-2020", "MMR-2016", "TCD-2018", "ZMB-2019")
# Recall and precision of each label, the share of alias pairs that have one canonical and of such links that are right,
# rounded down.
FLOORS: dict[tuple[str, ...], dict[str, tuple[float, ...]]] = {
    KNOWN: {
        "AGENCY": (0.95, 0.96),
        "LAW": (0.99, 0.99),
        "TREATY": (0.99, 1.0),
        "POLICY": (0.97, 0.96),
        "PROGRAM": (0.94, 0.96),
        "alias": (0.94, 0.96),
    },
    DEVELOP: {
        "AGENCY": (0.95, 0.96),
        "LAW": (0.99, 0.99),
        "TREATY": (1.0, 1.0),
        "POLICY": (0.88, 0.95),
        "PROGRAM": (0.95, 0.97),
        "alias": (0.92, 0.99),
    },
    JUDGE: {
        "AGENCY": (0.87, 0.96),
        "LAW": (0.98, 0.97),
        "TREATY": (0.95, 1.0),
        "POLICY": (0.89, 0.93),
        "PROGRAM": (0.76, 0.82),
        "alias": (0.86, 0.93),
    },
    FRESH: {
        "AGENCY": (0.92, 0.96),
        "LAW": (0.98, 0.99),
        "TREATY": (1.0, 0.98),
        "POLICY": (0.93, 0.93),
        "PROGRAM": (0.86, 0.93),
        "alias": (0.86, 0.96),
    },
    CLOSED: {
        "AGENCY": (0.91, 0.91),
        "LAW": (0.98, 0.99),
        "TREATY": (1.0, 0.96),
        "POLICY": (0.82, 0.94),
        "PROGRAM": (0.78, 0.78),
        "alias": (0.86, 0.96),
    },
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (SHARED / "gold").exists(), reason=f"no chapters to measure on in {SHARED} (FINDINGS_SHARED)"
    ),
]


def gold(chapter: str) -> Gold:
    """The hand-checked names of a chapter."""
    folders = (ROOT / "tests" / "gold", ROOT / "tests" / "gold" / "closed", SHARED / "gold", SHARED / "gold" / "names")
    folder = next(folder for folder in folders if (folder / f"{chapter}.json").exists())
    entries: Gold = json.loads((folder / f"{chapter}.json").read_text(encoding="utf-8"))["entities"]
    return entries


def count(chapters: Iterable[str]) -> tuple[Counts, Counter[tuple[str, str]]]:
    """The counts of several chapters, and the causes of what is missed or surplus."""
    counts, why = Counts(), Counter[tuple[str, str]]()
    for chapter in chapters:
        tables = read(SHARED / "reports", chapter)
        counts.update(count_chapter(gold(chapter), tables["entities"]))
        why.update(causes(gold(chapter), tables))
    return counts, why


def lines(chapters: Iterable[str]) -> list[str]:
    """Recall, precision and F1 of each label, then the numbers of forms by cause, in the order of the labels."""
    counts, why = count(chapters)
    table = shares(counts)
    return [
        *(f"{name:8} {a:.3f}  {b:.3f}  {2 * a * b / max(a + b, 0.001):.3f}" for name, (a, b) in table.items()),
        *(f"{cause}: {[why[cause, label] for label in LABELS]}" for cause in sorted({cause for cause, _ in why})),
    ]


# Reading the known chapters takes longest, and says least: rules were written with them.
@pytest.mark.parametrize(
    "chapters",
    [
        pytest.param(KNOWN, marks=pytest.mark.system),
        pytest.param(FRESH, marks=pytest.mark.system),
        DEVELOP,
        JUDGE,
        CLOSED,
    ],
    ids=["known", "fresh", "develop", "judge", "closed"],
)
def test_names_read_by_hand_are_found(chapters: tuple[str, ...], figures: Callable[[str], None]) -> None:
    found = shares(count(chapters)[0])
    figures(f"named things of {', '.join(chapters)} (recall, precision): {found}")
    low = {
        label: found[label] for label, floor in FLOORS[chapters].items() if any(map(float.__lt__, found[label], floor))
    }
    assert not low


if __name__ == "__main__":
    for group in FLOORS:
        print(", ".join(group), *lines(group), sep="\n")
