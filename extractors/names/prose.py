"""What one chapter teaches about names: its table cells first, then what its prose gives away, then other forms.

Works on pieces of text with their tokens, whoever cut them; the patterns and word lists are in ``rules/entities.yml``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from rapidfuzz.distance import Levenshtein

from extractors.names.aliases import (
    ACRONYM,
    ACRONYMS,
    Names,
    Thing,
    add_alias,
    begins_with,
    ends_with,
    initials,
    learn_short_policies,
    link,
    long_form,
    stems,
    straight,
)
from extractors.names.cells import (
    GROUP_OF_POLICIES,
    PARENTHESIS,
    PART_OF_LAW,
    YEAR_OF_LAW,
    learn_cell,
    learn_laws,
    learn_projects,
    names_inside,
    places_of_laws,
)
from extractors.names.shapes import YEARS, pattern, prose_patterns, words
from extractors.rules import country_code

NAMING = {
    ("agencies", "agency"): "AGENCY",
    ("coordination", "body"): "AGENCY",
    ("policies", "policy"): "POLICY",
    ("programs", "program"): "PROGRAM",
}
# What stands between two full names of one cell; an office stays with its ministry
BETWEEN_BODIES = re.compile(r"((?: \([^()]+\))?)(?:, and| and|,| ?/|—|:|;|[’']s(?! Office)) ?(?:the )?")
# "Local, Advisory, and District Child Labor Committees" (Kenya 2014, page 4), "Coordinated Mekong Ministerial
# Initiative" (Cambodia 2020, page 11): what stands behind is no name without it
NO_PART = re.compile(r"(?:[A-Z][\w-]+, )+and |Coordinated |[A-Z][a-z]+ the ")
# "National Children Policy (2008)" (Kenya 2014, page 5)
YEARS_OF_POLICY = re.compile(rf"{YEARS.pattern}| \((?:19|20)\d\d\)")
ITS_PROGRAM = r" %program% (?:for|that|to|which)\b"
COMPOUND = re.compile(r"\b([A-Z]{2,})-([A-Z]{3,})\b(?!-)")
# "Continuous Professional Development (CPD) Framework for Teachers and …" (Cambodia 2020, page 12)
AROUND_ACRONYM = r"((?:[A-Z][\w’'-]+ (?:%small% )*)+)(?<![’']s )\([A-Z]{2,}\) ([A-Z]\w+)"


YEARS_AND_VERB = re.compile(rf"(?:{YEARS.pattern})(?= (?:is|was|aims|aimed|provides|provided|supports|seeks) )")
# "Law 2014-040" (Madagascar 2015, page 3), "Administrative Instruction No. 10/2017" (Kosovo 2017, page 2)
LAW_AND_YEAR = re.compile(
    r"((?:[A-Z]\w+ )*?[A-Z]\w+)(?: No\.?)? (?:((?:19|20)\d\d)[-/]\d{1,4}|\d{1,4}[-/]((?:19|20)\d\d))(?:[-/]\w+)?"
)
# "National Agency for …, known as NAPTIP,"
KNOWN_AS = (
    r",? (?:also |commonly |better |locally )?%known_as% (?:locally )?as (?:the )?"
    r"[“\"]?([A-Z][\w’'-]+(?: (?:%foreign_small% )?[A-Z][\w’'-]+){0,5})(?=[,.;)”\"]| (?:is|was|has)\b)"
)
ENACTED_IN = r",? (?:which was |was )?%enacted% in ((?:19|20)\d\d)\b"
ENACTED = r"\b%enacted% (?:the |a |an |its |their )?(?:new |revised )?$"
ONE_THING = (
    r"(?: \([A-Z]+s?\))?(?:,? \(?(?P<said>%newer_behind%|%older_behind%) (?:to |as )?(?:the )?|, or (?:the )?(?=[A-Z]))"
)


# "Penal Code and the Bonded Labor System (Abolition) Act" (Pakistan 2014): the second of two
LAW_BEFORE = r"^[^()]*\b(?:%amended_law%|Constitution) and (?:the )?(?=[A-Z])"


class Found(NamedTuple):
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
class Piece:
    """One text of the chapter, the record that it stands in, its tokens and where each begins, and the names in it
    that are known everywhere or have the shape of one."""

    table: str
    column: str
    record: Mapping[str, Any]
    text: str
    tokens: list[str]
    starts: list[int]
    known: list[Found]
    shaped: list[Found]


def learn(pieces: list[Piece]) -> Names:
    """All names of the chapter: what its tables say, then what its prose shows, then which forms belong together."""
    names = Names()
    for piece in pieces:
        for span in piece.known:
            names.add(span.label, span.text, names.add(span.label, span.canonical))
    names.places = places_of_laws(piece.text for piece in pieces if piece.column == "legislation")
    for piece in pieces:
        label = NAMING.get((piece.table, piece.column))
        if label:
            for cell in cells(piece, label):
                learn_cell(names, label, cell)
            learn_parts(names, piece)
        if piece.column == "legislation":
            learn_laws(names, piece.text)
    for piece in pieces:
        learn_prose(names, piece)
    learn_foreign(names, pieces)
    learn_laws_inside(names)
    for piece in pieces:
        learn_aliases(names, piece)
    learn_renamed(names, pieces)
    forget_pairs(names, pieces)
    link(names)
    learn_numbers(names, pieces)
    learn_compounds(names, pieces)
    learn_slips(names, dict.fromkeys(token for piece in pieces for token in piece.tokens))
    learn_acronym_of_part(names, pieces)
    for piece in pieces:
        learn_years(names, piece)
    learn_short_policies(names)
    return names


def cells(piece: Piece, label: str) -> list[str]:
    """The text of a cell, cut where it puts one full name of a body after the other: "Ministry of the Interior and
    Prosecutor General’s Office" (Egypt 2013, page 3), "Kosovo Police’s Directorate of …" (Kosovo 2013, page 4).

    "Ministry of Justice’s Office of the Attorney General" is one (Ghana 2016, page 3).
    """
    text = piece.text
    bodies = [span for span in piece.shaped if span.label == label == "AGENCY"]
    gaps = [BETWEEN_BODIES.match(text, body.end) for body in bodies[:-1]]
    joined = all(gap and gap.end() == body.start for gap, body in zip(gaps, bodies[1:], strict=True))
    if len(bodies) < 2 or not joined or text[: bodies[0].start] not in ("", "The "):
        return [text]
    if not re.fullmatch(r"(?: \([^()]+\))?", text[bodies[-1].end :]):
        return [text]
    ends = [*(gap.end(1) for gap in gaps if gap), len(text)]
    return [text[body.start : end] for body, end in zip(bodies, ends, strict=True)]


def learn_parts(names: Names, piece: Piece) -> None:
    """Learn which names stand inside the name of a cell: "Ministry of Justice’s Office of …" (Ghana 2016, page 3).

    Not the halves of "National Strategy and Action Plan for …" (Kosovo 2017, page 6).
    """
    text = straight(piece.text)
    whole = max((form for form in names.by_form if text.startswith(form)), key=len, default="")
    for span in (*piece.shaped, *piece.known):
        part = straight(span.text)
        kinds = {span.label, names.by_form[whole].label} if whole else set()
        half = kinds <= {"POLICY", "PROGRAM"}
        if (
            span.end <= len(whole)
            and part != whole
            and not (half and (whole.startswith(part) or span in piece.shaped))
            and not goes_on(whole, part)
            and not NO_PART.fullmatch(whole.removesuffix(part))
        ):
            names.add(span.label, span.text)
            names.parts.setdefault(whole, set()).add(part)


def goes_on(whole: str, part: str) -> bool:
    """Whether a name ends within a list: "Ministry of Solidarity, the Family, Women and Children" (Côte d’Ivoire 2014),
    not the "Ministry of Justice, Office of the Prosecutor"."""
    rest = whole.removeprefix(f"{part},")
    return rest != whole and " and " in rest and "AGENCY" not in map(words().heads.get, rest.split())


def learn_prose(names: Names, piece: Piece) -> None:
    """Learn the names that a text gives away: by a pattern of ``rules/entities.yml``, or by their shape."""
    text = piece.text
    if piece.column == "description" or piece.record.get("section") == "programs":
        learn_projects(names, text)
    section = str(piece.record.get("section") or piece.table)
    for label, prose, holds, where in prose_patterns():
        if where not in ("", section):
            continue
        for match in prose.finditer(text) if any(map(text.__contains__, holds)) else ():
            thing = None
            for form in [group for group in match.groups() if group] or [match.group()]:
                form = without_openers(form) if label == "AGENCY" else form
                if label == "LAW":
                    form = without_openers(pattern(LAW_BEFORE).sub("", pattern(PART_OF_LAW).sub("", form)))
                world = label != "TREATY" and f"{form} ".startswith(words().world_bodies)
                if not world and not several_ministries(form):
                    thing = names.add(label, form, thing)
    for match in pattern(AROUND_ACRONYM).finditer(text):
        label = words().heads.get(match.group(2), "")
        if label in ("AGENCY", "POLICY") and words().heads.keys().isdisjoint(match.group(1).split()):
            ends = [span.end for span in piece.shaped if span.start == match.start(2)]
            names.add(label, without_openers(text[match.start() : max([match.end(), *ends])]))
    several = piece.column == "policy" and pattern(GROUP_OF_POLICIES).match(text)
    for span in piece.shaped:
        # "the ILO’s Child Labor Risk Identification Model" (Peru 2019, page 9) is no government's policy
        foreign = span.label == "POLICY" and f"{owner(piece, span)} " in words().world_bodies
        # "Pakistan Bait-ul-Mal program that aims" (Pakistan 2014, page 7): whose program it is
        opens = piece.column == "description" and span.start == 0 and span.label == "PROGRAM"
        funder = opens and " " in span.text and pattern(ITS_PROGRAM).match(text, span.end)
        # "National Centers for Rehabilitation of Child Labor" among the programs (Pakistan 2014, page 7)
        heads = [word for word in span.text.split() if words().heads.get(word) == "AGENCY"]
        center = section == "programs" and span.text.startswith("National ") and words().weak_heads.issuperset(heads)
        if not foreign and not several and not funder:
            names.add("PROGRAM" if center and span.label == "AGENCY" else span.label, span.text)
        for part in piece.shaped:
            if span.start <= part.start and part.end <= span.end and len(part.text) < len(span.text):
                names.parts.setdefault(straight(span.text), set()).add(straight(part.text))


def several_ministries(form: str) -> bool:
    """Whether a joint name holds another: "Ministries of …, and Agriculture; and the National Employment Office"
    (Lebanon 2015)."""
    return form.lower().startswith("ministries") and "AGENCY" in map(words().heads.get, form.split()[1:])


def without_openers(text: str) -> str:
    """A run of words without those that only lead to a name: "Under the Kelp (Amendment) Act"."""
    first, _, rest = text.partition(" ")
    return without_openers(rest) if rest and (first in words().openers or first in words().links) else text


def owner(piece: Piece, name: Found) -> str:
    """The word before a name that says whose it is ("Ecuador’s"), without the possessive; else empty."""
    owned = name.first > 1 and straight(piece.tokens[name.first - 1]) in ("'s", "'")
    return piece.tokens[name.first - 2] if owned else ""


def learn_foreign(names: Names, pieces: list[Piece]) -> None:
    """Keep another country's agency apart from the own of the same name: "Ecuador’s Ministry of Labor" (Peru 2019)."""
    found = [(piece, span, owner(piece, span)) for piece in pieces for span in piece.shaped]
    own = {straight(span.text) for _, span, holder in found if not holder}
    for piece, span, holder in found:
        if not holder or span.label != "AGENCY" or straight(span.text) not in own:
            continue
        if country_code(holder) not in (None, piece.record.get("iso3")):
            names.add("AGENCY", f"{holder}{piece.tokens[span.first - 1]} {span.text}")


