"""Compare a finished chapter with what its source must have held; every gap is an error with its table and page.

Three expectations that do not depend on how the tables were read:

1. What such a chapter always prints: sections, tables, and the rows of the closed tables (``rules/expected.yml``).
2. What the page shows: the letters that an independent PDF engine finds on each page.
3. What a cell can hold: one label, one answer, one span of years.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from extractors.model import Chapter, Issue, Origin, Where
from extractors.rules import current, depends, fold, holds, labels
from extractors.rules.models import ClosedTable, RowLabels

Record = Mapping[str, Any]

LETTERS_LOST = 3
"""Letters of one page that may differ: symbol fonts name their bullets by letters (Brazil 2015, page 4: "n")."""
UNKNOWN_GLYPH = re.compile(r"\(cid:\d+\)")  # how a glyph is read of which the file does not say which letter it is
WORDS_NAMED = 12  # lost words that a finding quotes


def missing_parts(
    tables: Mapping[str, Sequence[Record]], year: int, several: bool, known: Iterable[Issue] = (), printed: str = ""
) -> list[Issue]:
    """Return an error for each section, table and row that chapters of this report year always have.

    ``tables`` are the chapter's records by published table. ``several``: the file covers several countries, which
    share sections and tables, so only rows are checked. ``known`` are the findings so far: a section that one of them
    names as missing is not reported again. ``printed`` is the folded text of the source: what it never mentions was not
    printed (Wallis and Futuna 2014 suggests no actions), and the finding says that it comes from the source.
    """
    issues: list[Issue] = []
    expected = current().expected
    sections_known = any(issue.check == "section_missing" for issue in known)
    if not several:
        found = {record["section"] for record in tables["paragraphs"]}
        for section in expected.sections:
            for code in section.codes if section.covers(year) else ():
                if code not in found and not sections_known:
                    message = f"the chapter has no text in section {code!r}, which every chapter of this form has"
                    origin = origin_of(current().headings.sections[code], printed)
                    issues.append(Issue("section_missing", "error", message, table="paragraphs", origin=origin))
        for present in expected.tables:
            for name in present.names if present.covers(year) else ():
                if not tables[name]:
                    message = f"the chapter has no row of {name}, which every chapter has"
                    issues.append(Issue("table_missing", present.severity, message, table=name))
    for closed in expected.rows:
        issues += missing_rows(closed, tables[closed.table], year, printed)
    return issues


def missing_rows(closed: ClosedTable, records: Sequence[Record], year: int, printed: str = "") -> Iterator[Issue]:
    """Return one error for the labels that a closed table lacks in any of the years that it prints."""
    chosen = [r for r in records if all(r[name] == value for name, value in closed.rows.items())]
    named = " ".join([*closed.rows.values(), closed.table])
    if not chosen:
        if other := next(iter(records), None):
            yield from missing_part(closed, named, year, where_of(other))
        return
    yield from strange_values(closed, chosen)
    by_year = labels_by_year(closed, chosen)
    if closed.years_printed and len(by_year) < closed.years_printed:
        message = f"the {named} table prints {closed.years_printed} columns of years; {len(by_year)} was read"
        yield Issue("column_missing", "error", message, where_of(chosen[0]), closed.table)
    for form in closed.forms:
        lacking = lacking_labels(form, by_year) if form.covers(year) else []
        if lacking:
            message = f"the {named} table always prints rows that are missing here: {', '.join(lacking)}"
            origin = origin_of(phrases_of(closed, lacking), printed)
            yield Issue("row_missing", form.severity, message, where_of(chosen[-1]), closed.table, origin=origin)


def strange_values(closed: ClosedTable, records: Sequence[Record]) -> Iterator[Issue]:
    """Return an error for each row with a value in a column in which such a row never has one: the cell may have moved.

    A prohibition has no age.
    """
    for column, without in closed.blank.items():
        for record in (r for r in records if r[closed.column] in without and r.get(column) is not None):
            message = f"{column} is {record[column]} in the row of {record[closed.column]}, which never has one"
            yield Issue("column_unfit", "error", message, where_of(record), closed.table, record["row"])


def missing_part(closed: ClosedTable, named: str, year: int, where: Where) -> Iterator[Issue]:
    """Return an error if one of the parts that are printed together (labor and criminal enforcement) has no rows."""
    for form in closed.forms:
        if form.covers(year):
            message = f"the chapter has no row of the {named} table, but has other rows of {closed.table}"
            yield Issue("table_missing", form.severity, message, where, closed.table)
            return


def phrases_of(closed: ClosedTable, codes: Iterable[str]) -> list[str]:
    """Return every wording of some labels of a closed table."""
    kinds = ("_".join([closed.table, *closed.rows.values()]), closed.table, f"{closed.column}s")
    lists = (current().labels.get(kind, {}) for kind in kinds)
    known = next(labels for labels in lists if not labels.keys().isdisjoint(codes))
    return [phrase for code in codes for phrase in known[code].labels]


def origin_of(phrases: Iterable[str], printed: str) -> Origin:
    """Return where a gap comes from: the source, if its text is known and has none of the phrases; else our reading."""
    return "source" if printed and not any(holds(printed, phrase) for phrase in phrases) else "reading"


def labels_by_year(closed: ClosedTable, records: Iterable[Record]) -> list[set[str]]:
    """Return the labels of the rows, one set for each printed year, or one set if the table has no years."""
    groups: dict[Any, set[str]] = defaultdict(set)
    for record in records:
        groups[record["year"] if closed.years_printed else None].add(record[closed.column])
    return list(groups.values())


def lacking_labels(form: RowLabels, printed: Iterable[set[str]]) -> list[str]:
    """Return the labels of a form that one of the sets lacks; a set that the report prints by itself lacks none."""
    whole = [labels for labels in printed if labels != set(form.also_alone)]
    return [label for label in form.labels if not all(label in labels for labels in whole)]


def where_of(record: Record) -> Where:
    """Return the page or line of a record; the box is left out, because what is missing stands beside it."""
    return Where(page=record["page"], line=record["line"])


# ---------------------------------------------------------------------------------------------- the page


def lost_text(chapter: Chapter) -> Iterator[Issue]:
    """Return an error for each page on which another PDF engine sees letters that no line has, or fewer than we do.

    Letters are counted, not words: engines differ in where a word ends (Mauritius 2019, page 2: "groupsNo").
    """
    ours: dict[int, list[str]] = defaultdict(list)
    for line in {line.number: line for line in chapter.lines()}.values():
        if line.where.page is not None:
            ours[line.where.page].append(line.text)
    for page in chapter.pages:
        own = UNKNOWN_GLYPH.sub(" ", " ".join(ours[page.number]))
        seen_letters, own_letters = letters(page.text), letters(own)
        lost = seen_letters - (own_letters + letters(page.left_out))
        if words := unmatched(page.text, f"{own} {page.left_out}", lost):
            message = f"this page shows words that are in no table or text: {quoted(words)}"
            yield Issue("text_lost", "error", message, Where(page=page.number))
        doubled = unmatched(own, page.text, own_letters - seen_letters)
        # a header box over several columns gives its words to each of them
        shared = set(words_of(" ".join(line.text for line in chapter.header_lines()))) if doubled else set()
        if words := [word for word in doubled if word not in shared]:
            message = f"words of this page were read more often than the page shows them: {quoted(words)}"
            yield Issue("text_doubled", "error", message, Where(page=page.number))


def unmatched(text: str, other: str, lacking: Counter[str]) -> list[str]:
    """Return the words of a text made of the letters that another text lacks; nothing if only a few are lacking."""
    if lacking.total() <= LETTERS_LOST:
        return []
    return [word for word in missing_words(text, other) if not letters(word) - lacking]


def letters(text: str) -> Counter[str]:
    """Count the letters and digits of a text; accents and ligatures are resolved first."""
    signs = Counter(unicodedata.normalize("NFKC", text).casefold())
    return Counter({sign: count for sign, count in signs.items() if sign.isalnum()})


def missing_words(text: str, other: str) -> list[str]:
    """Return the words of a text that another text does not have as often, in the order of the text.

    >>> missing_words("two boats and two nets", "two nets")
    ['boats', 'and', 'two']
    """
    left = Counter(words_of(other))
    out = []
    for word in words_of(text):
        if left[word]:
            left[word] -= 1
        elif len(word) > 1:
            out.append(word)
    return out


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters."""
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def quoted(words: Sequence[str]) -> str:
    """Return the first words as a quotation."""
    return repr(" ".join(words[:WORDS_NAMED])) + (" ..." if len(words) > WORDS_NAMED else "")


