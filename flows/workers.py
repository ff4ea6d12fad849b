"""Child processes with limits: each file is read in one, within a limit of wall-clock time and of memory.

A child is a fresh interpreter, never a fork (a fork of a process with threads can hang) and without the main module of
its parent: it imports only what the called functions need. It works on one call at a time, so whatever ends it (a
limit, the kernel's out-of-memory killer, a crash in C code) affects one file. Linux and other Unixes.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import pickle
import resource
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

SECONDS = 300.0
"""The default limit of time for one call; the slowest real chapter takes a few seconds."""
MEGABYTES = 2048
"""The default limit of a child's address space; with spaCy loaded and a chapter read it is about 260 MB."""
RECYCLED_MEGABYTES = 240
"""A child that holds more than this after a call is replaced before the next one."""
COLLECTED = 20_000
"""New objects after which a process looks for garbage; with Python's 700 that is a twentieth of a first chapter, and of
a run that loads pandas."""
START_SECONDS = 120.0
"""How long a child may take to start and to import what a call needs, also on a loaded machine."""
BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); import flows.workers as w; w._serve(sys.argv[2:])"


class WorkerDied(Exception):
    """The process that read a file ended without an answer (killed, out of memory or crashed)."""


class PoolClosed(WorkerDied):
    """The pool was closed (Ctrl-C) during a call; this is no fault of the file."""


class TookTooLong(Exception):
    """A call exceeded its time limit; its process was killed."""


