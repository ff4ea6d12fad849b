"""The tagger of names, on chapters of Arvenia: a country, and agencies, laws and programs in it, that do not exist."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.aliases import long_form
from extractors.entities import tag

Tables = dict[str, list[dict[str, Any]]]
Tagged = set[tuple[str, str]]

PLACE = {"doc_id": "xav-2019", "iso3": "XAV", "report_year": 2019, "page": 3, "bbox": "1,2,3,4", "line": None}


def rows(*texts: str, column: str = "text", **more: Any) -> list[dict[str, Any]]:
    return [{**PLACE, "row": i, column: text, **more} for i, text in enumerate(texts, 1)]


def prose(text: str, section: str = "enforcement", **tables: list[dict[str, Any]]) -> Tables:
    return {"paragraphs": rows(text, section=section), **tables}


def found(tables: Tables) -> Tagged:
    return {(row["label"], row["text"]) for row in tag(tables)}


def canonical(tables: Tables, form: str) -> str:
    return next(str(row["canonical"]) for row in tag(tables) if row["text"] == form)


def arvenia() -> Tables:
    """A chapter with names in every table and in prose."""
    return {
        "paragraphs": rows(
            "In 2019, the Ministry of Work and Guilds (MWG) renewed the National Plan to End Quarry Work (2019–2023), "
            "and MWG's inspectors met the Tide Guard's anti-smuggling team. The MWG also applied the Guild Act.",
            "The Lantern Project, which ended, was part of Operation Heron in the Marsh Quarter.",
            section="enforcement",
        ),
        "agencies": [
            {**PLACE, "row": 1, "agency": "Ministry of Work and Guilds (MWG)", "role": "Leads the Tide Guard (TG)."},
            {**PLACE, "row": 2, "agency": "Tide Guard (TG)", "role": "Works with the MWG."},
        ],
        "legal_standards": rows(
            "Articles 4, 5, and 9–11 of the Guild Act; Article 2 of the Constitution", column="legislation"
        ),
        "policies": rows("National Plan to End Quarry Work (2019–2023)", column="policy", description="Led by TG."),
        "programs": rows(
            "Lantern Project (Proyecto Farol)", column="program", description="Proyecto Farol feeds 90 schools."
        ),
        "suggested_actions": rows("Ensure that the Tide Guard enforces the Guild Act.", column="action"),
        "footnotes": rows("Relevant to Article 3(d) of ILO C. 182. (4,5)"),
    }


# ---------------------------------------------------------------- what the tables teach


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
        (
            "Reed School (Escuela Junco): Learning by the River",
            {"Reed School", "Escuela Junco", "Learning by the River"},
        ),
        ("MWG’s National Kelp Fund", {"National Kelp Fund"}),
        ("The Kelp Harvest Registry", {"Kelp Harvest Registry"}),
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


def test_several_bodies_in_one_cell_are_told_apart() -> None:
    tables: Tables = {"agencies": rows("Quarry Patrol within the Ministry of Stone and Slate (MOSS)", column="agency")}
    assert found(tables) == {("AGENCY", "Quarry Patrol"), ("AGENCY", "Ministry of Stone and Slate"), ("AGENCY", "MOSS")}
    assert canonical(tables, "MOSS") == "Ministry of Stone and Slate"


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        (
            "Ministry of the Kelp and Prosecutor General’s Office",
            {"Ministry of the Kelp", "Prosecutor General’s Office"},
        ),
        ("Ministry of Kelp (MOK) Reef Inspectorate (RI)", {"Ministry of Kelp", "MOK", "Reef Inspectorate", "RI"}),
        ("Ministry of Kelp— Reef Guards—Tide Bureau", {"Ministry of Kelp", "Reef Guards", "Tide Bureau"}),
        ("District-level courts", set()),
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


def test_a_system_among_the_bodies_is_a_program() -> None:
    tables: Tables = {"coordination": rows("Kelp Monitoring System (KMS)", column="body", role="Report to KMS.")}
    assert found(tables) == {("PROGRAM", "Kelp Monitoring System"), ("PROGRAM", "KMS")}


def test_the_halves_of_a_policy_are_no_policies() -> None:
    plan = "National Strategy and Action Plan for Divers (2011–2017)"
    assert found({"policies": rows(plan, column="policy")}) == {("POLICY", plan)}
    assert not found({"policies": rows("National Plans of Action on Kelp", column="policy")})


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
    assert len({row["canonical"] for row in tag(tables) if row["label"] == "LAW"}) == 1


def test_a_year_before_a_law_of_the_table_belongs_to_the_mention() -> None:
    cells = rows("Articles 3 and 4 of the Prohibition of the Sale of Pearls Law", column="legislation")
    tables: Tables = {
        "legal_standards": cells,
        "paragraphs": rows("The 2010 Prohibition of the Sale of Pearls Law holds."),
    }
    laws = [(row["text"], row["canonical"]) for row in tag(tables) if row["table"] == "paragraphs"]
    assert laws == [("2010 Prohibition of the Sale of Pearls Law", "Prohibition of the Sale of Pearls Law")]


def test_laws_beside_each_other_in_a_cell() -> None:
    cell = rows("Constitution, Kelp Law, Penal Code", column="legislation")
    assert found({"legal_standards": cell}) == {("LAW", law) for law in ("Constitution", "Kelp Law", "Penal Code")}


def test_an_acronym_inside_a_name_is_not_the_acronym_of_the_whole() -> None:
    tables: Tables = {"policies": rows("Outer Island Districts (OID) Child Care Policy", column="policy")}
    assert ("POLICY", "Outer Island Districts (OID) Child Care Policy") in found(tables)
    assert ("POLICY", "OID") not in found(tables)


def test_the_acronym_of_a_last_part_means_that_part() -> None:
    cells = rows("Diving Unit of the Reef Protection Service (RPS)", "Reef Protection Service", column="agency")
    assert canonical({"agencies": cells, "paragraphs": rows("RPS staff left.")}, "RPS") == "Reef Protection Service"


@pytest.mark.parametrize("cell", ["Support to the World Food Programme (WFP)", "Hotline"])
def test_what_a_program_cell_does_not_teach(cell: str) -> None:
    tables = prose("The WFP and a Hotline opened.", programs=rows(cell, column="program"))
    assert not [row for row in tag(tables) if row["table"] == "paragraphs"]


# ---------------------------------------------------------------- laws


def test_laws_stand_with_and_without_their_articles() -> None:
    laws = {text for label, text in found(arvenia()) if label == "LAW"}
    assert laws == {
        "Articles 4, 5, and 9–11 of the Guild Act",
        "Guild Act",
        "Article 2 of the Constitution",
        "Constitution",
    }
    assert canonical(arvenia(), "Articles 4, 5, and 9–11 of the Guild Act") == "Guild Act"


def test_a_law_from_the_table_may_hold_commas_and_parentheses() -> None:
    law = "Protection of Divers, Gatherers, and Rowers (Amendment) Act"
    assert ("LAW", law) in found({"legal_standards": rows(f"Sections 1 and 2 of the {law}", column="legislation")})


@pytest.mark.parametrize("law", ["Supreme Decree No. 003-2010-MWG", "Law No. 28190", "Decree 349", "Law 27/2007"])
def test_numbered_laws(law: str) -> None:
    assert ("LAW", law) in found(prose(f"The government adopted {law}."))


# ---------------------------------------------------------------- shapes in prose


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("AGENCY", "led by the {Ministry of Kelp, Tides, and Social Care}."),
        ("AGENCY", "the {Ministries of Kelp and Tides} met."),
        ("AGENCY", "the {Ministry of Kelp} in Harbor Town met."),
        ("AGENCY", "the {Prime Minister’s Office} met."),
        ("AGENCY", "Arvenia’s {Ministry of Kelp} met."),
        ("AGENCY", "the KHB’s {Special Reef Unit} met."),
        ("AGENCY", "{Ministry of Kelp}-funded schools opened."),
        ("AGENCY", "the {Anti-Reef Smuggling and Trafficking in Persons Unit} met."),
        ("AGENCY", "the {Reef Service – Girls Diving Unit} met."),
        ("LAW", "it amended the {Law Against the Sale of Pearls}."),
        ("LAW", "drafted Regulations to the {Kelp Act}."),
        ("POLICY", "approved the {2019 Annual Reef Plan}."),
        ("POLICY", "signed an {Action Plan (2019–2020)} with a neighbor."),
        ("POLICY", "adopted a {National Policy to Protect Divers (2019–2030)}."),
        ("PROGRAM", "expanded its {Warm Meals Everywhere} program."),
        ("PROGRAM", "under {Operation Heron} in the Marsh Quarter."),
        ("PROGRAM", "the school meal plan ({Sopa Buena}) grew."),
        ("AGENCY", "the {Ministries of Kelp, Tides}, the Reef Guard Unit, and others met."),
        ("AGENCY", "the {Councils for Divers, Rowers and Weavers, and Women} met."),
        ("AGENCY", "cases go to {Kelp Work Centers} (KWCs)."),
        ("AGENCY", "cases go to the {MWG Regional Centers for Kelp Work}."),
        ("AGENCY", "the KHB’s {Reef Protection Center} met."),
        ("AGENCY", "the {National Anti-Smuggling Director} met."),
        ("AGENCY", "a first reading at the {Assembly} passed."),
        ("AGENCY", "the {Smuggling Division of the National Reef Bureau} met."),
        ("AGENCY", "the {Subcommittee on Divers Affected by Storms} met."),
        ("LAW", "enforces {Reef, Shore, and Kelp Acts}."),
        ("LAW", "ratified the {2014 Constitution}."),
        ("LAW", "under the {2010 Combating Reef Trade law}; half"),
        ("LAW", "passed the {Administrative Instruction on the List of Reefs}."),
        ("LAW", "amended the {Kelp and Tide Act (1980)}."),
        ("LAW", "amended the {Kelp and Tide Act of 1980}."),
        ("LAW", "passed the {Welfare of Divers (Amendment) Act}, which"),
        ("LAW", "under {Chapter 5, Article 28 of the Kelp Act}."),
        ("LAW", "under {Article 22 of Arvenia’s Constitution}."),
        ("POLICY", "aligned with the {Reef Strategy 2018–2022}."),
        ("POLICY", "drafted a {2014–2020 Reef Strategy}."),
        ("POLICY", "the {National Strategy and Action Plan for Divers} ended."),
        ("POLICY", "the {National Plan for the Protection of Kelp and the Prevention of Storms} ended."),
        ("POLICY", "drafted the {Reef Protocol for the Protection of TIP victims} (Protocolo de la Costa)."),
        ("POLICY", "drafted the Reef Protocol for Divers ({Protocolo de la Costa})."),
        ("AGENCY", "the {Reef Board}- and Kelp Board-funded centers."),
        ("AGENCY", "a resolution of the {Cabinet of Divers} No. 132 on kelp."),
        ("PROGRAM", "the {Decent Diving Program} in Arvenia ended."),
        ("PROGRAM", "the {Kelp Allowance} helps."),
        ("PROGRAM", "the {Unified System of Registration of Divers} (USRD) helps."),
        ("PROGRAM", "its campaign on safe diving {Clear Water} (Agua Clara) ended."),
        ("PROGRAM", "its campaign on safe diving Clear Water ({Agua Clara}) ended."),
        ("PROGRAM", "its “{Together for Divers}” awareness campaign ended."),
        ("PROGRAM", "in the {Kelp Compact Dialogue (2017–2021)}, it pledged"),
        ("PROGRAM", "the {Diving in the Marsh Quarter Project} ended."),
        ("PROGRAM", "support from {Building Nets to Counter Storms} (BEST) Program."),
        ("POLICY", "approved the {Guidelines for Rescue during Spring Tides}; launched"),
        ("POLICY", "the {Roadmap for Ending Quarry Work by 2016}, established"),
        ("POLICY", "the {Plan on Inclusive Diving for Children with Disabilities}. In"),
        ("PROGRAM", "a rescue platform called {TIDEX} for divers."),
        ("PROGRAM", "sent to the KHB-run {Marsh Quarter Center}."),
        ("AGENCY", "from the {Ministries of Kelp, Nets and Boats; Tides; and Reef Affairs}. It"),
        ("AGENCY", "officials from the {ministries of Kelp and Divers’ Affairs}. It"),
        ("POLICY", "adopted the {Modern Diving Teaching (MDT) Framework for Rowers and Divers}, the"),
        ("TREATY", "ratified {ILO Convention 182}."),
        ("TREATY", "the {UN CRC Optional Protocol on Armed Conflict} applies."),
    ],
)
def test_shape_of_a_name(label: str, text: str) -> None:
    """The name stands in braces."""
    name = text[text.index("{") + 1 : text.index("}")]
    assert (label, name) in found(prose(text.replace("{", "").replace("}", "")))


def test_names_side_by_side_are_two() -> None:
    tagged = found(prose("The Reef Code and Kelp Code apply; the KHB and National Reef Police met."))
    assert tagged == {("LAW", "Reef Code"), ("LAW", "Kelp Code"), ("AGENCY", "National Reef Police")}


@pytest.mark.parametrize(
    "text",
    [
        "The Government of Arvenia and the Federal Government acted.",
        "Labor Law Enforcement and Criminal Law Enforcement are headings.",
        "In 2019, labor inspectors, judges, and the police met civil society.",
        "Table 4 and Figure 1 give an overview; UNICEF, the ILO, and IOM took part.",
        "The UNESCO Institute for Statistics and the International Labor Organization analyzed it.",
        "The Minister of Kelp spoke on the World Day Against Child Labor.",
        "Government Policies on Child Labor and Social Programs are sections.",
        "Public Policy and Labor Law matter to the government’s programs.",
        "During the year, the NGO Reef Dialogue and the World Congress met.",
        "The Bonded Labor System and a Rehabilitation Center are described.",
    ],
)
def test_what_only_looks_like_a_name_is_none(text: str) -> None:
    assert found(prose(text)) == set()


def test_the_longest_name_wins_and_is_not_cut_into_pieces() -> None:
    tables = prose("The National Council for Divers and Rowers met the National Council.")
    assert [row["text"] for row in tag(tables)] == ["National Council for Divers and Rowers", "National Council"]


def test_hyphens_inside_names() -> None:
    body = "Inter-Agency Council Against Cross-Reef Trafficking"
    assert found(prose(f"the {body}, a USDOL-funded body, met.")) == {("AGENCY", body), ("AGENCY", "USDOL")}


@pytest.mark.parametrize("form", ["Tide Guard", "Tide Guard’s", "Tide Guard's"])
def test_possessives_are_outside_the_name(form: str) -> None:
    tables = prose(f"The {form} boats left.", agencies=rows("Tide Guard", column="agency"))
    assert [row["text"] for row in tag(tables) if row["table"] == "paragraphs"] == ["Tide Guard"]


# ---------------------------------------------------------------- one thing, several forms


def test_an_acronym_that_prose_defines_joins_its_long_form() -> None:
    tables = prose("Free Universal Basic Schooling (FUBS) grew. In 2019, FUBS had no budget.", section="policies")
    assert canonical(tables, "FUBS") == "Free Universal Basic Schooling"


@pytest.mark.parametrize(
    ("before", "acronym", "long"),
    [
        ("like the Free Compulsory Kelp Care", "F-CKC", "Free Compulsory Kelp Care"),
        ("many non-governmental organizations", "NGOs", ""),
        ("a plan of the Kelp Board", "XYZ", ""),
        ("", "AB", ""),
    ],
)
def test_long_form(before: str, acronym: str, long: str) -> None:
    assert long_form(before, acronym) == long


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("Ministry of Work", "Ministry of Work and Guilds"),
        ("National Police", "Arvenian National Police"),
        ("Multi-sectoral Board Against Reef Trade", "Multi-Sector Board Against Reef Trade"),
        ("Reef Guard Units", "Reef Guard Unit"),
        ("Interior Ministry", "Ministry of Internal Affairs"),
        ("National Plan Against Human Trafficking", "National Plan to Combat Trafficking in Persons"),
        ("Reef Police", "Reef Police Force"),
        ("Interagency Committee for the Protection of Divers", "Inter-Institutional Committee to Protect Divers"),
        ("Penal Code", "Integral Penal Code"),
        ("Constitution", "Arvenian Constitution"),
        ("UN Reef Strategy 2018–2022", "United Nations Reef Strategy (2018–2022)"),
        ("Care for Divers Shelter", "Care and Divers Project"),
    ],
)
def test_short_and_variant_forms_share_the_canonical(short: str, full: str) -> None:
    tables = prose(f"The {full} met. Later the {short} met.")
    assert canonical(tables, short) == canonical(tables, full)


def test_a_short_form_of_two_bodies_means_the_one_named_last() -> None:
    tables = prose(
        "The National Board for Divers met the National Board Against Reef Trade. The National Board then voted.",
    )
    assert tag(tables)[-1]["canonical"] == "National Board Against Reef Trade"


def test_the_ministry_of_another_country_is_another_thing() -> None:
    tables = prose("The Ministry of Labor met Ecuador’s Ministry of Labor.")
    assert [(row["text"], row["canonical"]) for row in tag(tables)] == [
        ("Ministry of Labor", "Ministry of Labor"),
        ("Ecuador’s Ministry of Labor", "Ecuador’s Ministry of Labor"),
    ]


def test_laws_of_a_province_and_of_the_country_are_not_joined() -> None:
    tables = prose("The Employment of Divers Act and the North Employment of Divers Act apply.")
    assert {row["canonical"] for row in tag(tables)} == {"Employment of Divers Act", "North Employment of Divers Act"}


def test_a_misprinted_acronym_means_the_one_it_resembles() -> None:
    tables = prose("The Ministry of Gender and Kelp (MOGKLP) met. MOGLP staff left, and MOKXP is unknown.")
    assert canonical(tables, "MOGLP") == "Ministry of Gender and Kelp"
    assert "MOKXP" not in {text for _, text in found(tables)}


def test_an_acronym_inside_a_body_means_it_whole() -> None:
    body = "National Kelp Committee (NKC) on Storms"
    tables = prose("The National Kelp Committee and NKC met.", coordination=rows(body, column="body"))
    assert {row["canonical"] for row in tag(tables) if row["table"] == "paragraphs"} == {body}


def test_an_acronym_in_singular_and_plural() -> None:
    tables = prose("Cases go to Kelp Work Centers (KWCs). A KWC visits farms.")
    assert canonical(tables, "KWC") == "Kelp Work Centers"


def test_the_ministry_of_a_regional_government_is_another_thing() -> None:
    region = "Marsh Regional Government Ministry of Kelp"
    tables = prose("The Ministry of Kelp met.", agencies=rows(region, column="agency"))
    assert canonical(tables, "Ministry of Kelp") == "Ministry of Kelp"


def test_a_general_phrase_points_back_to_a_policy() -> None:
    policies = rows(
        "National Strategy and Action Plan for Divers",
        column="policy",
        description="The Plan ended. Results of the Action Plan, and an Action Plan for rowers.",
    )
    short = [(row["text"], row["canonical"]) for row in tag({"policies": policies}) if row["column"] == "description"]
    full = "National Strategy and Action Plan for Divers"
    assert short == [("Plan", full), ("Action Plan", full)]


def test_a_policy_is_called_by_its_name_with_years() -> None:
    tables = prose("It renewed the National Plan to End Quarry Work.", policies=arvenia()["policies"])
    assert canonical(tables, "National Plan to End Quarry Work") == "National Plan to End Quarry Work (2019–2023)"


def test_a_lone_head_points_back_to_a_policy_and_a_general_word_does_not() -> None:
    policies = rows(
        "Reef Declaration (2010)", column="policy", description="Works under the Declaration. Declaration of war."
    )
    tagged = [row for row in tag({"policies": policies}) if row["text"] == "Declaration"]
    assert [(row["start"], row["canonical"]) for row in tagged] == [(16, "Reef Declaration (2010)")]


# ---------------------------------------------------------------- places


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


@settings(max_examples=150, deadline=None)
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


def test_a_chapter_is_tagged_in_half_a_second() -> None:
    tables = arvenia()
    text = tables["paragraphs"][0]["text"]
    tables["paragraphs"] = rows(*[text] * (60_000 // len(text)), section="enforcement")
    tag(tables)  # loads the pipeline
    began = time.perf_counter()
    tag(tables)
    assert time.perf_counter() - began < 0.5
