"""The search page: names with all their forms, and which chapters have which words in which table.

Both are packed scripts, because a page that is opened from disk may load nothing else. Words are spread over one script
for each two letters with which they begin, so that a search loads little.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from review.explore import ExploredTable
from review.layout import LABELS
from review.packing import packed_json
from review.release import PublishedRun, Record
from review.render import render
from review.texts import other_names

SEARCHED = {
    "suggested_actions": ("action",),
    "legal_standards": ("legislation",),
    "agencies": ("agency", "role"),
    "coordination": ("body", "role"),
    "policies": ("policy", "description"),
    "programs": ("program", "description"),
    "activities": ("activity",),
    "paragraphs": ("text",),
    "references": ("author", "title"),
}
"""The tables and columns whose words can be searched, in the order of the results."""
SHORTEST = 3
"""Letters of the shortest word that can be searched. The script of the page has the same number."""
_WORD = re.compile(rf"[a-z0-9]{{{SHORTEST},30}}")


def name_scripts(release: PublishedRun) -> Iterator[tuple[str, bytes]]:
    """Yield the script with all names: kind, name, other forms, country, mentions, identifier and report years."""
    years: dict[str, set[int]] = defaultdict(set)
    for row in release.rows("entities", ["entity_id", "report_year"]):
        years[row["entity_id"]].add(row["report_year"])
    names = [_name(row, sorted(years[row["entity_id"]], reverse=True)) for row in release.rows("entity_registry")]
    yield "search/names.js", b'findingsNames("%s");\n' % packed_json(names)


def _name(row: Record, years: Sequence[int]) -> list[Any]:
    kind = list(LABELS).index(row["label"])
    return [kind, row["canonical"], other_names(row), row["iso3"], row["mentions"], row["entity_id"], years]


def word_scripts(release: PublishedRun, documents: Sequence[Record]) -> Iterator[tuple[str, bytes]]:
    """Yield the scripts that give for each word, by table, the chapters that have it.

    A chapter is its number in the list of ``documents``, and a list of numbers is written as differences.
    """
    numbers = {row["doc_id"]: number for number, row in enumerate(documents)}
    found: dict[str, dict[int, list[int]]] = defaultdict(dict)
    for table, (name, columns) in enumerate(SEARCHED.items()):
        by_chapter: dict[str, set[str]] = defaultdict(set)
        for row in release.rows(name, ["doc_id", *columns]):
            for column in columns:
                by_chapter[row["doc_id"]].update(_WORD.findall(folded(row[column])))
        for doc_id in sorted(by_chapter, key=numbers.__getitem__):
            for word in by_chapter[doc_id]:
                found[word].setdefault(table, []).append(numbers[doc_id])
    scripts: dict[str, dict[str, Any]] = defaultdict(dict)
    for word in sorted(found):
        scripts[word[:2]][word] = {table: _steps(chapters) for table, chapters in found[word].items()}
    for start, words in scripts.items():
        call = b'findingsWords("%s","%s");\n' % (start.encode(), packed_json(words))
        yield f"search/words/{start}.js", call


def folded(text: str) -> str:
    """Return a text in lower case without accents, as the script of the page does."""
    if text.isascii():
        return text.lower()
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not "\u0300" <= char <= "\u036f").lower()


def _steps(numbers: Sequence[int]) -> list[int]:
    return [numbers[0], *(after - before for before, after in pairwise(numbers))]


def render_search(
    documents: Sequence[Record], tables: Sequence[ExploredTable], countries: Mapping[str, str], starts: Sequence[str]
) -> bytes:
    """Return the search page as HTML. ``starts`` are the two letters of each script of :func:`word_scripts`."""
    return render(
        "search.html",
        root="",
        countries=countries,
        labels=LABELS,
        chapters=[row["doc_id"] for row in documents],
        searched=[table for name in SEARCHED for table in tables if table.name == name],
        starts=starts,
    )
