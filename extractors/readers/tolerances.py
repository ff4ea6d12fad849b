"""The lengths and shares by which the PDF reader decides what belongs together on a page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tolerances:
    """Named tolerances of page geometry, each with its reason, for the report's page of 612 by 792 points."""

    # Lengths in points, for rules, boxes and drawings.
    rule_thickness: float = 1.6  # a thinner shape is a rule; the 2020 edition draws rules as polygons 1 pt high
    rule_end: float = 3.0  # a rule may end this far from the column edge that it belongs to
    same_height: float = 2.0  # shapes drawn for one row or one header differ by less in height
    same_box: float = 1.0  # a box that is painted twice repeats its edges within this distance
    touching: float = 2.0  # the boxes of one header leave less room between them
    merged_rules: float = 2.5  # rules that are drawn piece by piece for one row lie this close
    header_height: float = 7.0  # a header box is at least as high as one line of small type
    header_width: float = 12.0  # and wide enough for a word
    box_height: float = 120.0  # a higher box is a background, not a header
    header_line: float = 3.0  # a rule this close below the header closes the header, not the first row
    header_rule: float = 6.4  # and this close below the words of a header without a box
    header_overlap: float = 1.0  # a rule or a second table may begin this far inside the header above it
    row_start: float = 1.0  # a word may stand this far above the rule that its row begins with
    row_end: float = 0.5  # and this far below the rule that its row ends with
    row_gap: float = 1.6  # lines of one row lie closer, rows farther apart: 1.0 and 2.2 points in 99 of 100 places
    more_leading: float = 0.5  # white space that exceeds the leading of a table by less is leading too
    rule_in_line: float = 1.5  # a rule may lie this far inside the line above or below it
    tight_rule: float = 3.0  # the same for two rows that are set close: the boxes of their lines overlap
    over_edge: float = 1.5  # a word that reaches this far over a column edge does not stand in a cell
    cell_gap: float = 3.5  # the words of two cells beside each other leave at least this much room
    next_row: float = 16.0  # the next row begins less than this below the words of the row above
    same_start: float = 2.5  # the lines of one column begin at one place, or stand in its middle
    long_rule: float = 60.0  # shorter rules underline words
    underline: float = 0.7  # a rule this far below a word underlines it
    alley: float = 6.0  # white space of this width over all lines divides two columns
    column_side: float = 1.0  # a rule that ends this far before the middle of a column still crosses it
    table_side: float = 2.0  # words may stand this far left or right of the table that they belong to
    tick_height: float = 3.0  # a smaller drawing is a dot or a speck, not a tick
    tick_alone_x: float = 15.0  # a second drawing this close beside a tick makes both parts of an emblem
    tick_alone_y: float = 6.0  # the same, above or below
    drawing_side: float = 20.0  # a larger filled curve is a picture

    # Lengths in points, for lines and columns of text.
    heading_gap: float = 12.0  # the gap between the heading "References" and the second column beside it
    heading_above: float = 4.0  # the first entry of the second column may stand this far above the heading
    gutter: float = 4.0  # the second column of references begins this far before the middle of the page at most
    gutter_side: float = 12.0  # the second column may begin this far before that, after a free alley
    hanging: float = 30.0  # the lines of a reference are indented by less
    next_word: float = 2.0  # a word fits on the line above if this much room is left beside it
    left_margin: float = 54.0  # used on a page without running text
    right_margin: float = 558.0  # used on a page without running text
    map_gap: float = 9.0  # the gap between the summary and a label of the map beside it
    map_overlap: float = 2.0  # a map label printed over the summary overlaps its words by more
    figure_gap: float = 5.0  # the gap between two labels of a pie chart
    caption_gap: float = 8.0  # the gap between a line of text and the caption of the figure beside it
    figure_side: float = 6.0  # labels may stand this far left of the figure's caption
    figure_side_alone: float = 30.0  # the same, if nothing stands left of the caption
    figure_middle: float = 40.0  # a figure in the right half reaches this far left of the middle of the page
    same_place: float = 0.5  # a letter painted again this close to itself counts once
    white_jump: float = 2.0  # white text that goes back by more than this is another piece of text

    # Shares of the type size.
    letter_overlap: float = 0.35  # the next letter of a word may begin this far before the end of the last one
    letter_gap: float = 0.16  # and this far after it; a wider gap is a blank
    paragraph_gap: float = 0.55  # more white space than this above a line begins a paragraph
    cell_word_gap: float = 0.7  # the words on a line of a cell are less apart
    body_word_gap: float = 1.5  # the same for running text; a heading has a wide gap behind its number
    overlap_height: float = 0.7  # the middles of two words that lie on each other are less apart
    overlap_width: float = 0.25  # and such words share more than this from left to right

    # Shares of the page, of a table, or of the height of a letter.
    head: float = 0.1  # of the page height: country and assessment level stand above
    foot: float = 0.945  # of the page height: report title and page number stand below
    figure_left: float = 1 / 3  # of the page width: a figure that begins further right has a table on its left
    short_rules: float = 1 / 3  # of the table width: rules at one height that cover less underline a web address
    half_fitting_rule: float = 0.6  # of the table width: covered by a rule of which one end lies on no column edge
    underlined: float = 0.6  # of a rule: covered by words that stand on it
    usual_gap: float = 0.6  # of the usual white space between the rows of a table: less divides no rows
    row_start_share: float = 0.85  # of the same: a row's words begin less than this below its upper rule
    clearly_less: float = 0.8  # of the same: less is white space between the lines of one cell
    most_usual: float = 1.7  # of the same: more is another kind of white space, where one column alone decides
    same_place_share: float = 0.08  # of the type size; the same for small type, where two letters stand closer
    covered: float = 0.25  # of the type size: a box that covers a letter reaches this far above and below its middle
    turned_page: float = 0.5  # of a page's letters: if more are turned, the page is turned, not a stamp on it
    shared_line: float = 0.45  # of the lower word's height: shared by words on one line
    shared_word: float = 0.5  # of the lower glyph's height: shared by the glyphs of one word

    # Type sizes in points.
    marker_size: float = 7.0  # smaller type is a raised marker or a source note
    marker_step: float = 0.5  # a glyph smaller than its word by more than this is a raised marker
    same_size: float = 0.6  # the lines of one table differ by less
    body_size: float = 10.0  # running text is larger than this

    # Colour: a share of full brightness.
    white: float = 0.97  # a lighter colour cannot be told from the paper


TOLERANCE = Tolerances()
