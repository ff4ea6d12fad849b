"""A chapter of the report, PDF or raw text -> the records of the output contract."""

from __future__ import annotations

from pathlib import Path

from extractors.model import Extraction, UnreadableSource

EXTRACTOR_VERSION = "0.1.0"

__all__ = ["EXTRACTOR_VERSION", "Extraction", "UnreadableSource", "extract"]


def extract(path: Path, source_path: str | None = None) -> tuple[Extraction, ...]:
    """Extract every chapter of one file: mostly one, several where a file covers several territories.

    ``source_path`` is the name under which the file is recorded (its own name if not given). Raises
    :class:`UnreadableSource` with file, page and reason where no chapter can be had.
    """
    from extractors.chapter.records import extract_records  # here, so that importing the types alone stays cheap
    from extractors.chapter.segment import segment
    from extractors.readers import reader_for

    name = source_path or path.name
    chapter = reader_for(path, name)(path, name)
    return extract_records(chapter, segment(chapter))
