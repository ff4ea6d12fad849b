"""What of a web page is not the chapter: the parts of the site around it, and what the page does not show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from extractors.readers.stacked import is_header
from extractors.readers.volume import is_title_line
from extractors.rules import best_phrase, current, fold

BLANK = re.compile(r"[\s\xa0]+")
HIDDEN = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden|(?<![\w-])(?:opacity|font-size)\s*:\s*0(?![.\d]*[1-9])"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,})",
    re.I,
)
MEDIA = re.compile(r"@[^{;]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|/\*.*?\*/", re.S)
UNSEEN = re.compile(rf"([^{{}}]+)\{{[^{{}}]*{HIDDEN.pattern}", re.I)
PLAIN_NAME = re.compile(r"[.#][\w-]+")
OPENED = "//*[@aria-controls=$name or @data-target=$link or @data-bs-target=$link or @href=$link]"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LEAVES = {"p", "li", "dt", "dd", "blockquote", "pre", "address", "figcaption", "caption", *HEADINGS}
DROPPED = {
    "script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "button", "svg", "iframe",
    "select", "input", "img", "picture", "video", "audio", "canvas", "object", "del", "s", "strike",
}  # fmt: skip


def hide_by_sheets(root: Any) -> None:
    """Mark what the page's own style sheets hide, for a class or an id alone and on every screen."""
    sheets = " ".join(MEDIA.sub(" ", style.text or "") for style in root.iter("style"))
    names = {name.strip() for found in UNSEEN.findall(sheets) for name in found.split(",")}
    unseen = {name for name in names if PLAIN_NAME.fullmatch(name)}
    for element in root.iter() if unseen else ():
        own = {f".{name}" for name in element.get("class", "").split()} | {f"#{element.get('id', '')}"}
        if not unseen.isdisjoint(own):
            element.set("hidden", "")


def is_chrome(element: Any) -> bool:
    """Whether an element belongs to the page around the chapter, or is not shown."""
    if not isinstance(element.tag, str):
        return True
    if element.tag in DROPPED and not is_kept(element):
        return True
    if is_hidden(element):
        return True
    if next(element.iter("h1"), None) is not None:
        return False
    words = current().headings.page
    names = set(re.split(r"[\s_-]+", f"{element.get('class', '')} {element.get('id', '')}".casefold()))
    return element.get("role", "") in words.roles or not names.isdisjoint(words.chrome)


def is_hidden(element: Any) -> bool:
    """Whether an element is not shown, and no tab, button or link of the page opens it."""
    if not isinstance(element.tag, str):
        return False
    marked = element.get("hidden", "until-found") != "until-found" or element.get("aria-hidden") == "true"
    if not marked and not HIDDEN.search(element.get("style", "")):
        return False
    name = element.get("id", "")
    opened = name and element.getroottree().xpath(OPENED, name=name, link=f"#{name}")
    words = {element.get("role", ""), *re.split(r"[\s_-]+", element.get("class", "").casefold())}
    return not opened and words.isdisjoint(current().headings.page.panels)


def is_kept(element: Any) -> bool:
    """Whether an element that mostly belongs to the page around the chapter holds a part of it: a heading that is a
    button, also that of a column, the title in a header, a form around the whole page."""
    if element.tag == "button":
        known = best_phrase(clean(element.text_content()), current().headings.sections) is not None
        return known or next(element.iterancestors("summary", "th", *HEADINGS), None) is not None
    return element.tag in ("header", "form") and next(element.iter("h1", "table"), None) is not None


def is_inside_left_out(element: Any, left_out: Sequence[str]) -> bool:
    """Whether the words of an element inside a block are left out."""
    if "ear" in left_out and not set(element.get("class", "").casefold().split()).isdisjoint(
        current().headings.page.spoken
    ):
        return True
    for_the_eye = element.get("aria-hidden") == "true" and element.get("hidden") is None
    return is_chrome(element) and not (for_the_eye and "eye" not in left_out)


def is_navigation(element: Any) -> bool:
    """Whether a paragraph or list is only links: a short one without a sentence or words of the report, or a list of
    places on the page."""
    if element.tag not in ("p", "ul", "ol"):
        return False
    links = [link for link in element.iter("a") if link.get("href")]
    texts = [clean(link.text_content()) for link in links]
    whole = re.sub(r"[\s|/·•»›>-]+", "", clean(element.text_content()))
    if not whole or whole != re.sub(r"[\s|/·•»›>-]+", "", "".join(texts)):
        return False
    if len(links) > 2 and all(link.get("href").startswith("#") for link in links):
        return True
    phrases = {**current().titles, **current().headings.sections, "references": current().headings.references}
    return not any(text.endswith((".", ":")) or is_title_line(text) or best_phrase(text, phrases) for text in texts)


def hidden_table(element: Any, shown: set[str]) -> str:
    """The heading of a section or the header of a table in an element that is not among the folded texts ``shown``."""
    for part in element.iter("tr", "caption", *HEADINGS):
        cells = [clean(cell.text_content()) for cell in part.iterchildren("td", "th")]
        text = clean(part.text_content())
        known = is_header(cells) if cells else best_phrase(text, current().headings.sections) is not None
        if known and not {fold(words) for words in cells or [text]} <= shown:
            return text
    return ""


def hidden_text(element: Any, shown: set[str], least: int) -> str:
    """The first cell or paragraph of an element with more than ``least`` letters that is not among ``shown``."""
    texts = (clean(part.text_content()) for part in element.iter("td", *LEAVES))
    return next((text for text in texts if len(text) > least and fold(text) not in shown), "")


def clean(text: str) -> str:
    """A text with single blanks, without zero-width characters."""
    return BLANK.sub(" ", re.sub("[\u200b\u200c\u200d\ufeff\u00ad]", "", text)).strip()
