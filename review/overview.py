"""The pages that show rows of many chapters, and the scripts with their rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from review import declared
from review.explore import explored_tables, render_explore, scripts
from review.release import PublishedRun, Record
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
        yield from scripts(release, table)
