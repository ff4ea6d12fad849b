"""The same thing in several reports of one country: one row, one id.

Works on the mentions of all chapters at once and knows no document. Two names are one thing if they share a form, the
kind and number of a law, the same telling words, or differ by a misprint. With two candidates neither is chosen. An id
is made of the first chapter that names a thing and of its name there: no later report and no other name changes it.
What this evidence does not link, or links wrongly, is decided in ``rules/registry.yml``, one reviewed line each.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from typing import Any

from rapidfuzz import fuzz

from extractors.names.aliases import NATIONAL, law_number, stems
from extractors.rules import country_code, current, fold, region_of
from extractors.rules.models import Reviewed as Decision

ALIKE = 95.0  # share of equal letters (of 100) from which two long names count as one with a misprint
LONG = 12  # letters from which a name is long enough to differ from another by its letters
MANY = 1 << 16  # forms of names that are remembered: most are printed many times, in one chapter and over the years
SPAN = re.compile(r"\s*[,(]?\s*(?:19|20)\d\d\s*[-–—]\s*(?:(?:19|20)\d\d|present)?\s*\)?\s*$")
# "1991 Employment of Children Act" (Pakistan 2013), "Criminal Code of 1960" (Ghana 2013), "Factories Act (1934)"
YEAR = re.compile(r"^((?:19|20)\d\d) (?=\w+ \w)|(?<=\w)(?<!\bNo)(?:,? of|,)? \(?((?:19|20)\d\d)\)?$")
PINPOINT = re.compile(r"\b(?:article|section|chapter|part|schedule|paragraph|division|title)s?\b", re.I)

Reviewed = Mapping[tuple[str, str], list[Decision]]
"""The lines of ``rules/registry.yml`` by country and label."""


@dataclass(slots=True)
class ChapterEntity:
    """One thing as one chapter names it.

    ``own`` is its leading name and ``forms`` all its names, folded; ``key`` its telling words; ``numbers`` the kinds
    and numbers of a law; ``dated`` the year in its name; ``alone`` is true where a reviewed line says so.
    """

    label: str
    canonical: str
    own: str
    key: tuple[str, ...]
    dated: str
    alone: bool
    forms: set[str]
    numbers: set[str]
    rows: list[Mapping[str, Any]]


@dataclass(slots=True)
class RegistryEntry:
    """One thing of one country. ``forms`` are its names, folded; ``aliases`` as printed, in order of first mention."""

    id: str
    row: int
    named: ChapterEntity
    forms: set[str] = field(default_factory=set)
    keys: set[tuple[str, ...]] = field(default_factory=set)
    dated: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    aliases: dict[str, None] = field(default_factory=dict)
    years: set[int] = field(default_factory=set)
    mentions: int = 0

    def add(self, thing: ChapterEntity, year: int) -> None:
        self.forms |= thing.forms
        self.keys.add(thing.key)
        self.dated |= {thing.dated} - {""}
        self.numbers |= thing.numbers
        rows = [row for row in thing.rows if not row.get("article")] or thing.rows  # a law that only articles name
        self.aliases.update(dict.fromkeys(text for row in rows for text in (row["canonical"], row["text"])))
        self.years.add(year)
        self.mentions += len(rows)  # a law with its articles is a row of its own beside the law alone


def register(mentions: Iterable[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], dict[tuple[str, str, str], str]]:
    """Link the mentions of all chapters (rows of ``entities``).

    Returns the rows of ``entity_registry``, filed under the chapter that names a thing first, and the id of every
    (doc_id, label, canonical).
    """
    reviewed = reviewed_lines()
    chapters: dict[tuple[str, int, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in mentions:
        chapters[row["iso3"], row["report_year"], row["doc_id"]].append(row)
    known: dict[tuple[str, str], list[RegistryEntry]] = defaultdict(list)
    ids: dict[tuple[str, str, str], str] = {}
    used: set[str] = set()
    for (iso3, year, doc_id), rows in sorted(chapters.items()):
        number = 0
        things = things_of(iso3, rows, reviewed)
        chosen = entries_of(things, {thing.label: known[iso3, thing.label] for thing in things}, year)
        for thing, entry in zip(things, chosen, strict=True):
            if entry is None:
                number += 1
                entry = RegistryEntry(new_id(doc_id, thing, used), number, thing)
                used.add(entry.id)
                known[iso3, thing.label].append(entry)
            entry.add(thing, year)
            ids.update({(doc_id, thing.label, row["canonical"]): entry.id for row in thing.rows})
    return [record(entry) for entries in known.values() for entry in entries], ids


def new_id(doc_id: str, thing: ChapterEntity, used: Set[str]) -> str:
    """The chapter and six digits made of the thing's label and name; the next number where they are in use.

    >>> thing = ChapterEntity("AGENCY", "Coast Police", "coast police", (), "", False, set(), set(), [])
    >>> new_id("xav-2019", thing, set()), new_id("xav-2019", thing, {"xav-2019-734410"})
    ('xav-2019-734410', 'xav-2019-734411')
    """
    digits = zlib.crc32(f"{thing.label} {thing.own}".encode())
    return next(new for n in count(digits) if (new := f"{doc_id}-{n % 1_000_000:06d}") not in used)


def things_of(iso3: str, rows: Iterable[Mapping[str, Any]], reviewed: Reviewed) -> list[ChapterEntity]:
    """The things that one chapter names, in the order of their labels and names."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        leading = [*decision(row, reviewed), row["canonical"]][0]
        found[row["label"], name_form(bare(leading, iso3))].append(row)
    owners = {row["text"] for rows in found.values() for row in rows if row["label"] == "AGENCY"}
    things = []
    for (label, own), named in sorted(found.items()):
        canonical = named[0]["canonical"]
        decided = decision(named[0], reviewed)
        names = {row[column] for row in named if not row.get("article") for column in ("canonical", "text")}
        forms = {own, *map(name_form, names)} - {""}
        numbers = {law_number(name) for name in names} - {""} if label == "LAW" else set()
        dated = "".join(YEAR.findall(canonical)[0]) if YEAR.search(canonical) else ""
        plain = bare(undated([*decided, canonical][0]), iso3)
        # not for agencies: the "KRG Council of Ministers" is a region's (Iraq 2019)
        key = stems(plain if label == "AGENCY" else without_owner(plain, owners), label)
        things.append(ChapterEntity(label, canonical, own, key, dated, len(decided) == 1, forms, numbers, named))
    return things


