"""The invented chapter drawn at other scales and places on other sheets gives the same rows, each at its own place."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from extractors import extract
from extractors.readers import read_chapter
from tests.bad_inputs.pdfs import chapter_pdf

SHEETS: dict[str, tuple[bytes, list[int], set[int]]] = {
    "A4, fitted and centred": (b"0.972 0 0 0.972 0 36", [0, 0, 595, 842], set()),
    "A4, as it is": (b"1 0 0 1 -8 25", [0, 0, 595, 842], set()),
    "A3": (b"1.414 0 0 1.414 0 0", [0, 0, 842, 1191], set()),
    "half size in a corner": (b"0.5 0 0 0.5 0 0", [0, 0, 612, 792], set()),
    "half size in the middle": (b"0.5 0 0 0.5 153 198", [0, 0, 612, 792], set()),
    "one page at half size": (b"0.5 0 0 0.5 0 396", [0, 0, 612, 792], {3}),
    "moved": (b"1 0 0 1 20 -15", [0, 0, 612, 792], set()),
    "cropped": (b"1 0 0 1 0 0", [20, 10, 592, 782], set()),
}


def drawn(path: Path, matrix: bytes, box: list[int], pages: set[int]) -> None:
    with pikepdf.open(io.BytesIO(chapter_pdf())) as pdf:
        for number, page in enumerate(pdf.pages):
            if not pages or number in pages:
                page.contents_add(pdf.make_stream(b"q " + matrix + b" cm\n"), prepend=True)
                page.contents_add(pdf.make_stream(b"\nQ"))
                page.MediaBox = page.CropBox = pikepdf.Array(box)
        pdf.save(path)


def rows(path: Path) -> dict[str, list[list[str]]]:
    """What the tables of the chapter hold, without places and findings."""
    (chapter,) = extract(path, "a.pdf")
    apart = {"page", "bbox", "source_sha256", "sha256", "x0", "x1", "top", "bottom"}
    return {
        name: [[f"{column}={value}" for column, value in row.items() if column not in apart] for row in table]
        for name, table in chapter.tables.items()
        if name not in {"quality", "documents"}
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("whole") / "a.pdf"
    path.write_bytes(chapter_pdf())
    return rows(path)


@pytest.mark.parametrize("name", SHEETS)
def test_a_chapter_on_another_sheet_has_the_same_rows(name: str, tmp_path: Path, whole: dict[str, Any]) -> None:
    drawn(tmp_path / "a.pdf", *SHEETS[name])
    found = rows(tmp_path / "a.pdf")
    assert {table: len(lines) for table, lines in found.items()} == {t: len(lines) for t, lines in whole.items()}
    assert found == whole


def test_places_are_those_of_the_sheet(tmp_path: Path) -> None:
    plain, half = tmp_path / "a.pdf", tmp_path / "half.pdf"
    plain.write_bytes(chapter_pdf())
    drawn(half, *SHEETS["half size in a corner"])
    for before, after in zip(read_chapter(plain, "a").lines(), read_chapter(half, "a").lines(), strict=True):
        assert before.where.bbox
        x0, top, x1, bottom = before.where.bbox
        expected = (x0 / 2, 396 + top / 2, x1 / 2, 396 + bottom / 2)
        assert after.where.bbox == pytest.approx(expected, abs=0.05)


def test_a_change_of_scale_is_a_finding_once(tmp_path: Path) -> None:
    drawn(tmp_path / "a.pdf", *SHEETS["A3"])
    assert [issue.check for issue in read_chapter(tmp_path / "a.pdf", "a").issues].count("scale_changed") == 1
