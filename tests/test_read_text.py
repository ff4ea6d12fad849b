"""The reader of raw texts. Every text here is invented; Arvenia (XAV) is no country."""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.model import Chapter, Grid, Line, UnreadableSource
from extractors.readers import read_chapter
from extractors.readers.repairs import apply
from extractors.rules import current

Read = Callable[[str | bytes], Chapter]

SOUND = """In 2019, Arvenia made a moderate advancement in efforts to eliminate the worst forms of child labor.

I. PREVALENCE AND SECTORAL DISTRIBUTION OF CHILD LABOR

Children in Arvenia pick cotton. (1,2) A third of them, about 12,400, are ages 5 to 14. (3) Table 1 shows more.

Table 1. Overview of Children's Work by Sector and Activity

Sector/Industry\tActivity
Agriculture\tFarming,† including of cotton† (1,3-6)
\tFishing (2)
Services\tDomestic work (4)

† Determined by law as hazardous.

REFERENCES

- 1 Ministry of Works. Report No. 27. May 3, 2018. https://arvenia.example/lib/I5_l0.pdf.
- 2 Ministry of Mines. Written Communication. 2017. Source on file.
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a text (or bytes) through a file."""

    def read_it(content: str | bytes) -> Chapter:
        path = tmp_path / "arvenia.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_chapter(path)

    return read_it


def texts(chapter: Chapter) -> list[str]:
    return [line.text for line in chapter.lines()]


def grids(chapter: Chapter) -> list[list[list[str]]]:
    found = [block for block in chapter.blocks if isinstance(block, Grid)]
    return [[[cell.text if cell else "-" for cell in row] for row in (grid.header, *grid.rows)] for grid in found]


# ---------------------------------------------------------------------------------------------- a sound text


def test_sound_text_goes_through_unchanged(read: Read) -> None:
    chapter = read(SOUND)
    assert chapter.issues == ()
    assert "".join("".join(texts(chapter)).split()) == "".join(SOUND.split())
    assert chapter.source.format == "text"
    assert chapter.source.path == "arvenia.txt"
    assert chapter.source.page_count is None
    assert len(chapter.source.sha256) == 64


def test_line_numbers_are_those_of_the_file(read: Read) -> None:
    raw = SOUND.split("\n")
    for line in read(SOUND).lines():
        assert line.text in " ".join(raw[line.number - 1].split("\t"))
        assert line.where.line == line.number
        assert line.where.page is None


def test_gap_is_a_blank_line_above(read: Read) -> None:
    lines = [b for b in read("One line\nnext line\n \nlast line").blocks if isinstance(b, Line)]
    assert [(line.number, line.gap) for line in lines] == [(1, False), (2, False), (4, True)]


