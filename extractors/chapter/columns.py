"""The header of a grid -> which table it is, and our name for each column.

Wording decides first. Headers are misprinted, borrowed from another table or left empty in real reports, so what the
cells hold and where the column is decide where wording fails; a finding names each such column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rapidfuzz import fuzz

from extractors import rules
from extractors.chapter import values
from extractors.model import Grid, Issue, Severity
from extractors.references.citations import lift
from extractors.rules import fold, label_by_words, label_code, opens
from extractors.rules.models import ColumnRule

YEAR_SPAN = re.compile(rf"(?:19|20)\d\d\s*(?:[{values.DASHES}/&]|to|and)\s*\d\d")  # "2018-2019" over a column
MISPRINT = 85.0  # share of equal letters (of 100) above which a header counts as a misprint of a known one
MOST = 0.6  # share of the filled cells of a column that must have the form of its kind
NO_VALUES = re.compile(r"[^\W\d_]{3}")  # text has a word; a year, an answer or a check mark is no text


# ---------------------------------------------------------------------------------------------- the table


def code_of_header(grid: Grid) -> str:
    """Return the table whose columns a header has: at least two are known, and at most one is not. Empty if none is."""
    best: tuple[int, str] = (0, "")
    filled = filled_header(grid)
    for code, table in rules.current().tables.items():
        known, years = known_headers(filled, table)
        if known and known + years >= max(2, len(filled) - 1) and (known + years, code) > best:
            best = (known + years, code)
    return best[1]


def table_of(grid: Grid, captioned: str, issues: list[Issue]) -> str:
    """Return the table of a grid below the caption of the table ``captioned``, which is empty without a caption.

    A header of which every cell belongs to another table outvotes a caption of which the header has no column
    (Afghanistan 2020, page 10: the suggested actions go on under "Table 6 (Cont.)"). If the header has columns of both,
    the labels of the rows decide (Maldives 2015, page 3: criminal labels under "Overview of Labor Law Enforcement").
    """
    headed = code_of_header(grid)
    if not captioned or not headed or headed == captioned:
        return captioned or headed
    filled = filled_header(grid)
    if sum(known_headers(filled, rules.current().tables[headed])) < len(filled):
        return captioned
    if sum(known_headers(filled, rules.current().tables[captioned])):
        headed = headed if known_labels(grid, headed) > known_labels(grid, captioned) else captioned
    if headed != captioned:
        message = (
            f"the caption is that of table {captioned}; header and rows are those of table {headed}, which is used"
        )
        issues.append(Issue("wording_guessed", "warning", message, grid.where, headed))
    return headed


def filled_header(grid: Grid) -> list[str]:
    """Return the folded texts of the header cells that are not empty."""
    return [text for cell in grid.header if (text := fold(cell.text))]


def known_headers(filled: Sequence[str], table: rules.Table) -> tuple[int, int]:
    """Return how many folded header texts begin with a phrase of a table's columns, and how many are its years."""
    phrases = [phrase for phrases in table.headers.values() for phrase in phrases]
    known = sum(any(opens(text, phrase) for phrase in phrases) for text in filled)
    return known, sum(bool(year_of_head(text, table)) for text in filled) if table.year_columns else 0


def known_labels(grid: Grid, code: str) -> int:
    """Return how many lines of the first column are labels of the closed list of a table."""
    codes = rules.current().tables[code].codes
    lines = [line.text for row in grid.rows for cell in row[:1] if cell is not None for line in cell.lines]
    return sum(label_code(codes, line) is not None for line in lines) if codes else 0


def year_of_head(text: str, table: rules.Table) -> str:
    """The year at the start of a column's header, also after words like "FY"; empty if there is none."""
    m = re.fullmatch(r"(\D*)((?:19|20)\d\d)(?: .*)?", fold(text))
    return m[2] if m and m[1].strip() in ("", *table.before_year) else ""


# ---------------------------------------------------------------------------------------------- the columns


def name_columns(code: str, grid: Grid, issues: list[Issue]) -> list[str]:
    """Our name for every column of a grid.

    1. A header with a year is named by the year, other headers by their words; columns for territories: spread_columns.
    2. A blank header is named by its place: blank_column. One of other words, or one that is printed twice, is named by
       place and content: guess_column.
    3. Columns without a name, and further columns of one name, are numbered. ``issues`` gets a finding for each.
    """
    entry = rules.table(code)
    texts = [cell.text for cell in grid.header]
    if entry is None:
        return [f"column_{i + 1}" for i in range(len(texts))]
    names = [year_of_head(text, entry) or rules.column_of(text, entry) for text in texts]
    names = without_borrowed(spread_columns(names, texts, entry), entry)
    for i, text in enumerate(texts):
        if names[i]:
            continue
        if not fold(text):
            names[i] = blank_column(i, names, grid, entry)
        elif name := guess_column(i, names, grid, entry):
            names[i] = name
            message = f"the header {text!r} of table {code} is read as {name}: place and content of the column decide"
            severity: Severity = "error" if is_cited_text(text) else "warning"
            issues.append(Issue("wording_guessed", severity, message, grid.where, code))
        names[i] = names[i] or f"column_{i + 1}"
    issues += column_findings(code, names, texts, grid)
    return [f"column_{i + 1}" if name in names[:i] else name for i, name in enumerate(names)]


def is_cited_text(text: str) -> bool:
    """Whether a header is a sentence or cites something: then it is the first row of a table without a header."""
    lifted = lift(text)
    return bool(lifted.numbers) or lifted.text.rstrip().endswith(".")


