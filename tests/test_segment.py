"""Every line of a hand-made chapter gets its owner, with types (as from a PDF) and without (as from a raw text).

Arvenia, Dorvania, Elnia and Fens are invented countries.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from extractors import rules
from extractors.chapter.segment import Outline, place, segment
from extractors.model import Chapter, Line, UnreadableSource, text_of
from tests.builders import OPENING, YEAR, Draft, begun

POLICIES = ("Policy", "Description")
BODIES = ("Coordinating Body", "Role & Description")
FIGURES = ("Children", "Age", "Percent")
PLAN = [("Plan A", "Aims.")]

both = pytest.mark.parametrize("sized", [True, False], ids=["sized", "plain"])


def paragraphs(outline: Outline) -> list[tuple[str, str]]:
    return [(p.section, text_of(p.lines)) for p in outline.paragraphs]


def owners(outline: Outline) -> list[int]:
    """The numbers of the lines outside of grids, once for each owner."""
    groups: list[Iterable[Line]] = [outline.figure, outline.references, outline.captions, outline.furniture]
    groups += [p.lines for p in outline.paragraphs] + [n.lines for n in outline.notes]
    groups.append([line for _, line in outline.headings])
    for territory in outline.territories:
        assessment = [line for line in territory.assessment if line.zone != "head"]  # a running head stays furniture
        groups += [territory.title, assessment, *(p.lines for p in territory.summary)]
    return [line.number for group in groups for line in group]


class TestHeadings:
    @both
    @pytest.mark.parametrize(
        ("text", "section"),
        [
            ("II. LEGAL FRAMEWORK FOR CHILD LABOR", "legal_framework"),
            ("Il. Legal Framework for Child Labor", "legal_framework"),
            ("l. Prevalence and Sectoral Distribution", "prevalence"),
            ("ENFORCEMENT OF LAWS ON CHILD LABOR", "enforcement"),
            ("VII. Suggested Government Actions to End Child Labor", "suggested_actions"),
        ],
    )
    def test_a_section_is_known_by_its_words(self, sized: bool, text: str, section: str) -> None:
        draft = begun(sized)
        draft.heading(text)
        draft.text("Words below.")
        outline = segment(draft.chapter())
        assert outline.headings[-1][0] == section
        assert paragraphs(outline) == [(section, "Words below.")]

    def test_small_capitals_are_small_letters_in_the_file(self) -> None:
        draft = begun()
        draft.heading("ii. legal framework for child labor")
        assert segment(draft.chapter()).headings[-1][0] == "legal_framework"

    @both
    def test_a_sentence_with_the_words_of_a_heading_is_none(self, sized: bool) -> None:
        draft = begun(sized)
        draft.text("The legal framework of the land has gaps.")
        assert paragraphs(segment(draft.chapter())) == [("prevalence", "The legal framework of the land has gaps.")]

    def test_a_heading_of_two_lines_is_one(self) -> None:
        draft = begun()
        draft.heading("VII. SUGGESTED GOVERNMENT ACTIONS")
        draft.heading("TO END CHILD LABOR", gap=False)
        draft.text("Words below.")
        outline = segment(draft.chapter())
        assert [code for code, _ in outline.headings] == ["prevalence", "suggested_actions", "suggested_actions"]
        assert paragraphs(outline) == [("suggested_actions", "Words below.")]

    @both
    def test_a_subsection_is_kept_as_printed(self, sized: bool) -> None:
        draft = begun(sized)
        draft.heading("III. ENFORCEMENT OF LAWS ON CHILD LABOR")
        draft.text("Before.")
        draft.add("Criminal Law Enforcement", gap=True, bold=True, italic=True)
        draft.text("Below.")
        outline = segment(draft.chapter())
        found = [(p.subsection, text_of(p.lines)) for p in outline.paragraphs]
        assert found == [("", "Before."), ("Criminal Law Enforcement", "Below.")]

    @both
    @pytest.mark.parametrize("heading", ["References", "ENDNOTES:"])
    def test_all_below_the_heading_of_the_references_is_theirs(self, sized: bool, heading: str) -> None:
        draft = begun(sized)
        draft.text("Words.")
        draft.heading(heading, zone="column")
        draft.add("1. Author. Laws and Regulations. 2030.", zone="column")
        draft.add("2. Author. II. LEGAL FRAMEWORK. 2030.", zone="column")
        draft.foot("2031 FINDINGS ON THE WORST FORMS OF CHILD LABOR")
        outline = segment(draft.chapter())
        assert len(outline.references) == 2
        assert outline.headings[-1][0] == "references"


class TestTables:
    @both
    def test_a_table_is_known_by_the_words_of_its_caption(self, sized: bool) -> None:
        draft = begun(sized)
        draft.caption("Table 77. Key Policies Related to Child Labor")
        draft.grid(("Name", "Words"), PLAN)
        (piece,) = segment(draft.chapter()).pieces
        assert (piece.code, piece.title) == ("policies", "Table 77. Key Policies Related to Child Labor")

    def test_a_caption_may_be_wrapped(self) -> None:
        draft = begun()
        draft.caption("Table 8. Key Mechanisms to")
        draft.caption("Coordinate Government Efforts", gap=False)
        draft.grid(("Name", "Words"), PLAN)
        outline = segment(draft.chapter())
        assert outline.pieces[0].code == "coordination"
        assert outline.pieces[0].title == "Table 8. Key Mechanisms to Coordinate Government Efforts"
        assert len(outline.captions) == 2

    @both
    def test_without_a_caption_the_header_names_the_table(self, sized: bool) -> None:
        draft = begun(sized)
        draft.text("Words.")
        draft.grid(BODIES, [("Council", "Meets.")])
        assert segment(draft.chapter()).pieces[0].code == "coordination"

    def test_a_continuation_with_a_blank_header_belongs_to_the_table_before(self) -> None:
        draft = begun()
        draft.caption("Table 1. Key Policies Related to Child Labor")
        draft.grid(POLICIES, PLAN)
        draft.new_page()
        draft.grid(("", ""), [("Plan B", "Ends.")])
        draft.grid(("Fruit", "Weight", "Colour"), [("Plum", "3", "red")])
        assert [piece.code for piece in segment(draft.chapter()).pieces] == ["policies", "policies", ""]

    @both
    def test_a_caption_with_cont_names_the_same_table(self, sized: bool) -> None:
        draft = begun(sized)
        for caption in ("Table 1. Key Policies Related to Child Labor", "Table 1. Key Policies Related to (Cont.)"):
            draft.caption(caption)
            draft.grid(POLICIES, PLAN)
            draft.new_page()
        assert [piece.code for piece in segment(draft.chapter()).pieces] == ["policies", "policies"]

    @both
    def test_an_unknown_caption_gives_a_table_without_a_code(self, sized: bool) -> None:
        draft = begun(sized)
        draft.caption("Table 3. Fruit of the Land")
        draft.grid(("Fruit", "Weight"), [("Plum", "3")])
        (piece,) = segment(draft.chapter()).pieces
        assert (piece.code, piece.title) == ("", "Table 3. Fruit of the Land")

    @both
    def test_a_sentence_that_begins_with_table_is_text(self, sized: bool) -> None:
        draft = begun(sized)
        draft.text("Table 6 gives laws and regulations of the land.")
        outline = segment(draft.chapter())
        assert len(outline.paragraphs) == 1
        assert not outline.captions

    def test_a_band_names_the_territory_of_the_table_below(self, lands: None) -> None:
        draft = begun()
        draft.caption("Table 1. Key Policies Related to Child Labor")
        for band in ("DORVANIA (CONT)", "ELNIA AND FENS"):
            draft.caption(band)
            draft.grid(POLICIES, PLAN)
        outline = segment(draft.chapter())
        assert [(p.code, p.territory) for p in outline.pieces] == [
            ("policies", "DORVANIA"),
            ("policies", "ELNIA AND FENS"),
        ]

    def test_a_band_may_have_two_lines(self, lands: None) -> None:
        draft = begun()
        draft.caption("DORVANIA, ELNIA")
        draft.caption("AND THE ISLES", gap=False)
        draft.grid(POLICIES, PLAN)
        assert segment(draft.chapter()).pieces[0].territory == "DORVANIA, ELNIA AND THE ISLES"

    def test_the_next_caption_ends_the_band(self, lands: None) -> None:
        draft = begun()
        draft.caption("DORVANIA")
        draft.grid(POLICIES, PLAN)
        draft.caption("Table 2. Key Mechanisms to Coordinate")
        draft.grid(BODIES, [("Council", "Meets.")])
        assert [piece.territory for piece in segment(draft.chapter()).pieces] == ["DORVANIA", ""]


class TestNotes:
    @both
    def test_a_marked_line_below_a_table_is_its_note(self, sized: bool) -> None:
        draft = begun(sized)
        draft.caption("Table 1. Key Policies Related to Child Labor")
        draft.grid(POLICIES, PLAN)
        draft.note("† Adopted in the year of the report.")
        draft.note("‡ Not published.")
        draft.text("Words that are text.")
        outline = segment(draft.chapter())
        wanted = [("policies", "† Adopted in the year of the report."), ("policies", "‡ Not published.")]
        assert [(note.code, text_of(note.lines)) for note in outline.notes] == wanted
        assert paragraphs(outline) == [("prevalence", "Words that are text.")]

    def test_a_note_of_two_lines_is_one(self) -> None:
        draft = begun()
        draft.grid(POLICIES, PLAN)
        draft.note("† Adopted in the year", gap=True)
        draft.note("of the report.")
        (note,) = segment(draft.chapter()).notes
        assert text_of(note.lines) == "† Adopted in the year of the report."

    @both
    def test_sources_below_a_table_are_notes(self, sized: bool) -> None:
        draft = begun(sized)
        draft.caption("Table 1. Statistics on Children's Work and Education")
        draft.grid(FIGURES, [("Attending School (%)", "5 to 14", "90.1")])
        draft.note("Source for all other data: a survey. (3)", gap=True)
        (note,) = segment(draft.chapter()).notes
        assert note.code == "statistics"

    def test_a_note_in_the_size_of_the_text_is_one_by_its_marker(self) -> None:
        draft = begun()
        draft.grid(POLICIES, PLAN)
        draft.note("† Adopted in the year of the report.", size=11.0)
        assert len(segment(draft.chapter()).notes) == 1

    @both
    def test_a_marker_before_the_first_table_is_text(self, sized: bool) -> None:
        draft = begun(sized)
        draft.text("* A star begins this sentence.")
        assert not segment(draft.chapter()).notes

    def test_a_note_that_a_scanner_moved_goes_to_the_last_table(self) -> None:
        draft = begun(False)
        draft.caption("Table 1. Key Policies Related to Child Labor")
        draft.grid(POLICIES, PLAN)
        draft.text("Words of the text.")
        draft.add("† Adopted in the year of the report.", gap=True)
        outline = segment(draft.chapter())
        assert [note.code for note in outline.notes] == ["policies"]
        assert paragraphs(outline) == [("prevalence", "Words of the text.")]


class TestParagraphs:
    @both
    def test_a_gap_begins_a_new_one(self, sized: bool) -> None:
        draft = begun(sized)
        draft.text("One line", "and its end.")
        draft.text("Another one.")
        assert [text for _, text in paragraphs(segment(draft.chapter()))] == ["One line and its end.", "Another one."]

    @both
    def test_a_sentence_goes_on_below_the_foot_and_head_of_the_pages(self, sized: bool) -> None:
        draft = begun(sized)
        draft.text("Children in the north and")
        draft.foot(f"{YEAR} FINDINGS ON THE WORST FORMS OF CHILD LABOR")
        draft.new_page()
        draft.head("Arvenia")
        draft.text("Eastern hills herd goats.")
        assert paragraphs(segment(draft.chapter())) == [
            ("prevalence", "Children in the north and Eastern hills herd goats.")
        ]

    def test_a_whole_sentence_at_the_end_of_a_page_ends_its_paragraph(self) -> None:
        draft = begun()
        draft.text("Children herd goats. (2)")
        draft.foot(f"{YEAR} FINDINGS ON THE WORST FORMS OF CHILD LABOR")
        draft.new_page()
        draft.text("Others fish.")
        assert len(segment(draft.chapter()).paragraphs) == 2

    @both
    def test_a_sentence_goes_on_below_a_table_put_between(self, sized: bool) -> None:
        draft = begun(sized)
        draft.text("Children herd goats and")
        draft.caption("Table 1. Key Policies Related to Child Labor")
        draft.grid(POLICIES, PLAN)
        draft.text("fish for eels.")
        draft.text("Others beg.")
        found = [text for _, text in paragraphs(segment(draft.chapter()))]
        assert found == ["Children herd goats and fish for eels.", "Others beg."]

    @both
    def test_a_new_sentence_below_a_table_is_a_new_paragraph(self, sized: bool) -> None:
        draft = begun(sized)
        draft.text("Children herd goats")
        draft.grid(POLICIES, PLAN)
        draft.text("Others beg.")
        assert [text for _, text in paragraphs(segment(draft.chapter()))] == ["Children herd goats", "Others beg."]

    @both
    def test_a_new_section_ends_every_paragraph(self, sized: bool) -> None:
        draft = begun(sized)
        draft.text("Children herd goats and")
        draft.heading("II. LEGAL FRAMEWORK FOR CHILD LABOR")
        draft.text("laws are few.")
        wanted = [("prevalence", "Children herd goats and"), ("legal_framework", "laws are few.")]
        assert paragraphs(segment(draft.chapter())) == wanted


class TestFigure:
    @both
    def test_its_caption_and_labels_are_its_own(self, sized: bool) -> None:
        draft = begun(sized)
        draft.add("Figure 1. Working Children by Sector", gap=True, bold=True, zone="figure" if sized else "body")
        draft.add("Services 20.1%", zone="figure" if sized else "body")
        draft.text("Words that are text.")
        outline = segment(draft.chapter())
        assert text_of(outline.figure) == "Figure 1. Working Children by Sector Services 20.1%"
        assert paragraphs(outline) == [("prevalence", "Words that are text.")]

    def test_labels_of_a_map_are_furniture(self) -> None:
        draft = begun()
        draft.add("Northport", zone="figure")
        outline = segment(draft.chapter())
        assert not outline.figure
        assert outline.furniture[-1].text == "Northport"


class TestSummary:
    @both
    def test_what_stands_above_section_i(self, sized: bool) -> None:
        draft = Draft(sized)
        if sized:
            draft.add("Arvenia", size=18.0, bold=True)
        draft.add("MINIMAL ADVANCEMENT – EFFORTS MADE BUT", gap=True, bold=True)
        if sized:
            draft.add("THE LAW WAS NOT CHANGED", bold=True)
        draft.summary("In 2031, Arvenia made efforts.", "More is needed.")
        draft.heading("I. PREVALENCE AND SECTORAL DISTRIBUTION")
        (territory,) = segment(draft.chapter()).territories
        assert territory.name == "Arvenia"
        assert [(p.section, text_of(p.lines)) for p in territory.summary] == [
            ("summary", "In 2031, Arvenia made efforts. More is needed.")
        ]
        below = " THE LAW WAS NOT CHANGED" if sized else ""  # only bold type shows that this line belongs to it
        assert text_of(territory.assessment) == "MINIMAL ADVANCEMENT – EFFORTS MADE BUT" + below

    def test_the_assessment_of_the_running_head_counts_where_no_other_is(self) -> None:
        draft = Draft()
        draft.head("Arvenia")
        draft.head("MINIMAL ADVANCEMENT –", size=12.0)
        draft.head("EFFORTS MADE", size=12.0)
        draft.summary()
        draft.new_page()
        draft.head("MINIMAL ADVANCEMENT –", size=12.0)
        draft.heading("I. PREVALENCE AND SECTORAL DISTRIBUTION")
        (territory,) = segment(draft.chapter()).territories
        assert text_of(territory.assessment) == "MINIMAL ADVANCEMENT – EFFORTS MADE"

    def test_every_territory_has_its_own_block(self, lands: None) -> None:
        draft = Draft()
        for name in ("Dorvania", "Elnia"):
            draft.add(name, gap=True, size=18.0, bold=True)
            draft.add("NO ASSESSMENT" if name == "Elnia" else "MINIMAL ADVANCEMENT", bold=True)
            draft.summary(f"In {YEAR}, {name} made plans.")
        draft.heading("I. PREVALENCE AND SECTORAL DISTRIBUTION")
        found = segment(draft.chapter()).territories
        assert [(t.name, text_of(t.assessment), text_of(t.summary[0].lines)) for t in found] == [
            ("Dorvania", "MINIMAL ADVANCEMENT", f"In {YEAR}, Dorvania made plans."),
            ("Elnia", "NO ASSESSMENT", f"In {YEAR}, Elnia made plans."),
        ]


class TestCountryAndYear:
    def test_the_running_head_names_the_country(self) -> None:
        assert segment(begun().chapter()).country == "Arvenia"

    def test_a_text_without_a_head_is_of_the_country_of_its_first_sentence(self) -> None:
        assert segment(begun(False).chapter()).country == "Arvenia"

    def test_a_head_in_capitals_yields_to_the_name_in_the_sentence(self) -> None:
        draft = Draft()
        draft.head("ARVENIA")
        draft.summary()
        draft.heading("I. PREVALENCE AND SECTORAL DISTRIBUTION")
        assert segment(draft.chapter()).country == "Arvenia"

    @both
    @pytest.mark.parametrize(
        ("caption", "code"),
        [
            ("Table 2. Key Policies Related to Child Labor (cont)", "policies"),
            ("Table l. Key Policies Related to Child Labor", "policies"),
            ("Table 2. Key Policies Related to Child Labor in Towns", ""),
        ],
    )
    def test_a_second_table_of_a_kind_has_another_number(self, sized: bool, caption: str, code: str) -> None:
        """What goes on without a caption belongs to the table above it."""
        draft = begun(sized)
        draft.caption("Table 1. Key Policies Related to Child Labor")
        draft.grid(POLICIES, PLAN)
        draft.caption(caption)
        draft.grid(POLICIES, PLAN)
        draft.new_page()
        draft.grid(POLICIES, PLAN)
        outline = segment(draft.chapter())
        assert [piece.code for piece in outline.pieces] == ["policies", code, code]
        found = [("table_repeated", "error", "policies")] if not code else []
        assert [(i.check, i.severity, i.table) for i in outline.issues] == found

    @both
    def test_the_first_sentence_decides_against_the_foot_with_a_finding(self, sized: bool) -> None:
        draft = begun(sized)
        for _ in range(3):
            draft.foot(f"{YEAR - 1} F I N D I N G S ON THE WORST FORMS OF CHILD LABOR")
        outline = segment(draft.chapter())
        assert outline.year == YEAR
        (issue,) = outline.issues
        assert (issue.check, issue.severity) == ("report_year_conflict", "warning")
        assert str(YEAR - 1) in issue.message and str(YEAR) in issue.message

    @pytest.mark.parametrize("year", [YEAR - 2, YEAR + 1])
    def test_a_foot_of_another_year_than_the_one_before_is_an_error(self, year: int) -> None:
        draft = begun()
        draft.foot(f"{year} FINDINGS ON THE WORST FORMS OF CHILD LABOR")
        outline = segment(draft.chapter())
        assert outline.year == YEAR
        assert [(i.check, i.severity) for i in outline.issues] == [("report_year_conflict", "error")]

    @both
    @pytest.mark.parametrize("law", ["The law, passed in 2017, has gaps.", "During 2017, it did more."])
    def test_another_year_in_the_opening_is_not_the_reports(self, sized: bool, law: str) -> None:
        draft = Draft(sized)
        draft.summary(f"Arvenia made a moderate advancement. {law}")
        draft.heading("I. PREVALENCE AND SECTORAL DISTRIBUTION")
        draft.foot(f"{YEAR} FINDINGS ON THE WORST FORMS OF CHILD LABOR")
        outline = segment(draft.chapter())
        assert (outline.year, outline.issues) == (YEAR, [])

    @both
    def test_without_a_foot_the_year_may_be_anywhere_in_the_opening(self, sized: bool) -> None:
        draft = Draft(sized)
        draft.summary("Although Arvenia has few children, in 2029 it made a moderate advancement.")
        draft.heading("I. PREVALENCE AND SECTORAL DISTRIBUTION")
        assert segment(draft.chapter()).year == 2029

    def test_a_foot_that_agrees_is_no_finding(self) -> None:
        draft = begun()
        draft.foot(f"{YEAR} FINDINGS ON THE WORST FORMS OF CHILD LABOR")
        assert not segment(draft.chapter()).issues

    @both
    def test_the_foot_gives_the_year_if_the_sentence_has_none(self, sized: bool) -> None:
        draft = Draft(sized)
        draft.summary("Arvenia made a moderate advancement.")
        draft.heading("I. PREVALENCE AND SECTORAL DISTRIBUTION")
        draft.foot("2029 FINDINGS ON THE WORST FORMS OF CHILD LABOR")
        assert segment(draft.chapter()).year == 2029

    @both
    @pytest.mark.parametrize(
        ("summary", "heading", "reason"),
        [
            (OPENING, "What We Ate", "no section heading"),
            ("In 2031, the land made efforts.", "I. PREVALENCE AND SECTORAL DISTRIBUTION", "no country"),
            ("Arvenia made efforts.", "I. PREVALENCE AND SECTORAL DISTRIBUTION", "no report year"),
        ],
    )
    def test_another_source_is_refused_with_a_reason(
        self, sized: bool, summary: str, heading: str, reason: str
    ) -> None:
        draft = Draft(sized)
        draft.summary(summary)
        draft.heading(heading)
        draft.text("Words below.")
        chapter = draft.chapter()
        with pytest.raises(UnreadableSource, match=reason) as error:
            segment(chapter)
        assert error.value.path == chapter.source.path


@both
def test_every_line_outside_of_tables_has_one_owner(sized: bool) -> None:
    chapter = everything(sized)
    outside = [block.number for block in chapter.blocks if isinstance(block, Line)]
    assert sorted(owners(segment(chapter))) == outside


def everything(sized: bool) -> Chapter:
    """A chapter that has a line of every kind."""
    draft = begun(sized)
    draft.text("Children herd goats and", "fish.")
    draft.add("Figure 1. Working Children by Sector", gap=True, bold=True)
    draft.caption("Table 1. Key Policies Related to Child Labor")
    draft.grid(POLICIES, PLAN)
    draft.note("† Adopted in the year of the report.")
    draft.foot(f"{YEAR} FINDINGS ON THE WORST FORMS OF CHILD LABOR")
    draft.heading("III. ENFORCEMENT OF LAWS ON CHILD LABOR")
    draft.add("Labor Law Enforcement", gap=True, bold=True, italic=True)
    draft.text("Few inspect.")
    draft.heading("REFERENCES", zone="column")
    draft.add("1. Author. Title. 2030.", zone="column")
    return draft.chapter()


class TestPlace:
    def test_the_box_goes_round_the_lines_of_the_first_page(self) -> None:
        draft = Draft()
        first = draft.make("abc", 60, 700)
        second = draft.make("abcdef", 54, 712)
        draft.new_page()
        where = place([first, second, draft.make("xyz", 54, 90)])
        assert (where.page, where.bbox) == (1, (54, 700, 78, 723))

    def test_of_a_text_it_is_the_first_line(self) -> None:
        draft = Draft(False)
        assert place([draft.add("abc"), draft.add("def")]).line == 1


@pytest.fixture
def lands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Countries for a chapter that covers several."""
    names = {"arvenia": "XAV", "dorvania": "XDO", "elnia": "XEL", "fens": "XFE"}
    monkeypatch.setattr(rules, "_countries", lambda: names)


def test_a_raw_text_may_begin_with_the_country_as_a_line_of_its_own() -> None:
    draft = Draft(sized=False)
    draft.text("Arvenia")
    draft.text("In 2017, Arvenia, an invented country, made a minimal advancement.")
    draft.heading("I. PREVALENCE AND SECTORAL DISTRIBUTION OF CHILD LABOR")
    draft.text("Words below.")
    outline = segment(draft.chapter())
    assert (outline.country, outline.year) == ("Arvenia", 2017)
    assert [line.text for line in outline.territories[0].title] == ["Arvenia"]


def test_the_shares_of_a_figure_in_a_raw_text_are_the_figures() -> None:
    draft = begun(sized=False)
    draft.text("Figure 1. Working Children by Sector,")
    draft.text("Ages 5-14", "Services", "30.2%", "Agriculture 63.8%", "Words below.")
    outline = segment(draft.chapter())
    assert [line.text for line in outline.figure][2:] == ["Services", "30.2%", "Agriculture 63.8%"]
    assert paragraphs(outline) == [("prevalence", "Words below.")]
