"""What a family's file really is, and a clean copy of it. Run apart, as a program: see ``isolation``.

The type goes by the content, never by a name or a declared type, and only what was decoded and written
anew is kept: an image loses its EXIF and whatever hides behind its last pixel, a PDF its scripts, embedded
files, actions and what names its author. What cannot be cleaned is refused with a reason and what would
do.
"""

import json
import resource
import sys
from io import BytesIO
from typing import Any, NamedTuple

import pikepdf
import puremagic
from PIL import Image, ImageOps

from preau.requests.documents.decompression import DecompressionBomb, check_decompressed_size
from preau.requests.documents.pdf_content import anonymise, disarm

MAX_PIXELS = 40_000_000
MAX_PAGES = 300
CPU_SECONDS = 20
HEAD_BYTES = 8192

IMAGES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
EXTENSIONS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}

WHAT_WOULD_DO = "Envoyez un PDF ou une photo (JPEG, PNG ou WebP)."
ADVICE = {
    "image/heif": "Cette photo est au format HEIC, qui ne s’ouvre pas partout. Envoyez-la en JPEG : sur "
    "un iPhone, Réglages, Appareil photo, Formats, « Le plus compatible ».",
    "image/gif": "Les images GIF ne sont pas acceptées. Enregistrez-la en JPEG ou en PNG.",
    "image/tiff": "Les images TIFF ne sont pas acceptées. Enregistrez-la en JPEG ou en PDF.",
    "image/x-ms-bmp": "Les images BMP ne sont pas acceptées. Enregistrez-la en JPEG ou en PNG.",
}
OFFICE = "Les documents de bureautique ne sont pas acceptés. Enregistrez-le en PDF, puis envoyez le PDF."
TOO_MANY_PIXELS = (
    f"Cette image est trop grande. Réduisez-la à moins de {MAX_PIXELS // 1_000_000} millions de points, "
    "ou prenez une photo moins détaillée."
)
UNREADABLE_IMAGE = f"Cette image est illisible ou incomplète. Reprenez la photo. {WHAT_WOULD_DO}"
UNREADABLE_PDF = (
    "Ce PDF est illisible ou incomplet. Enregistrez-le de nouveau, ou envoyez une photo du document."
)
SWELLING_PDF = (
    "Ce PDF contient bien plus que sa taille ne le laisse voir. Imprimez-le en PDF, ou envoyez une photo du "
    "document."
)
LOCKED_PDF = (
    "Ce PDF est protégé par un mot de passe. Enregistrez-le sans mot de passe, puis envoyez-le de nouveau."
)


class FileRefused(Exception):
    """The file cannot be kept; its argument is why, in French, and what would do."""


class CleanFile(NamedTuple):
    """The bytes to keep and the type that they truly have."""

    data: bytes
    media_type: str


def clean(data: bytes) -> CleanFile:
    """A clean copy of ``data``.

    Raises:
        FileRefused: neither a readable PDF nor a readable image, or too large to be decoded.
    """
    if not data:
        raise FileRefused(f"Ce fichier est vide. {WHAT_WOULD_DO}")
    media_type = media_type_of(data)
    if media_type == "application/pdf":
        return CleanFile(_clean_pdf(data), media_type)
    if media_type in IMAGES:
        return CleanFile(_clean_image(data, IMAGES[media_type]), media_type)
    if "officedocument" in media_type or "opendocument" in media_type or "msword" in media_type:
        raise FileRefused(OFFICE)
    raise FileRefused(ADVICE.get(media_type, f"Ce type de fichier n’est pas accepté. {WHAT_WOULD_DO}"))


def media_type_of(data: bytes) -> str:
    """The type by the first bytes (magic numbers); empty when they are of none."""
    try:
        matches: list[Any] = puremagic.magic_string(data[:HEAD_BYTES])
    except puremagic.PureError:
        return ""
    return matches[0].mime_type if matches else ""


def _clean_image(data: bytes, decoder: str) -> bytes:
    try:
        with Image.open(BytesIO(data), formats=[decoder]) as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS:
                raise FileRefused(TOO_MANY_PIXELS)
            upright = ImageOps.exif_transpose(opened)
            has_alpha = decoder != "JPEG" and (
                upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
            )
            pixels = upright.convert("RGBA" if has_alpha else "RGB")
        pixels.info.clear()
        pixels.getexif().clear()
        written = BytesIO()
        pixels.save(written, decoder, **({"quality": 88} if decoder != "PNG" else {}))
        return written.getvalue()
    except FileRefused:
        raise
    except Image.DecompressionBombError as error:
        raise FileRefused(TOO_MANY_PIXELS) from error
    except Exception as error:  # a decoder that is fed hostile bytes raises anything
        raise FileRefused(UNREADABLE_IMAGE) from error


def _clean_pdf(data: bytes) -> bytes:
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            pages = len(pdf.pages)
            if pages == 0:
                raise FileRefused(UNREADABLE_PDF)
            if pages > MAX_PAGES:
                raise FileRefused(
                    f"Ce PDF a {pages} pages. N’envoyez que les pages utiles ({MAX_PAGES} au plus)."
                )
            check_decompressed_size(pdf)
            disarm(pdf)
            anonymise(pdf)
            written = BytesIO()
            pdf.save(written, encryption=False)
            return written.getvalue()
    except FileRefused:
        raise
    except DecompressionBomb as error:
        raise FileRefused(SWELLING_PDF) from error
    except pikepdf.PasswordError as error:
        raise FileRefused(LOCKED_PDF) from error
    except Exception as error:  # as above
        raise FileRefused(UNREADABLE_PDF) from error


def _bound_this_process(memory_bytes: int) -> None:
    """A file that makes a decoder grow or spin takes down this process alone."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read a file from standard input; write a line of JSON, then the clean bytes, to standard output.

    The argument is how much memory this may take, in bytes.
    """
    _bound_this_process(int(sys.argv[1]))
    try:
        cleaned = clean(sys.stdin.buffer.read())
    except FileRefused as refused:
        sys.stdout.buffer.write(json.dumps({"refused": str(refused)}).encode() + b"\n")
        return
    sys.stdout.buffer.write(json.dumps({"media_type": cleaned.media_type}).encode() + b"\n")
    sys.stdout.buffer.write(cleaned.data)


if __name__ == "__main__":
    main()
