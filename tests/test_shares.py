"""A volume that several processes read in shares gives what one process finds; a share that breaks loses only itself.

The chapters are those of the invented country, under its own name and under names of real countries; nothing else in
them is real.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pikepdf
import pytest

import flows.run
from extractors.model import LeftOut, Seam, Share, UnreadableSource
from extractors.readers import pdf, read_share, text
from flows import ledger, volumes
from flows.report import Failure, Report
from flows.request import Request
from flows.sources import SourceFile, hash_of
from flows.workers import TookTooLong, WorkerDied
from tests.conftest import ROOT
from tests.generator import SAMPLE, STYLE_2019, draw_pdf
from tests.quick import InProcess
from tests.test_volume import renamed

NAMES = ("Arvenia", "Fiji", "Jordan")
TEXT = (ROOT / "raw/arvenia-2019.txt").read_text(encoding="utf-8")
CHAPTER = TEXT.count("\n") + 2  # lines of a chapter of the text, with those between it and the next


class OneByOne(InProcess):
    """Calls from several threads are made one after the other. ``breaks`` says what a share ends with, by its start."""

    breaks: ClassVar[dict[int, Exception]] = {}

    def __init__(self, count: int = 1, seconds: float = 0.0, megabytes: int = 0) -> None:
        super().__init__(count, seconds, megabytes)
        self.lock = threading.Lock()
        self.read: list[Share] = []

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function gives, or what the share ends with."""
        with self.lock:
            if function is volumes.read_share:
                self.read.append(arguments[1])
                if error := self.breaks.get(arguments[1].first):
                    raise error
            return function(*arguments)


@pytest.fixture(autouse=True)
def small_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file may be a volume; a share has at least seven pages or the lines of one chapter."""
    monkeypatch.setattr(volumes, "LARGE", 0)
    monkeypatch.setattr(pdf, "SHARE", 7)
    monkeypatch.setattr(text, "SHARE", CHAPTER - 9)


@pytest.fixture(scope="module")
def volume(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF of three chapters of 7 pages: the second has its last page above its first as well, the third lacks its
    first page."""
    folder = tmp_path_factory.mktemp("volume")
    with pikepdf.new() as whole:
        for name in NAMES:
            draw_pdf(renamed(SAMPLE, name), folder / "one.pdf", STYLE_2019)
            with pikepdf.open(folder / "one.pdf") as source:
                whole.pages.extend([source.pages[6], *source.pages] if name == "Fiji" else source.pages)
        del whole.pages[15]
        whole.save(folder / "volume.pdf")
    return folder / "volume.pdf"


def source(path: Path) -> SourceFile:
    return SourceFile(path, path.name, hash_of(path), path.stat().st_size)


def text_volume(folder: Path) -> Path:
    path = folder / "volume.txt"
    chapters = (TEXT.replace("Arvenia", name).replace("ARVENIA", name.upper()) for name in NAMES)
    path.write_text("\n\n".join(chapters), encoding="utf-8")
    return path


def test_shares_give_what_one_process_finds_byte_by_byte(volume: Path, tmp_path: Path) -> None:
    """Also where a share began at another place than the one before it ended, and where none seems to begin."""
    pool = OneByOne()
    one, many = tmp_path / "one.json.gz", tmp_path / "many.json.gz"
    assert ledger.extract_into(source(volume), one) is None
    assert volumes.extract_into(pool, source(volume), many, None) is None  # type: ignore[arg-type]
    assert one.read_bytes() == many.read_bytes()
    assert [chapter.doc_id for chapter in ledger.each(many)] == ["xav-2019", "fji-2019"]
    again = [(share.first, share.start.at) for share in pool.read[3:] if share.start]
    assert again == [(8, 8), (15, 16)]  # the second began on page 9, the third nowhere
    assert sorted(file.name for file in tmp_path.iterdir()) == ["many.json.gz", "one.json.gz"]


def test_a_text_has_shares_too(tmp_path: Path) -> None:
    path = text_volume(tmp_path)
    one, many = tmp_path / "one.json.gz", tmp_path / "many.json.gz"
    assert ledger.extract_into(source(path), one) is None
    assert volumes.extract_into(OneByOne(), source(path), many, None) is None  # type: ignore[arg-type]
    assert one.read_bytes() == many.read_bytes()
    assert len(list(ledger.each(many))) == len(NAMES)


