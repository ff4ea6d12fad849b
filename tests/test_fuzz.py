"""Fuzzing, in short: chapters changed at random are read whole, refused, or published with a word of what is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tests import fuzz

BAD_ONCE = (1254, 1468, 3240, 9376)
"""Seeds that longer runs have found: rows were lost without a word, or a gigabyte was not enough."""
COUNT = 150


def test_no_mutant_is_lost_without_a_word(figures: Callable[[str], None]) -> None:
    results = fuzz.run([*BAD_ONCE, *range(COUNT)])
    assert [result for result in results if result.bad] == []
    verdicts = Counter(result.verdict for result in results)
    assert set(verdicts) > {"refused", "same", "said"}, "the mutations still change something, and not everything"
    figures(f"fuzz: {len(results)} mutants: {', '.join(f'{number} {what}' for what, number in verdicts.most_common())}")
