"""What a cell's text says as a value, and what it does not say."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extractors.chapter.tables import TableRow, rows_of
from extractors.chapter.values import (
    Answer,
    Kind,
    age,
    ages,
    answer,
    fully_read,
    legal_status,
    percent_and_population,
    policy_years,
    ratified,
    year_span,
)
from extractors.model import Cell, Grid, Line, Where

UNKNOWN, NOT_APPLICABLE, BLANK = Answer("unknown"), Answer("not_applicable"), Answer("blank")
SAID_NOTHING = Answer("reported")
DASHES = ["-", "–", "—", " – "]

any_text = st.text(max_size=40)
cell_like = st.text(alphabet="0123456789.,$%()-–—½²‡ YesNo/Auknwmilobths", max_size=30)
without_digits = any_text.filter(lambda text: not any(c.isnumeric() for c in text))
years = st.integers(1990, 2035)


def cell(text: str) -> Cell:
    return Cell((Line(1, text, Where(line=1)),)) if text else Cell()


# ---------------------------------------------------------------------------------------------- enforcement cells


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$3.9 million", Answer("reported", 3_900_000.0, "usd")),
        ("$1,180,000", Answer("reported", 1_180_000.0, "usd")),
        ("US$ 5,000", Answer("reported", 5_000.0, "usd")),
        ("$ 1,234.50", Answer("reported", 1_234.5, "usd")),
        ("$2 billion", Answer("reported", 2_000_000_000.0, "usd")),
        ("$940 thousand", Answer("reported", 940_000.0, "usd")),
        ("2 Million", Answer("reported", 2_000_000.0, "count")),
        ("4,310", Answer("reported", 4_310.0, "count")),
        ("61", Answer("reported", 61.0, "count")),
        ("0", Answer("reported", 0.0, "count")),
        (" 12 ", Answer("reported", 12.0, "count")),
        ("7.559", Answer("reported", 7_559.0, "count", repaired=True)),
        ("1.234.567", Answer("reported", 1_234_567.0, "count", repaired=True)),
        ("7.55", Answer("reported", 7.55, "count")),
        ("0.559", Answer("reported", 0.559, "count")),
        ("1.234 million", Answer("reported", 1_234_000.0, "count")),
        ("$7.559", Answer("reported", 7.559, "usd")),
        ("212 calls", Answer("reported", 212.0, "count")),
        ("Yes", Answer("reported", 1.0, "yes_no")),
        ("yes, in two districts", Answer("reported", 1.0, "yes_no")),
        ("No", Answer("reported", 0.0, "yes_no")),
        ("NO", Answer("reported", 0.0, "yes_no")),
        ("Unknown", UNKNOWN),
        ("unknown‡", UNKNOWN),
        ("Information not available", UNKNOWN),
        ("Unavailable", UNKNOWN),
        ("N/A", NOT_APPLICABLE),
        ("n/a.", NOT_APPLICABLE),
        ("NA", NOT_APPLICABLE),
        ("Not applicable", NOT_APPLICABLE),
        ("", BLANK),
        ("  ", BLANK),
        ("None", SAID_NOTHING),
        ("Unknown (10", UNKNOWN),
        ("116, 535", Answer("reported", 116_535.0, "count", repaired=True)),
        ("116 535", Answer("reported", 116_535.0, "count", repaired=True)),
        ("1,234, 567", Answer("reported", 1_234_567.0, "count", repaired=True)),
        ("$1, 484", Answer("reported", 1_484.0, "usd", repaired=True)),
        ("✓", Answer("reported", 1.0, "yes_no")),
        ("✗", Answer("reported", 0.0, "yes_no")),
        ("✓ ✗", SAID_NOTHING),
        ("Notable", SAID_NOTHING),
        ("Yesterday", SAID_NOTHING),
        ("about 12", SAID_NOTHING),
        ("15th district", SAID_NOTHING),
    ],
)
def test_an_enforcement_cell(text: str, expected: Answer) -> None:
    assert answer(text) == expected


@pytest.mark.parametrize("dash", DASHES)
def test_a_dash_is_neither_a_number_nor_an_answer(dash: str) -> None:
    assert answer(dash) == BLANK
    assert legal_status(dash) == ""
    assert ages(dash) == (None, None)
    assert percent_and_population(dash) == (None, None)
    assert age(dash)[0] is None
    assert year_span(dash)[1:] == (None, None)


def test_five_inputs_stay_five() -> None:
    """Unknown, N/A, a dash, an empty cell and no cell at all: no two look alike in what is kept of them."""
    printed = [cell("Unknown"), cell("N/A"), cell("–"), Cell(), None]
    labels = [cell(f"Label {i}") for i in range(len(printed) + 1)]
    rows = [(labels[0], cell("7")), *zip(labels[1:4], printed[:3], strict=True)]
    rows += [(labels[4], cell("8")), (labels[5], None)]
    grid = Grid((cell("Label"), cell("2019")), ((labels[0], Cell()), *rows), Where(line=1))
    read = {row.text("label"): row for row in rows_of(grid, ("label", "2019"), None)}

    def kept(row: TableRow) -> tuple[str, str, float | None]:
        expected = answer(row.text("2019"))
        return expected.status, row.text("2019"), expected.value

    empty = next(row for row in rows_of(grid, ("label", "2019"), None))
    five = [kept(read[f"Label {i}"]) for i in (1, 2, 3)] + [kept(empty), kept(read["Label 5"])]
    assert five == [
        ("unknown", "Unknown", None),
        ("not_applicable", "N/A", None),
        ("blank", "–", None),
        ("blank", "", None),
        ("reported", "8", 8.0),
    ]
    assert read["Label 5"].cells["2019"] is read["Label 4"].cells["2019"], "no cell: the one above reaches down"


@pytest.mark.parametrize("text", ["$1.2M", "1,234I", "12,34", "1.234.56", "5-10", "12 34", "15 18, 250"])
def test_half_a_number_is_no_number(text: str) -> None:
    assert answer(text).value is None


@pytest.mark.parametrize("text", ["No information", "No data", "No information available"])
def test_no_information_is_not_the_answer_no(text: str) -> None:
    assert answer(text).value is None
    assert legal_status(text) != "No"


@given(st.integers(0, 10**12))
def test_a_count_comes_back(n: int) -> None:
    assert answer(f"{n:,}") == answer(str(n)) == Answer("reported", float(n), "count")


@given(st.integers(0, 10**12))
def test_money_comes_back(n: int) -> None:
    assert answer(f"${n:,}") == Answer("reported", float(n), "usd")


@given(st.integers(0, 999), st.integers(0, 9), st.sampled_from(["thousand", "million", "billion"]))
def test_scaled_money_comes_back(whole: int, tenth: int, scale: str) -> None:
    factor = {"thousand": 10**2, "million": 10**5, "billion": 10**8}[scale]
    assert answer(f"${whole}.{tenth} {scale}").value == (10 * whole + tenth) * factor


# ---------------------------------------------------------------------------------------------- statistics


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("21.8 (1,261,484)", (21.8, 1_261_484)),
        ("21.8% (1,261,484)", (21.8, 1_261_484)),
        ("21.8(984)", (21.8, 984)),
        ("7 ( 48,200 )", (7.0, 48_200)),
        ("33.2", (33.2, None)),
        ("100.0", (100.0, None)),
        ("0.0", (0.0, None)),
        ("33.2 %", (33.2, None)),
        ("Unavailable", (None, None)),
        ("N/A", (None, None)),
        ("(1,000)", (None, None)),
        ("", (None, None)),
    ],
)
def test_a_percent_and_a_population(text: str, expected: tuple[float | None, int | None]) -> None:
    assert percent_and_population(text) == expected


@given(st.integers(0, 1000), st.integers(0, 10**9))
def test_a_percent_and_its_population_come_back(tenths: int, people: int) -> None:
    assert percent_and_population(f"{tenths / 10} ({people:,})") == (tenths / 10, people)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 to 14", (5, 14)),
        ("5-14 yrs.", (5, 14)),
        ("5–14 years", (5, 14)),
        ("Ages 7 to 14", (7, 14)),
        ("14", (14, 14)),
        ("under 14", (None, None)),
        ("14 and over", (None, None)),
        ("Unknown", (None, None)),
        ("N/A", (None, None)),
        ("", (None, None)),
    ],
)
def test_a_range_of_ages(text: str, expected: tuple[int | None, int | None]) -> None:
    assert ages(text) == expected


@given(st.integers(0, 20), st.integers(0, 20), st.sampled_from(["{} to {}", "{}-{} yrs.", "{}–{}", "{} - {} years"]))
def test_a_range_of_ages_comes_back(low: int, high: int, form: str) -> None:
    assert ages(form.format(low, high)) == (low, high)


# ---------------------------------------------------------------------------------------------- legal standards


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("16", (16, None, "")),
        (" 18 ", (18, None, "")),
        ("16½", (16.5, None, "16½")),
        ("14.5", (14.5, None, "14.5")),
        ("17.5", (17.5, None, "17.5")),
        ("16+", (16, None, "16+")),
        ("14/12/10", (14, 10, "14/12/10")),
        ("14-18", (14, 18, "14-18")),
        ("Combat 18 / Non-combat 17", (18, 17, "Combat 18 / Non-combat 17")),
        ("16 (boys); 18 (girls)", (16, 18, "16 (boys); 18 (girls)")),
        ("15 (Article 12)", (15, None, "15 (Article 12)")),
        ("Up to age 16", (16, None, "Up to age 16")),
        ("1990", (None, None, "1990")),
        ("N/A", (None, None, "N/A")),
        ("Unknown", (None, None, "Unknown")),
        ("", (None, None, "")),
    ],
)
def test_ages_and_the_words_beside_them(text: str, expected: tuple[float | None, float | None, str]) -> None:
    assert age(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes", "Yes"),
        ("yes*", "Yes"),
        ("Yes (Mainland)", "Yes"),
        ("No", "No"),
        ("NO", "No"),
        ("N/A", "N/A"),
        ("✓", "Yes"),
        ("✗", "No"),
        ("✓✗", ""),
        ("N/A*", "N/A"),
        ("N/A (no army)", "N/A"),
        ("Not applicable", "N/A"),
        ("Unknown", "Unknown"),
        ("Information not available", "Unknown"),
        ("None", ""),
        ("Notable", ""),
        ("", ""),
    ],
)
def test_a_legal_status(text: str, expected: str) -> None:
    assert legal_status(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("✓", (True, "ratified")),
        ("Yes", (True, "ratified")),
        ("x", (None, "unknown")),
        ("✗", (False, "not_ratified")),
        ("No", (False, "not_ratified")),
        ("–", (False, "not_ratified")),
        ("", (False, "not_ratified")),
        ("N/A", (None, "not_applicable")),
        ("Not applicable", (None, "not_applicable")),
        ("Unknown", (None, "unknown")),
        ("Signed", (None, "unknown")),
        ("?", (None, "unknown")),
    ],
)
def test_a_ratification(text: str, expected: tuple[bool | None, str]) -> None:
    assert ratified(text) == expected


@given(st.integers(0, 10**12), st.sampled_from([", ", " ,", " "]))
def test_a_number_comes_back_whatever_blanks_cut_it(n: int, between: str) -> None:
    printed = f"{n:,}".replace(",", between)
    assert answer(printed) == Answer("reported", float(n), "count", repaired=n >= 1000)
    assert percent_and_population(f"9.5 ({printed})") == (9.5, n)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=4), st.sampled_from(["/", "-", ", ", " or ", "–", " "]))
def test_several_ages_give_the_first_and_the_last(halves: list[int], between: str) -> None:
    found = [half / 2 for half in halves]
    text = between.join(f"{one:g}" for one in found)
    assert age(text)[:2] == (found[0], found[-1] if len(set(found)) > 1 else None)
    assert fully_read("age", text) == (len(found) == 1 and found[0].is_integer())


# ---------------------------------------------------------------------------------------------- years


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019", ("2019", 2019, 2019)),
        ("2016 – 2019", ("2016-2019", 2016, 2019)),
        ("2016−2019", ("2016-2019", 2016, 2019)),
        ("2016‑2019", ("2016-2019", 2016, 2019)),
        ("2011, 2014 – 2016", ("2011,2014-2016", 2011, 2016)),
        ("2011; 2014—2016", ("2011,2014-2016", 2011, 2016)),
        ("2009 –2 013", ("2009-2013", 2009, 2013)),
        ("2014 - 20 16", ("2014-2016", 2014, 2016)),
        ("2018 -- 2019", ("2018-2019", 2018, 2019)),
        ("2018 – – 2019", ("2018-2019", 2018, 2019)),
        ("20162019", ("2016,2019", 2016, 2019)),
        ("2018 – 2019 2020", ("2018-2019,2020", 2018, 2020)),
        ("2018 – 20192020", ("2018-2019,2020", 2018, 2020)),
        ("", ("", None, None)),
        ("N/A", ("N/A", None, None)),
    ],
)
def test_the_years_of_an_action(text: str, expected: tuple[str, int | None, int | None]) -> None:
    assert year_span(text) == expected


@given(st.lists(st.tuples(years, years).map(sorted), min_size=1, max_size=5), st.data())
def test_years_come_back_whatever_blanks_are_between(spans: list[list[int]], data: st.DataObject) -> None:
    compact = ",".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)
    blanks = data.draw(st.lists(st.booleans(), min_size=len(compact), max_size=len(compact)))
    dash = data.draw(st.sampled_from("-–—−‑"))
    printed = "".join(c + " " * blank for c, blank in zip(compact, blanks, strict=True)).replace("-", dash)
    assert year_span(printed) == (compact, min(map(min, spans)), max(map(max, spans)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Harvest Plan (2012–2021)", (2012, 2021)),
        ("Harvest Plan (2012 - 2021)", (2012, 2021)),
        ("Harvest Plan 2012–2021", (2012, 2021)),
        ("Harvest Plan (2014)", (2014, None)),
        ("Harvest Plan (2014–)", (2014, None)),
        ("Harvest Plan (2014–present)", (2014, None)),
        ("Harvest Plan", (None, None)),
        ("Harvest Plan 2030", (None, None)),
        ("Harvest Plan (HP)", (None, None)),
        ("", (None, None)),
    ],
)
def test_the_years_in_the_name_of_a_policy(name: str, expected: tuple[int | None, int | None]) -> None:
    assert policy_years(name) == expected


@given(years, years, st.sampled_from("-–—"))
def test_the_years_of_a_policy_come_back(first: int, last: int, dash: str) -> None:
    assert policy_years(f"Harvest Plan ({first}{dash}{last})") == (first, last)


# ---------------------------------------------------------------------------------------------- what is not read whole

READ: dict[Kind, list[str]] = {
    "ratification": ["✓", "√", "☑", "✗", "×", "Yes", "No", "N/A", "Unknown", "Ratified", "Not ratified"],
    "age": ["16", "18.", "N/A", "Unknown"],
    "status": ["✓", "✗", "Yes", "No", "N/A (no army)", "Unknown", "Combat: Yes Non-Combat: Yes", "Combat: No"],
    "ages": ["5 to 14", "5-14 yrs.", "10 to 14.", "Ages 7–14", "14 years old", "Unavailable"],
    "percent": ["21.8 (1,261,484)", "33.2%", "11.7 (Unavailable)", "Unavailable", "0"],
    "answer": [
        "Yes",
        "No",
        "1,234",
        "$24,282,131.66",
        "$1.5 million",
        "US$ 5",
        "Unknown",
        "N/A",
        "7.559",
        "116, 535",
        "✗",
    ],
    "years": ["2011, 2014 – 2016", "2009 –2 013", "2020", "2018 -- 2019", "2009 – 2016; 2018"],
}
NOT_READ: dict[Kind, list[str]] = {
    "ratification": ["X", "March 3, 2001", "✓ 2001", "✓ ✗", "Signed"],
    "age": ["17.5", "16+", "14/12/10", "14-18", "Up to 16", "Combat 18 / Non-combat 17"],
    "status": ["Partial", "Meets", "None", "Yes/No", "Combat: Yes Non-Combat: No", "Yes, in part"],
    "ages": ["under 14", "14 and over", "5, 7, 9", "5 to 14 (boys)"],
    "percent": ["<1", "about 12.5", "11.7 (about 5,000)", "11.7 to 12.5", "21,8"],
    "answer": [
        "about 58",
        "58 or 60",
        "Over 100",
        "5-10",
        "✓ ✗",
        "16+",
        "Yes and no",
        "MAD 1.2 million",
        "58 (estimate)",
    ],
    "years": ["since 2011", "2011 and before", "every year"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in READ.items() for text in [*texts, "", "–"]])
def test_a_cell_of_a_known_form_is_read_whole(kind: Kind, text: str) -> None:
    assert fully_read(kind, text)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NOT_READ.items() for text in texts])
def test_a_cell_of_another_form_is_not(kind: Kind, text: str) -> None:
    assert not fully_read(kind, text)


# ---------------------------------------------------------------------------------------------- any text at all


@given(any_text | cell_like)
@example("²")
@example("½")
@example("١٢ (٣)")
def test_no_text_is_too_strange(text: str) -> None:
    """Nothing raises, and a state is one of the four."""
    assert answer(text).status in ("reported", "unknown", "not_applicable", "blank")
    assert legal_status(text) in ("Yes", "No", "N/A", "Unknown", "")
    percent_and_population(text)
    ages(text)
    age(text)
    ratified(text)
    year_span(text)
    policy_years(text)
    assert all(fully_read(kind, text) in (True, False) for kind in READ)


@given(without_digits)
def test_a_text_without_digits_holds_no_number(text: str) -> None:
    expected = answer(text)
    assert expected.value is None or expected.unit == "yes_no"
    assert percent_and_population(text) == (None, None)
    assert ages(text) == (None, None)
    assert age(text)[0] is None
    assert year_span(text)[1:] == (None, None)
    assert policy_years(text) == (None, None)


@given(any_text | cell_like)
def test_only_what_is_reported_has_a_value(text: str) -> None:
    expected = answer(text)
    assert expected.status == "reported" or (expected.value, expected.unit) == (None, "")
    assert (expected.value is None) == (expected.unit == "")
