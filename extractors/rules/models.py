"""The closed models of the rules files: every key is known, every phrase is folded and every pattern is compiled.

A phrase may be typed as it is printed: ``fold`` removes capitals and punctuation when the file is loaded.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt
from pydantic import model_validator as validator

from extractors.rules.kinds import KINDS, KindName
from extractors.rules.kinds import Field as Published
from extractors.rules.wording import fold

EntityLabel = Literal["AGENCY", "LAW", "TREATY", "POLICY", "PROGRAM"]
READ_AS = {"digits": ("n",), "numerals": (), "accent": (), "sign": ("sign",), "math": ("blank", "dollars", "parens")}
"""How a match is read instead of being replaced by a template -> the groups that its pattern must have."""


class Misplaced(ValueError):
    """A mistake that is not in the whole entry that is checked, but further down: ``path`` leads from there to it."""

    def __init__(self, reason: str, *path: str | int) -> None:
        self.path = path
        super().__init__(reason)


class Model(BaseModel):
    """A mapping of a rules file. A key that it does not know is refused, with the known key that is most like it."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @validator(mode="before")
    @classmethod
    def known_keys(cls, data: Any) -> Any:
        """Refuse unknown keys before anything else is checked."""
        if isinstance(data, Mapping):
            for key in data:
                if key not in cls.model_fields:
                    like = difflib.get_close_matches(str(key), cls.model_fields, 1)
                    hint = f"did you mean {like[0]!r}?" if like else f"the keys here are {', '.join(cls.model_fields)}"
                    raise Misplaced(f"unknown key; {hint}", str(key))
        return data


def _folded(text: str) -> str:
    if not (folded := fold(text)):
        raise ValueError("the phrase has no letter or digit, so it can never match")
    return folded


def _label(text: str) -> str:
    if fold(re.sub(r"\([\d\s,;–-]*\)", " ", text)) != fold(text):
        raise ValueError("numbers in parentheses are read as citations of a label, so the phrase can never match")
    return _folded(text)


def _lowered(text: str) -> str:
    if not text.strip():
        raise ValueError("the phrase is empty, so it matches everywhere")
    return text.casefold()


