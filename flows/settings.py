"""Settings that stick: ``findings.toml`` in the working folder, or a file named by ``--config``.

Its keys are the fields of :class:`flows.request.Request`; an option on the command line wins. Paths are relative to the
folder of the file.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flows.ending import Refused
from flows.request import Request

FILE = Path("findings.toml")
LARGEST = 100_000
"""Bytes that a settings file may have."""


class SettingsError(Refused):
    """The file cannot be used; the message says why."""


def load(file: Path | None = None) -> dict[str, Any]:
    """Return the fields that the file sets, with paths as they are from the working folder.

    Without ``file`` it is ``findings.toml``, which may be missing. Raises :class:`SettingsError`.
    """
    if file is None and not FILE.exists():
        return {}
    file = file or FILE
    try:
        if not file.is_file() or file.stat().st_size > LARGEST:
            raise SettingsError(f"{file} is no file of settings")
        given = tomllib.loads(file.read_text("utf-8"))
        checked = Request(**given)
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        reasons = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise SettingsError(f"{file}: {'; '.join(reasons)}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError(f"{file} is not TOML: {error}") from error
    if "name" in given:
        raise SettingsError(f"{file}: name: each run has a name of its own")
    return {name: _from_here(getattr(checked, name), file.parent) for name in given}


def _from_here(value: Any, folder: Path) -> Any:
    """A value as the command line would give it."""
    if isinstance(value, Path):
        return str(folder / value)
    return [_from_here(one, folder) for one in value] if isinstance(value, tuple) else value


def for_commands(command: Any, settings: dict[str, Any]) -> dict[str, Any]:
    """Return, for each command below this one, the settings that it has options for."""
    found: dict[str, Any] = {}
    for name, below in getattr(command, "commands", {}).items():
        if hasattr(below, "commands"):
            found[name] = for_commands(below, settings)
        else:
            found[name] = {option.name: settings[option.name] for option in below.params if option.name in settings}
    return found


def origins(settings: dict[str, Any], file: Path | None = None) -> list[tuple[str, str, str]]:
    """Return each field's name, its value and where the value comes from."""
    rows = []
    for name, field in Request.model_fields.items():
        if name != "name":
            value = settings.get(name, field.default)
            rows.append((name, _shown(value), str(file or FILE) if name in settings else "default"))
    return rows


def _shown(value: Any) -> str:
    """A value as the file would have it, without quotes and brackets."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
