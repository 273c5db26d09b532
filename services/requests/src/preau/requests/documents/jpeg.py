"""JPEG files (ITU-T T.81, annex B) as a row of segments, each with a marker."""

from collections.abc import Iterator

START, SCAN = 0xD8, 0xDA
COMMENT = 0xFE
KEPT_APPLICATION_SEGMENTS = {0xE0, 0xE2, 0xEE}
"""JFIF, colour profile, and how colours are stored (Adobe): without the last the picture is another."""


def without_metadata(data: bytes) -> bytes:
    """The same picture, point for point, without EXIF, XMP, IPTC and comments; what is no JPEG unchanged."""
    kept = bytearray()
    for marker, segment in _segments(data):
        is_application = 0xE0 <= marker <= 0xEF
        if marker != COMMENT and (not is_application or marker in KEPT_APPLICATION_SEGMENTS):
            kept += segment
    return bytes(kept) if kept else data


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Up to the scan, which is given with all that follows; nothing when the file is not well-formed."""
    found: list[tuple[int, bytes]] = [(START, data[:2])]
    at = 2
    if data[:2] != bytes((0xFF, START)):
        return
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == SCAN:
            yield from found
            yield marker, data[at:]
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        found.append((marker, data[at:end]))
        at = end
