"""The publisher's dataset against published tables. Country, chapter and datasets are invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

import schemas
from flows import dataset as datasets
from flows import publish
from flows.changes import compare as changes
from flows.cli import app
from flows.compare import Comparison, compare, kind_of_difference
from flows.dataset import INSTALLED, WrongDataset, load_fields, read_dataset
from flows.published import PublishedRelease
from tests.conftest import arvenia, record
from tests.releasing import publish_whole

FIELDS = load_fields()
XML = """<?xml version='1.0' encoding='utf-8'?>
<Countries><Country>
  <Name>Arvenia</Name>
  <Advancement_Level>Moderate Advancement – Efforts Made but Continued Law that Delayed Advancement</Advancement_Level>
  <Description>In 2019, Arvenia made …</Description>
  <Country_Statistics>
    <Children_Work_Statistics>
      <Age_Range>5 - 14</Age_Range>
      <Total_Percentage_of_Working_Children>{share}</Total_Percentage_of_Working_Children>
      <Total_Working_Population>{population}</Total_Working_Population>
      <Agriculture>0.638</Agriculture><Services>0.3</Services><Industry>Unavailable</Industry>
    </Children_Work_Statistics>
  </Country_Statistics>
  <Conventions><C_138_Ratified>{ratified}</C_138_Ratified></Conventions>
  <Legal_Standards><Minimum_Work><Territory>
    <Territory_Name>Northern Isles</Territory_Name><Territory_Display_Name>Isles</Territory_Display_Name>
    <Standard>Yes*</Standard><Age>{age}</Age><Calculated_Age>No</Calculated_Age>
  </Territory></Minimum_Work></Legal_Standards>
  <Enforcements>
    <Labor_Funding>{funding}</Labor_Funding>
    <Labor_Inspectors>{inspectors}</Labor_Inspectors>
    <Labor_Complaint_Mechanism>Unknown </Labor_Complaint_Mechanism>
    <Labor_Boats>7</Labor_Boats>
    <Criminal_Convictions><Territory>
      <Territory_Name>All Territories</Territory_Name><Enforcement>{convictions}</Enforcement>
    </Territory></Criminal_Convictions>
  </Enforcements>
  <Suggested_Actions>
    <{area}><Action><Name>{action}</Name></Action></{area}>
    <Coordination><Action><Name>Not applicable</Name></Action></Coordination>
  </Suggested_Actions>
