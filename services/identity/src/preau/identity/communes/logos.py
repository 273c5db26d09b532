"""A commune's logo: any PNG or JPEG comes in, a small PNG of ours stays. Pure."""

from io import BytesIO

from PIL import Image, ImageOps

from preau.common.errors import FieldErrors

LARGEST_BYTES = 200_000
LARGEST_SIDE = 6_000
"""In pixels: of a few octets a picture can be unpacked that fills the memory."""
SMALLEST_SIDE = 16
WIDEST, HIGHEST = 480, 240
"""In pixels: 40 mm by 20 mm on paper, at 300 dots an inch."""
KEPT_BYTES = 100_000
"""A picture that is larger with all its colours is kept with 256 of them."""

NOT_A_PICTURE = "Ce fichier n’est pas une image PNG ou JPEG."
TOO_LARGE = "Cette image dépasse 200 ko : choisissez-en une plus légère."
TOO_MANY_PIXELS = "Cette image est trop grande : 6000 pixels de côté au plus."
TOO_SMALL = "Cette image est trop petite : 16 pixels de côté au moins."


def cleaned(given: bytes) -> bytes:
    """The picture as a PNG of at most ``WIDEST`` by ``HIGHEST`` pixels, upright, without what else it held.

    Raises ``FieldErrors`` of ``image``.
    """
    if len(given) > LARGEST_BYTES:
        raise FieldErrors({"image": TOO_LARGE})
    try:
        with Image.open(BytesIO(given), formats=["PNG", "JPEG"]) as opened:
            if wrong := _wrong_size(opened):
                raise FieldErrors({"image": wrong})
            upright = ImageOps.exif_transpose(opened)
            is_clear = "A" in upright.getbands() or "transparency" in upright.info
            picture = upright.convert("RGBA" if is_clear else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise FieldErrors({"image": NOT_A_PICTURE}) from error
    picture.thumbnail((WIDEST, HIGHEST), Image.Resampling.LANCZOS)
    return min(_png_of(picture), key=len)


def _wrong_size(picture: Image.Image) -> str:
    if max(picture.size) > LARGEST_SIDE:
        return TOO_MANY_PIXELS
    return TOO_SMALL if min(picture.size) < SMALLEST_SIDE else ""


def _png_of(picture: Image.Image) -> list[bytes]:
    """As PNG: with all its colours, and with few of them where that would be too much."""
    whole = _saved(picture)
    if len(whole) <= KEPT_BYTES:
        return [whole]
    return [whole, _saved(picture.quantize(256, method=Image.Quantize.FASTOCTREE))]


def _saved(picture: Image.Image) -> bytes:
    out = BytesIO()
    bare = Image.new(picture.mode, picture.size)
    if picture.mode == "P":
        bare = picture.copy()
        bare.info = {name: value for name, value in picture.info.items() if name == "transparency"}
    else:
        bare.paste(picture)
    bare.save(out, format="PNG", optimize=True)
    return out.getvalue()
