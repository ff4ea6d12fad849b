"""Standard output and standard error as they are: one that takes ASCII only, or one whose reader ends early."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from flows.ending import Refused

NARROW = 60
"""Characters; on a terminal with fewer, columns of a table would be single letters, and lines are folded, not cut."""


class _Unread(io.FileIO):
    """A file that nobody may read any more (``| head``). What is still written is dropped, without an error: whether
    somebody reads on says nothing about the work of a command, and must not change its exit code."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return super().write(data)


def prepare_streams() -> None:
    """Make standard output and standard error of this process take everything: a letter that the encoding lacks is
    printed as an escape (``\\xf4``), and what nobody reads is dropped."""
    sys.stdout, sys.stderr = _lenient(sys.stdout, 1), _lenient(sys.stderr, 2)


def _lenient(stream: Any, number: int) -> Any:
    """The stream over the same descriptor. One that is closed, or no file, stays as it is."""
    if not isinstance(stream, io.TextIOWrapper) or stream.closed:
        return stream
    stream.flush()
    buffer = io.BufferedWriter(_Unread(number, "wb", closefd=False))
    lines = stream.isatty() or number == 2
    return io.TextIOWrapper(buffer, stream.encoding, "backslashreplace", line_buffering=lines)


def encodable(text: str, console: Console) -> str:
    """The text with what the console cannot print escaped; columns are as wide as what is printed in them."""
    return text.encode(console.encoding, "backslashreplace").decode(console.encoding)


@contextmanager
def paged(wanted: bool) -> Iterator[Console]:
    """A console; what is printed within the block goes through a pager if that is ``wanted`` and a person looks.

    ``PAGER`` names the pager; ``less`` ends at once where everything fits on the screen, and shows colours.
    """
    console = Console()
    if not (wanted and console.is_terminal and sys.stdin and sys.stdin.isatty()):
        yield console
        return
    os.environ.setdefault("LESS", "-FRX")
    with console.pager(styles=True):
        yield console


def put(text: str) -> None:
    """Print a long text as it is."""
    sys.stdout.write(text)
    sys.stdout.flush()


class Commands(TyperGroup):
    """A group of commands. What is :class:`flows.ending.Refused` ends a command with its message and exit code 2."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command of the group."""
        try:
            return super().invoke(ctx)
        except Refused as error:
            raise usage(str(error)) from error


@contextmanager
def writing(what: str) -> Iterator[None]:
    """Inside, an ``OSError`` says that ``what`` cannot be written."""
    try:
        yield
    except Refused:
        raise
    except OSError as error:
        raise Refused(f"cannot write {what}: {error.strerror or error}") from error


def usage(message: str) -> typer.Exit:
    """Say what is wrong with a command as it was given, and give the exit to raise (exit code 2)."""
    say(message)
    return typer.Exit(2)


def say(message: str) -> None:
    """Print a sentence to standard error."""
    typer.echo(f"findings: {message}", err=True)
