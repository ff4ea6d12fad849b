"""What the next report will meet: read one year's chapters with the wording of all other years only.

    python -m tests.leave_one_year_out YEAR [CHAPTERS]

CHAPTERS is the folder with one sub-folder a year. Takes every label, title and column header that no chapter of
another year prints out of the rules, extracts the chapters of YEAR, and prints what the pipeline said and how many rows
of known code it lost. Nothing in the repository is changed.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
import yaml

from extractors import extract, rules
from extractors.chapter.segment import segment
from extractors.model import Extraction
from extractors.readers import read_chapter
from extractors.rules.files import Replaced, file_of, read
from tests.accuracy import SHARED

CODED = {"legal_standards": "standard", "enforcement": "metric", "conventions": "convention", "statistics": "indicator"}
KEPT = {"years", "words", "kind", "codes", "key", "cut_rows", "published", "made", "order", "spread", "marks", "heads"}
"""Keys of the rules that hold no wording, or wording that is not looked for by itself."""
yaml.add_representer(Replaced, lambda dumper, phrases: dumper.represent_sequence("!replace", list(phrases)))


def printed(folder: Path) -> set[str]:
    """Every caption, column header and first-column label that the chapters of a folder print, folded."""
    found: set[str] = set()
    for path in sorted(folder.glob("*.pdf")):
        outline = segment(read_chapter(path, path.name))
        for piece in outline.pieces:
            found.add(rules.fold(piece.title))
            found.update(rules.fold(cell.text) for cell in piece.grid.header)
            for row in piece.grid.rows:
                for cell in row[:2]:
                    if cell is not None:
                        found.add(rules.fold(cell.text))
                        found.update(rules.fold(line.text) for line in cell.lines)
    return found


def without(known: Any, wording: set[str]) -> Any:
    """Rules as an overlay that takes away every phrase that is in none of the printed wordings.

    A list that must not be empty keeps its first phrase, with a word before it that no report prints.
    """
    if isinstance(known, dict):
        kept = {key: without(value, wording) for key, value in known.items() if key not in KEPT}
        return {key: value for key, value in kept.items() if value not in ({}, None)}
    if isinstance(known, list):
        phrases = [phrase for phrase in known if any(rules.holds(text, rules.fold(str(phrase))) for text in wording)]
        return Replaced(phrases or [f"unprinted {known[0]}"])
    return None


def extractions(folder: Path) -> Iterator[Extraction]:
    for path in sorted(folder.glob("*.pdf")):
        yield from extract(path)


def count_codes(chapters: Iterator[Extraction]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Rows by table and code, and findings by check and message."""
    codes: Counter[str] = Counter()
    said: Counter[tuple[str, str]] = Counter()
    for chapter in chapters:
        for table, column in CODED.items():
            codes.update(f"{table}.{row[column]}" for row in chapter.tables[table])
        for row in chapter.tables["quality"]:
            if row["check"] in ("label_unknown", "column_unknown", "table_unknown"):
                said[row["check"], row["message"]] += 1
    return codes, said


def main(year: int, chapters: Path = SHARED / "reports") -> None:
    """Print what is lost and what is said when a year's own wording is unknown."""
    others = [folder for folder in sorted(chapters.glob("20*")) if folder.name != str(year)]
    wording = {text for folder in others for text in printed(folder)}
    before, _ = count_codes(extractions(chapters / str(year)))
    with tempfile.TemporaryDirectory() as folder:
        for name in ("labels", "tables"):
            overlay = without(read(file_of(name)), wording)
            Path(folder, f"{name}.yml").write_text(yaml.dump(overlay, allow_unicode=True), "utf-8")
        rules.use(Path(folder))
        after, said = count_codes(extractions(chapters / str(year)))
    lost = {code: (before[code], after[code]) for code in sorted({*before, *after}) if before[code] != after[code]}
    print(f"{sum(before.values())} coded rows; {len(lost)} codes differ without the wording of {year}:")
    for code, (full, part) in lost.items():
        print(f"  {code}: {full} -> {part}")
    print(f"{sum(said.values())} findings:")
    for (check, message), count in said.most_common():
        print(f"  {count} {check}: {message}")


if __name__ == "__main__":
    typer.run(main)
