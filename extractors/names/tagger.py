"""Tag the agencies, laws, treaties, policies and programs that a chapter names. The only importer of spaCy.

A chapter teaches the tagger its own names: the cells of its tables ("National Labor Inspection Superintendency
(SUNAFIL)") and the acronyms that its prose defines. Names that stand in no table are known by their shape: a run of
capitalised words whose head says what it is (``rules/entities.yml``). All forms so learned are then looked up in every
text, the longest first. No model is downloaded: tokens, phrase matching and spans are spaCy's, on a blank pipeline.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from extractors.names.aliases import ACRONYM, ACRONYMS, Entity, Lexicon, near
from extractors.names.cells import PART_BEHIND, PART_OF_LAW
from extractors.names.prose import NameSpan, Passage, endings, learn
from extractors.names.shapes import NameGrammar, pattern, words
from extractors.references.citations import spans
from extractors.rules import depends

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.matcher import PhraseMatcher
    from spacy.pipeline import SpanRuler
    from spacy.tokenizer import Tokenizer
    from spacy.tokens import Doc

# The columns that name things. Summary paragraphs stand in `paragraphs` too; activities name none.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "paragraphs": ("text",),
    "statistics": ("source",),
    "conventions": ("label",),
    "legal_standards": ("legislation",),
    "agencies": ("agency", "role"),
    "coordination": ("body", "role"),
    "policies": ("policy", "description"),
    "programs": ("program", "description"),
    "suggested_actions": ("action",),
    "footnotes": ("text",),
}
# "the 2010 Prohibition of Trafficking … Law" (Côte d’Ivoire 2016, page 3): the year belongs to the name
YEAR_BEFORE = re.compile(r"(?:\b(?:the|The|its|a|new|draft|and)|[’']s) ((?:(?:19|20)\d\d[–-])?(?:19|20)\d\d )$")
# What stands between the article and the law: "of the", "of Kosovo’s"
LAW_OF_PART = re.compile(r" (?:of|to|in)(?: [Tt]he)?(?: (?:[A-Z]\w+ |of |and )*[A-Z]\w+[’']s)?$")
SIGNS = re.compile(r"((?:[^\w\s]|_){20})((?:[^\w\s]|_)+)")
TOO_LONG = re.compile(r"\S{500,}")  # characters without a blank
KEPT_WORDS = 3_000  # those of about three chapters; 20,000 make a volume take 8 MB more
PLACE = ("doc_id", "iso3", "report_year", "page", "bbox", "line")


def tag(tables: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Every mention of a named thing in the records of one chapter, ordered by table, row, column and character.

    ``tables`` holds records with the contract's column names, text without citations and markers. A row of the
    answer has ``label, text, canonical, article, inside, table, row, column, start, end`` and the place
    columns of its record. A table or column that is missing is passed over. The same input gives the same output.
    """
    nlp = pipeline()
    # spaCy keeps the first words that it meets, which saves time, and forgets the later ones, which saves memory
    with nlp.memory_zone() if len(nlp.vocab) > KEPT_WORDS else nullcontext():
        return tag_with(nlp, tables)


