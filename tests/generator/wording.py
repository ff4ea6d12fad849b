"""How the report's form words its headings, table titles, column headers and row labels, by period.

Short labels of the form only; every sentence of a chapter is its author's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

INDICATORS = {
    "working": "Working (% and population)",
    "attending_school": "Attending School (%)",
    "combining_work_and_school": "Combining Work and School (%)",
    "primary_completion_rate": "Primary Completion Rate (%)",
}


@dataclass(frozen=True)
class Wording:
    """One period's wording; keys are section codes, table keys, standards and metrics."""

    sections: Mapping[str, str]
    subsections: Mapping[str, str]
    titles: Mapping[str, str]
    headers: Mapping[str, tuple[str, ...]]
    standards: Mapping[str, str]
    labor: Mapping[str, str]
    criminal: Mapping[str, str]
    areas: Mapping[str, str]
    heads: Mapping[str, str] = field(default_factory=dict)
    """Row key -> label of a row without values that stands above it and heads the indented rows below."""
    indented: frozenset[str] = frozenset()
    """Row keys whose labels are indented."""
    continued: str = " (Cont.)"
    source_other: str = "Source for all other data"
    source_named: str = "Source for primary completion rate"
    ages: str = "{} to {}"
    indicators: Mapping[str, str] = field(default_factory=lambda: INDICATORS)
    percent: str = "{}"
    signs: bool = False
    """Ticks and crosses answer, not words and empty cells."""
    report: str = "{} Findings on the Worst Forms of Child Labor"

    @property
    def age_first(self) -> bool:
        """Whether the age of a standard stands before the answer."""
        return self.headers["legal_standards"][1] == "Age"


TICK, CROSS = "✓", "✗"

SECTORS = {
    "agriculture": "Agriculture",
    "industry": "Industry",
    "services": "Services",
    "worst_forms": "Categorical Worst Forms of Child Labor",
}
CONVENTIONS = {
    "ilo_c138": "ILO C. 138, Minimum Age",
    "ilo_c182": "ILO C. 182, Worst Forms of Child Labor",
    "un_crc": "UN CRC",
    "un_crc_armed_conflict": "UN CRC Optional Protocol on Armed Conflict",
    "un_crc_sale_of_children": (
        "UN CRC Optional Protocol on the Sale of Children, Child Prostitution and Child Pornography"
    ),
    "palermo_protocol": "Palermo Protocol on Trafficking in Persons",
}

