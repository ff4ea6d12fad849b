"""Which forms of a name mean one thing: acronyms, and shorter and other forms of the same words.

Works on strings alone. The word lists and the weights of the linking score are in ``rules/entities.yml``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import exp

from extractors.names.shapes import YEAR, YEARS, pattern, words
from extractors.rules import country_code, current, depends, fold

# The adjective of a nation before its law: "Haitian Constitution", "Indian Penal Code"
NATIONAL = re.compile(r"[A-Z]\w+(?:[ei]an|can|ese|ish|[adeghlmnq]i)")
ACRONYM = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Z][\w&/|.-]{1,13}")
# "SBM QAT" (Philippines 2016, page 5), "NPA II"
ACRONYMS = re.compile(rf"{ACRONYM.pattern}|[A-Z][A-Z-]+(?: (?:[A-Z]{{2,}}s?|[IVX]+|\d+))+")


NUMBERED_LAW = r"(?P<kind>%numbered_law%) %number_sign%?(?P<number>\d[\w.,/‐‑–-]*)"


@dataclass(slots=True, eq=False)
class Entity:
    """One thing that a chapter names: its label, the canonical string that all its forms share, and by table or cell
    the numbers of the rows or items that its forms are the names of."""

    label: str
    canonical: str
    places: dict[str, set[int]] = field(default_factory=dict)

    def apart(self, other: Entity) -> bool:
        """Whether two names head different rows of one table, or items of one cell, and so are two things."""
        return any(self.places[table].isdisjoint(other.places[table]) for table in self.places.keys() & other.places)


@dataclass(slots=True)
class Lexicon:
    """All names that a chapter uses.

    ``by_form`` maps each form to its entity, ``parts`` a name to the names inside it, ``ambiguous`` a short form to the
    longer forms that it may mean. ``short`` holds the heads that point back to a policy ("the Plan"). ``places`` tells
    for a form which row of a table, or which item of a cell of laws, it is the name of.
    """

    by_form: dict[str, Entity] = field(default_factory=dict)
    parts: dict[str, set[str]] = field(default_factory=dict)
    ambiguous: dict[str, list[str]] = field(default_factory=dict)
    short: set[str] = field(default_factory=set)

    def add(self, label: str, form: str, entity: Entity | None = None) -> Entity:
        """Add a form. The first label that a form gets stays: the tables are read before the prose."""
        printed = form.strip()
        form = straight(printed)
        known = self.by_form.get(form)
        if known is None:
            known = self.by_form[form] = entity or Entity(label, printed)
        elif entity is not None and entity is not known and entity.label == known.label:
            self.join(entity, known)
            known = entity
        return known

    def join(self, keep: Entity, other: Entity) -> None:
        """Give all forms of one entity to another."""
        for table, numbers in other.places.items():
            keep.places.setdefault(table, set()).update(numbers)
        for form, entity in self.by_form.items():
            if entity is other:
                self.by_form[form] = keep

    def forms(self, label: str) -> list[str]:
        return [form for form, entity in self.by_form.items() if entity.label == label]

    def place(self, cell: str, table: str, number: int) -> None:
        """Note that a row or an item is headed by a name: the longest form with which its text begins."""
        name = max((form for form in self.by_form if straight(cell).startswith(form)), key=len, default="")
        if name:
            self.by_form[name].places.setdefault(table, set()).add(number)

    def ending(self, text: str) -> str:
        """The longest form with which a text ends, as whole words; empty if there is none."""
        found = (form for form in self.by_form if text.endswith(form) and not text[: -len(form)][-1:].isalnum())
        return max(found, key=len, default="")

    def meant(self, form: str, recent: list[Entity]) -> Entity:
        """The entity of a form; of several that a short form may mean, the one mentioned last."""
        choices = [self.by_form[longer] for longer in self.ambiguous.get(form, [form])]
        return next((entity for entity in reversed(recent) if entity in choices), choices[0])


NEAR = 1000
"""Characters before a place in which a name, or the articles of a law, may stand; the longest name has about 300."""


def near(text: str, end: int) -> int:
    """The place, at most ``2 * NEAR`` characters before ``end``, from which words may belong to what stands at ``end``;
    the start of a word if there are blanks.

    A look at all that stands before would cost time that grows with the square of the text.
    """
    if end <= NEAR:
        return 0
    blank = text.rfind(" ", max(0, end - 2 * NEAR), end - NEAR)
    return blank + 1 if blank >= 0 else end - NEAR


def straight(text: str) -> str:
    """The text with straight apostrophes."""
    return text.replace("’", "'")


def small(word: str) -> bool:
    """Whether a word is one of the small words inside names: "of", "and", "the"."""
    return word in words().links


# ---------------------------------------------------------------- acronyms


def add_alias(lexicon: Lexicon, name: str, alias: str, entity: Entity) -> None:
    """Add what stands in parentheses behind a name to its entity, unless it is the acronym of the name's last part:
    "Anti-Trafficking Unit of the Federal Investigation Agency (FIA)" (Pakistan 2014, page 5)."""
    if spells_last_part(name, alias):
        return
    known = lexicon.by_form.get(straight(alias), entity)
    others = [form for form, its in lexicon.by_form.items() if its is known is not entity]
    # "Ministry of Education, Youth, and Information, (CPFSA)", which another row spells (Jamaica 2018)
    if alias in initials(name) or not any(alias in initials(form) for form in others):
        lexicon.add(entity.label, alias, entity)


def spells_last_part(name: str, alias: str) -> bool:
    """Whether an alias has the first letters of the last part of a name, behind a small word."""
    spelled = name.split()
    first = next((i for i in range(1, len(spelled)) if alias.upper() in initials(" ".join(spelled[i:]))), 0)
    behind = first > 0 and small(spelled[first - 1]) and spelled[first - 1] != "and"
    return behind and spelled[first][0].isupper()


def long_form(before: str, acronym: str) -> str:
    """The words before an acronym that it abbreviates (Schwartz and Hearst), if they are a name; else empty.

    >>> long_form("like the Free Compulsory Universal Basic Education", "F-CUBE")
    'Free Compulsory Universal Basic Education'
    """
    long = spelling(before, acronym)
    spelled = re.findall(r"\w+", re.sub(r"['’]s?\b", "", long))
    capital = [word[0].isupper() for word in spelled if not small(word)]
    return long if len(capital) > 1 and all(capital) else ""


def spelling(before: str, acronym: str) -> str:
    """The words before an acronym in which its letters stand, the first at the start of a word; else empty."""
    letters = [c for c in acronym.lower() if c.isalpha()]
    tail = " ".join(before.split()[-2 * len(letters) - 2 :])
    at = len(tail)
    for n, letter in enumerate(reversed(letters)):
        at -= 1
        first = n == len(letters) - 1
        while at >= 0 and (tail[at].lower() != letter or (first and at > 0 and tail[at - 1] not in " -")):
            at -= 1
        if at < 0:
            return ""
    return tail[at:]


def initials(name: str) -> set[str]:
    """The acronyms that a name spells: with its small words and without, an acronym in it whole.

    >>> sorted(initials("UN Framework of Tides"))
    ['UNFOT', 'UNFT']
    """
    spelled = re.findall(r"[\w&]+", re.sub(r"['’]s?\b", "", name))
    letters = [word if word.isupper() and 1 < len(word) < 4 else word[0].upper() for word in spelled]
    pairs = list(zip(letters, spelled, strict=True))
    no_and = [letter for letter, word in pairs if word != "and"]  # "MOKN" for the "Ministry of Kelp and Nets"
    content = [letter for letter, word in pairs if not small(word)]
    return {"".join(letters), "".join(no_and), "".join(content)}


def add_short_policies(lexicon: Lexicon) -> None:
    """Let "the Declaration" and "the Plan of Action" mean the policy with these words that was mentioned last (Ghana
    2016, page 6)."""
    for form in lexicon.forms("POLICY"):
        for short in dict.fromkeys((*policy_heads(form), *general_phrases(form), *own_head(lexicon, form))):
            if short != form and (short not in lexicon.by_form or short in lexicon.ambiguous):
                lexicon.by_form.setdefault(short, lexicon.by_form[form])
                lexicon.ambiguous.setdefault(short, []).append(form)
                lexicon.short.add(short)


def policy_heads(form: str) -> list[str]:
    return [word for word in form.split() if words().heads.get(word) == "POLICY"]


def own_head(lexicon: Lexicon, form: str) -> list[str]:
    """The word that says what a row without a known head is: "the Circular" is the "Inter-Ministerial Circular" (Mali
    2014)."""
    begins = re.match(r"(?:[A-Z][\w-]*[a-z] )+([A-Z][a-z]+)(?= (?:of|for|on|to|against)\b|$)", form)
    if not begins or set(form.split()) & words().heads.keys():
        return []
    return [begins.group(1)]


def general_phrases(form: str) -> list[str]:
    """The general phrases inside a name, such as "Action Plan"."""
    spelled = form.split()
    phrases = [" ".join(spelled[i : i + n]) for n in (2, 3) for i in range(len(spelled) - n + 1)]
    return [phrase for phrase in phrases if phrase in words().no_names and policy_heads(phrase)]


# ---------------------------------------------------------------- which forms belong together


# "Semilla Project" is "Proyecto Semilla" (Peru 2019, page 9), "Hope for Homes Children Shelter" is "Hope and Homes for
# Children" (Kosovo 2017, page 8).
GENERIC = {"PROGRAM": {"projec", "progra", "progr", "proiec", "initia", "shelte"}}


@depends
@lru_cache(maxsize=4096)
def stems(form: str, label: str) -> tuple[str, ...]:
    """A form's content words, cut to what inflection and spelling leave alone, in no order (but those of a law): the
    "Interior Ministry" is the "Ministry of Internal Affairs" (Kosovo 2017, page 5), "to Combat" is "Against"."""
    found = re.findall(r"\w+", re.sub(r"[-’']s?\b", " ", one_wording(YEARS.sub("", form))))
    found = [word for word in found if not small(word.lower())]
    if label != "LAW":
        found = [word for word in found if word not in words().against] or found
    telling = [stem for stem in map(stem_of, found) if stem not in GENERIC.get(label, ())]
    return tuple(telling if label == "LAW" else sorted(telling))


def stem_of(word: str) -> str:
    """The first six letters of a word in small letters, without what inflection changes; an acronym or a number whole.

    "Bolsa Familia" is "Bolsa Família"; a word of another alphabet folds to nothing and stays.
    """
    plain = word if word.isascii() else fold(word).capitalize() or word
    if plain.isupper() or plain[0].isdigit():
        return plain
    # "Children", "Childhood"; "Policies", "Defence", "Centre"
    plain = re.sub(r"(?<=^child)(?:ren|hood)$", "", plain.lower().removesuffix("s"))
    return re.sub(r"tre$", "ter", plain.replace("y", "i").replace("nc", "ns"))[:6]


def one_wording(form: str) -> str:
    """A form with the first of the words that mean the same: "Labor" for "Labour"."""
    same = words().synonyms
    longest_first = "|".join(sorted(same, key=len, reverse=True))
    return re.sub(rf"\b(?:{longest_first})\b", lambda m: same[m.group().lower()], form, flags=re.IGNORECASE)


def link(lexicon: Lexicon) -> None:
    """Join the forms of one label that mean one thing: same stems, or a linking score over the threshold.

    A short form that fits several entities stays apart and becomes ambiguous.
    """
    for label in ("AGENCY", "LAW", "POLICY", "PROGRAM"):
        forms = [form for form in lexicon.forms(label) if not ACRONYM.fullmatch(form)]
        join_same_words(lexicon, forms, label)
        if label == "LAW":
            join_numbers(lexicon, forms)
        join_alike(lexicon, forms, label)


def join_same_words(lexicon: Lexicon, forms: list[str], label: str) -> None:
    """Join the forms with the same stems."""
    same = without_only_year(forms) if label == "LAW" else {form: stems(form, label) for form in forms}
    by_stems: dict[tuple[str, ...], str] = {}
    for form in forms:
        first = by_stems.setdefault(same[form], form)
        if first != form and same[form]:
            lexicon.join(lexicon.by_form[first], lexicon.by_form[form])


def join_alike(lexicon: Lexicon, forms: list[str], label: str) -> None:
    """Join each form with the one thing to whose longer forms the linking score links it; with several it is
    ambiguous. The longest come first, so that a short form meets things and not single forms."""
    for short in sorted(forms, key=len, reverse=True):
        longer = [form for form in forms if len(form) > len(short)]
        alone = len({lexicon.by_form[form] for form in longer if holds(form, short, label)}) == 1
        longer = [form for form in longer if same_entity(short, form, label, lexicon, alone)]
        entities = {lexicon.by_form[form] for form in longer} - {lexicon.by_form[short]}
        if len(entities) == 1:
            lexicon.join(entities.pop(), lexicon.by_form[short])
        elif entities:
            lexicon.ambiguous[short] = longer


def without_only_year(laws: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The stems of each law, without its year where no other year stands with these words: "the 2014 Constitution" is
    "the Constitution" (Egypt 2013)."""
    of = {law: stems(law, "LAW") for law in laws}
    plain = {law: tuple(stem for stem in found if not YEAR.fullmatch(stem)) for law, found in of.items()}
    years: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for law, found in of.items():
        years[plain[law]] |= set(found) - set(plain[law])
    return {law: plain[law] if len(years[plain[law]]) == 1 else of[law] for law in of}