@lru_cache(MANY)
def name_form(text: str) -> str:
    """A name for comparison: folded, without its years or with its year at the end, without its pinpoint and a leading
    article."""
    plain = undated(text)
    dated = "".join(year for years in YEAR.findall(text) for year in years)
    return re.sub(r"^the ", "", fold(f"{plain} {dated}"))


@lru_cache(MANY)
def undated(text: str) -> str:
    """A name without its years and its pinpoint."""
    plain = YEAR.sub("", SPAN.sub("", text))
    return re.split(r"\bof (?:the )?(?=[A-Z])", plain, maxsplit=1)[-1] if PINPOINT.match(plain) else plain


@lru_cache(MANY)
def bare(text: str, iso3: str) -> str:
    """A name without the own country or nation, which tells it from no other: "Constitution of Pakistan" is the
    "Pakistan Constitution" (Pakistan 2013 and 2014) and the "Pakistani Constitution"."""
    start, _, rest = text.partition(" of ")
    if country_code(rest) == iso3:
        return start
    first, _, rest = text.partition(" ")
    return rest if rest and (country_code(first.removesuffix("’s")) == iso3 or own_nation(first, iso3)) else text


def without_owner(name: str, owners: Set[str]) -> str:
    """A name without the acronym of the agency before it: "MOELR Fund for Community Works" (Uzbekistan 2019)."""
    first, _, rest = name.partition(" ")
    return rest if first.isupper() and first in owners and len(rest.split()) > 2 else name


