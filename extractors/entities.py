"""Tag the agencies, laws, treaties, policies and programs that a chapter names. The only importer of spaCy.

A chapter teaches the tagger its own names: the cells of its tables ("National Labor Inspection Superintendency
(SUNAFIL)") and the acronyms that its prose defines. Names that stand in no table are known by their shape: a run of
capitalised words whose head says what it is (``rules/entities.yml``). All forms so learned are then looked up in every
text, the longest first. No model is downloaded: tokens, phrase matching and spans are spaCy's, on a blank pipeline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import spacy
from rapidfuzz.distance import Levenshtein
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.pipeline import SpanRuler
from spacy.tokens import Doc, Span

from extractors.aliases import (
    ACRONYM,
    Names,
    Thing,
    add_alias,
    ends_with,
    learn_short_policies,
    link,
    long_form,
    straight,
)
from extractors.cells import (
    GROUP_OF_POLICIES,
    PARENTHESIS,
    PART_OF_LAW,
    YEAR_OF_LAW,
    learn_cell,
    learn_laws,
    learn_projects,
)
from extractors.citations import spans
from extractors.rules import country_code
from extractors.shapes import PROGRAM_NOUN, YEARS, Shapes, words

# The columns that name things. Summary paragraphs stand in `paragraphs` too; activities name none.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "paragraphs": ("text",),
    "statistics": ("source",),
    "conventions": ("label",),
    "legal_standards": ("legislation",),
    "agencies": ("agency", "role"),
    "coordination": ("body", "role"),
    "policies": ("policy", "description"),
    "programs": ("program", "description"),
    "suggested_actions": ("action",),
    "footnotes": ("text",),
}
NAMING = {
    ("agencies", "agency"): "AGENCY",
    ("coordination", "body"): "AGENCY",
    ("policies", "policy"): "POLICY",
    ("programs", "program"): "PROGRAM",
}
PLACE = ("doc_id", "iso3", "report_year", "page", "bbox", "line")

# What stands between two full names of one cell; an office stays with its ministry
BETWEEN_BODIES = re.compile(r"((?: \([^()]+\))?)(?:, and| and|,| ?/|—|:|;|[’']s(?! Office)) ?(?:the )?")
# "Local, Advisory, and District Child Labor Committees" (Kenya 2014, page 4), "Coordinated Mekong Ministerial
# Initiative" (Cambodia 2020, page 11): what stands behind is no name without it
NO_PART = re.compile(r"(?:[A-Z][\w-]+, )+and |Coordinated ")
# "the Attorney General’s trafficking in persons office" (Peru 2019, page 5)
OFFICE_OF_PERSON = re.compile(
    r"(?:[A-Z][a-z]+ )?(?:General|Minister|President|Prosecutor|Ombudsman|Secretary)[’']s (?:[a-z-]+ ){1,5}"
    r"(?:office|unit|bureau|department|division)\b"
)
# "Supreme Decree No. 003-2010-MIMDES" (Peru 2019, page 3), "Law 27/2007", "Legislative Decree No. 1428"
NUMBERED_LAW = re.compile(
    r"\b(?:[A-Z][a-z]+ ){0,3}"
    r"(?:Law|Act|Decree|Decree-Law|Ordinance|Order|Proclamation|Resolution|Regulation|Instrument)"
    r" (?:(?:No|Nr|Number|N)\b\.?[°º]? ?)?\d[\w./-]*\w"
)
# "under the 2010 Combating Human Trafficking law" (Egypt 2013, page 4): the year makes it one law
LAW_OF_YEAR = re.compile(
    r"\b(?:19|20)\d\d (?:[A-Z][\w’'-]+ (?:(?:of|and|on|in|against|the) )*){2,}(?:law|act|decree|code)\b"
)
# "the Protection of Children From Sexual Offences (Amendment) Act" (India 2019, page 2)
SMALL = r"(?:of|for|from|From|and|the|to|in|on|against|Of) "
LAW_WITH_PARENTHESIS = re.compile(
    rf"(?:[A-Z][\w’'-]+ (?:{SMALL})*)+(?<![’']s )\((?=[^()]*[a-z])[A-Z][A-Za-z ,’'-]+\)"
    r" (?:Act|Ordinance|Order|Law|Code|Regulations|Rules|Decree)\b"
)
# "National Children Policy (2008)" (Kenya 2014, page 5)
YEARS_OF_POLICY = re.compile(rf"{YEARS.pattern}| \((?:19|20)\d\d\)")
# "Continuous Professional Development (CPD) Framework for Teachers and …" (Cambodia 2020, page 12)
AROUND_ACRONYM = re.compile(rf"((?:[A-Z][\w’'-]+ (?:{SMALL})*)+)\([A-Z]{{2,}}\) ([A-Z]\w+)")
# "the 2010 Prohibition of Trafficking … Law" (Côte d’Ivoire 2016, page 3): the year belongs to the name
YEAR_BEFORE = re.compile(r"(?:\b(?:the|The|its|a|new|draft|and)|[’']s) ((?:(?:19|20)\d\d[–-])?(?:19|20)\d\d )$")
# "its national campaign on child begging Give Dignity (Da Dignidad)" (Ecuador 2018, page 7)
TWO_NAMES = re.compile(
    rf"\b(?:{PROGRAM_NOUN}|shelter)s?,?(?: [a-z-]+){{0,4}},? ((?:[A-Z][\w’'-]+ (?:(?:of|for|the|and|to) )*){{2,}})"
    r"\(([A-Z][\w’'-]+ [^()\d]*)\)"
)
# "its “Together Against Human Trafficking” awareness campaign" (Egypt 2020, page 2)
QUOTED_PROGRAM = re.compile(rf"[“\"]([A-Z][^“”\"]{{3,120}}?)[.,]?[”\"],? (?:[a-z-]+ ){{0,2}}{PROGRAM_NOUN}\b")
# "the USAID-supported “Strong Family” Campaign" (Cambodia 2020, page 6)
QUOTED_AND_NOUN = re.compile(r"[“\"][A-Z][^“”\"]{3,80}[”\"] (?:Campaign|Initiative|Program|Project)\b")
# "a digital case management system called PRIMERO", "a free job-seeking platform, Bong Pheak, on which" (Cambodia 2020)
SERVICE = re.compile(
    rf"\b(?:{PROGRAM_NOUN}|system|platform|database|hotline|helpline|shelter)"
    r"(?: (?:called|named|known as) (?:the )?[“\"]?|, (?=[^,;.]*,(?! and )))"
    r"([A-Z][\w’'-]+(?: (?:[A-Z][\w’'-]+|\d+)){0,4})(?=[,.”\"]| (?:for|has|in|is|that|to|which)\b)"
)
# "the MOSAVY-run Poipet Transit Center" (Cambodia 2020, page 9): a named shelter
RUN_BY = re.compile(r"\w-(?:run|operated|managed) ((?:[A-Z][\w’'-]+ )+(?:Center|Centre|Home|House|Shelter))\b")
# "the ministries of Justice and Women’s Affairs" (Cambodia 2020, page 11), "Ministries of Agriculture, Livestock and
# Fisheries; Communication; …; and Youth and Sports" (Madagascar 2015, page 5)
TOPIC = r"(?:the )?[A-Z][a-z’']+(?:(?:,|,? and)? [A-Z][a-z’']+)*"
MINISTRIES = re.compile(
    rf"\b(?:[Mm]inistries of {TOPIC}(?:; {TOPIC})*; and {TOPIC}(?![\w;])|ministries of {TOPIC} and {TOPIC})"
)
# "its List of Hazardous Occupations Prohibited to Children" (Kenya 2014, page 1)
LIST_OF_WORK = re.compile(r"\bList of (?:Dangerous|Hazardous|Prohibited)(?: (?:(?:and|for|in|of|to) )?[A-Z][\w’'-]+)+")
# "school meal plans (Qali Warma)" (Peru 2019, page 9), "shelter “Centro de Acogida …”" (page 7)
AFTER_NOUN = re.compile(
    rf"\b(?:{PROGRAM_NOUN}|plan|shelter)s?,? (?:\(([A-Z][^()\d]{{3,60}})\)|“([A-Z][^”]{{3,80}}?)[.,]?”)"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One text of the chapter and the record that it stands in."""

    table: str
    column: str
    record: Mapping[str, Any]
    doc: Doc