def tag_with(nlp: Language, tables: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """As :func:`tag`, with this pipeline."""
    places = list(texts(tables))
    plain = [plain_text(table, record[column]) for table, column, record in places]
    docs = {text: nlp(text) for text in dict.fromkeys(plain)}
    passages = [read(*place, text, docs[text]) for place, text in zip(places, plain, strict=True)]
    lexicon = learn(passages)
    matcher = forms_of(lexicon, nlp)
    rows: list[dict[str, Any]] = []
    recent: list[Entity] = []
    of: Mapping[str, Any] = {}
    for passage in passages:
        # "to implement the Plan", in the row of that plan (Pakistan 2014, page 6)
        recent, of = recent if passage.record is of else [], passage.record
        place = {key: passage.record.get(key) for key in PLACE}
        there = []
        for mention in mentions(passage, found(docs[passage.text], matcher), lexicon):
            entity = lexicon.meant(mention.form, recent)
            recent.append(entity)
            there.append(
                {
                    "label": mention.label,
                    "text": passage.text[mention.start : mention.end],
                    "canonical": entity.canonical,
                    "article": mention.article,
                    "table": passage.table,
                    "row": passage.record.get("row"),
                    "column": passage.column,
                    "start": mention.start,
                    "end": mention.end,
                }
                | place
            )
        rows.extend(mark_inside(there))
    return rows


def mark_inside(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The mentions of one text in its order, each with ``inside``: whether a longer one holds it."""
    furthest = 0
    ordered = sorted(rows, key=lambda row: (row["start"], -row["end"]))
    for row in ordered:
        row["inside"] = row["end"] <= furthest
        furthest = max(furthest, row["end"])
    return ordered


def texts(tables: Mapping[str, list[dict[str, Any]]]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Table, column and record of each text worth reading; a source note that covers several rows is one text."""
    for table, columns in COLUMNS.items():
        seen = set()
        for record in tables.get(table, ()):
            for column in columns:
                text = record.get(column)
                if isinstance(text, str) and text and text not in seen:
                    yield table, column, record
                    if table == "statistics":
                        seen.add(text)


def plain_text(table: str, text: str) -> str:
    """The text in which names are looked for, with the same characters at the same places."""
    return without_long_runs(without_callouts(text) if table == "footnotes" else text)


def without_long_runs(text: str) -> str:
    """A text with blanks for the rest of a long run of signs, and for a word that is too long for any language.

    spaCy takes one sign after the other off a word and looks at the rest each time: the time grows with the square of
    the length (``.,`` 4,000 times took 19 seconds).
    """
    text = TOO_LONG.sub(lambda match: " " * len(match[0]), text)
    return SIGNS.sub(lambda match: match[1] + " " * len(match[2]), text)


def without_callouts(text: str) -> str:
    """A footnote's text, blanks for its citations: "Unit.(7" would be one token, and the unit not found."""
    for callout in spans(text):
        text = text[: callout.start] + " " * (callout.end - callout.start) + text[callout.end :]
    return text


def _load_spacy() -> None:
    """Import spaCy, only when it is needed: that takes longer than to tag many chapters.

    Its commands, which nobody starts here, are a third of it (typer, httpx and 300 other modules). While it is
    imported, an empty module takes their place.
    """
    if "spacy" in sys.modules:
        return
    commands = {name: ModuleType(name) for name in ("spacy.cli", "spacy.cli.info")}
    commands["spacy.cli.info"].info = None  # type: ignore[attr-defined]
    sys.modules.update(commands)
    try:
        import spacy  # noqa: F401
    finally:
        for name in commands:
            del sys.modules[name]


@depends
@cache
def pipeline() -> Language:
    """The spaCy pipeline, built once in a process: a blank tokenizer, and the names that mean one thing everywhere."""
    _load_spacy()
    from spacy.lang.en import English

    nlp = English(create_tokenizer=_tokenizer)
    # spaCy asks 23 questions about each new word (is it a number, an address?), which take a tenth of the tagger's time
    cast("Any", nlp.vocab).lex_attr_getters.clear()
    ruler = cast("SpanRuler", nlp.add_pipe("span_ruler", config={"spans_key": "known"}))
    ruler.add_patterns(
        [
            {"label": label, "pattern": form, "id": forms[0]}
            for label, things in words().known.items()
            for forms in things
            for form in forms
        ]
    )
    return nlp


def _tokenizer(nlp: Language) -> Tokenizer:
    """spaCy's English tokenizer, with ends of words of our own; to set them later costs as much again for each."""
    from spacy import util
    from spacy.tokenizer import Tokenizer

    english = nlp.Defaults
    # "MWCPS- and MEPS-funded" (Côte d’Ivoire 2016, page 9), "Action Plan for Children of BiH. Although the" (Bosnia and
    # Herzegovina 2015): hyphen and full stop are no part of the acronym; "People/ Proteje" (Haiti 2019): nor the slash
    suffixes = [*(english.suffixes or ()), "-", "/", r"(?<=[a-z][A-Z])\."]
    # "(L’Unite de Lutte Contre …)" (Côte d’Ivoire 2020): the French article neither
    prefixes = [*(english.prefixes or ()), "[Ll][’'](?=[A-ZÀ-Ý])"]
    # "Child Protection Committees (CCPCs)/District Child …" (Ghana 2017, page 5): the sign between two names is a token
    infixes = [*(english.infixes or ()), r"(?<=\w)\)/(?=\w)", r"(?<=[a-z])\((?=[A-Z])", r"(?<=\w);(?=[A-Z])"]
    return Tokenizer(
        nlp.vocab,
        rules=english.tokenizer_exceptions,
        prefix_search=util.compile_prefix_regex(prefixes).search,
        suffix_search=util.compile_suffix_regex(suffixes).search,
        infix_finditer=util.compile_infix_regex(infixes).finditer,
        token_match=english.token_match,
        url_match=english.url_match,
    )


def read(table: str, column: str, record: Mapping[str, Any], text: str, doc: Doc) -> Passage:
    """A text with the names in it that mean one thing everywhere, and those that their shape gives away."""
    starts = doc.to_array("IDX").tolist()
    tokens = [text[a : a + size] for a, size in zip(starts, doc.to_array("LENGTH").tolist(), strict=True)]
    # the cell of a program is no text about programs: it may be a group of them
    about = "" if column == "program" else "programs" if record.get("section") == "programs" else table
    shapes = NameGrammar(text, tokens, starts, about)
    known = [
        NameSpan(span.label_, span.text, span.start_char, span.end_char, span.start, span.end, span.id_)
        for span in doc.spans["known"]
    ]
    # "Pathfinder Country of Alliance 8.7" (Peru 2020, page 8): a name that cuts a known one in two is none
    inside = {i for name in known for i in range(name.first + 1, name.last)}
    # "… Project on Child Labor and Forced Labor MAP16" (Brazil 2018, page 9): nor a known one with an acronym behind it
    longer = {(name.first, name.last + 1) for name in known if "".join(tokens[name.last : name.last + 1]).isupper()}
    shaped = [
        NameSpan(label, shapes.between(a, b), starts[a], shapes.stop(b - 1), a, b)
        for label, a, b in shapes.names()
        if a not in inside and b not in inside and (a, b) not in longer
    ]
    return Passage(table, column, record, text, tokens, starts, known, shaped)


# ---------------------------------------------------------------- where the names stand


def forms_of(lexicon: Lexicon, nlp: Language) -> PhraseMatcher:
    """Finds every form in a text; the label of a found span is the form (its blanks may differ from the text's)."""
    from spacy.matcher import PhraseMatcher

    matcher = PhraseMatcher(nlp.vocab)
    for form in lexicon.by_form:
        matcher.add(form, [nlp.make_doc(printed) for printed in {form, form.replace("'", "’")}])
    return matcher


def found(doc: Doc, matcher: PhraseMatcher) -> list[tuple[str, int, int]]:
    """Form, first token and the token after the last of each form in a text, the longest first."""
    strings = doc.vocab.strings
    return sorted(
        ((strings[form], first, last) for form, first, last in matcher(doc)), key=lambda m: (m[1] - m[2], m[1], m[0])
    )


class Mention(NamedTuple):
    """One mention in a passage: its characters, the form of the name, and the articles of a law if it names some."""

    label: str
    start: int
    end: int
    form: str
    article: str | None = None


def mentions(passage: Passage, forms: list[tuple[str, int, int]], lexicon: Lexicon) -> list[Mention]:
    """Every mention, in the order of the text, the longer first.

    Of names that overlap the longest counts, with the names that are known to be its parts; a law is found with and
    without the articles before it, a policy with the years behind it.
    """
    owner: dict[int, str] = {}
    rows: list[Mention] = []
    for form, first, last in forms:
        around = {owner[i] for i in range(first, last) if i in owner}
        if not all(part_of(form, whole, lexicon) for whole in around) or not counts(
            passage, form, first, last, lexicon
        ):
            continue
        owner.update({i: form for i in range(first, last) if i not in owner})
        label = lexicon.by_form[form].label
        start, end = whole_name(passage, label, form, first, last)
        rows.append(Mention(label, start, end, form))
        if label == "LAW":
            rows.extend(pinpoints(passage, form, passage.starts[first], end))
    return sorted(rows, key=lambda row: (row.start, -row.end))


def part_of(form: str, whole: str, lexicon: Lexicon) -> bool:
    """Whether a form inside a longer name is a mention too: a known part, or the acronym that names the owner ("MIMP
    Children’s Bureau"); no half of "SBM QAT"."""
    if form in lexicon.parts.get(whole, ()):
        return True
    acronym = lexicon.by_form[form].label == "AGENCY" and ACRONYM.fullmatch(form) is not None
    return acronym and whole.startswith(f"{form} ") and not ACRONYMS.fullmatch(whole)


def whole_name(passage: Passage, label: str, form: str, first: int, last: int) -> tuple[int, int]:
    """The characters of a name with what belongs to it: a year before a law or a policy, and years, or the number of a
    law, behind a name of words."""
    start, end = passage.starts[first], passage.starts[last - 1] + len(passage.tokens[last - 1])
    # "UNDAF (2015–2019)" (Madagascar 2015, page 6)
    behind = endings(passage).get(label) if " " in form or (passage.column == "policy" and first == 0) else None
    years = behind.match(passage.text, end) if behind else None
    # "The 2019–2021 NAP" (Côte d’Ivoire 2020, page 9)
    named = " " in form or (label == "POLICY" and ACRONYM.fullmatch(form))
    dated = (
        YEAR_BEFORE.search(passage.text, max(0, start - 20), start) if label in ("LAW", "POLICY") and named else None
    )
    return dated.start(1) if dated else start, years.end() if years else end


def pinpoints(passage: Passage, form: str, start: int, end: int) -> Iterator[Mention]:
    """A law with the articles before or behind it."""
    for match in pattern(PART_OF_LAW).finditer(passage.text, near(passage.text, start), start):
        if match.end() == start:
            yield Mention("LAW", match.start(), end, form, LAW_OF_PART.sub("", match.group().strip()))
    behind = pattern(PART_BEHIND).match(passage.text, end) if passage.column != "legislation" else None
    if behind:
        yield Mention("LAW", start, behind.end(), form, behind.group().removeprefix(", "))


def counts(passage: Passage, form: str, first: int, last: int, lexicon: Lexicon) -> bool:
    """Whether a form is a name where it stands: not "the implementation of a National Action Plan" (Philippines 2016),
    nor a short form or a name of one word within other words."""
    tokens, label = passage.tokens, lexicon.by_form[form].label
    if form in lexicon.short:
        return points_back(tokens, first, last)
    if form in words().names_of_one_word:
        return stands_alone(tokens, first, last)
    if label == "POLICY" and words().general.issuperset(form.split()) and indefinite(tokens, first):
        return endings(passage)[label].match(passage.text, passage.starts[last - 1] + len(tokens[last - 1])) is not None
    return True


def indefinite(tokens: list[str], first: int) -> bool:
    """Whether "a" or "a new" stands before a token."""
    before = tokens[max(0, first - 2) : first]
    return before[-1:] in (["a"], ["an"]) or (before[:1] in (["a"], ["an"]) and before[-1].islower())


def points_back(tokens: list[str], first: int, last: int) -> bool:
    """Whether a lone "Declaration" is a name said short: "under the Declaration and Framework" (Ghana 2016, page 6)."""
    before = tokens[first - 1] if first else ""
    after = "".join(tokens[last : last + 1])
    return (
        # "the renewed Plan", "the UN-signed Protocol" (Mali 2014)
        (before in ("the", "The", "this", "these", "both", "and") or before.endswith("ed"))
        and after not in ("of", "for", "to", "on")
        and not after[:1].isupper()
    )


def stands_alone(tokens: list[str], first: int, last: int) -> bool:
    """Whether "Congress" is a name and no part of one ("World Congress")."""
    before = tokens[first - 1] if first else ""
    after = "".join(tokens[last : last + 1])
    return not after[:1].isupper() and (not before[:1].isupper() or before in words().openers)
