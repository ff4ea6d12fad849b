"""Names by their shape: runs of capitalised words whose head says what they are ("Ministry of …", "… Act").

The grammar works on the tokens of one text, whoever cut them; its words are in ``rules/entities.yml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from typing import Any, NamedTuple

from extractors.rules import current, depends

# "(2012–2021)", and "UN Pacific Strategy 2018–2022" (Fiji 2019, page 8)
YEARS = re.compile(
    r" ?\((?:19|20)\d\d\s?[–-]\s?(?:\d{2,4}|[Pp]resent)\)|,? (?:19|20)\d\d\s?[–-]\s?(?:(?:19|20)\d\d|[Pp]resent)\b"
)
YEAR = re.compile(r"(?:19|20)\d\d")
BY_YEAR = re.compile(r" by (?:19|20)\d\d\b")
# "Learning Support program", "CocoaAction (2014–2020) initiative" (Ghana 2016, page 7), "Building Enduring Systems to
# Counter Trafficking in Persons (BEST) Program" (Haiti 2020, page 6)
BEFORE_NOUN = r"(?: \([^)]*\))? (?:%program%|%base%)\b| \([^)]*\) (?:Program|Project)\b"
# What these tokens are to a name depends on what stands beside them.
CONTEXT = frozenset(("’s", "'s", "’", "'", ",", "-", "–", "/", "—", "that", "by", "with", "from"))
# "Resolution of the Cabinet of Ministers No. 132" (Uzbekistan 2014, page 6)
NUMBER_SIGN = re.compile(r"N[or]\.? ?\d")


class Shape(NamedTuple):
    """A name: what it is, its first token and the token after its last."""

    label: str
    start: int
    end: int


@dataclass(frozen=True)
class Words:
    """The word lists of ``rules/entities.yml``, ready to ask."""

    heads: Mapping[str, str]
    weak_heads: frozenset[str]
    national_posts: frozenset[str]
    national: frozenset[str]
    topics: frozenset[str]
    purposes: frozenset[str]
    strangers: frozenset[str]
    one_law: frozenset[str]
    services: frozenset[str]
    levels: frozenset[str]
    against: frozenset[str]
    foreign_links: frozenset[str]
    place_words: frozenset[str]
    general: frozenset[str]
    names_of_one_word: frozenset[str]
    synonyms: Mapping[str, str]
    only_first: frozenset[str]
    first_too: frozenset[str]
    only_last: frozenset[str]
    only_linked: frozenset[str]
    links: Mapping[str, str]
    bound_in: frozenset[str]
    bound_before: frozenset[str]
    before_by: frozenset[str]
    before_with: frozenset[str]
    before_from: frozenset[str]
    military: frozenset[str]
    rebels: frozenset[str]
    public: frozenset[str]
    public_topics: frozenset[str]
    directions: frozenset[str]
    openers: frozenset[str]
    holders: frozenset[str]
    no_names: frozenset[str]
    participles: frozenset[str]
    institution: frozenset[str]
    forces: frozenset[str]
    world_bodies: tuple[str, ...]
    no_program: frozenset[str]
    treaties: frozenset[str]
    known: Mapping[str, list[tuple[str, ...]]]


@depends
@cache
def words() -> Words:
    """The word lists, read once in a process."""
    rules = dict(current().entities)
    sets = [field.name for field in fields(Words) if field.type == "frozenset[str]"]
    lists: dict[str, Any] = {name: frozenset(rules[name]) for name in sets}
    weak = dict.fromkeys(rules["weak_heads"] + rules["national_posts"], "AGENCY")
    lists |= {
        "heads": weak | {word: label for label, heads in rules["heads"].items() for word in heads},
        "synonyms": {form: forms[0].lower() for forms in rules["synonyms"] for form in map(str.lower, forms)},
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


class Prose(NamedTuple):
    """A pattern of names that running text gives away; a text that has none of what it ``holds`` does not match it, nor
    one of another section than ``where``, if it has one."""

    label: str
    pattern: re.Pattern[str]
    holds: tuple[str, ...]
    where: str


@depends
@cache
def prose_patterns() -> tuple[Prose, ...]:
    """The patterns of ``rules/entities.yml``; the groups of a match are names of one thing."""
    return tuple(
        Prose(entry.label, pattern(entry.pattern), entry.holds, entry.where or "") for entry in current().entities.prose
    )


# One letter a token, so that a name's grammar is a regular expression: N capitalised, w small, d number, h hyphen or
# slash inside a word, H dash between blanks, p possessive, i link, t article, n "in", a "and", c comma, x any other.
WORD = r"(?:dh)?N(?:h[Nwdint])*"
RUN = re.compile(rf"{WORD}(?:(?:pa?|[it]{{1,3}}|n[it]?|at?|H)?{WORD})*")
ITEM = rf"{WORD}(?:(?:p|it?|a)?{WORD})*?"
# "… Human Rights, Childhood and Motherhood, and Women" (Egypt 2013, page 5): the comma before "and" is looked for first
LISTS = tuple(re.compile(rf"(?:c{ITEM})+{end}t?{WORD}(?:(?:p|it?)?{WORD})*") for end in ("ca", "a"))
# "Ministries of Civil Services and Labor, Justice, and Population and Social Affairs" (Madagascar 2018, page 6)
LONG_LIST = re.compile(rf"(?:ct?{ITEM})+cat?{WORD}(?:p?{WORD})*(?:a{WORD}(?:p?{WORD})*)?")
# "Ministries of Justice, Interior, the General Intelligence Service" (Egypt 2013, page 5)
SERIES = re.compile(rf"(?:c{WORD}(?:(?:p|it?|a)?{WORD})*)+(?=c)")
# "Immigration, Passport, and Citizenship Acts" (Fiji 2019, page 5)
LIST_BEFORE = re.compile(rf"{WORD}(?:c{WORD})*ca$")


@depends
@lru_cache(maxsize=16384)
def plain_kind(token: str) -> str:
    """The letter of a token where it does not depend on what stands beside it; else empty."""
    if token in CONTEXT or token[0] == "N":
        return ""
    letter = "N" if token[0].isupper() else "d" if token[0].isdigit() else "w" if token[0].isalpha() else "x"
    return words().links.get(token, letter)


# "Special Protection of Children Against Child Abuse, Exploitation and Discrimination Act" (Philippines 2018)
OWN_LIST = re.compile(r"p(N(?:cN)*)ca$")
TITLE_BEFORE = re.compile(rf"{WORD}(?:(?:p|it?|a)?{WORD})*it?(?:{WORD})+(?:c(?:{WORD})+)*c$")


class Shapes:
    """Finds names in one text by the grammar of capitalised words."""

    def __init__(self, text: str, tokens: Sequence[str], starts: Sequence[int]) -> None:
        """``tokens`` are the text's words and signs, ``starts`` the character at which each begins."""
        self.text = text
        self.words = words()
        self.texts = tokens
        self.starts = starts
        self.kinds = "".join([plain_kind(token) or self.kind(i) for i, token in enumerate(tokens)])

    def stop(self, i: int) -> int:
        """The character after token ``i``."""
        return self.starts[i] + len(self.texts[i])

    def spaced(self, i: int) -> bool:
        return self.text[self.stop(i) : self.stop(i) + 1].isspace()

    def between(self, a: int, b: int) -> str:
        return self.text[self.starts[a] : self.stop(b - 1)]

    def kind(self, i: int) -> str:
        """The letter of a token that is not the same wherever it stands."""
        text = self.texts[i]
        glued = i > 0 and not self.spaced(i - 1)
        if text in ("’s", "'s", "’", "'"):
            return "p" if glued else "x"
        if text == ",":
            return "c"
        if text in ("-", "–", "/", "—"):
            tight = glued and not self.spaced(i) and i + 1 < len(self.texts)
            if tight and text != "—":
                return "x" if self.texts[i + 1] in self.words.participles else "h"
            return "H" if not glued and self.spaced(i) and text != "/" else "x"
        before = self.texts[i - 1] if i else ""
        if text == "that":  # "Law that Perfects …" (Peru 2019, page 3), but not "the MTPE that …"
            return "i" if self.words.heads.get(before) == "LAW" else "x"
        if text == "by":
            return "i" if before in self.words.before_by else "w"
        if text == "with":  # "… on Inclusive Education for Children with Disabilities" (Cambodia 2020, page 12)
            return "i" if before in self.words.before_with else "w"
        if text == "from":  # "Task Force on the Protection of Children from Exploitation" (Philippines 2016)
            return "i" if before in self.words.before_from else "w"
        return "x" if NUMBER_SIGN.match(self.text, self.starts[i]) else "N"

    def names(self) -> Iterator[Shape]:
        """Every name of the text, from left to right; a part of a body directly after the whole."""
        done = 0
        for run in RUN.finditer(self.kinds):
            # "Ministry of Gender, Children, and Social Protection program" (Ghana 2019, page 5): one name, not two
            for name in self.split(max(run.start(), done), run.end()):
                done = max(done, name.end)
                yield name

    def split(self, a: int, b: int) -> Iterator[Shape]:
        """The names in one run of words: cut where two names only stand side by side."""
        while a < b and (self.kinds[a] not in "Nd" or self.opens(a)):
            a += 1
        for k in range(a + 1, b - 1):
            kind = self.kinds[k]
            if kind == "H" and self.is_agency(a, k) and self.is_agency(k + 1, b):
                # "Ghana Education Service – Girls Education Unit" (Ghana 2016, page 7): the part of a body
                yield Shape("AGENCY", a, b)
                yield from self.split(a, k)
                return
            if (kind == "p" and not self.holds(a, k)) or kind == "H":
                yield from self.split(a, k)
                yield from self.split(k + 1, b)
                return
        for k in range(a + 1, b - 1):
            if self.kinds[k] == "a" and self.side_by_side(a, k, b):
                yield from self.split(a, k)
                yield from self.split(k + 1, b)
                return
        if a >= b:
            return
        found = self.name(a, b)
        if found:
            yield found
        elif self.is_program(a, b):
            yield Shape("PROGRAM", a, b)
        elif "n" in self.kinds[a:b]:
            # "the Decent Work Country Program in Uzbekistan" (Uzbekistan 2016, page 6)
            cut = self.kinds.index("n", a)
            yield from self.split(a, cut)
            yield from self.split(cut + 1, b)

    def opens(self, i: int) -> bool:
        """Whether a word only leads to a name: "Within", "Minister of", "Chapter II of"."""
        following = self.kinds[i + 1 : i + 2]
        # "The Support to Caribbean States project" (Brazil 2016, page 7)
        if following == "i" and i and self.texts[i] == "Support" and self.texts[i - 1] in ("the", "The"):
            return False
        # "Joint Ministry of National Education and UNICEF project" (Turkey 2014, page 8)
        if self.texts[i] == "Joint" and self.texts[i + 1 : i + 2] in (["Ministry"], ["Department"]):
            return True
        number = re.fullmatch("[IVXLC]+", self.texts[i]) is not None and following == "i"
        return number or (self.texts[i] in self.words.openers and following not in ("p", "h"))

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
            # "… Elimination of Child Labor and the Protection of Working Adolescents" (Brazil 2013, page 6)
            return self.texts[k + 2] not in self.words.purposes
        if self.acronym(a, k) or self.acronym(k + 1, b):
            return True
        if self.head(k - 1) in ("POLICY", "PROGRAM") and self.continues(k + 1, b):
            return False
        left, right = self.name(a, k), self.name(k + 1, b)
        # "Ministry of Territorial Administration and Decentralization" (Côte d’Ivoire 2020): no head but what it is for
        linked = self.texts[a] in self.words.heads and self.kinds[a + 1] == "i"
        if self.texts[k - 1] in self.words.heads and not (linked and self.texts[k - 1] in self.words.weak_heads):
            return True
        # "KRG Ministry of Labor and Social Affairs and KRG Ministry of the Interior" (Iraq 2018, page 6)
        if left and right and self.acronym(k + 1, k + 2) and self.texts[k + 2] in self.words.heads:
            return True
        if self.texts[k + 1] in self.words.institution and right:
            return self.texts[k - 1] not in self.words.institution
        # "Directorate of General Security and Lebanese Armed Forces" (Lebanon 2016, page 6)
        apart = (
            self.texts[k + 1] in self.words.heads
            or "p" in self.kinds[k + 1 : b]
            or self.texts[b - 1] in self.words.forces
        )
        return bool(left and right and apart)

    def continues(self, i: int, b: int) -> bool:
        """Whether what stands after "and" is no name without what is before: "National Strategy and Action Plan for …"
        (Kosovo 2017, page 6), "Child Protection Program and Allowance" (Fiji 2019, page 8)."""
        if self.head(i) in ("POLICY", "PROGRAM"):
            return True
        general = [j for j in (i + 2, i + 3) if j <= b and self.between(i, j) in self.words.no_names]
        return any(self.head(k) == "POLICY" for j in general for k in range(i, j))

    def name(self, a: int, b: int) -> Shape | None:
        """The name that the words from ``a`` to ``b`` make, if a head is among them."""
        for head in range(a, b - 1):
            label = self.head(head)
            following = self.kinds[head + 1]
            leads = self.texts[head] in self.words.only_first or self.texts[head] in self.words.first_too
            if leads and following == "N" and head == a and not self.head(b - 1):
                return Shape(label, head, self.end(head, b, label))
            # "implementing the Human Trafficking Act to Parliament" (Ghana 2015, page 6): the law ends before "to"
            whole = self.kinds[head + 1 : head + 3] != "it"
            if (
                label
                and self.texts[head + 1] == "to"
                and not self.words.names_of_one_word.isdisjoint(self.texts[head + 2 : head + 3])
            ):
                return self.named(self.start(a, head, label), head + 1, label, head)
            links = (following == "i" and whole) or self.texts[head + 1] != "to"
            last = self.head(b - 1) if label in ("AGENCY", "PROGRAM") and not self.plural(b - 1) else ""
            if last in ("LAW", "PROGRAM") and last != label and self.kinds[b - 2] == "N":
                # "Ministry of National Education School Feeding Program" (Côte d'Ivoire 2020), not "Directorate of …
                # Laws" (Madagascar 2018)
                return self.named(a, b, last, b - 1)
            # "Anti-Trafficking Division of the National Bureau of Investigation" (Philippines 2015, page 6)
            part = (
                label == "AGENCY"
                and self.texts[head + 1] == "of"
                and self.is_agency(head + 2 + (self.kinds[head + 2] == "t"), b)
            )
            if label and following == "i" and links and (part or self.texts[head] not in self.words.only_last):
                return self.named(self.start(a, head, label), self.end(head, b, label), label, head)
        label = self.head(b - 1)
        linked = self.texts[b - 1] in self.words.only_linked and self.between(b - 2, b) not in self.words.heads
        if not label or linked or self.texts[b - 1] in self.words.only_first or self.kinds[b - 2 : b - 1] == "a":
            return None
        return self.named(self.start(a, b - 1, label), b, label, b - 1)

    def head(self, i: int) -> str:
        """The label that a word gives a name as its head; empty if it is no head."""
        heads = self.words.heads
        label = heads.get(" ".join(self.texts[i : i + 3])) or heads.get(" ".join(self.texts[i - 1 : i + 1]))
        label = label or heads.get(self.texts[i], "")
        return label if self.kinds[i] == "N" and self.kinds[i + 1 : i + 2] != "h" else ""

    def named(self, a: int, b: int, label: str, head: int) -> Shape | None:
        """The name, unless it is a general word with a capital or an international body."""
        text = self.between(a, b)
        capitals = sum(word[0].isupper() for word in text.split())
        # "the 2014 Constitution" (Egypt 2013, page 1)
        dated = label == "LAW" and YEAR.fullmatch(self.texts[a]) is not None
        if capitals + dated < 2 or (text in self.words.no_names and not YEARS.match(self.text, self.stop(b - 1))):
            return None
        # "the ILO Constitution" (Anguilla 2017, page 3)
        world = label == "AGENCY" or (label == "LAW" and self.acronym(a, a + 1))
        if (world and f"{text} ".startswith(self.words.world_bodies)) or self.stranger(a):
            return None
        if self.texts[head] in self.words.national_posts and self.texts[a] not in self.words.national:
            return None
        # "Inter-Ministerial Working Group" (Bosnia and Herzegovina 2020): a "Working Group" is no weak head
        weak = (
            self.texts[head] in self.words.weak_heads
            and " ".join(self.texts[head - 1 : head + 1]) not in self.words.heads
        )
        if weak and not self.governmental(a, head, b):
            return None
        if any(treaty in text for treaty in self.words.treaties):
            return None
        # "New People’s Army" (Philippines 2016), but "Pakistan Army"
        armed = self.texts[head] in self.words.military
        if armed and any(word.removesuffix("s") in self.words.rebels for word in self.texts[a:head]):
            return None
        # "a Rehabilitation Center" is none of them, "the Coast Guard" is one
        if text in self.words.heads and not armed:
            return None
        # "the Northeast Department" (Haiti 2019, page 6) is a place
        if self.texts[head] == "Department" and head - a == 1 and self.texts[a] in self.words.directions:
            return None
        return Shape(label, a, b)

    def stranger(self, a: int) -> bool:
        """Whether a word says that the name is no government's: "the NGO Pacific Dialogue" (Fiji 2019, page 2)."""
        return not self.words.strangers.isdisjoint(self.texts[max(0, a - 1) : a + 1])

    def governmental(self, a: int, head: int, b: int) -> bool:
        """Whether a "Center" or a "Team" is a body of government: "MLSW Regional Centers for …", "Social Work Centers
        (SWCs)" (Kosovo 2017, page 4), "the PNP’s Women and Children’s Protection Center" (Philippines 2015, page 5)."""
        several = self.plural(head) and re.match(r" \([A-Z]{2,}s?\)", self.text[self.stop(b - 1) :][:20])
        owned = a > 1 and self.kinds[a - 1] == "p" and self.acronym(a - 2, a - 1)
        owner = self.texts[a - 2] if owned else self.texts[a] if self.acronym(a, a + 1) else ""
        own = bool(owner) and f"{owner} " not in self.words.world_bodies
        # "Prime Minister’s Office Communications Center" (Turkey 2014), "Center for Social Welfare" (Bosnia 2017)
        public = any(self.words.heads.get(word) == "AGENCY" for word in self.texts[a:head])
        public = public or not self.words.public.isdisjoint(self.texts[a:b])
        social = any(topic in self.between(a, b) for topic in self.words.public_topics)
        return bool(several) or own or public or social or self.texts[a] in self.words.national

    def start(self, a: int, head: int, label: str) -> int:
        """Where the words before a head begin to belong to it."""
        i = head
        while i > a:
            kind = self.kinds[i - 1]
            inside = kind in "Nhp" or self.kinds[i - 1 : i + 1] == "dh" or (i > 1 and self.kinds[i - 2] == "h")
            bound = self.words.bound_in | self.words.bound_before
            joined = kind == "a" or (kind == "n" and self.texts[i - 2] in bound)
            # "Child Safeguarding in the Overseas Territories Regional Project" (Anguilla 2017, page 5)
            titled = kind == "i" or (label == "PROGRAM" and (kind == "n" or self.kinds[i - 2 : i] == "nt"))
            titled = titled and label in ("LAW", "PROGRAM")
            if not (inside or joined or titled):
                break
            i -= 1
        while self.kinds[i] not in "Nd":
            i += 1
        # "The Senate’s Constitution, Justice, and Citizenship Committee" (Brazil 2016, page 3)
        listed = OWN_LIST.search(self.kinds[:i]) if self.texts[head] in ("Commission", "Committee") else None
        if listed:
            return listed.start(1)
        if i > a or label == "AGENCY":
            return i
        title = TITLE_BEFORE.search(self.kinds[:i]) if label == "LAW" and "a" in self.kinds[i:head] else None
        if title and not any(self.head(j) for j in range(title.start(), i)):
            i = title.start()
            while self.opens(i):
                i += 1
            return i
        before = LIST_BEFORE.search(self.kinds[:i]) if self.plural(head) else None
        # "the Law on the Protection of Children, and Employment of Children Regulations" are two
        linked = before is not None and self.kinds[: before.start()].endswith("i")
        if before and not linked and not any(self.head(j) for j in range(before.start(), i)):
            i = before.start()
            while self.opens(i):
                i += 1
        # "approved the 2019 Annual Operation Plan" (Peru 2019, page 8)
        elif before := re.search(r"(?:^|[tpwax])(d(?:hd)?)$", self.kinds[:i]):
            i = before.start(1) if YEAR.match(self.texts[before.start(1)]) else i
        return i

    def plural(self, head: int) -> bool:
        text = self.texts[head]
        return text.endswith("s") and (text[:-1] in self.words.heads or text.endswith("ies"))

    def end(self, head: int, b: int, label: str) -> int:
        """Where the words after "Ministry of" end: before "in Lima", after "Gender, Children, and Social Affairs"."""
        for i in range(head + 2, b - 2):
            behind = i + 1 + (self.kinds[i + 1] == "t")
            # "its National Policy on Child Labor to the Kenyan Parliament" (Kenya 2015)
            if self.texts[i] == "to" and (self.head(behind) == label or self.texts[b - 1] == "Parliament"):
                return i
        if label in ("AGENCY", "LAW") or self.texts[head] in self.words.only_first:
            for i in range(head + 1, b):
                if self.kinds[i] == "n" and self.texts[i - 1] not in self.words.bound_in:
                    return i
        for pattern in (LONG_LIST, *LISTS, SERIES) if self.plural(head) else LISTS:
            more = pattern.match(self.kinds, b)
            if more and not any(self.head(i) or self.acronym(i, i + 1) for i in range(b, more.end())):
                return more.end()
        # "Roadmap for Achieving the Elimination of … by 2016" (Kenya 2014, page 5)
        if label in ("POLICY", "PROGRAM") and BY_YEAR.match(self.text, self.stop(b - 1)):
            return b + 2
        # "… Care and Protection of TIP victims" (Ecuador 2018, page 7)
        return b + (self.texts[b - 1] in self.words.topics and self.kinds[b : b + 1] == "w")

    def is_program(self, a: int, b: int) -> bool:
        """Whether "program" in small letters makes a program of words that no other head claims."""
        if not pattern(BEFORE_NOUN).match(self.text, self.stop(b - 1)):
            return False
        text = self.between(a, b)
        several = sum(kind == "N" for kind in self.kinds[a:b]) > 1 or re.search(r"[a-z][A-Z]", text) is not None
        # "ILO-IPEC program" (Kenya 2014, page 5)
        world = f"{text} ".replace("-", " ").startswith(self.words.world_bodies)
        return several and not world and self.words.no_program.isdisjoint(self.texts[a:b])