def holds(form: str, short: str, label: str) -> bool:
    """Whether a form has all words of a shorter one, whatever their inflection."""
    return set(stems(short, label)) <= set(stems(form, label))


def join_numbers(lexicon: Lexicon, laws: Iterable[str]) -> None:
    """Join the laws of one kind and number: "Decree 118" is "MOMM Decree 118" (Egypt 2013, page 3)."""
    first: dict[str, str] = {}
    for law in laws:
        number = law_number(law)
        if number and first.setdefault(number, law) != law:
            lexicon.join(lexicon.by_form[first[number]], lexicon.by_form[law])


@depends
@lru_cache(maxsize=8192)
def law_number(name: str) -> str:
    """The kind and number of a numbered law; empty if it has none.

    >>> law_number("MOK Decree No. 1,118"), law_number("Law 2014-040 on Kelp"), law_number("Kelp Act")
    ('decree 1118', 'law 2014-040', '')
    """
    found = pattern(NUMBERED_LAW).search(name)
    if not found or YEAR.fullmatch(found.group("number")):
        return ""
    return f"{found.group('kind').lower()} {re.sub('[.,]', '', found.group('number').lower())}"


def same_entity(short: str, form: str, label: str, lexicon: Lexicon, alone: bool) -> bool:
    """Whether the linking score of two forms says that they mean one thing; ``alone`` if the words of the shorter stand
    in the forms of one thing only."""
    if set(stems(short, label)).isdisjoint(stems(form, label)):
        return False
    if lexicon.by_form[short].apart(lexicon.by_form[form]) or other_acronym(lexicon, short, form):
        return False
    return linking_score(short, form, label, alone) >= weights()["threshold"]


