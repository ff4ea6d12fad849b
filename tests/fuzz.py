"""``python -m tests.fuzz --count 10000``: chapters changed at random, each read in a child process and judged.

A mutant is made of one seed alone, so that ``--first SEED --count 1 --keep FOLDER`` makes it again. It must be read or
refused within the limits of a run. Where whole pages, objects or packed bytes are lost, rows must not be missing
without a finding. What was taken out as if it had never been printed (a line of a raw text, the strokes of one row)
cannot be told from a shorter chapter: such mutants are counted, not judged.

Verdicts: ``refused`` with a reason; ``same`` rows; ``said``: other rows and a new warning or error; ``altered``: no row
fewer, other words; ``shorter``: rows fewer and nothing said; ``limit``: stopped by a limit of time or memory;
``defect``: any other exception, or a process that died.
"""

from __future__ import annotations

import argparse
import functools
import io
import random
import re
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from pikepdf import Pdf

from flows.workers import NeededTooMuchMemory, TookTooLong, WorkerDied, Workers
from tests.bad_inputs.pdfs import chapter_pdf, content, reorder, saved, set_content
from tests.bad_inputs.texts import chapter_text
from tests.generator import LAYOUTS, SAMPLE, draw_pdf
from tests.verdicts import Look, look

SECONDS, MEGABYTES = 60.0, 1024
REPORTS = Path(__file__).parent.parent.parent / "shared" / "reports"
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


# ---------------------------------------------------------------------------------------------- one mutant


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


@dataclass(frozen=True)
class Result:
    """What became of one mutant; ``detail`` says more where the verdict is bad."""

    seed: int
    kind: str
    verdict: str
    detail: str = ""
    judged: bool = False

    @property
    def bad(self) -> bool:
        return self.verdict in ("defect", "limit") or (self.judged and self.verdict == "shorter")


@functools.cache
def bases(real: bool) -> tuple[Path | str, ...]:
    """What is mutated: real chapters by their paths, drawn ones by their names."""
    if real:
        return tuple(sorted((*REPORTS.rglob("*.pdf"), *REPORTS.rglob("*.txt"))))
    return ("text", "text", "packed", "packed", "loose", "listed", *(f"layout {n}" for n in range(len(LAYOUTS))))


@functools.lru_cache(maxsize=40)
def base(which: Path | str) -> tuple[bytes, str]:
    """The bytes of a sound chapter and the suffix of its file."""
    if isinstance(which, Path):
        return which.read_bytes(), which.suffix
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


@functools.lru_cache(maxsize=40)
def before(which: Path | str) -> Look:
    """What the sound chapter gives."""
    data, suffix = base(which)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"chapter{suffix}"
        path.write_bytes(data)
        return look(path)


def mutant(seed: int, real: bool) -> tuple[bytes, str, Path | str, Mutation]:
    """The bytes of a mutant, the suffix of its file, what it was made of and how."""
    rng = random.Random(seed)
    which = rng.choice(bases(real))
    data, suffix = base(which)
    mutation = rng.choice(OF_A_PDF if suffix == ".pdf" else OF_A_TEXT)
    try:
        return mutation.mutate(data, rng), suffix, which, mutation
    except (pikepdf.PdfError, IndexError, ValueError):  # nothing there that it could change (a locked file)
        return flip(data, rng), suffix, which, Mutation("bytes flipped", flip)


def try_one(seed: int, real: bool, folder: Path) -> Result:
    """Make a mutant, read it, judge it. Runs in a child process."""
    data, suffix, which, mutation = mutant(seed, real)
    kind = f"{'PDF' if suffix == '.pdf' else 'text'}: {mutation.name}"
    path = folder / f"{seed}{suffix}"
    path.write_bytes(data)
    sound = before(which)
    try:
        seen = look(path)
    except MemoryError:
        raise
    except Exception:
        return Result(seed, kind, "defect", traceback.format_exc(limit=-3))
    finally:
        path.unlink(missing_ok=True)
    verdict, detail = judge(seen, sound)
    return Result(seed, kind, verdict, detail, mutation.judged and which != "loose")


def judge(seen: Look, sound: Look) -> tuple[str, str]:
    if seen.failure:
        return "refused", ""
    if not seen.changed(sound):
        return "same", ""
    if seen.new(sound):
        return "said", ""
    if seen.lost_words(sound):
        return "shorter", str(seen.lost(sound))
    return "altered", ""


# ---------------------------------------------------------------------------------------------- many


def run(
    seeds: Sequence[int], real: bool = False, processes: int = 2, say: Callable[[str], None] = print
) -> list[Result]:
    """Try these seeds, each within the limits."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Workers(processes, SECONDS, MEGABYTES, recycled_megabytes=MEGABYTES / 2) as workers,
        ThreadPoolExecutor(processes) as threads,
    ):

        def one(seed: int) -> Result:
            try:
                return workers.run(try_one, seed, real, Path(folder))
            except (TookTooLong, NeededTooMuchMemory, WorkerDied) as error:
                verdict = "defect" if isinstance(error, WorkerDied) else "limit"
                return Result(seed, mutant(seed, real)[3].name, verdict, str(error))

        results = []
        for result in threads.map(one, seeds):
            results.append(result)
            if result.bad:
                say(f"seed {result.seed} | {result.kind} | {result.verdict} | {result.detail}")
            if len(results) % 500 == 0:
                say(f"{len(results)} of {len(seeds)}: {dict(Counter(r.verdict for r in results))}")
    return results


def table(results: Sequence[Result]) -> str:
    """Verdicts by kind."""
    verdicts = ("refused", "same", "said", "altered", "shorter", "limit", "defect")
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        counted[result.kind][result.verdict] += 1
        counted["all"][result.verdict] += 1
    lines = [f"{'':28}" + "".join(f"{verdict:>9}" for verdict in verdicts)]
    lines += [f"{kind:28}" + "".join(f"{counted[kind][v]:9}" for v in verdicts) for kind in sorted(counted)]
    return "\n".join(lines)


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").partition("\n\n")[0])
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--first", type=int, default=0, help="the first seed")
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--real", action="store_true", help="mutate the real chapters beside the repository")
    options.add_argument("--keep", type=Path, help="only write the mutants into this folder")
    chosen = options.parse_args()
    seeds = range(chosen.first, chosen.first + chosen.count)
    if chosen.keep:
        chosen.keep.mkdir(parents=True, exist_ok=True)
        for seed in seeds:
            data, suffix, _, mutation = mutant(seed, chosen.real)
            (chosen.keep / f"{seed}{suffix}").write_bytes(data)
            print(seed, mutation.name)
        return 0
    start = time.monotonic()
    results = run(seeds, chosen.real, chosen.processes, functools.partial(print, flush=True))
    print(table(results))
    print(f"{len(results)} mutants, {sum(result.bad for result in results)} bad, {time.monotonic() - start:.0f} s")
    return int(any(result.bad for result in results))


if __name__ == "__main__":
    from tests import fuzz  # by its name, which the child processes know

    sys.exit(fuzz.main())
