"""The shape of the code: no function too complex, no import circle, one meaning for each class name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import limits
from tests.limits import Beyond

LISTED = Beyond({"a.py::old": 20}, ["a.one a.two a.three"], {"Line": ["a.py", "b.py"]})


@pytest.fixture(scope="module")
def now() -> Beyond:
    return limits.measure()


def test_nothing_is_beyond_a_limit_that_is_not_listed(now: Beyond) -> None:
    assert limits.added(now, limits.listed()) == []


def test_what_is_mended_is_not_listed_any_more(now: Beyond) -> None:
    """``python -m tests.limits`` takes it away."""
    assert limits.mended(now, limits.listed()) == []


def source(folder: Path, **modules: str) -> list[Path]:
    """A package ``a`` with these modules."""
    (folder / "a").mkdir()
    for name, text in modules.items():
        (folder / "a" / f"{name}.py").write_text(text, encoding="utf-8")
    return limits.files(["a"], folder)


def test_complexity_counts_operators_and_comprehensions(tmp_path: Path) -> None:
    paths = source(
        tmp_path,
        one="def plain():\n    return 1\n\nclass Kind:\n    def pick(self, x):\n"
        "        return [y for y in x if y and y > 1 or y < 0]\n\ndef plain():\n    return 2\n",
    )
    assert limits.complexities(paths, tmp_path) == {
        "a/one.py::plain": 1,
        "a/one.py::Kind.pick": 5,
        "a/one.py::plain-2": 1,
    }


def test_circles_are_found_through_functions_packages_and_other_modules(tmp_path: Path) -> None:
    paths = source(
        tmp_path,
        __init__="import os\nfrom a.one import x\n",
        one="def f():\n    from a import two\n",
        two="import a.three\nfrom a.four import y\n",
        three="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import x\n",
        four="import json\n",
    )
    assert limits.circles(limits.import_graph(paths, tmp_path)) == ["a a.one a.three a.two"]


def test_a_class_name_counts_once_for_each_definition(tmp_path: Path) -> None:
    paths = source(tmp_path, one="class Line: ...\nclass Cell: ...\n", two="def f():\n    class Line: ...\n")
    assert limits.class_names(paths, tmp_path) == {"Cell": ["a/one.py"], "Line": ["a/one.py", "a/two.py"]}


@pytest.mark.parametrize(
    ("now", "added", "mended"),
    [
        (LISTED, 0, 0),
        (Beyond({"a.py::old": 21, "a.py::new": 16}, LISTED.import_circles, LISTED.class_names), 2, 0),
        (Beyond({"a.py::old": 19}, LISTED.import_circles, LISTED.class_names), 0, 1),
        (Beyond({}, ["a.one a.two"], LISTED.class_names), 0, 2),
        (Beyond(LISTED.complex_functions, ["a.four a.one"], LISTED.class_names), 1, 1),
        (Beyond(LISTED.complex_functions, LISTED.import_circles, {"Line": ["a.py", "b.py", "c.py"]}), 1, 0),
        (Beyond(LISTED.complex_functions, LISTED.import_circles, {"Cell": ["a.py", "b.py"]}), 1, 1),
    ],
)
def test_the_lists_only_shrink(now: Beyond, added: int, mended: int) -> None:
    assert len(limits.added(now, LISTED)) == added
    assert len(limits.mended(now, LISTED)) == mended
    assert limits.added(limits.kept(now, LISTED), LISTED) == []
