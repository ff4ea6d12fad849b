"""The names of one chapter: what its table cells hold, then what its prose shows, then other forms of both.

Works on passages with their tokens and knows no document. The patterns and word lists are in ``rules/entities.yml``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from rapidfuzz.distance import OSA

from extractors.names.aliases import (
    ACRONYM,
    ACRONYMS,
    Lexicon,
    add_alias,
    add_short_policies,
    initials,
    link,
    long_form,
    near,
    small,
    stems,
    straight,
)
from extractors.names.cells import (
    NUMBER_OF_LAW,
    PARENTHESIS,
    PART_OF_LAW,
    YEAR_OF_LAW,
    learn_cell,
    learn_laws,
    learn_projects,
    names_inside,
)
from extractors.names.shapes import ACRONYM_BETWEEN, YEARS, armed_groups, pattern, prose_patterns, words
from extractors.rules import country_code

# The columns whose cells are names, and the label of these names.
NAMING = {
    ("agencies", "agency"): "AGENCY",
    ("coordination", "body"): "AGENCY",
    ("policies", "policy"): "POLICY",
    ("programs", "program"): "PROGRAM",
}
# The label of an acronym that a section of the prose defines, where its long form does not tell.
SECTION_LABELS = {"policies": "POLICY", "programs": "PROGRAM"}
# What stands between two full names of one cell; an office stays with its ministry
BETWEEN_NAMES = re.compile(r"((?: \([^()]+\))?)(?:, and| and|,| ?/|—| [-–] ?|:|;|[’']s(?! Office)) ?(?:the )?")
# "National Children Policy (2008)" (Kenya 2014, page 5)
YEARS_OF_POLICY = re.compile(rf"{YEARS.pattern}| \((?:19|20)\d\d\)")
BEHIND_LAW = re.compile(f"{YEAR_OF_LAW.pattern}|{NUMBER_OF_LAW.pattern}")
ENDING_YEAR = re.compile(r",? (?:19|20)\d\d$")
# "Penal Code and the Bonded Labor System (Abolition) Act" (Pakistan 2014): the second of two
LAW_BEFORE = r"^[^()]*\b(?:%amended_law%|Constitution) and (?:the )?(?=[A-Z])"
# "Give Dignity (Da Dignidad)" (Ecuador 2018): two runs of words with capitals and no link
TWO_NAMES = re.compile(
    r"\b([A-Z][\w’'-]+(?: [A-Z][\w’'-]+)+) \(([A-ZÀ-Ý][\w’'-]+(?: (?!of |and |the )[\w’'-]+)* [A-ZÀ-Ý][\w’'-]+)\)"
)
# "the Child Kelp (Nets) Act 2014": no number, and no law by itself
DATED_LAW = re.compile(r"\w+ (?:19|20)\d\d")
WORDS_WITH_CAPITALS = re.compile(
    r"\b[A-Z][\w-]*\w(?:(?: (?:of|for|the|and|to|in|on|against|with))* [A-Z][\w-]*\w)+(?!['’]s?\b)"
)
MISPRINT = 5  # letters from which an acronym is long enough to be recognised with one wrong letter


class NameSpan(NamedTuple):
    """A name where it stands: its characters, its first token and the token after its last; ``canonical`` if it is one
    that means the same in every chapter."""

    label: str
    text: str
    start: int
    end: int
    first: int
    last: int
    canonical: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """One text of the chapter, the record that it belongs to, its tokens and where each begins, and the names in it
    that are known everywhere or have the shape of one."""

    table: str
    column: str
    record: Mapping[str, Any]
    text: str
    tokens: list[str]
    starts: list[int]
    known: list[NameSpan]
    shaped: list[NameSpan]

    @property
    def section(self) -> str:
        return str(self.record.get("section") or self.table)


def learn(passages: list[Passage]) -> Lexicon:
    """All names of a chapter."""
    lexicon = Lexicon()
    for passage in passages:
        for span in passage.known:
            lexicon.add(span.label, span.text, lexicon.add(span.label, span.canonical))
            # "Measurement, … (MAP16) Project on …"
            lexicon.parts.setdefault(straight(span.text), set()).update(PARENTHESIS.findall(span.text))
    for passage in passages:
        learn_table(lexicon, passage)
    for passage in passages:
        learn_prose(lexicon, passage)
    for passage in passages:
        learn_aliases(lexicon, passage)
    learn_wordings(lexicon, passages)
    link(lexicon)
    learn_acronyms(lexicon, dict.fromkeys(token for passage in passages for token in passage.tokens))
    add_short_policies(lexicon)
    return lexicon


# ---------------------------------------------------------------- tables


def learn_table(lexicon: Lexicon, passage: Passage) -> None:
    """Add the names of a cell that holds names."""
    label = NAMING.get((passage.table, passage.column))
    if label:
        for cell in cells(passage, label):
            learn_cell(lexicon, label, cell)
        lexicon.place(passage.text, passage.table, passage.record.get("row", 0))
        learn_parts(lexicon, passage)
    if passage.column == "legislation":
        learn_laws(lexicon, passage.text)
        for number, item in enumerate(passage.text.split("; ")):
            law = pattern(PART_OF_LAW).sub("", item)
            lexicon.place(law.removeprefix("The "), f"legislation {passage.record.get('row')}", number)


def cells(passage: Passage, label: str) -> list[str]:
    """The text of a cell, cut where it puts one full name of a body or a policy after the other: "Ministry of the
    Interior and Prosecutor General’s Office" (Egypt 2013, page 3), "Kosovo Police’s Directorate of …" (Kosovo 2013,
    page 4).

    "Ministry of Justice’s Office of the Attorney General" is one (Ghana 2016, page 3).
    """
    text = passage.text
    names = [span for span in passage.shaped if span.label == label in ("AGENCY", "POLICY")]
    gaps = [BETWEEN_NAMES.match(text, name.end) for name in names[:-1]]
    beside = (gap and gap.end() == name.start and parts(label, gap) for gap, name in zip(gaps, names[1:], strict=True))
    if len(names) < 2 or not all(beside):
        return [text]
    ends = [*(gap.end(1) for gap in gaps if gap), len(text)]
    return [text[name.start : end] for name, end in zip(names, ends, strict=True)]


def parts(label: str, gap: re.Match[str]) -> bool:
    """Whether what stands between two names parts them: "Decent Work National Plan and the Decent Work Agenda for
    Youth" (Brazil 2014), but not "National Strategy and Action Plan"."""
    return label == "AGENCY" or bool(gap.group(1)) or gap[0].endswith(" the ")


