"""Known vulnerabilities of the locked packages, as pip-audit finds them in the package index.

    python -m tests.audit [--if-reachable]

Ends with 1 if a locked package has a known vulnerability, with 3 if that could not be found out for every package.
With ``--if-reachable`` the second is said and is no failure: an index without that service (a mirror, no network) must
not stop the work of everyone. pip-audit alone ends with 0 when the index knows none of the packages.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parent.parent / "requirements-dev.lock"
"""It holds the packages of ``requirements.lock`` too."""
FIRST = "pdfminer.six"
"""Asked alone before the others: if nobody answers for the parser of files from outside, nobody is asked 150 times."""
ACCEPTED: dict[str, str] = {}
"""Vulnerabilities that do not reach us: id and why."""

Ask = Callable[[Sequence[str]], list[dict[str, Any]]]


class NoAnswer(Exception):
    """The service cannot be reached, or does not know our packages."""


@dataclass(frozen=True)
class Verdict:
    """What is known about the locked packages."""

    asked: int
    vulnerable: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    obstacle: str = ""

    def code(self, if_reachable: bool) -> int:
        """The exit code: 1 a known vulnerability, 3 not all is known."""
        if self.vulnerable:
            return 1
        return 3 if self.unknown and not if_reachable else 0

    def __str__(self) -> str:
        lines = [f"VULNERABLE {line}" for line in self.vulnerable]
        if self.unknown:
            which = "" if len(self.unknown) == self.asked else f" ({', '.join(self.unknown)})"
            lines.append(f"NOT AUDITED: {len(self.unknown)} of {self.asked} packages{which}: {self.obstacle}")
        elif not lines:
            lines.append(f"{self.asked} locked packages, no known vulnerability")
        return "\n".join(lines)


def audit(pins: Sequence[str], ask: Ask) -> Verdict:
    """What is known about the pins (``name==version``)."""
    first = [pin for pin in pins if pin.startswith(f"{FIRST}==")] or list(pins[:1])
    try:
        answers = ask(first)
        if any("skip_reason" in answer for answer in answers):
            raise NoAnswer(answers[0]["skip_reason"])
        answers = ask(pins)
    except NoAnswer as error:
        return Verdict(len(pins), unknown=tuple(pins), obstacle=str(error))
    vulnerable = [
        f"{answer['name']} {answer['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'none'}"
        for answer in answers
        for found in answer.get("vulns", ())
        if found["id"] not in ACCEPTED
    ]
    unknown = [answer["name"] for answer in answers if "skip_reason" in answer]
    return Verdict(len(pins), tuple(vulnerable), tuple(unknown), "the index does not know them" if unknown else "")


def pip_audit(pins: Sequence[str]) -> list[dict[str, Any]]:
    """Its answer for each package. Raises :class:`NoAnswer`."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "asked.txt"
        asked.write_text("\n".join(pins) + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(asked), "--no-deps", "--disable-pip"]
        command += ["--format", "json", "--progress-spinner", "off"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        answers: list[dict[str, Any]] = json.loads(ended.stdout)["dependencies"]
    except ValueError as error:
        raise NoAnswer(ended.stderr.strip().splitlines()[-1] if ended.stderr.strip() else "no answer") from error
    return answers


def pins_of(lock: Path = LOCK) -> list[str]:
    """The locked packages, without their hashes and without the systems for which they are meant."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return [line.split()[0] for line in lines if line and not line.startswith((" ", "#"))]


if __name__ == "__main__":
    verdict = audit(pins_of(), pip_audit)
    print(verdict)
    sys.exit(verdict.code("--if-reachable" in sys.argv[1:]))