def learn_aliases(names: Names, piece: Piece) -> None:
    """Learn what stands in parentheses after a name: an acronym, or a program's name in its own language."""
    text = straight(piece.text)
    for match in PARENTHESIS.finditer(text):
        alias, *more = names_inside(match.group(1))
        quoted = match.group(1)[:1] in ("“", '"') and alias[:1].isupper()
        if alias in names.places or holds_parenthesis(names, text, match):
            continue
        before = re.sub(r"('s|,)?[”\"]?$", "", text[: match.start()])
        form = max((f for f in names.by_form if ends_with(before, f)), key=len, default=None)
        one = names.by_form.get(alias.removesuffix("s"))
        if one and alias.endswith("s") and before.endswith("s") and form is None:
            # "National Child Labor Projects (NCLPs)" (India 2015, page 6)
            form = max((f for f in names.forms(one.label) if ends_with(before[:-1], f)), key=len, default=None)
            if form and names.by_form[form] is one:
                names.add(one.label, f"{form}s", one)
        if form is None:
            long = long_form(before, alias) if ACRONYM.fullmatch(alias) else ""
            section = str(piece.record.get("section") or piece.table)
            label = {"policies": "POLICY", "programs": "PROGRAM"}.get(section)
            # "Women and Children’s Protection Center (WCPC)" among those who enforce (Philippines 2018)
            if section in ("enforcement", "coordination", "agencies") and words().weak_heads & set(long.split()[-1:]):
                label = "AGENCY"
            # "Fisheries Administration of Cambodia (FiA)" among the policies (Cambodia 2020, page 12)
            ends = long.split() if label == "POLICY" else long.split()[:1] + long.split()[-1:]
            if label == "PROGRAM":  # "Global Apprenticeship Network (GAN)" (Kenya 2016) is none
                ends = [word for word in ends if word not in words().weak_heads]
            if label and "AGENCY" in map(words().heads.get, ends) and "(" not in long:
                label = "AGENCY"
            general = country_code(long) or long in words().no_names or f"{long} ".startswith(words().world_bodies)
            if long and label and not general and not words().no_program & set(long.split()):
                names.add(label, alias, names.add(label, long))
            continue
        thing = names.by_form[form]
        for other in (alias, *more):
            # "Plan of Immediate Measures … (“Roadmap”)" (Uzbekistan 2019, page 8)
            if quoted or ACRONYMS.fullmatch(other) or other_name(other, thing.label):
                add_alias(names, form, other, thing)
    for match in pattern(KNOWN_AS).finditer(text):
        form = max((f for f in names.by_form if ends_with(text[: match.start()], f)), key=len, default="")
        if form:
            add_alias(names, form, match.group(1), names.by_form[form])


