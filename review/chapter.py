"""One chapter's rows, arranged as its page shows them. No files, no HTML but the marking of names inside a text."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

from review.declared import IN_SECTION
from review.layout import LABELS, SECTIONS, SEVERITIES, SHORT, SHOWN, Column, Shown

Row = dict[str, Any]
Tables = Mapping[str, list[Row]]
Meanings = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Table, column, code: what the code means."""

MOST_CHANGES = 200
"""Changes that a chapter page lists; the table has all of them."""


@dataclass(slots=True)
class Cell:
    """A shown value: its text with names marked, where it stands, and the source's words if they are others."""

    heading: str
    text: Markup
    at: str = ""
    raw: str = ""
    kind: str = "text"


@dataclass(slots=True)
class Cite:
    """A number cited at a place; ``target`` is the anchor of the reference or of the list of dangling numbers."""

    number: int
    target: str
    resolved: bool


@dataclass(slots=True)
class Finding:
    """A row of ``quality``; ``target`` is the anchor of the place it stands at."""

    number: int
    check: str
    severity: str
    message: str
    place: str
    target: str
    at: str
    page: int | None


@dataclass(slots=True)
class Line:
    """A row of a table, a paragraph, a footnote or a reference."""

    anchor: str
    number: int
    at: str
    page: int | None
    cells: list[Cell]
    cites: list[Cite] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Block:
    """What stands in a section: a table, or one paragraph. ``order`` is its place in the source."""

    kind: str
    order: tuple[float, float]
    heading: str
    name: str = ""
    columns: list[Column] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    quarantined: list[Row] = field(default_factory=list)
    footnotes: list[Line] = field(default_factory=list)

    @property
    def cites(self) -> bool:
        """Does any row of the table cite a source?"""
        return any(line.cites for line in self.lines)