</Country></Countries>
"""
SAME = {
    "share": "0.218",
    "population": "126148",
    "ratified": "Yes",
    "age": "15",
    "funding": "$1.21 million",
    "inspectors": "2,387‡",
    "convictions": "N/A*",
    "area": "Enforcement",
    "action": "Ensure that boats have inspectors.",
}


class Release:
    """Frames that stand for a published release."""

    def __init__(self, tables: dict[str, pd.DataFrame]) -> None:
        self.frame = tables.__getitem__


def cell(row: int, domain: str, metric: str, raw: str, value: float | None = None, **more: Any) -> dict[str, Any]:
    status = "reported" if value is not None else {"Unknown": "unknown", "N/A": "not_applicable"}[raw]
    read = {"raw": raw, "value": value, "status": status, "unit": "" if value is None else "count", **more}
    return record("enforcement", row, domain=domain, metric=metric, **{"territory": "", **read})


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """A chapter that says the same as ``SAME``."""
    chapter = arvenia(
        statistics=[record("statistics", 1, subgroup="", territory="")],
        conventions=[record("conventions", 1)],
        legal_standards=[record("legal_standards", 1)],
        enforcement=[
            cell(1, "labor", "inspectorate_funding", "$1,210,000", 1210000.0, unit="usd"),
            cell(2, "labor", "inspectors", "2,387", 2387.0),
            cell(3, "labor", "complaint_mechanism", "Unknown"),
            cell(4, "criminal", "convictions", "N/A", territory="Northern Isles"),
            cell(5, "criminal", "convictions", "N/A", territory="Southern Isles"),
            cell(6, "labor", "inspectors", "9", 9.0, year=2018),
            cell(7, "labor", "inspections", "12", 12.0),
        ],
        sectors=[
            record("sectors", 1),
            record("sectors", 2, sector="industry", percent=None),
            record("sectors", 3, sector="services", percent=30.0),
        ],
        suggested_actions=[record("suggested_actions", 1, action="Ensure that boats have inspectors.")],
        provenance=[{**record("provenance"), "table": "statistics", "column": "percent", "raw": "21.8 (126,148)†"}],
    )
    return schemas.validate([chapter]).tables


def compared(
    tables: dict[str, pd.DataFrame], folder: Path, name: str = "a.xml", text: str = "", **facts: str
) -> Comparison:
    file = folder / name
    file.write_text(text or XML.format(**{**SAME, **facts}), encoding="utf-8")
    return compare(cast(PublishedRelease, Release(tables)), [read_dataset(file, FIELDS)], FIELDS)


def test_the_same_facts_in_other_words_are_no_difference(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    found = compared(tables, tmp_path)
    assert found.frame.empty
    assert ({found.share(True), found.share(False)}, found.compared, found.unpublished, found.missing) == (
        {1.0},
        ["xav-2019"],
        [],
        [],
    )
    assert found.agreed == {
        **dict.fromkeys([("documents", "assessment"), ("documents", "assessment_note"), ("documents", "summary")], 1),
        **dict.fromkeys([("statistics", "age"), ("statistics", "percent"), ("statistics", "population")], 1),
        ("sectors", "percent"): 2,
        ("conventions", "ratified"): 1,
        **dict.fromkeys([("legal_standards", "status"), ("legal_standards", "age")], 1),
        ("enforcement", "value"): 4,
        **dict.fromkeys([("suggested_actions", "action"), ("suggested_actions", "area")], 1),
    }


@pytest.mark.parametrize(
    ("fact", "given", "kind", "value", "dataset_value", "table_row"),
    [
        ("share", "21.8", "other_unit", "21.8", "2180", 1),
        ("share", "0.318", "likely_misprint", "21.8", "31.8", 1),
        ("population", "Unavailable", "only_on_page", "126148", "", 1),
        ("ratified", "N/A", "other_answer", "ratified", "not_applicable", 1),
        ("age", "16", "other_number", "15", "16", 1),
        ("age", "N/A", "only_on_page", "15", "", 1),
        ("funding", "$1.2 million", "rounded", "1210000", "1200000", 1),
        ("inspectors", "2367", "likely_misprint", "2387", "2367", 2),
        ("inspectors", "Unknown ", "other_answer", "2387", "unknown", 2),
        ("convictions", "4", "other_answer", "not_applicable", "4", 4),
        ("area", "Social_Programs", "other_answer", "enforcement", "social_programs", 1),
        ("action", "Ensure that all boats have inspectors.", "other_words", SAME["action"], None, 1),
    ],
)
def test_a_difference_has_both_values_and_the_place(
    tables: dict[str, pd.DataFrame],
    tmp_path: Path,
    fact: str,
    given: str,
    kind: str,
    value: str,
    dataset_value: str | None,
    table_row: int,
) -> None:
    row = compared(tables, tmp_path, **{fact: given}).frame.iloc[0]
    assert (row["doc_id"], row["kind"], row["value"], row["table_row"]) == ("xav-2019", kind, value, table_row)
    assert row["dataset_value"] == (given if dataset_value is None else dataset_value)
    assert (row["page"], row["dataset_raw"]) == (3, row["dataset_raw"] if fact == "area" else given.strip())
    lines = XML.format(**{**SAME, fact: given}).splitlines()
    assert given in lines[row["dataset_line"] - 1]
    assert row["raw"] == {"share": "21.8 (126,148)†", "inspectors": "2,387", "funding": "$1,210,000"}.get(
        fact, row["raw"]
    )


def test_what_one_of_the_two_lacks(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    text = XML.format(**SAME).replace("<Labor_Boats>7</Labor_Boats>", "<Labor_Inspections>N/A</Labor_Inspections>")
    text = text.replace("</Enforcements>", "<Labor_Penalties_Imposed>N/A</Labor_Penalties_Imposed></Enforcements>")
    text = text.replace("</Enforcements>", "<Labor_Violations>3</Labor_Violations></Enforcements>")
    frame = compared(tables, tmp_path, text=text.replace(SAME["action"], "Build a school.")).frame
    found = frame[["key", "kind", "value", "dataset_value", "table_row"]].fillna(0).to_records(index=False).tolist()
    assert found == [
        ("labor/inspections", "other_answer", "12", "not_applicable", 7),
        ("labor/violations_found", "only_in_dataset", "", "3", 0),
        ("enforcement", "only_in_dataset", "", "Build a school.", 0),
        ("enforcement", "only_on_page", SAME["action"], "", 1),
    ]


def test_parts_of_the_country(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    part = "<Territory><Territory_Name>{}</Territory_Name><Enforcement>{}</Enforcement></Territory>"
    text = XML.format(**{**SAME, "inspectors": part.format("Northern Isles", 9), "convictions": "5"})
    text = text.replace("<Criminal_Convictions>", f"<Criminal_Convictions>{part.format('Southern Isles', 6)}")
    text = text.replace("All Territories", "Isles")
    found = compared(tables, tmp_path, text=text).frame[["key", "territory", "kind", "value", "dataset_value"]]
    assert found.to_records(index=False).tolist() == [
        ("labor/inspectors", "Northern Isles", "of_a_part", "2387", "9"),
        ("criminal/convictions", "Southern Isles", "other_answer", "not_applicable", "6"),
        ("criminal/convictions", "Isles", "other_answer", "not_applicable", "5"),
    ]


def test_unknown_names_are_reported_and_not_compared(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(XML.format(**SAME).replace("<Name>Arvenia<", "<Name>Nowhere<"), encoding="utf-8")
    assert read_dataset(tmp_path / "a.xml", FIELDS).unknown_countries == ["Nowhere"]
    (tmp_path / "a.xml").write_text(XML.format(**SAME), encoding="utf-8")
    assert read_dataset(tmp_path / "a.xml", FIELDS).unknown_fields == {"Enforcements/Labor_Boats": 1}


@pytest.mark.parametrize("name", ["a.csv", "a.json"])
def test_the_data_service(tables: dict[str, pd.DataFrame], tmp_path: Path, name: str) -> None:
    row = {"year": "2019", "country": "Arvenia", "working_percent": "22.8%", "number_laborinspectors": "2387"}
    action = {"year": "2019", "country": "Arvenia", "area": "Enforcement", "suggested_action": SAME["action"]}
    text = json.dumps({"data": [{**row, "summary_paragraph": None}, action]})
    if name == "a.csv":
        text = pd.DataFrame([row, action]).to_csv(index=False)
    found = compared(tables, tmp_path, name, text)
    assert found.frame[["key", "value", "dataset_value"]].to_records(index=False).tolist() == [
        ("working", "21.8", "22.8")
    ]
    assert found.agreed == {
        ("enforcement", "value"): 1,
        ("suggested_actions", "action"): 1,
        ("suggested_actions", "area"): 1,
    }


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (
            "a.xml",
            f"<!DOCTYPE Countries [{BOMB}]><Countries><Country><Name>&e8;</Name></Country></Countries>",
            "document type",
        ),
        ("a.xml", f'<!DOCTYPE Countries [{BOMB}]><Countries a="&e8;"/>', "document type"),
        (
            "a.xml",
            '<!DOCTYPE C [<!ENTITY % f SYSTEM "file:///dev/zero"> %f;]><C><Country><Name>Arvenia</Name></Country></C>',
            "document type",
        ),
        ("a.xml", '<!DOCTYPE Countries SYSTEM "http://127.0.0.1:9/a.dtd"><Countries/>', "document type"),
        ("a.xml", "<a>" * 100_000 + "</a>" * 100_000, "depth"),
        ("a.xml", "<Countries><Country>", "no element found"),
        ("a.xml", "<Countries><Country><Name>\x00</Name></Country></Countries>", "not well-formed"),
        ("a.xml", "<html/>", "holds no chapter"),
        ("a.xml", XML.format(**SAME).replace("In 2019", "Once"), "report year"),
        ("a.xml", "<Countries><Country><Name>Arvenia</Name></Country></Countries>", "year"),
        ("a.json", "[" * 100_000, "recursion"),
        ("a.json", '{"data": 1}', "no list of objects"),
        ("a.json", '[{"country": "Arvenia", "year": 1' + "0" * 5000 + "}]", "digits"),
        ("a.csv", "country,year\nArvenia,2019,1\n", "more cells"),
        ("a.csv", "country,year\n" + "x" * 200_000, "field larger"),
        ("a.csv", b"country\n\xff\xfe", "utf-8"),
        ("a.txt", "Arvenia", "is neither"),
        ("none.xml", None, "No such file"),
    ],
)
def test_a_hostile_or_wrong_file_does_no_harm(
    tmp_path: Path, name: str, content: str | bytes | None, reason: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(WrongDataset, match=reason) as raised:
        read_dataset(file, FIELDS)
    assert name in str(raised.value)


def test_a_large_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("was opened"))
    with (tmp_path / "a.xml").open("wb") as file:
        file.truncate(int(FIELDS.largest_megabytes * 1e6) + 1)
    with pytest.raises(WrongDataset, match="megabytes"):
        read_dataset(tmp_path / "a.xml", FIELDS)


def test_what_no_output_file_can_hold_is_replaced(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    text = '[{"country": "Arvenia", "year": 2019, "summary_paragraph": "\\ud800\\u0000 boats"}]'
    assert compared(tables, tmp_path, "a.json", text).frame["dataset_value"].tolist() == ["? boats"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"chapter": None}, "chapter"),
        ({"boats": 1}, "boats"),
        ({"year_in_summary": ["(20"]}, "regular expression"),
        ({"year_in_summary": ["20"]}, "no group"),
        ({"facts": {"agencies": {"agency": {"": ["Agency"]}}}}, "agencies.agency"),
        ({"facts": {"sectors": {"percent": {"boats": ["Boats"]}}}}, "'boats' is no key"),
        ({"facts": {"sectors": {"percent": {"industry": ["A"], "services": ["A"]}}}}, "two facts"),
    ],
)
def test_a_wrong_file_of_names_says_why(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    content = yaml.safe_load(INSTALLED.read_text("utf-8"))
    (tmp_path / "dataset.yml").write_text(yaml.safe_dump({**content, **change}), encoding="utf-8")
    with pytest.raises(WrongDataset, match=reason):
        load_fields(tmp_path / "dataset.yml")


@pytest.mark.parametrize(
    ("page", "given", "expected"),
    [
        (4371604.0, 102104.0, "other_number"),
        (23.4, 23400000.0, "other_unit"),
        (1469555.0, 1470000.0, "rounded"),
        (116.0, 120.0, "other_number"),
        (1200.0, 120.0, "likely_misprint"),
        (0.0, 5.0, "other_number"),
        ("yes", "unknown", "other_answer"),
    ],
)
def test_kinds(page: float | str, given: float | str, expected: str) -> None:
    assert kind_of_difference("value", page, given) == expected


def test_the_command_writes_the_table_beside_the_releases(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    output, file = tmp_path / "output", tmp_path / "a.xml"
    publish_whole({**tables, "changes": changes(None, tables, {})}, {}, output)
    file.write_text(XML.format(**{**SAME, "inspectors": "2367"}).replace("Labor_Boats", "\x85_Boats"), encoding="utf-8")
    ended = CliRunner().invoke(app, ["compare", str(file), "--output", str(output)])
    assert ended.exit_code == 2 and "findings: " in ended.output, ended.output
    file.write_text(XML.format(**{**SAME, "inspectors": "2367"}), encoding="utf-8")
    ended = CliRunner().invoke(app, ["compare", str(file), "--output", str(output)])
    assert ended.exit_code == 0, ended.output
    assert (
        "1 chapter, 1 difference; 92.86% of the numbers and answers that both give agree; 100.00% of the texts"
        in ended.output
    )
    assert "no rule knows them: Enforcements/Labor_Boats (1)" in ended.output
    assert publish.damage(next(iter(publish.releases(output)))) == {}
    [row] = pd.read_parquet(output / "compared" / "publisher_differences.parquet").to_dict("records")
    assert (row["row_key"], row["kind"]) == ("enforcement/laborinspectors/value", "likely_misprint")
    ended = CliRunner().invoke(app, ["compare", str(file), "--output", str(tmp_path / "none")])
    assert ended.exit_code == 2


def test_every_kind_of_column_can_be_compared() -> None:
    named = {(table, column) for table, columns in FIELDS.facts.items() for column in columns}
    assert named == {(table, column) for table, columns in datasets.COLUMNS.items() for column in columns}
