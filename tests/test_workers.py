"""Child processes: their limits hold, one that dies takes one call with it, and none outlives its parent."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from extractors.model import UnreadableSource
from flows.sources import SourceFile, hash_of
from flows.workers import NeededTooMuchMemory, PoolClosed, TookTooLong, WorkerDied, Workers

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow
CATASTROPHE = "(a+)+$", "a" * 60 + "b"
"""A search that does not end and does not let other threads run either."""


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers(2, seconds=20) as workers:
        yield workers


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(happens: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not happens() and time.monotonic() < end:
        time.sleep(0.05)
    return happens()


def test_nothing_is_started_before_it_is_needed(workers: Workers) -> None:
    assert workers.started == 0
    assert workers.run(os.getpid) != os.getpid()
    assert workers.started == 1


def test_a_process_is_used_again(workers: Workers) -> None:
    assert len({workers.run(os.getpid) for _ in range(5)}) == 1
    assert workers.peak_megabytes > 5


def test_a_process_that_is_prepared_takes_the_first_call(workers: Workers, tmp_path: Path) -> None:
    workers.prepare(os.mkdir, tmp_path / "made")
    assert workers.run(os.path.isdir, tmp_path / "made"), "the call came before its preparation"
    assert workers.started == 1


@pytest.mark.parametrize("dies", [os.mkdir, os._exit])
def test_what_goes_wrong_in_a_preparation_does_not_fail_the_call(dies: Callable[..., object], workers: Workers) -> None:
    workers.prepare(dies, 0)
    assert workers.run(abs, -1) == 1


def test_as_many_processes_as_calls_at_once_and_no_more(workers: Workers) -> None:
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: workers.run(time.sleep, 0.2), range(6)))
    assert workers.started == 2


def test_results_and_exceptions_come_back(workers: Workers) -> None:
    assert workers.run(divmod, 7, 3) == (2, 1)
    assert workers.run(int, "ff", base=16) == 255
    with pytest.raises(ZeroDivisionError):
        workers.run(divmod, 1, 0)
    with pytest.raises(UnreadableSource, match=r"a\.pdf, page 3: is empty") as told:
        workers.run(fail, UnreadableSource("a.pdf", "is empty", 3))
    assert told.value.page == 3
    assert workers.started == 1


def fail(error: Exception) -> None:
    raise error


class Unkind(Exception):
    """Cannot be made again from what it is pickled as."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first + second)


def fail_unkindly() -> None:
    raise Unkind("no", " way")


def test_what_cannot_be_passed_on_is_said(workers: Workers) -> None:
    with pytest.raises(RuntimeError, match="Unkind: no way"):
        workers.run(fail_unkindly)
    with pytest.raises(RuntimeError, match="pickle"):
        workers.run(open, os.devnull)
    assert workers.run(abs, -1) == 1
    assert workers.started == 1


@pytest.mark.parametrize(("function", "arguments"), [(time.sleep, (60,)), (re.match, CATASTROPHE)])
def test_a_call_over_its_time_is_killed_and_the_others_go_on(
    function: Callable[..., object], arguments: tuple[object, ...]
) -> None:
    with Workers(2, seconds=1.5) as workers, ThreadPoolExecutor(1) as threads:
        other = threads.submit(lambda: [workers.run(nap, 0.1) for _ in range(30)])
        with pytest.raises(TookTooLong, match=r"within 1\.5 s"):
            workers.run(function, *arguments)
        assert len(set(other.result())) == 1
        assert workers.run(abs, -1) == 1


def test_a_call_that_needs_too_much_memory_says_so() -> None:
    with Workers(1, megabytes=300) as workers:
        with pytest.raises(NeededTooMuchMemory, match="300 MB"):
            workers.run(bytes, 400 << 20)
        assert workers.run(len, bytes(1000)) == 1000


def test_a_process_that_dies_takes_one_call_with_it(workers: Workers) -> None:
    with ThreadPoolExecutor(1) as threads:
        other = threads.submit(workers.run, time.sleep, 1)
        with pytest.raises(WorkerDied, match="exit status 9"):
            workers.run(os._exit, 9)
        other.result()
    with pytest.raises(WorkerDied, match="SIGSEGV"):
        workers.run(signal.raise_signal, signal.SIGSEGV)
    assert workers.run(abs, -3) == 3


def die_once(mark: Path) -> str:
    if mark.exists():
        return "done"
    mark.touch()
    os.kill(os.getpid(), signal.SIGKILL)
    return "never"


def test_a_process_that_was_killed_is_tried_again_alone(workers: Workers, tmp_path: Path) -> None:
    assert workers.run(die_once, tmp_path / "mark") == "done"
    assert workers.started == 2


def test_many_that_die_at_once_do_not_wait_for_each_other(workers: Workers) -> None:
    def die(_: int) -> str:
        try:
            workers.run(os._exit, 1)
        except WorkerDied:
            return "died"
        return "lived"

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(die, range(4))) == ["died"] * 4
    assert workers.run(abs, -3) == 3