def learn_parts(lexicon: Lexicon, passage: Passage) -> None:
    """Add the names inside the name of a cell: "Ministry of Justice’s Office of …" (Ghana 2016, page 3).

    Not the halves of "National Strategy and Action Plan for …" (Kosovo 2017, page 6).
    """
    text = straight(passage.text)
    whole = max((form for form in lexicon.by_form if text.startswith(form)), key=len, default="")
    for span in (*passage.shaped, *passage.known):
        part = straight(span.text)
        if span.end > len(whole) or part == whole or goes_on(whole, part) or shares_head(text, span.start):
            continue
        half = {span.label, lexicon.by_form[whole].label} <= {"POLICY", "PROGRAM"}
        if not half or not (whole.startswith(part) or span in passage.shaped):
            lexicon.add(span.label, span.text)
            lexicon.parts.setdefault(whole, set()).add(part)


def goes_on(whole: str, part: str) -> bool:
    """Whether a part is only the beginning of the whole: "Council for the Protection of Kelp" of "… of Kelp at Sea",
    and "Ministry of Solidarity, the Family, Women and Children" (Côte d’Ivoire 2014, page 5), whose list is cut."""
    rest = whole.removeprefix(part)
    return re.match(r" [a-z].* [A-Z]|, (?:the )?[A-Z].* and ", rest) is not None


def shares_head(text: str, start: int) -> bool:
    """Whether a part is the end of a list with one head: "Advisory, and District Kelp Committees"."""
    return text[:start].endswith(" and ")


