"""The publisher's own dataset as facts: the XML of its app and the CSV or JSON of its data service.

Which element or field is which fact is data (``dataset.yml``). Files come from elsewhere and may be hostile: they are
small, and an XML document with a document type, which could declare entities, is refused.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from lxml import etree
from pydantic import Field, model_validator

from extractors.rules import country_code, label_code
from flows.ending import Refused
from flows.models import Closed, YearPattern, load
from schemas import codes

INSTALLED = Path(__file__).with_name("dataset.yml")
COLUMNS: dict[str, tuple[str, ...]] = {
    "documents": ("assessment", "assessment_note", "summary"),
    "statistics": ("age", "percent", "population"),
    "sectors": ("percent",),
    "conventions": ("ratified",),
    "legal_standards": ("status", "age"),
    "enforcement": ("value",),
    "suggested_actions": ("action",),
}
"""The columns of each table that can be compared; ``age`` of ``statistics`` is ``age_min`` and ``age_max`` together."""


class WrongDataset(Refused):
    """A file is no dataset that can be read; the message names the file and the reason."""


class TerritoryFields(Closed):
    """How the XML gives a fact for a part of the country; ``dataset.yml`` explains each key."""

    element: str
    name: tuple[str, ...] = Field(min_length=1)
    value: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()


class ActionRows(Closed):
    """The fields of a suggested action that is a row of its own."""

    action: str
    area: str


class Fields(Closed):
    """What ``dataset.yml`` holds; the file explains each key."""

    largest_megabytes: float = Field(gt=0)
    chapter: str
    country: tuple[str, ...] = Field(min_length=1)
    year: tuple[str, ...]
    year_in_summary: tuple[YearPattern, ...]
    territory: TerritoryFields
    action_rows: ActionRows
    facts: dict[str, dict[str, dict[str, tuple[str, ...]]]]
    same_key: dict[str, str] = Field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Fields:
        used: Counter[str] = Counter()
        for table, columns in self.facts.items():
            for column, keys in columns.items():
                if column not in COLUMNS.get(table, ()):
                    raise ValueError(f"{table}.{column} is no column that can be compared")
                for key, names in keys.items():
                    if set(key.split("/")) - _codes(table):
                        raise ValueError(f"{table}.{column}: {key!r} is no key of the table")
                    used.update(names)
        if twice := [name for name, times in used.items() if times > 1]:
            raise ValueError(f"{', '.join(twice)}: stands for two facts")
        return self

    @cached_property
    def by_name(self) -> dict[str, tuple[str, str, str]]:
        """Return name of an element or field -> table, column and key of its fact."""
        return {
            name: (table, column, key)
            for table, columns in self.facts.items()
            for column, keys in columns.items()
            for key, names in keys.items()
            for name in names
        }

    def ignores(self, name: str) -> bool:
        """Whether an element or field holds no fact: it, or one above it, is listed as ignored, or it says what the
        others are about."""
        parts = name.split("/")
        return name in (*self.country, *self.year, self.action_rows.area) or any(
            fnmatchcase("/".join(parts[: n + 1]), one) for n in range(len(parts)) for one in self.ignored
        )


def _codes(table: str) -> set[str]:
    """The parts that a key of a table may have."""
    return {
        "documents": {""},
        "statistics": {*codes.INDICATORS, *codes.SUBGROUPS},
        "sectors": {*codes.SECTORS},
        "conventions": {*codes.CONVENTIONS},
        "legal_standards": {*codes.STANDARDS},
        "enforcement": {*codes.DOMAINS, *codes.METRICS},
        "suggested_actions": {*codes.AREAS},
    }[table]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the dataset: what it is about, its text, and where it stands (``line`` from 1; 0: not known)."""

    iso3: str
    report_year: int
    table: str
    column: str
    key: str
    territory: str
    raw: str
    field: str
    line: int


