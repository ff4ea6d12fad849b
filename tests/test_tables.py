"""Hand-made pieces of tables become whole tables with our columns and one row for each label."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.chapter.segment import TablePiece
from extractors.chapter.tables import ChapterTable, TableRow, assemble
from extractors.model import Cell, Grid, Issue, Line, Where
from tests.builders import Draft

LAWS = ("Standard", "Meets International Standards: Yes/No", "Age", "Legislation")
EFFORTS = ("Overview of Labor Law Enforcement", "2030", "2031")
POLICIES = ("Policy", "Description")
ACTIONS = ("Area", "Suggested Action", "Year(s) Suggested")
WORK = ("Sector/Industry", "Activity")
FIGURES = ("Children", "Age", "Percent")

Rows = Sequence[Sequence[str | None]]
Part = tuple[Sequence[str], Rows]


def join(code: str, *parts: Part, territory: str = "", sized: bool = True) -> tuple[list[ChapterTable], list[Issue]]:
    """The tables of pieces that are on a page each."""
    draft = Draft(sized)
    pieces, issues = [], list[Issue]()
    for header, rows in parts:
        pieces.append(TablePiece(code, "Table 9. A Title (cont)", draft.grid(header, rows), territory))
        draft.new_page()
    return assemble(pieces, issues), issues


def only(code: str, *parts: Part, sized: bool = True) -> ChapterTable:
    (table,), issues = join(code, *parts, sized=sized)
    assert not issues
    return table


def texts(rows: Sequence[TableRow], *columns: str) -> list[tuple[str, ...]]:
    return [tuple(row.text(column) for column in columns) for row in rows]


class TestPieces:
    def test_a_continuation_adds_its_rows(self) -> None:
        table = only("policies", (POLICIES, [("Plan A", "Aims.")]), (POLICIES, [("Plan B", "Ends.")]))
        assert texts(table.rows, "policy", "description") == [("Plan A", "Aims."), ("Plan B", "Ends.")]
        assert [row.where.page for row in table.rows] == [1, 2]
        assert table.title == "Table 9. A Title"

    def test_pieces_of_two_territories_are_two_tables(self) -> None:
        draft = Draft()
        pieces = [
            TablePiece("policies", "T", draft.grid(POLICIES, [(f"Plan {n}", "Aims.")]), t) for n, t in enumerate("ABA")
        ]
        found = [(table.territory, texts(table.rows, "policy")) for table in assemble(pieces, [])]
        assert found == [("A", [("Plan 0",), ("Plan 2",)]), ("B", [("Plan 1",)])]

    @pytest.mark.parametrize("name", ["", "Plan A", "Plan A (cont)"])
    def test_a_row_that_the_page_cuts_is_one_row(self, name: str) -> None:
        table = only(
            "policies",
            (POLICIES, [("Plan A", "Aims to train all")]),
            (POLICIES, [(name, "inspectors by 2035."), ("Plan B", "Ends.")]),
        )
        whole = "Aims to train all inspectors by 2035."
        assert texts(table.rows, "policy", "description") == [("Plan A", whole), ("Plan B", "Ends.")]
        assert table.rows[0].where.page == 1

    def test_both_cells_of_a_cut_row_may_go_on(self) -> None:
        table = only(
            "policies",
            (POLICIES, [("National Plan for", "Aims to train all")]),
            (POLICIES, [("Children", "inspectors.")]),
        )
        wanted = [("National Plan for Children", "Aims to train all inspectors.")]
        assert texts(table.rows, "policy", "description") == wanted

    def test_a_new_name_after_a_whole_text_is_a_new_row(self) -> None:
        table = only("policies", (POLICIES, [("Plan A", "Aims.")]), (POLICIES, [("Plan B", "iPads for all.")]))
        assert len(table.rows) == 2

    def test_an_action_that_the_page_cuts_is_one_row_in_its_area(self) -> None:
        table = only(
            "suggested_actions",
            (ACTIONS, [("Enforcement", "Hire more", "2029 – 2031")]),
            (ACTIONS, [("", "inspectors.", ""), ("", "Publish numbers.", "2031")]),
        )
        assert texts(table.rows, "area", "action", "years") == [
            ("Enforcement", "Hire more inspectors.", "2029 – 2031"),
            ("Enforcement", "Publish numbers.", "2031"),
        ]

    def test_a_blank_label_of_a_table_of_answers_is_no_second_half(self) -> None:
        table = only(
            "enforcement_labor",
            (EFFORTS, [("Number of Labor Inspectors", "1", "2")]),
            (EFFORTS, [("", "3", "4")]),
        )
        assert texts(table.rows, "2030", "2031") == [("1", "2"), ("3", "4")]


class TestColumns:
    def test_columns_are_known_by_their_words_in_any_order(self) -> None:
        header = ("Related Legislation", "Age", "Standard", "Yes/No")
        table = only("legal_standards", (header, [("Code", "15", "Minimum Age for Work", "Yes")]))
        assert table.columns == ["legislation", "age", "standard", "status"]
        assert table.headers["status"] == "Yes/No"

    def test_years_name_their_own_columns(self) -> None:
        header = ("Overview of Labor Law Enforcement", "2030", "2031 (January to June)")
        table = only("enforcement_labor", (header, [("Number of Labor Inspectors", "1", "2")]))
        assert table.columns == ["label", "2030", "2031"]

    def test_a_blank_header_takes_the_name_that_is_free_at_its_place(self) -> None:
        header = (*LAWS[:3], "")
        table = only("legal_standards", (header, [("Minimum Age for Work", "Yes", "15", "Code")]))
        assert texts(table.rows, "legislation") == [("Code",)]

    def test_a_blank_header_in_a_table_of_efforts_is_the_territory(self) -> None:
        header = ("Overview of Labor Law Enforcement", "", "2031")
        table = only("enforcement_labor", (header, [("Number of Labor Inspectors", "Upland", "1")]))
        assert table.columns == ["label", "territory", "2031"]

    @pytest.mark.parametrize("head", ["2030–2031", "2030 - 2031", "2030/31", "2030 to 2031"])
    def test_a_column_of_two_years_gets_the_first_and_is_reported(self, head: str) -> None:
        header = ("Overview of Labor Law Enforcement", head)
        (table,), (issue,) = join("enforcement_labor", (header, [("Number of Labor Inspectors", "1")]))
        assert table.columns == ["label", "2030"]
        assert (issue.check, issue.severity, issue.table) == ("value_unread", "warning", "enforcement_labor")
        assert issue.message == f"{head!r} is read as 2030"

    def test_an_unknown_column_is_kept_and_reported(self) -> None:
        header = ("Policy", "Colour", "Description")
        (table,), (issue,) = join("policies", (header, [("Plan A", "red", "Aims.")]))
        assert texts(table.rows, "policy", "column_2", "description") == [("Plan A", "red", "Aims.")]
        assert table.headers["column_2"] == "Colour"
        assert (issue.check, issue.table) == ("column_unknown", "policies")
        assert "'Colour'" in issue.message

    def test_the_second_of_two_columns_of_one_name_is_kept_apart_and_reported(self) -> None:
        part = (("Policy", "Description", "Description"), [("Plan A", "Aims.", "More.")])
        (table,), (issue,) = join("policies", part)
        assert table.columns == ["policy", "description", "column_3"]
        assert (issue.check, issue.table) == ("column_unknown", "policies")

    def test_an_unknown_table_is_kept_with_its_columns_and_reported(self) -> None:
        (table,), (issue,) = join("", (("Fruit", "Weight"), [("Plum", "3")]))
        assert (table.code, table.columns) == ("", ["column_1", "column_2"])
        assert texts(table.rows, "column_1", "column_2") == [("Plum", "3")]
        assert (issue.check, issue.severity) == ("table_unknown", "error")
        assert issue.where.page == 1

    def test_a_continuation_without_a_header_has_the_columns_of_the_piece_above(self) -> None:
        table = only("policies", (POLICIES, [("Plan A", "Aims.")]), (("", ""), [("Plan B", "Ends.")]))
        assert texts(table.rows, "policy", "description") == [("Plan A", "Aims."), ("Plan B", "Ends.")]

    def test_two_unknown_tables_are_not_joined(self) -> None:
        tables, issues = join("", (("Fruit",), [("Plum",)]), (("Stone",), [("Flint",)]))
        assert (len(tables), len(issues)) == (2, 2)

    @pytest.mark.parametrize("head", ["Percent ", "Territory ", ""])
    def test_columns_for_territories_keep_their_names(self, head: str) -> None:
        header = ("Children", "Age", f"{head}Upland", f"{head}Lowland")
        table = only("statistics", (header, [("Attending School (%)", "5 to 14", "90.1", "80.2")]))
        assert table.columns == ["indicator", "age", "percent/Upland", "percent/Lowland"]

    def test_one_column_with_a_new_head_is_no_territory(self) -> None:
        header = ("Children", "Age", "Share")
        (table,), (issue,) = join("statistics", (header, [("Attending School (%)", "5 to 14", "90.1")]))
        assert table.columns == ["indicator", "age", "percent"]
        assert (issue.check, issue.severity) == ("wording_guessed", "warning")

    def test_a_first_row_that_is_read_as_the_header_is_an_error(self) -> None:
        header = ("Reef Patrol", "Guards the reefs of Arvenia.(3)")
        (table,), issues = join("agencies", (header, [("Harbor Police", "Guards the quays.(4)")]))
        assert table.columns == ["agency", "role"]
        assert ("wording_guessed", "error") in [(issue.check, issue.severity) for issue in issues]

    def test_a_new_head_over_values_of_no_known_form_is_unknown(self) -> None:
        header = ("Children", "Age", "Share")
        (table,), (issue,) = join("statistics", (header, [("Attending School (%)", "5 to 14", "most of them")]))
        assert table.columns == ["indicator", "age", "column_3"]
        assert issue.check == "column_unknown"


class TestCells:
    def test_a_label_that_stands_once_holds_for_the_rows_below(self) -> None:
        table = only("activities", (WORK, [("Agriculture", "Herding"), ("", "Fishing"), ("Services", "Begging")]))
        wanted = [("Agriculture", "Herding"), ("Agriculture", "Fishing"), ("Services", "Begging")]
        assert texts(table.rows, "sector", "activity") == wanted

    def test_a_label_holds_over_the_end_of_a_page_too(self) -> None:
        table = only("activities", (WORK, [("Agriculture", "Herding.")]), (WORK, [("", "Fishing")]))
        assert texts(table.rows, "sector", "activity") == [("Agriculture", "Herding."), ("Agriculture", "Fishing")]

    def test_a_cell_that_reaches_down_is_the_same_cell_in_every_row(self) -> None:
        table = only("policies", (POLICIES, [("Plan A", "For both."), ("Plan B", None), ("Plan C", "Alone.")]))
        wanted = [("Plan A", "For both."), ("Plan B", "For both."), ("Plan C", "Alone.")]
        assert texts(table.rows, "policy", "description") == wanted
        assert table.rows[0].cells["description"] is table.rows[1].cells["description"]

    def test_an_empty_cell_does_not_take_the_text_above(self) -> None:
        table = only("policies", (POLICIES, [("Plan A", "Aims."), ("Plan B", "")]))
        assert texts(table.rows, "description") == [("Aims.",), ("",)]

    def test_an_empty_row_is_no_row(self) -> None:
        assert len(only("policies", (POLICIES, [("", ""), ("Plan A", "Aims.")])).rows) == 1

    def test_a_label_that_a_scanner_spread_over_two_rows_is_one(self) -> None:
        rows = [("Categorical Worst", "Quarrying"), ("Forms of Child Labor", "Smuggling"), ("", "Begging")]
        table = only("activities", (WORK, rows), sized=False)
        assert {row.text("sector") for row in table.rows} == {"Categorical Worst Forms of Child Labor"}
        assert [row.text("activity") for row in table.rows] == ["Quarrying", "Smuggling", "Begging"]

    def test_two_known_labels_are_not_joined(self) -> None:
        table = only("activities", (WORK, [("Agriculture", "Herding"), ("Services", "Begging")]))
        assert [row.text("sector") for row in table.rows] == ["Agriculture", "Services"]


class TestStackedLabels:
    """One ruled row that holds several labels, one below the other."""

    LABELS = "Prohibition of Forced Labor\nProhibition of Child\nTrafficking\nFree Public Education"
    WHOLE: tuple[str, ...] = (
        "Prohibition of Forced Labor",
        "Prohibition of Child Trafficking",
        "Free Public Education",
    )

    def test_answers_go_to_the_label_beside_them(self) -> None:
        """Four lines of answers beside three labels of four lines."""
        table = only("legal_standards", (LAWS, [(self.LABELS, "Yes\nNo\nN/A\nYes", "", "")]))
        assert texts(table.rows, "standard", "status") == list(
            zip(self.WHOLE, ("Yes", "No N/A", "Yes"), strict=True),
        )

    @pytest.mark.parametrize("sized", [True, False])
    def test_as_many_answers_as_labels_are_taken_in_order(self, sized: bool) -> None:
        table = only("legal_standards", (LAWS, [(self.LABELS, "Yes\nNo\nYes", "", "")]), sized=sized)
        assert texts(table.rows, "standard", "status") == list(zip(self.WHOLE, ("Yes", "No", "Yes"), strict=True))

    def test_every_row_has_its_own_place(self) -> None:
        table = only("legal_standards", (LAWS, [(self.LABELS, "Yes\nNo\nYes", "", "")]))
        tops = [row.where.bbox[1] for row in table.rows if row.where.bbox]
        assert tops == sorted(set(tops))
        assert len(tops) == 3

    def test_a_text_row_stays_whole_where_the_counts_differ(self) -> None:
        table = only("legal_standards", (LAWS, [(self.LABELS, "Yes\nNo", "", "")]), sized=False)
        assert len(table.rows) == 1

    def test_a_head_among_the_labels_takes_no_answer(self) -> None:
        labels = "Training for Labor Inspectors\n■ Initial Training for New Employees\n■ Refresher Courses Provided"
        table = only("enforcement_labor", (EFFORTS, [(labels, "Yes\nNo", "N/A\nYes")]))
        assert texts(table.rows, "2030", "2031") == [("Yes", "N/A"), ("No", "Yes")]
        assert texts(table.heads, "label", "2030") == [("Training for Labor Inspectors", "")]

    def test_bullets_part_labels_of_unknown_wording(self) -> None:
        labels = "■ Number of Boats\n■ Number of Very\nlarge Ships"
        table = only("enforcement_labor", (EFFORTS, [(labels, "1\n2", "3\n4")]))
        wanted = [("■ Number of Boats", "1", "3"), ("■ Number of Very large Ships", "2", "4")]
        assert texts(table.rows, "label", "2030", "2031") == wanted

    def test_a_label_of_two_lines_that_no_rule_knows_stays_whole(self) -> None:
        table = only("enforcement_labor", (EFFORTS, [("Number of Boats\nand Ships", "1", "2")]))
        assert texts(table.rows, "label") == [("Number of Boats and Ships",)]

    def test_a_table_of_texts_is_never_cut(self) -> None:
        table = only("policies", (POLICIES, [("■ Plan A\n■ Plan B", "Aims.\nEnds.")]))
        assert len(table.rows) == 1

    def test_of_a_shared_label_cell_each_row_takes_the_labels_beside_its_answers(self) -> None:
        header = (LAWS[0], "Related Entity", *LAWS[1:])
        labels = "Minimum Age for\nHazardous Work\nFree Public Education"
        rows = [(labels, "Upland", "Yes", "15", "Code"), (None, "Lowland", "No", "", "Act")]
        grid = Draft().grid(header, rows)
        (table,) = assemble([TablePiece("legal_standards", "T", grid, "")], [])
        assert texts(table.rows, "standard", "territory") == [
            ("Minimum Age for Hazardous Work", "Upland"),
            ("Free Public Education", "Lowland"),
        ]


class TestHeads:
    def test_a_head_without_answers_is_set_apart(self) -> None:
        rows = [("Training for Labor Inspectors", "", ""), ("Refresher Courses Provided", "Yes", "No")]
        table = only("enforcement_labor", (EFFORTS, rows))
        assert texts(table.rows, "label") == [("Refresher Courses Provided",)]
        assert texts(table.heads, "label") == [("Training for Labor Inspectors",)]

    def test_a_head_with_an_answer_is_a_row(self) -> None:
        table = only("enforcement_labor", (EFFORTS, [("Training for Labor Inspectors", "Yes", "")]))
        assert texts(table.rows, "label", "2030") == [("Training for Labor Inspectors", "Yes")]
        assert not table.heads


def test_labels_and_answers_of_a_raw_text_stand_in_one_line() -> None:
    label = "Training for Labor Inspectors ■ Initial Training for New Employees ■ Refresher Courses Provided"
    head = tuple(flat(text) for text in ("Overview of Labor Law Enforcement", "2014", "2015"))
    grid = Grid(head, ((flat(label), flat("Unknown Yes (4)"), flat("No (5) N/A")),), Where(line=1))
    (table,) = assemble([TablePiece("enforcement_labor", "Table 6. Labor Law Enforcement Efforts", grid, "")], [])
    assert [(row.text("label"), row.text("2014"), row.text("2015")) for row in table.rows] == [
        ("■ Initial Training for New Employees", "Unknown", "No (5)"),
        ("■ Refresher Courses Provided", "Yes (4)", "N/A"),
    ]
    assert [row.text("label") for row in table.heads] == ["Training for Labor Inspectors"]


def flat(text: str) -> Cell:
    """A cell of a raw text: one line without a height."""
    return Cell((Line(1, text, Where(line=1)),))
