"""The chapters of one file: each country and year once, and what the file holds besides them."""

from __future__ import annotations

from extractors.chapter.recorder import Recorder
from extractors.model import Extraction, Issue, LeftOut, Source, UnreadableSource, Where

UNITS = {"pdf": "pages", "text": "lines", "html": "lines"}
"""Format of a source -> what its parts are counted in."""


class Collected:
    """Collects the chapters of one file in reading order."""

    def __init__(self, source_path: str) -> None:
        self.path = source_path
        self.found: dict[str, Extraction] = {}
        self.spans: dict[str, str] = {}
        self.last = ""
        self.left_out: list[tuple[str, LeftOut]] = []

    def add(self, span: str, chapters: tuple[Extraction, ...]) -> None:
        """Add the chapters of one part. ``span``: its pages or lines, empty if it is the whole file.

        Of two chapters with one id the first is published: rows of both under one id could not be told apart.
        """
        for chapter in chapters:
            if chapter.doc_id in self.found:
                unit = UNITS[chapter.tables["documents"][0]["source_format"]]
                reason = f"a second chapter {chapter.doc_id} in this file; only the one before it is published"
                self.left_out.append((chapter.doc_id, LeftOut(f"{unit} {span}".rstrip(), reason)))
                continue
            self.found[chapter.doc_id] = chapter
            self.last = chapter.doc_id

    def fail(self, source: Source, error: UnreadableSource) -> None:
        """Add a part that holds no readable chapter."""
        self.leave_out(LeftOut(f"{UNITS[source.format]} {source.part}".rstrip(), error.reason))

    def leave_out(self, part: LeftOut) -> None:
        """Add a part from which nothing is published. It is reported with the chapter before it."""
        self.left_out.append((self.last, part))

    def chapters(self) -> tuple[Extraction, ...]:
        """The chapters, with a finding for each part that is left out. Raises :class:`UnreadableSource` for none."""
        if not self.found:
            raise UnreadableSource(self.path, "; ".join(str(part) for _, part in self.left_out) or "holds no chapter")
        for doc_id, part in self.left_out:
            chapter = self.found.get(doc_id) or next(iter(self.found.values()))
            message = f"{self.path}, {part}"
            issue = Issue("part_left_out", part.severity, message, place_of(part), "documents", 1)
            to = Recorder(chapter.iso3, chapter.report_year, ())
            to.report([issue])
            chapter.tables["quality"].extend(to.out["quality"])
        return tuple(self.found.values())


def place_of(part: LeftOut) -> Where:
    """The first page or line of a part; none for the whole file, which has no span."""
    unit, _, span = part.span.partition(" ")
    if not span:  # the whole file
        return Where()
    first = int(span.partition("-")[0])
    return Where(page=first) if unit == "pages" else Where(line=first)
