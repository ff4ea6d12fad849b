"""``docs/new-year.md``, walked through as it is written: every command and every query, on the trial output."""

from __future__ import annotations

import re
import shlex
import textwrap
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from flows.cli import app
from tests.conftest import ROOT
from tests.quick import files, read_words

STEPS = [
    (kind, textwrap.dedent(code))
    for kind, code in re.findall(
        r"^ *```(sh|sql)\n(.*?)^ *```", (ROOT / "docs" / "new-year.md").read_text("utf-8"), re.S | re.M
    )
]
RULES = "programs:\n  title: [Key Schemes Against Child Labor]\n  columns:\n    program: {header: [Scheme]}\n"


def test_the_page_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_words(monkeypatch)
    monkeypatch.chdir(tmp_path)
    files(tmp_path / "raw", old_txt="XAV-2018")
    files(tmp_path / "raw", **{"2029__new_txt": "XAV XAV-2029"})  # step 1
    files(tmp_path / "path/to/chapters", new_txt="XAV XAV-2029")
    (tmp_path / "path/to/rules").mkdir()
    (tmp_path / "path/to/rules/tables.yml").write_text(RULES)
    said = ""
    for kind, code in STEPS:
        if kind == "sql":
            with duckdb.connect("path/to/trial/findings.duckdb", read_only=True) as database:
                assert database.execute(code).fetchall(), code
            continue
        for line in code.splitlines():
            ended = CliRunner().invoke(app, shlex.split(line.removeprefix(".venv/bin/"))[1:])
            assert ended.exit_code == 0, (line, ended.output)
            said += ended.output
    assert "Key Schemes Against Child Labor" in said, "the overlay is used"
    assert "3 chapters published" in said
