"""The cited sources for a reference manager. All entries are invented (Arvenia, XAV, does not exist)."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import flows.export
from flows.cli import app
from flows.export import CSL_TYPES, Format, bibliography
from schemas.codes import REFERENCE_TYPES


def reference(**fields: Any) -> dict[str, Any]:
    plain = {"doc_id": "xav-2019", "number": 1, "text": "Reef Watch. Salt.", "author": "Reef Watch", "title": "Salt"}
    empty = {"date_iso": "", "url": "", "url_guess": "", "on_file": False, "type": "report", "doi": ""}
    return {**plain, **empty, "work_id": "w0123456789ab", **fields}


def test_csl() -> None:
    row = reference(date_iso="2019-06", url="http://reef.example.org/a b", doi="10.5555/1", type="law", on_file=True)
    assert json.loads(bibliography(pd.DataFrame([row]), Format.CSL)) == [
        {
            "id": "w0123456789ab",
            "type": "legislation",
            "title": "Salt",
            "author": [{"literal": "Reef Watch"}],
            "issued": {"date-parts": [[2019, 6]]},
            "URL": "http://reef.example.org/a%20b",
            "DOI": "10.5555/1",
            "note": "xav-2019, reference 1; source on file",
        }
    ]


def test_bibtex_escapes_what_tex_reads_as_a_command() -> None:
    row = reference(title="Salt & 50% of {Pearls}_", date_iso="2019-06-30", url="http://reef.example.org/a_b%20c")
    assert bibliography(pd.DataFrame([row]), Format.BIBTEX) == (
        "@techreport{w0123456789ab,\n"
        "  author = {{Reef Watch}},\n"
        "  title = {{Salt \\& 50\\% of \\{Pearls\\}\\_}},\n"
        "  year = {2019},\n"
        "  month = {6},\n"
        "  institution = {Reef Watch},\n"
        "  url = {http://reef.example.org/a_b%20c},\n"
        "  note = {xav-2019, reference 1},\n"
        "}\n"
    )


def test_a_source_is_one_entry_and_an_entry_without_title_keeps_its_text() -> None:
    rows = [reference(title="", author=""), reference(number=2), reference(number=3, work_id="w0000000000ab")]
    items = json.loads(bibliography(pd.DataFrame(rows), Format.CSL))
    assert [(item["id"], item["title"]) for item in items] == [
        ("w0123456789ab", "Reef Watch. Salt."),
        ("w0000000000ab", "Salt"),
    ]


def test_every_type_of_source_has_a_csl_type() -> None:
    assert set(CSL_TYPES) == set(REFERENCE_TYPES)


def test_the_command_prints_one_chapter_or_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pd.DataFrame([reference(), reference(doc_id="xav-2018", work_id="w0000000000ab")])
    release = nullcontext(SimpleNamespace(frame=lambda table: rows))
    monkeypatch.setattr(flows.export, "open_release", lambda output: release)
    one = CliRunner().invoke(app, ["export", "bibtex", "XAV-2018"])
    every = CliRunner().invoke(app, ["export", "csl"])
    assert (one.exit_code, one.stdout.count("@techreport")) == (0, 1)
    assert len(json.loads(every.stdout)) == 2
    assert CliRunner().invoke(app, ["export", "bibtex", "xav-2001"]).exit_code == 2
    assert CliRunner().invoke(app, ["export", "ris"]).exit_code == 2


def test_without_a_run_the_command_says_so(tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["export", "csl", "--output", str(tmp_path)])
    assert ended.exit_code == 2
    assert "no run is published" in ended.output
