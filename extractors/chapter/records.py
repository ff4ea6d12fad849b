"""Whole tables and paragraphs -> the records of the output contract, each with its place, citations and raw text.

One chapter gives one :class:`Extraction`; a chapter that covers several countries (the overseas territories of 2016 and
2017) gives one for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extractors.chapter import values
from extractors.chapter.actions import expand_actions
from extractors.chapter.audit import check_completeness
from extractors.chapter.figure import read_shares
from extractors.chapter.segment import Note, Outline, Paragraph, Territory, assessments, band_names, place
from extractors.chapter.tables import BULLETS, Row, Table, assemble
from extractors.chapter.territories import split_territories
from extractors.model import Cell, Chapter, Extraction, Issue, Line, Reference, Where, join_lines
from extractors.names.tagger import tag
from extractors.references.checks import check_citations
from extractors.references.citations import lift
from extractors.references.entries import read_references
from extractors.references.wording import words
from extractors.rules import MARKERS, best_phrase, country_code, fold, holds, label_by_words, label_code

TABLES = [
    "documents",
    "paragraphs",
    "statistics",
    "sectors",
    "activities",
    "conventions",
    "legal_standards",
    "agencies",
    "enforcement",
    "coordination",
    "policies",
    "programs",
    "suggested_actions",
    "references",
    "citations",
    "footnotes",
    "provenance",
    "entities",
    "quality",
]
PUBLISHED = {"enforcement_labor": "enforcement", "enforcement_criminal": "enforcement"}
SMALL_WORDS = {"a", "an", "and", "but", "by", "for", "in", "of", "on", "or", "that", "the", "to", "with"}
NOTE_MARK = re.compile(rf"\[?([{re.escape(MARKERS)}]+)\]?\s*")
TWO_NOTES = re.compile(rf"(?<=\S)\s+(?=[{re.escape(MARKERS)}]+\s?[A-Z])")


@dataclass(frozen=True, slots=True)
class Footnote:
    """One note under a table: its marker (empty for a note without one), its words, its place."""

    marker: str
    text: str
    where: Where
    lines: tuple[Line, ...]


def extract_records(chapter: Chapter, outline: Outline) -> tuple[Extraction, ...]:
    """The records of every country that the chapter covers."""
    references, reference_issues = read_references(outline.references)
    issues = [*chapter.issues, *outline.issues, *reference_issues]
    tables = assemble(outline.pieces, issues)
    split_territories(tables, [join_lines(x.text for x in p.lines) for p in outline.paragraphs])
    several = len(outline.territories) > 1
    named = [(territory, country_code(territory.name)) for territory in outline.territories]
    for territory, code in named:
        if code is None:
            issues.append(Issue("country_unknown", "error", f"no known country: {territory.name!r}"))
    out = []
    for territory, code in named:
        if code is None:
            continue
        own = [t for t in tables if not (several and t.territory) or covers(t.territory, territory.name)]
        records = _Records(chapter, outline, territory, code, own, references, several)
        others = [row for table in tables if table not in own for row in (*table.rows, *table.heads)]
        records.owned.update(line.number for row in others for cell in row.cells.values() for line in cell.lines)
        out.append(records.build(issues))
    return tuple(out)


def covers(band: str, name: str) -> bool:
    """Whether a band over a table ("CHRISTMAS ISLAND/COCOS (KEELING) ISLANDS") names this territory."""
    code = country_code(name)
    return any(country_code(part) == code for part in band_names(band)) or holds(fold(band), fold(name))


@dataclass(slots=True)
class _Records:
    chapter: Chapter
    outline: Outline
    territory: Territory
    iso3: str
    sources: list[Table]
    references: list[Reference]
    several: bool
    out: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in TABLES})
    owned: set[int] = field(default_factory=set)
    found: list[Issue] = field(default_factory=list)
    notes: dict[str, list[Footnote]] = field(default_factory=dict)
    known: frozenset[int] = field(init=False)  # numbers of the reference list
    highest: int | None = field(init=False)

    def __post_init__(self) -> None:
        self.known = frozenset(reference.number for reference in self.references)
        self.highest = max(self.known, default=None)

    # ------------------------------------------------------------------ the whole

    def build(self, issues: Sequence[Issue]) -> Extraction:
        self.read_notes()
        self.add_document()
        self.add_paragraphs()
        self.add_figure()
        for table in self.sources:
            self.add_table(table)
        self.add_references()
        self.add_footnotes()
        self.found += check_completeness(self.chapter, self.outline, self.sources, self.owned)
        self.tag_names()
        self.check_citations()
        for issue in [*issues, *self.found]:
            self.out["quality"].append(
                {
                    **self.identity(issue.where),
                    "row": issue.row,
                    "check": issue.check,
                    "severity": issue.severity,
                    "table": PUBLISHED.get(issue.table, issue.table),
                    "message": issue.message,
                }
            )
        return Extraction(self.doc_id, self.iso3, self.outline.year, self.out)

    def tag_names(self) -> None:
        """Names stand beside the other tables: a defect in finding them must not cost a chapter its rows."""
        try:
            self.out["entities"] = tag(self.out)
        except MemoryError:
            raise
        except Exception as error:
            message = f"names were not looked for, a defect of ours: {error!r}"
            self.found.append(Issue("names_missing", "error", message, table="entities"))

    @property
    def doc_id(self) -> str:
        return f"{self.iso3.lower()}-{self.outline.year}"

    def identity(self, where: Where) -> dict[str, Any]:
        box = where.bbox
        return {
            "doc_id": self.doc_id,
            "iso3": self.iso3,
            "report_year": self.outline.year,
            "page": where.page,
            "bbox": ",".join(f"{value:g}" for value in (round(v, 2) for v in box)) if box else "",
            "line": where.line,
        }

    def add(self, table: str, where: Where, cells: Mapping[str, Sequence[Line]], record: dict[str, Any]) -> int:
        """Add a record with the provenance of the cells that it was made of and every citation in them."""
        row = len(self.out[table]) + 1
        self.out[table].append({**self.identity(where), "row": row, **record})
        raws = []
        for column, lines in cells.items():
            if not lines:
                continue
            self.owned.update(line.number for line in lines)
            raws.append(join_lines(line.text for line in lines))
            self.out["provenance"].append(
                {**self.identity(place(lines)), "table": table, "row": row, "column": column, "raw": raws[-1]}
            )
        self.cite(table, row, where, raws)
        return row

    def cite(self, table: str, row: int, where: Where, texts: Iterable[str]) -> None:
        """Add a citation for each number that these texts cite at one place."""
        numbers = dict.fromkeys(number for text in texts for number in lift(text, self.highest).numbers)
        for number in numbers:
            self.out["citations"].append(
                {**self.identity(where), "table": table, "row": row, "number": number, "resolved": number in self.known}
            )

    def plain(self, text: str) -> str:
        return lift(text, self.highest).text

    # ------------------------------------------------------------------ documents, paragraphs, figure

    def add_document(self) -> None:
        source = self.chapter.source
        assessment, note = assessment_of(self.territory.assessment)
        if not assessment:
            opening = join_lines(x.text for p in self.territory.summary[:1] for x in p.lines)
            assessment = best_phrase(opening, assessments()) or ""
        summary = [self.plain(join_lines(x.text for x in p.lines)) for p in self.territory.summary]
        lines = [x for p in self.territory.summary for x in p.lines]
        cells = {"summary": lines, "assessment": self.territory.assessment}
        where = place(lines) if lines else Where(page=1 if source.format == "pdf" else None)
        name = self.territory.name
        country = title_case(name) if name.isupper() else name
        self.add(
            "documents",
            where,
            cells,
            {
                "country": country,
                "title": f"{self.outline.year} Findings on the Worst Forms of Child Labor: {country}",
                "assessment": assessment,
                "assessment_note": note,
                "summary": " ".join(summary),
                "source_path": source.path,
                "source_sha256": source.sha256,
                "source_format": source.format,
                "page_count": source.page_count,
                "released": source.released,
            },
        )
        if not assessment:
            self.found.append(
                Issue("assessment_missing", "error", "no assessment level is printed", where, "documents", 1)
            )
        if not lines:
            self.found.append(
                Issue("summary_missing", "error", "no paragraph stands before section I", where, "documents", 1)
            )

    def add_paragraphs(self) -> None:
        paragraphs: Iterable[Paragraph] = [*self.territory.summary, *self.outline.paragraphs]
        for paragraph in paragraphs:
            if self.several and paragraph.territory and not covers(paragraph.territory, self.territory.name):
                continue
            text = self.plain(join_lines(x.text for x in paragraph.lines))
            record = {"section": paragraph.section, "subsection": paragraph.subsection, "text": text}
            self.add("paragraphs", place(paragraph.lines), {"text": paragraph.lines}, record)

    def add_figure(self) -> None:
        figure = self.outline.figure
        if not figure:
            return
        shares = read_shares(figure)
        self.owned.update(line.number for line in figure)
        for sector, percent, lines in shares:
            self.add("sectors", place(lines), {"percent": lines}, {"sector": sector, "percent": percent})
        if not shares:
            message = f"the figure's shares are not in the source: {join_lines(x.text for x in figure)!r}"
            self.found.append(Issue("figure_shares_missing", "warning", message, figure[0].where, "sectors"))
        elif not 98.5 <= sum(percent for _, percent, _ in shares) <= 101.5:
            message = "the shares of the sectors add up to " + f"{sum(percent for _, percent, _ in shares):.1f} percent"
            self.found.append(Issue("shares_sum", "warning", message, figure[0].where, "sectors"))

    # ------------------------------------------------------------------ tables

    def add_table(self, table: Table) -> None:
        """The records of a table's rows; that none is made of any of them is as bad as an empty table."""
        name = PUBLISHED.get(table.code, table.code)
        before = len(self.out.get(name, ()))
        own: list[Row] = []
        self.owned.update(x.number for row in table.heads for cell in row.cells.values() for x in cell.lines)
        for row in table.rows:
            if self.several and row.territory and not covers(row.territory, self.territory.name):
                self.owned.update(x.number for cell in row.cells.values() for x in cell.lines)  # its own chapter's
                continue
            own.append(row)
            getattr(self, f"add_{name or 'unknown'}")(table, row)
        if name and own and len(self.out[name]) == before:
            heads = " | ".join(table.headers.values())
            message = f"nothing was made of {len(own)} rows of {table.title!r} under {heads!r}"
            self.found.append(Issue("table_empty", "error", message, own[0].where, table.code))

    def cells(self, row: Row, *columns: str) -> dict[str, Sequence[Line]]:
        return {column: row.cells[column].lines for column in columns if column in row.cells}

    def text(self, row: Row, column: str) -> str:
        return self.plain(row.text(column))

    def marked(self, table: Table, text: str, *words: str) -> bool:
        """Whether the text carries a marker whose note under this table says one of the words."""
        markers = lift(text, self.highest).markers
        return any(
            note.marker in markers and any(word in note.text.casefold() for word in words)
            for note in self.notes.get(table.code, [])
        )

    def note_of(self, table: Table, *texts: str) -> str:
        """The words of the notes whose markers stand in these texts."""
        markers = [marker for text in texts for marker in lift(text, self.highest).markers]
        return " ".join(self.plain(n.text) for n in self.notes.get(table.code, []) if n.marker in markers)

    def code(self, kind: str, text: str, table: Table, where: Where) -> str:
        """The code of a label; ``other`` with a finding where the wording is not known."""
        label = text.lstrip(BULLETS + " ")
        code = label_code(kind, label)
        if code is None:
            name = PUBLISHED.get(table.code, table.code)
            code = label_by_words(kind, label)
            message = f"a wording that is not known, taken for {code or 'other'!r}: {label!r}"
            self.found.append(Issue("label_unknown", "warning", message, where, name, len(self.out[name]) + 1))
        return code or "other"

    def say_unread(self, kind: values.Kind, text: str, value: object, where: Where, table: str, row: int) -> None:
        """A finding for a cell whose value may be none, or less than it says."""
        if not values.fully_read(kind, text):
            message = f"the {kind} {text!r} is read as {value}" if value not in (None, "") else f"no {kind} in {text!r}"
            self.found.append(Issue("value_unread", "warning", message, where, table, row))

    def territory_of(self, table: Table, row: Row) -> str:
        if self.several:
            return ""  # the chapter's territories are countries of their own here
        if row.territory is not None:
            return row.territory
        band = table.territory
        return self.text(row, "territory") or (title_case(band) if band.isupper() else band)

    def add_statistics(self, table: Table, row: Row) -> None:
        indicator = self.code("statistics", row.text("indicator").split("(")[0], table, row.where)
        age, share = self.text(row, "age"), self.text(row, "percent")
        low, high = values.ages(age)
        percent, population = values.percent_and_population(share)
        source = self.statistics_source(table, indicator)
        record = {
            "indicator": indicator,
            "territory": self.territory_of(table, row),
            "age_min": low,
            "age_max": high,
            "percent": percent,
            "population": population if indicator == "working" else None,
            "source": self.plain(source.text) if source else "",
        }
        cells = self.cells(row, "indicator", "territory", "age", "percent")
        number = self.add("statistics", row.where, {**cells, "source": source.lines if source else ()}, record)
        self.say_unread("ages", age, low, row.where, "statistics", number)
        self.say_unread("percent", share, percent, row.where, "statistics", number)

    def statistics_source(self, table: Table, indicator: str) -> Footnote | None:
        """The source note that covers an indicator: the one that names it, else the one for the others."""
        notes = [note for note in self.notes.get(table.code, []) if not note.marker]
        named = [note for note in notes if indicator.replace("_", " ") in fold(note.text)]
        others = [note for note in notes if "primary completion rate" not in fold(note.text)]
        return next(iter([*named, *others]), None)

    def add_activities(self, table: Table, row: Row) -> None:
        activity = row.text("activity")
        record = {
            "sector": self.text(row, "sector"),
            "activity": self.plain(activity),
            "hazardous": self.marked(table, activity, "hazardous"),
            "limited_evidence": self.marked(table, activity, "evidence", "unknown"),
        }
        if self.plain(activity):
            self.add("activities", row.where, self.cells(row, "sector", "activity"), record)

    def add_conventions(self, table: Table, row: Row) -> None:
        answer = self.text(row, "ratification")
        record = {
            "convention": self.code("conventions", self.text(row, "convention"), table, row.where),
            "label": self.text(row, "convention"),
            "ratified": values.ratified(answer),
        }
        number = self.add("conventions", row.where, self.cells(row, "convention", "ratification"), record)
        self.say_unread("ratification", answer, record["ratified"], row.where, "conventions", number)

    def add_legal_standards(self, table: Table, row: Row) -> None:
        label = self.text(row, "standard")
        territory = self.territory_of(table, row)
        before = self.out["legal_standards"]
        if label_code("legal_standards", label) is None and re.fullmatch(r"\(.*\)", label) and before:
            standard, territory = before[-1]["standard"], label.strip("()")  # India 2013, page 3: "(Rajasthan)"
        else:
            standard = self.code("legal_standards", strip_territory(label, territory), table, row.where)
        status = self.text(row, "status")
        age, age_words = values.age(self.text(row, "age"))
        note = self.note_of(table, row.text("age"))
        record = {
            "standard": standard,
            "territory": territory,
            "status": values.legal_status(status),
            "age": age,
            "age_note": "; ".join(part for part in (age_words, note) if part),
            "legislation": self.text(row, "legislation"),
        }
        cells = self.cells(row, "standard", "territory", "status", "age", "legislation")
        number = self.add("legal_standards", row.where, cells, record)
        self.say_unread("status", status, record["status"], row.where, "legal_standards", number)

    def add_enforcement(self, table: Table, row: Row) -> None:
        domain = table.code.removeprefix("enforcement_")
        label = self.text(row, "label").lstrip(BULLETS + " ")
        years = [c for c in table.columns if c.isdigit() and c in row.cells]
        code: str | None = None
        for column in years:
            cell = row.cells[column]
            if code is None:
                code = self.code(table.code, label, table, row.where)
            raw = self.plain(cell.text)
            answer = values.answer(raw)
            record = {
                "domain": domain,
                "metric": code,
                "label": label,
                "territory": self.territory_of(table, row),
                "year": int(column),
                "raw": raw,
                "status": answer.status,
                "value": answer.value,
                "unit": answer.unit,
                "note": self.note_of(table, cell.text, row.text("label"), table.headers.get(column, "")),
            }
            cells = {"raw": cell.lines} if cell.lines else {}
            where = place(cell.lines) if cell.lines else row.where
            number = self.add("enforcement", where, cells, record)
            if answer.repaired:
                message = f"{raw!r} is read as {answer.value:,.0f}: a number of things has no fraction"
                self.found.append(Issue("number_repaired", "warning", message, where, "enforcement", number))
            else:
                self.say_unread("answer", raw, answer.value, where, "enforcement", number)
            if row.joint and answer.value and answer.unit != "yes_no":
                message = f"{raw!r} is printed once for {', '.join(name or 'the whole country' for name in row.joint)}"
                self.found.append(Issue("value_joint", "info", message, where, "enforcement", number))
            for name in ("label", "territory"):
                if row.cells.get(name, Cell()).lines:
                    self.owned.update(x.number for x in row.cells[name].lines)
                    self.out["provenance"].append(self.provenance("enforcement", number, name, row.cells[name]))

    def provenance(self, table: str, row: int, column: str, cell: Cell) -> dict[str, Any]:
        return {**self.identity(place(cell.lines)), "table": table, "row": row, "column": column, "raw": cell.text}

    def add_named(self, table: Table, row: Row, name: str, text: str, **more: Any) -> None:
        record = {name: self.text(row, name), "territory": self.territory_of(table, row), text: self.text(row, text)}
        self.add(table.code, row.where, self.cells(row, name, "territory", text), {**record, **more})

    def add_agencies(self, table: Table, row: Row) -> None:
        self.add_named(table, row, "agency", "role")

    def add_coordination(self, table: Table, row: Row) -> None:
        self.add_named(table, row, "body", "role")

    def add_policies(self, table: Table, row: Row) -> None:
        start, end = values.policy_years(self.text(row, "policy"))
        new = self.marked(table, row.text("policy"), "during the reporting period", "during the reporting year")
        self.add_named(table, row, "policy", "description", year_start=start, year_end=end, new=new)

    def add_programs(self, table: Table, row: Row) -> None:
        funded = self.marked(table, row.text("program"), "funded by", "funding by")
        self.add_named(table, row, "program", "description", government_funded=funded)

    def add_suggested_actions(self, table: Table, row: Row) -> None:
        area = self.code("areas", self.text(row, "area"), table, row.where)
        for action in expand_actions(row):
            printed = self.plain(join_lines(x.text for x in action.years))
            years, first, last = values.year_span(printed)
            text = self.plain(join_lines(x.text for x in action.lines))
            cells = {**self.cells(row, "area", "territory"), "action": action.lines, "years": action.years}
            record = {
                "area": area,
                "territory": self.territory_of(table, row),
                "action": text,
                "years": years,
                "first_year": first,
                "last_year": last,
            }
            where = place(action.own or row.cells["action"].lines)
            number = self.add("suggested_actions", where, cells, record)
            self.say_unread("years", printed, years, where, "suggested_actions", number)

    def add_unknown(self, table: Table, row: Row) -> None:
        """A table that no rule knows keeps its rows as findings; its lines stay unowned."""
        words = " | ".join(row.text(column) for column in table.columns)
        self.found.append(Issue("row_unclaimed", "warning", f"row of an unknown table: {words}", row.where))

    # ------------------------------------------------------------------ notes, references, citations

    def read_notes(self) -> None:
        for note in self.outline.notes:
            if self.several and note.territory and not covers(note.territory, self.territory.name):
                continue
            self.notes.setdefault(note.code, []).extend(footnotes_of(note))

    def add_footnotes(self) -> None:
        number = 0
        for code, notes in self.notes.items():
            in_table = " | ".join(
                [" | ".join((t.title, *t.headers.values())) for t in self.sources if t.code == code]
                + [row.text(c) for t in self.sources if t.code == code for row in t.rows for c in row.cells]
            )
            for note in notes:
                self.owned.update(line.number for line in note.lines)
                if code == "statistics" and not note.marker:
                    continue  # a source note, kept in statistics.source
                number += 1
                anchored = bool(note.marker) and note.marker in lift(in_table, self.highest).markers
                record = {
                    "table": PUBLISHED.get(code, code),
                    "marker": note.marker,
                    "text": note.text,
                    "anchored": anchored,
                }
                self.out["footnotes"].append({**self.identity(note.where), "row": number, **record})
                self.cite("footnotes", number, note.where, [note.text])
                if note.marker and not anchored:
                    message = f"the note's marker {note.marker} stands nowhere in its table"
                    table = PUBLISHED.get(code, code)
                    self.found.append(Issue("footnote_unanchored", "info", message, note.where, table))

    def add_references(self) -> None:
        self.owned.update(line.number for line in self.outline.references)
        for entry in self.references:
            record = {
                "number": entry.number,
                "text": entry.text,
                "author": entry.author,
                "title": entry.title,
                "date": entry.date,
                "date_iso": entry.date_iso,
                "url": entry.url,
                "url_guess": entry.url_guess,
                "on_file": entry.on_file,
                "type": entry.type,
                "doi": entry.doi,
                "work_id": entry.work_id,
                "number_source": entry.number_source,
            }
            row = len(self.out["references"]) + 1
            self.out["references"].append({**self.identity(entry.where), "row": row, **record})
            provenance = {"table": "references", "row": row, "column": "text", "raw": entry.text}
            self.out["provenance"].append({**self.identity(entry.where), **provenance})

    def check_citations(self) -> None:
        on_file = (line.where for line in self.chapter.lines() if fold(line.text) in words("list_on_file"))
        self.found += check_citations(self.out["citations"], self.known, next(on_file, None))


