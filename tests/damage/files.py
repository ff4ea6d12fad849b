"""Files changed at random: bytes, objects, pages and strokes of PDFs, lines and characters of raw texts.

A mutant is made of one seed alone.
"""

from __future__ import annotations

import functools
import io
import random
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from pikepdf import Pdf

from tests.bad_inputs.pdfs import chapter_pdf, content, reorder, saved, set_content
from tests.bad_inputs.texts import chapter_text
from tests.generator import LAYOUTS, SAMPLE, draw_pdf

TOKENS = (
    b"null", b"<<", b">>", b"[", b"]", b"endobj", b"endstream", b"stream\n", b" 0 R", b"99999999999", b"-1", b"(", b")",
    b"/", b"%", b"xref", b"trailer", b"startxref", b"/Kids", b"/Length 0", b"/Filter /FlateDecode", b"true",
    b"1e99", b"\0",
)  # fmt: skip
SIGNS = "\t\n\r\f\0 .,;:()[]{}|$&*†‡✓■–—’“”0123456789IlO\u00ad\u200b\u2028\ufffd\ufefféÉßЖ中🙂\u202e"

Mutate = Callable[[bytes, random.Random], bytes]


# ---------------------------------------------------------------------------------------------- any bytes


def flip(data: bytes, rng: random.Random) -> bytes:
    """One to thirty bytes are others."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 30))):
        out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def cut_out(data: bytes, rng: random.Random) -> bytes:
    """A block is gone."""
    size = rng.choice((1, 20, 500, 5000, len(data) // 3))
    at = rng.randrange(len(data))
    return data[:at] + data[at + size :]


def cut_off(data: bytes, rng: random.Random) -> bytes:
    """The end is gone, and the mark of the end is put in again."""
    return data[: rng.randrange(len(data))] + b"\n%%EOF\n"


def put_in(data: bytes, rng: random.Random) -> bytes:
    """Random bytes in between."""
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(rng.choice((1, 20, 2000))) + data[at:]


def swap(data: bytes, rng: random.Random) -> bytes:
    """Two blocks have changed places."""
    size = rng.choice((10, 200, 3000))
    a, b = sorted(rng.sample(range(max(2, len(data) - size)), 2))
    b = max(b, a + size)
    return data[:a] + data[b : b + size] + data[a + size : b] + data[a : a + size] + data[b + size :]


def double(data: bytes, rng: random.Random) -> bytes:
    """A block stands there twice."""
    size, at = rng.choice((50, 2000)), rng.randrange(len(data))
    return data[:at] + data[at : at + size] + data[at:]


# ---------------------------------------------------------------------------------------------- PDF


def token(data: bytes, rng: random.Random) -> bytes:
    """Words of the PDF language put between others."""
    places = [m.end() for m in re.finditer(rb"\s", data)]
    for _ in range(rng.choice((1, 3))):
        at = rng.choice(places)
        data = data[:at] + rng.choice(TOKENS) + b" " + data[at:]
    return data


def number(data: bytes, rng: random.Random) -> bytes:
    """One number outside of the packed streams is another."""
    found = rng.choice(list(re.finditer(rb"(?<=[\s\[])-?\d+(?:\.\d+)?(?=[\s\]/>])", data)))
    return data[: found.start()] + rng.choice((b"0", b"-1", b"7", b"99999", b"2147483648")) + data[found.end() :]


def objects(data: bytes) -> list[re.Match[bytes]]:
    return list(re.finditer(rb"(?s)\n\d+ 0 obj\b.*?\nendobj", data))


def drop_object(data: bytes, rng: random.Random) -> bytes:
    """An object is not in the file."""
    found = rng.choice(objects(data))
    return data[: found.start()] + data[found.end() :]


def double_object(data: bytes, rng: random.Random) -> bytes:
    """An object stands where another one stood, under that one's number."""
    one, other = rng.choice(objects(data)), rng.choice(objects(data))
    body = re.sub(rb"^\n\d+", re.match(rb"\n\d+", other[0])[0], one[0])  # type: ignore[index]
    return data[: other.start()] + body + data[other.end() :]


