"""Whole tables and paragraphs -> the records of the output contract, each with its place, citations and raw text.

One chapter gives one :class:`Extraction`. A chapter that covers several countries (the overseas territories of 2016 and
2017) gives one for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

from extractors import rules
from extractors.chapter.audit import check_completeness, foreign_part, unpublished
from extractors.chapter.builders import BUILDERS, Context, build_row, one_case, title_case
from extractors.chapter.figure import read_shares
from extractors.chapter.fit import misfits
from extractors.chapter.notes import Notes, add_footnotes, read_notes
from extractors.chapter.reconcile import crowded_cells, lost_text, missing_parts, with_origins
from extractors.chapter.recorder import Recorder, published_name
from extractors.chapter.segment import (
    CONTINUED,
    Outline,
    Paragraph,
    Territory,
    band_names,
    place,
    table_number,
)
from extractors.chapter.signs import letters_as_signs
from extractors.chapter.tables import ChapterTable, TableRow, assemble
from extractors.chapter.territories import split_territories
from extractors.chapter.typesetting import misplaced
from extractors.model import Chapter, Extraction, Issue, Line, Reference, UnreadableSource, Where, join_lines
from extractors.names.tagger import tag
from extractors.references.checks import check_citations
from extractors.references.entries import read_references
from extractors.references.wording import words
from extractors.rules import best_phrase, country_code, current, fold, holds, region_of

OF_A_REFERENCE = [field.name for field in fields(Reference) if field.name != "where"]
SUM_OF_SHARES = (98.5, 101.5)  # percent: the sum of the shares of Figure 1, which are rounded to one digit


def extract_records(chapter: Chapter, outline: Outline) -> tuple[Extraction, ...]:
    """The records of every country that the chapter covers. Raises :class:`UnreadableSource` if two may be mixed."""
    if reason := foreign_part(outline):
        raise UnreadableSource(chapter.source.path, f"two chapters may be mixed here: {reason}")
    references, reference_issues = read_references(outline.references)
    issues = [*chapter.issues, *outline.issues, *reference_issues]
    tables = assemble(outline.pieces, issues)
    split_territories(tables, [join_lines(x.text for x in p.lines) for p in outline.paragraphs])
    several = len(outline.territories) > 1
    named = [(territory, country_code(territory.name)) for territory in outline.territories]
    for territory, code in named:
        if code is None:
            issues.append(Issue("country_unknown", "error", f"unknown country {territory.name!r}"))
    if several:
        issues += strange_territories(tables, [territory.name for territory in outline.territories])
    return tuple(
        _extraction(
            _Part(chapter, outline, territory, tables, several), Recorder(code, outline.year, references), issues
        )
        for territory, code in named
        if code is not None
    )


def covers(band: str, name: str) -> bool:
    """Whether a band over a table ("CHRISTMAS ISLAND/COCOS (KEELING) ISLANDS") names this territory."""
    code = country_code(name)
    return any(country_code(part) == code for part in band_names(band)) or holds(fold(band), fold(name))


def strange_territories(tables: Iterable[ChapterTable], names: Sequence[str]) -> Iterator[Issue]:
    """Errors for rows of a territory that the chapter does not cover; no country's tables have them.

    The heads of a column may be those of another chapter (Cook Islands 2016, page 2: "Ratifications CKI").
    """
    for table in tables:
        first = {row.territory or "": row for row in reversed(table.rows)}
        for territory, row in [*((table.territory, row) for row in table.rows[:1]), *first.items()]:
            if territory and not any(covers(territory, name) for name in names):
                message = f"the rows for {territory!r} belong to no territory of this chapter ({'; '.join(names)})"
                yield Issue("territory_unknown", "error", message, row.where, table.code)


@dataclass(frozen=True, slots=True)
class _Part:
    """One country of a chapter, and the tables of the whole chapter. ``several``: it covers other countries too."""

    chapter: Chapter
    outline: Outline
    territory: Territory
    tables: list[ChapterTable]
    several: bool

    def takes(self, band: str | None) -> bool:
        """Whether text or a row under this band is about this country."""
        return not (self.several and band) or covers(band or "", self.territory.name)


def _extraction(part: _Part, to: Recorder, issues: Sequence[Issue]) -> Extraction:
    notes = read_notes(note for note in part.outline.notes if part.takes(note.territory))
    tables = [table for table in part.tables if part.takes(table.territory)]
    for row in (row for table in part.tables if table not in tables for row in (*table.rows, *table.heads)):
        to.own(row.cells.values())  # the records of another country's chapter are made of it
    _add_document(part, to)
    _add_paragraphs(part, to)
    _add_figure(part.outline.figure, to)
    for table in tables:
        _add_table(part, to, table, notes)
    _add_references(part.outline, to)
    add_footnotes(to, tables, notes, "statistics")
    to.found += check_completeness(part.chapter, part.outline, tables, to.owned)
    to.found += misplaced(part.chapter, tables)
    printed = fold(" ".join(line.text for line in part.chapter.lines()))
    to.found += missing_parts(to.out, to.year, part.several, to.found, printed)
    to.found += lost_text(part.chapter)
    to.found += crowded_cells(to.out)
    to.found += misfits(to.out)
    if not part.several:  # each country of a chapter has a part of its lines
        to.found += unpublished(part.chapter, part.outline, tables, to.out, [*issues, *to.found])
    _tag_names(to)
    _check_citations(part, to)
    to.report(with_origins([*issues, *to.found]))
    return Extraction(to.doc_id, to.iso3, to.year, to.out)


# ---------------------------------------------------------------------------------------------- the chapter's text


def _add_document(part: _Part, to: Recorder) -> None:
    source, territory = part.chapter.source, part.territory
    paragraphs = [join_lines(line.text for line in p.lines) for p in territory.summary]
    lines = [line for p in territory.summary for line in p.lines]
    assessment, note = assessment_of(territory.assessment)
    if not assessment:
        assessment = best_phrase("".join(paragraphs[:1]), current().headings.assessments) or ""
    country = title_case(territory.name) if territory.name.isupper() else territory.name
    where = place(lines) if lines else Where(page=source.first_page if source.format == "pdf" else None)
    record = {
        "country": country,
        "title": f"{to.year} Findings on the Worst Forms of Child Labor: {country}",
        "assessment": assessment,
        "assessment_note": note,
        "summary": " ".join(map(to.plain, paragraphs)),
        "source_path": source.path,
        "source_pages": source.part,
        "source_sha256": source.sha256,
        "source_format": source.format,
        "page_count": source.page_count,
        "released": source.released,
    }
    to.add("documents", where, {"summary": lines, "assessment": territory.assessment}, record)
    name, region = region_of(to.iso3)
    about = {"country": country, "name": name or country, "region": region}
    to.out["countries"].append({**to.identity(where), "row": 1, **about})
    if not assessment:
        to.found.append(
            Issue("assessment_missing", "error", "the chapter prints no assessment level", where, "documents", 1)
        )
    if not lines:
        to.found.append(
            Issue("summary_missing", "error", "there is no paragraph before section I", where, "documents", 1)
        )


def _add_paragraphs(part: _Part, to: Recorder) -> None:
    paragraphs: Iterable[Paragraph] = [*part.territory.summary, *part.outline.paragraphs]
    for paragraph in paragraphs:
        if part.takes(paragraph.territory):
            text = to.plain(join_lines(line.text for line in paragraph.lines))
            record = {
                "section": paragraph.section,
                "subsection": one_case(paragraph.subsection, capitals=False),
                "text": text,
            }
            to.add("paragraphs", place(paragraph.lines), {"text": paragraph.lines}, record)


def _add_figure(figure: Sequence[Line], to: Recorder) -> None:
    if not figure:
        return
    shares = read_shares(figure)
    to.owned.update(line.number for line in figure)
    for sector, percent, lines in shares:
        row = to.add("sectors", place(lines), {"percent": lines}, {"sector": sector, "percent": percent})
        if not any("%" in line.text for line in lines):
            message = f"{percent:g} is printed without a percent sign; it is read as the share of {sector}"
            to.found.append(Issue("number_repaired", "warning", message, place(lines), "sectors", row))
    low, high = SUM_OF_SHARES
    total = sum(percent for _, percent, _ in shares)
    if not shares:
        message = f"the source has the figure without its shares: {join_lines(line.text for line in figure)!r}"
        to.found.append(Issue("figure_shares_missing", "warning", message, figure[0].where, "sectors"))
    elif not low <= total <= high:
        message = f"the shares of the sectors add up to {total:.1f} percent"
        to.found.append(Issue("shares_sum", "warning", message, figure[0].where, "sectors"))


# ---------------------------------------------------------------------------------------------- tables


def _add_table(part: _Part, to: Recorder, table: ChapterTable, notes: Notes) -> None:
    """The records of a table's rows. If its rows give no record, that is as bad as an empty table."""
    for row in table.heads:
        to.own(row.cells.values())
    for row in (row for row in table.rows if not part.takes(row.territory)):
        to.own(row.cells.values())
    own = [row for row in table.rows if part.takes(row.territory)]
    rule = rules.table(table.code)
    if rule is None:
        _add_other(to, table, own)
        return
    name = published_name(table.code)
    before = to.next_row(name)
    letters = letters_as_signs(table, part.tables)
    context = Context(to, table, rule, name, notes.get(table.code, ()), part.several, letters)
    build = BUILDERS.get(name, build_row)
    for row in own:
        build(context, row)
    if own and to.next_row(name) == before:
        heads = " | ".join(table.headers.values())
        message = f"no record was made of the {len(own)} rows of {table.title!r} under {heads!r}"
        to.found.append(Issue("table_empty", "error", message, own[0].where, table.code))
    elif own and table.caption:
        _add_caption(to, table, name, before)