class ChapterView:
    """Everything that the template of a chapter page asks for."""

    def __init__(self, tables: Tables, registry: Iterable[Row], meanings: Meanings) -> None:
        self._tables = tables
        self._meanings = meanings
        self._registry = {row["entity_id"]: row for row in registry}
        self.document = tables["documents"][0]
        self._shown = {
            (name, row["row"])
            for name in (*SHOWN, "paragraphs", "references", "footnotes")
            for row in tables.get(name, [])
        }
        self._cells: dict[tuple[str, int, str], list[Row]] = defaultdict(list)
        for row in tables.get("provenance", []):
            self._cells[row["table"], row["row"], row["column"]].append(row)
        self._names: dict[tuple[str, int, str], list[Row]] = defaultdict(list)
        for row in tables.get("entities", []):
            self._names[row["table"], row["row"], row["column"]].append(row)
        self._references: dict[int, int] = {}
        for row in tables.get("references", []):
            self._references.setdefault(row["number"], row["row"])
        self._cited: dict[tuple[str, int], list[Cite]] = defaultdict(list)
        self._citing: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for row in tables.get("citations", []):
            self._cite(row)
        self.findings = [self._finding(n, row) for n, row in enumerate(_by_severity(tables.get("quality", [])), 1)]
        self.counts = {s: sum(f.severity == s for f in self.findings) for s in SEVERITIES}
        self._placed: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            self._placed[finding.target].append(finding)
        self.quarantined = _quarantined(tables.get("quarantine", []))
        self.sections = [
            (code, heading, blocks)
            for code, heading, tables_ in SECTIONS
            if (blocks := self._blocks(code, (*tables_, *IN_SECTION.get(code, ()))))
        ]
        self.references = [self._reference(row) for row in tables.get("references", [])]
        self.dangling = [
            (number, _grouped(places)) for number, places in sorted(self._citing.items()) if not self._known(number)
        ]
        self.names = self._named()
        self.loose_quarantine = [row for row in self.quarantined if row["table"] not in SHOWN]
        self.releases = tables.get("releases", [])
        self.changes = [
            {**row, "target": self._anchor(row["table"], row.get("table_row"))}
            for row in tables.get("changes", [])[:MOST_CHANGES]
        ]
        self.more_changes = max(0, len(tables.get("changes", [])) - MOST_CHANGES)

    @property
    def pages(self) -> list[int]:
        """Pages on which a row stands, in order."""
        rows = (row for name in ("provenance", "footnotes", "references") for row in self._tables.get(name, []))
        return sorted({row["page"] for row in rows if row["page"] is not None})

    def _known(self, number: int) -> bool:
        return number in self._references

    def _cite(self, row: Row) -> None:
        number, place = row["number"], (row["table"], row["row"])
        known = self._known(number)
        target = f"references-{self._references[number]}" if known else f"dangling-{number}"
        if any(cite.number == number for cite in self._cited[place]):
            return
        self._cited[place].append(Cite(number, target, bool(row["resolved"]) and known))
        self._citing[number].append(place)

    def _finding(self, number: int, row: Row) -> Finding:
        anchor = self._anchor(row["table"], row["row"]) or (row["table"] if row["table"] in SHOWN else "")
        place = _place(row["table"], row["row"]) if row["table"] else "Whole chapter"
        where = _at(row)
        return Finding(number, row["check"], row["severity"], row["message"], place, anchor, where, row["page"])

    def _anchor(self, table: str, row: int | None) -> str:
        return f"{table}-{row}" if (table, row) in self._shown else ""

    def _blocks(self, section: str, names: tuple[str, ...]) -> list[Block]:
        blocks: list[Block] = []
        subsection = ""
        for row in self._tables.get("paragraphs", []):
            if row["section"] == section:
                heading = row["subsection"] if row["subsection"] != subsection else ""
                subsection = row["subsection"]
                line = self._line("paragraphs", row, (Column("text", "Text"),))
                blocks.append(Block("paragraph", _order(row), heading, lines=[line]))
        for name in names:
            block = self._table(SHOWN[name])
            if block.lines or block.quarantined or block.findings:
                blocks.append(block)
        return sorted(blocks, key=lambda block: block.order)

    def _table(self, shown: Shown) -> Block:
        rows = self._tables.get(shown.name, [])
        columns = [c for c in shown.columns if not c.optional or any(row[c.name] for row in rows)]
        footnotes = [
            self._line("footnotes", row, (Column("text", "Footnote"),), marker=row["marker"], anchored=row["anchored"])
            for row in self._tables.get("footnotes", [])
            if row["table"] == shown.name
        ]
        return Block(
            "table",
            min((_order(row) for row in rows), default=(1e9, 0.0)),
            shown.heading,
            shown.name,
            columns,
            [self._line(shown.name, row, columns) for row in rows],
            self._placed.get(shown.name, []),
            [row for row in self.quarantined if row["table"] == shown.name],
            footnotes,
        )

    def _line(self, table: str, row: Row, columns: Iterable[Column], **extra: Any) -> Line:
        number = row["row"]
        anchor = f"{table}-{number}"
        cells = [self._cell(table, row, column) for column in columns]
        seen: set[str] = set()
        for cell in cells:  # columns made of one cell share its words; the script finds them at the first
            cell.raw = "" if cell.at in seen else cell.raw
            seen.add(cell.at)
        return Line(
            anchor,
            number,
            _at(row),
            row["page"],
            cells,
            self._cited.get((table, number), []),
            self._placed.get(anchor, []),
            extra,
        )

    def _cell(self, table: str, row: Row, column: Column) -> Cell:
        places = self._cells.get((table, row["row"], column.cell), [])
        at = " ".join(filter(None, map(_at, places)))
        raw = " ".join(place["raw"] for place in places)
        plain = self._plain(table, row, column)
        names = self._names.get((table, row["row"], column.name), []) if column.kind == "text" else []
        text = _marked(plain, names)
        return Cell(column.heading, text, at or _at(row), raw if raw != plain else "", column.kind)

    def _plain(self, table: str, row: Row, column: Column) -> str:
        if column.kind == "ages":
            return _range(row["age_min"], row["age_max"])
        if column.name == "years" and column.kind == "years":
            return _range(row["year_start"], row["year_end"])
        value = row[column.name]
        if column.kind == "age":
            return " ".join(filter(None, (shown_number(row["age"], "age"), row["age_note"])))
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

    def _reference(self, row: Row) -> Line:
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

    def _named(self) -> list[Row]:
        """Things this chapter names, most often named first, with their entry of the registry."""
        mentions: dict[str, list[Row]] = defaultdict(list)
        for row in self._tables.get("entities", []):
            mentions[row["entity_id"]].append(row)
        named: list[Row] = []
        for entity_id, rows in mentions.items():
            entry = self._registry.get(entity_id, {})
            named.append(
                {
                    "id": entity_id,
                    "label": rows[0]["label"],
                    "canonical": entry.get("canonical") or rows[0]["canonical"],
                    "aliases": _aliases(entry),
                    "first": entry.get("report_year"),
                    "last": entry.get("last_report_year"),
                    "chapters": entry.get("chapters"),
                    "mentions": entry.get("mentions"),
                    "here": len(rows),
                    "places": _grouped((row["table"], row["row"]) for row in rows),
                }
            )
        return sorted(named, key=lambda one: (list(LABELS).index(one["label"]), -one["here"], one["canonical"]))