def pages(data: bytes, rng: random.Random) -> bytes:
    """A page is missing, double or elsewhere."""
    with Pdf.open(io.BytesIO(data)) as pdf:
        order = list(range(1, len(pdf.pages) + 1))
    at, other = rng.randrange(len(order)), rng.randrange(len(order))
    match rng.randrange(3):
        case 0 if len(order) > 1:
            del order[at]
        case 1:
            order.insert(other, order[at])
        case _:
            order[at], order[other] = order[other], order[at]
    return saved(data, reorder(*order))


def turned(data: bytes, rng: random.Random) -> bytes:
    """A page is turned."""

    def edit(pdf: pikepdf.Pdf) -> None:
        rng.choice(list(pdf.pages)).obj.Rotate = rng.choice((90, 180, 270))

    return saved(data, edit)


def unpacked(change: Callable[[bytes, random.Random], bytes]) -> Mutate:
    """A mutation of one page's content before it is packed."""

    def mutate(data: bytes, rng: random.Random) -> bytes:
        def edit(pdf: pikepdf.Pdf) -> None:
            page = rng.choice(list(pdf.pages))
            set_content(pdf, page, change(content(page), rng))

        return saved(data, edit)

    return mutate


def drop_strokes(data: bytes, rng: random.Random) -> bytes:
    """Some lines of a content stream are gone."""
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    del lines[at : at + rng.choice((1, 1, 5, 40))]
    return b"\n".join(lines)


def shuffle_strokes(data: bytes, rng: random.Random) -> bytes:
    """Texts are painted in another order."""
    parts = re.split(rb"(?<=ET)\s", data)
    rng.shuffle(parts)
    return b"\n".join(parts)


def misread_strokes(data: bytes, rng: random.Random) -> bytes:
    """Letters within shown strings are others."""
    places = [at for m in re.finditer(rb"\(([^()\\]{3,})\)", data) for at in range(m.start(1), m.end(1))]
    out = bytearray(data)
    for at in rng.sample(places, min(len(places), rng.choice((1, 10)))):
        out[at] = rng.choice(b"abcdefghijklmnopqrstuvwxyzABC0123456789., ")
    return bytes(out)


# ---------------------------------------------------------------------------------------------- text


def lines_of(change: Callable[[list[str], random.Random], None]) -> Mutate:
    def mutate(data: bytes, rng: random.Random) -> bytes:
        lines = data.decode("utf-8", "surrogateescape").split("\n")
        change(lines, rng)
        return "\n".join(lines).encode("utf-8", "surrogateescape")

    return mutate


def drop_lines(lines: list[str], rng: random.Random) -> None:
    at = rng.randrange(len(lines))
    del lines[at : at + rng.choice((1, 1, 3, 20))]


def double_lines(lines: list[str], rng: random.Random) -> None:
    at, size = rng.randrange(len(lines)), rng.choice((1, 5, 30))
    lines[at:at] = lines[at : at + size]


def move_lines(lines: list[str], rng: random.Random) -> None:
    at, size = rng.randrange(len(lines)), rng.choice((1, 5, 30))
    block = lines[at : at + size]
    del lines[at : at + size]
    there = rng.randrange(len(lines) + 1)
    lines[there:there] = block


def join_lines(lines: list[str], rng: random.Random) -> None:
    for _ in range(rng.choice((1, 5))):
        at = rng.randrange(len(lines) - 1)
        lines[at : at + 2] = [f"{lines[at]} {lines[at + 1]}"]


def lose_tabs(lines: list[str], rng: random.Random) -> None:
    rows = [at for at, line in enumerate(lines) if "\t" in line]
    for at in rng.sample(rows, min(len(rows), rng.choice((1, 5)))):
        lines[at] = lines[at].replace("\t", " ", rng.choice((1, 9)))


