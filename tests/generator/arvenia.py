"""The sample chapter: Arvenia 2019. Country, people, laws, figures and addresses are all invented."""

from __future__ import annotations

from typing import Literal

from tests.generator.arvenia_references import REFERENCES
from tests.generator.spec import (
    Action,
    Activity,
    Answer,
    ChapterSpec,
    Convention,
    Entry,
    Footnote,
    Measure,
    Place,
    Policy,
    Program,
    Prose,
    Section,
    SourceNote,
    Standard,
    Statistic,
    Subsection,
)

SUMMARY = (
    "In 2019, Arvenia made a moderate advancement in efforts to eliminate the worst forms of child labor. Arvenia "
    "is an invented country: it lies on no map, and its chapter was written only to show how a chapter of this "
    "report is read. In that country, Parliament amended the Child Protection Act so that a child can no longer be "
    "sent to work in the amber pits, and the Ministry of Labor and Social Dialogue opened two district offices in "
    "the Karsel Highlands. The government also adopted the Counter-Trafficking Strategy and doubled the number of "
    "shelters for girls. However, children in Arvenia engage in the worst forms of child labor, including in amber "
    "mining and in commercial sexual exploitation. The law still lets children leave school 2 years before they may "
    "work, and the National Labor Inspectorate has too few inspectors to visit farms and fishing villages."
)

SECTIONS = (
    Section(
        "prevalence",
        (
            Prose(
                "Children in Arvenia are found in the worst forms of child labor, above all in amber mining and in "
                "commercial sexual exploitation along the coast road. {1-3} The National Survey of Working Children "
                "of 2017 counted 48,200 children at work; two of every three lived in the Karsel Highlands or in "
                "the Lower Osmer. {4} Boys mostly work on family plots and boats, while girls more often keep other "
                "people’s houses, where no inspector may enter without an order of a court. {2,4,5} Table 1 gives "
                "key figures on children’s work and schooling in Arvenia."
            ),
            Place("statistics"),
            Prose(
                "Table 2 gives an overview of children’s work by sector and activity, drawn from the sources at hand."
            ),
            Place("activities"),
            Prose(
                "Amber is washed out of the cliffs after the autumn storms, and whole families camp beside the pits "
                "for weeks. Children as young as 8 carry wet sand, tend pumps, and crawl into galleries that adults "
                "are too broad to enter; five of them died when a gallery fell in near Brindal in October 2019. "
                "{1,6,7} The traders who buy the amber seldom ask who dug it, and the certificate of origin that "
                "exporters must show since 2018 says nothing about age. {8}"
            ),
            Prose(
                "Girls from the Lower Osmer are recruited for housework in Velmora with the promise of evening "
                "classes. Some of them are never paid, and a study by the Open Door Foundation found that one in "
                "nine was later moved to bars near the harbor. {9,10} Children whose births were not registered, "
                "about 6 percent of those under age 5, cannot sit the final examination of primary school, and many "
                "of them go to work instead. {5,11}"
            ),
        ),
    ),
    Section(
        "legal_framework",
        (
            Prose("Arvenia has ratified most of the key international conventions on child labor (Table 3)."),
            Place("conventions"),
            Prose(
                "The laws and regulations of Arvenia that bear on child labor are listed below (Table 4). Gaps "
                "remain, among them the missing ban on recruitment by armed groups that are not part of the state."
            ),
            Place("legal_standards"),
            Prose(
                "In March 2019, Parliament amended the Child Protection Act. The amendment names amber pits, "
                "gutting lines, and night fishing as places where nobody under age 18 may work, and raises the "
                "highest fine from 2,000 to 15,000 crowns. {12,13} Because schooling is compulsory only until age "
                "14 and hazardous work rules do not reach family farms, children of 14 are neither held in school "
                "nor protected at work. {14,15} The Labor Code also leaves out those who work without a contract, "
                "which is how most children work. {14,16}"
            ),
        ),
    ),
    Section(
        "enforcement",
        (
            Prose(
                "Several agencies share the enforcement of the laws on child labor (Table 5). Their reach ends, "
                "however, where the paved roads end."
            ),
            Place("agencies"),
            Subsection("labor"),
            Prose(
                "In 2019, agencies of labor law enforcement in Arvenia acted against child labor (Table 6). A lack "
                "of vehicles and of inspectors held them back."
            ),
            Place("enforcement_labor"),
            Prose(
                "The National Labor Inspectorate (NLI) employs 61 inspectors for a workforce of about 2.4 million "
                "people. For industrializing economies the ILO recommends a ratio of 1 inspector for every "
                "15,000 workers; Arvenia would need about 160. {17,18} NLI shares nine cars among 14 district "
                "offices, and an inspector who wants to see a fishing village in the Lower Osmer must ask for a "
                "boat a month ahead. {17,19} In June 2019, NLI and the Arvenian National Police (ANP) together "
                "searched the amber pits at Brindal and took 37 children to a shelter; none of the pit owners had "
                "been fined by the end of the year. {6,20}"
            ),
            Subsection("criminal"),
            Prose(
                "In 2019, agencies of criminal law enforcement in Arvenia acted against child labor (Table 7). Few "
                "cases reached a court."
            ),
            Place("enforcement_criminal"),
            Prose(
                "The Office of the Public Prosecutor (OPP) has two prosecutors who know the law on human "
                "trafficking, and both sit in Velmora. {20,21} Police in the districts often treat children who "
                "sell sex as offenders; ANP wrote a rule against this in May 2019 but had not sent it to all "
                "stations by the end of the year. {21,22}"
            ),
        ),
    ),
    Section(
        "coordination",
        (
            Prose(
                "The government has set up bodies that coordinate its work against child labor (Table 8). One of "
                "them did not meet in 2019."
            ),
            Place("coordination"),
        ),
    ),
    Section(
        "policies",
        (
            Prose("The government follows several policies that bear on child labor (Table 9)."),
            Place("policies"),
            Prose(
                "No policy speaks of children who keep house for others, although the survey of 2017 counted 7,300 "
                "of them. {4,23}"
            ),
        ),
    ),
    Section(
        "programs",
        (
            Prose(
                "In 2019, the government paid for or took part in programs that help to end child labor (Table 10). "
                "They do not yet reach the amber coast."
            ),
            Place("programs"),
            Prose(
                "The shelters hold 140 beds, all of them for girls; boys who leave the pits are sent home within a "
                "week, and some of them are back at work within two. {10,24}"
            ),
        ),
    ),
    Section(
        "suggested_actions",
        (
            Prose("From all this follow actions that would help to end child labor in Arvenia (Table 11)."),
            Place("suggested_actions"),
        ),
    ),
)

