"""The tables of a release in pieces of whole countries, so that no step of a run holds the rows of all chapters.

The rows of a table are in order of ``doc_id``, so those of a country are together. A span of countries is a piece; a
table that is written here has one row group of its Parquet file for each piece. A table that is the same as in the
release before is not written: it becomes that release's file.
"""

from __future__ import annotations

import functools
import os
import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.integrity import Damaged, NotWritten

if TYPE_CHECKING:
    import pandas as pd

LAST = "~"
"""After the code of every country."""
SHARED = 2
"""At most this many releases share a file, so that a damaged file does not damage all of them."""


class Stretch(NamedTuple):
    """The countries with codes (``iso3``) above ``after``, up to ``upto``."""

    after: str
    upto: str


ALL = Stretch("", LAST)


class Parts:
    """The tables of one release, read piece by piece. Raises :class:`flows.integrity.Damaged` if a file is damaged.

    ``release`` is the folder of the release; nothing is read of the tables whose Parquet files are in ``but``.
    """

    def __init__(self, release: Path | None, but: Collection[str] = ()) -> None:
        self.folder = release
        self._files: dict[str, pq.ParquetFile] = {}
        self._spans: dict[str, list[Stretch]] = {}
        self._last: tuple[tuple[str, int], pa.Table] | None = None
        for file in sorted((release / "tables").glob("*.parquet")) if release else ():
            if f"tables/{file.name}" not in but:
                self._open(file)

    def _open(self, file: Path) -> None:
        try:
            table = self._files[file.stem] = pq.ParquetFile(file, page_checksum_verification=True)
        except (OSError, ValueError) as error:  # of which pyarrow's own are kinds
            raise self._damaged(file.stem, error) from error
        place = table.schema_arrow.get_field_index("iso3")
        found = [table.metadata.row_group(n).column(place).statistics for n in range(table.num_row_groups)]
        self._spans[file.stem] = [Stretch(one.min, one.max) if one and one.has_min_max else ALL for one in found]

    def _damaged(self, name: str, error: Exception) -> Damaged:
        file = self.folder and (self.folder / "tables" / f"{name}.parquet").resolve()
        return Damaged(f"{file} is damaged ({str(error).splitlines()[0]}); the next run publishes the tables again")

    def __iter__(self) -> Iterator[str]:
        """The names of the tables."""
        return iter(self._files)

    def schema(self, name: str) -> pa.Schema:
        """The columns of a table."""
        return self._files[name].schema_arrow

    def groups(self, name: str, span: Stretch) -> list[int] | None:
        """The row groups that hold the countries of a span and no other ones; ``None`` if groups do not end there."""
        found = []
        for number, (low, high) in enumerate(self._spans[name]):
            if span.after < low and high <= span.upto:
                found.append(number)
            elif high > span.after and low <= span.upto:
                return None
        return found

    def group(self, name: str, number: int, columns: Sequence[str] | None = None) -> pa.Table:
        """One row group. The last one is kept, because it may be asked for again."""
        if columns is None and self._last and self._last[0] == (name, number):
            return self._last[1]
        self._last = None
        try:
            table = self._files[name].read_row_group(number, columns)
        except (OSError, ValueError) as error:
            raise self._damaged(name, error) from error
        if columns is None:
            self._last = (name, number), table
        return table

    def rows(self, name: str, span: Stretch = ALL, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of the countries of a span."""
        wanted = None if columns is None else list(dict.fromkeys([*columns, "iso3"]))
        parts = []
        for number, (low, high) in enumerate(self._spans[name]):
            if high > span.after and low <= span.upto:
                part = self.group(name, number, wanted)
                parts.append(part if span.after < low and high <= span.upto else within(part, span))
        schema = self.schema(name)
        if not parts:
            return (schema if wanted is None else pa.schema([schema.field(one) for one in wanted])).empty_table()
        return parts[0] if len(parts) == 1 else pa.concat_tables(parts)

    def frame(
        self, name: str, span: Stretch = ALL, columns: Sequence[str] | None = None, but: Collection[str] = ()
    ) -> pd.DataFrame:
        """The same as a frame with the types of the table, without the countries ``but``."""
        rows = self.rows(name, span, columns)
        if but:
            rows = rows.filter(pc.invert(of_countries(rows, but)))
        frame: pd.DataFrame = rows.to_pandas()
        return frame

    def pieces(self, name: str, columns: Sequence[str]) -> Iterator[pd.DataFrame]:
        """Some columns of a table, one row group after the other."""
        return (self.group(name, number, columns).to_pandas() for number in range(len(self._spans[name])))

    def size(self, name: str, number: int) -> int:
        """The number of rows of a row group."""
        return int(self._files[name].metadata.row_group(number).num_rows)

    def counts(self) -> dict[str, Counter[str]]:
        """The number of rows of each chapter, for each table."""
        return {name: chapters(self.rows(name, columns=["doc_id"])) for name in self}

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()


def chapters(rows: pa.Table) -> Counter[str]:
    """The number of rows of each chapter."""
    counted = rows["doc_id"].value_counts()
    return Counter(dict(zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True)))


def within(rows: pa.Table, span: Stretch) -> pa.Table:
    """The rows of the countries of a span."""
    return rows.filter(pc.and_(pc.greater(rows["iso3"], span.after), pc.less_equal(rows["iso3"], span.upto)))


def of_countries(rows: pa.Table, countries: Collection[str]) -> pa.Array:
    """Tell for each row whether it belongs to one of the countries."""
    return pc.is_in(rows["iso3"], pa.array(sorted(countries), rows.schema.field("iso3").type))


def as_rows(frame: pd.DataFrame) -> pa.Table:
    """A frame as the rows of a piece."""
    return pa.Table.from_pandas(frame, preserve_index=False)


def forms(names: Iterable[str]) -> dict[str, pa.Schema]:
    """The columns of some tables, with their types."""
    import schemas

    return {name: _form(name, schemas.TABLES[name]) for name in names}


@functools.lru_cache(maxsize=256)
def _form(name: str, _: object) -> pa.Schema:
    """The columns of a table while it has this model."""
    import schemas

    return pa.Schema.from_pandas(schemas.empty(name), preserve_index=False)


def share(file: Path, new: Path) -> None:
    """Make ``new`` a hard link to ``file``, or a copy if two releases share it already or links are not possible.

    Neither file may be changed afterwards, because a change would show in both releases.
    """
    with suppress(OSError):
        if file.stat().st_nlink < SHARED:
            os.link(file, new)
            return
    with _writing():
        shutil.copyfile(file, new)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotWritten(*error.args) from error


class Stage:
    """A release that is being written: each table in pieces, in order of their spans.

    ``folder`` is the folder of the release, ``before`` the release that it is made after. ``same`` are the tables that
    are those of that release, ``changed`` those of which the rows of a span are not. What cannot be written raises
    :class:`flows.integrity.NotWritten`.
    """

    def __init__(
        self, folder: Path, before: Parts, schemas: Mapping[str, pa.Schema], checksums: Mapping[str, str] | None = None
    ) -> None:
        """``schemas``: the columns of each table. ``checksums``: the SHA-256 of the files of the release before, which
        were checked; a table without one is written anew."""
        self.folder, self.before, self.checksums = folder, before, checksums or {}
        self.rows: dict[str, int] = dict.fromkeys(schemas, 0)
        self.equal: set[str] = {
            name for name in schemas if name in before and before.schema(name).equals(schemas[name])
        }
        self.same: set[str] = set()
        self.changed: dict[Stretch, set[str]] = {}
        self._schemas = schemas
        self._taken: dict[str, int] = dict.fromkeys(self.equal, 0)
        self._writers: dict[str, pq.ParquetWriter] = {}
        with _writing():
            for left in (folder / "tables").iterdir():
                left.unlink()

    def add(self, name: str, span: Stretch, piece: pa.Table | None) -> None:
        """Add the rows of a span of countries. ``None``: they are those of the release before."""
        old = None
        if piece is not None and name in self.before and piece.equals(self.before.rows(name, span)):
            piece = None
        if piece is None:
            old = self.before.groups(name, span)
        else:
            self.equal.discard(name)
            self.changed.setdefault(span, set()).add(name)
        if name in self._taken and piece is None and old is not None and len(old) <= 1:
            self._taken[name] += len(old)
            self.rows[name] += sum(self.before.size(name, number) for number in old)
            return
        self._begin(name)
        self._append(name, self.before.rows(name, span) if piece is None else piece)

    def finish(self, name: str) -> None:
        """End a table: its file is complete."""
        file = self.folder / "tables" / f"{name}.parquet"
        whole = name in self._taken and self.before.groups(name, ALL) == list(range(self._taken[name]))
        if whole and self.before.folder and f"tables/{file.name}" in self.checksums:
            self.same.add(name)
            share(self.before.folder / "tables" / file.name, file)
            return
        self._begin(name)
        with _writing():
            self._writers.pop(name).close()

    def _begin(self, name: str) -> None:
        """Open the file of a table, and write what was taken from the release before until now."""
        if name in self._writers:
            return
        with _writing():
            file = self.folder / "tables" / f"{name}.parquet"
            self._writers[name] = pq.ParquetWriter(file, self._schemas[name], write_page_checksum=True)
        taken = self._taken.pop(name, 0)
        self.rows[name] = 0
        for number in range(taken):
            self._append(name, self.before.group(name, number))

    def _append(self, name: str, piece: pa.Table) -> None:
        if piece.num_rows:
            self.rows[name] += piece.num_rows
            with _writing():  # pages end where chunks do: the same rows are to give the same bytes
                self._writers[name].write_table(piece.combine_chunks())
