"""The pages that show rows of many chapters, and the scripts with their rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from review import declared
from review.about import render_about
from review.explore import explored_tables, render_explore, scripts
from review.matrix import matrix_pages
from review.release import PublishedRun, Record
from review.search import name_scripts, render_search, word_scripts
from review.texts import Meanings, sort_key


def overview_files(
    release: PublishedRun, documents: Sequence[Record], meanings: Meanings
) -> Iterator[tuple[str, bytes]]:
    """Yield each file as its path in the site and its content. ``documents`` are sorted by chapter."""
    declared.show(release.run.get("declared", {}))
    names = {row["iso3"]: row["country"] for row in documents}  # the last report's name of the country wins
    countries = dict(sorted(names.items(), key=lambda item: sort_key(item[1])))
    tables = explored_tables(release, meanings)
    for table in tables:
        yield f"explore/{table.file}.html", render_explore(table, tables, countries)
        yield from scripts(release, table, countries)
    yield from matrix_pages(release, countries, meanings)
    yield "about.html", render_about(release, tables, countries, meanings)
    yield from name_scripts(release)
    words = list(word_scripts(release, documents))
    yield from words
    yield "search.html", render_search(documents, tables, countries, [Path(path).stem for path, _ in words])
