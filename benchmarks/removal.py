"""Which rules of the tagger of names have an effect: each is switched off alone, and the names are counted again.

    python -m benchmarks.removal GOLD REPORTS [--module prose] [--chapters develop]

``GOLD`` holds hand-checked names, one ``<ISO3>-<YEAR>.json`` a chapter (format: ``tests/gold/README.md``), of chapters
that were not used to write the rules; ``REPORTS`` holds the chapters, one folder a year.

A rule is: a statement ``if`` (switched off: its test is false), an operand of ``and`` or ``or``, the filter of a
comprehension (switched off: left out), a call whose result nobody uses, such as the passes of ``learn`` (left out), or
a pattern of ``rules/entities.yml``. Prints one line for each rule: where it is, and what the counts lose
without it (right, surplus, alias pairs). A rule without an effect can be deleted; the last line counts them.
"""

from __future__ import annotations

import ast
import copy
import inspect
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any
from unittest.mock import patch

import typer

from benchmarks.names import Counts, Gold, Tables, count_chapter, read
from extractors.names import aliases, cells, prose, shapes, tagger

MODULES: tuple[ModuleType, ...] = (aliases, cells, prose, shapes, tagger)
# The 17 chapters whose names were read after the rules were written, divided by country before any was opened: the
# countries in the order of their codes, one to develop with and one to judge with by turns. Of the second part only
# the shapes of missed names were looked at (docs/accuracy.md), late.
DEVELOP = ("AFG-2016", "CHL-2015", "JAM-2018", "MAR-2018", "MLI-2019", "NGA-2015", "NGA-2020", "UKR-2016", "UKR-2019")
JUDGE = ("ARG-2014", "ARG-2019", "COD-2017", "KGZ-2019", "MEX-2019", "MMR-2018", "TCD-2015", "ZMB-2014")
PARTS = {"develop": DEVELOP, "judge": JUDGE, "all": DEVELOP + JUDGE}

Material = dict[str, tuple[Tables, Gold]]


@dataclass(frozen=True)
class Rule:
    """One rule: its place, its text, and a function of its module without it."""

    place: str
    text: str
    function: FunctionType
    without: CodeType


def functions_of(module: ModuleType) -> dict[str, FunctionType]:
    """The functions and methods of a module by their qualified names, without their caches."""
    found = {}
    for owner in (module, *(value for value in vars(module).values() if inspect.isclass(value))):
        for value in vars(owner).values():
            plain = inspect.unwrap(value) if callable(value) else value
            if isinstance(plain, FunctionType) and plain.__module__ == module.__name__:
                found[plain.__qualname__] = plain
    return found


def rules_of(module: ModuleType) -> Iterator[Rule]:
    """Every rule of a module."""
    source = inspect.getsource(module)
    tree = ast.parse(source)
    functions = functions_of(module)
    for number, node in enumerate(ast.walk(tree)):
        for kind, part in parts_of(node):
            changed = copy.deepcopy(tree)
            twin = next(other for n, other in enumerate(ast.walk(changed)) if n == number)
            switch_off(twin, kind, part)
            code = compile(ast.fix_missing_locations(changed), module.__file__ or "", "exec")
            line = getattr(node, "lineno", 0) or getattr(getattr(node, "iter", None), "lineno", 0)
            name, without = changed_function(code, line, functions)
            if without is not None:
                text = ast.unparse(shown(node, kind, part))
                yield Rule(f"{module.__name__.rpartition('.')[2]}.{name}:{line}", text, functions[name], without)


def parts_of(node: ast.AST) -> Iterator[tuple[str, int]]:
    """What can be switched off in a node of the syntax tree: the kind, and the number of the part."""
    if isinstance(node, ast.If | ast.IfExp):
        yield "test", 0
    elif isinstance(node, ast.BoolOp):
        yield from (("operand", number) for number in range(len(node.values)))
    elif isinstance(node, ast.comprehension):
        yield from (("filter", number) for number in range(len(node.ifs)))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "call", 0


