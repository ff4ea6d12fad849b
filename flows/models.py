"""What the models of YAML files have in common: patterns, and how a mistake in a file is told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from flows.ending import Refused


class Closed(BaseModel):
    """A model that takes no other keys than its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


M = TypeVar("M", bound=Closed)


def _compiled(text: Any) -> Any:
    try:
        return re.compile(text) if isinstance(text, str) else text
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from error


def _with_year(pattern: re.Pattern[str]) -> re.Pattern[str]:
    if "year" not in pattern.groupindex:
        raise ValueError(f"{pattern.pattern!r} has no group (?P<year>…)")
    return pattern


Pattern = Annotated[re.Pattern[str], BeforeValidator(_compiled)]
YearPattern = Annotated[Pattern, AfterValidator(_with_year)]


def load(file: Path, model: type[M], wrong: type[Refused]) -> M:
    """Read a YAML file. Raises ``wrong`` with the first mistake."""
    try:
        return model(**yaml.safe_load(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        raise wrong(f"{file}: {key}: {first['msg'].removeprefix('Value error, ')}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError) as error:
        raise wrong(f"{file} cannot be used: {error}") from error
