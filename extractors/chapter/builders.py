"""Rows of a table -> records. :func:`build_row` serves every table that ``tables.yml`` describes completely; what is
special about a table is a builder of its own in :data:`BUILDERS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from extractors import rules
from extractors.chapter import values
from extractors.chapter.actions import expand_actions
from extractors.chapter.notes import Footnote, marked, survey_of
from extractors.chapter.recorder import Record, Recorder
from extractors.chapter.segment import place
from extractors.chapter.signs import LETTERS
from extractors.chapter.tables import BULLETS, ChapterTable, TableRow
from extractors.model import Cell, Issue, Line, Severity, Where, join_lines
from extractors.references.citations import lift
from extractors.rules import fold, label_by_words, label_code
from extractors.rules.kinds import KindName
from extractors.rules.models import ColumnRule

SMALL_WORDS = {"a", "an", "and", "but", "by", "for", "in", "of", "on", "or", "that", "the", "to", "with"}
WORDED: frozenset[KindName] = frozenset({"yes_no", "answer", "age", "years"})
"""Kinds of cells in which the publisher also prints words (Congo 2016 "Recruitment", Samoa 2017 "None")."""
COMPLETION = "primary completion rate"
"""The indicator whose source note names it; the other indicators share one (2013-2020)."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a builder needs beside a row: the table, its declaration, its notes, and where records go.

    ``several``: the chapter covers several countries, so that its territories are countries of their own. ``letters``
    are letters that are signs, with the sign that each is.
    """

    to: Recorder
    table: ChapterTable
    rule: rules.Table
    published: str
    notes: Sequence[Footnote]
    several: bool
    letters: Mapping[str, str]

    def text(self, row: TableRow, column: str) -> str:
        """The words of a cell, without citations and markers."""
        return self.signed(self.to.plain(row.text(column)))

    def signed(self, text: str) -> str:
        """A text, or the sign that its only letter is."""
        return self.letters.get(text, text)

    def cells(self, row: TableRow, *columns: str) -> dict[str, Sequence[Line]]:
        """ColumnRule -> lines, for those of the columns that the row has."""
        return {column: row.cells[column].lines for column in columns if column in row.cells}

    def markers(self, *texts: str) -> list[str]:
        """The footnote markers in some texts."""
        return [marker for text in texts for marker in lift(text, self.to.highest).markers]

    def note_of(self, *texts: str) -> str:
        """The words of the notes to which the markers in these texts lead."""
        markers = self.markers(*texts)
        return " ".join(self.to.plain(note.text) for note in self.notes if note.marker in markers)

    def code(self, codes: str, text: str, where: Where) -> str:
        """The code of a label. A label of new wording gets the code that its words name, or ``other``.

        Each new wording is one finding, at its first row: a warning, or information if its words name the code.
        """
        label = text.lstrip(BULLETS + " ")
        code = label_code(codes, label)
        if code is None:
            named = label_by_words(codes, label)
            code = self.rule.head_code if fold(label) in self.rule.heads else named
            message = f"unknown wording {label!r}; the row has the code {code or 'other'!r}"
            if not any(issue.message == message and issue.table == self.published for issue in self.to.found):
                row = self.to.next_row(self.published)
                severity: Severity = "info" if named else "warning"
                self.to.found.append(Issue("label_unknown", severity, message, where, self.published, row))
        return code or "other"

    def territory(self, row: TableRow) -> str:
        """The part of the country that a row is for; empty for the whole country."""
        if self.several:
            return ""
        if row.territory is not None:
            return row.territory
        band = self.table.territory
        return self.text(row, "territory") or (title_case(band) if band.isupper() else band)

    def check_form(self, kind: KindName, text: str, value: object, where: Where, row: int) -> None:
        """Add a finding for a cell that gives no value, or only a part of what it says; a lost value is an error."""
        form = values.FORMS.get(kind)
        if form and not values.fully_read(form, text):
            empty = value in (None, "")
            read = "gives no value" if empty else f"was read as {value}"
            message = f"{text!r} {read}: it has not the form of {NAMES[form]}"
            lost = kind not in WORDED or (empty and re.search(r"\d", text))
            severity: Severity = "error" if lost or text in LETTERS else "warning"
            self.to.found.append(Issue("value_unread", severity, message, where, self.published, row))


NAMES: dict[values.Kind, str] = {
    "ratification": "a check mark or yes",
    "status": "yes, no, unknown or not applicable",
    "age": "one whole age",
    "ages": "an age or two ages",
    "percent": "a percent",
    "answer": "a number, an amount of money, yes or no",
    "years": "years",
}


# ---------------------------------------------------------------------------------------------- any declared table


def build_row(at: Context, row: TableRow) -> None:
    """Add the record of one row, column by column, as its declaration says."""
    columns = {name: column for name, column in at.rule.columns.items() if column.kind != "picture"}
    if any(column.required and not at.text(row, name) for name, column in columns.items()):
        return
    record: Record = {}
    for name, column in columns.items():
        record |= read_column(at, row, name, column)
    number = at.to.add(at.published, row.where, at.cells(row, *columns), record)
    for name, column in columns.items():
        if values.FORMS.get(column.kind):
            check_cell(at, row, name, column, record, number)


def read_column(at: Context, row: TableRow, name: str, column: ColumnRule) -> Record:
    """The published values that one cell gives."""
    text = at.text(row, name)
    read: tuple[object, ...]
    if column.kind == "territory":
        read = (at.territory(row),)
    elif column.kind == "label":
        read = (at.code(column.codes or "", text, row.where), *((text,) if column.printed else ()))
    else:
        read = values.READERS[column.kind](text)
    if column.marks:
        markers = at.markers(row.text(name))
        read += tuple(marked(at.notes, markers, words) for words in column.marks.values())
    return dict(zip((published for published, _ in column.published(name)), read, strict=True))


def check_cell(at: Context, row: TableRow, name: str, column: ColumnRule, record: Record, number: int) -> None:
    """Findings about the form of a cell."""
    text, value = at.text(row, name), record[column.published(name)[0][0]]
    if column.kind in ("count", "answer") and values.answer(text).repaired:
        add_repaired(at, text, row.where, number)
    else:
        at.check_form(column.kind, text, value, row.where, number)


def add_repaired(at: Context, text: str, where: Where, number: int) -> None:
    """Report a count that a blank cuts, or whose point stands for thousands ("7.559", Ecuador 2020, page 4)."""
    value = values.answer(text).value or 0
    reason = "a blank inside a number separates nothing" if values.joined(text) != text else "a count has no fraction"
    message = f"{text!r} was read as {value:,.0f}: {reason}"
    at.to.found.append(Issue("number_repaired", "warning", message, where, at.published, number))


# ---------------------------------------------------------------------------------------------- statistics


def build_statistic(at: Context, row: TableRow) -> None:
    """Statistics name their source in notes without a marker.

    A row for boys, girls, urban or rural areas (2023 on) has the indicator and the ages of the row above it. The label
    of hazardous work has its ages in parentheses.
    """
    label, age, share = at.text(row, "indicator"), at.text(row, "age"), at.text(row, "percent")
    before = at.to.out[at.published]
    inner = label.partition("(")[2].rstrip(") ")
    alone = label_code("subgroups", label) or ""
    subgroup = alone or label_code("subgroups", inner) or ""
    low, high = values.ages(age or inner)
    if alone and before:
        indicator = before[-1]["indicator"]
        low, high = (low, high) if age else (before[-1]["age_min"], before[-1]["age_max"])
    else:
        indicator = at.code("statistics", row.text("indicator").split("(")[0], row.where)
    percent, population = values.percent_and_population(share)
    source = source_of(at.notes, indicator)
    note = at.to.plain(source.text) if source else ""
    survey = survey_of(note)
    record = {
        "indicator": indicator,
        "label": label,
        "subgroup": subgroup,
        "territory": at.territory(row),
        "age_min": low,
        "age_max": high,
        "percent": percent,
        "population": population,
        "source": note,
        "survey": survey.name,
        "survey_year": survey.year,
        "comparable": survey.comparable,
    }
    cells = at.cells(row, "indicator", "territory", "age", "percent")
    number = at.to.add(at.published, row.where, {**cells, "source": source.lines if source else ()}, record)
    at.check_form("ages", age, low, row.where, number)
    at.check_form("percent", share, percent, row.where, number)


def source_of(notes: Sequence[Footnote], indicator: str) -> Footnote | None:
    """The source note that covers an indicator: the one that names it, else the one for the others."""
    plain = [note for note in notes if not note.marker]
    named = [note for note in plain if indicator.replace("_", " ") in fold(note.text)]
    others = [note for note in plain if COMPLETION not in fold(note.text)]
    return next(iter([*named, *others]), None)


# ---------------------------------------------------------------------------------------------- legal standards


def build_standard(at: Context, row: TableRow) -> None:
    """A row may be only a territory in parentheses (India 2013, page 3: "(Rajasthan)"); an age may have a note."""
    label = at.text(row, "standard")
    territory = at.territory(row)
    before = at.to.out[at.published]
    if label_code("legal_standards", label) is None and re.fullmatch(r"\(.*\)", label) and before:
        standard, territory = before[-1]["standard"], label.strip("()")
    else:
        named = label.replace(f"({territory})", "").strip() if territory else label
        standard = at.code("legal_standards", named, row.where)
    status = at.text(row, "status")
    age_cell = at.text(row, "age")
    age, age_to, age_words = values.age(age_cell)
    record = {
        "standard": standard,
        "label": label,
        "territory": territory,
        "status": values.legal_status(status),
        "age": age,
        "age_to": age_to,
        "age_note": "; ".join(part for part in (age_words, at.note_of(row.text("age"))) if part),
        "legislation": at.text(row, "legislation"),
    }
    cells = at.cells(row, "standard", "territory", "status", "age", "legislation")
    number = at.to.add(at.published, row.where, cells, record)
    at.check_form("yes_no", status, record["status"], row.where, number)
    shown = "" if age is None else f"{age:g}" if age_to is None else f"{age:g} and {age_to:g}"
    at.check_form("age", age_cell, shown, row.where, number)


# ---------------------------------------------------------------------------------------------- enforcement


def build_enforcement(at: Context, row: TableRow) -> None:
    """One record for each column that is headed by a year."""
    label = at.text(row, "label").lstrip(BULLETS + " ")
    years = [column for column in at.table.columns if column.isdigit() and column in row.cells]
    if not years:
        return
    code = at.code(at.rule.codes, label, row.where)
    for column in years:
        add_answer(at, row, column, label, code)


def add_answer(at: Context, row: TableRow, column: str, label: str, code: str) -> None:
    """The record of one cell; its label and its territory have provenance too, behind that of the cell."""
    cell = row.cells[column]
    raw = at.to.plain(cell.text)
    answer = values.answer(at.signed(raw))
    record = {
        "domain": at.table.code.removeprefix("enforcement_"),
        "metric": code,
        "label": label,
        "territory": at.territory(row),
        "year": int(column),
        "raw": raw,
        "status": answer.status,
        "value": answer.value,
        "unit": answer.unit,
        "note": at.note_of(cell.text, row.text("label"), at.table.headers.get(column, "")),
    }
    where = place(cell.lines) if cell.lines else row.where
    number = at.to.add(at.published, where, {"raw": cell.lines}, record)
    if answer.repaired:
        add_repaired(at, raw, where, number)
    else:
        at.check_form("answer", at.signed(raw), answer.value, where, number)
    if row.joint and answer.value and answer.unit != "yes_no":
        parts = ", ".join(name or "the whole country" for name in row.joint)
        message = f"{raw!r} is printed once for {parts}; each of them has a row with it"
        at.to.found.append(Issue("value_joint", "info", message, where, at.published, number))
    for name in ("label", "territory"):
        head = row.cells.get(name, Cell())
        if head.lines:
            at.to.own([head])
            at.to.trace(at.published, number, name, place(head.lines), head.text)


# ---------------------------------------------------------------------------------------------- suggested actions


def build_actions(at: Context, row: TableRow) -> None:
    """One record for each bullet of a row, with its own years."""
    area = at.code("areas", at.text(row, "area"), row.where)
    for action in expand_actions(row):
        printed = at.to.plain(join_lines(line.text for line in action.years))
        years, first, last = values.year_span(printed)
        record = {
            "area": area,
            "territory": at.territory(row),
            "action": at.to.plain(join_lines(line.text for line in action.lines)),
            "years": years,
            "first_year": first,
            "last_year": last,
            **dict.fromkeys(("action_id", "likeness", "suggested_since")),  # ``histories`` links all chapters
        }
        cells = {**at.cells(row, "area", "territory"), "action": action.lines, "years": action.years}
        where = place(action.own or row.cells["action"].lines)
        number = at.to.add(at.published, where, cells, record)
        at.check_form("years", printed, years, where, number)


Builder = Callable[[Context, TableRow], None]
BUILDERS: dict[str, Builder] = {
    "statistics": build_statistic,
    "legal_standards": build_standard,
    "enforcement": build_enforcement,
    "suggested_actions": build_actions,
}
"""Published table -> its builder. Every other table is built by :func:`build_row`."""


def title_case(text: str) -> str:
    """Capitals to title case: ``BOSNIA AND HERZEGOVINA`` -> ``Bosnia and Herzegovina``."""

    def word(m: re.Match[str]) -> str:
        return m[0] if m.start() and m[0] in SMALL_WORDS else m[0][0].upper() + m[0][1:]

    return re.sub(r"[^\W\d_]+(?:[’'][^\W\d_]+)*", word, text.lower())


def one_case(text: str, capitals: bool = True) -> str:
    """Title case for a text in small capitals, which a file stores as small letters ("advanceMent", Lesotho 2018).

    Such a text has a capital inside a word, or begins with a small letter. ``capitals``: also for a text in capitals.
    """
    mixed = re.search(r"[^\W\d_A-Z][A-Z]", text) is not None or text[:1].islower()
    return title_case(text) if mixed or (capitals and text and text.upper() == text) else text
