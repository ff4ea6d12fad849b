"""The labels round a pie -> the shares of its slices."""

from __future__ import annotations

import itertools

import pytest

from extractors.chapter.figure import read_shares
from extractors.model import Line, Where

_numbers = itertools.count(1)
TITLE = "Figure 1. Working Children by Sector, Ages 5-14"


def at(text: str, x: float, top: float, width: float = 40.0) -> Line:
    return Line(next(_numbers), text, Where(1, (x, top, x + width, top + 9.0)), zone="figure")


def in_text(text: str) -> Line:
    number = next(_numbers)
    return Line(number, text, Where(line=number))


def shares(lines: list[Line]) -> list[tuple[str, float]]:
    return [(code, percent) for code, percent, _ in read_shares(lines)]


SHARES = [("agriculture", 52.6), ("industry", 19.1), ("services", 28.3)]


def test_percents_below_their_labels() -> None:
    lines = [
        at("Services", 60, 100), at("28.3%", 62, 109),
        at("Agriculture", 200, 130), at("52.6%", 205, 139),
        at("Industry", 60, 200), at("19.1%", 62, 209),
    ]  # fmt: skip
    assert shares(lines) == SHARES


def test_percents_beside_their_labels() -> None:
    lines = [
        at("Services", 60, 100), at("28.3%", 105, 100),
        at("Agriculture", 260, 130), at("52.6%", 305, 130),
        at("Industry", 60, 200), at("19.1%", 105, 200),
    ]  # fmt: skip
    assert shares(lines) == SHARES


def test_labels_and_percents_at_one_height() -> None:
    """Two labels in one row and both percents in the row below: each goes to the label above it."""
    lines = [
        at("Industry", 60, 100), at("Services", 130, 100),
        at("19.1%", 62, 109), at("28.3%", 132, 109),
        at("Agriculture", 95, 200), at("52.6%", 99, 209),
    ]  # fmt: skip
    assert shares(lines) == SHARES


def test_the_order_in_the_source_does_not_matter() -> None:
    lines = [
        at("Services", 60, 100), at("28.3%", 62, 109),
        at("Agriculture", 200, 100), at("52.6%", 205, 109),
        at("Industry", 120, 200), at("19.1%", 122, 209),
    ]  # fmt: skip
    for order in itertools.permutations(lines):
        assert shares(list(order)) == SHARES


def test_a_percent_between_two_labels_belongs_to_the_one_above() -> None:
    lines = [at("Services", 60, 100), at("28.3%", 60, 110), at("Industry", 60, 120), at("19.1%", 60, 130)]
    assert shares(lines) == [("industry", 19.1), ("services", 28.3)]


@pytest.mark.parametrize("form", ["{} {}%", "{}, {}%", "{}: {} %", "{}{}%"])
def test_label_and_percent_in_one_line(form: str) -> None:
    words = [form.format(code.capitalize(), percent) for code, percent in SHARES]
    assert shares([at(text, 60, 100 + 40 * i) for i, text in enumerate(words)]) == SHARES
    assert shares([in_text(text) for text in words]) == SHARES


def test_a_raw_text_with_a_percent_under_each_label() -> None:
    lines = [in_text(t) for t in ("Services", "28.3%", "Agriculture", "52.6%", "Industry", "19.1%")]
    assert shares(lines) == SHARES


def test_the_title_is_no_label() -> None:
    assert shares([at("Figure 1. Working Children by Sector, Services 5%", 60, 90)]) == []
    assert shares([at(TITLE, 60, 90, 200), at("Services", 60, 100), at("28.3%", 60, 109)]) == [("services", 28.3)]


def test_labels_without_percents_give_nothing() -> None:
    assert shares([in_text(TITLE), in_text("Services"), in_text("Agriculture"), in_text("Industry")]) == []
    assert shares([]) == []


def test_a_percent_without_a_label_gives_nothing() -> None:
    assert shares([at("28.3%", 60, 100)]) == []
    assert shares([at("Handicrafts", 60, 91), at("28.3%", 60, 100)]) == []


def test_no_percent_is_given_twice() -> None:
    assert shares([at("Services", 60, 100), at("Industry", 60, 140), at("28.3%", 60, 109)]) == [("services", 28.3)]


def test_whole_percents_and_the_lines_that_they_came_from() -> None:
    lines = [at("Agriculture", 60, 100), at("100%", 60, 109), at("nothing to see", 60, 300)]
    assert read_shares(lines) == [("agriculture", 100.0, lines[:2])]


def test_a_share_without_a_percent_sign() -> None:
    """As Honduras 2016, page 1; the ages in the caption are no share."""
    lines = [
        at(TITLE, 60, 80, 200), at("Ages 5 to 14", 60, 89),
        at("Services", 60, 100), at("28.3%", 62, 109),
        at("Agriculture", 200, 130), at("52.6", 205, 139),
        at("Industry", 60, 200), at("19.1%", 62, 209),
    ]  # fmt: skip
    assert shares(lines) == SHARES


def test_numbers_beside_shares_of_every_sector_are_no_shares() -> None:
    lines = [at("Services 28.3%", 60, 100), at("Agriculture 52.6%", 60, 120), at("Industry 19.1%", 60, 140)]
    assert shares([*lines, at("14", 60, 160)]) == SHARES
