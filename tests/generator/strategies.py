"""Hypothesis strategies that draw plausible chapters: small ones, in an invented vocabulary."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeVar

from hypothesis import strategies as st

from tests.generator.layout import Layout
from tests.generator.spec import (
    Action,
    Activity,
    Answer,
    ChapterSpec,
    Convention,
    Entry,
    Footnote,
    Markup,
    Measure,
    Place,
    Policy,
    Program,
    Prose,
    Reference,
    Section,
    SourceNote,
    Standard,
    Statistic,
    Subsection,
    Years,
)
from tests.generator.wording import CONVENTIONS

T = TypeVar("T")

NOUNS = [
    "farms",
    "pits",
    "boats",
    "looms",
    "kilns",
    "orchards",
    "quarries",
    "markets",
    "harbors",
    "stables",
    "workshops",
    "ferries",
]
VERBS = ["visit", "inspect", "register", "support", "close", "open", "train", "count", "protect", "assist"]
PLACES = ["Osmer", "Velmora", "Karsel", "Brindal", "Tolvan", "Merrow", "Lindgate", "Ashmere"]
ADJECTIVES = [
    "remote",
    "small",
    "coastal",
    "informal",
    "seasonal",
    "crowded",
    "northern",
    "half-built",
    "low-income",
    "privately-run",
]
BODIES = ["Council", "Bureau", "Directorate", "Committee", "Secretariat", "Inspectorate", "Department"]
ASSESSMENTS = ("Significant Advancement", "Moderate Advancement", "Minimal Advancement", "No Advancement")
REFERENCE_COUNT = 15


@st.composite
def citations(draw: st.DrawFn) -> str:
    """Numbers of references, some of them as a range."""
    first = draw(st.integers(1, REFERENCE_COUNT - 4))
    tail = draw(st.sampled_from(["", f",{first + 2}", f"-{first + 2}", f",{first + 2}-{first + 4}"]))
    return f"{{{first}{tail}}}"


@st.composite
def sentences(draw: st.DrawFn, most: int = 3, cite: bool = True) -> Markup:
    """A few sentences with capitals, full stops, lists and, behind them, citations."""
    out = []
    for _ in range(draw(st.integers(1, most))):
        *first, last = draw(st.lists(st.sampled_from(NOUNS), min_size=1, max_size=4, unique=True))
        listed = f"{', '.join(first)}{',' if len(first) > 1 else ''} and {last}" if first else last
        text = (
            f"Inspectors {draw(st.sampled_from(VERBS))} {draw(st.sampled_from(ADJECTIVES))} {listed} "
            f"in {draw(st.sampled_from(PLACES))}"
        )
        if draw(st.booleans()):
            text += f" and reach {draw(st.integers(2, 99_999)):,} children under age {draw(st.integers(12, 18))}"
        out.append(f"{text}.{' ' + draw(citations()) if cite and draw(st.booleans()) else ''}")
    return " ".join(out)


@st.composite
def names(draw: st.DrawFn, kinds: tuple[str, ...]) -> str:
    """Names of bodies, plans and programs, with an acronym where the wording would give one."""
    place, kind, noun = (draw(st.sampled_from(part)) for part in (PLACES, kinds, NOUNS))
    name = f"{place} {kind} for {noun.capitalize()}"
    letters = "".join(word[0] for word in name.split() if word[0].isupper())
    return f"{name} ({letters})" if draw(st.booleans()) else name


@st.composite
def activities(draw: st.DrawFn) -> tuple[Activity, ...]:
    out = []
    for sector in ("agriculture", "industry", "services", "worst_forms"):
        for _ in range(draw(st.integers(0 if sector == "industry" else 1, 3))):
            nouns = draw(st.lists(st.sampled_from(NOUNS), min_size=1, max_size=5, unique=True))
            listed = ", ".join(noun + draw(st.sampled_from(["", "{†}"])) for noun in nouns)
            out.append(Activity(sector, f"Work on {listed} {draw(citations())}"))
    return tuple(out)


@st.composite
def standards(draw: st.DrawFn, layout: Layout, parted: bool) -> tuple[Standard, ...]:
    out = []
    for code in layout.wording.standards:
        for territory in (
            ("Mainland", "Isles of Merrow") if parted and draw(st.booleans()) else ("Mainland" if parted else "",)
        ):
            status = draw(st.sampled_from(["Yes", "No", "N/A", "Unknown"]))
            law = f"Article {draw(st.integers(1, 99))} of the {draw(st.sampled_from(PLACES))} Act"
            sections = "; ".join([law] * draw(st.integers(1, 3)))
            legislation = f"{sections} {draw(citations())}" if status in ("Yes", "No") else ""
            age = draw(st.integers(12, 18)) if status == "Yes" and "age" in code and "prohibited" not in code else None
            out.append(Standard(code, status, age, legislation, territory))
    return tuple(out)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    kind: Literal["count", "usd", "yes", "no", "unknown", "not_applicable", "blank"] = draw(
        st.sampled_from(["count", "usd", "yes", "no", "unknown", "not_applicable", "blank"])
    )
    if kind == "blank":
        return Answer(kind)
    value = draw(st.integers(0, 5_000_000)) if kind in ("count", "usd") else None
    mark = draw(st.sampled_from(["", "", "‡"]))
    return Answer(kind, value, (draw(st.integers(1, REFERENCE_COUNT)),), mark)


@st.composite
def measures(draw: st.DrawFn, layout: Layout) -> tuple[Measure, ...]:
    out = []
    for metric in layout.wording.labor:
        out.append(Measure("labor", metric, (draw(answers()), draw(answers()))))
    for metric in layout.wording.criminal:
        out.append(Measure("criminal", metric, (draw(answers()), draw(answers()))))
    return tuple(out)


@st.composite
def years(draw: st.DrawFn, last: int) -> Years:
    first = draw(st.integers(last - 8, last))
    if first < last - 4 and draw(st.booleans()):
        return (first, first + 1), (first + 3, last)
    return ((first, last),)


@st.composite
def actions(draw: st.DrawFn, last: int) -> tuple[Action, ...]:
    out = []
    for area in ("legal_framework", "enforcement", "coordination", "government_policies", "social_programs"):
        for _ in range(draw(st.integers(1, 2))):
            text = draw(sentences(1, cite=False)).replace("Inspectors", "Ensure that inspectors")
            out.append(Action(area, text, draw(years(last))))
    return tuple(out)


@st.composite
def references(draw: st.DrawFn) -> tuple[Reference, ...]:
    out = []
    for number in range(REFERENCE_COUNT):
        place = draw(st.sampled_from(PLACES))
        day = draw(st.integers(1, 28))
        kind = draw(st.sampled_from(["reporting", "web", "law", "file"]))
        if kind == "reporting":
            out.append(Reference(f"U.S. Embassy- {place}", "Reporting", f"May {day}, 2018", f"2018-05-{day:02}"))
        elif kind == "web":
            path = "-".join(draw(st.lists(st.sampled_from(NOUNS), min_size=2, max_size=9)))
            url = f"https://www.{place.lower()}.example/reports/2018/{path}-{chr(97 + number)}.html"
            out.append(
                Reference(f"{place} Institute", f"The {path.split('-')[0].capitalize()} Survey", "2018", "2018", url)
            )
        elif kind == "law":
            law = f"{place} Act, No. {number + 2}"
            date = (f"March {day}, 2004", f"2004-03-{day:02}")
            out.append(Reference("Government of Arvenia", law, *date, on_file=True, enacted=True))
        else:
            out.append(Reference("Government of Arvenia", f"Letter from {place}", "June 2017", "2017-06", on_file=True))
    return tuple(out)


def some(strategy: st.SearchStrategy[T], least: int, most: int) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


@st.composite
def chapters(draw: st.DrawFn, layout: Layout) -> ChapterSpec:
    """A chapter that a report of this layout could hold; its tables are numbered and announced as they stand."""
    year = int(layout.years[:4])
    assessment = draw(st.sampled_from(ASSESSMENTS))
    said = draw(sentences(4, cite=False))
    article = "" if assessment.startswith("No") else "a "
    spec = ChapterSpec(
        year=year,
        assessment=assessment,
        summary=(
            f"In {year}, Arvenia made {article}{assessment.lower()} in efforts to eliminate the worst forms "
            f"of child labor. {said}"
        ),
        sections=(),
        statistics=(
            Statistic("working", f"{draw(st.integers(0, 999)) / 10}", (5, 14), draw(st.integers(100, 9_999_999))),
            Statistic("attending_school", f"{draw(st.integers(0, 999)) / 10}", (5, 14)),
            Statistic("combining_work_and_school", f"{draw(st.integers(0, 999)) / 10}", (7, 14)),
            Statistic("primary_completion_rate", f"{draw(st.integers(400, 1100)) / 10}"),
        ),
        source_notes=(
            SourceNote(
                "primary_completion_rate", "Data from 2012, published by UNESCO Institute for Statistics, 2014. {1}"
            ),
            SourceNote("other", "Analysis of the Arvenian Household Survey, 2011. {2}"),
        ),
        sectors=(("agriculture", "61.5"), ("industry", "12.4"), ("services", "26.1")),
        activities=draw(activities()),
        conventions=tuple(Convention(code, draw(st.booleans())) for code in CONVENTIONS),
        standards=draw(standards(layout, draw(st.booleans()))),
        agencies=draw(some(st.builds(Entry, names(tuple(BODIES)), sentences(9)), 1, 3)),
        measures=draw(measures(layout)) if layout.wording.heads or layout.figure else (),
        coordination=draw(some(st.builds(Entry, names(tuple(BODIES)), sentences(4)), 1, 2)),
        policies=draw(some(policies(year), 1, 3)),
        programs=draw(some(st.builds(Program, names(("Program", "Project")), sentences(4), st.booleans()), 1, 3)),
        actions=draw(actions(year)),
        references=draw(references()),
    )
    return with_notes(with_sections(spec, draw(some(sentences(4), 8, 8))))


def policies(year: int) -> st.SearchStrategy[Policy]:
    spans = st.none() | st.tuples(st.integers(year - 6, year), st.integers(year + 1, year + 5))
    return st.builds(Policy, names(("Plan", "Strategy", "Roadmap")), sentences(4), spans, st.booleans())


def with_sections(spec: ChapterSpec, prose: tuple[Markup, ...]) -> ChapterSpec:
    """The seven sections, each table announced by its number in the paragraph before it."""
    number = 0
    texts = iter(prose)
    sections = []
    plan: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("prevalence", ("statistics", "activities")),
        ("legal_framework", ("conventions", "legal_standards")),
        ("enforcement", ("agencies", *(("labor", "criminal") if spec.measures else ()))),
        ("coordination", ("coordination",)),
        ("policies", ("policies",)),
        ("programs", ("programs",)),
        ("suggested_actions", ("suggested_actions",)),
    )
    for code, tables in plan:
        flow: list[Prose | Subsection | Place] = []
        for table in tables:
            number += 1
            if table in ("labor", "criminal"):
                flow.append(Subsection(table))
                table = f"enforcement_{table}"
            flow += [Prose(f"Arvenia gives an account of this below (Table {number})."), Place(table)]
        if code != "suggested_actions":
            flow.append(Prose(next(texts)))
        sections.append(Section(code, tuple(flow)))
    return replace(spec, sections=tuple(sections))


def with_notes(spec: ChapterSpec) -> ChapterSpec:
    """The notes to the markers that the tables bear."""
    notes = [Footnote("activities", "‡", "Child labor understood as the worst forms of child labor per se.")]
    if any("{†}" in a.text for a in spec.activities):
        notes.insert(0, Footnote("activities", "†", "Determined by national law or regulation as hazardous work."))
    for domain in ("labor", "criminal"):
        if any(a.mark for m in spec.measures if m.domain == domain for a in m.answers):
            notes.append(Footnote(f"enforcement_{domain}", "‡", "Data are for a part of the year only. {3}"))
    if any(p.new for p in spec.policies):
        notes.append(Footnote("policies", "†", "Policy was approved during the reporting period."))
    if any(p.funded for p in spec.programs):
        notes.append(Footnote("programs", "†", "Program is funded by the Government of Arvenia."))
    return replace(spec, footnotes=tuple(notes))
