"""Which forms of a name mean one thing: acronyms, shorter and misspelled forms, other spellings.

Works on strings alone; the word lists are in ``rules/entities.yml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from extractors.names.shapes import YEAR, YEARS, words
from extractors.rules import country_code, depends, fold

# The adjective of a nation before its law: "Haitian Constitution", "Indian Penal Code"
NATIONAL = re.compile(r"[A-Z]\w+(?:[ei]an|can|ese|ish|[adeghlmnq]i)")
ACRONYM = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Z][\w&/|.-]{1,11}")
# "SBM QAT" (Philippines 2016, page 5), "NPA II"
ACRONYMS = re.compile(rf"{ACRONYM.pattern}|[A-Z][A-Z-]+(?: (?:[A-Z]{{2,}}s?|[IVX]+))+")


@dataclass(slots=True, eq=False)
class Thing:
    """One thing, and the one string for all the forms under which the chapter names it."""

    label: str
    canonical: str


@dataclass(slots=True)
class Names:
    """All forms that a chapter uses for its named things, the names that stand inside others, the short forms, and the
    acronyms in parentheses that only say where a law holds."""

    by_form: dict[str, Thing] = field(default_factory=dict)
    parts: dict[str, set[str]] = field(default_factory=dict)
    ambiguous: dict[str, list[str]] = field(default_factory=dict)
    short: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)

    def add(self, label: str, form: str, thing: Thing | None = None) -> Thing:
        """Learn a form. The first to name it decides what it is: tables come before prose."""
        printed = form.strip()
        form = straight(printed)
        known = self.by_form.get(form)
        if known is None:
            known = self.by_form[form] = thing or Thing(label, printed)
        elif thing is not None and thing is not known and thing.label == known.label:
            self.join(thing, known)
            known = thing
        return known

    def join(self, keep: Thing, other: Thing) -> None:
        for form, thing in self.by_form.items():
            if thing is other:
                self.by_form[form] = keep

    def forms(self, label: str) -> list[str]:
        return [form for form, thing in self.by_form.items() if thing.label == label]

    def meant(self, form: str, recent: list[Thing]) -> Thing:
        """The thing that a form means here; a short form that fits several means the one named last."""
        choices = [self.by_form[longer] for longer in self.ambiguous.get(form, [form])]
        return next((thing for thing in reversed(recent) if thing in choices), choices[0])


def straight(text: str) -> str:
    return text.replace("’", "'")


def add_alias(names: Names, name: str, alias: str, thing: Thing) -> None:
    """Let an alias mean the thing, unless it is that of the name's last part or of an international body.

    "Anti-Trafficking Unit of the Federal Investigation Agency (FIA)" (Pakistan 2014).
    """
    if f"{alias} ".startswith(words().world_bodies) and not re.search(r" [IVX]+$", alias):  # "ECOWAS II" is a project
        return
    known = names.by_form.get(alias)
    if known and any(regional(form, name) for form, other in names.by_form.items() if other is known):
        return
    spelled = name.split()
    for i in range(1, len(spelled)):
        initials = "".join(word[0] for word in spelled[i:])
        # "Child Development Unit of the Ministry of … (MOGE)" (Mauritius 2015)
        begins = alias[0] == spelled[i][0] != spelled[0][0] and spelled[i] in words().heads
        of_part = alias in (initials, re.sub("[a-z]", "", initials)) or begins
        if of_part and spelled[i][0].isupper() and spelled[i - 1] in words().links.keys() - {"and"}:
            part = names.by_form.get(" ".join(spelled[i:]))
            if part:
                names.add(part.label, alias, part)
            return
    # "ECOWAS II", where another row of the same name is "ECOWAS I" (Côte d’Ivoire 2014)
    phase = re.fullmatch(r"(.+) [IVX]+", alias)
    phases = [form for form, other in names.by_form.items() if other is thing and phase and form != alias]
    if phase and any(re.fullmatch(rf"{re.escape(phase.group(1))} [IVX]+", form) for form in phases):
        names.add(thing.label, alias)
    else:
        names.add(thing.label, alias, thing)


def regional(form: str, name: str) -> bool:
    """Whether a form is the name with a region before it: "KRG Ministry of Labor" (Iraq 2018, page 6)."""
    before = form.removesuffix(f" {name}").split()
    return form.endswith(f" {name}") and (before[-1].isupper() or before[-1].startswith("Government"))


def ends_with(text: str, form: str) -> bool:
    return text.endswith(form) and not text[: -len(form)][-1:].isalnum()


def begins_with(text: str, start: int, form: str) -> bool:
    """Whether a form stands in a text from a character on, as whole words."""
    return text.startswith(form, start) and not text[start + len(form) :][:1].isalnum()


def long_form(before: str, acronym: str) -> str:
    """The words before an acronym that it abbreviates (Schwartz and Hearst), if they are a name; else empty.

    >>> long_form("like the Free Compulsory Universal Basic Education", "F-CUBE")
    'Free Compulsory Universal Basic Education'
    """
    letters = [c for c in acronym.lower() if c.isalpha()]
    limit = before.split()[-2 * len(letters) - 2 :]
    tail = " ".join(limit)
    at = len(tail)
    for n, letter in enumerate(reversed(letters)):
        at -= 1
        first = n == len(letters) - 1
        while at >= 0 and (tail[at].lower() != letter or (first and at > 0 and tail[at - 1] not in " -")):
            at -= 1
        if at < 0:
            return ""
    long = tail[at:]
    spelled = re.findall(r"\w+", re.sub(r"['’]s?\b", "", long))
    capital = [word[0].isupper() for word in spelled if word not in words().links]
    return long if len(capital) > 1 and all(capital) else ""


def initials(name: str) -> set[str]:
    """The acronyms that a name spells: with its small words and without, an acronym in it whole.

    >>> sorted(initials("UN Framework of Tides"))
    ['UNFOT', 'UNFT']
    """
    spelled = re.findall(r"[\w&]+", re.sub(r"['’]s?\b", "", name))
    long = [word if word.isupper() and 1 < len(word) < 4 else word[0].upper() for word in spelled]
    pairs = list(zip(long, spelled, strict=True))
    no_and = [letters for letters, word in pairs if word != "and"]  # "MOKN" for the "Ministry of Kelp and Nets"
    short = [letters for letters, word in pairs if word not in words().links]
    return {"".join(long), "".join(no_and), "".join(short)}


def learn_short_policies(names: Names) -> None:
    """Let "the Declaration" mean the policy with this head that was named last (Ghana 2016, page 6), and "the Action
    Plan" the "National Strategy and Action Plan for …" (Kosovo 2017, page 6)."""
    for form in names.forms("POLICY"):
        spelled = form.split()
        phrases = {" ".join(spelled[i : i + n]) for n in (2, 3) for i in range(len(spelled) - n + 1)}
        heads = [word for word in spelled if words().heads.get(word) == "POLICY"]
        general = sorted(
            p
            for p in phrases & words().no_names
            if words().heads.get(p) == "POLICY" or not set(heads).isdisjoint(p.split())
        )
        plurals = [f"{head}s" for head in heads if f"{head}s" in words().heads]  # "the Declaration and Frameworks"
        for short in (*heads, *plurals, *general):
            if short != form and (short not in names.by_form or short in names.ambiguous):
                names.by_form.setdefault(short, names.by_form[form])
                names.ambiguous.setdefault(short, []).append(form)
                names.short.add(short)


