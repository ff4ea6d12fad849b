"""Citation markers and footnote markers: which are taken out of a text, which stay, and the text without them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.references.citations import cited, expand, lift, spans


@pytest.mark.parametrize(
    ("text", "clean", "numbers"),
    [
        ("Children in Arvenia dive for pearls.(1)", "Children in Arvenia dive for pearls.", (1,)),
        ("Children dive for pearls. (1, 2) Others herd.", "Children dive for pearls. Others herd.", (1, 2)),
        ("Children dive for pearls (1; 3).", "Children dive for pearls.", (1, 3)),
        ("They herd.(1,3-6) They fish.(6,54,55)", "They herd. They fish.", (1, 3, 4, 5, 6, 54, 55)),
        ("They herd. (1–3, 5, 8)", "They herd.", (1, 2, 3, 5, 8)),
        ("They herd. (38,46- 48) They fish.", "They herd. They fish.", (38, 46, 47, 48)),
        ("Farming (2, 9, 15 18, 25)", "Farming", (2, 9, 15, 18, 25)),
        ("Farming ( 6, 17 )", "Farming", (6, 17)),
        ("Farming (85,90,)", "Farming", (85, 90)),
        ("Farming (85,\n90)", "Farming", (85, 90)),
        ("They herd.(1)They fish.", "They herd. They fish.", (1,)),
        ("the Ministry of Reefs, (4) and the police", "the Ministry of Reefs, and the police", (4,)),
        ("the Reef Code (4) ; the Mine Code", "the Reef Code; the Mine Code", (4,)),
        ("the Reef Code; (4); the Mine Code", "the Reef Code; the Mine Code", (4,)),
        ("They herd. (4).", "They herd.", (4,)),
        ("(4) They herd.", "They herd.", (4,)),
        ("Unknown(12)", "Unknown", (12,)),
        ("152(10)", "152", (10,)),
        ("26 (6)", "26", (6,)),
        ("They herd. (3,1,20) They fish. (1,3)", "They herd. They fish.", (3, 1, 20)),
        ("They herd. [1,3-6] They fish. [2]", "They herd. They fish.", (1, 3, 4, 5, 6, 2)),
        ("They herd. (1 to 3) They fish. (5 through 7, 9)", "They herd. They fish.", (1, 2, 3, 5, 6, 7, 9)),
        ("They herd. (1\u22123)", "They herd.", (1, 2, 3)),
    ],
)
def test_groups_are_lifted(text: str, clean: str, numbers: tuple[int, ...]) -> None:
    lifted = lift(text, 120)
    assert (lifted.text, lifted.numbers) == (clean, numbers)


@pytest.mark.parametrize(
    "text",
    [
        "National Plan (2012-2021) and Strategy (2014 – 2018)",
        "Education Policy (2017)",
        "the Ministry of Reefs (MOR) and Unit 4 (4Ps)",
        "Law No. 29 (2004)",
        "Article 3(a) and Article 3(1) of the Reef Code",
        "Sections 2(1)(b) and 3(1) of the Mine Act",
        "Article 243 (1) of the Reef Code",
        "Article 148(2), monitoring reports",
        "three aims: (1) access, (2) quality, and (3) care",
        "aims to (1) increase capacity; (2) raise awareness",
        "8.9 (44,017)",
        "21.8 (1,261,484)",
        "a fine of 20 coins ($325)",
        "the Child Labor Law (26.847) and the Reef Law (26.061)",
        "the two aims (2 and 3)",
        "children (12,345)",
        "the report of [2014] and [120]",
    ],
)
def test_other_parentheses_stay(text: str) -> None:
    assert lift(text, 86) == lift(text)
    assert lift(text, 86).text == text
    assert lift(text, 86).numbers == ()


def test_numbers_a_little_above_the_list_are_citations() -> None:
    assert lift("They herd. (6,109,110) They fish. (94)", 86).numbers == (6, 109, 110, 94)


def test_a_telephone_number_above_the_list_is_no_citation() -> None:
    assert lift("It runs a national hotline (116), which rang.", 78).numbers == ()
    assert lift("It runs a national hotline (16), which rang.", 78).numbers == (16,)


def test_a_citation_after_the_year_of_a_law() -> None:
    assert lift("Section 3 of the Reef Act 1998(29)", 60).numbers == (29,)
    assert lift("Sections 2(1) and 4 of the Reef Act (29)", 60).numbers == (29,)


@pytest.mark.parametrize(
    ("text", "clean", "markers"),
    [
        ("Mining coral† and salt‡", "Mining coral and salt", ("†", "‡")),
        ("Farming, including pearls,* salt,† and kelp", "Farming, including pearls, salt, and kelp", ("*", "†")),
        ("Plan (2014)†‡ ends", "Plan (2014) ends", ("†", "‡")),
        ("26‡ (6)", "26", ("‡",)),
        ("* Evidence is limited.", "Evidence is limited.", ("*",)),
        ("Salt†, ‡ trade", "Salt trade", ("†", "‡")),
        ("Report§ under § 12 of the Code", "Report under § 12 of the Code", ("§",)),
    ],
)
def test_markers_are_lifted(text: str, clean: str, markers: tuple[str, ...]) -> None:
    lifted = lift(text, 60)
    assert (lifted.text, lifted.markers) == (clean, markers)


def test_spans_point_at_the_groups() -> None:
    text = "They herd.(1,3-5) They fish (2)."
    assert [(text[c.start : c.end], c.numbers) for c in spans(text)] == [("(1,3-5)", (1, 3, 4, 5)), ("(2)", (2,))]


def test_a_falling_range_is_two_numbers() -> None:
    assert expand("126-12") == (126, 12)


def render(numbers: list[int], comma: str, dash: str) -> str:
    """A group as a page prints it: runs of three and more as ranges."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] + 1 == number:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{r[0]}{dash}{r[-1]}" if len(r) > 2 else comma.join(map(str, r)) for r in runs]
    return f"({comma.join(parts)})"


