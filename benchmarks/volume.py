"""The volume of a year: many chapters in one PDF, against the same chapters as single files.

    python -m benchmarks.volume REPORTS [--chapters 130] [--damage none|numbers|heads|references] [--workers 2]

Joins chapters of different countries and years with a cover, a contents page and a glossary, reads the volume and the
single files, and compares all tables row by row (pages are counted from the chapter's first one). Reads the volume
again as a run does, in shares by several processes. Prints what differs, the peak memory of the processes that read
the volume, and how long it took. ``--damage`` removes the page numbers, the running heads or the reference lists of
every sixth chapter, in the volume and in its single file. Exits with 1 where something differs or a limit is exceeded.
"""

from __future__ import annotations

import enum
import itertools
import multiprocessing
import pickle
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import typer

from extractors import UnreadableSource, extract_each
from extractors.model import Extraction
from flows import ledger, volumes
from flows.sources import SourceFile, hash_of
from flows.workers import Workers

MOST_MEGABYTES = 200.0
MOST_RATIO = 1.3
BAND = 0.075  # of the height of a page: its running head, or its foot
EVERY = 6  # every sixth chapter is damaged: 20 of 120
FILE_COLUMNS = {"source_path", "source_sha256", "source_pages", "released"}  # what a row says about its file


class Damage(enum.StrEnum):
    """What is removed from the pages of some chapters."""

    none = "none"
    numbers = "numbers"
    heads = "heads"
    references = "references"


def chosen(reports: Path, count: int) -> list[Path]:
    """One chapter of each country, by the name of its file, from the years in turn; then another of each, and so on."""
    files: dict[str, list[Path]] = {}
    for path in sorted(reports.glob("20*/*.pdf")):
        files.setdefault(path.stem.casefold(), []).append(path)
    turns = [
        [paths[(number + turn) % len(paths)] for turn in range(len(paths))]
        for number, paths in enumerate(files.values())
    ]
    return [path for turn in itertools.zip_longest(*turns) for path in turn if path][:count]


def sheet(path: Path, lines: Sequence[str], size: float = 10.0) -> Path:
    """Draw one page of text: its first line large."""
    from reportlab.pdfgen.canvas import (
        Canvas,  # here: the process that reads, whose memory is measured, needs none of it
    )

    canvas = Canvas(str(path), pagesize=(612, 792))
    for number, line in enumerate(lines):
        canvas.setFont("Helvetica-Bold" if number == 0 else "Helvetica", 24 if number == 0 else size)
        canvas.drawString(72, 700 - 24 * number, line)
    canvas.save()
    return path


def damaged(path: Path, target: Path, damage: Damage) -> Path:
    """Write a chapter without its page numbers or running heads (painted over, so that nobody sees them) or without the
    pages after the one on which its references begin."""
    import pikepdf

    with pikepdf.open(path) as pdf:
        if damage is Damage.references:
            del pdf.pages[first_of_references(path) :]
        else:
            for page in pdf.pages:
                x0, bottom, x1, top = (float(number) for number in page.mediabox)
                low = top - BAND * (top - bottom) if damage is Damage.heads else bottom
                band = f"Q q 1 1 1 rg {x0} {low} {x1 - x0} {BAND * (top - bottom)} re f Q"
                page.contents_add(b"q", prepend=True)
                page.contents_add(band.encode())
        pdf.save(target)
    return target


def first_of_references(path: Path) -> int:
    """The first page (from 0) after the one on which the reference list begins."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    texts = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    found = [number for number, text in enumerate(texts) if "REFERENCES" in text.upper().split()]
    return (found[-1] + 1) if found else len(texts)


def join(paths: Sequence[Path], folder: Path) -> Path:
    """Write the volume: cover, contents, chapters, glossary."""
    import pikepdf

    names = [path.stem for path in paths]
    cover = sheet(folder / "cover.pdf", ["Findings on the Worst Forms of Child Labor", "A volume of several years"])
    contents = [
        sheet(folder / f"contents-{at}.pdf", ["Contents", *names[at : at + 25]]) for at in range(0, len(names), 25)
    ]
    glossary = sheet(folder / "glossary.pdf", ["Glossary", "Child labor: work that the law forbids to a child."])
    target = folder / "volume.pdf"
    with pikepdf.new() as volume:
        for path in (cover, *contents, *paths, glossary):
            with pikepdf.open(path) as source:
                volume.pages.extend(source.pages)
        volume.save(target)
    return target


def read(paths: Sequence[Path], target: Path) -> tuple[float, float, float]:
    """Extract files and write each chapter as it comes; gives CPU seconds, seconds by the clock and the peak of this
    process in MB."""
    clock, began = time.process_time(), time.perf_counter()
    with target.open("wb") as out:
        for path in paths:
            try:
                for chapter in extract_each(path, path.name):
                    pickle.dump(chapter, out)
            except UnreadableSource as error:
                print(error)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.process_time() - clock, time.perf_counter() - began, peak


def read_in_shares(volume: Path, entry: Path, workers: int) -> tuple[float, float]:
    """Read the volume into a ledger entry by several processes: seconds by the clock and the peak of one in MB."""
    file = SourceFile(volume, volume.name, hash_of(volume), volume.stat().st_size)
    with Workers(workers) as pool:
        began = time.perf_counter()
        failed = volumes.extract_into(pool, file, entry, None)
    if failed:
        print(failed)
    return time.perf_counter() - began, pool.peak_megabytes


def load(path: Path) -> Iterator[Extraction]:
    with path.open("rb") as file:
        while file.peek(1):
            yield pickle.load(file)


def rows_of(chapter: Extraction) -> dict[str, list[dict[str, Any]]]:
    """The rows of a chapter without what they say about the file, pages counted from the chapter's first."""
    span = chapter.tables["documents"][0]["source_pages"]
    before = int(span.partition("-")[0]) - 1 if span else 0
    tables = {}
    for name, rows in chapter.tables.items():
        mine = [{key: value for key, value in row.items() if key not in FILE_COLUMNS} for row in rows]
        if name == "quality":
            mine = [row for row in mine if row["check"] != "part_left_out"]
        for row in mine:
            if row.get("page"):
                row["page"] -= before
        tables[name] = mine
    return tables