STATISTICS = (
    Statistic("working", "7.4", (5, 14), 48_200),
    Statistic("attending_school", "91.3", (5, 14)),
    Statistic("combining_work_and_school", "5.9", (7, 14)),
    Statistic("primary_completion_rate", "88.0"),
)
SOURCE_NOTES = (
    SourceNote("primary_completion_rate", "Data from 2018, published by UNESCO Institute for Statistics, 2020. {25}"),
    SourceNote("other", "Analysis of the National Survey of Working Children (NSWC), 2017. {26}"),
)

ACTIVITIES = (
    Activity("agriculture", "Picking hops and apples, and lifting sugar beets {2,4}"),
    Activity(
        "agriculture",
        "Fishing,{†} including night fishing,{†} hauling nets, mending boats, and gutting, salting, and packing "
        "herring{†} {1,4-6}",
    ),
    Activity("agriculture", "Herding goats in the high pastures of the Karsel Highlands {4}"),
    Activity("industry", "Mining{†} amber, carrying wet sand, and working pumps (stationary engines){†} {1,6,7}"),
    Activity("industry", "Making bricks,{†} cutting peat, and dyeing wool {2,8}"),
    Activity("services", "Housework in the homes of others{†} {5,9}"),
    Activity("services", "Street work, including selling flowers, guarding cars, and begging {2,3,10}"),
    Activity("services", "Serving in taverns and harbor kitchens, and collecting scrap{†} {3}"),
    Activity("worst_forms", "Commercial sexual exploitation, sometimes as a result of human trafficking {1,3,9,10}"),
    Activity("worst_forms", "Forced labor in amber mining and in begging {1,6,21}"),
    Activity("worst_forms", "Use in illicit activities, including smuggling cigarettes over the Karsel passes {21,22}"),
)

