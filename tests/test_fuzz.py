"""Damaged chapters, in short: read whole, refused, or published with a finding that names what is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import fuzz
from tests.damage.pages import KINDS
from tests.fuzz import Mutant
from tests.verdicts import Look

BAD_ONCE = (1254, 1468, 3240, 9376)
"""Seeds that longer runs have found: rows were lost without a word, or a gigabyte was not enough."""
FILES = 12


@pytest.mark.slow
def test_no_damaged_file_loses_rows_in_silence(figures: Callable[[str], None]) -> None:
    results = fuzz.run_files([*BAD_ONCE, *range(FILES)], workers=1)
    assert [result for result in results if result.bad] == []
    verdicts = Counter(result.verdict for result in results)
    assert verdicts.keys() > {"same", "said"}, "the damage still changes something, and not everything"
    figures(f"fuzz, files: {', '.join(f'{number} {what}' for what, number in verdicts.most_common())}")


@pytest.mark.slow
def test_every_kind_of_damage_is_done_and_judged(figures: Callable[[str], None]) -> None:
    """One mutant of each kind; every one changes the page, and no reading ends in an exception or at a limit."""
    results = fuzz.run(fuzz.plan(len(KINDS), 1, fuzz.chapters(None), list(KINDS)), None, workers=1)
    assert [result.mutant.kind for result in results if not result.what] == []
    assert [result for result in results if result.bad] == []
    verdicts = Counter(result.verdict for result in results)
    assert verdicts["said"] and verdicts["same"]
    figures(f"fuzz, pages: {', '.join(f'{number} {what}' for what, number in verdicts.most_common())}")


def test_a_mutant_is_the_same_every_time() -> None:
    mutant = Mutant(3, 1, fuzz.chapters(None)[0], "rule moved")
    once, again = fuzz.damaged(mutant, None), fuzz.damaged(mutant, None)
    assert once is not None
    assert once == again
    other = fuzz.damaged(Mutant(4, 1, mutant.chapter, mutant.kind), None)
    assert other != once


def look(agencies: int, findings: dict[str, int] | None = None, errors: dict[str, int] | None = None) -> Look:
    rows = {"agencies": {str(n): 1 for n in range(agencies)}} if agencies else {}
    return Look("", rows, findings or {}, errors or {})


@pytest.mark.parametrize(
    ("seen", "verdict", "lost"),
    [
        (look(5), "same", {}),
        (look(5, {"doubt": 1, "loss": 1}, {"loss agencies": 1}), "same", {}),
        (look(3), "silent", {"agencies": 2}),
        (look(0), "silent", {"agencies": 5}),
        (look(3, {"known": 1}, {"known agencies": 1}), "silent", {"agencies": 2}),
        (look(3, {"known": 2}), "weak", {"agencies": 2}),
        (look(3, {"known": 2}, {"known agencies": 2}), "said", {"agencies": 2}),
        (Look("is cut", {}, {}), "said", {}),
    ],
)
def test_verdicts(seen: Look, verdict: str, lost: dict[str, int]) -> None:
    """Only what is new against the undamaged chapter counts as reported."""
    result = fuzz.compare(seen, look(5, {"known": 1}, {"known agencies": 1}))
    assert (result.verdict, result.lost) == (verdict, lost)


def test_recorded_mutants_can_be_read_again(tmp_path: Path) -> None:
    results = [fuzz.Result(Mutant(1, 2, "drawn/a", "stamp"), "weak", 3, "what", {"agencies": 1}, {"agencies": 0})]
    (tmp_path / "lines").write_text("".join(map(fuzz.as_line, results)), encoding="utf-8")
    assert fuzz.read_lines(tmp_path / "lines") == results
