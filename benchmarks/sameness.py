"""Whether the fast reader reads every page as plain pdfplumber does, and how much faster.

    python -m benchmarks.sameness REPORTS [--every N] [--rounds N]

Compares, on every PDF below REPORTS (or every N-th): glyphs and shapes to the last bit, the marks made of them, words
with font and size, the cells of all tables. PDFium reads the same pages as a third opinion on missing letters. Exits
with 1 where anything differs.
"""

from __future__ import annotations

import math
import statistics
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any

import pdfplumber
import pypdfium2
import typer

from benchmarks import feed
from extractors import extract
from extractors.readers import read_chapter
from extractors.readers.content import Content, GlyphRun, plain_content
from extractors.readers.content_stream import StreamReader
from extractors.readers.marks import read_marks

EXTRA = ["fontname", "size"]


@dataclass
class Tally:
    """What was compared in one or more files, what differed, and the CPU seconds that either way took."""

    pages: int = 0
    glyphs: int = 0
    shapes: int = 0
    words: int = 0
    tables: int = 0
    cells: int = 0
    letters_missing: int = 0
    letters: int = 0
    unsure: Counter[str] = field(default_factory=Counter)
    differ: list[str] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        for one in fields(self):
            mine, new = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, dict) and not isinstance(mine, Counter):
                for key, values in new.items():
                    before = mine.setdefault(key, [0.0] * len(values))
                    mine[key] = [a + b for a, b in zip(before, values, strict=True)]
            else:
                setattr(self, one.name, mine + new)


def glyphs(strings: list[GlyphRun]) -> Iterator[tuple[Any, ...]]:
    """GlyphRun strings glyph by glyph: where the two feeds cut their strings does not matter."""
    for shown in strings:
        rest = (shown.top, shown.bottom, shown.size, shown.font, shown.color, shown.upright)
        for text, x0, x1 in zip(shown.texts, shown.x0, shown.x1, strict=True):
            yield (text, x0, x1, *rest)


def differences(fast: Content, plain: Content) -> list[str]:
    """Which parts of two readings of one page are not the same to the last bit."""
    found = [name for name in ("width", "height", "visible") if getattr(fast, name) != getattr(plain, name)]
    if list(glyphs(fast.runs)) != list(glyphs(plain.runs)):
        found.append("glyphs")
    found += [name for name in ("rects", "curves", "lines") if getattr(fast, name) != getattr(plain, name)]
    if read_marks(as_pdfplumber_knows(fast)) != read_marks(as_pdfplumber_knows(plain)):
        found.append("marks")
    return found


def as_pdfplumber_knows(content: Content) -> Content:
    """A page without what only the fast reader finds out: what a viewer does not show or shows turned."""
    bare = replace(content, runs=[replace(run, hidden="", white=None, turned=False) for run in content.runs])
    for name in ("rects", "curves", "lines"):
        paths = [replace(path, hidden=False, white=None, cover=None) for path in getattr(content, name)]
        setattr(bare, name, paths)
    return bare


def same_words(fast: list[feed.PlainWord], plain: list[dict[str, Any]]) -> bool:
    """Whether words have the same text, order, font and upright, and places and sizes to a millionth of a point."""
    return len(fast) == len(plain) and all(
        (word.text, word.font, word.upright) == (other["text"], other["fontname"], other["upright"])
        and all(
            math.isclose(mine, other[name], abs_tol=1e-6, rel_tol=0)
            for mine, name in zip(
                (word.x0, word.top, word.x1, word.bottom, word.size),
                ("x0", "top", "x1", "bottom", "size"),
                strict=True,
            )
        )
        for word, other in zip(fast, plain, strict=True)
    )


