"""Words that a typesetter broke at the end of a line."""

from __future__ import annotations

import pytest

from extractors.model import Cell, Grid, Line, Where, text_of
from extractors.readers.hyphens import undo_hyphens


def lines(*texts: str) -> list[Line]:
    return [Line(number, text, Where(line=number)) for number, text in enumerate(texts, 1)]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (["The govern-", "ment of Arvenia.", "A government."], "The government of Arvenia. A government."),
        (["The inspec-", "tor came.", "Two inspectors."], "The inspector came. Two inspectors."),
        (["(Govern-", "ment) of it.", "Government."], "(Government) of it. Government."),
        (["by non-", "state groups and", "non-state actors."], "by non-state groups and non-state actors."),
        (["an anti-", "union vote."], "an anti-union vote."),
        (["of well-", "being and", "well-being, or wellbeing."], "of well-being and well-being, or wellbeing."),
        (["https://a.example/govern-", "ment/x and government."], "https://a.example/govern-ment/x and government."),
        (["the North-", "West and the Northwest."], "the North-West and the Northwest."),
    ],
)
def test_the_chapters_own_words_decide(text: list[str], whole: str) -> None:
    assert text_of(block for block in undo_hyphens(lines(*text)) if isinstance(block, Line)) == whole


def test_a_word_that_goes_on_over_the_page() -> None:
    head = Line(2, "Arvenia", Where(line=2), zone="head")
    first, last = lines("The govern-", "ment of a government.")
    found = undo_hyphens([first, head, last])[0]
    assert isinstance(found, Line)
    assert found.text == "The govern\u00ad"


def test_inside_a_cell() -> None:
    cell = Cell(tuple(lines("Child-", "ren work")))
    grid = Grid((Cell(),), ((cell,), (None,)), Where())
    (found, _) = undo_hyphens([grid, *lines("Children.")])
    assert isinstance(found, Grid)
    assert found.rows[0][0] is not None
    assert found.rows[0][0].text == "Children work"
    assert found.rows[1][0] is None
