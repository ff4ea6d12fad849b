"""The reference list: numbers, entries and fields. All entries are invented (Arvenia, XAV, does not exist)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.model import Issue, Where
from extractors.references.checks import check_citations
from extractors.references.dates import find_dates
from extractors.references.entries import read_references
from extractors.references.urls import continues_url, find_url
from tests.reference_lists import hanging, lines_of


def checks(issues: Sequence[Issue]) -> list[str]:
    return [issue.check for issue in issues]


# ---------------------------------------------------------------------------------------------- numbers and entries


def test_hanging_entries() -> None:
    references, issues = read_references(
        hanging(
            "1 U.S. Embassy- Port Saffron. Reporting. January 12, 2018.",
            "2 Reef Watch. Pearl Divers of Arvenia. June",
            " 14, 2019. https://reef.example.org/pearl-",
            " divers/report.pdf.",
            "3 Ministry of Reefs. Reef Code, No. 12. Enacted: 2004. Source on file.",
        )
    )
    assert [r.number for r in references] == [1, 2, 3]
    assert references[1].text == (
        "Reef Watch. Pearl Divers of Arvenia. June 14, 2019. https://reef.example.org/pearl-divers/report.pdf."
    )
    assert references[1].where.line == 2
    assert issues == []


def test_the_place_of_an_entry_is_the_box_round_its_lines_in_one_column() -> None:
    places = [(54.0, 700.0, 280.0, 708.0), (72.0, 710.0, 260.0, 718.0), (320.0, 60.0, 500.0, 68.0)]
    lines = hanging("1 Reef Watch. Pearl Divers of", " Arvenia and its Reefs, a Report of the", " Year. 2019.")
    placed = [replace(line, where=Where(page=3, bbox=box)) for line, box in zip(lines, places, strict=True)]
    [reference], _ = read_references(placed)
    assert reference.where == Where(page=3, bbox=(54.0, 700.0, 280.0, 718.0))


def test_top_of_a_column_may_go_on_with_an_entry() -> None:
    references, issues = read_references(
        hanging(
            "1 Reef Watch. Pearl",
            " Divers. 2019.",
            "2 Reef Watch. Salt",
            "Pans. 2018.",
            "3 Reef Watch. Kelp",
            " Farms. 2017.",
        )
    )
    assert [(r.number, r.title) for r in references] == [(1, "Pearl Divers"), (2, "Salt Pans"), (3, "Kelp Farms")]
    assert issues == []


def test_lost_numbers_come_from_the_neighbours() -> None:
    references, issues = read_references(
        lines_of(
            [
                "- I Reef Watch. Pearl Divers. 2019.",
                "- 2 Reef Watch. Salt Pans. 2018.",
                "- Reef Watch. Kelp Farms. 2017.",
                "\n- 4 Reef Watch. Goats. 2016.",
                "- Reef Watch. Mines. 2015.",
                "- Reef Watch. Bricks. 2014.",
                "- 7 Reef Watch. Looms. 2013.",
            ]
        )
    )
    assert [r.number for r in references] == [1, 2, 3, 4, 5, 6, 7]
    assert [r.number for r in references if r.number_source == "inferred"] == [1, 3, 5, 6]
    assert [(i.check, i.row, i.severity) for i in issues] == [
        ("reference_number_inferred", 1, "warning"),
        ("reference_number_inferred", 3, "info"),
        ("reference_number_inferred", 5, "info"),
        ("reference_number_inferred", 6, "info"),
    ]


def test_cut_number_and_cut_entries() -> None:
    """``5`` for 25, an entry in two bullets, a URL that is a bullet of its own: all in the Peru 2019 raw text."""
    texts = [f"- {n} Reef Watch. Report {n} on reefs. 2019." for n in range(1, 25)]
    texts[22] = "- 23 Reef Watch. Pearl Divers. 2019."
    texts.insert(23, "- https://reef.example.org/pearl-")
    texts.insert(24, "- divers/.")
    texts += [
        "\n5 Government of Arvenia. Law amending Article 51 of Law No.",
        "- 27337, Law No. 27571. Enacted: December 4, 2001.",
        "- 26 Reef Watch. Salt Pans. 2018.",
    ]
    references, issues = read_references(lines_of(texts))
    assert [r.number for r in references] == list(range(1, 27))
    assert references[22].url == "https://reef.example.org/pearl-divers/"
    assert references[24].title == "Law amending Article 51 of Law No. 27337, Law No. 27571"
    assert (references[24].number_source, references[24].date_iso) == ("inferred", "2001-12-04")
    assert checks(issues) == ["reference_number_inferred"]


def test_entries_glued_on_one_line() -> None:
    references, issues = read_references(
        lines_of(["1 Reef Watch. Pearls. 2019. 2 Reef Watch. Salt. 2018.", "3 Reef Watch. Kelp. 2017."])
    )
    assert [(r.number, r.title) for r in references] == [(1, "Pearls"), (2, "Salt"), (3, "Kelp")]
    assert [(i.check, i.row) for i in issues] == [("reference_entries_glued", 2)]


def test_gaps_and_duplicates_are_findings() -> None:
    references, issues = read_references(
        hanging(*(f"{n}. Reef Watch. Report. 2019." for n in (1, 2, 5, 6, 6, 7, 8)), " More words.")
    )
    assert [r.number for r in references] == [1, 2, 5, 6, 6, 7, 8]
    assert [(i.check, i.row) for i in issues] == [("reference_gap", 3), ("reference_number_duplicate", 5)]
    assert "3 to 4" in issues[0].message


def test_a_line_before_the_first_entry_is_a_finding() -> None:
    references, issues = read_references(
        hanging(" of the last paragraph.", "1. Reef Watch. Pearls. 2019.", " Source on file.")
    )
    assert [r.title for r in references] == ["Pearls"]
    assert checks(issues) == ["reference_line_unowned"]


def test_an_empty_list() -> None:
    assert read_references([]) == ([], [])


def test_numbers_inside_entries_start_none() -> None:
    references, _ = read_references(
        hanging(
            "1 Reef Watch. Pearl Divers. November",
            " 2 2019. Source on file.",
            "2 Government of Arvenia. Law No.",
            " 3 of the Reef. 2011.",
        )
    )
    assert [r.number for r in references] == [1, 2]


# ---------------------------------------------------------------------------------------------- the list as a whole


def test_a_number_that_the_publisher_left_out_is_no_lost_entry() -> None:
    _, issues = read_references(hanging(*(f"{n}. Reef Watch. Report. 2019." for n in (1, 2, 4, 5))))
    assert [(i.check, i.severity) for i in issues] == [("reference_number_skipped", "error")]


def cites(*numbers: int) -> list[dict[str, Any]]:
    return [{"number": n, "page": 2, "line": None, "table": "paragraphs", "row": 1} for n in numbers]


def test_a_list_on_file_is_one_finding() -> None:
    issues = check_citations(cites(*range(1, 90)), frozenset(), Where(page=12))
    assert [(i.check, i.severity, i.where.page) for i in issues] == [("references_on_file", "warning", 12)]


def test_citations_without_a_list_are_one_error() -> None:
    assert [(i.check, i.severity) for i in check_citations(cites(1, 2, 3), frozenset(), None)] == [
        ("references_missing", "error")
    ]


def test_a_chapter_without_citations_has_one_finding_which_is_an_error_where_all_cite() -> None:
    for always, expected in ((True, ("error", "reading")), (False, ("info", "source"))):
        [issue] = check_citations([], frozenset(), None, always)
        assert (issue.check, issue.severity, issue.origin) == ("citations_none", *expected)
    assert [issue.check for issue in check_citations([], frozenset(), Where(page=12))] == ["references_on_file"]


def test_a_list_whose_end_is_missing_is_one_error_and_a_few_slips_are_not() -> None:
    numbers = frozenset(range(1, 31))
    [issue] = check_citations(cites(*range(1, 36)), numbers, None)
    assert (issue.check, issue.severity) == ("references_missing", "error")
    assert "ends at 30, but 5 higher numbers" in issue.message
    assert [(i.check, i.severity) for i in check_citations(cites(*range(1, 31), 31, 33), numbers, None)] == [
        ("references_missing", "error")
    ]
    slips = check_citations(cites(*range(1, 31), 40, 50), numbers, None)
    assert [(i.check, i.severity) for i in slips] == [("citation_unresolved", "warning")] * 2


def test_a_list_that_is_hardly_cited_is_an_error() -> None:
    numbers = frozenset(range(1, 40))
    assert checks(check_citations(cites(1, 2, 3), numbers, None)) == ["citations_few"]
    assert checks(check_citations([], numbers, None)) == ["citations_few"]
    assert check_citations(cites(*range(1, 20)), numbers, None) == []


# ---------------------------------------------------------------------------------------------- properties

words = st.sampled_from(
    [
        "pearl",
        "divers",
        "salt",
        "pans",
        "kelp",
        "farms",
        "of",
        "Port",
        "Saffron",
        "and",
        "reef",
        "mines",
        "in",
        "Arvenia",
    ]
)
titles = st.lists(words, min_size=2, max_size=14).map(lambda w: " ".join(w).capitalize())
authors = st.sampled_from(["Reef Watch", "U.S. Embassy- Port Saffron", "Doe, J.", "Government of Arvenia", "ILO"])
months = st.sampled_from(["January", "May", "June", "September", "December"])
dates = st.one_of(
    st.integers(1990, 2024).map(str),
    st.tuples(months, st.integers(1990, 2024)).map(lambda p: f"{p[0]} {p[1]}"),
    st.tuples(months, st.integers(1, 28), st.integers(1990, 2024)).map(lambda p: f"{p[0]} {p[1]}, {p[2]}"),
)
paths = st.lists(
    st.sampled_from(["pearl-divers", "salt_pans", "2014", "Kelp", "a1-b2-c3"]), min_size=1, max_size=12
).map("/".join)
urls = st.one_of(st.just(""), paths.map(lambda path: f"https://reef.example.org/{path}.pdf"))
entries = st.tuples(authors, titles, dates, urls)


def wrap(entry: str, width: int) -> list[str]:
    """An entry in lines no longer than ``width``; URLs break after a slash, hyphen or underscore, as pages do it."""
    out: list[str] = []
    for chunk in textwrap.wrap(entry, width, break_on_hyphens=False, break_long_words=False):
        while len(chunk) > width and (at := max(chunk.rfind(c, 12, width) for c in "/-_")) > 0:
            out.append(chunk[: at + 1])
            chunk = chunk[at + 1 :]
        out.append(chunk)
    return out


@settings(deadline=None)
@given(st.lists(entries, min_size=2, max_size=12), st.integers(40, 75), st.sampled_from(["{} ", "{}. "]))
def test_what_is_wrapped_comes_back(items: list[tuple[str, str, str, str]], width: int, number: str) -> None:
    lines: list[str] = []
    for n, (author, title, date, url) in enumerate(items, 1):
        entry = f"{author.rstrip('.')}. {title}. {date}." + (f" {url}." if url else "")
        first, *rest = wrap(number.format(n) + entry, width)
        lines += [first, *(f" {line}" for line in rest)]
    references, issues = read_references(hanging(*lines, " "))
    assert [(r.number, r.author, r.title, r.date, r.url) for r in references] == [
        (n, author, title, date, url) for n, (author, title, date, url) in enumerate(items, 1)
    ]
    assert all(r.number_source == "printed" for r in references)
    assert all(r.date_iso == next(find_dates(r.date)).iso for r in references)
    assert issues == []


@given(st.integers(6, 40), st.data())
def test_any_few_lost_numbers_come_back(count: int, data: st.DataObject) -> None:
    lost = data.draw(st.sets(st.integers(2, count - 1), max_size=count // 3))
    texts = [f"- {'' if n in lost else f'{n} '}Reef Watch. Report on reefs. 2019." for n in range(1, count + 1)]
    references, issues = read_references(lines_of(texts))
    assert [r.number for r in references] == list(range(1, count + 1))
    assert {r.number for r in references if r.number_source == "inferred"} == lost
    assert len(issues) == len(lost)


@given(st.lists(st.text(alphabet="aB1. -/:,;[]()“”_http", max_size=40), max_size=12))
def test_no_line_breaks_it(texts: list[str]) -> None:
    references, issues = read_references(lines_of(texts))
    kept = "".join(r.text + str(r.number) for r in references) + "".join(i.message for i in issues)
    letters = sum(c == "B" for text in texts for c in text)
    assert sum(c == "B" for c in kept) >= letters


def test_a_damaged_list_of_one_endless_entry_stays_cheap() -> None:
    """Joining line by line anew took minutes here (cubic); it now takes a fifth of a second."""
    references, _ = read_references(lines_of(["1 Reef Watch. Pearls. http://reef.example.org/"] + ["a/"] * 3000))
    assert len(references[0].text) > 6000


@given(st.text(alphabet="htp:/w.a-_ 1", max_size=60), st.text(alphabet="aA1./ ", max_size=20))
def test_urls_lie_in_their_text(text: str, following: str) -> None:
    continues_url(text, following)
    url = find_url(text)
    assert url is None or (0 <= url.start <= url.end <= len(text))