def tag(tables: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Every mention of a named thing in the records of one chapter, ordered by table, row, column and character.

    ``tables`` holds records with the contract's column names, text without citations and markers. A row of the answer
    has ``label, text, canonical, table, row, column, start, end`` (``record[column][start:end] == text``) and the place
    columns of its record. A table or column that is missing is passed over. The same input gives the same output.
    """
    nlp = pipeline()
    places = list(texts(tables))
    docs = nlp.pipe(
        without_callouts(record[column]) if table == "footnotes" else record[column] for table, column, record in places
    )
    pieces = [Piece(*place, doc) for place, doc in zip(places, docs, strict=True)]
    names = learn(pieces)
    matcher = forms_of(names, nlp)
    rows: list[dict[str, Any]] = []
    for piece in pieces:
        recent: list[Thing] = []
        for label, start, end, form in mentions(piece, matcher, names):
            thing = names.meant(form, recent)
            recent.append(thing)
            rows.append(
                {
                    "label": label,
                    "text": piece.doc.text[start:end],
                    "canonical": thing.canonical,
                    "table": piece.table,
                    "row": piece.record.get("row"),
                    "column": piece.column,
                    "start": start,
                    "end": end,
                }
                | {key: piece.record.get(key) for key in PLACE}
            )
    return rows


def texts(tables: Mapping[str, list[dict[str, Any]]]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Table, column and record of each text worth reading; a source note that covers several rows is one text."""
    for table, columns in COLUMNS.items():
        seen = set()
        for record in tables.get(table, ()):
            for column in columns:
                text = record.get(column)
                if isinstance(text, str) and text and text not in seen:
                    yield table, column, record
                    if table == "statistics":
                        seen.add(text)


def without_callouts(text: str) -> str:
    """A footnote's text, blanks for its citations: "Unit.(7" would be one token, and the unit not found."""
    for callout in spans(text):
        text = text[: callout.start] + " " * (callout.end - callout.start) + text[callout.end :]
    return text


@cache
def pipeline() -> Language:
    """The spaCy pipeline: a blank tokenizer, the names that mean one thing everywhere, and the shape of names."""
    nlp = spacy.blank("en")
    # "MWCPS- and MEPS-funded" (Côte d’Ivoire 2016, page 9): the hyphen is no part of the acronym
    suffixes = spacy.util.compile_suffix_regex([*(nlp.Defaults.suffixes or ()), "-"])
    cast(Any, nlp.tokenizer).suffix_search = suffixes.search
    ruler = cast(SpanRuler, nlp.add_pipe("span_ruler", config={"spans_key": "known"}))
    ruler.add_patterns(
        [
            {"label": label, "pattern": form, "id": forms[0]}
            for label, things in words().known.items()
            for forms in things
            for form in forms
        ]
    )
    nlp.add_pipe("shaped_names")
    return nlp


@Language.component("shaped_names")
def shaped_names(doc: Doc) -> Doc:
    """Put the names that their own words give away into ``doc.spans["shaped"]``."""
    names = Shapes(doc.text, [(token.text, token.idx) for token in doc]).names()
    shaped = [Span(doc, start, end, label=label) for label, start, end in names]
    # "Pathfinder Country of Alliance 8.7" (Peru 2020, page 8): a name that cuts a known one in two is none
    ends = {i for known in doc.spans["known"] for i in range(known.start + 1, known.end)}
    doc.spans["shaped"] = [span for span in shaped if span.start not in ends and span.end not in ends]
    return doc


# ---------------------------------------------------------------- what the chapter teaches


def learn(pieces: list[Piece]) -> Names:
    """All names of the chapter: what its tables say, then what its prose shows, then which forms belong together."""
    names = Names()
    for piece in pieces:
        for span in piece.doc.spans["known"]:
            names.add(span.label_, span.text, names.add(span.label_, span.id_))
    for piece in pieces:
        label = NAMING.get((piece.table, piece.column))
        if label:
            for cell in cells(piece.doc, label):
                learn_cell(names, label, cell)
            learn_parts(names, piece.doc)
        if piece.column == "legislation":
            learn_laws(names, piece.doc.text)
    for piece in pieces:
        learn_prose(names, piece)
    learn_foreign(names, pieces)
    for piece in pieces:
        learn_aliases(names, piece)
    link(names)
    for piece in pieces:
        learn_slips(names, piece.doc)
        learn_years(names, piece)
    learn_short_policies(names)
    return names


def cells(doc: Doc, label: str) -> list[str]:
    """The text of a cell, cut where it puts one full name of a body after the other: "Ministry of the Interior and
    Prosecutor General’s Office" (Egypt 2013, page 3), "Kosovo Police’s Directorate of …" (Kosovo 2013, page 4).

    "Ministry of Justice’s Office of the Attorney General" is one (Ghana 2016, page 3).
    """
    text = doc.text
    bodies = [span for span in doc.spans["shaped"] if span.label_ == label == "AGENCY"]
    gaps = [BETWEEN_BODIES.match(text, body.end_char) for body in bodies[:-1]]
    joined = all(gap and gap.end() == body.start_char for gap, body in zip(gaps, bodies[1:], strict=True))
    if len(bodies) < 2 or not joined or text[: bodies[0].start_char] not in ("", "The "):
        return [text]
    if not re.fullmatch(r"(?: \([^()]+\))?", text[bodies[-1].end_char :]):
        return [text]
    ends = [*(gap.end(1) for gap in gaps if gap), len(text)]
    return [text[body.start_char : end] for body, end in zip(bodies, ends, strict=True)]


def learn_parts(names: Names, doc: Doc) -> None:
    """Learn which names stand inside the name of a cell: "Ministry of Justice’s Office of …" (Ghana 2016, page 3).

    Not the halves of "National Strategy and Action Plan for …" (Kosovo 2017, page 6).
    """
    text = straight(doc.text)
    whole = max((form for form in names.by_form if text.startswith(form)), key=len, default="")
    for span in (*doc.spans["shaped"], *doc.spans["known"]):
        part = straight(span.text)
        kinds = {span.label_, names.by_form[whole].label} if whole else set()
        half = kinds <= {"POLICY", "PROGRAM"}
        if (
            span.end_char <= len(whole)
            and part != whole
            and not (half and (whole.startswith(part) or span in doc.spans["shaped"]))
            and not NO_PART.fullmatch(whole.removesuffix(part))
        ):
            names.add(span.label_, span.text)
            names.parts.setdefault(whole, set()).add(part)


def learn_prose(names: Names, piece: Piece) -> None:
    """Learn the names that a text gives away: by their shape, by a number, by "program" beside them."""
    doc, text = piece.doc, piece.doc.text
    if piece.column == "description" or piece.record.get("section") == "programs":
        learn_projects(names, text)
    for match in QUOTED_PROGRAM.finditer(text):
        names.add("PROGRAM", match.group(1))
    for match in QUOTED_AND_NOUN.finditer(text):
        names.add("PROGRAM", match.group())
    for match in MINISTRIES.finditer(text):
        # "…, and Agriculture; and the National Employment Office" (Lebanon 2015): two names
        if "AGENCY" not in map(words().heads.get, match.group().split()[1:]):
            names.add("AGENCY", match.group())
    for match in AROUND_ACRONYM.finditer(text):
        label = words().heads.get(match.group(2), "")
        if label in ("AGENCY", "POLICY") and words().heads.keys().isdisjoint(match.group(1).split()):
            ends = [span.end_char for span in doc.spans["shaped"] if span.start_char == match.start(2)]
            names.add(label, without_openers(text[match.start() : max([match.end(), *ends])]))
    for pattern in (NUMBERED_LAW, LAW_OF_YEAR, LAW_WITH_PARENTHESIS, LIST_OF_WORK):
        for match in pattern.finditer(text):
            names.add("LAW", without_openers(PART_OF_LAW.sub("", match.group())))
    for match in OFFICE_OF_PERSON.finditer(text):
        names.add("AGENCY", match.group())
    for span in doc.spans["shaped"]:
        # "the ILO’s Child Labor Risk Identification Model" (Peru 2019, page 9) is no government's policy
        foreign = span.label_ == "POLICY" and f"{owner(span)} " in words().world_bodies
        several = piece.column == "policy" and GROUP_OF_POLICIES.match(text)
        if not foreign and not several:
            names.add(span.label_, span.text)
        for part in doc.spans["shaped"]:
            if span.start <= part.start and part.end <= span.end and len(part) < len(span):
                names.parts.setdefault(straight(span.text), set()).add(straight(part.text))
    for pattern in (SERVICE, RUN_BY):
        for match in pattern.finditer(text):
            if not f"{match.group(1)} ".startswith(words().world_bodies):
                names.add("PROGRAM", match.group(1))
    for match in TWO_NAMES.finditer(text):
        names.add("PROGRAM", match.group(2), names.add("PROGRAM", match.group(1)))
    for match in AFTER_NOUN.finditer(text):
        form = match.group(1) or match.group(2)
        if not ACRONYM.fullmatch(form) and not form.startswith(("Table", "Figure")):
            names.add("PROGRAM", form)


def without_openers(text: str) -> str:
    """A run of words without those that only lead to a name: "Under the Kelp (Amendment) Act"."""
    first, _, rest = text.partition(" ")
    return without_openers(rest) if rest and (first in words().openers or first in words().links) else text


def owner(span: Span) -> str:
    """The word before a name that says whose it is ("Ecuador’s"), without the possessive; else empty."""
    before = span.doc[max(0, span.start - 2) : span.start]
    return before[0].text if len(before) == 2 and straight(before[1].text) in ("'s", "'") else ""


def learn_foreign(names: Names, pieces: list[Piece]) -> None:
    """Keep another country's agency apart from the own of the same name: "Ecuador’s Ministry of Labor" (Peru 2019)."""
    found = [(piece, span, owner(span)) for piece in pieces for span in piece.doc.spans["shaped"]]
    own = {straight(span.text) for _, span, holder in found if not holder}
    for piece, span, holder in found:
        abroad = country_code(holder) not in (None, piece.record.get("iso3"))
        if abroad and span.label_ == "AGENCY" and straight(span.text) in own:
            names.add("AGENCY", f"{holder}{span.doc[span.start - 1].text} {span.text}")


def learn_aliases(names: Names, piece: Piece) -> None:
    """Learn what stands in parentheses after a name: an acronym, or a program's name in its own language."""
    text = straight(piece.doc.text)
    for match in PARENTHESIS.finditer(text):
        inner = PARENTHESIS.search(match.group(1))
        alias = PARENTHESIS.sub("", match.group(1)).strip()
        if any(f"({alias})" in form for form in names.by_form):
            continue
        before = re.sub(r"('s|,)?[”\"]?$", "", text[: match.start()])
        form = max((f for f in names.by_form if ends_with(before, f)), key=len, default=None)
        if form is None:
            long = long_form(before, alias) if ACRONYM.fullmatch(alias) else ""
            label = {"policies": "POLICY", "programs": "PROGRAM"}.get(piece.record.get("section") or piece.table)
            # "Fisheries Administration of Cambodia (FiA)" among the policies (Cambodia 2020, page 12)
            if label == "POLICY" and "AGENCY" in map(words().heads.get, long.split()) and "(" not in long:
                label = "AGENCY"
            general = country_code(long) or long in words().no_names or f"{long} ".startswith(words().world_bodies)
            if long and label and not general and not words().no_program & set(long.split()):
                names.add(label, alias, names.add(label, long))
            continue
        thing = names.by_form[form]
        several = re.match(r"(?!Phase )[A-Z]\S* ", alias) is not None
        foreign_name = several and (thing.label == "PROGRAM" or not words().foreign_links.isdisjoint(alias.split()))
        if ACRONYM.fullmatch(alias) or foreign_name:
            add_alias(names, form, alias, thing)
        if inner and ACRONYM.fullmatch(inner.group(1)):
            add_alias(names, form, inner.group(1), thing)


def learn_slips(names: Names, doc: Doc) -> None:
    """Learn misprinted acronyms and those of an earlier phase: "MOGSP" for "MOGCSP", "NPA" before "NPA2" (Ghana)."""
    acronyms = {form for form in names.by_form if form.isupper() and form.isalnum()}
    phases = {form.rstrip("0123456789"): form for form in acronyms if form[-1].isdigit()}
    for token in doc:
        text = token.text
        if text in names.by_form or not text.removesuffix("s").isupper() or not text.isalnum():
            continue
        # "SWC" and "SWCs" (Kosovo 2017, page 4)
        number = names.by_form.get(text[:-1] if text.endswith("s") else f"{text}s") if len(text) > 2 else None
        if number:
            names.add(number.label, text, number)
        if text in phases and len(text) > 2:
            names.add(names.by_form[phases[text]].label, text)
        long = [form for form in acronyms if min(len(form), len(text)) >= 5 and form[0] == text[0]]
        near = [names.by_form[form] for form in long if Levenshtein.distance(form, text) == 1]
        if len(near) == 1:
            names.add(near[0].label, text, near[0])


def learn_years(names: Names, piece: Piece) -> None:
    """Let a thing be called by its full name, with the years that stand directly behind it somewhere."""
    text = piece.doc.text
    for label, pattern in years_behind(piece).items():
        for match in pattern.finditer(text):
            before = straight(text[: match.start()])
            forms = [f for f in names.forms(label) if ends_with(before, f)]
            form = max((f for f in forms if " " in f or before == f), key=len, default=None)
            if form and straight(names.by_form[form].canonical) == form:
                names.by_form[form].canonical += match.group()


def years_behind(piece: Piece) -> dict[str, re.Pattern[str]]:
    """The years that belong to a name, by its label: none to a project in a list (Ghana 2016, page 7)."""
    programs = {} if (piece.table, piece.column) == ("programs", "description") else {"PROGRAM": YEARS}
    return {"POLICY": YEARS_OF_POLICY, "LAW": YEAR_OF_LAW} | programs


# ---------------------------------------------------------------- where the names stand


def forms_of(names: Names, nlp: Language) -> PhraseMatcher:
    """Finds every form in a text; the label of a found span is the form (its blanks may differ from the text's)."""
    matcher = PhraseMatcher(nlp.vocab)
    for form in names.by_form:
        matcher.add(form, [nlp.make_doc(form), nlp.make_doc(form.replace("'", "’"))])
    return matcher


def mentions(piece: Piece, matcher: PhraseMatcher, names: Names) -> list[tuple[str, int, int, str]]:
    """Label, start, end and form of each mention.

    Of names that overlap the longest counts, with the names that are known to be its parts; a law is found with and
    without the articles before it, a policy with the years behind it.
    """
    doc = piece.doc
    years_of = years_behind(piece)
    taken: dict[int, str] = {}
    found = []
    for span in sorted(matcher(doc, as_spans=True), key=lambda s: (-len(s), s.start, s.label_)):
        form = span.label_
        label = names.by_form[form].label
        around = {taken[i] for i in range(span.start, span.end) if i in taken}
        if not all(
            form in names.parts.get(whole, ()) or (ACRONYM.fullmatch(form) and whole.startswith(f"{form} "))
            for whole in around
        ):
            continue
        if form in names.short and not points_back(span):
            continue
        if form in words().names_of_one_word and not stands_alone(span):
            continue
        taken.update({i: form for i in range(span.start, span.end) if i not in taken})
        end = span.end_char
        # "UNDAF (2015–2019)" (Madagascar 2015, page 6)
        dated_form = " " in form or (piece.column == "policy" and span.start == 0)
        years = years_of[label].match(doc.text, end) if label in years_of and dated_form else None
        end = years.end() if years else end
        dated = YEAR_BEFORE.search(doc.text, max(0, span.start_char - 20), span.start_char)
        dated = dated if label in ("LAW", "POLICY") and " " in form else None
        found.append((label, dated.start(1) if dated else span.start_char, end, form))
        if label == "LAW":
            before = PART_OF_LAW.finditer(doc.text, 0, span.start_char)
            found.extend((label, m.start(), end, form) for m in before if m.end() == span.start_char)
    return sorted(found, key=lambda f: (f[1], -f[2]))


def points_back(span: Span) -> bool:
    """Whether a lone "Declaration" is a name said short: "under the Declaration and Framework" (Ghana 2016, page 6)."""
    before = span.doc[span.start - 1].text if span.start else ""
    after = span.doc[span.end : span.end + 1].text
    return (
        before in ("the", "The", "this", "these", "both", "and")
        and after not in ("of", "for", "to", "on")
        and not after[:1].isupper()
    )


def stands_alone(span: Span) -> bool:
    """Whether "Congress" is a name and no part of one ("World Congress")."""
    before = span.doc[span.start - 1].text if span.start else ""
    after = span.doc[span.end : span.end + 1].text
    return not after[:1].isupper() and (not before[:1].isupper() or before in words().openers)
