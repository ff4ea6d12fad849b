"""What the cells of a table and the lists of projects name: the rules of how the reports write them there.

Works on strings alone; the forms found go into a :class:`Names`.
"""

from __future__ import annotations

import re

from extractors.names.aliases import ACRONYM, ACRONYMS, Entity, Lexicon, add_alias, long_form, spelling, straight
from extractors.names.shapes import YEARS, pattern, words
from extractors.rules import country_code

PARENTHESIS = re.compile(r" ?[(\[]([^()\[\]]*(?:[(\[][^()\[\]]*[)\]])?)[)\]]")
# "USDOL-Funded Projects", "Awareness Raising Activities": a row for several programs, which its description names, but
# not "NAPTIP Shelters for Human Trafficking Victims" (Nigeria 2015, page 15), which has an owner
GROUP_OF_PROGRAMS = (
    r"^(?:Hotlines?|Helplines?|Shelters?|Services|Scholarships)(?: (?:for|to)\b|$)|^Awareness-[Rr]aising$|-[Ff]unded\b"
    r"|^(?:Programs|Projects|Other)\b|\b(?:%programs%|States?)$"
    r"|^(?:(?![A-Z]{3,} Shelters)[A-Z][\w-]+(?<!ing) |Awareness-Raising )*%programs%(?:,| (?:to|for|on)\b)"
)
# "2010 Declaration … and Its Accompanying Framework of Action" (Ghana 2016, page 6)
AND_ITS = re.compile(
    r",? and (?:[Ii]ts|[Tt]heir) (?:[Aa]ccompanying )?(?=[A-Z])"
    r"| and (?:the )?(?=(?:Plan of Action|Protocol|Framework) )"
)
# "Proyecto Semilla (Seed Project): Combating …" (Peru 2019, page 9)
TITLED = re.compile(r"([^:(]+) \(([^()]+)\): (.+)")
# "(CPC) Partnership" (Jamaica 2018), "(BUSY) Through …" (Kenya 2017), "(NCC) on …"
GOES_ON = r" (?:[a-z]|Through\b|(?:%whole%)(?:$|[ ,]*[a-z(]))"
FORMERLY = r",? %formerly% (?:the )?(?=[A-Z])"
# "Labor Inspection Board Presidency within the Ministry of Labor" (Turkey 2017), "Ministry of … (MIES), Office of …"
# (Ecuador 2020), "Department of … (DOLE) - Bureau of …" (Philippines 2018), "Ministry of Defense— Cambodian Royal
# Armed Forces—…" (Cambodia 2020, page 6): several bodies in one cell
BODY_WITHIN = re.compile(
    r"; |: |\s?—\s?(?![^()]*\))| (?:[Ww]ithin|under) (?:the )?"
    r"| in the (?=Ministry |Department |Office )|(?<=\))(?:(?:,| [-–]) |/)|(?<=\))[’']s (?=[A-Z])| and (?=[A-Z]{3,}$)"
    r"|(?:, (?:and )?| and (?=\w+ of ))(?=(?:Ministry|Department|Dept\.|Office|Directorate|Bureau|Center) )"
)
# "Military and National Service Act (1980)" (Egypt 2013, page 3), "Human Trafficking Act 2005" (Ghana 2013, page 3)
YEAR_OF_LAW = re.compile(r" \((?:18|19|20)\d\d\)| of (?:18|19|20)\d\d\b|,? (?:18|19|20)\d\d(?=[.,;()]|$| [a-z(])")
# "Child Labor Law (26.847)" (Argentina 2013, page 3): the number of a law without "Law" or "No."
NUMBER_OF_LAW = re.compile(r" \((?:\d{1,3}(?:\.\d{3})+|(?!(?:19|20)\d\d-)\d{1,6}[/-](?:19|20)\d\d)\)")
# "Ministry of Manpower and Migration’s (MOMM) Decree 118" (Egypt 2013, page 3)
POSSESSOR = re.compile(r"^(?:[^();]+[’']s? \([A-Z]+\) |Ministry of [^();’']+[’']s? )(?=[A-Z])")
# "Section 12 and the Fourth Schedule of the" (Kenya 2018, page 3)
# "Articles 153, 153 H 153-J, and 179–183-B of the" (Peru 2019, page 3), "Parts I and II of the Schedule of the"
# "Chapter 5, Article 28 of the" (Ecuador 2018, page 4), "Article 22 of Kosovo’s Constitution" (Kosovo 2017, page 3)
NUMBER = (
    r"(?:Nos?\.|(?i:bis|ter|quater)\b|[\dIVXL(][\w(),.–—/-]*|[A-Z](?![a-z])[\w().–-]*|and(?: the)?|&|to|through|or|–|-)"
    r",?"
)
# "articles 50 and 58 of the" (Mali 2014, page 4): in small letters only with a number
PART = r"(?:%part%|\b%small_part%(?= [\dIVXL(]))"
# "Parts A and B of the Schedule in the" (India 2015, page 3)
PART_OF_LAW = (
    rf"(?:{PART}(?: (?:{NUMBER}|{PART}))* (?:of|to|in) (?:[Tt]he )?)+(?:(?:[A-Z]\w+ |of |and )*[A-Z]\w+[’']s? )?"
)
# "The Child Protection Act, Section 11, requires" (Mauritius 2019, page 3), not "Penal Code, Article 2 of the Act"
PART_BEHIND = r", %part% \d[\w()./–-]*(?:(?:,? and|,) \d[\w()./–-]*)*(?<!\.)(?=[,.;) ]|$)(?!,? (?:of|%part%)\b)"
NEXT_PART = r",? (?:and )?(?=%part% [\dIVXA-Z])| \((?=\d)(?!\d{4}\))|,? as (?:further )?(?=amended|renumbered)"
# "These projects include A, a $2 million project implemented by …; and B" (Peru 2019, page 9; Ghana 2016, page 7)
PROJECT_LIST = re.compile(
    r"\b(?:[Pp]rojects?|[Pp]rograms?|[Ii]nitiatives?)\b[^.;:]{0,80}?\binclud(?:es?|ing):? |\bIncludes?: "
)
# "Programs include the National Kelp Centers and the Tide Support Program" (Pakistan 2017)
NEXT_PROJECT = r"; (?:and )?|,? and the (?=(?:[A-Z][\w’-]+ ){1,6}%whole%\b)"
PROJECT_END = re.compile(
    r",? \$|: (?=\$|[A-Z][a-z]+ed )|, (?!and |or |in )[a-z]"
    r"|,? (?:which|that|implemented|funded|led|is|was) |\. |\.$|,$|[”\"]"
)
# "Reducing … in Palm Oil Supply Chains (2018–2022), $6 million project to …; Building …" (Ecuador 2018, page 8)
FUNDED_PROJECT = (
    r"(?:^|[;.:] (?:and )?(?:the )?|, and )([A-Z][^.;:$]*?)(?: \([^()]*\))*,? (?:an? |the )?"
    r"(?:(?!%gave%)[\w-]+ )?\$[\d.]+[^.;]{0,60}?\b%program%\b"
)
# "Includes $3 million Better Utilization of Skills for Youth (BUSY) Through … (2016–2020)" (Kenya 2018, page 7)
AMOUNT_AND_PROJECT = r"\$[\d.,]+ (?:million |billion )?([A-Z][^;$]*?)(?= \((?:19|20)\d\d ?[–-] ?\d{2,4}\))"
# "Homes of Hope is an NGO program that assists …" (Fiji 2019, page 9)
IS_A_PROGRAM = r"(?:^|[.;] )([A-Z][^.;:,$()]*?)(?: \([^()]*\))? is an? (?:[$\w.-]+ ){0,5}?%program%\b"

