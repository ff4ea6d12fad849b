"""Bad PDFs: the invented chapter, broken or dressed oddly; and files that only call themselves PDF."""

from __future__ import annotations

import functools
import io
import random
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Pdf
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.generator import SAMPLE, STYLE_2016, STYLE_2019, draw_pdf
from tests.verdicts import Kind

Edit = Callable[[Any], None]
Bytes = Callable[[bytes], bytes]


@functools.cache
def chapter_pdf() -> bytes:
    """The sound chapter as the report's files are: packed streams, no list of objects that is packed itself."""
    return saved(drawn())


@functools.cache
def drawn(year: int = 2019) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pdf"
        draw_pdf(replace(SAMPLE, year=year), path, STYLE_2019 if year == 2019 else STYLE_2016)
        return path.read_bytes()


def saved(data: bytes, edit: Edit | None = None, **options: Any) -> bytes:
    """A PDF, edited and written anew; the same every time."""
    with Pdf.open(io.BytesIO(data)) as pdf:
        if edit:
            edit(pdf)
        out = io.BytesIO()
        if "encryption" not in options:
            options["deterministic_id"] = True
        options = {"object_stream_mode": pikepdf.ObjectStreamMode.disable, "recompress_flate": True} | options
        pdf.save(out, **options)
        return out.getvalue()


def written(change: Bytes, name: str = "a.pdf") -> Callable[[Path], Path]:
    """A maker: the chapter's bytes, changed."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(change(chapter_pdf()))
        return path

    return make


def edited(edit: Edit, **options: Any) -> Callable[[Path], Path]:
    """A maker: the chapter's objects, changed."""
    return written(lambda data: saved(data, edit, **options))


def patched(old: bytes, new: bytes, count: int = -1, **options: Any) -> Callable[[Path], Path]:
    """A maker: bytes of the file replaced by others; a file in which they do not stand is a mistake here."""

    def change(data: bytes) -> bytes:
        data = saved(data, **options)
        assert old in data, old
        return data.replace(old, new, count)

    return written(change)


# ---------------------------------------------------------------------------------------------- pages and contents


def content(page: Any) -> bytes:
    page.contents_coalesce()
    return bytes(page.Contents.read_bytes())


def set_content(pdf: Any, page: Any, data: bytes) -> None:
    page.obj.Contents = pdf.make_stream(data)


def wrap(before: bytes, after: bytes = b"", at: int | None = None) -> Edit:
    """Put something before and after the content of one page or all."""

    def edit(pdf: Any) -> None:
        for page in pdf.pages if at is None else [pdf.pages[at]]:
            set_content(pdf, page, before + b"\n" + content(page) + b"\n" + after)

    return edit


def rewrite(change: Bytes) -> Edit:
    """The content of every page, changed."""

    def edit(pdf: Any) -> None:
        for page in pdf.pages:
            set_content(pdf, page, change(content(page)))

    return edit


def no_fonts(pdf: Any) -> None:
    for page in pdf.pages:
        del page.obj.Resources


def on_page(number: int, act: Callable[[Any, Any], None]) -> Edit:
    return lambda pdf: act(pdf, pdf.pages[number])


def reorder(*numbers: int) -> Edit:
    """The pages in this order (from 1)."""

    def edit(pdf: Any) -> None:
        pages = [pdf.pages[number - 1] for number in numbers]
        copies = Pdf.new()
        copies.pages.extend(pages)
        del pdf.pages[:]
        pdf.pages.extend(copies.pages)

    return edit


def rotate(*degrees: int) -> Edit:
    def edit(pdf: Any) -> None:
        for page, angle in zip(pdf.pages, degrees, strict=False):
            page.obj.Rotate = angle

    return edit


def scale(factor: float) -> Edit:
    """The page and all on it, larger or smaller."""

    def edit(pdf: Any) -> None:
        wrap(b"q %f 0 0 %f 0 0 cm" % (factor, factor), b"Q")(pdf)
        for page in pdf.pages:
            page.obj.MediaBox = Array([0, 0, 612 * factor, 792 * factor])

    return edit


