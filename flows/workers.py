"""Processes for the parsing, which is all processor time; a process that dies takes only its own file with it."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class WorkerDied(Exception):
    """The process that read a file ended without an answer (killed, out of memory or crashed)."""


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """``run`` calls a function in another process and waits; with one worker, in this process, one call at a time."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result or its exception; :class:`WorkerDied` if its process dies twice, the second time alone.

        When a process dies all calls under way fail with it; those that were not to blame succeed alone.
        """
        if self._count == 1:
            with self._lock:
                return function(*args, **kwargs)
        pool = self._current()
        try:
            return pool.submit(function, *args, **kwargs).result()
        except BrokenProcessPool:
            self._replace(pool)
        try:
            with self._new(1) as alone:
                return alone.submit(function, *args, **kwargs).result()
        except BrokenProcessPool as error:
            raise WorkerDied("the process that read it died (killed, out of memory or crashed)") from error

    def _current(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = self._new(self._count)
            return self._pool

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is broken:
                self._pool = None

    @staticmethod
    def _new(count: int) -> ProcessPoolExecutor:
        # Prefect runs threads, and a fork of a process with threads can hang.
        return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))
