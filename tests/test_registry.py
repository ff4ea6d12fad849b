"""The same thing over several reports of one country."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from extractors import rules
from extractors.names.registry import register

Decide = Callable[..., None]


@pytest.fixture
def decide(tmp_path: Path) -> Iterator[Decide]:
    """Add reviewed lines, as a user's overlay of ``registry.yml`` does."""

    def write(*lines: dict[str, Any]) -> None:
        text = yaml.safe_dump({"same": list(lines)}, allow_unicode=True)
        (tmp_path / "registry.yml").write_text(text, encoding="utf-8")
        rules.use(tmp_path)

    yield write
    rules.use(None)


def mention(year: int, label: str, text: str, canonical: str = "", iso3: str = "XAV") -> dict[str, Any]:
    return {
        "doc_id": f"{iso3.lower()}-{year}",
        "iso3": iso3,
        "report_year": year,
        "page": 1,
        "bbox": "1,2,3,4",
        "line": None,
        "label": label,
        "text": text,
        "canonical": canonical or text,
    }


def ids(*mentions: dict[str, Any]) -> list[str]:
    """The id of every mention, in the order given."""
    known = register(mentions)[1]
    return [known[m["doc_id"], m["label"], m["canonical"]] for m in mentions]


@pytest.mark.parametrize(
    ("label", "earlier", "later"),
    [
        ("AGENCY", "National Labor Inspectorate", "National Labor Inspectorate"),
        ("AGENCY", "National Labor Inspectorate", "National Labour Inspectorate"),  # a misprint
        ("POLICY", "National Plan for the Coast (2013–2016)", "National Plan for the Coast (2017–2020)"),
        ("LAW", "Article 5 of the Amber Code", "Articles 7 and 9 of the Amber Code"),
        ("PROGRAM", "The Back to School Program", "Back to School Program"),
        ("LAW", "1991 Amber Act", "Amber Act"),
        ("LAW", "Amber Act of 1991", "Amber Act (1991)"),
        ("LAW", "Amber Act 1991", "1991 Amber Act"),
        ("LAW", "Constitution of Arvenia", "Constitution"),
        ("LAW", "Article 16(2)of the Constitution 1992", "Article 16(2) of the Constitution"),
        ("AGENCY", "Arvenia National Police", "National Police"),
        ("AGENCY", "Child Labor Unit", "Child Labor Units"),
        ("AGENCY", "Inter-Agency Team", "Interagency Team"),
        ("POLICY", "Plan to Combat Coast Work", "Plan for the Elimination of Coast Work"),
        ("PROGRAM", "Back to School", "Back to School Project"),
        ("LAW", "Arvenian Amber Act", "Amber Act"),
        ("LAW", "Amber Defence Act", "Amber Defense Act"),
    ],
)
def test_one_thing_in_two_years_has_one_id(label: str, earlier: str, later: str) -> None:
    first, second = ids(mention(2014, label, earlier), mention(2019, label, later))
    assert first == second


@pytest.mark.parametrize(
    ("label", "one", "other"),
    [
        ("AGENCY", "Ministry of Labor", "Ministry of Health"),
        ("LAW", "Supreme Decree No. 011-2012", "Supreme Decree No. 012-2012"),
        ("LAW", "Law No. 7", "Law No. 9"),
        ("LAW", "1987 Labor Law", "2015 Labor Law"),
        ("LAW", "Amber Act", "Cliffshire Amber Act"),
        ("POLICY", "National Policy on Child Labor", "National Policy for Children"),
        ("AGENCY", "Ministry of the Interior", "Ministry of International Affairs"),
        ("AGENCY", "Ecuador’s Ministry of Labor", "Ministry of Labor"),
    ],
)
def test_two_things_have_two_ids(label: str, one: str, other: str) -> None:
    first, second = ids(mention(2014, label, one), mention(2019, label, other))
    assert first != second


def test_the_agency_before_a_program_does_not_make_it_another() -> None:
    agency = mention(2019, "AGENCY", "Ministry of Kelp") | {"text": "MKP"}
    first, _, second = ids(
        mention(2014, "PROGRAM", "Fund for Reef Works"), agency, mention(2019, "PROGRAM", "MKP Fund for Reef Works")
    )
    assert first == second


def test_a_name_is_of_its_country_and_label_only() -> None:
    there = mention(2019, "AGENCY", "National Police", iso3="PER")
    other = mention(2019, "PROGRAM", "National Police")
    assert len(set(ids(mention(2014, "AGENCY", "National Police"), there, other))) == 3