# "The Sustaining Strengthened National Capacities to Improve … (2018–2020) works with" (Pakistan 2019)
YEARS_AND_PROJECT = (
    r"(?:^|[.;:] |\b(?:and|[Tt]he) )(?:The )?([A-Z][^.;:()$]*?)(?: \([^()\d]*\))? "
    r"\((?:19|20)\d\d ?[–-] ?(?:(?:19|20)?\d\d|[Pp]resent)\)"
)


def learn_cell(lexicon: Lexicon, label: str, text: str) -> None:
    """Add the name in a table's first column with its acronym, its other names and its parts."""
    text = re.sub(r"^[Tt]he (?=[A-Z])|[’']s$", "", text.strip(' .,;#“”"'))
    # "National Steering Committee (NSC) on child labor issues" (Turkey 2014, page 6)
    text = re.sub(r"(?<=\)) (?:against|for|of|on|to)(?: [a-z-]+)+$", "", text)
    if label == "PROGRAM" and pattern(GROUP_OF_PROGRAMS).search(text):
        return
    group, dash, listed = text.partition(" - ")
    if dash and label == "PROGRAM" and pattern(GROUP_OF_PROGRAMS).search(group):
        # "Ministry of … Programs - A Scheme (AS), B and C" (India 2019, page 12): a group, and what it holds
        for one in re.split(r", (?:and )?| and ", listed):
            learn_cell(lexicon, label, one)
        return
    # "MELR’s National Employment Policy" (Ghana 2016, page 6)
    text = re.sub(r"^[A-Z][A-Z/&-]+[’']s? (?=[A-Z])", "", text)
    # "24 Hours Program (Programa 24 Horas), formerly called the New Life Program" (Chile 2015, page 9)
    text, _, older = pattern(FORMERLY).sub("\n", text, count=1).partition("\n")
    several = bodies_of(text) if label == "AGENCY" else AND_ITS.split(text) if label == "POLICY" else [text]
    if len(several) > 1:
        for one in several:
            learn_cell(lexicon, label, one)
        return
    titled = TITLED.match(YEARS.sub("", text))
    if titled:
        learn_titled(lexicon, label, titled)
        return
    learn_one(lexicon, label, text, older)


