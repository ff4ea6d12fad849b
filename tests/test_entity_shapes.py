"""Names by their shape in prose and in legislation cells, on invented sentences of Arvenia."""

from __future__ import annotations

import pytest

from extractors.names.tagger import tag
from tests.arvenia_names import arvenia, canonical, found, prose, rows


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


def test_articles_of_no_law_are_no_law() -> None:
    cell = "Articles 4–5 of the Guild Act; Sections 107-108; Sections 292(B) and (C)"
    assert found({"legal_standards": rows(cell, column="legislation")}) == {
        ("LAW", "Articles 4–5 of the Guild Act"),
        ("LAW", "Guild Act"),
    }


@pytest.mark.parametrize("law", ["Supreme Decree No. 003-2010-MWG", "Law No. 28190", "Decree 349", "Law 27/2007"])
def test_numbered_laws(law: str) -> None:
    assert ("LAW", law) in found(prose(f"The government adopted {law}."))


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
        ("LAW", "it amended the {Law Against the Sale of Pearls}."),
        ("LAW", "drafted {Regulations to the Kelp Act}."),
        ("POLICY", "approved the {2019 Annual Reef Plan}."),
        ("POLICY", "signed an {Action Plan (2019–2020)} with a neighbor."),
        ("POLICY", "adopted a {National Policy to Protect Divers (2019–2030)}."),
        ("PROGRAM", "expanded its {Warm Meals Everywhere} program."),
        ("PROGRAM", "under {Operation Heron} in the Marsh Quarter."),
        ("PROGRAM", "shelter through the {Mareola} scheme helps."),
        (
            "PROGRAM",
            "The {Measurement, Awareness-Raising, and Policy Engagement Project on Child Labor and Forced Labor} MAP16 "
            "ended.",
        ),
        ("AGENCY", "with support from the {Embassy of Japan}, it met."),
        ("AGENCY", "the {Ministry of Labor} in Harbor Town met."),
        ("AGENCY", "the {Commission on Child Labor in Fisheries} met."),
        ("AGENCY", "adopted by the {Undersecretary of Tides}, it began."),
        ("AGENCY", "paid by the {National Coordinator’s Office} in June."),
        ("AGENCY", "the Kelp and Nets Board ({COORDINALGAES}) met."),
        ("LAW", "issued the {Circular on Seasonal Divers No. 2017/6}, and left."),
        ("LAW", "under the {Prohibition of Child Labour from Kelp Farms Act}."),
        ("PROGRAM", "divers call {Helpline No. 011} at night."),
        ("POLICY", "three {Codes of Conduct on Diving} were signed."),
        ("AGENCY", "State-level {Reef Welfare Departments} met."),
        ("AGENCY", "it passed the {Lower House of Parliament} in July."),
        ("LAW", "In addition, The {Tide Safety, Health and Diving Conditions Code, 2019}, is pending."),
        ("PROGRAM", "the school meal plan ({Sopa Buena}) grew."),
        ("AGENCY", "the {Ministries of Kelp, Tides}, the Reef Guard Unit, and others met."),
        ("AGENCY", "the {Councils for Divers, Rowers and Weavers, and Women} met."),
        ("AGENCY", "the {Arvenian Crimes Against Divers Taskforce} met."),
        ("AGENCY", "the {Ministry of Law and Kelp} met."),
        ("AGENCY", "the {ministries of Kelp, Tides, and Nets}, and the Royal Reef Police met."),
        ("AGENCY", "the {Ministries of Kelp, Nets and Tides, Reefs}; and others."),
        ("LAW", "the {Decision of the Council of Divers No. 91} was passed."),
        ("LAW", "amendments to {R.A. No. 9231} and others."),
        ("LAW", "under Article 4 of the {Labor Law} a child may dive."),
        ("LAW", "sent the {Kelp Trade Act} to the Reef Council."),
        ("POLICY", "in the {Reef Development Strategic Plan II} it says."),
        ("POLICY", "under the {National Plan of Action (NPA) for Divers} a reef opened."),
        ("POLICY", "in some {Ministry of Kelp Development Plans} it says."),
        ("PROGRAM", "operates {Hotline 1546} and answers."),
        ("PROGRAM", "calls to its {Allo 1011} hotline rose."),
        ("LAW", "it amended the {Bonded Diving System (Abolition and Control) Act} in May."),
        ("LAW", "enforces the {Tide Safety, Health and Working Hours Code}."),
        ("LAW", "under the {Reef Code} and Article 12 of a draft."),
        ("POLICY", "the {National Reef Plan (NRP) for the Care of Divers} ended."),
        ("POLICY", "drafted the {Work Plan to Protect Divers}."),
        ("AGENCY", "the {Ministry in Charge of Divers Living Abroad} met."),
        ("AGENCY", "the {National Board to Prevent Reef Trade and to Protect Divers} met."),
        ("AGENCY", "the {Task Force Against Reef Trade, Kelp Fraud, and Trafficking in Persons} met."),
        ("PROGRAM", "a case management system called {KELPO} began."),
        ("PROGRAM", "ran the program “{Leave the Reef},” which grew."),
        ("AGENCY", "cases go to {Kelp Work Centers} (KWCs)."),
        ("AGENCY", "cases go to the {MWG Regional Centers for Kelp Work}."),
        ("AGENCY", "the KHB’s {Reef Protection Center} met."),
        ("AGENCY", "a first reading at the {Assembly} passed."),
        ("AGENCY", "the {Smuggling Division of the National Reef Bureau} met."),
        ("AGENCY", "the {Subcommittee on Divers Affected by Storms} met."),
        ("LAW", "ratified the {2014 Constitution}."),
        ("LAW", "passed the {Administrative Instruction on the List of Reefs}."),
        ("LAW", "amended the {Kelp and Tide Act (1980)}."),
        ("LAW", "amended the {Kelp and Tide Act of 1980}."),
        ("LAW", "amended the {Kelp and Tide Act (26.390)}."),
        ("LAW", "amended the {Kelp and Tide Act (847/2019)}."),
        ("AGENCY", "the MOKT/{Tide Inspection Bureau} met."),
        ("AGENCY", "the {Board for the Prevention of Kelp Theft and the Regulation of Tide Work} met."),
        ("POLICY", "the {Plan for the Prevention of Kelp Theft and Regulation of Tide Work} ended."),
        ("LAW", "under {Chapter 5, Article 28 of the Kelp Act}."),
        ("LAW", "under {Article 22 of Arvenia’s Constitution}."),
        ("POLICY", "aligned with the {Reef Strategy 2018–2022}."),
        ("POLICY", "drafted a {2014–2020 Reef Strategy}."),
        ("POLICY", "the {National Plan for the Protection of Kelp and the Prevention of Storms} ended."),
        ("POLICY", "drafted the {Reef Protocol for the Protection of TIP victims} (Protocolo de la Costa)."),
        ("POLICY", "drafted the Reef Protocol for Divers ({Protocolo de la Costa})."),
        ("AGENCY", "the {Reef Board}- and Kelp Board-funded centers."),
        ("AGENCY", "a resolution of the {Cabinet of Divers} No. 132 on kelp."),
        ("PROGRAM", "the {Decent Diving Program} in Arvenia ended."),
        ("PROGRAM", "the {Kelp Allowance} helps."),
        ("PROGRAM", "the {Unified System of Registration of Divers} (USRD) helps."),
        ("PROGRAM", "its “{Together for Divers}” awareness campaign ended."),
        ("PROGRAM", "in the {Kelp Compact Dialogue (2017–2021)}, it pledged"),
        ("PROGRAM", "the {Diving in the Marsh Quarter Project} ended."),
        ("PROGRAM", "support from {Building Nets to Counter Storms} (BEST) Program."),
        ("POLICY", "approved the {Guidelines for Rescue during Spring Tides}; launched"),
        ("POLICY", "the {Roadmap for Ending Quarry Work by 2016}, established"),
        ("POLICY", "the {Plan on Inclusive Diving for Children with Disabilities}. In"),
        ("AGENCY", "from the {Ministries of Kelp, Nets and Boats; Tides; and Reef Affairs}. It"),
        ("AGENCY", "officials from the {ministries of Kelp and Divers’ Affairs}. It"),
        ("TREATY", "ratified {ILO Convention 182}."),
        ("AGENCY", "with the {Arvenian Armed Forces}."),
        ("AGENCY", "the {Inter-Ministerial Working Group} met."),
        ("AGENCY", "the {Ministry of Tidal Administration and Decentralization} met."),
        ("AGENCY", "a police unit ({Unité de Lutte contre les Vols d’Algues})."),
        ("LAW", "Parliament debates the {Divers’ Bill}."),
        ("LAW", "The {Kelp Act, Section 11}, requires it."),
        ("LAW", "The {Kelp Act, Sections 3 and 4(b)}."),
        ("LAW", "{Parts A and B of the Schedule in the Kelp Act} apply."),
        ("LAW", "under {Decree N2007-563}."),
        ("POLICY", "released the {Guide for Diving in Storms}."),
        ("POLICY", "the {Action Plan for Divers of MaQ}. Although the Reef Board met"),
        ("PROGRAM", "the {National Referral Mechanism} helps."),
        ("PROGRAM", "schools joined {Project Silver Heron} early."),
        ("PROGRAM", "its system, {Sistema de Registro de Buzos} (SRB)."),
        ("TREATY", "the {UN CRC Optional Protocol on Armed Conflict} applies."),
        ("AGENCY", "the {Board of Workers with Special Needs} met."),
        ("AGENCY", "the {Task Force on the Protection of Children from Storms and Reefs} met."),
        ("AGENCY", "the {Arvenian National Army} left."),
        ("AGENCY", "the {Arvenian Senate} voted."),
        ("AGENCY", "the {Tidal Police Academy} trains."),
        ("AGENCY", "the {Mobile Inspection Group} met."),
        ("AGENCY", "the {Kelp Coordination Center} met."),
        ("AGENCY", "the {Center for Social Work} met."),
        ("AGENCY", "the {Prime Minister’s Office Communications Center} met."),
        ("AGENCY", "the {Storms and Reef Trade Section of the Public Prosecutor’s Office} met."),
        ("AGENCY", "the {Ministry of Kelp} and NGOs met."),
        ("AGENCY", "the {Directorate of Labor and Social Laws} met."),
        ("AGENCY", "the {Ministries of Kelp, the Interior, Investment and Tides, and Nets and Boats} met."),
        ("AGENCY", "officials of the {ministries of Kelp, Tides, and Reefs} met."),
        ("AGENCY", "the {Comité National de Lutte contre le Varech} met."),
        ("AGENCY", "the {Fiscalía General de la Marea} met."),
        ("LAW", "issued {Circular No. 02, Series of 2010} on kelp."),
        ("LAW", "adopted {Dahir No. 1-03-194} on kelp."),
        ("LAW", "adopted {Law No. 8} on kelp."),
        ("LAW", "adopted {Resolutions 213–215} on kelp."),
        ("LAW", "the {18th Amendment to the Arvenian Constitution} holds."),
        ("LAW", "the {Rules on Kelp Compliance System} hold."),
        ("POLICY", "the {Standard Operating Procedures on Kelp Rescue} were printed."),
        ("POLICY", "signed the {Code of Conduct for Divers}."),
        ("PROGRAM", "the {Bono Marea} helps."),
        ("PROGRAM", "the {Marsh County Child Rescue Center} helps."),
        ("TREATY", "ratified {International Labor Organization Convention 189} on Domestic Workers."),
        ("TREATY", "ratified {ILO C. 189 Concerning Decent Work for Domestic Workers}."),
        ("AGENCY", "In the case of the {Morals Brigade} in the Royal Reef Police Force, cases rose."),
        ("AGENCY", "a grant from the {Marshland Embassy in Arvenia} to build nets."),
        ("LAW", "in Arvenia it is the {Reef Penal Code No. 74} of the marsh."),
        ("LAW", "under {Article 22 Bis of the Kelp Act}."),
        ("LAW", "passed {Law 2007-038 Against Trafficking in Kelp and Nets}, and the President signed."),
        ("LAW", "put into effect its {List of Hazardous Occupations Prohibited to Divers}."),
        ("LAW", "sent the {Reef Trade Act} to Parliament."),
        ("AGENCY", "from the {Ministry of Reef Affairs} to the Tide Guard Unit went reports."),
        ("PROGRAM", "the MWG-funded project {Marealta} assists divers."),
        ("PROGRAM", "a free platform, {Kelp Finder}, on which divers meet."),
    ],
)
def test_shape_of_a_name(label: str, text: str) -> None:
    """The name stands in braces."""
    name = text[text.index("{") + 1 : text.index("}")]
    assert (label, name) in found(prose(text.replace("{", "").replace("}", "")))


