"""The report's page designs as data. A new year's design is a new value here, no new code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from tests.generator.wording import WORDING_2013, WORDING_2016, WORDING_2019, WORDING_2024, Wording

Grey = float


@dataclass(frozen=True)
class Layout:
    """One design. ``years`` tells for people in which reports it was seen; no code asks for it."""

    name: str
    years: str
    wording: Wording
    header_fill: Grey = 0.43
    white_cells: bool = True
    """Every cell has a white rectangle behind it."""
    white_caption: bool = False
    """A white rectangle stands behind the caption, as wide as the table."""
    rules: Literal["line", "polygon"] = "line"
    """Rules between rows: strokes, or polygons 1 point high."""
    tick: Literal["path", "glyph"] = "path"
    row_padding: float = 2.7
    middle_columns: frozenset[str] = frozenset()
    """Column headers whose cells stand in the middle of their column."""
    middle_labels: bool = False
    """A label beside several rows stands at half their height."""
    raised_markers: bool = False
    comma: str = ","
    after_stop: str = " "
    reference_number: str = "{}"
    url_on_own_line: bool = True
    underlined_urls: bool = False
    caption: str = "Table {}. "
    figure: bool = True
    """Figure 1 stands beside Table 1; without it Table 1 stands alone."""
    repeat_label: bool = True
    """A label beside rows that go on over the page stands again at the top of the next page."""
    cut_rows: bool = False
    """A row may be cut by the page break."""
    hidden_text: str = ""
    """White text in empty cells."""
    hidden_footer: bool = False
    """A second footer in white on even pages."""
    head_line: float = 48.1
    footer_box: bool = False
    """The page number stands in a grey box."""
    title_line: bool = False
    """Report title, country and assessment stand above the opening sentence, as on a web page."""
    running_head: bool = True
    """Country and assessment stand above every page."""
    emblems: bool = True
    """A column of emblems stands beside the conventions."""
    header: Literal["boxes", "bar", "plain"] = "boxes"
    """The header of a table is shaded cell by cell, as one bar, or not at all (then in bold black type)."""
    borders: Literal["rules", "grid", "cells"] = "rules"
    """Rules between the rows, rules between rows and columns, or an outline around each cell."""


STYLE_2019 = Layout(
    name="2019",
    years="2018-2019",
    wording=WORDING_2019,
    middle_columns=frozenset({"Ratification", "Year(s) Suggested"}),
    hidden_text="N/A",
)
STYLE_2020 = replace(STYLE_2019, name="2020", years="2020", rules="polygon", tick="glyph", hidden_text="")
STYLE_2016 = Layout(
    name="2016",
    years="2014-2017",
    wording=WORDING_2016,
    header_fill=0.65,
    white_caption=True,
    row_padding=3.2,
    middle_columns=frozenset({"Ratification", "Year(s) Suggested"}),
    raised_markers=True,
    comma=", ",
    after_stop="",
    reference_number="{}.",
    url_on_own_line=False,
    head_line=49.6,
    hidden_footer=True,
)
STYLE_2013 = replace(
    STYLE_2016,
    name="2013",
    years="2013",
    wording=WORDING_2013,
    white_cells=False,
    white_caption=False,
    raised_markers=False,
    row_padding=5.8,
    middle_columns=frozenset({"Yes/No", "Age", "Percent", "Ratification", "Year(s) Suggested"}),
    middle_labels=True,
    underlined_urls=True,
    figure=False,
    hidden_footer=False,
    footer_box=True,
)
STYLE_2024 = replace(
    STYLE_2020, name="2024", years="2023-2024", wording=WORDING_2024, title_line=True, emblems=False, figure=False
)
LAYOUTS = (STYLE_2013, STYLE_2016, STYLE_2019, STYLE_2020)