# ---------------------------------------------------------------- prose


def learn_prose(lexicon: Lexicon, passage: Passage) -> None:
    """Add the names that a text shows: by a pattern of ``rules/entities.yml``, or by their shape."""
    if passage.column == "description" or passage.section == "programs":
        learn_projects(lexicon, passage.text)
        learn_pairs(lexicon, "PROGRAM", passage.text)
    elif passage.column == "role":
        learn_pairs(lexicon, "AGENCY", passage.text)
    learn_patterns(lexicon, passage.text)
    for span in passage.shaped:
        if two_known(lexicon, span.text):
            continue
        entity = lexicon.add(span.label, with_country(passage, span))
        short = ACRONYM_BETWEEN.search(span.text)
        if short:
            # "National Action Plan (NAP) to Implement …" (Ukraine 2016): all, what stands before, and the acronym
            for form in (span.text[: short.start()].strip(), short.group().strip("()")):
                lexicon.add(span.label, form, entity)
                lexicon.parts.setdefault(straight(span.text), set()).add(straight(form))
        for part in passage.shaped:
            if span.start <= part.start and part.end <= span.end and len(part.text) < len(span.text):
                lexicon.parts.setdefault(straight(span.text), set()).add(straight(part.text))


def learn_pairs(lexicon: Lexicon, label: str, text: str) -> None:
    """Add what stands with its name in another language: "Caring Brazil (Brasil Carinhoso)" (Brazil 2016), and among
    the agencies "Advanced Posts (Postos Avançados)" (Brazil 2016)."""
    for match in TWO_NAMES.finditer(text):
        name = without_openers(match.group(1))
        known = any(straight(form) in lexicon.by_form for form in (name, match.group(2)))
        spelled = match.group().split() if label == "AGENCY" else name.split()
        known = known or not words().heads.keys().isdisjoint(word.strip("()") for word in spelled)
        if " " in name and not known and not country_code(name):
            lexicon.add(label, match.group(2), lexicon.add(label, name))


def two_known(lexicon: Lexicon, text: str) -> bool:
    """Whether a run of words is two names that the chapter has: "Committee on Child Labor and Child Labor Committees"
    (Botswana 2018)."""
    straightened = straight(text)
    return any(
        {straightened[: gap.start()], straightened[gap.end() :]} <= lexicon.by_form.keys()
        for gap in re.finditer(" and (?:the )?", straightened)
    )


def with_country(passage: Passage, span: NameSpan) -> str:
    """The name of an agency with the other country whose it is: "Ecuador’s Ministry of Labor" (Peru 2019, page 8)."""
    holder = re.search(r"((?:[A-Z]\w+ ){0,2}[A-Z]\w+)[’']s $", passage.text[: span.start])
    if span.label == "AGENCY" and holder:
        for country in (holder.group(1), holder.group(1).rpartition(" ")[2]):
            if country_code(country) not in (None, passage.record.get("iso3")):
                return passage.text[holder.end(1) - len(country) : span.end]
    return span.text


def learn_patterns(lexicon: Lexicon, text: str) -> None:
    """Add what the patterns match; the groups of one match are names of one thing."""
    for label, prose, holds in prose_patterns():
        for match in prose.finditer(text) if any(map(text.__contains__, holds)) else ():
            entity = None
            for form in [group for group in match.groups() if group] or [match.group()]:
                if label == "LAW":
                    form = without_openers(pattern(LAW_BEFORE).sub("", pattern(PART_OF_LAW).sub("", form)))
                form = only_ministries(form)
                if DATED_LAW.fullmatch(form):
                    continue
                entity = lexicon.add(label, form, entity)


def only_ministries(form: str) -> str:
    """A joint name without the other bodies behind it: "ministries of Kelp and Nets, and the Royal Police"."""
    while several_ministries(form):
        *_, last = [0, *(comma.start() for comma in re.finditer(r"(?:[,;]|[,;]? and)(?: the)? (?=[A-Z])", form))]
        if not last:
            break
        form = form[:last]
    return form


