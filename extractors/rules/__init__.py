"""Wording as data: the YAML files beside this one, their check, and how a printed phrase is compared with them.

Reports word the same title, header or label differently from year to year. The files hold every wording that was seen.
:func:`current` gives their content, checked and typed; :func:`use` lays an overlay folder over them.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pycountry
from rapidfuzz import fuzz

from extractors.rules.files import RulesError, overridden, state
from extractors.rules.loading import Rules, check_codes, load_rules, mistake
from extractors.rules.models import Table
from extractors.rules.publication import declared
from extractors.rules.wording import MARKERS, best_phrase, fold, holds, is_title_case, opens

__all__ = [
    "MARKERS", "Rules", "RulesError", "Table", "best_phrase", "check_codes", "column_of", "countries_named",
    "country_code", "country_in", "current", "declared", "depends", "fold", "holds", "is_title_case",
    "label_by_words", "label_code", "label_score", "mistake", "near_phrase", "opens", "overridden", "region_of",
    "state", "table", "use",
]  # fmt: skip

FUZZY = 92.0  # share of equal letters (of 100) above which a label with a misprint still counts as known
MISPRINT = 90.0  # the same for the heading of a section, of which a text may hold more than the words


C = TypeVar("C")
_folder: Path | None = None
_state = ""
_rules: Rules | None = None
_dependent: list[Any] = []


def depends(function: C) -> C:
    """Mark a cached function whose results depend on the rules: :func:`use` clears its cache."""
    _dependent.append(function)
    return function


def current() -> Rules:
    """The rules in use: the installed ones until :func:`use` is called. Raises :class:`RulesError` for a wrong file."""
    global _rules
    if _rules is None:
        _rules = load_rules(_folder)
    return _rules


def use(folder: Path | None) -> Rules:
    """Use the rules with the overlay in ``folder`` in the whole process; ``None``: only the installed rules.

    The files are read and checked at once, unless they are the ones in use. Raises :class:`RulesError` where one is
    wrong; the rules in use then stay.
    """
    global _folder, _state, _rules
    wanted = (folder, state(folder))
    if wanted == (_folder, _state):
        return current()
    loaded = load_rules(folder)
    _folder, _state = wanted
    for function in _dependent:
        function.cache_clear()
    _rules = loaded
    return loaded


def table(code: str) -> Table | None:
    """The declaration of a printed table; ``None`` for a code that is not declared."""
    return current().tables.get(code)


@depends
@functools.cache
def labels(kind: str) -> dict[str, str]:
    """Folded wording -> code, for one list of ``labels.yml``."""
    return {label: code for code, entry in current().labels[kind].items() for label in entry.labels}


def label_code(kind: str, text: str) -> str | None:
    """Return the code of a row label in the list ``kind``, or ``None``. Small misprints are forgiven.

    >>> label_code("conventions", "ILO C. 138, Minimun Age")
    'ilo_c138'
    """
    return label_score(kind, text)[0]


@depends
@functools.lru_cache(maxsize=1024)
def label_score(kind: str, text: str) -> tuple[str | None, float]:
    """The code of a row label as :func:`label_code` finds it, and the share of equal letters (100: no misprint)."""
    folded = fold(re.sub(r"\([\d\s,;–-]*\)", " ", text))
    known = labels(kind)
    if folded in known:
        return known[folded], 100.0
    digits = numbers_in(folded)  # "ILO C. 138" and "ILO C. 182" are no misprints of each other
    near = ((fuzz.ratio(folded, label), code) for label, code in known.items() if numbers_in(label) == digits)
    score, code = max(near, default=(0.0, ""))
    return (code, score) if score >= FUZZY else (None, score)


@functools.lru_cache(maxsize=1024)
def numbers_in(text: str) -> list[str]:
    """The numbers of a text, as they are printed."""
    return re.findall(r"\d+", text)


def column_of(text: str, declaration: Table) -> str:
    """The column of a table whose header phrase the text is or begins with; empty if there is none."""
    folded = fold(text)
    found = [
        (len(phrase), name)
        for name, phrases in declaration.headers.items()
        for phrase in phrases
        if opens(folded, phrase)
    ]
    return max(found)[1] if found else ""


def near_phrase(text: str, phrases: Mapping[str, Iterable[str]]) -> tuple[str, str] | None:
    """The code and the phrase that a text holds but for a misprint ("SECTORIAL", Burma 2016, page 1), or ``None``."""
    folded = fold(text)
    near = {(code, phrase): fuzz.partial_ratio(phrase, folded) for code, own in phrases.items() for phrase in own}
    best = max(near, key=lambda one: near[one])
    return best if near[best] >= MISPRINT else None


def label_by_words(kind: str, text: str) -> str | None:
    """Return the code whose characteristic words a label contains, for a label of new wording; or ``None``."""
    phrases = {code: entry.words for code, entry in current().labels[kind].items()}
    return best_phrase(text, phrases)


@depends
@functools.cache
def _countries() -> dict[str, str]:
    names: dict[str, str] = {}
    for country in pycountry.countries:
        for attribute in ("name", "common_name", "official_name"):
            if hasattr(country, attribute):
                names[fold(getattr(country, attribute))] = country.alpha_3
    for code, aliases in current().countries.items():
        names.update(dict.fromkeys(aliases, code))
    return names


def country_code(name: str) -> str | None:
    """Return the ISO 3166-1 alpha-3 code of a printed country name (``XKX`` for Kosovo), or ``None``.

    >>> country_code("Congo, Democratic Republic of the")
    'COD'
    """
    return _exact(name) or _exact(re.sub(r"\s*\([^()]*\)\s*$", "", name))  # "Eswatini (formerly Swaziland)"


def _exact(name: str) -> str | None:
    return _countries().get(re.sub(r"^the ", "", fold(name)))


def region_of(code: str) -> tuple[str, str]:
    """The common name of a country and its region, both empty for a code that ``regions.yml`` does not have.

    >>> region_of("CIV")
    ('Côte d’Ivoire', 'Sub-Saharan Africa')
    """
    found = ((names[code], region) for region, names in current().regions.items() if code in names)
    return next(found, ("", ""))


@depends
@functools.cache
def _common_names() -> tuple[re.Pattern[str], dict[str, str]]:
    names = {country.name: country.alpha_3 for country in pycountry.countries}
    names |= {name: code for own in current().regions.values() for code, name in own.items()}
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})(?!\w)"), names


def countries_named(text: str) -> Counter[str]:
    """How often a text names each country, by code: its common name or that of ISO 3166, with its capitals."""
    pattern, names = _common_names()
    return Counter(names[name] for name in pattern.findall(text))


def country_in(sentence: str) -> tuple[str, str] | None:
    """Return the first country name in a sentence and its code; of names that begin at one word the longest wins."""
    words = [(m.group(), m.start(), m.end()) for m in re.finditer(r"[\w’'&().-]+(?<![.,;:’'-])", sentence)]
    for i, (first, start, _) in enumerate(words):
        if not first[:1].isupper() and not first.startswith("("):
            continue
        for j in range(min(len(words), i + 9), i, -1):
            name = sentence[start : words[j - 1][2]]
            code = _exact(re.sub(r"[’']s?$", "", name))
            if code:
                return re.sub(r"[’']s?$", "", name), code
    return None
