"""Write an invented chapter as a raw text, with the damage that a scanner does to it, if asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.generator.compose import References, Row, Table, Text, compose
from tests.generator.layout import STYLE_2019, Layout
from tests.generator.spec import ChapterSpec

Kind = Literal["prose", "caption", "row", "tick", "note", "reference"]


@dataclass(frozen=True)
class Damage:
    """One defect: in lines of a kind, what stands there becomes something else; in every ``every``-th line it hits."""

    kind: Kind
    pattern: str
    becomes: str
    every: int = 1


TABLE_ONE = Damage("caption", r"^Table 1\.", "Table I.")
DOLLAR = Damage("row", r"\$(?=\d)", r"\\$")
CHECK_MARK = Damage("tick", "✓", r"\\checkmark", 4)
LATEX_DAGGER = Damage("note", "^† ", " $[\\\\ensuremath{\\\\dagger}]$ ")
LOST_NUMBER = Damage("reference", r"^- \d+ ", "- ", 7)
FIRST_NUMBER = Damage("reference", r"^- 1 ", "- I ")
BLANK_IN_URL = Damage("reference", r"(https?://\S{30,60}/)(?=\w)", r"\1 ", 3)
HTML = Damage("row", r"\b(Open Door)\b", r"<i>\1</i>")
INSPECTOR = Damage("prose", r"\b1 (?=inspector)", "I ")
DAMAGES = (
    TABLE_ONE, DOLLAR, CHECK_MARK, LATEX_DAGGER, LOST_NUMBER, FIRST_NUMBER, BLANK_IN_URL, HTML, INSPECTOR,
)  # fmt: skip


def write_text(spec: ChapterSpec, path: Path, damage: Sequence[Damage] = (), layout: Layout = STYLE_2019) -> None:
    """Write the chapter's raw text; the same chapter and damage give the same bytes."""
    seen = dict.fromkeys(damage, 0)
    out = []
    for kind, sound in Writer(spec, layout).lines():
        line = sound
        for defect in damage:
            if defect.kind == kind and re.search(defect.pattern, sound):
                seen[defect] += 1
                if seen[defect] % defect.every == 0:
                    line = re.sub(defect.pattern, defect.becomes, line)
        out.append(line)
    path.write_text("\n".join(out) + "\n", encoding="utf-8")


def text_of(spec: ChapterSpec, layout: Layout) -> str:
    """The chapter's raw text without damage."""
    return "\n".join(line for _, line in Writer(spec, layout).lines()) + "\n"


@dataclass(frozen=True)
class Writer:
    """The lines of a raw text with their kinds; a blank line has none that damage could hit."""

    spec: ChapterSpec
    layout: Layout

    def lines(self) -> Iterator[tuple[Kind | None, str]]:
        broken = self.broken_paragraph()
        for item in compose(self.spec, self.layout):
            if isinstance(item, Text):
                yield from self.text(item, item == broken)
            elif isinstance(item, Table):
                yield from self.table(item)
            elif isinstance(item, References):
                yield from self.references(item)
            else:
                yield "caption", item.title
                yield None, ""

    def broken_paragraph(self) -> Text | None:
        """The longest paragraph: the page ends inside it."""
        texts = [
            item for item in compose(self.spec, self.layout) if isinstance(item, Text) and item.kind == "paragraph"
        ]
        return max(texts, key=lambda item: len(item.text), default=None)

    def head(self) -> Iterator[tuple[Kind | None, str]]:
        if self.layout.title_line:
            return
        yield None, ""
        yield None, self.spec.assessment.upper()
        yield None, ""

    def text(self, item: Text, broken: bool) -> Iterator[tuple[Kind | None, str]]:
        words = item.text.split(" ")
        if broken and len(words) > 20:
            middle = len(words) // 2
            yield "prose", " ".join(words[:middle])
            yield from self.head()
            yield "prose", " ".join(words[middle:])
        else:
            yield "prose", item.text
        yield None, ""

    def table(self, table: Table) -> Iterator[tuple[Kind | None, str]]:
        caption = f"Table {table.number}. {table.title}"
        yield "caption", caption
        yield None, ""
        yield "row", "\t".join(table.header)
        page_ends = len(table.rows) // 2 if table.key == "activities" else None
        for at, row in enumerate(table.rows):
            if at == page_ends:
                yield from self.head()
                yield "caption", caption + self.layout.wording.continued
                yield None, ""
                yield "row", "\t".join(table.header)
            yield from self.row(row)
        yield None, ""
        for kind, notes in (("prose", table.sources), ("note", table.notes)):
            for note in notes:
                yield ("note" if kind == "note" else "prose"), note
                yield None, ""

    def row(self, row: Row) -> Iterator[tuple[Kind | None, str]]:
        cells = ["" if cell is None else cell.text for cell in row]
        yield ("tick" if "✓" in cells else "row"), "\t".join(cells)

    def references(self, item: References) -> Iterator[tuple[Kind | None, str]]:
        yield None, "REFERENCES"
        yield None, ""
        half = len(item.entries) // 2
        for number, entry in item.entries:
            if number == half:
                yield from self.head()
            yield "reference", f"- {number} {entry.text}"
