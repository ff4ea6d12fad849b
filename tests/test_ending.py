"""A command that is ended from outside ends with a sentence and a code, and leaves no process behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from flows.ending import Ended, ended_by_signals
from tests.conftest import ROOT, arvenia
from tests.test_kills import wait_until
from tests.test_prefect_away import COMMAND, ENVIRONMENT


@pytest.fixture(autouse=True)
def as_in_a_terminal() -> Iterator[None]:
    """Whoever starts the tests in the background may have Ctrl-C ignored, which the processes of a test inherit."""
    before = {sent: signal.getsignal(sent) for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for sent in before:
        signal.signal(sent, signal.default_int_handler if sent == signal.SIGINT else signal.SIG_DFL)
    yield
    for sent, handler in before.items():
        signal.signal(sent, handler)


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_reads(sent: signal.Signals, code: int, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.pdf").write_text(json.dumps([asdict(arvenia())]))
    (tmp_path / "wait").touch()
    run = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "run", str(tmp_path / "in"), "--output", str(tmp_path / "out")],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert wait_until((tmp_path / "read.log").exists, 120)
        run.send_signal(sent)
        out, log = run.communicate(timeout=120)
    finally:
        run.kill()
    assert (run.returncode, out) == (code, "")
    assert log.splitlines()[-1].startswith(f"findings: ended by {'Ctrl-C' if sent == signal.SIGINT else 'SIGTERM'}; ")
    assert "Traceback" not in log
    assert "failed" not in log
    with pytest.raises(ProcessLookupError):
        wait_until(lambda: not _is_alive(run.pid), 20)
        os.killpg(run.pid, 0)
    assert not (tmp_path / "out" / "run.json").exists()


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_signal_has_its_sentence_and_its_code(sent: signal.Signals) -> None:
    said: list[str] = []
    before = signal.getsignal(sent)
    with pytest.raises(SystemExit) as ended, ended_by_signals(said.append):
        os.kill(os.getpid(), sent)
        signal.pause()
    assert ended.value.code == 128 + sent
    assert len(said) == 1
    assert signal.getsignal(sent) is before


def test_prefect_turns_sigterm_into_an_exception_of_its_own() -> None:
    from prefect.exceptions import TerminationSignal

    with pytest.raises(SystemExit) as ended, ended_by_signals(lambda line: None):
        raise TerminationSignal(signal.SIGTERM)
    assert ended.value.code == 143


@pytest.mark.parametrize("error", [ValueError, SystemExit])
def test_other_errors_stay_what_they_are(error: type[BaseException]) -> None:
    with pytest.raises(error, match="mine"), ended_by_signals(lambda line: None):
        raise error("mine")


def test_no_code_that_handles_errors_catches_it() -> None:
    def careless(call: Callable[[], None]) -> None:
        try:
            call()
        except Exception:
            raise AssertionError("caught") from None

    def end() -> None:
        raise Ended(signal.SIGTERM)

    with pytest.raises(Ended):
        careless(end)


def test_a_signal_that_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_by_signals(lambda line: None):
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
