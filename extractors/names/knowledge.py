"""What the chapters tell each other about names: the stage that runs after all chapters are read.

A pure function over the tables of all chapters, the same in any order of them; it opens no document. The chapters of a
country share the names of their agencies: one that others use is found where the own chapter does not show that it is a
name ("MOLP" in Nigeria 2015, which only the chapters of other years define). Then every thing gets its id.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from extractors.names.aliases import straight
from extractors.names.prose import NAMING
from extractors.names.registry import register
from extractors.names.shapes import words
from extractors.names.tagger import PLACE, mark_inside, plain_text, texts

# Labels whose names the chapters share. Names of policies and programs are too often cut differently in another year:
# to share them lowered precision on chapters with hand-checked names (docs/accuracy.md).
SHARED_LABELS = ("AGENCY",)
SURE = 2  # chapters of the country that must use a name; the name of a table row counts twice
SHORTEST = 4  # letters of a name that is looked for

Tables = Mapping[str, list[dict[str, Any]]]
Rows = list[dict[str, Any]]


def link_chapters(chapters: Sequence[Tables]) -> list[tuple[Rows, Rows]]:
    """The rows of ``entities`` and ``entity_registry`` of every chapter, in the order of ``chapters``.

    Each chapter holds the tables of the contract, with the ``entities`` of the chapter alone. A row of ``entities``
    gets ``entity_id``, and ``law_id`` where it names articles of a law.
    """
    shared = share_names(chapters)
    things, ids = register(row for rows in shared for row in rows)
    filed: dict[str, Rows] = defaultdict(list)
    for thing in things:
        filed[thing["doc_id"]].append(thing)
    linked = []
    for tables, rows in zip(chapters, shared, strict=True):
        for row in rows:
            row["entity_id"] = ids[row["doc_id"], row["label"], row["canonical"]]
            row["law_id"] = row["entity_id"] if row["article"] else None
        linked.append((rows, filed.get(tables["documents"][0]["doc_id"], [])))
    return linked


def share_names(chapters: Sequence[Tables]) -> list[Rows]:
    """The rows of ``entities`` of every chapter, with the mentions that the country's other chapters help to find."""
    countries: dict[str, list[Tables]] = defaultdict(list)
    for tables in sorted(chapters, key=lambda tables: str(tables["documents"][0]["doc_id"])):
        countries[tables["documents"][0]["iso3"]].append(tables)
    return [with_names_of(tables, countries[tables["documents"][0]["iso3"]]) for tables in chapters]


def with_names_of(tables: Tables, country: list[Tables]) -> Rows:
    """The rows of ``entities`` of one chapter with what the other chapters of its country know."""
    year = tables["documents"][0]["report_year"]
    others = [other for other in country if other is not tables]
    others.sort(key=lambda other: abs(other["documents"][0]["report_year"] - year))
    own = {straight(row["text"]): row for row in tables["entities"]}
    wanted = {form: meant for form, meant in sure_names(others).items() if form not in own}
    rows = [dict(row) for row in tables["entities"]]
    here = canonicals_here(wanted, others, own)
    return add_mentions(tables, rows, {form: here.get(form, meant) for form, meant in wanted.items()})


def sure_names(chapters: list[Tables]) -> dict[str, str]:
    """The forms on which the chapters agree, with their canonical string in the first chapter that has them."""
    number: Counter[str] = Counter()
    labels: dict[str, set[str]] = defaultdict(set)
    canonical: dict[str, str] = {}
    for tables in chapters:
        in_rows = {straight(row["text"]) for row in tables["entities"] if (row["table"], row["column"]) in NAMING}
        for form, row in {straight(row["text"]): row for row in tables["entities"]}.items():
            number[form] += 1 + (form in in_rows)
            labels[form].add(row["label"])
            canonical.setdefault(form, row["canonical"])
    return {
        form: meant
        for form, meant in canonical.items()
        if number[form] >= SURE
        and len(form) >= SHORTEST
        and form not in words().heads
        and any(labels[form] == {label} for label in SHARED_LABELS)
    }


def canonicals_here(
    wanted: Collection[str], others: list[Tables], own: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """The canonical strings of forms in the own chapter: that of another form of the same thing, if it has one."""
    found: dict[str, str] = {}
    for tables in others if wanted else ():
        rows = [row for row in tables["entities"] if row["label"] in SHARED_LABELS]
        same_here: dict[str, str] = {}
        there: dict[str, set[str]] = defaultdict(set)
        places: dict[str, int] = {}
        for place, row in enumerate(rows):
            form = straight(row["text"])
            if form in wanted:
                there[form].add(row["canonical"])
            same = own.get(form)
            if same is not None and same["label"] == row["label"]:
                same_here.setdefault(row["canonical"], str(same["canonical"]))
                places.setdefault(row["canonical"], place)
        for form in there.keys() - found.keys():
            known = there[form] & same_here.keys()
            if known:  # the first row of the chapter counts
                found[form] = same_here[min(known, key=places.__getitem__)]
    return found


def add_mentions(tables: Tables, rows: Rows, wanted: Mapping[str, str]) -> Rows:
    """The rows with every mention of the wanted forms that stands free; a mention inside a longer new one goes."""
    by_word: dict[str, list[str]] = defaultdict(list)
    for form in sorted(wanted, key=lambda form: (-len(form), form)):
        by_word[re.split(r"\W", form, maxsplit=1)[0]].append(form)
    by_place: dict[tuple[str, Any, str], Rows] = defaultdict(list)
    for row in rows:
        by_place[row["table"], row["row"], row["column"]].append(row)
    result: Rows = []
    for table, column, record in texts(tables) if wanted else ():
        there = by_place.pop((table, record.get("row"), column), [])
        for start, end, form in places_of(straight(plain_text(table, record[column])), by_word):
            if all(end <= row["start"] or row["end"] <= start or within(row, start, end) for row in there):
                there = [row for row in there if not within(row, start, end)]
                name = {"label": SHARED_LABELS[0], "text": record[column][start:end], "canonical": wanted[form]}
                place = {"table": table, "row": record.get("row"), "column": column, "start": start, "end": end}
                there.append(name | {"article": None} | place | {key: record.get(key) for key in PLACE})
        result.extend(mark_inside(there))
    return [*result, *(row for there in by_place.values() for row in there)]


def within(row: Mapping[str, Any], start: int, end: int) -> bool:
    return bool(start <= row["start"] and row["end"] <= end)


def places_of(text: str, by_word: Mapping[str, list[str]]) -> Iterator[tuple[int, int, str]]:
    """Where the forms stand in a text as whole words, from left to right, the longest at a place; none overlap."""
    done = 0
    for word in re.finditer(r"\w+", text):
        if word.start() < done:
            continue
        for form in by_word.get(word.group(), ()):
            end = word.start() + len(form)
            if text.startswith(form, word.start()) and not text[end : end + 1].isalnum():
                done = end
                yield word.start(), end, form
                break
