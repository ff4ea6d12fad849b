"""Other readers of PDF beside plain pdfplumber and ours: CPU seconds, words and tables, all from one run.

    python -m benchmarks.peers REPORTS [--files 12] [--rounds 3]

Every peer is installed into an environment of its own in a temporary folder (some overwrite each other's packages) and
runs in a process of its own; the tools take turns, file by file the same. A ratio is the median over the rounds of
plain pdfplumber's seconds in that round by the tool's. A tool that cannot be installed is named and left out. Words
are counted as plain pdfplumber's that a tool gives on the same page; tables as those of our reader, which finds the
tables that the report prints (`docs/accuracy.md`), with the same numbers of rows and columns.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

HARNESS = """
import json, sys, time
{code}
paths = sys.argv[1:]
read(paths[0])
pages, words, tables = 0, [], []
start = time.process_time()
results = [read(path) for path in paths]
seconds = time.process_time() - start
for path, result in zip(paths, results):
    for number, (page_words, page_tables) in enumerate(result):
        pages += 1
        words.append(page_words)
        tables += [(path, number, rows, columns) for rows, columns in page_tables]
json.dump({{"seconds": seconds, "pages": pages, "words": words, "tables": tables}}, sys.stdout)
"""
SHAPES = "[(len(t), len(t[0])) for t in {tables} if t]"


@dataclass(frozen=True, slots=True)
class Tool:
    """One way to read a file: its name, the package to install (none: ours), and ``read(path)`` as Python."""

    name: str
    package: str
    code: str
    task: str
    slow: bool = False


def plumber(words: str, tables: bool, close: str = "page.close()") -> str:
    """The code of a reader with pdfplumber's interface."""
    found = SHAPES.format(tables="page.extract_tables()") if tables else "[]"
    return f"""
import pdfplumber
def read(path):
    out = []
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            out.append(({words}, {found}))
            {close}
    return out
"""


FONTS = 'extra_attrs=["fontname", "size"]'
OURS = f"""
import pdfplumber
from benchmarks import feed
from extractors.readers.content_stream import StreamReader
def read(path):
    out, reader = [], StreamReader()
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            content = reader.read(page)
            out.append(([w.text for w in feed.words(content)], {SHAPES.format(tables="feed.tables(content)")}))
    return out
"""
GRIDS_NAME = "ours, lines and grids"
GRIDS = """
from pathlib import Path
from extractors.model import Grid
from extractors.readers import read_chapter
def read(path):
    chapter = read_chapter(Path(path), path)
    out = [([], []) for _ in range(chapter.source.page_count)]
    for grid in chapter.blocks:
        if isinstance(grid, Grid):
            out[grid.where.page - 1][1].append((len(grid.rows) + 1, len(grid.header)))
    return out
"""
RECORDS = """
from pathlib import Path
from extractors import extract
def read(path):
    return [([], []) for _ in range(extract(Path(path))[0].tables["documents"][0]["page_count"])]
"""
PDFIUM = """
import pypdfium2
def read(path):
    document = pypdfium2.PdfDocument(path)
    return [(page.get_textpage().get_text_bounded().split(), []) for page in document]
"""
OXIDE = """
from pdf_oxide import PdfDocument
def read(path):
    document = PdfDocument(path)
    return [({words}, []) for n in range(document.page_count())]
"""
MUPDF = """
import pymupdf
def read(path):
    return [({words}, {tables}) for page in pymupdf.open(path)]
"""
PLAYA = """
import playa
def read(path):
    document = playa.open(path)  # its pages know it weakly
    return [(page.extract_text().split(), []) for page in document.pages]
"""
MUPDF_TABLES = "[(t.row_count, t.col_count) for t in page.find_tables(strategy='lines').tables]"
TOOLS = (
    Tool("pdfplumber", "", plumber("page.extract_text().split()", False), "text"),
    Tool("PDFium (pypdfium2)", "", PDFIUM, "text"),
    Tool("pdfplumber-rs", "pdfplumber-rs", plumber("page.extract_text().split()", False), "text"),
    Tool("pdf_oxide", "pdf_oxide", OXIDE.format(words="document.extract_text(n).split()"), "text"),
    Tool("pymupdf (AGPL)", "pymupdf", MUPDF.format(words="page.get_text().split()", tables="[]"), "text"),
    Tool("playa", "playa-pdf", PLAYA, "text"),
    Tool("pdfplumber", "", plumber(f'[w["text"] for w in page.extract_words({FONTS})]', True), "words + tables"),
    Tool("ours, words with fonts", "", OURS, "words + tables"),
    Tool(GRIDS_NAME, "", GRIDS, "words + tables"),
    Tool("ours, all records", "", RECORDS, "words + tables"),
    Tool(
        "pdfplumber-rs, no fonts",
        "pdfplumber-rs",
        plumber('[w["text"] for w in page.extract_words()]', True),
        "words + tables",
    ),
    Tool(
        "pdfplumber-rs, characters with fonts",
        "pdfplumber-rs",
        plumber('(len(page.chars), [w["text"] for w in page.extract_words()])[1]', True),
        "words + tables",
    ),
    Tool(
        "pdf_oxide, no tables",
        "pdf_oxide",
        OXIDE.format(words="[(w.text, w.font_name, w.font_size)[0] for w in document.extract_words(n)]"),
        "words + tables",
    ),
    Tool(
        "pymupdf, no fonts (AGPL)",
        "pymupdf",
        MUPDF.format(words="[w[4] for w in page.get_text('words')]", tables=MUPDF_TABLES),
        "words + tables",
        slow=True,
    ),
)


