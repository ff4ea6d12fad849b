"""Next year's chapter, played through: something in the form changes, and it is filed rightly or said aloud.

Each test changes one printed thing of the invented chapter (a label, a title, a header, the order of columns) after
the chapter was composed and before it is laid out. What comes back is compared with what the unchanged chapter says:
either nothing differs, or what differs lies in the changed table and a finding names it. Never does a row say something
else without a finding.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from extractors import extract
from extractors.rules import current
from tests.generator import (
    SAMPLE,
    STYLE_2016,
    STYLE_2019,
    Layout,
    compose,
    draw_pdf,
    expected,
    pdf,
    raw_text,
    write_text,
)
from tests.generator.compose import Box, Item, References, Table, Text
from tests.generator.spec import Prose, Reference

Change = Callable[[list[Item]], list[Item]]
Form = Literal["text", "pdf"]
Tables = dict[str, list[dict[str, Any]]]
CHAPTER = replace(
    SAMPLE,
    sections=tuple(
        replace(s, flow=tuple(item for item in s.flow if not isinstance(item, Prose) or "Table" in item.text))
        for s in SAMPLE.sections
    ),
    activities=SAMPLE.activities[::2],
    actions=SAMPLE.actions[::2],
    references=tuple(
        Reference("Amber Office", f"Report No. {n}", "2018", "2018") for n in range(len(SAMPLE.references))
    ),
)
"""The sample, shorter (it is read many times here): every other row of open tables, the prose that announces tables."""
SAID_OF_A_TEXT = {"lines_unowned", "figure_shares_missing"}
KEYS = tuple(STYLE_2019.wording.titles)
LABEL_COLUMN = {"conventions": 1}
PUBLISHED = {"enforcement_labor": "enforcement", "enforcement_criminal": "enforcement"}


@pytest.fixture(autouse=True)
def without_entities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are tagged in the records' texts afterwards; here they only cost time."""
    monkeypatch.setattr("extractors.chapter.records.tag", lambda tables: [])


class Read:
    """The changed chapter, read: ``findings`` by name, ``lost`` and ``made`` rows for each table that differs."""

    def __init__(self, tables: Tables, layout: Layout, form: Form) -> None:
        wanted = expected(CHAPTER, layout)
        if form == "text":
            wanted["sectors"] = []  # a raw text has no pie
        self.tables = tables
        self.findings = Counter(
            q["check"]
            for q in tables["quality"]
            if q["severity"] != "info" and (form == "pdf" or q["check"] not in SAID_OF_A_TEXT)
        )
        self.lost: dict[str, list[dict[str, Any]]] = {}
        self.made: dict[str, list[dict[str, Any]]] = {}
        for table, rows in wanted.items():
            if table == "citations":
                continue
            columns = [c for c in rows[0] if c != "row"] if rows else []
            had = Counter(as_text(row, columns) for row in tables[table])
            want = Counter(as_text(row, columns) for row in rows)
            if lost := want - had:
                self.lost[table] = [json.loads(row) for row in lost.elements()]
            if made := had - want:
                self.made[table] = [json.loads(row) for row in made.elements()]

    @property
    def same(self) -> bool:
        return not self.lost and not self.made

    @property
    def differing(self) -> set[str]:
        return {*self.lost, *self.made}


def as_text(row: dict[str, Any], columns: list[str]) -> str:
    """The row's values in these columns; a whole number counts the same with or without a point."""
    values = {column: row[column] for column in columns}
    return json.dumps({c: int(v) if isinstance(v, float) and v.is_integer() else v for c, v in values.items()})


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Read]:
    """Lay the sample out with a change and read it."""

    def lay_out(change: Change, form: Form = "text", layout: Layout = STYLE_2019) -> Read:
        for module in (pdf, raw_text):
            monkeypatch.setattr(module, "compose", lambda spec, drawn: change(compose.compose(spec, drawn)))
        path = tmp_path / f"chapter.{'pdf' if form == 'pdf' else 'txt'}"
        if form == "pdf":
            draw_pdf(CHAPTER, path, layout)
        else:
            write_text(CHAPTER, path, (), layout)
        (extraction,) = extract(path)
        return Read(dict(extraction.tables), layout, form)

    return lay_out


def in_table(key: str, change: Callable[[Table], Table]) -> Change:
    """A change of one table; it must change something."""

    def changed(items: list[Item]) -> list[Item]:
        out = [change(item) if isinstance(item, Table) and item.key == key else item for item in items]
        assert out != items
        return out

    return changed


def table_of(key: str, layout: Layout = STYLE_2019) -> Table:
    return next(i for i in compose.compose(CHAPTER, layout) if isinstance(i, Table) and i.key == key)