def run_with(monkeypatch: pytest.MonkeyPatch, breaks: dict[int, Exception], path: Path, output: Path) -> Report:
    monkeypatch.setattr(flows.run, "Workers", OneByOne)
    monkeypatch.setattr(OneByOne, "breaks", breaks)
    return flows.run.run(Request(paths=(path,), output=output, workers=1))


def chosen(report: Report) -> list[str]:
    return sorted(doc_id for fact in report.inputs for doc_id in fact["chosen"])


@pytest.mark.slow
def test_a_share_whose_process_dies_loses_its_own_chapters_until_the_next_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path, output = text_volume(tmp_path), tmp_path / "out"
    _, second, _ = (share.first for share in text.text_shares(path, path.name))
    lines = f"lines {CHAPTER + 1}-{2 * CHAPTER}"
    first = run_with(monkeypatch, {second: WorkerDied("the process that read it died (killed)")}, path, output)
    assert (first.exit_code, first.published, chosen(first)) == (1, True, ["jor-2019", "xav-2019"])
    assert first.failures == [
        Failure("volume.txt", "WorkerDied", f"{lines}: the process that read it died (killed)", at="test_shares.py:52")
    ]
    (error,) = [row for row in first.errors if row["check"] == "part_left_out"]
    assert f"volume.txt, {lines}: could not be read" in error["message"]
    again = run_with(monkeypatch, {1: TookTooLong("was not read within 9 s")}, path, output)
    assert chosen(again) == ["jor-2019", "xav-2019"]  # the release keeps what another break would take from it
    assert f"lines 1-{CHAPTER}: was not read within 9 s" in again.failures[0].reason
    healed = run_with(monkeypatch, {}, path, output)
    assert (chosen(healed), healed.failures) == (["fji-2019", "jor-2019", "xav-2019"], [])
    assert json.loads((output / "run.json").read_text())["inputs"][0]["standing"] == ""


def test_a_page_that_cannot_be_read_costs_only_its_share(
    volume: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The same bytes would meet it again, so the verdict is kept: the other chapters, and the page in an error."""
    from extractors.readers.opening import check_content as real

    def check(content: Any, name: str) -> None:
        if content.number == 4:
            raise UnreadableSource(name, "holds 30000 drawn shapes on one page", 4)
        real(content, name)

    monkeypatch.setattr("extractors.readers.pdf.check_content", check)
    entry = tmp_path / "entry.json.gz"
    assert volumes.extract_into(OneByOne(), source(volume), entry, None) is None  # type: ignore[arg-type]
    (chapter,) = ledger.each(entry)
    messages = [row["message"] for row in chapter.tables["quality"] if row["check"] == "part_left_out"]
    assert chapter.doc_id == "fji-2019"
    assert messages[0] == (
        "volume.pdf, pages 1-8: could not be read (page 4: holds 30000 drawn shapes on one page); "
        "nothing is published from this part"
    )


def test_if_no_share_can_be_read_the_file_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, entry = text_volume(tmp_path), tmp_path / "entry.json.gz"
    late = TookTooLong("was not read within 9 s")
    monkeypatch.setattr(OneByOne, "breaks", {share.first: late for share in text.text_shares(path, path.name)})
    failure = volumes.extract_into(OneByOne(), source(path), entry, None)  # type: ignore[arg-type]
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.reason.count("was not read within 9 s")) == ("TookTooLong", 1)
    assert not list(tmp_path.glob("entry*"))


def test_a_share_without_a_beginning_is_read_with_the_one_before(volume: Path) -> None:
    share = Share(3, 7)
    parts: Sequence[Any] = list(read_share(volume, "volume.pdf", share))
    assert (parts, share.start, share.end) == ([], None, None)
    whole = Share(1, 8)
    assert [isinstance(part, LeftOut) for part in read_share(volume, "volume.pdf", whole)] == [False]
    assert whole.end == Seam(8)
