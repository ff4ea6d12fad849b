"""A run that is killed: readers see a whole release all the while, and the next run finishes the work."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pyarrow import parquet

from flows import ledger, publish
from flows.request import KEPT, LEAST_KEPT
from flows.sources import hash_of
from tests.conftest import ROOT, small_arvenia
from tests.victims import Victims, left_behind

pytestmark = pytest.mark.system

STAGES = {"plan": 2, "read": 7, "validate": 4, "compare": 2, "publish": 4, "remember": 1}
"""How many of 20 kills fall into each stage."""
FILES = 6


@pytest.fixture
def victims(tmp_path: Path) -> Iterator[Victims]:
    with Victims(tmp_path / "log") as victims:
        yield victims


def wait_until(happens: Callable[[], bool], seconds: float = 300) -> bool:
    end = time.monotonic() + seconds
    while not happens() and time.monotonic() < end:
        time.sleep(0.01)
    return happens()


def release(output: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """What readers see: the run's facts, and the SHA-256 of each chapter's file. Fails if it is not all of one run."""
    folder = (output / "tables").resolve(strict=True).parent
    facts = json.loads((folder / "run.json").read_text())
    assert publish.damage(folder) == {}
    assert {file.name for file in folder.iterdir()} == set(publish.SHOWN)
    tables = facts["rows"]
    with duckdb.connect(str(folder / "findings.duckdb"), read_only=True) as database:
        counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in tables)
        assert dict(database.execute(counts).fetchall()) == tables
        stored = dict(database.execute("SELECT doc_id, source_sha256 FROM documents").fetchall())
    assert {name: parquet.read_metadata(folder / "tables" / f"{name}.parquet").num_rows for name in tables} == tables
    documents = parquet.read_table(folder / "tables" / "documents.parquet").to_pydict()
    assert stored == dict(zip(documents["doc_id"], documents["source_sha256"], strict=True))
    return facts, stored


class Reader:
    """Looks at the published tables again and again, from another thread."""

    def __init__(self, output: Path) -> None:
        self.looks = 0
        self.wrong: list[str] = []
        self._ended = threading.Event()
        self._output = output
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.4):
            self.looks += 1
            number = int((self._output / ".current").readlink().name)
            try:
                facts, stored = release(self._output)
                assert stored == {fact["chosen"][0]: fact["sha256"] for fact in facts["inputs"]}
            except Exception as error:
                newest = int((self._output / ".current").readlink().name)
                if newest - number < KEPT:  # else two runs have ended meanwhile, and the files were removed
                    self.wrong.append(f"run {number}: {error!r}")


def write(chapters: Path, version: int) -> dict[str, str]:
    """Every chapter anew, in this version; the names of the files by the SHA-256 of what they hold."""
    names = {}
    for number in range(FILES):
        path = chapters / f"{number}.pdf"
        chapter = small_arvenia(iso3=f"X{chr(65 + number)}V")
        chapter.tables["documents"][0] |= {"source_path": path.name, "title": f"Version {version}"}
        path.write_text(json.dumps([asdict(chapter)]))
        names[hash_of(path)] = path.name
    return names


def finished(output: Path, names: dict[str, str]) -> set[str]:
    """The files whose verdict is in the cache, whole."""
    entries = [*(output / ".cache").glob("*.json.gz")]
    assert all(map(ledger.is_whole, entries))
    return {names[entry.name[:64]] for entry in entries if entry.name[:64] in names}


def assert_nothing_left(output: Path) -> None:
    assert not [*output.rglob("*.part"), *output.rglob("*.new")]
    with publish.sole_writer(output):
        pass


@pytest.mark.system
def test_a_run_killed_at_any_moment(
    victims: Victims, tmp_path: Path, figures: Callable[[str], None], pytestconfig: pytest.Config
) -> None:
    rng = random.Random(5)
    shares = {stage: max(1, round(pytestconfig.getoption("kills") * share / 20)) for stage, share in STAGES.items()}
    planned = [(stage, rng.random()) for stage, share in shares.items() for _ in range(share)]
    rng.shuffle(planned)
    chapters, output, log = tmp_path / "in", tmp_path / "out", tmp_path / "read.log"
    chapters.mkdir()
    arguments = (chapters, "--output", output, "--workers", "2")
    again = (chapters, "--output", output, "--workers", "1")

    def history() -> list[dict[str, Any]]:
        return [json.loads(line) for line in (output / "runs.jsonl").read_text().splitlines()]

    for version in (0, 1):
        shown = write(chapters, version)
        whole = victims.run(*arguments)
        assert whole.code == 0, victims.said()
    lasts = whole.lasts
    killed: Counter[str] = Counter()
    kept = 0
    with Reader(output) as reader:
        while planned:
            stage, share = planned[-1]
            version += 1
            names = write(chapters, version)
            death = victims.run(*arguments, stage=stage, after=share * lasts[stage])
            assert death.killed or death.code == 0, victims.said()
            planned.pop()
            if death.killed:
                killed[death.stage] += 1
            else:  # it was faster than the one that was measured
                planned.append((stage, share / 2))
                lasts = death.lasts
            assert wait_until(lambda: not left_behind()), left_behind()
            assert set(release(output)[1].values()) in (set(shown), set(names))
            done = finished(output, names)
            kept += len(done)
            log.write_text("")
            assert victims.run(*again).code == 0, victims.said()
            assert set(release(output)[1].values()) == set(names)
            assert sorted(log.read_text().split()) == sorted(set(names.values()) - done)
            assert history()[-1]["read"] == FILES - len(done)
            assert_nothing_left(output)
            shown = names
    assert reader.wrong == []
    assert [run["published"] for run in history()].count(True) == version + 1
    assert set(killed) >= set(STAGES)
    figures(
        f"kill -9: {killed.total()} runs killed ({', '.join(f'{killed[stage]} in {stage}' for stage in killed)}), "
        f"{kept} finished chapters not read again, {reader.looks} looks at the tables"
    )


def number(output: Path) -> int:
    """The number of the run that is shown; 0 if none is."""
    try:
        return int(release(output)[0]["run"])
    except FileNotFoundError:
        assert not any((output / name).exists() for name in publish.SHOWN)
        return 0


def test_a_run_killed_before_each_change_that_publishing_makes_on_the_disk(
    victims: Victims, tmp_path: Path, figures: Callable[[str], None], pytestconfig: pytest.Config
) -> None:
    step = max(1, 100 // pytestconfig.getoption("kills"))  # every change with --kills 100
    first, later = tmp_path / "first", tmp_path / "later"
    for run in (1, 2):
        assert victims.publish(later, run, point=-1).code == 0, victims.said()
    seen = set()
    for point in range(0, 200, step):
        shutil.rmtree(first, ignore_errors=True)
        deaths = [victims.publish(first, 1, point), victims.publish(later, (before := number(later)) + 1, point)]
        assert number(first) in (0, 1)
        seen.add(number(later) - before)
        assert victims.publish(later, before + 2, point=-1).code == 0, victims.said()
        assert number(later) == before + 2
        assert_nothing_left(later)
        assert len(publish.releases(later)) == LEAST_KEPT
        if not any(death.killed for death in deaths):
            break
    assert seen == {0, 1}
    assert 20 < point < 199
    figures(f"kill -9: before every {step}. of the {point} changes to the disk of which publishing is made")


def test_the_command_killed_as_it_reads_and_as_it_publishes(tmp_path: Path) -> None:
    output = tmp_path / "out"
    command = [sys.executable, "-c", "from flows.cli import app; app()", "run", "raw", "--output", str(output)]
    command += ["--workers", "1"]
    for sign in (".cache/*.json.gz", ".runs/*.part"):
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as run:
            assert wait_until(lambda: any(output.glob(sign)), 120)  # noqa: B023
            run.kill()
        assert run.returncode == -signal.SIGKILL
        assert not (output / "tables").exists()
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "2 files: 0 read, 2 kept, 0 failed" in ended.stdout
    assert ended.stderr.count("finished by a run that was not published") == 2
    assert_nothing_left(output)
