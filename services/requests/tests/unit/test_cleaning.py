import struct
import zlib
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageDraw

from preau.requests.documents import cleaning
from preau.requests.documents.cleaning import FileRefused, clean
from preau.requests.documents.isolation import Cleaner

GPS_NOTE = b"48.8566,2.3522 secret place"
SCRIPT = b"app.alert.hello"


def photo(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, 9, 9), fill="red")
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def photo_with_exif(kind: str = "JPEG", orientation: int = 6) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = GPS_NOTE.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return photo(kind, exif=exif, **({"comment": GPS_NOTE} if kind == "JPEG" else {}))


def pdf(pages: int = 1, arm: bool = False, **save: object) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(200, 200))
    if arm:
        action = Dictionary(S=Name.JavaScript, JS=String(SCRIPT.decode()))
        document.Root.OpenAction = document.make_indirect(action)
        document.Root.AA = Dictionary(WC=action)
        document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), action])))
        document.Root.AcroForm = Dictionary(
            Fields=Array([]), XFA=document.make_stream(b"<script>xfa</script>")
        )
        document.pages[0].obj.AA = Dictionary(O=action)
        launch = Dictionary(S=Name.Launch, F=String("cmd.exe"))
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=launch)
        document.pages[0].obj.Annots = Array([document.make_indirect(link)])
        document.attachments["virus.exe"] = b"MZ embedded payload"
    written = BytesIO()
    document.save(written, compress_streams=False, **save)
    return written.getvalue()


def png_bomb(side: int) -> bytes:
    """A PNG of a few bytes that says it is ``side`` points wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_a_photo_is_kept_in_its_format(kind: str, media_type: str) -> None:
    cleaned = clean(photo(kind))
    assert cleaned.media_type == media_type
    assert Image.open(BytesIO(cleaned.data)).size == (40, 30)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_loses_where_and_with_what_it_was_taken_but_stands_upright(kind: str) -> None:
    given = photo_with_exif(kind)
    assert GPS_NOTE in given
    cleaned = clean(given)
    kept = Image.open(BytesIO(cleaned.data))
    assert GPS_NOTE not in cleaned.data
    assert not kept.getexif()
    assert not {"exif", "comment", "xmp"} & kept.info.keys()
    assert kept.size == (30, 40)
    assert kept.convert("RGB").getpixel((28, 2))[1] < 80  # the red corner turned with the picture


def test_what_hides_behind_the_picture_is_gone() -> None:
    hidden = b"<html><script>alert(1)</script></html>" + pdf()
    cleaned = clean(photo() + hidden)
    assert b"<script>" not in cleaned.data
    assert b"%PDF" not in cleaned.data


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [7_000, 12_000, 60_000])
def test_a_picture_that_is_a_decompression_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    with pytest.raises(FileRefused, match="trop grande"):
        clean(png_bomb(side))


def test_a_truncated_photo_is_refused() -> None:
    with pytest.raises(FileRefused, match="illisible"):
        clean(photo(size=(400, 300))[:900])


def test_a_pdf_is_kept_with_its_pages() -> None:
    cleaned = clean(pdf(pages=3))
    assert cleaned.media_type == "application/pdf"
    with pikepdf.open(BytesIO(cleaned.data)) as kept:
        assert len(kept.pages) == 3


def test_a_pdf_loses_what_acts() -> None:
    given = pdf(arm=True)
    assert SCRIPT in given
    assert b"cmd.exe" in given
    assert b"MZ embedded payload" in given
    cleaned = clean(given).data
    with pikepdf.open(BytesIO(cleaned)) as kept:
        assert not kept.attachments
        assert not {"/OpenAction", "/AA"} & set(kept.Root.keys())
        assert "/XFA" not in kept.Root.AcroForm
        assert "/AA" not in kept.pages[0].obj
        decompressed = BytesIO()
        kept.save(decompressed, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    for gone in (SCRIPT, b"cmd.exe", b"MZ embedded payload", b"xfa", b"JavaScript"):
        assert gone not in decompressed.getvalue()


def test_a_page_of_html_before_the_pdf_is_not_a_pdf() -> None:
    with pytest.raises(FileRefused):
        clean(b"<html><script>alert(1)</script></html>" + pdf())


def test_a_locked_pdf_is_refused_with_what_would_do() -> None:
    locked = pdf(encryption=pikepdf.Encryption(user="secret", owner="secret"))
    with pytest.raises(FileRefused, match="sans mot de passe"):
        clean(locked)


def test_a_damaged_pdf_is_refused() -> None:
    with pytest.raises(FileRefused, match="illisible"):
        clean(b"%PDF-1.7\n" + b"garbage " * 50)


def test_a_pdf_of_too_many_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "MAX_PAGES", 2)
    with pytest.raises(FileRefused, match="3 pages"):
        clean(pdf(pages=3))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "vide"),
        (b"bonjour", "pas accepté"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "pas accepté"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "pas accepté"),
        (b"PK\x03\x04" + b"\0" * 60, "bureautique|pas accepté"),
        (b"MZ" + b"\0" * 60, "pas accepté"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC"),
        (photo("GIF"), "GIF"),
        (photo("BMP"), "BMP"),
        (photo("TIFF"), "TIFF"),
    ],
)
def test_everything_else_is_refused_with_what_would_do(data: bytes, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason) as refused:
        clean(data)
    assert any(word in str(refused.value) for word in ("Envoyez", "Enregistrez"))


async def test_apart_it_gives_the_same() -> None:
    cleaned = await Cleaner().clean(photo_with_exif())
    assert cleaned == clean(photo_with_exif())


async def test_apart_a_refusal_keeps_its_reason() -> None:
    with pytest.raises(FileRefused, match="GIF"):
        await Cleaner().clean(photo("GIF"))


async def test_apart_a_file_that_needs_too_much_memory_is_refused_and_the_service_lives() -> None:
    large = photo("PNG", size=(6000, 6000))
    assert len(large) < 1_000_000
    with pytest.raises(FileRefused):
        await Cleaner(memory_bytes=250_000_000).clean(large)
    assert (await Cleaner().clean(large)).media_type == "image/png"


async def test_apart_a_file_that_takes_too_long_is_refused() -> None:
    with pytest.raises(FileRefused, match="n’a pas pu être ouvert"):
        await Cleaner(timeout_seconds=0.001).clean(photo())