def _add_caption(to: Recorder, table: ChapterTable, name: str, first_row: int) -> None:
    """The caption of a table whose first record is ``first_row`` of the published table ``name``."""
    text = to.plain(CONTINUED.sub("", join_lines(line.text for line in table.caption)).strip())
    record = {"table": name, "table_row": first_row, "printed_number": table_number(text), "text": text}
    to.out["captions"].append(
        {**to.identity(place(table.caption)), "row": to.next_row("captions"), "territory": table.territory, **record}
    )


def _add_other(to: Recorder, table: ChapterTable, rows: Sequence[TableRow]) -> None:
    """The cells of a table that no rule knows, one record for each. Nothing that is ruled is lost."""
    above = to.out["other_tables"]
    number = 1 + (above[-1]["table_number"] if above else 0)
    for at, row in enumerate(rows, 1):
        for column in table.columns:
            cell = row.cells.get(column)
            if cell is None or not cell.lines:
                continue
            record = {
                "title": table.title,
                "table_number": number,
                "table_row": at,
                "column": to.plain(table.headers.get(column, "")),
                "text": to.plain(cell.text),
            }
            to.add("other_tables", place(cell.lines), {"text": cell.lines}, record)


# ---------------------------------------------------------------------------------------------- references, names


def _add_references(outline: Outline, to: Recorder) -> None:
    to.owned.update(line.number for line in outline.references)
    for row, entry in enumerate(to.references, 1):
        record = {name: getattr(entry, name) for name in OF_A_REFERENCE}
        to.out["references"].append({**to.identity(entry.where), "row": row, **record})
        to.trace("references", row, "text", entry.where, entry.text)


def _tag_names(to: Recorder) -> None:
    """Names are an addition to the other tables: if finding them fails, the chapter keeps its rows."""
    try:
        to.out["entities"] = tag(to.out)
    except MemoryError:
        raise
    except Exception as error:
        message = f"the search for names failed with {error!r}: a defect of this product, please report it"
        to.found.append(Issue("names_missing", "error", message, table="entities"))


def _check_citations(part: _Part, to: Recorder) -> None:
    """Add the findings about citations and the reference list as a whole."""
    on_file = (line.where for line in part.chapter.lines() if fold(line.text) in words("list_on_file"))
    always = current().expected.references.covers(to.year)
    to.found += check_citations(to.out["citations"], to.known, next(on_file, None), always)


def assessment_of(lines: Sequence[Line]) -> tuple[str, str]:
    """Level and note of an assessment line: ``MINIMAL ADVANCEMENT – EFFORTS MADE BUT …`` -> both in title case."""
    text = join_lines(line.text for line in lines)
    level = best_phrase(text, current().headings.assessments) or ""
    if not level:
        return "", ""
    at = re.search(re.escape(level).replace(r"\ ", r"\s+"), text, re.I)
    rest = text[at.end() :].strip(" –—-:") if at else ""
    return level, one_case(rest)