def holds_parenthesis(names: Names, text: str, match: re.Match[str]) -> bool:
    """Whether a name goes on behind the parenthesis in it: "Global Action Program (GAP) on Child Labor Issues"."""
    wholes = [form for form in names.by_form if f"({match.group(1)})" in form]
    starts = [match.start() - form.index(f"({match.group(1)})") + match.group().index("(") for form in wholes]
    return any(start >= 0 and text.startswith(form, start) for form, start in zip(wholes, starts, strict=True))


def other_name(text: str, label: str) -> bool:
    """Whether what stands in parentheses is the same name in another language or said otherwise, and no remark: "Mesa
    Interinstitucional de …" (Ecuador 2018), "Minors’ Brigade" (Mauritius 2016), but not "Northern Province"."""
    spelled = text.split()
    if not re.match(r"(?!Phase )[A-Z]\S* ", text) or country_code(text.split(",")[0]):
        return False
    if label == "PROGRAM" or (words().foreign_links & set(spelled) and not {"and", "of"} & set(spelled)):
        return True
    named = all(word[0].isupper() or word in words().foreign_links for word in spelled)
    return named and label in ("AGENCY", "POLICY") and not words().place_words & set(spelled) and "," not in text


def forget_pairs(names: Names, pieces: list[Piece]) -> None:
    """Forget what only puts two known names side by side: "National Program to Eradicate Child Labor and Bolsa Família"
    (Brazil 2018, page 9)."""
    rows = [straight(piece.text) for piece in pieces if (piece.table, piece.column) in NAMING]
    for form in [form for form in names.forms("PROGRAM") if " and " in form]:
        left, _, right = form.rpartition(" and ")
        both = (left, right.removeprefix("the "))
        known = all(" " in one and one in names.by_form for one in both)
        if known and not any(row.startswith(form) for row in rows):
            del names.by_form[form]


