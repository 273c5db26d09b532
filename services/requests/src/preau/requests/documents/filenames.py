"""Names of files that come from outside and go out again. Pure."""

import re
import unicodedata
from urllib.parse import quote

LONGEST_STEM = 100
FORBIDDEN = re.compile(r'[<>:"/\\|?*%;]+')


def safe_filename(given: str, extension: str) -> str:
    """A name to show and to offer for download: no path, no control or direction mark, the true extension.

    ``extension`` (with its dot) follows from the content, whatever the given name claims.
    """
    name = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    stem = FORBIDDEN.sub(" ", visible)
    head, dot, tail = stem.rpartition(".")
    if dot and len(tail) <= 5 and tail.isalnum():
        stem = head
    stem = " ".join(stem.split()).strip(". ")[:LONGEST_STEM].strip(". ")
    return (stem or "document") + extension


def attachment(filename: str) -> str:
    """The Content-Disposition that makes a browser save the file (RFC 6266, with an ASCII fallback)."""
    plain = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^\w .\-]", "_", plain) or "document"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