def learn_one(lexicon: Lexicon, label: str, text: str, older: str) -> None:
    """Add the one name of a cell with what stands in parentheses in it and behind it, and the older name it had."""
    name = bare_name(text)
    world = label == "AGENCY" and f"{name} ".startswith(words().world_bodies)
    # "Police" in a row of its own tells what it is, and not which
    general = label == "AGENCY" and name in words().heads and name not in words().names_of_one_word
    if world or general or not any(c.isupper() for c in name):
        return
    # "Child Labor Monitoring System" among the coordinating bodies (Kosovo 2017, page 5)
    system = label == "AGENCY" and is_system(name)
    entity = lexicon.add("PROGRAM" if system else label, name)
    if older:
        lexicon.add(label, bare_name(older), entity)
    phase = re.match(r" \(Phase \w+\)", text[len(name) :])
    if phase:
        # "Eradication of Child Labor in Latin America (Phase 4) (2011–2015)" (Chile 2015)
        lexicon.add(label, name + phase.group(), entity)
        lexicon.parts.setdefault(straight(name + phase.group()), set()).add(straight(name))
    for match in PARENTHESIS.finditer(text):
        if match.start() < len(name):
            learn_inside(lexicon, name, entity, match)
        else:
            learn_behind(lexicon, name, entity, names_inside(match.group(1)))


def is_system(name: str) -> bool:
    """Whether a name is that of a system or a hotline, and not "Office of the Children’s Registry" (Jamaica 2014)."""
    spelled, heads = name.split(), words().heads
    first, last = spelled[0], spelled[-1]
    return heads.get(last) == "PROGRAM" and (heads.get(first) != "AGENCY" or last in words().only_last)


def learn_titled(lexicon: Lexicon, label: str, titled: re.Match[str]) -> None:
    """Add a name with another name in parentheses and a title behind a colon: each part is a form of the whole."""
    entity = lexicon.add(label, titled.group())
    lexicon.parts[straight(titled.group())] = {straight(part) for part in titled.groups()}
    for part in titled.groups():
        lexicon.add(label, part, entity)


def bare_name(text: str) -> str:
    """The name of a cell without what stands in parentheses behind it, without "program", and without a small word at
    its end."""
    tail = re.search(rf"(?:{PARENTHESIS.pattern})*$", text)
    name = pattern(" %program%$").sub("", text[: tail.start()] if tail else text)
    name = re.sub(r"(?:[ ,;.]|\b(?:and|of|for|in|the|to|on)\b)+$", "", name)
    return re.sub(r"[’']s$", "", name)