def learn_renamed(names: Names, pieces: list[Piece]) -> None:
    """Join two names of which a text says that they are one thing: "Ministry of … (MOLIRE) became Ministry of …
    (MOLHRDT)" (Mauritius 2019, page 3), "Regional Centers for Social Work, or Social Work Centers" (Kosovo 2017).
    """
    for piece in pieces:
        text = straight(piece.text)
        for match in pattern(ONE_THING).finditer(text):
            before = text[: match.start()]
            older = max((f for f in names.by_form if ends_with(before, f)), key=len, default="")
            newer = max((f for f in names.by_form if begins_with(text, match.end(), f)), key=len, default="")
            if not older or not newer:
                continue
            one, other = names.by_form[older], names.by_form[newer]
            a, b = set(stems(older, one.label)), set(stems(newer, one.label))
            said = match.group("said") or (a and b and (a <= b or b <= a))
            if said and one is not other and one.label == other.label:
                names.join(other, one)


def learn_numbers(names: Names, pieces: list[Piece]) -> None:
    """Join the number and the title of a law: the "Administrative Instruction on …" that was passed in 2017 is the
    "Administrative Instruction No. 10/2017" (Kosovo 2017, pages 1 and 2), if each is the only one of its kind."""
    numbered: dict[tuple[str, str], set[Thing]] = defaultdict(set)
    titled: dict[tuple[str, str], set[Thing]] = defaultdict(set)
    for form in names.forms("LAW"):
        number = LAW_AND_YEAR.fullmatch(form)
        if number:
            numbered[number.group(1), number.group(2) or number.group(3)].add(names.by_form[form])
    for piece in pieces if numbered else ():
        year = str(piece.record.get("report_year"))
        for name in piece.shaped:
            kind = law_kind(name.text) if name.label == "LAW" else ""
            if not kind or straight(name.text) not in names.by_form:
                continue
            enacted = pattern(ENACTED_IN).match(piece.text, name.end)
            if not enacted and not pattern(ENACTED).search(piece.text, max(0, name.start - 40), name.start):
                continue
            titled[kind, enacted.group(1) if enacted else year].add(names.by_form[straight(name.text)])
    for law, things in titled.items():
        if len(things) == len(numbered[law]) == 1:
            names.join(things.pop(), numbered[law].pop())