class NeededTooMuchMemory(Exception):
    """A call needed more memory than its process may have."""


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """Up to ``count`` child processes; :meth:`run` calls a function in one of them and waits.

    ``seconds`` limits one call, ``megabytes`` the address space of its process (``None``: no limit); the latter is
    RLIMIT_AS, which macOS does not enforce: there only the limit of time holds. A process starts when a call finds
    none idle, is used again, and is replaced when it has grown beyond ``recycled_megabytes``. None of them outlives
    the parent, even if that is killed.
    """

    def __init__(
        self,
        count: int,
        seconds: float | None = SECONDS,
        megabytes: int | None = MEGABYTES,
        recycled_megabytes: float = RECYCLED_MEGABYTES,
    ) -> None:
        self._count, self._seconds, self._megabytes = max(1, count), seconds, megabytes
        self._recycled = recycled_megabytes
        self._places = threading.Semaphore(self._count)
        self._alone = threading.Lock()
        self._state = threading.Lock()
        self._children: set[_Child] = set()
        self._idle: list[_Child] = []
        self._closed = False
        self.started = 0
        """How many processes were started so far."""
        self.peak_megabytes = 0.0
        """The most memory (resident) that any of the processes has held so far."""

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all processes; calls that still run end with :class:`PoolClosed`. A second time it does nothing."""
        with self._state:
            self._closed = True
            idle, self._idle = self._idle, []
            children, self._children = self._children, set()
        for child in children:
            child.end()
        for child in idle:  # the others are closed by the threads that wait for their answers
            child.close()

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result or its exception. Function, arguments and result go through a pipe as pickles.

        Raises :class:`TookTooLong` and :class:`NeededTooMuchMemory` at the limits, and :class:`WorkerDied` if its
        process dies twice, the second time with no other call running (there may have been too little memory for
        all). May be called from many threads; a call waits while ``count`` others run.
        """
        message = pickle.dumps((function, args, kwargs))
        try:
            with self._take(1):
                return self._call(message)  # type: ignore[no-any-return]
        except PoolClosed:
            raise
        except WorkerDied:
            pass
        with self._alone, self._take(self._count):
            return self._call(message)  # type: ignore[no-any-return]

    def prepare(self, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Start a process before the first call, and let it call the function meanwhile: one that imports, for example.

        Nothing is heard of the function. What goes wrong in it, a call in the same process will meet again.
        """
        with contextlib.suppress(OSError):
            child = self._start()
            child.prepare(pickle.dumps((function, args, kwargs)))
            with self._state:
                self._idle.append(child)

    @contextlib.contextmanager
    def _take(self, places: int) -> Iterator[None]:
        """Wait for so many of the places for calls."""
        taken = 0
        try:
            while taken < places:
                self._places.acquire()
                taken += 1
            yield
        finally:
            self._places.release(taken)

    def _call(self, message: bytes) -> Any:
        with self._state:
            child = self._idle.pop() if self._idle else None
        child = child or self._start()
        keep = False
        try:
            answer, error, megabytes = child.call(message, self._seconds)
            keep = megabytes <= self._recycled and not isinstance(error, NeededTooMuchMemory)
        except WorkerDied as died:
            if self._closed:
                raise PoolClosed("the run has ended") from died
            raise
        finally:
            self._put_back(child, keep)
        if error is not None:
            raise error
        return answer

    def _start(self) -> _Child:
        with self._state:
            if self._closed:
                raise PoolClosed("the run has ended")
            child = _Child(self._megabytes)
            self._children.add(child)
            self.started += 1
        return child

    def _put_back(self, child: _Child, keep: bool) -> None:
        peak = child.peak()
        if not keep:
            child.end()
        with self._state:
            self.peak_megabytes = max(self.peak_megabytes, peak)
            keep = keep and not self._closed
            if keep:
                self._idle.append(child)
            else:
                self._children.discard(child)
        if not keep:
            child.close()


class _Child:
    """One process, seen from the parent."""

    def __init__(self, megabytes: int | None) -> None:
        self._pipe, theirs = Pipe()
        watched, self._lifeline = os.pipe()
        try:
            command = [sys.executable, "-P", "-c", BOOT, json.dumps(sys.path)]
            command += [str(number) for number in (theirs.fileno(), watched, megabytes or 0)]
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # standard output belongs to the parent's data
                pass_fds=(theirs.fileno(), watched),
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            )
        except BaseException:
            self._pipe.close()
            os.close(self._lifeline)
            raise
        finally:
            theirs.close()
            os.close(watched)
        self._peak = 0.0
        self._unheard = 0

    def prepare(self, message: bytes) -> None:
        """Call what the message says; its answers are received with the next call, and not used."""
        self._unheard = 2
        with contextlib.suppress(OSError):  # it has died, and the next call tells
            self._pipe.send_bytes(message)

    def call(self, message: bytes, seconds: float | None) -> tuple[Any, BaseException | None, float]:
        """Result, exception and the megabytes held afterwards. The limit counts from when the imports are done."""
        try:
            self._pipe.send_bytes(message)
            for _ in range(self._unheard + 1):
                if not self._pipe.poll(START_SECONDS):
                    raise WorkerDied(f"the process that was to read it did not start within {START_SECONDS:.0f} s")
                self._pipe.recv_bytes()
            self._unheard = 0
            if not self._pipe.poll(seconds):
                raise TookTooLong(f"was not read within {seconds:g} s")
            answer: tuple[Any, BaseException | None, float, float] = pickle.loads(self._pipe.recv_bytes())
        except (EOFError, OSError) as error:
            raise WorkerDied(f"the process that read it died ({self._how()})") from error
        self._peak = max(self._peak, answer[3])
        return answer[:3]

    def peak(self) -> float:
        """The most megabytes that it has held, also if it gave no answer."""
        return max(self._peak, _status(self._process.pid).get("VmHWM", 0.0))

    def end(self) -> None:
        """End it at once, whatever code it runs. From any thread; a thread that waits for its answer gets an error."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it and close its pipes. Only once, by the thread that uses it, because file numbers are used again."""
        self.end()
        self._pipe.close()
        os.close(self._lifeline)

    def _how(self) -> str:
        code = self._process.wait()
        if code == -signal.SIGKILL:
            return "killed, perhaps because memory ran out"
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"


# ---------------------------------------------------------------------------------------------- in the child


def _serve(arguments: list[str]) -> None:
    """The main loop of the child: call what comes through the pipe until the parent has ended."""
    pipe, watched, megabytes = (int(argument) for argument in arguments)
    die_with_parent(watched)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent decides
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.set_threshold(COLLECTED)
    if megabytes:
        with contextlib.suppress(ValueError, OSError):  # macOS
            resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    connection = Connection(pipe)
    while True:
        try:
            message = connection.recv_bytes()
        except (EOFError, OSError):
            return
        connection.send_bytes(_answer(message, connection, megabytes))


def die_with_parent(watched: int) -> None:
    """Let the kernel end this process when the parent's end of a pipe closes, even in the middle of C code.

    The signal's default action is to end the process, and no code of ours has to run for it. PR_SET_PDEATHSIG would
    fire when the parent's thread that started this process ends, not the parent.
    """
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(watched, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(watched, fcntl.F_SETFL, fcntl.fcntl(watched, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([watched], [], [], 0)[0]:  # the parent had already ended
        os._exit(1)


def _answer(message: bytes, connection: Connection[Any, Any], limit: int) -> bytes:
    result: Any = None
    failure: BaseException | None = None
    try:
        try:
            function, args, kwargs = pickle.loads(message)
        finally:
            connection.send_bytes(b"ready")
        result = function(*args, **kwargs)
    except MemoryError:
        failure = NeededTooMuchMemory(f"needed more than {limit} MB of memory" if limit else "memory ran out")
    except Exception as error:
        failure = error
    status = _status(os.getpid())
    peak = status.get("VmHWM", _highest())
    held = status.get("VmRSS", peak)
    try:
        answer = pickle.dumps((result, failure, held, peak))
        pickle.loads(answer)  # not every exception can be unpickled
    except Exception as error:
        told = RuntimeError(f"{type(failure or error).__name__}: {failure or error}")
        answer = pickle.dumps((None, told, held, peak))
    return answer


def _status(pid: int) -> dict[str, float]:
    """Memory figures of a process in megabytes, where the system has them (Linux)."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return {}
    return {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.startswith("Vm")}


def _highest() -> float:
    """The most megabytes that this process has held; not for Linux, which counts the parent's before the start."""
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest / (1 << 20) if sys.platform == "darwin" else highest / 1024