def several_ministries(form: str) -> bool:
    """Whether a joint name holds another: "Ministries of …, and Agriculture; and the National Employment Office"
    (Lebanon 2015)."""
    return form.lower().startswith("ministries") and "AGENCY" in map(words().heads.get, form.split()[1:])


def without_openers(text: str) -> str:
    """A run of words without those that only lead to a name: "Under the Kelp (Amendment) Act"."""
    first, _, rest = text.partition(" ")
    return without_openers(rest) if rest and (first in words().openers or small(first)) else text


# ---------------------------------------------------------------- other forms


def learn_aliases(lexicon: Lexicon, passage: Passage) -> None:
    """Add what stands in parentheses behind a name: an acronym, or a program's name in its own language."""
    text = straight(passage.text)
    armed = armed_groups(text)
    for match in PARENTHESIS.finditer(text):
        if any(match.start() in groups for groups in armed):
            continue
        aliases = names_inside(match.group(1))
        before = re.sub(r"('s|,)?[”\"]?$", "", text[near(text, match.start()) : match.start()])
        # "the Kelp Offences (Amendment) Act, 2019 (KOAA)": the year is no part of the form
        name = lexicon.ending(before) or lexicon.ending(ENDING_YEAR.sub("", before))
        if not name and (passage.table, passage.column) not in NAMING:
            learn_definition(lexicon, passage.section, before, aliases[0])
        if not name:
            continue
        entity = lexicon.by_form[name]
        for alias in aliases:
            if ACRONYMS.fullmatch(alias) or other_name(alias, entity.label):
                add_alias(lexicon, name, alias, entity)


def learn_wordings(lexicon: Lexicon, passages: list[Passage]) -> None:
    """Add the runs of words with capitals that have the words of a known name, whatever their inflection: "National
    Directory of Security" for the "National Directorate of Security" (Afghanistan 2016, page 5)."""
    shaped = {span.text for p in passages for span in (*p.shaped, *p.known)}
    runs = dict.fromkeys(without_openers(run) for p in passages for run in WORDS_WITH_CAPITALS.findall(p.text))
    for label in ("AGENCY", "POLICY", "PROGRAM"):
        known = {stems(form, label): form for form in reversed(lexicon.forms(label)) if len(stems(form, label)) > 1}
        for run in runs:
            form = known.get(stems(run, label))
            if form and run not in lexicon.by_form and free(run, shaped):
                lexicon.add(label, run, lexicon.by_form[form])


def free(run: str, shaped: Iterable[str]) -> bool:
    """Whether a run of words is no general one, names no post and holds no other name."""
    general = run in words().no_names or not words().openers.isdisjoint(run.split())
    return not general and not any(f" {name} " in f" {run} " for name in shaped)


def learn_definition(lexicon: Lexicon, section: str, before: str, acronym: str) -> None:
    """Add the acronym and the words before it that it abbreviates, if they name an agency, or anything in a section on
    policies or programs: "Fisheries Administration of Cambodia (FiA)" (Cambodia 2020, page 12)."""
    long = long_form(before, acronym) if ACRONYM.fullmatch(acronym) else ""
    if not long or no_name(long, acronym):
        return
    # "Fisheries Administration of Cambodia (FiA)" among the policies (Cambodia 2020, page 12)
    spelled = long.split()
    strong = set(spelled) if section == "policies" else {spelled[0], spelled[-1]} - words().weak_heads
    # "State Labor Inspectorate and Social Services (SLISS)" (Albania 2018)
    if "and" in spelled:
        strong |= set(spelled) - words().weak_heads
    label = "AGENCY" if "AGENCY" in map(words().heads.get, strong) else SECTION_LABELS.get(section)
    if label:
        lexicon.add(label, acronym, lexicon.add(label, long))


def no_name(long: str, acronym: str) -> bool:
    """Whether an acronym and its words name a country, a topic, or what is no government's."""
    general = bool(country_code(long)) or long in words().no_names or acronym in words().topics
    return general or f"{long} ".startswith(words().world_bodies) or not words().no_program.isdisjoint(long.split())


