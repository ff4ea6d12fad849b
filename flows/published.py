"""Reading: a reader gets one release whole, whatever is published meanwhile.

A reader holds a shared lock on ``run.json`` of its release. A run that removes old releases takes that lock first, and
leaves a release that somebody has open.
"""

from __future__ import annotations

import fcntl
import io
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

from flows import integrity
from flows.database import open_database
from flows.ending import Refused
from flows.publish import shown

if TYPE_CHECKING:
    import pandas as pd

    from flows.database import Connection

T = TypeVar("T")


class NoRelease(Refused, FileNotFoundError):
    """No run is published in the output folder."""


class PublishedRelease:
    """One release that is open for reading. Everything that it gives belongs to the same run, and is checked against
    the SHA-256 with which it was published. A file that is not whole raises :class:`flows.integrity.Damaged`.

    ``folder`` is the folder of the release, ``facts`` the content of its ``run.json``.
    """

    def __init__(self, folder: Path, facts: Mapping[str, Any], closing: ExitStack) -> None:
        self.folder = folder
        self.facts = facts
        self._closing = closing

    def tables(self) -> list[str]:
        """Return the names of the tables."""
        return sorted(file.stem for file in (self.folder / "tables").glob("*.parquet"))

    def frame(self, table: str) -> pd.DataFrame:
        """Return a table with its types. Raises ``KeyError`` if there is no such table."""
        import pandas as pd

        name = f"tables/{table}.parquet"
        if name not in integrity.checksums(self.facts) and not (self.folder / name).exists():
            raise KeyError(f"no table {table}; there are {', '.join(self.tables())}")
        data = self._checked(name, lambda: integrity.checked_bytes(self.folder, name, self.facts))
        # one thread: a command that ended while threads of Arrow were starting was once aborted by the C++ library
        return pd.read_parquet(io.BytesIO(data), use_threads=False, pre_buffer=False)

    def path(self, name: str) -> Path:
        """Return the path of a file by its name in the release, such as ``tables/agencies.csv``.

        Raises ``KeyError`` if there is no such file.
        """
        if name not in integrity.checksums(self.facts) and not (self.folder / name).exists():
            raise KeyError(f"no file {name} in {self.folder}")
        self._checked(name, lambda: integrity.check_file(self.folder, name, self.facts))
        return self.folder / name

    def database(self) -> Connection:
        """Return a read-only connection to the DuckDB file; it is closed with the release."""
        return self._closing.enter_context(open_database(self.path("findings.duckdb")))

    def _checked(self, name: str, read: Callable[[], T]) -> T:
        try:
            return read()
        except (OSError, integrity.Damaged) as error:
            raise _damaged(self.folder / name, error) from error


@contextmanager
def open_release(output: str | Path = "output") -> Iterator[PublishedRelease]:
    """Open the release that is published in an output folder; until the end of the ``with`` block no run removes it.

    Raises :class:`NoRelease` if there is none, and :class:`flows.integrity.Damaged` if ``run.json`` is not whole.
    """
    with ExitStack() as closing:
        folder = closing.enter_context(held(Path(output)))
        file = folder / integrity.FACTS
        try:
            facts = integrity.read_facts(file)
        except (OSError, integrity.Damaged) as error:
            raise _damaged(file, error) from error
        yield PublishedRelease(folder, facts, closing)


@contextmanager
def held(output: Path) -> Iterator[Path]:
    """Give the folder of the published release, which no run removes until the end of the ``with`` block.

    A release without ``run.json`` is given too, but not held. Raises :class:`NoRelease`.
    """
    with ExitStack() as closing:
        while True:
            folder = shown(output)
            if folder is None:
                raise NoRelease(f"no run is published in {output}; start one with: findings run --output {output}")
            file = closing.enter_context(_opened(folder / integrity.FACTS))
            if _is_still_there(file, folder) or shown(output) == folder:
                break
        yield folder


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes] | None]:
    """Open a file with a shared lock, if it is there."""
    try:
        file = path.open("rb")
    except OSError:
        yield None
        return
    with file:
        with suppress(OSError):  # a file system without locks: the release is read all the same
            fcntl.flock(file, fcntl.LOCK_SH)
        yield file


def _is_still_there(file: IO[bytes] | None, folder: Path) -> bool:
    """Whether a file that was opened was not removed before it was locked."""
    try:
        return file is not None and os.path.samestat(os.fstat(file.fileno()), (folder / integrity.FACTS).stat())
    except OSError:
        return False


def _damaged(file: Path, error: OSError | integrity.Damaged) -> integrity.Damaged:
    return integrity.Damaged(f"{file} {integrity.reason_of(error)}; the next run publishes the tables again")