def differences(one: Extraction, other: Extraction) -> Iterator[str]:
    """Where the tables of a chapter read from the volume differ from those read from its own file."""
    mine, its = rows_of(one), rows_of(other)
    for name in mine.keys() | its.keys():
        a, b = mine.get(name, []), its.get(name, [])
        if len(a) != len(b):
            yield f"{one.doc_id} {name}: {len(a)} rows in the volume, {len(b)} in the file"
        for row, same in zip(a, b, strict=False):
            if row != same:
                yield f"{one.doc_id} {name}: {[(k, row.get(k), v) for k, v in same.items() if row.get(k) != v][:3]}"
                break


def compare(found: Mapping[str, Extraction], known: Mapping[str, Extraction]) -> list[str]:
    """What differs between the chapters of the volume and those of the single files."""
    failed = [f"{doc_id}: not found in the volume" for doc_id in known if doc_id not in found]
    failed += [f"{doc_id}: found in the volume alone" for doc_id in found if doc_id not in known]
    for doc_id in found.keys() & known.keys():
        failed += differences(found[doc_id], known[doc_id])
    return failed


def left_out(chapters: Iterable[Extraction]) -> list[str]:
    """What is reported about the parts of the volume from which nothing is published."""
    rows = [row for chapter in chapters for row in chapter.tables["quality"] if row["check"] == "part_left_out"]
    return [f"{row['severity']}: {row['message']}" for row in rows]


def main(
    reports: Path,
    chapters: Annotated[int, typer.Option(help="Chapters in the volume.")] = 130,
    damage: Annotated[Damage, typer.Option(help="What is removed from every sixth chapter.")] = Damage.none,
    workers: Annotated[int, typer.Option(help="Processes that read the volume in shares.")] = 2,
) -> None:
    """Join, read, compare and print."""
    spawn = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as name,
        ProcessPoolExecutor(1, mp_context=spawn, max_tasks_per_child=1) as pool,
    ):
        folder = Path(name)
        paths = chosen(reports, chapters)
        if damage is not Damage.none:
            for at in range(0, len(paths), EVERY):
                paths[at] = damaged(paths[at], folder / f"{at}-{paths[at].name}", damage)
        volume = join(paths, folder)
        single, _, _ = pool.submit(read, paths, folder / "single").result()
        joined, alone, peak = pool.submit(read, [volume], folder / "joined").result()
        together, most = read_in_shares(volume, folder / "shared", workers)
        found = {chapter.doc_id: chapter for chapter in load(folder / "joined")}
        known = {chapter.doc_id: chapter for chapter in load(folder / "single")}
        shared = {chapter.doc_id: chapter for chapter in ledger.each(folder / "shared")}
    failed = compare(found, known) + [f"in shares: {line}" for line in compare(shared, found)]
    print("\n".join([*left_out(found.values()), *sorted(failed)]))
    rows = sum(len(rows) for chapter in found.values() for rows in chapter.tables.values())
    print(f"{len(found)} of {len(known)} chapters ({len(paths)} files), {rows} rows; {len(failed)} differences")
    print(f"peak {peak:.0f} MB (limit {MOST_MEGABYTES:.0f}); {joined:.1f} s, single files {single:.1f} s", end="; ")
    print(f"ratio {joined / single:.2f} (limit {MOST_RATIO})")
    print(f"by the clock: one process {alone:.1f} s, {workers} processes {together:.1f} s, peak {most:.0f} MB each")
    if failed or max(peak, most) > MOST_MEGABYTES or joined > MOST_RATIO * single:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
