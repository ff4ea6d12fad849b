"""Explore and Search as files: every row, every name and every word is there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from flows import publish
from review.explore import LEFT_OUT, ExploredTable, scripts
from review.search import SEARCHED, folded
from tests.sites import unpacked

pytest_plugins = ["tests.site_fixtures"]


class TestPages:
    def test_explore_has_each_row_of_each_table_that_has_a_page(self, sample: Path) -> None:
        described = json.loads((sample.parent / "tables/../datapackage.json").resolve().read_text("utf-8"))
        names = {one["name"] for one in described["resources"]} - set(LEFT_OUT)
        assert {page.stem.replace("-", "_") for page in (sample / "explore").glob("*.html")} == names
        for name in names:
            published = publish.read_table(sample.parent, name)
            scripts = sorted((sample / "explore" / name.replace("_", "-")).glob("*.js"))
            calls = [
                re.fullmatch(r'findingsRows\("(\d+)",(\d+),"(.*)"\);\n', file.read_text("utf-8")) for file in scripts
            ]
            assert sum(int(call[2]) for call in calls if call) == len(published), name
            for call in filter(None, calls):
                columns = json.loads(unpacked(call[3]))
                rows = published[published["report_year"] == int(call[1])]
                for column, packed in columns.items():
                    if isinstance(packed, dict):
                        packed = [packed["d"][n] for n in packed.get("i", [0] * len(rows))]
                    wanted = rows[column].astype(object).where(rows[column].notna(), None)
                    assert packed == wanted.to_list(), (name, column)


def test_rows_of_a_year_are_in_the_order_of_the_names_of_their_countries() -> None:
    ids = ["xav-2019", "xbv-2019", "xbv-2019"]
    rows = pa.table(
        {"doc_id": ids, "iso3": ["XAV", "XBV", "XBV"], "row": [1, 1, 2], "page": [1, 1, 1], "line": [1, 1, 1]}
    )
    release: Any = SimpleNamespace(of_year=lambda name, year: rows)
    countries = {"XBV": "Arvenia", "XAV": "Kelpia"}
    [(_, call)] = scripts(release, ExploredTable("agencies", "", (), {2019: 3}), countries)
    [packed] = re.findall(r'"([^"]*)"\);\n$', call.decode())
    columns = json.loads(unpacked(packed))
    assert [columns["doc_id"]["d"][n] for n in columns["doc_id"]["i"]] == ["xbv-2019", "xbv-2019", "xav-2019"]
    assert columns["row"] == [1, 2, 1]


def test_every_name_and_every_word_can_be_searched(sample: Path) -> None:
    [names] = re.findall(r'findingsNames\("(.*)"\);', (sample / "search/names.js").read_text("utf-8"))
    names = unpacked(names)
    registry = publish.read_table(sample.parent, "entity_registry")
    assert [name[5] for name in json.loads(names)] == registry["entity_id"].to_list()
    entities = publish.read_table(sample.parent, "entities")
    assert {name[5]: name[6] for name in json.loads(names)} == {key: [2019] for key in entities["entity_id"]}
    found: dict[str, Any] = {}
    for file in sorted((sample / "search/words").glob("*.js")):
        [(start, words)] = re.findall(r'findingsWords\("(..)","(.*)"\);', file.read_text("utf-8"))
        assert start == file.stem
        found |= json.loads(unpacked(words))
    for table, (name, columns) in enumerate(SEARCHED.items()):
        published = publish.read_table(sample.parent, name)
        text = " ".join(text for column in columns for text in published[column])
        words = {word for word in re.findall(r"[a-z]{3,30}", folded(text)) if word in found}
        assert len(words) > 5
        assert {word for word in words if found[word].get(str(table)) == [0]} == words