def boxes(**values: list[float]) -> Edit:
    def edit(pdf: Any) -> None:
        for page in pdf.pages:
            for name, value in values.items():
                page.obj[f"/{name}"] = Array(value)

    return edit


def as_picture(*numbers: int) -> Edit:
    """Pages as a scanner gives them."""

    def edit(pdf: Any) -> None:
        document = pypdfium2.PdfDocument(chapter_pdf())
        for number in numbers or range(1, len(pdf.pages) + 1):
            picture = document[number - 1].render(scale=0.5).to_pil()
            out = io.BytesIO()
            canvas = Canvas(out, (612, 792), invariant=True)
            canvas.drawImage(ImageReader(picture), 0, 0, 612, 792)
            canvas.save()
            with Pdf.open(out) as scan:
                page = pdf.copy_foreign(scan.pages[0].obj)
                pdf.pages[number - 1].obj.Contents = page.Contents
                pdf.pages[number - 1].obj.Resources = page.Resources
        document.close()

    return edit


def fonts(pdf: Any) -> list[Any]:
    return [o for o in pdf.objects if isinstance(o, Dictionary) and o.get("/Type") == "/Font"]


def to_unicode(target: Callable[[int], int], *names: str) -> Edit:
    """Give fonts a map that says of each code that it is another character."""

    def edit(pdf: Any) -> None:
        lines = b"".join(b"<%02X> <%04X>\n" % (code, target(code)) for code in range(32, 127))
        cmap = (
            b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
            b"1 begincodespacerange <00> <FF> endcodespacerange\n95 beginbfchar\n"
            + lines
            + b"endbfchar endcmap end end"
        )
        for font in fonts(pdf):
            if not names or str(font.BaseFont) in names:
                font.ToUnicode = pdf.make_stream(cmap)

    return edit


def unnamed_glyphs(*names: str) -> Edit:
    """Fonts whose encoding says nothing of what their glyphs are."""

    def edit(pdf: Any) -> None:
        for font in fonts(pdf):
            if not names or str(font.BaseFont) in names:
                differences = Array([32, *(Name(f"/g{code}") for code in range(32, 127))])
                font.Encoding = Dictionary(Type=Name.Encoding, Differences=differences)

    return edit


def no_bold(pdf: Any) -> None:
    """Headings and captions in a font that is not bold."""
    for font in fonts(pdf):
        if font.BaseFont == "/Helvetica-Bold":
            font.BaseFont = Name("/Helvetica-Oblique")


def paint_form(pdf: Any, page: Any) -> None:
    """A form that paints itself."""
    form = pdf.make_stream(b"/Loop Do", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
    form.Resources = Dictionary(XObject=Dictionary(Loop=form))
    page.obj.Resources.XObject = Dictionary(Loop=form)
    set_content(pdf, page, content(page) + b"\n/Loop Do")


def forms_all_the_way(pdf: Any, page: Any) -> None:
    """Ten forms, each of which paints the next ten times: ten thousand million strokes."""
    inner = pdf.make_stream(b"0 0 1 1 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
    for _ in range(10):
        outer = pdf.make_stream(b"/N Do\n" * 10, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
        outer.Resources = Dictionary(XObject=Dictionary(N=inner))
        inner = outer
    page.obj.Resources.XObject = Dictionary(N=inner)
    set_content(pdf, page, content(page) + b"\n/N Do")


def hidden_layer(pdf: Any) -> None:
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="Off"))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer]), Order=Array([])))


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b" " * (1 << 20)) for _ in range(size >> 20)) + packer.flush()


def packed(pack: Callable[[], bytes], filters: Any) -> Edit:
    """The first page's content as bytes that are packed already; they are made when they are needed."""

    def edit(pdf: Any) -> None:
        stream = pdf.make_stream(b"")
        stream.write(pack(), filter=filters)
        pdf.pages[0].obj.Contents = Array([pdf.pages[0].obj.Contents, stream])

    return edit


# ---------------------------------------------------------------------------------------------- structure


def no_pages(pdf: Any) -> None:
    del pdf.pages[:]


def page_loop(pdf: Any) -> None:
    pdf.Root.Pages.Kids.append(pdf.Root.Pages)