CONVENTIONS = (
    Convention("ilo_c138", True),
    Convention("ilo_c182", True),
    Convention("un_crc", True),
    Convention("un_crc_armed_conflict", False),
    Convention("un_crc_sale_of_children", True),
    Convention("palermo_protocol", True),
)

STANDARDS = (
    Standard("minimum_age_work", "Yes", 16, "Article 21 of the Labor Code {14}"),
    Standard(
        "minimum_age_hazardous_work",
        "Yes",
        18,
        "Article 23 of the Labor Code; Section 9 of the Child Protection Act {13,14}",
    ),
    Standard(
        "hazardous_work_identified",
        "Yes",
        None,
        "Schedule A of Hazardous Work Order No. 12-2011; Section 9A of the Child Protection Act {13,27}",
    ),
    Standard(
        "forced_labor_prohibited",
        "Yes",
        None,
        "Articles 4 and 18 of the Constitution; Articles 112, 114, and 117–119 of the Penal Code; Section 3 of the "
        "Law on Human Trafficking {28-30}",
    ),
    Standard(
        "child_trafficking_prohibited",
        "Yes",
        None,
        "Sections 2–5 of the Law on Human Trafficking; Article 119 of the Penal Code {29,30}",
    ),
    Standard("commercial_sexual_exploitation_prohibited", "No", None, "Articles 131 and 133(2) of the Penal Code {29}"),
    Standard("illicit_activities_prohibited", "Yes", None, "Section 12 of the Child Protection Act {13}"),
    Standard("minimum_age_voluntary_military", "Yes", 18, "Article 6 of the Military Service Act {31}"),
    Standard("compulsory_military_recruitment_prohibited", "N/A", None, "", mark="*"),
    Standard("non_state_military_recruitment_prohibited", "No"),
    Standard("compulsory_education_age", "No", 14, "Section 5 of the Education Act {15}", age_mark="‡"),
    Standard(
        "free_public_education", "Yes", None, "Article 31 of the Constitution; Section 7 of the Education Act {15,28}"
    ),
)

AGENCIES = (
    Entry(
        "Ministry of Labor and Social Dialogue (MLSD)",
        "Drafts labor law and sets the yearly plan of inspections. {14,17} Keeps a telephone line on which anyone "
        "may report a working child; in 2019 the line received 212 calls about children. {17} Oversees the National "
        "Labor Inspectorate (NLI), which inspects workplaces in all 14 districts and passes cases that involve a "
        "crime to ANP. {17,19} NLI opened offices in Karsel and Brindal in 2019, the first ones in the highlands. "
        "{19}",
    ),
    Entry(
        "Arvenian National Police (ANP)",
        "Investigates crimes against children through its Juvenile Desk, which has 26 officers. {20,21} Takes "
        "children whom it finds at work to the nearest shelter and tells the Children’s Service within 24 hours. "
        "{21}",
    ),
    Entry(
        "Office of the Public Prosecutor (OPP)",
        "Prosecutes cases of human trafficking, forced labor, and sexual exploitation of children. {20}",
    ),
    Entry(
        "Ministry of Family and Health’s Children’s Service",
        "Finds families, foster homes, or places in a shelter for children removed from work. {24} Writes a plan "
        "for each child and visits every child twice in the first half year. {24,32}",
    ),
)


def both(domain: Literal["labor", "criminal"], metric: str, before: Answer, now: Answer) -> Measure:
    return Measure(domain, metric, (before, now))