WORDING_2019 = Wording(
    sections={
        "prevalence": "I. PREVALENCE AND SECTORAL DISTRIBUTION OF CHILD LABOR",
        "legal_framework": "II. LEGAL FRAMEWORK FOR CHILD LABOR",
        "enforcement": "III. ENFORCEMENT OF LAWS ON CHILD LABOR",
        "coordination": "IV. COORDINATION OF GOVERNMENT EFFORTS ON CHILD LABOR",
        "policies": "V. GOVERNMENT POLICIES ON CHILD LABOR",
        "programs": "VI. SOCIAL PROGRAMS TO ADDRESS CHILD LABOR",
        "suggested_actions": "VII. SUGGESTED GOVERNMENT ACTIONS TO ELIMINATE CHILD LABOR",
    },
    subsections={"labor": "Labor Law Enforcement", "criminal": "Criminal Law Enforcement"},
    titles={
        "statistics": "Statistics on Children’s Work and Education",
        "activities": "Overview of Children’s Work by Sector and Activity",
        "conventions": "Ratification of International Conventions on Child Labor",
        "legal_standards": "Laws and Regulations on Child Labor",
        "agencies": "Agencies Responsible for Child Labor Law Enforcement",
        "enforcement_labor": "Labor Law Enforcement Efforts Related to Child Labor",
        "enforcement_criminal": "Criminal Law Enforcement Efforts Related to Child Labor",
        "coordination": "Key Mechanisms to Coordinate Government Efforts on Child Labor",
        "policies": "Key Policies Related to Child Labor",
        "programs": "Key Social Programs to Address Child Labor",
        "suggested_actions": "Suggested Government Actions to Eliminate Child Labor",
    },
    headers={
        "statistics": ("Children", "Age", "Percent"),
        "activities": ("Sector/Industry", "Activity"),
        "conventions": ("", "Convention", "Ratification"),
        "legal_standards": ("Standard", "Meets International Standards", "Age", "Legislation"),
        "agencies": ("Organization/Agency", "Role"),
        "enforcement_labor": ("Overview of Labor Law Enforcement",),
        "enforcement_criminal": ("Overview of Criminal Law Enforcement",),
        "coordination": ("Coordinating Body", "Role & Description"),
        "policies": ("Policy", "Description"),
        "programs": ("Program", "Description"),
        "suggested_actions": ("Area", "Suggested Action", "Year(s) Suggested"),
    },
    standards={
        "minimum_age_work": "Minimum Age for Work",
        "minimum_age_hazardous_work": "Minimum Age for Hazardous Work",
        "hazardous_work_identified": ("Identification of Hazardous Occupations or Activities Prohibited for Children"),
        "forced_labor_prohibited": "Prohibition of Forced Labor",
        "child_trafficking_prohibited": "Prohibition of Child Trafficking",
        "commercial_sexual_exploitation_prohibited": "Prohibition of Commercial Sexual Exploitation of Children",
        "illicit_activities_prohibited": "Prohibition of Using Children in Illicit Activities",
        "minimum_age_voluntary_military": "Minimum Age for Voluntary State Military Recruitment",
        "compulsory_military_recruitment_prohibited": (
            "Prohibition of Compulsory Recruitment of Children by (State) Military"
        ),
        "non_state_military_recruitment_prohibited": "Prohibition of Military Recruitment by Non-state Armed Groups",
        "compulsory_education_age": "Compulsory Education Age",
        "free_public_education": "Free Public Education",
    },
    labor={
        "inspectorate_funding": "Labor Inspectorate Funding",
        "inspectors": "Number of Labor Inspectors",
        "authorized_to_assess_penalties": "Inspectorate Authorized to Assess Penalties",
        "initial_training": "Initial Training for New Labor Inspectors",
        "new_law_training": "Training on New Laws Related to Child Labor",
        "refresher_courses": "Refresher Courses Provided",
        "inspections": "Number of Labor Inspections Conducted",
        "worksite_inspections": "Number Conducted at Worksite",
        "violations_found": "Number of Child Labor Violations Found",
        "penalties_imposed": "Number of Child Labor Violations for Which Penalties Were Imposed",
        "penalties_collected": "Number of Child Labor Penalties Imposed that Were Collected",
        "routine_inspections_conducted": "Routine Inspections Conducted",
        "routine_inspections_targeted": "Routine Inspections Targeted",
        "unannounced_inspections_permitted": "Unannounced Inspections Permitted",
        "unannounced_inspections_conducted": "Unannounced Inspections Conducted",
        "complaint_mechanism": "Complaint Mechanism Exists",
        "referral_mechanism": "Reciprocal Referral Mechanism Exists Between Labor Authorities and Social Services",
    },
    criminal={
        "initial_training": "Initial Training for New Criminal Investigators",
        "new_law_training": "Training on New Laws Related to the Worst Forms of Child Labor",
        "refresher_courses": "Refresher Courses Provided",
        "investigations": "Number of Investigations",
        "violations_found": "Number of Violations Found",
        "prosecutions": "Number of Prosecutions Initiated",
        "convictions": "Number of Convictions",
        "penalties_imposed": "Imposed Penalties for Violations Related to The Worst Forms of Child Labor",
        "referral_mechanism": ("Reciprocal Referral Mechanism Exists Between Criminal Authorities and Social Services"),
    },
    areas={
        "legal_framework": "Legal Framework",
        "enforcement": "Enforcement",
        "coordination": "Coordination",
        "government_policies": "Government Policies",
        "social_programs": "Social Programs",
    },
    indented=frozenset(
        {
            "labor.new_law_training",
            "labor.refresher_courses",
            "labor.worksite_inspections",
            "labor.desk_review_inspections",
            "labor.penalties_imposed",
            "labor.penalties_collected",
            "labor.routine_inspections_targeted",
            "labor.unannounced_inspections_conducted",
            "criminal.new_law_training",
            "criminal.refresher_courses",
        }
    ),
)

