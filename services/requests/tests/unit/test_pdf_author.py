"""A PDF says who made it in many places: none of them is kept."""

from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from preau.requests.documents.cleaning import clean
from preau.requests.documents.jpeg import without_metadata

WHO = "Camille Durand"
WHERE = "48.8566,2.3522 secret place"


def photo() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = WHERE
    exif.get_ifd(0x8825)[1] = "N"
    written = BytesIO()
    Image.linear_gradient("L").convert("RGB").save(written, "JPEG", exif=exif, comment=WHO.encode())
    return written.getvalue()


def signed_pdf() -> bytes:
    document = pikepdf.new()
    document.add_blank_page(page_size=(200, 200))
    document.docinfo["/Author"] = WHO
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = [WHO]
    page = document.pages[0].obj
    page.PieceInfo = Dictionary(Editor=Dictionary(Private=String(WHO)))
    page.LastModified = String(WHO)
    page.Thumb = document.make_stream(WHO.encode(), Width=1, Height=1)
    document.Root.PieceInfo = Dictionary(SearchIndex=Dictionary(Private=String(WHO)))
    page.Metadata = document.make_stream(WHO.encode())
    image = document.make_stream(
        photo(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=256,
        Height=256,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
        Metadata=document.make_stream(WHO.encode()),
    )
    page.Resources = Dictionary(XObject=Dictionary(Photo=image))
    page.Contents = document.make_stream(b"q 100 0 0 100 0 0 cm /Photo Do Q")
    comment = {"Type": Name.Annot, "Rect": Array([0, 0, 9, 9]), "T": String(WHO)}
    page.Annots = Array(
        [
            Dictionary(Subtype=Name.Text, Contents=String("relire"), **comment),
            document.make_indirect(Dictionary(Subtype=Name.Highlight, **comment)),
            Dictionary({"/Subtype": Name.Widget, "/FT": Name.Tx, **{f"/{k}": v for k, v in comment.items()}}),
        ]
    )
    page.Annots[2].T = String("nom_de_l_enfant")
    written = BytesIO()
    document.save(written, compress_streams=False)
    return written.getvalue()


def decompressed(data: bytes) -> bytes:
    written = BytesIO()
    with pikepdf.open(BytesIO(data)) as pdf:
        pdf.save(
            written,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return written.getvalue()


@pytest.fixture(scope="module")
def cleaned() -> bytes:
    return clean(signed_pdf()).data


def test_nobody_is_named_and_no_place(cleaned: bytes) -> None:
    given = decompressed(signed_pdf())
    assert given.count(WHO.encode()) >= 10
    assert WHERE.encode() in given
    kept = decompressed(cleaned)
    assert WHO.encode() not in kept
    assert WHERE.encode() not in kept
    with pikepdf.open(BytesIO(cleaned)) as pdf:
        assert "/Info" not in pdf.trailer or not pdf.docinfo.keys()
        assert "/Metadata" not in pdf.Root


def test_the_content_stays(cleaned: bytes) -> None:
    with pikepdf.open(BytesIO(cleaned)) as pdf:
        page = pdf.pages[0].obj
        assert b"/Photo Do" in page.Contents.read_bytes()
        assert str(page.Annots[0].Contents) == "relire"
        assert str(page.Annots[2].T) == "nom_de_l_enfant"
        image = page.Resources.XObject.Photo.read_raw_bytes()
    same = [Image.open(BytesIO(data)).convert("RGB").tobytes() for data in (image, photo())]
    assert same[0] == same[1]


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"no jpeg at all", b"\xff\xd8\xff\xe1\xff\xff", photo()[:60]]
)
def test_what_is_no_whole_jpeg_is_left_alone(data: bytes) -> None:
    assert without_metadata(data) == data
