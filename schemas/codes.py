"""Code lists of the output, each code with its meaning. The only place where a code is spelled out."""

from __future__ import annotations

OTHER = "other"
"""The code of a label that no rule knows; such a row always has a finding."""

ASSESSMENTS = {
    "Significant Advancement": "highest level of the report",
    "Moderate Advancement": "second level",
    "Minimal Advancement": "third level, also with efforts made but a regression or a delay",
    "No Advancement": "lowest level",
    "No Assessment": "the report does not assess this country or territory",
}
FORMATS = {"pdf": "PDF with a text layer", "text": "raw text, usually scanned"}
SECTIONS = {
    "summary": "before section I",
    "prevalence": "section I, prevalence and distribution of child labor",
    "legal_framework": "section II, laws and regulations",
    "enforcement": "section III, enforcement of laws",
    "coordination": "section IV, coordination of government efforts",
    "policies": "section V, government policies",
    "programs": "section VI, social programs",
    "suggested_actions": "section VII, suggested government actions",
}
INDICATORS = {
    "working": "children in work",
    "attending_school": "children attending school",
    "combining_work_and_school": "children who do both",
    "primary_completion_rate": "completion of primary school",
    OTHER: "a label that no rule knows",
}
SECTORS = {"agriculture": "agriculture", "industry": "industry", "services": "services"}
CONVENTIONS = {
    "ilo_c138": "ILO C. 138, Minimum Age",
    "ilo_c182": "ILO C. 182, Worst Forms of Child Labor",
    "un_crc": "UN Convention on the Rights of the Child",
    "un_crc_armed_conflict": "its optional protocol on armed conflict",
    "un_crc_sale_of_children": "its optional protocol on the sale of children, prostitution and pornography",
    "palermo_protocol": "Palermo Protocol on trafficking in persons",
    OTHER: "a label that no rule knows",
}
STANDARDS = {
    "minimum_age_work": "minimum age for work",
    "minimum_age_hazardous_work": "minimum age for hazardous work",
    "hazardous_work_identified": "hazardous occupations or activities prohibited for children are identified",
    "forced_labor_prohibited": "forced labor is prohibited",
    "child_trafficking_prohibited": "child trafficking is prohibited",
    "commercial_sexual_exploitation_prohibited": "commercial sexual exploitation of children is prohibited",
    "illicit_activities_prohibited": "using children in illicit activities is prohibited",
    "minimum_age_voluntary_military": "minimum age for voluntary state military recruitment",
    "minimum_age_compulsory_military": "minimum age for compulsory military recruitment (reports to 2015)",
    "compulsory_military_recruitment_prohibited": "compulsory recruitment by the state is prohibited (from 2016)",
    "non_state_military_recruitment_prohibited": "military recruitment by non-state armed groups is prohibited",
    "compulsory_education_age": "age to which education is compulsory",
    "free_public_education": "public education is free",
    OTHER: "a label that no rule knows",
}
STANDARD_STATUSES = {
    "Yes": "the country meets the standard",
    "No": "it does not",
    "N/A": "not applicable",
    "Unknown": "the report could not determine it",
}
DOMAINS = {"labor": "labor law enforcement", "criminal": "criminal law enforcement"}
LABOR_METRICS = {
    "inspectorate_funding": "funding of the labor inspectorate",
    "inspectors": "number of labor inspectors",
    "dedicated_inspectors": "inspectors dedicated to child labor (older reports)",
    "authorized_to_assess_penalties": "the inspectorate may assess penalties",
    "initial_training": "initial training for new employees",
    "new_law_training": "training on new laws",
    "refresher_courses": "refresher courses",
    "inspections": "labor inspections conducted",
    "worksite_inspections": "of these, at the worksite",
    "desk_review_inspections": "of these, by desk review",
    "violations_found": "violations found",
    "penalties_imposed": "violations for which penalties were imposed",
    "penalties_collected": "penalties imposed that were collected",
    "routine_inspections_conducted": "routine inspections are conducted",
    "routine_inspections_targeted": "routine inspections are targeted",
    "unannounced_inspections_permitted": "unannounced inspections are permitted",
    "unannounced_inspections_conducted": "unannounced inspections are conducted",
    "complaint_mechanism": "a complaint mechanism exists",
    "referral_mechanism": "a referral mechanism to social services exists",
}
CRIMINAL_METRICS = {
    "initial_training": "initial training for new employees",
    "new_law_training": "training on new laws",
    "refresher_courses": "refresher courses",
    "investigations": "investigations",
    "violations_found": "violations found",
    "prosecutions": "prosecutions initiated",
    "convictions": "convictions",
    "penalties_imposed": "penalties imposed for violations",
    "referral_mechanism": "a referral mechanism to social services exists",
}
METRICS = {**LABOR_METRICS, **CRIMINAL_METRICS, OTHER: "a label that no rule knows"}
CELL_STATUSES = {
    "reported": "the cell gives an answer; one without a value has a finding `value_unread`",
    "unknown": "the cell says that the value is unknown",
    "not_applicable": "the cell says that the question does not apply",
    "blank": "the cell is empty",
}
UNITS = {"usd": "United States dollars", "count": "a number of things", "yes_no": "1 for yes, 0 for no"}
AREAS = {
    "legal_framework": "legal framework",
    "enforcement": "enforcement",
    "coordination": "coordination",
    "government_policies": "government policies",
    "social_programs": "social programs",
    OTHER: "a label that no rule knows",
}
REFERENCE_TYPES = {
    "report": "a report, study, plan or other document; also what shows no other form",
    "law": "a law, decree, code or constitution",
    "news": "an article of a newspaper, news site or news agency",
    "interview": "an interview",
    "correspondence": "a letter, an e-mail, an answer to a questionnaire or an embassy's report",
    "web_page": "a page of a web site that is no article",
    "statistics": "a survey, census or other statistics",
}

