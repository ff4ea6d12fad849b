"""Shows where two texts differ, word by word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup, escape

CONTEXT = 6
"""Unchanged words that are shown before and after a change."""
LONGEST = 60
"""Most words of a single change that are shown."""
MOST_TOKENS = 1500
"""With more words than this between the first and the last difference, the texts count as wholly different there."""

REMOVED, ADDED = Markup("<del>{}</del> "), Markup("<ins>{}</ins> ")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_IGNORED = re.compile(r"[\s'\"‘’‚‛“”„‟`´«»‹›\-‐‑‒–—―−­]+")
"""Spaces, quotation marks and dashes. A difference in these alone is not a change of the text."""


@dataclass(frozen=True)
class Difference:
    """Two texts that differ, as HTML: removed words in ``<del>``, added words in ``<ins>``, with some context."""

    before: Markup
    after: Markup


def difference(before: str, after: str) -> Difference | None:
    """Return how two texts differ, or ``None`` if they differ in spaces, quotation marks and dashes alone."""
    if _IGNORED.sub("", _folded(before)) == _IGNORED.sub("", _folded(after)):
        return None
    old, new = _tokens(before), _tokens(after)
    changes = list(_changes([word for word, _, _ in old], [word for word, _, _ in new]))
    return Difference(
        _marked(before, old, [(a, b) for a, b, _, _ in changes], REMOVED),
        _marked(after, new, [(c, d) for _, _, c, d in changes], ADDED),
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _tokens(text: str) -> list[tuple[str, int, int]]:
    """Return the words and punctuation marks of a text with their positions, without quotation marks and dashes."""
    found = _TOKEN.finditer(text)
    return [
        (_folded(match[0]), match.start(), match.end()) for match in found if not _IGNORED.fullmatch(_folded(match[0]))
    ]


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """The ranges of words that differ, as ``a, b, c, d``: ``old[a:b]`` was replaced by ``new[c:d]``."""
    shorter = min(len(old), len(new))
    start = next((index for index in range(shorter) if old[index] != new[index]), shorter)
    rest = shorter - start
    end = next((index for index in range(rest) if old[-1 - index] != new[-1 - index]), rest)
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    if max(len(middle_old), len(middle_new)) > MOST_TOKENS:
        yield start, start + len(middle_old), start, start + len(middle_new)
        return
    matcher = SequenceMatcher(None, middle_old, middle_new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            yield start + a, start + b, start + c, start + d


def _marked(
    text: str, tokens: Sequence[tuple[str, int, int]], ranges: Sequence[tuple[int, int]], mark: Markup
) -> Markup:
    """Return the text around the ranges of words, the ranges inside ``mark`` and an ellipsis for omitted text."""
    if not tokens:
        return Markup("")
    out, shown = Markup(), 0  # words before ``shown`` have been written or left out
    for first, last in ranges:
        start = max(shown, first - CONTEXT)
        if start > shown:
            out += Markup("… ")
        out += escape(_text(text, tokens, start, first))
        if last > first:
            cut = min(last, first + LONGEST)
            out += mark.format(_text(text, tokens, first, cut).strip())
            out += Markup("… ") if cut < last else Markup("")
        shown = last
        following = next((other for other, _ in ranges if other > first), len(tokens))
        until = min(last + CONTEXT, following)
        out += escape(_text(text, tokens, last, until))
        shown = max(last, until)
    return out + Markup("…") if shown < len(tokens) else out


def _text(text: str, tokens: Sequence[tuple[str, int, int]], first: int, last: int) -> str:
    """Return the words ``first`` to ``last`` (excluded) as they stand in the text, up to the next word."""
    if first >= last:
        return ""
    end = tokens[last][1] if last < len(tokens) else len(text)
    return text[tokens[first][1] if first else 0 : end]
