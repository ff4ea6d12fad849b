"""Memory of one process: reading very long PDFs, made of many chapters joined, and extracting the largest chapters.

    python -m benchmarks.memory REPORTS [--pages 1100]

Prints each process's peak (MB) and what every page adds to it. Each file is read in a process of its own.
"""

from __future__ import annotations

import itertools
import multiprocessing
import resource
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Annotated
from unittest import mock

import pypdfium2
import typer

from extractors import extract
from extractors.model import Block
from extractors.readers import pdf as read_pdf
from extractors.readers.lines import Progress
from extractors.readers.marks import Marks


def join(paths: list[Path], target: Path, pages: int) -> int:
    """Write so many pages of these chapters, over again if need be, as one PDF; gives how many there are."""
    joined = pypdfium2.PdfDocument.new()
    for path in itertools.cycle(paths):
        chapter = pypdfium2.PdfDocument(path)
        joined.import_pages(chapter, list(range(min(len(chapter), pages - len(joined)))))
        chapter.close()
        if len(joined) == pages:
            break
    joined.save(target)
    count = len(joined)
    joined.close()
    return count


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def now() -> float:
    """What this process uses now, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def read(path: Path) -> dict[int, float]:
    """Read a file whole; gives the memory in use (MB) after every hundredth page, and the peak as that of page 0."""
    used: dict[int, float] = {}
    lay_out = read_pdf.lay_out

    def watched(marks: Marks, progress: Progress) -> list[Block]:
        blocks = lay_out(marks, progress)
        if marks.number % 100 == 0:
            used[marks.number] = now()
        return blocks

    with mock.patch.object(read_pdf, "lay_out", watched):
        for _ in read_pdf.pdf_parts(path, path.name):  # the chapters again and again are many parts
            pass
    return {**used, 0: peak()}


def make_records(path: Path) -> float:
    """Extract a file's records; gives the peak of this process in MB."""
    extract(path)
    return peak()


def main(
    reports: Path, pages: Annotated[int, typer.Option(help="Pages of the long file, at least 200.")] = 1100
) -> None:
    """Join, read and print."""
    paths = sorted(reports.rglob("*.pdf"))
    spawn = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(1, mp_context=spawn, max_tasks_per_child=1) as pool,
    ):
        path = Path(folder) / "joined.pdf"
        count = join(paths, path, pages)
        used = pool.submit(read, path).result()
        size = path.stat().st_size / 1e6
        first, last = min(page for page in used if page), max(used)
        print(f"reading {count} pages ({size:.1f} MB): peak {used[0]:.0f} MB, at page {first} {used[first]:.0f} MB,")
        growth = (used[last] - used[first]) / (last - first)
        print(f"at page {last} {used[last]:.0f} MB: each page adds {growth:.3f} MB")
        largest = sorted(paths, key=lambda path: -path.stat().st_size)[:5]
        for path, most in zip(largest, pool.map(make_records, largest), strict=True):
            print(f"extracting {path.name} ({path.stat().st_size / 1e6:.1f} MB): peak {most:.0f} MB")


if __name__ == "__main__":
    typer.run(main)