def learn_inside(lexicon: Lexicon, name: str, entity: Entity, match: re.Match[str]) -> None:
    """Add what a parenthesis in the middle of a name tells: the name before it and its acronym are other forms.

    "National Coordination Committee (NCC) on …" (Egypt 2013, page 5), "National Child Labor Project (NCLP) Scheme"
    (India 2015, page 7), but not "Federally Administered Tribal Areas (FATA) Child Protection Policy" (Pakistan
    2016, page 6).
    """
    text, inside = match.string, match.group(1)
    before, behind = text[: match.start()], text[match.end() :]
    label = entity.label
    if not ACRONYMS.fullmatch(inside) or inside in words().topics:
        return
    if label != "AGENCY" and words().heads.get(name.split()[0]) == "AGENCY":
        # "Ministry of Human Rights and Refugees (MHRR) Funding" (Bosnia and Herzegovina 2013, page 6)
        return
    if not abbreviates(before, inside, behind):
        # "… Assistance to Reduce (CLEAR) Child Labor", but not "… Tribal Areas (FATA) Child Protection Policy"
        whole = long_form(before, inside) == before and words().heads.keys().isdisjoint(behind.split())
        if whole or not re.match(r" [A-Z]", behind):
            add_alias(lexicon, name, inside, entity)
            lexicon.parts.setdefault(straight(name), set()).add(straight(inside))
        return
    for form in (before, inside):
        lexicon.add(label, form, entity)
        lexicon.parts.setdefault(straight(name), set()).add(straight(form))


def abbreviates(before: str, inside: str, behind: str) -> bool:
    """Whether an acronym within a name is that of all that stands before it: "Tackling … (TACKLE) Project"."""
    long = spelling(before, inside)
    named = ":" not in before and not words().heads.keys().isdisjoint(before.split())
    return bool(long and pattern(GOES_ON).match(behind)) and (long == before or named)


def learn_behind(lexicon: Lexicon, name: str, entity: Entity, forms: list[str]) -> None:
    """Add the acronym or the other name that stands in parentheses behind a name; "(Phase 2)" and "(Operated jointly
    by …)" (Thailand 2016, page 8) are none."""
    for form in forms:
        first, _, rest = form.partition(" ")
        told = first in words().openers and rest[:1].islower()
        named = re.match(r"(?!Phase )[A-Z]|\d{4} [A-Z]", form) and not country_code(form.partition(",")[0])
        if ACRONYM.fullmatch(form) or (named and not told):
            add_alias(lexicon, name, form, entity)


def names_inside(text: str) -> list[str]:
    """The names that one parenthesis holds: "Sagip Batang Manggagawa – SBM QAT" (Philippines 2016, page 5), "L’Unite de
    Lutte Contre la Criminalite Transnationale, or UCT" (Côte d’Ivoire 2020, page 7)."""
    inner = PARENTHESIS.search(text)
    outer = re.sub(r"^[Ll][’'](?=[A-Z])", "", PARENTHESIS.sub("", text).strip())
    several = re.fullmatch(r"(.+?)(?:,? or|[,;]| ?[–—]| -| /) ?(.+)", outer)
    parts = [part.strip('“”"#') for part in several.groups()] if several else []
    apart = any(map(ACRONYMS.fullmatch, parts)) and all(part[:1].isupper() for part in parts)
    return [*(parts if apart else [outer.strip('“”"#')]), *([inner.group(1)] if inner else [])]


def bodies_of(text: str) -> list[str]:
    """The bodies that one cell names: "Haitian National Police’s (HNP) Brigade …" (Haiti 2013, page 4)."""
    return BODY_WITHIN.split(re.sub(r"[’']s (\([A-Z]+\)) (?=[A-Z])", r" \1; ", text))


def learn_laws(lexicon: Lexicon, text: str) -> None:
    """Add the laws of a legislation cell: what stands after "Articles 2 and 23 of the", or the whole item."""
    for item in text.split(";"):
        rest = item.strip(" .,")
        ends = [m.end() for m in pattern(PART_OF_LAW).finditer(rest)] or [0]
        for law in (law for end in ends for law in laws_of(rest[end:])):
            # "Sections 292(B) and (C)" of no law (Pakistan 2016, page 3)
            lawless = pattern(r"%part% [\dIVX(]").match(law) and "LAW" not in map(words().heads.get, law.split())
            if not lawless:
                learn_law(lexicon, law)


