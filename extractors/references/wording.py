"""The wording of the reference list, ``rules/references.yml``, as words and as parts of patterns."""

from __future__ import annotations

import functools
import re

from extractors import rules


@rules.depends
@functools.cache
def words(key: str) -> tuple[str, ...]:
    """The wordings under ``key`` of ``references.yml``, in small letters."""
    found: tuple[str, ...] = getattr(rules.current().references, key)
    return found


@rules.depends
@functools.cache
def pattern(template: str) -> re.Pattern[str]:
    """Compile ``template``, in which ``{key}`` means any of the wordings under that key; case is ignored.

    >>> pattern(r"^{on_file}$").match("Source on file") is not None
    True
    """
    return re.compile(re.sub(r"\{([a-z_]+)\}", lambda match: f"(?:{_any_of(match.group(1))})", template), re.IGNORECASE)


def _any_of(key: str) -> str:
    """An alternation of the wordings under ``key``, the longest first."""
    longest_first = sorted(map(str, words(key)), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first)


def host_of(url: str) -> str:
    """The host of an address, in small letters."""
    return re.sub(r"^\w+:/+|[/?#].*$", "", url.casefold())
