"""Wording as data: the YAML files beside this one, and how a printed phrase is compared with them.

Reports word the same title, header or label differently from year to year. The files hold every wording that was seen;
this module alone decides what "the same wording" means.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

import pycountry
import yaml
from rapidfuzz import fuzz

MARKERS = "†‡§¶‖*"  # footnote markers as printed
FUZZY = 92.0  # share of equal letters (of 100) above which a drifted label still counts as known


@functools.cache
def load(name: str) -> Any:
    """The content of ``rules/<name>.yml``. Treat it as read-only: it is shared."""
    text = (resources.files(__package__) / f"{name}.yml").read_text(encoding="utf-8")
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # the one in C, where there is one


@functools.lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """Small letters and digits, one blank between words; accents, markers and punctuation fall away.

    >>> fold("Children’s Work † – 5-14")
    'children s work 5 14'
    """
    plain = text.casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def holds(text: str, phrase: str) -> bool:
    """Whether ``phrase`` stands in ``text`` as whole words; both folded."""
    return f" {phrase} " in f" {text} "


def opens(text: str, phrase: str) -> bool:
    """Whether ``text`` is ``phrase`` or begins with its words; both folded."""
    return f"{text} ".startswith(f"{phrase} ")


def best_phrase(text: str, phrases: Mapping[str, Iterable[str]]) -> str | None:
    """The code whose longest phrase stands in ``text`` (any writing); ``None`` if none does."""
    folded = fold(text)
    found = [(len(p), code) for code, all_phrases in phrases.items() for p in all_phrases if holds(folded, p)]
    return max(found)[1] if found else None


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
