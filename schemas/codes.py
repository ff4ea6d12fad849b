"""The closed code lists of the output: each code with its meaning.

The Pandera models, the data dictionary and the review site all read their codes from here.
"""

from __future__ import annotations

OTHER = "other"
"""The code of a label that no rule recognizes. Such a row always has a finding `label_unknown`."""

ASSESSMENTS = {
    "Significant Advancement": "the highest level",
    "Moderate Advancement": "the second-highest level",
    "Minimal Advancement": "the third level; also given if a law or practice regressed or delayed progress",
    "No Advancement": "the lowest level",
    "No Assessment": "the report gives this country or territory no level",
}
FORMATS = {
    "pdf": "a PDF with a text layer",
    "text": "a raw text file, usually the text of a scanned chapter",
    "html": "a web page",
}
SECTIONS = {
    "summary": "the text before section I",
    "prevalence": "section I: prevalence and distribution of child labor",
    "legal_framework": "section II: laws and regulations",
    "enforcement": "section III: enforcement of laws",
    "coordination": "section IV: coordination of government efforts",
    "policies": "section V: government policies",
    "programs": "section VI: social programs",
    "suggested_actions": "section VII: suggested government actions",
}
INDICATORS = {
    "working": "working children",
    "attending_school": "children attending school",
    "combining_work_and_school": "children who work and attend school",
    "primary_completion_rate": "primary completion rate",
    "hazardous_work": "children aged 15 to 17 in hazardous work (2023 on)",
    OTHER: "a label that no rule recognizes",
}
SUBGROUPS = {"boys": "boys", "girls": "girls", "urban": "children in urban areas", "rural": "children in rural areas"}
SECTORS = {"agriculture": "agriculture", "industry": "industry", "services": "services"}
CONVENTIONS = {
    "ilo_c138": "ILO C. 138, Minimum Age",
    "ilo_c182": "ILO C. 182, Worst Forms of Child Labor",
    "un_crc": "UN Convention on the Rights of the Child",
    "un_crc_armed_conflict": "UN CRC Optional Protocol on Armed Conflict",
    "un_crc_sale_of_children": "UN CRC Optional Protocol on the Sale of Children, Prostitution and Pornography",
    "palermo_protocol": "Palermo Protocol on Trafficking in Persons",
    OTHER: "a label that no rule recognizes",
}
RATIFICATION_STATUSES = {
    "ratified": "the cell has a check mark or Yes",
    "not_ratified": "the cell is empty, or has a dash, a cross or No",
    "not_applicable": "the cell says N/A: the country or territory cannot ratify the convention",
    "unknown": "the cell says Unknown, or holds other text (finding `value_unread`)",
}
STANDARDS = {
    "minimum_age_work": "minimum age for work",
    "minimum_age_hazardous_work": "minimum age for hazardous work",
    "hazardous_work_identified": "identification of hazardous occupations or activities prohibited for children",
    "forced_labor_prohibited": "prohibition of forced labor",
    "child_trafficking_prohibited": "prohibition of child trafficking",
    "commercial_sexual_exploitation_prohibited": "prohibition of commercial sexual exploitation of children",
    "illicit_activities_prohibited": "prohibition of using children in illicit activities",
    "minimum_age_voluntary_military": "minimum age for voluntary state military recruitment",
    "minimum_age_compulsory_military": "minimum age for compulsory military recruitment (until 2015)",
    "compulsory_military_recruitment_prohibited": "prohibition of compulsory military recruitment (from 2016)",
    "non_state_military_recruitment_prohibited": "prohibition of military recruitment by non-state armed groups",
    "compulsory_education_age": "age to which education is compulsory",
    "free_public_education": "free public education",
    OTHER: "a label that no rule recognizes",
}
STANDARD_STATUSES = {
    "Yes": "the law meets the standard",
    "No": "the law does not meet the standard",
    "N/A": "the standard does not apply to the country",
    "Unknown": "the report could not determine whether the law meets the standard",
}
DOMAINS = {"labor": "labor law enforcement", "criminal": "criminal law enforcement"}
LABOR_METRICS = {
    "has_labor_inspectorate": "whether there is a labor inspectorate (2023 on)",
    "inspectors_adequate": "whether the number of labor inspectors is adequate (2023 on)",
    "inspectorate_funding": "funding of the labor inspectorate",
    "inspectors": "number of labor inspectors",
    "dedicated_inspectors": "number of inspectors dedicated to child labor (older reports)",
    "authorized_to_assess_penalties": "whether the inspectorate is authorized to assess penalties",
    "initial_training": "whether new employees receive initial training",
    "new_law_training": "whether staff are trained on new laws",
    "refresher_courses": "whether refresher courses are provided",
    "inspections": "number of labor inspections conducted",
    "worksite_inspections": "number of inspections conducted at worksites",
    "desk_review_inspections": "number of inspections conducted by desk review",
    "violations_found": "number of child labor violations found",
    "penalties_imposed": "penalties imposed for violations: a number, or yes or no (see `unit`)",
    "penalties_collected": "number of imposed penalties that were collected",
    "routine_inspections_conducted": "whether routine inspections are conducted",
    "routine_inspections_targeted": "whether routine inspections are targeted",
    "unannounced_inspections_permitted": "whether unannounced inspections are permitted",
    "unannounced_inspections_conducted": "whether unannounced inspections are conducted",
    "complaint_mechanism": "whether a complaint mechanism exists",
    "referral_mechanism": "whether a referral mechanism to social services exists",
}
CRIMINAL_METRICS = {
    "initial_training": "whether new employees receive initial training",
    "new_law_training": "whether staff are trained on new laws",
    "refresher_courses": "whether refresher courses are provided",
    "investigations_conducted": "whether criminal investigations were conducted (2023 on)",
    "investigations": "number of investigations",
    "violations_found": "number of child labor violations found",
    "prosecutions": "number of prosecutions initiated",
    "convictions": "number of convictions",
    "penalties_imposed": "penalties imposed for violations: a number, or yes or no (see `unit`)",
    "referral_mechanism": "whether a referral mechanism to social services exists",
}
METRICS = {**LABOR_METRICS, **CRIMINAL_METRICS, OTHER: "a label that no rule recognizes"}
CELL_STATUSES = {
    "reported": "the cell gives an answer; an answer that could not be read has a finding `value_unread`",
    "unknown": "the cell says Unknown",
    "not_applicable": "the cell says N/A",
    "blank": "the cell is empty",
}
UNITS = {"usd": "United States dollars", "count": "a count", "yes_no": "1 for yes, 0 for no"}
AREAS = {
    "legal_framework": "legal framework",
    "enforcement": "enforcement",
    "coordination": "coordination",
    "government_policies": "government policies",
    "social_programs": "social programs",
    OTHER: "a label that no rule recognizes",
}
REFERENCE_TYPES = {
    "report": "a report, study, plan or other document; also what shows no other form",
    "law": "a law, decree, code or constitution",
    "news": "an article of a newspaper, news site or news agency",
    "interview": "an interview",
    "correspondence": "a letter, an e-mail, an answer to a questionnaire or the report of an embassy",
    "web_page": "a page of a web site that is not an article",
    "statistics": "a survey, census or other statistics",
}
NUMBER_SOURCES = {
    "printed": "the number is printed",
    "inferred": "the source lost the number; it was inferred from the neighboring entries",
}
ENTITY_LABELS = {
    "AGENCY": "a ministry, agency, police force, court or other body",
    "LAW": "a law, decree, code or article",
    "TREATY": "a convention or protocol",
    "POLICY": "a plan, policy or strategy",
    "PROGRAM": "a program or project",
}
SEVERITIES = {
    "info": "worth knowing; no data are missing",
    "warning": "a value may be wrong or incomplete: check it against the printed page",
    "error": "something in the source is missing from the tables or wrong in them",
}
ORIGINS = {
    "reading": "we lost something or doubt what we read",
    "source": "the publisher printed or released it so",
}
CHECKS = {
    # the file
    "part_left_out": "pages or lines of the source from which nothing is published: known parts that are no chapter "
    "(contents, glossary), or an error where it is not certain to which country they belong",
    "stream_damaged": "a part of the PDF is damaged or cut off and text may be missing: download the file again",
    "pages_missing": "the printed page numbers have a gap, so the file lacks pages: download the complete file",
    "pages_out_of_order": "the printed page numbers repeat or are not in ascending order",
    "page_without_text": "the page has no text layer; it may be a scanned image",
    "page_oversized": "the page is much larger than a sheet of paper; its text may be mistaken for a header or footer",
    "page_turned": "the text of the page does not run from left to right, so its rows are unreliable",
    "page_hidden": "most of the text on the page is invisible (white, covered or outside the page) and was left out",
    "page_read_slowly": "the page was read by pdfplumber instead of the faster parser; its rows are not affected",
    "hidden_text": "text that no viewer shows (white, covered, clipped, on a layer that is off, ...) was left out",
    "turned_text": "text that does not run from left to right (a stamp, a watermark) was left out",
    "doubled_letters": "letters that are painted twice at the same place count once",
    "annotation_text": "an annotation shows text that is in no table: compare the values beside it",
    "scale_changed": "the page is drawn at another size than the report's; it was measured at the report's size",
    "scale_unknown": "the page is drawn at another size than the report's and it is not known which: check its rows",
    "text_missing": "a second PDF engine finds much more text on this page: check the page",
    "text_garbled": "the PDF does not define which characters some of its glyphs stand for",
    "text_repeated": "a passage of running text or of the reference list occurs twice in the source",
    "text_encoding": "the text file is not UTF-8; it was decoded with the encoding named in the message",
    "text_repaired": "a rule repaired scanning damage; the message names the rule and the original text",
    "text_damaged": "the text looks damaged by scanning and no rule repairs it: compare it with the printed page",
    # the chapter
    "country_conflict": "the opening sentence names another country than the title; the title is used",
    "country_unknown": "a part of the chapter is about a country that is not in the country list; its rows are missing",
    "territory_unknown": "rows are printed for a territory that the chapter does not cover; they are in no table",
    "report_year_conflict": 'page footer and opening sentence name different years; an opening "In 2020, …" decides',
    "assessment_missing": "the chapter prints no assessment level",
    "assessment_conflict": "the chapter prints two different assessment levels; the message names the one used",
    "summary_missing": "no paragraph was found before the first section",
    "section_missing": "the numbering of the sections has a gap; text and tables of that section are missing",
    "section_misnumbered": "a section number is misprinted; no section is missing",
    "heading_unknown": "a line looks like a section heading that no rule recognizes; it was kept as text",
    "text_unpublished": "most words of a line of the source are in no table and no paragraph",
    "line_unowned": "a line of the source is in no table and no paragraph; after 20 lines, one finding counts the rest",
    "lines_unowned": "the number of source lines that are in no table and no paragraph",
    # tables
    "table_missing": "the text refers to a table by number, but the chapter has no table with that number",
    "table_empty": "a table, or a part of it, has a caption, header or rules, but rows could not be read",
    "table_unknown": "no rule recognizes the title and columns of this table; its cells are in `other_tables`",
    "table_repeated": "a second table of the same kind and another number was found; its cells are in `other_tables`",
    "column_unknown": "no rule recognizes the header of this column, or two columns have the same header",
    "wording_guessed": "a header or heading is misworded; the content and the place of what is below it decided",
    "label_unknown": "the wording of a row label is new; its code was chosen by its words, or is `other`",
    "row_repeated": "a row is printed twice in succession",
    "rows_lost": "the chapter has fewer rows of a table than in an earlier release",
    "rows_quarantined": "rows failed validation and were moved to `quarantine`",
    "figure_shares_missing": "Figure 1 was found, but not all of its percentages could be read",
    "shares_sum": "the percentages of Figure 1 do not add up to 100",
    "value_joint": "one printed number covers several parts of a country; each has a row with it: do not add them up",
    "value_unread": "the value of a cell could not be read, or only in part: see the printed page",
    "value_invalid": "a value cannot be right and was removed from its column; the message gives it",
    "number_repaired": "a number was corrected; the message gives it as printed",
    "footnote_unanchored": "the marker of a footnote does not occur in the table above it",
    "footnote_missing": "no note below a table explains a marker in its cells: the note is lost, or not printed",
    "names_missing": "name recognition failed with an error, so the chapter has no `entities`: report it with the file",
    "row_missing": "a row is missing that this table always prints: look at the printed page",
    "column_missing": "a column that this table always has is missing, or has no cell",
    "table_unread": "rules or header boxes look like those of a table, but no table could be read: look at the page",
    "text_displaced": "words or lines do not stand where the lines beside them do: text was moved, look at the page",
    "text_overlaps": "words of a page are printed over each other: text was moved or stamped there, look at the page",
    "cell_crowded": "one cell holds the content of several rows, so the table has fewer rows than the page",
    "column_unfit": "cells have another form than their header or row asks for: columns or rows were mixed up",
    "cell_missing": "a cell is empty in a column that every row fills",
    "cell_cut": "a description or paragraph has half a sentence, or a name has a whole one: the rest is elsewhere",
    "text_lost": "another PDF engine sees words on this page that are in no table or text",
    "text_doubled": "words of this page were read more often than the page shows them",
    # references
    "citation_unresolved": "the text cites a number that is not in the reference list",
    "reference_gap": "the numbering of the reference list has a gap, and entries may be lost",
    "reference_number_skipped": "the publisher left out a number of the reference list; no entry is lost",
    "references_on_file": "the source prints no reference list and says that the references are on file",
    "references_missing": "the text cites references, but the reference list, or its end, was not found",
    "citations_none": "the chapter cites nothing and has no reference list; an error in years in which all cite",
    "citations_few": "few entries of the reference list are cited; the citations may have an unknown form",
    "reference_number_duplicate": "a number occurs twice in the reference list",
    "reference_order": "a number in the reference list is smaller than the number before it",
    "reference_number_inferred": "the source lost the number of a reference; it was inferred from its neighbors",
    "reference_entries_glued": "two references were printed as one entry and were separated",
    "reference_line_unowned": "a line precedes the first entry of the reference list and belongs to no entry",
    "reference_author_repeated": "a dash is printed for the author; the author of the entry before was filled in",
    "url_damaged": "a web address contains blanks, or lacks or has additional characters: see `references.url_guess`",
    # the run
    "value_corrected": "the user replaced this value: see `corrections`",
    "correction_stale": "a line of the user's corrections fits no more and was not applied: see `corrections`",
    "version_not_chosen": "another file holds a different version of this chapter; it is not in the tables",
    "source_failed": "the file could not be read in this run; the rows of the last successful run are kept",
}
DISAGREEMENTS = {
    "restated": "the two numbers are near to each other: the later report may have later figures",
    "likely_misprint": "one digit, or the number of zeros, is different: one of the two is probably a slip",
    "same_law": "both reports name the same law for the standard, but not the same age or answer",
    "same_source": "both reports cite the same address and title, but not the same date of the source",
    "unclear": "yes and no, or two numbers of which the one does not explain the other",
}
PUBLISHER_DIFFERENCES = {
    "other_unit": "the same digits in another unit: a fraction for a percentage, thousands for a whole number",
    "rounded": "the one number is the other one, rounded",
    "likely_misprint": "one digit, or the number of zeros, is different: one of the two is probably a slip",
    "other_number": "two other numbers",
    "other_answer": "two answers, such as Yes and Unknown, or an answer and a number",
    "other_words": "two texts that differ in words; `likeness` says how much",
    "of_a_part": "the dataset gives a part of the country another value than the report gives the whole country",
    "only_in_dataset": "the report gives no value, or has no such row",
    "only_on_page": "the dataset gives no value, such as N/A, or lacks the fact",
}
CORRECTIONS = {
    "applied": "the value was read as expected, and was replaced",
    "settled": "not applied: the new value is read now, so the line is not needed any more",
    "stale_value": "not applied: another value than the expected one is read, and published",
    "stale_row": "not applied: no row of the chapter has the key, or the table has no such column",
    "stale_chapter": "not applied: no file of the run holds the chapter",
}
CHANGES = {
    "chapter_added": "the chapter is new; one line for each table, with its number of rows",
    "chapter_retired": "the chapter is no longer published; one line for each table, with its former number of rows",
    "columns_changed": "the table has other columns than before; the lines that follow compare the common columns",
    "added": "the row is new",
    "removed": "the row is no longer published",
    "changed": "the value of one column of the row changed",
    "moved": "the rows are unchanged; only their position in the source or in the table is different",
}
CHANGE_CAUSES = {
    "new_input": "a file is new, or its content changed",
    "new_release": "another version of the chapter was chosen, usually a newer one",
    "new_rules": "the wording rules changed",
    "new_code": "the extraction code changed",
    "new_schema": "the table schemas changed",
    "corrected": "a line of the user's corrections is new, was changed or removed, or fits no more",
    "forced": "the user asked to read the chapter again",
    "retired": "no file contains the chapter any more",
    "derived": "the chapter was not read again; a value computed from several files or chapters changed",
}
RULES = {
    "statistics": INDICATORS,
    "subgroups": SUBGROUPS,
    "sectors": SECTORS,
    "activity_sectors": {**SECTORS, "worst_forms": "categorical worst forms of child labor"},
    "conventions": CONVENTIONS,
    "legal_standards": STANDARDS,
    "enforcement_labor": LABOR_METRICS,
    "enforcement_criminal": CRIMINAL_METRICS,
    "areas": AREAS,
    "sections": SECTIONS,
    "assessments": ASSESSMENTS,
}
"""List of the wording rules -> its codes; the rules are held against it before a run opens a source."""
