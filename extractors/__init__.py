"""A chapter of the report, PDF or raw text -> the records of the output contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from extractors.model import Chapter, Extraction, LeftOut, Share, UnreadableSource

EXTRACTOR_VERSION = "0.2.0"

__all__ = ["EXTRACTOR_VERSION", "Extraction", "UnreadableSource", "extract", "extract_each", "prepare"]


def prepare() -> None:
    """Load what reading a PDF needs, which takes longer than to read one."""
    from extractors.chapter import records  # noqa: F401
    from extractors.names import tagger
    from extractors.readers import pdf  # noqa: F401

    tagger.pipeline()


Piece = LeftOut | tuple[Extraction, ...]
"""The chapters of one part of a file (several, where it covers several territories), or why nothing is published."""


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
    from extractors.readers import reader_for

    return joined(_extracted(reader_for(path, source_path)(path, source_path)), source_path)


def extract_share(path: Path, source_path: str, share: Share) -> Iterator[Piece]:
    """Yield what one share of a volume holds, in order. What :func:`joined` makes of all shares is what
    :func:`extract_each` makes of the file."""
    from extractors.readers import read_share

    return _extracted(read_share(path, source_path, share))


def joined(pieces: Iterable[Piece], source_path: str) -> Iterator[Extraction]:
    """The chapters of one file, made of all its pieces: each country and year once, with a finding for each part that
    is left out."""
    from extractors.chapter.whole import Collected

    collected = Collected(source_path)
    for piece in pieces:
        if isinstance(piece, LeftOut):
            collected.leave_out(piece)
        else:
            yield from collected.add(piece)
    yield from collected.last_of_file()


def _extracted(parts: Iterable[Chapter | LeftOut]) -> Iterator[Piece]:
    """The records of each part of a file. A part of a volume that holds no readable chapter is left out."""
    from extractors.chapter.records import extract_records  # here, so that importing the types alone stays cheap
    from extractors.chapter.segment import segment
    from extractors.chapter.whole import no_chapter

    for part in parts:
        if isinstance(part, LeftOut):
            yield part
            continue
        try:
            yield extract_records(part, segment(part))
        except UnreadableSource as error:
            if not part.source.part:
                raise
            yield no_chapter(part.source, error)
