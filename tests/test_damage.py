"""Damage to pages does what it says: read back from the damaged page, one thing differs and the rest is as it was."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

import pikepdf
import pytest

from tests import fuzz
from tests.damage import pages
from tests.damage.pages import Patient
from tests.damage.parts import PageParts, TablePiece, read_parts

Change = Callable[[Patient, int, PageParts, TablePiece], str | None]
by_chapter = pytest.mark.parametrize("chapter", fuzz.chapters(None))


class Page:
    """The first table of the second page of a drawn chapter, before and after a damage."""

    def __init__(self, chapter: str, change: Change | None = None) -> None:
        with pikepdf.open(io.BytesIO(fuzz.sound_bytes(chapter, None))) as pdf:
            patient = Patient(pdf, random.Random(1))
            if change:
                parts = patient.parts(1)
                assert change(patient, 1, parts, parts.pieces()[0])
                patient.rewrite(1)
            self.parts = read_parts(pdf.pages[1])
        self.pieces = self.parts.pieces()

    @property
    def rules(self) -> list[tuple[float, ...]]:
        return sorted(tuple(round(value, 1) for value in rule.span) for rule in self.parts.rules)

    @property
    def boxes(self) -> list[tuple[float, ...]]:
        return sorted(tuple(round(value, 1) for value in box.span) for box in self.pieces[0].header)

    @property
    def shows(self) -> int:
        return len(self.parts.shows)


@by_chapter
def test_tables_are_found_on_a_page(chapter: str) -> None:
    page = Page(chapter)
    assert len(page.pieces) == 3
    for piece in page.pieces:
        assert len(piece.header) >= 2
        assert len(piece.rows()) >= 2
        assert page.parts.shows_in(piece.span)


@by_chapter
@pytest.mark.parametrize(
    ("change", "fewer"),
    [(pages.rule_deleted, 1), (pages.row_line_deleted, 0), (pages.all_rules_deleted, 0)],
    ids=["one", "row", "all"],
)
def test_rules_are_deleted(chapter: str, change: Change, fewer: int) -> None:
    before, after = Page(chapter), Page(chapter, change)
    gone = len(before.rules) - len(after.rules)
    assert set(after.rules) < set(before.rules)
    assert gone == fewer if fewer else gone > 1
    assert after.shows == before.shows


@by_chapter
@pytest.mark.parametrize("change", [pages.rule_cut, pages.rule_moved, pages.rule_moved_aside])
def test_rules_are_moved_and_cut(chapter: str, change: Change) -> None:
    before, after = Page(chapter), Page(chapter, change)
    assert len(after.rules) == len(before.rules)
    assert after.rules != before.rules
    if change is pages.rule_cut:
        assert sum(x1 - x0 for x0, _, x1, _ in after.rules) < sum(x1 - x0 for x0, _, x1, _ in before.rules)


@by_chapter
def test_header_boxes_are_removed(chapter: str) -> None:
    before, after = Page(chapter), Page(chapter, pages.header_boxes_removed)
    assert len(after.pieces) == len(before.pieces) - 1
    assert after.shows == before.shows
    assert after.rules == before.rules


@by_chapter
def test_columns_are_swapped_with_their_boxes_and_rules(chapter: str) -> None:
    before, after = Page(chapter), Page(chapter, pages.columns_swapped)
    widths = [box.span.x1 - box.span.x0 for box in before.pieces[0].header]
    swapped = [box.span.x1 - box.span.x0 for box in after.pieces[0].header]
    assert swapped != pytest.approx(widths, abs=0.1)
    assert sorted(swapped) == pytest.approx(sorted(widths), abs=0.1)
    assert after.pieces[0].edges[0] == pytest.approx(before.pieces[0].edges[0], abs=0.1)
    assert after.pieces[0].edges[-1] == pytest.approx(before.pieces[0].edges[-1], abs=0.1)


@by_chapter
def test_a_digit_is_changed_and_nothing_else(chapter: str) -> None:
    before, after = Page(chapter), Page(chapter, pages.digit_changed)

    def texts(page: Page) -> list[bytes]:
        return [text for show in page.parts.shows for text in pages.strings(page.parts, show)]

    differing = [(a, b) for a, b in zip(texts(before), texts(after), strict=True) if a != b]
    assert len(differing) == 1
    ((a, b),) = differing
    assert len(a) == len(b)
    assert sum(x != y for x, y in zip(a, b, strict=True)) == 1
