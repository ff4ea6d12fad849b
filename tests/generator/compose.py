"""A chapter as printed things in reading order: what the PDF and the raw text have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.generator.layout import Layout
from tests.generator.spec import (
    ChapterSpec,
    Markup,
    Measure,
    Place,
    Policy,
    Prose,
    Reference,
    Standard,
    Subsection,
    printed,
    years_text,
)
from tests.generator.wording import CONVENTIONS, CROSS, SECTORS, TICK


@dataclass(frozen=True)
class Box:
    """A printed cell: its paragraphs (those of a list begin with ``■ ``), its indent, or a sign: a tick or a cross."""

    parts: tuple[str, ...] = ()
    indent: float = 0.0
    sign: str = ""

    @property
    def text(self) -> str:
        return self.sign or " ".join(self.parts)


Row = tuple[Box | None, ...]


@dataclass(frozen=True)
class Table:
    """A printed table; a ``None`` in a row says that the cell above reaches down into it."""

    key: str
    number: int
    title: str
    header: tuple[str, ...]
    shares: tuple[float, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    title: str
    sectors: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Text:
    """A heading, subheading, summary or paragraph."""

    kind: str
    text: str


@dataclass(frozen=True)
class References:
    entries: tuple[tuple[int, Reference], ...]


Item = Text | Table | Figure | References


def compose(spec: ChapterSpec, layout: Layout) -> list[Item]:
    """The chapter's printed things. Figure 1 follows Table 1."""
    return list(Composer(spec, layout).items())


