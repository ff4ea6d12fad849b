"""The wording files: every name and label says one thing only, and a misprint does not make it say another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from extractors.chapter.columns import year_of_head
from extractors.rules import (
    best_phrase,
    column_of,
    country_code,
    country_in,
    current,
    fold,
    holds,
    label_by_words,
    label_code,
)
from schemas import codes
from tests.generator import LAYOUTS, Layout

CODES: dict[str, Mapping[str, str]] = {
    "statistics": codes.INDICATORS,
    "sectors": codes.SECTORS,
    "conventions": codes.CONVENTIONS,
    "legal_standards": codes.STANDARDS,
    "enforcement_labor": codes.LABOR_METRICS,
    "enforcement_criminal": codes.CRIMINAL_METRICS,
    "areas": codes.AREAS,
}
KINDS = [*CODES, "activity_sectors"]
TITLES = {code: table.title for code, table in current().tables.items()}

COUNTRIES = {
    "AFG": "Afghanistan", "AIA": "Anguilla", "ALB": "Albania", "AGO": "Angola", "ARG": "Argentina", "ARM": "Armenia",
    "AZE": "Azerbaijan", "BDI": "Burundi", "BEN": "Benin", "BFA": "Burkina Faso", "BGD": "Bangladesh",
    "BIH": "Bosnia and Herzegovina", "BLZ": "Belize", "BOL": "Bolivia", "BRA": "Brazil", "BTN": "Bhutan",
    "BWA": "Botswana", "CAF": "Central African Republic", "CCK": "Cocos (Keeling) Islands", "CHL": "Chile",
    "CIV": "Côte d’Ivoire", "CMR": "Cameroon", "COD": "Congo, Democratic Republic of the",
    "COG": "Congo, Republic of the", "COK": "Cook Islands", "COL": "Colombia", "COM": "Comoros", "CPV": "Cabo Verde",
    "CRI": "Costa Rica", "CXR": "Christmas Island", "DJI": "Djibouti", "DMA": "Dominica", "DOM": "Dominican Republic",
    "DZA": "Algeria", "ECU": "Ecuador", "EGY": "Egypt", "ERI": "Eritrea", "ESH": "Western Sahara", "ETH": "Ethiopia",
    "FJI": "Fiji", "FLK": "Falkland Islands (Islas Malvinas)", "FSM": "Micronesia", "GAB": "Gabon", "GEO": "Georgia",
    "GHA": "Ghana", "GIN": "Guinea", "GMB": "Gambia, The", "GNB": "Guinea-Bissau", "GNQ": "Equatorial Guinea",
    "GRD": "Grenada", "GTM": "Guatemala", "GUY": "Guyana", "HND": "Honduras", "HTI": "Haiti", "IDN": "Indonesia",
    "IND": "India", "IOT": "British Indian Ocean Territory", "IRN": "Iran", "IRQ": "Iraq", "JAM": "Jamaica",
    "JOR": "Jordan", "KAZ": "Kazakhstan", "KEN": "Kenya", "KGZ": "Kyrgyz Republic", "KHM": "Cambodia",
    "KIR": "Kiribati", "KNA": "St. Kitts and Nevis", "LAO": "Laos", "LBN": "Lebanon", "LBR": "Liberia",
    "LCA": "Saint Lucia", "LKA": "Sri Lanka", "LSO": "Lesotho", "MAR": "Morocco", "MDA": "Moldova",
    "MDG": "Madagascar", "MDV": "Maldives", "MKD": "North Macedonia", "MLI": "Mali", "MMR": "Burma",
    "MNE": "Montenegro", "MNG": "Mongolia", "MOZ": "Mozambique", "MRT": "Mauritania", "MSR": "Montserrat",
    "MUS": "Mauritius", "MWI": "Malawi", "MYS": "Malaysia", "NAM": "Namibia", "NER": "Niger", "NFK": "Norfolk Island",
    "NGA": "Nigeria", "NIC": "Nicaragua", "NIU": "Niue", "NPL": "Nepal", "OMN": "Oman", "PAK": "Pakistan",
    "PAN": "Panama", "PCN": "Pitcairn Islands", "PER": "Peru", "PHL": "Philippines", "PNG": "Papua New Guinea",
    "PRY": "Paraguay", "PSE": "West Bank and the Gaza Strip", "RUS": "Russia", "RWA": "Rwanda", "SDN": "Sudan",
    "SEN": "Senegal", "SHN": "Saint Helena, Ascension, and Tristan da Cunha", "SLB": "Solomon Islands",
    "SLE": "Sierra Leone", "SLV": "El Salvador", "SOM": "Somalia", "SRB": "Serbia", "SSD": "South Sudan",
    "STP": "São Tomé and Príncipe", "SUR": "Suriname", "SWZ": "Eswatini", "TCD": "Chad", "TGO": "Togo",
    "THA": "Thailand", "TJK": "Tajikistan", "TKL": "Tokelau", "TKM": "Turkmenistan", "TLS": "Timor-Leste",
    "TON": "Tonga", "TTO": "Trinidad and Tobago", "TUN": "Tunisia", "TUR": "Turkey", "TUV": "Tuvalu",
    "TZA": "Tanzania", "UGA": "Uganda", "UKR": "Ukraine", "URY": "Uruguay", "UZB": "Uzbekistan",
    "VCT": "St. Vincent and the Grenadines", "VEN": "Venezuela", "VGB": "British Virgin Islands", "VNM": "Vietnam",
    "VUT": "Vanuatu", "WLF": "Wallis and Futuna", "WSM": "Samoa", "XKX": "Kosovo", "YEM": "Yemen",
    "ZAF": "South Africa", "ZMB": "Zambia", "ZWE": "Zimbabwe",
}  # fmt: skip
"""Countries and territories under the names by which the reports print them."""

OTHER_FORMS = {
    "BIH": ["BOSNIA AND HERZEGOVINA", "Bosnia & Herzegovina"],
    "CIV": ["Cote d'Ivoire", "Cote d’Ivoire", "Côte d'Ivoire", "CÔTE D’IVOIRE", "Ivory Coast"],
    "COD": ["Democratic Republic of the Congo", "the Democratic Republic of the Congo", "Congo, Dem. Rep."],
    "COG": ["Republic of the Congo", "Congo, Rep."],
    "CPV": ["Cape Verde"],
    "FLK": ["Falkland Islands (Malvinas)", "Falkland Islands"],
    "GMB": ["The Gambia", "the Gambia", "Gambia"],
    "KGZ": ["Kyrgyzstan"],
    "LAO": ["Lao PDR"],
    "MKD": ["Macedonia", "Former Yugoslav Republic of Macedonia"],
    "MMR": ["Myanmar"],
    "PHL": ["the Philippines"],
    "PSE": ["West Bank and Gaza Strip", "WEST BANK AND THE GAZA STRIP"],
    "SHN": [
        "Saint Helena",
        "Saint Helena, Ascension and Tristan da Cunha",
        "Saint Helena, Ascensión, and Tristán da Cunha",
        "Saint Helena, Ascension, and Tristán da Cunha (formerly Saint Helena)",
        "Saint Helena-Ascension-Tristan da Cunha",
        "ST. HELENA, ASCENSIÓN, AND TRISTÁN DA CUNHA",
    ],
    "STP": ["Sao Tome and Principe"],
    "SWZ": ["Swaziland"],
    "TLS": ["East Timor"],
    "TUR": ["Türkiye"],
}


# ---------------------------------------------------------------------------------------------- countries


@pytest.mark.parametrize(("code", "name"), COUNTRIES.items())
def test_a_country_is_known_by_its_name_in_the_report(code: str, name: str) -> None:
    assert country_code(name) == code
    assert country_code(name.upper()) == code


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, names in OTHER_FORMS.items() for name in names])
def test_a_country_is_known_by_its_other_forms(code: str, name: str) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize("name", ["", "Guinea Conakry", "West", "Highlands", "Korea", "Government", "The"])
def test_what_is_no_country_or_could_be_two_is_none(name: str) -> None:
    assert country_code(name) is None


@pytest.mark.parametrize(("code", "name"), COUNTRIES.items())
def test_the_opening_sentence_names_the_country(code: str, name: str) -> None:
    if name.endswith((", The", " of the")):  # printed in this order in lists, the other way round in sentences
        name = " ".join(reversed(name.split(", ")))
    for sentence in (
        f"In 2019, {name} made a moderate advancement in ending the use of children in pits.",
        f"Although the Government of {name} built schools, Chad and Peru built more.",
        f"In 2019, {name}’s Parliament met twice; {name}'s ministers met once.",
    ):
        found = country_in(sentence)
        assert found is not None
        assert found[1] == code, found


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("In 2016, Bosnia and Herzegovina (BiH) met.", ("Bosnia and Herzegovina", "BIH")),
        ("In 2016, Guinea-Bissau and Guinea met.", ("Guinea-Bissau", "GNB")),
        ("In 2016, the Dominican Republic met Dominica.", ("Dominican Republic", "DOM")),
        ("In 2016, South Sudan met Sudan.", ("South Sudan", "SSD")),
        ("In 2016, Nigeria met Niger.", ("Nigeria", "NGA")),
        ("In 2016, Equatorial Guinea met Papua New Guinea.", ("Equatorial Guinea", "GNQ")),
        ("In 2016, the West Bank and the Gaza Strip had a plan.", ("West Bank and the Gaza Strip", "PSE")),
        ("In 2016, Congo, Democratic Republic of the, met.", ("Congo, Democratic Republic of the", "COD")),
        (
            "In 2016, Saint Helena, Ascension, and Tristan da Cunha met.",
            ("Saint Helena, Ascension, and Tristan da Cunha", "SHN"),
        ),
        ("In 2016, children ate turkey and chad fell.", None),
        ("In 2016, nobody met.", None),
        ("", None),
    ],
)
def test_the_whole_name_is_taken_and_no_part_of_it(sentence: str, said: tuple[str, str] | None) -> None:
    assert country_in(sentence) == said


# ---------------------------------------------------------------------------------------------- labels and codes


def labels() -> Iterator[tuple[str, str, str]]:
    """Kind, code and wording of every row label that is known."""
    for kind in KINDS:
        for code, entry in current().labels[kind].items():
            for label in entry.labels:
                yield kind, code, label


def test_every_label_has_its_own_code() -> None:
    assert [(kind, label) for kind, code, label in labels() if label_code(kind, label) != code] == []
    assert [(kind, label) for kind, code, label in labels() if label_code(kind, label.upper() + "†") != code] == []


def misprints(label: str) -> Iterator[str]:
    """The folded label with one letter gone, one doubled, or one replaced; digits stay."""
    for i, letter in enumerate(label):
        if letter.isalpha():
            yield label[:i] + label[i + 1 :]
            yield label[:i] + letter + label[i:]
            yield label[:i] + ("x" if letter != "x" else "y") + label[i + 1 :]


def test_a_misprint_of_one_letter_is_forgiven_in_a_long_label_and_never_gives_another_code() -> None:
    for kind, code, label in labels():
        allowed = {code} if len(label) >= 13 else {code, None}
        for misprint in misprints(fold(label)):
            assert label_code(kind, misprint) in allowed, (kind, label, misprint)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ILO C. 138, Minimum Age", "ilo_c138"),
        ("ILO C 138 Minimun Age", "ilo_c138"),
        ("ILO C. 182, Worst Forms of Child Labor", "ilo_c182"),
        ("ILO C. 182, Worst Form of Child Labor", "ilo_c182"),
        ("ILO C. 182, Minimum Age", None),
        ("ILO C. 188, Minimum Age", None),
        ("ILO C. 138, Worst Forms of Child Labor", None),
        ("ILO C. 183, Worst Forms of Child Labor", None),
        ("ILO C., Minimum Age", None),
    ],
)
def test_the_numbers_of_conventions_are_never_forgiven(text: str, code: str | None) -> None:
    assert label_code("conventions", text) == code


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("enforcement_labor", "Number of Drones Flown"),
        ("enforcement_labor", ""),
        ("enforcement_criminal", "Number of Labor Inspectors"),
        ("legal_standards", "Minimum Age for Driving"),
        ("areas", "Weather"),
        ("sectors", "Handicrafts"),
    ],
)
def test_a_label_of_something_else_has_no_code(kind: str, text: str) -> None:
    assert label_code(kind, text) is None
    assert label_by_words(kind, text) is None


@pytest.mark.parametrize(("kind", "code", "label"), list(labels()))
def test_the_words_of_a_code_take_no_label_of_another(kind: str, code: str, label: str) -> None:
    assert label_by_words(kind, label) in (code, None)
    assert label_by_words(kind, f"{label} in the Karsel Highlands") in (code, None)


def test_every_phrase_of_words_names_its_own_code() -> None:
    for kind in KINDS:
        for code, entry in current().labels[kind].items():
            for phrase in entry.words:
                assert label_by_words(kind, f"Share of {phrase} by district") == code, (kind, phrase)


# ---------------------------------------------------------------------------------------------- titles and headers


def test_the_title_of_a_table_names_one_table() -> None:
    for code, phrases in TITLES.items():
        for phrase in phrases:
            others = [o for o, own in TITLES.items() if o != code and any(holds(phrase, p) for p in own)]
            assert best_phrase(phrase, TITLES) == code
            assert others == [], f"{phrase!r} is also a title of {others}"


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_title_and_header_of_the_form_is_known(layout: Layout) -> None:
    wording = layout.wording
    for code, title in wording.titles.items():
        assert best_phrase(f"Table 4. {title}{wording.continued}", TITLES) == code
    for code, header in wording.headers.items():
        names = [column_of(text, current().tables[code]) for text in header if text]
        assert "" not in names, code
        assert len(set(names)) == len(names), code


@pytest.mark.parametrize("code", TITLES)
def test_a_header_names_one_column(code: str) -> None:
    table = current().tables[code]
    for name, phrases in table.headers.items():
        for phrase in phrases:
            assert column_of(phrase.title(), table) == name
            assert column_of(f"{phrase} (of all)", table) == name
    assert column_of("Zeppelin", table) == ""


@pytest.mark.parametrize(
    ("head", "year"),
    [
        ("2018", "2018"),
        ("2018†", "2018"),
        ("FY 2018", "2018"),
        ("FY2018", "2018"),
        ("Fiscal Year 2018 (July–June)", "2018"),
        ("Budget 2018", ""),
        ("20182", ""),
    ],
)
def test_a_year_heads_its_own_column(head: str, year: str) -> None:
    assert year_of_head(head, current().tables["enforcement_labor"]) == year