def learn_law(lexicon: Lexicon, law: str) -> None:
    """Add one law of a cell. What stands in parentheses behind it is another name, "(Act of 2003)" (Haiti 2015, page
    3), or an acronym."""
    alias = re.search(r" \(([A-Z][^()]+)\)$", law)
    if alias:
        entity, other = lexicon.add("LAW", law[: alias.start()]), alias.group(1)
        if len(other) > 2 and (other.isupper() or words().heads.keys() & other.split()):
            lexicon.add("LAW", other, entity)
    elif law[:1].isupper() and (" " in law or law == "Constitution"):
        # "Ministry of Defense Guidelines on …" (Egypt 2019, page 3)
        guidelines = pattern(r"\b%guidelines%\b").search(law) and "LAW" not in map(words().heads.get, law.split())
        lexicon.add("POLICY" if guidelines else "LAW", law)


def laws_of(text: str) -> list[str]:
    """The law at the head of a text, without its year; several if each is a law by itself: "Constitution, Penal Code"
    (Iraq 2013, page 4)."""
    text = pattern(NEXT_PART).split(text, maxsplit=1)[0].strip(" .,")
    law = without_year(POSSESSOR.sub("", re.sub(r"^(?:The|An?) ", "", text)))
    several = re.split(r", (?:and )?| and (?:the )?", law)
    ends = [
        {name.split()[0], PARENTHESIS.sub("", name).split()[-1]}
        for name in several
        if PARENTHESIS.sub("", name).strip()
    ]
    heads = words().heads
    each = len(ends) == len(several) and all("LAW" in map(heads.get, end) for end in ends)
    return several if each else [law]


def without_year(law: str) -> str:
    """A law without its year, but "Act of 2003" (Haiti 2019, page 3), which is nothing without."""
    return YEAR_OF_LAW.sub(lambda m: m.group() if re.search(r"(?:^|\()\w+$", law[: m.start()]) else "", law)


def learn_projects(lexicon: Lexicon, text: str) -> None:
    """Learn the projects that a description lists one after the other."""
    for match in PROJECT_LIST.finditer(text):
        for item in pattern(NEXT_PROJECT).split(text[match.end() :]):
            start = re.match(r"(?:the )?[“\"]?\s?", item)
            name = item[start.end() if start else 0 :]
            end = PROJECT_END.search(name)
            learn_project(lexicon, name[: end.start()] if end else name)
            if re.search(r"\.(?: [A-Z]|$)", item):
                break
    for template in (FUNDED_PROJECT, IS_A_PROGRAM, AMOUNT_AND_PROJECT, YEARS_AND_PROJECT):
        for match in pattern(template).finditer(text):
            name = re.sub(r"^Includes? (?:the )?", "", match.group(1))
            spelled = name.split()
            # "Global Issues Group provided $2 million for a project" (Côte d’Ivoire 2014) names none
            said = spelled[-1].islower() and spelled[-1] not in words().links
            # "Aligned with the Strategic Framework for Fisheries (2010–2019)" (Cambodia 2020) holds a policy
            said = said or (template is YEARS_AND_PROJECT and "POLICY" in map(words().heads.get, spelled))
            if spelled[0] not in words().openers and sum(word[0].isupper() for word in spelled) > 1 and not said:
                learn_project(lexicon, name)


def learn_project(lexicon: Lexicon, name: str) -> None:
    """Learn one item of such a list, if it is a name: capitals, at most one small word that is no link."""
    found = re.findall(r"\w+", PARENTHESIS.sub("", name))
    # "RICHES" (Philippines 2018): a list names a project by its acronym
    acronym = name.isupper() and "-" not in name and len(name) > 3
    named = acronym or (not name.isupper() and has_capitals(name, found))
    if named and words().no_program.isdisjoint(found):
        learn_cell(lexicon, "PROGRAM", name)


def has_capitals(name: str, spelled: list[str]) -> bool:
    """Whether an item of a list is a name of several words, and not a body of government: "Ghana Cocoa Board", but not
    "Building the Capacity of the … Labor Inspectorate" (Philippines 2017)."""
    small = [word for word in spelled if word[0].islower() and len(word) > 1 and word not in words().links]
    return name[:1].isupper() and 1 < len(spelled) < 30 and len(small) <= 1
