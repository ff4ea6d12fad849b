"""How a printed phrase is compared with a phrase of the rules."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping

MARKERS = "†‡§¶‖*"  # footnote markers, as printed


NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def without_accent(found: re.Match[str]) -> str:
    """The character, or nothing if it is an accent over the one before it."""
    return "" if unicodedata.combining(found[0]) else found[0]


@functools.lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Return lower-case letters and digits, with one blank between words; accents and punctuation are removed.

    >>> fold("Children’s Work † – 5-14")
    'children s work 5 14'
    """
    plain = text.casefold()
    if not plain.isascii():
        plain = NOT_ASCII.sub(without_accent, unicodedata.normalize("NFKD", plain))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def holds(text: str, phrase: str) -> bool:
    """Whether ``text`` contains ``phrase`` as whole words; both must be folded."""
    return f" {phrase} " in f" {text} "


def opens(text: str, phrase: str) -> bool:
    """Whether ``text`` is ``phrase`` or begins with its words; both must be folded."""
    return f"{text} ".startswith(f"{phrase} ")


def best_phrase(text: str, phrases: Mapping[str, Iterable[str]]) -> str | None:
    """Return the code of the longest phrase that ``text`` contains, or ``None``. Only the phrases must be folded."""
    folded = fold(text)
    found = [(len(p), code) for code, all_phrases in phrases.items() for p in all_phrases if holds(folded, p)]
    return max(found)[1] if found else None


def is_title_case(text: str) -> bool:
    """Whether each longer word begins with a capital and no sentence ends, as in a heading without number.

    >>> is_title_case("Social Programs to Address Child Labor"), is_title_case("The Social Programs were renewed")
    (True, False)
    """
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 3]
    return len(words) > 1 and all(word[0].isupper() for word in words) and text.strip()[-1:].isalpha()
