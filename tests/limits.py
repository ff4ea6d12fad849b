"""``python -m tests.limits``: measures the shape of the product's code and writes down what is beyond its limits.

Three things are measured: the cyclomatic complexity of every function (by lizard, which counts boolean operators and
comprehensions too), import circles, and class names that are defined more than once. What is beyond a limit today is
listed in ``tests/limits.yml``. ``tests/test_limits.py`` fails where something is beyond a limit and not listed, and
where something is listed and no longer beyond it, so the lists only shrink. The command takes away what has been mended
and prints what is new; with ``--anew`` it writes down everything as it is.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lizard
import yaml

from tests.conftest import ROOT

PRODUCT = ("extractors", "flows", "review", "schemas")
MEASURED = (*PRODUCT, "benchmarks")
COMPLEXITY = 15
"""The highest cyclomatic complexity that a function may have."""
LISTS = ROOT / "tests" / "limits.yml"
HEAD = """\
# What is beyond the limits of tests/limits.py today. Nothing may be added; what is mended goes: python -m tests.limits
"""


@dataclass
class Beyond:
    """What is beyond the limits.

    ``complex_functions`` gives the complexity for ``file::function``; methods have their class before them, and the
    second function of one name in a file is ``name-2``. ``import_circles`` are sorted modules, or folders, that import
    each other, directly or through others, joined by blanks. ``class_names`` gives the files that define one name.
    """

    complex_functions: dict[str, int] = field(default_factory=dict)
    import_circles: list[str] = field(default_factory=list)
    class_names: dict[str, list[str]] = field(default_factory=dict)


def files(packages: Iterable[str] = PRODUCT, root: Path = ROOT) -> list[Path]:
    """The Python files of the packages, sorted."""
    return sorted(file for package in packages for file in (root / package).rglob("*.py"))


def complexities(paths: Iterable[Path], root: Path = ROOT) -> dict[str, int]:
    """The cyclomatic complexity of every function, by ``file::function``."""
    found: dict[str, int] = {}
    for path in paths:
        name = path.relative_to(root).as_posix()
        owners = classes_by_line(path)
        for function in lizard.analyze_file(str(path)).function_list:
            owner = owners.get(function.start_line, "")
            first = key = f"{name}::{owner}{function.name}"
            number = 1
            while key in found:
                number += 1
                key = f"{first}-{number}"
            found[key] = function.cyclomatic_complexity
    return found


def classes_by_line(path: Path) -> dict[int, str]:
    """``Class.`` for the line of each method of a file."""
    return {
        node.lineno: f"{owner.name}."
        for owner in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(owner, ast.ClassDef)
        for node in owner.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def module_of(path: Path, root: Path = ROOT) -> str:
    """The dotted name of the module that a file holds."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def import_graph(paths: Iterable[Path], root: Path = ROOT) -> dict[str, set[str]]:
    """For each module those of the others that it imports, inside functions and for type checking too."""
    modules = {module_of(path, root): path for path in paths}
    graph: dict[str, set[str]] = {name: set() for name in modules}
    for name, path in modules.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            wanted: list[str] = []
            if isinstance(node, ast.Import):
                wanted = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                whole = [f"{node.module}.{alias.name}" for alias in node.names]
                wanted = [long if long in modules else node.module for long in whole]
            graph[name] |= {module for module in wanted if module in modules} - {name}
    return graph