def other_acronym(lexicon: Lexicon, one: str, other: str) -> bool:
    """Whether two names have two acronyms, and so are two things: "Anti-Human Trafficking Unit (AHTU)" and "Anti-Human
    Smuggling and Trafficking Unit (AHSTIP)" (Ghana 2016, page 4)."""
    entities = lexicon.by_form[one], lexicon.by_form[other]
    short = [{form for form, its in lexicon.by_form.items() if its is e and ACRONYM.fullmatch(form)} for e in entities]
    return bool(short[0] and short[1])


def weights() -> Mapping[str, float]:
    linking: Mapping[str, float] = current().entities.linking
    return linking


@depends
@lru_cache(maxsize=8192)
def linking_score(short: str, form: str, label: str, alone: bool) -> float:
    """How likely a shorter form and a longer one mean one thing, from 0 to 1: a logistic sum of the signals with the
    weights of ``rules/entities.yml``."""
    weight = weights()
    total = weight[label] + sum(weight[name] * value for name, value in signals(short, form, label, alone).items())
    return 1 / (1 + exp(-total))


def signals(short: str, form: str, label: str, alone: bool) -> dict[str, float]:
    """What two forms have in common and what tells them apart; each signal is a number from 0 to 1.

    ``alone`` says that the words of the shorter form stand in the forms of one thing of the chapter only.
    """
    a, b = one_wording(short).split(), one_wording(form).split()
    x, y = set(stems(short, label)), set(stems(form, label))
    begins = b[: len(a)] == a and len(b) > len(a)
    ends = b[-len(a) :] == a and len(b) > len(a)
    behind = b[len(a)] if begins else ""
    before = b[: -len(a)] if ends else []
    more = [word for word in b if word not in a and not small(word)]
    return {
        "shared_words": len(x & y) / max(1, len(x | y)),
        "contained": float(x <= y),
        "alone": float(alone and x <= y and not other_owner(before)),
        "begins": float(begins and small(behind.lower())),
        "begins_list": float(begins and not small(behind.lower())),
        "ends": float(ends),
        "ends_nation": float(bool(before) and all(map(nation, before))),
        "several": float("ministries" in (a[0].lower(), b[0].lower())),
        "more_heads": float(any(word in words().heads for word in more)),
    }


def other_owner(before: list[str]) -> bool:
    """Whether the words before a name tell it from the country's own: "Ecuador's Ministry of Labor" (Peru 2019,
    page 8), "Kurdistan Regional Government Ministry of Interior" (Iraq 2014, page 6)."""
    return bool(before) and (before[-1].endswith("'s") or before[-1] == "Government")


def nation(word: str) -> bool:
    return word in words().national or NATIONAL.fullmatch(word) is not None or country_code(word) is not None
