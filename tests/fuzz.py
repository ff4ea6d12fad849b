"""``python -m tests.fuzz --mutants 3000 --seed 1 --workers 2``: damages chapters and judges what their tables became.

Each mutant is one chapter with one damage to one page (:mod:`tests.damage.pages`; with ``--files`` damage at random to
whole files, :mod:`tests.damage.files`). The chapters are those below ``--reports``, else those beside the checkout
(FINDINGS_SHARED, ``../shared``), else drawn ones. Names are not tagged, which saves half of the time. Verdicts:

``same``    every table is as without the damage; columns that say where something stands are not compared
``said``    the file was refused, or tables differ and there is an error or a quarantined row that was not there before
``weak``    tables differ and there is no more than a new warning
``silent``  tables differ and nothing is reported
``limit``, ``defect``  stopped by a limit of time or memory; any other exception, or a process that died

A changed digit cannot be noticed; it is counted apart. ``--record FILE`` says where the
line of JSON for each mutant goes; ``--replay FILE`` makes these mutants again and shows what has changed.
"""

from __future__ import annotations

import argparse
import functools
import io
import json
import math
import random
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pikepdf

from flows.workers import NeededTooMuchMemory, TookTooLong, WorkerDied, Workers
from tests.accuracy import SHARED
from tests.damage.files import base, mutant
from tests.damage.pages import APART, KINDS, Patient
from tests.generator import LAYOUTS, SAMPLE, draw_pdf
from tests.verdicts import NOT_COMPARED, Look, look

SECONDS, MEGABYTES = 60.0, 2048
OF_A_CHAPTER = 10
"""Mutants of one chapter, so that the sound chapter is read once for all of them."""
VERDICTS = ("same", "said", "weak", "silent", "limit", "defect")
CHANGED = ("said", "weak", "silent")
NOTHING = "nothing to damage"
DRAWN = "drawn/"
"""Before the name of a layout: a chapter that is drawn, not read from a file."""


@dataclass(frozen=True)
class Mutant:
    """A damaged chapter: enough to make it again. ``number`` and ``seed`` make the random numbers."""

    number: int
    seed: int
    chapter: str
    kind: str