# ---------------------------------------------------------------- which forms belong together


# "Semilla Project" is "Proyecto Semilla" (Peru 2019, page 9), "Hope for Homes Children Shelter" is "Hope and Homes for
# Children" (Kosovo 2017, page 8).
GENERIC = {"PROGRAM": {"proje", "progr", "proye", "initi", "shelt"}}


@depends
@lru_cache(maxsize=4096)
def stems(form: str, label: str) -> tuple[str, ...]:
    """A form's content words, cut to what inflection and spelling leave alone, in no order (but those of a law): the
    "Interior Ministry" is the "Ministry of Internal Affairs" (Kosovo 2017, page 5), "to Combat" is "Against"."""
    same = words().synonyms
    form = re.sub(
        rf"\b(?:{'|'.join(same)})\b", lambda m: same[m.group().lower()], YEARS.sub("", form), flags=re.IGNORECASE
    )
    found = [word for word in re.findall(r"\w+", re.sub(r"[-’']s?\b", " ", form)) if word.lower() not in words().links]
    if label == "LAW" and len(found) > 1 and found[-1] == "Law":
        found = [found[-1], *found[:-1]]  # "Child Protection Law", "Law on Child Protection" (Cambodia 2020, page 8)
    if label != "LAW":
        found = [word for word in found if word not in words().against] or found
    # "Bolsa Familia", "Bolsa Família"; a word of another alphabet folds to nothing and stays.
    found = [word if word.isascii() else fold(word).capitalize() or word for word in found]
    short = [word if word.isupper() or word[0].isdigit() else word.lower().removesuffix("s")[:5] for word in found]
    telling = [word for word in short if word not in GENERIC.get(label, ())]
    return tuple(telling if label == "LAW" else sorted(telling))


