"""The work of looking for names grows with the length of a text, whatever its signs are; work is counted, not timed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from spacy.lang.en import English

from extractors.names import tagger
from extractors.names.aliases import Lexicon
from extractors.names.prose import Passage, learn_aliases
from extractors.names.tagger import _tokenizer, plain_text, without_long_runs

SIZES = (1000, 2000, 4000)


class Counter:
    """A tokenizer whose searches for the first and the last sign of a word count the characters that they are given."""

    def __init__(self) -> None:
        self.seen = 0
        self.tokenizer = _tokenizer(English())
        self.tokenizer.prefix_search = self._counted(self.tokenizer.prefix_search)
        self.tokenizer.suffix_search = self._counted(self.tokenizer.suffix_search)

    def _counted(self, search: Callable[[str], re.Match[str] | None]) -> Callable[[str], re.Match[str] | None]:
        def call(word: str) -> re.Match[str] | None:
            self.seen += len(word)
            return search(word)

        return call


@cache
def counter() -> Counter:
    return Counter()


def work(text: str) -> int:
    """How many characters the searches are given in all; for words that were seen before, none."""
    before = counter().seen
    counter().tokenizer(text)
    return counter().seen - before


@pytest.mark.parametrize("signs", [".,", "“", "(", ".", "a.", "_)"])
def test_the_work_grows_no_faster_than_the_text(signs: str) -> None:
    for table in ("paragraphs", "footnotes"):
        small, middle, large = (work(plain_text(table, f"The Ministry {signs * size} acts.")) for size in SIZES)
        assert middle <= 2 * small + 100
        assert large <= 2 * middle + 100


def test_without_the_bound_it_grows_with_the_square() -> None:
    assert work("(" * 400) > 3 * work("(" * 200)


class TestLooksBehind:
    """What stands before an acronym, or before a law, is looked at again for each of them."""

    def work(self, monkeypatch: pytest.MonkeyPatch, piece: str, size: int) -> int:
        """How many characters before such places are looked at, in a text that repeats the piece."""
        seen = 0

        class Counted(Lexicon):
            def ending(self, text: str) -> str:
                nonlocal seen
                seen += len(text)
                return super().ending(text)

        class Pattern:
            def finditer(self, text: str, start: int, end: int) -> Iterator[re.Match[str]]:
                nonlocal seen
                seen += end - start
                return iter(())

            def match(self, text: str, end: int) -> None:
                return None

        text = piece * (size // len(piece))
        passage = Passage("paragraphs", "text", {}, text, [], [], [], [])
        learn_aliases(Counted(), passage)
        monkeypatch.setattr(tagger, "pattern", lambda template: Pattern())
        for law in re.finditer("Law", text):
            list(tagger.pinpoints(passage, "Law", law.start(), law.end()))
        return seen

    @pytest.mark.parametrize("piece", ["(AB) ", "(Ab) ", "Law No. 1 ", "Law(AB)"])
    def test_the_work_grows_no_faster_than_the_text(self, piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
        small, middle, large = (self.work(monkeypatch, piece, size) for size in (10_000, 20_000, 40_000))
        assert 0 < middle <= 2.2 * small
        assert large <= 2.2 * middle


def test_characters_keep_their_places() -> None:
    text = f"Agency{'.' * 30} Unit {'x' * 600} Law"
    bounded = without_long_runs(text)
    assert bounded == f"Agency{'.' * 20}{' ' * 10} Unit {' ' * 600} Law"


@pytest.mark.parametrize(
    "text", ["", "The Labor Code (1998).(7)", "No. 12 ……… _____ (a)", "https://arvenia.example/" + "a" * 400]
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert without_long_runs(text) == text
