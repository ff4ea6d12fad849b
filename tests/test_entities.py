"""What a chapter's tables teach the tagger of names, and where it says that they stand; on invented chapters."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.names import tagger
from extractors.names.tagger import tag
from tests.arvenia_names import PLACE, Tables, arvenia, canonical, found, prose, rows


def test_a_table_teaches_names_that_have_no_telling_word() -> None:
    assert ("AGENCY", "Tide Guard") in found(arvenia())
    untaught = arvenia() | {"agencies": []}
    assert ("AGENCY", "Tide Guard") not in found(untaught)


def test_name_and_acronym_of_a_cell_are_one_thing_everywhere() -> None:
    tagged = tag(arvenia())
    places = {(row["table"], row["column"], row["text"]) for row in tagged if row["canonical"] == "Tide Guard"}
    assert places >= {
        ("agencies", "agency", "Tide Guard"),
        ("agencies", "agency", "TG"),
        ("agencies", "role", "TG"),
        ("policies", "description", "TG"),
        ("suggested_actions", "action", "Tide Guard"),
    }


def test_a_program_has_the_same_canonical_in_both_its_languages() -> None:
    assert canonical(arvenia(), "Proyecto Farol") == canonical(arvenia(), "Lantern Project") == "Lantern Project"


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("MWG’s National Kelp Fund", {"National Kelp Fund"}),
        ("The Kelp Harvest Registry", {"Kelp Harvest Registry"}),
        (
            "Ministry of Kelp Programs - Reef Scheme (RS), Marealta and Netline",
            {"Reef Scheme", "RS", "Marealta", "Netline"},
        ),
        (
            "Better Use of Reefs for Youth (BURY) Through Good Nets",
            {"Better Use of Reefs for Youth (BURY) Through Good Nets", "Better Use of Reefs for Youth", "BURY"},
        ),
    ],
)
def test_parts_of_a_cell_are_names(cell: str, names: set[str]) -> None:
    tables: Tables = {"programs": rows(cell, column="program")}
    assert names <= {text for label, text in found(tables) if label == "PROGRAM"}


@pytest.mark.parametrize("cell", ["USDOL-Funded Projects", "Awareness Raising Activities", "Programs to Assist Divers"])
def test_a_row_for_several_programs_is_no_program(cell: str) -> None:
    assert not any(label == "PROGRAM" for label, _ in found({"programs": rows(cell, column="program")}))


def test_projects_listed_in_a_description_are_programs() -> None:
    text = (
        "USDOL projects in Arvenia. These projects include Weaving Safer Nets for Young Divers (WEAVE), a $2 million, "
        "4-year project implemented by Reed International; and From Shore to School: A Path for Gatherers, implemented "
        "by ILO."
    )
    tagged = found({"programs": rows("USDOL-Funded Projects", column="program", description=text)})
    programs = {text for label, text in tagged if label == "PROGRAM"}
    assert programs == {"Weaving Safer Nets for Young Divers", "WEAVE", "From Shore to School: A Path for Gatherers"}


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        (
            "Includes the Kelp School Program, Tide Fund, and Net Scheme.",
            {"Kelp School Program", "Tide Fund", "Net Scheme"},
        ),
        (
            "Includes $3 million Better Nets for Divers (2016–2020), and $1 million Safe Reefs as Path (2016–2018).",
            {"Better Nets for Divers", "Safe Reefs as Path"},
        ),
        (
            "The National Program to Teach Divers and the Net Scheme grew.",
            {"National Program to Teach Divers", "Net Scheme"},
        ),
    ],
)
def test_what_a_description_names(text: str, programs: set[str]) -> None:
    tagged = found({"programs": rows("USDOL-Funded Projects", column="program", description=text)})
    assert {text for label, text in tagged if label == "PROGRAM"} == programs


def test_a_law_that_is_nothing_without_its_year() -> None:
    cell = "Article 2 of the Act on Reefs (Act of 2003); Article 3 of the Act of 2003"
    laws = found({"legal_standards": rows(cell, column="legislation")})
    assert laws >= {("LAW", "Act of 2003"), ("LAW", "Article 3 of the Act of 2003")}
    assert ("LAW", "Act") not in laws


def test_guidelines_among_the_laws_are_a_policy() -> None:
    cell = "Ministry of Kelp Guidelines on Young Divers; Section 12 and the Fourth Schedule of the Kelp (General) Rules"
    assert found({"legal_standards": rows(cell, column="legislation")}) >= {
        ("POLICY", "Ministry of Kelp Guidelines on Young Divers"),
        ("LAW", "Section 12 and the Fourth Schedule of the Kelp (General) Rules"),
    }


def test_several_bodies_in_one_cell_are_told_apart() -> None:
    tables: Tables = {"agencies": rows("Quarry Patrol within the Ministry of Stone and Slate (MOSS)", column="agency")}
    assert found(tables) == {("AGENCY", "Quarry Patrol"), ("AGENCY", "Ministry of Stone and Slate"), ("AGENCY", "MOSS")}
    assert canonical(tables, "MOSS") == "Ministry of Stone and Slate"


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Ministry of Kelp— Reef Guards—Tide Bureau", {"Ministry of Kelp", "Reef Guards", "Tide Bureau"}),
        ("National Kelp Committee (NKC) on kelp issues", {"National Kelp Committee", "NKC"}),
        ("Ministry of Kelp, the Family, Women and Children", {"Ministry of Kelp, the Family, Women and Children"}),
        ("Kelp Council (KC) and Task Force on Storms (TFS)", {"Kelp Council", "KC", "Task Force on Storms", "TFS"}),
        ("Reef Police’s (RP) Brigade of Pearls", {"Reef Police", "RP", "Brigade of Pearls"}),
        ("Kelp Units (KUs)/Reef Units (RUs)", {"Kelp Units", "KUs", "Reef Units", "RUs"}),
        ("Reef Police’s Directorate of Pearls (DP)", {"Reef Police", "Directorate of Pearls", "DP"}),
        (
            "Reef Police, the Department of Kelp, and the Tide Board",
            {"Reef Police", "Department of Kelp", "Tide Board"},
        ),
        (
            "Ministry of Kelp’s Office of the Reef General (MOK/RG)",
            {
                "Ministry of Kelp’s Office of the Reef General",
                "Ministry of Kelp",
                "Office of the Reef General",
                "MOK/RG",
            },
        ),
    ],
)
def test_full_names_beside_each_other_in_a_cell(cell: str, names: set[str]) -> None:
    assert found({"agencies": rows(cell, column="agency")}) == {("AGENCY", name) for name in names}


def test_an_acronym_inside_a_program_that_spells_its_head() -> None:
    tables: Tables = {"programs": rows("National Kelp Project (NKP) Scheme", column="program")}
    tables["paragraphs"] = rows("Schools of the NKP grew.")
    things = {row["canonical"] for row in tag(tables) if row["table"] == "paragraphs"}
    assert things == {"National Kelp Project (NKP) Scheme"}


def test_the_years_of_a_program_belong_to_its_row_and_not_to_a_list() -> None:
    listed = "Weaving Nets (2018–2022), $6 million project; Mending Nets in Arvenia (2012–2018), $4 million project."
    tables: Tables = {
        "programs": rows("Reef Grant (2016–2020)", column="program")
        + rows("USDOL-Funded Initiatives", column="program", description=listed)
    }
    programs = {text for label, text in found(tables) if label == "PROGRAM"}
    assert programs == {"Reef Grant (2016–2020)", "Weaving Nets", "Mending Nets in Arvenia"}


def test_a_sentence_can_say_that_a_name_is_a_program() -> None:
    tables: Tables = {
        "programs": rows(
            "Victims Programs", column="program", description="Homes of Kelp is an NGO program that helps."
        )
    }
    assert found(tables) == {("PROGRAM", "Homes of Kelp")}


def test_the_ministry_that_issued_a_decree_is_no_part_of_it() -> None:
    cells = rows("Ministry of Kelp’s (MOK) Decree 118; MOK Decree 118", column="legislation")
    tables: Tables = {"legal_standards": cells, "paragraphs": rows("The Ministry of Kelp (MOK) enforces Decree 118.")}
    assert {text for label, text in found(tables) if label == "LAW"} == {"Decree 118", "MOK Decree 118"}


def test_a_year_before_a_law_of_the_table_belongs_to_the_mention() -> None:
    cells = rows("Articles 3 and 4 of the Prohibition of the Sale of Pearls Law", column="legislation")
    tables: Tables = {
        "legal_standards": cells,
        "paragraphs": rows("The 2010 Prohibition of the Sale of Pearls Law holds."),
    }
    laws = [(row["text"], row["canonical"]) for row in tag(tables) if row["table"] == "paragraphs"]
    assert laws == [("2010 Prohibition of the Sale of Pearls Law", "Prohibition of the Sale of Pearls Law")]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Reef Work Plan and the Reef Work Agenda", {"Reef Work Plan", "Reef Work Agenda"}),
        (
            "Second Kelp Plan (2013–2015) and Third Kelp Plan",
            {"Second Kelp Plan", "Second Kelp Plan (2013–2015)", "Third Kelp Plan"},
        ),
        ("National Kelp Strategy and Action Plan", {"National Kelp Strategy and Action Plan"}),
    ],
)
def test_two_policies_in_one_cell(cell: str, names: set[str]) -> None:
    tables = prose("The Second Kelp Plan grew.", policies=rows(cell, column="policy"))
    assert names <= {text for _, text in found(tables)} <= {*names, "Second Kelp Plan"}


def test_a_remark_in_parentheses_is_no_name() -> None:
    cell = rows("Reef Coordination Center (Operated jointly by the marine police and divers)", column="agency")
    assert found({"agencies": cell}) == {("AGENCY", "Reef Coordination Center")}


def test_a_law_ends_before_what_amended_it() -> None:
    cell = rows("Kelp Act No. 679, as further amended by Decree No. 148", column="legislation")
    assert ("LAW", "Kelp Act No. 679") in found({"legal_standards": cell})


def test_laws_beside_each_other_in_a_cell() -> None:
    cell = rows("Constitution, Kelp Law, Penal Code", column="legislation")
    assert found({"legal_standards": cell}) == {("LAW", law) for law in ("Constitution", "Kelp Law", "Penal Code")}


@pytest.mark.parametrize("cell", ["Hotline"])
def test_what_a_program_cell_does_not_teach(cell: str) -> None:
    tables = prose("The WFP and a Hotline opened.", programs=rows(cell, column="program"))
    assert not [row for row in tag(tables) if row["table"] == "paragraphs"]


def test_rows_say_where_the_name_stands() -> None:
    tables = arvenia()
    for row in tag(tables):
        record = next(r for r in tables[row["table"]] if r["row"] == row["row"])
        assert record[row["column"]][row["start"] : row["end"]] == row["text"]
        assert {key: row[key] for key in PLACE} == PLACE


def test_citations_are_not_swallowed() -> None:
    tables: Tables = {
        "footnotes": rows("Age set by the Kelp Act (42,46-49) and enforced by the Reef Guard Unit.(7, 8)")
    }
    assert found(tables) == {("LAW", "Kelp Act"), ("AGENCY", "Reef Guard Unit")}


def test_treaties_of_the_conventions_table_keep_their_printed_form() -> None:
    tables: Tables = {
        "conventions": rows("ILO C. 182, Worst Forms of Child Labor", column="label"),
        "footnotes": rows("Article 3(d) of ILO C. 182."),
    }
    assert {(row["text"], row["canonical"]) for row in tag(tables)} == {
        ("ILO C. 182, Worst Forms of Child Labor", "ILO C. 182, Worst Forms of Child Labor"),
        ("ILO C. 182", "ILO C. 182, Worst Forms of Child Labor"),
    }


def test_a_source_note_over_several_rows_is_read_once() -> None:
    note = "Understanding Children’s Work Project’s analysis of a survey."
    assert len(tag({"statistics": rows(note, note, note, column="source")})) == 1


def test_summary_paragraphs_are_not_counted_twice() -> None:
    text = "The Kelp Act passed."
    assert len(tag({"documents": rows(text, column="summary"), **prose(text, section="summary")})) == 1


def test_nothing_in_nothing_out() -> None:
    assert tag({}) == []
    assert tag({"paragraphs": [{"row": 1, "text": None}, {"row": 2, "text": ""}, {"row": 3}]}) == []


def test_same_input_same_rows_in_any_order_of_tables() -> None:
    tables = arvenia()
    names = list(tables)
    random.Random(7).shuffle(names)
    assert tag({name: tables[name] for name in names}) == tag(tables)


WORDS = st.sampled_from(
    [
        *(
            "Ministry",
            "of",
            "the",
            "and",
            "for",
            "to",
            "in",
            "on",
            "Kelp",
            "Act",
            "Plan",
            "(MWG)",
            "(2019–2022)",
            "Guild",
        ),
        *(
            "Commission",
            "’s",
            "'s",
            ",",
            ".",
            ";",
            ":",
            "–",
            "-",
            "/",
            "“",
            "”",
            "Law",
            "that",
            "No.",
            "12",
            "Articles",
        ),
        *("3", "Section", "4(b)", "program", "USDOL", "ILO", "C.", "182", "UN", "CRC", "National", "Police", "II"),
        *("[X (YZ)]", "Operation", "\u00a0", "\u2009", "é", "Ñandú", "3rd", "a"),
    ]
)
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from(["", " "])), max_size=40).map(
    lambda ws: "".join(a + b for a, b in ws)
)


@given(
    st.one_of(TEXTS, st.text(max_size=80)),
    st.sampled_from(["policies", "programs", "agencies", "legal_standards"]),
    TEXTS,
)
def test_offsets_are_true_whatever_the_text(text: str, table: str, cell: str) -> None:
    columns = {"policies": "policy", "programs": "program", "agencies": "agency", "legal_standards": "legislation"}
    tables = prose(text) | {table: rows(cell, column=columns[table])}
    tagged = tag(tables)
    for row in tagged:
        record = next(r for r in tables[row["table"]] if r["row"] == row["row"])
        assert record[row["column"]][row["start"] : row["end"]] == row["text"]
        assert row["text"] == row["text"].strip() != ""
        assert row["canonical"]
    assert tagged == tag(tables)


def test_spacy_is_loaded_only_to_tag() -> None:
    """Loading it takes longer than tagging a chapter, and most of what runs does not tag."""
    script = (
        "import sys, extractors.names.tagger as e; print('spacy' in sys.modules); "
        "e.tag({}); print(*(name in sys.modules for name in ('spacy', 'spacy.cli', 'typer')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "False", "False"], "its commands take a third of the time"


def test_a_text_that_stands_twice_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    docs: list[object] = []
    read = tagger.read
    monkeypatch.setattr(tagger, "read", lambda *given: docs.append(given[-1]) or read(*given))  # type: ignore[func-returns-value]
    tag(prose("The Kelp Act.", policies=rows("Reef Plan", "Reef Plan", column="policy")))
    assert (len(docs), len(set(map(id, docs)))) == (3, 2)


def test_tagging_a_long_chapter_takes_a_moment() -> None:
    """It takes a tenth of a second of CPU time; a loaded machine needs more."""
    tables = arvenia()
    text = tables["paragraphs"][0]["text"]
    tables["paragraphs"] = rows(*[text] * (60_000 // len(text)), section="enforcement")
    tag(tables)  # loads the pipeline
    began = time.process_time()
    tag(tables)
    assert time.process_time() - began < 1