def link(names: Names) -> None:
    """Join forms of one label that differ in links, inflection or generic words, and short forms with long ones."""
    for label in ("AGENCY", "LAW", "POLICY", "PROGRAM"):
        forms = [form for form in names.forms(label) if not ACRONYM.fullmatch(form)]
        by_stems: dict[tuple[str, ...], str] = {}
        for form in forms:
            key = stems(form, label)
            if key and key in by_stems:
                names.join(names.by_form[by_stems[key]], names.by_form[form])
            by_stems.setdefault(key, form)
        # "NCLP Scheme" (India 2015, page 7)
        for form in forms if label == "PROGRAM" else ():
            acronym, _, noun = form.partition(" ")
            known = names.by_form.get(acronym)
            if known and known.label == label == words().heads.get(noun) and ACRONYM.fullmatch(acronym):
                names.join(known, names.by_form[form])
        for short in sorted(forms, key=len):
            longer = [form for form in forms if len(form) > len(short) and shortens(short, form, label, names)]
            things = {names.by_form[form] for form in longer} - {names.by_form[short]}
            if len(things) == 1:
                names.join(things.pop(), names.by_form[short])
            elif things:
                names.ambiguous[short] = longer
    link_ministries(names)


def other_acronym(names: Names, one: str, other: str) -> bool:
    """Whether two names have two acronyms, and so are two things: "Anti-Human Trafficking Unit (AHTU)" and "Anti-Human
    Smuggling and Trafficking Unit (AHSTIP)" (Ghana 2016, page 4)."""
    things = names.by_form[one], names.by_form[other]
    short = [{form for form, thing in names.by_form.items() if thing is t and ACRONYM.fullmatch(form)} for t in things]
    return bool(short[0] and short[1]) and short[0].isdisjoint(short[1])


def link_ministries(names: Names) -> None:
    """Join two ministries that have two tasks in common, if there are no others: "Ministry of Social Welfare, Women and
    Poverty Alleviation" is "Ministry of Women, Children, and Poverty Alleviation" (Fiji 2019, pages 5 and 3)."""
    start = re.compile("Ministry (?:of|for) (?:the )?")
    tasks = {
        form: set(re.split(", (?:and )?| and ", start.sub("", form, count=1)))
        for form in names.forms("AGENCY")
        if start.match(form)
    }
    for form, own in tasks.items():
        same = {names.by_form[other] for other, its in tasks.items() if len(own & its) > 1} - {names.by_form[form]}
        parts = any(other != form and (other.startswith(form) or form.startswith(other)) for other in tasks)
        if len(same) == 1 and not parts:
            names.join(names.by_form[form], same.pop())