def _aliases(entry: Row) -> list[str]:
    """The other names of a thing of the registry."""
    return [name for name in (entry.get("aliases") or "").split(" | ") if name and name != entry.get("canonical")]


def sentence(text: str) -> str:
    """With a capital at the start."""
    return text[:1].upper() + text[1:]


def shown_number(value: float | None, name: str = "") -> str:
    """A number as people write it: groups of three, no empty decimals; years and ages as they are."""
    if value is None:
        return ""
    if name in ("year", "age"):
        return str(int(value))
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def _marked(text: str, names: list[Row]) -> Markup:
    """The text with each name as a link to its entry; a name inside or across another one is left out."""
    out, done = Markup(), 0
    for name in sorted(names, key=lambda one: (one["start"], -one["end"])):
        start, end = name["start"], name["end"]
        if start < done or end > len(text):
            continue
        label = name["label"] if name["label"] in LABELS else "AGENCY"
        out += escape(text[done:start])
        out += Markup('<a class="name {}" href="#name-{}" title="{}: {}">{}</a>').format(
            label.lower(), name["entity_id"], LABELS[label], name["canonical"], text[start:end]
        )
        done = end
    return out + escape(text[done:])


def _at(row: Row) -> str:
    """A place as the script reads it: ``3:58.5,97.1,90,106``, ``3:`` (a page), ``L118``; empty if there is none."""
    if row.get("line") is not None:
        return f"L{row['line']}"
    if row.get("page") is None:
        return ""
    return f"{row['page']}:{row.get('bbox') or ''}"


def _order(row: Row) -> tuple[float, float]:
    if row["page"] is None:
        return (row["line"] or 0, 0.0)
    return (row["page"], float(row["bbox"].split(",")[1]) if row["bbox"] else 0.0)


def _place(table: str, row: int | None) -> str:
    short = SHORT.get(table, table)
    return short if row is None else f"{short} {row}"


def _grouped(places: Iterable[tuple[str, int]]) -> list[tuple[str, list[tuple[str, int]]]]:
    """Places under the short name of their table, each once: name, then anchor and row."""
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    for table, row in places:
        groups[SHORT.get(table, table)][f"{table}-{row}"] = row
    return [(name, list(rows.items())) for name, rows in groups.items()]


def _range(low: int | None, high: int | None) -> str:
    parts = [str(part) for part in (low, high) if part is not None]
    return "–".join(dict.fromkeys(parts))


def _by_severity(rows: list[Row]) -> list[Row]:
    """Worst first, then in order of the source."""
    rank = {severity: n for n, severity in enumerate(SEVERITIES)}
    return sorted(rows, key=lambda row: (rank.get(row["severity"], 9), row["page"] or row["line"] or 0))


def _quarantined(rows: list[Row]) -> list[Row]:
    """Rows that broke their schema, each with its values, its place and the source's words.

    The cells of a row in quarantine are in quarantine too, because they point at nothing; they are its words.
    """
    parsed: list[tuple[Row, Row]] = []
    for row in rows:
        try:
            record = json.loads(row["record"])
        except ValueError:
            record = {}
        parsed.append((row, record if isinstance(record, dict) else {}))
    own = {(row["table"], row["table_row"]) for row, _ in parsed}
    words: dict[tuple[Any, Any], list[str]] = defaultdict(list)
    out: list[Row] = []
    for row, record in parsed:
        target = (record.get("table"), record.get("row"))
        pointer = row["table"] in ("provenance", "citations", "entities") and _hashable(target) and target in own
        if pointer and row["table"] == "provenance":
            words[target].append(str(record.get("raw", "")))
        if not pointer:
            hidden = ("doc_id", "iso3", "report_year", "row", "page", "bbox", "line")
            values = [(key, value) for key, value in record.items() if key not in hidden and value not in ("", None)]
            out.append({**row, "values": values, "at": _safe_at(record), "words": []})
    for row in out:
        row["words"] = [word for word in words.get((row["table"], row["table_row"]), []) if word]
    return out


def _hashable(pair: tuple[Any, Any]) -> bool:
    return isinstance(pair[0], str) and isinstance(pair[1], int)


def _safe_at(record: Row) -> str:
    """The place in a record that may hold anything."""
    page, line, box = record.get("page"), record.get("line"), record.get("bbox")
    if isinstance(line, int):
        return f"L{line}"
    if not isinstance(page, int):
        return ""
    return f"{page}:{box if isinstance(box, str) and all(c in '0123456789.,-' for c in box) else ''}"
