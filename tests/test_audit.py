"""Known vulnerabilities of packages are told from unknown ones, and every package is locked with its hashes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from tests.audit import NoAnswer, audit, pins_of
from tests.conftest import ROOT


def _answers(*vulnerable: str, unknown: Sequence[str] = ()) -> Any:
    def ask(pins: Sequence[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for name, _, version in (pin.partition("==") for pin in pins):
            if name in unknown:
                found.append({"name": name, "skip_reason": "not found"})
            else:
                vulns = [{"id": "CVE-1", "fix_versions": ["9"]}] if name in vulnerable else []
                found.append({"name": name, "version": version, "vulns": vulns})
        return found

    return ask


PINS = ["a==1", "pdfminer.six==20260107", "z==3"]


@pytest.mark.parametrize(
    ("ask", "code", "lenient", "says"),
    [
        (_answers(), 0, 0, "3 locked packages, no known vulnerability"),
        (_answers("z"), 1, 1, "VULNERABLE z 3: CVE-1, mended in 9"),
        (_answers("a", unknown=["z"]), 1, 1, "NOT AUDITED: 1 of 3 packages (z)"),
        (_answers(unknown=["z"]), 3, 0, "NOT AUDITED: 1 of 3 packages (z)"),
        (_answers(unknown=["a", "z", "pdfminer.six"]), 3, 0, "NOT AUDITED: 3 of 3 packages: not found"),
    ],
)
def test_the_audit_tells_vulnerable_from_unknown(ask: Any, code: int, lenient: int, says: str) -> None:
    verdict = audit(PINS, ask)
    assert verdict.code(if_reachable=False) == code
    assert verdict.code(if_reachable=True) == lenient
    assert says in str(verdict)


def test_an_audit_without_network_asks_once() -> None:
    asked: list[Sequence[str]] = []

    def ask(pins: Sequence[str]) -> list[dict[str, Any]]:
        asked.append(pins)
        raise NoAnswer("no network")

    assert audit(PINS, ask).code(if_reachable=False) == 3
    assert asked == [["pdfminer.six==20260107"]]


def test_every_locked_package_is_pinned() -> None:
    pins = pins_of()
    assert len(pins) > 50
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.+!-]+", pin)] == []
    assert set(pins_of(ROOT / "requirements.lock")) < set(pins), "users and developers have the same versions"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_its_hashes(name: str) -> None:
    """Otherwise whoever controls the package index controls what is installed."""
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text("utf-8").strip())
    assert [entry for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)] == []


def test_users_install_no_tools_of_developers() -> None:
    names = {pin.partition("==")[0] for pin in pins_of(ROOT / "requirements.lock")}
    assert names & {"pytest", "mypy", "ruff", "hypothesis", "playwright", "pip-audit", "reportlab"} == set()