def _compiled(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(f"broken regular expression: {error}") from error


def _different(phrases: Sequence[str]) -> Sequence[str]:
    for i, phrase in enumerate(phrases):
        if phrase in phrases[:i]:
            raise ValueError(f"the phrase {phrase!r} stands twice (capitals and punctuation make no difference)")
    return phrases


Phrases = Annotated[tuple[Annotated[str, AfterValidator(_folded)], ...], AfterValidator(_different)]
"""Phrases as :func:`fold` leaves them."""
LabelPhrases = Annotated[tuple[Annotated[str, AfterValidator(_label)], ...], AfterValidator(_different)]
Lowered = tuple[Annotated[str, AfterValidator(_lowered)], ...]  # words in lower case, with their punctuation
Word = Annotated[str, Field(min_length=1)]
Words = tuple[Word, ...]  # words whose capitals matter
Pattern = Annotated[re.Pattern[str], BeforeValidator(_compiled)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]  # a name of ours: of a table, a column, a code
Iso3 = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


# ---------------------------------------------------------------------------------------------- tables.yml


class ColumnRule(Model):
    """One printed column. See ``tables.yml`` for what the keys mean."""

    header: Phrases = ()
    kind: KindName = "text"
    codes: Name | None = None
    groups: Name | None = None
    carried: StrictBool = False
    split: StrictBool = False
    required: StrictBool = False
    publish: Name | None = None
    printed: Name | None = None
    marks: dict[Name, Lowered] = {}
    meaning: str = ""
    example: str | StrictInt | float = ""

    @validator(mode="after")
    def sound(self) -> ColumnRule:
        """A label needs its code list; only a label has the printed words beside its code."""
        if self.kind == "label" and not self.codes:
            raise ValueError("a column of kind label needs `codes`, the name of its list in labels.yml")
        if self.printed and self.kind != "label":
            raise ValueError("`printed` is for a column of kind label; other kinds keep the printed words themselves")
        if self.split and not (self.codes and self.carried):
            raise ValueError("`split` needs `carried: true` and `codes`")
        return self

    def published(self, name: str) -> tuple[tuple[str, Published], ...]:
        """The published columns that are made of the printed column ``name``: each name and how it is made."""
        main = self.publish or name
        fields = [(field.name.format(main), field) for field in KINDS[self.kind]]
        if self.printed:
            words = Published(self.printed, "text", "Label as printed.", example="as printed")
            fields.append((self.printed, words))
        fields += [(mark, Published(mark, "flag", "A note marks the row. {}", "", "true")) for mark in self.marks]
        return tuple(fields)


class YearColumns(Model):
    """Columns that are headed by years, perhaps behind words such as ``FY``."""

    before: Phrases = ()


class Spread(Model):
    """A column that may be printed once for each territory, under a header that begins with one of ``heads``."""

    column: Name
    heads: Phrases


class Table(Model):
    """One table of the report. See ``tables.yml`` for what the keys mean."""

    title: Annotated[Phrases, Field(min_length=1)]
    key: Name
    columns: Annotated[dict[Name, ColumnRule], Field(min_length=1)]
    order: tuple[Name, ...] = ()
    heads: Phrases = ()
    head_code: Name | None = None
    cut_rows: Literal["never", "by_name", "by_text"] = "never"
    spread: Spread | None = None
    year_columns: YearColumns | None = None
    published: Name | None = None
    made: tuple[Name, ...] = ()
    section: Name | None = None
    heading: str = ""
    meaning: str = ""

    @validator(mode="after")
    def own_columns(self) -> Table:
        """Keys that name a column name one of this table."""
        spread = (self.spread.column,) if self.spread else ()
        for where, names in (("key", (self.key,)), ("order", self.order), ("spread", spread)):
            for name in names:
                if name not in self.columns:
                    raise Misplaced(f"the column {name!r} is not declared", where)
        return self

    @validator(mode="after")
    def one_column_each(self) -> Table:
        """No header phrase belongs to two columns, and no two columns publish under one name."""
        headers: dict[str, str] = {}
        names: dict[str, str] = {}
        for name, column in self.columns.items():
            for phrase in column.header:
                if phrase in headers:
                    reason = f"the header {phrase!r} is also of the column {headers[phrase]!r}"
                    raise Misplaced(reason, "columns", name, "header")
                headers[phrase] = name
            for made, _ in column.published(name):
                if made in names:
                    raise Misplaced(f"the column {names[made]!r} publishes {made!r} too", "columns", name)
                names[made] = name
        return self

    @cached_property
    def in_order(self) -> tuple[str, ...]:
        """Columns from left to right, by which a blank header gets its name."""
        return self.order or tuple(name for name, column in self.columns.items() if column.kind != "territory")

    @cached_property
    def headers(self) -> dict[str, tuple[str, ...]]:
        """ColumnRule -> phrases of its header."""
        return {name: column.header for name, column in self.columns.items()}

    @cached_property
    def carried(self) -> tuple[str, ...]:
        """Columns whose value holds for the rows below, until the next value."""
        return tuple(name for name, column in self.columns.items() if column.carried)

    @property
    def before_year(self) -> tuple[str, ...]:
        """Phrases that may stand before the year in the header of a year's column."""
        return self.year_columns.before if self.year_columns else ()

    @cached_property
    def codes(self) -> str:
        """The closed list of labels that the key column has; empty if its words are free."""
        column = self.columns[self.key]
        return column.codes or "" if column.kind == "label" else ""


# ---------------------------------------------------------------------------------------------- the other files


class Label(Model):
    """The wordings of one code. ``years`` is for people: the reports in which they were seen."""

    labels: LabelPhrases
    words: Phrases = ()
    years: Annotated[str, Field(pattern=r"^\d{4}(-\d{4})?$")] = ""
    means: str = ""


class PageWords(Model):
    """Words by which the parts of a web page that are no chapter are known."""

    chrome: Lowered
    roles: Lowered
    beside: Phrases
    panels: Lowered
    spoken: Lowered
    signs: dict[str, Lowered]


class Headings(Model):
    """Section headings and assessment levels."""

    sections: dict[Name, Phrases]
    subsections: Phrases
    references: Phrases
    assessments: dict[str, Phrases]
    openings: tuple[Pattern, ...]
    matter: Phrases
    covers: Phrases
    page: PageWords


class ReferenceWords(Model):
    """Words of the reference list."""

    on_file: Lowered
    access: Lowered
    revision: Lowered
    issue: Lowered
    medium: Lowered
    abbreviations: Lowered
    name_endings: Lowered
    file_endings: Lowered
    organizations: Lowered
    plain_titles: Lowered
    within: Lowered
    government_of: Lowered
    places: Lowered
    bodies: Lowered
    small_words: Lowered
    months: Lowered
    interview: Lowered
    correspondence: Lowered
    letters: Lowered
    statistics: Lowered
    enacted: Lowered
    state_authors: Lowered
    laws: Lowered
    newspapers: Lowered
    news_sites: Lowered
    journals: Lowered
    online: Lowered
    front_pages: tuple[str, ...]
    list_on_file: Lowered


class RepairRule(Model):
    """One repair of a raw text. See ``text_repairs.yml``."""

    name: str
    find: Pattern
    put: str | None = None
    read_as: Literal["digits", "numerals", "accent", "sign", "math"] | None = None
    addresses: StrictBool = False
    repeat: StrictBool = False
    seen: str = ""

    @validator(mode="after")
    def sound(self) -> RepairRule:
        """Exactly one way to replace a match, and the groups that it needs."""
        if (self.put is None) == (self.read_as is None):
            raise ValueError("a repair needs either `put` or `read_as`")
        try:
            self.find.sub(self.put or "", "")
        except (re.error, IndexError) as error:
            raise ValueError(f"`put` does not fit the pattern: {error}") from error
        for group in READ_AS.get(self.read_as or "", ()):
            if group not in self.find.groupindex:
                raise ValueError(f"`read_as: {self.read_as}` needs a group named {group!r} in the pattern")
        return self


class TextRepairs(Model):
    """Repairs of a raw text, and the lines of it that are no content."""

    repairs: tuple[RepairRule, ...]
    signs: dict[str, str]
    dress: Words
    dirt: tuple[Pattern, ...]
    foot: tuple[Pattern, ...]
    beside_assessment: Phrases


class Prose(Model):
    """One pattern of names in running text; ``%kind%`` in it stands for any word of that list of ``kinds``."""

    label: EntityLabel
    pattern: str
    holds: Words = ("",)
    where: Name | None = None


class Reviewed(Model):
    """One reviewed decision about names of a country. Without ``years`` it holds for all reports."""

    iso3: Iso3
    label: EntityLabel
    names: Annotated[Words, Field(min_length=1)]
    why: str
    years: tuple[StrictInt, ...] = ()


class Registry(Model):
    """Reviewed decisions about names over the years."""

    same: tuple[Reviewed, ...]


class NameWords(Model):
    """Word lists of the tagger of names. See ``entities.yml``; capitals matter in all of them."""

    kinds: dict[str, Words]
    prose: tuple[Prose, ...]
    heads: dict[EntityLabel, Words]
    links: dict[str, Words]
    synonyms: tuple[Words, ...]
    known: dict[EntityLabel, tuple[Words, ...]]
    linked_behind: dict[str, Words] = {}
    linking: dict[str, float] = {}
    weak_heads: Words = ()
    national: Words = ()
    public: Words = ()
    public_topics: Words = ()
    only_first: Words = ()
    leading: Words = ()
    only_linked: Words = ()
    only_last: Words = ()
    bound_in: Words = ()
    openers: Words = ()
    unsaid: Words = ()
    holders: Words = ()
    participles: Words = ()
    institution: Words = ()
    no_names: Words = ()
    world_bodies: Words = ()
    no_program: Words = ()
    topics: Words = ()
    purposes: Words = ()
    strangers: Words = ()
    serving: Words = ()
    foreign_links: Words = ()
    general: Words = ()
    names_of_one_word: Words = ()
    against: Words = ()

    @validator(mode="after")
    def whole_patterns(self) -> NameWords:
        """Every pattern of names can be compiled."""
        for number, prose in enumerate(self.prose):
            try:
                re.compile(self.template(prose.pattern))
            except (KeyError, re.error) as error:
                reason = f"no list {error} in `kinds`" if isinstance(error, KeyError) else f"broken pattern: {error}"
                raise Misplaced(reason, "prose", number, "pattern") from error
        return self

    def template(self, template: str) -> str:
        """A pattern with ``%kind%`` replaced by the words of that list. Raises ``KeyError`` for an unknown list."""
        return re.sub(
            r"%(\w+)%", lambda kind: f"(?:{'|'.join(sorted(self.kinds[kind[1]], key=len, reverse=True))})", template
        )


# ---------------------------------------------------------------------------------------------- expected.yml


def _span(text: Any) -> Any:
    if not re.fullmatch(r"\d{4}(-(\d{4})?)?", str(text)):
        raise ValueError("report years are written 2016, 2013-2015 or 2016-")
    return str(text)


Span = Annotated[str, BeforeValidator(_span)]  # report years: ``2016``, ``2013-2015``, or ``2016-`` for 2016 and later


class Form(Model):
    """Something that is always printed in the reports of some years."""

    years: Span

    def covers(self, year: int) -> bool:
        """Tell whether the form is one of this report year."""
        first, dash, last = self.years.partition("-")
        return int(first) <= year <= (int(last) if last else 9999 if dash else int(first))


class Sections(Form):
    """Sections that every chapter has."""

    codes: tuple[Name, ...]


class Present(Form):
    """Tables that every chapter has. ``severity`` is that of a missing table."""

    names: tuple[Name, ...]
    severity: Literal["warning", "error"] = "error"


class RowLabels(Form):
    """The labels of a closed table; ``also_alone`` is a smaller set that the report prints by itself.

    ``severity`` is that of a missing label: a warning where no whole chapter of this form was seen.
    """

    labels: tuple[Name, ...]
    also_alone: tuple[Name, ...] = ()
    severity: Literal["warning", "error"] = "error"


class ClosedTable(Model):
    """A published table whose rows are always the same: the column of its labels, and the labels for each form.

    ``rows`` limits the check to rows with these values; ``years_printed`` is the number of columns of years. ``blank``
    gives for a column the labels of the rows that never have a value in it.
    """

    table: Name
    column: Name
    forms: tuple[RowLabels, ...]
    rows: dict[Name, str] = {}
    years_printed: StrictInt | None = None
    blank: dict[Name, tuple[Name, ...]] = {}

    @validator(mode="after")
    def sound(self) -> ClosedTable:
        """Only labels that the table prints can lack a value; another one is misspelt."""
        printed = {label for form in self.forms for label in form.labels}
        for column, labels in self.blank.items():
            if unknown := sorted(set(labels) - printed):
                raise ValueError(f"`blank` of {column} names labels that no form prints: {', '.join(unknown)}")
        return self


class Expected(Model):
    """What the report always prints. See ``expected.yml``."""

    sections: tuple[Sections, ...]
    tables: tuple[Present, ...]
    references: Form
    rows: tuple[ClosedTable, ...]