NUMBER_SOURCES = {"printed": "as printed", "inferred": "the source lost the number"}
ENTITY_LABELS = {
    "AGENCY": "ministry, agency, police, court or other body",
    "LAW": "law, decree, code or article",
    "TREATY": "convention or protocol",
    "POLICY": "plan, policy or strategy",
    "PROGRAM": "program or project",
}
SEVERITIES = {
    "info": "something worth knowing, nothing is missing",
    "warning": "a value may be wrong or incomplete",
    "error": "something is missing or wrong",
}
CHECKS = {
    # the file
    "stream_damaged": "packed parts of the PDF are damaged, text may be missing: fetch the file again",
    "pages_missing": "by the printed page numbers, pages are not in the file: fetch the whole file",
    "pages_out_of_order": "by the printed page numbers, pages are double or in another order",
    "page_without_text": "a page holds no text, perhaps only a picture of it",
    "page_oversized": "the page measures far more than a sheet: its text may be taken for a running head or foot",
    "page_turned": "letters of the page do not run from left to right: rows of it are not to be trusted",
    "page_hidden": "most of what a page holds is white or outside of it, and was left out",
    "page_read_slowly": "pdfplumber itself has read the page; nothing is wrong with its rows",
    "hidden_text": "white or cropped text, which no reader sees, was left out",
    "text_missing": "another engine reads much more on this page than we do: look at the page",
    "text_garbled": "the file does not say which letters some of its glyphs are",
    "text_repeated": "a piece of running text or of the references stands in the source twice",
    "text_encoding": "the text is not UTF-8 and was read in the named encoding",
    "text_repaired": "damage of a scan was repaired by the named rule; what stood there is in the message",
    "text_damaged": "looks like damage of a scan that no rule repairs: compare it with the printed page",
    # the chapter
    "country_unknown": "a part of the chapter is about a country that no rule knows: its rows are missing",
    "report_year_conflict": 'running foot and opening sentence name different years; an opening "In 2020, …" decides',
    "assessment_missing": "no assessment level is printed",
    "assessment_conflict": "two assessment levels are printed; the message says which one was taken",
    "summary_missing": "no paragraph stands before the first section",
    "section_missing": "the sections' numbers leave one out: its text and tables are missing",
    "section_misnumbered": "a section's number is misprinted; none is missing",
    "heading_unknown": "a heading of no section that the rules know, taken for text",
    "line_unowned": "nothing was made of this line; after the first 20, of as many as the message says",
    "lines_unowned": "how many lines of the source nothing was made of",
    # tables
    "table_missing": "the text announces a table by its number, and the chapter has none with it",
    "table_empty": "a table's caption or header is there, and no row of it, or none of which something was made",
    "table_unknown": "a table with a title and columns that no rule knows: its rows are missing",
    "table_repeated": "a second table of a kind, by its number: its rows are missing, and none is told as the first's",
    "column_unknown": "a column with a header that no rule knows, or two of the same name",
    "label_unknown": "a row with a label of new wording: its code was taken from its words, or is `other`",
    "row_unclaimed": "a row of a table that no rule knows",
    "row_repeated": "a row stands directly below itself",
    "rows_quarantined": "rows broke a rule of their table: see `quarantine`",
    "figure_shares_missing": "Figure 1 is there, and not all of its shares",
    "shares_sum": "the shares of Figure 1 do not add up to 100 percent",
    "value_joint": "a number printed once for several parts of a country stands in a row for each: do not add them up",
    "value_unread": "a cell's value is missing or is not all that the cell says: its form is new; see the printed page",
    "number_repaired": "a number was not read as it is printed; the message says what was printed",
    "footnote_unanchored": "the marker of a note below a table stands nowhere in the table",
    "names_missing": "the chapter has no names, because looking for them broke: report it with the file",
    # references
    "citation_unresolved": "a number is cited that the reference list does not have",
    "reference_gap": "the reference list has a gap in its numbers, and entries may be lost",
    "reference_number_skipped": "the publisher left a number of the reference list out; no entry is lost",
    "references_on_file": "the source prints no reference list and says that the references are on file",
    "references_missing": "references are cited, and no reference list was found",
    "citations_few": "hardly any entry of the reference list is cited; citations may be printed in an unknown form",
    "reference_number_duplicate": "a number stands twice in the reference list",
    "reference_order": "a number in the reference list is smaller than the one before it",
    "reference_number_inferred": "the source lost an entry's number; it was told by the entries around it",
    "reference_entries_glued": "an entry stood in the text of the one before it and was cut off",
    "reference_line_unowned": "a line stands before the first entry of the reference list",
    "reference_author_repeated": "a dash stands for the author of the entry before",
    "url_damaged": "an address holds blanks, or may have lost or gained characters: see `references.url_guess`",
    # the run
    "version_not_chosen": "another file holds a version of the chapter and is left out",
    "source_failed": "the chapter's file fails now; it is published as it was read before",
}
CHANGES = {
    "chapter_added": "the chapter was not published before; one line a table, with the number of its rows",
    "chapter_retired": "the chapter is not published any more; one line a table, with the number of its rows",
    "columns_changed": "the table has other columns than before; what follows compares the columns that it kept",
    "added": "the row is new",
    "removed": "the row is gone",
    "changed": "the row says something else in this field",
    "moved": "that many rows say the same in another place of the source or of the table",
}
CHANGE_CAUSES = {
    "new_input": "a new file, or a file with other bytes",
    "new_release": "another version of the chapter was chosen, as a rule a newer one",
    "new_rules": "the wording rules are others",
    "new_code": "the code that makes records is another",
    "new_schema": "the tables' schemas are others",
    "forced": "the chapter was read again because that was asked for",
    "retired": "no file holds the chapter any more",
    "derived": "not read again: computed over several files or chapters, another one of which changed",
}
