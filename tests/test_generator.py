"""The generator of invented chapters: its sample is what it writes now, and its pages look like the report's."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.model import Chapter, Grid, Line, join_lines
from extractors.readers import read_chapter
from tests.generator import DAMAGES, LAYOUTS, SAMPLE, STYLE_2016, STYLE_2019, Damage, Layout, draw_pdf, write_text
from tests.generator.__main__ import write_sample
from tests.generator.compose import Table, Text, compose
from tests.generator.spec import Place, Prose, cited, marked
from tests.generator.type import PLAIN, Face, wrap, wrap_url

RAW = Path(__file__).parent.parent / "raw"
by_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)


def test_the_tracked_sample_is_what_the_generator_writes_now(tmp_path: Path) -> None:
    for written in write_sample(tmp_path):
        assert (RAW / written.name).read_bytes() == written.read_bytes(), "run python -m tests.generator"


@by_layout
def test_the_same_chapter_gives_the_same_bytes(layout: Layout, tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        draw_pdf(SAMPLE, tmp_path / name, layout)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


# ---------------------------------------------------------------------------------------------- the sample is whole


def all_markup() -> list[str]:
    """Every text of the sample that may hold citations."""
    prose = [item.text for section in SAMPLE.sections for item in section.flow if isinstance(item, Prose)]
    entries = [e.name + e.text for e in (*SAMPLE.agencies, *SAMPLE.coordination)]
    others = [p.text for p in SAMPLE.policies] + [p.text for p in SAMPLE.programs]
    others += [a.text for a in SAMPLE.activities] + [n.text for n in SAMPLE.footnotes]
    notes = [n.text for n in SAMPLE.source_notes]
    answers = [a.markup for m in SAMPLE.measures for a in m.answers]
    return [*prose, *entries, *others, *notes, *answers, *(s.legislation for s in SAMPLE.standards)]


def test_the_sample_cites_all_its_references_and_no_others() -> None:
    numbers = {number for text in all_markup() for number in cited(text)}
    assert numbers == set(range(1, len(SAMPLE.references) + 1))


def test_the_sample_announces_every_table_by_its_number() -> None:
    announced = {int(n) for text in all_markup() for n in re.findall(r"Table (\d+)", text)}
    assert announced == set(range(1, len(SAMPLE.tables()) + 1)) == set(range(1, 12))
    places = [item.table for section in SAMPLE.sections for item in section.flow if isinstance(item, Place)]
    assert len(places) == len(set(places))


def test_every_note_of_the_sample_has_its_marker_in_the_table() -> None:
    tables = {t.key: t for t in compose(SAMPLE, STYLE_2019) if isinstance(t, Table)}
    for note in SAMPLE.footnotes:
        cells = [cell.text for row in tables[note.table].rows for cell in row if cell is not None]
        assert any(note.marker in cell for cell in cells), note
    assert {n.table for n in SAMPLE.footnotes} > {"activities", "legal_standards", "enforcement_labor", "policies"}
    assert any(marked(a.text) for a in SAMPLE.activities)


def test_the_sample_says_that_its_country_is_invented() -> None:
    assert "invented" in SAMPLE.summary
    assert all(".example" in r.url for r in SAMPLE.references if r.url)


# ---------------------------------------------------------------------------------------------- pages


def grids(chapter: Chapter) -> list[Grid]:
    return [block for block in chapter.blocks if isinstance(block, Grid)]


def joined(chapter: Chapter) -> list[tuple[tuple[str, ...], list[tuple[str | None, ...]]]]:
    """The tables on the pages, pieces with one header put together."""
    out: list[tuple[tuple[str, ...], list[tuple[str | None, ...]]]] = []
    for grid in grids(chapter):
        header = tuple(cell.text for cell in grid.header)
        if not out or out[-1][0] != header:
            out.append((header, []))
        out[-1][1].extend(tuple(None if cell is None else cell.text for cell in row) for row in grid.rows)
    return out


@by_layout
def test_the_reader_sees_the_tables_that_were_drawn(layout: Layout, tmp_path: Path) -> None:
    path = tmp_path / "chapter.pdf"
    draw_pdf(SAMPLE, path, layout)
    chapter = read_chapter(path, path.name)
    tables = [t for t in compose(SAMPLE, layout) if isinstance(t, Table)]
    read = joined(chapter)
    assert [header for header, _ in read] == [table.header for table in tables]
    assert len(grids(chapter)) > len(tables), "no table goes on over a page"
    for table, (_, rows) in zip(tables, read, strict=True):
        drawn = [["" if cell is None else cell.text for cell in row[1:]] for row in table.rows]
        assert [["" if cell is None else cell for cell in row[1:]] for row in rows] == drawn, table.key


def test_a_label_beside_several_rows_is_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "chapter.pdf"
    draw_pdf(SAMPLE, path, STYLE_2019)
    actions = grids(read_chapter(path, path.name))[-1]
    labels = [None if row[0] is None else row[0].text for row in actions.rows]
    assert labels[:4] == ["Legal Framework", None, None, "Enforcement"]


def test_a_row_can_be_cut_by_the_end_of_a_page(tmp_path: Path) -> None:
    path = tmp_path / "chapter.pdf"
    spec = replace(SAMPLE, agencies=tuple(replace(a, text=" ".join([a.text] * 9)) for a in SAMPLE.agencies))
    draw_pdf(spec, path, replace(STYLE_2019, cut_rows=True))
    pieces = [g for g in grids(read_chapter(path, path.name)) if g.header[0].text == "Organization/Agency"]
    cut = [g.rows[0] for g in pieces[1:] if g.rows[0][0] is not None and g.rows[0][0].text == ""]
    assert len(pieces) > 1
    assert cut, "no row was cut"


def test_white_text_is_on_the_page_and_unseen(tmp_path: Path) -> None:
    for layout, hidden in ((STYLE_2019, "N/A"), (STYLE_2016, "FINDINGSONTHEWORSTFORMS")):
        path = tmp_path / f"{layout.name}.pdf"
        draw_pdf(SAMPLE, path, layout)
        messages = [issue.message for issue in read_chapter(path, path.name).issues if issue.check == "hidden_text"]
        assert any(hidden in message for message in messages), layout.name


@by_layout
def test_heads_feet_figure_and_columns_stand_where_the_report_has_them(layout: Layout, tmp_path: Path) -> None:
    path = tmp_path / "chapter.pdf"
    draw_pdf(SAMPLE, path, layout)
    chapter = read_chapter(path, path.name)
    zones: dict[str, list[str]] = {}
    for block in chapter.blocks:
        if isinstance(block, Line):
            zones.setdefault(block.zone, []).append(block.text)
    pages = chapter.source.page_count or 0
    assert 6 <= pages <= 8
    assert zones["head"].count("Arvenia") == zones["head"].count("MODERATE ADVANCEMENT") == pages
    assert len(zones["foot"]) == pages
    assert zones["column"][0] == "REFERENCES"
    assert ("figure" in zones) == layout.figure
    assert any(text.endswith(layout.wording.continued) for text in zones["body"])


# ---------------------------------------------------------------------------------------------- raw text


def test_the_raw_text_has_rows_of_tabs_and_a_page_head_inside_a_paragraph(tmp_path: Path) -> None:
    path = tmp_path / "chapter.txt"
    write_text(SAMPLE, path)
    lines = path.read_text(encoding="utf-8").split("\n")
    assert "Labor Inspectorate Funding\t$1,180,000 (33)\t$1,420,000 (17)" in lines
    assert lines.count("MODERATE ADVANCEMENT") == 3
    broken = [lines[at - 2] for at, line in enumerate(lines) if line == "MODERATE ADVANCEMENT"]
    assert any(re.search(r"[a-z,]$", line) for line in broken)
    assert sum(line.startswith("- ") for line in lines) == len(SAMPLE.references)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: f"{damage.kind} {damage.pattern}")
def test_every_damage_hits_the_sample(damage: Damage, tmp_path: Path) -> None:
    sound, damaged = tmp_path / "sound.txt", tmp_path / "damaged.txt"
    write_text(SAMPLE, sound)
    write_text(SAMPLE, damaged, [damage])
    assert sound.read_bytes() != damaged.read_bytes()


# ---------------------------------------------------------------------------------------------- setting type

words = st.lists(
    st.sampled_from(["pit", "boat", "non-state", "2017–2021", "(1,3-6)", "half-built", "$2.5", "Osmer"]),
    min_size=1,
    max_size=40,
)


@given(words, st.floats(60, 300))
@settings(max_examples=15, derandomize=True, database=None)
def test_lines_fit_and_join_to_the_text(parts: list[str], width: float) -> None:
    text, face = " ".join(parts), Face(PLAIN, 9, 10)
    lines = wrap(text, face, width)
    assert join_lines(lines) == text
    assert all(face.width(line) <= width for line in lines)


@given(st.lists(st.sampled_from(["gov", "2019", "a_b", "x" * 60]), min_size=1, max_size=12), st.floats(60, 240))
@settings(max_examples=15, derandomize=True, database=None)
def test_an_address_is_broken_without_loss(parts: list[str], width: float) -> None:
    url, face = "https://" + "-".join(parts) + "/", Face(PLAIN, 8, 9)
    lines = wrap_url(url, face, width, 30)
    assert "".join(lines) == url
    assert all(face.width(line) <= width for line in lines)


def test_citations_are_set_as_the_period_sets_them() -> None:
    by_period = {
        layout.name: next(i.text for i in compose(SAMPLE, layout) if isinstance(i, Text) and "coast road" in i.text)
        for layout in LAYOUTS
    }
    assert "coast road. (1-3) The" in by_period["2019"]
    assert "(2,4,5)" in by_period["2019"]
    assert "coast road.(1-3) The" in by_period["2013"]
    assert "(2, 4, 5)" in by_period["2013"]