def law_kind(title: str) -> str:
    """What a law with a title is: "Law" for "Labor Law" and "Law on Labor"; empty for one with a number."""
    spelled = title.split()
    first = re.match(r"((?:[A-Z]\w+ )+)(?:on|of|for|to|against) ", title)
    kind = first.group(1).strip() if first else spelled[-1]
    return kind if words().heads.get(kind) == "LAW" and not re.search(r"\d", title) else ""


def learn_laws_inside(names: Names) -> None:
    """Learn another form of a known law inside the name of a policy: "Plan for the Implementation of Juvenile Justice
    Law", where the "Law on Juvenile Justice" is known (Cambodia 2020, pages 4 and 10)."""
    laws = {stems(form, "LAW"): names.by_form[form] for form in names.forms("LAW") if " " in form}
    for whole in names.forms("POLICY"):
        inside = re.search(r" (?:of|on|to) (?:the )?((?:[A-Z][\w'-]+ )+[A-Z]\w+)$", whole)
        law = laws.get(stems(inside.group(1), "LAW")) if inside else None
        if inside and law and words().heads.get(inside.group(1).split()[-1]) == "LAW":
            names.add("LAW", inside.group(1), law)
            names.parts.setdefault(whole, set()).add(inside.group(1))


def learn_acronym_of_part(names: Names, pieces: list[Piece]) -> None:
    """Learn a body called by its owner and the acronym of the whole: "National Police Force PMPM" is the "National
    Police Force Morals and Minors Brigade (PMPM)" (Madagascar 2015, pages 3 to 5)."""
    for acronym in filter(ACRONYM.fullmatch, names.forms("AGENCY")):
        thing = names.by_form[acronym]
        spelled = straight(thing.canonical).split()
        for n in range(2, len(spelled)):
            called = " ".join([*spelled[:n], acronym])
            head = words().heads.get(spelled[n - 1]) or words().heads.get(" ".join(spelled[n - 2 : n]))
            if head == "AGENCY" and any(called in straight(piece.text) for piece in pieces):
                names.add("AGENCY", called, thing)


