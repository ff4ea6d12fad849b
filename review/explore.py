"""The pages of Explore: one for each published table, with its rows as scripts, one for each report year.

A page that is opened from disk may load scripts and nothing else, so the rows are calls of a function:
``findingsRows(year, count, columns)``. A text column has its different values once, and for each row the number of one.
The columns are JSON, packed by :func:`review.packing.packed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from review.layout import COMMON, TABLE_LAYOUTS, TableLayout
from review.packing import packed_json
from review.release import PublishedRun, Record
from review.render import render
from review.texts import Meanings

LEFT_OUT = ("provenance", "citations", "entities", "works", "changes")
"""Tables without a page of their own: they belong to rows of other tables, and are larger than all others together."""
PACKED = ("doc_id", "row", "page", "line")
"""Those of them that the scripts hold."""
NAMING = {"year": "year", "since": "year", "row": "ordinal", "number": "ordinal"}
"""Words in the name of a column of numbers that count nothing, and the kind of the column."""
ANCHORED = ("paragraphs", "references", "footnotes")
"""Tables that a chapter page shows row by row, besides those of ``TABLE_LAYOUTS``."""


@dataclass(frozen=True)
class ExploredColumn:
    """A column of a page: ``kind`` is text, code, flag, number, year or ordinal; ``codes`` are its codes, if any.

    ``link`` is the column by which a link to the chapter page names the cell (empty: the page has no such cell).
    """

    name: str
    kind: str
    meaning: str
    codes: Mapping[str, str]
    may_be_empty: bool
    link: str


@dataclass(frozen=True)
class ExploredTable:
    """A table that has a page: its columns, and the number of rows of each report year, the last year first."""

    name: str
    about: str
    columns: tuple[ExploredColumn, ...]
    years: Mapping[int, int]

    @property
    def file(self) -> str:
        """The name of its page and of the folder of its scripts, without suffix."""
        return self.name.replace("_", "-")

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(self.years.values())


def explored_tables(release: PublishedRun, meanings: Meanings) -> list[ExploredTable]:
    """Return the tables that have a page, as ``datapackage.json`` of the release describes them."""
    tables = []
    for about in release.package.get("resources", ()):
        name = about["name"]
        if name in LEFT_OUT or not release.has(name):
            continue
        fields = [field for field in about["schema"]["fields"] if field["name"] not in COMMON]
        columns = tuple(_column(name, field, meanings) for field in fields)
        tables.append(ExploredTable(name, about["description"], columns, release.years(name)))
    return tables


def _column(table: str, field: Record, meanings: Meanings) -> ExploredColumn:
    name = field["name"]
    codes = meanings.get(table, {}).get(name, {}) if "enum" in field["constraints"] else {}
    kind = {"integer": "number", "number": "number", "boolean": "flag"}.get(field["type"], "code" if codes else "text")
    if kind == "number":
        kind = next((NAMING[word] for word in name.split("_") if word in NAMING), kind)
    if kind == "flag":
        codes = {"True": "", "False": ""}
    empty = not field["constraints"]["required"]
    return ExploredColumn(name, kind, field["description"], codes, empty, _cell(table, name))


def _cell(table: str, column: str) -> str:
    """Return the first of the columns that share a cell of the chapter page with this one."""
    if table in ANCHORED:
        return "text" if column == "text" else ""
    layout: TableLayout | None = TABLE_LAYOUTS.get(table)
    shown = next((one for one in layout.columns if column in one.fields), None) if layout else None
    return shown.fields[0] if shown else ""


def scripts(release: PublishedRun, table: ExploredTable, countries: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield for each report year the path of its script in the site, and its content: the rows of each country, in the
    order of ``countries``, whose keys are their codes."""
    names = [*PACKED, *(column.name for column in table.columns)]
    for year in table.years:
        rows = release.of_year(table.name, year)
        place = pc.index_in(rows.column("iso3"), value_set=pa.array(list(countries), pa.string()))
        rows = rows.take(pc.sort_indices(place))
        columns = {name: _packed(rows.column(name)) for name in names}
        call = b'findingsRows("%d",%d,"%s");\n' % (year, len(rows), packed_json(columns))
        yield f"explore/{table.file}/{year}.js", call


def _packed(column: pa.ChunkedArray) -> Any:
    """Return the values of a column as the script holds them."""
    if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
        return column.to_pylist()
    coded = column.combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    values = coded.dictionary.to_pylist()
    return {"d": values} if len(values) == 1 else {"d": values, "i": coded.indices.to_pylist()}


def render_explore(table: ExploredTable, tables: Sequence[ExploredTable], countries: Mapping[str, str]) -> bytes:
    """Return the page of a table as HTML. ``countries`` gives the name of each country by its code, in order."""
    return render(
        "explore.html",
        root="../",
        table=table,
        tables=tables,
        countries=countries,
        anchored=[*TABLE_LAYOUTS, *ANCHORED],
    )
