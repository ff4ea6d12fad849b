"""What became of a file, in words and counts that can be compared, and what should have become of it."""

from __future__ import annotations

import functools
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from extractors import Extraction, UnreadableSource, extract

SUFFIX = {"pdf": ".pdf", "text": ".txt"}
FROM_THE_SOURCE = ("provenance", "quality", "entities", "citations")
"""Tables that follow from the others, or say where something stands."""
NOT_COMPARED = ("provenance", "quality", "entities")
"""Tables that say where something stands, what was found, and (left out where names are not tagged) names."""
PLACES = ("page", "bbox", "line", "row", "source_path", "source_sha256", "source_format", "page_count", "released")


@dataclass(frozen=True)
class Kind:
    """A kind of bad file. ``make`` writes it into a folder and gives its path.

    ``fails`` is a pattern of the reason; ``says`` are findings (warnings or errors) that must be there; ``altered``
    means that the words differ as they do in the file, and no row is missing; with none of the three the file is
    published with the same rows and no new finding. ``heavy`` marks what is stopped by small limits of time and
    memory, if nothing else stops it.
    """

    name: str
    make: Callable[[Path], Path]
    fails: str = ""
    says: tuple[str, ...] = ()
    altered: bool = False
    heavy: bool = False


@dataclass(frozen=True)
class Look:
    """What reading a file gave: why it failed, or its rows (without their places) and the warnings and errors."""

    failure: str
    rows: dict[str, dict[str, int]]
    findings: dict[str, int]
    errors: dict[str, int] = field(default_factory=dict)
    """The errors among the findings, by check and table."""

    def new_errors(self, before: Look) -> set[str]:
        """Errors that were not there before, or are more now."""
        return {error for error, number in self.errors.items() if number > before.errors.get(error, 0)}

    def lost(self, before: Look) -> dict[str, int]:
        """How many rows fewer than before, for each table that is shorter."""
        short = {table: sum(rows.values()) - self.count(table) for table, rows in before.rows.items()}
        return {table: number for table, number in short.items() if number > 0}

    def lost_words(self, before: Look) -> bool:
        """Whether rows are missing; paragraphs may be one where nothing parts them, if their words are there."""
        short = self.lost(before)
        if "paragraphs" in short and self.letters("paragraphs") >= 0.99 * before.letters("paragraphs"):
            del short["paragraphs"]
        return bool(short)

    def letters(self, table: str) -> int:
        """How many letters a table's texts have."""
        return sum(len(json.loads(row)["text"]) * number for row, number in self.rows.get(table, {}).items())

    def changed(self, before: Look) -> set[str]:
        """The tables whose rows are not those of before."""
        return {table for table in {*before.rows, *self.rows} if self.rows.get(table) != before.rows.get(table)}

    def count(self, table: str) -> int:
        return sum(self.rows.get(table, {}).values())

    def new(self, before: Look) -> set[str]:
        """Findings that were not there before, or are more now."""
        return {check for check, number in self.findings.items() if number > before.findings.get(check, 0)}


def look(path: Path, ignored: Collection[str] = FROM_THE_SOURCE) -> tuple[Look, tuple[Extraction, ...]]:
    """Read a file: what there is to compare, and its chapters (none if it is refused).

    What is raised but :class:`UnreadableSource` goes through: it is a defect, or a limit.
    """
    try:
        chapters = extract(path)
    except UnreadableSource as error:
        return Look(str(error), {}, {}), ()
    rows: dict[str, Counter[str]] = {}
    findings: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    for chapter in chapters:
        for table, records in chapter.tables.items():
            if table not in ignored:
                rows.setdefault(table, Counter()).update(as_text(record) for record in records)
        for row in chapter.tables["quality"]:
            if row["severity"] != "info":
                findings[row["check"]] += 1
            if row["severity"] == "error":
                errors[f"{row['check']} {row['table']}".strip()] += 1
    return Look("", {table: dict(counted) for table, counted in rows.items()}, dict(findings), dict(errors)), chapters


def as_text(record: dict[str, Any]) -> str:
    return json.dumps({key: value for key, value in record.items() if key not in PLACES}, sort_keys=True)


@functools.cache
def sound(form: Literal["pdf", "text"]) -> Look:
    """The sound chapter's rows and findings."""
    from tests.bad_inputs.pdfs import chapter_pdf
    from tests.bad_inputs.texts import chapter_text

    data = chapter_pdf() if form == "pdf" else chapter_text().encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sound{SUFFIX[form]}"
        path.write_bytes(data)
        return look(path)[0]
