"""Wording as data: the YAML files beside this one, and how a printed phrase is compared with them.

Reports word the same title, header or label differently from year to year. The files hold every wording that was seen;
this module alone decides what "the same wording" means.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import pycountry
from rapidfuzz import fuzz

from extractors.rules.files import NAMES, RulesError, merged, overlay_files, overridden, state
from extractors.rules.wording import MARKERS, best_phrase, fold, holds, opens

__all__ = [
    "MARKERS",
    "NAMES",
    "RulesError",
    "best_phrase",
    "country_code",
    "country_in",
    "fold",
    "holds",
    "label_by_words",
    "label_code",
    "load",
    "opens",
    "overridden",
    "state",
    "use",
]

FUZZY = 92.0  # share of equal letters (of 100) above which a drifted label still counts as known

_overlay: Path | None = None


def use(folder: Path | None) -> None:
    """Use the rules with this overlay folder from now on, in the whole process; ``None``: the installed rules alone.

    Raises :class:`RulesError` where a file is wrong.
    """
    global _overlay
    overlay_files(folder)
    _overlay = folder
    for cached in (load, labels, _countries):
        cached.cache_clear()


@functools.cache
def load(name: str) -> Any:
    """The content of the rules ``name``, overlay included. Treat it as read-only: it is shared."""
    return merged(name, overlay_files(_overlay).get(name))


@functools.cache
def labels(kind: str) -> dict[str, str]:
    """Folded wording -> code, for one kind of row label of ``labels.yml``."""
    return {fold(label): code for code, entry in load("labels")[kind].items() for label in entry["labels"]}


def label_code(kind: str, text: str) -> str | None:
    """The code of a row label; small misprints are forgiven, a different wording is not (``None``)."""
    folded = fold(re.sub(r"\([\d\s,;–-]*\)", " ", text))
    known = labels(kind)
    if folded in known:
        return known[folded]
    digits = re.findall(r"\d+", folded)  # "ILO C. 138" and "ILO C. 182" are no misprints of each other
    near = ((fuzz.ratio(folded, label), code) for label, code in known.items() if re.findall(r"\d+", label) == digits)
    score, code = max(near, default=(0.0, ""))
    return code if score >= FUZZY else None


def label_by_words(kind: str, text: str) -> str | None:
    """The code of a label whose wording is new but holds words that name the row; ``None`` if none do."""
    phrases = {code: entry["words"] for code, entry in load("labels")[kind].items() if "words" in entry}
    return best_phrase(text, phrases)


@functools.cache
def _countries() -> dict[str, str]:
    names: dict[str, str] = {}
    for country in pycountry.countries:
        for attribute in ("name", "common_name", "official_name"):
            if hasattr(country, attribute):
                names[fold(getattr(country, attribute))] = country.alpha_3
    for code, aliases in load("countries").items():
        names.update({fold(alias): code for alias in aliases})
    return names


def country_code(name: str) -> str | None:
    """ISO 3166-1 alpha-3 of a country as the reports print it (``XKX`` for Kosovo); ``None`` if it is not known.

    >>> country_code("Congo, Democratic Republic of the")
    'COD'
    """
    return _exact(name) or _exact(re.sub(r"\s*\([^()]*\)\s*$", "", name))  # "Eswatini (formerly Swaziland)"


def _exact(name: str) -> str | None:
    return _countries().get(re.sub(r"^the ", "", fold(name)))


def country_in(sentence: str) -> tuple[str, str] | None:
    """The first country named in a sentence and its code; among names that begin at one word the longest wins."""
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