both_forms = pytest.mark.parametrize("form", ["text", "pdf"])


@both_forms
def test_without_a_change_nothing_differs_and_nothing_is_said(read: Callable[..., Read], form: Form) -> None:
    """Or else every test below would prove nothing."""
    got = read(lambda items: items, form)
    assert got.same, (got.lost, got.made)
    assert not got.findings


# ---------------------------------------------------------------------------------------------- row labels


def relabel(at: int, label: str) -> Callable[[Table], Table]:
    def changed(table: Table) -> Table:
        column = LABEL_COLUMN.get(table.key, 0)
        row = table.rows[at]
        box = replace(row[column] or Box(), parts=(label,))
        rows = (*table.rows[:at], (*row[:column], box, *row[column + 1 :]), *table.rows[at + 1 :])
        return replace(table, rows=rows)

    return changed


def labelled_rows() -> Iterator[tuple[str, int]]:
    """The first and the last row of every table whose labels have codes."""
    for key in ("statistics", "conventions", "legal_standards", "enforcement_labor", "enforcement_criminal"):
        rows = len(table_of(key).rows)
        yield from ((key, at) for at in (0, rows - 1))


CODED = {"statistics": "indicator", "conventions": "convention", "legal_standards": "standard", "enforcement": "metric"}


def check_relabelled(got: Read, key: str, label: str) -> None:
    """Only that row differs, only in its code and label, and a finding stands at it."""
    table = PUBLISHED.get(key, key)
    assert got.findings["label_unknown"] == 1
    # the source note of an indicator that is unknown now belongs to no row, and becomes a footnote
    assert got.differing <= ({table, "footnotes"} if table == "statistics" else {table}), got.differing
    assert {row[CODED[table]] for row in got.made[table]} == {"other"}
    assert len(got.made[table]) == len(got.lost[table]) == (2 if table == "enforcement" else 1)
    for made, lost in zip(got.made[table], got.lost[table], strict=True):
        # the source note of an indicator is found by the indicator's name
        kept = set(made) - {CODED[table], "label", "source", "population"}
        assert {c: made[c] for c in kept} == {c: lost[c] for c in kept}
    (finding,) = [q for q in got.tables["quality"] if q["check"] == "label_unknown"]
    assert finding["table"] == table
    assert label in finding["message"]
    assert got.tables[table][finding["row"] - 1][CODED[table]] == "other"


@pytest.mark.parametrize(("key", "at"), list(labelled_rows()))
def test_an_unknown_row_label(read: Callable[..., Read], key: str, at: int) -> None:
    check_relabelled(read(in_table(key, relabel(at, "Zeppelins Moored by Night"))), key, "Zeppelins Moored by Night")


def test_an_unknown_row_label_on_a_page(read: Callable[..., Read]) -> None:
    got = read(in_table("legal_standards", relabel(3, "Zeppelins Moored by Night")), "pdf")
    check_relabelled(got, "legal_standards", "Zeppelins Moored by Night")


def test_an_unknown_area_of_actions(read: Callable[..., Read]) -> None:
    got = read(in_table("suggested_actions", relabel(0, "Weather")))
    assert got.findings["label_unknown"] >= 1
    assert got.differing == {"suggested_actions"}
    assert {row["area"] for row in got.made["suggested_actions"]} == {"other"}


def test_a_new_sector_is_kept_as_printed(read: Callable[..., Read]) -> None:
    got = read(in_table("activities", relabel(0, "Sea and Shore")))
    assert got.differing == {"activities"}
    assert {row["sector"] for row in got.made["activities"]} == {"Sea and Shore"}
    assert len(got.made["activities"]) == len(got.lost["activities"])


# ---------------------------------------------------------------------------------------------- titles


def retitle(table: Table) -> Table:
    return replace(table, title="Zeppelins of the Highlands")


def rehead(table: Table) -> Table:
    return replace(table, header=tuple(f"Zeppelin {i}" for i in range(len(table.header))))


def check_filed_or_said(got: Read, key: str, *checks: str) -> None:
    """All is well, or what is missing lies in this table and is announced by name; nothing is made up."""
    assert got.differing <= {PUBLISHED.get(key, key), "footnotes"}, got.differing
    if not got.same:
        assert got.findings.keys() & set(checks), got.findings
        assert not got.made.keys() - {"footnotes"}, got.made


@pytest.mark.parametrize("key", KEYS)
def test_a_new_title_of_a_table(read: Callable[..., Read], key: str) -> None:
    check_filed_or_said(read(in_table(key, retitle)), key, "table_unknown")