# ---------------------------------------------------------------------------------------------- small parts


def strip_territory(label: str, territory: str) -> str:
    """A label without the territory that it names in parentheses ("Minimum Age for Work (Mainland)")."""
    return label.replace(f"({territory})", "").strip() if territory else label


def assessment_of(lines: Sequence[Line]) -> tuple[str, str]:
    """Level and note of an assessment line: ``MINIMAL ADVANCEMENT – EFFORTS MADE BUT …`` -> both in title case."""
    text = join_lines(line.text for line in lines)
    level = best_phrase(text, assessments()) or ""
    if not level:
        return "", ""
    at = re.search(re.escape(level).replace(r"\ ", r"\s+"), text, re.I)
    rest = text[at.end() :].strip(" –—-:") if at else ""
    return level, title_case(rest) if rest and rest.upper() == rest else rest


def title_case(text: str) -> str:
    """Capitals to title case: ``BOSNIA AND HERZEGOVINA`` -> ``Bosnia and Herzegovina``."""

    def word(m: re.Match[str]) -> str:
        return m[0] if m.start() and m[0] in SMALL_WORDS else m[0][0].upper() + m[0][1:]

    return re.sub(r"[^\W\d_]+(?:[’'][^\W\d_]+)*", word, text.lower())


def footnotes_of(note: Note) -> list[Footnote]:
    """The notes of one note paragraph: two may share a line ("* No conscription (12) † No standing military (6)")."""
    text = join_lines(line.text for line in note.lines)
    where, lines = place(note.lines), tuple(note.lines)
    out = []
    for part in TWO_NOTES.split(text):
        mark = NOTE_MARK.match(part)
        out.append(Footnote(mark[1] if mark else "", part[mark.end() :] if mark else part, where, lines))
    return out