def letters(text: str) -> Counter[str]:
    """Letters and digits without order, capitals and accents: all that two engines can be asked to agree on."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return Counter(char for char in plain if char.isalnum() and char.isascii())


def compare(path: Path) -> Tally:
    """Compare all pages of one file."""
    tally = Tally()
    reader = StreamReader()
    document = pypdfium2.PdfDocument(path)
    with pdfplumber.open(path) as pdf:
        for page, other in zip(pdf.pages, document, strict=True):
            tally.pages += 1
            place = f"{path.name}, page {page.page_number}"
            plain = plain_content(page)
            try:
                fast = reader.read(page)
            except Exception as error:
                tally.unsure[f"{error or type(error).__name__}"] += 1
                fast = plain
            tally.differ += [f"{place}: {name}" for name in differences(fast, plain)]
            plain_words = page.extract_words(extra_attrs=EXTRA)
            if not same_words(feed.words(fast), plain_words):
                tally.differ.append(f"{place}: words")
            plain_tables = page.extract_tables()
            if feed.tables(fast) != plain_tables:
                tally.differ.append(f"{place}: tables")
            tally.glyphs += len(plain.runs)
            tally.shapes += len(plain.rects) + len(plain.curves) + len(plain.lines)
            tally.words += len(plain_words)
            tally.tables += len(plain_tables)
            tally.cells += sum(len(row) for table in plain_tables for row in table)
            seen = letters(other.get_textpage().get_text_bounded())
            mine = letters("".join(text for shown in fast.runs for text in shown.texts))
            tally.letters += seen.total()
            tally.letters_missing += (seen - mine).total()
            page.close()
    document.close()
    return tally


def measure(path: Path, rounds: int) -> Tally:
    """CPU seconds by each way to read a file, its opening included."""
    tally = Tally()
    for _ in range(rounds):
        for name, run in RUNS.items():
            start = time.process_time()
            run(path)
            tally.seconds.setdefault(name, []).append(time.process_time() - start)
    return tally


def run_plain(path: Path) -> None:
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.extract_words(extra_attrs=EXTRA)
            page.extract_tables()
            page.close()


def run_fast(path: Path) -> None:
    reader = StreamReader()
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            content = reader.read(page)
            feed.words(content)
            feed.tables(content)


def run_marks(path: Path) -> None:
    reader = StreamReader()
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            read_marks(reader.read(page))


def run_read(path: Path) -> None:
    read_chapter(path, path.name)


def run_extract(path: Path) -> None:
    extract(path)


RUNS = {
    "pdfplumber: words with fonts, tables": run_plain,
    "fast reader: words with fonts, tables": run_fast,
    "fast reader: our marks": run_marks,
    "a chapter's lines and grids": run_read,
    "all records": run_extract,
}


def main(
    reports: Path,
    every: Annotated[int, typer.Option(help="Compare every N-th file.")] = 1,
    rounds: Annotated[int, typer.Option(help="Rounds of measuring after the comparison; 0 measures nothing.")] = 3,
    workers: Annotated[int, typer.Option(help="Processes for the comparison.")] = 2,
) -> None:
    """Compare and measure; exit with 1 where a page differs."""
    paths = sorted(reports.rglob("*.pdf"))[::every]
    total = Tally()
    with ProcessPoolExecutor(workers) as pool:
        for tally in pool.map(compare, paths):
            total.add(tally)
    print(
        f"{len(paths)} files, {total.pages} pages: {total.glyphs} glyphs, {total.shapes} shapes, {total.words} words,"
    )
    print(f"{total.tables} tables with {total.cells} cells; {len(total.differ)} differences")
    for line in total.differ[:20]:
        print("  " + line)
    print(f"read by pdfplumber itself: {total.unsure.total()} pages {dict(total.unsure)}")
    print(f"letters that PDFium sees and we do not: {total.letters_missing} of {total.letters}")
    if rounds:
        sample = paths[:: max(1, len(paths) // 12)]
        measure(sample[0], 1)
        for path in sample:
            total.add(measure(path, rounds))
        plain = total.seconds[next(iter(RUNS))]
        for name, seconds in total.seconds.items():
            ratio = statistics.median(a / b for a, b in zip(plain, seconds, strict=True))
            print(f"{name:38} {statistics.median(seconds):7.2f} CPU s on {len(sample)} files, {ratio:5.1f} times plain")
    raise typer.Exit(bool(total.differ))


if __name__ == "__main__":
    typer.run(main)