MEASURES = (
    both("labor", "inspectorate_funding", Answer("usd", 1_180_000, (33,)), Answer("usd", 1_420_000, (17,))),
    both("labor", "inspectors", Answer("count", 58, (33,)), Answer("count", 61, (17,))),
    both("labor", "authorized_to_assess_penalties", Answer("no", None, (33,)), Answer("yes", None, (13,))),
    both("labor", "initial_training", Answer("yes", None, (33,)), Answer("yes", None, (17,))),
    both("labor", "new_law_training", Answer("not_applicable", None, (33,)), Answer("yes", None, (17,))),
    both("labor", "refresher_courses", Answer("no", None, (33,)), Answer("yes", None, (17,))),
    both("labor", "inspections", Answer("count", 4_310, (33,)), Answer("count", 5_127, (17,), "‡")),
    both("labor", "worksite_inspections", Answer("count", 4_022, (33,)), Answer("count", 4_986, (17,), "‡")),
    both("labor", "violations_found", Answer("count", 93, (33,)), Answer("count", 171, (17, 19))),
    both("labor", "penalties_imposed", Answer("unknown", None, (33,), "*"), Answer("count", 44, (17,))),
    both("labor", "penalties_collected", Answer("unknown", None, (33,), "*"), Answer("unknown", None, (17,), "*")),
    both("labor", "routine_inspections_conducted", Answer("yes", None, (33,)), Answer("yes", None, (17,))),
    both("labor", "routine_inspections_targeted", Answer("no", None, (33,)), Answer("yes", None, (19,))),
    both("labor", "unannounced_inspections_permitted", Answer("yes", None, (14,)), Answer("yes", None, (14,))),
    both("labor", "unannounced_inspections_conducted", Answer("unknown", None, (33,)), Answer("yes", None, (17,))),
    both("labor", "complaint_mechanism", Answer("yes", None, (33,)), Answer("yes", None, (17,))),
    both("labor", "referral_mechanism", Answer("no", None, (33,)), Answer("yes", None, (24,))),
    both("criminal", "initial_training", Answer("yes", None, (34,)), Answer("yes", None, (20,))),
    both("criminal", "new_law_training", Answer("not_applicable", None, (34,)), Answer("no", None, (20,))),
    both("criminal", "refresher_courses", Answer("unknown", None, (34,)), Answer("yes", None, (22,))),
    both("criminal", "investigations", Answer("count", 19, (34,)), Answer("count", 31, (20, 21))),
    both("criminal", "violations_found", Answer("unknown", None, (34,)), Answer("count", 27, (20,))),
    both("criminal", "prosecutions", Answer("count", 6, (34,)), Answer("count", 11, (20,))),
    both("criminal", "convictions", Answer("count", 0, (34,)), Answer("count", 4, (20,))),
    both("criminal", "penalties_imposed", Answer("no", None, (34,)), Answer("yes", None, (20,))),
    both("criminal", "referral_mechanism", Answer("no", None, (34,)), Answer("yes", None, (24,))),
)

COORDINATION = (
    Entry(
        "National Committee for the Elimination of Child Labor (NCECL)",
        "Advises the government, gathers the reports of the districts, and follows the National Action Plan to End "
        "Child Labor. {23} Led by MLSD, with members from six ministries, the Arvenian Confederation of Trade "
        "Unions, and the Chamber of Crafts. {23,35} Met four times in 2019 and wrote the list of tasks that "
        "Parliament later put into the Child Protection Act. {12,35}",
    ),
    Entry(
        "Council Against Human Trafficking",
        "Brings together ANP, OPP, and the Children’s Service under the Minister of Justice. {21} Drafted the "
        "Counter-Trafficking Strategy and keeps the register of victims. {22,36}",
    ),
    Entry(
        "Amber Coast Round Table",
        "Meant to bring traders, pit owners, and mayors to one table. Did not meet in 2019. {8,35}",
    ),
)

