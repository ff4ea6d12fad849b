"""What was put into an invented chapter comes back out of it, whatever the page design, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from extractors import Extraction, extract
from tests.generator import DAMAGES, LAYOUTS, SAMPLE, STYLE_2019, Damage, Layout, draw_pdf, expected, write_text
from tests.generator.raw_text import LOST_NUMBER
from tests.generator.spec import Action, ChapterSpec
from tests.generator.strategies import chapters

Tables = dict[str, list[dict[str, Any]]]

few = settings(
    max_examples=3,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large),
)
by_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)


@by_layout
@given(data=st.data())
@few
def test_a_pdf_gives_back_what_was_put_in(layout: Layout, data: st.DataObject, tmp_path: Path) -> None:
    drawn = replace(layout, cut_rows=data.draw(st.booleans()), repeat_label=data.draw(st.booleans()))
    spec = data.draw(chapters(drawn))
    assert differences(from_pdf(spec, drawn, tmp_path), spec, expected(spec, drawn)) == []


@given(data=st.data())
@few
def test_a_raw_text_gives_back_what_was_put_in_whatever_the_scanner_damaged(
    data: st.DataObject, tmp_path: Path
) -> None:
    spec = data.draw(chapters(STYLE_2019))
    damage = data.draw(st.lists(st.sampled_from(DAMAGES), unique=True))
    assert differences(from_text(spec, damage, tmp_path), spec, expected_of_text(spec, damage)) == []


@by_layout
def test_the_sample_comes_back_from_every_page_design(layout: Layout, tmp_path: Path) -> None:
    assert differences(from_pdf(SAMPLE, layout, tmp_path), SAMPLE, expected(SAMPLE, layout)) == []


@pytest.mark.parametrize("damage", [(), DAMAGES], ids=["clean", "damaged"])
def test_the_sample_comes_back_from_its_raw_text(damage: Sequence[Damage], tmp_path: Path) -> None:
    got = from_text(SAMPLE, damage, tmp_path)
    assert differences(got, SAMPLE, expected_of_text(SAMPLE, damage)) == []


def test_the_sample_has_nothing_to_complain_about() -> None:
    extraction = only(extract(Path(__file__).parent.parent / "raw" / "arvenia-2019.pdf"))
    assert [q["message"] for q in extraction.tables["quality"] if q["severity"] != "info"] == []


def long_rows(spec: ChapterSpec) -> ChapterSpec:
    """Rows so long that some cannot but cross the end of a page."""
    agencies = tuple(replace(a, text=" ".join([a.text] * 6)) for a in spec.agencies)
    return replace(
        spec, agencies=agencies, policies=tuple(replace(p, text=" ".join([p.text] * 5)) for p in spec.policies)
    )


def parts_of_the_country(spec: ChapterSpec) -> ChapterSpec:
    """Two rows for a standard or a measure: the mainland and the isles."""
    standards = [
        replace(
            s,
            territory=where,
            age=s.age if where == "Mainland" else None,
            age_mark="" if where != "Mainland" else s.age_mark,
        )
        for s in spec.standards
        for where in (("Mainland", "Isles of Merrow") if s.status == "Yes" else ("Mainland",))
    ]
    measures = [
        replace(m, territory=where)
        for m in spec.measures
        for where in (("Mainland", "Isles of Merrow") if m.metric == "inspectors" else ("Mainland",))
    ]
    return replace(spec, standards=tuple(standards), measures=tuple(measures))


def lists_of_actions(spec: ChapterSpec) -> ChapterSpec:
    """A lead-in whose bullets share their years, and one whose bullets have years of their own."""
    shared = Action(
        "enforcement",
        "Bring the inspectors nearer to the children by—",
        ((2012, 2019),),
        (
            ("Opening an office in every district;", ()),
            ("Buying boats for the fishing villages of the Lower Osmer.", ()),
        ),
    )
    own = Action(
        "enforcement",
        "Publish for each year—",
        (),
        (
            ("How many farms, pits, and boats were inspected, in which district and in which month;", ((2013, 2019),)),
            ("The penalties imposed; and", ((2015, 2016), (2018, 2019))),
            ("The penalties collected.", ((2019, 2019),)),
        ),
    )
    return replace(spec, actions=(*spec.actions[:3], shared, own, *spec.actions[3:]))


@by_layout
@pytest.mark.parametrize("change", [long_rows, parts_of_the_country, lists_of_actions])
def test_a_hard_chapter_comes_back(
    change: Callable[[ChapterSpec], ChapterSpec], layout: Layout, tmp_path: Path
) -> None:
    spec, drawn = change(SAMPLE), replace(layout, cut_rows=True, repeat_label=False)
    assert differences(from_pdf(spec, drawn, tmp_path), spec, expected(spec, drawn)) == []


@by_layout
def test_every_value_can_be_found_where_its_provenance_says(layout: Layout, tmp_path: Path) -> None:
    """What stands in the source, markers and citations included, holds all words of the value made of it."""
    tables = from_pdf(SAMPLE, layout, tmp_path).tables
    raws: dict[tuple[str, int, str], str] = {}
    for place in tables["provenance"]:
        assert place["page"] >= 1 and place["bbox"], place
        key = (place["table"], place["row"], place["column"])
        raws[key] = f"{raws.get(key, '')} {place['raw']}"
    texts = {"agencies": "role", "policies": "description", "activities": "activity", "suggested_actions": "action"}
    for table, column in texts.items():
        for row in tables[table]:
            words = raws[table, row["row"], column].split()
            missing = [word for word in row[column].split() if not any(word.strip(".,;") in held for held in words)]
            assert missing == [], (table, row["row"])


def test_what_the_notes_of_a_table_cite_is_cited(tmp_path: Path) -> None:
    got = from_pdf(SAMPLE, STYLE_2019, tmp_path).tables["citations"]
    wanted = {cited(row) for row in expected(SAMPLE, STYLE_2019)["citations"]}
    in_notes = {place for place in wanted if place[0] in ("footnotes", "statistics")}
    assert in_notes
    assert in_notes <= {cited(row) for row in got}


# ---------------------------------------------------------------------------------------------- reading and comparing


def from_pdf(spec: ChapterSpec, layout: Layout, folder: Path) -> Extraction:
    path = folder / "chapter.pdf"
    draw_pdf(spec, path, layout)
    return only(extract(path))


def from_text(spec: ChapterSpec, damage: Sequence[Damage], folder: Path) -> Extraction:
    path = folder / "chapter.txt"
    write_text(spec, path, damage)
    return only(extract(path))


def only(extractions: Sequence[Extraction]) -> Extraction:
    assert len(extractions) == 1
    return extractions[0]


def expected_of_text(spec: ChapterSpec, damage: Sequence[Damage]) -> Tables:
    """A raw text has no figure's shares, and may have lost the numbers of some references."""
    tables = expected(spec, STYLE_2019)
    tables["sectors"] = []
    if LOST_NUMBER in damage:
        for row in tables["references"]:
            if row["number"] % LOST_NUMBER.every == 0:
                row["number_source"] = "inferred"
    return tables


def cited(row: dict[str, Any]) -> tuple[str, int, int, bool]:
    return row["table"], row["row"], row["number"], row["resolved"]


def differences(extraction: Extraction, spec: ChapterSpec, wanted: Tables) -> list[str]:
    """Every value that is not as it was put in; rows and citations that are too many or too few."""
    out = []
    if (extraction.doc_id, extraction.iso3, extraction.report_year) != (spec.doc_id, spec.iso3, spec.year):
        out.append(f"read as {extraction.doc_id}")
    for table, rows in wanted.items():
        got = extraction.tables[table]
        if table == "citations":
            had, want = ({cited(r) for r in part} for part in (got, rows))
            out += [f"cited: {c}" for c in sorted(had - want)] + [f"not cited: {c}" for c in sorted(want - had)]
            continue
        if len(got) != len(rows):
            out.append(f"{table}: {len(got)} rows instead of {len(rows)}")
        for had_row, want_row in zip(got, rows, strict=False):
            out += [
                f"{table} {want_row['row']} {column}: {had_row[column]!r} instead of {value!r}"
                for column, value in want_row.items()
                if had_row[column] != value
            ]
    return out
