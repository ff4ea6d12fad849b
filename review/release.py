"""One published release as the site reads it: whole tables in memory, handed out chapter by chapter."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Row = dict[str, Any]
Packed = dict[str, bytes]
"""Some rows of several tables, as bytes that another process can read and that are the same for the same rows."""


class NotPublished(Exception):
    """The folder holds no published run, or one that this site cannot show."""


@dataclass(frozen=True)
class Span:
    """The rows of one chapter or country in a table that is sorted by chapter."""

    start: int
    length: int


class Release:
    """A release that stays the same while the site is built, even if another run is published meanwhile."""

    def __init__(self, output: Path) -> None:
        """Read every table of ``output``. Raises :class:`NotPublished`."""
        folder, facts, self.identity = _shown(output)
        try:
            self.run: dict[str, Any] = json.loads(facts)
        except ValueError as error:
            raise NotPublished(f"no run is published in {output}: {error}") from error
        self._tables: dict[str, pa.Table] = {}
        for file in sorted(folder.glob("*.parquet")):
            table = pq.read_table(file, memory_map=True)
            if {"doc_id", "iso3"} <= set(table.column_names):
                self._tables[file.stem] = table.sort_by("doc_id").combine_chunks() if len(table) else table
        if "documents" not in self._tables:
            raise NotPublished(f"{folder} has no table documents")
        self._chapters = {name: _spans(table, "doc_id") for name, table in self._tables.items()}
        self._countries = {name: _spans(table, "iso3") for name, table in self._tables.items()}

    def has(self, name: str) -> bool:
        """Is there such a table?"""
        return name in self._tables

    def rows(self, name: str, columns: list[str] | None = None) -> list[Row]:
        """All the rows of a table, or some of their columns; none if there is no such table."""
        table = self._tables.get(name)
        if table is None:
            return []
        return _plain(table.select([c for c in columns if c in table.column_names]) if columns else table)

    def chapter(self, doc_id: str, names: Iterable[str]) -> Packed:
        """One chapter's rows of the named tables."""
        return self._packed(doc_id, self._chapters, names)

    def country(self, iso3: str, names: Iterable[str]) -> Packed:
        """One country's rows of the named tables, over all its chapters."""
        return self._packed(iso3, self._countries, names)

    def _packed(self, key: str, spans: Mapping[str, Mapping[str, Span]], names: Iterable[str]) -> Packed:
        packed: Packed = {}
        for name in names:
            span = spans.get(name, {}).get(key)
            if span:
                # Taken, not sliced: the last byte of a slice's bits holds bits of the rows behind it.
                packed[name] = _pack(self._tables[name].take(pa.array(range(span.start, span.start + span.length))))
        return packed


def identity(output: Path) -> str:
    """What no other run has in common with the one that ``output`` shows. Raises :class:`NotPublished`."""
    return _shown(output)[2]


def _shown(output: Path) -> tuple[Path, bytes, str]:
    """The folder of the tables, the facts of their run, and its identity."""
    try:
        folder = (output / "tables").resolve(strict=True)
        facts = (folder.parent / "run.json").read_bytes()
    except OSError as error:
        raise NotPublished(f"no run is published in {output}: {error.strerror or error}") from error
    return folder, facts, hashlib.sha256(folder.parent.name.encode() + b"\0" + facts).hexdigest()


def unpack(packed: Packed) -> dict[str, list[Row]]:
    """The rows of what :class:`Release` packed; a table without rows is not in it."""
    return {name: _plain(pa.ipc.open_stream(data).read_all()) for name, data in packed.items()}


def _pack(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    plain = table.replace_schema_metadata(None)
    with pa.ipc.new_stream(sink, plain.schema) as writer:
        writer.write_table(plain)
    return sink.getvalue()


def _plain(table: pa.Table) -> list[Row]:
    """Plain dicts; an empty text stays empty, a missing number is ``None``."""
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _spans(table: pa.Table, column: str) -> dict[str, Span]:
    """Where each value's rows stand. Sorting by ``doc_id`` puts a country's chapters together, its id begins so."""
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