@dataclass(frozen=True)
class Result:
    """What became of one mutant. ``lost`` and ``made`` count the rows that differ by table, ``sample`` shows one."""

    mutant: Mutant
    verdict: str
    page: int = 0
    what: str = ""
    lost: dict[str, int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    sample: str = ""
    findings: list[str] = field(default_factory=list)
    detail: str = ""
    bad: bool = False

    @property
    def size(self) -> int:
        """How many rows are fewer, all tables together; then how many differ at all."""
        return sum(max(0, lost - self.made.get(table, 0)) for table, lost in self.lost.items())


# ---------------------------------------------------------------------------------------------- chapters


@functools.lru_cache(maxsize=4)
def sound_bytes(chapter: str, reports: Path | None) -> bytes:
    """The bytes of an undamaged chapter."""
    if not chapter.startswith(DRAWN):
        assert reports is not None
        return (reports / chapter).read_bytes()
    layout = next(layout for layout in LAYOUTS if layout.name == chapter.removeprefix(DRAWN))
    with tempfile.TemporaryDirectory() as folder:
        draw_pdf(SAMPLE, Path(folder) / "a.pdf", layout)
        return (Path(folder) / "a.pdf").read_bytes()


def chapters(reports: Path | None) -> list[str]:
    """The names of all chapters below a folder, or of the drawn ones."""
    if reports is None:
        return [DRAWN + layout.name for layout in LAYOUTS]
    found = sorted(path.relative_to(reports).as_posix() for path in reports.rglob("*.pdf"))
    if not found:
        sys.exit(f"no chapters in {reports}")
    return found


def plan(count: int, seed: int, names: Sequence[str], kinds: Sequence[str]) -> list[list[Mutant]]:
    """That many mutants, the kinds in turn, in groups of one chapter each."""
    order = list(names)
    random.Random(seed).shuffle(order)
    most = max(OF_A_CHAPTER, math.ceil(count / len(order)))
    mutants = [
        Mutant(number, seed, order[number // most % len(order)], kinds[number % len(kinds)]) for number in range(count)
    ]
    return [mutants[first : first + most] for first in range(0, count, most)]


def damaged(mutant: Mutant, reports: Path | None) -> tuple[bytes, int, str] | None:
    """The bytes of the mutant, the page that was damaged and how; nothing if the chapter has nothing to damage."""
    with pikepdf.open(io.BytesIO(sound_bytes(mutant.chapter, reports))) as pdf:
        done = KINDS[mutant.kind](Patient(pdf, random.Random(f"{mutant.seed}:{mutant.number}")))
        if done is None:
            return None
        out = io.BytesIO()
        pdf.save(out, static_id=True)
        return out.getvalue(), done.page, done.what


# ---------------------------------------------------------------------------------------------- judging


def read_quickly(data: bytes, suffix: str, folder: Path) -> tuple[Look, Any]:
    """What reading these bytes gives, without names; and the chapters themselves."""
    from extractors.chapter import records

    assert hasattr(records, "tag")
    setattr(records, "tag", lambda tables: [])  # noqa: B010
    path = folder / f"chapter{suffix}"
    path.write_bytes(data)
    try:
        return look(path, NOT_COMPARED)
    finally:
        path.unlink()


@functools.lru_cache(maxsize=4)
def before(chapter: str, reports: Path | None, folder: Path) -> tuple[Look, Any]:
    """What the undamaged chapter gives, and the chapters in it."""
    return read_quickly(sound_bytes(chapter, reports), ".pdf", folder)


def more_in_quarantine(found: Any, sound: Any, tables: Iterable[str]) -> bool:
    """Whether validation rejects more rows than of the undamaged chapter.

    Validation of all tables takes longer than reading, so it is only done where a changed table breaks its schema.
    """
    from pandera.errors import SchemaErrors

    from schemas import typed, validate

    try:
        for table in tables:
            for chapter in found:
                typed(table, chapter.tables.get(table, []))
    except (SchemaErrors, TypeError, ValueError, KeyError, OverflowError):
        return validate(found).quarantined > validate(sound).quarantined
    return False


def try_one(mutant: Mutant, reports: Path | None, folder: Path) -> Result:
    """Make a mutant, read it, judge it. Runs in a child process."""
    made = damaged(mutant, reports)
    if made is None:
        return Result(mutant, NOTHING)
    data, page, what = made
    sound, sound_chapters = before(mutant.chapter, reports, folder)
    try:
        seen, found = read_quickly(data, ".pdf", folder)
    except MemoryError:
        raise
    except Exception:
        return Result(mutant, "defect", page, what, detail=traceback.format_exc(limit=-3), bad=True)
    result = replace(compare(seen, sound), mutant=mutant, page=page, what=what)
    if result.verdict in ("weak", "silent") and more_in_quarantine(found, sound_chapters, result.lost):
        return replace(result, verdict="said", findings=[*result.findings, "quarantine"])
    return result


def compare(seen: Look, sound: Look) -> Result:
    """The verdict over what was read and what the undamaged chapter gives; the mutant is put in later."""
    nobody = Mutant(0, 0, "", "")
    if seen.failure:
        return Result(nobody, "same" if sound.failure else "said", detail=seen.failure)
    lost, made, samples = {}, {}, {}
    for table in sorted(seen.changed(sound)):
        had, has = Counter(sound.rows.get(table)), Counter(seen.rows.get(table))
        lost[table], made[table] = (had - has).total(), (has - had).total()
        samples[table] = next(iter((had - has) or (has - had)))
    if not lost:
        return Result(nobody, "same")
    errors, findings = sorted(seen.new_errors(sound)), sorted(seen.new(sound))
    verdict = "said" if errors else "weak" if findings else "silent"
    hit = max(lost, key=lambda table: (table != "citations", lost[table] - made[table]))
    sample = f"{hit}: {samples[hit]}"[:400]
    return Result(nobody, verdict, lost=lost, made=made, sample=sample, findings=errors or findings)


# ---------------------------------------------------------------------------------------------- many


def run(
    groups: Iterable[Sequence[Mutant]],
    reports: Path | None,
    workers: int,
    report: Callable[[str], None] = print,
    done: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """Try groups of mutants, each group in one process, every mutant within the limits.

    ``done`` is called with each result as soon as its group is finished. Returns all results by number.
    """
    groups = list(groups)
    count, results = sum(map(len, groups)), list[Result]()

    def one(mutant: Mutant, pool: Workers, place: Path) -> Result:
        try:
            return pool.run(try_one, mutant, reports, place)
        except (TookTooLong, NeededTooMuchMemory, WorkerDied) as error:
            verdict = "defect" if isinstance(error, WorkerDied) else "limit"
            return Result(mutant, verdict, detail=str(error), bad=True)

    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(workers))
        free = []
        for number in range(workers):  # one process for each thread, which keeps what it knows of a chapter
            place = Path(folder) / str(number)
            place.mkdir()
            free.append((stack.enter_context(Workers(1, SECONDS, MEGABYTES, MEGABYTES / 2)), place))

        def of_a_group(group: Sequence[Mutant]) -> list[Result]:
            pool, place = free.pop()
            try:
                return [one(mutant, pool, place) for mutant in group]
            finally:
                free.append((pool, place))

        for future in as_completed([threads.submit(of_a_group, group) for group in groups]):
            for result in future.result():
                results.append(result)
                done(result)
                if result.bad:
                    report(f"{result.mutant} {result.verdict} {result.detail}")
                if len(results) % 200 == 0:
                    report(f"{len(results)} of {count}")
    return sorted(results, key=lambda result: result.mutant.number)


def table(results: Iterable[Result]) -> str:
    """Verdicts by kind of damage, with the shares of silent and of silent or weak among those that changed tables."""
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        counted[result.mutant.kind][result.verdict] += 1
        if result.mutant.kind not in APART:
            counted["all"][result.verdict] += 1
    total = counted.pop("all", Counter[str]())
    lines = [f"{'damage':24}{'mutants':>9}" + "".join(f"{v:>8}" for v in VERDICTS) + f"{'silent':>9}{'or weak':>9}"]

    def line(kind: str, verdicts: Counter[str]) -> str:
        changed = sum(verdicts[v] for v in CHANGED)
        shares = [verdicts["silent"], verdicts["silent"] + verdicts["weak"]]
        return (
            f"{kind:24}{sum(verdicts[v] for v in VERDICTS):9}"
            + "".join(f"{verdicts[v]:8}" for v in VERDICTS)
            + "".join(f"{share / changed:9.1%}" if changed else f"{'':9}" for share in shares)
        )

    lines += [line(kind, verdicts) for kind, verdicts in sorted(counted.items()) if kind not in APART]
    lines += [line("all", total)]
    lines += [line(f"apart: {kind}", counted[kind]) for kind in sorted(APART & counted.keys())]
    return "\n".join(lines)


def worst(results: Iterable[Result], most: int = 25) -> list[str]:
    """The silent mutants that lost most rows, at most two of a kind, in words."""
    out: list[str] = []
    of_kind: Counter[str] = Counter()
    silent = [result for result in results if result.verdict == "silent" and result.mutant.kind not in APART]
    for result in sorted(silent, key=lambda r: (-r.size, r.mutant.number)):
        if of_kind[result.mutant.kind] < 2 and len(out) < most:
            of_kind[result.mutant.kind] += 1
            out.append(
                f"{result.mutant.number}: {result.mutant.chapter}, page {result.page}: {result.what}\n"
                f"      {differences(result)}"
            )
    return out


def differences(result: Result) -> str:
    """``agencies -3 +1`` and so on, and one row that differs."""
    tables = ", ".join(f"{name} -{lost} +{result.made[name]}" for name, lost in result.lost.items())
    return f"{tables} | {result.sample[:160]}"


# ---------------------------------------------------------------------------------------------- files


def try_file(seed: int, folder: Path) -> Result:
    """Make a file that is damaged at random, read it, judge it. Runs in a child process."""
    data, suffix, which, mutation = mutant(seed)
    made_of = Mutant(seed, seed, which, f"{'PDF' if suffix == '.pdf' else 'text'}: {mutation.name}")
    sound = before_file(which, folder)
    try:
        seen, _ = read_quickly(data, suffix, folder)
    except MemoryError:
        raise
    except Exception:
        return Result(made_of, "defect", detail=traceback.format_exc(limit=-3), bad=True)
    result = replace(compare(seen, sound), mutant=made_of, what=mutation.name)
    traced = mutation.judged and which != "loose" and result.verdict == "silent" and seen.lost_words(sound)
    return replace(result, bad=bool(traced))


@functools.lru_cache(maxsize=40)
def before_file(which: str, folder: Path) -> Look:
    data, suffix = base(which)
    return read_quickly(data, suffix, folder)[0]


def run_files(seeds: Iterable[int], workers: int, report: Callable[[str], None] = print) -> list[Result]:
    """Try files that are damaged at random: ``bad`` are limits, defects, and rows lost in silence whose loss shows."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Workers(workers, SECONDS, MEGABYTES, recycled_megabytes=MEGABYTES / 2) as pool,
        ThreadPoolExecutor(workers) as threads,
    ):

        def one(seed: int) -> Result:
            place = Path(folder) / str(seed)
            place.mkdir()
            try:
                return pool.run(try_file, seed, place)
            except (TookTooLong, NeededTooMuchMemory, WorkerDied) as error:
                verdict = "defect" if isinstance(error, WorkerDied) else "limit"
                return Result(Mutant(seed, seed, "", "file"), verdict, detail=str(error), bad=True)

        results = list(threads.map(one, seeds))
    for result in results:
        if result.bad:
            report(f"seed {result.mutant.seed} | {result.mutant.kind} | {result.verdict} | {result.detail}")
    return results


# ---------------------------------------------------------------------------------------------- command line


def as_line(result: Result) -> str:
    """A line of JSON."""
    return json.dumps(asdict(result), ensure_ascii=False, sort_keys=True) + "\n"


def read_lines(path: Path) -> list[Result]:
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [Result(**{**row, "mutant": Mutant(**row["mutant"])}) for row in rows]


def replay(results: Sequence[Result], reports: Path | None, workers: int) -> list[Result]:
    """Make recorded mutants again and print where the verdict or the damage differs."""
    groups: defaultdict[str, list[Mutant]] = defaultdict(list)
    for result in results:
        groups[result.mutant.chapter].append(result.mutant)
    again = {result.mutant: result for result in run(groups.values(), reports, workers)}
    for old in results:
        new = again[old.mutant]
        if (old.verdict, old.what) != (new.verdict, new.what):
            print(
                f"{old.mutant.number}: {old.verdict} -> {new.verdict}: "
                f"{new.mutant.chapter}, page {new.page}: {new.what}"
            )
            if new.verdict in CHANGED:
                print(f"      {differences(new)}")
    return [again[old.mutant] for old in results]


def keep(groups: Iterable[Sequence[Mutant]], reports: Path | None, folder: Path) -> None:
    """Write mutants down, to be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in (one for group in groups for one in group):
        made = damaged(one, reports)
        if made:
            (folder / f"{one.number}.pdf").write_bytes(made[0])
            print(f"{one.number}.pdf: {one.chapter}, page {made[1]}: {made[2]}")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--mutants", type=int, default=1000, help="how many")
    parser.add_argument("--seed", type=int, default=0, help="other seeds give other mutants")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--reports", type=Path, help="the folder of chapters that are damaged")
    parser.add_argument("--drawn", action="store_true", help="damage drawn chapters, whatever is beside the checkout")
    parser.add_argument("--kinds", nargs="*", choices=sorted(KINDS), help="only these kinds of damage")
    parser.add_argument(
        "--record",
        type=Path,
        default=Path(tempfile.gettempdir()) / "findings-fuzz.jsonl",
        help="where a line for each mutant goes",
    )
    parser.add_argument("--replay", type=Path, help="make the mutants of such a file again")
    parser.add_argument("--show", type=Path, help="only print the table of such a file")
    parser.add_argument("--verdicts", nargs="*", choices=VERDICTS, help="with --replay: only these verdicts")
    parser.add_argument("--numbers", nargs="*", type=int, help="with --replay or --keep: only these mutants")
    parser.add_argument("--keep", type=Path, help="only write the mutants into this folder")
    parser.add_argument("--files", action="store_true", help="damage whole drawn files at random")
    return parser.parse_args()


def main() -> int:
    """Exit code 1 for a defect or a limit, and with ``--files`` for rows lost in silence."""
    chosen = options()
    start = time.monotonic()
    report = functools.partial(print, flush=True)
    found = chosen.reports or SHARED / "reports"
    reports = found.resolve() if found.is_dir() and not chosen.drawn else None
    if chosen.reports and reports is None:
        sys.exit(f"no folder {chosen.reports}")
    if chosen.show:
        results = read_lines(chosen.show)
    elif chosen.files:
        results = run_files(range(chosen.seed, chosen.seed + chosen.mutants), chosen.workers, report)
    elif chosen.replay:
        old = [
            result
            for result in read_lines(chosen.replay)
            if (not chosen.verdicts or result.verdict in chosen.verdicts)
            and (not chosen.numbers or result.mutant.number in chosen.numbers)
        ]
        if chosen.keep:
            keep([[result.mutant for result in old]], reports, chosen.keep)
            return 0
        results = replay(old, reports, chosen.workers)
    else:
        groups = plan(chosen.mutants, chosen.seed, chapters(reports), chosen.kinds or list(KINDS))
        if chosen.keep:
            wanted = chosen.numbers or range(chosen.mutants)
            keep([[one for one in group if one.number in wanted] for group in groups], reports, chosen.keep)
            return 0
        with chosen.record.open("w", encoding="utf-8") as lines:

            def write(result: Result) -> None:
                lines.write(as_line(result))
                lines.flush()

            results = run(groups, reports, chosen.workers, report, write)
    print(table(results))
    print("\nsilent, by what they lost:", *worst(results), sep="\n")
    names = len({result.mutant.chapter for result in results})
    seconds = time.monotonic() - start
    print(f"\n{len(results)} mutants of {names} chapters, seed {chosen.seed}, {seconds:.0f} s; {chosen.record}")
    return int(any(result.bad for result in results))


if __name__ == "__main__":
    from tests import fuzz  # by its name, which the child processes know

    sys.exit(fuzz.main())
