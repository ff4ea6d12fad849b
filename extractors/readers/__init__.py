"""Turn one source file into a :class:`~extractors.model.Chapter`: lines and ruled grids in reading order.

A reader is a function ``(path, source_path) -> Chapter``. A new reader is one file here and one line in ``READERS``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

from extractors.model import Chapter, UnreadableSource

Reader = Callable[[Path, str], Chapter]

READERS = {
    ".pdf": "extractors.readers.pdf:read_pdf",
    ".txt": "extractors.readers.text:read_text",
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
