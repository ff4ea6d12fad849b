"""Names by their shape: runs of capitalised words whose head says what they are ("Ministry of …", "… Act").

The grammar works on the tokens of one text, whoever cut them; its words are in ``rules/entities.yml``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from typing import Any, NamedTuple

from extractors.rules import current, depends

# "(2012–2021)", and "UN Pacific Strategy 2018–2022" (Fiji 2019, page 8)
YEARS = re.compile(
    r" ?\((?:19|20)\d\d(?:/(?:19|20)\d\d)?\s?[–-]\s?(?:\d{2,4}(?:/(?:19|20)\d\d)?|[Pp]resent)\)"
    r"|,? (?:19|20)\d\d\s?[–-]\s?(?:(?:19|20)\d\d|[Pp]resent)\b"
)
YEAR = re.compile(r"(?:19|20)\d\d")
BY_YEAR = re.compile(r" by (?:19|20)\d\d\b")
# "Learning Support program", "CocoaAction (2014–2020) initiative" (Ghana 2016, page 7), "Building Enduring Systems to
# Counter Trafficking in Persons (BEST) Program" (Haiti 2020, page 6)
BEFORE_NOUN = r"(?: \([^)]*\))? (?:%program%|%base%)\b| \([^)]*\) (?:Program|Project)\b"
# What these tokens are to a name depends on what stands beside them.
CONTEXT = frozenset(("’s", "'s", "’", "'", ",", "-", "–", "/", "—", "by", "with", "from", "in"))
# "Child Labor (Prohibition and Regulation) Act" (India 2016): words in parentheses within a name
WORDS_BETWEEN = re.compile(r"\((?:[A-Z][a-z’'-]+(?:, (?:and )?| and | & | of | to )?)+\)(?= (?:and )?[A-Z][a-z])")
# "National Action Plan (NAP) for the Elimination of Child Labor" (Nigeria 2013): an acronym within a name
ACRONYM_BETWEEN = re.compile(
    r"\((?=(?:[^A-Z)]*[A-Z]){2})[A-Z][\w&/-]{1,11}\)(?= (?:for|on|to|against|Against) (?:the )?[A-Z])"
)
# "Resolution of the Cabinet of Ministers No. 132" (Uzbekistan 2014, page 6)
NUMBER_SIGN = re.compile(r"N(?:[or]|umber)\.? ?\d")
# "National Development Strategic Plan II" (Lesotho 2018): the number of a plan behind its head
ROMAN = re.compile(r"II|III|IV|VI?")
# "Working Groups of the XVIII Inter-American Conference of …" (Ecuador 2014, page 5)
OF_THE_WORLD = re.compile(r" of the (?:[IVX]+ )?(.+)")

# "rebel and extremist groups, including the National Kelp Army and the Kelp Front": none of them is a government's
ARMED_GROUPS = r"\b(?:%armed%|[Mm]ilitias?)\b[^.;,A-Z]{0,60}(?:,? %such_as% |: | groups? )(?:the )?(?=[A-Z])[^.;]*"


class NameShape(NamedTuple):
    """A name: what it is, its first token and the token after its last."""

    label: str
    start: int
    end: int


@dataclass(frozen=True)
class Words:
    """The word lists of ``rules/entities.yml``, ready to ask."""

    heads: Mapping[str, str]
    weak_heads: frozenset[str]
    national: frozenset[str]
    topics: frozenset[str]
    purposes: frozenset[str]
    strangers: frozenset[str]
    serving: frozenset[str]
    against: frozenset[str]
    foreign_links: frozenset[str]
    general: frozenset[str]
    names_of_one_word: frozenset[str]
    synonyms: Mapping[str, str]
    only_first: frozenset[str]
    leading: frozenset[str]
    only_last: frozenset[str]
    only_linked: frozenset[str]
    links: Mapping[str, str]
    bound_in: frozenset[str]
    linked_behind: Mapping[str, frozenset[str]]
    public: frozenset[str]
    public_topics: frozenset[str]
    openers: frozenset[str]
    unsaid: frozenset[str]
    holders: frozenset[str]
    no_names: frozenset[str]
    participles: frozenset[str]
    institution: frozenset[str]
    world_bodies: tuple[str, ...]
    no_program: frozenset[str]
    known: Mapping[str, list[tuple[str, ...]]]


@depends
@cache
def words() -> Words:
    """The word lists, read once in a process."""
    rules = dict(current().entities)
    sets = [field.name for field in fields(Words) if field.type == "frozenset[str]"]
    lists: dict[str, Any] = {name: frozenset(rules[name]) for name in sets}
    weak = dict.fromkeys(rules["weak_heads"], "AGENCY")
    lists |= {
        "heads": weak | {word: label for label, heads in rules["heads"].items() for word in heads},
        "synonyms": {form: forms[0].lower() for forms in rules["synonyms"] for form in map(str.lower, forms)},
        "linked_behind": {link: frozenset(those) for link, those in rules["linked_behind"].items()},
        "links": {word: kind for kind, links in rules["links"].items() for word in links},
        "world_bodies": tuple(f"{name} " for name in rules["world_bodies"]),
        "known": {label: [tuple(forms) for forms in things] for label, things in rules["known"].items()},
    }
    return Words(**lists)


@depends
@cache
def pattern(template: str) -> re.Pattern[str]:
    """A pattern compiled once in a process; ``%kind%`` in it stands for any word of that list of ``kinds``."""
    return re.compile(current().entities.template(template))


class ProsePattern(NamedTuple):
    """A pattern of names that running text gives away; a text that has none of what it ``holds`` does not match it, nor
    one of another section than ``where``, if it has one."""

    label: str
    pattern: re.Pattern[str]
    holds: tuple[str, ...]


@depends
@cache
def prose_patterns() -> tuple[ProsePattern, ...]:
    """The patterns of ``rules/entities.yml``; the groups of a match are names of one thing."""
    entries = current().entities.prose
    return tuple(ProsePattern(entry.label, pattern(entry.pattern), entry.holds) for entry in entries)


# One letter a token, so that a name's grammar is a regular expression: N capitalised, w small, d number, h hyphen or
# slash inside a word, H dash between blanks, p possessive, i link, t article, n "in", a "and", c comma, o what is in
# parentheses within a name, x any other.
WORD = r"(?:dh)?N(?:h[Nwdint])*"
RUN = re.compile(rf"{WORD}(?:o*(?:pa?|[it]{{1,3}}|n[it]?|a(?:t|it?)?|H)?{WORD})*")
ITEM = rf"{WORD}(?:(?:p|it?|a)?{WORD})*?"
# "… Human Rights, Childhood and Motherhood, and Women" (Egypt 2013, page 5): the comma before "and" is looked for first
LISTS = tuple(re.compile(rf"(?:c{ITEM})+{end}t?{WORD}(?:(?:p|it?)?{WORD})*") for end in ("ca", "a"))
# "the Constitution, Justice, and Citizenship Committee" (Brazil 2016)
LIST_BEFORE = re.compile(rf"[tp]((?:{WORD}(?:i?{WORD})*c)+a?)$")
# "Ministries of Civil Services and Labor, Justice, and Population and Social Affairs" (Madagascar 2018, page 6)
LONG_LIST = re.compile(rf"(?:ct?{ITEM})+cat?{WORD}(?:p?{WORD})*(?:a{WORD}(?:p?{WORD})*)?")
# "Ministries of Justice, Interior, the General Intelligence Service" (Egypt 2013, page 5)
SERIES = re.compile(rf"(?:c{WORD}(?:(?:p|it?|a)?{WORD})*)+(?=c)")


@depends
@lru_cache(maxsize=16384)
def plain_kind(text: str) -> str:
    """The letter of a token where it does not depend on what stands beside it; else empty."""
    if text in CONTEXT or text[0] == "N":
        return ""
    if text == "The":
        # "In addition, The Occupational Safety, Health and … Code" (India 2019, page 9)
        return "t"
    letter = "N" if text[0].isupper() else "d" if text[0].isdigit() else "w" if text[0].isalpha() else "x"
    return words().links.get(text, letter)


def armed_groups(text: str) -> list[range]:
    """The characters of a text that list armed groups."""
    found = pattern(ARMED_GROUPS).finditer(text) if "group" in text or "ilitia" in text else ()
    return [range(match.start(), match.end()) for match in found]


class NameGrammar:
    """Finds names in one text by the grammar of capitalised words."""

    def __init__(self, text: str, tokens: Sequence[str], starts: Sequence[int], table: str = "") -> None:
        """``tokens`` are the text's words and signs, ``starts`` the character at which each begins; ``table`` is
        the table or section in whose text a "Center" is a body of government (agencies, coordination) or a program."""
        self.table = table
        self.text = text
        self.words = words()
        self.texts = tokens
        self.starts = starts
        self.armed = armed_groups(text)
        kinds = [plain_kind(token) or self.kind(i) for i, token in enumerate(tokens)]
        for between in (WORDS_BETWEEN, ACRONYM_BETWEEN) if "(" in text else ():
            for match in between.finditer(text):
                first, last = bisect_left(starts, match.start()), bisect_left(starts, match.end())
                words_of_name = between is WORDS_BETWEEN
                kinds[first:last] = ["N" if kind == "N" and words_of_name else "o" for kind in kinds[first:last]]
        self.kinds = "".join(kinds)

    def stop(self, i: int) -> int:
        """The character after token ``i``."""
        return self.starts[i] + len(self.texts[i])

    def spaced(self, i: int) -> bool:
        return self.text[self.stop(i) : self.stop(i) + 1].isspace()

    def between(self, a: int, b: int) -> str:
        return self.text[self.starts[a] : self.stop(b - 1)]

    # ------------------------------------------------------------ one letter a token

    def kind(self, i: int) -> str:
        """The letter of a token that is not the same wherever it stands."""
        text = self.texts[i]
        if text in ("’s", "'s", "’", "'"):
            return "p" if i and not self.spaced(i - 1) else "x"
        if text == ",":
            return "c"
        if text in ("-", "–", "/", "—"):
            return self.kind_of_dash(i)
        if text in self.words.linked_behind:
            return self.kind_of_link(i)
        if text == "in":
            # "Ministry in Charge of Moroccans Living Abroad" (Morocco 2018, page 5)
            return "i" if self.texts[i + 1 : i + 2] == ["Charge"] else "n"
        return "x" if NUMBER_SIGN.match(self.text, self.starts[i]) else "N"

    def kind_of_dash(self, i: int) -> str:
        """A hyphen inside a word, unless "-funded" or the like follows; a dash between blanks; or another sign."""
        text = self.texts[i]
        glued = i > 0 and not self.spaced(i - 1)
        if glued and not self.spaced(i) and i + 1 < len(self.texts) and text != "—":
            # "MOTL/Tide Inspection Bureau": the acronym of one body before the name of another
            two = text == "/" and self.acronym(i - 1, i) and self.texts[i + 1][1:].islower()
            return "x" if two or self.texts[i + 1] in self.words.participles else "h"
        return "H" if not glued and self.spaced(i) and text != "/" else "x"

    def kind_of_link(self, i: int) -> str:
        """A small word that is a link only behind some words: "Education for Children with Disabilities" (Cambodia
        2020, page 12)."""
        return "i" if i and self.texts[i - 1] in self.words.linked_behind[self.texts[i]] else "w"

    # ------------------------------------------------------------ runs of words

    def names(self) -> Iterator[NameShape]:
        """Every name of the text, from left to right."""
        done = 0
        for run in RUN.finditer(self.kinds):
            # "Ministry of Gender, Children, and Social Protection program" (Ghana 2019, page 5): one name, not two
            for name in self.split(max(run.start(), done), run.end()):
                done = max(done, name.end)
                yield name

    def split(self, a: int, b: int) -> Iterator[NameShape]:
        """The names in one run of words: cut where two names only stand side by side."""
        while a < b and (self.kinds[a] not in "Nd" or self.opens(a)):
            a += 1
        cut = next((k for k in range(a + 1, b - 1) if self.cuts(a, k, b)), None)
        if cut is not None:
            yield from self.split(a, cut)
            yield from self.split(cut + 1, b)
        elif a < b:
            yield from self.whole(a, b)

    def whole(self, a: int, b: int) -> Iterator[NameShape]:
        """The name that a run makes; else the names on both sides of "in"."""
        found = self.name(a, b)
        if found:
            # "the Kelp Brigade in the Royal Police Force": the other name in the run
            yield from self.split(a, self.bare_end(a, found.start))
            yield found
            yield from self.split(found.end, b)
        elif self.is_program(a, b):
            yield NameShape("PROGRAM", a, b)
        elif "n" in self.kinds[a:b]:
            # "the Decent Work Country Program in Uzbekistan" (Uzbekistan 2016, page 6)
            cut = self.kinds.index("n", a)
            yield from self.split(a, cut)
            yield from self.split(cut + 1, b)

    def bare_end(self, a: int, b: int) -> int:
        """The end of a run without the small words and signs at its end."""
        return a + len(re.sub(r"[^Nd]+$", "", self.kinds[a:b]))

    def cuts(self, a: int, k: int, b: int) -> bool:
        """Whether the token at ``k`` stands between two names: a dash, a possessive, or "and" ("the Labor Code and
        Article 12 of …")."""
        kind = self.kinds[k]
        if self.texts[k] == "to" and self.kinds[k + 1] == "t" and self.head(k - 1):
            # "the Human Trafficking Act to the National Council"
            return self.is_agency(k + 2, b)
        if kind == "a" and self.kinds[k + 1] == "i":
            # "… and to Protect Adolescent Workers" goes on with what a "to" began
            return self.texts[k + 1] not in self.texts[a:k] or self.is_head(k + 2)
        return (
            kind == "H"
            or (kind == "p" and not self.holds(a, k))
            or (kind == "a" and (self.kinds[k + 2 : k + 3] == "d" or self.side_by_side(a, k, b)))
        )

    def is_head(self, i: int) -> bool:
        """Whether a word, or the one behind an article, is a head or an acronym: it begins another name."""
        i += self.kinds[i] == "t"
        return bool(self.head(i)) or self.acronym(i, i + 1)

    def opens(self, i: int) -> bool:
        """Whether a word only leads to a name: "Within", "Minister of", "Chapter II of"."""
        following = self.kinds[i + 1 : i + 2]
        number = re.fullmatch("[IVXLC]+", self.texts[i]) is not None and following == "i"
        # "the Work Plan to …", "the Expanded Anti-Trafficking Act": behind an article a verb is part of the name
        in_name = i > 0 and self.kinds[i - 1] == "t" and following == "N" and self.texts[i] not in self.words.unsaid
        return number or (self.texts[i] in self.words.openers and following not in ("p", "h") and not in_name)

    def is_agency(self, a: int, b: int) -> bool:
        found = self.name(a, b)
        return found is not None and found.label == "AGENCY"

    def holds(self, a: int, k: int) -> bool:
        """Whether the possessive at ``k`` belongs inside a name: "Prime Minister’s Office", not "Peru’s Ministry"."""
        word = self.texts[k - 1]
        if word in self.words.holders or word.removesuffix("s") in self.words.holders:
            return True
        return self.texts[k] in ("’", "'") and not word.isupper() and not self.is_agency(a, k)

    def acronym(self, a: int, b: int) -> bool:
        return all(len(text) > 1 and text.removesuffix("s").isupper() for text in self.texts[a:b])

    def side_by_side(self, a: int, k: int, b: int) -> bool:
        """Whether the "and" at ``k`` stands between two names and not within one."""
        if self.kinds[k + 1] == "t":
            return self.begins_with_article(k + 2, b)
        if self.acronym(a, k) or self.acronym(k + 1, b):
            return True
        # "National Strategy and Action Plan for …" (Kosovo 2017, page 6)
        if {self.head(k - 1), self.head(k + 1)} <= {"POLICY", "PROGRAM"}:
            return False
        # "Ministry of Territorial Administration and Decentralization" (Côte d’Ivoire 2020): no head but what it is for
        linked = self.texts[a] in self.words.heads and self.kinds[a + 1] == "i"
        # "Ministry of Law and Justice" (Pakistan 2019)
        topic = linked and (k == a + 3 or self.texts[k - 1] in self.words.weak_heads)
        if self.texts[k - 1] in self.words.heads and not topic:
            return True
        if self.texts[k + 1] in self.words.institution:
            return self.name(k + 1, b) is not None and self.texts[k - 1] not in self.words.institution
        # "… Eradication of Child Labor and Regulation of Adolescent Work" names no regulation
        named = self.texts[k + 1] in self.words.heads and self.texts[k + 1] not in self.words.purposes
        return named and self.both_named(a, k, b)

    def both_named(self, a: int, k: int, b: int) -> bool:
        """Whether both sides of "and" are names: "Declaration of Cancún and Plan of Action (2015)" (Peru 2015, page
        8)."""
        right = self.name(k + 1, b) is not None or self.between(k + 1, b) in self.words.no_names
        return right and self.name(a, k) is not None

    def begins_with_article(self, i: int, b: int) -> bool:
        """Whether "and the" leads to another name."""
        # "… Elimination of Child Labor and the Protection of Working Adolescents" (Brazil 2013, page 6), "… of Basic
        # Education and the Appreciation of Teaching Professionals" (Brazil 2020): no other name
        return self.texts[i] not in self.words.purposes and any(self.tells(k) for k in range(i, b))

    def tells(self, i: int) -> bool:
        """Whether a word is a head, an acronym, an opener or "in", and so tells of another name."""
        return (
            bool(self.head(i)) or self.acronym(i, i + 1) or self.kinds[i] == "n" or self.texts[i] in self.words.openers
        )

    # ------------------------------------------------------------ one name

    def name(self, a: int, b: int) -> NameShape | None:
        """The name that the words from ``a`` to ``b`` make, with its number: "Strategic Plan II"."""
        number = int(b - a > 2 and ROMAN.fullmatch(self.texts[b - 1]) is not None)
        plain = self.plain_name(a, b - number)
        return plain._replace(end=b) if number and plain and plain.end == b - number else plain

    def plain_name(self, a: int, b: int) -> NameShape | None:
        """The name that the words from ``a`` to ``b`` make: of the first head that a link follows ("Ministry of …"),
        else of a head at the end ("… Act"); "Operation" and "Project" also begin a name."""
        if self.texts[a] in self.words.leading and self.kinds[a + 1 : a + 2] == "N" and not self.head(b - 1):
            return NameShape(self.head(a), a, self.end(a, b, self.head(a)))
        for head in range(a, b - 1):
            label = self.head(head)
            linked = self.kinds[self.link(head)] == "i"
            if label == "AGENCY" and linked and self.issued(head, b):
                return self.named(a, b, self.head(b - 1), b - 1)
            if label and linked and self.leads(head, b, label):
                return self.named(self.start(a, head, label), self.end(head, b, label), label, head)
        label = self.head(b - 1)
        if not label or self.texts[b - 1] in self.words.only_first or self.only_linked(b - 1):
            return None
        return self.named(self.start(a, b - 1, label), b, label, b - 1)

    def issued(self, head: int, b: int) -> bool:
        """Whether a name that begins with an agency ends as its law or program: "Cabinet of Ministers Decree" (Ukraine
        2019, page 1), "Ministry of National Education School Feeding Program" (Côte d’Ivoire 2020, page 14)."""
        # no ministry ends in "Plan", but one is "of Social Policy", and a committee may be for a plan
        plan = self.head(b - 1) == "POLICY" and self.texts[b - 1] != "Policy" and self.texts[head] == "Ministry"
        act = self.head(b - 1) in ("LAW", "PROGRAM") and self.kinds[b - 2] == "N" and not self.plural(b - 1)
        return plan or act

    def only_linked(self, head: int) -> bool:
        """Whether a head at the end is none: a "Health System", but not a "Monitoring System"."""
        return self.texts[head] in self.words.only_linked and self.between(head - 1, head + 1) not in self.words.heads

    def link(self, head: int) -> int:
        """The token behind a head and the acronym in parentheses that may follow it."""
        return next(i for i in range(head + 1, len(self.kinds)) if self.kinds[i] != "o")

    def leads(self, head: int, b: int, label: str) -> bool:
        """Whether a head with a link behind it begins a name."""
        # "Anti-Trafficking Division of the National Bureau of Investigation" (Philippines 2015, page 6)
        link = self.link(head)
        behind = link + 1 + (self.kinds[link + 1] == "t")
        of_agency = self.texts[link] == "of" and label in ("AGENCY", "PROGRAM") and self.is_agency(behind, b)
        if of_agency:
            return label == "AGENCY"
        # "Inspection Division for the Eradication of Slave Labor" (Brazil 2020), but not "Police of …"
        goes_on = label == "AGENCY" and self.texts[link] != "of"
        return goes_on or self.texts[head] not in self.words.only_last

    def head(self, i: int) -> str:
        """The label that a word gives a name as its head; empty if it is no head."""
        heads = self.words.heads
        label = heads.get(" ".join(self.texts[i : i + 3])) or heads.get(" ".join(self.texts[i - 1 : i + 1]))
        label = label or heads.get(self.texts[i], "")
        return label if self.kinds[i] == "N" and self.kinds[i + 1 : i + 2] != "h" else ""

    def named(self, a: int, b: int, label: str, head: int) -> NameShape | None:
        """The name, unless it is a general word with a capital or an international body."""
        text = self.between(a, b)
        capitals = sum(word[0].isupper() for word in text.split())
        # "the 2014 Constitution" (Egypt 2013, page 1)
        dated = label == "LAW" and YEAR.fullmatch(self.texts[a]) is not None
        general = text in self.words.no_names and not YEARS.match(self.text, self.stop(b - 1))
        # "the Declaration and Framework" (Ghana 2016, page 6) points back to two policies
        only_heads = all(self.head(i) or self.kinds[i] == "a" for i in range(a, b))
        if capitals + dated < 2 or general or only_heads or self.of_strangers(a, label, text):
            return None
        # "Inter-Ministerial Working Group" (Bosnia and Herzegovina 2020): a "Working Group" is no weak head
        weak = self.texts[head] in self.words.weak_heads
        if weak and self.between(head - 1, head + 1) not in self.words.heads and not self.governmental(a, head, b):
            label = self.served(head)
        return NameShape(label, a, b) if label else None

    def served(self, head: int) -> str:
        """What a weak head is by the table or section: "Living Centers" (Brazil 2016) among the programs, "Center for
        the Investigation of …" (Jamaica 2018) among the agencies; else nothing."""
        if self.texts[head] in self.words.serving:
            return "PROGRAM" if self.table == "programs" else ""
        return "AGENCY" if self.table in ("agencies", "coordination") else ""

    def of_strangers(self, a: int, label: str, text: str) -> bool:
        """Whether a name is no government's: "the NGO Pacific Dialogue" (Fiji 2019, page 2), "the ILO Constitution"
        (Anguilla 2017, page 3), or one of a list of armed groups."""
        if label == "AGENCY" and any(self.starts[a] in groups for groups in self.armed):
            return True
        world = label == "AGENCY" or (label == "PROGRAM" and self.texts[a] == "International")
        owner = OF_THE_WORLD.search(text) if label == "AGENCY" else None
        named = (text, owner.group(1)) if owner else (text,)
        worldly = world and any(f"{name} ".startswith(self.words.world_bodies) for name in named)
        return worldly or not self.words.strangers.isdisjoint(self.texts[max(0, a - 1) : a + 1])

    def governmental(self, a: int, head: int, b: int) -> bool:
        """Whether a "Center" or a "Team" is a body of government: "MLSW Regional Centers for …", "Social Work Centers
        (SWCs)" (Kosovo 2017, page 4), "the PNP’s Women and Children’s Protection Center" (Philippines 2015, page 5)."""
        several = self.plural(head) and re.match(r" \([A-Z]{2,}s?\)", self.text[self.stop(b - 1) :][:20])
        owned = a > 1 and self.kinds[a - 1] == "p" and self.acronym(a - 2, a - 1)
        owner = self.texts[a - 2] if owned else self.texts[a] if self.acronym(a, a + 1) else ""
        own = bool(owner) and f"{owner} " not in self.words.world_bodies
        # "Prime Minister’s Office Communications Center" (Turkey 2014), "Center for Social Welfare" (Bosnia 2017)
        public = any(self.words.heads.get(word) == "AGENCY" for word in self.texts[a:head])
        public = public or not self.words.public.isdisjoint(self.texts[a:b]) or self.texts[a] in self.words.national
        return bool(several) or own or public or any(topic in self.between(a, b) for topic in self.words.public_topics)

    def start(self, a: int, head: int, label: str) -> int:
        """Where the words before a head begin to belong to it."""
        i = head
        while i > a and self.joins(i, label):
            i -= 1
        while self.kinds[i] not in "Nd":
            i += 1
        # "the ILO CARING Gold Mining Project" (Philippines 2018), but "UNICEF Country Program"
        while label == "PROGRAM" and head - i > 2 and self.of_the_world(i):
            i += 1
        # "approved the 2019 Annual Operation Plan" (Peru 2019, page 8)
        before = re.search(r"(?:^|[tpwax])(d(?:hd)?)$", self.kinds[:i]) if i == a and label != "AGENCY" else None
        if before and YEAR.match(self.texts[before.start(1)]):
            return before.start(1)
        return self.list_before(i, head) if i == a else i

    def of_the_world(self, i: int) -> bool:
        """Whether a word is an international body, or the hyphen behind one."""
        return self.kinds[i] == "h" or f"{self.texts[i]} " in self.words.world_bodies

    def list_before(self, a: int, head: int) -> int:
        """Where the list begins that ends in a name: "the Occupational Safety, Health and Working Conditions Code"
        (India 2020); ``a`` where there is none, or where another name begins in it."""
        listed = LIST_BEFORE.search(self.kinds, 0, a)
        if not listed or not ("a" in self.kinds[a:head] or self.kinds[a - 1] == "a"):
            return a
        # "Constitution, Justice and Citizenship Committee" (Brazil 2020): no act beside a committee
        others = any(
            self.head(i) in ("AGENCY", self.head(head)) or self.acronym(i, i + 1) for i in range(listed.start(1), a)
        )
        return a if others else listed.start(1)

    def joins(self, i: int, label: str) -> bool:
        """Whether the token before ``i`` belongs to the name that goes on with ``i``."""
        kind = self.kinds[i - 1]
        if kind in "Nhpao" or self.kinds[i - 1 : i + 1] == "dh" or (i > 1 and self.kinds[i - 2] == "h"):
            return True
        if kind == "n" and self.texts[i - 2] in self.words.bound_in:
            return True
        # "Child Safeguarding in the Overseas Territories Regional Project" (Anguilla 2017, page 5)
        inside = label == "PROGRAM" and (kind == "n" or self.kinds[i - 2 : i] in ("nt", "it"))
        # "Thailand Internet Crimes Against Children Taskforce" (Thailand 2016)
        return inside or (kind == "i" and (label in ("LAW", "PROGRAM") or self.texts[i - 1] == "Against"))

    def plural(self, head: int) -> bool:
        text = self.texts[head]
        return text.endswith("s") and (text[:-1] in self.words.heads or text.endswith("ies"))

    def end(self, head: int, b: int, label: str) -> int:
        """Where the words after "Ministry of" end: before "in Lima", after "Gender, Children, and Social Affairs"."""
        cut = next((i for i in range(head + 1, b) if self.stops(i, head, b, label)), None)
        if cut is not None:
            return cut
        for listed in (LONG_LIST, *LISTS, SERIES) if self.plural(head) else LISTS:
            more = listed.match(self.kinds, b)
            if more and not any(self.begins_other(i) for i in range(b, more.end())):
                return self.bound(more.end())
        # "Roadmap for Achieving the Elimination of … by 2016" (Kenya 2014, page 5)
        if label in ("POLICY", "PROGRAM") and BY_YEAR.match(self.text, self.stop(b - 1)):
            return b + 2
        # "… Care and Protection of TIP victims" (Ecuador 2018, page 7)
        return b + (self.texts[b - 1] in self.words.topics and self.kinds[b : b + 1] == "w")

    def bound(self, b: int) -> int:
        """Where a list ends whose last words go on with "in": "…, and Trafficking in Persons" (Philippines 2018)."""
        goes_on = self.texts[b - 1] in self.words.bound_in and self.kinds[b : b + 2] == "nN"
        return b + 2 if goes_on else b

    def stops(self, i: int, head: int, b: int, label: str) -> bool:
        """Whether a name ends before a token: "in" behind a body or a law, or "to" a thing with the same label."""
        if self.texts[i] == "to":
            # "from the Ministry of Social Policy to the Ministry of …" (Ukraine 2019, page 6), "… Act to Parliament"
            behind = i + 1 + (self.kinds[i + 1] == "t")
            if self.acronym(behind, behind + 1) and label == "AGENCY":
                return True
            other = self.head(behind) == label or (self.kinds[i + 1] == "t" and self.is_agency(behind, b))
            return self.texts[behind] in self.words.names_of_one_word or (head + 2 <= i and other)
        if self.kinds[i] == "o":
            # the acronym belongs to all that stands before it; a plan goes on behind its own
            return self.kinds[head + 1] != "o" and label not in ("POLICY", "PROGRAM")
        place = label in ("AGENCY", "LAW") or self.texts[head] in self.words.only_first
        return place and self.kinds[i] == "n" and not self.bound_in(i - 1)

    def bound_in(self, i: int) -> bool:
        """Whether a name goes on with "in" behind a word: "Child Labor in Fisheries", not "Ministry of Labor in …"."""
        labor = self.texts[i] in ("Labor", "Labour")
        return self.texts[i] in self.words.bound_in and not (labor and self.kinds[i - 1] in "it")

    def begins_other(self, i: int) -> bool:
        """Whether a word in a list belongs to another name: a head, or an acronym."""
        strong = self.head(i) and self.texts[i] not in self.words.weak_heads
        return bool(strong) or self.acronym(i, i + 1)

    def is_program(self, a: int, b: int) -> bool:
        """Whether "program" in small letters makes a program of words that no other head claims."""
        if not pattern(BEFORE_NOUN).match(self.text, self.stop(b - 1)):
            return False
        text = self.between(a, b)
        several = (
            sum(kind == "N" for kind in self.kinds[a:b]) > 1 or re.search(r"[a-z][A-Z]|[A-Z]\d[A-Z]", text) is not None
        )
        # "through the Ujjawala scheme" (India 2015, page 9), "in the Tayssir program" (Morocco 2020)
        strange = b - a == 1 and self.kinds[a - 1 : a] == "t" and len(text) > 4 and text[1:].islower()
        # "ILO-IPEC program" (Kenya 2014, page 5)
        world = f"{text} ".replace("-", " ").startswith(self.words.world_bodies)
        return (several or strange) and not world and self.words.no_program.isdisjoint(self.texts[a:b])