def blank_column(i: int, names: Sequence[str], grid: Grid, entry: rules.Table) -> str:
    """The name of column ``i``, whose header is blank (Turkey 2016, page 2): a free name, best the one of this place.

    A column of numbers, yes or no is not one of territories: it is the column of a year whose header is lost. Empty if
    there is no name.
    """
    order = entry.in_order
    free = [name for name in order if name not in names]
    name = order[i] if len(names) == len(order) and order[i] in free else next(iter(free), "")
    if not name and entry.year_columns and "territory" not in names:
        name = "territory"
    cells = (cell for row in grid.rows if (cell := row[i]))
    return "" if name == "territory" and any(values.answer(cell.text).unit for cell in cells) else name


def without_borrowed(names: Sequence[str], entry: rules.Table) -> list[str]:
    """Take its name from a column that is headed as the column of another place ("Description" over the policies too).

    This needs as many columns as the table has; otherwise a second column of one name is a finding.
    """
    order = entry.in_order
    if len(names) != len(order):
        return list(names)
    return ["" if names.count(name) > 1 and order[names.index(name)] != name and order[i] != name and name in order
            else name for i, name in enumerate(names)]  # fmt: skip


def guess_column(i: int, names: Sequence[str], grid: Grid, entry: rules.Table) -> str:
    """The name of column ``i``, whose header has unknown words; empty if place and content fit no free column.

    A misprint of a known header counts as known. Then the columns that belong between the named neighbours are tried,
    then all free ones whose values have a form of their own (Morocco 2014, page 6: "Year(s) Recommended").
    """
    texts = [lift(cell.text).text.strip() for row in grid.rows if (cell := row[i]) is not None and cell.lines]
    fitting = [name for name in guessable(names, entry) if texts and fits(entry.columns[name], texts)]
    formed = [name for name in fitting if form_of(entry.columns[name]) is not has_words]
    between = [name for name in fitting if in_place(name, i, names, entry)]
    misprinted = [name for name in fitting if is_misprint(grid.header[i].text, entry.columns[name])]
    return next(iter([*misprinted, *(name for name in between if name in formed), *between, *formed]), "")


def guessable(names: Sequence[str], entry: rules.Table) -> list[str]:
    """The columns of a table that have no place in ``names`` yet, without that of territories."""
    return [name for name in entry.in_order if name not in names and entry.columns[name].kind != "territory"]


def is_misprint(text: str, column: ColumnRule) -> bool:
    """Whether a header differs from one of a column's phrases by a few letters only."""
    return any(fuzz.ratio(fold(text), phrase) >= MISPRINT for phrase in column.header)


def in_place(name: str, i: int, names: Sequence[str], entry: rules.Table) -> bool:
    """Whether a column belongs right of every named column on the left of ``i`` and left of those on the right."""
    order = entry.in_order
    at = order.index(name)
    left = [order.index(other) for other in names[:i] if other in order]
    right = [order.index(other) for other in names[i + 1 :] if other in order]
    return all(other < at for other in left) and all(other > at for other in right)


def fits(column: ColumnRule, texts: Sequence[str]) -> bool:
    """Whether most of some cells have the form of a column's values."""
    has_form = form_of(column)
    return sum(map(has_form, texts)) >= MOST * len(texts)


def form_of(column: ColumnRule) -> Callable[[str], bool]:
    """The test whether a text has the form of a column's values."""
    codes, form = column.codes, values.FORMS.get(column.kind)
    if codes:
        return lambda text: bool(label_code(codes, text) or label_by_words(codes, text))
    if form:
        return lambda text: values.fully_read(form, text)
    if column.kind == "age":
        return lambda text: values.fully_read("ages", text)
    return has_words


def has_words(text: str) -> bool:
    """Whether a text is more than a number, years, yes or no, or a status."""
    return NO_VALUES.search(text) is not None and not values.fully_read("answer", text)


def column_findings(code: str, names: Sequence[str], texts: Sequence[str], grid: Grid) -> Iterator[Issue]:
    """Findings about columns of two years, columns without a name and columns of one name."""
    for name, text in zip(names, texts, strict=True):
        if name.isdigit() and YEAR_SPAN.search(text):
            yield Issue("value_unread", "warning", f"{text!r} is read as {name}", grid.where, code)
    for i, (name, text) in enumerate(zip(names, texts, strict=True)):
        if name == f"column_{i + 1}" and (fold(text) or any(cell.lines for row in grid.rows if (cell := row[i]))):
            message = f"table {code} has no known column with the header {text!r}"
            yield Issue("column_unknown", "error", message, grid.where, code)
    for i, name in enumerate(names):
        if name in names[:i]:
            message = f"table {code} has two columns {name!r}; the first one is used"
            yield Issue("column_unknown", "error", message, grid.where, code)


def spread_columns(names: list[str], texts: Sequence[str], entry: rules.Table) -> list[str]:
    """Name columns that hold one value for each territory: "percent/Punjab Province".

    They are the last columns of a table, more than one, with headers that name no other column.
    """
    spread = entry.spread
    if spread is None or names.count(spread.column) == 1:
        return names
    first = next((i for i, name in enumerate(names) if i and name in ("", spread.column)), len(names))
    if len(names) - first < 2 or any(name not in ("", spread.column) for name in names[first:]):
        return names
    head = re.compile(rf"^({'|'.join(spread.heads)})\s+", re.I)
    return names[:first] + [f"{spread.column}/{head.sub('', text)}" for text in texts[first:]]
