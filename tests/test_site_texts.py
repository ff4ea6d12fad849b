"""What the site says in words: where two texts differ, why a row was rejected, and what the last run changed."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from review.differences import difference
from review.quarantine import plain_reason, quarantine_entries
from review.render import marked, moment
from review.run_changes import change_list
from tests.conftest import arvenia, record


def words(html: str, tag: str) -> list[str]:
    """The text of each element of this name."""
    return re.findall(f"<{tag}>(.*?)</{tag}>", html)


class TestDifference:
    def test_a_change_behind_many_equal_words_is_shown(self) -> None:
        equal = "The harbor council met. " * 40
        found = difference(equal + "It hired 12 divers.", equal + "It hired 15 divers.")
        assert found is not None
        assert words(found.before, "del") == ["12"]
        assert words(found.after, "ins") == ["15"]
        assert len(found.before) < 120

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("the “harbor” law", "the 'harbor' law"),
            ("2010–2011", "2010-2011"),
            ("co-operate with divers", "cooperate with divers"),
            ("two  blanks", "two blanks"),
        ],
    )
    def test_quotes_dashes_and_spaces_alone_are_no_change(self, before: str, after: str) -> None:
        assert difference(before, after) is None

    def test_each_change_has_its_context_and_the_rest_is_left_out(self) -> None:
        middle = " ".join(f"word{n}" for n in range(40))
        found = difference(f"Alpha {middle} omega", f"Beta {middle} psi")
        assert found is not None
        assert words(found.after, "ins") == ["Beta", "psi"]
        assert "word3" in found.after
        assert "word20" not in found.after
        assert "…" in found.after

    def test_markup_is_escaped(self) -> None:
        found = difference("<b>one</b>", "<script>two</script>")
        assert found is not None
        assert "<script" not in found.after
        assert "<b>" not in found.before

    @given(st.text(max_size=60), st.text(max_size=60))
    def test_any_two_texts_can_be_compared(self, before: str, after: str) -> None:
        found = difference(before, after)
        assert (found is None) or "<" not in re.sub("</?(del|ins)>", "", found.before + found.after)


class TestReasons:
    @pytest.mark.parametrize(
        ("table", "change", "sentence"),
        [
            ("programs", {"program": ""}, "The column program is empty, but must have a value."),
            ("activities", {"row": 0}, "The column row is 0, but must be at least 1."),
            ("activities", {"activity": 3}, "The column activity is 3, but must be a text."),
            ("activities", {"hazardous": "yes"}, "The column hazardous is 'yes', but must be true or false."),
            ("sectors", {"sector": "mining"}, "The column sector has a value that is not in its code list: 'mining'."),
        ],
    )
    def test_a_reason_of_the_schemas_is_said_in_a_sentence(
        self, table: str, change: dict[str, Any], sentence: str
    ) -> None:
        chapter = arvenia()
        chapter.tables[table][1].update(change)
        quarantine = schemas.validate([chapter]).tables["quarantine"]
        reason = quarantine[quarantine["table"] == table]["reason"].iloc[0]
        assert plain_reason(reason) == sentence

    @pytest.mark.parametrize(
        ("reason", "sentence"),
        [
            (
                "percent: 101.0 fails less_than_or_equal_to(100)",
                "The column percent is 101.0, but must be at most 100.",
            ),
            (
                "url_guess: 'www.x' fails str_matches('^x$')",
                "The column url_guess does not have the expected form: 'www.x'.",
            ),
            ("age_min is over age_max", "Age_min is over age_max."),
        ],
    )
    def test_a_reason_of_an_older_output_is_said_in_a_sentence(self, reason: str, sentence: str) -> None:
        # These values are now removed from their row. An output of an older version has the rows in quarantine.
        assert plain_reason(reason) == sentence


class TestQuarantine:
    def entries(self, chapter: Any) -> list[Any]:
        rows: list[dict[str, Any]] = schemas.validate([chapter]).tables["quarantine"].to_dict("records")  # type: ignore
        return quarantine_entries(rows)

    def test_what_refers_to_a_rejected_row_belongs_to_its_entry(self) -> None:
        chapter = arvenia()
        chapter.tables["activities"][0]["activity"] = ""
        chapter.tables["citations"][0].update(table="activities", row=1)
        [entry] = self.entries(chapter)
        assert entry.heading == "Row 1 of Activities"
        assert entry.explanation.startswith("The column activity is empty, but must have a value. With this row, ")
        assert "1 citation" in entry.explanation

    def test_rows_with_one_cause_are_one_entry(self) -> None:
        chapter = arvenia()
        for row in chapter.tables["programs"]:
            row["program"] = ""
        [entry] = self.entries(chapter)
        assert entry.heading == "2 rows of Programs"
        assert len(entry.rows) == 2

    def test_citations_of_a_rejected_reference_belong_to_its_entry(self) -> None:
        chapter = arvenia()
        for row in chapter.tables["references"]:
            row["text"] = ""
        tables = [entry.table for entry in self.entries(chapter)]
        assert tables == ["references"]

    @pytest.mark.parametrize("record", ["[1, 2]", "no json", "{}", '{"table": ["x"], "row": {}}'])
    def test_any_record_can_be_shown(self, record: str) -> None:
        row = {"table": "provenance", "table_row": None, "reason": "points at x row 1, which is not published"}
        [entry] = quarantine_entries([{**row, "record": record}])
        assert entry.explanation


class TestChanges:
    def change(self, **values: Any) -> dict[str, Any]:
        return record("changes", **{"change": "changed", "before": "", "after": "", **values})

    def test_a_change_of_quotes_alone_is_counted_and_not_listed(self) -> None:
        rows = [self.change(before="a 'b'", after="a “b”"), self.change(before="one", after="two")]
        found = change_list(rows)
        assert (len(found.listed), found.trivial, found.more) == (1, 1, 0)
        assert found.listed[0].after == "<ins>two</ins> "

    def test_an_added_row_is_shown_by_its_values(self) -> None:
        row = json.dumps({"doc_id": "xav-2019", "row": 3, "activity": "Diving", "bbox": "1,2,3,4", "age": None})
        [shown] = change_list([self.change(change="added", after=row)]).listed
        assert shown.after == "Diving"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2020-09-30T12:07:44.120+00:00", "2020-09-30 12:07 UTC"),
        ("2021-09-14T16:10:23-04:00", "2021-09-14 16:10 UTC-04:00"),
        ("2021-09-14T16:10:23", "2021-09-14 16:10"),
        ("2021-09-14", "2021-09-14"),
        ("", ""),
        ("D:20210914<b>", "D:20210914<b>"),
    ],
)
def test_a_time_is_said_without_seconds(written: str, shown: str) -> None:
    assert moment(written) == shown


def test_code_of_a_schema_is_marked_and_escaped() -> None:
    assert str(marked("`citations` has <b> for `it`")) == "<code>citations</code> has &lt;b&gt; for <code>it</code>"
