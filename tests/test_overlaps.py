"""Words that are printed over each other; all words are invented."""

from pathlib import Path

import pytest

from extractors.readers import read_chapter
from extractors.readers.marks import Marks, Word
from extractors.readers.overlaps import COUNTED, overlap_issues, overlapping
from tests.pages import document


def word(text: str, x0: float, top: float, size: float = 9.0) -> Word:
    return Word(text, x0, top, x0 + 5 * len(text), top + size, "Garamond", size, True)


def test_words_of_close_lines_beside_each_other_and_raised_markers_do_not_overlap() -> None:
    words = [word("Arvenia", 54, 100), word("Ministry", 54, 109.5), word("boats", 90, 100), word("12", 84, 98, 5.0)]
    assert list(overlapping(words)) == []


def test_a_line_that_was_moved_onto_another_is_an_error_with_its_place() -> None:
    marks = Marks(3, 612, 792, words=[word("Arvenia", 54, 100), word("Ministry", 60, 104)])
    (issue,) = overlap_issues(marks)
    assert (issue.check, issue.severity, issue.where.page) == ("text_overlaps", "error", 3)
    assert issue.where.bbox == (54, 100, 100, 113)
    assert "'Arvenia' and 'Ministry'" in issue.message


def test_many_words_at_one_place_are_not_all_compared() -> None:
    marks = Marks(1, 612, 792, words=[word("Arvenia", 54 + n / 1000, 100) for n in range(20_000)])
    (issue,) = overlap_issues(marks)
    assert issue.message.startswith(f"{COUNTED} or more pairs of words")


@pytest.mark.parametrize(
    ("stream", "found"),
    [
        (b"q BT /F1 9 Tf 72 700 Td (Arvenia) Tj ET Q", False),
        (b"q BT /F1 9 Tf 72 700 Td (Arvenia) Tj ET", True),
        (b"/P BMC BT /F1 9 Tf 72 700 Td (Arvenia) Tj ET EMC", False),
        (b"/P BMC BT /F1 9 Tf 72 700 Td (Arvenia) Tj ET", True),
    ],
)
def test_a_page_whose_content_is_cut_off_is_an_error(stream: bytes, found: bool, tmp_path: Path) -> None:
    file = tmp_path / "cut.pdf"
    file.write_bytes(document(stream).getvalue())
    assert ("stream_damaged" in {issue.check for issue in read_chapter(file, file.name).issues}) is found
