"""Which names of an invented chapter of Arvenia are one thing."""

from __future__ import annotations

import pytest

from extractors.names.aliases import long_form
from extractors.names.tagger import tag
from tests.arvenia_names import arvenia, canonical, found, prose, rows


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
        ("Ministry of Divers", "Ministry of Divers, Social Care and the Promotion of Kelp"),
        ("Penal Code", "Penal Code of the Republic of Peru"),
        ("Penal Code", "Peru Penal Code"),
        ("Tidewise Framework", "Tidewise National Policy and Program Framework for Divers"),
        ("National Plan to Combat Reef Trade", "National Plan to Combat Reef Trade III"),
        ("Regional Action Plan", "UNO Regional Action Plan for Divers"),
        (
            "Protection of Divers Against Storms, Sharks, Nets, Reefs and Tides Act",
            "Protection of Divers Against Spring Storms, Sharks, Nets, Reefs and Tides Act",
        ),
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


@pytest.mark.parametrize(
    "text",
    [
        "In May, the Ministry of Reefs (MOR) became the Ministry of Coasts (MOC).",
        "The Ministry of Reefs (formerly Ministry of Coasts) met.",
        "The Ministry of Reefs, previously known as the Ministry of Coasts, met.",
        "The MWG Regional Centers for Kelp Work, or Kelp Work Centers (KWCs), met.",
        "The Ministry of Tide Care, Divers, and Nets met. The Ministry of Divers, Boats, and Nets left.",
    ],
)
def test_two_names_that_a_text_joins(text: str) -> None:
    assert len({row["canonical"] for row in tag(prose(text)) if row["label"] == "AGENCY"}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "The Ministry of Reefs or the Ministry of Coasts met.",
        "The Anti-Reef Trade Unit (ARTU) and the Anti-Reef Smuggling and Trade Unit (ARSTU) met.",
        "The Ministries of Kelp and Tides met. The Ministry of Kelp left.",
        "The Ministry of Kelp and Nets met. The Ministry of Tides and Nets left.",
        "The Reef Division of the Ministry of Kelp (MOK) met. The Ministry of Kelp left.",
        "The KRG Ministry of Kelp (KMOK) met. The Ministry of Kelp left.",
    ],
)
def test_names_that_only_resemble_each_other_are_two_things(text: str) -> None:
    assert len({row["canonical"] for row in tag(prose(text)) if len(row["text"]) > 5}) == 2


def test_number_and_title_of_a_law_of_one_year() -> None:
    laws = rows("Articles 1 and 8 of Law 2014-040", column="legislation")
    tables = prose("It trained divers on the new Reef Trade Law enacted in 2014.", legal_standards=laws)
    assert canonical(tables, "Law 2014-040") == "Reef Trade Law"
    two = rows("Articles 1 and 8 of Law 2014-040; Law 2014-041", column="legislation")
    assert canonical({**tables, "legal_standards": two}, "Law 2014-040") == "Law 2014-040"
    passed = prose(
        "The government passed the Law on Pearls.", legal_standards=rows("Law No. 7/2019", column="legislation")
    )
    assert canonical(passed, "Law No. 7/2019") == "Law on Pearls"


def test_a_body_called_by_its_owner_and_its_acronym() -> None:
    agencies = rows("Reef Police Pearls and Nets Brigade (RPNB)", column="agency")
    tables = prose("The Reef Police RPNB met.", agencies=agencies)
    assert canonical(tables, "Reef Police RPNB") == "Reef Police Pearls and Nets Brigade"


def test_an_acronym_by_its_letters_alone() -> None:
    tables = prose("The Kelp Monitoring and Reporting System began. The kelp rescue system (KMRS) grew.")
    assert canonical(tables, "KMRS") == "Kelp Monitoring and Reporting System"


def test_a_foreign_name_and_its_acronym_in_one_parenthesis() -> None:
    tables = prose("The Reef Seal (Sello de Algas y Perlas, or SAP) grew.", section="programs")
    assert canonical(tables, "Sello de Algas y Perlas") == canonical(tables, "SAP") == "Reef Seal"


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


@pytest.mark.parametrize(
    ("text", "alias", "name"),
    [
        ("The Kelp Council (Consejo del Alga, CONALGA) met.", "CONALGA", "Kelp Council"),
        ("The Ministry of Tides (Ministério das Marés – MIMA) met.", "MIMA", "Ministry of Tides"),
        ("The Ministry of Tides (Ministério das Marés – MIMA) met.", "Ministério das Marés", "Ministry of Tides"),
        ("The Quick Action Teams (Sagip Alga – QB QAT) met. QB QATs left.", "QB QATs", "Quick Action Teams"),
        ("The Kelp Police Brigade (Minors’ Brigade) met.", "Minors’ Brigade", "Kelp Police Brigade"),
        ("The Agency for Kelp Care, known as NAKC, met.", "NAKC", "Agency for Kelp Care"),
        ("The MOT (Ministry of Tides) met.", "MOT", "Ministry of Tides"),
        ("The Ministry of Kelp and Nets met. MOKN left.", "MOKN", "Ministry of Kelp and Nets"),
        ("The UN Reef Assistance Framework began; see UNRAF.", "UNRAF", "UN Reef Assistance Framework"),
        ("The Plan of Urgent Measures (“Roadmap”) began.", "Roadmap", "Plan of Urgent Measures"),
        (
            "The Kelp Police (KEP) met. The KEP’s Women and Children’s Protection Center and KEP-WCPC left.",
            "KEP-WCPC",
            "Women and Children’s Protection Center",
        ),
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
