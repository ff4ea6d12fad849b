"""Arranges the rows of one chapter as its page shows them.

This module reads no files. The only HTML it makes is the markup of names inside a text.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil, floor
from typing import Any

from markupsafe import Markup, escape

from review.declared import IN_SECTION
from review.layout import LABELS, SECTIONS, SEVERITIES, SHORT, TABLE_LAYOUTS, Column, TableLayout
from review.quarantine import QuarantineEntry, quarantine_entries
from review.release import Record
from review.run_changes import change_list
from review.texts import Meanings, other_names, sentence, shown_number, shown_range

Tables = Mapping[str, list[Record]]
PlacedCite = tuple[int | None, "CitedNumber"]
"""A citation, and behind how many characters of the text it stands (``None``: at its end)."""


@dataclass(slots=True)
class ShownCell:
    """A value on the page: its text with names and citations, its position ``at``, and its raw text if that differs.

    ``fields`` are the columns of the table that it shows, separated by blanks. ``value`` is what they hold if that is
    not the shown text; for several columns it is a JSON list.
    """

    heading: str
    text: Markup
    fields: str
    value: str = ""
    at: str = ""
    raw: str = ""
    kind: str = "text"
    cites: list[CitedNumber] = field(default_factory=list)


@dataclass(slots=True)
class CitedNumber:
    """A reference number that a row cites. ``target`` is the anchor of the reference or, without one, of a list."""

    number: int
    target: str
    resolved: bool

    @property
    def link(self) -> Markup:
        """The number as a link. The style sheet shows it, so it is no part of the text in which it stands."""
        number = int(self.number)  # with an own anchor nothing is left to escape
        if self.resolved:
            return Markup(f'<a class="cite" href="#{self.target}" aria-label="{number}"></a>')
        return Markup(
            f'<a class="cite dangling" href="#{self.target}" aria-label="{number} not in the reference list"'
            f' data-number="{number}" title="The reference list has no {number}"></a>'
        )


@dataclass(slots=True)
class ShownFinding:
    """A row of ``quality``. ``target`` is the anchor of the row or table concerned, or empty."""

    number: int
    check: str
    severity: str
    message: str
    place: str
    target: str
    at: str
    page: int | None


@dataclass(slots=True)
class FindingGroup:
    """The findings of one check. ``messages`` has one list for each different message: the findings that share it."""

    severity: str
    check: str
    meaning: str
    count: int
    messages: list[list[ShownFinding]]


@dataclass(slots=True)
class ShownRow:
    """A row as the page shows it: of a table or the reference list, a paragraph or a footnote.

    ``key`` identifies the row in ``corrections.csv``: its ``row_key``, or its number if the table has no such column.
    """

    anchor: str
    number: int
    key: str
    at: str
    page: int | None
    cells: list[ShownCell]
    cites: list[CitedNumber] = field(default_factory=list)
    findings: list[ShownFinding] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class SideBySide:
    """Rows that are printed in one line: the cells that they share, and by heading the row whose last cell is there."""

    shared: list[ShownCell]
    rows: dict[Any, ShownRow] = field(default_factory=dict)


@dataclass(slots=True)
class Block:
    """A part of a section: a table, or one paragraph. ``order`` sorts the parts as they are printed.

    Of a table whose rows stand side by side ``headings`` are the values of that column, and ``side_by_side`` its parts.
    """

    kind: str
    order: tuple[float, float]
    heading: str
    name: str = ""
    columns: list[Column] = field(default_factory=list)
    rows: list[ShownRow] = field(default_factory=list)
    findings: list[ShownFinding] = field(default_factory=list)
    quarantine: list[QuarantineEntry] = field(default_factory=list)
    footnotes: list[ShownRow] = field(default_factory=list)
    headings: list[Any] = field(default_factory=list)
    side_by_side: list[tuple[str, list[SideBySide]]] = field(default_factory=list)

    @property
    def cites(self) -> bool:
        """Whether any row of the table cites a source."""
        return any(row.cites for row in self.rows)


REJECTED = "rows_quarantined"
"""The check whose findings count the rejected rows of a table."""


class ChapterView:
    """Everything that the template of a chapter page shows.

    Built from the rows of one chapter (``tables``), the entities of its country (``registry``) and the meanings of the
    codes. Raises ``KeyError`` or ``TypeError`` if the rows do not match the schemas.
    """

    def __init__(self, tables: Tables, registry: Iterable[Record], meanings: Meanings) -> None:
        self._tables = tables
        self._meanings = meanings
        self._registry = {row["entity_id"]: row for row in registry}
        self.document = tables["documents"][0]
        self._index_rows()
        self._index_citations()
        self._index_findings()
        self.quarantine = quarantine_entries(tables.get("quarantine", []))
        self.loose_quarantine = [entry for entry in self.quarantine if entry.table not in TABLE_LAYOUTS]
        self.sections = [
            (code, heading, blocks)
            for code, heading, names in SECTIONS
            if (blocks := self._blocks(code, (*names, *IN_SECTION.get(code, ()))))
        ]
        self.references = [self._reference(row) for row in tables.get("references", [])]
        self.names = self._named()
        self.releases = tables.get("releases", [])
        self.changes = change_list(tables.get("changes", []))

    def _index_rows(self) -> None:
        """Index the rows that the page shows, and by row and column their cells and the names in their text."""
        self._shown = {
            (name, row["row"])
            for name in (*TABLE_LAYOUTS, "paragraphs", "references", "footnotes")
            for row in self._tables.get(name, [])
        }
        self._cells = _by_cell(self._tables.get("provenance", []))
        self._names = _by_cell(self._tables.get("entities", []))
        self._captions: dict[str, list[Record]] = defaultdict(list)
        for row in sorted(self._tables.get("captions", []), key=lambda row: row["table_row"]):
            self._captions[row["table"]].append(row)

    def _index_citations(self) -> None:
        """Index the citations in both directions: by citing row, and by cited number."""
        self._references: dict[int, int] = {}
        for row in self._tables.get("references", []):
            self._references.setdefault(row["number"], row["row"])
        self._cited: dict[tuple[str, int], dict[str, list[PlacedCite]]] = defaultdict(lambda: defaultdict(list))
        self._citing: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for row in self._tables.get("citations", []):
            self._cite(row)
        self.dangling = [
            (number, _grouped(places)) for number, places in sorted(self._citing.items()) if not self._known(number)
        ]
        """Cited numbers that the reference list lacks, each with the rows that cite it."""

    def _index_findings(self) -> None:
        """Index the findings by the element of the page at which they are shown."""
        quality = _by_severity(self._tables.get("quality", []))
        self.findings = [self._finding(number, row) for number, row in enumerate(quality, 1)]
        self.counts = {severity: sum(f.severity == severity for f in self.findings) for severity in SEVERITIES}
        self._placed: dict[str, list[ShownFinding]] = defaultdict(list)
        groups: dict[tuple[str, str], dict[str, list[ShownFinding]]] = defaultdict(lambda: defaultdict(list))
        for finding in self.findings:
            by_message = groups[finding.severity, finding.check]
            if finding.check != REJECTED:  # the page shows the rejected rows themselves, with their reason
                self._placed[finding.target].append(finding)
                by_message[finding.message].append(finding)
        counts = Counter((finding.severity, finding.check) for finding in self.findings)
        self.finding_groups = [
            FindingGroup(severity, check, self._meaning(check), counts[severity, check], list(by_message.values()))
            for (severity, check), by_message in groups.items()
        ]

    def _meaning(self, check: str) -> str:
        """Return what a check means, as a sentence."""
        meaning = self._meanings.get("quality", {}).get("check", {}).get(check, "")
        return sentence(meaning).replace("`", "") + "." if meaning else ""

    @property
    def pages(self) -> list[int]:
        """Pages of the PDF that contain a row, in ascending order."""
        rows = (row for name in ("provenance", "footnotes", "references") for row in self._tables.get(name, []))
        return sorted({row["page"] for row in rows if row["page"] is not None})

    def _known(self, number: int) -> bool:
        return number in self._references

    def _cite(self, row: Record) -> None:
        number, table, at = row["number"], row["table"], row["row"]
        known = self._known(number)
        target = f"references-{self._references[number]}" if known else f"dangling-{number}"
        cite = CitedNumber(number, target, bool(row["resolved"]) and known)
        self._cited[table, at][row.get("column") or ""].append((row.get("end"), cite))
        self._citing[number].append((table, at))

    def _finding(self, number: int, row: Record) -> ShownFinding:
        anchor = self.anchor(row["table"], row["row"]) or (row["table"] if row["table"] in TABLE_LAYOUTS else "")
        place = _place(row["table"], row["row"]) if row["table"] else "Whole chapter"
        return ShownFinding(
            number, row["check"], row["severity"], row["message"], place, anchor, position(row), row["page"]
        )

    def anchor(self, table: str, row: int | None) -> str:
        """Return the anchor of a row on the page, or an empty string if the page does not show it."""
        return f"{table}-{row}" if (table, row) in self._shown else ""

    def _blocks(self, section: str, names: tuple[str, ...]) -> list[Block]:
        blocks: list[Block] = []
        subsection = ""
        for row in self._tables.get("paragraphs", []):
            if row["section"] == section:
                heading = row["subsection"] if row["subsection"] != subsection else ""
                subsection = row["subsection"]
                line = self._line("paragraphs", row, (Column("text", "Text"),))
                blocks.append(Block("paragraph", _order(row), heading, rows=[line]))
        for name in names:
            block = self._table(TABLE_LAYOUTS[name])
            if block.rows or block.quarantine or block.findings:
                blocks.append(block)
        return sorted(blocks, key=lambda block: block.order)

    def _table(self, shown: TableLayout) -> Block:
        rows = self._tables.get(shown.name, [])
        columns = [c for c in shown.columns if not c.optional or any(row[c.name] for row in rows)]
        lines = [self._line(shown.name, row, columns) for row in rows]
        footnotes = [
            self._line("footnotes", row, (Column("text", "Footnote"),), marker=row["marker"], anchored=row["anchored"])
            for row in self._tables.get("footnotes", [])
            if row["table"] == shown.name
        ]
        return Block(
            "table",
            min((_order(row) for row in rows), default=(1e9, 0.0)),
            _titled(self._captions[shown.name], shown.heading),
            shown.name,
            columns,
            lines,
            self._placed.get(shown.name, []),
            [entry for entry in self.quarantine if entry.table == shown.name],
            footnotes,
            *(self._side_by_side(shown, rows, lines) if shown.beside else ()),
        )

    def _side_by_side(
        self, shown: TableLayout, rows: list[Record], lines: list[ShownRow]
    ) -> tuple[list[Any], list[tuple[str, list[SideBySide]]]]:
        """Return the headings, and each domain with its printed lines."""
        parts: dict[str, list[SideBySide]] = {}
        open_lines: dict[tuple[str, ...], SideBySide] = {}
        for row, line in zip(rows, lines, strict=True):
            key = (row["domain"], *(str(cell.text) for cell in line.cells[:-1]))
            printed = open_lines.get(key)
            if printed is None or row[shown.beside] in printed.rows:
                printed = open_lines[key] = SideBySide(line.cells[:-1])
                meaning = self._meanings.get(shown.name, {}).get("domain", {}).get(row["domain"], row["domain"])
                above = [one for one in self._captions[shown.name] if one["table_row"] <= row["row"]]
                parts.setdefault(_titled(above[-1:], sentence(meaning)), []).append(printed)
            line.cells[-1].heading = str(row[shown.beside])
            line.extra["note"] = row["note"]
            printed.rows[row[shown.beside]] = line
        return sorted({row[shown.beside] for row in rows}), list(parts.items())

    def _line(self, table: str, row: Record, columns: Iterable[Column], **extra: Any) -> ShownRow:
        number = row["row"]
        anchor = f"{table}-{number}"
        cited = dict(self._cited.get((table, number), {}))
        cells = [
            self._cell(table, row, column, [place for name in column.fields for place in cited.pop(name, ())])
            for column in columns
        ]
        seen: set[str] = set()
        for cell in cells:  # if several columns were read from one cell, only the first one carries its raw text
            cell.raw = "" if cell.at in seen else cell.raw
            seen.add(cell.at)
        return ShownRow(
            anchor,
            number,
            str(row.get("row_key") or number),
            position(row),
            row["page"],
            cells,
            list({cite.number: cite for places in cited.values() for _, cite in places}.values()),
            self._placed.get(anchor, []),
            extra,
        )

    def _cell(self, table: str, row: Record, column: Column, cited: list[PlacedCite]) -> ShownCell:
        places = self._cells.get((table, row["row"], column.cell), [])
        at = " ".join(filter(None, map(position, places)))
        raw = " ".join(place["raw"] for place in places)
        plain = self._plain(table, row, column)
        text = escape(plain)
        if column.kind == "text":
            names = self._names.get((table, row["row"], column.name), [])
            inside = [(end, cite.link) for end, cite in cited if end is not None and end <= len(plain)]
            text = _marked(plain, names, inside)
            cited = [(end, cite) for end, cite in cited if end is None or end > len(plain)]
        return ShownCell(
            column.heading,
            text,
            " ".join(column.fields),
            _value(row, column, plain),
            at or position(row),
            raw if raw != plain else "",
            column.kind,
            [cite for _, cite in cited],
        )

    def _plain(self, table: str, row: Record, column: Column) -> str:
        if column.kind == "ages":
            return shown_range(row["age_min"], row["age_max"])
        if column.name == "years" and column.kind == "years":
            return shown_range(row["year_start"], row["year_end"])
        value = row[column.name]
        if column.kind == "age":
            return " ".join(filter(None, (shown_range(row["age"], row["age_to"]), row["age_note"])))
        if column.kind == "flag":
            return "Yes" if value else "No"
        if column.kind == "code":
            meaning = self._meanings.get(table, {}).get(column.name, {}).get(value, "")
            return sentence(meaning or str(value))
        if column.kind == "words":
            return str(value or "").replace("_", " ")
        if column.kind == "number":
            return shown_number(value, column.name)
        return "" if value is None else str(value)

    def _reference(self, row: Record) -> ShownRow:
        columns = (Column("text", "Entry"),)
        return self._line(
            "references",
            row,
            columns,
            reference=row,
            href=row["url"] if row["url"].startswith(("https://", "http://")) else "",
            cited_by=_grouped(self._citing.get(row["number"], [])),
            first=self._references[row["number"]] == row["row"],
        )

    def _named(self) -> list[Record]:
        """Return the entities that the chapter names, sorted by kind and number of mentions."""
        mentions: dict[str, list[Record]] = defaultdict(list)
        for row in self._tables.get("entities", []):
            mentions[row["entity_id"]].append(row)
        named: list[Record] = []
        for entity_id, rows in mentions.items():
            entry = self._registry.get(entity_id, {})
            named.append(
                {
                    "id": entity_id,
                    "label": rows[0]["label"],
                    "canonical": entry.get("canonical") or rows[0]["canonical"],
                    "aliases": other_names(entry),
                    "first": entry.get("report_year"),
                    "last": entry.get("last_report_year"),
                    "chapters": entry.get("chapters"),
                    "mentions": entry.get("mentions"),
                    "here": len(rows),
                    "places": _grouped((row["table"], row["row"]) for row in rows),
                }
            )
        return sorted(named, key=lambda one: (list(LABELS).index(one["label"]), -one["here"], one["canonical"]))


def _marked(text: str, names: list[Record], cites: list[tuple[int, Markup]]) -> Markup:
    """Return the text with each name as a link to its entry, and each citation behind the sentence for which it stands.

    A name that overlaps an earlier one gets no link. A citation within a name stands behind it.
    """
    marks = [(end, end, link) for end, link in cites]
    for name in names:
        start, end = name["start"], name["end"]
        label = name["label"] if name["label"] in LABELS else "AGENCY"
        head = f'<a class="name {label.lower()}" href="#name-{escape(name["entity_id"])}"'
        title = f"{LABELS[label]}: {escape(name['canonical'])}"
        marks.append((start, end, Markup(f'{head} title="{title}">{escape(text[start:end])}</a>')))
    parts, done = [], 0
    for start, end, mark in sorted(marks, key=lambda one: (one[0], one[0] != one[1], -one[1])):
        if end > len(text) or start < min(end, done):  # a name beyond the text, or one that overlaps
            continue
        parts += [escape(text[done : max(start, done)]), mark]
        done = max(end, done)
    return Markup("").join([*parts, escape(text[done:])])


def position(row: Record) -> str:
    """Return the position of a row as the script of the page reads it.

    ``3:58,97,90,107`` is page 3 and a box in whole points, which is large enough; ``3:`` a page without a box, ``L118``
    a line of a raw text. A row without a position gives an empty string.
    """
    if row.get("line") is not None:
        return f"L{row['line']}"
    if row.get("page") is None:
        return ""
    if not row.get("bbox"):
        return f"{row['page']}:"
    left, top, right, bottom = map(float, row["bbox"].split(","))
    return f"{row['page']}:{floor(left)},{floor(top)},{ceil(right)},{ceil(bottom)}"


def _value(row: Record, column: Column, plain: str) -> str:
    """Return the values of the column as the CSV file has them, or an empty string if the page shows the same."""
    values = [_written(row.get(name)) for name in column.fields]
    written = values[0] if len(values) == 1 else json.dumps(values)
    return "" if written == plain else written


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _by_cell(rows: Iterable[Record]) -> dict[tuple[str, int, str], list[Record]]:
    """Group rows by the table, row and column that they refer to."""
    cells: dict[tuple[str, int, str], list[Record]] = defaultdict(list)
    for row in rows:
        cells[row["table"], row["row"], row["column"]].append(row)
    return cells


def _order(row: Record) -> tuple[float, float]:
    if row["page"] is None:
        return (row["line"] or 0, 0.0)
    return (row["page"], float(row["bbox"].split(",")[1]) if row["bbox"] else 0.0)


def _place(table: str, row: int | None) -> str:
    short = SHORT.get(table, table)
    return short if row is None else f"{short} {row}"


def _titled(captions: Iterable[Record], heading: str) -> str:
    """Return a heading behind the numbers in the captions: ``Table 4 · Policies``, ``Tables 6 and 7 · Enforcement``."""
    numbers = list(dict.fromkeys(row["printed_number"] for row in captions if row["printed_number"]))
    return f"Table{'s' if len(numbers) > 1 else ''} {' and '.join(numbers)} · {heading}" if numbers else heading


def _grouped(places: Iterable[tuple[str, int]]) -> list[tuple[str, list[tuple[str, int]]]]:
    """Group (table, row) pairs by table, without repetition: ``[(short name, [(anchor, row), …]), …]``."""
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    for table, row in places:
        groups[SHORT.get(table, table)][f"{table}-{row}"] = row
    return [(name, list(rows.items())) for name, rows in groups.items()]


def _by_severity(rows: list[Record]) -> list[Record]:
    """Sort findings by severity, the worst first, then by page or line."""
    rank = {severity: n for n, severity in enumerate(SEVERITIES)}
    return sorted(rows, key=lambda row: (rank.get(row["severity"], 9), row["page"] or row["line"] or 0))