def nap(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


class Unmade:
    """Cannot be made from its pickle: a function of the main module, for example, which a child does not have."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return divmod, (1, 0)


def test_a_call_that_cannot_be_passed_on_is_said_at_once(workers: Workers) -> None:
    with pytest.raises(ZeroDivisionError):
        workers.run(abs, Unmade())  # type: ignore[arg-type]
    assert workers.run(abs, -1) == 1


KEPT: list[bytes] = []


def keep(size: int) -> int:
    KEPT.append(os.urandom(size))
    return os.getpid()


def test_a_process_that_has_grown_is_replaced() -> None:
    with Workers(1, recycled_megabytes=250) as workers:
        first = workers.run(keep, 1 << 20)
        assert workers.run(keep, 300 << 20) == first
        assert not alive(first)
        assert workers.run(keep, 1) != first
        assert 300 < workers.peak_megabytes < 600


def test_no_process_is_left_at_the_end() -> None:
    with Workers(2) as workers:
        pid = workers.run(os.getpid)
        assert alive(pid)
    assert not alive(pid)
    with pytest.raises(WorkerDied, match="ended"):
        workers.run(os.getpid)


def test_calls_under_way_end_with_the_pool() -> None:
    """Ten times: the pool and the calls end the same processes in any order, and close what is theirs once."""
    told: list[PoolClosed] = []

    def call(workers: Workers) -> None:
        with pytest.raises(PoolClosed) as error:
            workers.run(time.sleep, 60)
        told.append(error.value)

    opened = len(list(Path("/dev/fd").iterdir()))
    for _ in range(10):
        with Workers(3) as workers:
            threads = [threading.Thread(target=call, args=(workers,)) for _ in range(2)]
            workers.run(abs, -1)
            for thread in threads:
                thread.start()
            assert wait_until(lambda: workers.started == 2)
        for thread in threads:
            thread.join(20)
    assert len(told) == 20
    assert len(list(Path("/dev/fd").iterdir())) == opened


PARENT = """
import os, re, sys, threading
from flows.workers import Workers
workers = Workers(2)
idle = workers.run(os.getpid)
def show():
    # Runs in the same process next, which then hangs in C code that never lets go.
    print(idle, flush=True)
    workers.run(re.match, {search!r}, {text!r})
thread = threading.Thread(target=show)
thread.start()
thread.join()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_a_killed_parent(how: signal.Signals) -> None:
    script = PARENT.format(search=CATASTROPHE[0], text=CATASTROPHE[1])
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        time.sleep(0.5)
        assert alive(child)
        parent.send_signal(how)
        parent.wait()
        assert wait_until(lambda: not alive(child))


def test_a_process_survives_the_thread_that_started_it(workers: Workers) -> None:
    with ThreadPoolExecutor(1) as threads:
        pid = threads.submit(workers.run, os.getpid).result()
    time.sleep(0.2)
    assert workers.run(os.getpid) == pid


def loaded(*names: str) -> list[str]:
    return [name for name in names if name in sys.modules]


def test_a_process_imports_what_it_needs_and_not_the_main_module() -> None:
    """A file of functions of the command line is the main module, and imports what reading does not need."""
    script = (
        "import pandas, flows.cli, sys\n"
        "from flows import ledger\n"
        "from flows.workers import Workers\n"
        "from pathlib import Path\n"
        "from flows.sources import SourceFile\n"
        "with Workers(1) as workers:\n"
        "    print(workers.run(ledger.extract_into, SourceFile(Path('none.pdf'), 'none.pdf', ''), Path('entry')))\n"
        "    print(sorted({name.partition('.')[0] for name in workers.run(eval, '[*__import__(\"sys\").modules]')}))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    failure, modules = done.stdout.splitlines()
    assert "FileNotFoundError" in failure or "none.pdf" in failure
    for package in ("pandas", "pandera", "prefect", "pyarrow", "duckdb", "pytest"):
        assert f"'{package}'" not in modules
    assert "'pdfplumber'" in modules


def test_the_limit_of_memory_leaves_room_for_a_chapter(tmp_path: Path, figures: Callable[[str], None]) -> None:
    from flows import ledger
    from tests.generator import SAMPLE, STYLE_2019, draw_pdf

    draw_pdf(SAMPLE, tmp_path / "a.pdf", STYLE_2019)
    with Workers(1, recycled_megabytes=10_000) as workers:
        failure = workers.run(
            ledger.extract_into,
            SourceFile(tmp_path / "a.pdf", "a.pdf", hash_of(tmp_path / "a.pdf")),
            tmp_path / "entry",
        )
        assert failure is None
        status = workers.run(Path("/proc/self/status").read_text)
        space = int(re.findall(r"VmPeak:\s+(\d+) kB", status)[0]) / 1024
        figures(f"a child that has read a chapter: {workers.peak_megabytes:.0f} MB held, {space:.0f} MB of addresses")
        assert space < 1024
