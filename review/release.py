"""Reads the tables of a published run, and returns their rows by chapter or by country."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Record = dict[str, Any]
"""A row of a published table: column name to value. A missing number is ``None``, a missing text is empty."""
Packed = dict[str, bytes]
"""Rows of several tables, each table as an Arrow stream. Equal rows give equal bytes, so they can be hashed."""


@dataclass
class History:
    """Something that several reports of a country name: the row of each report, by its year."""

    rows: dict[int, Record] = field(default_factory=dict)

    @property
    def newest(self) -> Record:
        """The row of the last report."""
        return self.rows[max(self.rows)]


class CannotBuildSite(Exception):
    """The folder contains no published run, or the run or the target folder cannot be used for a site."""


@dataclass(frozen=True)
class Span:
    """A range of rows: those of one chapter or country in a table that is sorted by chapter."""

    start: int
    length: int


class PublishedRun:
    """The tables of one published run. They do not change if another run is published in the meantime.

    ``run`` is the content of ``run.json``, ``package`` that of ``datapackage.json``, ``identity`` a hash of the run.
    """

    def __init__(self, output: Path) -> None:
        """Open every table of the run that ``output`` shows. Raises :class:`CannotBuildSite` if there is none."""
        folder, facts, self.identity = _current(output)
        try:
            self.run: dict[str, Any] = json.loads(facts)
        except ValueError as error:
            raise CannotBuildSite(f"no run is published in {output}: {error}") from error
        self.run.pop("checksums", None)  # of the published files: no page shows them, and each release has others
        self.package = _package(folder.parent)
        self._tables: dict[str, pa.Table] = {}
        for file in sorted(folder.glob("*.parquet")):
            table = pq.read_table(file, memory_map=True)
            if file.stem == "changes" and "release" in table.column_names:  # the pages show those of this run
                newest = self.run.get("release") or pc.max(table["release"]).as_py()
                table = table.filter(pc.equal(table["release"], newest))
            if {"doc_id", "iso3"} <= set(table.column_names):
                self._tables[file.stem] = table.sort_by("doc_id").combine_chunks() if len(table) else table
        if "documents" not in self._tables:
            raise CannotBuildSite(f"{folder} has no table documents")
        self._chapters = {name: _spans(table, "doc_id") for name, table in self._tables.items()}
        self._countries = {name: _spans(table, "iso3") for name, table in self._tables.items()}

    def has(self, name: str) -> bool:
        """Whether the run has this table."""
        return name in self._tables

    def size(self, name: str) -> int:
        """Return the number of rows of a table; 0 if the run has no such table."""
        return len(self._tables.get(name, ()))

    def years(self, name: str) -> dict[int, int]:
        """Return the report years of a table with their numbers of rows, the last year first."""
        counts = self._tables[name].column("report_year").value_counts().to_pylist()
        return {one["values"]: one["counts"] for one in sorted(counts, key=lambda one: -one["values"])}

    def of_year(self, name: str, year: int) -> pa.Table:
        """Return the rows of one report year in a table, sorted by chapter."""
        table = self._tables[name]
        return table.filter(pc.equal(table.column("report_year"), year))

    def rows_of_year(self, name: str, year: int) -> list[Record]:
        """Return the rows of one report year in a table, sorted by chapter; none if the run has no such table."""
        return _plain(self.of_year(name, year)) if self.has(name) else []

    def rows(self, name: str, columns: list[str] | None = None) -> list[Record]:
        """Return all rows of a table, or only some of their columns. Without such a table, the list is empty."""
        table = self._tables.get(name)
        if table is None:
            return []
        return _plain(table.select([c for c in columns if c in table.column_names]) if columns else table)

    def chapter(self, doc_id: str, names: Iterable[str]) -> Packed:
        """Return the rows of one chapter in the named tables."""
        return self._packed(doc_id, self._chapters, names)

    def country(self, iso3: str, names: Iterable[str]) -> Packed:
        """Return the rows of one country, over all its chapters, in the named tables."""
        return self._packed(iso3, self._countries, names)

    def _packed(self, key: str, spans: Mapping[str, Mapping[str, Span]], names: Iterable[str]) -> Packed:
        packed: Packed = {}
        for name in names:
            span = spans.get(name, {}).get(key)
            if span:
                # Copied with take(): the bit mask of a slice would contain bits of the rows that follow it.
                packed[name] = _pack(self._tables[name].take(pa.array(range(span.start, span.start + span.length))))
        return packed


def _package(folder: Path) -> dict[str, Any]:
    """Return ``datapackage.json``, which says what each table and column means; empty if the release has none."""
    try:
        package: dict[str, Any] = json.loads((folder / "datapackage.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return package


def identity(output: Path) -> str:
    """Return a hash that identifies the run that ``output`` shows. Raises :class:`CannotBuildSite` if there is none."""
    return _current(output)[2]


def _current(output: Path) -> tuple[Path, bytes, str]:
    """Return the folder of the tables, the content of ``run.json``, and the identity of the run."""
    try:
        folder = (output / "tables").resolve(strict=True)
        facts = (folder.parent / "run.json").read_bytes()
    except OSError as error:
        raise CannotBuildSite(f"no run is published in {output}: {error.strerror or error}") from error
    return folder, facts, hashlib.sha256(folder.parent.name.encode() + b"\0" + facts).hexdigest()


def unpack(packed: Packed) -> dict[str, list[Record]]:
    """Return the rows that :class:`PublishedRun` packed. A table without rows is left out."""
    return {name: _plain(pa.ipc.open_stream(data).read_all()) for name, data in packed.items()}


def _pack(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    plain = table.replace_schema_metadata(None)
    with pa.ipc.new_stream(sink, plain.schema) as writer:
        writer.write_table(plain)
    return sink.getvalue()


def _plain(table: pa.Table) -> list[Record]:
    """Return the rows of an Arrow table as plain dictionaries."""
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _spans(table: pa.Table, column: str) -> dict[str, Span]:
    """Return the range of rows for each value of ``column``.

    Sorting by ``doc_id`` also groups the rows by country, because ``doc_id`` begins with the country code.
    """
    if not len(table):
        return {}
    runs = pc.run_end_encode(table.column(column).combine_chunks())
    if isinstance(runs, pa.ChunkedArray):
        runs = runs.combine_chunks()
    spans: dict[str, Span] = {}
    start = 0
    for value, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        spans[value] = Span(start, end - start)
        start = end
    return spans