def test_a_center_is_what_its_table_is_about() -> None:
    text = "Runs the Living Centers and the Center for the Study of Storms."
    about = {
        table: found({table: rows("x", column="x", **{column: text})})
        for table, column in (("programs", "description"), ("agencies", "role"), ("policies", "description"))
    }
    assert about["programs"] == {("PROGRAM", "Living Centers")}
    assert about["agencies"] == {("AGENCY", "Center for the Study of Storms")}
    assert about["policies"] == set()


def test_a_program_with_its_name_in_another_language() -> None:
    text = "One component, Caring Reef (Arrecife Cariñoso), feeds divers in Marsh Town (Marsh Island County)."
    tables = {"programs": rows("x", column="x", description=text)}
    assert found(tables) >= {("PROGRAM", "Caring Reef"), ("PROGRAM", "Arrecife Cariñoso")}
    assert canonical(tables, "Arrecife Cariñoso") == "Caring Reef"


def test_the_beginning_of_a_name_is_no_part_of_it() -> None:
    name = "National Council for the Prevention of Storms at Reef Schools"
    assert found({"programs": rows(name, column="program")}) == {("PROGRAM", name)}


def test_a_row_that_only_says_police_names_nothing() -> None:
    assert found({"agencies": rows("Police", column="agency", role="The Police and the Reef Police patrol.")}) == {
        ("AGENCY", "Reef Police")
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("As article 4 of the Reef Code says, and sections 5 and 6 of the Reef Code.", "article 4 of the Reef Code"),
        ("The Storm Division for the Protection of Divers met.", "Storm Division for the Protection of Divers"),
        ("It went from the Reef Brigade to NGOs.", "Reef Brigade"),
        ("It was opened by the Prime Minister’s office.", "Prime Minister’s office"),
        (
            "With the Ministries of Tides and Kelp; for the Promotion of Nets; and of Education.",
            "Ministries of Tides and Kelp; for the Promotion of Nets; and of Education",
        ),
        (
            "The Fund for the Care of Reefs and the Appreciation of Divers pays.",
            "Fund for the Care of Reefs and the Appreciation of Divers",
        ),
        ("Runs the 1343 Stormline emergency hotline.", "1343 Stormline"),
        ("Joined the regional REEF4TIP program.", "REEF4TIP"),
        ("With support from the ILO CLEAN Kelp Drying Project.", "CLEAN Kelp Drying Project"),
    ],
)
def test_where_a_name_begins_and_ends(text: str, names: str) -> None:
    assert names in {name for _, name in found(prose(text))}


