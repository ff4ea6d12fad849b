"""A chapter of the form of 2023 and 2024 about the invented country: no citations, sub-groups, ticks and crosses."""

from __future__ import annotations

from typing import Literal

from tests.generator.arvenia import CONVENTIONS
from tests.generator.spec import (
    Action,
    Activity,
    Answer,
    ChapterSpec,
    Entry,
    Footnote,
    Measure,
    OtherTable,
    Place,
    Prose,
    Section,
    Standard,
    Statistic,
    Subsection,
)


def subgroups(indicator: str, *cells: tuple[str, int | None]) -> tuple[Statistic, ...]:
    """The four rows below an indicator; a share or a number that is missing is printed as Unavailable."""
    names = ("boys", "girls", "urban", "rural")
    return tuple(
        Statistic(indicator, share, None, people, name, uncounted=people is None)
        for name, (share, people) in zip(names, cells, strict=True)
    )


def both(domain: Literal["labor", "criminal"], metric: str, before: Answer, now: Answer) -> Measure:
    return Measure(domain, metric, (before, now))


YES, NO, UNKNOWN = Answer("yes"), Answer("no"), Answer("unknown")

SAMPLE_2024 = ChapterSpec(
    year=2024,
    assessment="Moderate Advancement",
    summary=(
        "In 2024, Arvenia made moderate advancement in efforts to eliminate the worst forms of child labor. Arvenia "
        "is invented, and so is all that is said here. Children in Arvenia are subjected to kelp diving."
    ),
    sections=(
        Section(
            "prevalence",
            (
                Place("statistics"),
                Place("activities"),
                Subsection("risk"),
                Prose("Children from the kelp coast, who move with the boats, are at higher risk."),
                Subsection("school"),
                Prose("Schools are far away, and the ferry to them is not free."),
            ),
        ),
        Section(
            "legal_framework",
            (
                Place("conventions"),
                Subsection("laws"),
                Prose("The laws of Arvenia do not protect children who dive."),
                Place("legal_standards"),
            ),
        ),
        Section("enforcement", (Place("agencies"), Place("enforcement_labor"), Place("enforcement_criminal"))),
        Section("coordination", (Prose("The council for the coast met twice in 2024."),)),
        Section("policies", (Prose("The government has a plan for the kelp coast."),)),
        Section("programs", (Prose("The government runs a school boat."),)),
        Section("suggested_actions", (Place("suggested_actions"),)),
    ),
    statistics=(
        Statistic("working", "12.6", (5, 14), 6_567),
        *subgroups("working", ("13.1", 657), ("12.0", None), ("8.5", None), ("", None)),
        Statistic("hazardous_work", "4.1", (15, 17), 912),
        *subgroups("hazardous_work", ("5.1", 500), ("3.0", 412), ("2.0", 100), ("6.0", 812)),
        Statistic("attending_school", "91.0", (5, 14)),
        Statistic("combining_work_and_school", "9.3", (7, 14)),
    ),
    activities=(
        Activity(
            "agriculture",
            "Diving for kelp, drying it on racks, and carrying it to the lighters. Fishing for herring, and herding "
            "geese on the salt meadows.",
        ),
        Activity("services", "Street work, including vending of nets. Housework in the homes of others."),
        Activity("worst_forms", "Forced begging. Commercial sexual exploitation, sometimes after human trafficking."),
    ),
    conventions=CONVENTIONS,
    standards=(
        Standard("minimum_age_work", "Yes", 15, "Article 4 of the Kelp Code"),
        Standard("minimum_age_hazardous_work", "No", 17.5, "Article 5 of the Kelp Code; Section 2 of the Boat Rules"),
        Standard("hazardous_work_identified", "Yes", None, "Article 6 of the Kelp Code"),
        Standard("forced_labor_prohibited", "Yes", None, "Articles 7 and 8 of the Penal Code"),
        Standard("child_trafficking_prohibited", "Yes", None, "Article 8 of the Penal Code"),
        Standard("commercial_sexual_exploitation_prohibited", "No", None, "Article 9 of the Penal Code"),
        Standard("illicit_activities_prohibited", "No"),
        Standard("minimum_age_voluntary_military", "N/A", None, mark="*†", age_mark="N/A*†"),
        Standard("compulsory_military_recruitment_prohibited", "N/A", None, mark="†", age_mark="N/A†"),
        Standard("non_state_military_recruitment_prohibited", "No"),
        Standard("compulsory_education_age", "Yes", 16, "Article 2 of the School Act"),
        Standard("free_public_education", "Yes", None, "Article 3 of the School Act"),
    ),
    agencies=(
        Entry("Ministry of Labor", "Inspects workplaces, and keeps the register of the boats on which kelp is cut."),
        Entry("Harbor Police", "Investigates crimes against children on the water and in the drying sheds."),
    ),
    measures=(
        both("labor", "has_labor_inspectorate", YES, YES),
        both("labor", "authorized_to_assess_penalties", YES, NO),
        both("labor", "routine_inspections_conducted", YES, YES),
        both("labor", "unannounced_inspections_permitted", YES, YES),
        both("labor", "complaint_mechanism", YES, YES),
        both("labor", "penalties_imposed", UNKNOWN, YES),
        both("labor", "inspectors", Answer("count", 12), Answer("count", 14)),
        both("labor", "inspectors_adequate", NO, YES),
        both("criminal", "investigations_conducted", YES, YES),
        both("criminal", "penalties_imposed", YES, UNKNOWN),
    ),
    actions=(
        Action("legal_framework", "Ratify the protocol on armed conflict.", ((2023, 2024),)),
        Action("legal_framework", "Raise the age for diving to 18.", ((2019, 2019), (2021, 2024))),
        Action("social_programs", "Let all children ride on the school boat.", ((2024, 2024),)),
    ),
    footnotes=(
        Footnote("activities", "‡", "Child labor understood as the worst forms of child labor per se."),
        Footnote("legal_standards", "*", "Country has no conscription"),
        Footnote("legal_standards", "†", "Country has no standing military"),
    ),
    other=OtherTable(
        "Boats Inspected by Harbor",
        ("Harbor", "Boats", "Children Found"),
        (("Port Lume", "31", "4"), ("Northport", "12", "None"), ("Salt Quay", "9", "1")),
    ),
)