def test_a_new_title_of_a_table_on_a_page(read: Callable[..., Read]) -> None:
    check_filed_or_said(read(in_table("policies", retitle), "pdf"), "policies", "table_unknown")


@pytest.mark.parametrize("key", KEYS)
def test_a_new_title_over_new_headers(read: Callable[..., Read], key: str) -> None:
    """Nothing is left to know the table by: its cells are in ``other_tables``, and a finding names it."""
    got = read(in_table(key, lambda table: rehead(retitle(table))))
    assert not got.made.keys() - {"footnotes", "paragraphs", "other_tables"}, got.made
    assert got.differing - {"footnotes", "other_tables"} == {PUBLISHED.get(key, key)}
    assert got.findings["table_unknown"] >= 1


# ---------------------------------------------------------------------------------------------- tables that go


@pytest.mark.parametrize("key", KEYS)
def test_an_announced_table_that_is_not_there(read: Callable[..., Read], key: str) -> None:
    got = read(lambda items: [i for i in items if not (isinstance(i, Table) and i.key == key)])
    [document] = got.tables["documents"]
    expected = [present for present in current().expected.tables if present.covers(document["report_year"])]
    lacking = []
    if any(key in present.names for present in expected):
        lacking = [f"the chapter has no row of {key}, which every chapter has"]
    if key.startswith("enforcement_"):
        named = " ".join(reversed(key.split("_")))
        lacking = [f"the chapter has no row of the {named} table, but has other rows of enforcement"]
    announced, *others = [q["message"] for q in got.tables["quality"] if q["check"] == "table_missing"]
    assert f"Table {table_of(key).number}," in announced
    assert others == lacking
    assert not got.made
    assert got.differing <= {PUBLISHED.get(key, key), "footnotes"}


def test_an_announced_table_that_is_not_there_on_a_page(read: Callable[..., Read]) -> None:
    got = read(lambda items: [i for i in items if not (isinstance(i, Table) and i.key == "policies")], "pdf")
    assert got.findings["table_missing"] == 1
    assert (got.differing, got.made) == ({"policies", "footnotes"}, {})


@pytest.mark.parametrize("key", ["statistics", "conventions", "enforcement_labor", "programs"])
def test_a_table_without_rows(read: Callable[..., Read], key: str) -> None:
    """Caption and header stand there, nothing below: a raw text then has no table, and the header is but a line."""
    got = read(in_table(key, lambda table: replace(table, rows=(), notes=(), sources=())))
    assert got.findings["table_empty"] == 1
    assert got.differing <= {PUBLISHED.get(key, key), "footnotes", "paragraphs"}, got.differing
    header = " ".join(filter(None, table_of(key).header))
    assert [row["text"] for rows in got.made.values() for row in rows] in ([], [header])


@both_forms
@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("statistics", "Statistics on Children’s Work in Towns"),
        ("conventions", "Ratification of International Conventions on Forced Labor"),
    ],
)
def test_a_second_table_of_a_kind(read: Callable[..., Read], key: str, title: str, form: Form) -> None:
    """Its rows are not told as those of the first."""

    def added(items: list[Item]) -> list[Item]:
        at = next(i for i, item in enumerate(items) if isinstance(item, Table) and item.key == "programs")
        extra = replace(table_of(key), number=12, title=title, notes=(), sources=())
        return [*items[: at + 1], extra, *items[at + 1 :]]

    got = read(added, form)
    assert got.same, (got.lost, got.made)
    assert (got.findings["table_repeated"], got.findings["table_unknown"]) == (1, 1)


# ---------------------------------------------------------------------------------------------- columns


def year_heads(form: str) -> Callable[[Table], Table]:
    """The heads of the years' columns in another form."""

    def changed(table: Table) -> Table:
        return replace(table, header=tuple(form.format(text) if text.isdigit() else text for text in table.header))

    return changed


@both_forms
@pytest.mark.parametrize("head", ["FY {}", "FY{}", "Fiscal Year {}"])
def test_a_year_behind_words_heads_its_column(read: Callable[..., Read], head: str, form: Form) -> None:
    got = read(in_table("enforcement_labor", year_heads(head)), form)
    assert got.same, (got.lost, got.made)
    assert not got.findings


@both_forms
def test_a_table_of_whose_rows_nothing_is_made(read: Callable[..., Read], form: Form) -> None:
    got = read(in_table("enforcement_labor", year_heads("Zeppelins of {}")), form)
    assert (got.differing, got.made) == ({"enforcement"}, {})
    (finding,) = [q for q in got.tables["quality"] if q["check"] == "table_empty"]
    assert (finding["severity"], finding["table"]) == ("error", "enforcement")
    assert f"no record was made of the {len(table_of('enforcement_labor').rows)} rows" in finding["message"]


