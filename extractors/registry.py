"""The same thing in several reports of one country: one row, one id.

Works on the mentions of all chapters at once and knows no document. Evidence is a shared form of the name, or a name
that differs by a misprint; with two candidates none is taken. Ids are made of the first chapter that names a thing, so
a later report changes none. What evidence does not link is linked in ``rules/registry.yml``, one reviewed line each.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from extractors.rules import fold, load

ALIKE = 95.0  # share of equal letters (of 100) from which two long names count as one with a misprint
LONG = 12  # letters from which a name is long enough to be told from another by its letters
SPAN = re.compile(r"\s*[,(]?\s*(?:19|20)\d\d\s*[-–—]\s*(?:(?:19|20)\d\d|present)?\s*\)?\s*$")
PINPOINT = re.compile(r"\b(?:article|section|chapter|part|schedule|paragraph|division|title)s?\b", re.I)


@dataclass(slots=True)
class Entry:
    """One thing of one country. ``forms`` are its names, folded; ``aliases`` as printed, in order of first mention."""

    id: str
    label: str
    canonical: str
    first: Mapping[str, Any]
    forms: set[str] = field(default_factory=set)
    aliases: dict[str, None] = field(default_factory=dict)
    years: set[int] = field(default_factory=set)
    mentions: int = 0


def register(mentions: Iterable[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], dict[tuple[str, str, str], str]]:
    """Link the mentions of all chapters (rows of ``entities``).

    Returns the rows of ``entity_registry``, filed under the chapter that names a thing first, and the id of every
    (doc_id, label, canonical).
    """
    chapters: dict[tuple[str, int, str], dict[tuple[str, str], list[Mapping[str, Any]]]] = defaultdict(dict)
    for row in mentions:
        chapter = chapters[row["iso3"], row["report_year"], row["doc_id"]]
        chapter.setdefault((row["label"], name_form(row["canonical"])), []).append(row)
    known: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    ids: dict[tuple[str, str, str], str] = {}
    for (iso3, year, doc_id), things in sorted(chapters.items()):
        number = 0
        for (label, own), rows in sorted(things.items()):
            canonical = rows[0]["canonical"]
            forms = {own, *(name_form(row["text"]) for row in rows)} - {""}
            entry = candidate(iso3, label, canonical, forms, known[iso3, label], year)
            if entry is None:
                number += 1
                entry = Entry(f"{doc_id}-{number:03d}", label, canonical, rows[0])
                known[iso3, label].append(entry)
            entry.forms |= forms
            entry.aliases.update(dict.fromkeys([canonical, *(row["text"] for row in rows)]))
            entry.years.add(year)
            entry.mentions += len(rows)
            ids.update({(doc_id, label, row["canonical"]): entry.id for row in rows})
    return [record(entry) for entries in known.values() for entry in entries], ids


def name_form(text: str) -> str:
    """A name for comparison: folded, without its years, its pinpoint and a leading article."""
    plain = SPAN.sub("", text)
    if PINPOINT.match(plain):
        plain = re.split(r"\bof (?:the )?(?=[A-Z])", plain, maxsplit=1)[-1]
    return re.sub(r"^the ", "", fold(plain))


def candidate(
    iso3: str, label: str, canonical: str, forms: set[str], entries: Sequence[Entry], year: int
) -> Entry | None:
    """The one entry that these forms belong to; none if there is none, or more than one. One chapter's things are
    already told apart, so an entry of the same year is no candidate."""
    others = [entry for entry in entries if year not in entry.years]
    decided = decision(iso3, label, canonical)
    if decided is not None:
        return next((entry for entry in others if name_form(decided) in entry.forms), None)
    own = name_form(canonical)
    for found in (
        [entry for entry in others if own in entry.forms and name_form(entry.canonical) == own],
        [entry for entry in others if any(len(form) >= LONG for form in forms & entry.forms)],
        [entry for entry in others if len(own) >= LONG and any(alike(own, form) for form in entry.forms)],
        [entry for entry in others if forms & entry.forms and len(own) < LONG],
    ):
        if found:
            return found[0] if len(found) == 1 else None
    return None


def alike(a: str, b: str) -> bool:
    """Whether two long names differ by a misprint only: same numbers, nearly the same letters."""
    return re.findall(r"\d+", a) == re.findall(r"\d+", b) and len(b) >= LONG and fuzz.ratio(a, b) >= ALIKE


def decision(iso3: str, label: str, canonical: str) -> str | None:
    """What a reviewed line says a name is another name of; the name itself where it says that it stands alone."""
    for line in load("registry")["same"]:
        if (line["iso3"], line["label"]) == (iso3, label) and canonical in line["names"]:
            return str(line["names"][0])
    return None


def record(entry: Entry) -> dict[str, Any]:
    """The entry as a row of ``entity_registry``, at the place of its first mention."""
    first = entry.first
    return {
        **{column: first[column] for column in ("doc_id", "iso3", "report_year", "page", "bbox", "line")},
        "row": int(entry.id.rpartition("-")[2]),
        "entity_id": entry.id,
        "label": entry.label,
        "canonical": entry.canonical,
        "aliases": " | ".join(entry.aliases),
        "last_report_year": max(entry.years),
        "chapters": len(entry.years),
        "mentions": entry.mentions,
    }
