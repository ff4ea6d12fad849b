"""Turn one source file into chapters (:class:`~extractors.model.Chapter`): lines and ruled grids in reading order.

A reader is a function ``(path, source_path)`` that yields the chapters of the file and the parts from which nothing is
published (:class:`~extractors.model.LeftOut`). A new reader is one file here and one line in ``READERS``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

from extractors.model import Chapter, LeftOut, UnreadableSource

Reader = Callable[[Path, str], Iterator[Chapter | LeftOut]]

READERS = {
    ".htm": "extractors.readers.html:html_parts",
    ".html": "extractors.readers.html:html_parts",
    ".pdf": "extractors.readers.pdf:pdf_parts",
    ".txt": "extractors.readers.text:text_parts",
}
"""File name suffix, in lower case -> module and function of the reader. A module is imported when it is first used."""


def reader_for(path: Path, source_path: str) -> Reader:
    """Return the reader for a file. Raise :class:`UnreadableSource` if no reader is registered for its suffix."""
    entry = READERS.get(path.suffix.casefold())
    if entry is None:
        kind = path.suffix or "a name without suffix"
        raise UnreadableSource(source_path, f"no reader for {kind} ({', '.join(sorted(READERS))})")
    module, _, function = entry.partition(":")
    reader: Reader = getattr(importlib.import_module(module), function)
    return reader
