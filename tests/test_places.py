"""Folders that must not be the output of a run. In each case everything in them stays as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.places import require_safe_output
from flows.publish import OutputBlocked


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def an_output(folder: Path) -> Path:
    """A folder as two runs leave it."""
    release = folder / ".runs" / "000002"
    (release / "tables").mkdir(parents=True)
    (folder / ".cache").mkdir()
    (folder / ".lock").touch()
    (folder / ".current").symlink_to(Path(".runs") / "000002")
    (folder / "tables").symlink_to(Path(".current") / "tables")
    return folder


def refused(output: Path, folder: Path, command: str) -> str:
    """What a command says of this output; it has changed nothing in the folder."""
    before = everything(folder)
    ended = CliRunner().invoke(app, [command, str(folder), "--output", str(output)], env={"PREFECT_API_URL": None})
    assert ended.exit_code == 2, ended.output
    assert everything(folder) == before
    return ended.output


@pytest.mark.parametrize("command", ["run", "serve"])
def test_a_foreign_folder_is_refused(command: str, tmp_path: Path) -> None:
    for name in ("thesis.doc", "tables"):
        (tmp_path / "mine").mkdir(exist_ok=True)
        (tmp_path / "mine" / name).touch()
    (tmp_path / "a.pdf").touch()
    assert "holds files that are not from a run (tables)" in refused(tmp_path / "mine", tmp_path, command)


def test_a_recorded_run_makes_no_record_in_a_foreign_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").touch()
    ended = CliRunner().invoke(app, ["run", str(tmp_path), "--prefect", "--output", str(tmp_path)])
    assert ended.exit_code == 2
    assert everything(tmp_path) == ["thesis.doc"]


@pytest.mark.parametrize(
    "inside", [".runs", ".runs/000002", ".runs/000002/tables", ".runs/000002/new", "tables", "tables/new", ".cache/new"]
)
def test_a_folder_inside_a_release_is_refused(inside: str, tmp_path: Path) -> None:
    output = an_output(tmp_path / "out")
    assert "is inside the folder ." in refused(output / inside, tmp_path, "run")


def test_a_link_into_a_release_is_refused(tmp_path: Path) -> None:
    output = an_output(tmp_path / "out")
    (tmp_path / "link").symlink_to(output / ".runs" / "000002")
    with pytest.raises(OutputBlocked, match="inside the folder"):
        require_safe_output(tmp_path / "link")


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "is no folder" in refused(tmp_path / "file", tmp_path, "run")


def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputBlocked, match="not UTF-8"):
        require_safe_output(tmp_path / os.fsdecode(b"out\xff"))


def test_an_output_a_new_folder_and_an_empty_one_are_taken(tmp_path: Path) -> None:
    require_safe_output(an_output(tmp_path / "out"))
    require_safe_output(tmp_path / "out" / "another")
    require_safe_output(tmp_path / "new" / "folder")
    (tmp_path / "empty").mkdir()
    require_safe_output(tmp_path / "empty")
    (tmp_path / "empty" / ".gitkeep").touch()
    require_safe_output(tmp_path / "empty")
    (tmp_path / ".runs").mkdir()  # of somebody else: no output is above it
    require_safe_output(tmp_path / ".runs" / "mine")
