"""Where the time of a chapter goes: CPU seconds of reading, segmenting, making records and tagging names.

    python -m benchmarks.stages FOLDER_OR_CHAPTER [...]

Prints each stage's share over all the chapters given, after one chapter has been read to warm up (imports, patterns).
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import typer

from extractors.chapter import records
from extractors.chapter.segment import segment
from extractors.names import tagger
from extractors.readers import read_chapter

Result = TypeVar("Result")


def measure(paths: list[Path]) -> tuple[dict[str, float], int]:
    """CPU seconds by stage over all chapters, and the number of chapters."""
    seconds: dict[str, float] = defaultdict(float)
    chapters = 0

    def timed(stage: str, call: Callable[..., Result], *arguments: object) -> Result:
        start = time.process_time()
        result = call(*arguments)
        seconds[stage] += time.process_time() - start
        return result

    for path in paths:
        chapter = timed("read", read_chapter, path)
        outline = timed("segment", segment, chapter)
        made = timed("records", records.extract_records, chapter, outline)
        for extraction in made:  # once more, to part it from the records
            timed("tag names", tagger.tag, extraction.tables)
        chapters += len(made)
    seconds["records"] -= seconds["tag names"]
    return seconds, chapters


def main(paths: list[Path]) -> None:
    """Print the share of each stage."""
    files = [file for path in paths for file in (sorted(path.rglob("*.pdf")) if path.is_dir() else [path])]
    measure(files[:1])
    seconds, chapters = measure(files)
    total = sum(seconds.values())
    for stage, spent in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"{stage:10} {spent:8.2f} s  {spent / total:6.1%}")
    print(f"{'all':10} {total:8.2f} s  {total / chapters:.2f} s a chapter, {chapters} chapters")


if __name__ == "__main__":
    typer.run(main)
