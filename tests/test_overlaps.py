"""Words that are printed over each other; all words are invented."""

from extractors.readers.content import Content
from extractors.readers.marks import Marks, Word
from extractors.readers.opening import check_page
from extractors.readers.overlaps import overlap_issues, overlapping


def word(text: str, x0: float, top: float, size: float = 9.0) -> Word:
    return Word(text, x0, top, x0 + 5 * len(text), top + size, "Garamond", size, True)


def test_words_of_close_lines_beside_each_other_and_raised_markers_do_not_overlap() -> None:
    words = [word("Arvenia", 54, 100), word("Ministry", 54, 109.5), word("boats", 90, 100), word("12", 84, 98, 5.0)]
    assert overlapping(words) == []


def test_a_line_that_was_moved_onto_another_is_an_error_with_its_place() -> None:
    marks = Marks(3, 612, 792, words=[word("Arvenia", 54, 100), word("Ministry", 60, 104)])
    (issue,) = overlap_issues(marks)
    assert (issue.check, issue.severity, issue.where.page) == ("text_overlaps", "error", 3)
    assert issue.where.bbox == (54, 100, 100, 113)
    assert "'Arvenia' and 'Ministry'" in issue.message


def test_a_page_whose_content_is_cut_off_is_an_error() -> None:
    content = Content(1, 612, 792, (0, 0, 612, 792), unclosed=True)
    marks = Marks(1, 612, 792, words=[word("Arvenia", 54, 100)])
    assert [issue.check for issue in check_page(content, marks)] == ["stream_damaged"]
