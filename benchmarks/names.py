"""Counts the names that the tagger finds against names read by hand (conventions: ``tests/gold/README.md``)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from extractors import extract
from extractors.names.tagger import texts
from extractors.rules import country_code

LABELS = ("AGENCY", "LAW", "TREATY", "POLICY", "PROGRAM")
Tables = Mapping[str, list[dict[str, Any]]]
Gold = list[dict[str, str]]
"""The names of a chapter read by hand: ``label``, ``text``, ``canonical``."""


class Counts(Counter[tuple[str, str]]):
    """Numbers by kind and label: ``wanted``, ``found`` and ``right`` forms; for the label ``alias`` the wanted pairs of
    one thing, the ``right`` ones among them, the ``linked`` pairs of the tagger and those ``rightly`` linked."""


def read(reports: Path, chapter: str) -> Tables:
    """The tables of a chapter ("PER-2019") in a folder of reports, one folder a year."""
    iso3, year = chapter.split("-")
    path = next(path for path in sorted((reports / year).glob("*.pdf")) if country_code(path.stem) == iso3)
    return next(found for found in extract(path) if found.iso3 == iso3).tables


def squash(text: str) -> str:
    return re.sub(r"[^a-z0-9$]", "", text.casefold())


def count_chapter(gold: Gold, rows: Iterable[Mapping[str, Any]]) -> Counts:
    """Count one chapter: distinct forms, and pairs of forms of one thing (the first in order with each other one)."""
    counts = Counts()
    canonical: dict[tuple[str, str], str] = {}
    for row in rows:
        canonical.setdefault((row["label"], squash(row["text"])), squash(row["canonical"]))
    wanted = {(name["label"], squash(name["text"])): squash(name["canonical"]) for name in gold}
    for kind, found in (("wanted", set(wanted)), ("found", set(canonical)), ("right", set(wanted) & set(canonical))):
        counts.update((kind, label) for label, _ in found)
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in gold:
        groups[name["label"], squash(name["canonical"])].add(squash(name["text"]))
    for (label, _), group in groups.items():
        first, *others = sorted(group)
        meant = canonical.get((label, first))
        counts["wanted", "alias"] += len(others)
        counts["right", "alias"] += sum(meant is not None and meant == canonical.get((label, o)) for o in others)
    linked: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for (label, text), meant in canonical.items():
        if (label, text) in wanted:
            linked[label, meant].append((text, wanted[label, text]))
    for pairs in linked.values():
        (_, thing), *rest = sorted(pairs)
        counts["linked", "alias"] += len(rest)
        counts["rightly", "alias"] += sum(other == thing for _, other in rest)
    return counts


def shares(counts: Counts) -> dict[str, tuple[float, float]]:
    """Recall and precision of each label and of alias pairs."""
    found = {
        label: (
            counts["right", label] / max(1, counts["wanted", label]),
            counts["right", label] / max(1, counts["found", label]),
        )
        for label in LABELS
    }
    linked = counts["rightly", "alias"] / max(1, counts["linked", "alias"])
    return found | {"alias": (counts["right", "alias"] / max(1, counts["wanted", "alias"]), linked)}


def causes(gold: Gold, tables: Tables) -> Counter[tuple[str, str]]:
    """Why forms of a chapter are missed or surplus: numbers by cause and label.

    A form counts as cut if it is missed and a surplus form of its label holds it or stands in it.
    """
    printed = squash(" ".join(str(record[column] or "") for _, column, record in texts(tables)))
    wanted = {(name["label"], squash(name["text"])) for name in gold}
    found = {(row["label"], squash(row["text"])) for row in tables["entities"]}
    missed, surplus = wanted - found, found - wanted
    counts: Counter[tuple[str, str]] = Counter()
    for label, form in missed:
        if form not in printed:
            cause = "the form is not in the text as one string"
        elif any(form == other for _, other in found):
            cause = "found with another label"
        elif _is_cut(label, form, surplus):
            cause = "cut too short or too long"
        else:
            cause = "not found at all"
        counts[f"missed: {cause}", label] += 1
    for label, form in surplus:
        if any(form == other for _, other in wanted):
            cause = "another label"
        else:
            cause = "cut too short or too long" if _is_cut(label, form, missed) else "no name"
        counts[f"surplus: {cause}", label] += 1
    return counts


def _is_cut(label: str, form: str, others: Iterable[tuple[str, str]]) -> bool:
    return any(label == kind and (form in other or other in form) for kind, other in others)
