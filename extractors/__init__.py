"""A chapter of the report, PDF or raw text -> the records of the output contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from extractors.model import Extraction, LeftOut, UnreadableSource

EXTRACTOR_VERSION = "0.2.0"

__all__ = ["EXTRACTOR_VERSION", "Extraction", "UnreadableSource", "extract", "extract_each", "prepare"]


def prepare() -> None:
    """Load what reading a PDF needs, which takes longer than to read one."""
    from extractors.chapter import records  # noqa: F401
    from extractors.names import tagger
    from extractors.readers import pdf  # noqa: F401

    tagger.pipeline()


def extract(path: Path, source_path: str | None = None) -> tuple[Extraction, ...]:
    """Extract every chapter of one file: mostly one, several of a volume or where a chapter covers several territories.

    ``source_path`` is the name under which the file is recorded (its own name if not given). Parts of the file from
    which nothing is published are findings of the chapter before them, or of the first one. Raises
    :class:`UnreadableSource` with file, page and reason where no chapter can be had.
    """
    return tuple(extract_each(path, source_path or path.name))


def extract_each(path: Path, source_path: str) -> Iterator[Extraction]:
    """Yield the chapters as :func:`extract`, each as soon as the next one begins, so that no volume is held whole.

    An :class:`UnreadableSource` may come after some chapters; then none of them may be published.
    """
    from extractors.chapter.records import extract_records  # here, so that importing the types alone stays cheap
    from extractors.chapter.segment import segment
    from extractors.chapter.whole import Collected
    from extractors.readers import reader_for

    collected = Collected(source_path)
    for part in reader_for(path, source_path)(path, source_path):
        if isinstance(part, LeftOut):
            collected.leave_out(part)
            continue
        try:
            yield from collected.add(part.source.part, extract_records(part, segment(part)))
        except UnreadableSource as error:
            if not part.source.part:
                raise
            collected.fail(part.source, error)
    yield from collected.last_of_file()