def test_source_path_is_recorded_as_given(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text(SOUND)
    assert read_chapter(path, "2019/arvenia.txt").source.path == "2019/arvenia.txt"


# ---------------------------------------------------------------------------------------------- characters


REPAIRED = [
    # markup
    (r"a fund of \$43,000 for Arvenia", "a fund of $43,000 for Arvenia"),
    (r"Works \& Mines, 12\% of it, Law \#5", "Works & Mines, 12% of it, Law #5"),
    (r"see https://arvenia.example/a\_b/\$FILE/x.pdf.", "see https://arvenia.example/a_b/$FILE/x.pdf."),
    (r"$[\]ensuremath{\dagger}$ Policy is new.", "† Policy is new."),
    (r" $[\]dagger$ Policy is new.", "† Policy is new."),
    (r"$[\ensuremath{\ddagger}]$ Policy is new.", "‡ Policy is new."),
    (r"Farming $^{\dagger}$ of cotton", "Farming† of cotton"),
    (r"\( ^{\ddagger} \) Age is an estimate.", "‡ Age is an estimate."),
    (r"about $21.8 \%$ of children", "about 21.8% of children"),
    (r"Farming\textsuperscript{†} and \textit{Casa \textbf{Nova}}", "Farming† and Casa Nova"),
    (r"Mining\dagger and \textbullet{} weaving", "Mining† and • weaving"),
    (r"Jos\'{e} of Arvenia", "José of Arvenia"),
    (r"the ``Seal of Works'' of Arvenia", "the “Seal of Works” of Arvenia"),
    ("[‡] Data are of March.", "‡ Data are of March."),
    ("[‡]Data are of March.", "‡ Data are of March."),
    ("Mining[†] of gold", "Mining† of gold"),
    ("the (<i>Casa Nova</i>) plan", "the (Casa Nova) plan"),
    ("by <i>Casa Nova</i> ; Work by <B>Casa</B>", "by Casa Nova; Work by Casa"),
    ("Mining<sup>†</sup> of gold<br/>and tin", "Mining† of gold and tin"),
    ("26<sup>1</sup> cases", "26 1 cases"),
    ("the *Casa Nova* and **Casa Alta** programs", "the Casa Nova and Casa Alta programs"),
    ("the _Casa Nova_ program", "the Casa Nova program"),
    ("## Labor Law Enforcement", "Labor Law Enforcement"),
    ("# II. LEGAL FRAMEWORK", "II. LEGAL FRAMEWORK"),
    ("Report. [https://arvenia.example/a](https://arvenia.example/a).", "Report. https://arvenia.example/a."),
    ("Report. <https://arvenia.example/a>.", "Report. https://arvenia.example/a."),
    ("Works &amp; Mines", "Works & Mines"),
    ("Ministry of <!-- image --> Works", "Ministry of Works"),
    # signs
    ("labor\u00adatory of\u200b \ufb01shing", "laboratory of fishing"),
    ("the Educaci\u00c3\u00b3n plan", "the Educación plan"),
    ("armed groups by non\ufffestate actors", "armed groups by non-state actors"),
    # I, l and O
    ("Table I. Work of Children", "Table 1. Work of Children"),
    ("(Table l0)", "(Table 10)"),
    ("in 20I9 and 2OI8 and l999", "in 2019 and 2018 and 1999"),
    ("Enacted: May 4, 200 I.", "Enacted: May 4, 2001."),
    ("on May I2, 2018 and June 3O, 2018", "on May 12, 2018 and June 30, 2018"),
    ("Law No. 1234 I. Enacted", "Law No. 12341. Enacted"),
    ("about I,6I9,200 children", "about 1,619,200 children"),
    ("ages 5 to I4 and 1O-l7", "ages 5 to 14 and 10-17"),
    ("ILO C. I82", "ILO C. 182"),
    ("a $l6.25 million project", "a $16.25 million project"),
    ("2I.8 percent", "21.8 percent"),
    (
        "a ratio approaching I inspector for every 15,000 workers",
        "a ratio approaching 1 inspector for every 15,000 workers",
    ),
    ("a ratio approaching I inspector for every", "a ratio approaching 1 inspector for every"),
    ("about I percent", "about 1 percent"),
    ("closed for I year", "closed for 1 year"),
    ("a child aged 1O, ages 1I and 12", "a child aged 10, ages 11 and 12"),
    ("5 to 1O", "5 to 10"),
    ("I.5 million in 2OI7", "1.5 million in 2017"),
    ("a $I.5 fee, a $I,OOO fine", "a $1.5 fee, a $1,000 fine"),
    ("Unknown (1O)", "Unknown (10)"),
    ("IO.5 percent", "10.5 percent"),
    ("16I2 and 7O7", "1612 and 707"),
    ("Cotton is picked. (I-3)", "Cotton is picked. (1-3)"),
    ("✔", "✓"),
    ("No.\\ 5 of Works", "No. 5 of Works"),
    (r"\*Evidence is thin \[sic\]", "*Evidence is thin [sic]"),
    ("see [Works](https://arvenia.example/a)", "see Works https://arvenia.example/a"),
    ("Cotton is picked. (I,2) Tin is mined. (1O,l2-l4)", "Cotton is picked. (1,2) Tin is mined. (10,12-14)"),
    ("Unknown (I5)", "Unknown (15)"),
    ("26I (6)", "261 (6)"),
    ("I (6)", "1 (6)"),
    ("lll. ENFORCEMENT OF LAWS", "III. ENFORCEMENT OF LAWS"),
    ("Mining formal e llegal en Arvenia", "Mining formal e Ilegal en Arvenia"),
    ("the lnspectorate and the lLO", "the Inspectorate and the ILO"),
    # a page's head and foot inside a sentence
    ("one for every MODERATE ADVANCEMENT 15,000 workers", "one for every 15,000 workers"),
    ("workers in the 2019 FINDINGS ON THE WORST FORMS OF CHILD LABOR 7", "workers in the"),
]


@pytest.mark.parametrize(("damaged", "right"), REPAIRED)
def test_damage_is_repaired_and_said(read: Read, damaged: str, right: str) -> None:
    chapter = read(f"Arvenia\n\n{damaged}\n")
    assert texts(chapter)[1:] == [right]
    assert {issue.check for issue in chapter.issues} == {"text_repaired"}
    assert all(issue.where.line == 3 and issue.severity == "info" and "->" in issue.message for issue in chapter.issues)


@pytest.mark.parametrize(
    "sound",
    [
        "a sum of $5 million to $10 million, and US$3",
        "Farming,* production of cotton,* and weaving*",
        "* Evidence of this activity is limited and/or the extent of the problem is unknown.",
        "*† and clearing forests, including burning trees*†",
        "# Program is funded by the Government of Arvenia.",
        "see MIMP_Children and SUN_FIL",
        "World War I, Phase I in 2015, and Elizabeth I of Arvenia",
        "Article 12 I and Article 153-I of the Code, visa I-140",
        "Annex I (1,2) and Parts I, II, and III",
        "Sections (I) and (II), Section 5 (l), Article 3(a)–(c)",
        "https://arvenia.example/l0O1/I5,I0?a=2O19&I=l2",
        "see files/3926 201207I01510.pdf?x=I1",
        "Table A1, Form I, Figure skating",
        "he said “I work for every family” and then I left",
        "U.S.–Arvenia Compact (2017–2021), at 5 l of water",
        "the l'Avenir plan, d’l’Est, y llegada, lbs., Ltd.",
        "the period (2013--2017) as printed",
        "the 2018 Findings on the Worst Forms of Child Labor tell more, and so does no advancement.",
        "[Arvenian Seal (SELTI)] was made",
        "x < 5 and y > 3; a << b",
        "Articles 153, 153 H 153-J, and 179–183-B of the Penal Code",
        "Arvenia’s “Seal” – 12½ °C, N° 5, Nº 6 ; fin",
        "I. PREVALENCE AND SECTORAL DISTRIBUTION",
    ],
)
def test_near_misses_stay(read: Read, sound: str) -> None:
    chapter = read(f"Arvenia\n\n{sound}\n")
    assert texts(chapter)[1:] == [sound]
    assert chapter.issues == ()


@pytest.mark.parametrize("damage", ["a \ufffd sign", r"\undefined here", "a <weird tag> here", "a sum of $500$ here"])
def test_what_cannot_be_repaired_is_said(read: Read, damage: str) -> None:
    chapter = read(f"Arvenia\n{damage}\n")
    assert texts(chapter)[1] == damage
    assert [(issue.check, issue.severity, issue.where.line) for issue in chapter.issues] == [
        ("text_damaged", "warning", 2)
    ]


def test_a_repair_names_what_stood_before(read: Read) -> None:
    (issue,) = read("Arvenia paid \\$43,000 and \\$43,000 more.").issues
    assert issue.message == "escaped sign: '\\$43,000' -> '$43,000' (2 times)"


def test_every_rule_of_the_file_is_tested() -> None:
    """A rule without an example is a rule that nobody has seen work."""
    unused = dict(enumerate(current().text_repairs.repairs))
    for text, _ in REPAIRED:
        for number, rule in enumerate(current().text_repairs.repairs):
            done: list[tuple[str, str]] = []
            text = apply(rule, text, done)
            if done:
                unused.pop(number, None)
    assert [(rule.name, rule.find.pattern) for rule in unused.values()] == []


# ---------------------------------------------------------------------------------------------- tables


def test_tabbed_lines_are_a_grid(read: Read) -> None:
    chapter = read(
        "Table 2. Laws\n\nStandard\tMeets\tAge\tLaw\nWork\tYes\t\tAct 5\nFree\tN/A\nArmed\tNo\t\t\n\n† A note.\n"
    )
    assert grids(chapter) == [
        [
            ["Standard", "Meets", "Age", "Law"],
            ["Work", "Yes", "", "Act 5"],
            ["Free", "N/A", "", ""],
            ["Armed", "No", "", ""],
        ]
    ]
    caption, grid, note = chapter.blocks
    assert isinstance(caption, Line) and caption.text == "Table 2. Laws"
    assert isinstance(grid, Grid) and grid.where.line == 3
    assert grid.rows[0][2] is not None and grid.rows[0][2].lines == ()
    assert isinstance(note, Line) and note.number == 8


def test_first_column_without_head_is_a_column(read: Read) -> None:
    table = "\tConvention\tRatification\n\tILO C. 138\t\\checkmark\n\tUN CRC\t✔\n\tPalermo Protocol\t\n"
    chapter = read(table)
    assert grids(chapter) == [
        [["", "Convention", "Ratification"], ["", "ILO C. 138", "✓"], ["", "UN CRC", "✓"], ["", "Palermo Protocol", ""]]
    ]


def test_emblem_read_as_letters_is_said(read: Read) -> None:
    chapter = read("\tConvention\tRatification\nXQ TO\tILO C. 138\t✓\n\tUN CRC\t✓\n\tPalermo Protocol\t✓\n")
    assert [(issue.check, issue.where.line) for issue in chapter.issues] == [("text_damaged", 2)]
    assert "XQ TO" in chapter.issues[0].message


def test_stray_backslashes_are_left_out(read: Read) -> None:
    chapter = read("\t\\ \\ \\ \\\nCoordinating Body\tRole\nCouncil\tMeets.\n")
    assert grids(chapter) == [[["Coordinating Body", "Role"], ["Council", "Meets."]]]
    (issue,) = chapter.issues
    assert issue.where.line == 1 and "\\ \\ \\" in issue.message


def test_markdown_table_is_a_grid(read: Read) -> None:
    chapter = read("| Policy | Description |\n|---|:--:|\n| **Plan** | Aims\\|acts |\n| Seal<sup>†</sup> | |\n")
    assert grids(chapter) == [[["Policy", "Description"], ["Plan", "Aims|acts"], ["Seal†", ""]]]


def test_broken_row_goes_on(read: Read) -> None:
    chapter = read("Agency\tRole\nMinistry of Works\tInspects farms,\nmines, and mills. (2)\nPolice\tArrests. (3)\n")
    assert grids(chapter) == [
        [["Agency", "Role"], ["Ministry of Works", "Inspects farms, mines, and mills. (2)"], ["Police", "Arrests. (3)"]]
    ]
    cell = next(block for block in chapter.blocks if isinstance(block, Grid)).rows[0][1]
    assert cell is not None and [line.number for line in cell.lines] == [2, 3]
    assert [issue.where.line for issue in chapter.issues] == [3]


def test_label_without_values_is_a_row(read: Read) -> None:
    chapter = read("Overview\t2018\t2019\nTraining for Labor Inspectors\nInitial Training\tYes (3)\tNo (4)\n")
    assert grids(chapter)[0][1] == ["Training for Labor Inspectors", "", ""]


def test_prose_below_a_table_is_no_row(read: Read) -> None:
    chapter = read("Agency\tRole\nPolice\tArrests. (3)\nIn 2019, Arvenia opened two offices.\n")
    assert grids(chapter) == [[["Agency", "Role"], ["Police", "Arrests. (3)"]]]
    assert texts(chapter)[-1] == "In 2019, Arvenia opened two offices."


def test_caption_and_note_with_a_tab_are_lines(read: Read) -> None:
    chapter = read("Table 3.\tAgencies\nAgency\tRole\nPolice\tArrests. (3)\n†\tA note.\n")
    assert [b.text for b in chapter.blocks if isinstance(b, Line)] == ["Table 3. Agencies", "† A note."]
    assert grids(chapter) == [[["Agency", "Role"], ["Police", "Arrests. (3)"]]]


def test_table_goes_on_over_a_page(read: Read) -> None:
    table = "Agency\tRole\nPolice\tArrests. (3)\n\n7\n\nMODERATE ADVANCEMENT\n\nCourts\tJudge. (4)\n"
    chapter = read(table)
    assert grids(chapter) == [[["Agency", "Role"], ["Police", "Arrests. (3)"], ["Courts", "Judge. (4)"]]]
    assert [(b.text, b.zone) for b in chapter.blocks if isinstance(b, Line)] == [
        ("7", "foot"),
        ("MODERATE ADVANCEMENT", "head"),
    ]


def test_repeated_header_begins_a_new_grid(read: Read) -> None:
    chapter = read("Policy\tDescription\nPlan\tAims.\n\nMODERATE ADVANCEMENT\n\nPolicy\tDescription\nSeal\tActs.\n")
    assert [len(grid) for grid in grids(chapter)] == [2, 2]


def test_short_header_is_filled_up(read: Read) -> None:
    chapter = read("Convention\tRatification\n\tILO C. 138\t✓\n\tUN CRC\t✓\n")
    assert grids(chapter)[0][0] == ["", "Convention", "Ratification"]
    chapter = read("Standard\tAge\nWork\t15\tAct 5\nFree\t16\tAct 6\n")
    assert grids(chapter)[0][0] == ["Standard", "Age", ""]


def test_too_many_cells_are_kept_and_said(read: Read) -> None:
    chapter = read("Agency\tRole\nPolice\tArrests.\tJudges.\nCourts\tJudge.\nCouncil\tMeets.\n")
    assert grids(chapter)[0][1] == ["Police", "Arrests. Judges."]
    assert [issue.check for issue in chapter.issues] == ["text_damaged"]


@pytest.mark.parametrize(
    "text",
    [
        "\tIn 2019, Arvenia acted.\n\tIn 2020, it rested.\n",
        "1.\tMinistry of Works. Report.\n2.\tMinistry of Mines. Report.\n",
        "REFERENCES\n\n1\tMinistry of Works.\t2018.\n2\tMinistry of Mines.\t2017.\n",
        "one line\twith a tab\n",
    ],
)
def test_tabs_that_make_no_table(read: Read, text: str) -> None:
    chapter = read(text)
    assert grids(chapter) == []
    assert " ".join(texts(chapter)) == " ".join(text.split())


# ---------------------------------------------------------------------------------------------- furniture


@pytest.mark.parametrize(
    ("line", "zone"),
    [
        ("SIGNIFICANT ADVANCEMENT", "head"),
        ("**NO ASSESSMENT**", "head"),
        ("Minimal Advancement – Efforts Made but Continued Law that Delayed Advancement", "head"),
        ("2019 FINDINGS ON THE WORST FORMS OF CHILD LABOR 7", "foot"),
        ("4 BUREAU OF INTERNATIONAL LABOR AFFAIRS 2016 FINDINGS ON THE WORST FORMS OF CHILD LABOR", "foot"),
        ("BUREAU OF INTERNATIONAL LABOR AFFAIRS", "foot"),
        ("12", "foot"),
        ("Page 3 of 12", "foot"),
        ("significant advancement", "body"),
        ("No Advancement was made by the Ministry", "body"),
        ("The 2018 Findings on the Worst Forms of Child Labor tell more.", "body"),
        ("12 inspectors", "body"),
    ],
)
def test_running_heads_and_feet(read: Read, line: str, zone: str) -> None:
    chapter = read(f"Arvenia employs one inspector for every\n\n{line}\n\n15,000 workers in mills.\n")
    found = chapter.blocks[1]
    assert isinstance(found, Line) and (found.text, found.zone, found.number) == (line, zone, 3)


def test_country_above_a_page_is_a_head(read: Read) -> None:
    chapter = read("Peru\nMODERATE ADVANCEMENT\n\nIn 2019, it acted.\n\nChad\n\nIn 2020, it rested.\n")
    assert [b.zone for b in chapter.blocks if isinstance(b, Line)] == ["head", "head", "body", "body", "body"]


def test_a_number_alone_in_the_references_is_no_page_number(read: Read) -> None:
    chapter = read("REFERENCES\n\n1\n\nMinistry of Works. Report.\n\n2\n\nMinistry of Mines. Report.\n")
    assert {b.zone for b in chapter.blocks if isinstance(b, Line)} == {"body"}


# ---------------------------------------------------------------------------------------------- entry numbers


def test_letters_in_an_entrys_number(read: Read) -> None:
    entries = ["I Works", "2 Mines", "Mills", "4 Farms", "l0 Ports", "II Courts", "I2 Police"]
    chapter = read("REFERENCES\n\n" + "".join(f"- {entry}. Report.\n" for entry in entries))
    wanted = ["1 Works", "2 Mines", "Mills", "4 Farms", "10 Ports", "11 Courts", "12 Police"]
    assert texts(chapter)[1:] == [f"- {entry}. Report." for entry in wanted]


def test_a_numeral_that_fits_no_place_stays(read: Read) -> None:
    text = "REFERENCES\n\n- 4 Works. Report.\n- I Plan of Works.\n- 6 Mines. Report.\n"
    chapter = read(text)
    assert texts(chapter)[2] == "- I Plan of Works."
    assert chapter.issues == ()


# ---------------------------------------------------------------------------------------------- encodings


ACCENTED = SOUND.replace("cotton", "algodón – “fibra”")


@pytest.mark.parametrize(
    "data",
    [
        ACCENTED.encode("utf-8-sig"),
        ACCENTED.encode("utf-16"),
        codecs.BOM_UTF16_BE + ACCENTED.encode("utf-16-be"),
        ACCENTED.encode("utf-32"),
        ACCENTED.replace("\n", "\r\n").encode(),
        ACCENTED.replace("\n", "\r").encode(),
        ACCENTED.replace("pick algodón", "pick\u00a0algodón").encode(),
        ACCENTED.replace("\nI. PREV", "\n\fI. PREV").encode(),
    ],
)
def test_unicode_in_all_its_forms(read: Read, data: bytes) -> None:
    chapter = read(data)
    expected = read(ACCENTED)
    assert texts(chapter) == texts(expected)
    assert [line.number for line in chapter.lines()] == [line.number for line in expected.lines()]
    assert chapter.issues == ()


def test_utf16_without_mark(read: Read) -> None:
    plain = SOUND.replace("†", "*")
    assert texts(read(plain.encode("utf-16-le"))) == texts(read(plain))
    assert texts(read(plain.encode("utf-16-be"))) == texts(read(plain))


def test_windows_1252_is_said(read: Read) -> None:
    chapter = read(ACCENTED.encode("cp1252"))
    assert texts(chapter) == texts(read(ACCENTED))
    assert [issue.check for issue in chapter.issues] == ["text_encoding"]


def test_stray_windows_bytes_in_utf8(read: Read) -> None:
    chapter = read(ACCENTED.encode() + b"\nEl Pa\xeds. 2018.\n")
    assert texts(chapter)[-1] == "El País. 2018."
    assert [issue.check for issue in chapter.issues] == ["text_encoding"]


# ---------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\r\n", "empty"),
        (b"12 34\n--\n", "letters"),
        (b"%PDF-1.7\nstream", "PDF"),
        (b"PK\x03\x04abc", "ZIP"),
        (bytes(range(256)) * 20, "binary"),
        (codecs.BOM_UTF16_LE + b"abc", "damaged"),
    ],
)
def test_unreadable_files_say_why(read: Read, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSource, match=reason):
        read(data)