# ---------------------------------------------------------------------------------------------- the cell

LABELS = {
    ("conventions", "convention"): "conventions",
    ("statistics", "indicator"): "statistics",
    ("legal_standards", "standard"): "legal_standards",
    ("suggested_actions", "area"): "areas",
    ("activities", "sector"): "activity_sectors",
}
"""Columns that hold one label of a closed list, and the name of that list."""
ANSWERS = {
    ("conventions", "ratification"),
    ("legal_standards", "status"),
    ("enforcement", "raw"),
    ("statistics", "percent"),
}
"""Columns that hold one answer."""
ONE_ANSWER = (
    r"(?:unknown|unavailable|yes|no|n/?a|\$?\d[\d,.]*%?(?:\s(?:thousand|million|billion))?(?:\s*\(\s*[\d,]{4,}\))?)"
)
TWO_ANSWERS = re.compile(rf"{ONE_ANSWER}\W*\s{ONE_ANSWER}\W*(?:\s{ONE_ANSWER}\W*)*", re.I)
CITATION = re.compile(r"\(\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\)")
CUT_NUMBER = re.compile(r"(?<=\d),\s+(?=\d{3}\b)")
"""The place of a blank behind the comma of one number ("116, 535", Chile 2016, page 6)."""
TWO_SPANS = re.compile(r"(?:19|20)\d\d\s+(?:19|20)\d\d")