def switch_off(node: Any, kind: str, part: int) -> None:
    if kind == "test":
        node.test = ast.Constant(value=False)
    elif kind == "operand":
        node.values[part] = ast.Constant(value=isinstance(node.op, ast.And))
    elif kind == "filter":
        del node.ifs[part]
    else:
        node.value = ast.Constant(value=None)


def shown(node: Any, kind: str, part: int) -> ast.AST:
    choices: dict[str, Callable[[], ast.AST]] = {
        "test": lambda: node.test,
        "operand": lambda: node.values[part],
        "filter": lambda: node.ifs[part],
        "call": lambda: node.value,
    }
    return choices[kind]()


def changed_function(code: CodeType, line: int, known: dict[str, FunctionType]) -> tuple[str, CodeType | None]:
    """The innermost known function whose body has a line, with its new code."""
    best: tuple[str, CodeType | None] = ("", None)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            lines = [at for _, _, at in constant.co_lines() if at]
            inner = changed_function(constant, line, known)
            if inner[1] is not None:
                best = inner
            elif constant.co_qualname in known and min(lines) <= line <= max(lines):
                best = (constant.co_qualname, constant)
    return best


@contextmanager
def replaced(function: FunctionType, code: CodeType) -> Iterator[None]:
    """The function with other code, for a while, and every cache empty."""
    before = function.__code__
    function.__code__ = code
    forget()
    try:
        yield
    finally:
        function.__code__ = before
        forget()


def forget() -> None:
    for module in MODULES:
        for value in vars(module).values():
            if hasattr(value, "cache_clear") and value not in (shapes.words, shapes.pattern, shapes.prose_patterns):
                value.cache_clear()


def count(chapters: Material) -> Counts:
    counts = Counts()
    for tables, gold in chapters.values():
        counts.update(count_chapter(gold, tagger.tag(tables)))
    return counts


def sums(counts: Counts) -> tuple[int, int, int]:
    """Right forms, surplus forms, and alias pairs that are linked."""
    right, found = (
        sum(n for (kind, label), n in counts.items() if kind == k and label != "alias") for k in ("right", "found")
    )
    return right, found - right, counts["right", "alias"]


def main(gold: Path, reports: Path, module: str = "", chapters: str = "all") -> None:
    """Print the effect of every rule."""
    lists = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))["entities"] for path in sorted(gold.glob("*.json"))
    }
    material = {name: (read(reports, name), lists[name]) for name in PARTS[chapters] if name in lists}
    before = sums(count(material))
    print(f"{len(material)} chapters: {before[0]} right, {before[1]} surplus, {before[2]} alias pairs")
    idle = total = 0
    for rule, after in effects(material, module):
        total += 1
        if after == before:
            idle += 1
        change = [now - then for now, then in zip(after, before, strict=True)] if after else None
        print(rule, "fails" if change is None else " ".join(f"{n:+d}" for n in change), flush=True)
    print(f"{idle} of {total} rules have no effect")


def effects(material: Material, module: str) -> Iterator[tuple[str, tuple[int, int, int] | None]]:
    """Each rule with the sums without it; none where the tagger fails without it."""
    for one in MODULES:
        if module not in ("", one.__name__.rpartition(".")[2]):
            continue
        for rule in rules_of(one):
            with replaced(rule.function, rule.without):
                try:
                    after = sums(count(material))
                except Exception:  # a guard: what it keeps out cannot be read
                    after = None
            yield f"{rule.place} {rule.text}", after
    patterns = shapes.prose_patterns()
    for number, entry in enumerate(patterns if module in ("", "patterns") else ()):
        rest = (*patterns[:number], *patterns[number + 1 :])
        with patch.object(prose, "prose_patterns", lambda rest=rest: rest):
            after = sums(count(material))
        yield f"entities.yml prose {entry.label} {entry.pattern.pattern[:60]}", after


if __name__ == "__main__":
    typer.run(main)
