"""Letters that stand for a check mark or a cross: an x, and the two letters that Wingdings shows as these signs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractors import rules
from extractors.chapter import values
from extractors.chapter.tables import ChapterTable
from extractors.references.citations import lift
from extractors.rules.kinds import KindName

KINDS: set[KindName] = {"ratification", "yes_no", "check_mark"}
WINGDINGS = {"ü": "✓", "û": "✗"}
LETTERS = {"x", "X", *WINGDINGS}


def letters_as_signs(table: ChapterTable, tables: Sequence[ChapterTable]) -> dict[str, str]:
    """The letters that are signs in the cells of a table, and the sign that each is.

    An x is a cross where the chapter has check marks, a check mark where it has crosses, or where an empty cell says
    that a convention is not ratified. Where all cells are an x, nothing tells what it says.
    """
    texts = {text for one in tables for text in answers_of(one, KINDS)}
    letters = {letter: sign for letter, sign in WINGDINGS.items() if letter in texts}
    checked = "✓" in letters.values() or any(values.CHECK.search(text) for text in texts)
    crossed = "✗" in letters.values() or any(values.CROSS.search(text) for text in texts)
    if checked != crossed:
        letters |= dict.fromkeys("xX", "✗" if checked else "✓")
    elif not checked and "" in set(answers_of(table, {"ratification"})):
        letters |= dict.fromkeys("xX", "✓")
    return letters


def answers_of(table: ChapterTable, kinds: set[KindName]) -> Iterator[str]:
    """The texts of the cells of a table that answer by a sign or by a word, without citations and markers."""
    rule = rules.table(table.code)
    columns = [name for name, column in rule.columns.items() if column.kind in kinds] if rule else []
    for row in table.rows:
        yield from (lift(row.text(name), None).text.strip() for name in columns if name in table.columns)