# ---------------------------------------------------------------------------------------------- properties


words = st.text(st.sampled_from("abcdefgh éñ†(),.0123456789"), max_size=30)
rows = st.lists(st.one_of(words, st.lists(words, min_size=2, max_size=4).map("\t".join)), min_size=1, max_size=12)


@given(rows=rows)
def test_no_character_is_lost_or_moved(rows: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Sound characters in any arrangement of lines and tabs: each is in the line of its number, once."""
    text = "Arvenia\n" + "\n".join(rows)
    path = tmp_path_factory.mktemp("t") / "a.txt"
    path.write_text(text, encoding="utf-8", newline="")
    found: dict[int, str] = {}
    for line in read_chapter(path).lines():
        found[line.number] = found.get(line.number, "") + line.text
    for number, raw in enumerate(text.split("\n"), 1):
        assert "".join(found.get(number, "").split()) == "".join(raw.split())


@given(text=st.text(st.sampled_from("aIlO1 20,.$\\{}^[]()†*_#|<>/&;\t\n-–\ufffd"), max_size=80))
def test_any_damage_gives_a_chapter_with_even_rows(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("t") / "a.txt"
    path.write_text("Arvenia\n" + text, encoding="utf-8", newline="")
    chapter = read_chapter(path)
    for block in chapter.blocks:
        if isinstance(block, Grid):
            assert block.rows and {len(row) for row in block.rows} == {len(block.header)}
    assert all(issue.where.line is None or 1 <= issue.where.line <= text.count("\n") + 2 for issue in chapter.issues)
    assert chapter == read_chapter(path)


@pytest.mark.parametrize(
    "piece", ["/", "*a", "_", "\\", "(I", "I", "1I,", "$", "<", "[", "|", "\\(", "http://", " a\n\n", "`"]
)
def test_time_grows_with_size_only(read: Read, piece: str) -> None:
    """A quadratic expression would take minutes. This is CPU time of this process: other load does not add to it."""
    start = time.process_time()
    read("Arvenia " + piece * (100_000 // len(piece)) + " end")
    assert time.process_time() - start < 60


def test_accents_beside_daggers_are_no_misread_chinese(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Arvenia\né††\n", encoding="utf-8")
    assert [line.text for line in read_chapter(path).lines()] == ["Arvenia", "é††"]
