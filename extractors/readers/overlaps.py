"""Words that are printed over each other or far apart: text was moved or stamped there, so its lines are mixed up."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from extractors.model import Issue, Where, rounded
from extractors.readers.figures import take_map_labels
from extractors.readers.lines import rows_of_page
from extractors.readers.marks import Marks, Word
from extractors.readers.tolerances import TOLERANCE

NAMED = 3  # pairs of words that a finding quotes
COUNTED = 1000  # pairs that are looked for; on a page with thousands of words at one place their number has no end


def overlap_issues(marks: Marks) -> list[Issue]:
    """Return one error for a page on which words lie on each other; its place is that of the first pair. The labels of
    a map may lie over text (Mauritius 2017, page 1) and are left out."""
    _, rows = take_map_labels(rows_of_page(marks))
    pairs = list(itertools.islice(overlapping(word for row in rows for word in row), COUNTED))
    if not pairs:
        return []
    one, other = pairs[0]
    box = (min(one.x0, other.x0), min(one.top, other.top), max(one.x1, other.x1), max(one.bottom, other.bottom))
    quoted = ", ".join(f"{one.text!r} and {other.text!r}" for one, other in pairs[:NAMED])
    message = f"{len(pairs)}{' or more' * (len(pairs) == COUNTED)} pairs of words are printed over each other: {quoted}"
    return [Issue("text_overlaps", "error", message, Where(marks.number, rounded(*box)))]


def overlapping(words: Iterable[Word]) -> Iterator[tuple[Word, Word]]:
    """Yield the pairs of words that lie on each other, from the top. Raised markers and rows of dots do not count.
    Without the labels of maps, 313 undamaged chapters have no such pair."""
    ordered = sorted(
        (word for word in words if word.size >= TOLERANCE.marker_size and word.text.strip(".")),
        key=lambda word: word.top + word.bottom,
    )
    middles = [(word.top + word.bottom) / 2 for word in ordered]
    height, width = TOLERANCE.overlap_height, TOLERANCE.overlap_width
    for at, word in enumerate(ordered):
        end, x0, x1, size = middles[at] + height * word.size, word.x0, word.x1, word.size
        for below in range(at + 1, len(ordered)):
            if middles[below] >= end:
                break
            other = ordered[below]
            if other.x1 <= x0 or other.x0 >= x1:
                continue
            least = min(size, other.size)
            near = middles[below] - middles[at] < height * least
            if near and min(x1, other.x1) - max(x0, other.x0) > width * least:
                yield word, other


def gap_issues(row: Sequence[Word], page: int, most: float) -> Iterator[Issue]:
    """Return an error for words of one line that are further apart than ``most`` (in type sizes): some were moved, or
    two cells are read as one (Burundi 2014, page 1), or labels of a map stand in the text (Mauritius 2017, page 1)."""
    for left, right in itertools.pairwise(row):
        if right.x0 - left.x1 > most * max(left.size, right.size):
            box = rounded(left.x0, left.top, right.x1, right.bottom)
            message = f"a wide gap is between the words {left.text!r} and {right.text!r} of one line: text was moved"
            yield Issue("text_displaced", "error", message, Where(page, box))
