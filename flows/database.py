"""The published tables as one DuckDB file, and as CSV. The only module that knows DuckDB."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from schemas import View

    Connection: TypeAlias = duckdb.DuckDBPyConnection

Config: TypeAlias = dict[str, str | bool | int | float | list[str]]
FRUGAL: Config = {"memory_limit": "128MB"}
"""What is more goes to a temporary file beside the one that is written."""
READABLE_SINCE: Config = {"storage_compatibility_version": "v1.0.0"}
"""The oldest DuckDB that opens the published database; without it, only the version that writes it and later ones."""


def write_database(
    file: Path,
    tables: Mapping[str, Path],
    meanings: Mapping[str, Mapping[str, str]],
    views: Mapping[str, View],
    same: Collection[str] = (),
) -> None:
    """Write a database of Parquet files, given by the name of the table, with the meaning of each column as a comment,
    and the views of which all tables are there.

    With ``same`` the file is already a database with all tables and views; the tables with these names stay, the others
    are replaced. Raises ``OSError`` if it cannot be written, for example on a full disk.
    """
    import duckdb

    tables = {name: parquet for name, parquet in tables.items() if name not in same}
    views = {} if same else {name: view for name, view in views.items() if set(view.tables) <= tables.keys()}

    with _writing(file), duckdb.connect(str(file), config=FRUGAL | READABLE_SINCE) as database:
        database.begin()  # one transaction: each comment on a column would write the file's catalog anew
        for name, parquet in tables.items():
            database.execute(f'CREATE OR REPLACE TABLE "{name}" AS FROM read_parquet({_quoted(str(parquet))})')
            for column, meaning in meanings[name].items():
                database.execute(f'COMMENT ON COLUMN "{name}"."{column}" IS {_quoted(meaning)}')
        for name, view in views.items():
            database.execute(f'CREATE VIEW "{name}" AS {view.sql}')
            database.execute(f'COMMENT ON VIEW "{name}" IS {_quoted(view.meaning)}')
        database.commit()
        database.execute("CHECKPOINT")  # closing does it too, but without an error if the disk is full


def write_csv(parquet: Path, file: Path) -> None:
    """Write a Parquet file as CSV in the form of ``DataFrame.to_csv``. Raises ``OSError``."""
    import pyarrow.parquet as pq

    columns = ", ".join(_as_pandas_writes(column) for column in pq.read_schema(parquet))
    with _writing(file), _in_memory().cursor() as database:
        database.execute(
            f"COPY (SELECT {columns} FROM read_parquet({_quoted(str(parquet))})) "
            f"TO {_quoted(str(file))} (FORMAT csv, HEADER)"
        )


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    """Inside, what DuckDB cannot write is an ``OSError``."""
    import duckdb

    try:
        yield
    except (duckdb.OperationalError, duckdb.FatalException) as error:
        _in_memory.cache_clear()  # after a fatal error DuckDB refuses all further work
        raise OSError(f"{file.name}: {str(error).rpartition(': ')[2]}") from error


@cache
def _in_memory() -> Connection:
    """A database without a file, for all tables of a run: to make one takes longer than to write a table.

    It has no threads of its own, which would have to end before the process does.
    """
    import duckdb

    return duckdb.connect(config={"threads": 1})


def _as_pandas_writes(column: pa.Field) -> str:
    """A column as SQL, with ``True`` and ``False`` as texts, and without empty texts, which would be put in quotes."""
    import pyarrow as pa

    name = f'"{column.name}"'
    if pa.types.is_boolean(column.type):
        return f"CASE WHEN {name} THEN 'True' WHEN NOT {name} THEN 'False' END AS {name}"
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return f"nullif({name}, '') AS {name}"
    return name


def open_database(file: Path) -> Connection:
    """Open a published database for reading."""
    import duckdb

    return duckdb.connect(str(file), read_only=True)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