def install(package: str, folder: Path) -> str | None:
    """The Python of a new environment that holds the package; ``None`` if it cannot be installed."""
    home = folder / package
    venv.create(home, with_pip=True)
    python = str(home / "bin" / "python")
    done = subprocess.run([python, "-m", "pip", "install", "-q", package], capture_output=True, check=False)
    return python if done.returncode == 0 else None


def run(python: str, tool: Tool, paths: list[Path]) -> dict[str, Any] | None:
    """One round of one tool; ``None`` if it fails."""
    command = [python, "-c", HARNESS.format(code=tool.code), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(done.stdout[done.stdout.rindex('{"seconds"') :]) if done.returncode == 0 else None


def share(found: list[list[str]], wanted: list[list[str]]) -> float:
    """Which share of the words of plain pdfplumber a tool gives on the same page, their order aside."""
    same = sum((Counter(a) & Counter(b)).total() for a, b in zip(found, wanted, strict=True))
    return same / max(1, sum(map(len, wanted)))


def main(
    reports: Path,
    files: Annotated[int, typer.Option(help="How many files, taken evenly from all.")] = 12,
    rounds: Annotated[int, typer.Option(help="How often each tool runs; a slow one runs once on two files.")] = 3,
) -> None:
    """Install, run in turns and print one table a task."""
    paths = sorted(reports.rglob("*.pdf"))
    paths = paths[:: max(1, len(paths) // files)][:files]
    with tempfile.TemporaryDirectory() as folder:
        pythons: dict[str, str | None] = {"": sys.executable}
        for package in dict.fromkeys(tool.package for tool in TOOLS if tool.package):
            pythons[package] = install(package, Path(folder))
        for task in dict.fromkeys(tool.task for tool in TOOLS):
            print_task(task, paths, rounds, pythons)


def print_task(task: str, paths: list[Path], rounds: int, pythons: dict[str, str | None]) -> None:
    """Run the tools of one task in turns, and print what each took and found. The first one is plain pdfplumber."""
    tools = [tool for tool in TOOLS if tool.task == task]
    results = in_turns(tools, paths, rounds, pythons)
    plain = results[tools[0].name]
    grids = [tuple(table) for result in results.get(GRIDS_NAME, [])[:1] for table in result["tables"]]
    print(f"\n{task}: {len(paths)} files, {plain[0]['pages']} pages, median of {rounds} rounds, CPU time")
    print(f"{'tool':38} {'ms/page':>8} {'times':>6} {'words':>7} {'tables as in the report':>24}")
    for tool in tools:
        few = run(sys.executable, tools[0], paths[-2:]) if tool.slow and results[tool.name] else None
        if few:
            print(line(tool, results[tool.name], [few], [grid for grid in grids if grid[0] in map(str, paths[-2:])]))
        else:
            print(line(tool, results[tool.name], plain, grids))


def in_turns(
    tools: list[Tool], paths: list[Path], rounds: int, pythons: dict[str, str | None]
) -> dict[str, list[dict[str, Any]]]:
    """The rounds of each tool that is installed, by its name; a slow one has one round, on two files."""
    results: dict[str, list[dict[str, Any]]] = {tool.name: [] for tool in tools}
    for number in range(rounds):
        for tool in tools:
            python = pythons[tool.package]
            if python is None or (tool.slow and number):
                continue
            result = run(python, tool, paths[-2:] if tool.slow else paths)
            if result is not None:
                results[tool.name].append(result)
    return results


def line(tool: Tool, mine: list[dict[str, Any]], plain: list[dict[str, Any]], grids: list[tuple[Any, ...]]) -> str:
    """What one tool took and found, against plain pdfplumber's rounds and the tables of the report."""
    if not mine:
        return f"{tool.name:38} cannot be installed or run here"
    each = statistics.median(1000 * result["seconds"] / result["pages"] for result in mine)
    times = statistics.median(a["seconds"] / b["seconds"] for a, b in zip(plain, mine, strict=False))
    words = f"{share(mine[0]['words'], plain[0]['words']):.1%}" if any(mine[0]["words"]) else ""
    tables = f"{shaped(mine[0]['tables'], grids)} of {len(grids)}" if mine[0]["tables"] else ""
    return f"{tool.name:38} {each:8.1f} {times:6.1f} {words:>7} {tables:>24}{' *' if tool.slow else ''}"


def shaped(found: list[list[Any]], wanted: list[tuple[Any, ...]]) -> int:
    """How many of these tables (file, page, rows, columns) a tool finds on their page with all their columns and rows;
    a row more for the caption is forgiven, and one less for the header."""
    left = Counter(map(tuple, found))
    count = 0
    for path, page, rows, columns in wanted:
        match = next((key for n in (0, 1, -1) if left[key := (path, page, rows + n, columns)]), None)
        if match:
            left[match] -= 1
            count += 1
    return count


if __name__ == "__main__":
    typer.run(main)