def crowded_cells(tables: Mapping[str, Sequence[Record]]) -> Iterator[Issue]:
    """Return an error for each cell that holds the content of two rows: two labels, two answers, two spans of years."""
    for cell in tables["provenance"]:
        place = cell["table"], cell["column"]
        text = cell["raw"]
        if place in LABELS:
            crowded = labels_in(LABELS[place], text) > 1
        elif place in ANSWERS:
            crowded = holds_two_answers(CUT_NUMBER.sub(",", CITATION.sub(" ", text).strip()))
        else:
            crowded = place == ("suggested_actions", "years") and TWO_SPANS.search(text) is not None
        if crowded:
            message = f"one cell of column {cell['column']} holds the content of several rows: {text[:80]!r}"
            yield Issue("cell_crowded", "error", message, where_of(cell), cell["table"], cell["row"])


def holds_two_answers(text: str) -> bool:
    """Tell whether a cell without its citations holds more than one answer ("4.0 ( 866,293)" is one, Mexico 2020)."""
    return not re.fullmatch(ONE_ANSWER + r"\W*", text, re.I) and TWO_ANSWERS.fullmatch(text) is not None


def labels_in(kind: str, text: str) -> int:
    """Count the labels of a closed list in a text; the longest first, so that none is counted inside another."""
    rest, count = f" {fold(text)} ", 0
    for label in longest_first(kind):
        found = rest.count(f" {label} ")
        count += found
        rest = rest.replace(f" {label} ", " | ") if found else rest
    return count


@depends
@functools.cache
def longest_first(kind: str) -> list[str]:
    """The folded labels of a closed list, the longest first."""
    return sorted(labels(kind), key=len, reverse=True)


# ---------------------------------------------------------------------------------------------- where it comes from

PUBLISHERS = {
    "assessment_conflict", "footnote_unanchored", "reference_author_repeated", "reference_number_duplicate",
    "references_on_file", "report_year_conflict", "section_misnumbered", "shares_sum", "value_joint",
}  # fmt: skip
"""Checks that describe what the publisher printed."""
IF_NOTHING_IS_LOST = {
    "citation_unresolved", "reference_number_skipped", "reference_order", "table_missing", "territory_unknown",
}  # fmt: skip
"""Checks that describe what the publisher printed, if the whole text of the source was read (Comoros 2019: the list has
no number 33)."""
LOST_TEXT = {
    "page_oversized", "page_turned", "page_without_text", "pages_missing", "pages_out_of_order", "line_unowned",
    "reference_entries_glued", "reference_line_unowned", "stream_damaged", "text_damaged", "text_garbled", "text_lost",
    "text_missing", "text_unpublished",
}  # fmt: skip
"""Checks after which a missing reference may be our loss."""


def with_origins(issues: Sequence[Issue]) -> list[Issue]:
    """Return the findings of a chapter, each with its origin: our reading, or the source."""
    whole = not any(issue.check in LOST_TEXT for issue in issues)
    slips = PUBLISHERS | IF_NOTHING_IS_LOST if whole else PUBLISHERS
    return [replace(issue, origin="source") if issue.check in slips else issue for issue in issues]
