"""Any picture becomes a small PNG of ours; what is none is refused by its field."""

from hashlib import shake_256
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from preau.common.errors import FieldErrors
from preau.identity.communes.logos import KEPT_BYTES, NOT_A_PICTURE, TOO_MANY_PIXELS, TOO_SMALL, cleaned


def picture(
    form: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (900, 300), **saving: object
) -> bytes:
    out = BytesIO()
    Image.new(mode, size, 120).save(out, format=form, **saving)
    return out.getvalue()


def noise(size: tuple[int, int]) -> bytes:
    out = BytesIO()
    octets = shake_256(b"a photograph").digest(size[0] * size[1])
    Image.frombytes("L", size, octets).convert("RGB").save(out, format="JPEG", quality=30)
    return out.getvalue()


def told() -> PngInfo:
    info = PngInfo()
    info.add_text("Author", "Prénom Nom")
    return info


MODES = {"PNG": ["RGB", "L", "1", "RGBA", "LA", "P", "I;16"], "JPEG": ["RGB", "L", "CMYK"]}


@pytest.mark.parametrize(("form", "mode"), [(form, mode) for form, modes in MODES.items() for mode in modes])
def test_a_picture_becomes_a_small_png(form, mode):
    made = Image.open(BytesIO(cleaned(picture(form, mode))))
    assert (made.format, made.size) == ("PNG", (480, 160))
    assert made.mode in {"RGB", "RGBA", "P"}


def test_what_it_tells_of_its_author_goes():
    given = picture(pnginfo=told())
    assert b"Nom" in given
    assert Image.open(BytesIO(cleaned(given))).info == {}


def test_a_photograph_is_held_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert Image.open(BytesIO(cleaned(picture("JPEG", size=(200, 100), exif=exif)))).size == (100, 200)


def test_a_picture_of_many_colours_stays_light():
    given = noise((480, 240))
    assert len(given) < 200_000
    made = cleaned(given)
    assert len(made) <= KEPT_BYTES * 1.5 and Image.open(BytesIO(made)).mode == "P"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (b"", NOT_A_PICTURE),
        (b"%PDF-1.7", NOT_A_PICTURE),
        (picture("GIF", "P"), NOT_A_PICTURE),
        (picture()[:200], NOT_A_PICTURE),
        (picture("JPEG")[:400], NOT_A_PICTURE),
        (picture(size=(7000, 20)), TOO_MANY_PIXELS),
        (picture(size=(8, 100)), TOO_SMALL),
    ],
)
def test_what_is_no_logo_is_refused(given, why):
    with pytest.raises(FieldErrors) as refused:
        cleaned(given)
    assert refused.value.extras["errors"] == [{"field": "image", "message": why}]


def test_too_many_octets_are_not_even_read():
    with pytest.raises(FieldErrors):
        cleaned(picture() + b"x" * 200_000)