def swapped(first: int, second: int) -> Callable[[Table], Table]:
    """Two columns change places, header and cells."""

    def changed(table: Table) -> Table:
        order = list(range(len(table.header)))
        order[first], order[second] = order[second], order[first]
        return replace(
            table,
            header=tuple(table.header[i] for i in order),
            shares=tuple(table.shares[i] for i in order),
            rows=tuple(tuple(row[i] for i in order) for row in table.rows),
        )

    return changed


SWAPS = [
    ("statistics", 1, 2),
    ("statistics", 0, 2),
    ("conventions", 1, 2),
    ("legal_standards", 1, 2),
    ("legal_standards", 2, 3),
    ("legal_standards", 0, 3),
    ("agencies", 0, 1),
    ("enforcement_labor", 1, 2),
    ("enforcement_labor", 0, 2),
    ("enforcement_criminal", 1, 2),
    ("coordination", 0, 1),
    ("policies", 0, 1),
    ("programs", 0, 1),
    ("suggested_actions", 1, 2),
    ("suggested_actions", 0, 2),
    ("activities", 0, 1),
]


@pytest.mark.parametrize(("key", "first", "second"), SWAPS)
def test_swapped_columns_are_read_by_their_headers(
    read: Callable[..., Read], key: str, first: int, second: int
) -> None:
    got = read(in_table(key, swapped(first, second)))
    if key.startswith("enforcement"):  # a year's rows come in the printed order
        assert not got.made, got.made
    assert got.same, (got.lost, got.made)
    # years that descend may as well be two headers that were exchanged, and are an error
    assert got.findings.keys() == ({"column_unfit"} if key.startswith("enforcement") else set())


@pytest.mark.parametrize("layout", [STYLE_2016, STYLE_2019], ids=lambda layout: layout.name)
def test_swapped_columns_are_read_by_their_headers_on_a_page(read: Callable[..., Read], layout: Layout) -> None:
    def change(items: list[Item]) -> list[Item]:
        for key, first, second in (("legal_standards", 1, 3), ("enforcement_labor", 1, 2), ("policies", 0, 1)):
            items = in_table(key, swapped(first, second))(items)
        return items

    got = read(change, "pdf", layout)
    assert got.same, (got.lost, got.made)
    assert got.findings.keys() == {"column_unfit"}  # of the years


def header_of(at: int, text: str) -> Callable[[Table], Table]:
    return lambda table: replace(table, header=(*table.header[:at], text, *table.header[at + 1 :]))


HEADERS = [(key, at) for key in KEYS for at, text in enumerate(table_of(key).header) if text]


def check_unknown_column(got: Read, key: str) -> None:
    """Said by name; the rest of each row is as it was, and what stood in the column is nowhere else."""
    table = PUBLISHED.get(key, key)
    assert got.findings.keys() & {"column_unknown", "table_unknown"}, got.findings
    assert got.differing <= {table, "footnotes"}, got.differing
    wanted = expected(CHAPTER, STYLE_2019)[table]
    for made in got.made.get(table, []):
        close = max(sum(made[c] == row[c] for c in made) for row in wanted)
        told = sum(made[c] not in ("", None, False, "other", "blank") for c in made)
        assert close >= told or "other" in made.values(), made


@pytest.mark.parametrize(("key", "at"), HEADERS)
def test_an_unknown_column_header_is_named_by_its_cells_or_said(read: Callable[..., Read], key: str, at: int) -> None:
    got = read(in_table(key, header_of(at, "Zeppelin")))
    if got.findings["wording_guessed"]:
        assert not got.differing
    else:
        check_unknown_column(got, key)


@pytest.mark.parametrize(("key", "at"), HEADERS)
def test_an_empty_column_header_is_named_by_its_place_or_said(read: Callable[..., Read], key: str, at: int) -> None:
    got = read(in_table(key, header_of(at, "")))
    if not got.same:
        check_unknown_column(got, key)


@pytest.mark.parametrize(
    ("key", "at", "text"),
    [("legal_standards", 2, "Legislation"), ("enforcement_labor", 1, "2019"), ("policies", 1, "Policy")],
)
def test_a_header_that_stands_twice(read: Callable[..., Read], key: str, at: int, text: str) -> None:
    got = read(in_table(key, header_of(at, text)))
    if got.findings["wording_guessed"]:
        assert not got.differing
    else:
        assert got.findings["column_unknown"] == 1
        assert got.differing == {PUBLISHED.get(key, key)}


