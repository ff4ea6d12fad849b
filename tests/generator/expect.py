"""What a run must give back for an invented chapter: the contract's rows, from the chapter alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tests.generator.compose import measure_label, policy_name
from tests.generator.layout import Layout
from tests.generator.spec import (
    Action,
    ChapterSpec,
    Markup,
    Measure,
    Prose,
    Subsection,
    cited,
    marked,
    plain,
    printed,
    years_text,
)
from tests.generator.type import BULLET
from tests.generator.wording import SECTORS

Rows = list[dict[str, Any]]

CONTRACT_TABLE = {"enforcement_labor": "enforcement", "enforcement_criminal": "enforcement"}
"""Table key of a chapter -> table of the contract, where they differ."""


def expected(spec: ChapterSpec, layout: Layout) -> dict[str, Rows]:
    """The rows of every table that the chapter determines, in printed order, with ``row`` counted from 1.

    Left out are the columns of place (page, box, line), the tables ``provenance`` and ``quality``, and ``entities``,
    which are judged by their own tests.
    """
    told: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
        *documents(spec),
        *paragraphs(spec, layout),
        *statistics(spec, layout),
        *(("sectors", {"sector": sector, "percent": float(percent)}, ()) for sector, percent in sectors(spec, layout)),
        *activities(spec),
        *(("conventions", {"convention": c.code, "ratified": c.ratified}, ()) for c in spec.conventions),
        *standards(spec),
        *(
            ("agencies", {"agency": plain(e.name), "role": plain(e.text)}, cited(e.name + e.text))
            for e in spec.agencies
        ),
        *enforcement(spec, layout),
        *(
            ("coordination", {"body": plain(e.name), "role": plain(e.text)}, cited(e.name + e.text))
            for e in spec.coordination
        ),
        *policies(spec),
        *(
            (
                "programs",
                {"program": plain(p.name), "description": plain(p.text), "government_funded": p.funded},
                cited(p.name + p.text),
            )
            for p in spec.programs
        ),
        *actions(spec),
        *references(spec),
        *footnotes(spec, layout),
        *other_table(spec),
    ]
    tables: dict[str, Rows] = {"citations": []}
    for table, values, numbers in told:
        rows = tables.setdefault(table, [])
        rows.append({"row": len(rows) + 1, **values})
        for number in numbers:
            known = 1 <= number <= len(spec.references)
            tables["citations"].append({"table": table, "row": len(rows), "number": number, "resolved": known})
    return tables


Told = Iterator[tuple[str, dict[str, Any], tuple[int, ...]]]


def documents(spec: ChapterSpec) -> Told:
    values = {
        "country": spec.country,
        "assessment": spec.assessment,
        "assessment_note": "",
        "summary": plain(spec.summary),
    }
    yield "documents", values, ()


def paragraphs(spec: ChapterSpec, layout: Layout) -> Told:
    yield "paragraphs", {"section": "summary", "subsection": "", "text": plain(spec.summary)}, cited(spec.summary)
    for section in spec.sections:
        subsection = ""
        for item in section.flow:
            if isinstance(item, Subsection):
                subsection = layout.wording.subsections[item.key]
            elif isinstance(item, Prose):
                values = {"section": section.code, "subsection": subsection, "text": plain(item.text)}
                yield "paragraphs", values, cited(item.text)


def statistics(spec: ChapterSpec, layout: Layout) -> Told:
    wording = layout.wording
    notes = {
        note.covers: f"{wording.source_other if note.covers == 'other' else wording.source_named}: {plain(note.text)}"
        for note in spec.source_notes
    }
    numbers = {note.covers: cited(note.text) for note in spec.source_notes}
    above: tuple[int | None, int | None] = (None, None)
    for s in spec.statistics:
        covers = s.indicator if s.indicator in notes else "other"
        above = above if s.subgroup else s.ages or (None, None)
        low, high = above
        values = {
            "indicator": s.indicator,
            "subgroup": s.subgroup,
            "age_min": low,
            "age_max": high,
            "percent": float(s.percent) if s.percent else None,
            "population": s.population,
            "source": notes.get(covers, ""),
        }
        yield "statistics", values, numbers.get(covers, ())


def sectors(spec: ChapterSpec, layout: Layout) -> Iterable[tuple[str, str]]:
    return spec.sectors if layout.figure and "statistics" in spec.tables() else ()


def activities(spec: ChapterSpec) -> Told:
    for a in spec.activities:
        marks = marked(a.text)
        values = {
            "sector": SECTORS[a.sector],
            "activity": plain(a.text),
            "hazardous": "†" in marks,
            "limited_evidence": "*" in marks,
        }
        yield "activities", values, cited(a.text)


def standards(spec: ChapterSpec) -> Told:
    for s in spec.standards:
        values = {
            "standard": s.code,
            "territory": s.territory,
            "status": s.status,
            "age": s.age,
            "legislation": plain(s.legislation),
        }
        yield "legal_standards", values, cited(s.legislation)


def enforcement(spec: ChapterSpec, layout: Layout) -> Told:
    for domain in ("labor", "criminal"):
        for m in spec.measures:
            if m.domain == domain:
                yield from measure(m, spec, layout)


def measure(m: Measure, spec: ChapterSpec, layout: Layout) -> Told:
    notes = {n.marker: n for n in spec.footnotes if n.table == f"enforcement_{m.domain}"}
    units = {"count": "count", "usd": "usd", "yes": "yes_no", "no": "yes_no"}
    numbers = {"yes": 1, "no": 0}
    statuses = {"unknown": "unknown", "not_applicable": "not_applicable", "blank": "blank"}
    for year, a in zip((spec.year - 1, spec.year), m.answers, strict=True):
        note = notes.get(a.mark)
        values = {
            "domain": m.domain,
            "metric": m.metric,
            "label": measure_label(m, layout),
            "territory": m.territory,
            "year": year,
            "raw": a.raw,
            "status": statuses.get(a.kind, "reported"),
            "value": numbers.get(a.kind, a.value),
            "unit": units.get(a.kind, ""),
            "note": plain(note.text) if note else "",
        }
        yield "enforcement", values, a.cites


def policies(spec: ChapterSpec) -> Told:
    for p in spec.policies:
        first, last = p.years or (None, None)
        values = {
            "policy": policy_name(p),
            "description": plain(p.text),
            "year_start": first,
            "year_end": last,
            "new": p.new,
        }
        yield "policies", values, cited(p.name + p.text)


def actions(spec: ChapterSpec) -> Told:
    for a in spec.actions:
        for text, years in single_actions(a):
            values = {
                "area": a.area,
                "action": text,
                "years": years_text(years, "-").replace(", ", ","),
                "first_year": min(first for first, _ in years),
                "last_year": max(last for _, last in years),
            }
            yield "suggested_actions", values, ()


def single_actions(action: Action) -> Iterator[tuple[str, tuple[tuple[int, int], ...]]]:
    """Every bullet that has years of its own is an action; bullets that share their years stay one, as printed."""
    if action.years:
        yield " ".join([action.text, *(f"{BULLET}{text}" for text, _ in action.bullets)]), action.years
    else:
        yield from ((f"{action.text} {text}", years) for text, years in action.bullets)


def references(spec: ChapterSpec) -> Told:
    for number, r in enumerate(spec.references, start=1):
        values = {
            "number": number,
            "text": r.text,
            "author": r.author,
            "title": r.title,
            "date": r.date,
            "date_iso": r.date_iso,
            "url": r.url,
            "on_file": r.on_file,
            "number_source": "printed",
        }
        yield "references", values, ()


def footnotes(spec: ChapterSpec, layout: Layout) -> Told:
    for table in spec.tables():
        for n in spec.footnotes:
            if n.table == table:
                name = CONTRACT_TABLE.get(table, table)
                values = {"table": name, "marker": n.marker, "text": say(n.text, layout), "anchored": n.anchored}
                yield "footnotes", values, cited(n.text)


def other_table(spec: ChapterSpec) -> Told:
    if spec.other and "other" in spec.tables():
        number = spec.tables().index("other") + 1
        for at, row in enumerate(spec.other.rows, start=1):
            for head, text in zip(spec.other.header, row, strict=True):
                values = {"title": f"Table {number}. {spec.other.title}", "table_number": 1, "table_row": at}
                yield "other_tables", {**values, "column": head, "text": text}, ()


def say(markup: Markup, layout: Layout) -> str:
    return printed(markup, layout.comma, layout.after_stop)