@dataclass
class Dataset:
    """The facts of one file. ``unknown_fields``: name -> how often a field was met that no rule knows;
    ``unknown_countries``: names that no country has."""

    file: str
    facts: list[Fact] = field(default_factory=list)
    unknown_fields: Counter[str] = field(default_factory=Counter)
    unknown_countries: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A text of the file: the name of its element or field, the part of the country, and its line."""

    name: str
    territory: str
    text: str
    line: int


def load_fields(file: Path = INSTALLED) -> Fields:
    """Read and check a file of the form of ``dataset.yml``. Raises :class:`WrongDataset` for a wrong one."""
    return load(file, Fields, WrongDataset)


def read_dataset(file: Path, fields: Fields, year: int | None = None) -> Dataset:
    """Read the facts of a file. ``year`` is the report year of chapters that do not say theirs.

    Raises :class:`WrongDataset` for a file of another kind, one that is too large, damaged or hostile, and one without
    a chapter or without a year.
    """
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        raise WrongDataset(f"{file}: is neither {', '.join(READERS)}")
    try:
        if (size := file.stat().st_size) > fields.largest_megabytes * 1e6:
            raise WrongDataset(f"{file}: has {size / 1e6:.0f} megabytes, allowed are {fields.largest_megabytes:g}")
        chapters = [list(leaves) for leaves in reader(file.read_bytes(), fields)]
    except OSError as error:
        raise WrongDataset(f"{file}: {error.strerror or error}") from error
    except (expat.ExpatError, etree.LxmlError, csv.Error, ValueError, RecursionError) as error:
        raise WrongDataset(f"{file}: {str(error) or type(error).__name__}") from error
    if not chapters:
        raise WrongDataset(f"{file}: holds no chapter")
    dataset = Dataset(file.name)
    year = year or _year_of(chapters, fields)
    for leaves in chapters:
        _add_chapter(leaves, dataset, fields, year)
    if not dataset.facts and not dataset.unknown_countries:
        raise WrongDataset(
            f"{file}: holds no fact that is known; is it another dataset, or does a field name its year?"
        )
    return dataset


def _add_chapter(leaves: list[_Leaf], dataset: Dataset, fields: Fields, year: int | None) -> None:
    """Add the facts of one chapter, and what of it is not known."""
    country = _first(leaves, fields.country)
    iso3 = country_code(country)
    if iso3 is None:
        dataset.unknown_countries.append(country)
        return
    own = _first(leaves, fields.year)
    report_year = int(own) if re.fullmatch(r"(?:19|20)\d\d", own) else year
    if report_year is None:
        raise WrongDataset(f"{dataset.file}: does not say its report year; give it with --year")
    area = label_code("areas", _first(leaves, (fields.action_rows.area,))) or codes.OTHER
    names = {**fields.by_name, fields.action_rows.action: ("suggested_actions", "action", area)}
    for leaf in leaves:
        if leaf.name in names:
            table, column, key = names[leaf.name]
            fact = Fact(iso3, report_year, table, column, key, leaf.territory, leaf.text, leaf.name, leaf.line)
            dataset.facts += _level_and_note(fact) if column.startswith("assessment") else [fact]
        elif not fields.ignores(leaf.name):
            dataset.unknown_fields[leaf.name] += 1


def _first(leaves: Iterable[_Leaf], names: Iterable[str]) -> str:
    """The text of the first field with one of these names; empty if there is none."""
    return next((leaf.text for leaf in leaves if leaf.name in names), "")


def _level_and_note(fact: Fact) -> list[Fact]:
    """A level and its note are one text in the dataset; ``Automatic_Downgrade`` repeats the level before the note."""
    level, _, note = re.sub(r"\s+[-–—]+\s+", "\0", fact.raw).partition("\0")
    parts = [replace(fact, column="assessment", raw=level)] if fact.column == "assessment" else []
    return [*parts, *([replace(fact, column="assessment_note", raw=note)] if note else [])]


def _year_of(chapters: Iterable[Iterable[_Leaf]], fields: Fields) -> int | None:
    """The report year that most summaries of a file name."""
    summaries = {name for names in fields.facts.get("documents", {}).get("summary", {}).values() for name in names}
    years: Counter[int] = Counter()
    for leaves in chapters:
        for text in (leaf.text for leaf in leaves if leaf.name in summaries):
            found = [match for pattern in fields.year_in_summary if (match := pattern.search(text))]
            years.update(int(match["year"]) for match in found[:1])
    return years.most_common(1)[0][0] if years else None


def _read_xml(data: bytes, fields: Fields) -> Iterator[Iterator[_Leaf]]:
    """The chapters of an XML document that declares no document type; depth and lengths are limited by libxml2."""
    scanner = expat.ParserCreate()
    scanner.StartDoctypeDeclHandler = _refuse_doctype
    scanner.Parse(data, True)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    for chapter in etree.fromstring(data, parser).iter(fields.chapter):
        yield _leaves(chapter, "", "", fields)


def _refuse_doctype(*_: Any) -> NoReturn:
    """Entities, and files or addresses to load, can only be declared there. libxml2 would open such files."""
    raise ValueError("declares a document type, which a dataset does not need")


def _leaves(element: Any, path: str, territory: str, fields: Fields) -> Iterator[_Leaf]:
    """The texts below an element; those of a territory have the path of the fact that they are about."""
    for child in element.iterchildren(etree.Element):
        name = f"{path}/{child.tag}" if path else str(child.tag)
        if child.tag == fields.territory.element:
            names = [one.text or "" for one in child.iterchildren(*fields.territory.name)]
            part = plain(" ".join(names))
            yield from _leaves(child, path, "" if part in fields.territory.whole else part, fields)
        elif len(child):
            yield from _leaves(child, name, territory, fields)
        elif text := plain(child.text or ""):
            if element.tag != fields.territory.element or child.tag not in (
                *fields.territory.name,
                *fields.territory.value,
            ):
                yield _Leaf(name, territory, text, child.sourceline)
            elif child.tag in fields.territory.value:
                yield _Leaf(path, territory, text, child.sourceline)


def _read_csv(data: bytes, fields: Fields) -> Iterator[Iterator[_Leaf]]:
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    for row in reader:
        if None in row:
            raise ValueError(f"line {reader.line_num} has more cells than the header")
        yield _of_row(row, reader.line_num)


def _read_json(data: bytes, fields: Fields) -> Iterator[Iterator[_Leaf]]:
    """The rows of a list of objects, which may be the value of a key of one object (``{"data": [...]}``)."""
    content = json.loads(data)
    if isinstance(content, dict):
        content = next((value for value in content.values() if isinstance(value, list)), None)
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise ValueError("is no list of objects")
    for row in content:
        yield _of_row(row, 0)


def _of_row(row: Mapping[str, Any], line: int) -> Iterator[_Leaf]:
    for name, value in row.items():
        text = "" if value is None or isinstance(value, dict | list) else plain(str(value))
        if text:
            yield _Leaf(name, "", text, line)


def plain(text: str) -> str:
    """Return a text with single blanks, and without what no output file can hold."""
    return " ".join(text.encode("utf-8", "replace").decode().replace("\0", " ").split())


READERS: dict[str, Callable[[bytes, Fields], Iterator[Iterator[_Leaf]]]] = {
    ".xml": _read_xml,
    ".csv": _read_csv,
    ".json": _read_json,
}
"""Suffix of a file -> what reads its chapters."""
