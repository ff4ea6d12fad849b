"""Turn one source file into chapters (:class:`~extractors.model.Chapter`): lines and ruled grids in reading order.

A reader is a function ``(path, source_path)`` that yields the chapters of the file one by one, and the parts from which
nothing is published (:class:`~extractors.model.LeftOut`). The file is recorded under ``source_path``. A reader that
takes a :class:`~extractors.model.Share` too reads only the chapters that begin in it, and tells it where reading began
and ended. A new reader is one file here and one line in ``READERS``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from extractors.model import Chapter, LeftOut, Share, UnreadableSource

Reader = Callable[[Path, str], Iterator[Chapter | LeftOut]]
ShareReader = Callable[[Path, str, Share], Iterator[Chapter | LeftOut]]
Divide = Callable[[Path, str], list[Share]]

READERS = {
    ".htm": "extractors.readers.html:html_parts",
    ".html": "extractors.readers.html:html_parts",
    ".pdf": "extractors.readers.pdf:pdf_parts",
    ".txt": "extractors.readers.text:text_parts",
}
"""File name suffix, in lower case -> module and function of the reader. A module is imported when it is first used."""

VOLUMES = {
    ".pdf": "extractors.readers.pdf:pdf_shares",
    ".txt": "extractors.readers.text:text_shares",
}
"""Suffix -> the function that divides a file into shares, where the reader takes a :class:`Share` as third argument."""


def reader_for(path: Path, source_path: str) -> Reader:
    """Return the reader for a file. Raise :class:`UnreadableSource` if no reader is registered for its suffix."""
    entry = READERS.get(path.suffix.casefold())
    if entry is None:
        kind = path.suffix or "a name without suffix"
        raise UnreadableSource(source_path, f"no reader for {kind} ({', '.join(sorted(READERS))})")
    reader: Reader = imported(entry)
    return reader


def read_chapter(path: Path, source_path: str = "") -> Chapter:
    """Read a file that holds one chapter; its own name is recorded if no ``source_path`` is given.

    Raises :class:`UnreadableSource` as the reader, and for a file that holds none or several.
    """
    name = source_path or path.name
    chapters = [part for part in reader_for(path, name)(path, name) if isinstance(part, Chapter)]
    if len(chapters) != 1:
        raise UnreadableSource(name, f"holds {len(chapters)} chapters")
    return chapters[0]


def shares_of(path: Path, source_path: str) -> list[Share]:
    """The shares in which several processes may read a volume; fewer than two for a file that one process reads.

    Raises :class:`UnreadableSource` as the reader.
    """
    entry = VOLUMES.get(path.suffix.casefold())
    if entry is None:
        return []
    divide: Divide = imported(entry)
    return divide(path, source_path)


def read_share(path: Path, source_path: str, share: Share) -> Iterator[Chapter | LeftOut]:
    """Read one share of a volume; its ends are known when all its chapters were yielded."""
    reader: ShareReader = imported(READERS[path.suffix.casefold()])
    return reader(path, source_path, share)


def imported(entry: str) -> Any:
    """The function that ``module:function`` names."""
    module, _, function = entry.partition(":")
    return getattr(importlib.import_module(module), function)