@dataclass(frozen=True)
class Composer:
    spec: ChapterSpec
    layout: Layout

    def items(self) -> Iterator[Item]:
        wording, number = self.layout.wording, 0
        if self.layout.title_line:
            yield Text("title", f"{wording.report.format(self.spec.year)}: {self.spec.country}")
            yield Text("assessment", self.spec.assessment)
        yield Text("summary", self.say(self.spec.summary))
        for section in self.spec.sections:
            yield Text("heading", wording.sections[section.code])
            for item in section.flow:
                if isinstance(item, Prose):
                    yield Text("paragraph", self.say(item.text))
                elif isinstance(item, Subsection):
                    yield Text("subheading", wording.subsections[item.key])
                else:
                    number += 1
                    yield self.table(item, number)
                    if item.table == "statistics" and self.layout.figure and self.spec.sectors:
                        yield Figure(
                            f"Figure 1. Working Children by Sector, Ages {self.spec.figure_ages}", self.spec.sectors
                        )
        if self.spec.references:
            yield References(tuple(enumerate(self.spec.references, start=1)))

    def say(self, markup: Markup) -> str:
        return printed(markup, self.layout.comma, self.layout.after_stop)

    def box(self, markup: Markup, indent: float = 0.0) -> Box:
        text = self.say(markup)
        return Box((text,) if text else (), indent)

    def table(self, place: Place, number: int) -> Table:
        key, wording = place.table, self.layout.wording
        header, shares, rows = getattr(self, f"rows_of_{key}")()
        if key == "other" and self.spec.other:
            return Table(key, number, self.spec.other.title, header, shares, tuple(rows))
        notes = tuple(self.say(f"{n.marker} {n.text}") for n in self.spec.footnotes if n.table == key)
        return Table(key, number, wording.titles[key], header, shares, tuple(rows), notes, self.sources(key))

    def sources(self, key: str) -> tuple[str, ...]:
        if key != "statistics":
            return ()
        wording = self.layout.wording
        leads = {True: wording.source_other, False: wording.source_named}
        return tuple(f"{leads[n.covers == 'other']}: {self.say(n.text)}" for n in self.spec.source_notes)

    def header(self, key: str, territory: bool = False) -> tuple[str, ...]:
        first, *others = self.layout.wording.headers[key]
        return (first, *(["Related Entity"] if territory else []), *others)

    # ------------------------------------------------------------------ one method a table: header, widths, rows

    def rows_of_statistics(self) -> tuple[tuple[str, ...], tuple[float, ...], list[Row]]:
        rows: list[Row] = []
        wording = self.layout.wording
        for s in self.spec.statistics:
            people = " (Unavailable)" if s.uncounted else "" if s.population is None else f" ({s.population:,})"
            ages = wording.ages.format(*s.ages) if s.ages else ""
            share = f"{wording.percent.format(s.percent)}{people}" if s.percent else "Unavailable"
            label = s.subgroup.capitalize() or wording.indicators[s.indicator]
            rows.append((self.box(label), self.box(ages), self.box(share)))
        return self.header("statistics"), (0.56, 0.18, 0.26), rows

    def rows_of_activities(self) -> tuple[tuple[str, ...], tuple[float, ...], list[Row]]:
        marks = {n.marker for n in self.spec.footnotes if n.table == "activities"}

        def label(sector: str) -> Box:
            return Box((SECTORS[sector] + ("‡" if sector == "worst_forms" and "‡" in marks else ""),))

        rows = with_labels((label(a.sector), (self.box(a.text),)) for a in self.spec.activities)
        return self.header("activities"), (0.19, 0.81), rows

    def rows_of_conventions(self) -> tuple[tuple[str, ...], tuple[float, ...], list[Row]]:
        rows: list[Row] = []
        crosses = CROSS if self.layout.wording.signs else ""
        for c in self.spec.conventions:
            emblem = Box() if c.code in ("ilo_c138", "un_crc", "palermo_protocol") or not rows else None
            rows.append((emblem, self.box(CONVENTIONS[c.code]), Box(sign=TICK if c.ratified else crosses)))
        if not self.layout.emblems:
            return self.header("conventions")[1:], (0.8, 0.2), [row[1:] for row in rows]
        return self.header("conventions"), (0.11, 0.74, 0.15), rows

    def rows_of_legal_standards(self) -> tuple[tuple[str, ...], tuple[float, ...], list[Row]]:
        wording, parted = self.layout.wording, any(s.territory for s in self.spec.standards)
        rows: list[Row] = []
        last = ""
        for s in self.spec.standards:
            head = wording.heads.get(f"standard.{s.code}")
            cells = self.standard_cells(s)
            if head and s.code != last:
                rows.append((Box((head,)), *[Box()] * (len(cells) + parted)))
            label = Box((wording.standards[s.code],), 12.0 if f"standard.{s.code}" in wording.indented else 0.0)
            if parted:
                rows.append((None if s.code == last else label, self.box(s.territory), *cells))
            else:
                rows.append((label, *cells))
            last = s.code
        shares = (0.2, 0.14, 0.14, 0.08, 0.44) if parted else (0.32, 0.14, 0.06, 0.48)
        if wording.age_first:
            shares = (0.32, 0.1, 0.16, 0.42)
        return self.header("legal_standards", parted), shares, rows

    def standard_cells(self, s: Standard) -> tuple[Box, Box, Box]:
        wording = self.layout.wording
        age = self.box(s.age_mark if s.age is None else f"{s.age:g}{s.age_mark}")
        sign = {"Yes": TICK, "No": CROSS}.get(s.status, "") if wording.signs else ""
        status = Box(sign=sign) if sign else Box((s.status + s.mark,))
        first = (age, status) if wording.age_first else (status, age)
        return *first, self.box(s.legislation)

    def two_texts(
        self, key: str, rows: Iterable[tuple[Markup, Markup]]
    ) -> tuple[tuple[str, ...], tuple[float, ...], list[Row]]:
        return self.header(key), (0.25, 0.75), [(self.box(name), self.box(text)) for name, text in rows]

    def rows_of_agencies(self) -> tuple[tuple[str, ...], tuple[float, ...], list[Row]]:
        return self.two_texts("agencies", ((e.name, e.text) for e in self.spec.agencies))

    def rows_of_coordination(self) -> tuple[tuple[str, ...], tuple[float, ...], list[Row]]:
        return self.two_texts("coordination", ((e.name, e.text) for e in self.spec.coordination))

    def rows_of_policies(self) -> tuple[tuple[str, ...], tuple[float, ...], list[Row]]:
        return self.two_texts(
            "policies", ((policy_name(p) + ("{†}" if p.new else ""), p.text) for p in self.spec.policies)
        )

    def rows_of_programs(self) -> tuple[tuple[str, ...], tuple[float, ...], list[Row]]:
        return self.two_texts("programs", ((p.name + ("{†}" if p.funded else ""), p.text) for p in self.spec.programs))

    def rows_of_enforcement_labor(self) -> tuple[tuple[str, ...], tuple[float, ...], list[Row]]:
        return self.measures("labor")

    def rows_of_enforcement_criminal(self) -> tuple[tuple[str, ...], tuple[float, ...], list[Row]]:
        return self.measures("criminal")

    def measures(self, domain: str) -> tuple[tuple[str, ...], tuple[float, ...], list[Row]]:
        own = [m for m in self.spec.measures if m.domain == domain]
        parted = any(m.territory for m in own)
        wording = self.layout.wording
        rows: list[Row] = []
        last = ""
        for m in own:
            head = wording.heads.get(f"{domain}.{m.metric}")
            if head and m.metric != last:
                rows.append((Box((head,)), *[Box()] * (2 + parted)))
            label = Box((measure_label(m, self.layout),), 15.0 if f"{domain}.{m.metric}" in wording.indented else 0.0)
            answers = tuple(self.box(a.markup) for a in m.answers)
            if parted:
                rows.append((None if m.metric == last else label, self.box(m.territory), *answers))
            else:
                rows.append((label, *answers))
            last = m.metric
        years = (str(self.spec.year - 1), str(self.spec.year))
        shares = (0.42, 0.2, 0.19, 0.19) if parted else (0.68, 0.16, 0.16)
        return (*self.header(f"enforcement_{domain}", parted), *years), shares, rows

    def rows_of_other(self) -> tuple[tuple[str, ...], tuple[float, ...], list[Row]]:
        other = self.spec.other
        if other is None:
            raise ValueError("the chapter has no table of another kind")
        return other.header, (1.0,) * len(other.header), [tuple(map(self.box, row)) for row in other.rows]

    def rows_of_suggested_actions(self) -> tuple[tuple[str, ...], tuple[float, ...], list[Row]]:
        areas = self.layout.wording.areas

        def cells(text: str, years: str, bullets: tuple[tuple[str, str], ...]) -> tuple[Box, Box]:
            parts = (text, *(f"■ {bullet}" for bullet, _ in bullets))
            when = tuple(when for _, when in bullets)
            return Box(parts), Box((years,) if years else ("", *when))

        rows = with_labels(
            (
                Box((areas[a.area],)),
                cells(a.text, years_text(a.years), tuple((text, years_text(years)) for text, years in a.bullets)),
            )
            for a in self.spec.actions
        )
        return self.header("suggested_actions"), (0.15, 0.7, 0.15), rows


def with_labels(rows: Iterable[tuple[Box, tuple[Box, ...]]]) -> list[Row]:
    """Rows whose label stands once beside the rows that share it."""
    out: list[Row] = []
    last: Box | None = None
    for label, cells in rows:
        out.append((None if label == last else label, *cells))
        last = label
    return out


def policy_name(policy: Policy) -> str:
    """The policy with its years: ``Harvest Plan (2017–2021)``."""
    if policy.years is None:
        return policy.name
    first, last = policy.years
    return f"{policy.name} ({first if first == last else f'{first}–{last}'})"


def measure_label(measure: Measure, layout: Layout) -> str:
    labels = layout.wording.labor if measure.domain == "labor" else layout.wording.criminal
    return labels[measure.metric]
