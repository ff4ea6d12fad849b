"""What somebody needs who installs, cites or contributes: the files are there and agree with each other."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from extractors import EXTRACTOR_VERSION
from flows.cli import app
from flows.version import number, version
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WRITTEN = sorted([*ROOT.glob(".github/**/*.yml"), ROOT / "CITATION.cff", ROOT / ".pre-commit-config.yaml"])


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.name)
def test_what_other_programs_read_is_yaml(file: Path) -> None:
    assert isinstance(yaml.safe_load(file.read_text("utf-8")), dict)


def test_version_and_license_are_the_same_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == PROJECT["version"] == EXTRACTOR_VERSION
    assert number() == PROJECT["version"], "make setup installs the new number"
    dated = re.findall(r"^## ([\d.]+) \((\d{4}-\d\d-\d\d)\)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert dated[0] == (citation["version"], str(citation["date-released"]))
    assert dated == sorted(dated, key=lambda one: one[1], reverse=True)
    assert citation["license"] == PROJECT["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text("utf-8")
    assert all((ROOT / name).is_file() for name in PROJECT["license-files"])


def test_every_file_has_a_license_of_which_the_text_is_there() -> None:
    """What ``reuse lint`` checks, without installing it."""
    named = tomllib.loads((ROOT / "REUSE.toml").read_text("utf-8"))["annotations"]
    assert named[0]["path"] == "**", "the last one that fits holds, so this one for all that no other names"
    assert all((ROOT / one["path"]).is_file() for one in named[1:])
    texts = {file.stem for file in (ROOT / "LICENSES").iterdir()}
    assert texts == {one["SPDX-License-Identifier"] for one in named}
    assert (ROOT / "LICENSES/Apache-2.0.txt").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_no_index_takes_the_package() -> None:
    assert "Private :: Do Not Upload" in PROJECT["classifiers"]


def test_the_workflow_calls_what_everyone_calls() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    _, everyone, release = workflow["jobs"]["test"]["steps"]
    assert os.access(ROOT / everyone["run"], os.X_OK)
    assert release["run"] == "make audit", "strict: with IF_REACHABLE=1 a release would pass that nobody has audited"


def test_a_release_is_audited_strictly() -> None:
    said = subprocess.run(["make", "-n", "release"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    [audit] = [line for line in said.splitlines() if "tests.audit" in line]
    assert "--if-reachable" not in audit
    assert "## Unreleased" in said


def test_links_of_the_policies_lead_somewhere() -> None:
    for page in ("SECURITY.md", "CODE_OF_CONDUCT.md"):
        for link in re.findall(r"\]\(([^)#]+)", (ROOT / page).read_text("utf-8")):
            assert (ROOT / link).exists(), link


def test_the_version_is_printed() -> None:
    ended = CliRunner().invoke(app, ["--version"])
    assert ended.exit_code == 0
    assert ended.output.startswith(f"findings {PROJECT['version']}")


def test_a_checkout_names_its_commit_and_another_folder_none(tmp_path: Path) -> None:
    assert version(tmp_path) == PROJECT["version"]
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@arvenia.example"]
    (tmp_path / "a").write_text("1")
    for arguments in (["init", "-q"], ["add", "a"], ["commit", "-qm", "one"]):
        subprocess.run([*git, *arguments], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout
    assert version(tmp_path) == f"{PROJECT['version']} ({head[:12]})"
    (tmp_path / "a").write_text("2")
    assert version(tmp_path) == f"{PROJECT['version']} ({head[:12]}+changes)"
