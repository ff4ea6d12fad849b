"""The records of one chapter while they are made: rows with place, provenance and citations, findings, owned lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extractors.chapter.segment import place
from extractors.model import Cell, Issue, Line, Reference, Where, join_lines
from extractors.references.citations import cited, lift
from extractors.rules import current

Record = dict[str, Any]
AROUND = (
    *("documents", "countries", "paragraphs", "sectors", "references", "citations", "footnotes", "captions"),
    *("provenance", "entities", "other_tables"),
)
"""Tables that are not made of a printed table's rows; ``quality`` is the last of all."""


def published_name(code: str) -> str:
    """The published table into which the printed table ``code`` goes (both enforcement tables go into one)."""
    table = current().tables.get(code)
    return (table.published if table else None) or code


def table_names() -> list[str]:
    """The names of all tables of an extraction."""
    return list(dict.fromkeys([*AROUND, *map(published_name, current().tables), "quality"]))


@dataclass(slots=True)
class Recorder:
    """Collects the rows of one chapter.

    ``known`` are the numbers of the reference list, ``highest`` the largest of them. ``out`` is table name -> rows,
    ``owned`` the numbers of the lines that a record was made of, ``found`` the findings so far.
    """

    iso3: str
    year: int
    references: Sequence[Reference]
    out: dict[str, list[Record]] = field(default_factory=lambda: {name: [] for name in table_names()})
    owned: set[int] = field(default_factory=set)
    found: list[Issue] = field(default_factory=list)
    known: frozenset[int] = field(init=False)
    highest: int | None = field(init=False)

    def __post_init__(self) -> None:
        self.known = frozenset(reference.number for reference in self.references)
        self.highest = max(self.known, default=None)

    @property
    def doc_id(self) -> str:
        """The chapter's id: ``xav-2019``."""
        return f"{self.iso3.lower()}-{self.year}"

    def plain(self, text: str) -> str:
        """A text without citations and footnote markers."""
        return lift(text, self.highest).text

    def identity(self, where: Where) -> Record:
        """The columns that every row has: its chapter, and its place in the source."""
        box = where.bbox
        return {
            "doc_id": self.doc_id,
            "iso3": self.iso3,
            "report_year": self.year,
            "page": where.page,
            "bbox": ",".join(f"{value:g}" for value in (round(v, 2) for v in box)) if box else "",
            "line": where.line,
        }

    def next_row(self, table: str) -> int:
        """The number that the next row of a table gets, from 1."""
        return len(self.out[table]) + 1

    def own(self, cells: Iterable[Cell]) -> None:
        """Note that the lines of these cells have an owner."""
        self.owned.update(line.number for cell in cells for line in cell.lines)

    def add(self, table: str, where: Where, cells: Mapping[str, Sequence[Line]], record: Record) -> int:
        """Add a record with the provenance of its cells and every citation in them. Returns its row number.

        ``cells`` is printed column -> its lines; a cell without lines has no provenance.
        """
        row = self.next_row(table)
        self.out[table].append({**self.identity(where), "row": row, **record})
        raws = {}
        for column, lines in cells.items():
            if lines:
                self.owned.update(line.number for line in lines)
                raws[column] = join_lines(line.text for line in lines)
                self.trace(table, row, column, place(lines), raws[column])
        for column, raw in raws.items():
            self.cite(table, row, where, column, raw, record.get(column))
        return row

    def trace(self, table: str, row: int, column: str, where: Where, raw: str) -> None:
        """Add one row of provenance."""
        self.out["provenance"].append(
            {**self.identity(where), "table": table, "row": row, "column": column, "raw": raw, "correction": ""}
        )

    def cite(self, table: str, row: int, where: Where, column: str, raw: str, published: Any) -> None:
        """Add one citation for each number of each marker in a printed cell; ``published`` is its value in the table.

        Where that is not the text of the cell, the markers have no position in it.
        """
        text = published if isinstance(published, str) else ""
        shift = text.find(self.plain(raw)) if text else -1
        for one in cited(raw, self.highest):
            found = shift >= 0
            about = {
                "column": column,
                "start": one.start + shift if found else None,
                "end": one.end + shift if found else None,
                "sentence": one.sentence,
            }
            for number in one.numbers:
                to = {"table": table, "row": row, "number": number, "resolved": number in self.known}
                self.out["citations"].append({**self.identity(where), **to, **about})

    def report(self, issues: Iterable[Issue]) -> None:
        """Turn findings into rows of ``quality``."""
        for issue in issues:
            self.out["quality"].append(
                {
                    **self.identity(issue.where),
                    "row": issue.row,
                    "check": issue.check,
                    "severity": issue.severity,
                    "table": published_name(issue.table),
                    "message": issue.message,
                    "origin": issue.origin,
                    "acknowledged": False,
                }
            )
