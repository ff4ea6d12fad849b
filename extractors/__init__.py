"""A chapter of the report, PDF or raw text -> the records of the output contract."""

from __future__ import annotations

from pathlib import Path

from extractors.model import Extraction, LeftOut, UnreadableSource

EXTRACTOR_VERSION = "0.1.0"

__all__ = ["EXTRACTOR_VERSION", "Extraction", "UnreadableSource", "extract"]


def extract(path: Path, source_path: str | None = None) -> tuple[Extraction, ...]:
    """Extract every chapter of one file: mostly one, several of a volume or where a chapter covers several territories.

    ``source_path`` is the name under which the file is recorded (its own name if not given). Parts of the file from
    which nothing is published are findings of the chapter before them, or of the first one. Raises
    :class:`UnreadableSource` with file, page and reason where no chapter can be had.
    """
    from extractors.chapter.records import extract_records  # here, so that importing the types alone stays cheap
    from extractors.chapter.segment import segment
    from extractors.chapter.whole import Collected
    from extractors.readers import reader_for

    name = source_path or path.name
    collected = Collected(name)
    for part in reader_for(path, name)(path, name):
        if isinstance(part, LeftOut):
            collected.leave_out(part)
            continue
        try:
            collected.add(part.source.part, extract_records(part, segment(part)))
        except UnreadableSource as error:
            if not part.source.part:
                raise
            collected.fail(part.source, error)
    return collected.chapters()
