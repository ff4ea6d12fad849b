"""The review site as files: what is built and kept, that it is whole, that nothing of a source can act in it."""

from __future__ import annotations

from pathlib import Path

import pytest

import review
import schemas
from flows import publish
from tests.conftest import arvenia


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A published invented chapter whose source file is not there."""
    publish.publish(schemas.validate([arvenia()]).tables, {}, tmp_path / "output")
    return tmp_path / "output"


def test_a_site_without_sources_has_all_tables_and_says_what_is_missing(output: Path) -> None:
    report = review.build(output, workers=1)
    page = (output / "site/chapters/xav-2019.html").read_text("utf-8")
    assert report.faults
    assert "is not where the run found it" in page
    assert 'id="legal_standards-2"' in page
    assert (output / "site/index.html").exists()
    assert (output / "site/countries/xav.html").exists()
