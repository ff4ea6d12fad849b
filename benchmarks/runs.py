"""Whole runs: time, memory, the gain of a second worker, the share of each stage, and start-up.

    python -m benchmarks.runs FOLDER [--rounds 3]

Every run is a process of its own, on a fresh output folder unless it says otherwise; time is wall-clock, CPU time is of
the process and its children. Medians over the rounds.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

FINDINGS = [sys.executable, "-c", "from flows.cli import app; app()"]
COLD = "import sys; from pathlib import Path; import extractors; extractors.extract(Path(sys.argv[1]))"


@dataclass(frozen=True)
class Measured:
    """One process: wall-clock and CPU seconds, and what a run says of itself."""

    wall: float
    cpu: float
    report: dict[str, Any]


def process(command: list[str], report: Path | None = None) -> Measured:
    """Run a command to its end; ``report`` is the file whose last line tells of the run.

    Raises ``RuntimeError`` if it ends with anything but 0 or 1.
    """
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    ended = subprocess.run(command, capture_output=True, env=environment, check=False)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode not in (0, 1):
        raise RuntimeError(f"{command} ended with {ended.returncode}: {ended.stderr.decode()[-500:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(wall, cpu, json.loads(report.read_text().splitlines()[-1]) if report else {})


def whole_run(chapters: list[Path], workers: int) -> Measured:
    """A run over the chapters on a fresh output."""
    with tempfile.TemporaryDirectory() as output:
        command = [*FINDINGS, "run", *map(str, chapters), "--output", output, "--workers", str(workers)]
        return process(command, Path(output) / "runs.jsonl")


def start_up(chapter: Path, folder: list[Path], rounds: int) -> dict[str, float]:
    """Seconds that a user waits for small things."""
    with tempfile.TemporaryDirectory() as output:
        run = [*FINDINGS, "run", *map(str, folder), "--output", output]
        process(run)
        unchanged = [process(run, Path(output) / "runs.jsonl") for _ in range(rounds)]
        own = [one.report["seconds"] for one in unchanged]
    return {
        "findings --help": median([process([*FINDINGS, "--help"]) for _ in range(rounds)]),
        "one chapter extracted in a cold process": median(
            [process([sys.executable, "-c", COLD, str(chapter)]) for _ in range(rounds)]
        ),
        "findings run on one chapter": median([whole_run([chapter], 1) for _ in range(rounds)]),
        f"findings run on {len(folder)} files, nothing changed": median(unchanged),
        "of that, the run's own work": statistics.median(own),
    }


def median(measured: list[Measured]) -> float:
    """The median wall-clock time."""
    return statistics.median(one.wall for one in measured)


def main(
    folder: Annotated[Path, typer.Argument(help="Folder of chapters (PDF).")],
    rounds: Annotated[int, typer.Option(min=1)] = 3,
    sizes: Annotated[str, typer.Option(help="How many chapters, largest set last.")] = "1,10,50,all",
) -> None:
    """Print the figures as tables."""
    chapters = sorted(folder.rglob("*.pdf"))
    spread = sorted(chapters, key=lambda path: (chapters.index(path) % 7, path))  # all years in every set
    sets = [len(chapters) if size == "all" else min(int(size), len(chapters)) for size in sizes.split(",")]
    console = Console(width=130)
    grid = Table("files", "pages", "workers", "wall s", "CPU s", "pages/s", "gain", "worker MB", "read", "validate")
    for title in ("compare", "publish", "other"):
        grid.add_column(title)
    for size in sets:
        # in turns, since a machine is faster at one time than at another
        turns = [[whole_run(spread[:size], workers) for workers in (1, 2)] for _ in range(rounds)]
        for workers in (1, 2):
            runs = [turn[workers - 1] for turn in turns]
            wall, report = median(runs), min(runs, key=lambda one: abs(one.wall - median(runs))).report
            pages = sum_pages(spread[:size])
            shares = [report["stages"].get(stage, 0.0) for stage in ("read", "validate", "compare", "publish")]
            grid.add_row(
                str(size),
                str(pages),
                str(workers),
                f"{wall:.1f}",
                f"{statistics.median(one.cpu for one in runs):.1f}",
                f"{pages / wall:.1f}",
                f"{statistics.median(turn[0].wall / turn[workers - 1].wall for turn in turns):.2f}",
                f"{report['peak_megabytes']:.0f}",
                *(f"{share / wall:.0%}" for share in shares),
                f"{1 - sum(shares) / wall:.0%}",
            )
    console.print(grid)
    waits = Table("what", "s")
    for what, seconds in start_up(chapters[len(chapters) // 2], chapters, rounds).items():
        waits.add_row(what, f"{seconds:.2f}")
    console.print(waits)


def sum_pages(chapters: list[Path]) -> int:
    """How many pages the chapters have."""
    import pypdfium2

    return sum(len(pypdfium2.PdfDocument(chapter)) for chapter in chapters)


if __name__ == "__main__":
    typer.run(main)