def learn_compounds(names: Names, pieces: list[Piece]) -> None:
    """Learn a body called by its owner's acronym and its own: "PNP-WCPC" is the "Women and Children’s Protection
    Center" of the "Philippine National Police (PNP)" (Philippines 2016)."""
    bodies = [form for form in names.forms("AGENCY") if not ACRONYM.fullmatch(form)]
    spelling = {acronym: names.by_form[form] for form in bodies for acronym in initials(form)}
    for match in (match for piece in pieces for match in COMPOUND.finditer(piece.text)):
        whole, owner_of, own = match.group(), *match.groups()
        holder = names.by_form.get(owner_of)
        world = f"{own} ".startswith(words().world_bodies)
        if holder and holder.label == "AGENCY" and whole not in names.by_form and not world:
            names.add("AGENCY", whole, names.by_form.get(own) or spelling.get(own))


def learn_slips(names: Names, tokens: Iterable[str]) -> None:
    """Learn misprinted acronyms and those of an earlier phase: "MOGSP" for "MOGCSP", "NPA" before "NPA2" (Ghana)."""
    acronyms = {form for form in names.by_form if form.isupper() and form.isalnum()}
    spelling: dict[str, list[str]] = defaultdict(list)
    for form in (*names.forms("POLICY"), *names.forms("PROGRAM"), *names.forms("AGENCY")):
        spelled = [word for word in form.split() if word not in words().links]
        if len(spelled) > 1 and all(word[0].isupper() for word in spelled):
            for acronym in initials(form):
                spelling[acronym].append(form)
    phases = {form.rstrip("0123456789"): form for form in acronyms if form[-1].isdigit()}
    for form in [form for form in names.by_form if " " in form and ACRONYMS.fullmatch(form)]:
        names.add(names.by_form[form].label, f"{form}s", names.by_form[form])  # "SBM QATs" (Philippines 2016, page 5)
    for text in tokens:
        if text in names.by_form or not text.removesuffix("s").isupper() or not text.isalnum():
            continue
        # "SWC" and "SWCs" (Kosovo 2017, page 4)
        number = names.by_form.get(text[:-1] if text.endswith("s") else f"{text}s") if len(text) > 2 else None
        if number:
            names.add(number.label, text, number)
        # "(CLMRS)" behind small letters: the "Child Labor Monitoring and Remediation System" (Côte d’Ivoire 2020)
        meant = {names.by_form[form] for form in spelling[text]} if text in spelling else ()
        if len(text) > 2 and len(meant) == 1:
            names.add(next(iter(meant)).label, text, next(iter(meant)))
            # "The 2019–2021 NAP", where the "National Action Plan" is one of several (Côte d’Ivoire 2020, page 9)
            if spelling[text][0] in names.ambiguous:
                names.ambiguous[text] = names.ambiguous[spelling[text][0]]
        if text in phases and len(text) > 2:
            names.add(names.by_form[phases[text]].label, text)
        long = [form for form in acronyms if min(len(form), len(text)) >= 5 and form[0] == text[0]]
        near = [names.by_form[form] for form in long if Levenshtein.distance(form, text) == 1]
        if len(near) == 1:
            names.add(near[0].label, text, near[0])


def learn_years(names: Names, piece: Piece) -> None:
    """Let a thing be called by its full name, with the years that stand directly behind it somewhere."""
    text = piece.text
    for label, years in years_behind(piece).items():
        for match in years.finditer(text):
            before = straight(text[: match.start()])
            forms = [f for f in names.forms(label) if ends_with(before, f)]
            form = max((f for f in forms if " " in f or before == f), key=len, default=None)
            if form and straight(names.by_form[form].canonical) == form:
                names.by_form[form].canonical += match.group()


def years_behind(piece: Piece) -> dict[str, re.Pattern[str]]:
    """The years that belong to a name, by its label: none to a project in a list (Ghana 2016, page 7), but those at the
    head of a sentence on it: "Cambodia Child Protection Program (2009–2023) is led by …" (Cambodia 2020, page 13)."""
    listed = (piece.table, piece.column) == ("programs", "description")
    return {"POLICY": YEARS_OF_POLICY, "LAW": YEAR_OF_LAW, "PROGRAM": YEARS_AND_VERB if listed else YEARS}