def deep_pages(depth: int) -> Edit:
    def edit(pdf: Any) -> None:
        for _ in range(depth):
            inner = pdf.Root.Pages
            outer = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array([inner]), Count=len(pdf.pages)))
            inner.Parent = outer
            pdf.Root.Pages = outer

    return edit


def deep_array(depth: int) -> Bytes:
    """An object of nested arrays in the catalog, which every reader parses."""

    def change(data: bytes) -> bytes:
        deep = b"[" * depth + b"]" * depth
        return data.replace(b"/Type /Catalog", b"/Type /Catalog /X " + deep, 1)

    return change


def deep_content(depth: int) -> Edit:
    return wrap(b"", b"[" * depth + b"]" * depth + b" TJ", 0)


def junk_annotations(pdf: Any) -> None:
    for page in pdf.pages:
        page.obj.Annots = Array(
            [
                Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([1, 2]), A=Dictionary(URI=3)),
                Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect="nowhere", Contents=b"\xff\xfe\x00"),
                Dictionary(A=Dictionary(S=Name.URI, URI=b"\xd8\x00://\xff")),
                7,
                None,
                page.obj,
            ]
        )


def script(pdf: Any) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert('x'); while (true) {}")
    pdf.Root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array(["x", Dictionary(S=Name.JavaScript, JS="app.launchURL('http://x.invalid')")]))
    )


def attach(pdf: Any) -> None:
    pdf.attachments["../../evil.sh"] = b"#!/bin/sh\n"
    pdf.attachments["inner.pdf"] = chapter_pdf()


def page_labels(pdf: Any) -> None:
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.r, St=7), 3, Dictionary(P="<b>", St=-1)]))


def odd_metadata(pdf: Any) -> None:
    pdf.docinfo["/Title"] = "=HYPERLINK(1)"
    pdf.docinfo["/ModDate"] = "D:99999999999999+99'99'"
    pdf.docinfo["/Author"] = "\ud83d<script>\x00"[1:]


def outline_loop(pdf: Any) -> None:
    item = pdf.make_indirect(Dictionary(Title="Again"))
    item.Next = item.First = item.Last = item
    pdf.Root.Outlines = pdf.make_indirect(Dictionary(Type=Name.Outlines, First=item, Last=item, Count=9))


def updated(data: bytes) -> bytes:
    """An incremental update: the catalog written again behind the end, with a cross-reference of its own."""
    with Pdf.open(io.BytesIO(data)) as pdf:
        root, pages, size = pdf.Root.objgen[0], pdf.Root.Pages.objgen[0], len(pdf.objects) + 1
    start = int(data.rpartition(b"startxref")[2].split()[0])
    body = b"%d 0 obj\n<< /Type /Catalog /Pages %d 0 R /Lang (en) >>\nendobj\n" % (root, pages)
    table = b"xref\n%d 1\n%010d 00000 n \n" % (root, len(data))
    trailer = b"trailer\n<< /Root %d 0 R /Size %d /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    return data + body + table + trailer % (root, size, start, len(data) + len(body))


def xref_loop(data: bytes) -> bytes:
    start = data.rpartition(b"startxref")[2].split()[0]
    return data.replace(b"trailer <<", b"trailer << /Prev " + start, 1)


def no_xref(data: bytes) -> bytes:
    head, _, tail = data.rpartition(b"startxref")
    return head + b"startxref\n" + b"99999999" + tail[len(tail.split()[0]) + 1 :]


def cut(share: float) -> Bytes:
    return lambda data: data[: int(len(data) * share)]


def cut_after_first_mark(data: bytes) -> bytes:
    """A file laid out for the web has an end-of-file mark behind its first page already."""
    data = saved(data, linearize=True)
    return data[: data.index(b"%%EOF") + 6]


def damaged_stream(page: int) -> Bytes:
    """The packed content of one page with 16 bytes overwritten in its middle."""

    def change(data: bytes) -> bytes:
        with Pdf.open(io.BytesIO(data)) as pdf:
            raw = bytes(pdf.pages[page].Contents.read_raw_bytes())
        at = data.index(raw) + len(raw) // 2
        return data[:at] + b"\x00" * 16 + data[at + 16 :]

    return change


