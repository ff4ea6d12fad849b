"""Files that are none: folders, pipes, sockets, devices, links into nowhere; and files that are gone when asked for."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from tests.bad_inputs.pdfs import chapter_pdf
from tests.verdicts import Kind


def folder_of_that_name(folder: Path) -> Path:
    (folder / "a.pdf").mkdir()
    return folder / "a.pdf"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "a.pdf")
    return folder / "a.pdf"


def unix_socket(folder: Path) -> Path:
    here = Path.cwd()
    os.chdir(folder)  # a socket's path may be no longer than a hundred letters
    try:
        with socket.socket(socket.AF_UNIX) as endpoint:
            endpoint.bind("a.pdf")
    finally:
        os.chdir(here)
    return folder / "a.pdf"


def link(target: str, name: str = "a.pdf") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).symlink_to(target)
        return folder / name

    return make


def good_link(folder: Path) -> Path:
    (folder / "real").write_bytes(chapter_pdf())
    return link("real")(folder)


def nothing(folder: Path) -> Path:
    return folder / "gone.pdf"


def named(name: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(chapter_pdf())
        return path

    return make


NAMES = (
    "new\nline.pdf",
    "quote's \" and `tick`.pdf",
    "..pdf.pdf",
    "%2e%2e%2f.pdf",
    "\u202efdp.esrever.pdf",
    "bell\x07 and \x1b[31mcolour.pdf",
    "a" * 240 + ".pdf",
    "=1+1.pdf",
    "<script>alert(1)</script>.pdf".replace("/", "∕"),
    "; DROP TABLE documents; --.pdf",
    "$(touch x).pdf",
    "-rf.pdf",
    " blank at both ends .pdf",
    "\udcff\udcfe not UTF-8.pdf",
    "العربية.pdf",
)

KINDS: tuple[Kind, ...] = (
    Kind("place: nothing", nothing, fails="cannot be opened"),
    Kind("place: a folder", folder_of_that_name, fails="is not a regular file"),
    Kind("place: a pipe", pipe, fails="is not a regular file"),
    Kind("place: a socket", unix_socket, fails="is not a regular file"),
    Kind("place: a device without end", link("/dev/zero"), fails="is not a regular file"),
    Kind("place: a text without end", link("/dev/zero", "a.txt"), fails="is not a regular file"),
    Kind("place: a terminal", link("/dev/tty"), fails="is not a regular file"),
    Kind("place: a link into nowhere", link("nowhere"), fails="cannot be opened"),
    Kind("place: a link to itself", link("a.pdf"), fails="cannot be opened"),
    Kind("place: a link to a chapter", good_link),
    *(Kind(f"name: {name!a}", named(name)) for name in NAMES),
)
