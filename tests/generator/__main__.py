"""``python -m tests.generator [FOLDER]`` writes the sample chapter, a PDF and a raw text, to ``raw/``."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.generator import SAMPLE, STYLE_2019, draw_pdf, write_text


def write_sample(folder: Path) -> tuple[Path, Path]:
    """Write ``arvenia-2019.pdf`` and ``arvenia-2019.txt``; returns both paths."""
    stem = f"{SAMPLE.country.lower()}-{SAMPLE.year}"
    pdf, text = folder / f"{stem}.pdf", folder / f"{stem}.txt"
    draw_pdf(SAMPLE, pdf, STYLE_2019)
    write_text(SAMPLE, text)
    return pdf, text


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "raw"
    for written in write_sample(target):
        print(written)
