"""PDF files made by hand for the readers' tests: a page's content stream as it stands, with fonts of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

WIDTHS = " ".join(str(200 + 37 * n % 600) for n in range(96))
TO_UNICODE = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
2 beginbfrange <0020> <007E> <0020> <00A0> <00FF> <00A0> endbfrange
3 beginbfchar <0101> <FB01> <0102> <00660066> <0103> <200E> endbfchar
endcmap CMapName currentdict /CMap defineresource pop end end"""
DESCRIPTOR = (
    "<< /Type /FontDescriptor /FontName /ABCDEF+Arvenia%s /Flags 32 /FontBBox [-100 -200 1000 900] "
    "/Ascent 900 /Descent %d /ItalicAngle 0 /StemV 80 /MissingWidth 333 >>"
)
FONTS = {
    "F1": "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    "F2": "<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Arvenia /FirstChar 32 /LastChar 127 "
    f"/Widths [{WIDTHS}] /Encoding /WinAnsiEncoding /FontDescriptor {DESCRIPTOR % ('-Bold', 210)} >>",
    "F3": "<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Wide /Encoding /Identity-H /ToUnicode 5 0 R "
    "/DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Wide /DW 600 /W [32 [250 300 350] "
    f"97 122 480] /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
    f"/FontDescriptor {DESCRIPTOR % ('-Italic', -210)} >>] >>",
    "F4": "<< /Type /Font /Subtype /Type3 /FontBBox [0 -10 80 90] /FontMatrix [0.01 0 0 0.01 0 0] /CharProcs << >> "
    f"/Encoding << /Type /Encoding /Differences [65 /A /B /fi /n] >> /FirstChar 32 /LastChar 127 "
    f"/Widths [{' '.join(str(n % 90) for n in range(96))}] /Resources << >> >>",
    "F5": "<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>",
}
DOWNWARD = (  # text from top to bottom
    "<< /Type /Font /Subtype /Type0 /BaseFont /Down /Encoding /Identity-V /ToUnicode 5 0 R "
    "/DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Down "
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
    f"/FontDescriptor {DESCRIPTOR % ('', -210)} >>] >>"
)
SPACES = (
    "/Icc [/ICCBased 6 0 R] /Dye [/Separation /Red /DeviceRGB << >>] /Two [/DeviceN [/Red /Blue] /DeviceRGB << >>] "
    "/Tiles /Pattern"
)


def document(
    *streams: bytes,
    forms: Mapping[str, tuple[str, bytes]] | None = None,
    page: str = "/MediaBox [0 0 612 792]",
    fonts: Mapping[str, str] = FONTS,
    resources: str = "",
    catalog: str = "",
    objects: Mapping[int, bytes] | None = None,
) -> BytesIO:
    """A PDF of one page with these content streams; ``forms`` gives each form's own dictionary entries and stream.

    ``resources`` and ``catalog`` are further entries of these dictionaries, ``objects`` further objects (from 80).
    """
    given = " ".join(f"/{name} {font}" for name, font in fonts.items())
    named = " ".join(f"/{name} {20 + i} 0 R" for i, name in enumerate(forms or {}))
    known = f"<< /Font << {given} >> /XObject << {named} >> /ColorSpace << {SPACES} >> {resources} >>"
    contents = " ".join(f"{50 + i} 0 R" for i in range(len(streams)))
    all_objects: dict[int, bytes] = {
        1: f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: f"<< /Type /Page /Parent 2 0 R {page} /Resources 4 0 R /Contents [{contents}] >>".encode(),
        4: known.encode(),
        5: stream_object("", TO_UNICODE),
        6: stream_object("/N 3", b"no profile"),
    }
    for number, (entries, data) in enumerate((forms or {}).values(), 20):
        all_objects[number] = stream_object(f"/Type /XObject /Subtype /Form {entries}", data)
    for number, data in enumerate(streams, 50):
        all_objects[number] = stream_object("", data)
    return BytesIO(file_of({**all_objects, **(objects or {})}))


def stream_object(entries: str, data: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries.encode(), len(data), data)


def file_of(objects: Mapping[int, bytes]) -> bytes:
    """A whole file: header, objects, table of their places, trailer."""
    out = bytearray(b"%PDF-1.7\n")
    places: dict[int, int] = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    out += b"".join(b"%d 1\n%010d 00000 n \n" % place for place in places.items())
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (max(objects) + 1, table)
    return bytes(out)
