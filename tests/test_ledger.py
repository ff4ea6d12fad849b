"""The cache of files that have been read. Invented chapters."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

from extractors.model import Extraction
from flows import ledger
from tests.conftest import arvenia


def save(chapters: Iterable[Extraction], entry: Path) -> None:
    assert ledger._write_chapters(chapters, entry) is None


def test_an_entry_of_the_ledger_comes_back_the_same(tmp_path: Path) -> None:
    chapters = (arvenia(), arvenia(iso3="XBV"))
    save(chapters, tmp_path / "entry.json.gz")
    assert tuple(ledger.each(tmp_path / "entry.json.gz")) == chapters
    assert tuple(ledger.each(tmp_path / "entry.json.gz", {1})) == chapters[1:]
    held = ledger.contents(tmp_path / "entry.json.gz")
    assert [facts[0] for facts in held.versions] == ["xav-2019", "xbv-2019"]
    assert held.rows == sum(len(rows) for chapter in chapters for rows in chapter.tables.values())


def test_an_entry_of_version_0_2_is_still_read(tmp_path: Path) -> None:
    """The chapters of a file that the new version cannot read any more stay published from it."""
    chapters, old = (arvenia(), arvenia(iso3="XBV")), tmp_path / "old.json.gz"
    old.write_bytes(gzip.compress(json.dumps({"chapters": [ledger.plain(one) for one in chapters]}).encode()))
    save(chapters, tmp_path / "new.json.gz")
    assert tuple(ledger.each(old)) == chapters
    assert ledger.contents(old) == ledger.contents(tmp_path / "new.json.gz")


def test_an_entry_that_was_cut_off_anywhere_is_not_whole(tmp_path: Path) -> None:
    """Also between two lines, where the compressed file is sound."""
    entry = tmp_path / "entry.json.gz"
    save((arvenia(), arvenia(iso3="XBV")), entry)
    assert ledger.is_whole(entry)
    content = entry.read_bytes()
    starts = [at for at in range(1, len(content)) if content.startswith(b"\x1f\x8b\x08\x00\x00", at)]
    assert len(starts) >= 2
    for cut in (*starts, len(content) // 2, len(content) - 1):
        entry.write_bytes(content[:cut])
        assert not ledger.is_whole(entry)