def other_name(text: str, label: str) -> bool:
    """Whether what stands in parentheses behind a name of this label is another name and no remark: "Mesa
    Interinstitucional de …" (Ecuador 2018, page 5), any name of a program, but not "Northern Province"."""
    if not re.match(r"(?!Phase )[A-Z]\S* ", text) or country_code(text.partition(",")[0]):
        return False
    spelled = set(text.split())
    return label == "PROGRAM" or bool(words().foreign_links & spelled)


def learn_acronyms(lexicon: Lexicon, tokens: Iterable[str]) -> None:
    """Add the acronyms of the text that no parenthesis defines: in singular or plural, by the letters of one name, or
    with one wrong letter ("MOGSP" for "MOGCSP", Ghana 2016, page 4)."""
    acronyms = [form for form in lexicon.by_form if form.isupper() and form.isalnum()]
    spelling, short = spelled_acronyms(lexicon), short_acronyms(lexicon)
    for token in tokens:
        if token in lexicon.by_form or not (len(token) > 2 and token.isalnum() and token.removesuffix("s").isupper()):
            continue
        plural = [token.removesuffix("s"), f"{token}s"]
        for forms in (plural, spelling.get(token, []), short.get(token, []), slips(token, acronyms)):
            entities = {lexicon.by_form[form] for form in forms if form in lexicon.by_form}
            if len(entities) == 1:
                entity = entities.pop()
                lexicon.add(entity.label, token, entity)
                break


def spelled_acronyms(lexicon: Lexicon) -> dict[str, list[str]]:
    """The names of agencies, policies and programs by the acronyms that they spell."""
    spelling: dict[str, list[str]] = defaultdict(list)
    for label in ("POLICY", "PROGRAM", "AGENCY"):
        for form in lexicon.forms(label):
            spelled = [word for word in form.split() if not small(word)]
            if len(spelled) > 1 and all(word[0].isupper() for word in spelled):
                for acronym in initials(form):
                    spelling[acronym].append(form)
    return spelling


def short_acronyms(lexicon: Lexicon) -> dict[str, list[str]]:
    """The names of agencies by the acronyms that they spell in part."""
    spelling: dict[str, list[str]] = defaultdict(list)
    for body in lexicon.forms("AGENCY"):
        for acronym in {acronym for form in shorter(body) for acronym in initials(form)}:
            spelling[acronym].append(body)
    return spelling


def shorter(body: str) -> list[str]:
    """The forms of a body's name that acronyms spell: "MOI" the "Ministry of the Interior", "MOL" the "Ministry of
    Labor and Kelp", "CPWB" the "Punjab Child Protection and Welfare Bureau"."""
    first = re.split(",| and ", body, maxsplit=1)[0] if body.startswith("Ministry ") else body
    rest = body.partition(" ")[2] if body.count(" ") > 4 else body
    return [body.replace(" the ", " "), first, rest]


def slips(token: str, acronyms: list[str]) -> list[str]:
    """The acronyms of which a token is a slip: one letter is wrong, or else two have changed places ("MPTE" for "MTPE",
    Peru 2013)."""
    alike = [form for form in acronyms if form[0] == token[0] and len(form) >= MISPRINT - 1]
    near = [form for form in alike if OSA.distance(token, form) == 1]
    swapped = [form for form in near if sorted(form) == sorted(token)]
    return [form for form in near if form not in swapped and min(len(form), len(token)) >= MISPRINT] or swapped


def endings(passage: Passage) -> dict[str, re.Pattern[str]]:
    """What belongs to a name although it stands behind its words, by the label of the name: years, and the number of a
    law. A project in a list has none (Ghana 2016, page 7)."""
    found = {"POLICY": YEARS_OF_POLICY, "LAW": BEHIND_LAW, "PROGRAM": YEARS}
    if (passage.table, passage.column) == ("programs", "description"):
        del found["PROGRAM"]
    return found
