"""All rules files together: loaded, checked against their models and against each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, get_type_hints

from pydantic import TypeAdapter, ValidationError

from extractors.rules import models
from extractors.rules.files import NAMES, RulesError, located, merged, overlay_files

TAKEN = {"documents", "paragraphs", "sectors", "references", "citations", "footnotes", "provenance", "entities"}
TAKEN |= {"countries", "entity_registry", "works", "disagreements", "corrections", "other_tables", "captions"}
TAKEN |= {"quality", "releases", "quarantine", "changes"}
"""Published tables that are not made of the rows of a printed table."""
PLACE = {"doc_id", "iso3", "report_year", "row", "row_key", "page", "bbox", "line"}  # columns of every published table
YAML_BOOLEAN = (
    'YAML reads an unquoted yes, no, on, off, true or false as a truth value; put the word in quotes, as in "no"'
)
REASONS = {
    "missing": "this key is missing",
    "tuple_type": "a list is expected, as in [first phrase, second phrase]",
    "dict_type": "a mapping of keys is expected",
    "string_pattern_mismatch": "not a name of the expected form ({pattern})",
    "bool_type": "true or false is expected",
    "too_short": "the list is empty",
}


@dataclass(frozen=True)
class Rules:
    """The content of the rules files. All phrases are folded and all patterns are compiled."""

    tables: dict[models.Name, models.Table]
    labels: dict[models.Name, dict[models.Name, models.Label]]
    headings: models.Headings
    countries: dict[models.Iso3, models.Phrases]
    regions: dict[str, dict[models.Iso3, models.Word]]
    references: models.ReferenceWords
    text_repairs: models.TextRepairs
    entities: models.NameWords
    registry: models.Registry
    expected: models.Expected

    @cached_property
    def titles(self) -> dict[str, tuple[str, ...]]:
        """Code of a table -> phrases of its title."""
        return {code: table.title for code, table in self.tables.items()}


MODELS: dict[str, TypeAdapter[Any]] = {
    name: TypeAdapter(kind) for name, kind in get_type_hints(Rules, include_extras=True).items()
}


def load_rules(folder: Path | None = None) -> Rules:
    """The installed rules with the overlay in ``folder``. Raises :class:`RulesError` for the first mistake."""
    source = _Source(folder)
    content = {name: source.checked(name) for name in NAMES}
    rules = Rules(**content)
    _unique("tables", rules.titles, source, behind=("title",))
    _names(rules, source)
    _lists(rules, source)
    _unique("headings", rules.headings.sections, source, "sections")
    _unique("headings", rules.headings.assessments, source, "assessments")
    _unique("countries", rules.countries, source)
    _unique("regions", rules.regions, source)
    return rules


def check_codes(rules: Rules, folder: Path | None, lists: Mapping[str, Collection[str]]) -> None:
    """Hold the codes of the rules against the code lists of the output: list -> its codes.

    ``lists`` has the lists of ``labels.yml`` that the schemas define, and ``sections`` and ``assessments``. A list that
    is not among them is new: each of its codes needs a meaning. Raises :class:`RulesError`.
    """
    source = _Source(folder)
    for name, codes in rules.labels.items():
        for code, label in codes.items():
            if name in lists and code not in lists[name]:
                source.refuse("labels", (name, code), f"unknown code; the codes of {name} are {_some(lists[name])}")
            if name not in lists and not label.means:
                source.refuse("labels", (name, code), "a code of a new list needs `means`, for the data dictionary")
    for name in ("sections", "assessments"):
        for code in dict(rules.headings)[name]:
            if code not in lists[name]:
                source.refuse("headings", (name, code), f"unknown code; the codes are {_some(lists[name])}")


def _names(rules: Rules, source: _Source) -> None:
    """No printed table takes the name of a table of another kind, and no column that of a column that every row has."""
    for code, table in rules.tables.items():
        if (table.published or code) in TAKEN:
            source.refuse("tables", (code,), f"the published name {table.published or code!r} is taken; choose another")
        for column, about in table.columns.items():
            for name, _ in about.published(column):
                if name in PLACE:
                    source.refuse(
                        "tables", (code, "columns", column), f"every row has a column {name!r}; use `publish`"
                    )


def _lists(rules: Rules, source: _Source) -> None:
    """Labels and words name one code of their list; columns name lists that exist; sections exist."""
    for name, codes in rules.labels.items():
        labels = {code: label.labels for code, label in codes.items()}
        words = {code: label.words for code, label in codes.items()}
        _unique("labels", labels, source, name, behind=("labels",))
        _unique("labels", words, source, name, behind=("words",))
    for code, table in rules.tables.items():
        for column, about in table.columns.items():
            if about.codes and about.codes not in rules.labels:
                reason = f"unknown list {about.codes!r}; labels.yml has {_some(rules.labels)}"
                source.refuse("tables", (code, "columns", column, "codes"), reason)
        if table.section and table.section not in rules.headings.sections:
            reason = f"unknown section {table.section!r}; headings.yml has {_some(rules.headings.sections)}"
            source.refuse("tables", (code, "section"), reason)


def _unique(
    name: str, phrases: Mapping[str, Iterable[str]], source: _Source, *before: str, behind: tuple[str, ...] = ()
) -> None:
    """Of two codes with one phrase only one could ever win. The overlay is blamed, if it has one of them.

    ``before`` and ``behind`` are the keys around the code in the file ``name``.
    """
    owners: dict[str, str] = {}
    for code, own in phrases.items():
        for phrase in own:
            other = owners.setdefault(phrase, code)
            if other != code:
                reason = f"the phrase {phrase!r} is also of {{other!r}}, so it cannot decide between the two"
                here = mistake(source.folder, name, (*before, code, *behind), reason.format(other=other))
                there = mistake(source.folder, name, (*before, other, *behind), reason.format(other=code))
                raise there if there.file == str(source.overlay.get(name)) else here


def _some(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


class _Source:
    """Where the rules come from: reads them, and refuses a mistake with file, line and key."""

    def __init__(self, folder: Path | None) -> None:
        self.folder, self.overlay = folder, overlay_files(folder)

    def checked(self, name: str) -> Any:
        """The content of one file as its model."""
        raw = merged(name, self.overlay.get(name))
        try:
            return MODELS[name].validate_python(raw)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            path, reason = _explained(first)
            self.refuse(name, path, reason)

    def refuse(self, name: str, path: Sequence[object], reason: str) -> NoReturn:
        """Raise the error for an entry."""
        raise mistake(self.folder, name, path, reason)


def mistake(folder: Path | None, name: str, path: Sequence[object], reason: str) -> RulesError:
    """The error for an entry, with the file and the line that hold it.

    ``name`` is the file without its suffix, ``path`` the keys down to the entry.
    """
    file, own, line = located(name, folder, path)
    return RulesError(file, _shown(own), reason, line)


def _shown(path: Sequence[object]) -> str:
    """A path as people write it: ``agencies.columns.role.header[2]``, list items counted from 1."""
    return "".join(f"[{step + 1}]" if type(step) is int else f".{step}" for step in path).lstrip(".")


def _explained(error: Any) -> tuple[tuple[object, ...], str]:
    """Path and reason of a finding of pydantic, in the words of someone who writes YAML."""
    path = tuple(step for step in error["loc"] if step != "[key]")
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "value_error":
        reason = context["error"]
        return (*path, *(reason.path if isinstance(reason, models.Misplaced) else ())), str(reason)
    if kind in ("string_type", "bool_type") and isinstance(given, bool):
        return path, YAML_BOOLEAN
    if kind == "string_type":
        return path, f"a text is expected, not {given!r}; put it in quotes"
    if kind in REASONS:
        return path, REASONS[kind].format(**context)
    return path, f"{error['msg'][:1].lower()}{error['msg'][1:]}, not {given!r}"