POLICIES = (
    Policy(
        "National Action Plan to End Child Labor",
        "Names 42 measures for schools, inspections, and family income, each with an agency that answers for it. "
        "{23} By the end of 2019, 17 of them had been carried out. {35}",
        (2017, 2021),
    ),
    Policy(
        "Counter-Trafficking Strategy",
        "Sets out how victims of human trafficking are found, sheltered, and heard in court, with a chapter on "
        "children. {36} Gives each district until 2021 to name an officer. {22,36}",
        (2019, 2023),
        new=True,
    ),
    Policy(
        "School Within Reach Policy",
        "Aims to have a primary school within 4 kilometers of every home by 2025, with boarding places where that "
        "cannot be done. {11,37}",
    ),
)

PROGRAMS = (
    Program(
        "Highland Meals Program",
        "Ministry of Education program that serves a hot meal to 21,600 pupils in the Karsel Highlands on every day "
        "they come to school. {11,37} In 2019, it reached 64 schools, 9 more than the year before. {37}",
        funded=True,
    ),
    Program(
        "Open Door Shelters",
        "Five houses for girls who leave forced labor or commercial sexual exploitation, run by the Open Door "
        "Foundation; the Children’s Service pays for 90 of the 140 beds. {10,24}",
        funded=True,
    ),
    Program(
        "Fishing Families Project (2018–2022)",
        "$2.5 million, 4-year project that lends nets and engines to families of the Lower Osmer who keep their "
        "children in school. {38} By December 2019, it had reached 1,150 children. {38,39}",
    ),
)

ACTIONS = (
    Action("legal_framework", "Accede to the UN CRC Optional Protocol on Armed Conflict.", ((2014, 2019),)),
    Action(
        "legal_framework",
        "Raise the age to which schooling is compulsory to 16, the minimum age for work.",
        ((2012, 2019),),
    ),
    Action(
        "legal_framework",
        "Ensure that the law forbids armed groups that are not part of the state to recruit anyone under age 18.",
        ((2016, 2019),),
    ),
    Action(
        "enforcement",
        "Hire enough labor inspectors for the size of the workforce, and give them vehicles and boats.",
        ((2009, 2019),),
    ),
    Action("enforcement", "Publish how many penalties for child labor were collected.", ((2015, 2015), (2017, 2019))),
    Action(
        "enforcement",
        "Send the police rule on children in commercial sexual exploitation to every station.",
        ((2019, 2019),),
    ),
    Action("coordination", "Convene the Amber Coast Round Table.", ((2018, 2019),)),
    Action(
        "government_policies", "Adopt a policy for children who do housework in the homes of others.", ((2013, 2019),)
    ),
    Action(
        "social_programs",
        "Open shelters for boys, and bring a program against child labor to the amber coast.",
        ((2017, 2019),),
    ),
    Action(
        "social_programs",
        "Register all births, so that every child can finish primary school.",
        ((2010, 2011), (2014, 2019)),
    ),
)

FOOTNOTES = (
    Footnote("activities", "†", "Determined by national law or regulation as hazardous work."),
    Footnote("activities", "‡", "Child labor understood as the worst forms of child labor per se."),
    Footnote("legal_standards", "*", "Arvenia has no conscription. {31}"),
    Footnote("legal_standards", "‡", "Age calculated from the length of schooling. {15,37}"),
    Footnote("enforcement_labor", "‡", "Data are from January to October 2019."),
    Footnote("enforcement_labor", "*", "The government does not publish this information."),
    Footnote("policies", "†", "Policy was approved during the reporting period."),
    Footnote("programs", "†", "Program is funded by the Government of Arvenia."),
)

SAMPLE = ChapterSpec(
    year=2019,
    assessment="Moderate Advancement",
    summary=SUMMARY,
    sections=SECTIONS,
    statistics=STATISTICS,
    source_notes=SOURCE_NOTES,
    sectors=(("agriculture", "52.6"), ("industry", "19.1"), ("services", "28.3")),
    activities=ACTIVITIES,
    conventions=CONVENTIONS,
    standards=STANDARDS,
    agencies=AGENCIES,
    measures=MEASURES,
    coordination=COORDINATION,
    policies=POLICIES,
    programs=PROGRAMS,
    actions=ACTIONS,
    footnotes=FOOTNOTES,
    references=REFERENCES,
)