WORDING_2016 = replace(
    WORDING_2019,
    sections={
        **WORDING_2019.sections,
        "legal_framework": "II. LEGAL FRAMEWORK FOR THE WORST FORMS OF CHILD LABOR",
        "enforcement": "III. ENFORCEMENT OF LAWS ON THE WORST FORMS OF CHILD LABOR",
        "suggested_actions": "VII. SUGGESTED GOVERNMENT ACTIONS TO ELIMINATE THE WORST FORMS OF CHILD LABOR",
    },
    titles={
        **WORDING_2019.titles,
        "enforcement_criminal": "Criminal Law Enforcement Efforts Related to the Worst Forms of Child Labor",
        "suggested_actions": "Suggested Government Actions to Eliminate Child Labor, Including its Worst Forms",
    },
    headers={
        **WORDING_2019.headers,
        "legal_standards": ("Standard", "Meets International Standards: Yes/No", "Age", "Legislation"),
    },
    standards={
        **WORDING_2019.standards,
        "compulsory_military_recruitment_prohibited": "State Compulsory",
        "minimum_age_voluntary_military": "State Voluntary",
        "non_state_military_recruitment_prohibited": "Non-state Compulsory",
    },
    labor={
        **WORDING_2019.labor,
        "initial_training": "Initial Training for New Employees",
        "inspections": "Number of Labor Inspections",
        "desk_review_inspections": "Number Conducted by Desk Reviews",
        "penalties_imposed": "Number Child Labor Violations for Which Penalties Were Imposed",
        "penalties_collected": "Number of Penalties Imposed that Were Collected",
    },
    criminal={**WORDING_2019.criminal, "initial_training": "Initial Training for New Employees"},
    heads={
        "labor.initial_training": "Training for Labor Inspectors",
        "criminal.initial_training": "Training for Investigators",
        "standard.compulsory_military_recruitment_prohibited": "Minimum Age for Military Recruitment",
    },
    indented=WORDING_2019.indented
    | {
        "labor.initial_training",
        "criminal.initial_training",
        "standard.compulsory_military_recruitment_prohibited",
        "standard.minimum_age_voluntary_military",
        "standard.non_state_military_recruitment_prohibited",
    },
    continued=" (cont)",
)

WORDING_2013 = replace(
    WORDING_2016,
    titles={
        **WORDING_2016.titles,
        "legal_standards": "Laws and Regulations Related to Child Labor",
        "coordination": "Mechanisms to Coordinate Government Efforts on Child Labor",
        "policies": "Policies Related to Child Labor",
        "programs": "Social Programs to Address Child Labor",
    },
    headers={**WORDING_2016.headers, "legal_standards": ("Standard", "Yes/No", "Age", "Related Legislation")},
    standards={
        **WORDING_2019.standards,
        "hazardous_work_identified": "List of Hazardous Occupations Prohibited for Children",
        "minimum_age_compulsory_military": "Minimum Age for Compulsory Military Recruitment",
        "minimum_age_voluntary_military": "Minimum Age for Voluntary Military Service",
    },
    areas={**WORDING_2019.areas, "legal_framework": "Laws"},
    heads={},
    indented=frozenset(),
    ages="{}-{} yrs.",
)

WORDING_2024 = replace(
    WORDING_2019,
    sections={
        **WORDING_2019.sections,
        "suggested_actions": "VII. SUGGESTED GOVERNMENT ACTIONS TO PREVENT CHILD LABOR",
    },
    subsections={
        **WORDING_2019.subsections,
        "risk": "Children at Higher Risk",
        "school": "Barriers to Education Access",
        "laws": "Laws and Regulations on Child Labor",
    },
    titles={**WORDING_2019.titles, "suggested_actions": "Suggested Government Actions to Prevent Child Labor"},
    headers={
        **WORDING_2019.headers,
        "statistics": ("Children", "Age", "Percent and Population"),
        "legal_standards": ("Standard", "Age", "Meets International Standards", "Legislation"),
    },
    standards={
        **WORDING_2019.standards,
        "forced_labor_prohibited": "Prohibition of Slavery, Debt Bondage, and Forced Labor",
    },
    labor={
        "has_labor_inspectorate": "Has a Labor Inspectorate",
        "authorized_to_assess_penalties": "Able to Assess Civil Penalties",
        "routine_inspections_conducted": "Routine Worksite Inspections Conducted",
        "unannounced_inspections_permitted": "Unannounced Inspections Permitted",
        "complaint_mechanism": "Has a Complaint Mechanism",
        "penalties_imposed": "Imposed Penalties for Child Labor Violations",
        "inspectors": "Number of Labor Inspectors",
        "inspectors_adequate": "Had Adequate Number of Labor Inspectors",
    },
    criminal={
        "investigations_conducted": (
            "Conducted Criminal Investigations into Suspected Worst Forms of Child Labor Crimes"
        ),
        "penalties_imposed": "Imposed Penalties for Violations Related to the Worst Forms of Child Labor",
    },
    indented=frozenset(),
    indicators={
        "working": "Working",
        "hazardous_work": "Hazardous Work by Children",
        "attending_school": "Attending School",
        "combining_work_and_school": "Combining Work and School",
    },
    percent="{}%",
    signs=True,
)