def test_armed_groups_are_no_agencies() -> None:
    text = (
        "Non-state armed groups, such as the Marsh Liberation Army (MLA), took children. The Arvenian Army freed five."
    )
    assert found(prose(text)) == {("AGENCY", "Arvenian Army")}


def test_bodies_of_one_cell_joined_by_a_dash() -> None:
    tables = {"agencies": rows("Department of Tides - Reef Bureau", column="agency", role="x")}
    assert found(tables) == {("AGENCY", "Department of Tides"), ("AGENCY", "Reef Bureau")}
    listed = {"agencies": rows("Local, Advisory, and District Reef Committees", column="agency", role="x")}
    assert found(listed) == {("AGENCY", "Local, Advisory, and District Reef Committees")}


def test_an_acronym_within_a_name_is_of_what_it_spells() -> None:
    names = {
        "Teaching Reef Children through Lessons (TRCL) Project": {"TRCL", "Teaching Reef Children through Lessons"},
        "Marsh Tribal Islands (MTI) Reef Policy": set(),
    }
    for name, parts in names.items():
        assert {text for _, text in found({"programs": rows(name, column="program")})} == {name, *parts}


def test_another_wording_and_a_slip_of_a_known_name() -> None:
    agencies = rows("National Directorate of Storms (NDOS)", column="agency", role="x")
    tables = prose("The National Directory of Storms met. The NODS agreed.", agencies=agencies)
    assert found(tables) >= {("AGENCY", "National Directory of Storms"), ("AGENCY", "NODS")}


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
        "A Working Group and National Plans are mentioned.",
        "Social media like Facebook helped police officers and Labor inspectors.",
        "They follow a National Action Plan and the Standard Operating Procedures.",
        "Arvenia has not adopted a new National Action Plan to address kelp.",
        "The Kelp Undersecretary and the Economic Commission for Reefs and Tides met.",
        "ILO Conventions and Local Government Unit officers are mentioned.",
        "The UN Population Fund and the International Monetary Fund paid.",
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
