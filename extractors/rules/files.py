"""The rules as files: reading YAML strictly, laying an overlay folder over the installed files, and finding the line
of a wrong entry.

An overlay file has the name and the form of an installed file. Where the two meet, a mapping is merged key by key, a
list is extended by the items that it does not have, and a single value is replaced. A list with the tag ``!replace``
takes the place of the installed list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import yaml

INSTALLED = Path(__file__).parent
NAMES = (
    *("tables", "labels", "headings", "countries", "regions"),
    *("references", "text_repairs", "entities", "registry", "expected"),
)
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


def file_of(name: str) -> Path:
    """The installed file of the rules ``name``."""
    return INSTALLED / f"{name}.yml"


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


def located(name: str, folder: Path | None, path: Sequence[object]) -> tuple[Path, tuple[object, ...], int]:
    """Where an entry of the merged rules is written: its file, its own path there, and its line (from 1).

    ``path`` is the path in the merged content. The items that an overlay adds to a list come after the installed items,
    so they have other numbers in their own file. Of an entry that is nowhere, the last key that is there counts.
    """
    base, over = file_of(name), overlay_files(folder).get(name)
    installed = _walk(base, path, read(base), None)
    if over is None:
        return (base, *installed[1:])
    added = _walk(over, path, read(over), read(base))
    return (base, *installed[1:]) if installed[0] > added[0] else (over, *added[1:])


def _walk(file: Path, path: Sequence[object], data: Any, under: Any) -> tuple[int, tuple[object, ...], int]:
    """How many steps of a path a file has, its own path, and the line of the last step; ``under`` is overlaid data."""
    node: Any = yaml.compose(file.read_text(encoding="utf-8"), _LOADER)
    own: list[object] = []
    line = 1
    for depth, step in enumerate(path):
        at = _index(data, under, step)
        if at is None:
            return depth, (*own, *path[depth:]), line
        own.append(at)
        if isinstance(data, dict):
            keys = list(data)
            key, node = node.value[keys.index(at)]
            line = key.start_mark.line + 1
        else:
            node = node.value[at]
            line = node.start_mark.line + 1
        under = under.get(at) if isinstance(under, dict) else None
        data = data[at]
    return len(path), tuple(own), line


def _index(data: Any, under: Any, step: Any) -> Any:
    """The key or the number under which ``data`` itself has a step of the merged content; ``None`` if it has not."""
    if isinstance(data, dict):
        return next((key for key in data if key == step or str(key) == step), None)
    if not isinstance(data, list) or not isinstance(step, int):
        return None
    own = list(range(len(data)))
    if isinstance(under, list) and not isinstance(data, Replaced):
        own = [number for number in own if data[number] not in under]
        step -= len(under)
    return own[step] if 0 <= step < len(own) else None