def test_an_acronym_leads_to_the_thing_that_was_given_it() -> None:
    named = mention(2014, "AGENCY", "NLI", "National Labor Inspectorate")
    first, second = ids(named, mention(2015, "AGENCY", "NLI"))
    assert first == second


def test_with_two_candidates_none_is_taken() -> None:
    a = mention(2014, "AGENCY", "NC", "National Committee on Child Labor")
    b = mention(2014, "AGENCY", "NC", "National Council of the Coast")
    later = mention(2015, "AGENCY", "NC")
    first, second, third = ids(a, b, later)
    assert len({first, second, third}) == 3


def test_the_best_evidence_of_a_chapter_goes_first() -> None:
    old = mention(2014, "PROGRAM", "Seedlings of the Coast", "Seed Project")
    by_alias = mention(2015, "PROGRAM", "Seedlings of the Coast", "Amber Seed")
    by_name = mention(2015, "PROGRAM", "Seed Project")
    first, second, third = ids(old, by_alias, by_name)
    assert (first == third, first == second) == (True, False)


def test_two_laws_of_one_chapter_that_differ_in_the_year_are_two() -> None:
    assert len(set(ids(mention(2016, "LAW", "1987 Labor Law"), mention(2016, "LAW", "2015 Labor Law")))) == 2
    assert len(set(ids(mention(2016, "LAW", "Amber Act of 1987"), mention(2016, "LAW", "Amber Act 1987")))) == 1


def test_a_later_report_changes_no_id_and_no_order_of_input_matters() -> None:
    early = [mention(y, "AGENCY", name) for y in (2013, 2014) for name in ("Ministry of Labor", "Coast Police Service")]
    late = [mention(2020, "AGENCY", name) for name in ("Alder Office of Work", "Ministry of Labor")]
    before = register(early)[1]
    after = register([*late, *reversed(early)])[1]
    assert before == {key: value for key, value in after.items() if key in before}


def test_a_name_found_beside_it_changes_no_id() -> None:
    police = mention(2013, "AGENCY", "Coast Police Service")
    others = [mention(2013, "AGENCY", name) for name in ("Alder Office", "Board of Tides", "Zone Council")]
    assert ids(police)[0] == ids(*others, police)[-1]
    assert len(set(ids(*others, police))) == 4


def test_a_row_tells_first_and_last_year_forms_and_mentions() -> None:
    rows, _ = register(
        [mention(2013, "AGENCY", "Coast Police Service"), mention(2016, "AGENCY", "CPS", "Coast Police Service")] * 2
    )
    (row,) = rows
    assert (row["doc_id"], row["report_year"], row["last_report_year"]) == ("xav-2013", 2013, 2016)
    assert (row["aliases"], row["chapters"], row["mentions"]) == ("Coast Police Service | CPS", 2, 4)
    assert row["row"] == 1


def test_a_reviewed_line_links_what_evidence_does_not(decide: Decide) -> None:
    names = ["Amber Works Board", "Authority for the Cliffs"]
    old, new = (mention(year, "AGENCY", name) for year, name in zip((2014, 2015), names, strict=True))
    assert len(set(ids(old, new))) == 2
    line = {"iso3": "XAV", "label": "AGENCY", "names": names, "why": "renamed in 2015"}
    decide(line)
    assert len(set(ids(old, new))) == 1


def test_a_reviewed_line_may_hold_for_some_reports_only(decide: Decide) -> None:
    line = {"iso3": "XAV", "label": "LAW", "names": ["North Amber Act", "Amber Act"], "why": "short", "years": [2019]}
    decide(line)
    for year, things in ((2019, 1), (2015, 2)):
        assert len(set(ids(mention(year, "LAW", "North Amber Act"), mention(year, "LAW", "Amber Act")))) == things


def test_a_reviewed_line_joins_two_names_of_one_chapter_and_keeps_a_name_alone(decide: Decide) -> None:
    same = {"iso3": "XAV", "label": "AGENCY", "names": ["Amber Works Board", "Cliff Authority"], "why": "one body"}
    alone = {"iso3": "XAV", "label": "AGENCY", "names": ["Coast Labor Units"], "why": "not the one Coast Labor Unit"}
    decide(same, alone)
    assert len(set(ids(*(mention(2014, "AGENCY", name) for name in same["names"])))) == 1
    unit, units = mention(2014, "AGENCY", "Coast Labor Unit"), mention(2015, "AGENCY", "Coast Labor Units")
    assert len(set(ids(unit, units))) == 2
