"""How a command ends that cannot do its work, or is ended from outside: with a sentence and an exit code."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM", signal.SIGHUP: "the end of its terminal"}
"""What ends a command, and how its log names it. The exit code is 128 and the number of the signal: 130, 143, 129."""


class Refused(Exception):
    """What was asked for cannot be done as things are; the message says why. A command then ends with exit code 2."""


class Ended(BaseException):
    """A signal ends the command. No error: nothing that handles errors of a file may catch it."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(SIGNALS.get(signal.Signals(number), str(number)))


@contextmanager
def ended_by_signals(say: Callable[[str], object]) -> Iterator[None]:
    """Inside, SIGTERM and SIGHUP end the block as Ctrl-C does: everything that is open is closed.

    Then ``say`` gets a sentence, and ``SystemExit`` is raised with the exit code. A second signal ends the process at
    once. A signal that the process was started to ignore (``nohup``) stays ignored. Only in the main thread.
    """
    heard = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]

    def end(number: int, _: FrameType | None) -> None:
        for other in heard:
            signal.signal(other, signal.SIG_DFL)
        raise Ended(number)

    before = {number: signal.signal(number, end) for number in heard}
    try:
        yield
    except BaseException as error:
        number = _number(error)
        if number is None:
            raise
        say(
            f"ended by {SIGNALS[signal.Signals(number)]}; the published tables are those of one complete run, and the "
            "next run does not read again what this one has finished"
        )
        raise SystemExit(128 + number) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _number(error: BaseException) -> int | None:
    """The signal that an exception stands for; Prefect has an exception of its own for SIGTERM."""
    if isinstance(error, Ended):
        return error.number
    if isinstance(error, KeyboardInterrupt):
        return signal.SIGINT
    module = sys.modules.get("prefect.exceptions")
    return signal.SIGTERM if module and isinstance(error, module.TerminationSignal) else None
