"""How values are written on the pages: numbers, ranges, sentences, and the meanings of codes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

Meanings = Mapping[str, Mapping[str, Mapping[str, str]]]
"""The meaning of each code: ``{table: {column: {code: meaning}}}``."""


def sentence(text: str) -> str:
    """Return the text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def other_names(entity: Mapping[str, Any]) -> list[str]:
    """Return the other names of an entity of the registry."""
    return [name for name in (entity.get("aliases") or "").split(" | ") if name and name != entity.get("canonical")]


def shown_number(value: float | None, name: str = "") -> str:
    """Format a number for reading: ``1234.0`` as ``1,234``, but a year or an age without separator."""
    if value is None:
        return ""
    if name in ("year", "age"):
        return f"{value:g}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def shown_range(low: float | None, high: float | None) -> str:
    """Format a range: ``5–14``, or one number if both ends are equal or one is missing."""
    parts = [f"{part:g}" for part in (low, high) if part is not None]
    return "–".join(dict.fromkeys(parts))


def sort_key(name: str) -> str:
    """Return the name without accents and in lower case, so that Côte d'Ivoire is sorted under C."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