def own_nation(word: str, iso3: str) -> bool:
    """Whether a word is the adjective of the own nation: four letters of the country, and the end of an adjective."""
    country = fold(region_of(iso3)[0])
    return NATIONAL.fullmatch(word) is not None and " " not in country and country[:4] == fold(word)[:4]


def entries_of(
    things: list[ChapterEntity], known: Mapping[str, list[RegistryEntry]], year: int
) -> list[RegistryEntry | None]:
    """The entry of each of a chapter's things; none where there is none, or more than one. One chapter's things are
    already separate, so no two get one entry: the best evidence goes first, whatever the order of the names."""
    chosen: list[RegistryEntry | None] = [None] * len(things)
    open_ = set(range(len(things)))
    for evidence in EVIDENCE:
        for number in sorted(open_):
            thing = things[number]
            if thing.alone and evidence is not same_name:
                continue
            found = [e for e in known[thing.label] if year not in e.years and evidence(thing, e)]
            found = [e for e in found if not any(e is other for other in chosen)]
            if found:
                open_.discard(number)
                chosen[number] = found[0] if len(found) == 1 else None
    return chosen


def same_name(thing: ChapterEntity, entry: RegistryEntry) -> bool:
    return thing.own == entry.named.own


def same_number(thing: ChapterEntity, entry: RegistryEntry) -> bool:
    """Whether two laws have the same kind and number, and no two years tell them apart."""
    dated = not thing.dated or not entry.dated or thing.dated in entry.dated
    return not entry.named.alone and bool(thing.numbers & entry.numbers) and dated


def same_long_form(thing: ChapterEntity, entry: RegistryEntry) -> bool:
    return not entry.named.alone and any(len(form) >= LONG for form in thing.forms & entry.forms)


def same_words(thing: ChapterEntity, entry: RegistryEntry) -> bool:
    """Whether the telling words are the same and no two years tell them apart ("1987 Labor Law" and "2015 Labor Law",
    Iraq 2016)."""
    dated = not thing.dated or not entry.dated or thing.dated in entry.dated
    return not entry.named.alone and bool(thing.key) and thing.key in entry.keys and dated


def misprint(thing: ChapterEntity, entry: RegistryEntry) -> bool:
    """Whether two long names differ by a misprint only: same numbers, nearly the same letters."""
    return not entry.named.alone and len(thing.own) >= LONG and any(alike(thing.own, form) for form in entry.forms)


def same_short_form(thing: ChapterEntity, entry: RegistryEntry) -> bool:
    return not entry.named.alone and len(thing.own) < LONG and bool(thing.forms & entry.forms)


EVIDENCE = (same_name, same_number, same_long_form, same_words, misprint, same_short_form)


def alike(a: str, b: str) -> bool:
    return re.findall(r"\d+", a) == re.findall(r"\d+", b) and len(b) >= LONG and fuzz.ratio(a, b) >= ALIKE


def decision(row: Mapping[str, Any], reviewed: Reviewed) -> list[str]:
    """The names of a thing in the reviewed line that has this one, the leading name first; one name stands alone."""
    for line in reviewed.get((row["iso3"], row["label"]), ()):
        if (row["report_year"] in line.years or not line.years) and name_key(row["canonical"]) in map(
            name_key, line.names
        ):
            return list(line.names)
    return []


def name_key(name: str) -> str:
    return fold(undated(name))


def reviewed_lines() -> Reviewed:
    lines: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for line in current().registry.same:
        lines[line.iso3, line.label].append(line)
    return lines


def record(entry: RegistryEntry) -> dict[str, Any]:
    """The entry as a row of ``entity_registry``, at the place of its first mention."""
    first = entry.named.rows[0]
    return {
        **{column: first[column] for column in ("doc_id", "iso3", "report_year", "page", "bbox", "line")},
        "row": entry.row,
        "entity_id": entry.id,
        "label": entry.named.label,
        "canonical": entry.named.canonical,
        "aliases": " | ".join(entry.aliases),
        "last_report_year": max(entry.years),
        "chapters": len(entry.years),
        "mentions": entry.mentions,
    }
