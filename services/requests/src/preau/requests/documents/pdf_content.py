"""What is taken out of a PDF: what acts, and metadata: who made it, where and with what."""

import pikepdf
from pikepdf.sanitize import Sanitizer

from preau.requests.documents.jpeg import without_metadata

FIELD_OF_A_FORM = "/Widget"


def disarm(pdf: pikepdf.Pdf) -> None:
    """Take out what acts: scripts (also of XFA forms), embedded files, media, actions to the outside."""
    sanitizer = Sanitizer().remove_javascript().remove_external_access().remove_multimedia()
    sanitizer.remove_attachments().remove_collection().apply(pdf)
    for key in ("/OpenAction", "/AA"):
        if key in pdf.Root:
            del pdf.Root[key]
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        del form["/XFA"]
    for page in pdf.pages:
        if "/AA" in page.obj:
            del page.obj["/AA"]
    pdf.remove_unreferenced_resources()


def anonymise(pdf: pikepdf.Pdf) -> None:
    """Take out author, title, program, dates and place: of the document and of every part that has its own.

    The text and pictures of the pages stay; a comment stays without the name of who wrote it.
    """
    Sanitizer().remove_thumbnails().apply(pdf)
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for part in pdf.objects:
        if isinstance(part, (pikepdf.Dictionary, pikepdf.Stream)):
            _forget_author(part)
        if isinstance(part, pikepdf.Stream):
            _forget_camera(part)
    for page in pdf.pages:
        notes = page.obj.get("/Annots")
        for note in notes if isinstance(notes, pikepdf.Array) else ():
            if isinstance(note, pikepdf.Dictionary):
                _forget_author(note)


def _forget_author(part: pikepdf.Object) -> None:
    """Who made a part, by what program (whose private data name people too) and when."""
    for key in ("/Metadata", "/PieceInfo", "/LastModified"):
        if key in part:
            del part[key]
    subtype = part.get("/Subtype")
    if "/T" in part and "/Rect" in part and subtype is not None and str(subtype) != FIELD_OF_A_FORM:
        del part["/T"]  # of a comment: who wrote it; of a form's field it is the field's name


def _forget_camera(image: pikepdf.Stream) -> None:
    """A photo lies in a PDF as it came from the telephone, with the place where it was taken."""
    if image.get("/Filter") == pikepdf.Name.DCTDecode:
        image.write(without_metadata(image.read_raw_bytes()), filter=pikepdf.Name.DCTDecode)
