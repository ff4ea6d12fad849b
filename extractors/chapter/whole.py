"""The chapters of one file: each country and year once, and what the file holds besides them."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.chapter.recorder import Recorder
from extractors.model import Extraction, Issue, LeftOut, Source, UnreadableSource, Where

UNITS = {"pdf": "pages", "text": "lines", "html": "lines"}  # format of a source -> what its parts are counted in


class Collected:
    """Collects the chapters of one file in reading order. A chapter is handed over when the next one begins."""

    def __init__(self, source_path: str) -> None:
        self.path = source_path
        self.known: set[str] = set()
        self.last: tuple[Extraction, ...] = ()
        self.left_out: list[LeftOut] = []

    def add(self, chapters: tuple[Extraction, ...]) -> Iterator[Extraction]:
        """Add the chapters of one part and yield those before it.

        Of two chapters with one id the first is published: rows of both under one id could not be told apart.
        """
        new = []
        for chapter in chapters:
            if chapter.doc_id in self.known:
                document = chapter.tables["documents"][0]
                unit, span = UNITS[document["source_format"]], document["source_pages"]
                reason = f"a second chapter {chapter.doc_id} in this file; only the one before it is published"
                self.leave_out(LeftOut(f"{unit} {span}".rstrip(), reason))
                continue
            self.known.add(chapter.doc_id)
            new.append(chapter)
        if new:
            if self.last:
                yield from self.last_of_file()
            self.last = tuple(new)

    def leave_out(self, part: LeftOut) -> None:
        """Add a part from which nothing is published. It is reported with the chapter before it."""
        self.left_out.append(part)

    def last_of_file(self) -> Iterator[Extraction]:
        """Yield the last chapters with a finding for each part that is left out before or after them.

        Raises :class:`UnreadableSource` if there are none.
        """
        if not self.last:
            raise UnreadableSource(self.path, "; ".join(map(str, self.left_out)) or "holds no chapter")
        chapters, self.last = self.last, ()
        for part in self.left_out:
            message = f"{self.path}, {part}"
            issue = Issue("part_left_out", part.severity, message, place_of(part), "documents", 1)
            to = Recorder(chapters[-1].iso3, chapters[-1].report_year, ())
            to.report([issue])
            chapters[-1].tables["quality"].extend(to.out["quality"])
        self.left_out = []
        yield from chapters


def no_chapter(source: Source, error: UnreadableSource) -> LeftOut:
    """A part of a file that holds no readable chapter."""
    return LeftOut(f"{UNITS[source.format]} {source.part}".rstrip(), error.reason)


def place_of(part: LeftOut) -> Where:
    """The first page or line of a part; none for the whole file, which has no span."""
    unit, _, span = part.span.partition(" ")
    if not span:  # the whole file
        return Where()
    first = int(span.partition("-")[0])
    return Where(page=first) if unit == "pages" else Where(line=first)
