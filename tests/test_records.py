"""The records of hand-made chapters: their places, citations, notes and findings. All lands are invented."""

from __future__ import annotations

from typing import Any

import pytest

from extractors import rules
from extractors.chapter import notes
from extractors.chapter.builders import title_case
from extractors.chapter.recorder import table_names
from extractors.chapter.records import assessment_of, covers, extract_records
from extractors.chapter.segment import segment
from extractors.model import Extraction, Line, Where
from extractors.references.citations import lift
from tests.builders import COLUMN, OPENING, YEAR, Draft, begun

LAWS = ("Standard", "Meets International Standards: Yes/No", "Age", "Legislation")
WORK = ("Sector/Industry", "Activity")
EFFORTS = ("Overview of Labor Law Enforcement", str(YEAR - 1), str(YEAR))
POLICIES = ("Policy", "Description")
AGENCIES = ("Organization/Agency", "Role")
FIGURES = ("Children", "Age", "Percent")
ACTIONS = ("Area", "Suggested Action", "Year(s) Suggested")

Record = dict[str, Any]
both = pytest.mark.parametrize("sized", [True, False], ids=["sized", "plain"])


def with_references(draft: Draft, count: int = 3) -> Draft:
    """End a chapter with a reference list."""
    draft.heading("REFERENCES", zone="column")
    for number in range(1, count + 1):
        draft.add(
            f"{number}. Office of Arvenia. Paper {number}. Northport; May {number}, 2030.", zone="column", size=7.6
        )
    return draft


def extract(draft: Draft) -> tuple[Extraction, ...]:
    chapter = draft.chapter()
    return extract_records(chapter, segment(chapter))


def only(draft: Draft) -> Extraction:
    (extraction,) = extract(draft)
    return extraction