def damaged_object_stream(data: bytes) -> bytes:
    data = saved(data, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    at = data.index(b"stream", data.index(b"/ObjStm")) + 400
    return data[:at] + random.Random(1).randbytes(60) + data[at + 60 :]


def joined(*years: int) -> Callable[[Path], Path]:
    """Several chapters in one file, one behind the other."""

    def change(_: bytes) -> bytes:
        def edit(pdf: Any) -> None:
            for year in years[1:]:
                with Pdf.open(io.BytesIO(drawn(year))) as other:
                    pdf.pages.extend(other.pages)

        return saved(drawn(years[0]), edit)

    return written(change)


# ---------------------------------------------------------------------------------------------- other documents


def document(*pages: tuple[str, ...], size: float = 11, title: str = "") -> Callable[[Path], Path]:
    """A document of these lines; what ends in a colon is set in bold."""

    def make(folder: Path) -> Path:
        path = folder / "a.pdf"
        canvas = Canvas(str(path), (612, 792), invariant=True)
        for lines in pages:
            canvas.setFont("Helvetica", 24)
            canvas.drawString(54, 740, title)
            for number, line in enumerate(lines):
                canvas.setFont("Helvetica-Bold" if line.endswith(":") else "Helvetica", size)
                canvas.drawString(54, 690 - 15 * number, line)
            canvas.showPage()
        canvas.save()
        return path

    return make


GOODS = (
    "List of Goods Produced by Child Labor or Forced Labor:",
    "Arvenia    amber    child labor",
    "Arvenia    wool    child labor, forced labor",
    "The list is invented, as is the country, and stands here to show that it is no chapter.",
)
FACTS = (
    "Arvenia at a glance:",
    "Moderate advancement in 2019",
    "Children at work: 48,200. Ratified conventions: 6 of 6.",
    "This sheet of facts about an invented country sums up what its chapter says.",
)
OUTLOOK = (
    "Regional Outlook:",
    "In 2019, the invented countries of the northern coast made progress: Arvenia opened two offices.",
    "Key efforts to eliminate child labor were made in most of them.",
)


def draw(act: Callable[[Canvas], None]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / "a.pdf"
        canvas = Canvas(str(path), (612, 792), invariant=True)
        act(canvas)
        canvas.save()
        return path

    return make


def foreign(data: bytes, name: str = "a.pdf") -> Callable[[Path], Path]:
    return written(lambda _: data, name)


def word() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document>Arvenia</w:document>")
    return out.getvalue()


HTML = b"<!DOCTYPE html><html><head><title>404</title></head><body>The page does not exist.</body></html>"
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
USER = pikepdf.Encryption(user="secret", owner="owner", R=6)
NO_USER = {
    revision: pikepdf.Encryption(user="", owner="owner", R=revision, aes=revision > 3, metadata=revision > 3)
    for revision in (3, 4, 6)
}

KINDS: tuple[Kind, ...] = (
    # what is no PDF
    Kind("pdf: empty", foreign(b""), fails="is empty"),
    Kind("pdf: only NUL bytes", foreign(bytes(5000)), fails="is empty"),
    Kind("pdf: an HTML error page", foreign(HTML), fails="is not a PDF"),
    Kind("pdf: an HTML page that names the mark", foreign(HTML + b"%PDF-1.7 %%EOF"), fails="no page can be opened"),
    Kind("pdf: a Word file", foreign(word()), fails="is a ZIP archive .such as .docx., not a PDF"),
    Kind("pdf: an old Word file", foreign(OLD_WORD), fails="is an office document .such as .doc., not a PDF"),
    Kind("pdf: random bytes", foreign(random.Random(5).randbytes(50_000)), fails="is not a PDF"),
    Kind(
        "pdf: a header and random bytes",
        foreign(b"%PDF-1.7\n" + random.Random(5).randbytes(50_000) + b"%%EOF"),
        fails="no page can be opened",
    ),
    Kind("pdf: raw text", foreign(b"Arvenia\nI. PREVALENCE\n"), fails="is not a PDF"),
    # cut and padded
    *(
        Kind(f"pdf: cut at {share:.0%}", written(cut(share)), fails="is cut short")
        for share in (0.05, 0.25, 0.5, 0.75, 0.9, 0.99)
    ),
    Kind("pdf: without its end mark", written(lambda data: data.replace(b"%%EOF", b"")), fails="is cut short"),
    Kind("pdf: cut after the first mark", written(cut_after_first_mark), fails="no page can be opened"),
    Kind(
        "pdf: laid out for the web, cut in half",
        written(lambda data: cut(0.5)(saved(data, linearize=True))),
        fails="is cut short",
    ),
    Kind("pdf: laid out for the web", written(lambda data: saved(data, linearize=True))),
    Kind("pdf: NUL bytes behind the end", written(lambda data: data + bytes(100_000))),
    Kind(
        "pdf: junk before the start",
        written(lambda data: b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n" + data),
    ),
    Kind(
        "pdf: a lot of junk behind the end",
        written(lambda data: data + random.Random(2).randbytes(5000)),
        fails="is cut short",
    ),
    Kind("pdf: two files behind each other", written(lambda data: data + data)),
    # locked
    Kind("pdf: locked with a password", written(lambda data: saved(data, encryption=USER)), fails="needs a password"),
    *(
        Kind(
            f"pdf: locked against printing only, revision {revision}",
            written(functools.partial(lambda lock, data: saved(data, encryption=lock), lock)),
        )
        for revision, lock in NO_USER.items()
    ),
    # pages
    Kind("pdf: no pages", edited(no_pages), fails="no page can be opened"),
    Kind(
        "pdf: the first page is missing", edited(reorder(2, 3, 4, 5, 6, 7)), says=("pages_missing", "section_missing")
    ),
    Kind("pdf: a page is missing", edited(reorder(1, 2, 4, 5, 6, 7)), says=("pages_missing",)),
    Kind("pdf: the last page is missing", edited(reorder(1, 2, 3, 4, 5, 6)), says=("references_missing",)),
    Kind(
        "pdf: only the first page", edited(reorder(1)), says=("references_missing", "section_missing", "table_missing")
    ),
    Kind("pdf: a page is there twice", edited(reorder(1, 2, 3, 3, 4, 5, 6, 7)), says=("pages_out_of_order",)),
    Kind("pdf: two pages are swapped", edited(reorder(1, 2, 4, 3, 5, 6, 7)), says=("pages_out_of_order",)),
    Kind("pdf: the last page first", edited(reorder(7, 6, 5, 4, 3, 2, 1)), says=("pages_out_of_order",)),
    Kind("pdf: the chapter twice", joined(2019, 2019), says=("part_left_out",)),
    Kind(
        "pdf: an empty page in between",
        edited(lambda pdf: pdf.add_blank_page(page_size=(612, 792))),
        says=("page_without_text",),
    ),
    # what the pages look like
    Kind("pdf: pictures only", edited(as_picture()), fails="holds no text"),
    Kind("pdf: one page is a picture", edited(as_picture(3)), says=("page_without_text",)),
    *(
        Kind(f"pdf: turned by {angle}", edited(rotate(*[angle] * 9)), fails="not a chapter|no country")
        for angle in (90, 180, 270)
    ),
    Kind("pdf: one page turned by 90", edited(rotate(0, 0, 90)), says=("page_turned",)),
    Kind("pdf: one page turned by 180", edited(rotate(0, 0, 180)), says=("page_turned",)),
    Kind("pdf: turned by 45", edited(rotate(*[45] * 9))),  # no viewer turns by 45
    Kind("pdf: mirrored", edited(wrap(b"-1 0 0 1 612 0 cm")), fails="no country"),
    Kind("pdf: one page mirrored", edited(wrap(b"-1 0 0 1 612 0 cm", at=2)), says=("page_turned",)),
    Kind("pdf: upside down by its matrix", edited(wrap(b"1 0 0 -1 0 792 cm", at=2)), says=("page_turned",)),
    Kind("pdf: pages ten times as large", edited(scale(10))),
    Kind("pdf: pages a tenth as large", edited(scale(0.1))),
    Kind("pdf: a sheet of five metres", edited(boxes(MediaBox=[0, 0, 14400, 14400]))),
    Kind(
        "pdf: a list of objects in rows of two gigabytes",
        patched(b"/Columns 4", b"/Columns 2147483648", object_stream_mode=pikepdf.ObjectStreamMode.generate),
        fails="is damaged",
    ),
    Kind("pdf: headings that are not bold", edited(no_bold), says=("heading_unknown", "table_missing")),
    Kind("pdf: a media box upside down", edited(boxes(MediaBox=[612, 792, 0, 0])), fails="holds no text"),
    Kind(
        "pdf: a media box off the origin",
        edited(lambda pdf: (wrap(b"1 0 0 1 -300 -500 cm")(pdf), boxes(MediaBox=[-300, -500, 312, 292])(pdf))[0]),
        says=("table_missing", "section_missing"),
    ),
    Kind("pdf: a media box of nothing", edited(boxes(MediaBox=[0, 0, 0, 0])), fails="holds no text"),
    Kind(
        "pdf: a media box of words",
        patched(b"/MediaBox [ 0 0 612 792 ]", b"/MediaBox [ (a) /b 6 null ]"),
        fails="is damaged",
    ),
    Kind("pdf: a crop box outside of the page", edited(boxes(CropBox=[2000, 2000, 2600, 2800])), fails="holds no text"),
    Kind("pdf: a crop box over half of the page", edited(boxes(CropBox=[0, 0, 306, 792])), says=("page_hidden",)),
    Kind(
        "pdf: all text white",
        edited(rewrite(lambda data: data.replace(b" rg", b" pop pop").replace(b"BT", b"1 g BT"))),
        fails="no country|no text",
    ),
    Kind("pdf: text that is not painted, over its picture", edited(wrap(b"3 Tr"))),
    Kind("pdf: all text painted twice", edited(rewrite(lambda data: data + b"\n" + data))),
    Kind(
        "pdf: letters are others in all fonts",
        edited(to_unicode(lambda code: 32 + (code * 7) % 95)),
        fails="no country",
    ),
    Kind("pdf: letters are private in all fonts", edited(to_unicode(lambda code: 0xE000 + code)), fails="no country"),
    Kind(
        "pdf: letters are private in the plain font",
        edited(to_unicode(lambda code: 0xE000 + code, "/Helvetica")),
        says=("text_garbled",),
    ),
    Kind("pdf: glyphs without names", edited(unnamed_glyphs()), says=("text_garbled",)),
    Kind("pdf: glyphs without names in the plain font", edited(unnamed_glyphs("/Helvetica")), says=("text_garbled",)),
    Kind("pdf: letters run from right to left", edited(to_unicode(lambda code: 0x5D0 + code % 27)), fails="no country"),
    # much and deep
    Kind("pdf: 60,000 rectangles", edited(wrap(b"", b"1 1 9 9 re f\n" * 60_000, 0)), fails="page 1: holds 60"),
    Kind("pdf: 15,000 rectangles", edited(wrap(b"", b"1 1 9 9 re f\n" * 15_000, 0))),
    Kind(
        "pdf: 15,000 header boxes side by side",
        edited(
            wrap(
                b"",
                b"".join(
                    b".7 g %d %d 12 8 re f\n" % (50 + n % 40 * 12, 100 + n // 40 % 60 * 10) for n in range(15_000)
                ),
                0,
            )
        ),
        says=("table_unread",),
    ),
    Kind(
        "pdf: a million pieces of text",
        edited(wrap(b"", b"BT /F1 6 Tf 100 300 Td\n" + b"(a) Tj\n" * 1_000_000 + b"ET", 0)),
        fails="pieces of text|within|memory",
        heavy=True,
    ),
    Kind(
        "pdf: 150,000 words on one page",
        edited(
            wrap(
                b"",
                b"BT /F1 6 Tf\n"
                + b"".join(
                    b"1 0 0 1 %d %d Tm (a) Tj\n" % (54 + n % 100 * 5, 100 + n // 100 % 90 * 7) for n in range(150_000)
                )
                + b"ET",
                0,
            )
        ),
        says=("section_missing",),
    ),
    Kind(
        "pdf: 300 MB of blanks in 300 KB",
        edited(packed(lambda: bomb(300 << 20), Name.FlateDecode)),
        fails="unpacks to more than",
    ),
    Kind(
        "pdf: 300 MB packed twice",
        edited(packed(lambda: zlib.compress(bomb(300 << 20)), Array([Name.FlateDecode, Name.FlateDecode]))),
        fails="unpacks to more than|memory|within",
        heavy=True,
    ),
    Kind("pdf: a form that paints itself", edited(on_page(0, paint_form))),
    Kind("pdf: forms that multiply", edited(on_page(0, forms_all_the_way)), fails="within|memory", heavy=True),
    Kind("pdf: arrays a hundred thousand deep", written(deep_array(100_000))),
    Kind("pdf: arrays 100,000 deep in a page", edited(deep_content(100_000))),
    Kind("pdf: a page tree 50 deep", edited(deep_pages(50))),
    Kind("pdf: a page tree 5,000 deep", edited(deep_pages(5000)), fails="is damaged"),
    # structure
    Kind("pdf: the page tree holds itself", edited(page_loop), fails=""),
    Kind("pdf: the cross-reference points to itself", written(xref_loop), fails="is damaged"),
    Kind("pdf: the cross-reference is nowhere", written(no_xref)),
    Kind(
        "pdf: packed lists of objects",
        written(lambda data: saved(data, object_stream_mode=pikepdf.ObjectStreamMode.generate)),
    ),
    Kind("pdf: a damaged list of objects", written(damaged_object_stream), fails="is damaged"),
    *(
        Kind(f"pdf: the content of page {page + 1} is damaged", written(damaged_stream(page)), says=("stream_damaged",))
        for page in (0, 2, 6)
    ),
    Kind("pdf: wrong lengths of streams", written(lambda data: re.sub(rb"/Length \d+", b"/Length 7", data))),
    Kind("pdf: an unknown filter", patched(b"/FlateDecode", b"/ApricotJam ", 3), fails="is damaged"),
    Kind(
        "pdf: streams that are not packed",
        written(
            lambda data: saved(
                data, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.all, recompress_flate=False
            )
        ),
    ),
    Kind(
        "pdf: a page without content",
        edited(on_page(2, lambda pdf, page: page.obj.__delitem__("/Contents"))),
        says=("page_without_text",),
    ),
    Kind(
        "pdf: content that is not in the file", patched(b"/Contents ", b"/Contents 9", 1), says=("page_without_text",)
    ),
    Kind(
        "pdf: pages without fonts",
        edited(no_fonts),
        says=("text_garbled",),
    ),
    Kind(
        "pdf: one page without fonts",
        edited(on_page(2, lambda pdf, page: page.obj.__setitem__("/Resources", Dictionary()))),
        says=("text_garbled",),
    ),
    Kind("pdf: an incremental update", written(updated)),
    Kind("pdf: page labels", edited(page_labels)),
    Kind("pdf: junk as annotations", edited(junk_annotations)),
    Kind("pdf: scripts", edited(script)),
    Kind("pdf: attachments", edited(attach)),
    Kind("pdf: an outline that loops", edited(outline_loop)),
    Kind("pdf: odd metadata", edited(odd_metadata)),
    Kind("pdf: a hidden layer is announced", edited(hidden_layer)),
    Kind("pdf: name in capitals", written(lambda data: data, "A.PDF")),
    # other documents
    Kind("pdf: a list of goods", document(GOODS, title="List of Goods"), fails="not a chapter"),
    Kind("pdf: a sheet of facts", document(FACTS, title="Arvenia"), fails="not a chapter"),
    Kind("pdf: a regional outlook", document(OUTLOOK, OUTLOOK, title="Regional Outlook"), fails="not a chapter"),
    Kind("pdf: a thousand pages of nothing", document(*[("nothing",)] * 1000), fails="not a chapter"),
)
