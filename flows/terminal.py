"""Standard output as it is: one that takes ASCII only, or one whose reader ends early (``| head``)."""

from __future__ import annotations

import io
import os
import sys

from rich.console import Console


class Screen(Console):
    """A console that prints nothing more once its reader has ended. Rich's own would end the command with exit code 1,
    which here means that a file failed."""

    def on_broken_pipe(self) -> None:
        """Drop what is still to be printed."""
        self.quiet = True
        drop_output()


def escape_what_cannot_be_printed() -> None:
    """Print a letter that the terminal's encoding lacks as an escape (``\\xf4``), not as an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def encodable(text: str, console: Console) -> str:
    """The text with what the console cannot print escaped; columns are as wide as what is printed in them."""
    return text.encode(console.encoding, "backslashreplace").decode(console.encoding)


def put(text: str) -> None:
    """Print a long text as it is; a reader that ends early is no error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()


def drop_output() -> None:
    """Redirect standard output to the null device, so that Python does not fail on its last flush."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