def pick(rows: list[Record], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def findings(extraction: Extraction, check: str) -> list[Record]:
    return [row for row in extraction.tables["quality"] if row["check"] == check]


def cited(extraction: Extraction, table: str) -> list[tuple[int, int, bool]]:
    rows = [row for row in extraction.tables["citations"] if row["table"] == table]
    return [(row["row"], row["number"], row["resolved"]) for row in rows]


def provenance(extraction: Extraction, table: str, row: int = 1) -> dict[str, Record]:
    rows = extraction.tables["provenance"]
    return {found["column"]: found for found in rows if (found["table"], found["row"]) == (table, row)}


class TestIdentityAndPlace:
    @both
    def test_every_row_of_every_table_says_of_which_chapter_it_is(self, sized: bool) -> None:
        draft = begun(sized)
        draft.text("Children herd goats. (1)")
        extraction = only(with_references(draft))
        assert (extraction.doc_id, extraction.iso3, extraction.report_year) == (f"xav-{YEAR}", "XAV", YEAR)
        assert set(extraction.tables) == set(table_names())
        rows = [row for table in extraction.tables.values() for row in table]
        assert {(row["doc_id"], row["iso3"], row["report_year"]) for row in rows} == {(f"xav-{YEAR}", "XAV", YEAR)}

    def test_a_row_stands_where_its_cells_stand(self) -> None:
        draft = begun()
        draft.new_page()
        top = draft.y + 14
        draft.grid(POLICIES, [("Plan A", "Aims.\nEnds."), ("Plan B", "More.")])
        first, second = only(draft).tables["policies"]
        assert (first["page"], first["row"], second["row"]) == (2, 1, 2)
        assert first["bbox"] == f"54,{top:g},{54 + COLUMN + 20:g},{top + 19:g}"
        assert first["line"] is None

    def test_of_a_text_the_line_is_the_place(self) -> None:
        draft = begun(False)
        grid = draft.grid(POLICIES, [("Plan A", "Aims.")])
        (row,) = only(draft).tables["policies"]
        assert grid.where.line is not None
        assert (row["page"], row["bbox"], row["line"]) == (None, "", grid.where.line + 1)

    @both
    def test_provenance_keeps_every_cell_verbatim(self, sized: bool) -> None:
        draft = begun(sized)
        draft.caption("Table 1. Laws and Regulations on Child Labor")
        draft.grid(LAWS, [("Minimum Age for Work", "Yes", "15†", "Code of Work (1,\n2)")])
        draft.note("† With leave, from 14.")
        extraction = only(with_references(draft))
        found = provenance(extraction, "legal_standards")
        assert {column: row["raw"] for column, row in found.items()} == {
            "standard": "Minimum Age for Work",
            "status": "Yes",
            "age": "15†",
            "legislation": "Code of Work (1, 2)",
        }
        (row,) = extraction.tables["legal_standards"]
        assert (row["age"], row["legislation"]) == (15, "Code of Work")
        assert row["age_note"] == "With leave, from 14."
        if sized:
            assert found["age"]["page"] == 1
            assert found["age"]["bbox"].startswith(f"{54 + 2 * COLUMN:g},")

    def test_empty_cells_have_no_provenance(self) -> None:
        draft = begun()
        draft.grid(POLICIES, [("Plan A", "")])
        assert set(provenance(only(draft), "policies")) == {"policy"}


class TestCitations:
    @both
    def test_each_marker_cites_the_sentence_that_it_closes(self, sized: bool) -> None:
        draft = begun(sized)
        draft.text("Children herd goats. (1-3) Some fish. (2)")
        draft.grid(POLICIES, [("Plan A (3)", "Aims. (2; 3)")])
        extraction = only(with_references(draft))
        assert cited(extraction, "paragraphs") == [(2, 1, True), (2, 2, True), (2, 3, True), (2, 2, True)]
        assert cited(extraction, "policies") == [(1, 3, True), (1, 2, True), (1, 3, True)]
        said = [(row["number"], row["column"], row["sentence"]) for row in extraction.tables["citations"]]
        goats = [(number, "text", "Children herd goats.") for number in (1, 2, 3)]
        assert said[:4] == [*goats, (2, "text", "Some fish.")]
        assert said[4:] == [(3, "policy", "Plan A"), (2, "description", "Aims."), (3, "description", "Aims.")]
        for row in extraction.tables["citations"]:
            published = extraction.tables[row["table"]][row["row"] - 1][row["column"]]
            assert published[row["start"] : row["end"]] == row["sentence"]
        assert extraction.tables["paragraphs"][1]["text"] == "Children herd goats. Some fish."
        assert not findings(extraction, "citation_unresolved")

    def test_a_number_beyond_the_list_is_kept_and_said_once(self) -> None:
        draft = begun()
        draft.text("Children herd goats. (1,7)")
        draft.text("Some fish. (7)")
        extraction = only(with_references(draft))
        assert cited(extraction, "paragraphs") == [(2, 1, True), (2, 7, False), (3, 7, False)]
        (finding,) = findings(extraction, "citation_unresolved")
        assert finding["message"] == "reference 7 is cited, the list ends at 3"
        assert (finding["severity"], finding["table"], finding["row"]) == ("warning", "paragraphs", 2)

    def test_a_number_that_the_list_leaves_out_is_said(self) -> None:
        draft = begun()
        draft.text("Children herd goats. (2)")
        draft.heading("REFERENCES", zone="column")
        for number in (1, 3, 4):
            draft.add(f"{number}. Office of Arvenia. Paper {number}. Northport; 2030.", zone="column", size=7.6)
        (finding,) = findings(only(draft), "citation_unresolved")
        assert finding["message"] == "reference 2 is cited, the list has no such number"

    def test_without_a_list_all_citations_are_one_finding(self) -> None:
        draft = begun()
        draft.text("Children herd goats. (1, 2)")
        (finding,) = findings(only(draft), "references_missing")
        assert (finding["severity"], finding["origin"]) == ("error", "reading")
        assert findings(only(draft), "citation_unresolved") == []

    def test_the_list_is_a_table_with_provenance(self) -> None:
        extraction = only(with_references(begun()))
        references = extraction.tables["references"]
        assert pick(references, "row", "number", "number_source") == [(n, n, "printed") for n in (1, 2, 3)]
        assert provenance(extraction, "references", 2)["text"]["raw"] == references[1]["text"]
        assert "Paper 2" in references[1]["text"]


class TestFootnotes:
    def work(self, note: str, activity: str = "Quarrying†") -> Extraction:
        draft = begun()
        draft.caption("Table 1. Overview of Children's Work by Sector and Activity")
        draft.grid(WORK, [("Industry", activity), ("", "Fishing")])
        draft.note(note)
        return only(with_references(draft))

    @pytest.mark.parametrize(
        ("note", "hazardous", "limited"),
        [
            ("† Determined by law as hazardous.", True, False),
            ("† Evidence of this activity is limited.", False, True),
            ("† Something else.", False, False),
            ("‡ Determined by law as hazardous.", False, False),
        ],
    )
    def test_a_marker_means_what_the_note_under_its_table_says(self, note: str, hazardous: bool, limited: bool) -> None:
        rows = self.work(note).tables["activities"]
        assert pick(rows, "activity", "hazardous", "limited_evidence") == [
            ("Quarrying", hazardous, limited),
            ("Fishing", False, False),
        ]

    def test_a_note_whose_marker_stands_in_its_table_is_anchored(self) -> None:
        extraction = self.work("† Determined by law as hazardous. (2)")
        (note,) = extraction.tables["footnotes"]
        assert (note["table"], note["marker"], note["anchored"]) == ("activities", "†", True)
        assert note["text"] == "Determined by law as hazardous. (2)"
        assert cited(extraction, "footnotes") == [(1, 2, True)]
        assert not findings(extraction, "footnote_unanchored")

    def test_a_note_without_an_anchor_is_kept_and_said(self) -> None:
        extraction = self.work("‡ Determined by law as hazardous.")
        assert pick(extraction.tables["footnotes"], "marker", "anchored") == [("‡", False)]
        (finding,) = findings(extraction, "footnote_unanchored")
        assert (finding["severity"], finding["table"]) == ("info", "activities")

    def test_a_marker_in_a_header_or_title_is_an_anchor(self) -> None:
        draft = begun()
        draft.caption("Table 1. Key Policies Related to Child Labor‡")
        draft.grid(("Policy", "Description†"), [("Plan A", "Aims.")])
        draft.note("† As told by the office.")
        draft.note("‡ There may be more.")
        assert pick(only(draft).tables["footnotes"], "marker", "anchored") == [("†", True), ("‡", True)]

    def test_a_marker_at_the_end_of_a_cell_is_one_whatever_the_next_cell_begins_with(self) -> None:
        draft = begun()
        draft.grid(LAWS, [("Minimum Age for Work", "Yes§", "15", "Code")])
        draft.note("§ By custom.")
        assert pick(only(draft).tables["footnotes"], "marker", "anchored") == [("§", True)]

    @pytest.mark.parametrize("marker", rules.MARKERS)
    def test_every_marker_that_opens_a_note_is_lifted_out_of_text(self, marker: str) -> None:
        assert lift(f"Quarrying{marker} stone").markers == (marker,)

    def test_two_notes_may_share_a_line(self) -> None:
        extraction = self.work("† Determined by law as hazardous. (1) ‡ Evidence is limited. (2)", "Quarrying†‡")
        assert pick(extraction.tables["footnotes"], "marker", "text") == [
            ("†", "Determined by law as hazardous. (1)"),
            ("‡", "Evidence is limited. (2)"),
        ]
        assert pick(extraction.tables["activities"][:1], "hazardous", "limited_evidence") == [(True, True)]

    def test_the_note_of_a_marked_answer_stands_with_it(self) -> None:
        draft = begun()
        draft.grid(EFFORTS, [("Number of Labor Inspectors", "12*", "14")])
        draft.note("* Counted in March. (1)")
        rows = only(with_references(draft)).tables["enforcement"]
        assert pick(rows, "raw", "note") == [("12", "Counted in March."), ("14", "")]

    def test_sources_of_statistics_are_a_column_of_theirs(self) -> None:
        draft = begun()
        draft.caption("Table 1. Statistics on Children's Work and Education")
        rows = [("Attending School (%)", "5 to 14", "90.1"), ("Primary Completion Rate (%)", "", "88.0")]
        draft.grid(FIGURES, rows)
        draft.note("Source for primary completion rate: the school office. (1)", gap=True)
        draft.note("Source for all other data: a survey of homes. (2)", gap=True)
        extraction = only(with_references(draft))
        assert pick(extraction.tables["statistics"], "indicator", "age_min", "percent", "source") == [
            ("attending_school", 5, 90.1, "Source for all other data: a survey of homes."),
            ("primary_completion_rate", None, 88.0, "Source for primary completion rate: the school office."),
        ]
        assert not extraction.tables["footnotes"]
        assert provenance(extraction, "statistics", 2)["source"]["raw"].endswith("the school office. (1)")

    def test_a_note_about_figures_that_are_not_there_is_a_footnote(self) -> None:
        draft = begun()
        draft.caption("Table 1. Statistics on Children's Work and Education")
        draft.grid(FIGURES, [("Primary Completion Rate (%)", "", "88.0")])
        draft.note("Source for primary completion rate: the school office. (1)", gap=True)
        draft.note("All other data were unavailable from the survey of homes. (2)", gap=True)
        extraction = only(with_references(draft))
        assert pick(extraction.tables["footnotes"], "table", "marker", "text") == [
            ("statistics", "", "All other data were unavailable from the survey of homes. (2)")
        ]
        assert (2, "footnotes") in pick(extraction.tables["citations"], "number", "table")

    def test_a_note_that_is_in_no_table_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        draft = begun()
        draft.grid(EFFORTS, [("Number of Labor Inspectors", "12*", "14")])
        draft.note("* Counted in March by the office of harbors. (2)", gap=True)
        draft = with_references(draft)
        assert not findings(only(draft), "text_unpublished")
        monkeypatch.setattr(notes, "_add", lambda *_: None)  # the note has an owner, and no row is made of it
        [found] = findings(only(draft), "text_unpublished")
        assert (found["severity"], found["origin"]) == ("error", "reading")
        assert "'* Counted in March by the office of harbors. (2)'" in found["message"]


class TestNames:
    def test_a_defect_in_finding_names_costs_names_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(tables: object) -> None:
            raise IndexError("a defect")

        draft = begun()
        draft.grid(EFFORTS, [("Number of Labor Inspectors", "12", "14")])
        whole = only(with_references(draft))
        monkeypatch.setattr("extractors.chapter.records.tag", broken)
        left = only(with_references(draft))
        assert left.tables["enforcement"] == whole.tables["enforcement"]
        assert left.tables["entities"] == []
        [finding] = [found for found in left.tables["quality"] if found["check"] == "names_missing"]
        assert (finding["severity"], finding["table"]) == ("error", "entities")


class TestTables:
    def test_a_point_for_thousands_is_said(self) -> None:
        draft = begun()
        draft.grid(EFFORTS, [("Number of Labor Inspections Conducted", "7,460", "7.559")])
        extraction = only(with_references(draft))
        assert pick(extraction.tables["enforcement"], "raw", "value") == [("7,460", 7460), ("7.559", 7559)]
        [finding] = [found for found in extraction.tables["quality"] if found["check"] == "number_repaired"]
        assert (finding["table"], finding["row"], finding["severity"]) == ("enforcement", 2, "warning")
        assert "'7.559' was read as 7,559" in finding["message"]

    def test_a_number_for_several_parts_together_is_said(self) -> None:
        draft = begun()
        draft.text("The Union of Vorm (UoV) and the Mark of Tal (MT) have inspectors of their own.")
        rows = [("Number of Investigations", "UoV/MT", "318"), ("Number of Convictions", "MT", "7")]
        draft.grid(("Overview of Criminal Law Enforcement", "Related Entity", str(YEAR)), rows)
        extraction = only(with_references(draft))
        parts = [("Union of Vorm", 318), ("Mark of Tal", 318), ("Mark of Tal", 7)]
        assert pick(extraction.tables["enforcement"], "territory", "value") == parts
        found = findings(extraction, "value_joint")
        assert [(finding["row"], finding["severity"]) for finding in found] == [(1, "info"), (2, "info")]
        assert "'318' is printed once for Union of Vorm, Mark of Tal" in found[0]["message"]

    def test_every_answer_of_a_year_is_a_row(self) -> None:
        draft = begun()
        rows = [("Number of Labor Inspectors", "12", "Unknown* (1)"), ("■ Refresher Courses Provided", "", "N/A")]
        draft.grid(EFFORTS, rows)
        extraction = only(with_references(draft))
        assert pick(extraction.tables["enforcement"], "row", "domain", "metric", "year", "raw", "status", "value") == [
            (1, "labor", "inspectors", YEAR - 1, "12", "reported", 12),
            (2, "labor", "inspectors", YEAR, "Unknown", "unknown", None),
            (3, "labor", "refresher_courses", YEAR - 1, "", "blank", None),
            (4, "labor", "refresher_courses", YEAR, "N/A", "not_applicable", None),
        ]
        assert extraction.tables["enforcement"][2]["label"] == "Refresher Courses Provided"
        assert {c: r["raw"] for c, r in provenance(extraction, "enforcement", 2).items()} == {
            "raw": "Unknown* (1)",
            "label": "Number of Labor Inspectors",
        }

    def test_a_label_of_unknown_wording_is_other_and_said_once(self) -> None:
        draft = begun()
        draft.grid(EFFORTS, [("Number of Boats", "1", "2")])
        extraction = only(draft)
        assert pick(extraction.tables["enforcement"], "metric", "label") == [("other", "Number of Boats")] * 2
        (finding,) = findings(extraction, "label_unknown")
        assert (finding["table"], finding["row"], finding["severity"]) == ("enforcement", 1, "warning")
        assert "'Number of Boats'" in finding["message"]

    def test_a_label_in_parentheses_is_a_part_of_the_country_for_the_standard_above(self) -> None:
        draft = begun()
        rows = [("Minimum Age for Work", "No", "", "Code"), ("(Upland)", "Yes", "15", "Upland Act")]
        draft.grid(LAWS, rows)
        assert pick(only(draft).tables["legal_standards"], "standard", "territory", "status") == [
            ("minimum_age_work", "", "No"),
            ("minimum_age_work", "Upland", "Yes"),
        ]

    def test_a_tick_or_a_yes_ratifies(self) -> None:
        draft = begun()
        names = ("ILO C. 138, Minimum Age", "UN CRC", "ILO C. 182, Worst Forms of Child Labor")
        draft.grid(("Convention", "Ratification"), list(zip(names, ("✓", "", "Yes"), strict=True)))
        assert pick(only(draft).tables["conventions"], "convention", "ratified") == [
            ("ilo_c138", True),
            ("un_crc", False),
            ("ilo_c182", True),
        ]

    def test_every_bullet_with_years_of_its_own_is_an_action(self) -> None:
        draft = begun()
        rows = [("Enforcement", "Make sure that:\n■ inspectors are hired;\n■ fines are paid.", "2029\n2030 – 2031")]
        draft.grid(ACTIONS, rows)
        assert pick(only(draft).tables["suggested_actions"], "area", "action", "years", "first_year", "last_year") == [
            ("enforcement", "Make sure that: inspectors are hired;", "2029", 2029, 2029),
            ("enforcement", "Make sure that: fines are paid.", "2030-2031", 2030, 2031),
        ]

    def test_a_caption_gives_the_number_of_the_printed_table_and_its_first_row(self) -> None:
        draft = begun()
        draft.caption("Table l0. Suggested Government Actions (Cont.)")  # the scanner's l is a 1
        draft.grid(ACTIONS, [("Enforcement", "Hire inspectors.", "2029")])
        assert pick(only(draft).tables["captions"], "table", "table_row", "printed_number", "text") == [
            ("suggested_actions", 1, "10", "Table l0. Suggested Government Actions")
        ]

    def test_an_unknown_table_is_kept_cell_by_cell(self) -> None:
        draft = begun()
        draft.caption("Table 3. Fruit of the Land")
        draft.grid(("Fruit", "Weight"), [("Plum", "3")])
        extraction = only(draft)
        (finding,) = findings(extraction, "table_unknown")
        assert (finding["severity"], finding["table"]) == ("error", "other_tables")
        assert finding["message"].endswith("'Table 3. Fruit of the Land'")
        assert pick(extraction.tables["other_tables"], "title", "table_number", "table_row", "column", "text") == [
            ("Table 3. Fruit of the Land", 1, 1, "Fruit", "Plum"),
            ("Table 3. Fruit of the Land", 1, 1, "Weight", "3"),
        ]
        assert not findings(extraction, "line_unowned")


class TestDocument:
    @both
    def test_what_is_said_of_it(self, sized: bool) -> None:
        draft = begun(sized)
        (document,) = only(draft).tables["documents"]
        assert (document["country"], document["assessment"]) == ("Arvenia", "Moderate Advancement")
        assert document["title"] == f"{YEAR} Findings on the Worst Forms of Child Labor: Arvenia"
        assert (document["summary"], document["source_format"]) == (OPENING, "pdf" if sized else "text")

    @pytest.mark.parametrize(
        ("printed", "level", "note"),
        [
            ("MODERATE ADVANCEMENT", "Moderate Advancement", ""),
            (
                "MINIMAL ADVANCEMENT – EFFORTS MADE BUT A PLAN FELL",
                "Minimal Advancement",
                "Efforts Made but a Plan Fell",
            ),
            ("Minimal Advancement — Efforts of the RDF", "Minimal Advancement", "Efforts of the RDF"),
            ("NO ADVANCEMENT: THE STATE’S OWN WORK", "No Advancement", "The State’s Own Work"),
            ("GREAT LEAPS", "", ""),
        ],
    )
    def test_level_and_note_of_an_assessment(self, printed: str, level: str, note: str) -> None:
        assert assessment_of([Line(1, printed, Where(line=1))]) == (level, note)

    def test_an_assessment_over_two_lines_is_read_whole(self) -> None:
        lines = [Line(1, "MINIMAL", Where(line=1)), Line(2, "ADVANCEMENT – EFFORTS MADE", Where(line=2))]
        assert assessment_of(lines) == ("Minimal Advancement", "Efforts Made")

    @pytest.mark.parametrize(
        ("capitals", "name"),
        [
            ("LAND OF HILL AND DALE", "Land of Hill and Dale"),
            ("ELNIA-FENS (OUTER) ISLES", "Elnia-Fens (Outer) Isles"),
            ("THE QUEEN’S ÉTANGS/MOORS", "The Queen’s Étangs/Moors"),
        ],
    )
    def test_names_in_capitals_are_set_as_names(self, capitals: str, name: str) -> None:
        assert title_case(capitals) == name

    def test_what_is_missing_is_said(self) -> None:
        draft = Draft()
        draft.head("Arvenia")
        draft.heading("I. PREVALENCE AND SECTORAL DISTRIBUTION")
        draft.text("Children herd goats.")
        draft.foot(f"{YEAR} FINDINGS ON THE WORST FORMS OF CHILD LABOR")
        extraction = only(draft)
        assert pick(extraction.tables["documents"], "assessment", "summary", "page") == [("", "", 1)]
        for check in ("assessment_missing", "summary_missing"):
            assert [(f["severity"], f["table"]) for f in findings(extraction, check)] == [("error", "documents")]


class TestFigure:
    def shares(self, *labels: str) -> Extraction:
        draft = begun()
        draft.add("Figure 1. Working Children by Sector", zone="figure", bold=True)
        for label in labels:
            draft.add(label, zone="figure")
        return only(draft)

    def test_its_shares_are_rows(self) -> None:
        extraction = self.shares("Services 20.1%", "Agriculture 70.2%", "Industry 9.7%")
        wanted = [("agriculture", 70.2), ("industry", 9.7), ("services", 20.1)]
        assert pick(extraction.tables["sectors"], "sector", "percent") == wanted
        assert not findings(extraction, "shares_sum")

    def test_shares_that_make_no_whole_are_said(self) -> None:
        (finding,) = findings(self.shares("Services 20.1%", "Agriculture 7.2%"), "shares_sum")
        assert "27.3 percent" in finding["message"]

    def test_a_figure_without_shares_is_said(self) -> None:
        extraction = self.shares("Services", "Agriculture")
        assert not extraction.tables["sectors"]
        assert len(findings(extraction, "figure_shares_missing")) == 1


class TestSeveralTerritories:
    """A chapter that covers Dorvania and Elnia, with a table for each, one for both, and one with a column for them."""

    @pytest.fixture
    def lands(self, monkeypatch: pytest.MonkeyPatch) -> tuple[Extraction, ...]:
        names = {"dorvania": "XDO", "elnia": "XEL"}
        monkeypatch.setattr(rules, "_countries", lambda: names)
        draft = Draft()
        for name, level in (("Dorvania", "MINIMAL ADVANCEMENT"), ("Elnia", "NO ASSESSMENT")):
            draft.add(name, gap=True, size=18.0, bold=True)
            draft.add(level, bold=True)
            draft.summary(f"In {YEAR}, {name} made plans. (1)")
        draft.heading("I. PREVALENCE AND SECTORAL DISTRIBUTION")
        draft.text("Children of both lands herd goats. (2)")
        draft.caption("Table 1. Key Policies Related to Child Labor")
        for name in ("DORVANIA", "ELNIA"):
            draft.caption(name)
            draft.grid(POLICIES, [(f"Plan of {name.title()}†", "Aims.")])
            draft.note(f"† A note of {name.title()}.")
        draft.caption("Table 2. Agencies Responsible for Child Labor Law Enforcement")
        draft.grid(AGENCIES, [("Sea Watch", "Sails for both.")])
        draft.caption("Table 3. Laws and Regulations on Child Labor")
        header = (LAWS[0], "Related Entity", *LAWS[1:])
        draft.grid(header, [("Minimum Age for Work", name, "Yes", "15", "Act") for name in ("Dorvania", "Elnia")])
        return extract(with_references(draft))

    def test_each_is_a_chapter_of_its_own(self, lands: tuple[Extraction, ...]) -> None:
        assert [extraction.doc_id for extraction in lands] == [f"xdo-{YEAR}", f"xel-{YEAR}"]
        documents = [row for extraction in lands for row in extraction.tables["documents"]]
        assert pick(documents, "iso3", "country", "assessment", "summary") == [
            ("XDO", "Dorvania", "Minimal Advancement", f"In {YEAR}, Dorvania made plans."),
            ("XEL", "Elnia", "No Assessment", f"In {YEAR}, Elnia made plans."),
        ]

    def test_tables_and_notes_below_a_name_are_for_it_alone(self, lands: tuple[Extraction, ...]) -> None:
        for extraction, name in zip(lands, ("Dorvania", "Elnia"), strict=True):
            assert pick(extraction.tables["policies"], "row", "policy") == [(1, f"Plan of {name}")]
            assert pick(extraction.tables["footnotes"], "text") == [(f"A note of {name}.",)]

    def test_rows_for_a_name_are_for_it_alone(self, lands: tuple[Extraction, ...]) -> None:
        for extraction in lands:
            assert pick(extraction.tables["legal_standards"], "row", "territory") == [(1, "")]

    def test_what_is_for_both_is_in_both(self, lands: tuple[Extraction, ...]) -> None:
        for extraction in lands:
            assert pick(extraction.tables["agencies"], "agency") == [("Sea Watch",)]
            assert pick(extraction.tables["paragraphs"], "section")[1:] == [("prevalence",)]
            assert len(extraction.tables["references"]) == 3

    def test_the_lines_of_the_other_are_not_said_to_be_lost(self, lands: tuple[Extraction, ...]) -> None:
        assert not [finding for extraction in lands for finding in findings(extraction, "line_unowned")]


@pytest.mark.parametrize(
    ("band", "covered"),
    [
        ("ELNIA", True),
        ("DORVANIA/ELNIA", True),
        ("DORVANIA AND ELNIA", True),
        ("ISLES OF ELNIA", True),
        ("ELNIAMARK", False),
        ("DORVANIA", False),
    ],
)
def test_the_territories_that_a_band_names(band: str, covered: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_countries", lambda: {"dorvania": "XDO", "elnia": "XEL", "elniamark": "XEM"})
    assert covers(band, "Elnia") is covered


def test_a_name_that_is_no_country_is_said_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_countries", lambda: {"dorvania": "XDO"})
    draft = Draft()
    for name in ("Dorvania", "Nowhere"):
        draft.add(name, gap=True, size=18.0, bold=True)
        draft.add("NO ADVANCEMENT", bold=True)
        draft.summary(f"In {YEAR}, {name} made plans.")
    draft.heading("I. PREVALENCE AND SECTORAL DISTRIBUTION")
    (extraction,) = extract(draft)
    assert extraction.iso3 == "XDO"
    (finding,) = findings(extraction, "country_unknown")
    assert "'Nowhere'" in finding["message"]
