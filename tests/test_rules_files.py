"""The rules as files: a mistake is refused with file, line, key and reason; an overlay adds and overrides."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extractors import extract, rules
from extractors.names import shapes
from extractors.rules.files import INSTALLED, NAMES
from flows.cli import app
from flows.wording import use_rules
from tests.conftest import ROOT

Overlay = Callable[..., Path]


@pytest.fixture
def overlay(tmp_path: Path) -> Iterator[Overlay]:
    """Write an overlay folder: ``overlay(tables="…", labels="…")``. Afterwards the installed rules are in use again."""

    def write(**files: str) -> Path:
        for name, text in files.items():
            (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
        return tmp_path

    yield write
    use_rules(None)


WRONG = {
    "unknown key": (
        "tables",
        "agencies:\n  columns:\n    role: {headers: [mandate]}\n",
        3,
        "agencies.columns.role.headers",
        "unknown key; did you mean 'header'?",
    ),
    "unknown code": (
        "labels",
        "areas:\n  wether: {labels: [weather]}\n",
        2,
        "areas.wether",
        "unknown code; the codes of areas are coordination, enforcement, government_policies, legal_framework, other, "
        "social_programs",
    ),
    "truth value": (
        "tables",
        "legal_standards:\n  columns:\n    status:\n      header:\n        - no\n",
        5,
        "legal_standards.columns.status.header[1]",
        'YAML reads an unquoted yes, no, on, off, true or false as a truth value; put the word in quotes, as in "no"',
    ),
    "broken pattern": (
        "text_repairs",
        "repairs:\n  - {name: page, find: '(page', put: ''}\n",
        2,
        "repairs[1].find",
        "broken regular expression: missing ), unterminated subpattern at position 0",
    ),
    "never matches": (
        "tables",
        "agencies:\n  title: ['† – †']\n",
        2,
        "agencies.title[1]",
        "the phrase has no letter or digit, so it can never match",
    ),
    "two tables": (
        "tables",
        "policies:\n  title: [Social Programs to Address Child Labor]\n",
        2,
        "policies.title",
        "the phrase 'social programs to address child labor' is also of 'programs', so it cannot decide between",
    ),
    "two columns": (
        "tables",
        "agencies:\n  columns:\n    role: {header: [Organization/Agency]}\n",
        3,
        "agencies.columns.role.header",
        "the header 'organization agency' is also of the column 'agency'",
    ),
    "two codes": (
        "labels",
        "areas:\n  coordination: {labels: [Enforcement]}\n",
        2,
        "areas.coordination.labels",
        "the phrase 'enforcement' is also of 'enforcement', so it cannot decide between the two",
    ),
    "twice": (
        "tables",
        "agencies:\n  columns:\n    role: {header: [ROLE]}\n",
        3,
        "agencies.columns.role.header",
        "the phrase 'role' stands twice (capitals and punctuation make no difference)",
    ),
    "a citation": (
        "labels",
        "areas:\n  coordination: {labels: [Coordination (1)]}\n",
        2,
        "areas.coordination.labels[1]",
        "numbers in parentheses are read as citations of a label, so the phrase can never match",
    ),
    "no list": ("tables", "agencies:\n  title: Agencies\n", 2, "agencies.title", "a list is expected, as in"),
    "a number": ("tables", "agencies:\n  title: [2019]\n", 2, "agencies.title[1]", "a text is expected, not 2019"),
    "a key that is missing": ("tables", "weather:\n  title: [Weather]\n", 1, "weather.key", "this key is missing"),
    "unknown kind": (
        "tables",
        "agencies:\n  columns:\n    role: {kind: word}\n",
        3,
        "agencies.columns.role.kind",
        "input should be 'text', 'label'",
    ),
    "unknown column": (
        "tables",
        "agencies:\n  key: agancy\n",
        2,
        "agencies.key",
        "the column 'agancy' is not declared",
    ),
    "unknown list": (
        "tables",
        "agencies:\n  columns:\n    role: {kind: label, codes: roles}\n",
        3,
        "agencies.columns.role.codes",
        "unknown list 'roles'; labels.yml has activity_sectors",
    ),
    "key twice": ("labels", "areas:\n  coordination: {}\n  coordination: {}\n", 3, "", "the key 'coordination' stands"),
    "no YAML": ("labels", "areas: [\n", 2, "", "not valid YAML"),
    "a group that is missing": (
        "text_repairs",
        "repairs:\n  - {name: page, find: 'page', read_as: digits}\n",
        2,
        "repairs[1]",
        "`read_as: digits` needs a group named 'n' in the pattern",
    ),
    "a template that does not fit": (
        "text_repairs",
        "repairs:\n  - {name: page, find: 'page', put: '\\1'}\n",
        2,
        "repairs[1]",
        "`put` does not fit the pattern: invalid group reference 1",
    ),
    "an unknown kind of word": (
        "entities",
        "prose:\n  - {label: LAW, pattern: '%lawz% of'}\n",
        2,
        "prose[1].pattern",
        "no list 'lawz' in `kinds`",
    ),
    "a name that is taken": (
        "tables",
        "citations:\n  title: [Citations]\n  key: a\n  columns:\n    a: {header: [A]}\n",
        1,
        "citations",
        "the published name 'citations' is taken",
    ),
    "a column that every row has": (
        "tables",
        "agencies:\n  columns:\n    page: {header: [Page], meaning: Its page.}\n",
        3,
        "agencies.columns.page",
        "every row has a column 'page'; use `publish`",
    ),
    "a column without a meaning": (
        "tables",
        "agencies:\n  columns:\n    seat: {header: [Seat]}\n",
        3,
        "agencies.columns.seat",
        "the published column 'seat' has no model, so it needs `meaning`",
    ),
    "a new list without meanings": (
        "labels",
        "seats:\n  north: {labels: [North]}\n",
        2,
        "seats.north",
        "a code of a new list needs `means`",
    ),
}


@pytest.mark.parametrize(("name", "text", "line", "key", "reason"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_refused_with_file_line_key_and_reason(
    overlay: Overlay, name: str, text: str, line: int, key: str, reason: str
) -> None:
    folder = overlay(**{name: text})
    with pytest.raises(rules.RulesError) as caught:
        use_rules(folder)
    error = caught.value
    assert (Path(error.file), error.key) == (folder / f"{name}.yml", key)
    assert error.reason.startswith(reason) or reason in error.reason
    assert error.line == line
    assert str(error).startswith(f"{folder / name}.yml:{line}: ")


@pytest.mark.parametrize(("name", "text", "line", "key", "reason"), list(WRONG.values())[:7], ids=list(WRONG)[:7])
def test_the_command_prints_the_mistake_and_ends_with_2(
    overlay: Overlay, name: str, text: str, line: int, key: str, reason: str
) -> None:
    folder = overlay(**{name: text})
    ended = CliRunner().invoke(app, ["rules", "check", "--rules", str(folder)])
    assert ended.exit_code == 2
    assert ended.stderr.startswith(f"findings: {folder / name}.yml:{line}: {key}: {reason}")


def test_a_mistake_leaves_the_rules_in_use_as_they_were(overlay: Overlay) -> None:
    folder = overlay(countries="ATL: [Atlantis]\n")
    rules.use(folder)
    (folder / "tables.yml").write_text("agencies: {titel: [Agencies]}\n", encoding="utf-8")
    other = folder / "other"
    other.mkdir()
    (other / "headings.yml").write_text("subsections: [no]\n", encoding="utf-8")
    with pytest.raises(rules.RulesError):
        rules.use(other)
    (folder / "tables.yml").unlink()
    assert rules.country_code("Atlantis") == "ATL"


def test_a_folder_or_file_that_is_not_there_is_refused(overlay: Overlay, tmp_path: Path) -> None:
    with pytest.raises(rules.RulesError, match="there is no such folder"):
        rules.use(tmp_path / "nowhere")
    with pytest.raises(rules.RulesError, match=r"table\.yml: no rules file has this name; the names are tables\.yml"):
        rules.use(overlay(table="agencies: {}\n"))


def test_the_installed_files_are_the_known_ones() -> None:
    assert {file.stem for file in INSTALLED.glob("*.yml")} == set(NAMES)


# ---------------------------------------------------------------------------------------------- overlays


def test_phrases_are_typed_as_they_are_printed(overlay: Overlay) -> None:
    rules.use(
        overlay(tables='agencies:\n  title: ["AGENCIES in Charge:"]\n  columns:\n    role: {header: [Man-Date]}\n')
    )
    table = rules.current().tables["agencies"]
    assert table.title[-1] == "agencies in charge"
    assert rules.column_of("Man-date†", table) == "role"
    assert rules.column_of("Role", table) == "role"


def test_a_list_is_extended_and_with_replace_it_is_replaced(overlay: Overlay) -> None:
    folder = overlay(
        tables="agencies:\n  title: [agencies responsible, Agencies in Charge]\n  columns:\n"
        "    role: {header: !replace [Mandate]}\n",
        countries="ATL: [Atlantis]\n",
        labels="areas:\n  coordination: {years: 2013-2024}\n",
    )
    assert rules.overridden(folder) == [
        "countries.yml: ATL: added",
        "labels.yml: areas.coordination.years: replaced by '2013-2024'",
        "tables.yml: agencies.title: 'Agencies in Charge' added",
        "tables.yml: agencies.columns.role.header: replaced by ['Mandate']",
    ]
    rules.use(folder)
    table = rules.current().tables["agencies"]
    assert (rules.column_of("Mandate", table), rules.column_of("Role", table)) == ("role", "")
    assert rules.country_code("Atlantis") == "ATL"
    rules.use(None)
    assert rules.country_code("Atlantis") is None
    assert rules.overridden(None) == []


def test_the_state_changes_with_every_file_of_the_overlay(overlay: Overlay) -> None:
    states = [rules.state(), rules.state(None)]
    states.append(rules.state(overlay(countries="ATL: [Atlantis]\n")))
    states.append(rules.state(overlay(countries="ATL: [Atlantide]\n")))
    states.append(rules.state(overlay(headings="subsections: [Fishing]\n")))
    assert states[0] == states[1]
    assert len(set(states)) == 4


def test_what_was_made_of_the_rules_is_made_again(overlay: Overlay) -> None:
    assert "Zeppelin" not in shapes.words().no_names
    use_rules(overlay(entities="no_names: [Zeppelin]\n"))
    assert "Zeppelin" in shapes.words().no_names
    use_rules(None)
    assert "Zeppelin" not in shapes.words().no_names


def test_a_new_wording_of_a_title_and_a_label_is_read(overlay: Overlay, tmp_path: Path) -> None:
    text = (ROOT / "raw" / "arvenia-2019.txt").read_text(encoding="utf-8")
    assert "Social Programs to Address Child Labor" in text
    source = tmp_path / "arvenia-2019.txt"
    source.write_text(text.replace("Social Programs to Address Child Labor", "Schemes Against Child Labor"), "utf-8")
    (before,) = extract(source)
    use_rules(overlay(tables="programs:\n  title: [Schemes Against Child Labor]\n"))
    (after,) = extract(source)
    titles = [r for r in before.tables["quality"] if r["check"] in ("table_missing", "table_unknown", "table_empty")]
    assert len(after.tables["programs"]) == 3
    assert len(before.tables["programs"]) == 3 or titles


# ---------------------------------------------------------------------------------------------- the command


@pytest.mark.parametrize(
    ("phrase", "lines"),
    [
        ("Table 9. Key Social Programs to Address Child Labor†", ["title of table programs", "section programs"]),
        ("ILO C. 138, Minimun Age", ["label conventions.ilo_c138, score 95"]),
        (
            "Minimum Age for Work at Sea",
            ["label legal_standards.minimum_age_work, by its words, with a finding label_unknown"],
        ),
        ("Côte d'Ivoire", ["country CIV"]),
        ("Training for Labor Inspectors", ["head over indented rows of table enforcement_labor"]),
        ("Suggested Action", ["header of column suggested_actions.action"]),
        ("MODERATE ADVANCEMENT", ["assessment level Moderate Advancement"]),
        ("Zeppelin", ["nothing"]),
    ],
)
def test_match_says_what_a_phrase_would_match(phrase: str, lines: list[str]) -> None:
    ended = CliRunner().invoke(app, ["rules", "match", phrase])
    assert ended.stdout.splitlines() == lines
    assert ended.exit_code == (1 if lines == ["nothing"] else 0)


def test_check_lists_what_an_overlay_changes(overlay: Overlay) -> None:
    folder = overlay(headings="subsections: [Fishing]\n")
    ended = CliRunner().invoke(app, ["rules", "check", "--rules", str(folder)])
    assert ended.exit_code == 0
    assert ended.stdout.startswith("headings.yml: subsections: 'Fishing' added\nThe rules are correct: 11 tables")
    assert CliRunner().invoke(app, ["rules", "match", "fishing", "--rules", str(folder)]).exit_code == 0


def test_the_codes_are_checked_without_pandas() -> None:
    code = "import sys; from flows.wording import use_rules; use_rules(None); print('pandas' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"
