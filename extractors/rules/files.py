"""The rules as files: reading YAML strictly, laying an overlay folder over the installed files, and finding the line
of a wrong entry.

An overlay file has the name and the form of an installed file. Where the two meet, a mapping is merged key by key, a
list is extended by the items that it does not have, and a single value is replaced. A list with the tag ``!replace``
takes the place of the installed list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

INSTALLED = Path(__file__).parent
NAMES = ("tables", "labels", "headings", "countries", "references", "text_repairs", "entities", "registry")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the parser in C, where PyYAML was built with it


class RulesError(Exception):
    """A mistake in a rules file. ``file`` and ``key`` say where it is, ``reason`` what is wrong; ``line`` may be 0."""

    def __init__(self, file: Path | str, key: str, reason: str, line: int = 0) -> None:
        self.file, self.key, self.reason, self.line = str(file), key, reason, line
        place = f"{self.file}:{line}" if line else self.file
        super().__init__(f"{place}: {f'{key}: ' if key else ''}{reason}")

    def __reduce__(self) -> tuple[type[RulesError], tuple[str, str, str, int]]:
        """Pickled by its own arguments, because it crosses from worker processes."""
        return type(self), (self.file, self.key, self.reason, self.line)


class Replaced(list[Any]):
    """A list of an overlay that takes the place of the installed list (YAML tag ``!replace``)."""


class _Loader(_LOADER):  # type: ignore[misc]
    """The safe loader, which also refuses a key that stands twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)  # type: ignore[no-any-return]


def _replaced(loader: Any, node: yaml.SequenceNode) -> Replaced:
    return Replaced(loader.construct_sequence(node, deep=True))


_Loader.add_constructor("!replace", _replaced)


def file_of(name: str, folder: Path = INSTALLED) -> Path:
    """The file of the rules ``name`` in a folder."""
    return folder / f"{name}.yml"


def overlay_files(folder: Path | None) -> dict[str, Path]:
    """Rules name -> file of the overlay. Raises :class:`RulesError` for a missing folder and for an unknown name."""
    if folder is None:
        return {}
    if not folder.is_dir():
        raise RulesError(folder, "", "there is no such folder of rules")
    found = {file.stem: file for file in sorted(folder.iterdir()) if file.suffix in (".yml", ".yaml")}
    for name, file in found.items():
        if name not in NAMES or file.suffix != ".yml":
            known = ", ".join(f"{known}.yml" for known in NAMES)
            raise RulesError(file, "", f"no rules file has this name; the names are {known}")
    return found


def read(file: Path) -> Any:
    """The content of one YAML file. Raises :class:`RulesError` where it is not valid YAML or repeats a key."""
    try:
        return yaml.load(file.read_text(encoding="utf-8"), _Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise RulesError(file, "", f"not valid YAML: {error.problem}", line) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RulesError(file, "", f"not valid YAML: {error}") from error
    except OSError as error:
        raise RulesError(file, "", f"cannot be read: {error.strerror or error}") from error


def merged(name: str, overlay: Path | None, changes: list[str] | None = None) -> Any:
    """The content of ``name``, the overlay file laid over the installed one; ``changes`` gets every difference."""
    base = read(file_of(name))
    if overlay is None:
        return base
    return _merge(base, read(overlay), (), [] if changes is None else changes)


def _merge(base: Any, over: Any, path: tuple[str, ...], changes: list[str]) -> Any:
    if isinstance(base, dict) and isinstance(over, dict):
        out = dict(base)
        for key, value in over.items():
            here = (*path, str(key))
            if key in base:
                out[key] = _merge(base[key], value, here, changes)
            else:
                out[key] = value
                changes.append(f"{'.'.join(here)}: added")
        return out
    if isinstance(base, list) and isinstance(over, list) and not isinstance(over, Replaced):
        new = [item for item in over if item not in base]
        changes.extend(f"{'.'.join(path)}: {item!r} added" for item in new)
        return [*base, *new]
    if over != base:
        changes.append(f"{'.'.join(path)}: replaced by {over!r}")
    return over


def state(folder: Path | None = None) -> str:
    """A short hash of all rules files, the overlay's included: a part of the key under which a result is cached."""
    digest = hashlib.sha256()
    for file in (*(file_of(name) for name in NAMES), *overlay_files(folder).values()):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def overridden(folder: Path | None) -> list[str]:
    """What an overlay changes, one line a change: ``tables.yml: agencies.title: 'Agencies in Charge' added``."""
    lines = []
    for name, file in overlay_files(folder).items():
        changes: list[str] = []
        merged(name, file, changes)
        lines += [f"{file.name}: {change}" for change in changes]
    return lines


def line_of(file: Path, path: Sequence[object], value: object = None) -> tuple[int, int]:
    """How many steps of ``path`` a file has, and the line of the last of them (from 1).

    An item of a list is looked for by its ``value`` first, because an overlay moves the items of a list.
    """
    node = yaml.compose(file.read_text(encoding="utf-8"), _LOADER)
    depth, line = 0, 0
    for step in path:
        found = next(_child(node, step, value), None)
        if found is None:
            break
        node, line = found
        depth += 1
    return depth, line


def _child(node: Any, step: object, value: object) -> Iterator[tuple[Any, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            if str(key.value) == str(step) or (isinstance(step, bool) and key.value.casefold() in ("yes", "no")):
                yield child, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        alike = [c for c in node.value if value is not None and getattr(c, "value", None) == str(value)]
        for child in (*alike, *node.value[step : step + 1]):
            yield child, child.start_mark.line + 1
