"""A release that is damaged is found, named and repaired. All chapters are invented."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pyarrow import parquet
from typer.testing import CliRunner

from flows import integrity, publish
from flows.cli import _problems, app
from tests.conftest import arvenia_tables
from tests.quick import content, files, quick, read_words
from tests.releasing import publish_whole


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published release with every kind of file."""
    facts = {"run": "1", "state": {}, "inputs": [{"path": 'a "run_json": "x".pdf'}]}
    return publish_whole(arvenia_tables(), facts, tmp_path_factory.mktemp("out"), True)


def flip(file: Path, bit: int) -> None:
    """Change one bit of a file; a second call undoes it."""
    with file.open("r+b") as stream:
        stream.seek(bit // 8)
        byte = stream.read(1)[0]
        stream.seek(bit // 8)
        stream.write(bytes([byte ^ (1 << bit % 8)]))


def test_one_bit_that_is_flipped_in_any_file_is_found(release: Path, figures: Callable[[str], None]) -> None:
    rng = random.Random(16)
    names = ["run.json", *integrity.checksums(publish.facts_of(release))]
    kinds = {(Path(name).parent.as_posix(), Path(name).suffix) for name in names}
    assert kinds >= {(".", ".json"), (".", ".duckdb"), ("tables", ".parquet"), ("tables", ".csv")}
    assert ("tables/spreadsheet", ".csv") in kinds
    assert publish.damage(release) == {}
    flips = 0
    for name in names:
        file = release / name
        bits = 8 * file.stat().st_size
        for bit in {0, bits - 1, rng.randrange(bits)}:
            flip(file, bit)
            found = publish.damage(release) if bit == 0 else only(release, name)
            assert list(found) == [name], (name, bit)
            flip(file, bit)
            flips += 1
    assert publish.damage(release) == {}
    figures(f"bit flips: {flips} in {len(names)} published files, all found")


def only(release: Path, name: str) -> dict[str, str]:
    """What is wrong with one file, without a look at the others."""
    try:
        facts = integrity.read_facts(release / "run.json")
        integrity.check_file(release, name, facts)
    except integrity.Damaged as error:
        return {name: str(error)}
    return {}


def test_a_page_of_a_parquet_file_has_a_checksum_of_its_own(release: Path) -> None:
    """For readers that know nothing of ``run.json``: a letter that is another one is damage."""
    file = release / "tables" / "documents.parquet"
    letter = 8 * file.read_bytes().index(b"Arvenia")
    flip(file, letter)
    assert "@rvenia" in parquet.read_table(file)["country"].to_pylist()
    with pytest.raises(OSError, match="CRC checksum verification failed"):
        parquet.read_table(file, page_checksum_verification=True)
    with pytest.raises(integrity.Damaged, match="is damaged"):
        publish.read_table(release.parent.parent, "documents")
    flip(file, letter)
    assert publish.damage(release) == {}


def test_every_bit_of_the_facts_counts(release: Path, tmp_path: Path) -> None:
    whole = (release / "run.json").read_bytes()
    file = tmp_path / "run.json"
    missed = []
    for bit in range(0, 8 * len(whole), 251):
        data = bytearray(whole)
        data[bit // 8] ^= 1 << bit % 8
        file.write_bytes(data)
        try:
            integrity.read_facts(file)
            missed.append(bit)
        except integrity.Damaged:
            pass
    assert missed == []


def test_the_command_names_what_is_changed_missing_and_added(release: Path, tmp_path: Path) -> None:
    output = Path(shutil.copytree(release.parent.parent, tmp_path / "out", symlinks=True))
    copy = publish.shown(output)
    assert copy
    whole = CliRunner().invoke(app, ["verify", str(output)])
    assert (whole.exit_code, whole.stdout.count("DAMAGED")) == (0, 0), whole.output
    flip(copy / "findings.duckdb", 80_000)
    (copy / "tables" / "laws.csv").write_text("mine")
    (copy / "tables" / "policies.csv").unlink()
    (copy / "run.json").write_bytes(b"\xff{")
    damaged = CliRunner().invoke(app, ["verify", str(output)])
    assert damaged.exit_code == 1
    assert [line.split()[1] for line in damaged.stdout.splitlines()[:-1]] == [
        "run.json",
        "findings.duckdb",
        "tables/policies.csv",
        "tables/laws.csv",
    ]
    shutil.rmtree(copy)
    assert "DAMAGED 000001 is missing" in CliRunner().invoke(app, ["verify", str(output)]).stdout
    assert CliRunner().invoke(app, ["verify", str(tmp_path / "nowhere")]).exit_code == 2


def disk_full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_damaged_release_is_repaired_with_the_same_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reader = read_words(monkeypatch)
    chapters, output = files(tmp_path / "in", a_pdf="XAV+", b_pdf="XBV"), tmp_path / "out"
    quick(chapters, output)
    files(chapters, a_pdf="XAV:2020-01-01", b_pdf="unreadable")  # a loses rows, b stays as it was read before
    assert quick(chapters, output, allow_loss=True).exit_code == 1
    expected = content(output)
    reader.clear()
    for kind in ("some files", "all files"):
        damaged = publish.shown(output)
        assert damaged
        if kind == "all files":
            shutil.rmtree(damaged)
        else:
            flip(damaged / "tables" / "activities.parquet", 4000)
            (damaged / "run.json").write_bytes(b"[]\n")
            (damaged / "tables" / "mine.csv").touch()
        caplog.clear()
        report = quick(chapters, output)
        assert (report.published, report.unchanged, report.exit_code) == (True, False, 1), kind
        assert all(f"the published release {damaged.name} is damaged: {line}" in caplog.text for line in report.damage)
        assert "a damaged release repaired" in report.sentence()
        repaired = publish.shown(output)
        assert repaired and repaired != damaged
        assert publish.damage(repaired) == {}
        assert [name for name, data in content(output).items() if expected[name] != data] == [], kind
    assert reader == []
    assert quick(chapters, output).unchanged
    repaired = publish.shown(output)
    assert repaired
    (repaired / "tables" / "agencies.csv").unlink()
    with monkeypatch.context() as patched:
        patched.setattr(publish, "publish_staged", disk_full)
        report = quick(chapters, output)
    assert (report.exit_code, publish.shown(output)) == (1, repaired)
    assert "DAMAGED tables/agencies.csv is missing" in _problems(report)
    for file in (repaired / "run.json", repaired.with_suffix(".json")):
        file.write_bytes(b"[]")
    with pytest.raises(publish.OutputBlocked, match="start a run without these options"):
        quick(chapters, output, years=(2019,))


def test_a_release_of_an_older_version_is_published_again_with_checksums(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    read_words(monkeypatch)
    chapters, output = files(tmp_path / "in", a_pdf="XAV"), tmp_path / "out"
    quick(chapters, output)
    file = output / "run.json"
    facts = json.loads(file.read_text())
    del facts["checksums"]
    file.write_text(json.dumps(facts))
    ended = CliRunner().invoke(app, ["verify", str(output)])
    assert (ended.exit_code, "run.json was changed: its list of checksums is missing" in ended.stdout) == (1, True)
    (output / ".runs" / "000001.json").unlink()  # which older versions do not write
    assert CliRunner().invoke(app, ["verify", str(output)]).exit_code == 2
    report = quick(chapters, output)
    assert (report.exit_code, report.unchanged, report.damage, report.changes) == (0, False, [], [])
    assert "release 000001 has no checksums" in caplog.text
    assert CliRunner().invoke(app, ["verify", str(output)]).exit_code == 0