sentences = st.lists(st.sampled_from(["Children", "herd", "goats", "near", "Port Saffron", "mines"]), min_size=2).map(
    " ".join
)
groups = st.lists(st.integers(1, 99), min_size=1, unique=True)


@given(
    st.lists(st.tuples(sentences, groups), min_size=1, max_size=5),
    st.sampled_from([",", ", ", "; "]),
    st.sampled_from(["-", "–", " - "]),
    st.sampled_from([".", ". "]),
)
def test_what_is_rendered_comes_back(parts: list[tuple[str, list[int]]], comma: str, dash: str, stop: str) -> None:
    text = " ".join(sentence + stop + render(numbers, comma, dash) for sentence, numbers in parts)
    lifted = lift(text, 99)
    assert lifted.text == " ".join(f"{sentence}." for sentence, _ in parts)
    assert lifted.numbers == tuple(dict.fromkeys(n for _, numbers in parts for n in numbers))
    assert lift(lifted.text, 99) == lift(lifted.text) and lift(lifted.text).text == lifted.text


@given(st.text(alphabet="ab .,;()[]12†*§-–3°\n", max_size=60), st.none() | st.integers(1, 300))
def test_no_text_breaks_it_and_no_word_is_lost(text: str, highest: int | None) -> None:
    lifted = lift(text, highest)
    assert [c for c in lifted.text if c.isalpha()] == [c for c in text if c.isalpha()]
    assert len(lifted.text) <= len(text) + len(spans(text, highest)) + text.count("†") + text.count("*") + text.count(
        "§"
    )


def test_a_small_population_in_a_chapter_without_list_is_no_citation() -> None:
    assert lift("12.6% (657)").text == "12.6% (657)"
    assert lift("Children dive for kelp, some 12% of them.(7)").numbers == (7,)
    assert lift("Of all children, 12% (7) dive.", 9).numbers == (7,)


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("They herd.(1) They fish, too. (2,3)", ["They herd.", "They fish, too."]),
        ("They herd (1), dive,(2) and fish.(3)", ["They herd", "dive,", "and fish."]),
        ("They herd. (1)(2) They fish.", ["They herd.", "They herd."]),
        (
            "They rest. They herd. Dr. A. Ray, of the U.S. Fund, said so. (1)",
            ["Dr. A. Ray, of the U.S. Fund, said so."],
        ),
        ("Under Decree No. 7 and Art. 3, it is banned.† (4)", ["Under Decree No. 7 and Art. 3, it is banned."]),
        ("They say: “We herd.” (1) “We fish.” (2)", ["They say: “We herd.”", "“We fish.”"]),
        ("Herding (6, 17)", ["Herding"]),
        ("(4) They herd.", [""]),
        ("They herd.", []),
    ],
)
def test_a_marker_closes_a_sentence_or_a_part_of_it(text: str, closed: list[str]) -> None:
    assert [one.sentence for one in cited(text)] == closed


@given(st.text(alphabet="aB.,;† (1)“” ", max_size=60))
def test_what_a_marker_closes_stands_in_the_text_without_markers(text: str) -> None:
    plain = lift(text).text
    for one in cited(text):
        assert plain[one.start : one.end] == one.sentence == one.sentence.strip()
