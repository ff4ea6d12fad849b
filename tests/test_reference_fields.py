"""The fields of a reference: author, title, date, address, kind. All entries are invented (Arvenia does not exist)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from extractors.model import Issue, Reference
from extractors.references.dates import find_dates
from extractors.references.entries import read_references
from tests.reference_lists import hanging, lines_of, read_one


def checks(issues: Sequence[Issue]) -> list[str]:
    return [issue.check for issue in issues]


# ---------------------------------------------------------------------------------------------- fields


@pytest.mark.parametrize(
    ("text", "author", "title", "date"),
    [
        (
            "U.S. Embassy- Saffron. Reporting, January 15, 2015.",
            "U.S. Embassy- Saffron",
            "Reporting",
            "January 15, 2015",
        ),
        ("U.S. Embassy- Saffron Reporting. May 1, 2020.", "U.S. Embassy- Saffron", "Reporting", "May 1, 2020"),
        ("Reef Watch. Salt Pans. Saffron; 2013. [Source on file].", "Reef Watch", "Salt Pans", "2013"),
        (
            "Reef Watch. Salt in the Arvenia-U.S. Trade. May 2014.",
            "Reef Watch",
            "Salt in the Arvenia-U.S. Trade",
            "May 2014",
        ),
        (
            "Reef Watch. Salt Report: Arvenia Washington, DC, May 1, 2014.",
            "Reef Watch",
            "Salt Report: Arvenia",
            "May 1, 2014",
        ),
        ("Doe, J. Salt pans. reefpaper. May 1, 2014. http://reefpaper.com/a/b.", "Doe, J.", "Salt pans", "May 1, 2014"),
        ("Reef Watch. Salt Pans of the East, Reef Watch. May 2014.", "Reef Watch", "Salt Pans of the East", "May 2014"),
        ("Reef Watch. Pans of Salt Reef Watch, [online] 2014", "Reef Watch", "Pans of Salt", "2014"),
        ("Reef Watch. Salt Report of Reef Watch. May 2014.", "Reef Watch", "Salt Report of Reef Watch", "May 2014"),
        ("Reef Watch. Salt Pans. [source on file]. Saffron; 2013.", "Reef Watch", "Salt Pans", "2013"),
        ("Reef Watch. Salt Pans; 2014 May 6, 2014. Report No. A/5.", "Reef Watch", "Salt Pans", "May 6, 2014"),
        (
            "Doe, JA. “Salt. A Story.” Site.example [online] May 1, 2014 [cited June 2, 2015];",
            "Doe, JA.",
            "Salt. A Story",
            "May 1, 2014",
        ),
        ("“Salt Pans Close.” [online] No date [cited June 2, 2015];", "", "Salt Pans Close", ""),
        (
            "U.S. Office. “Arvenia,” in Country Reports- 2016. Saffron; 2017;",
            "U.S. Office",
            "“Arvenia,” in Country Reports- 2016",
            "2017",
        ),
        (
            "Reef Ltd. “Free” Baseline Report; February 14, 2017.",
            "Reef Ltd.",
            "“Free” Baseline Report",
            "February 14, 2017",
        ),
        (
            "Government of Arvenia. Reef Act, Act 694, enacted 2005.",
            "Government of Arvenia",
            "Reef Act, Act 694",
            "2005",
        ),
        (
            "Government of Arvenia. Reef Rules, L.I. 1833, enacted 2007.",
            "Government of Arvenia",
            "Reef Rules, L.I. 1833",
            "2007",
        ),
        ("Reef Watch. Salt Portal. Reef Press, Accessed January 25, 2017.", "Reef Watch", "Salt Portal", ""),
        ("Reef Watch. Salt (No. 138) Published: 2016; accessed May 1, 2017;", "Reef Watch", "Salt (No. 138)", "2016"),
        ("Reef Watch. Salt (No. 138) Submitted: 2014 accessed May 1, 2013;", "Reef Watch", "Salt (No. 138)", "2014"),
        ("On Salt, Arvenia (ratified: 2006). Accessed: May 1, 2019.", "", "On Salt, Arvenia (ratified: 2006)", ""),
        ("Act on Salt, No. 3. Enacted: May 1, 2019.", "", "Act on Salt, No. 3", "May 1, 2019"),
        ("Reef Watch. Salt Act (2006).", "Reef Watch", "Salt Act", "2006"),
        ("Fr. Ann Kelp, SSC. Salt for All. May 1, 2019.", "Fr. Ann Kelp, SSC.", "Salt for All", "May 1, 2019"),
        ("Reef Watch. Access to Salt. May 1, 2019.", "Reef Watch", "Access to Salt", "May 1, 2019"),
        (
            "Reef Watch. Letter. Answer to Notice (October 27, 2015) “Call.” January 5, 2016.",
            "Reef Watch",
            "Letter",
            "January 5, 2016",
        ),
        (
            "Reef Watch. Doe vs. Roe (Case N. 021). Saffron; April 2016.",
            "Reef Watch",
            "Doe vs. Roe (Case N. 021)",
            "April 2016",
        ),
        ("Reef Watch. Who Dives? Reef Press, June 2014.", "Reef Watch", "Who Dives?", "June 2014"),
        ("Reef Watch. 2014 Reef Survey. Saffron; 2015.", "Reef Watch", "2014 Reef Survey", "2015"),
        # authors
        ("Doe, J. and Roe, M. “Salt.” Reef Post [online] May 1, 2014.", "Doe, J. and Roe, M.", "Salt", "May 1, 2014"),
        ("Doe, Jane G. and Mary B. Roe. Salt. 2014.", "Doe, Jane G. and Mary B. Roe", "Salt", "2014"),
        ("J. Doe, M. Roe. Pearl Divers of the Reef. 2014.", "J. Doe, M. Roe", "Pearl Divers of the Reef", "2014"),
        ("Doe, Jane A.K. Salt and Pearls. May 2, 2015.", "Doe, Jane A.K.", "Salt and Pearls", "May 2, 2015"),
        ("Reef Police, et. al. Salt. May 2014.", "Reef Police, et. al.", "Salt", "May 2014"),
        ("Reef Trading S.A. Report on Pearls. Alba; 2016.", "Reef Trading S.A.", "Report on Pearls", "2016"),
        ("Government of Peru Salt Law No. 3, enacted May 2014.", "Government of Peru", "Salt Law No. 3", "May 2014"),
        ("‘Aziz, IA. “Salt.” reef.example [online] 2011.", "‘Aziz, IA.", "Salt", "2011"),
        # titles
        ("Reef Watch. Salt, Reef Watch, [online] [cited May 2, 2015];", "Reef Watch", "Salt", ""),
        ("Reef Watch. “Salt”, Reef Post, [online] May 2, 2015;", "Reef Watch", "Salt", "May 2, 2015"),
        ("Reef Watch. Salt Pans. reefpost.com. May 2, 2015.", "Reef Watch", "Salt Pans", "May 2, 2015"),
        ("Reef Watch. Salt Pans: Geneva: Reef Press. 2015.", "Reef Watch", "Salt Pans", "2015"),
        (
            "Reef Watch. “Salt,” in Reports- 2013 Washington, DC; May 2014.",
            "Reef Watch",
            "“Salt,” in Reports- 2013",
            "May 2014",
        ),
        (
            "Reef Watch. Who Dives? The Lives of Pearl Divers. Saffron; 2014.",
            "Reef Watch",
            "Who Dives? The Lives of Pearl Divers",
            "2014",
        ),
        ("Reef Watch. Salt Law, Ley Núm . 20.526. Enacted: 2011.", "Reef Watch", "Salt Law, Ley Núm . 20.526", "2011"),
        (
            "Reef Watch. Salt Aid (July 2, 2004 – May 1, 2018); accessed May 2, 2019.",
            "Reef Watch",
            "Salt Aid (July 2, 2004 – May 1, 2018)",
            "",
        ),
        (
            "Reef Watch. “Salt of the Old Reef “ Reef Post, Saffron, May 2, 2015; News.",
            "Reef Watch",
            "Salt of the Old Reef",
            "May 2, 2015",
        ),
        (
            "Doe, Jane. For Reef Children, Access to School is Limited. Reef Post, May 2, 2015.",
            "Doe, Jane",
            "For Reef Children, Access to School is Limited",
            "May 2, 2015",
        ),
        ("Reef Watch. Salt of the Reef. online. Geneva, ILO; 2014.", "Reef Watch", "Salt of the Reef", "2014"),
        # dates
        ("Reef Watch. Salt. [online] 2014 [cited] May 2, 2015.", "Reef Watch", "Salt", "2014"),
        ("Reef Watch. Salt Act, enacted 1961; updated May 1, 2012.", "Reef Watch", "Salt Act", "1961"),
        ("Reef Watch. Informe anual. 5 de mayo de 2018.", "Reef Watch", "Informe anual", "5 de mayo de 2018"),
        ("Reef Watch. Rapport annuel. 1er mars 2019.", "Reef Watch", "Rapport annuel", "1er mars 2019"),
        ("Reef Watch. Salt. 30.06.2019.", "Reef Watch", "Salt", "30.06.2019"),
        (
            "Reef Watch. Doe vs. Roe (N. 01/07/2018). May 2, 2017.",
            "Reef Watch",
            "Doe vs. Roe (N. 01/07/2018)",
            "May 2, 2017",
        ),
    ],
)
def test_author_title_date(text: str, author: str, title: str, date: str) -> None:
    reference = read_one(text)
    assert (reference.author, reference.title, reference.date) == (author, title, date)


@pytest.mark.parametrize(
    ("text", "on_file"),
    [
        ("Reef Watch. Salt. 2013. [Source on file].", True),
        ("Reef Watch. “Salt.” Site [online] 2013; [source on file].", True),
        ("Reef Watch. Salt. April 5, 2013. Source on", True),
        ("Reef Watch. Salt. 2013. [Hard Copy on File]", True),
        ("Reef Watch. Salt. 2013. Previously online.", False),
        ("Reef Watch. The Open Source on Reefs. 2013.", False),
    ],
)
def test_on_file(text: str, on_file: bool) -> None:
    assert read_one(text).on_file is on_file


def test_a_dash_stands_for_the_author_before() -> None:
    references, issues = read_references(
        hanging("1. Reef Watch. Pearls. 2019.", "2. —. Salt. 2018.", " Source on file.")
    )
    assert [(r.author, r.title) for r in references] == [("Reef Watch", "Pearls"), ("Reef Watch", "Salt")]
    assert checks(issues) == ["reference_author_repeated"]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("June 30, 2019", "2019-06-30"),
        ("30 June 2019", "2019-06-30"),
        ("June 2019", "2019-06"),
        ("December, 2012", "2012-12"),
        ("2019", "2019"),
        ("April 14–16, 2010", "2010-04-14"),
        ("July/August 2014", "2014"),
        ("Feburary 9, 2014", "2014-02-09"),
        ("2014-05-06", "2014-05-06"),
        ("5 de mayo de 2018", "2018-05-05"),
        ("14 mars 2019", "2019-03-14"),
        ("1º de dezembro de 2014", "2014-12-01"),
        ("Julio 23, 2018", "2018-07-23"),
    ],
)
def test_dates_stay_partial(text: str, iso: str) -> None:
    found = list(find_dates(f"Saffron; {text}."))
    assert [(d.text, d.iso) for d in found] == [(text, iso)]


@pytest.mark.parametrize("text", ["2012-2021", "No. 003-2010-XAV", "12/2014", "Circle 2", "A/HRC/2014/3"])
def test_no_dates(text: str) -> None:
    assert list(find_dates(text)) == []


# ---------------------------------------------------------------------------------------------- URLs


@pytest.mark.parametrize(
    ("first", "second", "address"),
    [
        ("http://reef.example.org/docs/", "Salt/Pans.pdf.", "http://reef.example.org/docs/Salt/Pans.pdf"),
        ("http://reef.example.org/a-", "kelp.", "http://reef.example.org/a-kelp"),
        ("http://data.reef.", "example.org/. Data are old.", "http://data.reef.example.org/"),
        (
            "http://reef.example.org/default.",
            "aspx?LANG=EN. Data are old.",
            "http://reef.example.org/default.aspx?LANG=EN",
        ),
        ("https://", "reef.example.org/x.", "https://reef.example.org/x"),
        ("http://reef.example.org/?p=1:0::", "NO:1310:P2:32.", "http://reef.example.org/?p=1:0::NO:1310:P2:32"),
        ("http://reef.example.org/.", "Data are old.", "http://reef.example.org/"),
        ("http://reef.example.org/a", "[accessed May 1, 2014].", "http://reef.example.org/a"),
        ("http://reef.example.org/a;", "accessed May 1, 2014.", "http://reef.example.org/a"),
        ("http://reef.example.org/a(1).", "June 4, 2014.", "http://reef.example.org/a(1)"),
    ],
)
def test_urls_broken_over_lines(first: str, second: str, address: str) -> None:
    references, _ = read_references(
        hanging(f"1. Reef Watch. Salt. 2014. {first}", f" {second}", "2. Reef Watch. Kelp. 2015.")
    )
    assert references[0].url == address
    assert address in references[0].text


def test_an_address_without_a_scheme_is_one() -> None:
    references, issues = read_references(
        lines_of(["1. Reef Watch. Salt. 2014. salt.av.gov.in/pdfs/Salt.pdf.", "2. Kelp. 2015. www.salt.av/kelp."])
    )
    assert references[0].url == "salt.av.gov.in/pdfs/Salt.pdf"
    assert [reference.url_guess for reference in references] == ["", ""]
    assert not [issue for issue in issues if issue.check == "url_damaged"]


def test_blanks_inside_a_url() -> None:
    text = "1. Reef Watch. Salt. 2014. http://reef.example.org/publicaciones_digitales/ Est/0875/salt. pdf."
    references, issues = read_references(lines_of([text, "2. Reef Watch. Kelp. 2015."]))
    assert references[0].url == "http://reef.example.org/publicaciones_digitales/Est/0875/salt.pdf"
    assert [(i.check, i.severity) for i in issues] == [("url_damaged", "info")]


def test_a_blank_between_words_is_kept_and_guessed() -> None:
    reference = read_one("Reef Watch. Salt. 2014. http://reef.example.org/docs/Salt Pans.pdf.")
    assert reference.url == "http://reef.example.org/docs/Salt Pans.pdf"
    assert reference.url_guess == "http://reef.example.org/docs/Salt%20Pans.pdf"
    assert read_one("Reef Watch. Salt. 2014. http://reef.example.org/3926 2012.").url == "http://reef.example.org/3926"
    assert read_one("Reef Watch. Salt. http://reef.example.org/3926 2012071.pdf.").url_guess.endswith(
        "/3926_2012071.pdf"
    )


def test_a_lost_hyphen_is_guessed_from_the_title() -> None:
    text = "1. Reef Watch. Divers sell pearls at dangerous depths. 2014. http://reef.example.org/divers-sell-pearls-dangerousdepths-376."
    references, issues = read_references(lines_of([text, "2. Reef Watch. Kelp. 2015."]))
    assert references[0].url == "http://reef.example.org/divers-sell-pearls-dangerousdepths-376"
    assert references[0].url_guess == "http://reef.example.org/divers-sell-pearls-dangerous-depths-376"
    assert [(i.check, i.severity) for i in issues] == [("url_damaged", "warning")]


def test_the_field_code_of_a_word_processor_is_not_part_of_the_guess() -> None:
    reference = read_one("Reef Watch. Salt. 2014. 41TUhttp://reef.example.org/salt.pdfU41T.")
    assert reference.url == "http://reef.example.org/salt.pdfU41T"
    assert reference.url_guess == "http://reef.example.org/salt.pdf"


def linked(text: str, *links: str) -> tuple[Reference, list[Issue]]:
    """One entry whose line has link annotations."""
    [line] = hanging(f"1. {text}")
    references, issues = read_references([replace(line, links=links)])
    return references[0], issues


def test_a_link_annotation_tells_where_an_address_with_blanks_ends() -> None:
    text = "Reef Watch. Salt. 2014. http://reef.example.org/docs/Salt Pans of 2014 and their Divers See page 3."
    link = "http://reef.example.org/docs/Salt%20Pans%20of%202014%20and%20their%20Divers"
    reference, issues = linked(text, link)
    assert reference.url == "http://reef.example.org/docs/Salt Pans of 2014 and their Divers"
    assert reference.url_guess == link
    assert [(i.check, i.severity) for i in issues] == [("url_damaged", "info")]


def test_a_link_annotation_that_is_longer_than_the_printed_address_is_its_guess() -> None:
    reference, issues = linked("Reef Watch. Salt. 2014. http://reef.example.org/a", "http://reef.example.org/a/b.pdf")
    assert (reference.url, reference.url_guess) == ("http://reef.example.org/a", "http://reef.example.org/a/b.pdf")
    assert checks(issues) == ["url_damaged"]


def test_a_link_annotation_to_another_place_changes_nothing() -> None:
    reference, issues = linked("Reef Watch. Salt. 2014. http://reef.example.org/a.pdf", "http://other.example.org/")
    assert (reference.url, reference.url_guess, issues) == ("http://reef.example.org/a.pdf", "", [])


@pytest.mark.parametrize(
    "address",
    [
        "http://reef.example.org/Janar 2017/Fletore 33/VKM nr. 108, date 15.2.2017.pdf",
        "http://reef.example.org/Reef - DTM Round 26 Report (January 2019).pdf?file=1",
        "http://reef.example.org/laws/Employment of Children (Restriction) Act/",
        "http://reef.example.org/Notice of Task Force dtd. 31.07.2018.pdf",
    ],
)
def test_a_path_with_blanks_at_the_end_of_an_entry(address: str) -> None:
    assert read_one(f"Reef Watch. Salt. 2014. {address}.").url == address


def test_an_address_that_may_be_cut_at_a_blank_is_a_finding() -> None:
    _, issues = read_references(
        hanging("1. Reef Watch. Salt. http://reef.example.org/Salt Pans/of_2014 in May. Page 3.")
    )
    assert checks(issues) == ["url_damaged"]


def test_an_address_without_both_slashes_is_repaired() -> None:
    reference = read_one("Reef Watch. Salt. 2014. http:/www.reef.example.org/a.pdf.")
    assert (reference.url, reference.url_guess) == (
        "http:/www.reef.example.org/a.pdf",
        "http://www.reef.example.org/a.pdf",
    )


def test_a_possessive_is_no_lost_hyphen() -> None:
    text = "Reef Watch. Arvenia’s pearl divers sell. 2014. http://reef.example.org/arvenias-pearl-divers-sell/."
    assert read_one(text).url_guess == ""


# ---------------------------------------------------------------------------------------------- the source


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Government of Peru. Salt Code. Enacted: May 2, 2014.", "law"),
        ("Government of Peru. Ley de la Sal, Ley No. 20. May 2, 2014.", "law"),
        ("Doe, J. “Salt.” Reef Post, Saffron, May 2, 2014.", "news"),
        ("Doe, Jane. Salt. May 2, 2014. http://reefpost.example.org/salt.", "news"),
        ("Doe, Jane, et al. Salt. Reef Asia, May 2, 2014. http://reefasia.example.org/salt.", "news"),
        ("U.S. Embassy- Saffron. Reporting. January 15, 2015.", "correspondence"),
        ("Reef official. Interview with USDOL official. May 2, 2014.", "interview"),
        ("Reef Watch. National Child Labour Survey. May 2014.", "statistics"),
        ("Reef Watch. About us, [online] [cited May 2, 2014]; http://reef.example.org/about.", "web_page"),
        ("Reef Watch. Salt in Arvenia. May 2, 2014. http://reef.example.org/access/salt.pdf.", "report"),
        ("ILO Committee. Request on Salt, adopted 2014. Accessed May 5, 2015. http://reef.example.org/a.", "web_page"),
        ("Reef Watch. Salt Pans of the Reef. Geneva; 2014. [Source on file].", "report"),
        ("Doe, J. “Salt of the Reef.” Salt & Neglect, 40:103-112 (2015); [source on file].", "report"),
        ("Reef Press Bureau. Mapping Data on Salt. May 2, 2014. http://reef.example.org/a.", "news"),
    ],
)
def test_the_type_of_a_source(text: str, kind: str) -> None:
    assert read_one(text).type == kind


def test_a_doi_is_an_address() -> None:
    reference = read_one("Doe, J. Salt. June 2018. doi:10.5555/SALT.2018.0042.")
    assert (reference.doi, reference.url) == ("10.5555/salt.2018.0042", "")
    assert reference.url_guess == "https://doi.org/10.5555/salt.2018.0042"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (
            "A. Salt. 2014. http://www.reef.example.org/Salt%20Pans.pdf.",
            "B. Pans. https://reef.example.org/salt pans.pdf",
            True,
        ),
        ("Reef Watch. Salt Pans. May 2014. Source on file.", "Reef Watch. “Salt Pans.” [online] May 2014.", True),
        ("Reef Watch. Reporting. May 2014.", "Reef Watch. Reporting. June 2014.", False),
        (
            "Reef Watch. Salt. http://reef.example.org/index.htm",
            "Reef Watch. Kelp. http://reef.example.org/index.htm",
            False,
        ),
    ],
)
def test_the_id_of_a_source(one: str, other: str, same: bool) -> None:
    assert (read_one(one).work_id == read_one(other).work_id) is same
