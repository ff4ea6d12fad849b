"""What the chapters of a country tell each other about names."""

from __future__ import annotations

import random
from typing import Any

from extractors.names.knowledge import link_chapters, share_names
from extractors.names.tagger import tag
from tests.arvenia_names import PLACE, Tables, prose, rows


def chapter(year: int, tables: Tables, iso3: str = "XAV") -> Tables:
    """The tables of one chapter with its names."""
    place = {"doc_id": f"{iso3.lower()}-{year}", "iso3": iso3, "report_year": year}
    tables = {name: [record | place for record in records] for name, records in tables.items()}
    return tables | {"documents": [PLACE | place], "entities": tag(tables)}


def guard(year: int, iso3: str = "XAV") -> Tables:
    """A chapter whose table holds a body with an acronym that no word tells to be one."""
    return chapter(year, {"agencies": rows("Tide Watch (TIDEW)", column="agency")}, iso3)


def names(found: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(row["text"], row["canonical"]) for row in found}


def test_a_body_that_another_year_names_in_a_table_is_found_in_the_prose() -> None:
    later = chapter(2020, prose("In May, Tide Watch trained TIDEW staff."))
    assert share_names([later]) == [[]]
    assert names(share_names([guard(2019), later])[1]) == {("Tide Watch", "Tide Watch"), ("TIDEW", "Tide Watch")}


def test_a_form_that_the_own_chapter_lacks_joins_the_name_that_it_has() -> None:
    later = chapter(2020, prose("TIDEW met.", agencies=rows("Tide Watch of Arvenia", "Tide Watch", column="agency")))
    found = names(share_names([guard(2019), later])[1])
    assert {canonical for text, canonical in found if text in ("TIDEW", "Tide Watch")} == {
        next(canonical for text, canonical in found if text == "Tide Watch")
    }


def test_another_country_teaches_nothing() -> None:
    later = chapter(2020, prose("In May, Tide Watch trained TIDEW staff."))
    assert share_names([guard(2019, "XBB"), later])[1] == []


def test_a_name_inside_a_longer_mention_is_not_added() -> None:
    later = chapter(2020, prose("The Ministry of Tide Watch met."))
    assert {row["text"] for row in share_names([guard(2019), later])[1]} == {"Ministry of Tide Watch"}


def test_the_order_of_the_chapters_changes_nothing() -> None:
    chapters = [guard(2017), guard(2018), guard(2019, "XBB"), chapter(2020, prose("TIDEW met Tide Watch."))]
    expected = {
        str(one["documents"][0]["doc_id"]): linked
        for one, linked in zip(chapters, link_chapters(chapters), strict=True)
    }
    random.Random(4).shuffle(chapters)
    for one, linked in zip(chapters, link_chapters(chapters), strict=True):
        assert linked == expected[one["documents"][0]["doc_id"]]


def test_the_chapters_themselves_stay_as_they_were() -> None:
    chapters = [guard(2019), chapter(2020, prose("TIDEW met."))]
    before = [[dict(row) for row in one["entities"]] for one in chapters]
    link_chapters(chapters)
    assert [one["entities"] for one in chapters] == before


def test_articles_lead_to_their_law() -> None:
    one = chapter(2019, prose("Article 5 of the Amber Code applies, and the Amber Code holds."))
    entities, things = link_chapters([one])[0]
    law = next(row for row in things if row["label"] == "LAW")
    assert [(row["text"], row["article"], row["inside"], row["law_id"]) for row in entities] == [
        ("Article 5 of the Amber Code", "Article 5", False, law["entity_id"]),
        ("Amber Code", None, True, None),
        ("Amber Code", None, False, None),
    ]
    assert law["aliases"] == "Amber Code"
    assert law["mentions"] == 2


def test_a_thing_that_only_stands_inside_other_names_has_its_mentions() -> None:
    entities, things = link_chapters(
        [chapter(2019, {"agencies": rows("Ministry of Kelp’s (MOK) Reef Board", column="agency")})]
    )[0]
    assert {row["text"] for row in entities} >= {"Ministry of Kelp", "Reef Board"}
    assert all(thing["mentions"] > 0 for thing in things)


def test_a_numbered_law_is_one_thing_over_the_years() -> None:
    texts = ("The Reef Decree No. 1,118 holds.", "Under Decree 1118, reefs are closed.", "Decree No. 1119 holds.")
    things = [
        thing
        for _, filed in link_chapters([chapter(2017 + n, prose(t)) for n, t in enumerate(texts)])
        for thing in filed
    ]
    assert sorted((thing["canonical"], thing["chapters"]) for thing in things) == [
        ("Decree No. 1119", 1),
        ("Reef Decree No. 1,118", 2),
    ]