# ---------------------------------------------------------------------------------------------- cells


def with_cell(column: int, text: str) -> Callable[[Table], Table]:
    """The first row's cell of a column says something else."""

    def changed(table: Table) -> Table:
        first, *others = table.rows
        return replace(table, rows=((*first[:column], Box((text,)), *first[column + 1 :]), *others))

    return changed


@both_forms
@pytest.mark.parametrize(
    ("key", "column", "text"),
    [
        ("conventions", 2, "Signed"),
        ("legal_standards", 1, "Partial"),
        ("statistics", 1, "under 14"),
        ("statistics", 2, "about 12.5"),
        ("enforcement_labor", 1, "about 58"),
    ],
)
def test_a_cell_of_new_form(read: Callable[..., Read], key: str, column: int, text: str, form: Form) -> None:
    """Its value is missing, and an error stands at its row; a warning if a word is printed in place of an answer."""
    got = read(in_table(key, with_cell(column, text)), form)
    table = PUBLISHED.get(key, key)
    assert got.differing == {table}
    (finding,) = [q for q in got.tables["quality"] if q["check"] == "value_unread"]
    severity = "warning" if text == "Partial" else "error"
    assert (finding["table"], finding["row"], finding["severity"]) == (table, 1, severity)
    assert repr(text) in finding["message"]
    assert not got.findings - Counter(["value_unread"])


# ---------------------------------------------------------------------------------------------- sections, references


def without_section(at: int) -> Change:
    """The chapter without its section ``at`` (from 1), heading and all."""

    def changed(items: list[Item]) -> list[Item]:
        heads = [i for i, item in enumerate(items) if isinstance(item, Text) and item.kind == "heading"]
        ends = [*heads[1:], len(items) - 1]
        return items[: heads[at - 1]] + items[ends[at - 1] :]

    return changed


@pytest.mark.parametrize(("at", "roman"), [(1, "I"), (2, "II"), (4, "IV"), (6, "VI")])
def test_a_section_that_is_not_there(read: Callable[..., Read], at: int, roman: str) -> None:
    got = read(without_section(at))
    (message,) = [q["message"] for q in got.tables["quality"] if q["check"] == "section_missing"]
    assert message.startswith(f"section {roman} is missing")
    assert not got.made, got.made


@pytest.mark.parametrize(("number", "form"), [("V.", "text"), ("VII.", "text"), ("VII.", "pdf")])
def test_a_section_heading_of_new_wording(read: Callable[..., Read], number: str, form: Form) -> None:
    """What is below it goes to the section before. Two findings report it: the heading, and the section that lacks."""

    def change(items: list[Item]) -> list[Item]:
        return [
            replace(i, text=f"{number} ZEPPELINS AND THEIR MOORINGS")
            if isinstance(i, Text) and i.text.startswith(f"{number} ")
            else i
            for i in items
        ]

    got = read(change, form)
    assert got.findings["heading_unknown"] == 1
    assert got.findings["section_missing"] == 1
    assert got.differing == {"paragraphs"}


def test_a_section_heading_without_a_number(read: Callable[..., Read]) -> None:
    """Its type tells it: a raw text has none."""

    def change(items: list[Item]) -> list[Item]:
        return [
            replace(i, text="HOW THE LAW IS ENFORCED") if isinstance(i, Text) and i.text.startswith("III. ") else i
            for i in items
        ]

    got = read(change, "pdf")
    messages = [q["message"] for q in got.tables["quality"] if q["check"] == "heading_unknown"]
    assert messages == [
        "this looks like the heading of an unknown section; it is kept as text: 'HOW THE LAW IS ENFORCED'"
    ]
    assert got.differing == {"paragraphs"}


@pytest.mark.parametrize(("number", "form"), [(8, "text"), (len(CHAPTER.references), "text"), (8, "pdf")])
def test_a_reference_that_is_not_there(read: Callable[..., Read], number: int, form: Form) -> None:
    def change(items: list[Item]) -> list[Item]:
        return [
            replace(i, entries=tuple(e for e in i.entries if e[0] != number)) if isinstance(i, References) else i
            for i in items
        ]

    got = read(change, form)
    assert (got.differing, got.made) == ({"references"}, {})
    assert [row["number"] for row in got.lost["references"]] == [number]
    messages = [q["message"] for q in got.tables["quality"] if q["check"] == "citation_unresolved"]
    assert len(messages) == 1
    assert f"reference {number} is cited" in messages[0]
    unresolved = {c["number"] for c in got.tables["citations"] if not c["resolved"]}
    assert unresolved == {number}
