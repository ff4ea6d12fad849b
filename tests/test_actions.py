"""One ruled row of suggested actions becomes as many actions as it prints years for."""

from __future__ import annotations

import itertools

import pytest

from extractors.chapter.actions import SuggestedAction, expand_actions
from extractors.chapter.tables import TableRow
from extractors.model import Cell, Line, Where, text_of

_numbers = itertools.count(1)


def on_page(text: str, top: float = 0.0, page: int = 1) -> Line:
    """A line of a page at a height."""
    return Line(next(_numbers), text, Where(page, (100.0, top, 200.0, top + 10.0)))


def in_text(text: str) -> Line:
    """A line of a raw text: no page, no box."""
    number = next(_numbers)
    return Line(number, text, Where(line=number))


def row(action: list[Line], years: list[Line]) -> TableRow:
    return TableRow({"action": Cell(tuple(action)), "years": Cell(tuple(years))}, Where(page=1))


def printed(actions: list[SuggestedAction]) -> list[tuple[str, str]]:
    return [(text_of(a.lines), text_of(a.years)) for a in actions]


def test_without_bullets_it_is_one_action() -> None:
    one = row([on_page("Mend the"), on_page("boats.", 12)], [on_page("2014 –"), on_page("2019", 12)])
    assert printed(expand_actions(one)) == [("Mend the boats.", "2014 – 2019")]


def test_no_action_is_none() -> None:
    assert expand_actions(row([], [on_page("2014")])) == []
    assert expand_actions(TableRow({}, Where())) == []


@pytest.mark.parametrize("bullet", "■•·▪●◦")
def test_every_bullet_has_its_own_years(bullet: str) -> None:
    """Lead-in and bullet are one action; a bullet's own lines are kept apart for its place."""
    action = [
        on_page("Publish for each year:", 0),
        on_page(f"{bullet} How many pits were", 12),
        on_page("seen;", 24),
        on_page(f"{bullet} The fines.", 36),
    ]
    actions = expand_actions(row(action, [on_page("2013 – 2019", 12), on_page("2015", 36)]))
    assert printed(actions) == [
        ("Publish for each year: How many pits were seen;", "2013 – 2019"),
        ("Publish for each year: The fines.", "2015"),
    ]
    assert [line.text for line in actions[0].own] == [f"{bullet} How many pits were", "seen;"]
    assert [line.text for line in actions[1].own] == [f"{bullet} The fines."]


def test_years_broken_over_lines_belong_to_one_bullet() -> None:
    action = [on_page("Do:"), on_page("■ One;", 12), on_page("■ Two.", 48)]
    years = [on_page("2011,", 12), on_page("2014 –", 24), on_page("2019", 36), on_page("2015", 48)]
    assert printed(expand_actions(row(action, years))) == [("Do: One;", "2011, 2014 – 2019"), ("Do: Two.", "2015")]


def test_years_broken_over_lines_of_a_raw_text_belong_together() -> None:
    """No heights help there: only the comma or dash at a line's end says that the years go on."""
    action = [in_text("Do:"), in_text("■ One;"), in_text("■ Two.")]
    years = [in_text("2011,"), in_text("2014 –"), in_text("2019"), in_text("2015")]
    assert printed(expand_actions(row(action, years))) == [("Do: One;", "2011, 2014 – 2019"), ("Do: Two.", "2015")]


def test_one_run_of_years_for_all_bullets_is_one_action() -> None:
    action = [on_page("Do:"), on_page("■ One;", 12), on_page("■ Two.", 24)]
    for years in ([on_page("2012 – 2019")], [on_page("2012 –"), on_page("2019", 12)], []):
        actions = expand_actions(row(action, years))
        assert printed(actions) == [("Do: ■ One; ■ Two.", text_of(years))]


def test_fewer_runs_than_bullets_stand_beside_theirs() -> None:
    """A bullet without years beside it takes those above it."""
    action = [on_page("Do:", 0), on_page("■ One;", 12), on_page("■ Two;", 24), on_page("■ Three.", 36)]
    years = [on_page("2013", 12), on_page("2016", 36)]
    assert [when for _, when in printed(expand_actions(row(action, years)))] == ["2013", "2013", "2016"]


def test_a_row_cut_by_the_page_keeps_years_with_their_bullets() -> None:
    """A height counts from the top of its own page: the second bullet stands higher up, but a page later."""
    action = [on_page("Do:", 600), on_page("■ One;", 650), on_page("■ Two;", 90, 2), on_page("■ Three.", 120, 2)]
    years = [on_page("2013", 650), on_page("2016", 120, 2)]
    assert [when for _, when in printed(expand_actions(row(action, years)))] == ["2013", "2013", "2016"]


def test_a_raw_text_gives_the_bullets_and_their_years_in_one_line() -> None:
    action = [in_text("Publish: ■ The pits seen; ■ The fines;  ■ The calls.")]
    years = [in_text("2013 – 2019 2015 – 2016, 2018 – 2019 2019")]
    assert printed(expand_actions(row(action, years))) == [
        ("Publish: The pits seen;", "2013 – 2019"),
        ("Publish: The fines;", "2015 – 2016, 2018 – 2019"),
        ("Publish: The calls.", "2019"),
    ]


def test_a_raw_text_with_one_run_of_years_is_one_action() -> None:
    action = [in_text("Publish: ■ The pits seen; ■ The fines.")]
    (only,) = expand_actions(row(action, [in_text("2013 – 2019")]))
    assert printed([only]) == [("Publish: ■ The pits seen; ■ The fines.", "2013 – 2019")]
    assert only.lines == tuple(action), "a line that is not cut stays the source's line"


def test_a_hyphen_or_a_dot_inside_a_word_is_no_bullet() -> None:
    action = [in_text("Send the 2-year plan to every non·state school.")]
    assert len(expand_actions(row(action, [in_text("2013 2015")]))) == 1


def test_no_line_is_lost() -> None:
    action = [on_page("Do:"), on_page("■ One;", 12), on_page("■ Two.", 24)]
    years = [on_page("2013", 12), on_page("2015", 24)]
    actions = expand_actions(row(action, years))
    numbers = {line.number for a in actions for line in (*a.lines, *a.years)}
    assert numbers == {line.number for line in (*action, *years)}
