"""Which names of an invented chapter of Arvenia are one thing."""

from __future__ import annotations

import pytest

from extractors.names.aliases import long_form
from extractors.names.tagger import tag
from tests.arvenia_names import canonical, found, prose, rows


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
        ("Labour Law", "Arvenian Labor Law"),
        ("WFCL Registry", "Worst Forms of Child Labor Registry"),
        ("Ministry of Foreign Affairs", "Ministry of Foreign Relations"),
        ("Constitution", "Arvenian Constitution"),
        ("Trafficking in Persons Law", "2012 Anti-Trafficking Law"),
        ("Reef Committee", "National Reef Trade Committee"),
        ("UN Reef Strategy 2018–2022", "United Nations Reef Strategy (2018–2022)"),
        ("Care for Divers Shelter", "Care and Divers Project"),
        ("Penal Code", "Penal Code of the Republic of Peru"),
        ("Penal Code", "Peru Penal Code"),
        ("National Plan to Combat Reef Trade", "National Plan to Combat Reef Trade III"),
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


def test_a_misprinted_acronym_means_the_one_it_resembles() -> None:
    tables = prose("The Ministry of Gender and Kelp (MOGKLP) met. MOGLP staff left, and MOKXP is unknown.")
    assert canonical(tables, "MOGLP") == "Ministry of Gender and Kelp"
    assert "MOKXP" not in {text for _, text in found(tables)}


def test_an_acronym_behind_the_wrong_name_joins_no_two_things() -> None:
    rows_ = rows("Reef and Family Care Agency (RFCA)", "Ministry of Kelp and Nets", column="agency", role="x")
    tables = prose("It met the Ministry of Kelp and Nets, (RFCA), and others.", agencies=rows_)
    assert canonical(tables, "RFCA") == "Reef and Family Care Agency"
    assert canonical(tables, "Ministry of Kelp and Nets") == "Ministry of Kelp and Nets"


def test_an_acronym_inside_a_body_means_it_whole() -> None:
    body = "National Kelp Committee (NKC) on Storms"
    tables = prose("The National Kelp Committee and NKC met.", coordination=rows(body, column="body"))
    assert {row["canonical"] for row in tag(tables) if row["table"] == "paragraphs"} == {body}


def test_an_acronym_in_singular_and_plural() -> None:
    tables = prose("Cases go to Kelp Work Centers (KWCs). A KWC visits farms.")
    assert canonical(tables, "KWC") == "Kelp Work Centers"


def test_names_of_two_rows_of_a_table_are_two_things() -> None:
    bodies = rows("Coast Police", "Coast Road Police", column="agency")
    assert canonical({"agencies": bodies}, "Coast Road Police") == "Coast Road Police"


def test_the_ministry_of_a_regional_government_is_another_thing() -> None:
    region = "Marsh Regional Government Ministry of Kelp"
    tables = prose("The Ministry of Kelp met.", agencies=rows(region, column="agency"))
    assert canonical(tables, "Ministry of Kelp") == "Ministry of Kelp"


@pytest.mark.parametrize(
    "text",
    [
        "The Ministry of Reefs or the Ministry of Coasts met.",
        "The Anti-Reef Trade Unit (ARTU) and the Anti-Reef Smuggling and Trade Unit (ARSTU) met.",
        "The Ministries of Kelp and Tides met. The Ministry of Kelp left.",
        "The Ministry of Kelp and Nets met. The Ministry of Tides and Nets left.",
        "The Reef Division of the Ministry of Kelp (MOK) met. The Ministry of Kelp left.",
    ],
)
def test_names_that_only_resemble_each_other_are_two_things(text: str) -> None:
    assert len({row["canonical"] for row in tag(prose(text)) if len(row["text"]) > 5}) == 2


def test_an_acronym_by_its_letters_alone() -> None:
    tables = prose("The Kelp Monitoring and Reporting System began. The kelp rescue system (KMRS) grew.")
    assert canonical(tables, "KMRS") == "Kelp Monitoring and Reporting System"


def test_a_foreign_name_and_its_acronym_in_one_parenthesis() -> None:
    tables = prose("The Reef Seal (Sello de Algas y Perlas, or SAP) grew.", section="programs")
    assert canonical(tables, "Sello de Algas y Perlas") == canonical(tables, "SAP") == "Reef Seal"


@pytest.mark.parametrize(
    ("text", "alias", "name"),
    [
        ("The Kelp Council (Consejo del Alga, CONALGA) met.", "CONALGA", "Kelp Council"),
        ("The Ministry of Tides (Ministério das Marés – MIMA) met.", "MIMA", "Ministry of Tides"),
        ("The Ministry of Tides (Ministério das Marés – MIMA) met.", "Ministério das Marés", "Ministry of Tides"),
        ("The MOT (Ministry of Tides) met.", "MOT", "Ministry of Tides"),
        ("The Reef Offences (Amendment) Act, 2019 (ROA) passed.", "ROA", "Reef Offences (Amendment) Act"),
        ("The Ministry of Kelp and Nets met. MOKN left.", "MOKN", "Ministry of Kelp and Nets"),
        ("The UN Reef Assistance Framework began; see UNRAF.", "UNRAF", "UN Reef Assistance Framework"),
    ],
)
def test_another_name_and_whose_it_is(text: str, alias: str, name: str) -> None:
    assert canonical(prose(text), alias) == name


def test_what_stands_in_parentheses_may_say_where() -> None:
    assert "Northern Province" not in {text for _, text in found(prose("The Kelp Board (Northern Province) met."))}


def test_the_plan_in_the_row_of_a_plan_is_that_plan() -> None:
    policies = rows("Kelp Plan", "Reef Plan", column="policy", description="It pays for the Plan.")
    short = [row["canonical"] for row in tag({"policies": policies}) if row["text"] == "Plan"]
    assert short == ["Kelp Plan", "Reef Plan"]