def folder_graph(graph: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The same between folders: ``flows`` and ``review``, ``extractors.readers`` and ``extractors.chapter``.

    ``extractors`` opens its wings and gives them ``extractors.model``, so these two modules stay by themselves.
    """

    def folder(module: str) -> str:
        parts = module.split(".")
        return (
            module if parts[0] == "extractors" and len(parts) < 3 else ".".join(parts[: 1 + (parts[0] == "extractors")])
        )

    out: dict[str, set[str]] = {folder(module): set() for module in graph}
    for module, others in graph.items():
        out[folder(module)] |= {folder(other) for other in others} - {folder(module)}
    return out


def circles(graph: Mapping[str, set[str]]) -> list[str]:
    """The groups of modules that reach each other, each sorted and joined by blanks (Tarjan's algorithm)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_modules: list[str] = []
    found: list[str] = []

    def visit(module: str) -> None:
        order[module] = lowest[module] = len(order)
        open_modules.append(module)
        for other in sorted(graph[module]):
            if other not in order:
                visit(other)
            if other in open_modules:
                lowest[module] = min(lowest[module], lowest[other])
        if lowest[module] == order[module]:
            group = open_modules[open_modules.index(module) :]
            del open_modules[-len(group) :]
            if len(group) > 1:
                found.append(" ".join(sorted(group)))

    for module in sorted(graph):
        if module not in order:
            visit(module)
    return sorted(found)


def class_names(paths: Iterable[Path], root: Path = ROOT) -> dict[str, list[str]]:
    """Every class name with the files that define it; a file that defines it twice is there twice."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(path.relative_to(root).as_posix())
    return dict(sorted(found.items()))


def measure() -> Beyond:
    """What is beyond the limits in the code as it is."""
    values = complexities(files(MEASURED))
    return Beyond(
        {name: value for name, value in sorted(values.items()) if value > COMPLEXITY},
        sorted({*circles(graph := import_graph(files())), *circles(folder_graph(graph))}),
        {name: where for name, where in class_names(files()).items() if len(where) > 1},
    )


def listed() -> Beyond:
    """What ``tests/limits.yml`` excepts."""
    data: dict[str, Any] = yaml.safe_load(LISTS.read_text(encoding="utf-8"))
    return Beyond(**data)


def added(now: Beyond, excepted: Beyond) -> list[str]:
    """What is beyond a limit and not listed, or further beyond it than listed."""
    out = [
        f"complexity {value}, limit {excepted.complex_functions.get(name, COMPLEXITY)}: {name}"
        for name, value in now.complex_functions.items()
        if value > excepted.complex_functions.get(name, COMPLEXITY)
    ]
    allowed = [set(circle.split()) for circle in excepted.import_circles]
    out += [
        f"import circle: {circle}"
        for circle in now.import_circles
        if not any(set(circle.split()) <= modules for modules in allowed)
    ]
    out += [
        f"class {name} is defined in {', '.join(where)}"
        for name, where in now.class_names.items()
        if len(where) > len(excepted.class_names.get(name, ()))
    ]
    return out


def mended(now: Beyond, excepted: Beyond) -> list[str]:
    """What is listed and no longer as far beyond its limit, or gone."""
    out = [
        f"complexity {now.complex_functions.get(name, f'{COMPLEXITY} or less')}, listed {value}: {name}"
        for name, value in excepted.complex_functions.items()
        if now.complex_functions.get(name, 0) < value
    ]
    out += [f"import circle: {circle}" for circle in excepted.import_circles if circle not in now.import_circles]
    out += [
        f"class {name}: listed in {', '.join(where)}, now in {len(now.class_names.get(name, '1'))}"
        for name, where in excepted.class_names.items()
        if len(now.class_names.get(name, ())) < len(where)
    ]
    return out


def kept(now: Beyond, excepted: Beyond) -> Beyond:
    """The lists without what is mended."""
    allowed = [set(circle.split()) for circle in excepted.import_circles]
    return Beyond(
        {
            name: min(value, excepted.complex_functions[name])
            for name, value in now.complex_functions.items()
            if name in excepted.complex_functions
        },
        [circle for circle in now.import_circles if any(set(circle.split()) <= modules for modules in allowed)],
        {
            name: min(where, excepted.class_names[name], key=len)
            for name, where in now.class_names.items()
            if name in excepted.class_names
        },
    )


def write(beyond: Beyond) -> None:
    """Write the lists down."""
    LISTS.write_text(HEAD + yaml.safe_dump(vars(beyond), sort_keys=False, width=200), encoding="utf-8")


def main() -> int:
    """Shorten the lists; the exit code is 1 if something is beyond a limit and not listed."""
    options = argparse.ArgumentParser(prog="python -m tests.limits", description=(__doc__ or "").partition("\n\n")[0])
    options.add_argument("--anew", action="store_true", help="write down everything that is beyond a limit, new too")
    anew = options.parse_args().anew
    now = measure()
    excepted = listed() if LISTS.exists() else Beyond()
    write(now if anew else kept(now, excepted))
    for line in mended(now, excepted):
        print(f"mended: {line}")
    for line in added(now, excepted):
        print(f"{'added' if anew else 'too much'}: {line}")
    sizes = ", ".join(f"{len(value)} {name.replace('_', ' ')}" for name, value in vars(listed()).items())
    print(f"{LISTS.relative_to(ROOT)}: {sizes}")
    return int(not anew and bool(added(now, excepted)))


if __name__ == "__main__":
    sys.exit(main())