def shortens(short: str, form: str, label: str, names: Names) -> bool:
    """Whether a form is a shorter name of another: its beginning, its end, or most of its words."""
    a, b = short.split(), form.split()
    if label == "LAW":
        return same_law(a, b, names)
    # "Ministries of Education and Public Health" (Madagascar 2014) is neither of them
    if {a[0].lower(), b[0].lower()} & {"ministries", "departments"}:
        return False
    # "Ministry of Labor and Social Services of Jamaica" (Brazil 2018) is not the own
    if a[0] == "Ministry" and country_code(form.rpartition(" of ")[2]):
        return False
    # "Ministry of Population" of "Ministry of Population, Social Protection and …" (Madagascar 2018)
    if label == "AGENCY" and a[0] == "Ministry" and form.startswith(f"{short}, "):
        return True
    # "Time-bound Framework" of "Time-bound National Policy and Program Framework for …" (Turkey 2014)
    telling = len(a) == 2 and a[0] == b[0] and a[0] not in words().general | words().national
    if label == "POLICY" and telling and words().heads.get(a[1]) == label and a[1] in b:
        return True
    # "Regional Action Plan" of "ECOWAS Regional Action Plan for …" (Côte d’Ivoire 2014)
    if label == "POLICY" and len(a) > 2 and b[0].isupper() and b[1 : len(a) + 1] == a:
        return True
    rest = b[len(a) :] if b[: len(a)] == a else []
    # "National Plan to Combat Human Trafficking", also "… III" (Brazil 2018)
    if len(a) > 2 and len(rest) == 1 and re.fullmatch("[IVX]+", rest[0]):
        return True
    if len(a) > 1 and rest and (rest[0] in words().links or (label == "PROGRAM" and len(a) > 2)):
        return True
    if label == "AGENCY" and len(a) > 1 and rest and words().services.issuperset(rest):
        return True
    rest = b[: -len(a)] if b[-len(a) :] == a else []
    # "Kurdistan Regional Government (KRG) Ministry of Labor" (Iraq 2016) is not the country's
    abroad = any(word.startswith("Government") for word in rest)
    own = bool(rest) and rest[-1] not in words().links and not foreign(rest, names) and not abroad
    if own and (len(a) > 2 or (label == "AGENCY" and len(a) > 1)):
        return True
    # "Ministry of Labor" of the "Ministry of Civil Services and Labor" (Madagascar 2015, page 3)
    if (
        label == "AGENCY"
        and len(a) > 2
        and a[:2] == b[:2] == ["Ministry", "of"]
        and b[-len(a) + 1 :] == ["and", *a[2:]]
    ):
        return True
    x, y = set(stems(short, label)), set(stems(form, label))
    most = x < y and len(x) >= max(4, 0.75 * len(y)) and not any(word.isupper() or word.isdigit() for word in y - x)
    # "Anti-Human Trafficking Unit", "Anti-Human Smuggling and Trafficking Units" (Ghana 2017)
    heads = words().heads.get(a[-1]) == words().heads.get(b[-1]) == "AGENCY"
    several = heads and a[-1].endswith("s") != b[-1].endswith("s")
    # "RS Ministry of Labor and Veterans' Labor Inspectorate" (Bosnia and Herzegovina 2014)
    part = label == "AGENCY" and any(words().heads.get(word) == label for word in set(b) - set(a))
    return most and not several and not part and not other_acronym(names, short, form)


def same_law(short: list[str], form: list[str], names: Names) -> bool:
    """Whether two laws are one: "Penal Code" and "Integral Penal Code" (Ecuador 2018, page 4), "Decree 118" and "MOMM
    Decree 118" (Egypt 2013, page 3), but no two acts that share some words."""
    # "… Against Child Abuse, Exploitation and Discrimination Act", also "… Against Abuse, …" (Philippines 2016)
    x, y = (set(stems(" ".join(law), "LAW")) for law in (short, form))
    if x < y and len(x) > 5 and all(word.isalpha() and word not in ("amend", "regul", "rule") for word in y - x):
        return len(y - x) == 1
    if "Constitution" in (short[0], short[-1]) and "Constitution" in (form[0], form[-1]):
        return True
    if form[: len(short)] == short and len(short) > 5:
        return form[len(short)] in words().links
    # "Criminal Code of the Republic of Uzbekistan" (Uzbekistan 2019, page 3)
    land = re.sub(r"^of (?:the )?(?:Republic of )?", "", " ".join(form[len(short) :]))
    if form[: len(short)] == short and country_code(land):
        return True
    rest = form[: -len(short)] if form[-len(short) :] == short else []
    issuer = short[-1][-1].isdigit() and all(word in names.by_form for word in rest)
    plain = all(word in words().one_law or YEAR.fullmatch(word) or NATIONAL.fullmatch(word) for word in rest)
    # "Pakistan Penal Code" (Pakistan 2014, page 4)
    return bool(rest) and (issuer or plain or country_code(" ".join(rest)) is not None)


def foreign(owner: list[str], names: Names) -> bool:
    """Whether the word before a name tells it from the own one: "Ecuador's Ministry of Labor" (Peru 2019, page 8), "KRG
    Ministry of Interior" (Iraq 2014)."""
    return len(owner) == 1 and (owner[0].endswith("'s") or (owner[0].isupper() and owner[0] not in names.by_form))
