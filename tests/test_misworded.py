"""Pages of the invented country Arvenia whose captions, headers and headings are worded wrongly, as real ones are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from extractors import rules
from extractors.chapter.records import extract_records
from extractors.chapter.segment import segment
from tests.builders import Draft, begun

ACTIONS = ("Area", "Suggested Action", "Year(s) Suggested")
HINTS = [
    ("Enforcement", "Hire more inspectors.", "2030 – 2031"),
    ("Coordination", "Meet each month.", "2031"),
    ("Social Programs", "Fund the shelters.", "2029 – 2031"),
]

Tables = dict[str, list[dict[str, Any]]]


def tables_of(draft: Draft) -> Tables:
    chapter = draft.chapter()
    (extraction,) = extract_records(chapter, segment(chapter))
    return dict(extraction.tables)


def with_table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str | None]]) -> Tables:
    draft = begun()
    draft.caption(caption)
    draft.grid(header, rows)
    return tables_of(draft)


def values(tables: Tables, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in tables[table]]


def checks(tables: Tables, *names: str) -> list[tuple[str, str]]:
    """Check and severity of the findings with these names."""
    return [(row["check"], row["severity"]) for row in tables["quality"] if row["check"] in names]


COLUMNS = ("column_unknown", "wording_guessed", "line_unowned", "table_repeated", "label_unknown")
GUESSED = [("wording_guessed", "warning")]

# ---------------------------------------------------------------------------------------------- captions


def test_a_continuation_under_the_caption_of_another_table() -> None:
    """As Afghanistan 2020, page 10, and Mexico 2019, page 11."""
    draft = begun()
    draft.caption("Table 6. Labor Law Enforcement Efforts Related to Child Labor")
    draft.grid(("Overview of Labor Law Enforcement", "2030", "2031"), [("Number of Labor Inspectors", "4", "5")])
    draft.caption("Table 11. Suggested Government Actions to Eliminate Child Labor")
    draft.grid(ACTIONS, HINTS[:1])
    draft.new_page()
    draft.caption("Table 6. Labor Law Enforcement Efforts Related to Child Labor (cont.)")
    draft.grid(ACTIONS, HINTS[1:])
    tables = tables_of(draft)
    wanted = [("enforcement", 2030), ("coordination", 2031), ("social_programs", 2029)]
    assert values(tables, "suggested_actions", "area", "first_year") == wanted
    assert len(tables["enforcement"]) == 2
    assert checks(tables, *COLUMNS) == GUESSED


def test_the_caption_stays_where_the_header_only_borrows_a_word() -> None:
    """As the Cook Islands 2014, page 3: "Program" over the policies."""
    tables = with_table("Table 5. Policies Related to Child Labor", ("Program", "Description"), [("Plan A", "Aims.")])
    assert values(tables, "policies", "policy", "description") == [("Plan A", "Aims.")]
    assert not tables["programs"]
    assert checks(tables, *COLUMNS) == GUESSED


@pytest.mark.parametrize("caption", ["Criminal", "Labor"])
def test_labels_decide_under_the_header_of_the_other_enforcement_table(caption: str) -> None:
    """As the Maldives 2015, page 3, whose criminal table is headed "Overview of Labor Law Enforcement"."""
    rows = [("Number of Investigations", "Unknown", "3"), ("Number of Convictions", "0", "2")]
    title = f"Table 7. {caption} Law Enforcement Efforts Related to Child Labor"
    header = f"Overview of {'Labor' if caption == 'Criminal' else 'Criminal'} Law Enforcement"
    tables = with_table(title, (header, "2030", "2031"), rows)
    wanted = [("criminal", "investigations", 3), ("criminal", "convictions", 2)]
    assert values(tables, "enforcement", "domain", "metric", "value")[1::2] == wanted
    assert checks(tables, *COLUMNS) == GUESSED


# ---------------------------------------------------------------------------------------------- columns


@pytest.mark.parametrize(
    ("caption", "header", "cells", "table", "columns"),
    [
        pytest.param(
            "Suggested Government Actions", ("Area", "Suggested Action", "Year(s) Recommended"), HINTS[0],
            "suggested_actions", ("area", "action", "years"), id="Morocco 2014, page 6",
        ),
        pytest.param(
            "Key Mechanisms to Coordinate Government Efforts", ("Coordinating Body", "Description"),
            ("Arvenian Council", "Coordinates all."), "coordination", ("body", "role"), id="Burma 2016, page 5",
        ),
        pytest.param(
            "Policies Related to Child Labor", ("Description", "Description"),
            ("Plan A", "Aims."), "policies", ("policy", "description"), id="one header twice",
        ),
        pytest.param(
            "Suggested Government Actions", ("Area", "Sugested Acton", "Year(s) Suggested"), HINTS[0],
            "suggested_actions", ("area", "action", "years"), id="misprint",
        ),
        pytest.param(
            "Suggested Government Actions", ("Field", "Step", "When"), HINTS[0],
            "suggested_actions", ("area", "action", "years"), id="no known word",
        ),
    ],
)  # fmt: skip
def test_a_misworded_header(
    caption: str, header: tuple[str, ...], cells: tuple[str, ...], table: str, columns: tuple[str, ...]
) -> None:
    tables = with_table(f"Table 9. {caption}", header, [cells])
    wanted = [cell.casefold().replace(" – ", "-") for cell in cells]
    assert [str(value).casefold() for value in values(tables, table, *columns)[0]] == wanted
    found = checks(tables, *COLUMNS)
    assert found
    assert set(found) == set(GUESSED)


def test_a_header_over_values_of_another_form_stays_unknown() -> None:
    header = ("Area", "Suggested Action", "Remarks")
    tables = with_table("Table 9. Suggested Government Actions", header, [("Enforcement", "Hire.", "none so far")])
    assert values(tables, "suggested_actions", "action", "years") == [("Hire.", "")]
    assert checks(tables, "column_unknown") == [("column_unknown", "error")]


# ---------------------------------------------------------------------------------------------- section headings


@pytest.mark.parametrize(
    ("lines", "style"),
    [
        pytest.param(["vI. SocIal ProgramS to addreSS chIld labor"], {"size": 12.0}, id="small capitals"),
        pytest.param(["vI. Social Programs to address child labor"], {"size": 11.0}, id="Lesotho 2018, page 6"),
        pytest.param(["VI, SOCIAL PROGRAMS TO ADDRESS CHILD LABOR"], {}, id="Congo 2017, page 1"),
        pytest.param(["VI. SOCIAL PROGRAMMS TO ADDRESS CHILD LABOR"], {}, id="Burma 2016, page 1"),
        pytest.param(["VI. SOCIAL", "PROGRAMS TO ADDRESS CHILD LABOR"], {}, id="Botswana 2018, page 1"),
        pytest.param(["VI. SOCIALE PROGRAMS TO ADDRESS", "CHILD LABOR"], {}, id="Burundi 2015, page 1"),
    ],
)
@pytest.mark.parametrize("sized", [True, False])
def test_a_misworded_section_heading(lines: list[str], style: dict[str, Any], sized: bool) -> None:
    draft = begun(sized)
    draft.text("Children herd goats.")
    for i, line in enumerate(lines):
        draft.heading(line, **style, gap=i == 0)
    draft.text("Arvenia runs a shelter.")
    tables = tables_of(draft)
    wanted = [("prevalence", "Children herd goats."), ("programs", "Arvenia runs a shelter.")]
    assert values(tables, "paragraphs", "section", "text")[1:] == wanted
    assert not checks(tables, "heading_unknown")


def test_a_bold_line_with_one_word_of_a_heading_is_no_heading() -> None:
    draft = begun()
    draft.heading("I. SOCIAL WORK IN TOWNS", size=11.0)
    draft.text("Children herd goats.")
    assert {section for (section,) in values(tables_of(draft), "paragraphs", "section")} == {"summary", "prevalence"}


# ---------------------------------------------------------------------------------------------- labels and areas


def test_two_areas_in_one_cell_are_shared_out_by_height() -> None:
    """As Ukraine 2013, page 6: the rule between two areas is missing."""
    rows: list[tuple[str | None, ...]] = [
        ("Coordination\n\nGovernment Policies", "Meet each month.\nName a chair.", "2031"),
        (None, "Adopt a plan.", "2030"),
        (None, "Fund the plan.", "2031"),
    ]
    tables = with_table(
        "Table 9. Suggested Government Actions",
        ACTIONS,
        [(x[0] and x[0].replace("\n\n", "\n \n"), *x[1:]) for x in rows],
    )
    wanted = [("coordination",), ("government_policies",), ("government_policies",)]
    assert values(tables, "suggested_actions", "area") == wanted
    assert not checks(tables, *COLUMNS, "cell_crowded")


@pytest.mark.parametrize("below", [0, 2])
def test_one_area_twice_in_one_cell_is_one_area(below: int) -> None:
    """As Nicaragua 2013, page 7."""
    more: list[tuple[str | None, ...]] = [(None, f"Fund shelter {n}.", "2031") for n in range(below)]
    rows = [("Social Programs\nSocial Programs", "Fund the schools.", "2031"), *more]
    tables = with_table("Table 9. Suggested Government Actions", ACTIONS, rows)
    assert values(tables, "suggested_actions", "area") == [("social_programs",)] * (1 + below)
    assert not checks(tables, *COLUMNS, "cell_crowded")


@pytest.mark.parametrize(
    ("domain", "head"), [("Labor", "Training for Labor Inspectors"), ("Criminal", "Training for Investigators")]
)
def test_a_head_of_labels_that_has_values_is_the_first_of_its_group(domain: str, head: str) -> None:
    """As Mexico 2019, page 7."""
    header = (f"Overview of {domain} Law Enforcement", "2030", "2031")
    rows = [(head, "Yes", "No"), ("Refresher Courses Provided", "No", "Yes")]
    tables = with_table(f"Table 7. {domain} Law Enforcement Efforts Related to Child Labor", header, rows)
    wanted = [("initial_training", head, 1), ("initial_training", head, 0)]
    assert values(tables, "enforcement", "metric", "label", "value")[:2] == wanted
    assert checks(tables, "label_unknown") == [("label_unknown", "warning")]


def test_a_new_wording_is_one_finding() -> None:
    """As the reports of 2021, whose new but clear wordings gave a warning in every row of every chapter."""
    rows = [("Ocean Matters", f"Action {n}.", "2031") for n in range(3)]
    tables = with_table("Table 9. Suggested Government Actions", ACTIONS, rows)
    assert values(tables, "suggested_actions", "area") == [("other",)] * 3
    assert checks(tables, "label_unknown") == [("label_unknown", "warning")]
    header = ("Overview of Labor Law Enforcement", "2030", "2031")
    rows = [("Refresher Courses Held in Every Province", "Yes", "No")]
    tables = with_table("Table 7. Labor Law Enforcement Efforts Related to Child Labor", header, rows)
    assert values(tables, "enforcement", "metric") == [("refresher_courses",)] * 2
    assert checks(tables, "label_unknown") == [("label_unknown", "info")]


# ---------------------------------------------------------------------------------------------- source notes

STATISTICS = [
    ("Working (% and population)", "5 to 14", "34.0"),
    ("Attending School (%)", "5 to 14", "94.7"),
    ("Primary Completion Rate (%)", "", "97.0"),
]


@pytest.mark.parametrize(
    ("completion", "others", "style"),
    [
        pytest.param(
            "Source for primary completion rate: Arvenian Survey, 2030. (1)",
            "Source for all other data: Arvenian Census, 2029. (2)",
            {"size": 9.0, "italic": True}, id="Kyrgyz Republic 2020, page 1",
        ),
        pytest.param(
            "Primary completion rate was unavailable from the Arvenian Survey, 2030. (1)",
            "Source for all other data: Arvenian Census, 2029. (2)",
            {"size": 10.0, "italic": True}, id="Somalia 2015, page 1",
        ),
        pytest.param(
            "Source for primary completion rate: Arvenian Survey, 2030. (1)",
            "Arvenian Census, 2029. (2)",
            {"size": 8.0, "italic": True}, id="Chile 2013, page 1",
        ),
        pytest.param(
            "Source for primary completion rate: Arvenian Survey, 2030. (1)",
            "Data were unavailable from the Arvenian Census, 2029. (2)",
            {"size": 9.0}, id="Fiji 2018, page 1",
        ),
    ],
)  # fmt: skip
def test_source_notes_in_other_type(completion: str, others: str, style: dict[str, Any]) -> None:
    draft = begun()
    draft.caption("Table 1. Statistics on Children’s Work and Education")
    draft.grid(("Children", "Age", "Percent"), STATISTICS)
    draft.add(completion, gap=True, **style)
    draft.add(others, **style)
    draft.text("Children herd goats.")
    tables = tables_of(draft)
    wanted = [others[:-4]] * 2 + [completion[:-4]]
    assert values(tables, "statistics", "source") == [(text,) for text in wanted]
    assert [text for section, text in values(tables, "paragraphs", "section", "text") if section != "summary"] == [
        "Children herd goats."
    ]


# ---------------------------------------------------------------------------------------------- small capitals


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("EFFORTS MADE BUT CONTINUED PRACTICE", "Efforts Made but Continued Practice"),
        ("efforts Made but continued PractIce that delayed advanceMent",
         "Efforts Made but Continued Practice that Delayed Advancement"),
        ("Efforts Made but Regression in Law", "Efforts Made but Regression in Law"),
    ],
)  # fmt: skip
def test_the_note_of_the_assessment_has_one_case(printed: str, wanted: str) -> None:
    """As Iraq 2018 and Uzbekistan 2015: small capitals are stored as small letters."""
    draft = Draft()
    draft.head("Arvenia")
    draft.head(f"Minimal advanceMent – {printed}", size=12.0, bold=True)
    draft.summary()
    draft.heading("I. PREVALENCE AND SECTORAL DISTRIBUTION OF CHILD LABOR")
    draft.text("Children herd goats.")
    tables = tables_of(draft)
    assert values(tables, "documents", "assessment", "assessment_note") == [("Minimal Advancement", wanted)]


# ---------------------------------------------------------------------------------------------- several countries

LANDS = {"dorvania": "XDO", "elnia fen and tal": "XEL"}


@pytest.mark.parametrize("heads", [("D", "EFT"), ("X", "EFT")])
def test_a_column_for_each_country_of_a_chapter(monkeypatch: pytest.MonkeyPatch, heads: tuple[str, str]) -> None:
    """As the Cocos (Keeling) Islands 2016; the heads of the Cook Islands 2016, page 2, fit none of its territories."""
    monkeypatch.setattr(rules, "_countries", lambda: LANDS)
    draft = Draft()
    for name in ("Dorvania", "Elnia, Fen, and Tal"):
        draft.add(name, gap=True, size=18.0, bold=True)
        draft.add("NO ASSESSMENT", bold=True)
        draft.summary(f"In 2031, {name} made plans.")
    draft.heading("I. PREVALENCE AND SECTORAL DISTRIBUTION OF CHILD LABOR")
    draft.text("Dorvania (D) and Elnia, Fen, and Tal (EFT) are covered here.")
    draft.caption("Table 1. Ratification of International Conventions on Child Labor")
    header = ("Convention", *(f"Ratifications {head}" for head in heads))
    draft.grid(header, [("ILO C. 138, Minimum Age", "✓", ""), ("UN CRC", "", "✓")])
    chapter = draft.chapter()
    first, second = (dict(part.tables) for part in extract_records(chapter, segment(chapter)))
    assert values(second, "conventions", "convention", "ratified") == [("ilo_c138", False), ("un_crc", True)]
    strange = [("territory_unknown", "error")]
    assert (len(first["conventions"]), checks(first, "territory_unknown")) == (
        (2, []) if heads[0] == "D" else (0, strange)
    )