def misread(data: bytes, rng: random.Random) -> bytes:
    """Characters are others, gone, or more."""
    text = list(data.decode("utf-8", "surrogateescape"))
    for _ in range(rng.choice((1, 10, 100))):
        at = rng.randrange(len(text))
        text[at] = rng.choice((rng.choice(SIGNS), "", text[at] + rng.choice(SIGNS)))
    return "".join(text).encode("utf-8", "surrogateescape")


@dataclass(frozen=True)
class Mutation:
    """``judged`` says that rows may not be missing without a word: what was lost leaves a trace in the file."""

    name: str
    mutate: Mutate
    judged: bool = False


OF_A_PDF = (
    Mutation("bytes flipped", flip, judged=True),
    Mutation("bytes cut out", cut_out, judged=True),
    Mutation("end cut off", cut_off, judged=True),
    Mutation("bytes put in", put_in, judged=True),
    Mutation("blocks swapped", swap, judged=True),
    Mutation("block doubled", double, judged=True),
    Mutation("token put in", token, judged=True),
    Mutation("number changed", number, judged=True),
    Mutation("object dropped", drop_object, judged=True),
    Mutation("object doubled", double_object, judged=True),
    Mutation("pages", pages, judged=True),
    Mutation("page turned", turned, judged=True),
    Mutation("strokes dropped", unpacked(drop_strokes)),
    Mutation("strokes shuffled", unpacked(shuffle_strokes)),
    Mutation("strokes flipped", unpacked(flip)),
    Mutation("strokes cut out", unpacked(cut_out)),
    Mutation("tokens in strokes", unpacked(token)),
    Mutation("strokes misread", unpacked(misread_strokes)),
)
OF_A_TEXT = (
    Mutation("bytes flipped", flip),
    Mutation("bytes cut out", cut_out),
    Mutation("bytes put in", put_in),
    Mutation("blocks swapped", swap),
    Mutation("block doubled", double),
    Mutation("lines dropped", lines_of(drop_lines)),
    Mutation("lines doubled", lines_of(double_lines), judged=True),
    Mutation("lines moved", lines_of(move_lines)),
    Mutation("lines joined", lines_of(join_lines)),
    Mutation("tabs lost", lines_of(lose_tabs)),
    Mutation("characters misread", misread),
)


# ---------------------------------------------------------------------------------------------- one mutant


BASES = ("text", "text", "packed", "packed", "loose", "listed", *(f"layout {n}" for n in range(len(LAYOUTS))))
"""The sound chapters that are changed; all are drawn."""


@functools.lru_cache(maxsize=40)
def base(which: str) -> tuple[bytes, str]:
    """The bytes of a sound chapter and the suffix of its file."""
    if which == "text":
        return chapter_text().encode(), ".txt"
    if which == "packed":
        return chapter_pdf(), ".pdf"
    if which == "loose":
        level = pikepdf.StreamDecodeLevel.all
        return saved(chapter_pdf(), compress_streams=False, stream_decode_level=level, recompress_flate=False), ".pdf"
    if which == "listed":
        return saved(chapter_pdf(), object_stream_mode=pikepdf.ObjectStreamMode.generate), ".pdf"
    with tempfile.TemporaryDirectory() as folder:
        draw_pdf(SAMPLE, Path(folder) / "a.pdf", LAYOUTS[int(which.split()[1])])
        return saved((Path(folder) / "a.pdf").read_bytes()), ".pdf"


def mutant(seed: int) -> tuple[bytes, str, str, Mutation]:
    """The bytes of a mutant, the suffix of its file, what it was made of and how."""
    rng = random.Random(seed)
    which = rng.choice(BASES)
    data, suffix = base(which)
    mutation = rng.choice(OF_A_PDF if suffix == ".pdf" else OF_A_TEXT)
    try:
        return mutation.mutate(data, rng), suffix, which, mutation
    except (pikepdf.PdfError, IndexError, ValueError):  # nothing there that it could change (a locked file)
        return flip(data, rng), suffix, which, Mutation("bytes flipped", flip)
